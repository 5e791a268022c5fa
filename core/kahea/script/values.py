"""The operations on values that a compiled route calls, with the conversions of the real server.

A value is text, a number or ``None`` for ``$null``. The left operand's type at run time decides what an
operation means (observed on the real server; Kamailio cookbook, "Expressions").
"""

from __future__ import annotations

from kahea.modules.context import Value
from kahea.modules.posix import compile_posix

NULL_TEXT = "<null>"
"""What a null value prints as in a format string."""

_HALF = 1 << 63


class EvaluationError(Exception):
    """An expression without a value: an assignment of it is skipped, a condition with it is false."""


def number_of(text: str) -> int:
    """Convert text to a number as Kamailio's str2sint does; text that is no number counts 0."""
    try:
        if text[:2] in ("0x", "0X"):
            return wrap(int(text, 16))
        return wrap(int(text)) if text.lstrip("+-").isdigit() and text.isascii() else 0
    except ValueError:
        return 0


def wrap(number: int) -> int:
    """Return a number as 64 bits hold it, as a C long overflows."""
    return (number + _HALF) % (2 * _HALF) - _HALF


def as_int(value: Value) -> int:
    """Return the value as a number: null and text that is no number count 0."""
    if value.__class__ is str:
        return number_of(value)
    return value or 0  # type: ignore[return-value]


def as_text(value: Value) -> str:
    """Return the value as text: null is empty."""
    return "" if value is None else str(value)


def filled(value: Value) -> str | int:
    """Return the value, text that is empty for null."""
    return "" if value is None else value


def printed(value: Value) -> str:
    """Return the value as a format string prints it."""
    return NULL_TEXT if value is None else str(value)


def truth(value: Value) -> bool:
    """Whether a condition that is this value holds: it does for numbers above 0."""
    return as_int(value) > 0


def add(left: Value, right: Value) -> int | str:
    """``+``: adds to a number, appends to text; null vanishes."""
    if left.__class__ is int:
        return wrap(left + as_int(right))
    return as_text(left) + as_text(right)


def divide(left: Value, right: Value) -> int:
    """``/``: rounds towards zero.

    Raises:
        EvaluationError: by zero.
    """
    dividend, divisor = as_int(left), as_int(right)
    if divisor == 0:
        raise EvaluationError("division by zero")
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def modulo(left: Value, right: Value) -> int:
    """``mod``: the remainder has the sign of the left operand.

    Raises:
        EvaluationError: by zero.
    """
    dividend, divisor = as_int(left), as_int(right)
    if divisor == 0:
        raise EvaluationError("modulo by zero")
    remainder = abs(dividend) % abs(divisor)
    return remainder if dividend >= 0 else -remainder


def shift_left(left: Value, right: Value) -> int:
    """``<<`` on 64 bits, as a C long shifts."""
    return wrap(as_int(left) << (as_int(right) & 63))


def shift_right(left: Value, right: Value) -> int:
    """``>>``, keeping the sign."""
    return as_int(left) >> (as_int(right) & 63)


def equal(left: Value, right: Value) -> bool:
    """``==``: compares in the left operand's type, and null on the left in the right one's."""
    if left.__class__ is int:
        return left == as_int(right)
    if left is None and right.__class__ is int:
        return right == 0
    return as_text(left) == as_text(right)


def match(left: Value, right: Value) -> bool:
    """``=~`` with a pattern that is only known now.

    Raises:
        EvaluationError: when the pattern does not compile.
    """
    try:
        return compile_posix(as_text(right)).search(as_text(left)) is not None
    except ValueError as error:
        raise EvaluationError(str(error)) from None


def byte_length(value: Value) -> int:
    """``strlen``: length in bytes."""
    text = as_text(value)
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))
