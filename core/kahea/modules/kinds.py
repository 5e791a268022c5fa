"""Kinds of arguments: how an argument is written in the file and what the function gets.

A function's annotations name the kinds; a type checker sees the plain types::

    def sl_send_reply(self, msg: Request, code: StatusCode, reason: Text) -> Result: ...

A literal argument is converted once, when the file is read, and a wrong one is a diagnostic at its
place; any other is converted for each call. Subclass `Kind` and use ``Annotated[type, MyKind()]`` to
add one of your own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol

from kahea.modules.context import Run, Value
from kahea.modules.posix import compile_posix
from kahea.modules.routes import Route

if TYPE_CHECKING:
    from kahea.modules.binding import Binder


class Mode(Enum):
    """How the compiler turns an argument as written into what `Kind` converts."""

    FORMAT = "format"
    """A string is a format with pseudo-variables; the kind gets text."""
    EXPRESSION = "expression"
    """An expression; the kind gets its value. A string that is a format is evaluated to text first."""
    RAW = "raw"
    """A literal, never evaluated: pseudo-variables in it are plain text."""
    LAZY = "lazy"
    """A format that the function evaluates itself, when and if it wants: the function gets a callable."""
    VARIABLE = "variable"
    """A pseudo-variable itself, to read or to assign."""


class Kind:
    """A kind of argument. Subclasses override what differs."""

    mode: ClassVar[Mode] = Mode.FORMAT
    label: ClassVar[str] = "string"
    """The type's name in documentation and diagnostics."""
    trivial: ClassVar[bool] = False
    """Whether `dynamic` returns text as it is, so that the compiler need not call it."""
    accepts_null: ClassVar[bool] = False
    """Whether a pseudo-variable that stands alone reaches `dynamic` as its value, null as ``None``; it is printed as
    in a format otherwise."""
    takes_variable: ClassVar[bool] = False
    """With `Mode.RAW`: whether a pseudo-variable may stand in the argument's place; `bind` gets its text."""
    numeric: ClassVar[bool] = False
    """Whether a pseudo-variable that carries a number beside its text is taken as the number."""

    def literal(self, value: str | int) -> Any:
        """Convert a literal when the file is read.

        Raises:
            ValueError: its text becomes the diagnostic.
        """
        return self.dynamic(value)

    def bind(self, value: str | int, binder: Binder) -> Any:
        """Convert a literal when the file is read, with the means to compile pseudo-variables in parts of it.

        Override it, with the mode `Mode.RAW`, where some of the text is a format string and some is not.

        Raises:
            ValueError: its text becomes the diagnostic.
        """
        return self.literal(value)

    def dynamic(self, value: Value) -> Any:
        """Convert a value for one call.

        Raises:
            ValueError: the call is logged with its place and is -1 to the script.
        """
        raise NotImplementedError


def to_int(value: Value) -> int:
    """Convert a value to a number as a module's int parameter does.

    Raises:
        ValueError: when it is no number.
    """
    if isinstance(value, int):
        return value
    text = (value or "").strip()
    try:
        return int(text, 0) if text[:2].lower() in ("0x", "-0") else int(text)
    except ValueError:
        raise ValueError(f'expected a number, got "{value or ""}"') from None


class TextKind(Kind):
    """Text; a format string with pseudo-variables as in Kamailio."""

    trivial = True

    def dynamic(self, value: Value) -> str:
        """Return the text."""
        return "" if value is None else str(value)


class RawTextKind(TextKind):
    """Text taken as it stands: no pseudo-variables."""

    mode = Mode.RAW


class IntKind(Kind):
    """A number: a literal, an expression, or a string that holds one.

    Args:
        minimum, maximum: bounds, inclusive, that a literal is checked against.
    """

    mode = Mode.EXPRESSION
    label = "int"
    numeric = True

    def __init__(self, minimum: int | None = None, maximum: int | None = None) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def literal(self, value: str | int) -> int:
        """Return the number, within bounds."""
        number = to_int(value)
        if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
            raise ValueError(f"{number} is not between {self.minimum} and {self.maximum}")
        return number

    def dynamic(self, value: Value) -> int:
        """Return the number."""
        return to_int(value)


class StatusCodeKind(IntKind):
    """A reply's status code; a literal must be 100 to 699.

    An evaluated one that is no such number arrives as 0, for the function to replace with its default. Text is no
    number, even if it is made of digits (observed on Kamailio 5.6.3); ``$(hdr(X){s.int})`` is one.
    """

    def __init__(self) -> None:
        super().__init__(100, 699)

    def literal(self, value: str | int) -> int:
        """Return the code, 100 to 699."""
        try:
            return super().literal(value)
        except ValueError:
            raise ValueError(f'a status code is a number from 100 to 699, not "{value}"') from None

    def dynamic(self, value: Value) -> int:
        """Return the code; 0 when it is none."""
        return value if isinstance(value, int) and 100 <= value <= 699 else 0


class RegexKind(Kind):
    """A regular expression, POSIX extended as Kamailio's; written out, since a ``$`` in it is an anchor."""

    mode = Mode.RAW
    label = "regex"

    def __init__(self, flags: int = re.IGNORECASE) -> None:
        self.flags = flags

    def dynamic(self, value: Value) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return compile_posix(str(value or ""), self.flags)


class RouteNameKind(TextKind):
    """The name of a block; that a literal one exists is checked when the file is read.

    Args:
        route: kind of the block.
        prefix: what the block's name has in front of the argument's.
        must_exist: whether to check that.
    """

    label = "route name"

    def __init__(self, route: Route, prefix: str = "", *, must_exist: bool = True) -> None:
        self.route = route
        self.prefix = prefix
        self.must_exist = must_exist


class NullableTextKind(Kind):
    """Text; ``None`` when it is a pseudo-variable alone that is null."""

    accepts_null = True

    def dynamic(self, value: Value) -> str | None:
        """Return the text."""
        return None if value is None else str(value)


class FormatKind(Kind):
    """A format string that the function evaluates itself: a callable from `Run` to text."""

    mode = Mode.LAZY


class PvHandle(Protocol):
    """A pseudo-variable bound to its place in the file."""

    text: str
    """As written."""
    writable: bool

    def get(self, run: Run) -> Value:
        """Return its value."""

    def set(self, run: Run, value: Value) -> None:
        """Assign; only where `writable`."""


class PvKind(Kind):
    """A pseudo-variable to read."""

    mode = Mode.VARIABLE
    label = "pseudo-variable"
    writable: ClassVar[bool] = False


class VarKind(PvKind):
    """A pseudo-variable to write to."""

    label = "writable pseudo-variable"
    writable = True


Text = Annotated[str, TextKind()]
"""Text; a format string with pseudo-variables."""
NullableText = Annotated[str | None, NullableTextKind()]
"""Text; ``None`` when it is a pseudo-variable alone that is null."""
RawText = Annotated[str, RawTextKind()]
"""Text taken as it stands."""
Int = Annotated[int, IntKind()]
"""A number."""
StatusCode = Annotated[int, StatusCodeKind()]
"""A status code, 100 to 699; 0 when evaluated to something else, text made of digits included."""
Regex = Annotated[re.Pattern[str], RegexKind()]
"""A regular expression that ignores case, as Kamailio compiles them."""
Format = Annotated[Callable[[Run], str], FormatKind()]
"""A format string, evaluated by the function with ``format(run)``."""
Pv = Annotated[PvHandle, PvKind()]
"""A pseudo-variable to read."""
Var = Annotated[PvHandle, VarKind()]
"""A pseudo-variable to write to."""

DEFAULT_KINDS: dict[Any, Kind] = {str: TextKind(), int: IntKind()}
"""Kinds of arguments annotated with a bare type."""
