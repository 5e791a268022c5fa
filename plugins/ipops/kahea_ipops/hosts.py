"""The names of this host, and the addresses of others by the system's resolver."""

from __future__ import annotations

import socket
from typing import NamedTuple

from kahea_ipops.addresses import Address, read


class HostNames(NamedTuple):
    """What ``$HN`` shows; "" for what is not known."""

    n: str
    f: str
    d: str
    i: str


def own_names() -> HostNames:
    """Ask the system for the host's name, once, at the start of the server."""
    full = socket.gethostname()
    name, _, domain = full.partition(".")
    try:
        ip = socket.gethostbyname(full)
    except OSError:
        ip = ""
    return HostNames(name, full, domain, ip)


def addresses_of(host: str) -> list[Address]:
    """Look a host name up; it may take seconds.

    Raises:
        OSError: when it cannot be resolved.
    """
    found = [
        read(str(entry[4][0]).partition("%")[0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    ]
    return [address for address in found if address is not None]
