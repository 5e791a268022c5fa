"""POSIX regular expressions; what they match was observed on Kamailio 5.6.3 with ``{re.subst}`` and ``=~``."""

from __future__ import annotations

import re

import pytest
from kahea.modules.posix import compile_posix, longest_first


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("a|ab", "xaby", "ab"),
        ("(a|ab)", "xaby", "ab"),
        ("foo|foob|fooba", "foobar", "fooba"),
        ("o|oo", "foobar", "oo"),
        ("f(o|oo)b", "foobar", "foob"),
    ],
)
def test_the_longest_alternative(pattern: str, text: str, found: str) -> None:
    """Of alternatives of which one is the beginning of another the longest is taken."""
    match = compile_posix(pattern).search(text)

    assert match is not None
    assert match[0] == found


@pytest.mark.parametrize(
    ("pattern", "ordered"),
    [
        ("a|b", "a|b"),
        ("a|ab|abc", "abc|ab|a"),
        ("(a|ab)(c|bcd)", "(ab|a)(c|bcd)"),
        ("|a", "a|"),
        ("[|]|[|]a", "[|]a|[|]"),
        (r"\||\|a", r"\|a|\|"),
        ("[]|]|x", "[]|]|x"),
        ("(a)|(a)b", "(a)|(a)b"),
        ("x(a|ab(c)?)", "x(a|ab(c)?)"),
        ("a|(b|bc", "a|(bc|b"),
        ("a|ab)", "ab)|a"),
        ("[a|b", "[a|b"),
    ],
)
def test_the_order_of_alternatives(pattern: str, ordered: str) -> None:
    """Only alternatives without groups change places; brackets and escapes are kept."""
    assert longest_first(pattern) == ordered


def test_newlines() -> None:
    """With REG_NEWLINE anchors match at lines, and neither `.` nor a negated bracket matches a newline."""
    text = "one\ntwo"

    assert compile_posix("^two$").search(text) is None
    assert compile_posix("^two$", newline=True).search(text) is not None
    assert compile_posix("e.t").search(text) is not None
    assert compile_posix("e.t", newline=True).search(text) is None
    assert compile_posix("e[^x]t", newline=True).search(text) is None


def test_letters_are_those_of_ascii() -> None:
    """Case and classes of other letters do not count, as in the C locale."""
    assert compile_posix("É").search("é") is None
    assert compile_posix("k").search("\u212a") is None
    assert compile_posix(r"^\w$").search("é") is None
    assert compile_posix("K", re.NOFLAG).search("k") is None


def test_a_bad_pattern() -> None:
    """A pattern that does not compile is named."""
    with pytest.raises(ValueError, match=r'bad regular expression "\("'):
        compile_posix("(")
