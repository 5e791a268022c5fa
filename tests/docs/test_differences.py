"""Where a comparison with the real Kamailio is expected to fail, docs/differences.md tells the users why."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ORACLE = ROOT / "tests" / "oracle"
TABLES = ("DIFFERS", "FROM_5_6", "FROM_6_2", "WITH_MORE_WORKERS")
"""Names of dictionaries whose values are such reasons."""


def told() -> set[str]:
    """Return the first cells of the tables of differences.md."""
    lines = (ROOT / "docs/differences.md").read_text(encoding="utf-8").splitlines()
    return {line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")}


def reasons(file: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each reason in a file: ``differs=``, a table of ``TABLES``, ``xfail(reason=)``."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    constants: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(text)))
            ):
                constants[name] = text
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="differs", value=value):
                yield from _texts(value, constants)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict() as table) if name in TABLES:
                yield from _values(table, constants)
            case ast.Call(func=ast.Attribute(attr="xfail"), keywords=keywords):
                for keyword in keywords:
                    if keyword.arg == "reason":
                        yield from _texts(keyword.value, constants)


def _values(table: ast.Dict, constants: dict[str, str]) -> Iterator[tuple[int, str]]:
    for value in table.values:
        match value:
            case ast.Dict():
                yield from _values(value, constants)
            case ast.DictComp():
                yield from _texts(value.value, constants)
            case _:
                yield from _texts(value, constants)


def _texts(value: ast.expr, constants: dict[str, str]) -> Iterator[tuple[int, str]]:
    match value:
        case ast.Constant(value=str(text)) if text:
            yield value.lineno, text
        case ast.Name(id=name) if name in constants:
            yield value.lineno, constants[name]


def test_every_expected_failure_is_told() -> None:
    """The reason of an expected failure is the first cell of a row of docs/differences.md."""
    known = told()
    wrong = [
        f"{file.relative_to(ROOT)}:{line}: {text}"
        for file in sorted(ORACLE.rglob("*.py"))
        for line, text in reasons(file)
        if text not in known
    ]

    assert not wrong, "\n".join(wrong)


def test_reasons_are_found(tmp_path: Path) -> None:
    """A reason is found as a literal, by the name of a constant, and in a table."""
    file = tmp_path / "cases.py"
    file.write_text(
        'WHY = "one"\nCASES = {"a": Case(differs=WHY), "b": Case("x", differs="two")}\n'
        'DIFFERS: dict[str, str] = {"c": "three", **{name: "four" for name in "de"}, "f": WHY}\n'
        'mark(pytest.mark.xfail(reason="five", strict=True))\nmark(pytest.mark.xfail(reason=CASES["a"].differs))\n'
    )
    assert [text for _, text in reasons(file)] == ["three", "four", "one", "five", "one", "two"]
