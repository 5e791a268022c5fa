"""Connections of whichever worker: this one's directly, another's by a message to it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

import msgspec
from kahea.api import ConnectionState, Core, KeepAliveTimes

_CHANGE: Final = "tcpops.change"
_STATE: Final = "tcpops.state"


class Change(msgspec.Struct, array_like=True):
    """What is to become of a connection; one of the fields is set.

    Attributes:
        number: of the connection.
        lifetime: seconds of silence after which it is closed.
        keepalive: the system asks the peer by these times.
        silent: the system asks the peer no more.
        mark: an event route is run when it ends.
        close: it is closed.
    """

    number: int
    lifetime: int | None = None
    keepalive: tuple[int, int, int] | None = None
    silent: bool = False
    mark: bool = False
    close: bool = False


class AllConnections:
    """The connections of all workers.

    Args:
        core: the server.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Change).decode

    def start(self) -> None:
        """Take what other workers ask for; to be called up to ``child_init``."""
        self._core.workers.register(_CHANGE, self._change_for)
        self._core.workers.register(_STATE, self._state_for)

    def change(self, change: Change) -> bool:
        """Change a connection.

        Returns:
            Whether it was changed; of another worker's, whether that worker was asked.
        """
        worker = self._core.connections.worker_of(change.number)
        if worker == self._core.workers.index:
            return self._apply(change)
        return self._core.workers.tell(worker, _CHANGE, self._encode(change))

    def state(self, number: int) -> ConnectionState | Awaitable[ConnectionState]:
        """Tell how it stands with a connection."""
        worker = self._core.connections.worker_of(number)
        if worker == self._core.workers.index:
            return self._core.connections.state_of(number)
        return self._ask(worker, number)

    async def _ask(self, worker: int, number: int) -> ConnectionState:
        answer = await self._core.workers.ask(worker, _STATE, str(number).encode())
        return ConnectionState.NONE if answer is None else ConnectionState(int(answer))

    def _apply(self, change: Change) -> bool:
        connections, number = self._core.connections, change.number
        if change.lifetime is not None:
            return connections.set_lifetime(number, change.lifetime)
        if change.keepalive is not None:
            return connections.set_keepalive(number, KeepAliveTimes(*change.keepalive))
        if change.silent:
            return connections.set_keepalive(number, None)
        return connections.mark(number) if change.mark else connections.close_connection(number)

    def _change_for(self, _sender: int, payload: bytes) -> None:
        self._apply(self._decode(payload))

    def _state_for(self, _sender: int, payload: bytes) -> bytes:
        return str(int(self._core.connections.state_of(int(payload)))).encode()
