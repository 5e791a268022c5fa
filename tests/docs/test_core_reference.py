"""The reference page of the core says what the core declares, and each global parameter has its place in it."""

from __future__ import annotations

from pathlib import Path

from kahea.cli.core_reference import page
from kahea.script.dispositions import REASONS, works
from kahea.script.parameters import KNOWN

FILE = Path(__file__).parents[2] / "docs" / "reference" / "core.md"


def test_the_page_is_current() -> None:
    """Mend it with: python -m kahea.cli.core_reference --write docs/reference/core.md."""
    assert FILE.read_text(encoding="utf-8") == page()


def test_each_parameter_works_or_has_a_reason() -> None:
    """No global parameter of Kamailio is accepted in silence."""
    assert sorted(name for name in KNOWN if works(name) == (name in REASONS)) == []


def test_no_reason_is_for_an_unknown_name() -> None:
    """Every name with a reason is a parameter."""
    assert sorted(set(REASONS) - KNOWN) == []
