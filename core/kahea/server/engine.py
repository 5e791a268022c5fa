"""The engine of one process: bytes in, the script runs, bytes out. It knows no sockets and no clock of its own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import CoroutineType
from typing import Any, Final

from kahea.logs import Level, Logger
from kahea.modules.connections import ClosedReports, Connections, NoConnections
from kahea.modules.context import Received, Run, Sending
from kahea.modules.core import Clock, RouteFunction, Services, Timers, Transport
from kahea.modules.routes import Route
from kahea.modules.services import TransactionService
from kahea.modules.settings import Settings
from kahea.modules.statistics import Counters, Statistics
from kahea.modules.workers import Alone, Workers
from kahea.net.addresses import OwnAddress
from kahea.net.dns.exchange import Exchange, LoopExchange
from kahea.net.dns.questions import Question, numeric
from kahea.net.dns.resolver import NameResolver
from kahea.net.listening import OpenListeners
from kahea.net.myself import Myself
from kahea.script.failures import script_place
from kahea.script.program import Program
from kahea.script.suspension import drive
from kahea.server.blocks import Blocks, may_wait
from kahea.server.coreevents import stand_in
from kahea.server.replies import RepliesToNames
from kahea.server.runtime import Parameters
from kahea.server.tables.shared import SharedTables
from kahea.server.waiting import MessageKey, WaitingRequests, message_key
from kahea.sip.build import (
    build_forwarded_reply,
    build_reply,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.edits import EditList
from kahea.sip.endpoints import Destination, LocalSocket, Source
from kahea.sip.headed import LEADING
from kahea.sip.message import Message, Reply, Request, SipParseError, parse_message

_LOG_LIMIT = 10
"""Lines a second that traffic can cause; what is beyond is counted and told in one line."""

_LINE_LIMIT = 500
"""Characters of such a line."""


_COUNTED: Final = {
    "core.bus_shed": "Requests dropped because the worker that owns their call does not keep up.",
    "core.bad_messages": "What arrived and is no usable message.",
    "core.fwd_requests": "Requests that were forwarded without a transaction.",
    "core.fwd_replies": "Replies that were forwarded without a transaction.",
    "core.drop_requests": "Requests that could not be forwarded without a transaction.",
    "core.drop_replies": "Replies that the script dropped, or that could not be forwarded.",
    "core.err_requests": "Requests that are no usable message.",
    "core.err_replies": "Replies that are no usable message.",
    "dns.failed_dns_request": "Names that could not be looked up.",
    "dns.slow_dns_request": "Names whose look-up took longer than dns_slow_query_ms.",
    "script.errors": "Runs that ended with an exception.",
    "script.function_failures": "Calls of functions that failed with an exception.",
}


class CountingTransport:
    """Counts what is sent, so that the engine knows whether a run answered.

    Args:
        transport: what really sends.
    """

    __slots__ = ("sent", "transport")

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.sent = 0

    def send(self, data: bytes, destination: Destination) -> bool:
        """Queue *data*; ``False`` when it is known at once that it cannot be sent."""
        self.sent += 1
        return self.transport.send(data, destination)

    @property
    def sockets(self) -> Sequence[LocalSocket]:
        """The sockets that the server listens on."""
        return self.transport.sockets

    def choose(self, protocol: str, ip: str) -> LocalSocket | None:
        """Return the socket that *ip* is reached from."""
        return self.transport.choose(protocol, ip)

    def add_alias(self, connection: int, port: int) -> bool:
        """Use a connection also for another *port* of its peer."""
        return self.transport.add_alias(connection, port)


class _NoTransport:
    def send(self, data: bytes, destination: Destination) -> bool:
        """Refuse: nothing can be sent before the worker has its sockets."""
        return False

    sockets: Sequence[LocalSocket] = ()

    def choose(self, protocol: str, ip: str) -> LocalSocket | None:
        """Return ``None``: there are no sockets yet."""
        return None

    def add_alias(self, connection: int, port: int) -> bool:
        """Refuse: there are no connections yet."""
        return False


class Engine:
    """Runs the script for each message; it is the `kahea.modules.core.Core` that modules see.

    Args:
        settings: the global parameters.
        log: where lines go.
        clock: the two clocks.
        myself: what is ours.
        tag_seed: the secret of this server's start.
    """

    def __init__(self, settings: Settings, log: Logger, clock: Clock, myself: Myself, tag_seed: bytes) -> None:
        self.settings = settings
        self.log = log
        self.clock = clock
        self.services = Services()
        self.listeners = OpenListeners(log)
        self.tables = SharedTables(clock, log)
        self.parameters = Parameters(settings, self.tables)
        self.parameters.listeners.append(self._take_settings)
        self.counters = Counters()
        self.statistics = Statistics(self.counters)
        for name, doc in _COUNTED.items():
            self.counters.counter(name, doc)
        self.tag_seed = tag_seed
        self.workers: Workers = Alone()
        self.resolver = NameResolver(
            lambda: self.settings, clock, lambda: self.transport.sockets, self._not_found, self._found_late
        )
        self.routes = Blocks(self)
        self.timers: Timers
        self.closed_reports = ClosedReports.ALL
        self.connections: Connections = NoConnections()
        self._counting = CountingTransport(_NoTransport())
        self.transport: Transport = self._counting
        self.myself = myself
        self.is_myself = myself.is_myself
        self.add_myself_check = myself.add_check
        self.program = Program()
        self._request_callbacks: tuple[Callable[[Request], bool], ...] = ()
        self._reply_callbacks: tuple[Callable[[Reply], bool], ...] = ()
        self._reply_out_callbacks: tuple[Callable[[Reply], None], ...] = ()
        self._reply_handlers: tuple[Callable[[Reply], bool], ...] = ()
        self._run = Run(self)
        self._idle_runs: list[Run] = []
        self._waiting = WaitingRequests()
        self._to_names = RepliesToNames(self.resolver, self._send_reply, self.log_bounded, self.end_batch)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end_of_batch: Callable[[], None] = _nothing
        self._limit_until = 0.0
        self._limit_count = 0

    def attach(
        self,
        transport: Transport,
        timers: Timers,
        loop: asyncio.AbstractEventLoop,
        end_of_batch: Callable[[], None],
        exchange: Exchange | None = None,
    ) -> None:
        """Give the engine what a process has after its start.

        Args:
            transport: sends.
            timers: calls things later.
            loop: where scripts that wait go on.
            end_of_batch: called when such a script has gone on: what it sent leaves then.
            exchange: carries queries to name servers; on sockets when ``None``.
        """
        self._counting = CountingTransport(transport)
        self.transport = self._counting
        self.timers = timers
        self._loop = loop
        self._end_of_batch = end_of_batch
        self.resolver.attach(loop, exchange or LoopExchange(loop))
        if self.settings.dns_cache_gc_interval:
            timers.every(self.settings.dns_cache_gc_interval, self.resolver.lookups.sweep)

    def _not_found(self, question: Question, reason: str) -> None:
        self.counters.add("dns.failed_dns_request")
        self.log_bounded(f"no {question.kind} record of {question.name}: {reason}", "dns", Level.INFO)

    def _found_late(self, question: Question, seconds: float) -> None:
        self.counters.add("dns.slow_dns_request")
        self.log_bounded(f"{question.kind} record of {question.name}: {seconds * 1000:.0f} ms", "dns", Level.WARN)

    def _take_settings(self, settings: Settings) -> None:
        self.settings = settings
        self.log.level = settings.debug
        self.resolver.lookups.take_settings()

    def own_addresses(self, addresses: Iterable[OwnAddress]) -> None:
        """Take the listen addresses and aliases that `is_myself` knows."""
        for address in addresses:
            self.myself.add(address)

    def own_hosts(self) -> list[tuple[str | None, str, int | None]]:
        """Return protocol, host and port of the listen addresses and aliases; ``None`` stands for any."""
        return [(one.protocol, one.host, port) for one in self.myself.own for port in (*one.ports,) or (None,)]

    # --- what modules see ------------------------------------------------------------------------

    def event_route(self, name: str) -> Callable[[Message], int | None] | None:
        """Return what runs ``event_route[name]`` for a message, ``None`` if the file has none."""
        function: RouteFunction | None = self.program.event_routes.get(name)
        if function is None:
            return None
        run = self._event_that_may_wait if may_wait(function) else self._event
        return partial(run, function)

    def send_request(self, msg: Message, data: bytes, destination: Destination) -> bool:
        """Run ``onsend_route`` for what was made of *msg*, and queue it unless the route dropped it."""
        route = self.program.onsend_route
        if route is not None and not self._on_send(route, msg, data, destination):
            return False
        return self.transport.send(data, destination)

    def _on_send(self, route: RouteFunction, msg: Message, data: bytes, destination: Destination) -> bool:
        """Run ``onsend_route``; return whether the message is to be sent."""
        socket = destination.socket or self.transport.choose(destination.protocol, destination.ip)
        if socket is None:
            return False
        run = self._run
        before = run.kind, run.dropped, run.sending, run.msg
        asked = (msg.sending.no_connect, msg.sending.close) if msg.has_sending else (False, False)
        run.kind, run.dropped, run.sending, run.msg = Route.ONSEND, False, Sending(data, destination, socket), msg
        try:
            route(run, msg)
            if run.dropped:
                self.log.info(f"the message to {destination.ip}:{destination.port} is dropped by onsend_route")
            return not run.dropped
        except Exception as error:
            self._failed(msg, error)
            return True
        finally:
            run.kind, run.dropped, run.sending, run.msg = before
            if msg.has_sending:
                # what the route asks for holds for this message only
                destination.no_connect, destination.close = msg.sending.no_connect, msg.sending.close
                msg.sending.no_connect, msg.sending.close = asked

    def add_request_callback(self, callback: Callable[[Request], bool]) -> None:
        """Call *callback* before ``request_route``; ``False`` from it means: the message is dealt with."""
        self._request_callbacks += (callback,)

    def add_reply_callback(self, callback: Callable[[Reply], bool]) -> None:
        """Call *callback* before ``reply_route``; ``False`` from it means: the reply is dealt with."""
        self._reply_callbacks += (callback,)

    def add_reply_out_callback(self, callback: Callable[[Reply], None]) -> None:
        """Call *callback* for each received reply that was sent on."""
        self._reply_out_callbacks += (callback,)

    def reply_out(self, msg: Reply) -> None:
        """Tell those callbacks of a reply."""
        for callback in self._reply_out_callbacks:
            callback(msg)

    def add_reply_handler(self, handler: Callable[[Reply], bool]) -> None:
        """Call *handler* with each reply that ``reply_route`` let pass; ``True`` from it means: it is dealt with."""
        self._reply_handlers += (handler,)

    # --- contexts, for `kahea.server.blocks` -----------------------------------------------------

    @property
    def current_run(self) -> Run:
        """The context that runs now, or is used next."""
        return self._run

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop of the process."""
        assert self._loop is not None
        return self._loop

    def borrow_run(self) -> Run:
        """Return a context that nothing uses."""
        return self._idle_runs.pop() if self._idle_runs else Run(self)

    def return_run(self, run: Run) -> None:
        """Take a context back."""
        run.forget()
        # a context may stay idle for long, and a message leads to its transaction
        del run.msg
        self._idle_runs.append(run)

    def enter(self, run: Run, prefix: str, settings: Settings) -> Callable[[], None]:
        """Make a context the one that runs now; returns what makes it the one before again."""
        outer = self._run, self.log.prefix, self.settings
        self._run, self.log.prefix, self.settings = run, prefix, settings

        def leave() -> None:
            self._run, self.log.prefix, self.settings = outer

        return leave

    def _resume(self, run: Run, prefix: str, settings: Settings) -> Callable[[], None]:
        """Enter the context of a script that goes on; what it sends leaves when it waits again or ends."""
        leave = self.enter(run, prefix, settings)

        def leave_and_send() -> None:
            leave()
            self._end_of_batch()

        return leave_and_send

    def end_batch(self) -> None:
        """Let leave what was sent."""
        self._end_of_batch()

    def route_failed(self, msg: Message, error: BaseException) -> None:
        """Log an exception in compiled code or in the core."""
        self._failed(msg, error)

    # --- messages --------------------------------------------------------------------------------

    def receive(self, data: bytes, source: Source) -> None:
        """Deal with a message from the network; nothing that is in it makes this raise."""
        program = self.program
        if program.msg_received is not None and self.settings.received_route_mode:
            arrived = self._let_see(program.msg_received, data, source)
            if arrived is None:
                return
            data = arrived
        try:
            msg = parse_message(data, source)
        except SipParseError as error:
            self._malformed(str(error), data, source)
            if program.parse_error is not None:
                self._dropped(program.parse_error, stand_in(source, data))
            return
        run = self._run
        run.msg = msg
        run.dropped = False
        if run.avps or run.lists is not None:
            run.forget()
        log = self.log
        try:
            missing = msg.missing_header()
            if missing:
                self._malformed(f"no usable {missing} header", data, source)
                if program.parse_error is not None:
                    self._dropped(program.parse_error, msg)
                return
            if program.log_prefix is not None:
                log.prefix = program.log_prefix(run)
            if program.pre_routing is not None and self._dropped(program.pre_routing, msg):
                return
            if isinstance(msg, Request):
                self._request(run, msg)
            else:
                self._reply(run, msg)
        except Exception as error:
            self._failed(msg, error)
        finally:
            log.prefix = ""

    def _request(self, run: Run, msg: Request) -> None:
        if self._waiting.held and self._waiting.absorb(msg):
            return
        for callback in self._request_callbacks:
            if not callback(msg):
                return
        if self.settings.force_rport:
            msg.force_rport = True
        if msg.source.connection and self.settings.tcp_accept_aliases:
            via = msg.via
            if via is not None and "alias" in via.params:
                self.transport.add_alias(msg.source.connection, via.port or 5060)
        route = self.program.request_route
        if route is not None:
            run.kind = Route.REQUEST
            sent_before = self._counting.sent
            try:
                code: Any = route(run, msg)
                if code.__class__ is not CoroutineType:
                    run.code = code
                elif self._started(code, run, msg):
                    return
            except Exception as error:
                self._failed(msg, error)
                if self._counting.sent == sent_before:
                    self._answer_failure(msg)
            if run.at_end is not None:
                run.finish()

    def _reply(self, run: Run, msg: Reply) -> None:
        for callback in self._reply_callbacks:
            if not callback(msg):
                return
        route = self.program.reply_route
        if route is not None:
            run.kind = Route.CORE_ONREPLY
            run.ended = 1
            if self._started(route(run, msg), run, msg):
                return
        else:
            run.code = 1
        self._forward(run, msg)

    def _forward(self, run: Run, msg: Reply) -> None:
        code = run.ended if run.code is None else run.code
        if run.dropped or code <= 0:
            # as in Kamailio, a reply_route whose code is not above 0 drops the reply
            self.counters.add("core.drop_replies")
            return
        for handler in self._reply_handlers:
            if handler(msg):
                return
        if self.settings.check_via and not self._is_ours(msg):
            self.log_bounded(f"a reply from {msg.source.ip}:{msg.source.port} has another server's Via (check_via)")
            return
        self.forward_reply(msg)

    def forward_reply(self, msg: Reply, edits: EditList | None = None) -> bool:
        """Send a reply on to its second Via; ``False`` when that is impossible."""
        sent = self._send_reply_on(msg, edits)
        self.counters.add("core.fwd_replies" if sent else "core.drop_replies")
        if sent:
            self.reply_out(msg)
        return sent

    def _send_reply_on(self, msg: Reply, edits: EditList | None) -> bool:
        try:
            destination = forwarded_reply_destination(msg)
            data = build_forwarded_reply(msg, edits)
        except SipParseError as error:
            self.log.debug(f"a reply from {msg.source.ip}:{msg.source.port} is dropped: {error}")
            return False
        if numeric(destination.ip) is None:
            self._to_names.forward(msg, data, destination)
            return True
        return self._send_reply(msg, data, destination)

    def _send_reply(self, msg: Reply, data: bytes, destination: Destination) -> bool:
        if self.settings.onsend_route_reply:
            return self.send_request(msg, data, destination)
        return self.transport.send(data, destination)

    def _is_ours(self, msg: Reply) -> bool:
        """Whether the top Via of a reply is one that we added."""
        via = msg.via
        return via is not None and self.is_myself(via.host, via.port or 5060, via.protocol.lower())

    # --- scripts that wait -----------------------------------------------------------------------

    def _started(self, result: Any, run: Run, msg: Message) -> bool:
        """Run what a route returned as far as it goes; return whether it was suspended.

        A suspended run keeps its context, and the next message gets another one.
        """
        if result.__class__ is not CoroutineType:
            run.code = result
            return False
        assert self._loop is not None
        prefix, settings = self.log.prefix, self.settings
        _, outcome = drive(result, self._loop, lambda: self._resume(run, prefix, settings))
        if not isinstance(outcome, asyncio.Task):
            run.code = outcome
            return False
        self._run = self.borrow_run()
        key = message_key(msg) if isinstance(msg, Request) else None
        if key is not None:
            self._waiting.add(key)
        limit = self._loop.call_later(self.settings.script_wait_limit, outcome.cancel)
        outcome.add_done_callback(lambda task: self._ended(task, run, msg, key, limit, prefix, settings))
        return True

    def _ended(
        self,
        task: asyncio.Task[int | None],
        run: Run,
        msg: Message,
        key: MessageKey | None,
        limit: asyncio.TimerHandle,
        prefix: str,
        settings: Settings,
    ) -> None:
        """Finish a run that was suspended: forward, answer a failure, let what was held back in."""
        limit.cancel()
        leave = self.enter(run, prefix, settings)
        try:
            error = None if task.cancelled() else task.exception()
            if task.cancelled() or error is not None:
                seconds = self.settings.script_wait_limit
                self._failed(msg, error or TimeoutError(f"the script waited for more than {seconds} seconds"))
                if isinstance(msg, Request):
                    self._answer_failure(msg)
            elif isinstance(msg, Reply):
                run.code = task.result()
                self._forward(run, msg)
            if run.at_end is not None:
                run.finish()
        finally:
            leave()
        self.return_run(run)
        if key is not None:
            for held in self._waiting.release(key):
                self.receive(held.buf, held.source)
        self._end_of_batch()

    def _event(self, route: RouteFunction, msg: Message) -> int | None:
        """Run an event route; within a run it shares the caller's context."""
        run = self._run
        outer = getattr(run, "msg", None)
        outer_dropped, outer_kind, outer_end = run.dropped, run.kind, run.at_end
        run.msg, run.kind, run.dropped, run.at_end = msg, Route.EVENT, False, None
        try:
            return route(run, msg)
        except Exception as error:
            self._failed(msg, error)
            return -1
        finally:
            run.end()
            run.dropped, run.kind, run.at_end = outer_dropped, outer_kind, outer_end
            if outer is not None:
                run.msg = outer

    def _let_see(self, route: RouteFunction, data: bytes, source: Source) -> bytes | None:
        """Run ``event_route[core:msg-received]``; return what is to be read, ``None`` when it was dropped."""
        run = self._run
        received = run.received = Received(data, source)
        try:
            return None if self._dropped(route, stand_in(source, data)) else received.data
        finally:
            run.received = None

    def _dropped(self, route: RouteFunction, msg: Message) -> bool:
        """Run an event route of the core that decides whether a message goes on; return whether it dropped it."""
        run = self._run
        outer = getattr(run, "msg", None)
        run.msg, run.kind, run.dropped = msg, Route.REQUEST, False
        try:
            route(run, msg)
            return run.dropped
        except Exception as error:
            self._failed(msg, error)
            return False
        finally:
            run.dropped = False
            if outer is not None:
                run.msg = outer

    def _event_that_may_wait(self, route: RouteFunction, msg: Message) -> int:
        """Run an event route in a context of its own: it may still run when its caller has gone on."""
        outer = self._run
        run = self.borrow_run()
        run.msg, run.kind, run.dropped = msg, Route.EVENT, False
        self._run = run
        try:
            if not self._started(route(run, msg), run, msg):
                self.return_run(run)
        except Exception as error:
            self._failed(msg, error)
        finally:
            self._run = outer
        return 1

    # --- failures --------------------------------------------------------------------------------

    def log_bounded(self, text: str, origin: str = "<core>", level: int = Level.INFO) -> None:
        """Write a line that traffic can cause: only so many a second are written, and each is cut to a bound."""
        if self._may_log():
            self.log.write(level, text if len(text) <= _LINE_LIMIT else f"{text[:_LINE_LIMIT]} [...]", origin)

    def _malformed(self, reason: str, data: bytes, source: Source) -> None:
        self.counters.add("core.bad_messages")
        self.counters.add("core.err_replies" if data.lstrip(LEADING).startswith(b"SIP/") else "core.err_requests")
        start = data[:60].decode("ascii", "backslashreplace")
        self.log_bounded(f"dropped {len(data)} bytes from {source.ip}:{source.port} that begin {start!r}: {reason}")

    def _may_log(self) -> bool:
        now = self.clock.monotonic()
        if now >= self._limit_until:
            if self._limit_count > _LOG_LIMIT:
                self.log.info(f"{self._limit_count - _LOG_LIMIT} more such lines in the last second were left out")
            self._limit_until = now + 1.0
            self._limit_count = 0
        self._limit_count += 1
        return self._limit_count <= _LOG_LIMIT

    def _failed(self, msg: Message, error: BaseException) -> None:
        """Log an exception in compiled code or in the core, with the place in the configuration."""
        self.counters.add("script.errors")
        place = script_place(error)
        self.log_bounded(f"{place}: {type(error).__name__}: {error} ({msg!r})", level=Level.ERR)

    def _answer_failure(self, msg: Request) -> None:
        """Answer 500: the script failed and said nothing."""
        if msg.method == "ACK":
            return
        transactions = self.services.get(TransactionService)
        if transactions is not None and transactions.reply(msg, 500, "Server Internal Error") is not None:
            return
        tag = hashlib.blake2b(
            (msg.call_id or "").encode("utf-8", "surrogateescape"), key=self.tag_seed[:64], digest_size=8
        )
        try:
            data = build_reply(msg, status_line(500, "Server Internal Error"), tag.hexdigest())
        except SipParseError:
            return
        self.transport.send(data, reply_destination(msg))


def _nothing() -> None:
    """Do nothing: there is no batch before the worker has its sockets."""
