"""The connections that are open."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kahea.api import Listener, ListenKind, StreamHandler


@dataclass(eq=False, slots=True)
class Client:
    """A connection.

    Attributes:
        row: protocol, transport, address and port of the client, address and port of the socket.
    """

    row: tuple[str, str, str, str, str, str]


class Clients:
    """Notes who is connected."""

    def __init__(self) -> None:
        self._open: dict[Client, None] = {}

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Client]:
        return iter(self._open)

    def noting(self, protocol: str, listener: Listener, serve: StreamHandler) -> StreamHandler:
        """Return what serves a client of *listener* by *serve* and notes it meanwhile."""

        async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            client = Client((protocol, listener.on.kind.value, *_addresses(listener, writer)))
            self._open[client] = None
            try:
                await serve(reader, writer)
            finally:
                del self._open[client]

        return noted


def _addresses(listener: Listener, writer: asyncio.StreamWriter) -> tuple[str, str, str, str]:
    if listener.on.kind is ListenKind.UNIX:
        return "<anonymous unix socket>", "", listener.name, ""
    peer: Any = writer.get_extra_info("peername")
    own: Any = writer.get_extra_info("sockname")
    return str(peer[0]), str(peer[1]), str(own[0]), str(own[1])
