"""Whole files: what people really run is read without a mistake."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from kahea.cfg import ast
from kahea.cfg.load import parse_file, preprocessed_text
from kahea.diagnostics import Diagnostics

DEBIAN = Path("/etc/kamailio/kamailio.cfg")
CONSTRUCTS = Path(__file__).with_name("constructs.cfg")
FEATURES = re.compile(r"\bWITH_[A-Z0-9_]+")

installed = pytest.mark.skipif(not DEBIAN.exists(), reason="Debian's kamailio.cfg is not installed")


def mistakes(path: Path, defines: list[str]) -> list[str]:
    """Return what is wrong with a file with these defines."""
    diagnostics = Diagnostics()
    config = parse_file(str(path), dict.fromkeys(defines), [], diagnostics)

    assert config is not None
    return [f"{each.span}: {each.message}" for each in diagnostics]


@installed
def test_the_stock_file() -> None:
    """Debian's stock file has no mistake, with no feature, with each alone and with all."""
    features = sorted(set(FEATURES.findall(DEBIAN.read_text(encoding="utf-8", errors="surrogateescape"))))

    assert len(features) > 15
    for defines in ([], *([feature] for feature in features), features):
        assert mistakes(DEBIAN, defines) == [], defines


@installed
def test_the_stock_file_is_read_fast() -> None:
    """Reading the stock file takes well under 150 ms."""
    mistakes(DEBIAN, [])
    start = time.process_time()
    mistakes(DEBIAN, [])

    assert time.process_time() - start < 0.15


def test_constructs() -> None:
    """A file with every construct of the language has no mistake, and its items come in order."""
    diagnostics = Diagnostics()
    config = parse_file(str(CONSTRUCTS), {}, [], diagnostics)

    assert [f"{each.span}: {each.message}" for each in diagnostics] == []
    assert config is not None
    kinds = [type(item).__name__ for item in config.items]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
        "CustomParam": 2,
        "GlobalParam": 11,
        "LoadModule": 9,
        "LoadPath": 1,
        "ModParam": 3,
        "Route": 10,
    }
    assert [item.name for item in config.items if isinstance(item, ast.LoadModule)][:2] == ["tm", "sl"]


def test_the_printed_form_is_the_same_configuration(tmp_path: Path) -> None:
    """What is printed has no condition any more and is read as the same items."""
    printed = preprocessed_text(str(CONSTRUCTS), {}, [], Diagnostics())
    path = tmp_path / "printed.cfg"
    path.write_text(printed)
    first, second = Diagnostics(), Diagnostics()
    config, again = (parse_file(str(each), {}, [], found) for each, found in ((CONSTRUCTS, first), (path, second)))

    assert "#!ifdef" not in printed
    assert list(second) == []
    assert config is not None
    assert again is not None
    assert [type(item) for item in again.items] == [type(item) for item in config.items]
