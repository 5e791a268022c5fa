"""TCP: opening listening sockets, and the table of a worker's connections."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import itertools
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol

from kahea.logs import Logger
from kahea.modules.connections import ClosedConnection, ConnectionState, KeepAliveTimes
from kahea.modules.settings import Settings
from kahea.net.connection import Connection
from kahea.net.options import BindError, new_socket
from kahea.net.peerindex import PeerIndex
from kahea.sip.endpoints import Destination, LocalSocket, Source
from kahea.sip.framing import StreamFramer

MAX_WORKERS: Final = 1024
"""Connection numbers are ``count * MAX_WORKERS + worker``: they tell in which worker a connection lives."""

COUNT_BITS: Final = 32
"""Above these bits of ``count`` stands the generation, so that a replacement does not use its predecessor's numbers."""

SWEEP_INTERVAL: Final = 1.0
"""Seconds between looks for connections whose time is over."""

CLOSE_TIME: Final = 2.0
"""Seconds that a stopping worker waits until what was queued is written."""

IP_BIND_ADDRESS_NO_PORT: Final = 24


def bind_tcp(local: LocalSocket, settings: Settings, copies: int = 1) -> list[socket.socket]:
    """Open *copies* listening sockets on one address, among which the kernel spreads new connections.

    As for UDP, the address is opened exclusively first, so that two servers do not share it by mistake.

    Raises:
        BindError: the address is in use, is not ours, or the port needs privileges.
    """
    sockets: list[socket.socket] = []
    try:
        for number in range(-1 if copies > 1 else 0, copies):
            sock = new_socket(local, socket.SOCK_STREAM, settings)
            sockets.append(sock)
            # A restart must not wait until the last run's connections have left TIME_WAIT.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if number >= 0 and copies > 1:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.bind((local.ip, local.port))
            # Two sockets that are bound but do not listen may share an address: listening finds the conflict.
            sock.listen(settings.tcp_listen_backlog)
            if number < 0:
                sockets.pop().close()
    except OSError as error:
        for sock in sockets:
            sock.close()
        raise BindError(local, error) from None
    return sockets


class ConnectionCount(Protocol):
    """Counts the connections of all workers."""

    def publish(self, own: int) -> None:
        """Say how many connections this worker has."""

    def total(self) -> int:
        """Return how many all workers have."""


class Connections:
    """The stream connections of a worker: accepts, opens, finds, bounds and closes them.

    Args:
        loop: the worker's.
        settings: the ``tcp_…`` parameters.
        log: takes what an operator should know.
        receive: called with each message; must not raise.
        end_of_batch: called after each batch of messages.
        count: of all workers together.
        worker: this worker's index.
        generation: how many had that index before.
        index: where other workers find its connections; ``None`` where there are none.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        settings: Settings,
        log: Logger,
        receive: Callable[[bytes, Source], None],
        end_of_batch: Callable[[], None],
        count: ConnectionCount,
        worker: int = 0,
        generation: int = 0,
        index: PeerIndex | None = None,
    ) -> None:
        self.loop = loop
        self.settings = settings
        self.log = log
        self.receive = receive
        self.end_of_batch = end_of_batch
        self._count = count
        self._worker = worker
        self._index = index
        self._numbers = itertools.count(((generation << COUNT_BITS) + 1) * MAX_WORKERS + worker, MAX_WORKERS)
        self._by_number: dict[int, Connection] = {}
        self._by_peer: dict[tuple[str, str, int], Connection] = {}
        self._unwritten: dict[int, Connection] = {}
        self._servers: list[asyncio.Server] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._stopping = False
        self.refused = 0
        self._of_address: dict[str, int] = {}
        self._full: set[str] = set()
        self.on_closed: Callable[[ClosedConnection], None] = _nothing

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_number.values()))

    async def listen(self, sock: socket.socket, local: LocalSocket) -> None:
        """Accept connections on a listening socket."""
        server = await self.loop.create_server(
            lambda: Connection(self, local), sock=sock, backlog=self.settings.tcp_listen_backlog
        )
        self._servers.append(server)

    def send(self, data: bytes, destination: Destination, local: LocalSocket | None) -> bool:
        """Queue *data* for the destination's connection, or the one to its address; open one if there is none.

        Args:
            data: a whole message.
            destination: where to.
            local: the listening socket whose address a new connection uses; ``None`` lets the system choose.

        Returns:
            ``False`` when nothing can be sent: refused at once, too many connections, its queue is full, or there
            is no connection and the destination wants none opened. What fails later is told to
            ``destination.on_error``.
        """
        connection = self.find(destination)
        if connection is None:
            connection = None if destination.no_connect else self._open(destination, local)
            if connection is None:
                return False
        if not connection.queue(data, destination.on_error):
            return False
        if destination.close:
            connection.close_when_written()
        self._unwritten[connection.number] = connection
        return True

    def find(self, destination: Destination) -> Connection | None:
        """Return the connection that a destination names, or else one to its address; ``None`` if there is none."""
        if destination.connection:
            connection = self._by_number.get(destination.connection)
            if connection is not None and connection.usable:
                return connection
        connection = self._by_peer.get((destination.protocol, destination.ip, destination.port))
        return connection if connection is not None and connection.usable else None

    def add_alias(self, number: int, port: int) -> bool:
        """Let what is sent to another port of a connection's peer use the connection (RFC 5923's idea).

        Args:
            number: of the connection.
            port: that the peer listens on.

        Returns:
            Whether the connection exists and no other one has that address.
        """
        connection = self._by_number.get(number)
        if connection is None or not 0 < port < 65536:
            return False
        peer = (connection.local.protocol, connection.peer[0], port)
        other = self._by_peer.get(peer)
        if other is not None and other is not connection and other.usable:
            return False
        if self._index is not None:
            if self._index.find(*peer, self._worker) not in (0, number):
                return False
            self._index.add(self._worker, *peer, number)
        self._by_peer[peer] = connection
        connection.aliases.append(port)
        return True

    # --- what modules ask for (`kahea.modules.connections.Connections`) ---------------------------

    def worker_of(self, number: int) -> int:
        """Return the index of the worker that has, or had, a connection."""
        return number % MAX_WORKERS

    def find_peer(self, protocol: str, ip: str, port: int) -> int:
        """Return the number of a connection to a peer, also another worker's; 0 if none is known."""
        connection = self._by_peer.get((protocol, ip, port))
        if connection is not None and connection.usable:
            return connection.number
        return 0 if self._index is None else self._index.find(protocol, ip, port, self._worker)

    def state_of(self, number: int) -> ConnectionState:
        """Tell how it stands with a connection of this worker."""
        connection = self._by_number.get(number)
        return ConnectionState.NONE if connection is None else connection.state

    def set_lifetime(self, number: int, seconds: int) -> bool:
        """Let a connection be closed after *seconds* of silence; ``False`` if it is not open here."""
        connection = self._by_number.get(number)
        if connection is None:
            return False
        connection.lifetime = seconds
        return True

    def set_keepalive(self, number: int, times: KeepAliveTimes | None) -> bool:
        """Let the system ask whether the peer is there; ``None`` stops that; ``False`` if it is not open here."""
        connection = self._by_number.get(number)
        return connection is not None and connection.set_keepalive(times)

    def mark(self, number: int) -> bool:
        """Mark a connection, which `on_closed` is told; ``False`` if it is not open here."""
        connection = self._by_number.get(number)
        if connection is None:
            return False
        connection.marked = True
        return True

    def close_connection(self, number: int) -> bool:
        """Close a connection after what is queued was written; ``False`` if it is not open here."""
        connection = self._by_number.get(number)
        if connection is None:
            return False
        connection.finish()
        return True

    def report(self, closed: ClosedConnection) -> None:
        """Tell `on_closed` that a connection has ended; not while the worker stops."""
        if not self._stopping:
            self.on_closed(closed)
            self.end_of_batch()

    def flush(self) -> None:
        """Write what is queued."""
        if self._unwritten:
            unwritten = self._unwritten
            self._unwritten = {}
            for connection in unwritten.values():
                connection.write_queued()

    def hold(self) -> Callable[[], None]:
        """Put aside what is queued; returns what writes it."""
        held = [(connection, connection.take_queued()) for connection in self._unwritten.values()]
        self._unwritten = {}

        def release() -> None:
            for connection, data in held:
                connection.write_first(data)

        return release

    def new_framer(self) -> StreamFramer:
        """Return what cuts a new connection's stream into messages."""
        return StreamFramer(self.settings.tcp_rd_buf_size, self.settings.tcp_accept_no_cl)

    def add(self, connection: Connection, ip: str, port: int) -> int | None:
        """Enter a connection and return its number; ``None`` when there are too many."""
        if self._count.total() >= self.settings.tcp_max_connections:
            if not self.refused:
                self.log.warning(
                    f"refusing connections: {self.settings.tcp_max_connections} are open (tcp_max_connections)"
                )
            self.refused += 1
            return None
        if not self._room_for(ip, connection):
            return None
        number = next(self._numbers)
        self._by_number[number] = connection
        self._of_address[ip] = self._of_address.get(ip, 0) + 1
        self._by_peer[connection.local.protocol, ip, port] = connection
        if self._index is not None:
            self._index.add(self._worker, connection.local.protocol, ip, port, number)
        self._count.publish(len(self._by_number))
        if self._sweep is None:
            self._sweep = self.loop.call_later(SWEEP_INTERVAL, self._look_for_expired)
        return number

    def _room_for(self, ip: str, connection: Connection) -> bool:
        """Whether an address may have one more connection; those that we open are not limited."""
        limit = self.settings.tcp_accept_iplimit
        if not limit or connection.opened_here or self._of_address.get(ip, 0) < limit:
            return True
        if ip not in self._full:
            self._full.add(ip)
            self.log.warning(f"refusing connections from {ip}: {limit} are open (tcp_accept_iplimit)")
        return False

    def remove(self, connection: Connection, ip: str, port: int) -> None:
        """Forget a connection."""
        if self._by_number.pop(connection.number, None) is None:
            return
        self._unwritten.pop(connection.number, None)
        left = self._of_address.get(ip, 1) - 1
        if left:
            self._of_address[ip] = left
        else:
            self._of_address.pop(ip, None)
            self._full.discard(ip)
        for number in (port, *connection.aliases):
            peer = (connection.local.protocol, ip, number)
            if self._by_peer.get(peer) is connection:
                del self._by_peer[peer]
            if self._index is not None:
                self._index.remove(self._worker, *peer, connection.number)
        self._count.publish(len(self._by_number))
        if self.refused and self._count.total() < self.settings.tcp_max_connections:
            self.log.warning(f"accepting connections again; {self.refused} were refused")
            self.refused = 0

    def tell(self, failures: Iterable[Callable[[], None]]) -> None:
        """Call what waits for the failure of a send, soon; what it sends leaves then."""
        if self._stopping:
            return
        for on_error in failures:
            self.loop.call_soon(on_error)
        self.loop.call_soon(self.end_of_batch)

    def stop_accepting(self) -> None:
        """Take no new connections."""
        for server in self._servers:
            server.close()
        self._servers.clear()

    async def close(self) -> None:
        """Close all connections after writing what is queued, for at most ``CLOSE_TIME`` seconds."""
        self.stop_accepting()
        self._stopping = True  # nobody is left who could send elsewhere what is lost now
        self.flush()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        for connection in self:
            connection.close()
        deadline = self.loop.time() + CLOSE_TIME
        while self._by_number and self.loop.time() < deadline:
            await asyncio.sleep(0.01)
        for connection in self:
            connection.abort("the server stops")
        for task in self._tasks:
            task.cancel()
        await asyncio.sleep(0)

    def _open(self, destination: Destination, local: LocalSocket | None) -> Connection | None:
        """Begin to connect; ``None`` when that is known to fail at once."""
        if local is None or self.settings.tcp_no_connect:
            return None
        ip, port = destination.ip, destination.port
        if not 0 < port < 65536:
            return None
        try:
            sock = new_socket(local, socket.SOCK_STREAM, self.settings)
        except OSError as error:
            self.log.error(f"cannot open a connection to {destination.protocol}:{ip}:{port}: {error.strerror}")
            return None
        try:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            source = self.settings.tcp_source_ipv6 if local.ipv6 else self.settings.tcp_source_ipv4
            sock.bind((source or local.ip, 0))
            error_number = sock.connect_ex((ip, port))
            if error_number == errno.EINPROGRESS:
                # A refusal by this machine is there already when connect returns, but not as its result.
                error_number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) or error_number
        except OSError as error:
            error_number = error.errno or -1
        if error_number not in (0, errno.EINPROGRESS):
            self._cannot_connect(sock, destination, error_number)
            return None
        connection = Connection(self, local, destination)
        if not connection.register(ip, port):
            sock.close()
            return None
        timer = self.loop.call_later(
            self.settings.tcp_connect_timeout, self._connect_timed_out, sock, connection, destination
        )
        self.loop.add_writer(sock.fileno(), self._connected, sock, connection, destination, timer)
        return connection

    def _connected(
        self, sock: socket.socket, connection: Connection, destination: Destination, timer: asyncio.TimerHandle
    ) -> None:
        timer.cancel()
        self.loop.remove_writer(sock.fileno())
        error_number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error_number:
            connection.forget()
            self._cannot_connect(sock, destination, error_number)
            return

        async def adopt() -> None:
            try:
                await self.loop.create_connection(lambda: connection, sock=sock)
            except OSError as error:
                connection.forget()
                self._cannot_connect(sock, destination, error.errno or -1)

        task = self.loop.create_task(adopt())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _connect_timed_out(self, sock: socket.socket, connection: Connection, destination: Destination) -> None:
        self.loop.remove_writer(sock.fileno())
        connection.forget()
        self._cannot_connect(sock, destination, errno.ETIMEDOUT)

    def _cannot_connect(self, sock: socket.socket, destination: Destination, error_number: int) -> None:
        sock.close()
        reason = os.strerror(error_number) if error_number > 0 else "unknown error"
        self.log.error(f"cannot connect to {destination.protocol}:{destination.ip}:{destination.port}: {reason}")

    def _look_for_expired(self) -> None:
        now = self.loop.time()
        for connection in self:
            connection.check(now)
        self._sweep = self.loop.call_later(SWEEP_INTERVAL, self._look_for_expired) if self._by_number else None


def _nothing(_: ClosedConnection) -> None:
    """Tell nobody."""
