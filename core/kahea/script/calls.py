"""Calls of module functions: resolve the name, convert the arguments, make the code of the call."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from kahea.cfg import ast as cfg
from kahea.cfg.pv import PvSyntaxError, parse_pv
from kahea.diagnostics import Span
from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.callsite import CallSite
from kahea.modules.declare import Argument, Function
from kahea.modules.kinds import Kind, Mode, PvKind, RouteNameKind
from kahea.modules.registry import Offer
from kahea.modules.routes import Route
from kahea.script import pytree as py
from kahea.script.code import Code, Type
from kahea.script.constants import folded
from kahea.script.corekinds import FlagKind, WrittenKind
from kahea.script.scope import Reference, Scope
from kahea.script.unknown import Unknown, unknown_function

_VARIABLE = re.compile(r"\$\(?var\(([^()$]+)\)")


@dataclass(slots=True)
class Prepared:
    """An argument: a value known now, or the code that converts it for each call."""

    known: bool
    value: Any = None
    node: ast.expr | None = None


class CallCompiler:
    """Makes the code of calls; the caller lifts it into a statement and handles what it returns."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def resolve(self, call: cfg.Call, kind: cfg.RouteKind, routes: Route) -> Offer[Function] | None:
        """Find what a call means in a block of *kind*; ``None`` after a diagnostic."""
        registry = self._scope.registry
        name = call.name.text
        offer = registry.find_function(name, len(call.arguments), routes)
        if offer is not None:
            return offer
        offers = registry.functions.get(name)
        if offers is None:
            self._unknown(call)
            return None
        fitting = [offer for offer in offers if len(call.arguments) in offer.declaration.arities]
        if fitting:
            allowed = " or ".join(f"{one}_route" for one in fitting[0].declaration.routes.describe().split("|"))
            self._scope.diagnostics.error(
                "wrong-route",
                f"`{name}` cannot be called in {kind.value}",
                call.name.span,
                help=f"it may be called in {allowed}",
            )
            return None
        arities = sorted({arity for offer in offers for arity in offer.declaration.arities})
        self._scope.diagnostics.error(
            "wrong-arity",
            f"`{name}` takes {_counts(arities)}, not {len(call.arguments)}",
            call.name.span,
            help="write it as " + " or ".join(f"`{_signature(offer.declaration)}`" for offer in offers[:3]),
        )
        return None

    def _unknown(self, call: cfg.Call) -> None:
        if self._scope.is_reported(call.name.span):
            return
        name = call.name.text
        if name in self._scope.routes:
            found: Unknown | None = Unknown(f"`{name}` is a route: write `route({name});`")
            self._scope.called.setdefault(name, call.name.span)
        else:
            found = unknown_function(name, self._scope.registry, self._scope.missing)
        if found is not None:
            self._scope.diagnostics.error(
                "unknown-function", f"unknown function `{name}`", call.name.span, help=found.help
            )

    def code(self, call: cfg.Call, function: Function, site: CallSite) -> ast.expr | None:
        """Return the expression of the call; ``None`` after a diagnostic."""
        arguments = [
            self._argument(
                expression if isinstance(argument.kind, WrittenKind) else folded(expression), argument, call.name.text
            )
            for expression, argument in zip(call.arguments, function.arguments, strict=False)
        ]
        if any(argument is None for argument in arguments):
            return None
        given = [argument for argument in arguments if argument is not None]
        context = py.name("run" if function.takes_run else "msg")
        namespace = self._scope.namespace
        place = [site] if function.takes_site else []
        if function.prepare is not None and all(argument.known for argument in given):
            try:
                prepared = function.prepare(*place, *(argument.value for argument in given))
            except ValueError as error:
                self._scope.diagnostics.error("bad-argument", f"`{call.name.text}`: {error}", call.span)
                return None
            return py.call(namespace.bind(prepared, function.name), context)
        nodes = [
            argument.node or namespace.constant(argument.value, declared.name)
            for argument, declared in zip(given, function.arguments, strict=False)
        ]
        places = [py.name(namespace.bind(one, "site")) for one in place]
        return py.call(namespace.bind(function.call, function.name), context, *places, *nodes)

    # --- arguments -------------------------------------------------------------------------------

    def _argument(self, expression: cfg.Expr, argument: Argument, function: str) -> Prepared | None:
        kind = argument.kind
        flags = self._scope.core.settings.flag_names
        if isinstance(kind, FlagKind) and isinstance(expression, cfg.Name) and expression.text not in flags:
            self.undefined(expression, f"declare it with `flags {expression.text}`")
            return None
        if isinstance(kind, RouteNameKind):
            return self._route_name(expression, kind)
        try:
            if isinstance(kind, WrittenKind):
                return Prepared(True, kind.written(expression, flags))
            if kind.mode is Mode.RAW:
                return self._raw(expression, kind)
            if kind.mode is Mode.VARIABLE:
                return self._variable(expression, kind)
            if kind.mode is Mode.LAZY:
                return self._lazy(expression)
            return self._value(expression, kind)
        except ValueError as error:
            self._scope.diagnostics.error(
                "bad-argument", f"`{function}`, argument `{argument.name}`: {error}", expression.span
            )
            return None

    def _raw(self, expression: cfg.Expr, kind: Kind) -> Prepared:
        if isinstance(expression, cfg.Pv) and kind.takes_variable:
            return Prepared(True, kind.bind(expression.text, self._scope.pvs.binder(expression.span)))
        if not isinstance(expression, cfg.Str | cfg.Int):
            raise ValueError("it must be written out, a pseudo-variable is not evaluated here")
        if isinstance(expression, cfg.Str):
            # the function may set what its text names
            self._scope.pvs.written_variables.update(_VARIABLE.findall(expression.value))
        return Prepared(True, kind.bind(expression.value, self._scope.pvs.binder(expression.span)))

    def _variable(self, expression: cfg.Expr, kind: Kind) -> Prepared | None:
        if isinstance(expression, cfg.Pv):
            text = expression.text
        elif isinstance(expression, cfg.Str) and expression.value.startswith("$"):
            text = expression.value
        else:
            raise ValueError("it must be a pseudo-variable")
        writable = isinstance(kind, PvKind) and kind.writable
        handle = self._scope.pvs.handle(text, expression.span, writable=writable)
        return None if handle is None else Prepared(True, handle)

    def _lazy(self, expression: cfg.Expr) -> Prepared:
        found = self._text(expression)
        if found.constant is not None:
            constant = str(found.constant)
            return Prepared(True, lambda _run: constant)
        return Prepared(True, self._scope.pvs.function(found.node, expression.span, "format"))

    def _text(self, expression: cfg.Expr) -> Code:
        """Return an argument as text: strings are formats, a pseudo-variable prints as in a format."""
        if isinstance(expression, cfg.Str):
            return self._scope.pvs.format(expression.value, expression.span)
        if isinstance(expression, cfg.Pv):
            return self._scope.pvs.format(expression.text, expression.span)
        if isinstance(expression, cfg.Int):
            written = expression.word or str(expression.value)
            return Code(py.const(written), Type.STR, written, pure=True)
        raise ValueError("it must be a string, a number or a pseudo-variable")

    def _value(self, expression: cfg.Expr, kind: Kind) -> Prepared | None:
        if isinstance(expression, cfg.Int) and kind.mode is Mode.EXPRESSION:
            return Prepared(True, kind.literal(expression.value))
        alone = _variable_alone(expression) if kind.mode is Mode.EXPRESSION or kind.accepts_null else None
        if alone is not None:
            found = self._scope.pvs.read_text(alone, expression.span)
            if found.number is not None and kind.numeric:
                found = Code(found.number, Type.INT)
        elif isinstance(expression, cfg.Name):
            self.undefined(expression)
            return None
        else:
            found = self._text(expression)
        if found.constant is not None:
            return Prepared(True, kind.bind(found.constant, self._scope.pvs.binder(expression.span)))
        if kind.trivial and found.type is Type.STR:
            return Prepared(False, node=found.node)
        converter = self._scope.namespace.bind(kind.dynamic, kind.label)
        return Prepared(False, node=py.call(converter, found.value))

    def _route_name(self, expression: cfg.Expr, kind: RouteNameKind) -> Prepared | None:
        if isinstance(expression, cfg.Name):
            prepared: Prepared | None = Prepared(True, expression.text)
        else:
            prepared = self._value(expression, kind)
        if prepared is not None and prepared.known:
            name = str(prepared.value)
            if kind.route is Route.REQUEST:
                self._scope.called.setdefault(f"{kind.prefix}{name}", expression.span)
            if name not in ("", "0") and kind.must_exist:
                self._scope.references.append(Reference(kind.route, name, kind.prefix, expression.span))
        elif prepared is not None:
            self._scope.refers_dynamically = True
            self._scope.calls_dynamically |= kind.route is Route.REQUEST
        return prepared

    def undefined(self, word: cfg.Name, remedy: str | None = None) -> None:
        """Report a bare word that no ``#!define`` gives a meaning.

        Args:
            word: the word.
            remedy: what else than a define would help.
        """
        self._scope.diagnostics.error(
            "undefined-name",
            f"`{word.text}` is not defined",
            word.span,
            help=did_you_mean(word.text, [*self._scope.defines, *self._scope.core.settings.flag_names])
            or f"define it, as in `#!define {word.text} 1`, or {remedy or 'write it as a string'}",
        )


def _variable_alone(expression: cfg.Expr) -> str | None:
    """Return the text of an argument that is a pseudo-variable and nothing else, in quotes or not."""
    if isinstance(expression, cfg.Pv):
        return expression.text
    if isinstance(expression, cfg.Str) and expression.value.startswith("$"):
        try:
            return None if parse_pv(expression.value).name == "$" else expression.value
        except PvSyntaxError:
            return None
    return None


def _counts(arities: list[int]) -> str:
    numbers = [str(arity) for arity in arities]
    text = numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} or {numbers[-1]}"
    return f"{text} argument{'' if text == '1' else 's'}"


def _signature(function: Function) -> str:
    return f"{function.name}({', '.join(argument.name for argument in function.arguments)})"


def span_of(call: cfg.Call) -> Span:
    """Return the place that a run-time message about a call names."""
    return call.name.span
