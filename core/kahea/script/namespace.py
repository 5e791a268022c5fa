"""The global names of the generated code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from kahea.diagnostics import Span
from kahea.script import pytree as py
from kahea.script import values


class Namespace:
    """Binds the objects that generated code uses to names, and turns generated functions into real ones."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {
            "as_int": values.as_int,
            "as_text": values.as_text,
            "printed": values.printed,
            "truth": values.truth,
            "wrap": values.wrap,
        }
        self._bound: dict[int, str] = {}
        self._count = 0

    def bind(self, value: object, hint: str) -> str:
        """Return the global name of *value*; the same object keeps its name.

        Args:
            value: what the code refers to; kept alive by the namespace.
            hint: part of the name, for readable tracebacks.
        """
        known = self._bound.get(id(value))
        if known is not None and self.names[known] is value:
            return known
        identifier = self.fresh("".join(char if char.isalnum() else "_" for char in hint))
        self.names[identifier] = value
        self._bound[id(value)] = identifier
        return identifier

    def fresh(self, hint: str) -> str:
        """Return a name that nothing has yet."""
        self._count += 1
        return f"{hint}_{self._count}"

    def constant(self, value: object, hint: str) -> ast.expr:
        """Return an expression for *value*: itself when Python has a literal for it, a global name otherwise."""
        if value is None or value.__class__ in (str, int, bool):
            return py.const(value)
        return py.name(self.bind(value, hint))

    def make(self, definition: ast.FunctionDef | ast.AsyncFunctionDef, span: Span) -> Callable[..., Any]:
        """Compile a function definition and return the function.

        Tracebacks and profiles show the configuration file's own name and lines.
        """
        line, column = span.file.position(span.start)
        py.locate(definition, line, column - 1)
        module = ast.Module([definition], [])
        exec(compile(module, span.file.name, "exec"), self.names)
        made: Callable[..., Any] = self.names[definition.name]
        return made
