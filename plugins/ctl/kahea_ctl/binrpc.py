"""The binrpc format: packets of typed records, as kamcmd writes and reads them.

A packet is a header (magic and version, type, length of what follows, a cookie that the answer repeats) and records.
The first byte of a record holds a size and a type; where the size has its highest bit set, the rest of it tells on how
many bytes the real size follows. Structures and arrays stand between marks; a member of a structure has its name
before it.

Source: the description of the format in Kamailio's documentation of ctl.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

MAGIC_AND_VERSION: Final = 0xA1

REQUEST: Final = 0
REPLY: Final = 1
FAULT: Final = 3

INT: Final = 0
STRING: Final = 1
DOUBLE: Final = 2
STRUCT: Final = 3
ARRAY: Final = 4
MEMBER: Final = 5
BYTES: Final = 6

_LONG_SIZE: Final = 8
_END: Final = 0x80
_LONGEST_SHORT: Final = 7
_DOUBLE_SCALE: Final = 1000
"""A floating point number is written as thousandths."""

_INT_MIN: Final = -(2**31)
_INT_MAX: Final = 2**31 - 1

MAX_PACKET: Final = 65535
"""Bytes of a request; as many as Kamailio's buffer holds."""

MAX_DEPTH: Final = 32
"""Structures within each other that are written."""


class BadPacket(Exception):  # noqa: N818  (the protocol's word for it)
    """What was received is no packet; the text is the one that Kamailio answers."""


class Overflow(Exception):  # noqa: N818
    """An answer that is too long."""


class Incomplete(Exception):  # noqa: N818
    """More bytes are needed."""


def _number(value: int) -> bytes:
    """Return a number without leading zero bytes; nothing at all for 0."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def _sized(kind: int, content: bytes) -> bytes:
    """Return a record of bytes."""
    size = len(content)
    if size <= _LONGEST_SHORT:
        return bytes([size << 4 | kind]) + content
    length = _number(size)
    return bytes([(_LONG_SIZE | len(length)) << 4 | kind]) + length + content


def _text(kind: int, text: str) -> bytes:
    return _sized(kind, text.encode("utf-8", "surrogateescape") + b"\0")


def encode_scalar(value: Any) -> bytes:
    """Return the record of a number, a text or bytes.

    Raises:
        TypeError: it is something else.
    """
    match value:
        case bool():
            return encode_scalar(int(value))
        case int() if _INT_MIN <= value <= _INT_MAX:
            content = _number(value & 0xFFFFFFFF)
            return bytes([len(content) << 4 | INT]) + content
        case int() | float():
            content = _number(int(value * _DOUBLE_SCALE) & 0xFFFFFFFFFFFFFFFF)
            return bytes([len(content) << 4 | DOUBLE]) + content
        case str():
            return _text(STRING, value)
        case bytes():
            return _sized(BYTES, value)
        case None:
            return _text(STRING, "<null string>")
        case _:
            raise TypeError(f"{type(value).__name__} cannot be sent")


class Encoder:
    """Makes records of what commands return.

    Lists and dictionaries become structures: a list has values instead of members. A list of dictionaries that hold one
    structure each, all under the same name, becomes a structure with these members, as Kamailio's commands make it.

    Args:
        max_body: most bytes at the top, without those inside of structures.
        max_struct: most bytes of a structure, without those inside of further ones.
    """

    def __init__(self, max_body: int, max_struct: int) -> None:
        self._max_body = max_body
        self._max_struct = max_struct

    def encode(self, result: Any) -> bytes:
        """Return the records of a command's result; what a list at the top holds follows each other without a frame.

        Raises:
            Overflow: it is too long, or structures are nested too deeply.
            TypeError: no plain data.
        """
        if result is None:
            return b""
        values = result if isinstance(result, (list, tuple)) else [result]
        return self._records(((None, value) for value in values), self._max_body, 0)

    def _records(self, pairs: Iterable[tuple[Any, Any]], limit: int, depth: int) -> bytes:
        if depth > MAX_DEPTH:
            raise Overflow
        records = bytearray()
        inner_size = 0
        for name, value in pairs:
            if name is not None:
                records += _text(MEMBER, str(name))
            inner = _contents(value)
            if inner is None:
                records += encode_scalar(value)
            else:
                content = self._records(inner, self._max_struct, depth + 1)
                inner_size += len(content)
                records += bytes([STRUCT]) + content + bytes([_END | STRUCT])
            if len(records) - inner_size > limit:
                raise Overflow
        return bytes(records)


def _contents(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """Return the names and values of a structure, ``None`` for what is none."""
    if isinstance(value, Mapping):
        return value.items()
    if not isinstance(value, (list, tuple)):
        return None
    if _is_named(value):
        return [pair for one in value for pair in one.items()]
    return [(None, one) for one in value]


def _is_named(values: Sequence[Any]) -> bool:
    """Whether a list holds structures under one name: ``[{"alias": {...}}, {"alias": {...}}]``."""
    if not values or not all(isinstance(one, Mapping) and len(one) == 1 for one in values):
        return False
    names = {name for one in values for name in one}
    return len(names) == 1 and all(isinstance(inner, (Mapping, list)) for one in values for inner in one.values())


def encode_packet(kind: int, cookie: int, body: bytes) -> bytes:
    """Return a packet.

    Args:
        kind: ``REQUEST``, ``REPLY`` or ``FAULT``.
        cookie: that of the request.
        body: its records.
    """
    length = _number(len(body)) or b"\0"
    mark = _number(cookie) or b"\0"
    return bytes([MAGIC_AND_VERSION, kind << 4 | (len(length) - 1) << 2 | (len(mark) - 1)]) + length + mark + body


def encode_fault(cookie: int, code: int, reason: str) -> bytes:
    """Return the packet of a failure."""
    return encode_packet(FAULT, cookie, encode_scalar(code) + encode_scalar(reason))


def decode_header(data: bytes) -> tuple[int, int, int, int]:
    """Return type, cookie, where the records begin and where they end.

    Raises:
        Incomplete: the header is not there yet.
        BadPacket: it is none.
    """
    if len(data) < 4:
        raise Incomplete
    kind = data[1] >> 4
    if data[0] != MAGIC_AND_VERSION or kind not in (REQUEST, REPLY, FAULT):
        raise BadPacket("corrupted packet")
    after_length = 2 + (data[1] >> 2 & 3) + 1
    start = after_length + (data[1] & 3) + 1
    if len(data) < start:
        raise Incomplete
    length = int.from_bytes(data[2:after_length], "big")
    if length > MAX_PACKET:
        raise BadPacket("corrupted packet")
    return kind, int.from_bytes(data[after_length:start], "big"), start, start + length


def decode_values(data: bytes) -> list[str | int | float]:
    """Return the values of a request: its command and its parameters.

    Raises:
        BadPacket: records that no request holds.
    """
    return list(_read_values(data))


def _read_values(data: bytes) -> Iterator[str | int | float]:
    position = 0
    while position < len(data):
        kind = data[position] & 0xF
        size = data[position] >> 4
        position += 1
        if kind != DOUBLE and size & _LONG_SIZE:
            end = position + (size & 7)
            size = int.from_bytes(data[position:end], "big")
            position = end
        content = data[position : position + size]
        if len(content) < size:
            raise BadPacket("more data needed")
        position += size
        yield _value_of(kind, content)


def _value_of(kind: int, content: bytes) -> str | int | float:
    match kind:
        case 0:  # INT
            return int.from_bytes(content[-4:].rjust(4, b"\0"), "big", signed=True)
        case 1:  # STRING
            return content.removesuffix(b"\0").decode("utf-8", "surrogateescape")
        case 2:  # DOUBLE
            return int.from_bytes(content[-8:].rjust(8, b"\0"), "big", signed=True) / _DOUBLE_SCALE
        case 6:  # BYTES
            return content.decode("utf-8", "surrogateescape")
        case _:
            raise BadPacket("record doesn't match type")
