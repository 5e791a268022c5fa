"""Mistakes in a configuration: each is reported once, at its place, with the fix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kahea.cfg.load import parse_text
from kahea.diagnostics import Diagnostic, Diagnostics

CASES = Path(__file__).parent / "errors"
_EXPECTATION = re.compile(
    r'# (?P<above>above )?(?P<severity>error|warning): (?P<column>\d+) \[(?P<code>[a-z-]+)\] "(?P<text>.*?)"'
    r'(?: help "(?P<help>.*)")?$'
)


@dataclass(frozen=True)
class Expected:
    """A diagnostic that a comment in a case asks for."""

    line: int
    severity: str
    column: int
    code: str
    text: str
    help: str


def cases() -> Iterator[object]:
    """Yield every case of every file as a parameter with its name."""
    for path in sorted(CASES.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("=== ")[1:]:
            name, _, text = block.partition("\n")
            yield pytest.param(text, id=f"{path.stem}: {name}")


def expectations(text: str) -> list[Expected]:
    """Return what the comments of a case ask for."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = _EXPECTATION.search(line)
        if match:
            place = number - 1 if match["above"] else number
            found.append(
                Expected(
                    place, match["severity"], int(match["column"]), match["code"], match["text"], match["help"] or ""
                )
            )
    return found


def agrees(found: Diagnostic, expected: Expected) -> bool:
    """Tell whether a diagnostic is the expected one."""
    return (
        found.span is not None
        and (found.severity.value, found.code) == (expected.severity, expected.code)
        and (found.span.line, found.span.column) == (expected.line, expected.column)
        and expected.text in found.message
        and expected.help in (found.help or "")
    )


@pytest.mark.parametrize("text", list(cases()))
def test_mistakes_are_reported_at_their_place(text: str) -> None:
    """Every mistake gives exactly the diagnostic that the comment on its line asks for, and nothing else."""
    diagnostics = Diagnostics()
    parse_text(text, "case.cfg", diagnostics=diagnostics)
    found = sorted(diagnostics, key=lambda each: (each.span.line, each.span.column) if each.span else (0, 0))
    expected = sorted(expectations(text), key=lambda each: (each.line, each.column))

    shown = "\n".join(f"{each.span}: {each.code}: {each.message} (help: {each.help})" for each in found)
    assert expected, "a case without an expectation"
    assert len(found) == len(expected), shown
    assert all(map(agrees, found, expected)), shown


@pytest.mark.parametrize("text", list(cases()))
def test_messages_are_terse(text: str) -> None:
    """A message is one line without a full stop, and so is the help."""
    diagnostics = Diagnostics()
    parse_text(text, diagnostics=diagnostics)

    for each in diagnostics:
        assert "\n" not in each.message
        assert not each.message.endswith(".")
        assert not (each.help or "").endswith(".")
