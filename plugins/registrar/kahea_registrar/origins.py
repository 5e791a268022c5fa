"""Whether a message comes from where a user is registered."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from kahea.api import LocationContact, Message, UriError, parse_uri

SAME_PORT: Final = 1
SAME_PROTOCOL: Final = 2

_SECURE_PORT: Final = 5061
_PORT: Final = 5060


def comes_from(msg: Message, contact: LocationContact, mode: int) -> bool:
    """Whether a message comes from the address of a contact.

    Args:
        msg: the message in work.
        contact: its received address counts, its URI where there is none; a host name never fits.
        mode: `SAME_PORT` and `SAME_PROTOCOL`, added: what must be the same besides the address.

    Raises:
        UriError: the contact has a malformed address.
    """
    uri = parse_uri(contact.received or contact.uri)
    source = msg.source
    try:
        if ip_address(uri.host.strip("[]")) != ip_address(source.ip):
            return False
    except ValueError:
        return False
    secure = uri.scheme == "sips" or uri.transport in ("tls", "wss")
    if mode & SAME_PORT and source.port != (uri.port or (_SECURE_PORT if secure else _PORT)):
        return False
    return not mode & SAME_PROTOCOL or source.socket.protocol == (uri.transport or ("tls" if secure else "udp"))


def any_comes_from(msg: Message, contacts: list[LocationContact], mode: int) -> bool:
    """Whether a message comes from the address of one of the contacts; a malformed one ends the search."""
    try:
        return any(comes_from(msg, contact, mode) for contact in contacts)
    except UriError:
        return False
