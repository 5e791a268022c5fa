"""A worker: one event loop, its sockets, its engine."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kahea.logs import Logger
from kahea.modules.settings import Settings
from kahea.net.binding import OpenSocket
from kahea.net.myself import start_reverse_lookups
from kahea.net.peerindex import PeerIndex
from kahea.net.tcp import Connections
from kahea.net.transport import SocketTransport
from kahea.net.udp import UdpSocket
from kahea.server.application import Application, Engine, Facilities, StartError
from kahea.server.bus import Bus, Inboxes
from kahea.server.collecting import THRESHOLDS, IdleCollector
from kahea.server.control import ControlServer
from kahea.server.core_commands import core_commands, stream_commands
from kahea.server.files import ControlSocket
from kahea.server.processes import ProcessTable
from kahea.server.rpc import HOUSEKEEPER, Dispatcher
from kahea.server.streams import SharedStreams
from kahea.server.system_commands import system_commands
from kahea.server.timers import LoopTimers, SystemClock

LOOP_VARIABLE: Final = "KAHEA_LOOP"
"""Environment variable: ``uvloop`` or ``asyncio``; without it uvloop where it is installed."""

HOUSEKEEPING_INTERVAL: Final = 1.0
"""Seconds after which an idle worker looks whether the log's reader is back."""


@dataclass(slots=True)
class Shared:
    """What exists before the fork and is the same for all processes.

    Attributes:
        sockets: each worker's.
        table: the processes.
        inboxes: for messages between workers; ``None`` where there is one.
        peers: where the workers find each other's connections; ``None`` where there is one, or no TCP.
        control: the RPC socket; ``None`` if it could not be made.
    """

    sockets: Sequence[Sequence[OpenSocket]]
    table: ProcessTable
    inboxes: Inboxes | None = None
    peers: PeerIndex | None = None
    control: ControlSocket | None = None


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Return a loop of the kind that the environment asks for.

    Raises:
        StartError: ``KAHEA_LOOP`` is something else, or asks for a uvloop that is not installed.
    """
    kind = os.environ.get(LOOP_VARIABLE, "")
    if kind not in ("", "asyncio", "uvloop"):
        raise StartError(f"{LOOP_VARIABLE} is {kind!r}; use uvloop or asyncio")
    if kind != "asyncio":
        try:
            import uvloop
        except ImportError:
            if kind == "uvloop":
                raise StartError("uvloop is not installed; `pip install kahea-core[fast]` brings it") from None
        else:
            loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
            return loop
    return asyncio.SelectorEventLoop()


@dataclass(slots=True)
class _Count:
    """The connections of all workers, in the process table."""

    table: ProcessTable
    number: int
    own: int = 0

    def publish(self, own: int) -> None:
        """Say how many this worker has."""
        self.own = own
        self.table.set_connections(self.number, own)

    def total(self) -> int:
        """Return how many all workers have."""
        return self.table.connections()


@dataclass(slots=True)
class Worker:
    """Runs one engine on one loop until it is told to stop.

    Args:
        app: what is run.
        shared: what the processes share.
        index: which worker, from 0.
        number: which process, for the log and the table: 0 without fork, else index + 1.
        generation: how many workers had this index before.
    """

    app: Application
    shared: Shared
    index: int
    number: int
    generation: int = 0
    loop: asyncio.AbstractEventLoop = field(init=False)
    log: Logger = field(init=False)
    _engine: Engine | None = field(init=False, default=None)
    _udp: list[UdpSocket] = field(init=False, default_factory=list)
    _before_flush: list[Callable[[], asyncio.Future[None] | None]] = field(init=False, default_factory=list)
    _held: list[asyncio.Future[None]] = field(init=False, default_factory=list)
    _streams: Connections | None = field(init=False, default=None)
    _bus: Bus | None = field(init=False, default=None)
    _transport: SocketTransport = field(init=False)
    _timers: LoopTimers = field(init=False)
    _rpc: Dispatcher = field(init=False)
    _control: ControlServer | None = field(init=False, default=None)
    _stop_wanted: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _flush_log: Callable[[], None] = field(init=False)

    def run(self, ready: Callable[[], None], lifeline: int | None = None) -> None:
        """Start, serve until SIGTERM (without fork also SIGINT), stop.

        Args:
            ready: called when the worker is up.
            lifeline: a pipe that ends when the supervisor is gone; the worker stops then.

        Raises:
            StartError: it cannot start.
        """
        self.log = self.app.log
        self._flush_log = self.app.sink.flush
        gc.set_threshold(*THRESHOLDS)
        self.loop = new_event_loop()
        try:
            self.loop.set_exception_handler(self._unexpected)
            self.loop.run_until_complete(self._live(ready, lifeline))
        finally:
            self.app.sink.buffered = False
            self._flush_log()
            self.loop.close()

    async def _live(self, ready: Callable[[], None], lifeline: int | None) -> None:
        """Start, serve, stop: in one run of the loop, since uvloop loses signals between two runs."""
        await self._start()
        self._handle_signals()
        if lifeline is not None:
            self.loop.add_reader(lifeline, self._supervisor_is_gone)
        ready()
        self.app.sink.buffered = True
        await self._stop_wanted.wait()
        if lifeline is not None:
            self.loop.remove_reader(lifeline)
        await self._stop()

    async def _start(self) -> None:
        settings = self.app.settings
        clock = SystemClock()
        self._timers = LoopTimers(self.loop, clock, self.log, self._end_of_batch)
        if self.shared.inboxes is not None:
            self._bus = Bus(self.loop, self.shared.inboxes, self.index, self._end_of_batch)
        try:
            engine = self.app.make_worker(self.index, self.index == HOUSEKEEPER)
            receive = engine.receive
            for one in self.shared.sockets[self.index]:
                if one.local.protocol == "udp":
                    udp = UdpSocket(
                        self.loop, one.sock, one.local, receive, self._end_of_batch, settings.msg_recv_max_size
                    )
                    self._udp.append(udp)
            listening = [one for one in self.shared.sockets[self.index] if one.local.protocol != "udp"]
            if listening:
                count = _Count(self.shared.table, self.number)
                self._streams = Connections(
                    self.loop,
                    settings,
                    self.log,
                    receive,
                    self._end_of_batch,
                    count,
                    self.index,
                    self.generation,
                    self.shared.peers,
                )
            self._transport = SocketTransport(
                self._udp,
                self._all_streams(),
                [one.local for one in self.shared.sockets[self.index]],
                mhomed=settings.mhomed,
            )
            commands = {
                command.name: command
                for command in (*core_commands(self.app, self.shared.table), *stream_commands(self._streams, settings))
            }
            commands.update(self.app.rpc)
            commands.update((command.name, command) for command in system_commands(commands))
            self._rpc = Dispatcher(
                self.loop,
                self.index,
                self._bus,
                self.shared.table,
                commands,
                self.log,
                self._end_of_batch,
            )
            facilities = Facilities(
                self.index,
                self.index == HOUSEKEEPER,
                self.loop,
                clock,
                self._timers,
                self._transport,
                self._rpc,
                self._before_flush,
                self._end_of_batch,
                self._take_settings,
                self.generation,
                self._bus,
                self.shared.table,
                self._streams,
            )
            await _completed(engine.start(facilities))
        except StartError:
            raise
        except Exception as error:
            self.log.critical(f"exception while the worker started\n{traceback.format_exc().rstrip()}")
            raise StartError(f"a worker cannot start: {type(error).__name__}: {error}") from error
        self._engine = engine
        self._timers.every(HOUSEKEEPING_INTERVAL, self._flush_log)
        self._timers.every(HOUSEKEEPING_INTERVAL, IdleCollector().tick)
        if self._bus is not None:
            self._bus.start()
        if self.shared.control is not None and self.index == HOUSEKEEPER:
            self._control = ControlServer(self._rpc, self.log)
            await self._control.start(self.shared.control.sock)
        if settings.auto_aliases:
            loop = self.loop
            start_reverse_lookups(self.app.sockets, lambda found: _call_in(loop, lambda: self.app.myself.add(found)))
        for udp in self._udp:
            udp.start()
        for one in listening:
            assert self._streams is not None
            await self._streams.listen(one.sock, one.local)
        self._end_of_batch()

    def _all_streams(self) -> Connections | SharedStreams | None:
        """Return what sends over connections: this worker's, or all workers' where there are several."""
        if self._streams is None or self._bus is None or self.shared.peers is None:
            return self._streams
        listening = [one.local for one in self.shared.sockets[self.index]]
        shared = SharedStreams(
            self._streams, self.shared.peers, self._bus, self.shared.table, self.index, listening, self.loop.time
        )
        self._timers.every(HOUSEKEEPING_INTERVAL, shared.look_after)
        return shared

    async def _stop(self) -> None:
        """Stop taking in, let the engine finish, write what is queued, close."""
        settings = self.app.settings
        for udp in self._udp:
            udp.stop()
        if self._streams is not None:
            self._streams.stop_accepting()
        if self._control is not None:
            await self._control.stop()
        if self._engine is not None:
            try:
                await asyncio.wait_for(_completed(self._engine.stop()), max(settings.exit_timeout * 0.8, 0.1))
            except TimeoutError:
                self.log.error("the engine did not stop in time (exit_timeout)")
            except Exception:
                self.log.error(f"exception while the worker stopped\n{traceback.format_exc().rstrip()}")
        self._end_of_batch()
        if self._held:
            await asyncio.wait(self._held)
        self._timers.clear()
        if self._streams is not None:
            await self._streams.close()
        self._rpc.stop()
        if self._bus is not None:
            self._bus.stop()
        for udp in self._udp:
            udp.close()

    def _take_settings(self, settings: Settings) -> None:
        if self._streams is not None:
            self._streams.settings = settings

    def _end_of_batch(self) -> None:
        for commit in self._before_flush:
            waits = commit()
            if waits is not None:
                self._held.append(waits)
        if self._held:
            self._held = [one for one in self._held if not one.done()]
        # Before what was sent: who gets a reply finds the lines about its request in the log.
        self._flush_log()
        if self._held:
            release = self._transport.hold()
            self._held[-1].add_done_callback(lambda _: release())
        else:
            self._transport.flush()
        if self._bus is not None:
            self._bus.flush()
        self._flush_log()

    def _handle_signals(self) -> None:
        self.loop.add_signal_handler(signal.SIGTERM, self._stop_wanted.set)
        self.loop.add_signal_handler(signal.SIGUSR1, self._report)
        if self.number == 0:  # what the supervisor does otherwise
            self.loop.add_signal_handler(signal.SIGINT, self._stop_wanted.set)
            self.loop.add_signal_handler(signal.SIGHUP, self._note_hangup)
            self.loop.add_signal_handler(signal.SIGUSR2, self._report)

    def _note_hangup(self) -> None:
        self.log.notice("SIGHUP: nothing to do; restart to read the configuration again")
        self._flush_log()

    def _report(self) -> None:
        """Log this process's state (SIGUSR1)."""
        connections = f", {len(self._streams)} connections" if self._streams is not None else ""
        lost = "".join(
            f"; {udp.local}: {udp.oversized} oversized, {udp.errors} errors, {udp.lost} lost"
            for udp in self._udp
            if udp.oversized or udp.errors or udp.lost
        )
        self.log.notice(f"worker {self.index}: CPU {time.process_time():.2f} s{connections}{lost}")
        self._flush_log()

    def _supervisor_is_gone(self) -> None:
        self.log.critical("the supervisor is gone: stopping")
        self._stop_wanted.set()

    def _unexpected(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what would otherwise go to standard error: an exception out of a callback."""
        error = context.get("exception")
        text = "".join(traceback.format_exception(error)).rstrip() if error is not None else ""
        self.log.critical(f"{context.get('message', 'unexpected exception')}\n{text}".rstrip())
        self._flush_log()


async def _completed(result: Awaitable[None] | None) -> None:
    if result is not None:
        await result


def _call_in(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """Call *function* in the loop's thread; nothing when the loop is closed by then."""
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(function)
