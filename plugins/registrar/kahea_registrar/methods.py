"""The methods that a contact takes, as bits in Kamailio's order."""

from __future__ import annotations

import re
from typing import Final

from kahea.api import ALL_METHODS, Message

_METHODS: Final = (
    *("INVITE", "CANCEL", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS", "PRACK"),
    *("UPDATE", "REFER", "PUBLISH", "KDMQ", "GET", "POST", "PUT", "DELETE"),
)
_BITS: Final = {name: 1 << place for place, name in enumerate(_METHODS)}
_OTHER: Final = 1 << len(_METHODS)
_TOKENS: Final = re.compile(r"[ \t\r\n]*([A-Za-z0-9\-.!%*_+`'~]+)[ \t\r\n]*(?:,|\Z)")


def method_bit(method: str) -> int:
    """Return the bit of a method; all unknown ones have the same."""
    return _BITS.get(method.upper(), _OTHER)


def method_bits(text: str) -> int | None:
    """Return the bits of a list of methods, ``None`` when it is malformed.

    Args:
        text: as in Allow, "INVITE, ACK".
    """
    bits = position = 0
    text = text.rstrip(" \t\r\n")
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None:
            return None
        bits |= method_bit(match[1])
        position = match.end()
    return bits


def allowed_methods(msg: Message) -> int:
    """Return the bits of the methods in Allow; all without such a header, or with a malformed one."""
    values = msg.header_values("Allow")
    if not values:
        return ALL_METHODS
    bits = 0
    for value in values:
        found = method_bits(value)
        if found is None:
            return ALL_METHODS
        bits |= found
    return bits
