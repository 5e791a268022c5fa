"""``kahea modules``: the installed modules, or what one offers."""

from __future__ import annotations

import sys
import textwrap
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import PurePath

import msgspec

from kahea.cli.module_reference import (
    ArgumentReference,
    ModuleReference,
    ParamReference,
    PseudoVariableReference,
    describe,
    installed_modules,
)
from kahea.diagnostics.suggest import did_you_mean
from kahea.modules.loader import ModuleLoadError, ModuleNotInstalledError, available, package_of


def run(words: Sequence[str]) -> int:
    """List the modules or describe one.

    Args:
        words: what follows ``kahea modules``.

    Returns:
        The exit code: 0, or 1 when the module is not installed or cannot be imported.
    """
    parser = ArgumentParser(prog="kahea modules", description="List the installed modules, or what one offers.")
    parser.add_argument("name", nargs="?", help="name of a module, as in loadmodule")
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    arguments = parser.parse_args(words)
    if arguments.name is None:
        return _list(arguments.json)
    return _describe(PurePath(arguments.name).name.removesuffix(".so"), arguments.json)


def _list(as_json: bool) -> int:
    modules = installed_modules()
    if as_json:
        _print_json(modules)
        return 0
    rows = [(module.name, f"{module.package} {module.version}", module.doc) for module in modules]
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for name, package, doc in rows:
        print(f"{name:<{widths[0]}}  {package:<{widths[1]}}  {doc}".rstrip())
    return 0


def _describe(name: str, as_json: bool) -> int:
    try:
        module = describe(name)
    except ModuleNotInstalledError:
        fix = did_you_mean(name, available()) or f"python3 -m pip install {package_of(name)}"
        print(f"kahea: module `{name}` is not installed\n  help: {fix}", file=sys.stderr)
        return 1
    except ModuleLoadError as error:
        print(f"kahea: module `{name}`: {error}", file=sys.stderr)
        return 1
    if as_json:
        _print_json(module)
    else:
        print("\n".join(_page(module)))
    return 0


def _print_json(value: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(value)).decode())


def _page(module: ModuleReference) -> Iterator[str]:
    yield f"{module.name} ({module.package} {module.version})"
    yield from _doc(module.doc, 0)
    functions = [
        (f"{function.name}({_signature(function.arguments)})", f"routes: {function.routes}", function.doc)
        for function in module.functions
    ]
    yield from _section("Functions", functions)
    yield from _section("Parameters", [(param.name, _param_facts(param), param.doc) for param in module.params])
    variables = [(_variable(variable), _variable_facts(variable), variable.doc) for variable in module.pseudo_variables]
    yield from _section("Pseudo-variables", variables)
    transformations = [
        (f"{{{','.join((entry.name, *(argument.name for argument in entry.arguments)))}}}", "", entry.doc)
        for entry in module.transformations
    ]
    yield from _section("Transformations", transformations)
    yield from _section(
        "Event routes", [(f"event_route[{event.name}]", "", event.doc) for event in module.event_routes]
    )
    yield from _section("RPC commands", [(command.name, "", command.doc) for command in module.rpc])


def _section(title: str, entries: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Yield a heading and, for each (heading, facts, documentation), its lines; nothing without entries."""
    if not entries:
        return
    yield ""
    yield title
    for position, (heading, facts, doc) in enumerate(entries):
        yield f"  {heading}" + (f"  [{facts}]" if facts else "")
        # Other names of one thing stand together; its documentation follows once.
        if not (doc and entries[position + 1 :] and entries[position + 1][2] == doc):
            yield from _doc(doc, 6)


def _doc(text: str, indent: int) -> Iterator[str]:
    yield from textwrap.indent(text, " " * indent).splitlines()


def _signature(arguments: Sequence[ArgumentReference]) -> str:
    """Return the arguments, optional ones in brackets."""
    shown = [f"{argument.name}: {argument.type}" for argument in arguments]
    return ", ".join(
        text if argument.required else f"[{text}]" for text, argument in zip(shown, arguments, strict=True)
    )


def _param_facts(param: ParamReference) -> str:
    facts = [param.type]
    if param.repeatable:
        facts.append("may be repeated")
    elif param.default is not None:
        facts.append(f"default {int(param.default) if isinstance(param.default, bool) else repr(param.default)}")
    return ", ".join(facts)


def _variable(variable: PseudoVariableReference) -> str:
    inner = {"required": "(name)", "optional": "[(name)]"}.get(variable.inner, "")
    return f"${variable.name}{inner}"


def _variable_facts(variable: PseudoVariableReference) -> str:
    facts = [" or ".join(variable.types)] if variable.types else []
    if variable.indexed:
        facts.append("takes an index")
    if variable.writable:
        facts.append("writable")
    return ", ".join(facts)
