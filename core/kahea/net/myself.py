"""What is ours: the test behind ``uri==myself``, ``loose_route()`` and ``is_myself()``."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from kahea.net.addresses import OwnAddress, canonical_ip
from kahea.sip.endpoints import LocalSocket

REVERSE_LOOKUP_TIME: Final = 1.0
"""Seconds after which answers of reverse look-ups are no longer taken."""

Check = Callable[[str, int | None, str | None], bool]


class Myself:
    """The hosts that are this server.

    Args:
        own: listen addresses and aliases.
    """

    def __init__(self, own: Iterable[OwnAddress] = ()) -> None:
        self._own: dict[OwnAddress, None] = {}
        # A set of all that can be asked for makes the test one look-up.
        self._with_port: set[tuple[str, int | None, str | None]] = set()
        self._any_port: set[tuple[str, str | None]] = set()
        self._checks: list[Check] = []
        for address in own:
            self.add(address)

    @property
    def own(self) -> list[OwnAddress]:
        """What was added, in order."""
        return list(self._own)

    def add(self, address: OwnAddress) -> None:
        """Add a host; a second time changes nothing."""
        if address in self._own:
            return
        self._own[address] = None
        host = _normalised(address.host)
        protocols: tuple[str | None, ...]
        if address.protocol is None:
            protocols = (None, "udp", "tcp", "tls", "ws", "wss", "sctp")
        elif address.protocol == "wss":
            protocols = (None, "wss", "ws")  # who asks for ws means either: URIs do not tell them apart
        else:
            protocols = (None, address.protocol)
        for protocol in protocols:
            if address.ports:
                self._with_port.update((host, port, protocol) for port in address.ports)
                self._with_port.add((host, None, protocol))
            else:
                self._any_port.add((host, protocol))

    def add_check(self, check: Check) -> None:
        """Ask *check* (host, port, protocol) too when nothing else matches: a module that knows more domains."""
        self._checks.append(check)

    def is_myself(self, host: str, port: int | None = None, protocol: str | None = None) -> bool:
        """Whether a host is ours.

        Args:
            host: name in any case, or address; IPv6 in any spelling, with or without brackets.
            port: ``None`` or 0 for any. (A SIP URI without a port means the default port: the caller
                passes that, as Kamailio does: the own IP without a port is not ours if we listen elsewhere.)
            protocol: lower case; ``None`` for any.
        """
        port = port or None
        if (host, port, protocol) in self._with_port or (host, protocol) in self._any_port:
            return True
        other = _normalised(host)
        if other != host and ((other, port, protocol) in self._with_port or (other, protocol) in self._any_port):
            return True
        return any(check(host, port, protocol) for check in self._checks) if self._checks else False


def _normalised(host: str) -> str:
    if ":" in host or host.startswith("["):
        return canonical_ip(host) or host.strip("[]").lower()
    return host.lower()


def start_reverse_lookups(
    sockets: Sequence[LocalSocket],
    found: Callable[[OwnAddress], None],
    lookup: Callable[[str], tuple[str, list[str], list[str]]] = socket.gethostbyaddr,
    seconds: float = REVERSE_LOOKUP_TIME,
) -> threading.Thread:
    """Look up the names of the listen addresses in a thread (``auto_aliases``) and return it.

    Args:
        sockets: what the server listens on; each name counts with the socket's port and transport.
        found: called with each name, *from the thread*.
        lookup: maps an address to names as `socket.gethostbyaddr` does.
        seconds: answers that come later are not taken, so that a silent name server cannot change what is ours
            in the middle of the day.
    """

    def run() -> None:
        deadline = time.monotonic() + seconds
        answers: dict[str, list[str]] = {}
        for one in sockets:
            if one.ip not in answers:
                try:
                    name, others, _ = lookup(one.ip)
                except OSError:
                    answers[one.ip] = []
                else:
                    answers[one.ip] = [name, *others]
            if time.monotonic() > deadline:
                return
            for name in answers[one.ip]:
                found(OwnAddress(name, frozenset((one.port,)), one.protocol))

    thread = threading.Thread(target=run, name="auto-aliases", daemon=True)
    thread.start()
    return thread
