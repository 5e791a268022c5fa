"""Input of any size and shape: a diagnostic at worst, never a crash or a hang."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kahea.cfg.load import parse_text
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.render import render_all, render_json

PIECES = [
    *("request_route", "route", "[A]", "{", "}", "(", ")", ";", ",", "=", "==", "!", "if", "else", "switch", "case"),
    *("default", ":", "while", "exit", "return", "drop", "break", "$ru", "$var(x)", "$(ru{s.len})", "xlog", '"text"'),
    *("'raw'", "1", "-", "+", "mod", "and", "not", "uri", "myself", "loadmodule", "modparam", "debug", "listen", "udp"),
    *(
        "10.0.0.1",
        "::1",
        "/",
        "*",
        "\n",
        "\n#!define A 1\n",
        "\n#!ifdef A\n",
        "\n#!else\n",
        "\n#!endif\n",
        "A",
        '"',
        "'",
    ),
    *("/*", "*/", "#", "//", "\\", "\n#!subst", "\n#!ifexp A\n", "include_file", "event_route[a:b]", "onreply_route"),
    *("flags", "alias", "(int)", "defined", "@x.y", "$", "é", "\udcff", "\x00", "%", "+=", "desc", "a.b", "socket"),
]

PLAIN = """
debug = 3
listen = udp:10.0.0.1:5060 advertise a.b:5060
loadmodule "tm.so"
modparam("tm", "fr_timer", 3000)
#!ifdef A
request_route {
#!else
route[B] {
#!endif
    if (is_method("INVITE") && $rU =~ "^a") { xlog("x $ru\\n"); t_relay(); } else { drop; }
    switch ($rc) { case 1: $var(x) = 1 + 2; break; default: exit; }
}
"""


def parse(text: str) -> Diagnostics:
    """Return what is found in a text."""
    diagnostics = Diagnostics()
    parse_text(text, diagnostics=diagnostics)
    return diagnostics


@pytest.mark.parametrize(
    "text",
    [
        "request_route { $var(x) = " + "(" * 100_000 + "1" + ")" * 100_000 + "; }",
        "request_route { $var(x) = " + "(" * 100_000,
        "request_route { " + "if (1) { " * 100_000 + "exit; " + "}" * 100_000 + " }",
        "request_route { " + "if (1) " * 100_000 + "exit; }",
        "request_route { $var(x) = " + "!" * 100_000 + "1; }",
        "request_route { $var(x) = " + "- " * 100_000 + "1; }",
        "request_route { " + "f(" * 100_000 + ")" * 100_000 + "; }",
        "request_route { " + "switch (1) { case 1: " * 50_000 + "}" * 50_000 + " }",
        "request_route { " + "while (1) " * 100_000 + "exit; }",
        "request_route { $var(x) = " + "1 + (" * 50_000 + "1" + ")" * 50_000 + "; }",
    ],
    ids=["parentheses", "open", "ifs", "bare ifs", "nots", "minuses", "calls", "switches", "whiles", "sums"],
)
def test_deep_nesting_is_a_diagnostic(text: str) -> None:
    """Nesting that no later stage could follow is one diagnostic."""
    found = parse(text)

    assert [each.code for each in found.errors] == ["too-deep"]


@pytest.mark.parametrize(
    "text",
    [
        "request_route { $var(x) = 1" + " + 1" * 20_000 + "; }",
        "request_route { if (1) exit;" + " else if (1) exit;" * 5_000 + " }",
        "request_route { f(1" + ", 1" * 20_000 + "); }",
        "request_route { exit; " + "xlog($ru); " * 20_000 + "}",
        "alias = " + "a.b " * 20_000,
        "request_route { $var(x) = " + '"a" ' * 20_000 + "; }",
        "#!ifdef A\n" * 1 + "x\n" * 100_000 + "#!endif\n",
    ],
    ids=["sum", "else if", "arguments", "statements", "addresses", "strings", "skipped"],
)
def test_long_chains_are_fine(text: str) -> None:
    """Long chains are no nesting."""
    assert [each.message for each in parse(text)] == []


@pytest.mark.parametrize(
    "unit",
    [
        PLAIN,
        "(",
        '"',
        "'",
        "$(",
        "/*",
        "\x01",
        "“",
        "#!ifdef A\n",
        "}",
        "{",
        "a ",
        "a = ",
        "debug = 3 4\n",
        "request_route { exit\n",
        '"a\nb',
        "x(y",
        "#!define A\n",
        "#!endif\n",
        " \t",
        "\n",
        "é",
        "1.2.3.4.",
        "a:",
        "::",
    ],
)
def test_time_is_linear(unit: str) -> None:
    """Ten times the text takes about ten times as long, whatever it is made of."""

    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        start = time.process_time()
        parse(text)
        return time.process_time() - start

    seconds(10_000)
    small = max(seconds(30_000) for _ in range(3))
    large = min(seconds(300_000) for _ in range(3))
    assert large < 40 * max(small, 0.002)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_tokens_are_read(pieces: list[str]) -> None:
    """Tokens in any order give diagnostics that can be shown."""
    found = parse(" ".join(pieces))

    render_all(found)
    render_json(found)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    """Bytes of any kind give diagnostics that can be shown."""
    found = parse(data.decode("utf-8", "surrogateescape"))

    render_all(found)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(PLAIN)), st.integers(0, 20), st.sampled_from(PIECES), st.booleans())
def test_a_damaged_file_is_read(place: int, length: int, piece: str, defined: bool) -> None:
    """A correct text with a part replaced gives diagnostics inside the text."""
    text = ("#!define A\n" if defined else "") + PLAIN[:place] + piece + PLAIN[place + length :]
    found = parse(text)

    render_all(found)
    for each in found:
        assert each.span is not None
        assert 0 <= each.span.start <= each.span.end <= len(each.span.file.text)
