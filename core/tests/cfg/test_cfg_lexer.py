"""Raw tokens."""

from __future__ import annotations

import pytest
from kahea.cfg.lexer import lex
from kahea.cfg.posix import to_python
from kahea.cfg.strings import unescape


def tokens(text: str) -> list[tuple[str, str | int]]:
    """Return type and value of the tokens of a text without mistakes."""

    def fail(code: str, message: str, start: int, end: int, hint: str | None) -> None:
        raise AssertionError(f"{code}: {message}")

    return [(token.type, token.value) for token in lex(text, fail)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10", 10),
        ("0", 0),
        ("010", 8),
        ("0x1F", 31),
        ("101b", 5),
    ],
)
def test_numbers(text: str, expected: int) -> None:
    """Numbers are decimal, octal, hexadecimal or binary."""
    assert tokens(text) == [("INT", expected)]


@pytest.mark.parametrize("text", ["08", "0b101", "3com", "12abc"])
def test_digits_with_letters_are_names(text: str) -> None:
    """What begins with a digit and is no number may be part of a host name."""
    assert tokens(text) == [("NUMNAME", text)]


@pytest.mark.parametrize(
    "text", ["::", "::1", "fe80::1", "2001:db8::8a2e:370:7334", "1:2:3:4:5:6:7:8", "2001:db8::", "::ffff:0:1"]
)
def test_ipv6(text: str) -> None:
    """An IPv6 address is one token."""
    assert tokens(text) == [("IPV6", text)]


@pytest.mark.parametrize(
    "text", ["$ru", "$?", "$var(a)", "$hdr(a(b)c)", "$(ru{uri.user})", "$sht(a=>$var(b)::c)", "$(avp(x)[1]{s.len})"]
)
def test_pseudo_variables(text: str) -> None:
    """A pseudo-variable is one token with all its parentheses."""
    assert tokens(text + " x") == [("PV", text), ("NAME", "x")]


def test_strings_join() -> None:
    """Double-quoted strings with only white space between are one; single-quoted ones stay apart."""
    assert tokens("\"a\" \n\t \"b\" 'c' 'd'") == [("STRING", "ab"), ("RAW", "c"), ("RAW", "d")]
    assert tokens('"a" # x\n "b"') == [("STRING", "a"), ("STRING", "b")]


def test_strings_over_lines() -> None:
    """A string may hold line ends."""
    assert tokens('"a\nb";') == [("STRING", "a\nb"), ("SEMI", ";")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"a\nb\r\t\a", "a\nb\r\t\a"),
        (r"\"\\", '"\\'),
        (r"\x41\x4a\x4", "AJ\x04"),
        (r"\101\12", "A\n"),
        (r"\1 \. \d", r"\1 \. \d"),
        ("a\\\nb\\\r\nc", "abc"),
        (r"\xc3\xa9", "é"),
        (r"\xe9", "\udce9"),
        (r"\777", "\udcff"),
    ],
)
def test_escapes(text: str, expected: str) -> None:
    """Known escapes stand for characters, and unknown ones stay as they are."""
    assert unescape(text) == expected


def test_comments_nest() -> None:
    """Block comments nest, and line comments begin with one of two marks."""
    assert tokens("a /* b /* c */ d */ e # f\n// g\nh") == [("NAME", "a"), ("NAME", "e"), ("NAME", "h")]


def test_two_exclamation_marks_are_two_operators() -> None:
    """``!!`` begins a directive only before a directive's word."""
    assert tokens("!!x") == [("NOT", "!"), ("NOT", "!"), ("NAME", "x")]


def test_an_escaped_line_end_is_white_space() -> None:
    """A backslash at the end of a line means nothing."""
    assert tokens("a \\\n b \\\r\n c") == [("NAME", "a"), ("NAME", "b"), ("NAME", "c")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[:alpha:]_]", "[A-Za-z_]"),
        (r"[\w]", r"[\\w]"),
        ("[]a]", r"[\]a]"),
        ("[^a]", r"[^a\n]"),
        (r"\<a\>", r"\b(?=\w)a\b(?<=\w)"),
        (r"\d", "d"),
        (r"a\.b", r"a\.b"),
    ],
)
def test_posix_patterns(text: str, expected: str) -> None:
    """POSIX regular expressions are rewritten for Python."""
    assert to_python(text, newline_sensitive=True) == expected
