"""Changes single values of header fields that are lists, and their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from kahea.api import Message

from kahea_textopsx.fields import BLANKS, Field, append, fields_named, remove

T = TypeVar("T")

LOWEST_INDEX: Final = -10
"""Kamailio remembers so many values from the last one on."""

_TARGET: Final = re.compile(
    r"\s*(?P<name>[A-Za-z0-9_-]+)\s*"
    r"(?P<brackets>\[\s*(?:(?P<all>\*)|(?P<index>[+-]?[0-9]+))?\s*\])?\s*"
    r"(?:\.\s*(?P<param>[A-Za-z0-9_-]+))?"
)
_VALUE: Final = re.compile(r'(?:[^",]++|"(?:[^"\\]|\\.)*+"?)*+', re.DOTALL)
_BEFORE_PARAMS: Final = re.compile(
    r'(?:[^";<]++|"(?:[^"\\]|\\.)*+"?|<(?:[^>"]++|"(?:[^"\\]|\\.)*+"?)*+>?)*+', re.DOTALL
)
_PARAM: Final = re.compile(
    r"[ \t\r\n]*+;[ \t\r\n]*+(?P<name>[^ \t\r\n=;]*+)"
    r'(?P<assigned>[ \t\r\n]*+(?:=[ \t\r\n]*+(?:"[^"]*+"?|[^ \t\r\n;]*+))?)'
)
_LISTED_PARAM: Final = re.compile(
    r"(?P<whole>[ \t\r\n]*+(?P<comma>,?)[ \t\r\n]*+"
    r"(?:(?P<name>[A-Za-z0-9_-]++)[ \t\r\n]*+"
    r'(?:(?P<assigned>=[ \t\r\n]*+(?:"[^"]*+"?|[^ \t\r\n,]*+)))?|(?P<other>[^ \t\r\n,]*+,?)))'
    r"(?P<after>[ \t\r\n]*+)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a function changes: ``Name``, ``Name[2]``, ``Name[*]``, ``Name[1].param``.

    Attributes:
        name: of the header.
        indexed: whether there are brackets.
        every: whether they hold ``*``.
        index: counted from 1, negative from the last, 0 when there is none.
        param: name of a parameter, "" for the value itself.
    """

    name: str
    indexed: bool
    every: bool
    index: int
    param: str


def parse_target(text: str) -> Target:
    """Read what a function is to change.

    Raises:
        ValueError: when it is none.
    """
    match = _TARGET.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is no header name, with an index in brackets or a .parameter where wanted')
    index = int(match["index"] or 0)
    if index < LOWEST_INDEX:
        raise ValueError(f"the index is lower than {LOWEST_INDEX}")
    return Target(match["name"], match["brackets"] is not None, match["all"] is not None, index, match["param"] or "")


class ListValue(NamedTuple):
    """One value of a header field, with offsets in the message's head.

    Attributes:
        field: where it stands.
        start, end: without blanks around it.
        whole_start, whole_end: with the blanks before it and the comma behind it.
        last: whether it is the last of its field.
    """

    field: Field
    start: int
    end: int
    whole_start: int
    whole_end: int
    last: bool


def values_of(field: Field) -> Iterator[ListValue]:
    """Yield the values of a header field, at least one."""
    text, base = field.value, field.value_start
    position = 0
    while True:
        whole_start = position
        end = _VALUE.match(text, position).end()  # type: ignore[union-attr]  # it matches the empty text too
        written = text[position:end]
        start = position + len(written) - len(written.lstrip(BLANKS))
        value_end = max(start, position + len(written.rstrip(BLANKS)))
        position = min(end + 1, len(text))
        last = position >= len(text)
        yield ListValue(field, base + start, base + value_end, base + whole_start, base + position, last)
        if last:
            return


def _pick(found: list[T], index: int) -> T | None:
    place = index - 1 if index > 0 else index
    return found[place] if index and -len(found) <= place < len(found) else None


def _find(msg: Message, target: Target, index: int) -> ListValue | None:
    return _pick([value for field in fields_named(msg, target.name) for value in values_of(field)], index)


def _insert(msg: Message, field: Field, place: int, text: str) -> None:
    """Insert a value at the start of a value, or at the end of the field."""
    msg.edits.insert_after(place, f",{text}" if place == field.value_end else f"{text},")


def _delete(msg: Message, value: ListValue) -> None:
    """Delete a value with one comma; with the last one, the field."""
    field, start, end = value.field, value.whole_start, value.whole_end
    if end == field.value_end and start > field.value_start:
        start -= 1
    if (start, end) == (field.value_start, field.value_end):
        remove(msg, field)
    else:
        msg.edits.delete(start, end - start)


# --- adding ----------------------------------------------------------------------------------------


def append_value(msg: Message, target: Target, text: str) -> None:
    """Add a value behind another one, or in a new header field at the end.

    Args:
        msg: the message in work.
        target: without index, a new field is added; also where there is no such value.
        text: the value.
    """
    found = _find(msg, target, target.index or -1) if target.indexed else None
    if found is None:
        append(msg, target.name, text)
    else:
        _insert(msg, found.field, found.whole_end, text)


def insert_value(msg: Message, target: Target, text: str) -> bool:
    """Add a value in front of another one, or in a new header field in front of the first of its name.

    Args:
        msg: the message in work.
        target: without index, a new field is added.
        text: the value.

    Returns:
        Whether it was added; a value with a higher index than 1 must be there.
    """
    index = target.index or 1
    found = _find(msg, target, index)
    if found is None:
        if index == 1:
            append(msg, target.name, text)
        return index == 1
    if target.indexed:
        _insert(msg, found.field, found.whole_start, text)
    else:
        msg.edits.insert_after(found.field.start, f"{target.name}: {text}\r\n")
    return True


def contains(msg: Message, target: Target, text: str) -> bool:
    """Whether one of a header's values is a text, whatever the case of its letters."""
    return any(_equal(msg, value, text) for field in fields_named(msg, target.name) for value in values_of(field))


def _equal(msg: Message, value: ListValue, text: str) -> bool:
    return value.end > value.start and msg.head[value.start : value.end].lower() == text.lower()


def include_value(msg: Message, target: Target, text: str) -> None:
    """Add a value at the end of the first header field of a name, unless one of the fields has it already."""
    present = fields_named(msg, target.name)
    if contains(msg, target, text):
        return
    if present:
        _insert(msg, present[0], present[0].value_end, text)
    else:
        append(msg, target.name, text)


def exclude_value(msg: Message, target: Target, text: str) -> None:
    """Delete every value that is a text, whatever the case of its letters."""
    for field in fields_named(msg, target.name):
        for value in values_of(field):
            if _equal(msg, value, text):
                _delete(msg, value)


# --- deleting and assigning ------------------------------------------------------------------------


def change_value(msg: Message, target: Target, text: str | None) -> bool:
    """Delete a value or a parameter of it, or assign one.

    Args:
        msg: the message in work.
        target: what to change; the first value where there is no index.
        text: the new text; ``None`` deletes.

    Returns:
        Whether there was such a value.
    """
    if target.every:
        if not target.param:
            return _remove_fields(msg, target)
        changed = [
            _change_parameter(msg, value, target.param, text)
            for field in fields_named(msg, target.name)
            for value in values_of(field)
        ]
        return any(changed)
    found = _find(msg, target, target.index or 1)
    if found is None:
        return False
    if target.param:
        return _change_parameter(msg, found, target.param, text)
    if text is None:
        _delete(msg, found)
    else:
        msg.edits.replace(found.start, found.end - found.start, text)
    return True


def change_listed(msg: Message, target: Target, text: str | None) -> bool:
    """Change a header field as a whole or one of the parameters that it lists, as in ``Digest realm="a", nonce="b"``.

    Args:
        msg: the message in work.
        target: what to change; its index counts header fields.
        text: the new text; ``None`` deletes.

    Returns:
        Whether there was such a field.
    """
    present = fields_named(msg, target.name)
    if target.every:
        if not target.param:
            return _remove_fields(msg, target)
        changed = [_change_listed_parameter(msg, field, target.param, text) for field in present]
        return any(changed)
    field = _pick(present, target.index or 1)
    if field is None:
        return False
    if target.param:
        return _change_listed_parameter(msg, field, target.param, text)
    if text is None:
        remove(msg, field)
    else:
        msg.edits.replace(field.value_start, len(field.value), text)
    return True


def _remove_fields(msg: Message, target: Target) -> bool:
    present = fields_named(msg, target.name)
    for field in present:
        remove(msg, field)
    return bool(present)


def _change_parameter(msg: Message, value: ListValue, param: str, text: str | None) -> bool:
    """Change a parameter ``;name=value``; one that is assigned and not there is added behind the others."""
    written = msg.head[value.start : value.end]
    position = _BEFORE_PARAMS.match(written).end()  # type: ignore[union-attr]  # it matches the empty text too
    deleted = False
    while (match := _PARAM.match(written, position)) is not None:
        if match["name"].lower() == param.lower():
            if text is not None:
                _assign(msg, value.start, match.span("assigned"), text)
                return True
            msg.edits.delete(value.start + match.start(), match.end() - match.start())
            deleted = True
        position = match.end()
    if text is None:
        return deleted
    msg.edits.insert_after(value.start + position, f";{param}={text}" if text else f";{param}")
    return True


def _assign(msg: Message, base: int, span: tuple[int, int], text: str) -> None:
    msg.edits.replace(base + span[0], span[1] - span[0], f"={text}" if text else "")


def _change_listed_parameter(msg: Message, field: Field, param: str, text: str | None) -> bool:
    """Change a parameter ``name=value`` of a list with commas; one that is assigned and not there is added."""
    written, base, position, delimiter, deleted = field.value, field.value_start, 0, "", False
    while position < len(written) and (match := _LISTED_PARAM.match(written, position)) is not None:
        position = match.end()
        if match["name"] is None:
            continue
        if match["assigned"] is None:
            delimiter = delimiter or " "
            continue
        delimiter = ","
        if match["name"].lower() != param.lower():
            continue
        if text is not None:
            _assign(msg, base, match.span("assigned"), text)
            return True
        if not match["comma"] and written[position : position + 1] == ",":
            position += 1
            end = position
        else:
            end = match.end("whole")
        msg.edits.delete(base + match.start(), end - match.start())
        deleted = True
        delimiter = ""
    if text is None:
        return deleted
    added = f"{param}={text}" if text else param
    msg.edits.insert_after(base + len(written), f"{delimiter}{added}")
    return True
