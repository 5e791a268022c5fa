"""Who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "kahea"
PLUGINS = ROOT / "plugins"

LAYERS = (
    {"diagnostics", "logs"},
    {"sip"},
    {"cfg"},
    {"modules"},
    {"script"},
    {"net"},
    {"server"},
    {"cli"},
)
"""From the lowest layer up; a layer imports itself and what stands before it."""

OUTSIDE_THE_LAYERS = {"api", "testing"}
"""What is there for others: no layer imports it, it may import all of them."""


def imported_names(file: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) for each import of a file, those inside functions and `TYPE_CHECKING` too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level
            elif node.module == "kahea":
                for alias in node.names:
                    yield node.lineno, f"kahea.{alias.name}"
            elif node.module is not None:
                yield node.lineno, node.module


def part_of(name: str) -> str | None:
    """Return the part of the core that a dotted name is in, ``None`` for other packages and for `kahea` itself."""
    parts = name.split(".")
    return parts[1] if parts[0] == "kahea" and len(parts) > 1 else None


def level_of(part: str) -> int:
    """Return the position of a layer, counted from the lowest."""
    return next(level for level, names in enumerate(LAYERS) if part in names)


def files(part: str) -> list[Path]:
    """Return the Python files of a part of the core."""
    folder = CORE / part
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [CORE / f"{part}.py"]


def test_every_part_of_the_core_has_its_place() -> None:
    """A new folder of the core is put into the list of layers first."""
    parts = {path.stem for path in CORE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}

    assert parts - {"__init__"} == set().union(*LAYERS) | OUTSIDE_THE_LAYERS


@pytest.mark.parametrize("part", sorted(set().union(*LAYERS)))
def test_a_layer_imports_only_downwards(part: str) -> None:
    """A layer imports from the core only what is below it, by absolute names."""
    wrong = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for file in files(part)
        for line, name in imported_names(file)
        if name.startswith(".") or not _allowed(part, part_of(name))
    ]

    assert not wrong, "\n".join(wrong)


def _allowed(importer: str, imported: str | None) -> bool:
    if imported is None or imported.startswith("__"):
        return True
    if imported in OUTSIDE_THE_LAYERS:
        return False
    return imported == importer or level_of(imported) < level_of(importer)


@pytest.mark.parametrize("plugin", sorted(path.name for path in PLUGINS.iterdir() if path.is_dir()))
def test_a_plugin_imports_only_what_is_meant_for_it(plugin: str) -> None:
    """A plugin imports `kahea.api` and itself, its tests `kahea.testing` too; no plugin imports another plugin."""
    wrong = []
    for file in sorted((PLUGINS / plugin).rglob("*.py")):
        allowed = {"api", "testing"} if "tests" in file.relative_to(PLUGINS).parts else {"api"}
        for line, name in imported_names(file):
            package = name.split(".")[0]
            core = package == "kahea" and part_of(name) not in allowed
            other = package.startswith("kahea_") and package != f"kahea_{plugin.removeprefix('_')}"
            if core or other:
                wrong.append(f"{file.relative_to(ROOT)}:{line} imports {name}")

    assert not wrong, "\n".join(wrong)
