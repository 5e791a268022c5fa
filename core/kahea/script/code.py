"""Generated expressions with what is known of their type."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from kahea.script import pytree as py


class Type(Enum):
    """What an expression is known to hold."""

    INT = "int"
    STR = "str"
    BOOL = "bool"
    """A Python truth value: a number of 1 or 0 to the script."""
    ANY = "any"
    """Known only at run time; may be null."""


@dataclass(slots=True)
class Code:
    """A Python expression, its type, and its value when that is constant."""

    node: ast.expr
    type: Type
    constant: str | int | None = None
    number: ast.expr | None = None
    """The number that it is as well, where a pseudo-variable carries both types and is text first."""
    printed: ast.expr | None = None
    """What a format prints of it, where a pseudo-variable carries both types and is a number first."""
    pure: bool = False
    """Whether evaluating it later, after other statements, gives the same value: a constant or a temporary."""

    @property
    def value(self) -> ast.expr:
        """The expression as a script value: truth becomes 1 or 0."""
        return ast.UnaryOp(ast.UAdd(), self.node) if self.type is Type.BOOL else self.node

    @property
    def integer(self) -> ast.expr:
        """The expression as a number."""
        if self.type in (Type.INT, Type.BOOL):
            return self.value
        if self.number is not None:
            return self.number
        return py.call("as_int", self.node)

    @property
    def text(self) -> ast.expr:
        """The expression as text."""
        if self.type is Type.STR:
            return self.node
        if self.printed is not None:
            return self.printed
        return py.call("as_text", self.value)

    @property
    def condition(self) -> ast.expr:
        """The expression as the condition of ``if`` and ``while``: true for numbers above 0."""
        if self.type is Type.BOOL:
            return self.node
        if self.type is Type.INT or self.number is not None:
            return py.compare(self.integer, ast.Gt(), py.const(0))
        return py.call("truth", self.node)

    @property
    def logical(self) -> ast.expr:
        """The expression as an operand of ``&&``, ``||``, ``!``: a truth value, true for numbers other than 0."""
        if self.type is Type.BOOL:
            return self.node
        return py.compare(self.integer, ast.NotEq(), py.const(0))


def integer(value: int) -> Code:
    """Return a number."""
    return Code(py.const(value), Type.INT, value, pure=True)


def text(value: str) -> Code:
    """Return a text."""
    return Code(py.const(value), Type.STR, value, pure=True)
