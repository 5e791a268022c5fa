"""Kamailio's own kamailio.cfg through preprocessor, lexer and parser, with each of its switches.

The files are Kamailio's (GPL) and not ours to give away: Debian's comes from the installed package, upstream's from a
source tree that the environment variable KAMAILIO_SOURCE names.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from kahea.cfg import ast
from kahea.cfg.load import parse_file
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.render import render_all
from kahea.logs import Logger
from kahea.server.boot import load_configuration
from kahea.testing import FakeClock

INSTALLED = Path("/etc/kamailio/kamailio.cfg")
UPSTREAM = Path(os.environ.get("KAMAILIO_SOURCE", "/nonexistent")) / "etc" / "kamailio.cfg"
SWITCHES = (
    "WITH_ACCDB",
    "WITH_ALIASDB",
    "WITH_ANTIFLOOD",
    "WITH_ASYNC",
    "WITH_AUTH",
    "WITH_BLOCK3XX",
    "WITH_BLOCK401407",
    "WITH_CFGSAMPLES",
    "WITH_DEBUG",
    "WITH_HTABLE",
    "WITH_IPAUTH",
    "WITH_JSONRPC",
    "WITH_MSGREBUILD",
    "WITH_MULTIDOMAIN",
    "WITH_MYSQL",
    "WITH_NAT",
    "WITH_NATSIPPING",
    "WITH_PRESENCE",
    "WITH_PSTN",
    "WITH_RTPENGINE",
    "WITH_RTPRELAY",
    "WITH_SPEEDDIAL",
    "WITH_TLS",
    "WITH_USRLOCDB",
    "WITH_VOICEMAIL",
    "WITH_XMLRPC",
)
"""The switches that the files tell of in their heads."""

ALONE = [[], *([name] for name in SWITCHES), SWITCHES]


class _NoLog:
    def write(self, level: int, line: str, facility: str | None) -> None:
        """Drop the line."""

    def flush(self) -> None:
        """Have nothing to write."""


@pytest.fixture(params=[INSTALLED, UPSTREAM], ids=["installed", "upstream"])
def stock(request: pytest.FixtureRequest) -> Path:
    """A stock file."""
    path: Path = request.param
    if not path.is_file():
        pytest.skip("the package kamailio is not installed" if path == INSTALLED else "KAMAILIO_SOURCE names no source")
    return path


def parsed(path: Path, names: list[str]) -> tuple[ast.ConfigFile | None, Diagnostics]:
    """Return the tree of a file with some defines, and what is wrong."""
    diagnostics = Diagnostics()
    return parse_file(str(path), dict.fromkeys(names), [], diagnostics), diagnostics


@pytest.mark.parametrize("names", ALONE, ids=["none", *SWITCHES, "all"])
def test_the_stock_file_is_read(names: list[str], stock: Path) -> None:
    """Without a define, with each alone and with all together the file is read without a complaint."""
    config, diagnostics = parsed(stock, names)

    assert not list(diagnostics), render_all(diagnostics)
    assert config is not None
    assert any(isinstance(item, ast.Route) and item.kind is ast.RouteKind.REQUEST for item in config.items)


def test_every_switch_of_the_stock_file_is_tried(stock: Path) -> None:
    """The list above has every switch that the file tests."""
    tested = set(re.findall(r"#!ifn?def\s+(WITH_\w+)", stock.read_text(encoding="utf-8")))

    assert tested - set(SWITCHES) == set()
    for name in tested:
        assert not list(parsed(stock, [name])[1])


@pytest.mark.parametrize("names", [[], SWITCHES], ids=["none", "all"])
def test_all_that_the_stock_file_lacks_is_modules(names: list[str], stock: Path) -> None:
    """Checked as a whole, a stock file has no mistake but modules that are not installed, and what they would offer."""
    text = "".join(f"#!define {name}\n" for name in names) + stock.read_text(encoding="utf-8")
    found = load_configuration("kamailio.cfg", Logger(_NoLog()), FakeClock(), text=text)

    told = [each for each in found.diagnostics if each.code != "module-not-installed"]
    assert not told, render_all(told)
