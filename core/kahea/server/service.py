"""A loaded configuration as the supervisor and its workers run it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from kahea.logs import Level, Logger
from kahea.modules.loader import ModuleStartError
from kahea.modules.rpc import Rpc, RpcService, Scope
from kahea.net.addresses import Addresses
from kahea.net.myself import Myself
from kahea.server.application import Facilities, StartError
from kahea.server.boot import Configuration
from kahea.server.coreevents import MODINIT, WORKER_INIT, run_closed, run_once
from kahea.server.dns_commands import dns_commands
from kahea.server.group import Group
from kahea.server.handover import HandOver
from kahea.server.logsinks import ProcessSink, StderrSink
from kahea.server.rpc import RpcCaller
from kahea.server.runtime import TAKE_OVER
from kahea.server.tables.home import TableHome
from kahea.sip.endpoints import LocalSocket, Source


class WorkerEngine:
    """The engine of one worker, with the modules' part of its start and end."""

    def __init__(self, configuration: Configuration, tables: TableHome, group: Group | None) -> None:
        self._configuration = configuration
        self._tables = tables
        self._engine = configuration.engine
        self._group = group
        self.receive: Callable[[bytes, Source], None] = configuration.engine.receive
        self._hand_over: HandOver | None = None
        if group is not None and group.owns_transactions:
            # Without a module that asks for it, and with one worker, messages do not take this way at all.
            self._hand_over = HandOver(group, configuration.engine.receive, self._shed)
            self.receive = self._hand_over.receive

    def start(self, facilities: Facilities) -> None:
        """Give the engine its sockets and timers and start the modules in this worker.

        Raises:
            StartError: when a module cannot start, or the shared tables cannot be opened.
        """
        self._engine.attach(facilities.transport, facilities.timers, facilities.loop, facilities.end_of_batch)
        if facilities.connections is not None:
            self._engine.connections = facilities.connections
            facilities.connections.on_closed = partial(run_closed, self._engine)
        self._engine.counters.take_row(facilities.index)
        if self._group is not None and facilities.bus is not None:
            self._group.start(
                facilities.index, facilities.generation, facilities.loop, facilities.bus, facilities.table
            )
            if self._hand_over is not None:
                self._hand_over.start(facilities.bus, facilities.transport.sockets)
        self._tables.open(
            facilities.loop, facilities.clock, facilities.timers, facilities.before_flush, facilities.is_housekeeper
        )
        parameters = self._engine.parameters
        parameters.listeners.append(facilities.take_settings)
        parameters.start(facilities.timers, lambda: facilities.rpc.call(TAKE_OVER))
        self._engine.services.provide(RpcService, RpcCaller(facilities.rpc, self._engine.log))
        try:
            self._configuration.loader.child_init(self._engine, housekeeper=facilities.is_housekeeper)
        except ModuleStartError as error:
            raise StartError(str(error)) from error
        if facilities.is_housekeeper:
            run_once(self._engine, WORKER_INIT)

    def _shed(self, source: Source) -> None:
        """Count and tell that a request was dropped because its owner does not keep up."""
        self._engine.counters.add("core.bus_shed")
        self._engine.log_bounded(
            f"dropped a request from {source.ip}:{source.port}: the worker that owns its Call-ID does not keep up",
            level=Level.WARN,
        )

    async def stop(self) -> None:
        """Stop the modules in this worker."""
        await self._engine.listeners.stop()
        self._configuration.loader.destroy(self._engine)
        self._tables.close()


class Service:
    """The `kahea.server.application.Application` of a configuration.

    Args:
        configuration: without errors.
        addresses: where to listen, and what is ours.
        sink: where lines go.
    """

    def __init__(self, configuration: Configuration, addresses: Addresses, sink: ProcessSink) -> None:
        self._configuration = configuration
        engine = configuration.engine
        self.settings = configuration.settings
        self.sockets: Sequence[LocalSocket] = addresses.sockets
        self.myself: Myself = engine.myself
        self.log: Logger = engine.log
        self.sink = sink
        self.tables = TableHome(configuration.settings, engine.tables, engine.log)
        self.listeners = engine.listeners
        self.rpc: dict[str, Rpc] = {
            name: offer.declaration for name, offer in configuration.loader.registry.rpc.items()
        }
        self.rpc.update((command.name, command) for command in dns_commands(engine.resolver.lookups))
        engine.own_addresses(addresses.own)
        self._group: Group | None = None
        if self.settings.fork and self.settings.children > 1:
            self._group = Group(self.settings.children, self.log)
            engine.workers = self._group

    def start_modules(self) -> None:
        """Run every module's ``mod_init``, before any worker exists.

        Raises:
            StartError: when one cannot start.
        """
        run_once(self._configuration.engine, MODINIT)
        self._configuration.engine.resolver.prepare()
        try:
            self._configuration.loader.mod_init(self._configuration.engine)
        except ModuleStartError as error:
            raise StartError(str(error)) from error
        if isinstance(self.sink, StderrSink):
            self.sink.colours = self.sink.colours | self.log.colours
        settings = self.settings
        self._configuration.engine.counters.share(settings.children if settings.fork else 1)
        if self._configuration.engine.parameters.is_declared:
            self.rpc[TAKE_OVER] = Rpc(
                TAKE_OVER,
                self._configuration.engine.parameters.take_over,
                Scope.EACH,
                doc="Have every worker take over the parameters that were changed; return how often each did.",
            )

    def make_worker(self, index: int, is_housekeeper: bool) -> WorkerEngine:
        """Return the engine of a worker."""
        return WorkerEngine(self._configuration, self.tables, self._group)
