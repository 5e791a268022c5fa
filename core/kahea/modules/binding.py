"""What a pseudo-variable with a syntax of its own may ask of the compiler while it is bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from kahea.cfg.pv import PvSpec
from kahea.modules.context import Run, Value
from kahea.modules.kinds import PvHandle


class Binder(Protocol):
    """Compiles the parts of a pseudo-variable's text."""

    def format(self, text: str) -> Callable[[Run], str]:
        """Return what evaluates a format string."""

    def is_constant(self, text: str) -> bool:
        """Whether a format string holds no pseudo-variable."""

    def index(self, spec: PvSpec) -> Callable[[Run], int | str | None]:
        """Return what evaluates the index: a number, ``"*"`` or ``None``."""


class Access:
    """A `PvHandle` made of two callables, for bindings that need no class of their own.

    Args:
        text: the pseudo-variable as written.
        get: reads it.
        set: assigns it; ``None`` makes it read-only.
        inline: a Python expression over ``run`` and ``msg`` that equals `get`.
    """

    __slots__ = ("_set", "get", "inline", "text", "writable")

    def __init__(
        self,
        text: str,
        get: Callable[[Run], Value],
        set: Callable[[Run, Value], None] | None = None,  # noqa: A002  (the word of the language)
        inline: str | None = None,
    ) -> None:
        self.text = text
        self.get = get
        self._set = set
        self.inline = inline
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
