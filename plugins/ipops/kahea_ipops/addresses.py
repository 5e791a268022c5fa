"""Recognises and compares IP addresses."""

from __future__ import annotations

import re
import socket
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

_LEADING_NUMBER: Final = re.compile(r"[ \t]*([+-]?[0-9]{1,9})?")


class IpType(IntEnum):
    """What a text is, with the numbers of ``ip_type``."""

    IPV4 = 1
    IPV6 = 2
    REFERENCE = 3
    """IPv6 in brackets."""


class Address(NamedTuple):
    """An address: 4 or 6, and its bits as a number."""

    version: int
    number: int

    @property
    def bits(self) -> int:
        """How many bits it has."""
        return 32 if self.version == 4 else 128


def read(text: str) -> Address | None:
    """Return the address that a text is, without brackets; ``None`` when it is none (RFC 3986 section 3.2.2)."""
    try:
        if ":" in text:
            return Address(6, int.from_bytes(socket.inet_pton(socket.AF_INET6, text), "big"))
        return Address(4, int.from_bytes(socket.inet_pton(socket.AF_INET, text), "big"))
    except (OSError, ValueError):
        return None


def type_of(text: str) -> IpType | None:
    """Return what kind of address a text is, ``None`` for none."""
    if text[:1] == "[":
        inner = read(text[1:-1]) if text[-1:] == "]" else None
        return IpType.REFERENCE if inner is not None and inner.version == 6 else None
    address = read(text)
    if address is None:
        return None
    return IpType.IPV4 if address.version == 4 else IpType.IPV6


def read_either(text: str) -> Address | None:
    """Return the address that a text is, IPv6 with brackets or without."""
    if text[:1] == "[":
        return read(text[1:-1]) if type_of(text) is IpType.REFERENCE else None
    return read(text)


class Network(NamedTuple):
    """A network: bits of its addresses that count, and their values."""

    version: int
    shift: int
    prefix: int


def network(text: str) -> Network | None:
    """Read a network ``address/length`` or an address.

    Args:
        text: bits of the address beyond the length are ignored; a length that is no number counts as 0, as in Kamailio.
    """
    written, slash, length = text.rpartition("/")
    address = read(written if slash else text)
    if address is None:
        return None
    match = _LEADING_NUMBER.match(length) if slash else None
    bits = address.bits if match is None else int(match[1] or 0)
    if not 0 <= bits <= address.bits:
        return None
    shift = address.bits - bits
    return Network(address.version, shift, address.number >> shift)


@lru_cache(maxsize=1024)
def networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list with commas; what is none is left out."""
    read_ones = (network(part.strip(" ")) for part in text.split(","))
    return tuple(one for one in read_ones if one is not None)


def within(text: str, subnets: str) -> bool:
    """Whether an address, IPv6 without brackets, is in one of the networks of a list with commas."""
    address = read(text)
    if address is None:
        return False
    version, number = address
    return any(number >> one.shift == one.prefix for one in networks(subnets) if one.version == version)
