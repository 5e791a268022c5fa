"""What modules listen on besides SIP: opened before the fork, served by one worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from kahea.logs import Logger
from kahea.modules.listeners import DatagramHandler, FifoHandler, ListenKind, ListenOn, StreamHandler
from kahea.net.localfiles import BACKLOG, Fifo, UnixSocket

MAX_CLIENTS: Final = 128
"""Clients of a listener at a time; further ones are closed. As many as Kamailio's ctl takes."""

MAX_DATAGRAM: Final = 65535

RETRY_INTERVAL: Final = 0.01
"""Seconds until an answer is tried again that the client had no room for."""


class ListenError(Exception):
    """A socket or FIFO that cannot be opened; the text names it and the reason."""


class StreamServer:
    """Serves the clients of a listening socket.

    Args:
        handler: serves one.
        log: takes what went wrong.
        label: what is served, for the log.
        max_clients: at a time.
        refuse: called for one that is too many, before it is closed.
    """

    def __init__(
        self,
        handler: StreamHandler,
        log: Logger,
        label: str,
        max_clients: int = MAX_CLIENTS,
        refuse: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None,
    ) -> None:
        self._handler = handler
        self._log = log
        self._label = label
        self._max_clients = max_clients
        self._refuse = refuse
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self, sock: socket.socket, limit: int) -> None:
        """Accept clients; *limit* is the most bytes that a client's reader buffers."""
        # A copy: the server closes its socket when it stops, the original is the supervisor's.
        copy = sock.dup()
        if sock.family is not socket.AF_UNIX:
            self._server = await asyncio.start_server(self._serve, sock=copy, limit=limit)
            return
        start: Callable[..., Coroutine[Any, Any, asyncio.Server]] = asyncio.start_unix_server
        try:
            # From Python 3.13 on a server removes its file when it stops: that is the supervisor's to do, too.
            self._server = await start(self._serve, sock=copy, limit=limit, cleanup_socket=False)
        except TypeError:  # a loop that knows no such thing, and removes nothing
            self._server = await start(self._serve, sock=copy, limit=limit)

    async def stop(self) -> None:
        """Close all clients."""
        if self._server is not None:
            self._server.close()
        for task in list(self._clients):
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            if len(self._clients) <= self._max_clients:
                await self._handler(reader, writer)
            elif self._refuse is not None:
                await self._refuse(writer)
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass  # the client left, does not read, or the worker stops
        except Exception as error:
            self._log.error(f"{self._label}: {type(error).__name__}: {error}")
        finally:
            self._clients.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class OpenListener:
    """A `kahea.modules.listeners.Listener`.

    Args:
        on: where to listen.
        log: takes what went wrong.
    """

    def __init__(self, on: ListenOn, log: Logger) -> None:
        self.on = on
        self.name = on.name
        self._log = log
        self._file: UnixSocket | Fifo | None = None
        self._sock: socket.socket | None = None
        self._server: StreamServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_open(self) -> bool:
        """Whether it could be opened."""
        return self._file is not None or self._sock is not None

    def open(self, folder: str, uid: int, gid: int) -> None:
        """Open it.

        Args:
            folder: the runtime directory.
            uid, gid: owner of a file for which none is given; -1 leaves it as it is.

        Raises:
            ListenError: it cannot be opened.
        """
        on = self.on
        try:
            if on.kind.is_file:
                self.name = os.path.join(folder, on.name)
                owner = (uid if on.uid == -1 else on.uid, gid if on.gid == -1 else on.gid)
                self._file = self._open_file(*owner)
            else:
                self._sock = _open_inet(on)
        except OSError as error:
            place = self.name if on.kind.is_file else f"{on.name}:{on.port}"
            raise ListenError(f"cannot listen on {on.kind.value} {place}: {error.strerror or error}") from None

    def _open_file(self, uid: int, gid: int) -> UnixSocket | Fifo:
        on = self.on
        if on.kind is ListenKind.FIFO:
            return Fifo(self.name, on.mode, uid, gid)
        kind = socket.SOCK_STREAM if on.kind is ListenKind.UNIX else socket.SOCK_DGRAM
        opened = UnixSocket(self.name, kind, on.mode, uid, gid)
        self._sock = opened.sock
        return opened

    def close(self) -> None:
        """Close it for good and remove its file."""
        if self._file is not None:
            self._file.remove()
        elif self._sock is not None:
            self._sock.close()
        self._file = self._sock = None

    def serve_streams(self, handler: StreamHandler, *, limit: int = 65536) -> None:
        """Accept clients of a listener for streams."""
        assert self._sock is not None
        self._server = StreamServer(handler, self._log, self.name)
        self._spawn(self._server.start(self._sock, limit))

    def serve_datagrams(self, handler: DatagramHandler, *, send_time: float = 2.0) -> None:
        """Take datagrams."""
        assert self._sock is not None
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._sock.fileno(), self._read, self._sock, handler, send_time)

    def serve_fifo(self, handler: FifoHandler, *, limit: int = 65536) -> None:
        """Read a FIFO."""
        assert isinstance(self._file, Fifo)
        self._spawn(self._read_fifo(os.dup(self._file.fd), handler, limit))

    async def stop(self) -> None:
        """Serve no more in this process."""
        if self._loop is not None and self._sock is not None:
            self._loop.remove_reader(self._sock.fileno())
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.stop()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._watched(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self._log.error(f"{self.name}: {type(error).__name__}: {error}")

    async def _read_fifo(self, fd: int, handler: FifoHandler, limit: int) -> None:
        reader = asyncio.StreamReader(limit=limit)
        pipe = os.fdopen(fd, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        try:
            await handler(reader)
        finally:
            transport.close()

    def _read(self, sock: socket.socket, handler: DatagramHandler, send_time: float) -> None:
        try:
            data, peer = sock.recvfrom(MAX_DATAGRAM)
        except OSError:
            return
        if len(self._tasks) < MAX_CLIENTS:
            self._spawn(self._answer(sock, data, peer, handler, send_time))

    async def _answer(
        self, sock: socket.socket, data: bytes, peer: Any, handler: DatagramHandler, send_time: float
    ) -> None:
        answer = await handler(data)
        if answer is None or not peer:
            return
        end = asyncio.get_running_loop().time() + send_time
        while True:
            try:
                sock.sendto(answer, peer)
                return
            except BlockingIOError:
                if asyncio.get_running_loop().time() >= end:
                    raise TimeoutError(f"a client did not take its answer within {send_time:g} s") from None
                await asyncio.sleep(RETRY_INTERVAL)


def _open_inet(on: ListenOn) -> socket.socket:
    kind = socket.SOCK_STREAM if on.kind is ListenKind.TCP else socket.SOCK_DGRAM
    host = "0.0.0.0" if on.name in ("", "*") else on.name.removeprefix("[").removesuffix("]")
    found = socket.getaddrinfo(host, on.port, type=kind, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        if kind is socket.SOCK_STREAM:
            # Of a server that was stopped just now; for UDP it would let two servers share the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        if kind is socket.SOCK_STREAM:
            sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


class OpenListeners:
    """The `kahea.modules.listeners.Listeners` of a server.

    Args:
        log: takes what went wrong.
    """

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._all: list[OpenListener] = []

    def add(self, on: ListenOn) -> OpenListener:
        """Ask for a socket or FIFO; up to ``mod_init``."""
        self._all.append(OpenListener(on, self._log))
        return self._all[-1]

    def open(self, folder: str, uid: int = -1, gid: int = -1) -> None:
        """Open all; what is not required and cannot be opened is told in the log.

        Args:
            folder: the runtime directory.
            uid, gid: the user and group that the server will run as; -1 for those that it has.

        Raises:
            ListenError: one that is required cannot be opened.
        """
        for one in self._all:
            try:
                one.open(folder, uid, gid)
            except ListenError as error:
                if one.on.required:
                    raise
                self._log.warning(str(error))

    async def stop(self) -> None:
        """Serve no more in this process."""
        for one in self._all:
            await one.stop()

    def close(self) -> None:
        """Close all for good and remove their files."""
        for one in self._all:
            one.close()
