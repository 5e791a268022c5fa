"""Calls of functions and routes inside expressions, each lifted to a statement of its own."""

from __future__ import annotations

import ast

from kahea.cfg import ast as cfg
from kahea.diagnostics.suggest import best_matches, did_you_mean
from kahea.modules.callsite import CallSite
from kahea.modules.declare import Waits
from kahea.script import code, values
from kahea.script import pytree as py
from kahea.script.calls import CallCompiler, span_of
from kahea.script.code import Code, Type
from kahea.script.constants import folded
from kahea.script.corefunctions import CORE
from kahea.script.failures import function_failed
from kahea.script.recursion import deeper
from kahea.script.scope import ROUTE_FLAGS, Scope
from kahea.script.suspension import settled

_CODES = 1
"""``return_mode`` in which a call in an expression is its code."""


def _block_name(route: cfg.Route) -> str:
    """Return how the file writes the block that a call stands in."""
    return route.kind.value if route.name is None else f"{route.kind.value}[{route.name.text}]"


def ended_by_zero() -> list[ast.stmt]:
    """Return the statements that end the script with 0: a reply is not forwarded then."""
    return [py.set_attr("run", "ended", py.const(0)), py.give(py.const(None))]


class LiftedCalls:
    """Compiles the calls of one route block; the statements that they need go to `out`."""

    def __init__(self, scope: Scope, route: cfg.Route) -> None:
        self.scope = scope
        self.route = route
        self.out: list[ast.stmt] = []
        self.calls = CallCompiler(scope)
        self.depth = 0
        """Blocks that are open in each other where something is compiled."""
        self.waiting = False
        """Whether the route may wait, and so is a coroutine function."""
        self.return_mode = scope.core.settings.return_mode
        self.may_fail = False
        """Whether an expression compiled since this was last cleared may raise `EvaluationError`."""
        self._temporaries = 0

    def temporary(self) -> str:
        """Return a fresh variable's name."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    def kept(self, value: Code) -> Code:
        """Return *value* so that statements emitted from now on cannot change it."""
        if value.pure:
            return value
        name = self.temporary()
        self.out.append(py.assign(name, value.node))
        number: ast.expr | None = None
        if value.number is not None:
            carried = self.temporary()
            self.out.append(py.assign(carried, value.number))
            number = py.name(carried)
        return Code(py.name(name), value.type, pure=True, number=number)

    def _helper(self, function: object, *arguments: ast.expr) -> ast.expr:
        return py.call(self.scope.namespace.bind(function, getattr(function, "__name__", "helper")), *arguments)

    def expression(self, node: cfg.Expr) -> Code:
        """Return the code of an expression; calls in it are emitted before."""
        raise NotImplementedError

    # --- calls -----------------------------------------------------------------------------------

    def call(self, node: cfg.Call) -> Code:
        """Emit a call and return its result: true when above 0, with ``return_mode=1`` the code itself."""
        if node.name.text == "route":
            return self.route_call(node)
        if node.name.text == "selval":
            return self._selection(node)
        offer = self.calls.resolve(node, self.route.kind, ROUTE_FLAGS[self.route.kind])
        if offer is None:
            return code.integer(1)
        site = CallSite(node.name.text, span_of(node), _block_name(self.route))
        expression = self.calls.code(node, offer.declaration, site)
        if expression is None:
            return code.integer(1)
        result = self.temporary()
        place = py.name(self.scope.namespace.bind(site, "site"))
        handler = self._helper(function_failed, py.name("run"), py.name("error"), place)
        failed: ast.expr = handler
        if offer.declaration.returns_bool:
            failed = py.compare(handler, ast.Gt(), py.const(0))
        called = self._awaited(result, expression, offer.declaration.waits)
        self.out.append(py.guarded(called, [py.assign(result, failed)]))
        if offer.declaration.returns_bool:
            if offer.module != CORE:
                self.set_rc(py.choose(py.name(result), py.const(1), py.const(-1)))
            if self.return_mode == _CODES:
                return Code(py.choose(py.name(result), py.const(1), py.const(-1)), Type.INT, pure=True)
            return Code(py.name(result), Type.BOOL, pure=True)
        # 0 ends the script; False is a plugin's way to write -1
        self.out.append(
            py.when(
                py.negate(py.name(result)),
                [
                    py.when(
                        py.compare(py.name(result), ast.Is(), py.const(False)),
                        [py.assign(result, py.const(-1))],
                        ended_by_zero(),
                    )
                ],
            )
        )
        self.set_rc(py.name(result))
        return self._code(result)

    def _code(self, result: str) -> Code:
        """Return the value of a call in an expression."""
        if self.return_mode == _CODES:
            return Code(py.name(result), Type.INT, pure=True)
        return Code(py.compare(py.name(result), ast.Gt(), py.const(0)), Type.BOOL, pure=True)

    def _selection(self, node: cfg.Call) -> Code:
        """Return ``selval(condition, value, other value)``; only the value that is taken is evaluated."""
        if len(node.arguments) != 3:
            self.scope.diagnostics.error(
                "wrong-arity",
                f"`selval` takes 3 arguments, not {len(node.arguments)}",
                node.name.span,
                help="write it as `selval(condition, value, other)`",
            )
            return code.integer(0)
        result = self.temporary()
        condition = self.expression(node.arguments[0]).condition
        outer, sides = self.out, []
        for argument in node.arguments[1:]:
            self.out = []
            value = self.expression(argument)
            # a value that is not there is empty text
            taken = self._helper(values.filled, value.value) if value.type is Type.ANY else value.value
            self.out.append(py.assign(result, taken))
            sides.append((self.out, value.type))
        self.out = outer
        self.out.append(py.when(condition, sides[0][0], sides[1][0]))
        numbers = all(kind in (Type.INT, Type.BOOL) for _, kind in sides)
        texts = all(kind is Type.STR for _, kind in sides)
        return Code(py.name(result), Type.INT if numbers else Type.STR if texts else Type.ANY, pure=True)

    def _awaited(self, result: str, call: ast.expr, waits: Waits) -> list[ast.stmt]:
        """Return the statements that make a call and wait for it where it has to be waited for."""
        if waits is Waits.ALWAYS:
            return [py.assign(result, ast.Await(call))]
        made = [py.assign(result, call)]
        if waits is Waits.MAY:
            kind = py.attr(py.name(result), "__class__")
            plain = ast.BoolOp(
                ast.Or(),
                [py.compare(kind, ast.Is(), py.name("int")), py.compare(kind, ast.Is(), py.name("bool"))],
            )
            made.append(py.when(py.negate(plain), [py.assign(result, ast.Await(py.name(result)))]))
        return made

    def set_rc(self, value: ast.expr) -> None:
        """Emit the assignment of ``$rc``, if anything reads it."""
        if self.scope.uses_rc:
            self.out.append(py.set_attr("run", "rc", value))

    def route_call(self, node: cfg.Call) -> Code:
        """Emit a call of a route; its code in an expression is true when above 0."""
        result = self.route_result(node)
        if self.return_mode == _CODES:
            return result
        return Code(py.compare(result.node, ast.Gt(), py.const(0)), Type.BOOL, pure=True)

    def route_result(self, node: cfg.Call) -> Code:
        """Emit a call of a route and return its return code."""
        if len(node.arguments) != 1:
            self.scope.diagnostics.error("wrong-arity", "`route` takes 1 argument, the route's name", node.span)
            return code.integer(1)
        target = folded(node.arguments[0])
        result = self.temporary()
        run, msg = py.name("run"), py.name("msg")
        if isinstance(target, cfg.Name | cfg.Str | cfg.Int):
            name = target.text if isinstance(target, cfg.Name) else str(target.value)
            if name not in self.scope.routes:
                near = best_matches(name, list(self.scope.routes))
                self.scope.diagnostics.error(
                    "unknown-route", f"there is no `route[{name}]`", target.span, help=did_you_mean(name, near)
                )
                # what was probably meant is not unused
                self.scope.called.update(dict.fromkeys(near, target.span))
                return code.integer(1)
            self.scope.called.setdefault(name, target.span)
            call = py.call(self.scope.function_name(name), run, msg)
            waits = (cfg.RouteKind.NAMED, name) in self.scope.waiting
        else:
            self.scope.calls_dynamically = True
            site = self.scope.namespace.bind(CallSite("route", target.span), "site")
            wanted = self.expression(target).text
            call = self._helper(self.scope.dynamic_route, run, msg, wanted, py.name(site))
            waits = self.waiting
            if waits:
                call = self._helper(settled, call)
        called: list[ast.stmt] = [py.assign(result, ast.Await(call) if waits else call)]
        self.out.extend(self._counted(called, result, target) if self._recurs(target) else called)
        # a route gives no code when the script ended in it
        self.out.append(py.when(py.is_none(py.name(result)), [py.give(py.const(None))]))
        self.set_rc(py.name(result))
        return Code(py.name(result), Type.INT, pure=True)

    def _recurs(self, target: cfg.Expr) -> bool:
        """Whether a call of a route may lead back to the block that it stands in."""
        if self.route.kind is not cfg.RouteKind.NAMED or self.route.name is None:
            return False
        name = target.text if isinstance(target, cfg.Name) else str(getattr(target, "value", ""))
        return name in self.scope.recursive.get(self.route.name.text, ()) or not isinstance(
            target, cfg.Name | cfg.Str | cfg.Int
        )

    def _counted(self, called: list[ast.stmt], result: str, target: cfg.Expr) -> list[ast.stmt]:
        """Return the statements of a call that counts as deeper, and is -1 where that is too deep."""
        levels = py.const(self.depth)
        site = self.scope.namespace.bind(CallSite("route", target.span), "site")
        back: list[ast.stmt] = [ast.AugAssign(ast.Attribute(py.name("run"), "depth", ast.Store()), ast.Sub(), levels)]
        inner: ast.stmt = ast.Try(called, [], [], back)
        return [
            py.assign(result, py.const(-1)),
            py.when(self._helper(deeper, py.name("run"), levels, py.name(site)), [inner]),
        ]
