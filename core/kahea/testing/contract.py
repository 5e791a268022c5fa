"""What every module promises, as tests that its author inherits."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import msgspec

from kahea.cli.docstrings import Docstring, parse_docstring
from kahea.cli.offline_core import offline_core
from kahea.diagnostics import Diagnostic
from kahea.logs import Logger
from kahea.modules.context import Run
from kahea.modules.declare import Function, PseudoVariable
from kahea.modules.kinds import Mode
from kahea.modules.loader import Loader, available, package_of
from kahea.modules.module import Module
from kahea.modules.registry import Registry
from kahea.modules.routes import Route
from kahea.server.boot import load_configuration
from kahea.testing.clock import FakeClock
from kahea.testing.contract_checks import (
    conversion_problems,
    description_of,
    free_names,
    getter_arguments,
    marked_words,
    normalized,
    parsed,
    summary_problem,
)
from kahea.testing.samples import SAMPLES
from kahea.testing.server import ServerUnderTest

_BLOCKS = (
    (Route.REQUEST, "request_route"),
    (Route.CORE_ONREPLY, "reply_route"),
    (Route.EVENT, "event_route[contract:example]"),
    (Route.FAILURE, "failure_route[EXAMPLE]"),
    (Route.TM_ONREPLY, "onreply_route[EXAMPLE]"),
    (Route.BRANCH, "branch_route[EXAMPLE]"),
    (Route.ONSEND, "onsend_route"),
)
"""Where the example of a function is put: the first kind in which it may be called."""

_TOP_LEVEL = re.compile(
    r"^\s*(?:#!|(?:loadmodule|modparam)\b|(?:request|reply|onsend|onreply|branch|failure|event)_route\b|route\s*[\[{])",
    re.MULTILINE,
)
"""What stands outside of route blocks, so that an example with it is a part of a file, not of a route."""


class _NoLog:
    def write(self, level: int, line: str, facility: str | None) -> None:
        """Drop the line."""

    def flush(self) -> None:
        """Have nothing to write."""


class ModuleContract:
    """Tests for any module: subclass it in a test file and name the class of the module.

    ::

        class TestContract(ModuleContract):
            module = Hello

    The module's package must be installed. The module is started for those tests that look at pseudo-variables.

    Attributes:
        module: the module's class.
        configuration: what must stand in the file behind ``loadmodule``, such as a ``modparam`` that it cannot do
            without.
        needs: modules without which it does not start; they are loaded before it.
        companions: other modules that the examples in the docstrings use. Where one is not installed, names that
            nobody offers are taken for its.
        messages: messages that each pseudo-variable is read for.
    """

    module: ClassVar[type[Module[Any]]]
    configuration: ClassVar[str] = ""
    needs: ClassVar[Sequence[str]] = ()
    companions: ClassVar[Sequence[str]] = ("pv", "xlog", "sl", "textops", "siputils")
    messages: ClassVar[Sequence[bytes]] = SAMPLES

    # --- the package -----------------------------------------------------------------------------

    def test_the_entry_point_names_the_module(self) -> None:
        """One entry point leads to the class; its name can stand in `loadmodule` and is that of the package."""
        entries = self._entries()

        assert len(entries) == 1, f"{len(entries)} entry points of the group kahea.modules lead to {self.module!r}"
        name, distribution = entries[0].name, entries[0].dist
        assert re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{name!r} cannot stand in loadmodule"
        assert distribution is not None
        assert normalized(distribution.name) == normalized(package_of(name)), (
            f"the package {distribution.name} is not found by its module: call it {package_of(name)}"
        )

    # --- declarations ----------------------------------------------------------------------------

    def test_everything_has_a_summary_line(self) -> None:
        """The module and all that it declares have a docstring, with a summary alone on its first line."""
        problems = [f"{what}: {problem}" for what, text in self._texts() if (problem := summary_problem(text))]

        assert not problems, "\n".join(problems)

    def test_every_argument_is_explained(self) -> None:
        """Each argument of a function or a transformation has an entry in `Args` or is named in the text, as *name*.

        No entry is left over.
        """
        problems = []
        for name, arguments, doc in self._with_arguments():
            declared = {argument.name for argument in arguments}
            explained = set(parse_docstring(doc).arguments)
            named = marked_words(doc)
            problems += [f"{name}: `{argument}` is not explained" for argument in sorted(declared - explained - named)]
            problems += [f"{name}: it has no argument `{argument}`" for argument in sorted(explained - declared)]

        assert not problems, "\n".join(problems)

    def test_arguments_convert(self) -> None:
        """Each argument takes a value as the type of its annotation, or refuses it with a ValueError."""
        problems: list[str] = []
        for name, arguments, hints in self._annotated():
            for argument in arguments:
                if argument.kind.mode not in (Mode.LAZY, Mode.VARIABLE):
                    where = f"{name}, argument `{argument.name}`"
                    problems += conversion_problems(where, argument.kind, hints[argument.name])

        assert not problems, "\n".join(problems)

    def test_prepared_variants_take_the_same_arguments(self) -> None:
        """What `when_constant` declares takes as many arguments as the function itself."""
        problems = []
        for function in self._functions():
            if function.prepare is None:
                continue
            for arity in function.arities:
                try:
                    inspect.signature(function.prepare).bind(*range(arity + function.takes_site))
                except TypeError as error:
                    problems.append(f"{function.name}: its when_constant variant with {arity} arguments: {error}")

        assert not problems, "\n".join(problems)

    def test_parameters_have_fitting_defaults(self) -> None:
        """Each parameter has a default, which its own type and limits accept."""
        problems = []
        for field in msgspec.structs.fields(self.module.params_type):
            if field.required:
                problems.append(f"the parameter {field.name} has no default")
                continue
            default = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
            try:
                msgspec.convert(msgspec.to_builtins(default, enc_hook=str), field.type)
            except msgspec.ValidationError as error:
                problems.append(f"the default of the parameter {field.name}: {error}")

        assert not problems, "\n".join(problems)

    # --- pseudo-variables ------------------------------------------------------------------------

    def test_pseudo_variables_can_always_be_read(self, kahea_server: Callable[..., ServerUnderTest]) -> None:
        """A pseudo-variable has a value of the declared types for every message."""
        problems = []
        for variable, run in self._readings(kahea_server):
            arguments = getter_arguments(variable, run)
            assert variable.get is not None
            try:
                value = variable.get(*arguments)
            except Exception as error:
                problems.append(f"${variable.name}: {type(error).__name__}: {error}, for {run.msg!r}")
                continue
            if type(value) not in variable.types:
                names = " or ".join(sorted(kind.__name__ for kind in variable.types))
                problems.append(f"${variable.name}: {value!r} is not {names}, for {run.msg!r}")

        assert not problems, "\n".join(problems)

    def test_inline_expressions_equal_the_getters(self, kahea_server: Callable[..., ServerUnderTest]) -> None:
        """The `inline` expression of a pseudo-variable uses `msg` and `run` and has the value of its getter."""
        problems = []
        for variable, run in self._readings(kahea_server):
            if variable.inline is None or variable.inner == "required":
                continue
            assert variable.get is not None
            unknown = free_names(variable.inline) - {"msg", "run"}
            if unknown:
                problems.append(f"${variable.name}: `inline` uses {', '.join(sorted(unknown))}")
                continue
            wanted = variable.get(*getter_arguments(variable, run))
            found = eval(variable.inline, {"msg": run.msg, "run": run})
            if (type(found), found) != (type(wanted), wanted):
                problems.append(f"${variable.name}: inline {found!r}, getter {wanted!r}, for {run.msg!r}")

        assert not problems, "\n".join(dict.fromkeys(problems))

    # --- examples --------------------------------------------------------------------------------

    def test_examples_can_be_used(self) -> None:
        """Each `Example` of a docstring passes the checker in a configuration that loads the module."""
        problems = []
        for what, routes, doc in self._examples():
            for example in doc.examples:
                text = self._example_file(example, routes)
                for found in self._mistakes(text):
                    problems.append(f"{what}: {found.message} [{found.code}], in the example\n{example}")

        assert not problems, "\n".join(problems)

    def test_examples_of_functions_call_them(self) -> None:
        """The example of a function shows a call of it, by its name or another of its names."""
        problems = []
        for function in self._functions():
            names = {other.name for other in self._functions() if other.doc == function.doc}
            for example in parse_docstring(function.doc).examples:
                if not any(re.search(rf"\b{name}\s*\(", example) for name in names):
                    problems.append(f"{function.name}: its example does not call it")

        assert not problems, "\n".join(problems)

    # --- what the tests look at ------------------------------------------------------------------

    def _entries(self) -> list[EntryPoint]:
        """Return the entry points that lead to the module; only those of its own package are imported."""
        package = self.module.__module__.partition(".")[0]
        candidates = [entry for entry in available().values() if entry.module.partition(".")[0] == package]
        return [entry for entry in candidates if entry.load() is self.module]

    def _name(self) -> str:
        entries = self._entries()
        return entries[0].name if entries else self.module.__name__.lower()

    def _registry(self) -> Registry:
        """Return what the module declares; it is made, not started."""
        loader = Loader()
        loader.add(self._name(), self.module, self.module.params_type(), offline_core())
        return loader.registry

    def _functions(self) -> list[Function]:
        return [offer.declaration for offers in self._registry().functions.values() for offer in offers]

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Yield a label and the documentation of all that the module declares."""
        registry = self._registry()
        yield f"the module {self._name()}", inspect.getdoc(self.module) or ""
        for function in self._functions():
            yield f"{function.name}()", function.doc
        for name, variable in registry.pseudo_variables.items():
            yield f"${name}", variable.declaration.doc
        for name, transformation in registry.transformations.items():
            yield f"{{{name}}}", transformation.declaration.doc
        for name, command in registry.rpc.items():
            yield f"RPC command {name}", command.declaration.doc
        for event in registry.event_routes:
            yield f"event_route[{event.declaration.name}]", event.declaration.doc
        for field in msgspec.structs.fields(self.module.params_type):
            yield f"parameter {field.name}", description_of(field.type)

    def _with_arguments(self) -> Iterator[tuple[str, tuple[Any, ...], str]]:
        """Yield name, arguments and documentation of the functions and transformations."""
        for function in self._functions():
            yield f"{function.name}()", function.arguments, function.doc
        for name, offer in self._registry().transformations.items():
            yield f"{{{name}}}", offer.declaration.arguments, offer.declaration.doc

    def _annotated(self) -> Iterator[tuple[str, tuple[Any, ...], dict[str, Any]]]:
        """Yield name, arguments and evaluated annotations of the functions and transformations."""
        for function in self._functions():
            yield f"{function.name}()", function.arguments, inspect.get_annotations(function.call, eval_str=True)
        for name, offer in self._registry().transformations.items():
            call = offer.declaration.call
            yield f"{{{name}}}", offer.declaration.arguments, inspect.get_annotations(call, eval_str=True)

    def _readings(self, kahea_server: Callable[..., ServerUnderTest]) -> Iterator[tuple[PseudoVariable, Run]]:
        """Yield each pseudo-variable with a getter, with a run for each message, in a server that was started."""
        name = self._name()
        loaded = "\n".join(f'loadmodule "{one}.so"' for one in (*self.needs, name))
        server = kahea_server(f"{loaded}\n{self.configuration}\nrequest_route {{ exit; }}")
        offers = [offer for offer in server.loader.registry.pseudo_variables.values() if offer.module == name]
        for message in self.messages:
            run = Run(server.engine)
            run.msg = parsed(message)
            for offer in offers:
                if offer.declaration.get is not None:
                    yield offer.declaration, run

    def _examples(self) -> Iterator[tuple[str, Route, Docstring]]:
        """Yield a label, where it may be written, and the documentation of what may have examples."""
        registry = self._registry()
        for function in self._functions():
            yield f"{function.name}()", function.routes, parse_docstring(function.doc)
        for name, variable in registry.pseudo_variables.items():
            yield f"${name}", Route.ANY, parse_docstring(variable.declaration.doc)
        for name, transformation in registry.transformations.items():
            yield f"{{{name}}}", Route.ANY, parse_docstring(transformation.declaration.doc)
        yield f"the module {self._name()}", Route.ANY, parse_docstring(inspect.getdoc(self.module) or "")

    def _example_file(self, example: str, routes: Route) -> str:
        """Return a whole configuration around an example; ``{ ... }`` in it is any block."""
        example = example.replace("{ ... }", "{ exit; }")
        loaded = [name for name in self.companions if name != self._name()]
        lines = [*(f'loadmodule "{name}.so"' for name in (*loaded, self._name())), self.configuration]
        if _TOP_LEVEL.search(example):
            lines.append(example)
        else:
            block = next((block for kind, block in _BLOCKS if kind & routes), "request_route")
            lines += [f"{block} {{", example, "}"]
        return "\n".join(lines)

    def _mistakes(self, text: str) -> list[Diagnostic]:
        """Return the errors of a configuration, except for what an example need not bring.

        That is a companion that is not installed, and a route that is called.
        """
        loaded = load_configuration("example.cfg", Logger(_NoLog()), FakeClock(), text=text)
        companions = tuple(f"the module {name} " for name in self.companions)
        return [
            found
            for found in loaded.diagnostics.errors
            if found.code != "unknown-route"
            and not (found.code in ("module-not-installed", "module-broken") and found.message.startswith(companions))
        ]
