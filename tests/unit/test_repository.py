"""What the repository promises about itself: shared lists are current, every plugin is complete."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PLUGINS = sorted(path for path in (ROOT / "plugins").iterdir() if (path / "pyproject.toml").is_file())
MODULES = [path for path in PLUGINS if not path.name.startswith("_")]


def project(folder: Path) -> dict[str, Any]:
    """Return the pyproject.toml of a folder."""
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def module_name(folder: Path) -> str:
    """Return the name in ``loadmodule``: the folder's, without the underscore of the template."""
    return folder.name.removeprefix("_")


def distribution(folder: Path) -> str:
    """Return the name of the package that a plugin folder makes."""
    return f"kahea-{module_name(folder).replace('_', '-')}"


def tracked_files() -> list[Path]:
    """Return the files of the repository that are text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()]


def test_the_metapackage_lists_every_module() -> None:
    """Installing `kahea` installs the core and each module of plugins/, and uv finds them in the workspace."""
    root = project(ROOT)
    expected = ["kahea-core", *sorted(distribution(folder) for folder in MODULES)]

    assert expected == root["project"]["dependencies"]
    assert {name: {"workspace": True} for name in expected} == root["tool"]["uv"]["sources"]


def test_all_packages_have_one_version() -> None:
    """The core and the modules of a release belong together."""
    versions = {folder.name: project(folder)["project"]["version"] for folder in [ROOT, ROOT / "core", *MODULES]}

    assert len(set(versions.values())) == 1, versions


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda folder: folder.name)
def test_a_plugin_is_complete(folder: Path) -> None:
    """A plugin has a README, typed code, tests, and an entry point named as its folder."""
    name = module_name(folder)
    package = folder / f"kahea_{name}"
    description = project(folder)["project"]

    assert (folder / "README.md").is_file()
    assert (package / "__init__.py").is_file()
    assert (package / "py.typed").is_file()
    assert list((folder / "tests").glob("test_*.py"))
    assert description["name"] == distribution(folder)
    assert description["license"] == "MIT"
    assert list(description["entry-points"]["kahea.modules"]) == [name]
    assert description["entry-points"]["kahea.modules"][name].startswith(f"kahea_{name}:")


def test_names_of_test_files_are_unique() -> None:
    """Type checkers see test files of the core and of plugins as top-level modules: no two may have one name.

    Those of tests/ are modules by their place.
    """
    names: dict[str, list[Path]] = {}
    for file in ROOT.glob("**/tests/**/*.py"):
        relative = file.relative_to(ROOT)
        if relative.parts[0] == "tests":
            continue
        if file.name != "conftest.py" and not any(part.startswith(".") for part in relative.parts):
            names.setdefault(file.name, []).append(relative)

    assert not {name: found for name, found in names.items() if len(found) > 1}


# Written in two pieces, so that this file does not match itself.
FORBIDDEN = [re.compile(first + second) for first, second in (("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/[a-z]"))]


def test_no_file_names_a_place_on_one_machine() -> None:
    """No file mentions a path that exists only where it was written."""
    wrong = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in tracked_files()
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        for pattern in FORBIDDEN
        if pattern.search(line)
    ]

    assert not wrong, "\n".join(wrong)
