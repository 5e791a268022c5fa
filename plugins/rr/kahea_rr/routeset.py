"""The Route headers of a request, with the place of each URI, so that parts of them can be removed."""

from __future__ import annotations

import re
from typing import Final

from kahea.api import Message

_BLANK: Final = r"[ \t\r\n]*+"
_QUOTED: Final = r'"(?:[^"\\]|\\.)*+"'
# route-param = name-addr *( SEMI rr-param ), RFC 3261 25.1: the angle brackets must be there.
_ELEMENT: Final = re.compile(
    rf"{_BLANK}(?P<name>(?:{_QUOTED}|[^<>\",;])*+<(?P<uri>[^>]*+)>(?:{_BLANK};(?:{_QUOTED}|[^,;<>\"])*+)*+){_BLANK}(?:,|$)",
    re.DOTALL,
)


class MalformedRouteError(ValueError):
    """A Route header breaks its grammar."""


class Element:
    """One URI of a Route header.

    Attributes:
        uri: its text, without the brackets.
        start, end: offsets in the message's head, display name and parameters included.
    """

    __slots__ = ("end", "start", "uri")

    def __init__(self, uri: str, start: int, end: int) -> None:
        self.uri = uri
        self.start = start
        self.end = end


class RouteField:
    """One Route header field.

    Attributes:
        start, end: offsets in the message's head of its name and behind its line end.
        body: offset of its value.
    """

    __slots__ = ("_elements", "_line", "body", "end", "start")

    def __init__(self, line: str, start: int) -> None:
        self._line = line
        self._elements: list[Element] | None = None
        self.start = start
        self.end = start + len(line) + 1
        self.body = start + len(line) - len(line.partition(":")[2].lstrip(" \t\r\n"))

    @property
    def elements(self) -> list[Element]:
        """Its URIs, at least one.

        Raises:
            MalformedRouteError: it cannot be read to its end.
        """
        elements = self._elements
        if elements is None:
            elements = self._elements = self._parse()
        return elements

    def _parse(self) -> list[Element]:
        value = self._line[self.body - self.start :].rstrip(" \t\r\n\0")
        elements: list[Element] = []
        place = 0
        while True:
            match = _ELEMENT.match(value, place)
            if match is None:
                raise MalformedRouteError(f'cannot read the Route "{value}"')
            start = self.body + match.start("name")
            elements.append(Element(match["uri"].strip(" \t"), start, start + len(match["name"].rstrip(" \t\r\n"))))
            place = match.end()
            if value[place - 1] != ",":
                return elements


def route_fields(msg: Message) -> list[RouteField]:
    """Return the Route header fields of a message in order."""
    if not msg.has_header("route"):
        return []
    fields = []
    index = msg.index
    start = len(msg.first_line) + 1
    for key, line in zip(index.keys, index.lines):  # noqa: B905 - strict= costs on the hot path
        if key == "route":
            fields.append(RouteField(line, start))
        start += len(line) + 1
    return fields


class Cursor:
    """A place in the route set, from the top; what is passed can be removed from the message.

    Raises:
        MalformedRouteError: the first field cannot be read; later ones when they are reached.
    """

    __slots__ = ("_element", "_elements", "_fields", "_index", "_msg")

    def __init__(self, msg: Message, fields: list[RouteField]) -> None:
        self._msg = msg
        self._fields = fields
        self._index = 0
        self._element = 0
        self._elements = fields[0].elements

    @property
    def uri(self) -> str:
        """The URI at this place."""
        return self._elements[self._element].uri

    def step(self) -> bool:
        """Go to the next URI; a field that ends here is removed.

        Returns:
            Whether there is one.
        """
        if self._element + 1 < len(self._elements):
            self._element += 1
            return True
        field = self._fields[self._index]
        self._delete(field.start, field.end)
        if self._index + 1 == len(self._fields):
            return False
        self._index += 1
        self._element = 0
        self._elements = self._fields[self._index].elements
        return True

    def remove_passed(self) -> None:
        """Remove what stands before this place in its field."""
        if self._element:
            self._delete(self._fields[self._index].body, self._elements[self._element].start)

    def remove(self) -> None:
        """Remove the URI at this place and what stands before it in its field."""
        field = self._fields[self._index]
        if self._element + 1 < len(self._elements):
            self._delete(field.body, self._elements[self._element + 1].start)
        else:
            self._delete(field.start, field.end)

    def take_last(self) -> str:
        """Remove the last URI of the whole route set and return it.

        Raises:
            MalformedRouteError: the last field cannot be read.
        """
        field = self._fields[-1]
        elements = field.elements
        if len(elements) > 1:
            self._delete(elements[-2].end, elements[-1].end)
        else:
            self._delete(field.start, field.end)
        return elements[-1].uri

    def _delete(self, start: int, end: int) -> None:
        self._msg.edits.delete(start, end - start)
