"""One stream connection: framing, keep-alives, limits, queues."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from kahea.modules.connections import ClosedConnection, CloseReason, ConnectionState, KeepAliveTimes
from kahea.sip.endpoints import Destination, LocalSocket, Source
from kahea.sip.framing import FramingError, KeepAlive

if TYPE_CHECKING:
    from kahea.net.tcp import Connections

BATCH: Final = 32
"""Messages taken from one connection before the loop turns to the others."""

MAX_QUEUED: Final = 1024 * 1024
"""Bytes that one batch may queue for one connection."""

_KEEPALIVE_OPTIONS: Final = (socket.TCP_KEEPIDLE, socket.TCP_KEEPCNT, socket.TCP_KEEPINTVL)

LONGEST_KEEPALIVE: Final = 4
"""Bytes; a shorter rest may be a part of a ping and is not a message begun."""


class Connection(asyncio.Protocol):
    """A connection, accepted or opened by us.

    No byte that a peer sends, and no moment at which it leaves, raises an exception out of here.

    Args:
        table: the worker's connections.
        local: the listening socket that accepted it, or whose address it was opened from.
        destination: set for one that we open: it is entered before it is connected.
    """

    __slots__ = (
        "_begun",
        "_closing",
        "_failure",
        "_failures_to_tell",
        "_framer",
        "_ip",
        "_last_used",
        "_lifetime",
        "_port",
        "_queue",
        "_queued",
        "_reading",
        "_reason",
        "_rest",
        "_scheduled",
        "_source",
        "_stuck",
        "_stuck_size",
        "_table",
        "_transport",
        "_unwritten_failures",
        "aliases",
        "local",
        "marked",
        "number",
        "opened_here",
    )

    def __init__(self, table: Connections, local: LocalSocket, destination: Destination | None = None) -> None:
        self._table = table
        self.local = local
        self.number = 0
        self.opened_here = destination is not None
        self.aliases: list[int] = []
        self.marked = False
        self._lifetime: int | None = None
        self._reason = CloseReason.CLOSED
        self._closing = False
        self._ip = destination.ip if destination is not None else ""
        self._port = destination.port if destination is not None else 0
        self._transport: asyncio.Transport | None = None
        self._source = Source(local, self._ip, self._port)
        self._framer = table.new_framer()
        self._queue: list[bytes] = []
        self._queued = 0
        # Of what is queued, and of what the transport took but may still have in its own buffer.
        self._unwritten_failures: list[Callable[[], None]] = []
        self._failures_to_tell: list[Callable[[], None]] = []
        self._rest: deque[bytes | KeepAlive] = deque()
        self._reading = True
        self._scheduled = False
        self._failure: str | None = None
        self._last_used = table.loop.time()
        self._begun: float | None = None
        self._stuck: float | None = None
        self._stuck_size = 0

    @property
    def usable(self) -> bool:
        """Whether something may be sent on it; also while it is being connected."""
        return self.number != 0 and (self._transport is None or not self._transport.is_closing())

    @property
    def connected(self) -> bool:
        """Whether it is more than an attempt to connect."""
        return self._transport is not None

    @property
    def unwritten(self) -> int:
        """Bytes that wait to be written."""
        return self._queued + (self._transport.get_write_buffer_size() if self._transport is not None else 0)

    @property
    def seconds_left(self) -> int:
        """Seconds until it is closed, unless something is sent or received before."""
        idle = self._table.loop.time() - self._last_used
        return max(0, int(self.lifetime - idle))

    @property
    def lifetime(self) -> int:
        """Seconds of silence after which it is closed."""
        return self._table.settings.tcp_connection_lifetime if self._lifetime is None else self._lifetime

    @lifetime.setter
    def lifetime(self, seconds: int) -> None:
        self._lifetime = seconds
        self._last_used = self._table.loop.time()

    @property
    def state(self) -> ConnectionState:
        """How it stands with it."""
        if self._transport is None:
            return ConnectionState.CONNECTING
        return ConnectionState.CLOSING if self._closing or self._transport.is_closing() else ConnectionState.OPEN

    def set_keepalive(self, times: KeepAliveTimes | None) -> bool:
        """Let the system ask a silent peer whether it is there, or not any more; ``False`` when it cannot.

        Args:
            times: ``None`` to ask no more.
        """
        sock = self._transport.get_extra_info("socket") if self._transport is not None else None
        if sock is None:
            return False
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, times is not None)
            if times is not None:
                for option, value in zip(_KEEPALIVE_OPTIONS, times, strict=True):
                    sock.setsockopt(socket.IPPROTO_TCP, option, value)
        except OSError as error:
            self._table.log.error(f"keep-alive of {self} cannot be set: {error.strerror}")
            return False
        return True

    @property
    def peer(self) -> tuple[str, int]:
        """The other end's address and port."""
        return self._ip, self._port

    def register(self, ip: str, port: int) -> bool:
        """Enter it in the table; ``False`` when there are too many connections."""
        number = self._table.add(self, ip, port)
        if number is None:
            return False
        self.number = number
        self._ip, self._port = ip, port
        self._source = Source(self.local, ip, port, number)
        return True

    def forget(self) -> None:
        """Leave the table: it could not be connected."""
        self._table.remove(self, self._ip, self._port)
        self.number = 0
        self._queue.clear()
        self._tell_failures()

    # --- the event loop's calls ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: called when it is accepted or connected."""
        settings = self._table.settings
        self._transport = cast("asyncio.Transport", transport)
        # Half of what may wait: past it nothing more is read from a peer that does not read.
        self._transport.set_write_buffer_limits(high=max(settings.tcp_conn_wq_max // 2, 1))
        if not self.number:
            peer: Any = transport.get_extra_info("peername")
            # A peer that has gone again has no name any more.
            if not peer or not self.register(peer[0], peer[1]):
                self._transport.abort()
                return
        sock = transport.get_extra_info("socket")
        if sock is not None and settings.tcp_keepalive:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._last_used = self._table.loop.time()
        self.write_queued()

    def data_received(self, data: bytes) -> None:
        """Cut what came into messages and hand them on."""
        if not self.number:
            return
        if self._failures_to_tell:
            self._note_written()
        now = self._last_used = self._table.loop.time()
        if self._failure is not None:
            return
        failure = None
        try:
            found = self._framer.feed(data)
        except FramingError as error:
            found, failure = error.found, error.reason
        if found or self._begun is None:
            self._begun = now if self._framer.pending >= LONGEST_KEEPALIVE else None
        self._failure = failure
        self._rest.extend(found)
        if (found or failure is not None) and not self._scheduled and self._stuck is None:
            self._take_batch()

    def eof_received(self) -> bool:
        """Close when the peer will send no more; what is queued is written first."""
        self._note_written()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the table."""
        if self.number:
            self._table.remove(self, self._ip, self._port)
            self.number = 0
            if isinstance(exc, ConnectionResetError):
                self._reason = CloseReason.RESET
            elif isinstance(exc, TimeoutError):
                self._reason = CloseReason.TIMEOUT
            self._table.report(ClosedConnection(self._source, self._reason, self.marked))
        self._rest.clear()
        self._tell_failures()

    def pause_writing(self) -> None:
        """The peer does not read: take nothing more from it either."""
        self._stuck = self._table.loop.time()
        self._read(False)

    def resume_writing(self) -> None:
        """The peer reads again."""
        self._stuck = None
        if self._rest:
            self._schedule()
        else:
            self._read(True)

    # --- sending ---------------------------------------------------------------------------------

    def queue(self, data: bytes, on_error: Callable[[], None] | None = None) -> bool:
        """Queue *data*; ``False`` when the peer has too much to read, or the connection too much to begin with.

        What a batch queues counts only once it is written: a peer that reads well loses nothing by asking much at once.

        Args:
            data: a whole message.
            on_error: called when the connection is not made, or ends before the data was written.
        """
        transport = self._transport
        waiting = self._queued if transport is None else transport.get_write_buffer_size()
        # A message that alone is longer than the limit may still go where nothing waits.
        if (waiting and waiting + len(data) > self._table.settings.tcp_conn_wq_max) or self._queued > MAX_QUEUED:
            self._table.log.debug(f"the queue of {self} is full: {waiting} bytes wait")
            return False
        self._queue.append(data)
        self._queued += len(data)
        if on_error is not None:
            self._unwritten_failures.append(on_error)
        return True

    def write_queued(self) -> None:
        """Write what is queued, once it is connected."""
        transport = self._transport
        if self._queue and transport is not None and not transport.is_closing():
            transport.write(self._queue[0] if len(self._queue) == 1 else b"".join(self._queue))
            self._queue.clear()
            self._queued = 0
            self._last_used = self._table.loop.time()
            if self._unwritten_failures or self._failures_to_tell:
                self._failures_to_tell += self._unwritten_failures
                self._unwritten_failures.clear()
                self._note_written()
            if self._closing:
                transport.close()

    def close_when_written(self) -> None:
        """Close once what is queued is written."""
        self._closing = True

    def finish(self) -> None:
        """Close once what is queued is written; at once where nothing is."""
        if self._queue:
            self._closing = True
        else:
            self.close()

    def take_queued(self) -> bytes:
        """Return what is queued and forget it; `write_first` is to bring it back."""
        data = b"".join(self._queue)
        self._queue.clear()
        self._queued = 0
        return data

    def write_first(self, data: bytes) -> None:
        """Write what was taken, before what was queued since."""
        self._queue.insert(0, data)
        self._queued += len(data)
        self.write_queued()

    def close(self) -> None:
        """Close after writing what is queued."""
        if self._transport is not None:
            self._transport.close()

    def abort(self, reason: str) -> None:
        """Close at once, losing what is queued."""
        if self.number:
            self._table.log.info(f"closing {self}: {reason}")
        if self._transport is not None:
            self._transport.abort()

    def check(self, now: float) -> None:
        """Close it if its time is over.

        Args:
            now: time of the loop.
        """
        settings = self._table.settings
        if self._transport is None or self._transport.is_closing():
            return
        self._note_written()
        if self._begun is not None and now - self._begun > settings.tcp_msg_read_timeout:
            self._reason = CloseReason.TIMEOUT
            self.abort(f"a message did not arrive within {settings.tcp_msg_read_timeout} s (tcp_msg_read_timeout)")
        elif self._stuck is not None and self._is_stuck(now):
            self._reason = CloseReason.TIMEOUT
            self.abort(f"the peer did not read for {settings.tcp_send_timeout} s (tcp_send_timeout)")
        elif now - self._last_used > self.lifetime and (self._lifetime is not None or self.lifetime > 0):
            self._reason = CloseReason.TIMEOUT
            self._transport.close()

    def _note_written(self) -> None:
        """Forget whom to tell once the transport has nothing left to write: it does not tell, so it is asked often."""
        if self._failures_to_tell and self._transport is not None and not self._transport.get_write_buffer_size():
            self._failures_to_tell.clear()

    def _tell_failures(self) -> None:
        failures = self._failures_to_tell + self._unwritten_failures
        self._failures_to_tell.clear()
        self._unwritten_failures.clear()
        if failures:
            self._table.tell(failures)

    def _is_stuck(self, now: float) -> bool:
        """Whether the peer has read nothing for too long; one that reads slowly is not stuck."""
        assert self._transport is not None
        size = self._transport.get_write_buffer_size()
        if self._stuck is None or size < self._stuck_size:
            self._stuck = now
        self._stuck_size = size
        return now - self._stuck > self._table.settings.tcp_send_timeout

    def __str__(self) -> str:
        host = f"[{self._ip}]" if ":" in self._ip else self._ip
        return f"connection {self.local.protocol}:{host}:{self._port}"

    def _take_batch(self) -> None:
        """Hand on at most ``BATCH`` messages; the others wait for the loop's next turn, and so does the peer."""
        self._scheduled = False
        table = self._table
        rest = self._rest
        for _ in range(min(BATCH, len(rest))):
            item = rest.popleft()
            if item is KeepAlive.PING:
                if table.settings.tcp_crlf_ping and self.queue(b"\r\n"):
                    self.write_queued()
            else:
                table.receive(item, self._source)
        table.end_of_batch()
        if rest:
            self._read(False)
            if self._stuck is None:
                self._schedule()
        elif self._failure is not None:
            self.abort(self._failure)
        elif self._stuck is None:
            self._read(True)

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._table.loop.call_soon(self._take_batch)

    def _read(self, on: bool) -> None:
        transport = self._transport
        if self._reading is on or transport is None or transport.is_closing():
            return
        self._reading = on
        if on:
            transport.resume_reading()
        else:
            transport.pause_reading()
