"""Pseudo-variables and format strings to code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from kahea.cfg.pv import PvSpec, PvSyntaxError, Transformation, parse_format, parse_pv, parse_pv_at, span_in
from kahea.diagnostics import Diagnostics, Span
from kahea.modules.binding import Access, Binder
from kahea.modules.context import Run, Value
from kahea.modules.declare import PseudoVariable
from kahea.modules.kinds import Mode, PvHandle
from kahea.modules.registry import Registry
from kahea.modules.routes import Route
from kahea.script import code
from kahea.script import pytree as py
from kahea.script.code import Code, Type
from kahea.script.namespace import Namespace
from kahea.script.unknown import unknown_pseudo_variable, unknown_transformation

_EVALUATED = 256
"""Texts known only at run time whose code is kept."""

_TYPES = {frozenset((str,)): Type.STR, frozenset((int,)): Type.INT}


class PvCompiler:
    """Resolves pseudo-variables and makes code of them.

    Args:
        registry: what the modules offer.
        namespace: where the generated code finds objects.
        diagnostics: where mistakes go.
        missing: modules that could not be loaded: an unknown name that may be theirs is not reported.
    """

    def __init__(
        self, registry: Registry, namespace: Namespace, diagnostics: Diagnostics, missing: Collection[str] = ()
    ) -> None:
        self._registry = registry
        self._namespace = namespace
        self._diagnostics = diagnostics
        self._missing = missing
        self.read_variables: dict[str, Span] = {}
        """Names in ``$var(name)`` that something reads, with the first place."""
        self.written_variables: set[str] = set()
        """Names in ``$var(name)`` that something sets."""
        self.named_blocks: list[tuple[Route, str, Span]] = []
        """Blocks that a text of a module names, with the places."""

    # --- reading ---------------------------------------------------------------------------------

    def read_text(self, text: str, span: Span) -> Code:
        """Return the code of a pseudo-variable as written, such as ``$(hdr(Via)[1]{s.len})``."""
        spec = self.parse(text, span)
        return code.text("") if spec is None else self.read(spec, spec.span or span)

    def parse(self, text: str, span: Span) -> PvSpec | None:
        """Take a pseudo-variable's text apart; ``None`` after a diagnostic."""
        try:
            return parse_pv(text, span)
        except PvSyntaxError as error:
            # one that is never closed was reported when the file was read
            if not any(found.span == span for found in self._diagnostics.errors):
                place = span_in(span, text, error.offset, len(text))
                self._diagnostics.error("bad-pseudo-variable", error.message, place)
            return None

    def read(self, spec: PvSpec, span: Span) -> Code:
        """Return the code that reads a pseudo-variable."""
        found = self._read_plain(spec, span)
        if spec.transformations:
            found.number = found.printed = None
        for position, transformation in enumerate(spec.transformations):
            if position == 0 or found.type in (Type.INT, Type.STR):
                found = self._transform(found, transformation, span)
                continue
            # one that fails gives null, which ends the chain
            before = self._namespace.fresh("before")
            kept = ast.NamedExpr(ast.Name(before, ast.Store()), found.value)
            following = self._transform(Code(py.name(before), found.type), transformation, span)
            found = Code(py.choose(py.is_none(kept), py.const(None), following.value), Type.ANY)
        return found

    def _read_plain(self, spec: PvSpec, span: Span) -> Code:
        if spec.name == "var" and spec.inner is not None:
            self.read_variables.setdefault(spec.inner, span)
        declared = self._resolve(spec, span)
        if declared is None:
            return Code(py.const(None), Type.ANY)
        kind = _TYPES.get(declared.types, Type.ANY)
        if declared.bind is not None:
            handle = self._bind(declared, spec, span)
            if handle is None:
                return Code(py.const(None), Type.ANY)
            types: frozenset[type] = getattr(handle, "types", declared.types)
            arguments = [py.name("run")]
            number, printed = self._other_type(getattr(handle, "also", None), types, spec, arguments)
            inline = getattr(handle, "inline", None)
            if inline is not None:
                node = py.parse(inline)
            else:
                node = py.call(self._namespace.bind(handle.get, spec.name), *arguments)
            return Code(node, _TYPES.get(types, Type.ANY), number=number, printed=printed)
        arguments = self._arguments(declared, spec, span)
        number, printed = self._other_type(declared.also, declared.types, spec, arguments)
        if declared.inline is not None and spec.inner is None and spec.index is None:
            return Code(py.parse(declared.inline), kind, number=number, printed=printed)
        return Code(
            py.call(self._namespace.bind(declared.get, spec.name), *arguments), kind, number=number, printed=printed
        )

    def _other_type(
        self, also: Callable[..., Any] | None, types: frozenset[type], spec: PvSpec, arguments: list[ast.expr]
    ) -> tuple[ast.expr | None, ast.expr | None]:
        """Return the number of one that is text first, or what a format prints of one that is a number first."""
        if also is None:
            return None, None
        other = py.call(self._namespace.bind(also, f"{spec.name}_also"), *arguments)
        return (other, None) if str in types else (None, other)

    def _resolve(self, spec: PvSpec, span: Span) -> PseudoVariable | None:
        offer = self._registry.pseudo_variables.get(spec.name)
        if offer is None:
            self._unknown(spec, span)
            return None
        declared = offer.declaration
        if declared.bind is None:
            problem = None
            if declared.inner == "required" and spec.inner is None:
                problem = f"${spec.name} needs a name in parentheses, as in ${spec.name}(x)"
            elif declared.inner == "none" and spec.inner is not None:
                problem = f"${spec.name} takes no name in parentheses"
            elif spec.index is not None and not declared.indexed:
                problem = f"${spec.name} takes no index"
            if problem:
                self._diagnostics.error("bad-pseudo-variable", problem, span)
                return None
        return declared

    def _unknown(self, spec: PvSpec, span: Span) -> None:
        found = unknown_pseudo_variable(spec.name, self._registry, self._missing)
        if found is not None:
            self._diagnostics.error(
                "unknown-pseudo-variable", f"unknown pseudo-variable `${spec.name}`", span, help=found.help
            )

    def _arguments(self, declared: PseudoVariable, spec: PvSpec, span: Span) -> list[ast.expr]:
        arguments = [py.name("run" if declared.takes_run else "msg")]
        if spec.inner is not None:
            arguments.append(self.format_parts(spec.inner_parts or (spec.inner,), span).node)
        if declared.indexed:
            if spec.inner is None and declared.inner == "optional":
                arguments.append(py.const(None))
            arguments.append(self._index(spec, span))
        return arguments

    def _index(self, spec: PvSpec, span: Span) -> ast.expr:
        if isinstance(spec.index, PvSpec):
            return self.read(spec.index, span).integer
        return py.const(spec.index)

    def _bind(self, declared: PseudoVariable, spec: PvSpec, span: Span) -> PvHandle | None:
        assert declared.bind is not None
        try:
            handle: PvHandle = declared.bind(spec, self.binder(span))
        except ValueError as error:
            self._diagnostics.error("bad-pseudo-variable", f"${spec.name}: {error}", span)
            return None
        return handle

    def _transform(self, value: Code, transformation: Transformation, span: Span) -> Code:
        full_name = f"{transformation.cls}.{transformation.name}"
        place = transformation.span or span
        offer = self._registry.transformations.get(full_name)
        if offer is None:
            found = unknown_transformation(full_name, self._registry, self._missing)
            if found is not None:
                self._diagnostics.error(
                    "unknown-transformation", f"unknown transformation `{{{full_name}}}`", place, help=found.help
                )
            return value
        declared = offer.declaration
        given = list(transformation.params)
        if given and [argument.kind.mode for argument in declared.arguments] == [Mode.RAW]:
            given = [transformation.raw]
        required = sum(argument.required for argument in declared.arguments)
        if not required <= len(given) <= len(declared.arguments):
            self._diagnostics.error(
                "wrong-arity",
                f"{{{full_name}}} takes {_range(required, len(declared.arguments))}, not {len(given)}",
                place,
            )
            return value
        arguments: list[ast.expr] = []
        for argument, param in zip(declared.arguments, given, strict=False):
            if isinstance(param, PvSpec):
                converter = self._namespace.bind(argument.kind.dynamic, f"{argument.name}_of")
                arguments.append(py.call(converter, self.read(param, span).value))
                continue
            try:
                arguments.append(self._namespace.constant(argument.kind.bind(param, self.binder(place)), argument.name))
            except ValueError as error:
                self._diagnostics.error("bad-argument", f"{{{full_name}}}: {argument.name}: {error}", place)
                return value
        function = self._namespace.bind(declared.call, full_name)
        context = [py.name("run")] if declared.takes_run else []
        call = py.call(function, *context, value.value, *arguments)
        return Code(call, _TYPES.get(declared.types, Type.ANY))

    # --- format strings --------------------------------------------------------------------------

    def format(self, text: str, span: Span) -> Code:
        """Return the code of a format string: text, with its pseudo-variables evaluated."""
        try:
            parts = parse_format(text, span)
        except PvSyntaxError as error:
            place = span_in(span, text, error.offset, len(text))
            self._diagnostics.error("bad-pseudo-variable", error.message, place)
            return code.text("")
        return self.format_parts(parts, span)

    def format_parts(self, parts: Sequence[str | PvSpec], span: Span) -> Code:
        """Return the code of a format string that was taken apart."""
        if all(isinstance(part, str) for part in parts):
            return code.text("".join(part for part in parts if isinstance(part, str)))
        pieces: list[ast.expr] = []
        for part in parts:
            if isinstance(part, str):
                pieces.append(py.const(part))
                continue
            value = self.read(part, part.span or span)
            node = value.printed or value.value
            if value.type is Type.ANY and value.printed is None:
                # a transformation that failed prints as nothing, a null value as <null>
                node = py.call("as_text" if part.transformations else "printed", node)
            pieces.append(ast.FormattedValue(node, -1, None))
        return Code(ast.JoinedStr(pieces), Type.STR)

    def function(self, value: ast.expr, span: Span, hint: str) -> Callable[[Run], Any]:
        """Return a function of the run that evaluates generated code."""
        name = self._namespace.fresh(hint)
        body = [py.assign("msg", py.attr(py.name("run"), "msg")), py.give(value)]
        return self._namespace.make(py.define(name, ["run"], body), span)

    # --- writing ---------------------------------------------------------------------------------

    def write(self, spec: PvSpec, value: ast.expr, span: Span) -> ast.stmt | None:
        """Return the statement that assigns *value*; ``None`` after a diagnostic."""
        if spec.name == "var" and spec.inner is not None:
            self.written_variables.add(spec.inner)
        declared = self._resolve(spec, span)
        if declared is None:
            return None
        if spec.transformations:
            self._diagnostics.error("read-only", "a transformation cannot be assigned to", span)
            return None
        if declared.bind is not None:
            handle = self._bind(declared, spec, span)
            if handle is None:
                return None
            if not handle.writable:
                self._diagnostics.error("read-only", f"`{spec_text(spec)}` cannot be assigned to", span)
                return None
            return ast.Expr(py.call(self._namespace.bind(handle.set, f"set_{spec.name}"), py.name("run"), value))
        if declared.set is None:
            self._diagnostics.error("read-only", f"`{spec_text(spec)}` cannot be assigned to", span)
            return None
        setter = self._namespace.bind(declared.set, f"set_{spec.name}")
        return ast.Expr(py.call(setter, *self._arguments(declared, spec, span), value))

    def handle(self, text: str, span: Span, *, writable: bool) -> PvHandle | None:
        """Return a pseudo-variable as an object that a function can read and assign."""
        spec = self.parse(text, span)
        if spec is None:
            return None
        value = self.read(spec, span)
        setter: Callable[[Run, Value], None] | None = None
        if writable:
            statement = self.write(spec, py.name("value"), span)
            if statement is None:
                return None
            name = self._namespace.fresh("set")
            body = [py.assign("msg", py.attr(py.name("run"), "msg")), statement]
            setter = self._namespace.make(py.define(name, ["run", "value"], body), span)
        also = None if value.number is None else self.function(value.number, span, "number")
        return Access(text, self.function(value.value, span, "get"), setter, also=also)

    def evaluator(self, span: Span) -> Callable[[Run, str], str]:
        """Return what evaluates format strings that are only known while a script runs."""
        registry = self._registry

        # each has a namespace of its own, so that what the cache gives up is freed
        @lru_cache(maxsize=_EVALUATED)
        def compiled(text: str) -> Callable[[Run], str]:
            diagnostics = Diagnostics()
            compiler = PvCompiler(registry, Namespace(), diagnostics)
            node = compiler.format(text, span).node
            if diagnostics.errors:
                raise ValueError(f'"{text}": {diagnostics.errors[0].message}')
            return compiler.function(node, span, "evaluated")

        return lambda run, text: compiled(text)(run)

    def binder(self, span: Span) -> Binder:
        """Return what a module may ask while it reads a text at *span*."""
        return _Binder(self, span)


class _Binder:
    """What a module may ask while it reads a text with a syntax of its own."""

    def __init__(self, compiler: PvCompiler, span: Span) -> None:
        self._compiler = compiler
        self._span = span

    def route(self, name: str, kind: Route = Route.REQUEST) -> None:
        """Note that a block is run because of the text."""
        self._compiler.named_blocks.append((kind, name, self._span))

    def format(self, text: str) -> Callable[[Run], str]:
        """Return what evaluates a format string."""
        return self._compiler.function(self._compiler.format(text, self._span).node, self._span, "format")

    def value(self, text: str) -> Callable[[Run], Value]:
        """Return what reads a pseudo-variable."""
        return self._compiler.function(self._compiler.read_text(text, self._span).value, self._span, "value")

    def value_at(self, text: str, start: int) -> tuple[Callable[[Run], Value], int]:
        """Return what reads the pseudo-variable that begins at *start*, and the offset behind it."""
        try:
            spec = parse_pv_at(text, start, self._span)
        except PvSyntaxError as error:
            raise ValueError(error.message) from None
        value = self._compiler.read(spec, spec.span or self._span).value
        return self._compiler.function(value, self._span, "value"), spec.end

    def variable(self, text: str, *, writable: bool = False) -> PvHandle:
        """Return a pseudo-variable to read, and to assign if it must be *writable*."""
        handle = self._compiler.handle(text, self._span, writable=writable)
        return handle if handle is not None else Access(text, lambda _run: None)

    def is_constant(self, text: str) -> bool:
        """Whether a format string holds no pseudo-variable."""
        return self._compiler.format(text, self._span).constant is not None

    def evaluator(self) -> Callable[[Run, str], str]:
        """Return what evaluates format strings that are only known while a script runs."""
        return self._compiler.evaluator(self._span)

    def index(self, spec: PvSpec) -> Callable[[Run], int | str | None]:
        """Return what evaluates the index."""
        return self._compiler.function(self._compiler._index(spec, self._span), self._span, "index")


def spec_text(spec: PvSpec) -> str:
    """Return a pseudo-variable's name for a message."""
    return f"${spec.name}" if spec.inner is None else f"${spec.name}({spec.inner})"


def _range(low: int, high: int) -> str:
    count = str(low) if low == high else f"{low} to {high}"
    return f"{count} parameter{'' if count == '1' else 's'}"
