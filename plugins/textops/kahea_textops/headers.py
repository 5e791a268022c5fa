"""Finds header fields in a message; adds and removes some when it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kahea.api import Message, find_param, header_key

from kahea_textops.patterns import line_regex


class Field(NamedTuple):
    """A header field and its place in the message's head."""

    name: str
    value: str
    start: int
    value_start: int
    end: int


def fields(msg: Message) -> Iterator[Field]:
    """Yield the header fields of a message in order."""
    head = msg.head
    for field in msg.header_fields:
        value_start = head.index(field.value, head.index(":", field.start) + 1)
        yield Field(field.name, field.value, field.start, value_start, field.end)


def named(msg: Message, name: str) -> list[Field]:
    """Return the header fields of a name, written in full or in its compact form, in any case.

    Args:
        msg: where to look.
        name: of the header.
    """
    key = header_key(name)
    if not msg.has_header(key):
        return []
    return [field for field, found in zip(fields(msg), msg.index.keys, strict=False) if found == key]


def matching(msg: Message, pattern: re.Pattern[str], skip: re.Pattern[str] | None = None) -> list[Field]:
    """Return the header fields whose name matches a pattern and does not match another.

    Args:
        msg: where to look.
        pattern: for the names, as written in the message.
        skip: pattern of names to leave out.
    """
    return [
        field
        for field in fields(msg)
        if pattern.search(field.name) and not (skip is not None and skip.search(field.name))
    ]


def remove(msg: Message, found: Iterable[Field]) -> bool:
    """Leave header fields out when the message is sent; returns whether there were any."""
    removed = False
    for field in found:
        msg.edits.delete(field.start, field.end - field.start)
        removed = True
    return removed


def append(msg: Message, text: str, after: str | None = None) -> bool:
    """Add text to the head behind all header fields, or behind the last one of a name.

    Args:
        msg: where to add.
        text: header fields with their line ends.
        after: name of a header; without such a field the text goes to the end.

    Returns:
        Whether there was text to add.
    """
    present = named(msg, after) if after else []
    return _insert(msg, present[-1].end if present else len(msg.head), text)


def insert(msg: Message, text: str, before: str | None = None) -> bool:
    """Add text to the head in front of all header fields, or in front of the first one of a name.

    Args:
        msg: where to add.
        text: header fields with their line ends.
        before: name of a header; without such a field the text goes to the start.

    Returns:
        Whether there was text to add.
    """
    present = named(msg, before) if before else []
    return _insert(msg, present[0].start if present else headers_start(msg), text)


def headers_start(msg: Message) -> int:
    """Return where the first header field begins in the head."""
    return msg.head.index("\n") + 1


def _insert(msg: Message, place: int, text: str) -> bool:
    if not text:
        return False
    msg.edits.insert_after(place, text)
    return True


def selected(found: list[Field], flags: str) -> list[Field]:
    """Return the header fields that flags name: ``f`` the first, ``l`` the last, anything else all."""
    if flags[:1] == "f":
        return found[:1]
    return found[-1:] if flags[:1] == "l" else found


def comparison(operator: str, expression: str) -> Callable[[str], bool] | None:
    """Return what compares a header's value to an expression.

    Args:
        operator: ``eq``, ``ne``, ``in`` (contains) or ``re`` (matches), in any case; ``None`` is returned for others.
        expression: what is compared to.
    """
    match operator.lower():
        case "eq":
            return lambda value: value == expression
        case "ne":
            return lambda value: value != expression
        case "in":
            return lambda value: expression in value
        case "re":
            pattern = line_regex(expression)
            return lambda value: pattern.search(value) is not None
        case _:
            return None


def remove_via_param(msg: Message, name: str, index: int) -> int:
    """Remove a parameter of a Via when the message is sent.

    Args:
        msg: whose Via.
        name: of the parameter; case is ignored.
        index: which Via, from 0; a negative one counts from the last.

    Returns:
        How often it was there, 0 also when there is no such Via.
    """
    vias = msg.vias
    if not -len(vias) <= index < len(vias):
        return 0
    via = vias[index]
    # the place in a Via is told from the beginning of its header field, which may hold several
    field = named(msg, "Via")[sum(one.last for one in vias[: index % len(vias)])]
    place = field.start + via.params_start
    removed, start = 0, 0
    while (span := find_param(via.params_text, name.lower(), start)) is not None:
        msg.edits.delete(place + span[0], span[1] - span[0])
        removed, start = removed + 1, span[1]
    return removed
