"""The parser's tables that are kept in the package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from kahea.cfg import tables
from kahea.cfg.parser import ConfigParser

COMPUTE = """
from kahea.cfg import tables
tables.TABLES = "/nonexistent"
from kahea.cfg.parser import ConfigParser
print(tables.dump(tables.grammar_key(ConfigParser._grammar), ConfigParser._lrtable), end="")
"""


def test_the_tables_are_current() -> None:
    """The stored tables are those of the grammar as it is; else run ``python -m kahea.cfg.tables``."""
    computed = subprocess.run([sys.executable, "-c", COMPUTE], capture_output=True, text=True, check=True)

    assert computed.stdout == Path(tables.TABLES).read_text(encoding="ascii")


def test_the_tables_are_used() -> None:
    """The parser takes the stored tables and does not compute its own."""
    stored = json.loads(Path(tables.TABLES).read_text(encoding="ascii"))

    assert stored["key"] == tables.grammar_key(ConfigParser._grammar)
    assert tables.load(stored["key"]) is not None


def test_tables_of_another_grammar_are_not_used() -> None:
    """Tables with another key are computed anew."""
    assert tables.load("another") is None


def test_the_grammar_stays_small() -> None:
    """SLY's tables grow fast with the grammar, so names are not tokens and the grammar has at most 150 productions."""
    assert len(ConfigParser._grammar.Productions) <= 150


def test_importing_computes_nothing() -> None:
    """Importing the loader computes no tables."""
    script = (
        "import sly.yacc\n"
        "def fail(self): raise SystemExit(1)\n"
        "sly.yacc.LRTable.lr_parse_table = fail\n"
        "import kahea.cfg.load\n"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
