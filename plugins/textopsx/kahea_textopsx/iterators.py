"""Iterators over the header fields and over the lines of the body of a message."""

from __future__ import annotations

from typing import Generic, TypeVar

from kahea.api import Message, allocate_slot

from kahea_textopsx.fields import Field, fields

T = TypeVar("T")

_HEADERS_SLOT = allocate_slot()
_LINES_SLOT = allocate_slot()


class Iterator(Generic[T]):
    """Walks over the parts of a message as it was when the walk began.

    Args:
        items: the parts.
    """

    __slots__ = ("_items", "_position", "ended")

    def __init__(self, items: list[T]) -> None:
        self._items = items
        self.restart()

    def restart(self) -> None:
        """Stand in front of the first part."""
        self._position = -1
        self.ended = False

    def close(self) -> None:
        """Stand behind the last part."""
        self._position = -1
        self.ended = True

    @property
    def current(self) -> T | None:
        """The part where it stands."""
        return self._items[self._position] if 0 <= self._position < len(self._items) else None

    def next(self) -> bool:
        """Go to the next part; returns whether there is one."""
        if self.ended:
            return False
        self._position += 1
        self.ended = self._position >= len(self._items)
        return not self.ended

    def previous(self) -> bool:
        """Go back by one part, at last in front of the first; returns whether the end was not reached before."""
        if self.ended:
            return False
        self._position = max(self._position - 1, -1)
        return True


class Line:
    """A line of the body: its place in the body's text, and the text with its line end."""

    __slots__ = ("start", "text")

    def __init__(self, start: int, text: str) -> None:
        self.start = start
        self.text = text


def _body_lines(msg: Message) -> list[Line]:
    body = msg.body.decode("utf-8", "surrogateescape")
    found = []
    start = 0
    for piece in body.split("\n"):
        text = body[start : start + len(piece) + 1]
        if text:
            found.append(Line(start, text))
        start += len(text)
    return found


def start_headers(msg: Message, name: str) -> bool:
    """Begin to walk over the header fields; returns whether there are any."""
    found = list(fields(msg))
    _named(msg, _HEADERS_SLOT)[name] = Iterator(found)
    return bool(found)


def headers(msg: Message, name: str) -> Iterator[Field] | None:
    """Return the iterator over header fields that has a name."""
    return _named(msg, _HEADERS_SLOT).get(name)


def start_lines(msg: Message, name: str) -> bool:
    """Begin to walk over the lines of the body; returns whether the message can have one."""
    _named(msg, _LINES_SLOT)[name] = Iterator(_body_lines(msg))
    return True


def lines(msg: Message, name: str) -> Iterator[Line] | None:
    """Return the iterator over lines of the body that has a name."""
    return _named(msg, _LINES_SLOT).get(name)


def edit_line(msg: Message, place: int, length: int, insert: str) -> None:
    """Put text in the place of other text of the body when the message is sent."""
    msg.edits.edit_body(msg.body, [(place, place + length, insert)])


def _named(msg: Message, slot: int) -> dict[str, Iterator]:  # type: ignore[type-arg]  # fields or lines, by slot
    named = msg.get_slot(slot)
    if not isinstance(named, dict):
        named = {}
        msg.set_slot(slot, named)
    return named
