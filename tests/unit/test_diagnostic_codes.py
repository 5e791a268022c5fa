"""Every code that a diagnostic can have is explained, by an example that has it."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.cli import main
from kahea.diagnostics.codes import all_codes
from kahea.logs import Logger
from kahea.server.boot import load_configuration
from kahea.testing import FakeClock

CORE = Path(__file__).parents[2] / "core" / "kahea"

REPORTING = {"error": 0, "warning": 0, "_report": 0, "Diagnostic": 1}
"""What makes a diagnostic, and which of its arguments is the code."""

CODE = re.compile(r"[a-z]+(-[a-z]+)+")


def used_codes() -> Iterator[tuple[str, str]]:
    """Yield (code, place in the source) for each code that is written out where a diagnostic is made."""
    for file in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            position = REPORTING.get(name)
            if position is None or len(node.args) < position + 2:
                continue  # with one argument it is a line of the log
            code = node.args[position]
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and CODE.fullmatch(code.value):
                yield code.value, f"{file.relative_to(CORE)}:{node.lineno}"


@pytest.fixture(autouse=True)
def _registered() -> None:
    """Let each layer register its codes, as it does when the command explains one."""
    for file in sorted(CORE.glob("*/codes.py")):
        importlib.import_module(f"kahea.{file.parent.name}.codes")


def test_every_code_in_use_is_registered() -> None:
    """No diagnostic has a code that `kahea explain` does not know."""
    registered = {code.name for code in all_codes()}

    assert sorted((code, place) for code, place in used_codes() if code not in registered) == []


def test_every_registered_code_is_in_use() -> None:
    """No explanation is left over."""
    used = {code for code, _ in used_codes()}

    assert sorted(code.name for code in all_codes() if code.name not in used) == []


def test_the_command_explains_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    """`kahea explain CODE` prints summary, meaning, example and fix; without a code it lists all."""
    for code in all_codes():
        assert main(["explain", code.name]) == 0
        text = capsys.readouterr().out
        assert text.startswith(f"{code.name}: {code.summary}\n")
        assert "What it means" in text
        assert "Example" in text
        assert "Fix" in text
    assert main(["explain"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]

    assert [code.name for code in all_codes()] == listed


NOT_IN_A_TEXT = {
    "bad-directive": "the line of the example is taken for a comment, and something else is found",
    "cannot-wait": "needs a module that waits",
    "endif-without-newline": "is about the end of the file",
    "file-not-found": "is about the command line",
    "hidden-function": "needs a second module",
    "include-limit": "needs files",
    "module-broken": "needs a broken package",
    "module-not-installed": "the module of the example is installed here",
    "no-address": "is found when sockets are bound",
    "too-deep": "needs a very long text",
    "too-many-errors": "needs a very long text",
    "unresolvable-host": "is found when sockets are bound",
    "unsupported-transport": "is found when sockets are bound",
    "unused-listen": "is found when sockets are bound",
}
"""Codes whose example cannot be tried as it stands."""


class _NoLog:
    def write(self, level: int, line: str, facility: str | None) -> None:
        """Drop the line."""

    def flush(self) -> None:
        """Have nothing to write."""


def codes_of(text: str) -> set[str]:
    """Return the codes of the diagnostics of a text in a file that loads the modules it does not load itself."""
    modules = [name for name in ("sl", "pv", "xlog", "textops", "siputils") if f'loadmodule "{name}.so"' not in text]
    loads = "".join(f'loadmodule "{name}.so"\n' for name in modules)
    found = load_configuration("example.cfg", Logger(_NoLog()), FakeClock(), text=loads + text + "\n")
    return {each.code for each in found.diagnostics}


def test_examples_have_the_mistake() -> None:
    """The example of a code, as statements or as a part of a file, is diagnosed with it."""
    wrong = [
        code.name
        for code in all_codes()
        if code.name not in NOT_IN_A_TEXT
        and code.name not in codes_of(code.example) | codes_of(f"request_route {{\n{code.example}\n}}")
    ]

    assert wrong == []
