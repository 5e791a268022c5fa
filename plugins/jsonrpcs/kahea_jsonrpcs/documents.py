"""JSON as Kamailio writes it, and documents cut out of a stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

MAX_DEPTH: Final = 64
"""Objects and arrays within each other that are written."""

_encode_text: Final = json.JSONEncoder(ensure_ascii=False).encode


def to_text(value: Any, *, pretty: bool) -> str:
    """Return a document.

    Args:
        value: plain data.
        pretty: whether members stand on lines of their own, indented by tabs.

    Raises:
        ValueError: it is nested too deeply.
        TypeError: no plain data.
    """
    return _pretty(value, 0) if pretty else _compact(value, 0)


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _number(value)
        case str():
            return _quoted(value)
        case bytes():
            return _quoted(value.decode("utf-8", "surrogateescape"))
        case _:
            raise TypeError(f"{type(value).__name__} cannot be sent")


def _quoted(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes of a message that are no UTF-8: a document may not hold them as they are
        return json.dumps(text)
    return _encode_text(text)


def _number(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return "null"
    if value.is_integer() and abs(value) < 1e60:
        return f"{value:.0f}"
    return f"{value:e}" if abs(value) < 1e-6 or abs(value) > 1e9 else f"{value:f}"


def _pretty(value: Any, depth: int) -> str:
    _check(depth)
    if isinstance(value, Mapping):
        tabs = "\t" * (depth + 1)
        members = ",\n".join(f"{tabs}{_quoted(str(name))}:\t{_pretty(one, depth + 1)}" for name, one in value.items())
        return "{\n" + (members and members + "\n") + "\t" * depth + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_pretty(one, depth + 1) for one in value) + "]"
    return _scalar(value)


def _compact(value: Any, depth: int) -> str:
    _check(depth)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quoted(str(name))}:{_compact(one, depth + 1)}" for name, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_compact(one, depth + 1) for one in value) + "]"
    return _scalar(value)


def _check(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValueError("the answer is nested too deeply")


class Splitter:
    """Cuts objects out of bytes that arrive in pieces; what stands between objects is passed over.

    Args:
        limit: most bytes of an object; a longer one is dropped.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.forget()

    def forget(self) -> None:
        """Drop what has arrived of an object."""
        self._object = bytearray()
        self._depth = 0
        self._in_text = False
        self._escaped = False

    @property
    def is_within(self) -> bool:
        """Whether an object has begun and not ended."""
        return self._depth > 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the objects that end in *data*."""
        found = []
        for byte in data:
            if self._depth:
                self._object.append(byte)
            self._take(byte)
            if self._object and not self._depth:
                found.append(bytes(self._object))
                self.forget()
            elif len(self._object) > self._limit:
                self.forget()
        return found

    def _take(self, byte: int) -> None:
        if self._in_text:
            if self._escaped:
                self._escaped = False
            elif byte == 0x5C:  # backslash
                self._escaped = True
            elif byte == 0x22:
                self._in_text = False
        elif byte == 0x7B:  # {
            self._depth += 1
            if self._depth == 1:
                self._object.append(byte)
        elif self._depth:
            if byte == 0x22:
                self._in_text = True
            elif byte == 0x7D:  # }
                self._depth -= 1
