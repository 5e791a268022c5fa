"""What the compilers of one configuration share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kahea.cfg import ast as cfg
from kahea.diagnostics import Diagnostics, Span
from kahea.modules.core import Core
from kahea.modules.registry import Registry
from kahea.modules.routes import Route
from kahea.script.namespace import Namespace
from kahea.script.pvs import PvCompiler

ROUTE_FLAGS = {
    cfg.RouteKind.REQUEST: Route.REQUEST,
    cfg.RouteKind.NAMED: Route.REQUEST,
    cfg.RouteKind.BRANCH: Route.BRANCH,
    cfg.RouteKind.FAILURE: Route.FAILURE,
    cfg.RouteKind.ONREPLY: Route.TM_ONREPLY,
    cfg.RouteKind.REPLY: Route.CORE_ONREPLY,
    cfg.RouteKind.ONSEND: Route.ONSEND,
    cfg.RouteKind.EVENT: Route.EVENT,
}
"""What a call written in a block of a kind may need (Kamailio: the route type while a block is parsed)."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A block that an argument names.

    Args:
        route: its kind.
        name: as in the argument.
        prefix: what the block's name has in front of it.
        span: of the argument.
    """

    route: Route
    name: str
    prefix: str
    span: Span


@dataclass(slots=True)
class Scope:
    """One configuration while it is compiled."""

    registry: Registry
    namespace: Namespace
    pvs: PvCompiler
    core: Core
    diagnostics: Diagnostics
    defines: Sequence[str]
    missing: frozenset[str] = frozenset()
    """Modules that could not be loaded: a name that nobody offers may be theirs."""
    routes: dict[str, cfg.Route] = field(default_factory=dict)
    """Named routes by name."""
    waiting: set[tuple[cfg.RouteKind, str]] = field(default_factory=set)
    """Route blocks that may wait."""
    recursive: dict[str, frozenset[str]] = field(default_factory=dict)
    """Named routes, each with those that it calls and that lead back to it."""
    called: dict[str, Span] = field(default_factory=dict)
    """Named routes that something calls, with the first place."""
    references: list[Reference] = field(default_factory=list)
    """Blocks that arguments name."""
    refers_dynamically: bool = False
    """Whether an argument that names a block is computed."""
    calls_dynamically: bool = False
    """Whether a route's name is computed somewhere, so that any may be called."""
    uses_rc: bool = True
    """Whether anything reads ``$rc``, so that calls must set it."""
    misread: bool = False
    """Whether blocks begin or end elsewhere than meant, so that warnings about what they hold may be wrong."""

    dynamic_route: Callable[..., int | None] = lambda *_: None
    """Runs a named route whose name is computed; set by who compiles the program."""

    @property
    def incomplete(self) -> bool:
        """Whether a module is missing, so that what the file means is not known."""
        return bool(self.missing)

    def is_reported(self, span: Span) -> bool:
        """Whether an error at exactly this place is known, so that another would be about the same mistake."""
        return any(found.span == span for found in self.diagnostics.errors)

    def function_name(self, route: str) -> str:
        """Return the generated function's name of a named route."""
        return "route_" + "".join(char if char.isalnum() else f"_{ord(char):x}_" for char in route)
