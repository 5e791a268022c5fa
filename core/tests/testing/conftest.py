"""Modules that are installed for one test."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kahea.modules.loader import available
from kahea.modules.module import Module

Install = Callable[..., type[Module[Any]]]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return what makes a package of a module's source and installs it, as pip would, until the test ends."""
    packages: list[str] = []

    def make(source: str, name: str = "probe", package: str | None = None, distribution: str | None = None) -> Any:
        package = package or f"kahea_{name}"
        packages.append(package)
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(textwrap.dedent(source), encoding="utf-8")
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution or f'kahea-{name}'}\nVersion: 1.0\n", encoding="utf-8"
        )
        (info / "entry_points.txt").write_text(f"[kahea.modules]\n{name} = {package}:Probe\n", encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        available.cache_clear()
        return importlib.import_module(package).Probe

    yield make
    available.cache_clear()
    for package in packages:
        sys.modules.pop(package, None)
