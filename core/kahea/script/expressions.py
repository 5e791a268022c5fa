"""Expressions to code.

A call inside an expression is lifted to a statement of its own before it, which keeps the order of
evaluation and the short circuit of ``&&`` and ``||``, and lets a function end the script.
"""

from __future__ import annotations

import ast

from kahea.cfg import ast as cfg
from kahea.diagnostics import Span
from kahea.diagnostics.suggest import best_matches, did_you_mean
from kahea.modules.callsite import CallSite
from kahea.modules.declare import Waits
from kahea.modules.posix import compile_posix
from kahea.script import code, values
from kahea.script import pytree as py
from kahea.script.calls import CallCompiler, span_of
from kahea.script.code import Code, Type
from kahea.script.configvalues import SelectError
from kahea.script.constants import folded
from kahea.script.corefunctions import CORE
from kahea.script.coretests import CORE_TESTS, CoreTests
from kahea.script.failures import function_failed
from kahea.script.recursion import deeper
from kahea.script.scope import ROUTE_FLAGS, Scope
from kahea.script.selects import compile_select
from kahea.script.suspension import settled

_ARITHMETIC = {"-": ast.Sub, "*": ast.Mult, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor}
_HELPERS = {"/": values.divide, "mod": values.modulo, "<<": values.shift_left, ">>": values.shift_right}
_ORDER = {"<": ast.Lt, ">": ast.Gt, "<=": ast.LtE, ">=": ast.GtE}
_CODES = 1
"""``return_mode`` in which a call in an expression is its code."""
_TEXT_OPERATORS = {"==", "!=", "=~", "eq", "ne"}
_INTEGER_OPERATORS = {*_ARITHMETIC, *_HELPERS, *_ORDER, "&&", "||", "ieq", "ine"}


def _block_name(route: cfg.Route) -> str:
    """Return how the file writes the block that a call stands in."""
    return route.kind.value if route.name is None else f"{route.kind.value}[{route.name.text}]"


def _is_number(node: cfg.Expr) -> bool:
    """Whether an expression is a number whatever its operands are."""
    match node:
        case cfg.Binary(operator="+", left=left):
            return _is_number(left)
        case cfg.Cast(type=kind):
            return kind == "int"
        case cfg.Call(name=name):
            return name.text != "selval"
    return isinstance(node, cfg.Int | cfg.Unary | cfg.Binary)


def ended_by_zero() -> list[ast.stmt]:
    """Return the statements that end the script with 0: a reply is not forwarded then."""
    return [py.set_attr("run", "ended", py.const(0)), py.give(py.const(None))]


class ExpressionCompiler:
    """Compiles the expressions of one route block; statements that they need go to `out`."""

    def __init__(self, scope: Scope, route: cfg.Route) -> None:
        self.scope = scope
        self.route = route
        self.out: list[ast.stmt] = []
        self.calls = CallCompiler(scope)
        self.tests = CoreTests(self)
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

    # --- dispatch --------------------------------------------------------------------------------

    def expression(self, node: cfg.Expr) -> Code:
        """Return the code of an expression; calls in it are emitted before."""
        match node:
            case cfg.Int():
                return code.integer(values.wrap(node.value))
            case cfg.Str():
                return code.text(node.value)
            case cfg.Pv():
                return self.scope.pvs.read_text(node.text, node.span)
            case cfg.Unary():
                return self._unary(node)
            case cfg.Cast():
                return self._cast(node)
            case cfg.Binary():
                return self._binary(node)
            case cfg.Call():
                return self.call(node)
            case cfg.Name():
                return self._word(node)
            case cfg.Select():
                return self._select(node)
            case cfg.Address() | cfg.Regex():
                self.scope.diagnostics.error(
                    "bad-operand",
                    "an address or pattern stands alone here",
                    node.span,
                    help="compare something with it, as in `src_ip == 10.0.0.0/8`",
                )
                return code.integer(0)

    def condition(self, node: cfg.Expr) -> ast.expr:
        """Return the code of a condition as a Python truth value; ``return_mode`` tells what negative numbers are."""
        value = self.expression(node)
        return value.logical if self.return_mode else value.condition

    def _select(self, node: cfg.Select) -> Code:
        try:
            reader = compile_select(node.text, self.scope.core)
        except SelectError as error:
            if not self.scope.incomplete:
                self.scope.diagnostics.error("unknown-select", error.what, node.span, help=error.remedy)
            return code.text("")
        # without a value it is empty text here, and null only as $sel(...)
        value = py.call(self.scope.namespace.bind(reader, "select"), py.name("run"))
        return Code(ast.BoolOp(ast.Or(), [value, py.const("")]), Type.STR)

    def _unsupported(self, what: str, span: Span) -> Code:
        self.scope.diagnostics.error("not-supported-yet", f"{what} is not supported yet", span)
        return code.integer(0)

    def _word(self, node: cfg.Name) -> Code:
        if node.text in CORE_TESTS:
            return self.tests.alone(node)
        self.calls.undefined(node)
        return code.integer(0)

    # --- operators -------------------------------------------------------------------------------

    def _unary(self, node: cfg.Unary) -> Code:
        operand = self.expression(node.operand)
        match node.operator:
            case "!":
                self._needs_int(node.operand, "!")
                return Code(py.negate(operand.logical), Type.BOOL)
            case "-":
                self._needs_int(node.operand, "-")
                if isinstance(operand.constant, int):
                    return code.integer(-operand.constant)
                return Code(ast.UnaryOp(ast.USub(), operand.integer), Type.INT)
            case "~":
                self._needs_int(node.operand, "~")
                return Code(ast.UnaryOp(ast.Invert(), operand.integer), Type.INT)
            case "defined":
                return Code(py.negate(py.is_none(operand.value)), Type.BOOL)
            case "strempty":
                self._needs_text(node, "strempty")
                return Code(py.negate(operand.text), Type.BOOL)
            case "strlen":
                self._needs_text(node, "strlen")
                return Code(self._helper(values.byte_length, operand.value), Type.INT)
            case _:
                return self._unsupported(f"the operator `{node.operator}`", node.span)

    def _cast(self, node: cfg.Cast) -> Code:
        operand = self.expression(node.operand)
        if node.type == "int":
            return Code(operand.integer, Type.INT)
        return Code(operand.text, Type.STR)

    def _binary(self, node: cfg.Binary) -> Code:
        if node.operator in ("&&", "||"):
            return self._logical(node)
        if isinstance(node.left, cfg.Name) and node.left.text in CORE_TESTS:
            return self.tests.compare(node)
        left = self.expression(node.left)
        mark = len(self.out)
        right = self.expression(node.right)
        if len(self.out) > mark and not left.pure:
            later = self.out[mark:]
            del self.out[mark:]
            left = self.kept(left)
            self.out.extend(later)
        return self._apply(node, left, right)

    def _apply(self, node: cfg.Binary, left: Code, right: Code) -> Code:
        operator = node.operator
        if operator in _TEXT_OPERATORS and isinstance(node.right, cfg.Str) and _is_number(node.left):
            self._number_and_string(node)
        if operator in _INTEGER_OPERATORS:
            # two strings are one mistake
            any(self._needs_int(operand, operator) for operand in (node.left, node.right))
        if operator in _ARITHMETIC:
            node_value = ast.BinOp(left.integer, _ARITHMETIC[operator](), right.integer)
            return Code(self._wrapped(node_value) if operator in "-*" else node_value, Type.INT)
        if operator in _ORDER:
            return Code(py.compare(left.integer, _ORDER[operator](), right.integer), Type.BOOL)
        if operator in _HELPERS:
            self.may_fail = True
            return Code(self._helper(_HELPERS[operator], left.value, right.value), Type.INT)
        match operator:
            case "+":
                return self._plus(node, left, right)
            case "==" | "!=":
                equal = self._equal(node, left, right)
                return equal if operator == "==" else Code(py.negate(equal.node), Type.BOOL)
            case "ieq" | "ine":
                compare = ast.Eq() if operator == "ieq" else ast.NotEq()
                return Code(py.compare(left.integer, compare, right.integer), Type.BOOL)
            case "eq" | "ne":
                compare = ast.Eq() if operator == "eq" else ast.NotEq()
                return Code(py.compare(left.text, compare, right.text), Type.BOOL)
            case "=~" | "!~":
                found = self._match(node, left, right)
                return found if operator == "=~" else Code(py.negate(found.node), Type.BOOL)
            case _:
                return self._unsupported(f"the operator `{operator}`", node.operator_span)

    def _plus(self, node: cfg.Binary, left: Code, right: Code) -> Code:
        if left.type in (Type.INT, Type.BOOL):
            if isinstance(node.right, cfg.Str):
                self._type_error("a string cannot be added to a number", node.right.span)
            return Code(self._wrapped(ast.BinOp(left.integer, ast.Add(), right.integer)), Type.INT)
        if left.type is Type.STR:
            return Code(ast.BinOp(left.node, ast.Add(), right.text), Type.STR)
        left, right = self._as_left(left, right)
        return Code(self._helper(values.add, left.value, right.value), Type.ANY)

    def _wrapped(self, number: ast.expr) -> ast.expr:
        """Return the code of a number as 64 bits hold it; it costs a comparison unless it overflows."""
        name = self.temporary()
        given = ast.NamedExpr(ast.Name(name, ast.Store()), number)
        fits = ast.Compare(py.const(-(1 << 63)), [ast.LtE(), ast.Lt()], [given, py.const(1 << 63)])
        return py.choose(fits, py.name(name), py.call("wrap", py.name(name)))

    def _equal(self, node: cfg.Binary, left: Code, right: Code) -> Code:
        if isinstance(node.right, cfg.Pv) and node.right.text in ("$null", "$(null)"):
            # Kamailio: a test for null alone, where null on the left equals "" and 0 too
            return Code(py.is_none(left.value), Type.BOOL)
        if right.constant == "":
            # Kamailio makes a test for emptiness of it: the number 0 is not empty
            return Code(py.negate(left.text), Type.BOOL)
        if left.type in (Type.INT, Type.BOOL):
            return Code(py.compare(left.value, ast.Eq(), right.integer), Type.BOOL)
        if left.type is Type.STR:
            return Code(py.compare(left.node, ast.Eq(), right.text), Type.BOOL)
        left, right = self._as_left(left, right)
        return Code(self._helper(values.equal, left.value, right.value), Type.BOOL)

    def _as_left(self, left: Code, right: Code) -> tuple[Code, Code]:
        """Return operands, the right one being the number that it carries where the left one turns out to be one."""
        if right.number is None:
            return left, right
        left = self.kept(left)
        is_number = py.compare(py.attr(left.value, "__class__"), ast.Is(), py.name("int"))
        return left, Code(py.choose(is_number, right.number, right.value), Type.ANY)

    def _number_and_string(self, node: cfg.Binary) -> None:
        """Report a number, such as what ``!`` gives, that is compared with a literal string."""
        left = node.left
        help_text = "write the string on the left"
        if isinstance(left, cfg.Unary) and left.operator == "!":
            inside = f"{left.operand.span.text} {node.operator_span.text} {node.right.span.text}"
            help_text = f"`!` binds first: write `!({inside})`"
        elif not isinstance(left, cfg.Int):
            help_text = "compare it with a number"
        self._type_error("a number is compared with a string", node.right.span, help_text=help_text)

    def _match(self, node: cfg.Binary, left: Code, right: Code) -> Code:
        if not isinstance(right.constant, str):
            self.may_fail = True
            return Code(self._helper(values.match, left.value, right.value), Type.BOOL)
        try:
            pattern = compile_posix(right.constant)
        except ValueError as error:
            self.scope.diagnostics.error("bad-regex", str(error), node.right.span)
            return code.integer(0)
        search = py.call(self.scope.namespace.bind(pattern.search, "search"), left.text)
        return Code(py.negate(py.is_none(search)), Type.BOOL)

    def _helper(self, function: object, *arguments: ast.expr) -> ast.expr:
        return py.call(self.scope.namespace.bind(function, getattr(function, "__name__", "helper")), *arguments)

    def _logical(self, node: cfg.Binary) -> Code:
        # a chain of one operator nests to the left: take it apart so that the code stays flat
        operands: list[cfg.Expr] = [node.right]
        first = node.left
        while isinstance(first, cfg.Binary) and first.operator == node.operator:
            operands.append(first.right)
            first = first.left
        operands.append(first)
        operands.reverse()
        return self._chain(node.operator, operands)

    def _chain(self, operator: str, operands: list[cfg.Expr]) -> Code:
        """Evaluate operands in order until one decides; statements of later ones run only if it is still open."""
        join = ast.And if operator == "&&" else ast.Or
        pieces: list[ast.expr] = []
        result: str | None = None

        def joined() -> ast.expr:
            return pieces[0] if len(pieces) == 1 else ast.BoolOp(join(), list(pieces))

        def undecided() -> ast.expr:
            assert result is not None
            return py.name(result) if operator == "&&" else py.negate(py.name(result))

        outer = self.out
        for operand in operands:
            emitted: list[ast.stmt] = []
            self.out = emitted
            value = self.expression(operand)
            self._needs_int(operand, operator)
            self.out = outer
            if emitted and not pieces and result is None:
                outer.extend(emitted)
            elif emitted:
                if result is None:
                    result = self.temporary()
                    outer.append(py.assign(result, joined()))
                elif pieces:
                    outer.append(py.when(undecided(), [py.assign(result, joined())]))
                pieces = []
                outer.append(py.when(undecided(), [*emitted, py.assign(result, value.logical)]))
                continue
            pieces.append(value.logical)
        if result is None:
            return Code(joined(), Type.BOOL)
        pieces.insert(0, py.name(result))
        return Code(joined(), Type.BOOL, pure=len(pieces) == 1)

    # --- types -----------------------------------------------------------------------------------

    def _needs_int(self, node: cfg.Expr, operator: str) -> bool:
        """Report an operand that is a string where a number is needed; return whether it was one."""
        if isinstance(node, cfg.Str) or (isinstance(node, cfg.Cast) and node.type == "str"):
            self._type_error(f"`{operator}` needs numbers, this is a string", node.span)
            return True
        return False

    def _needs_text(self, node: cfg.Unary, function: str) -> None:
        """Report a number where text is needed."""
        if _is_number(node.operand):
            self._type_error(f"`{function}` needs a string, this is a number", node.operand.span)

    def _type_error(self, message: str, span: Span, help_text: str | None = None) -> None:
        self.scope.diagnostics.error("type-mismatch", message, span, help=help_text)

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
