"""``kahea explain``, and that it can explain all that the core reports."""

from __future__ import annotations

import ast
from pathlib import Path

import kahea
import pytest
from kahea.cli import main

CORE = Path(kahea.__file__).parent


def reported_codes() -> dict[str, str]:
    """Return the code of each call of ``diagnostics.error`` and ``warning`` in the core, with its place."""
    found: dict[str, str] = {}
    for file in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("error", "warning")
                and len(node.args) >= 3
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found[node.args[0].value] = f"{file.relative_to(CORE)}:{node.lineno}"
    return found


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """The page of a code tells what it means, with an example and the fix."""
    assert main(["explain", "unknown-function"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("unknown-function: ")
    assert all(f"\n{heading}\n" in out for heading in ("What it means", "Example", "Fix"))


def test_the_code_may_be_copied_with_its_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    """``[unknown-function]``, as a diagnostic shows it, is the same code."""
    assert main(["explain", "[unknown-function]"]) == 0
    assert capsys.readouterr().out.startswith("unknown-function: ")


def test_the_list_of_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a code all codes are listed, each with its summary."""
    assert main(["explain"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines == sorted(lines)
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_an_unknown_code(capsys: pytest.CaptureFixture[str]) -> None:
    """A code that does not exist exits with 1 and suggests the near one."""
    assert main(["explain", "unknown-funktion"]) == 1

    assert capsys.readouterr().err == (
        "kahea: no diagnostic has the code `unknown-funktion`\n  help: did you mean `unknown-function`?\n"
    )


def test_every_reported_code_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """No diagnostic of the core has a code without a page."""
    main(["explain"])
    explained = {line.split()[0] for line in capsys.readouterr().out.splitlines()}

    assert not {code: place for code, place in reported_codes().items() if code not in explained}
