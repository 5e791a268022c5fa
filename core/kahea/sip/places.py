"""Texts ``[protocol:]host[:port]``, and the sockets of ours that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final, NamedTuple

from kahea.sip.endpoints import LocalSocket

PROTOCOLS: Final = frozenset(("udp", "tcp", "tls", "sctp", "ws", "wss"))
_PLACE: Final = re.compile(
    r"(?:(?P<protocol>[A-Za-z]+):(?=[^:]*:[0-9]+$|\[|[^:]*$)(?![0-9]+$))?"
    r"(?P<host>\[[^\[\]]*\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?"
)


class Place(NamedTuple):
    """A host, with protocol and port where they are given, as written.

    Attributes:
        protocol: "" when not given.
        host: IPv6 in brackets.
        port: "" when not given.
    """

    protocol: str
    host: str
    port: str

    @property
    def port_number(self) -> int:
        """The port, 0 when it is not given."""
        return int(self.port or 0)

    @property
    def ip(self) -> str | None:
        """The host as an address in its usual form, ``None`` when it is a name."""
        return address_of(self.host)


def address_of(host: str) -> str | None:
    """Return an address, with or without brackets, in its usual form; ``None`` for a name."""
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return None


def parse_place(text: str) -> Place:
    """Take ``[protocol:]host[:port]`` apart.

    Raises:
        ValueError: when the text has another form, an unknown protocol or a port above 65535.
    """
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not written as [protocol:]host[:port]')
    place = Place(match["protocol"] or "", match["host"], match["port"] or "")
    if place.protocol and place.protocol.lower() not in PROTOCOLS:
        raise ValueError(f'"{place.protocol}" is no protocol')
    if place.port_number > 65535:
        raise ValueError(f'"{place.port}" is no port')
    return place


def find_socket(sockets: Iterable[LocalSocket], place: Place) -> LocalSocket | None:
    """Return the first socket of ours at a place; what is not given may be anything."""
    protocol, host, port = place.protocol.lower(), place.ip or place.host.lower(), place.port_number
    for socket in sockets:
        hosts = (socket.ip, (socket.advertised_host or "").lower())
        if protocol in ("", socket.protocol) and host in hosts and port in (0, socket.port):
            return socket
    return None


def named_socket(sockets: Iterable[LocalSocket], name: str) -> LocalSocket | None:
    """Return the socket of ours with a name, which ``listen`` gives it; ``None`` when there is none."""
    return next((socket for socket in sockets if socket.name == name), None) if name else None
