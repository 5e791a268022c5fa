"""Keys and records as they are stored.

A key is ``table NUL key``. LMDB takes 511 bytes: of a key of more than 400 bytes the first 384 are kept, then a hash,
and the record has the key itself. Stored so it is longer than any short key, so that the two cannot meet.

A record is a byte of flags, the expiry, the length and the text of a long key (each where its flag is set), the value
as msgpack.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar, cast

import msgspec

T = TypeVar("T")

SHORT_KEY: Final = 400
"""Bytes of the longest key that is stored as it is."""

_KEPT: Final = 384
_EXPIRES: Final = 1
_LONG_KEY: Final = 2
_ESCAPED: Final = 4
_DOUBLE: Final = struct.Struct("<d")
_LENGTH: Final = struct.Struct("<I")


def key_bytes(text: str) -> bytes:
    """Return a key's text as bytes."""
    return text.encode("utf-8", "surrogateescape")


def stored_key(prefix: bytes, key: bytes) -> bytes:
    """Return the key under which a record is stored.

    Args:
        prefix: the table's name and a NUL.
        key: within the table.
    """
    if len(key) <= SHORT_KEY:
        return prefix + key
    return prefix + key[:_KEPT] + hashlib.blake2b(key, digest_size=32).digest()


def scan_prefix(prefix: bytes, wanted: bytes) -> bytes:
    """Return with what the stored keys begin whose keys begin with *wanted*; long ones are to be looked at."""
    return prefix + wanted[:_KEPT]


def expiry(record: bytes) -> float | None:
    """Return when a record expires, ``None`` for never."""
    if not record[0] & _EXPIRES:
        return None
    expires: float = _DOUBLE.unpack_from(record, 1)[0]
    return expires


def own_key(record: bytes, key: bytes) -> bytes:
    """Return the whole key of a record that is stored under *key* (without the table's name)."""
    if not record[0] & _LONG_KEY:
        return key
    start = 1 + (_DOUBLE.size if record[0] & _EXPIRES else 0)
    length = _LENGTH.unpack_from(record, start)[0]
    start += _LENGTH.size
    return record[start : start + length]


def with_expiry(record: bytes, expires: float | None) -> bytes:
    """Return a record with another expiry."""
    rest = record[1 + _DOUBLE.size :] if record[0] & _EXPIRES else record[1:]
    if expires is None:
        return bytes((record[0] & ~_EXPIRES,)) + rest
    return bytes((record[0] | _EXPIRES,)) + _DOUBLE.pack(expires) + rest


def _payload(record: bytes) -> bytes:
    flags = record[0]
    start = 1
    if flags & _EXPIRES:
        start += _DOUBLE.size
    if flags & _LONG_KEY:
        start += _LENGTH.size + _LENGTH.unpack_from(record, start)[0]
    return record[start:]


class Codec(Generic[T]):
    """Values of a type to records and back.

    Args:
        kind: the type, as for msgspec.
    """

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode: Callable[[bytes], T] = msgspec.msgpack.Decoder(kind).decode

    def encode(self, value: T, key: bytes, expires: float | None) -> bytes:
        """Return a record.

        Raises:
            TypeError, OverflowError: the value cannot be encoded.
        """
        flags = 0
        try:
            payload = self._encode(value)
        except UnicodeEncodeError:  # bytes that are not UTF-8, in text that came from a message
            flags = _ESCAPED
            payload = self._encode(_mapped(msgspec.to_builtins(value), _bytes_as_text))
        if len(key) > SHORT_KEY:
            flags |= _LONG_KEY
            payload = _LENGTH.pack(len(key)) + key + payload
        if expires is not None:
            return bytes((flags | _EXPIRES,)) + _DOUBLE.pack(expires) + payload
        return bytes((flags,)) + payload

    def decode(self, record: bytes) -> T:
        """Return the value of a record.

        Raises:
            msgspec.DecodeError: it holds something else.
        """
        flags = record[0]
        if not flags:
            return self._decode(record[1:])
        if not flags & _ESCAPED:
            return self._decode(_payload(record))
        plain = _mapped(msgspec.msgpack.decode(_payload(record)), _text_of_bytes)
        return cast("T", msgspec.convert(plain, self._kind))


def _mapped(value: Any, text: Any) -> Any:
    """Return plain data with *text* applied to each string."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return [_mapped(one, text) for one in value]
    if isinstance(value, dict):
        return {_mapped(key, text): _mapped(one, text) for key, one in value.items()}
    return value


def _bytes_as_text(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _text_of_bytes(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "surrogateescape")
