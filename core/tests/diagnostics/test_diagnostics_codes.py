"""The codes of diagnostics."""

from __future__ import annotations

import re
from pathlib import Path

import kahea.cfg
import kahea.cfg.codes
import pytest
from kahea.cfg.load import parse_text
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.codes import Code, all_codes, lookup, register

_REPORTS = re.compile(r'(?:error|warning|_report|_unknown)\(\s*(?:self\.\w+,\s*)?"([a-z]+(?:-[a-z]+)*)"')


def codes_in_the_source() -> set[str]:
    """Return the codes that the modules of `kahea.cfg` report."""
    found: set[str] = set()
    for path in Path(kahea.cfg.__path__[0]).glob("*.py"):
        found |= set(_REPORTS.findall(path.read_text(encoding="utf-8")))
    return found


def codes_registered_by_cfg() -> set[str]:
    """Return the codes that `kahea.cfg.codes` registers."""
    source = Path(kahea.cfg.codes.__file__).read_text(encoding="utf-8")
    return set(re.findall(r'register\(\n\s*"([^"]+)"', source))


def test_every_code_is_registered() -> None:
    """Every code that reading a configuration reports has an explanation, and every explanation a code."""
    assert len(codes_in_the_source()) > 25
    assert codes_in_the_source() == codes_registered_by_cfg()


@pytest.mark.parametrize("code", all_codes(), ids=lambda code: code.name)
def test_explanations_are_complete(code: Code) -> None:
    """An explanation has a summary of one line, a meaning, an example and a fix."""
    assert "\n" not in code.summary
    assert not code.summary.endswith(".")
    assert all((code.meaning, code.example, code.fix))
    assert [part for part in ("What it means", "Example", "Fix") if part not in code.explanation] == []


@pytest.mark.parametrize("name", ["syntax-error", "unknown-statement", "empty-block", "stray-endif", "bad-assignment"])
def test_examples_show_the_mistake(name: str) -> None:
    """The example has the mistake, and the fix does not."""
    code = lookup(name)
    assert code is not None

    def found(text: str) -> set[str]:
        diagnostics = Diagnostics()
        outside = text.startswith(("#!", "load", "route"))
        text += "\n"
        parse_text(text if outside else f"request_route {{\n{text}\n}}\n", diagnostics=diagnostics)
        return {each.code for each in diagnostics}

    assert name in found(code.example)
    assert found(code.fix) == set()


def test_a_code_is_registered_once() -> None:
    """Two different explanations of one code are an error; the same one twice is not."""
    code = lookup("empty-block")
    assert code is not None
    register(code.name, code.summary, meaning=code.meaning, example=code.example, fix=code.fix)

    with pytest.raises(ValueError, match="registered twice"):
        register(code.name, "other", meaning="a", example="b", fix="c")


def test_an_unknown_code() -> None:
    """A code that does not exist has no explanation."""
    assert lookup("no-such-code") is None
