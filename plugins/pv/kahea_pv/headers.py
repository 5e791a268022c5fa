"""Headers as ``$hdr``, ``$hfl`` and the variables of single headers show them."""

from __future__ import annotations

from typing import Final

from kahea.api import STAR, Contact, Message, NameAddr, Value, Via, parse_addresses, split_commas

from kahea_pv.uris import PROTOCOL_NUMBERS

Index = int | str | None
"""A number, ``"*"`` for all, or nothing."""

_LISTS: Final = frozenset(
    ("via", "v", "route", "record-route", "contact", "m", "diversion", "p-preferred-identity", "p-asserted-identity")
)
"""Headers whose elements ``$hfl`` counts, wherever they stand."""

_MAX_EXPIRES_DIGITS: Final = 10


def _pick(values: list[str], index: int) -> str | None:
    return values[index] if -len(values) <= index < len(values) else None


def _values(msg: Message, name: str) -> list[str]:
    return [field.value for field in msg.header_fields] if name == "*" else msg.header_values(name)


def header(msg: Message, name: str, index: Index) -> str | None:
    """Return a header's value.

    Args:
        msg: the message.
        name: in any case, full or compact; ``*`` for any header.
        index: which of several, negative from the last; ``"*"`` for all, with commas between.
    """
    if index == "*":
        values = _values(msg, name)
        return ",".join(values) if values else None
    place = index if isinstance(index, int) else 0
    return _pick(_values(msg, name), place) if name == "*" else msg.header(name, place)


def header_count(msg: Message, name: str) -> int:
    """Return how many header fields have a name."""
    return len(msg.header_values(name))


def element(msg: Message, name: str, index: Index) -> str | None:
    """Return an element of a header that is a list, wherever it stands; of another header as `header`."""
    if index == "*" or name.lower() not in _LISTS:
        return header(msg, name, index)
    return _pick(_elements(msg, name), index if isinstance(index, int) else 0)


def element_count(msg: Message, name: str) -> int:
    """Return how many elements a header has in all that is a list; of another header as `header_count`."""
    return len(_elements(msg, name)) if name.lower() in _LISTS else header_count(msg, name)


def _elements(msg: Message, name: str) -> list[str]:
    return [part for value in msg.header_values(name) for part in split_commas(value)]


def address(msg: Message, name: str, index: int = 0) -> NameAddr | None:
    """Return an address of a header that is a list of them; ``None`` when there are not so many."""
    values = msg.header_values(name)
    if not values:
        return None
    addresses = parse_addresses(values)
    index = max(index, 0)
    return addresses[index] if index < len(addresses) else None


def first_contact(msg: Message) -> Contact | None:
    """Return the first contact; ``None`` without one or for ``*``."""
    contacts = msg.contacts
    return contacts[0] if contacts != STAR and contacts else None


def expires(msg: Message) -> list[int] | None:
    """Return the lifetimes that the contacts ask for, in seconds.

    A contact without ``expires`` counts with the Expires header, if there is one; without contacts the header counts.

    Returns:
        the lifetimes; ``None`` when there are none or one is no number.
    """
    general = msg.header("expires")
    found = []
    contacts = msg.contacts
    if contacts != STAR:
        for contact in contacts:
            asked = contact.params.get("expires") or general
            if asked is not None:
                found.append(asked)
    if not found and general is not None:
        found.append(general)
    numbers = [text.strip() for text in found]
    if not numbers or not all(
        text.isdecimal() and text.isascii() and len(text) <= _MAX_EXPIRES_DIGITS for text in numbers
    ):
        return None
    return [int(text) for text in numbers]


# --- Via -------------------------------------------------------------------------------------------

VIA_KEYS: Final = ("host", "port", "proto", "protoid", "branch", "rport", "received", "i", "params")
"""Keys of ``$via0(key)``."""


def via_attribute(via: Via | None, key: str) -> Value:
    """Return a part of a Via.

    Args:
        via: from the message.
        key: one of `VIA_KEYS`.
    """
    if via is None:
        return None
    if key == "host":
        return via.host
    if key == "port":
        return via.port or 5060
    if key == "proto":
        return via.protocol
    if key == "protoid":
        return PROTOCOL_NUMBERS.get(via.protocol.lower(), 0)
    if key == "params":
        return via.params_text.lstrip("; ") or None
    return via.params.get(key) or None
