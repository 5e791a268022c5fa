"""The hash of Kamailio's core, where its value is seen from outside: in answers of RPC commands and in URIs."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

_MASK: Final = 0xFFFFFFFF


def _words(data: bytes) -> Iterator[int]:
    """Yield words of four bytes, then what is left over, 0 for nothing."""
    whole = len(data) // 4
    yield from struct.unpack_from(f">{whole}I", data)
    yield int.from_bytes(data[whole * 4 :], "big")


def core_hash(first: bytes, second: bytes = b"", bits: int = 32) -> int:
    """Return the hash that Kamailio's core uses for its tables.

    Args:
        first: a text.
        second: another one, empty for none.
        bits: how many bits of the hash count, 1 to 32.

    Returns:
        0 to 2**bits - 1.
    """
    texts = (first, second) if second else (first,)
    total = sum(word ^ (word >> 3) for text in texts for word in _words(text)) & _MASK
    mixed = (total + (total >> 11) + (total >> 13) + (total >> 23)) & _MASK
    return mixed & ((1 << bits) - 1)
