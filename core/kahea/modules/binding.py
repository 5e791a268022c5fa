"""What may be asked of the compiler by what has a syntax of its own: pseudo-variables, arguments, parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from kahea.cfg.pv import PvSpec
from kahea.modules.context import Run, Value
from kahea.modules.kinds import PvHandle
from kahea.modules.routes import Route

ANY_TYPE: Final[frozenset[type]] = frozenset((str, int, type(None)))
"""What a pseudo-variable may hold of which nothing is known."""


class Binder(Protocol):
    """Compiles parts of a text; mistakes in them become diagnostics at the text's place."""

    def format(self, text: str) -> Callable[[Run], str]:
        """Return what evaluates a format string."""

    def value(self, text: str) -> Callable[[Run], Value]:
        """Return what reads a pseudo-variable, as written: ``$hdr(X)``, ``$(ru{uri.user})``."""

    def value_at(self, text: str, start: int) -> tuple[Callable[[Run], Value], int]:
        """Return what reads the pseudo-variable that begins at *start*, and the offset behind it.

        Raises:
            ValueError: when none begins there, or it is malformed.
        """

    def variable(self, text: str, *, writable: bool = False) -> PvHandle:
        """Return a pseudo-variable to read, and to assign if it must be *writable*."""

    def is_constant(self, text: str) -> bool:
        """Whether a format string holds no pseudo-variable."""

    def evaluator(self) -> Callable[[Run, str], str]:
        """Return what evaluates format strings that are only known while a script runs; it is slow at first.

        It raises `ValueError` for a text with a mistake in it.
        """

    def route(self, name: str, kind: Route = Route.REQUEST) -> None:
        """Note that a block is run because of the text: that it exists is checked, and it counts as called.

        Args:
            name: of the block.
            kind: ``REQUEST`` for ``route[name]``, ``EVENT`` and so on.
        """

    def index(self, spec: PvSpec) -> Callable[[Run], int | str | None]:
        """Return what evaluates the index: a number, ``"*"`` or ``None``."""


class Access:
    """A `PvHandle` made of two callables, for bindings that need no class of their own.

    The compiler also makes use of `also`, `inline` and `types`, which a `PvHandle` need not have.

    Args:
        text: the pseudo-variable as written.
        get: reads it.
        set: assigns it; ``None`` makes it read-only.
        inline: a Python expression over ``run`` and ``msg`` that equals `get`.
        also: reads its value in the other type, for one that carries both: the number of a text, the text that a number
            is printed as.
        types: what it may hold: any of ``str``, ``int``, ``None``.
    """

    __slots__ = ("_set", "also", "get", "inline", "text", "types", "writable")

    def __init__(
        self,
        text: str,
        get: Callable[[Run], Value],
        set: Callable[[Run, Value], None] | None = None,  # noqa: A002  (the word of the language)
        inline: str | None = None,
        also: Callable[[Run], Value] | None = None,
        types: frozenset[type] = ANY_TYPE,
    ) -> None:
        self.text = text
        self.get = get
        self._set = set
        self.inline = inline
        self.also = also
        self.types = types
        self.writable = set is not None

    def set(self, run: Run, value: Value) -> None:
        """Assign.

        Raises:
            TypeError: when it is read-only.
        """
        if self._set is None:
            raise TypeError(f"{self.text} is read-only")
        self._set(run, value)


_: type[PvHandle] = Access
