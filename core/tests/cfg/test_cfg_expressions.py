"""The expressions of ``#!ifexp`` and ``#!defexp``."""

from __future__ import annotations

import pytest
from kahea.cfg.expressions import ExpressionError, as_text, evaluate, is_true

DEFINES = {"ONE": "1", "NAME": '"abc"', "BARE": None, "VERSION": "6001000"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 ** 3", 8),
        ("7 % 4", 3),
        ("7 / 2", 3.5),
        ("1 << 4 | 1", 17),
        ("6 & 3", 2),
        ("5 ^ 1", 4),
        ("-2 + 1", -1),
        ("!0", 1),
        ("!1 || 0", 0),
        ("1 && 0", 0),
        ("0 || 1", 1),
        ("1 < 2", 1),
        ("2 <= 1", 0),
        ("1, 2", 2),
        ('"a" + "b"', "ab"),
        ('"a" + 1', "a1"),
        ('1 + "2"', 3),
        ('"b" > "a"', 1),
        ('"10" == 10', 1),
        ("'a' != 'b'", 1),
        (r'"a\n\"b"', 'a\n"b'),
        ("ONE", "1"),
        ("ONE == 1", 1),
        ("NAME == 'abc'", 1),
        ("BARE", 1),
        ("MISSING", 0),
        ("BARE && !MISSING", 1),
        ("VERSION >= 5006000", 1),
        ("1 # comment", 1),
    ],
)
def test_values(text: str, expected: float | str) -> None:
    """The left operand decides whether a comparison or a sum is one of texts or of numbers."""
    assert evaluate(text, DEFINES) == expected


@pytest.mark.parametrize(
    "text", ["1 +", "(1", "1)", "1 2", '-"a"', '"a" * 2', '1 * "a"', "1 / 0", "?", "1 << 99", "((" * 200]
)
def test_mistakes(text: str) -> None:
    """A malformed expression is an error and never a crash."""
    with pytest.raises(ExpressionError):
        evaluate(text, DEFINES)


def test_truth() -> None:
    """Numbers other than 0 and texts that are not empty are true."""
    assert [is_true(value) for value in (0.0, 1.0, -1.0, "", "0")] == [False, True, True, False, True]


def test_text() -> None:
    """A number becomes text without its fraction."""
    assert [as_text(value) for value in (3.7, -1.0, float("nan"), "a")] == ["3", "-1", "0", "a"]
