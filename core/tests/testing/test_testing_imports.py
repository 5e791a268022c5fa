"""What importing `kahea.testing` costs."""

from __future__ import annotations

import subprocess
import sys

import kahea.testing


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    """The pytest plugin, which pytest loads in every run, imports no server."""
    program = "import sys, kahea.testing.pytest_plugin; print(*[n for n in sys.modules if n.startswith('kahea')])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert sorted(loaded) == ["kahea", "kahea.testing", "kahea.testing.pytest_plugin"]


def test_all_names_are_found() -> None:
    """Each name of `__all__` can be imported, and an unknown one is an AttributeError."""
    assert all(getattr(kahea.testing, name) is not None for name in kahea.testing.__all__)
    assert not hasattr(kahea.testing, "nonsense")
