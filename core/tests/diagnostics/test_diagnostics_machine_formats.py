"""Diagnostics for programs: SARIF and workflow commands of GitHub Actions."""

from __future__ import annotations

import json
from typing import Any

from kahea.cfg import codes as _registers_codes  # noqa: F401
from kahea.diagnostics import Diagnostic, Note, Severity, SourceFile, Span
from kahea.diagnostics.codes import lookup
from kahea.diagnostics.github import render_github
from kahea.diagnostics.sarif import render_sarif

TEXT = "request_route {\n    é(1); x();\n}\n"
FILE = SourceFile("etc/kamailio 1.cfg", TEXT)
PLACE = Span(FILE, TEXT.index("x"), TEXT.index("x") + 1)


def run_of(*diagnostics: Diagnostic) -> dict[str, Any]:
    """Return the one run of the SARIF log about some diagnostics, after a look at what the standard requires."""
    log = json.loads(render_sarif(diagnostics, tool="kahea", version="1.2.3"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"]["name"] == "kahea"
    assert len({rule["id"] for rule in run["tool"]["driver"]["rules"]}) == len(run["tool"]["driver"]["rules"])
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        for location in (*result.get("locations", ()), *result.get("relatedLocations", ())):
            assert min(location["physicalLocation"]["region"].values()) >= 1
    return dict(run)


def test_sarif_without_diagnostics() -> None:
    """A file without mistakes is a run with an empty list of results (SARIF 3.14.23)."""
    assert run_of()["results"] == []


def test_a_sarif_result() -> None:
    """A result has its rule, level, text with the fix, and its place in characters counted from 1."""
    run = run_of(Diagnostic(Severity.ERROR, "syntax-error", "unknown function `x`", PLACE, "did you mean `y`?"))

    (result,) = run["results"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert (result["ruleId"], result["level"]) == ("syntax-error", "error")
    assert result["message"]["text"] == "unknown function `x`\ndid you mean `y`?"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "etc/kamailio%201.cfg"},
                "region": {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 12},
            }
        }
    ]


def test_a_sarif_rule() -> None:
    """Each code that was found is described once."""
    found = [Diagnostic(Severity.WARNING, "syntax-error", f"number {number}", PLACE) for number in range(2)]

    (rule,) = run_of(*found)["tool"]["driver"]["rules"]

    assert rule["id"] == "syntax-error"
    code = lookup("syntax-error")
    assert code is not None
    assert rule["shortDescription"] == {"text": code.summary}
    assert rule["fullDescription"] == {"text": code.meaning}


def test_sarif_notes_are_related_locations() -> None:
    """A note with a place is a related location; the text of one without has none."""
    notes = (Note("opened here", Span(SourceFile("/etc/a.cfg", "{"), 0, 1)), Note("so it is"))

    (result,) = run_of(Diagnostic(Severity.ERROR, "syntax-error", "this block is never closed", PLACE, notes=notes))[
        "results"
    ]

    (related,) = result["relatedLocations"]
    assert related["message"] == {"text": "opened here"}
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "file:///etc/a.cfg"


def test_a_sarif_result_without_a_place() -> None:
    """A mistake that is in no text has no location."""
    (result,) = run_of(Diagnostic(Severity.ERROR, "syntax-error", "cannot find `a`", None))["results"]

    assert "locations" not in result


def test_sarif_of_bytes_that_are_no_text() -> None:
    """Bytes that are no UTF-8 are shown as escapes, so that the log is JSON for any reader."""
    text = render_sarif(
        [Diagnostic(Severity.ERROR, "syntax-error", "bad \udcff", Span(SourceFile("\udcff.cfg", "x"), 0, 1))],
        tool="kahea",
        version="1",
    )

    assert "\\ud" not in text
    assert json.loads(text)["runs"][0]["results"][0]["message"]["text"] == "bad \\xff"


def test_a_github_annotation() -> None:
    """A diagnostic is one workflow command with file, line, column and code."""
    found = Diagnostic(Severity.ERROR, "unknown-function", "unknown function `x`", PLACE)

    assert render_github([found]) == (
        "::error file=etc/kamailio 1.cfg,line=2,col=11,title=unknown-function::unknown function `x`\n"
    )


def test_github_annotations_are_escaped() -> None:
    """``%`` and line ends are escaped, in properties ``:`` and ``,`` too; the fix is a line of its own."""
    place = Span(SourceFile("a,b:c%.cfg", "x"), 0, 1)

    assert render_github([Diagnostic(Severity.WARNING, "odd", "100%: a, b", place, "write `99`")]) == (
        "::warning file=a%2Cb%3Ac%25.cfg,line=1,col=1,title=odd::100%25: a, b%0Awrite `99`\n"
    )


def test_a_github_annotation_without_a_place() -> None:
    """A mistake that is in no text has only its title."""
    assert render_github([Diagnostic(Severity.ERROR, "file-not-found", "cannot find `a`", None)]) == (
        "::error title=file-not-found::cannot find `a`\n"
    )
