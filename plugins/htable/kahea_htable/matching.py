"""How names and values of items are compared, when many are counted or removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kahea.api import compile_posix

from kahea_htable.table import HashTable, Item

Test = Callable[[str], bool]


_REMOVALS: Final = {"~~": "re", "~%": "ew", "%~": "sw"}
"""Operators of ``$shtcn`` and ``$shtcv``, as ``sht_rm_name()`` calls them."""


def removal_test(operator: str, text: str) -> Test:
    """Return the test of ``sht_rm_name()`` and ``sht_rm_value()``.

    Args:
        operator: ``re``, ``sw`` (starts with), ``ew`` (ends with) or ``in`` (includes).
        text: to compare with.

    Raises:
        ValueError: there is no such operator, or the pattern is none.
    """
    match operator:
        case "re":
            return _pattern(text)
        case "sw":
            return lambda one: one.startswith(text)
        case "ew":
            return lambda one: one.endswith(text)
        case "in":
            return lambda one: text in one
    raise ValueError(f'the operator is one of re, sw, ew, in, not "{operator}"')


def presence_test(operator: str, text: str) -> Test:
    """Return the test of ``sht_has_name()`` and ``sht_has_str_value()``.

    Args:
        operator: ``eq``, ``ne``, ``re`` or ``sw`` (starts with).
        text: to compare with.

    Raises:
        ValueError: there is no such operator, or the pattern is none.
    """
    match operator:
        case "eq":
            return lambda one: one == text
        case "ne":
            return lambda one: one != text
        case "re":
            return _pattern(text)
        case "sw":
            return lambda one: one.startswith(text)
    raise ValueError(f'the operator is one of eq, ne, re, sw, not "{operator}"')


def _pattern(text: str) -> Test:
    pattern = compile_posix(text, newline=True)
    return lambda one: pattern.search(one) is not None


def by_name(test: Test) -> Callable[[str, Item], bool]:
    """Return a test of items by their names."""
    return lambda name, _item: test(name)


def by_text(test: Test) -> Callable[[str, Item], bool]:
    """Return a test of items by their values; numbers never match."""
    return lambda _name, item: isinstance(item.value, str) and test(item.value)


def count(table: HashTable, expression: str, values: bool) -> int:
    """Return how many items match, as ``$shtcn`` and ``$shtcv`` count them.

    Args:
        table: whose items are counted.
        expression: ``~~`` and a regular expression, ``~%`` and an end, ``%~`` and a beginning, ``==`` and a text,
            ``eq`` and a number (of values), ``**`` for all; a regular expression without any of these.
        values: whether values count; names otherwise.

    Raises:
        ValueError: the regular expression is none.
    """
    operator, text = expression[:2], expression[2:]
    if operator == "**":
        return sum(1 for _ in table.items())
    if operator not in ("~~", "~%", "%~", "==", "eq"):
        operator, text = "~~", expression
    if not text:
        return 0
    if operator == "eq":
        wanted = _leading_number(text)
        return sum(1 for _, item in table.items() if values and item.value == wanted and isinstance(item.value, int))
    test = presence_test("eq", text) if operator == "==" else removal_test(_REMOVALS[operator], text)
    texts: Iterable[str]
    if values:
        texts = (item.value for _, item in table.items() if isinstance(item.value, str))
    else:
        texts = (name for name, _ in table.items())
    return sum(1 for one in texts if test(one))


def _leading_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
