"""Diagnostics as text."""

from __future__ import annotations

import json

import pytest
from kahea.diagnostics import Diagnostic, Diagnostics, Note, Severity, SourceFile, Span
from kahea.diagnostics.render import render_all, render_concise, render_full, render_json


def span(text: str, part: str, name: str = "kamailio.cfg", included_from: Span | None = None) -> Span:
    """Return the place of *part* in a file with this text."""
    start = text.index(part)
    return Span(SourceFile(name, text, included_from), start, start + len(part))


def error(place: Span | None, message: str = "unknown function `x`", *notes: Note) -> Diagnostic:
    """Return an error at a place."""
    return Diagnostic(Severity.ERROR, "unknown-function", message, place, "did you mean `y`?", notes)


def test_full() -> None:
    """The full form has the headline, the source line, and carets with the help."""
    place = span('route {\n    x("a");\n}\n', "x")

    assert render_full(error(place)) == (
        "kamailio.cfg:2:5: error: unknown function `x` [unknown-function]\n"
        ' 2 |     x("a");\n'
        "   |     ^ did you mean `y`?"
    )


def test_concise() -> None:
    """The concise form is the headline."""
    assert (
        render_concise(error(span("x();", "x"))) == "kamailio.cfg:1:1: error: unknown function `x` [unknown-function]"
    )


def test_without_a_place() -> None:
    """A diagnostic without a place has its help on a line of its own."""
    assert render_full(error(None)) == "error: unknown function `x` [unknown-function]\n   = help: did you mean `y`?"


def test_notes() -> None:
    """Notes show their own source lines, with line numbers aligned."""
    text = "a = 1\n" * 9 + "b = 2\n"
    file = SourceFile("k.cfg", text)
    place, other = Span(file, 54, 55), Span(file, 0, 1)

    assert render_full(error(place, "twice", Note("defined here", other), Note("so it is"))).splitlines() == [
        "k.cfg:10:1: error: twice [unknown-function]",
        " 10 | b = 2",
        "    | ^ did you mean `y`?",
        "    = note: defined here at k.cfg:1:1",
        "  1 | a = 1",
        "    | ^",
        "    = note: so it is",
    ]


def test_origins() -> None:
    """A place in a define or an included file shows where it came from."""
    define = span("#!define A x\n", "x", "main.cfg")
    include = span('include_file "i.cfg"\n', 'include_file "i.cfg"', "main.cfg")
    use = span("A();\n", "A", "i.cfg", include)
    shown = render_full(error(Span(use.file, use.start, use.end, define)))

    assert "= note: comes from this define at main.cfg:1:12" in shown
    assert "= note: `main.cfg` includes this file at main.cfg:1:1" in shown


@pytest.mark.parametrize(
    ("text", "part", "line", "caret"),
    [
        ("\tx();", "x", " 1 |     x();", "   |     ^"),
        ("\t\tx();", "x", " 1 |         x();", "   |         ^"),
        ("a\tx();", "x", " 1 | a   x();", "   |     ^"),
        ("日本 x", "x", " 1 | 日本 x", "   |      ^"),
        ("\udce9 x", "x", " 1 | \\xe9 x", "   |      ^"),
        ("\x1b x", "x", " 1 | \\x1b x", "   |      ^"),
        ("é x", "x", " 1 | é x", "   |   ^"),
        ("e\u0301 x", "x", " 1 | e\u0301 x", "   |   ^"),
        ("x日本;", "x日本", " 1 | x日本;", "   | ^^^^^"),
        ("x(\n);", "x(\n)", " 1 | x(", "   | ^^"),
        ("x;\r\n", "x", " 1 | x;", "   | ^"),
    ],
)
def test_columns(text: str, part: str, line: str, caret: str) -> None:
    """The caret stands under its place, whatever stands before it."""
    shown = render_full(Diagnostic(Severity.WARNING, "c", "m", span(text, part))).splitlines()

    assert shown[1:] == [line, caret]


def test_the_end_of_a_line() -> None:
    """A place behind the last character of a line has its caret there."""
    file = SourceFile("k.cfg", "exit\n")
    shown = render_full(Diagnostic(Severity.ERROR, "c", "m", Span(file, 4, 4))).splitlines()

    assert shown[1:] == [" 1 | exit", "   |     ^"]


def test_long_lines_are_cut() -> None:
    """Of a long line the part around the place is shown."""
    text = "a" * 500 + "x" + "b" * 500
    shown = render_full(Diagnostic(Severity.ERROR, "c", "m", span(text, "x"))).splitlines()

    assert all(len(line) < 160 for line in shown)
    assert shown[1][shown[2].index("^")] == "x"


def test_colours_only_if_asked() -> None:
    """Escape sequences are used only when they are asked for."""
    place = span("x();", "x")

    assert "\x1b[" not in render_full(error(place))
    assert "\x1b[" in render_full(error(place), colour=True)


def test_messages_cannot_write_to_the_terminal() -> None:
    """Control characters in a message or a file's name are shown as escapes."""
    shown = render_full(error(span("x", "x", "\x1b[2J.cfg"), "bad `\x1b[2J`"))

    assert "\x1b" not in shown


def test_all() -> None:
    """The list ends with the numbers of errors and warnings."""
    diagnostics = Diagnostics()
    place = span("x();", "x")
    diagnostics.error("a", "one", place)
    diagnostics.error("a", "two", place)
    diagnostics.warning("b", "three", place)

    assert render_all(diagnostics, concise=True).splitlines()[-1] == "2 errors, 1 warning"
    assert render_all([]) == ""


def test_json() -> None:
    """The JSON form has places with lines and columns from 1, and survives bytes that are no UTF-8."""
    place = span("\n x();", "x", "\udce9.cfg")
    (found,) = json.loads(render_json([error(place, "m", Note("n", place))]))

    assert found["place"] == {"file": "\udce9.cfg", "line": 2, "column": 2, "end_line": 2, "end_column": 3}
    assert (found["severity"], found["code"], found["help"]) == ("error", "unknown-function", "did you mean `y`?")
    assert found["notes"][0]["place"]["line"] == 2


def test_the_same_diagnostic_is_kept_once() -> None:
    """A diagnostic that is reported twice is kept once."""
    diagnostics = Diagnostics()
    place = span("x();", "x")
    diagnostics.error("a", "one", place)
    diagnostics.error("a", "one", place)

    assert len(diagnostics) == 1
