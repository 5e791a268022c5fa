"""Addresses as the ``nameaddr`` and ``tobody`` transformations read them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from kahea.api import NameAddr, parse_name_addr

from kahea_pv.texts import length

_NAME_ADDR: Final = re.compile(r'(?P<name>(?:"(?:[^"\\]|\\.)*+"|[^"<]++)*+)<(?P<uri>[^>]*+)>', re.DOTALL)


class NameAndUri(NamedTuple):
    """The first ``name <uri>`` of a text.

    Attributes:
        name: what precedes the bracket, with quotes and blanks.
        uri: what stands between the brackets.
        size: bytes up to the closing bracket.
    """

    name: str
    uri: str
    size: int


@lru_cache(maxsize=16)
def name_and_uri(text: str) -> NameAndUri | None:
    """Find the first ``name <uri>``; a text without brackets is all URI.

    Args:
        text: such as the value of a From or Contact header.

    Returns:
        the parts; ``None`` when quotes or brackets are not closed.
    """
    match = _NAME_ADDR.match(text)
    if match is not None:
        return NameAndUri(match["name"], match["uri"], length(match[0]))
    return NameAndUri("", text, length(text)) if "<" not in text and '"' not in text else None


@lru_cache(maxsize=16)
def to_body(text: str) -> NameAddr | None:
    """Return a From or To value taken apart; ``None`` when it, or its URI, is malformed."""
    address = parse_name_addr(text)
    return address if address is not None and address.parsed_uri is not None else None
