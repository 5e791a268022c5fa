"""The page about the coverage of Kamailio's modules is current, and what is missing has a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from kahea.cli.coverage import Coverage, Exports, all_coverage, coverage, page, reasons
from kahea.cli.reference_pages import standard_modules

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found() -> list[Coverage]:
    """The standard modules beside Kamailio's."""
    return all_coverage(standard_modules(), ROOT / "plugins")


def test_the_page_is_current(found: list[Coverage]) -> None:
    """Mend it with: python -m kahea.cli.coverage --write."""
    assert (ROOT / "docs/reference/coverage.md").read_text(encoding="utf-8") == page(found)


def test_what_is_missing_has_a_reason(found: list[Coverage]) -> None:
    """The table "Not there yet" of a module's README names all that Kamailio's module has and this one has not."""
    assert {one.module: one.unexplained for one in found if one.unexplained} == {}


def test_no_reason_is_given_for_what_is_there(found: list[Coverage]) -> None:
    """What the table names is really missing."""
    assert {one.module: one.stale for one in found if one.stale} == {}


def test_a_function_with_fewer_arguments_is_missing() -> None:
    """A function counts as covered when it takes every number of arguments that Kamailio's takes."""
    facts = Exports({"xlog": [1, 2], "xdbg": [1, 7]}, ["log_facility", "no_param"], [], [], ["xlog:never"])

    found = coverage("xlog", facts, "# xlog\n\n## Not there yet\n\n| What | Why |\n|---|---|\n| `no_*` | later |\n")

    assert (found.functions.covered, found.functions.missing) == (1, ["xdbg"])
    assert found.unexplained == ["xdbg", "event_route[xlog:never]"]


def test_the_table_is_read_up_to_the_next_heading() -> None:
    """Only the rows below "Not there yet" are reasons."""
    text = "| a | b |\n\n## Not there yet\n\n| What | Why |\n|---|---|\n| `x` | later |\n\n## More\n\n| c | d |\n"
    assert reasons(text) == [("`x`", "later")]
