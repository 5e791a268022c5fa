"""``kahea check FILE``: every mistake of a configuration, for people, editors and continuous integration."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Final

from kahea import __version__
from kahea.cli.configuration import load
from kahea.cli.parse import parse_options
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.github import render_github
from kahea.diagnostics.render import render_all, render_json
from kahea.diagnostics.sarif import render_sarif
from kahea.script.globals import WithoutEffect

FORMATS: Final = ("full", "concise", "json", "sarif", "github")

_FOR_PEOPLE: Final = ("full", "concise")


def run(words: Sequence[str]) -> int:
    """Check a file; unlike ``-c``, addresses are not looked up, so that any machine can check any file.

    Args:
        words: what follows ``kahea check``.

    Returns:
        The exit code: 0 without errors (there may be warnings), 1 with errors.

    Raises:
        UsageError: a define that cannot be.
    """
    parser = ArgumentParser(prog="kahea check", description="Report every mistake of a configuration.")
    parser.add_argument("file", metavar="FILE", help="the configuration; - is standard input")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="with source lines, a line each, JSON, SARIF 2.1.0, or annotations of GitHub Actions",
    )
    parser.add_argument("-A", dest="defines", metavar="DEFINE", action="append", default=[], help="as kahea -A")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell why parameters have no effect")
    arguments = parser.parse_args(words)
    defines = [word for define in arguments.defines for word in ("-A", define)]
    configuration = load(parse_options(["-f", arguments.file, *defines]))
    diagnostics = configuration.diagnostics
    print(_rendered(diagnostics, arguments.format), end="")
    if arguments.format in _FOR_PEOPLE:
        print(_without_effect(configuration.without_effect, verbose=arguments.verbose), end="")
    return 1 if diagnostics.errors else 0


def _rendered(diagnostics: Diagnostics, form: str) -> str:
    if form == "json":
        return render_json(diagnostics)
    if form == "sarif":
        return render_sarif(diagnostics, tool="kahea", version=__version__)
    if form == "github":
        return render_github(diagnostics)
    return render_all(diagnostics, concise=form == "concise", colour=form == "full" and sys.stdout.isatty())


def _without_effect(parameters: Sequence[WithoutEffect], *, verbose: bool) -> str:
    """Return what to say about parameters that have no effect: nothing without ``--verbose`` if there is none."""
    if not verbose:
        names = ", ".join(dict.fromkeys(one.name for one in parameters))
        return f"info: without effect here: {names} (-v tells why)\n" if names else ""
    return "".join(f"{one.span}: info: `{one.name}` has no effect: {one.reason}\n" for one in parameters)
