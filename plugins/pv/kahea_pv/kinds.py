"""Kinds of transformation parameters.

A parameter written out is converted when the file is read. One given by a pseudo-variable is converted for
each evaluation; a value that does not fit is ``None``, which makes the transformation fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Final

from kahea.api import Binder, Kind, Mode, Run, Value

_NUMBER: Final = re.compile(r"[+-]?\s*[0-9]+")
_BLANKS: Final = " \t\n"
_TEXT_END: Final = re.compile(r"[\t\n]")
_ESCAPES: Final = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}


class NumberKind(Kind):
    """A number; a pseudo-variable must hold one, text made of digits does not count."""

    label = "number"

    def literal(self, value: str | int) -> int:
        """Return the number, which may have a sign.

        Raises:
            ValueError: when it is no number.
        """
        text = str(value).strip(_BLANKS)
        if not _NUMBER.fullmatch(text):
            raise ValueError(f'expected a number, got "{text}"')
        return int(re.sub(r"\s", "", text))

    def dynamic(self, value: Value) -> int | None:
        """Return the number, ``None`` for text and null."""
        return value if isinstance(value, int) else None


class TextKind(Kind):
    """Text; blanks before it do not count, and it ends at a tab or line feed."""

    def literal(self, value: str | int) -> str:
        """Return the text."""
        return _TEXT_END.split(str(value).lstrip(_BLANKS), maxsplit=1)[0]

    def dynamic(self, value: Value) -> str | None:
        """Return the text, ``None`` for null and empty text."""
        return None if value is None else str(value) or None


class CharKind(Kind):
    r"""One character, exactly as written: ``,`` and blanks too, and ``\n``, ``\r``, ``\t``, ``\\``."""

    label = "character"

    def literal(self, value: str | int) -> str:
        """Return the character.

        Raises:
            ValueError: when there are several.
        """
        text = _ESCAPES.get(str(value), str(value))
        if len(text) != 1:
            raise ValueError(f'expected one character, got "{text}"')
        return text

    def dynamic(self, value: Value) -> str | None:
        """Return the first character, ``None`` where there is none."""
        return None if value is None else str(value)[:1] or None


class EvaluatedKind(Kind):
    """A format string whose outcome is a format string, too."""

    mode = Mode.RAW

    def bind(self, value: str | int, binder: Binder) -> Evaluated:
        """Return what evaluates it twice."""
        if not isinstance(value, str):
            raise ValueError("expected a text")
        first, again = binder.format(value), binder.evaluator()
        return lambda run: again(run, first(run))

    def dynamic(self, value: Value) -> Evaluated:
        """Refuse what is no literal.

        Raises:
            ValueError: always.
        """
        raise ValueError("write the text in quotes")


Evaluated = Callable[[Run], str]
"""What evaluates a text."""
Number = Annotated[int | None, NumberKind()]
"""A number."""
Chars = Annotated[str | None, TextKind()]
"""Text."""
Char = Annotated[str | None, CharKind()]
"""One character."""
