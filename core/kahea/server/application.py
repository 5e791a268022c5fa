"""What the supervisor and its workers run, as they see it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kahea.logs import Logger
from kahea.modules.core import Clock, Timers, Transport
from kahea.modules.rpc import Rpc
from kahea.modules.settings import Settings
from kahea.net.myself import Myself
from kahea.server.logsinks import ProcessSink
from kahea.sip.endpoints import LocalSocket, Source

if TYPE_CHECKING:
    from kahea.net.listening import OpenListeners
    from kahea.net.tcp import Connections
    from kahea.server.bus import Bus
    from kahea.server.processes import ProcessTable
    from kahea.server.rpc import Dispatcher
    from kahea.server.tables.home import TableHome


class StartError(Exception):
    """A server or a worker that cannot start, for a reason that the operator can mend; the text is all he needs."""


@dataclass(frozen=True, slots=True)
class Facilities:
    """What a running worker gives its engine.

    Attributes:
        index: which worker it is, from 0.
        is_housekeeper: whether this worker does what only one process may do.
        loop: the worker's event loop.
        clock: the two clocks.
        timers: calls later.
        transport: sends; what it takes leaves at the end of the batch.
        rpc: calls commands here, in the housekeeper or in all workers.
        before_flush: add a callable to have it called at the end of each batch, before anything is sent:
            what replies promise must be stored first. It must not raise. If it returns a future, what was queued
            is sent when that is done, and what is queued later not before it; futures are done in their order.
        end_of_batch: to be called after anything was done outside of a batch (by a task, for instance): what
            it sent and logged leaves then.
        take_settings: to be called with the settings when they were replaced.
        generation: how many workers had this index before.
        bus: leads to the other workers; ``None`` where there are none.
        table: tells which workers live.
        connections: over streams; ``None`` where the server listens on none.
    """

    index: int
    is_housekeeper: bool
    loop: asyncio.AbstractEventLoop
    clock: Clock
    timers: Timers
    transport: Transport
    rpc: Dispatcher
    before_flush: list[Callable[[], asyncio.Future[None] | None]]
    end_of_batch: Callable[[], None]
    take_settings: Callable[[Settings], None]
    generation: int
    bus: Bus | None
    table: ProcessTable
    connections: Connections | None = None


class Engine(Protocol):
    """What a worker runs."""

    def receive(self, data: bytes, source: Source) -> None:
        """Deal with a message; never raises."""

    def start(self, facilities: Facilities) -> Awaitable[None] | None:
        """Get ready before the first message.

        Raises:
            StartError: the worker cannot work. (Any other exception means the same, and is logged with its place.)
        """

    def stop(self) -> Awaitable[None] | None:
        """Finish; what is sent from here still leaves. The time is bounded by ``exit_timeout``."""


class Application(Protocol):
    """A configured server, before any process or socket of it exists."""

    @property
    def settings(self) -> Settings:
        """Global parameters."""

    @property
    def sockets(self) -> Sequence[LocalSocket]:
        """What to listen on."""

    @property
    def myself(self) -> Myself:
        """What is ours; workers add names to it with ``auto_aliases``."""

    @property
    def log(self) -> Logger:
        """Writes to `sink`."""

    @property
    def sink(self) -> ProcessSink:
        """Where lines go."""

    @property
    def tables(self) -> TableHome | None:
        """Where the shared tables live, if there are any."""

    @property
    def listeners(self) -> OpenListeners | None:
        """What modules listen on besides SIP, if there is any."""

    @property
    def rpc(self) -> Mapping[str, Rpc]:
        """Commands by name; the server adds ``core.*``."""

    def make_worker(self, index: int, is_housekeeper: bool) -> Engine:
        """Return the engine of a worker; called in the worker's own process.

        Raises:
            StartError: as `Engine.start`.
        """
