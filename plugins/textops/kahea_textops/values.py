"""Comparisons of texts, with the return codes of Kamailio: 1 for true, -1 and -2 for false."""

from __future__ import annotations

import re

_BLANKS = " \t\r\n"


def as_bytes(text: str) -> bytes:
    """Return the bytes of a text: what is counted and compared."""
    return text.encode("utf-8", "surrogateescape")


def compare(a: str, b: str) -> int:
    """Return 1 for equal texts, -1 when *a* comes later in the alphabet or only goes on longer, else -2."""
    if a == b:
        return 1
    return -1 if as_bytes(a) > as_bytes(b) else -2


def compare_ignoring_case(a: str, b: str) -> int:
    """Do the same for texts whose ASCII letters are folded."""
    return compare(folded(a), folded(b))


def folded(text: str) -> str:
    """Return a text with its ASCII letters in lower case."""
    return as_bytes(text).lower().decode("utf-8", "surrogateescape")


def starts_with(text: str, start: str) -> int:
    """Return 1 when a text starts with another, else how their bytes compare, -1 if it is too short for it."""
    whole, wanted = as_bytes(text), as_bytes(start)
    if len(whole) < len(wanted):
        return -1
    return _compare_bytes(whole[: len(wanted)], wanted)


def ends_with(text: str, end: str) -> int:
    """Return 1 when a text ends with another, else as `starts_with`."""
    whole, wanted = as_bytes(text), as_bytes(end)
    if len(whole) < len(wanted):
        return -1
    return _compare_bytes(whole[len(whole) - len(wanted) :], wanted)


def _compare_bytes(a: bytes, b: bytes) -> int:
    if a == b:
        return 1
    return -1 if a > b else -2


def find(text: str, wanted: str) -> int:
    """Return the place of a text in another in bytes, counted from 1; -1 when it is not there or empty."""
    return as_bytes(text).find(as_bytes(wanted)) + 1 or -1


def in_list(subject: str, items: str, separator: str) -> bool:
    """Whether a text is an item of a list; blanks around the items do not count.

    Args:
        subject: what is looked for; the empty text is in no list.
        items: the list.
        separator: one character.
    """
    return subject != "" and subject in _items(items, separator)


def in_list_prefix(subject: str, items: str, separator: str) -> bool:
    """Whether a text starts with an item of a list that is not empty; arguments as `in_list`."""
    return any(item and subject.startswith(item) for item in _items(items, separator))


def _items(items: str, separator: str) -> list[str]:
    if not items.strip(_BLANKS):
        return []
    return [item.strip(_BLANKS) for item in items.split(separator)]


def any_in(text: str, characters: str) -> bool:
    """Whether a text holds one of some characters."""
    return not set(as_bytes(text)).isdisjoint(as_bytes(characters))


def all_in(text: str, characters: str) -> bool:
    """Whether a text holds all of some characters; without any there is nothing to hold."""
    return bool(characters) and set(as_bytes(characters)) <= set(as_bytes(text))


def group(text: str, pattern: re.Pattern[str], number: int, limit: int) -> str | int:
    """Return what a group of a pattern's first match holds.

    Args:
        text: where to look.
        pattern: what to look for.
        number: of the group, 0 for the whole match.
        limit: number of groups that are counted, the whole match among them.

    Returns:
        The text; -2 when the pattern does not match, -1 when the group matches nothing.
    """
    if number >= limit:
        return -1
    match = pattern.search(text)
    if match is None:
        return -2
    if not 0 <= number <= pattern.groups:
        return -1
    return match[number] or -1
