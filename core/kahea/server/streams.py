"""The connections of all workers, as one of them sends over them."""

from __future__ import annotations

import itertools
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from kahea.net.peerindex import PeerIndex
from kahea.net.tcp import COUNT_BITS, MAX_WORKERS, Connections
from kahea.server.bus import MAX_OUTBOX, Bus, Kind
from kahea.server.processes import ProcessTable
from kahea.sip.endpoints import Destination, LocalSocket

_SEND: Final = struct.Struct("=QQHHBBB")
"""Token (0: nobody wants to know of a failure), connection, socket, port, flags, lengths of protocol and address."""

_ALIAS: Final = struct.Struct("=QH")
_TOKEN: Final = struct.Struct("=Q")
_NO_SOCKET: Final = 0xFFFF
_NO_CONNECT: Final = 1
_CLOSE: Final = 2

MARGIN: Final = 2.0
"""Seconds that a failure may take to be told, besides the time limits of connecting and writing."""


@dataclass(frozen=True, slots=True)
class _Awaited:
    """A send that another worker may still tell to have failed."""

    worker: int
    until: float
    on_error: Callable[[], None]


class SharedStreams:
    """Sends over a connection whichever worker has it; a `kahea.net.transport.Streams`.

    A connection belongs to the worker that accepted or opened it. Where no worker has one to a peer, the one that
    `PeerIndex.opener` names opens it, so that two workers do not open two.

    Args:
        own: this worker's connections.
        index: of all workers' connections.
        bus: leads to the other workers.
        table: tells who lives.
        worker: this worker's index.
        listening: the sockets, by their indexes.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        own: Connections,
        index: PeerIndex,
        bus: Bus,
        table: ProcessTable,
        worker: int,
        listening: Sequence[LocalSocket],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own = own
        self._index = index
        self._bus = bus
        self._table = table
        self._worker = worker
        self._listening = {one.index: one for one in listening}
        self._clock = clock
        # A predecessor's tokens must not be taken for ours.
        self._tokens = itertools.count(time.monotonic_ns())
        self._awaited: dict[int, _Awaited] = {}
        self._generations = [0] * bus.count
        self._queue: list[tuple[int, bytes]] = []
        bus.handlers[Kind.SEND] = self._send_for
        bus.handlers[Kind.SEND_FAILED] = self._failed_elsewhere
        bus.handlers[Kind.ALIAS] = self._add_alias_for

    def send(self, data: bytes, destination: Destination, local: LocalSocket | None) -> bool:
        """Queue *data* for a connection, here or in another worker.

        Returns:
            ``False`` when it is known here that nothing can be sent; what another worker finds out is told by
            ``destination.on_error``.
        """
        own = self._own
        number = destination.connection
        if number and number % MAX_WORKERS != self._worker and self._lives(number):
            return self._hand(number % MAX_WORKERS, data, destination, local)
        if own.find(destination) is not None:
            return own.send(data, destination, local)
        peer = destination.protocol, destination.ip, destination.port
        opener = self._index.opener(*peer)
        found = self._index.find(*peer, opener)
        if found and found % MAX_WORKERS != self._worker and self._lives(found):
            return self._hand(found % MAX_WORKERS, data, destination, local)
        if opener == self._worker or destination.no_connect or not self._table.pid(opener + 1):
            return own.send(data, destination, local)
        return self._hand(opener, data, destination, local)

    def add_alias(self, number: int, port: int) -> bool:
        """Let what is sent to another port of a connection's peer use the connection.

        Returns:
            Whether it can; of another worker's connection, whether that worker was asked.
        """
        owner = number % MAX_WORKERS
        if owner == self._worker:
            return self._own.add_alias(number, port)
        if not self._lives(number) or not 0 < port < 65536:
            return False
        return self._bus.send_soon(owner, Kind.ALIAS, _ALIAS.pack(number, port))

    def flush(self) -> None:
        """Write what is queued; what is for other workers leaves with the bus."""
        self._own.flush()
        if self._queue:
            queue, self._queue = self._queue, []
            self._give(queue)

    def hold(self) -> Callable[[], None]:
        """Put aside what is queued; returns what writes it."""
        release_own = self._own.hold()
        queue, self._queue = self._queue, []

        def release() -> None:
            release_own()
            self._give(queue)

        return release

    def look_after(self) -> None:
        """Tell those whose worker died, forget those whose time is over; to be called every second."""
        awaited = self._awaited
        now = self._clock()
        while awaited and awaited[first := next(iter(awaited))].until <= now:
            del awaited[first]
        generations = [self._generation(worker) for worker in range(self._bus.count)]
        if generations != self._generations:
            dead = {worker for worker, before in enumerate(self._generations) if 0 <= before != generations[worker]}
            self._generations = generations
            lost = [token for token, one in awaited.items() if one.worker in dead]
            self._own.tell([awaited.pop(token).on_error for token in lost])

    def _lives(self, number: int) -> bool:
        """Whether the worker that made a connection still runs."""
        worker = number % MAX_WORKERS
        return self._generation(worker) == number // MAX_WORKERS >> COUNT_BITS

    def _generation(self, worker: int) -> int:
        """Return the generation of a worker, -1 while there is none."""
        if worker >= self._bus.count or not self._table.pid(worker + 1):
            return -1
        return self._table.generation(worker + 1)

    def _hand(self, worker: int, data: bytes, destination: Destination, local: LocalSocket | None) -> bool:
        """Queue for another worker's connection."""
        port = destination.port
        if not 0 < port < 65536 or self._bus.waiting(worker) + len(data) > MAX_OUTBOX:
            return False
        token = 0
        if destination.on_error is not None:
            token = next(self._tokens)
            settings = self._own.settings
            until = self._clock() + settings.tcp_connect_timeout + settings.tcp_send_timeout + MARGIN
            self._awaited[token] = _Awaited(worker, until, destination.on_error)
        protocol, ip = destination.protocol.encode(), destination.ip.encode()
        flags = _NO_CONNECT * destination.no_connect | _CLOSE * destination.close
        socket = _NO_SOCKET if local is None else local.index
        head = _SEND.pack(token, destination.connection, socket, port, flags, len(protocol), len(ip))
        self._queue.append((worker, b"".join((head, protocol, ip, data))))
        return True

    def _give(self, queue: list[tuple[int, bytes]]) -> None:
        for worker, record in queue:
            if not self._bus.send_soon(worker, Kind.SEND, record):
                self._failed_elsewhere(worker, record)  # which reads the token only

    # --- what other workers ask for --------------------------------------------------------------

    def _send_for(self, sender: int, record: bytes) -> None:
        """Send over a connection of ours, or open one, for another worker."""
        token, connection, socket, port, flags, protocol_size, ip_size = _SEND.unpack_from(record)
        ip_at = _SEND.size + protocol_size
        data_at = ip_at + ip_size
        destination = Destination(
            record[_SEND.size : ip_at].decode(),
            record[ip_at:data_at].decode(),
            port,
            connection=connection,
            no_connect=bool(flags & _NO_CONNECT),
            close=bool(flags & _CLOSE),
            on_error=partial(self._tell_failure, sender, token) if token else None,
        )
        if not self._own.send(record[data_at:], destination, self._listening.get(socket)) and token:
            self._tell_failure(sender, token)

    def _tell_failure(self, worker: int, token: int) -> None:
        self._bus.send_soon(worker, Kind.SEND_FAILED, _TOKEN.pack(token))

    def _failed_elsewhere(self, _sender: int, record: bytes) -> None:
        awaited = self._awaited.pop(_TOKEN.unpack_from(record)[0], None)
        if awaited is not None:
            self._own.tell([awaited.on_error])

    def _add_alias_for(self, _sender: int, record: bytes) -> None:
        self._own.add_alias(*_ALIAS.unpack(record))
