"""The reference of the language's core as a Markdown page: ``python -m kahea.cli.core_reference --write FILE``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from kahea.cli.offline_core import offline_core
from kahea.modules.declare import Function
from kahea.modules.module import NoParams
from kahea.modules.settings import Settings
from kahea.script.corefunctions import CORE, CoreFunctions
from kahea.script.coretests import CORE_TESTS
from kahea.script.dispositions import NOT_THERE, REASONS, works
from kahea.script.parameters import ALIASES, KNOWN
from kahea.script.selecttables import KINDS, ROOT

_NOTE = "<!-- Made from the declarations by `python -m kahea.cli.core_reference --write`: change those. -->"

_COMPARED = {
    "text": "a string, a bare word or a pattern; case does not count",
    "uri": "a string, a pattern or `myself`",
    "ip": "an address, a network, a string, a pattern or `myself`",
    "number": "a number",
}


def page() -> str:
    """Return the page."""
    return "\n".join(_page())


def _page() -> Iterator[str]:
    core = CoreFunctions(CORE, NoParams(), offline_core())
    declared = core.declarations
    yield from (_NOTE, "", "# The core of the language", "")
    yield "What needs no `loadmodule`. `kahea check -v FILE` tells which parameters of a file have no effect, and why."
    yield from ("", "## Functions", "", "| Function | What it does |", "|---|---|")
    for name, functions in sorted(_by_name(declared.functions).items()):
        for function in functions:
            yield f"| `{name}({_arguments(function)})` | {_cell(function.doc)} |"
    yield from ("", "Functions of Kamailio's core that are not there:", "", "| Function | Instead |", "|---|---|")
    for name, instead in sorted(NOT_THERE.items()):
        yield f"| `{name}()` | {instead} |"
    yield from ("", "## Pseudo-variables", "", "| Name | Value |", "|---|---|")
    for variable in declared.pseudo_variables:
        inner = "(name)" if variable.inner == "required" or variable.bind is not None else ""
        yield f"| `${variable.name}{inner}` | {_cell(variable.doc)} |"
    yield from ("", "## Tests", "", "Operands of the core, which stand on the left of a comparison.", "")
    yield from ("| Operand | Compared with |", "|---|---|")
    for name, test in CORE_TESTS.items():
        words = f", or one of {', '.join(word.upper() for word in test.words)}" if test.words else ""
        compared = (
            _COMPARED[test.compares] if name != "myself" else "`uri`, `from_uri`, `to_uri`, `src_ip` and the like"
        )
        where = "; only in `onsend_route`" if test.onsend else ""
        yield f"| `{name}` | {compared}{words}{where} |"
    yield from ("", "## Event routes", "", "| Name | When it runs |", "|---|---|")
    for event in core.event_routes:
        yield f"| `{event.name}` | {_cell(event.doc)} |"
    yield from _selects()
    yield from _parameters()


def _selects() -> Iterator[str]:
    yield from ("", "## Selects", "")
    yield "`@name.name...` in an expression, `$sel(name.name...)` in a format; `@cfg_get.group.name` reads a parameter."
    yield from ("", "| Begins with | May be followed by |", "|---|---|")
    for name, step in sorted(ROOT.steps.items()):
        following = ", ".join(f"`{one}`" for one in KINDS[step.kind].steps)
        named = "a name" if KINDS[step.kind].any_name is not None else ""
        index = "`[1]`" if step.takes_index else ""
        yield f"| `@{name}` | {', '.join(filter(None, (index, following, named)))} |"


def _parameters() -> Iterator[str]:
    yield from ("", "## Global parameters that work", "", "| Name | Default | Meaning |", "|---|---|---|")
    fields = {info.name: info.type for info in msgspec.structs.fields(Settings)}
    settings = Settings()
    for name in sorted(filter(works, KNOWN), key=str.lower):
        field = ALIASES.get(name, name)
        meaning = f"the same as `{field}`" if name in ALIASES and field in KNOWN else _description(fields[field])
        yield f"| `{name}` | {_default(getattr(settings, field))} | {meaning} |"
    yield from ("", "## Global parameters without effect", "")
    yield "They are accepted, so that a file runs here as it is."
    yield from ("", "| Names | Why |", "|---|---|")
    for reason in dict.fromkeys(REASONS.values()):
        names = ", ".join(f"`{name}`" for name, why in sorted(REASONS.items()) if why == reason)
        yield f"| {names} | {reason} |"
    yield ""


def _by_name(functions: Sequence[Function]) -> dict[str, list[Function]]:
    found: dict[str, list[Function]] = {}
    for function in functions:
        found.setdefault(function.name, []).append(function)
    return found


def _arguments(function: Function) -> str:
    return ", ".join(one.name if one.required else f"[{one.name}]" for one in function.arguments)


def _cell(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|").replace("``", "`")


def _description(annotation: Any) -> str:
    found = [extra.description for extra in get_args(annotation)[1:] if isinstance(extra, msgspec.Meta)]
    return (found[0] or "") if found else ""


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and "kahea (" in value:
        return "the server's name"
    return "" if value in (None, "", []) else f"`{value}`"


def main(words: Sequence[str] | None = None) -> int:
    """Write the page, or print it; returns the exit code."""
    parser = ArgumentParser(prog="python -m kahea.cli.core_reference", description="The core's reference page.")
    parser.add_argument("--write", metavar="FILE", type=Path, help="write to a file instead of printing")
    file: Path | None = parser.parse_args(words).write
    if file is None:
        sys.stdout.write(page())
    else:
        file.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
