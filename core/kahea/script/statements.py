"""Statements and route blocks to Python functions.

A route function takes the run and the message and returns the route's code, or ``None`` when the script
ended in it (``exit``, ``drop``, ``return 0``, a function that said 0).
"""

from __future__ import annotations

import ast

from kahea.cfg import ast as cfg
from kahea.diagnostics import Note, Span
from kahea.modules.callsite import CallSite
from kahea.modules.posix import compile_posix
from kahea.script import pytree as py
from kahea.script.code import Code
from kahea.script.expressions import ExpressionCompiler
from kahea.script.failures import expression_failed, loop_ended
from kahea.script.liftedcalls import ended_by_zero

_ENDS = (cfg.Exit, cfg.Drop, cfg.Return, cfg.Break)


class RouteCompiler(ExpressionCompiler):
    """Compiles one route block."""

    def function(self, name: str, *, waiting: bool = False) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """Return the definition of the block's function; a coroutine function when the block may wait."""
        self.waiting = waiting
        body = self._block(self.route.body, last=True)
        body.append(py.give(py.const(1)))
        return py.define(name, ["run", "msg"], body, waiting=waiting)

    # --- blocks ----------------------------------------------------------------------------------

    def _block(self, block: cfg.Block, *, last: bool = False) -> list[ast.stmt]:
        """Return the statements of a block; *last*: the route's code is that of its last statement."""
        outer, self.out = self.out, []
        self.depth += 1
        statements = block.statements
        for position, statement in enumerate(statements):
            is_last = last and position == len(statements) - 1
            self._located(statement, is_last)
            following = statements[position + 1 :]
            if isinstance(statement, _ENDS) and any(not isinstance(one, cfg.Empty) for one in following):
                self._never_reached(following[0], statement)
                break
        made, self.out = self.out, outer
        self.depth -= 1
        return made

    def _never_reached(self, first: cfg.Statement, end: cfg.Statement) -> None:
        # with a condition of the preprocessor in between it may be reached in another build of the file
        between = first.span.file.text[end.span.end : first.span.start]
        if not self.scope.misread and "\n#!" not in between:
            self.scope.diagnostics.warning(
                "unreachable-code",
                "this is never reached",
                first.span,
                notes=[Note("the block ends here", end.span)],
            )

    def _located(self, statement: cfg.Statement, is_last: bool) -> None:
        mark = len(self.out)
        self._statement(statement, is_last)
        span = statement.span
        if span.file is not self.route.span.file:
            # a route of several files: Python knows one, so the place is that of the include
            while span.file is not self.route.span.file and span.file.included_from is not None:
                span = span.file.included_from
        line, column = span.file.position(span.start)
        for made in self.out[mark:]:
            py.locate(made, line, column - 1)

    def _statement(self, statement: cfg.Statement, is_last: bool) -> None:
        match statement:
            case cfg.ExprStatement():
                self._evaluate(statement, is_last)
            case cfg.Assign():
                self._assign(statement)
            case cfg.If():
                self._if(statement, is_last)
            case cfg.While():
                self._while(statement)
            case cfg.Switch():
                self._switch(statement)
            case cfg.Break():
                self._break(statement)
            case cfg.Return():
                self._return(statement)
            case cfg.Exit(value=value):
                if value is not None:
                    self.out.append(py.set_attr("run", "ended", self._assigned(value).integer))
                self.out.append(py.give(py.const(None)))
            case cfg.Drop():
                self.out.append(py.set_attr("run", "dropped", py.const(True)))
                self.out.append(py.give(py.const(None)))
            case cfg.Empty():
                pass

    def _evaluate(self, statement: cfg.ExprStatement, is_last: bool) -> None:
        expression = statement.expression
        if isinstance(expression, cfg.Name):
            # a core action may be written without parentheses: `force_rport;`
            expression = cfg.Call(expression.span, expression, [])
        if not isinstance(expression, cfg.Call):
            return  # no statement of the grammar: reported when the file was read
        if expression.name.text == "route":
            result = self.route_result(expression)
            if is_last:
                self.out.append(py.give(result.node))
            return
        result = self.call(expression)
        if is_last:
            self.out.append(py.give(py.choose(result.condition, py.const(1), py.const(-1))))

    # --- assignment ------------------------------------------------------------------------------

    def _assign(self, statement: cfg.Assign) -> None:
        if not isinstance(statement.target, cfg.Pv):
            return  # it was reported when the file was read
        spec = self.scope.pvs.parse(statement.target.text, statement.target.span)
        if spec is None:
            return
        outer, self.out = self.out, []
        value = self._assigned(statement.value)
        written = self.scope.pvs.write(spec, value.value, statement.target.span)
        body, self.out = self.out, outer
        if written is None:
            return
        site = self.scope.namespace.bind(CallSite(f"assignment to {statement.target.text}", statement.span), "site")
        handler = self._helper(expression_failed, py.name("run"), py.name("error"), py.name(site))
        self.out.append(py.guarded([*body, written], [ast.Expr(handler)]))

    def _assigned(self, expression: cfg.Expr) -> Code:
        if isinstance(expression, cfg.Call) and expression.name.text == "route":
            # assigned by itself, a route is its code; in a larger expression it is true or false
            return self.route_result(expression)
        return self.expression(expression)

    # --- control flow ----------------------------------------------------------------------------

    def _condition(self, expression: cfg.Expr) -> ast.expr:
        """Emit what a condition needs and return it; one without a value is false."""
        if isinstance(expression, cfg.Binary) and expression.operator == "=":
            self.scope.diagnostics.error("syntax-error", "`=` assigns, a condition compares with `==`", expression.span)
        outer, self.out = self.out, []
        outer_may_fail, self.may_fail = self.may_fail, False
        condition = self.condition(expression)
        emitted, self.out = self.out, outer
        may_fail, self.may_fail = self.may_fail, outer_may_fail
        if not may_fail:
            self.out.extend(emitted)
            return condition
        result = self.temporary()
        site = self.scope.namespace.bind(CallSite("condition", expression.span), "site")
        handler = self._helper(expression_failed, py.name("run"), py.name("error"), py.name(site))
        self.out.append(
            py.guarded(
                [*emitted, py.assign(result, condition)], [ast.Expr(handler), py.assign(result, py.const(False))]
            )
        )
        return py.name(result)

    def _if(self, statement: cfg.If, is_last: bool) -> None:
        # built from the last branch to the first, each condition's statements standing in the `else` before it
        conditions: list[tuple[list[ast.stmt], ast.expr, list[ast.stmt]]] = []
        for condition, block in statement.branches:
            outer, self.out = self.out, []
            test = self._condition(condition)
            emitted, self.out = self.out, outer
            conditions.append((emitted, test, self._block(block, last=is_last)))
        otherwise = self._block(statement.otherwise, last=is_last) if statement.otherwise is not None else []
        for emitted, test, body in reversed(conditions):
            otherwise = [*emitted, py.when(test, body, otherwise)]
        self.out.extend(otherwise)

    def _while(self, statement: cfg.While) -> None:
        turns = self.temporary()
        outer, self.out = self.out, []
        test = self._condition(statement.condition)
        emitted, self.out = self.out, outer
        body = self._block(statement.body)
        limit = py.attr(py.name("run"), "core", "settings", "max_while_loops")
        site = self.scope.namespace.bind(CallSite("while", statement.span), "site")
        ended = ast.Expr(self._helper(loop_ended, py.name("run"), py.name(site)))
        count = py.assign(turns, ast.BinOp(py.name(turns), ast.Add(), py.const(1)))
        over = ast.BoolOp(
            ast.And(), [py.compare(limit, ast.Gt(), py.const(0)), py.compare(py.name(turns), ast.Gt(), limit)]
        )
        self.out.append(py.assign(turns, py.const(0)))
        self.out.append(
            ast.While(
                py.const(True),
                [*emitted, py.when(py.negate(test), [ast.Break()]), count, py.when(over, [ended, ast.Break()]), *body],
                [],
            )
        )

    def _switch(self, statement: cfg.Switch) -> None:
        subject = self.kept(self._assigned(statement.subject))
        matches = [(number, case) for number, case in enumerate(statement.cases) if case.match is not None]
        default = next((number for number, case in enumerate(statement.cases) if case.match is None), -1)
        chosen = self.temporary()
        self.out.append(py.assign(chosen, self._choice(subject, matches, default)))
        bodies: list[ast.stmt] = []
        for number, case in enumerate(statement.cases):
            body = self._block(case.body)
            if body:
                # a case runs when it was chosen or an earlier one fell through into it
                bodies.append(py.when(py.compare(py.name(chosen), ast.LtE(), py.const(number)), body))
        # a loop of one turn, so that `break` leaves the switch and nothing else
        once = ast.While(py.const(True), [*bodies, ast.Break()], [])
        self.out.append(py.when(py.compare(py.name(chosen), ast.GtE(), py.const(0)), [once]))

    def _choice(self, subject: Code, matches: list[tuple[int, cfg.Case]], default: int) -> ast.expr:
        """Return the number of the case that matches *subject*."""
        table: dict[int | str, int] = {}
        if all(isinstance(case.match, cfg.Int) for _, case in matches):
            for number, case in matches:
                assert isinstance(case.match, cfg.Int)
                table.setdefault(case.match.value, number)
            key = subject.integer
        elif all(isinstance(case.match, cfg.Int | cfg.Str) for _, case in matches):
            for number, case in matches:
                assert isinstance(case.match, cfg.Int | cfg.Str)
                table.setdefault(str(case.match.value), number)
            key = subject.text
        else:
            return self._pattern_choice(subject, matches, default)
        get = self.scope.namespace.bind(table.get, "cases")
        return py.call(get, key, py.const(default))

    def _pattern_choice(self, subject: Code, matches: list[tuple[int, cfg.Case]], default: int) -> ast.expr:
        choice: ast.expr = py.const(default)
        for number, case in reversed(matches):
            match case.match:
                case cfg.Regex():
                    try:
                        pattern = compile_posix(case.match.pattern, 0)
                    except ValueError as error:
                        self.scope.diagnostics.error("bad-regex", str(error), case.match.span)
                        continue
                    search = py.call(self.scope.namespace.bind(pattern.search, "search"), subject.text)
                    test = py.negate(py.is_none(search))
                case cfg.Int() | cfg.Str():
                    test = py.compare(subject.text, ast.Eq(), py.const(str(case.match.value)))
                case _:
                    assert case.match is not None
                    self._bad_case(case.match.span)
                    continue
            choice = py.choose(test, py.const(number), choice)
        return choice

    def _bad_case(self, span: Span) -> None:
        self.scope.diagnostics.error(
            "bad-case", "a case is a number, a string or a pattern", span, help='write a pattern as `case /"^2"/:`'
        )

    def _break(self, statement: cfg.Break) -> None:
        if not self._inside_loop(self.route.body, statement):
            # Kamailio: it ends the block that it stands in, here the route
            self.out.append(py.give(py.const(1)))
            return
        self.out.append(ast.Break())

    def _inside_loop(self, block: cfg.Block, wanted: cfg.Break, inside: bool = False) -> bool:
        for statement in block.statements:
            if statement is wanted:
                return inside
            inner: list[tuple[cfg.Block, bool]] = []
            if isinstance(statement, cfg.If):
                inner = [(body, inside) for _, body in statement.branches]
                if statement.otherwise is not None:
                    inner.append((statement.otherwise, inside))
            elif isinstance(statement, cfg.While):
                inner = [(statement.body, True)]
            elif isinstance(statement, cfg.Switch):
                inner = [(case.body, True) for case in statement.cases]
            if any(self._inside_loop(body, wanted, looped) for body, looped in inner):
                return True
        return False

    def _return(self, statement: cfg.Return) -> None:
        if statement.value is None:
            self.out.append(py.give(py.const(1)))
            return
        value = self._assigned(statement.value)
        # 0 ends the whole script
        if isinstance(value.constant, int):
            self.out.extend(ended_by_zero() if value.constant == 0 else [py.give(py.const(value.constant))])
            return
        result = self.temporary()
        self.out.append(py.assign(result, value.integer))
        self.out.append(py.when(py.negate(py.name(result)), ended_by_zero()))
        self.out.append(py.give(py.name(result)))
