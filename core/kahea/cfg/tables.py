"""LALR tables that are computed once and kept in the package.

SLY computes its tables when a parser class is created, which takes longer than everything else a
start does. Here they come from ``tables.json``, as long as that file was made for the same grammar by
the same SLY; else they are computed. ``python -m kahea.cfg.tables`` writes the file anew.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

import sly
from sly import Parser
from sly.yacc import LRTable

TABLES = os.path.join(os.path.dirname(__file__), "tables.json")

F = TypeVar("F", bound=Callable[..., Any])


def rule(*productions: str) -> Callable[[F], F]:
    """Attach productions to a method of a parser (SLY's `_` decorator in a form that type checkers follow).

    Args:
        productions: ``left : right``, each with the left side.
    """

    def decorate(method: F) -> F:
        method.rules = list(productions[::-1])  # type: ignore[attr-defined]
        return method

    return decorate


class Tables:
    """What the parser needs of the automaton: actions, gotos, and the states with one reduction only."""

    def __init__(
        self, lr_action: list[dict[str, int]], lr_goto: list[dict[str, int]], defaulted_states: dict[int, int]
    ) -> None:
        self.lr_action = lr_action
        self.lr_goto = lr_goto
        self.defaulted_states = defaulted_states


class CachedParser(Parser):  # type: ignore[misc]
    """A SLY parser whose tables come from `TABLES`."""

    track_positions = False

    @classmethod
    def _build(cls, definitions: list[tuple[str, Any]]) -> None:
        # SLY calls this for every class; this one has no grammar.
        if any(hasattr(value, "rules") for _, value in definitions):
            super()._build(definitions)

    @classmethod
    def _Parser__build_lrtables(cls) -> bool:  # noqa: N802  (overrides SLY's private method)
        key = grammar_key(cls._grammar)
        cls._lrtable = load(key) or compute(cls._grammar)
        return True


def grammar_key(grammar: Any) -> str:
    """Return a checksum of all that the tables depend on: productions, precedence, SLY's version."""
    text = "\n".join(
        [
            sly.__version__,
            *(f"{production} {production.prec}" for production in grammar.Productions),
            repr(sorted(grammar.Precedence.items())),
        ]
    )
    return f"{zlib.crc32(text.encode()):08x}-{len(text)}"


def load(key: str) -> Tables | None:
    """Return the stored tables if they were made for the grammar with this key."""
    try:
        with open(TABLES, "rb") as stream:
            stored = json.load(stream)
    except (OSError, ValueError):
        return None
    if stored["key"] != key:
        return None
    return Tables(stored["actions"], stored["gotos"], dict(stored["defaults"]))


def compute(grammar: Any) -> Tables:
    """Return the tables of a grammar.

    Raises:
        ValueError: the grammar has conflicts that precedence does not settle.
    """
    table = LRTable(grammar)
    if table.sr_conflicts or table.rr_conflicts:
        raise ValueError(f"the grammar has conflicts: {table.sr_conflicts} {table.rr_conflicts}")
    states = range(len(table.lr_action))
    return Tables(
        [{name: action for name, action in table.lr_action[state].items() if action is not None} for state in states],
        [table.lr_goto[state] for state in states],
        table.defaulted_states,
    )


def dump(key: str, tables: Tables) -> str:
    """Return the text that `load` reads."""
    stored = {
        "key": key,
        "actions": [dict(sorted(actions.items())) for actions in tables.lr_action],
        "gotos": [dict(sorted(gotos.items())) for gotos in tables.lr_goto],
        "defaults": sorted(tables.defaulted_states.items()),
    }
    return json.dumps(stored, separators=(",", ":")) + "\n"


def main() -> None:
    """Write `TABLES` for the grammar as it is."""
    from kahea.cfg.parser import ConfigParser

    # A grammar's tables can be computed once only; if they were not loaded, they have been.
    with open(TABLES, "w", encoding="ascii") as stream:
        stream.write(dump(grammar_key(ConfigParser._grammar), ConfigParser._lrtable))


if __name__ == "__main__":
    main()
