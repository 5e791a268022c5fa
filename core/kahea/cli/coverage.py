"""What of Kamailio's modules the modules here offer, as a Markdown page: ``python -m kahea.cli.coverage --write FILE``.

`kamailio_exports.json` holds what Kamailio's modules export, names and numbers of arguments; the declarations tell what
is covered; why something is missing stands in the table "Not there yet" of the module's README.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kahea.cli.module_reference import ModuleReference, describe
from kahea.cli.offline_core import offline_core
from kahea.cli.reference_pages import standard_modules
from kahea.modules.module import NoParams
from kahea.script.corefunctions import CORE, CoreFunctions

_NOTE = "<!-- Made from the declarations and the READMEs by `python -m kahea.cli.coverage --write`: change those. -->"

_FACTS: Final = Path(__file__).parent / "kamailio_exports.json"

_HEADING: Final = "## Not there yet"


class Exports(msgspec.Struct):
    """What a module of Kamailio exports; a function without numbers of arguments takes any."""

    functions: dict[str, list[int]]
    params: list[str]
    pseudo_variables: list[str]
    rpc: list[str]
    event_routes: list[str]


@dataclass
class Count:
    """How much of one kind is there."""

    covered: int = 0
    total: int = 0
    missing: list[str] = field(default_factory=list)
    """Names as a configuration writes them, without their arguments."""


@dataclass
class Coverage:
    """How much of a module is there, and why the rest is not."""

    module: str
    functions: Count
    params: Count
    pseudo_variables: Count
    rpc: Count
    event_routes: Count
    exported: frozenset[str]
    """All that Kamailio's module exports, as a configuration writes it."""
    reasons: list[tuple[str, str]]
    """The rows of the README's table: what, and why."""

    @property
    def counts(self) -> tuple[Count, ...]:
        """All kinds in the order of the table."""
        return self.functions, self.params, self.pseudo_variables, self.rpc, self.event_routes

    def reason(self, name: str) -> str | None:
        """Return why *name* is missing, ``None`` if the README does not tell."""
        return next((why for what, why in self.reasons if any(_stands_for(span, name) for span in _spans(what))), None)

    @property
    def stale(self) -> list[str]:
        """What the README says is missing although it is there; rows of names alone are looked at."""
        missing = {name for count in self.counts for name in count.missing}
        rows = [what for what, _ in self.reasons if not re.sub(r"`[^`]+`|[,; ]", "", what)]
        return sorted({span for what in rows for span in _spans(what) if span in self.exported} - missing)

    @property
    def unexplained(self) -> list[str]:
        """What is missing without a reason."""
        return [name for count in self.counts for name in count.missing if self.reason(name) is None]


def exports() -> dict[str, Exports]:
    """Return what Kamailio's modules export, by module."""
    return msgspec.json.decode(_FACTS.read_bytes(), type=dict[str, Exports])


def reasons(readme: str) -> list[tuple[str, str]]:
    """Return the rows of the table under "Not there yet" in a README: what, and why."""
    _, found, rest = readme.partition(f"\n{_HEADING}\n")
    if not found:
        return []
    rows = re.findall(r"^\| *(.+?) *\| *(.+?) *\|$", rest.split("\n## ")[0], re.MULTILINE)
    return [(what, why) for what, why in rows if what != "What" and what.strip("-")]


def coverage(name: str, facts: Exports, readme: str) -> Coverage:
    """Compare a module with Kamailio's.

    Args:
        name: of an installed module.
        facts: what Kamailio's exports.
        readme: the text of the module's README.
    """
    module = describe(name)
    return Coverage(
        name,
        _functions(module, facts),
        _count(facts.params, {param.name for param in module.params}, "{}"),
        _count(facts.pseudo_variables, {one.name for one in module.pseudo_variables} | _core_variables(), "${}"),
        _count(facts.rpc, {one.name for one in module.rpc}, "{}"),
        _count(
            facts.event_routes,
            {one.name.removesuffix(":*") for one in module.event_routes} | _core_event_routes(),
            "event_route[{}]",
        ),
        frozenset(
            (
                *(*facts.functions, *facts.params, *facts.rpc),
                *(f"${name}" for name in facts.pseudo_variables),
                *(f"event_route[{name}]" for name in facts.event_routes),
            )
        ),
        reasons(readme),
    )


def _functions(module: ModuleReference, facts: Exports) -> Count:
    """Compare the functions with all their numbers of arguments; what the core offers needs no module."""
    arities: dict[str, set[int]] = {}
    for function in module.functions:
        arities.setdefault(function.name, set()).update(function.arity)
    for offered in _core().declarations.functions:
        arities.setdefault(offered.name, set()).update(offered.arities)
    count = Count(total=len(facts.functions))
    for name, wanted in facts.functions.items():
        if name not in arities or not arities[name].issuperset(wanted):
            count.missing.append(name)
    count.covered = count.total - len(count.missing)
    return count


def _count(wanted: Sequence[str], there: set[str], written: str) -> Count:
    missing = [written.format(name) for name in wanted if name not in there]
    return Count(len(wanted) - len(missing), len(wanted), missing)


@cache
def _core() -> CoreFunctions:
    return CoreFunctions(CORE, NoParams(), offline_core())


def _core_event_routes() -> set[str]:
    return {one.name for one in _core().event_routes}


def _core_variables() -> set[str]:
    return {variable.name for variable in _core().declarations.pseudo_variables}


def _spans(what: str) -> list[str]:
    return re.findall(r"`([^`]+)`", what)


def _stands_for(span: str, name: str) -> bool:
    """Whether what a README writes means *name*; a ``*`` stands for any rest, ``$x(y)`` for ``$x``."""
    if span.startswith("$"):
        span = span.partition("(")[0]
    return span == name or (span.endswith("*") and name.startswith(span[:-1]))


# --- the page ------------------------------------------------------------------------------------


def all_coverage(names: Iterable[str], plugins: Path) -> list[Coverage]:
    """Compare modules that Kamailio has too.

    Args:
        names: names of installed modules.
        plugins: the folder of their sources.
    """
    known = exports()
    return [
        coverage(name, known[name], (plugins / name / "README.md").read_text(encoding="utf-8"))
        for name in names
        if name in known
    ]


def page(found: Sequence[Coverage]) -> str:
    """Return the page as Markdown."""
    return "\n".join(_page(found))


def _page(found: Sequence[Coverage]) -> Iterator[str]:
    yield from (_NOTE, "", "# Coverage of Kamailio's modules", "")
    yield "How much of what each module exports in Kamailio is there. What is missing stands below, with the reason."
    yield from ("", "| Module | Functions | Parameters | Pseudo-variables | RPC commands | Event routes |")
    yield "|---|---|---|---|---|---|"
    for one in found:
        yield f"| [{one.module}](modules/{one.module}.md) | {' | '.join(map(_cell, one.counts))} |"
    yield ""
    for one in found:
        missing = [name for count in one.counts for name in count.missing]
        if not missing:
            continue
        yield from (f"## {one.module}", "", "| Missing | Why |", "|---|---|")
        grouped: dict[str, list[str]] = {}
        for name in missing:
            grouped.setdefault(one.reason(name) or "", []).append(name)
        for why, names in grouped.items():
            yield f"| {', '.join(f'`{name}`' for name in names)} | {why} |"
        yield ""


def _cell(count: Count) -> str:
    return f"{count.covered} of {count.total}" if count.total else ""


def main(words: Sequence[str] | None = None) -> int:
    """Write or check the page.

    Args:
        words: the command line; ``None`` takes it from `sys.argv`.

    Returns:
        The exit code: 0, or 1 when the page is not current or something is missing without a reason.
    """
    parser = ArgumentParser(prog="python -m kahea.cli.coverage", description="How much of Kamailio's modules is there.")
    default = Path("docs/reference/coverage.md")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", type=Path, nargs="?", const=default, metavar="FILE", help="tell whether it is current")
    what.add_argument("--write", type=Path, nargs="?", const=default, metavar="FILE", help="make it current")
    parser.add_argument("--plugins", type=Path, default=Path("plugins"), help="the folder of the modules' sources")
    arguments = parser.parse_args(words)
    found = all_coverage(standard_modules(), arguments.plugins)
    text = page(found)
    unexplained = [f"{one.module}: {', '.join(one.unexplained)}" for one in found if one.unexplained]
    for line in unexplained:
        print(f'missing without a reason in the README\'s "Not there yet": {line}', file=sys.stderr)
    if arguments.write is not None:
        arguments.write.write_text(text, encoding="utf-8")
    elif not arguments.check.is_file() or arguments.check.read_text(encoding="utf-8") != text:
        print(f"{arguments.check} is not current", file=sys.stderr)
        return 1
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
