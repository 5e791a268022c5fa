"""What the system says about names: resolv.conf(5) and hosts(5)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

from kahea.net.dns.questions import numeric

RESOLV_CONF: Final = Path("/etc/resolv.conf")
HOSTS: Final = Path("/etc/hosts")

DNS_PORT: Final = 53
MAX_SERVERS: Final = 3
"""Name servers that are used, as by the C library."""
MAX_SEARCH: Final = 6

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NameServer:
    """A name server.

    Args:
        ip: address text without brackets; IPv6 may have a scope (``fe80::1%eth0``).
        port: 1 to 65535.
    """

    ip: str
    port: int = DNS_PORT


@dataclass(frozen=True, slots=True)
class System:
    """What resolv.conf says.

    Attributes:
        servers: name servers, in order.
        search: domains that are tried behind a name, without dots around them.
        ndots: a name with as many dots is tried as it is first.
        timeout: seconds to wait for the first answer of a server.
        attempts: rounds through the servers.
    """

    servers: tuple[NameServer, ...] = (NameServer("127.0.0.1"),)
    search: tuple[str, ...] = ()
    ndots: int = 1
    timeout: float = 5.0
    attempts: int = 2


def parse_resolv_conf(text: str, environment: Mapping[str, str], host_name: str = "") -> System:
    """Read resolv.conf; lines that make no sense are passed over, as by the C library.

    Args:
        text: of the file.
        environment: ``LOCALDOMAIN`` and ``RES_OPTIONS`` change what the file says.
        host_name: of this machine; its domain is searched where nothing else is named.
    """
    servers: list[NameServer] = []
    search: list[str] | None = None
    options: list[str] = []
    for line in text.splitlines():
        if line.startswith(("#", ";")):
            continue
        word, *values = line.split() or [""]
        if word == "nameserver" and values:
            ip = values[0].partition("%")[0]
            if numeric(ip) is not None and len(servers) < MAX_SERVERS:
                servers.append(NameServer(values[0]))
        elif word in ("domain", "search"):
            search = values
        elif word == "options":
            options += values
    if "LOCALDOMAIN" in environment:
        search = environment["LOCALDOMAIN"].split()
    if search is None:
        search = [host_name.partition(".")[2]]
    options += environment.get("RES_OPTIONS", "").split()
    numbers = {"ndots": 1, "timeout": 5, "attempts": 2}
    limits = {"ndots": (0, 15), "timeout": (1, 30), "attempts": (1, 5)}
    for option in options:
        name, _, digits = option.partition(":")
        if name in numbers and digits.isascii() and digits.isdecimal():
            low, high = limits[name]
            numbers[name] = max(low, min(int(digits[:4]), high))
    domains = tuple(domain.strip(".").lower() for domain in search[:MAX_SEARCH])
    return System(
        tuple(servers) or (NameServer("127.0.0.1"),),
        tuple(domain for domain in domains if domain),
        numbers["ndots"],
        float(numbers["timeout"]),
        numbers["attempts"],
    )


def parse_hosts(text: str) -> dict[str, tuple[str, ...]]:
    """Return the addresses of each name of a hosts file, in the order of its lines."""
    hosts: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        ip = numeric(address)
        if ip is None:
            continue
        for name in names:
            key = name.lower().rstrip(".")
            if ip not in hosts.get(key, ()):
                hosts[key] = (*hosts.get(key, ()), ip)
    return hosts


@dataclass(slots=True)
class WatchedFile(Generic[T]):
    """A file that is read again when it has changed.

    One that cannot be read leaves what was read before: after a chroot the paths mean other files.

    Args:
        path: of the file.
        parse: makes of its text what is wanted.
        value: what holds until the file was read.
    """

    path: Path
    parse: Callable[[str], T]
    value: T
    _stamp: tuple[int, int, int] = field(default=(0, 0, 0), init=False)

    def look(self) -> bool:
        """Read the file if it has changed; return whether it has."""
        try:
            status = os.stat(self.path)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp == self._stamp:
                return False
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        self._stamp = stamp
        self.value = self.parse(text)
        return True


def system_files() -> tuple[WatchedFile[System], WatchedFile[dict[str, tuple[str, ...]]]]:
    """Return this machine's resolv.conf and hosts, read."""
    name = socket.gethostname()
    conf = WatchedFile(RESOLV_CONF, lambda text: parse_resolv_conf(text, os.environ, name), System())
    hosts: WatchedFile[dict[str, tuple[str, ...]]] = WatchedFile(HOSTS, parse_hosts, {})
    conf.look()
    hosts.look()
    return conf, hosts
