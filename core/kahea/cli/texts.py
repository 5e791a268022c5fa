"""What ``-h``, ``-v`` and ``-I`` print."""

from __future__ import annotations

import platform
import sys
import textwrap
from importlib.metadata import PackageNotFoundError, entry_points, version
from typing import Final

import kahea
from kahea.cli.option_table import OPTIONS, Option
from kahea.cli.options import DEFAULT_CONFIG_FILE, DEFAULT_RUNTIME_DIR
from kahea.modules.presented import KAMAILIO_VERSION

PRESENTED_VERSION: Final = KAMAILIO_VERSION.rpartition(".")[0]
"""The version of Kamailio whose language and command line this is."""

_COLUMN: Final = 17
_WIDTH: Final = 80

_COMMANDS: Final = (
    ("modules [NAME]", "List the installed modules, or what one offers (--json for programs)"),
    ("check FILE", "Report every mistake of a configuration (--format=full, concise or json)"),
    ("explain CODE", "Explain the diagnostic with that code"),
)


def help_text() -> str:
    """Return the text of ``-h``: the options in the order of Kamailio's own help."""
    lines = ["Usage: kahea [options]", "       kahea COMMAND ...", "Options:"]
    for option in OPTIONS:
        if option.summary:
            lines += _entry(_heading(option), option.summary)
    lines.append("Commands:")
    for heading, summary in _COMMANDS:
        lines += _entry(heading, summary)
    return "\n".join(lines) + "\n"


def _heading(option: Option) -> str:
    if option.letter:
        heading = f"-{option.letter} {option.argument}".rstrip()
        return ", ".join([heading, *(f"--{name}" for name in option.names)])
    tail = f"={option.argument}" if option.argument else ""
    return ", ".join(f"--{name}{tail}" for name in option.names)


def _entry(heading: str, summary: str) -> list[str]:
    """Lay out one option: the text starts beside a short heading and below a long one."""
    start = f"    {heading}"
    indent = " " * _COLUMN
    wrapped = textwrap.wrap(summary, _WIDTH - _COLUMN, break_on_hyphens=False)
    if len(start) >= _COLUMN:
        return [start, *(indent + line for line in wrapped)]
    return [start.ljust(_COLUMN) + wrapped[0], *(indent + line for line in wrapped[1:])]


def version_text() -> str:
    """Return the text of ``-v``: our version, Python's, and the version of Kamailio that is presented."""
    machine = f"{platform.machine()}/{sys.platform}"
    return (
        f"version: kahea {kahea.__version__} (python {platform.python_version()}, {machine})\n"
        f"language: Kamailio {PRESENTED_VERSION}\n"
    )


def internals_text() -> str:
    """Return the text of ``-I``: the version and what the server would run with."""
    modules = sorted({entry.name for entry in entry_points(group="kahea.modules")})
    libraries = ((name, _installed(name)) for name in ("uvloop", "msgspec", "pluggy", "sly"))
    return "".join(
        (
            version_text(),
            f"  Default config: {DEFAULT_CONFIG_FILE}\n",
            f"  Default path to runtime dir: {DEFAULT_RUNTIME_DIR}\n",
            f"  Python: {sys.executable}\n",
            *(f"  {name}: {installed}\n" for name, installed in libraries),
            f"  Modules: {' '.join(modules) or 'none'}\n",
        )
    )


def _installed(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
