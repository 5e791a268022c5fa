"""Sending: from a destination to a socket or a connection."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from kahea.net.udp import OnError, UdpSocket, own_address_towards
from kahea.sip.endpoints import Destination, LocalSocket

MAX_UDP_PAYLOAD: Final = {socket.AF_INET: 65507, socket.AF_INET6: 65487}
"""Longest UDP payload: 65535 bytes less the IP and UDP headers (RFC 768, 791, 8200)."""

_KNOWN_ADDRESSES: Final = 4096


class Streams(Protocol):
    """The connections of a worker, as the transport uses them."""

    def send(self, data: bytes, destination: Destination, local: LocalSocket | None) -> bool:
        """Queue for a connection, opening one if there is none; ``False`` when known to be impossible."""

    def add_alias(self, number: int, port: int) -> bool:
        """Let what is sent to another port of a connection's peer use the connection."""

    def flush(self) -> None:
        """Write what is queued."""

    def hold(self) -> Callable[[], None]:
        """Put aside what is queued; returns what writes it."""


class SocketTransport:
    """Sends from a worker's sockets; a `kahea.modules.core.Transport`.

    Datagrams and stream data are queued by `send` and written by `flush`, at the end of the batch that
    is in work: so the replies of a batch leave after what they promise was stored.

    Args:
        udp: the worker's UDP sockets.
        streams: its connections; ``None`` without TCP.
        listening: all sockets of the server, from which one is chosen where a destination names none.
        mhomed: choose by the routing table instead of the first of transport and family.
    """

    def __init__(
        self,
        udp: Iterable[UdpSocket],
        streams: Streams | None,
        listening: Iterable[LocalSocket],
        *,
        mhomed: bool = False,
    ) -> None:
        self._udp = {one.local.index: one for one in udp}
        self._streams = streams
        self._mhomed = mhomed
        self.sockets: Sequence[LocalSocket] = tuple(listening)
        self._candidates: dict[tuple[str, bool], list[LocalSocket]] = {}
        for one in self.sockets:
            self._candidates.setdefault((one.protocol, one.ipv6), []).append(one)
        self._queue: list[tuple[UdpSocket, bytes, tuple[str, int], OnError | None]] = []
        self._families: dict[str, socket.AddressFamily | None] = {}

    def send(self, data: bytes, destination: Destination) -> bool:
        """Queue *data*; what fails later is told to ``destination.on_error``.

        Returns:
            ``False`` when it is known at once that it cannot be sent: no socket of that transport and family,
            no such address, too long for a datagram, a connection refused or with a full queue.
        """
        ip = destination.ip
        family = self._families.get(ip) or self._family(ip)
        if family is None:
            return False
        local = destination.socket
        if destination.protocol != "udp":
            if self._streams is None:
                return False
            if local is None or local.protocol != destination.protocol:
                local = self.choose(destination.protocol, ip)
            return self._streams.send(data, destination, local)
        if local is None:
            local = self.choose("udp", ip)
            if local is None:
                return False
        udp = self._udp.get(local.index)
        port = destination.port
        if udp is None or len(data) > MAX_UDP_PAYLOAD[family] or not 0 < port < 65536:
            return False
        if local.ipv6 is not (family is socket.AF_INET6):
            return False
        self._queue.append((udp, data, (ip, port), destination.on_error))
        return True

    def choose(self, protocol: str, ip: str) -> LocalSocket | None:
        """Return the socket to reach *ip* from: the first one of the transport and the address family.

        With ``mhomed`` the one whose address the routing table would use, if we listen there.
        """
        candidates = self._candidates.get((protocol, ":" in ip))
        if not candidates:
            return None
        if self._mhomed and len(candidates) > 1:
            return own_address_towards(ip, candidates) or candidates[0]
        return candidates[0]

    def add_alias(self, connection: int, port: int) -> bool:
        """Use a connection also for what is sent to another *port* of its peer; ``False`` when that is impossible."""
        return self._streams is not None and self._streams.add_alias(connection, port)

    def flush(self) -> None:
        """Write what is queued."""
        if self._queue:
            queue = self._queue
            self._queue = []
            for udp, data, address, on_error in queue:
                udp.send(data, address, on_error)
        if self._streams is not None:
            self._streams.flush()

    def hold(self) -> Callable[[], None]:
        """Put aside what is queued, until what it promises is stored; returns what writes it."""
        queue, self._queue = self._queue, []
        release_streams = self._streams.hold() if self._streams is not None else None

        def release() -> None:
            for udp, data, address, on_error in queue:
                udp.send(data, address, on_error)
            if release_streams is not None:
                release_streams()

        return release

    def _family(self, ip: str) -> socket.AddressFamily | None:
        """Return the family of an address, ``None`` for text that is none: the socket would look it up and block."""
        family: socket.AddressFamily | None = socket.AF_INET6 if ":" in ip else socket.AF_INET
        assert family is not None
        try:
            socket.inet_pton(family, ip)
        except OSError:
            family = None
        if len(self._families) >= _KNOWN_ADDRESSES:
            self._families.clear()
        self._families[ip] = family
        return family
