"""Bodies of several parts (RFC 2046 section 5.1)."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final, NamedTuple

from kahea.api import Message

from kahea_textops.bodies import decoded, encoded, set_body
from kahea_textops.headers import append

DEFAULT_BOUNDARY: Final = "unique-boundary-1"

_BOUNDARY: Final = re.compile(r';\s*boundary\s*=\s*(?:"([^"]+)"|([^;\s"]+))', re.IGNORECASE)
_CONTENT_TYPE: Final = re.compile(r"^content-type[ \t]*:[ \t]*([^\r\n;]*)[^\r\n]*\r?\n", re.IGNORECASE | re.MULTILINE)
_BLANK_LINE: Final = re.compile(r"^\r?\n", re.MULTILINE)


class Part(NamedTuple):
    """A part of a body; all places are offsets in the body's text."""

    delimiter_start: int
    """The delimiter line in front of it."""
    start: int
    """Its first header."""
    content_type: str
    """Media type in lower case, "" without a Content-Type header."""
    type_start: int
    type_end: int
    """The Content-Type header line."""
    content_start: int
    next_delimiter_start: int
    next_delimiter_end: int


class Multipart(NamedTuple):
    """A body of several parts."""

    text: str
    boundary: str
    parts: list[Part]
    closing_start: int
    """The last delimiter line."""

    def first(self, content_type: str) -> Part | None:
        """Return the first part of a media type, ``None`` if there is none."""
        wanted = content_type.strip().lower()
        return next((part for part in self.parts if part.content_type == wanted), None)


def boundary_of(msg: Message) -> str | None:
    """Return the boundary that the Content-Type header names, ``None`` if the body does not consist of parts."""
    content_type = msg.content_type or ""
    if not content_type.lower().startswith("multipart/"):
        return None
    match = _BOUNDARY.search(content_type)
    return None if match is None else match[1] or match[2]


def parse(msg: Message) -> Multipart | None:
    """Take a message's body apart, ``None`` if it does not consist of parts."""
    boundary = boundary_of(msg)
    if boundary is None:
        return None
    text = decoded(msg.body)
    line = re.compile(rf"^--{re.escape(boundary)}(?:--)?[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
    delimiters = list(line.finditer(text))
    if not delimiters:
        return None
    parts = [
        _part(text, before.start(), before.end(), after.start(), after.end()) for before, after in pairwise(delimiters)
    ]
    return Multipart(text, boundary, parts, delimiters[-1].start())


def _part(text: str, delimiter_start: int, start: int, next_start: int, next_end: int) -> Part:
    blank = _BLANK_LINE.search(text, start, next_start)
    headers_end, content_start = (next_start, next_start) if blank is None else blank.span()
    match = _CONTENT_TYPE.search(text, start, headers_end)
    content_type, span = ("", (start, start)) if match is None else (match[1].strip().lower(), match.span())
    return Part(delimiter_start, start, content_type, *span, content_start, next_start, next_end)


def keep_part(msg: Message, content_type: str) -> bool:
    """Leave of a multipart/mixed body only the content of the first part of a type; returns whether it is there."""
    body = parse(msg)
    if body is None or not (msg.content_type or "").lower().startswith("multipart/mixed"):
        return False
    part = body.first(content_type)
    if part is None:
        return False
    end = part.next_delimiter_start
    # the line end in front of a delimiter belongs to the delimiter
    end -= len(body.text[:end]) - len(body.text[:end].removesuffix("\n").removesuffix("\r"))
    msg.edits.edit_body(msg.body, [(0, part.content_start, ""), (max(end, part.content_start), len(body.text), "")])
    return True


def remove_part(msg: Message, content_type: str) -> bool:
    """Leave out the first part of a type; returns whether it is there."""
    body = parse(msg)
    part = body.first(content_type) if body is not None else None
    if body is None or part is None:
        return False
    if part.next_delimiter_start == body.closing_start:
        msg.edits.edit_body(msg.body, [(part.delimiter_start, part.next_delimiter_start, "")])
    else:
        msg.edits.edit_body(msg.body, [(part.start, part.next_delimiter_end, "")])
    return True


def append_part(msg: Message, content: bytes, content_type: str, disposition: str = "") -> bool:
    """Add a part at the end.

    Args:
        msg: whose body; it must consist of parts.
        content: of the new part.
        content_type: of the new part; more header lines may follow it.
        disposition: value of its Content-Disposition header, "" for none.

    Returns:
        Whether it was added.
    """
    body = parse(msg)
    if body is None or not content or not content_type:
        return False
    part = f"--{body.boundary}\r\n{_part_text(decoded(content), content_type, disposition)}"
    msg.edits.edit_body(msg.body, [(body.closing_start, body.closing_start, part)])
    return True


def set_parts(msg: Message, content: bytes, content_type: str, boundary: str) -> bool:
    """Make the body one of several parts with a single one.

    Args:
        msg: whose body.
        content: of the part; empty to take the received body and its type, unless it consists of parts already.
        content_type: of the part; empty for text/plain.
        boundary: between parts; empty for `DEFAULT_BOUNDARY`.

    Returns:
        Whether the body consists of parts now; it does not when there is nothing to put into it.
    """
    if not content and boundary_of(msg) is not None:
        return True
    kind = content_type or "text/plain"
    if not content:
        content = msg.body
        kind = msg.content_type or kind
    if not content:
        return False
    boundary = boundary or DEFAULT_BOUNDARY
    text = f"--{boundary}\r\n{_part_text(decoded(content), kind, '')}--{boundary}--\r\n"
    set_body(msg, encoded(text), f'multipart/mixed;boundary="{boundary}"')
    return append(msg, "Mime-Version: 1.0\r\n")


def _part_text(content: str, content_type: str, disposition: str) -> str:
    line = f"Content-Disposition: {disposition}\r\n" if disposition else ""
    end = "" if content.endswith("\r\n\r\n") else "\r\n"
    return f"Content-Type: {content_type}\r\n{line}\r\n{content}{end}"
