"""Carrying queries to name servers and responses back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final, Protocol

from kahea.net.dns.system import NameServer

MAX_WAITING: Final = 256
"""Queries under way at one time; each has a socket of its own, whose random port makes answers hard to forge."""

_MAX_RESPONSE: Final = 65535


class Exchange(Protocol):
    """What carries queries; tests have one that needs no network."""

    async def datagram(
        self, server: NameServer, query: bytes, wanted: Callable[[bytes], bool], seconds: float
    ) -> bytes | None:
        """Send a query by UDP.

        Args:
            server: where to.
            query: as on the wire.
            wanted: whether a response is the one; others are passed over.
            seconds: to wait for it.

        Returns:
            The response, ``None`` when there was none in time.

        Raises:
            OSError: the server cannot be reached.
        """

    async def stream(self, server: NameServer, query: bytes, seconds: float) -> bytes | None:
        """Send a query by TCP; as `datagram`."""


class LoopExchange:
    """Queries by sockets on an event loop.

    Args:
        loop: the worker's.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots = asyncio.Semaphore(MAX_WAITING)

    async def datagram(
        self, server: NameServer, query: bytes, wanted: Callable[[bytes], bool], seconds: float
    ) -> bytes | None:
        """Send a query by UDP from a port of its own; only the server's answers reach a connected socket."""
        async with self._slots:
            sock = socket.socket(_family(server), socket.SOCK_DGRAM)
            arrived: asyncio.Future[bytes | None] = self._loop.create_future()
            timer = self._loop.call_later(seconds, _settle, arrived, None)
            try:
                sock.setblocking(False)
                sock.connect(_address(server))
                self._loop.add_reader(sock.fileno(), _receive, sock, wanted, arrived)
                sock.send(query)
                return await arrived
            finally:
                timer.cancel()
                self._loop.remove_reader(sock.fileno())
                sock.close()

    async def stream(self, server: NameServer, query: bytes, seconds: float) -> bytes | None:
        """Send a query by TCP (RFC 7766), each over a connection of its own."""
        async with self._slots:
            try:
                async with asyncio.timeout(seconds):
                    return await self._over_connection(server, query)
            except (TimeoutError, asyncio.IncompleteReadError):
                return None

    async def _over_connection(self, server: NameServer, query: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(server.ip, server.port)
        try:
            writer.write(len(query).to_bytes(2, "big") + query)
            await writer.drain()
            size = int.from_bytes(await reader.readexactly(2), "big")
            return await reader.readexactly(size)
        finally:
            writer.transport.abort()  # the answer is here, or nobody waits for it


def _receive(sock: socket.socket, wanted: Callable[[bytes], bool], arrived: asyncio.Future[bytes | None]) -> None:
    """Take what has come: the answer, or the error of a port that is closed."""
    for _ in range(16):
        try:
            data = sock.recv(_MAX_RESPONSE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            if not arrived.done():
                arrived.set_exception(error)
            return
        if wanted(data):
            _settle(arrived, data)
            return


def _settle(arrived: asyncio.Future[bytes | None], value: bytes | None) -> None:
    if not arrived.done():
        arrived.set_result(value)


def _family(server: NameServer) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in server.ip else socket.AF_INET


def _address(server: NameServer) -> tuple[str, int] | tuple[str, int, int, int]:
    ip, _, scope = server.ip.partition("%")
    if ":" not in ip:
        return (ip, server.port)
    index = 0
    with contextlib.suppress(OSError):
        index = int(scope) if scope.isdecimal() else socket.if_nametoindex(scope) if scope else 0
    return (ip, server.port, 0, index)
