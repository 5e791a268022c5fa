"""Which routes can be suspended: those that reach, through any chain of calls, a function that waits.

A route that reaches none is a plain function; the others are coroutine functions, which cost a
microsecond more to call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kahea.cfg import ast as cfg
from kahea.modules.declare import Waits
from kahea.script.constants import folded
from kahea.script.scope import ROUTE_FLAGS, Scope

Key = tuple[cfg.RouteKind, str]


def waiting_routes(blocks: Mapping[Key, cfg.Route], scope: Scope) -> set[Key]:
    """Return the blocks that may wait.

    Args:
        blocks: all route blocks of the configuration.
        scope: its registry decides which functions wait.
    """
    waiting: set[Key] = set()
    callers: dict[Key, set[Key]] = {}
    dynamic: set[Key] = set()
    for key, route in blocks.items():
        for call in calls_in(route.body):
            if call.name.text != "route":
                offer = scope.registry.find_function(call.name.text, len(call.arguments), ROUTE_FLAGS[route.kind])
                if offer is not None and offer.declaration.waits is not Waits.NEVER:
                    waiting.add(key)
            elif (target := static_target(call)) is not None:
                callers.setdefault((cfg.RouteKind.NAMED, target), set()).add(key)
            else:
                dynamic.add(key)
    todo = list(waiting)
    while todo:
        key = todo.pop()
        # a route whose name is computed may be any named route
        reached = callers.get(key, set()) | (dynamic if key[0] is cfg.RouteKind.NAMED else set())
        for caller in reached - waiting:
            waiting.add(caller)
            todo.append(caller)
    return waiting


def static_target(call: cfg.Call) -> str | None:
    """Return the name of the route that ``route(X)`` calls, ``None`` when it is computed."""
    if len(call.arguments) == 1:
        match folded(call.arguments[0]):
            case cfg.Name(text=name):
                return name
            case cfg.Str(value=text):
                return text
            case cfg.Int(value=number):
                return str(number)
    return None


def calls_in(block: cfg.Block) -> Iterator[cfg.Call]:
    """Return every call in a block, however deep."""
    for statement in block.statements:
        match statement:
            case cfg.ExprStatement():
                # a core action may be written without parentheses
                yield from _calls(statement.expression)
            case cfg.Assign():
                yield from _calls(statement.value)
            case cfg.If():
                for condition, body in statement.branches:
                    yield from _calls(condition)
                    yield from calls_in(body)
                if statement.otherwise is not None:
                    yield from calls_in(statement.otherwise)
            case cfg.While():
                yield from _calls(statement.condition)
                yield from calls_in(statement.body)
            case cfg.Switch():
                yield from _calls(statement.subject)
                for case in statement.cases:
                    yield from calls_in(case.body)
            case cfg.Return(value=value) if value is not None:
                yield from _calls(value)


def _calls(expression: cfg.Expr) -> Iterator[cfg.Call]:
    todo = [expression]
    while todo:
        node = todo.pop()
        match node:
            case cfg.Call():
                yield node
                todo.extend(node.arguments)
            case cfg.Unary() | cfg.Cast():
                todo.append(node.operand)
            case cfg.Binary():
                todo.extend((node.left, node.right))
