"""The reference of the standard modules as Markdown pages: ``python -m kahea.cli.reference_pages --write FOLDER``.

All text comes from the declarations and their docstrings, under the headings of Kamailio's own module pages.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from kahea.cli.docstrings import parse_docstring
from kahea.cli.module_reference import (
    ArgumentReference,
    FunctionReference,
    ModuleReference,
    ParamReference,
    PseudoVariableReference,
    RpcReference,
    TransformationReference,
    describe,
)
from kahea.modules.loader import available, package_of

_NOTE = "<!-- Made from the module's docstrings by `python -m kahea.cli.reference_pages --write`: change those. -->"

_ANSWERS = {
    "one": "Any worker answers.",
    "each": "All workers answer together.",
    "owner": "The housekeeper answers.",
    "supervisor": "The supervisor's own data.",
}


def standard_modules() -> list[str]:
    """Return the names of the modules that installing ``kahea`` brings; of all installed ones without that package."""
    try:
        required = requires("kahea") or []
    except PackageNotFoundError:
        return sorted(available())
    packages = {match[0] for line in required if (match := re.match(r"[A-Za-z0-9._-]+", line))}
    return sorted(name for name in available() if package_of(name) in packages)


def pages(names: Iterable[str]) -> dict[str, str]:
    """Return file names and texts: a page for each module and ``index.md``.

    Args:
        names: names of installed modules.

    Raises:
        ModuleNotInstalledError: no installed package offers one of them.
        ModuleLoadError: one cannot be imported, or its declarations are wrong.
    """
    described = [describe(name) for name in names]
    index = [_NOTE, "", "# Modules", "", "What each standard module offers; `kahea modules NAME` prints the same.", ""]
    index += [f"- [{module.name}]({module.name}.md): {parse_docstring(module.doc).summary}" for module in described]
    texts = {"index.md": "\n".join(index) + "\n"}
    for module in described:
        texts[f"{module.name}.md"] = page(module)
    return texts


def page(module: ModuleReference) -> str:
    """Return the page of a module as Markdown."""
    # docstrings may mark code as reStructuredText does
    text = re.sub(r"(?<!`)``(?!`)", "`", "\n".join(_page(module)))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _page(module: ModuleReference) -> Iterator[str]:
    yield from (_NOTE, "", f"# {module.name}", "", f"Package `{module.package}`.", "")
    yield from _section("Overview", [_documented(module.doc, ())])
    yield from _section("Parameters", [_param(module.name, param) for param in module.params])
    yield from _section("Functions", [_function(group) for group in _same(module.functions)])
    yield from _section("Pseudo-variables", [_pseudo_variable(group) for group in _alike(module.pseudo_variables)])
    yield from _section("Transformations", [_transformation(entry) for entry in module.transformations])
    yield from _section("RPC commands", [_rpc(command) for command in module.rpc])
    yield from _section(
        "Event routes", [[f"### event_route[{event.name}]", "", event.doc, ""] for event in module.event_routes]
    )


def _section(title: str, entries: Sequence[Iterable[str]]) -> Iterator[str]:
    """Yield a heading and what stands under it; nothing without entries."""
    if not entries:
        return
    yield from (f"## {title}", "")
    for entry in entries:
        yield from entry
    yield ""


# --- entries -------------------------------------------------------------------------------------


def _param(module: str, param: ParamReference) -> Iterator[str]:
    yield from (f"### {param.name} ({param.type})", "", param.doc, "")
    if param.repeatable:
        yield from ("May be given more than once; the values add up.", "")
        return
    default = int(param.default) if isinstance(param.default, bool) else param.default
    if default is None:
        yield from ("There is no default.", "")
        return
    written = str(default) if isinstance(default, int) else f'"{default}"'
    yield from (f"Default: `{written}`.", "", *_fenced(f'modparam("{module}", "{param.name}", {written})'), "")


def _function(group: Sequence[FunctionReference]) -> Iterator[str]:
    first = group[0]
    yield from (f"### {first.name}({_signature(first.arguments)})", "")
    yield from _documented(first.doc, first.arguments)
    if len(group) > 1:
        yield from (f"Other names: {_code(function.name for function in group[1:])}.", "")
    yield from (f"Routes: {first.routes}.", "")


def _pseudo_variable(group: Sequence[PseudoVariableReference]) -> Iterator[str]:
    """Yield an item of a list: there are hundreds of pseudo-variables, most of them told in a line."""
    first = group[0]
    inner = {"required": "(name)", "optional": "[(name)]"}.get(first.inner, "")
    facts = [" or ".join(first.types)] if first.types else []
    if first.indexed:
        facts.append("takes an index")
    if first.writable:
        facts.append("writable")
    shown = f" ({', '.join(facts)})" if facts else ""
    names = _code(f"${variable.name}{inner}" for variable in group)
    lines = "\n".join(_documented(first.doc, ())).strip().splitlines() or [""]
    yield f"- {names}{shown}: {lines[0]}"
    yield from (f"  {line}".rstrip() for line in lines[1:])


def _transformation(entry: TransformationReference) -> Iterator[str]:
    arguments = "".join(
        f",{argument.name}" if argument.required else f"[,{argument.name}]" for argument in entry.arguments
    )
    yield from (f"### {{{entry.name}{arguments}}}", "")
    yield from _documented(entry.doc, entry.arguments)


def _rpc(command: RpcReference) -> Iterator[str]:
    yield from (f"### {command.name}", "")
    yield from _documented(command.doc, ())
    yield from (_ANSWERS.get(command.scope, ""), "")


def _documented(doc: str, arguments: Sequence[ArgumentReference]) -> Iterator[str]:
    parsed = parse_docstring(doc)
    yield from (parsed.summary, "", parsed.description, "")
    kinds = {argument.name: argument for argument in arguments}
    for name, text in parsed.arguments.items():
        kind = kinds.get(name)
        facts = f" ({kind.type}{'' if kind.required else ', may be left out'})" if kind else ""
        yield f"- `{name}`{facts}: {text}"
    yield ""
    if parsed.returns:
        yield from (f"Returns: {parsed.returns}", "")
    for example in parsed.examples:
        yield from (*_fenced(example), "")


def _signature(arguments: Sequence[ArgumentReference]) -> str:
    """Return the arguments as Kamailio's documentation writes them: ``code[, reason]``."""
    return "".join(
        f"{', ' if position else ''}{argument.name}"
        if argument.required
        else f"[{', ' if position else ''}{argument.name}]"
        for position, argument in enumerate(arguments)
    )


def _fenced(text: str) -> tuple[str, str, str]:
    return "```cfg", text, "```"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _same(functions: Sequence[FunctionReference]) -> list[list[FunctionReference]]:
    """Return the functions, each together with its other names."""
    groups: dict[tuple[str, tuple[str, ...], str], list[FunctionReference]] = {}
    for function in functions:
        key = (function.doc, tuple(argument.name for argument in function.arguments), function.routes)
        groups.setdefault(key, []).append(function)
    return list(groups.values())


def _alike(variables: Sequence[PseudoVariableReference]) -> list[list[PseudoVariableReference]]:
    """Return the pseudo-variables, each together with its other names."""
    groups: dict[tuple[object, ...], list[PseudoVariableReference]] = {}
    for variable in variables:
        key = (variable.doc, variable.inner, variable.indexed, variable.writable, tuple(variable.types))
        groups.setdefault(key, []).append(variable)
    return list(groups.values())


# --- the command ---------------------------------------------------------------------------------


def stale(folder: Path, texts: dict[str, str]) -> list[str]:
    """Return the names of the files of *folder* that are not as in *texts*: changed, missing or left over."""
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    return sorted(name for name in there.keys() | texts.keys() if there.get(name) != texts.get(name))


def write(folder: Path, texts: dict[str, str]) -> list[str]:
    """Make the pages of *folder* those of *texts*; returns the names of the files that were not so."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = stale(folder, texts)
    for name in changed:
        if name in texts:
            (folder / name).write_text(texts[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def main(words: Sequence[str] | None = None) -> int:
    """Write or check the pages.

    Args:
        words: the command line; ``None`` takes it from `sys.argv`.

    Returns:
        The exit code: 0, or 1 when ``--check`` found a page that is not current.
    """
    parser = ArgumentParser(prog="python -m kahea.cli.reference_pages", description="The modules' reference pages.")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", type=Path, metavar="FOLDER", help="tell which pages are not current")
    what.add_argument("--write", type=Path, metavar="FOLDER", help="make the pages current")
    parser.add_argument("names", nargs="*", help="modules; the standard ones if none is named")
    arguments = parser.parse_args(words)
    texts = pages(arguments.names or standard_modules())
    if arguments.write is not None:
        for name in write(arguments.write, texts):
            print(arguments.write / name)
        return 0
    wrong = stale(arguments.check, texts)
    for name in wrong:
        print(f"{arguments.check / name} is not current", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
