"""The header fields of a message and their places in its head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kahea.api import Message, header_key

BLANKS: Final = " \t\r\n"


class Field(NamedTuple):
    """A header field.

    Attributes:
        key: its name in full and lower case.
        name: as written.
        value: without the blanks before it and the line end.
        start, end: of the field in the message's head, line end included.
        value_start: of the value.
    """

    key: str
    name: str
    value: str
    start: int
    value_start: int
    end: int

    @property
    def value_end(self) -> int:
        """Offset behind the value."""
        return self.value_start + len(self.value)


def fields(msg: Message) -> Iterator[Field]:
    """Yield the header fields of a message in order."""
    head = msg.head
    for key, field in zip(msg.index.keys, msg.header_fields, strict=False):
        after_colon = head.index(":", field.start) + 1
        # an empty value stands in front of the line end
        written = head[after_colon : field.end].rstrip("\r\n\0")
        value_start = after_colon + len(written) - len(written.lstrip(BLANKS))
        yield Field(key, field.name, field.value, field.start, value_start, field.end)


def fields_named(msg: Message, name: str) -> list[Field]:
    """Return the header fields of a name, in full or compact, in any case."""
    key = header_key(name)
    return [field for field in fields(msg) if field.key == key] if msg.has_header(name) else []


def remove(msg: Message, field: Field) -> None:
    """Leave a header field out when the message is sent."""
    msg.edits.delete(field.start, field.end - field.start)


def append(msg: Message, name: str, value: str) -> None:
    """Add a header field behind all others when the message is sent."""
    msg.edits.insert_after(len(msg.head), f"{name}: {value}\r\n")
