"""Expressions to code.

A call inside an expression is lifted to a statement of its own before it, which keeps the order of
evaluation and the short circuit of ``&&`` and ``||``, and lets a function end the script.
"""

from __future__ import annotations

import ast

from kahea.cfg import ast as cfg
from kahea.diagnostics import Span
from kahea.modules.posix import compile_posix
from kahea.script import code, values
from kahea.script import pytree as py
from kahea.script.code import Code, Type
from kahea.script.configvalues import SelectError
from kahea.script.coretests import CORE_TESTS, CoreTests
from kahea.script.liftedcalls import LiftedCalls
from kahea.script.scope import Scope
from kahea.script.selects import compile_select

_ARITHMETIC = {"-": ast.Sub, "*": ast.Mult, "&": ast.BitAnd, "|": ast.BitOr, "^": ast.BitXor}
_HELPERS = {"/": values.divide, "mod": values.modulo, "<<": values.shift_left, ">>": values.shift_right}
_ORDER = {"<": ast.Lt, ">": ast.Gt, "<=": ast.LtE, ">=": ast.GtE}
_TEXT_OPERATORS = {"==", "!=", "=~", "eq", "ne"}
_INTEGER_OPERATORS = {*_ARITHMETIC, *_HELPERS, *_ORDER, "&&", "||", "ieq", "ine"}


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


class ExpressionCompiler(LiftedCalls):
    """Compiles the expressions of one route block; statements that they need go to `out`."""

    def __init__(self, scope: Scope, route: cfg.Route) -> None:
        super().__init__(scope, route)
        self.tests = CoreTests(self)

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
                raise AssertionError(f"the grammar has no operator `{node.operator}`")

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
                raise AssertionError(f"the grammar has no operator `{operator}`")

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
