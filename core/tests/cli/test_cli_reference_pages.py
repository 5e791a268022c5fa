"""The reference pages: what they hold, and how they are kept current."""

from __future__ import annotations

from pathlib import Path

import pytest
from kahea.cli import reference_pages
from kahea.cli.docstrings import parse_docstring
from kahea.cli.module_reference import (
    ArgumentReference,
    EventRouteReference,
    FunctionReference,
    ModuleReference,
    ParamReference,
    PseudoVariableReference,
    RpcReference,
    TransformationReference,
)
from kahea.cli.reference_pages import main, page, stale, write

DOC = """Look at a text.

Twice, if need be.

Args:
    text: what is looked at,
        for long.
    times: how often.

Returns:
    1, or
    -1.

Example:
    if (probe("$rU")) {
        exit;
    }

Example:
    probe("x", 2);
"""

ARGUMENTS = [ArgumentReference("text", "string", True), ArgumentReference("times", "int", False)]

PROBE = ModuleReference(
    name="probe",
    package="kahea-probe",
    version="1.0",
    doc="Probes.\n\nMore of it.",
    functions=[
        FunctionReference("probe", [1, 2], ARGUMENTS, "request|onreply", "bool", DOC),
        FunctionReference("probe_this", [1, 2], ARGUMENTS, "request|onreply", "bool", DOC),
        FunctionReference("other", [0], [], "any", "int", "Something else."),
    ],
    params=[
        ParamReference("level", "int", 3, False, "How high."),
        ParamReference("word", "string", "x", False, "What to say."),
        ParamReference("active", "int", True, False, "Whether at all."),
        ParamReference("server", "string", [], True, "Where to."),
        ParamReference("db_url", "string", None, False, "What from."),
    ],
    pseudo_variables=[
        PseudoVariableReference("probe", ["string", "null"], True, "required", True, "A value.\n\nLike ``$x``."),
        PseudoVariableReference("ptime", ["int"], False, "none", False, "The time."),
        PseudoVariableReference("pt", ["int"], False, "none", False, "The time."),
        PseudoVariableReference("own", [], None, "none", False, "A syntax of its own."),
    ],
    transformations=[TransformationReference("p.cut", ARGUMENTS, "Cut a text.")],
    event_routes=[EventRouteReference("probe:done", "Runs at the end.")],
    rpc=[RpcReference("probe.level", "each", "Tell the level.")],
)


def test_a_docstring_is_taken_apart() -> None:
    """Summary, description, arguments, result and examples are found, each without its indentation."""
    found = parse_docstring(DOC)

    assert found.summary == "Look at a text."
    assert found.description == "Twice, if need be."
    assert found.arguments == {"text": "what is looked at, for long.", "times": "how often."}
    assert found.returns == "1, or -1."
    assert found.examples == ('if (probe("$rU")) {\n    exit;\n}', 'probe("x", 2);')


@pytest.mark.parametrize(
    ("text", "summary", "description"),
    [
        ("", "", ""),
        ("One line.", "One line.", ""),
        ("  One.\n\n  Two.\n  ", "One.", "Two."),
        ("Args:\n    x: y", "", ""),
    ],
)
def test_parts_may_be_missing(text: str, summary: str, description: str) -> None:
    """What a docstring does not have is empty."""
    found = parse_docstring(text)

    assert (found.summary, found.description) == (summary, description)


def test_one_entry_may_explain_several_arguments() -> None:
    """`a, b: text` stands for both, as in `code, reason`."""
    assert parse_docstring("X.\n\nArgs:\n    a, b: both.").arguments == {"a": "both.", "b": "both."}


def test_an_example_may_be_marked_as_code() -> None:
    """Marks of code around an example are not part of it."""
    assert parse_docstring("X.\n\nExample:\n    ``probe();``\n").examples == ("probe();",)


def test_a_page_has_the_headings_of_kamailio() -> None:
    """The sections stand in the order of Kamailio's module documentation."""
    headings = [line for line in page(PROBE).splitlines() if line.startswith("#")]

    assert headings == [
        "# probe",
        "## Overview",
        "## Parameters",
        "### level (int)",
        "### word (string)",
        "### active (int)",
        "### server (string)",
        "### db_url (string)",
        "## Functions",
        "### probe(text[, times])",
        "### other()",
        "## Pseudo-variables",
        "## Transformations",
        "### {p.cut,text[,times]}",
        "## RPC commands",
        "### probe.level",
        "## Event routes",
        "### event_route[probe:done]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Probes.\n\nMore of it.\n",
        'Default: `3`.\n\n```cfg\nmodparam("probe", "level", 3)\n```\n',
        'Default: `"x"`.\n\n```cfg\nmodparam("probe", "word", "x")\n```\n',
        'Default: `1`.\n\n```cfg\nmodparam("probe", "active", 1)\n```\n',
        "Where to.\n\nMay be given more than once; the values add up.\n",
        "What from.\n\nThere is no default.\n",
        "- `text` (string): what is looked at, for long.\n- `times` (int, may be left out): how often.\n",
        "Returns: 1, or -1.\n",
        '```cfg\nif (probe("$rU")) {\n    exit;\n}\n```\n\n```cfg\nprobe("x", 2);\n```\n',
        "Other names: `probe_this`.\n\nRoutes: request|onreply.\n",
        "- `$probe(name)` (string or null, takes an index, writable): A value.\n\n  Like `$x`.\n",
        "- `$ptime`, `$pt` (int): The time.\n",
        "- `$own`: A syntax of its own.\n\n##",
        "All workers answer together.\n",
        "### event_route[probe:done]\n\nRuns at the end.\n",
    ],
)
def test_a_page_holds_all_that_is_declared(text: str) -> None:
    """Types, defaults, arguments, results, examples, routes and scopes are on the page."""
    assert text in page(PROBE)


def test_empty_sections_are_left_out() -> None:
    """A module without parameters has no such heading."""
    empty = ModuleReference("probe", "kahea-probe", "1.0", "Probes.", [], [], [], [], [], [])

    assert [line for line in page(empty).splitlines() if line.startswith("##")] == ["## Overview"]


def test_stale_pages_are_found_and_mended(tmp_path: Path) -> None:
    """Changed, missing and left over pages are named; writing makes the folder current."""
    texts = {"a.md": "a\n", "b.md": "b\n", "c.md": "c\n"}
    write(tmp_path, texts)
    (tmp_path / "a.md").write_text("other\n", encoding="utf-8")
    (tmp_path / "b.md").unlink()
    (tmp_path / "d.md").write_text("d\n", encoding="utf-8")

    assert stale(tmp_path, texts) == ["a.md", "b.md", "d.md"]
    assert write(tmp_path, texts) == ["a.md", "b.md", "d.md"]
    assert stale(tmp_path, texts) == []


def test_the_command_checks_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` tells which pages are not current and fails; `--write` makes them current."""
    monkeypatch.setattr(reference_pages, "describe", lambda name: PROBE)
    folder = tmp_path / "modules"

    assert main(["--check", str(folder), "probe"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{folder}/index.md is not current",
        f"{folder}/probe.md is not current",
    ]
    assert main(["--write", str(folder), "probe"]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{folder}/index.md", f"{folder}/probe.md"]
    assert main(["--check", str(folder), "probe"]) == 0
    assert "- [probe](probe.md): Probes.\n" in (folder / "index.md").read_text(encoding="utf-8")
