"""Expressions without anything that changes, as the value that they have.

Kamailio computes such an argument when it reads the file; what comes out is taken as if it had been written there, so
that ``"INV" + "ITE"`` may be an argument that has to be a constant, and a ``$`` in it begins a pseudo-variable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kahea.cfg import ast as cfg
from kahea.script import values

_NUMBERS: Final[Mapping[str, Callable[[int, int], int]]] = {
    "-": lambda left, right: values.wrap(left - right),
    "*": lambda left, right: values.wrap(left * right),
    "/": values.divide,
    "mod": values.modulo,
    "&": lambda left, right: left & right,
    "|": lambda left, right: left | right,
    "^": lambda left, right: left ^ right,
    "<<": values.shift_left,
    ">>": values.shift_right,
    "<": lambda left, right: int(left < right),
    ">": lambda left, right: int(left > right),
    "<=": lambda left, right: int(left <= right),
    ">=": lambda left, right: int(left >= right),
    "&&": lambda left, right: int(left > 0 and right > 0),
    "||": lambda left, right: int(left > 0 or right > 0),
    "ieq": lambda left, right: int(left == right),
    "ine": lambda left, right: int(left != right),
}


def folded(expression: cfg.Expr) -> cfg.Expr:
    """Return an expression of constants as the constant that it is, anything else unchanged."""
    if isinstance(expression, cfg.Int | cfg.Str):
        return expression
    try:
        value = _value(expression)
    except (_NotConstantError, values.EvaluationError):
        return expression
    return cfg.Int(expression.span, value) if isinstance(value, int) else cfg.Str(expression.span, value)


class _NotConstantError(Exception):
    """Something that is known only when a message is there."""


def _value(node: cfg.Expr) -> int | str:
    match node:
        case cfg.Int(value=value) | cfg.Str(value=value):
            return value
        case cfg.Cast(type=kind, operand=operand):
            inner = _value(operand)
            return values.as_int(inner) if kind == "int" else values.as_text(inner)
        case cfg.Unary(operator=operator, operand=operand):
            return _unary(operator, _value(operand))
        case cfg.Binary(operator=operator, left=left, right=right):
            return _binary(operator, _value(left), _value(right))
    raise _NotConstantError


def _unary(operator: str, operand: int | str) -> int:
    if operator == "strlen" and isinstance(operand, str):
        return values.byte_length(operand)
    if operator == "strempty" and isinstance(operand, str):
        return int(not operand)
    if isinstance(operand, int):
        match operator:
            case "-":
                return values.wrap(-operand)
            case "~":
                return ~operand
            case "!":
                return int(operand <= 0)
    raise _NotConstantError


def _binary(operator: str, left: int | str, right: int | str) -> int | str:
    if isinstance(left, str) or isinstance(right, str):
        match operator:
            case "+" if isinstance(left, str):
                return values.as_text(values.add(left, right))
            case "==" if isinstance(left, str):
                return int(values.equal(left, right))
            case "!=" if isinstance(left, str):
                return int(not values.equal(left, right))
            case "eq":
                return int(values.as_text(left) == values.as_text(right))
            case "ne":
                return int(values.as_text(left) != values.as_text(right))
        raise _NotConstantError
    match operator:
        case "+":
            return values.wrap(left + right)
        case "==":
            return int(left == right)
        case "!=":
            return int(left != right)
    compute = _NUMBERS.get(operator)
    if compute is None:
        raise _NotConstantError
    return compute(left, right)
