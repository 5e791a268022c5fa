"""Small constructors for Python's syntax tree, so that generated code is written in one line each."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def name(identifier: str) -> ast.expr:
    """Return a variable to read."""
    return ast.Name(identifier, ast.Load())


def const(value: str | int | bool | None) -> ast.expr:
    """Return a constant."""
    return ast.Constant(value)


def attr(value: ast.expr, *names: str) -> ast.expr:
    """Return ``value.a.b``."""
    for attribute in names:
        value = ast.Attribute(value, attribute, ast.Load())
    return value


def call(function: str | ast.expr, *arguments: ast.expr) -> ast.expr:
    """Return a call of a name or of an expression."""
    return ast.Call(name(function) if isinstance(function, str) else function, list(arguments), [])


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """Return a comparison."""
    return ast.Compare(left, [operator], [right])


def is_none(value: ast.expr) -> ast.expr:
    """Return ``value is None``."""
    return compare(value, ast.Is(), const(None))


def negate(value: ast.expr) -> ast.expr:
    """Return ``not value``."""
    return ast.UnaryOp(ast.Not(), value)


def choose(condition: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """Return ``then if condition else otherwise``."""
    return ast.IfExp(condition, then, otherwise)


def assign(target: str | ast.expr, value: ast.expr) -> ast.stmt:
    """Return an assignment to a variable or to an attribute or item given as an expression to load."""
    node = ast.Name(target, ast.Store()) if isinstance(target, str) else target
    if isinstance(node, ast.Attribute | ast.Subscript):
        node.ctx = ast.Store()
    return ast.Assign([node], value)


def set_attr(target: str, attribute: str, value: ast.expr) -> ast.stmt:
    """Return ``target.attribute = value``."""
    return ast.Assign([ast.Attribute(name(target), attribute, ast.Store())], value)


def when(condition: ast.expr, body: Sequence[ast.stmt], otherwise: Sequence[ast.stmt] = ()) -> ast.stmt:
    """Return an ``if``."""
    return ast.If(condition, list(body) or [ast.Pass()], list(otherwise))


def give(value: ast.expr) -> ast.stmt:
    """Return a ``return``."""
    return ast.Return(value)


def guarded(body: Sequence[ast.stmt], handler: Sequence[ast.stmt], variable: str = "error") -> ast.stmt:
    """Return ``try: body`` / ``except Exception as variable: handler``; it costs nothing until something raises."""
    return ast.Try(list(body), [ast.ExceptHandler(name("Exception"), variable, list(handler))], [], [])


def parse(expression: str) -> ast.expr:
    """Return the tree of a Python expression."""
    return ast.parse(expression, mode="eval").body


def arguments(*names: str) -> ast.arguments:
    """Return a parameter list."""
    return ast.arguments([], [ast.arg(argument) for argument in names], None, [], [], None, [])


def define(
    function: str, parameters: Sequence[str], body: Sequence[ast.stmt], *, waiting: bool = False
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return a function definition; of a coroutine function when it is *waiting*."""
    kind = ast.AsyncFunctionDef if waiting else ast.FunctionDef
    node = kind(function, arguments(*parameters), list(body) or [ast.Pass()], [])
    if "type_params" in ast.FunctionDef._fields:  # Python 3.12 and later
        node.type_params = []  # type: ignore[union-attr, unused-ignore]
    return node


def locate(node: ast.AST, line: int, column: int) -> None:
    """Give *node* and all below it that have no place yet a line (from 1) and a column (from 0)."""
    stack = [node]
    while stack:
        child = stack.pop()
        if "lineno" in child._attributes and not hasattr(child, "lineno"):
            child.lineno = child.end_lineno = line  # type: ignore[attr-defined]
            child.col_offset = child.end_col_offset = column  # type: ignore[attr-defined]
        stack.extend(ast.iter_child_nodes(child))
