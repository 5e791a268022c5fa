"""Packages that are installed for one test."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def site_with(tmp_path: Path) -> Callable[[str], Path]:
    """Return what makes a folder for PYTHONPATH with a package in it as an installer leaves it, entry points too.

    Building a package needs the network for its build tools; `tests/unit/test_example_packages.py` does it once.
    """

    def install(folder: str) -> Path:
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        site = tmp_path / "site"
        package = project["name"].replace("-", "_")
        shutil.copytree(ROOT / folder / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
        info = site / f"{package}-{project['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
            f"Summary: {project['description']}\n",
            encoding="utf-8",
        )
        entries = [f"{name} = {value}\n" for name, value in project["entry-points"]["kahea.modules"].items()]
        (info / "entry_points.txt").write_text("[kahea.modules]\n" + "".join(entries), encoding="utf-8")
        return site

    return install
