"""The reference pages of the standard modules are those that their docstrings make."""

from __future__ import annotations

from pathlib import Path

from kahea.cli.reference_pages import pages, stale, standard_modules

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference" / "modules"


def test_every_module_of_the_repository_is_a_standard_module() -> None:
    """Each folder in plugins/ has a page."""
    assert sorted(file.parent.name for file in (ROOT / "plugins").glob("[!_]*/pyproject.toml")) == standard_modules()


def test_the_pages_are_current() -> None:
    """Mend it with: python -m kahea.cli.reference_pages --write docs/reference/modules."""
    assert stale(FOLDER, pages(standard_modules())) == []
