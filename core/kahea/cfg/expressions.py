"""The expressions of ``#!ifexp`` and ``#!defexp``.

Values are numbers and strings. The left operand decides: a string on the left compares as text and
``+`` joins; a number on the left makes a number of the right one. Source: the expression evaluator of
Kamailio (src/core/utils/snexpr.h).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

Value = float | str

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>[0-9][0-9.]*)|(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<name>[A-Za-z_@$][A-Za-z0-9_@$\#]*)"""
    r"""|(?P<operator>\*\*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%<>&|^!(),=]))""",
    re.DOTALL,
)
_COMMENT = re.compile(r"\s*(?:\#.*)?\Z", re.DOTALL)
_LEVELS = {
    ",": 1,
    "||": 3,
    "&&": 4,
    "^": 5,
    "|": 6,
    "&": 7,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 8),
    "<<": 9,
    ">>": 9,
    "+": 10,
    "-": 10,
    **dict.fromkeys(("*", "/", "%", "**"), 11),
}
_UNARY_LEVEL = 12
_MAX_DEPTH = 100
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class ExpressionError(ValueError):
    """An expression that cannot be read or has no value."""


def evaluate(text: str, defines: Mapping[str, str | None]) -> Value:
    """Return the value of an expression.

    Args:
        text: the expression; a comment after ``#`` is left out.
        defines: a name that is defined stands for its value without quotes, or 1 if it has none;
            one that is not defined is 0.

    Raises:
        ExpressionError: the expression is malformed, or an operand has the wrong type.
    """
    return _Reader(text, defines).whole()


def is_true(value: Value) -> bool:
    """Tell whether a value makes ``#!ifexp`` true: a number other than 0, or a string that is not empty."""
    return bool(value)


def as_text(value: Value) -> str:
    """Return the text that ``#!defexp`` defines for a value; a number loses its fraction."""
    if isinstance(value, str):
        return value
    return "0" if math.isnan(value) or math.isinf(value) else str(int(value))


class _Reader:
    def __init__(self, text: str, defines: Mapping[str, str | None]) -> None:
        self._defines = defines
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0

    def whole(self) -> Value:
        if not self._tokens:
            return 0.0
        value = self._expression(0)
        if self._next < len(self._tokens):
            raise ExpressionError(f"unexpected `{self._tokens[self._next][1]}`")
        return value

    def _peek(self) -> str:
        if self._next < len(self._tokens) and self._tokens[self._next][0] == "operator":
            return self._tokens[self._next][1]
        return ""

    def _expression(self, level: int) -> Value:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ExpressionError("too many parentheses")
        left = self._operand()
        while (own := _LEVELS.get(self._peek(), 0)) > level:
            operator = self._tokens[self._next][1]
            self._next += 1
            right = self._expression(own - 1 if operator == "**" else own)
            left = _apply(operator, left, right)
        self._depth -= 1
        return left

    def _operand(self) -> Value:
        if self._next >= len(self._tokens):
            raise ExpressionError("an operand is missing at the end")
        kind, text = self._tokens[self._next]
        self._next += 1
        if kind == "number":
            return _number(text)
        if kind == "string":
            return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), text[1:-1], flags=re.DOTALL)
        if kind == "name":
            return self._defined(text)
        if text == "(":
            value = self._expression(0)
            if self._peek() != ")":
                raise ExpressionError("a `)` is missing")
            self._next += 1
            return value
        if text not in ("-", "!", "^"):
            raise ExpressionError(f"unexpected `{text}`")
        operand = self._expression(_UNARY_LEVEL)
        if isinstance(operand, str):
            raise ExpressionError(f"`{text}` needs a number, not a string")
        return -operand if text == "-" else float(not operand) if text == "!" else float(~int(operand))

    def _defined(self, name: str) -> Value:
        if name not in self._defines:
            return 0.0
        value = self._defines[name]
        if value is None:
            return 1.0
        if len(value) >= 2 and value[0] in "\"'" and value[0] == value[-1]:
            return value[1:-1]
        return value


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    index = 0
    while not _COMMENT.match(text, index):
        match = _TOKEN.match(text, index)
        if match is None or match.lastgroup is None:
            raise ExpressionError(f"unexpected `{text[index:].lstrip()[:1]}`")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        index = match.end()
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _apply(operator: str, left: Value, right: Value) -> Value:
    if operator == ",":
        return right
    if operator in ("&&", "||"):
        if operator == "&&":
            return float(bool(left) and bool(right))
        return float(bool(left) or bool(right))
    if isinstance(left, str):
        other = right if isinstance(right, str) else f"{right:.4g}" if right % 1 else str(int(right))
        if operator == "+":
            return left + other
        compared = _compare(operator, left, other)
    else:
        if isinstance(right, str):
            if operator not in ("+", "==", "!=", "<", "<=", ">", ">="):
                raise ExpressionError(f"`{operator}` needs numbers, not a string")
            right = _number(right)
        if operator not in ("==", "!=", "<", "<=", ">", ">="):
            return _arithmetic(operator, left, right)
        compared = _compare(operator, left, right)
    if compared is None:
        raise ExpressionError(f"`{operator}` needs numbers, not a string")
    return float(compared)


def _compare(operator: str, left: Value, right: Value) -> bool | None:
    comparisons: dict[str, Callable[[], bool]] = {
        "==": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,  # type: ignore[operator]
        "<=": lambda: left <= right,  # type: ignore[operator]
        ">": lambda: left > right,  # type: ignore[operator]
        ">=": lambda: left >= right,  # type: ignore[operator]
    }
    comparison = comparisons.get(operator)
    return None if comparison is None else comparison()


def _arithmetic(operator: str, left: float, right: float) -> float:
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "/":
            return left / right
        if operator == "%":
            return math.fmod(left, right)
        if operator == "**":
            return math.pow(left, right)
        a, b = int(left), int(right)
        if operator == "&":
            return float(a & b)
        if operator == "|":
            return float(a | b)
        if operator == "^":
            return float(a ^ b)
        if not 0 <= b < 32:
            raise ExpressionError(f"`{operator}` by {b} bits")
        return float(a << b if operator == "<<" else a >> b)
    except (ArithmeticError, ValueError) as error:
        raise ExpressionError(f"`{operator}` has no result here") from error
