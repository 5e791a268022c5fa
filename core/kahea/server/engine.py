"""The engine of one process: bytes in, the script runs, bytes out. It knows no sockets and no clock of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from kahea.logs import Level, Logger
from kahea.modules.context import Run
from kahea.modules.core import Clock, Counters, RouteFunction, Services, Timers, Transport
from kahea.modules.routes import Route
from kahea.modules.settings import Settings
from kahea.net.addresses import OwnAddress
from kahea.net.myself import Myself
from kahea.script.program import Program
from kahea.sip.build import (
    build_forwarded_reply,
    build_reply,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.endpoints import Destination, Source
from kahea.sip.message import Message, Reply, Request, SipParseError, parse_message

_LOG_LIMIT = 10
"""Lines a second about malformed messages; what is beyond is counted and told in one line."""


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


class _NoTransport:
    def send(self, data: bytes, destination: Destination) -> bool:
        """Refuse: nothing can be sent before the worker has its sockets."""
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
        self.counters = Counters()
        self.tag_seed = tag_seed
        self.timers: Timers
        self._counting = CountingTransport(_NoTransport())
        self.transport: Transport = self._counting
        self.myself = myself
        self.is_myself = myself.is_myself
        self.program = Program()
        self._request_callbacks: tuple[Callable[[Message], bool], ...] = ()
        self._reply_callbacks: tuple[Callable[[Message], bool], ...] = ()
        self._run = Run(self)
        self._limit_until = 0.0
        self._limit_count = 0

    def attach(self, transport: Transport, timers: Timers) -> None:
        """Give the engine what a process has after its start: sockets and timers."""
        self._counting = CountingTransport(transport)
        self.transport = self._counting
        self.timers = timers

    def own_addresses(self, addresses: Iterable[OwnAddress]) -> None:
        """Take the listen addresses and aliases that `is_myself` knows."""
        for address in addresses:
            self.myself.add(address)

    # --- what modules see ------------------------------------------------------------------------

    def event_route(self, name: str) -> Callable[[Message], int | None] | None:
        """Return what runs ``event_route[name]`` for a message, ``None`` if the file has none."""
        function = self.program.event_routes.get(name)
        if function is None:
            return None

        def run_event(msg: Message) -> int | None:
            return self._nested(function, msg)

        return run_event

    def add_request_callback(self, callback: Callable[[Message], bool]) -> None:
        """Call *callback* before ``request_route``; ``False`` from it means: the message is dealt with."""
        self._request_callbacks += (callback,)

    def add_reply_callback(self, callback: Callable[[Message], bool]) -> None:
        """Call *callback* before a reply is forwarded; ``False`` from it means: the reply is dealt with."""
        self._reply_callbacks += (callback,)

    # --- messages --------------------------------------------------------------------------------

    def receive(self, data: bytes, source: Source) -> None:
        """Deal with a message from the network; nothing that is in it makes this raise."""
        try:
            msg = parse_message(data, source)
        except SipParseError as error:
            self._malformed(str(error), data, source)
            return
        run = self._run
        run.msg = msg
        run.dropped = False
        if run.avps:
            run.avps = {}
        log = self.log
        try:
            missing = msg.missing_header()
            if missing:
                self._malformed(f"no usable {missing} header", data, source)
                return
            if self.program.log_prefix is not None:
                log.prefix = self.program.log_prefix(run)
            if isinstance(msg, Request):
                self._request(run, msg)
            else:
                self._reply(run, msg)
        except Exception as error:
            self._failed(run, msg, error)
        finally:
            log.prefix = ""

    def _request(self, run: Run, msg: Request) -> None:
        for callback in self._request_callbacks:
            if not callback(msg):
                return
        route = self.program.request_route
        if route is not None:
            run.kind = Route.REQUEST
            sent_before = self._counting.sent
            try:
                route(run, msg)
            except Exception as error:
                self._failed(run, msg, error)
                if self._counting.sent == sent_before:
                    self._answer_failure(msg)

    def _reply(self, run: Run, msg: Reply) -> None:
        for callback in self._reply_callbacks:
            if not callback(msg):
                return
        route = self.program.reply_route
        if route is not None:
            run.kind = Route.CORE_ONREPLY
            route(run, msg)
            if run.dropped:
                return
        try:
            destination = forwarded_reply_destination(msg)
            data = build_forwarded_reply(msg)
        except SipParseError as error:
            self.log.debug(f"a reply from {msg.source.ip}:{msg.source.port} is dropped: {error}")
            return
        self.transport.send(data, destination)

    def _nested(self, route: RouteFunction, msg: Message) -> int | None:
        """Run an event route; within a run it shares the caller's context."""
        run = self._run
        outer = getattr(run, "msg", None)
        outer_dropped, outer_kind = run.dropped, run.kind
        run.msg, run.kind, run.dropped = msg, Route.EVENT, False
        try:
            return route(run, msg)
        except Exception as error:
            self._failed(run, msg, error)
            return -1
        finally:
            run.dropped, run.kind = outer_dropped, outer_kind
            if outer is not None:
                run.msg = outer

    # --- failures --------------------------------------------------------------------------------

    def _malformed(self, reason: str, data: bytes, source: Source) -> None:
        self.counters.add("core.bad_messages")
        if self._may_log():
            start = data[:60].decode("ascii", "backslashreplace")
            self.log.write(
                Level.INFO, f"dropped {len(data)} bytes from {source.ip}:{source.port}: {reason} (they begin {start!r})"
            )

    def _may_log(self) -> bool:
        """Bound the log lines that hostile traffic can cause."""
        now = self.clock.monotonic()
        if now >= self._limit_until:
            if self._limit_count > _LOG_LIMIT:
                self.log.info(f"{self._limit_count - _LOG_LIMIT} more such lines in the last second were left out")
            self._limit_until = now + 1.0
            self._limit_count = 0
        self._limit_count += 1
        return self._limit_count <= _LOG_LIMIT

    def _failed(self, run: Run, msg: Message, error: Exception) -> None:
        """Log an exception in compiled code or in the core, with the place in the configuration."""
        self.counters.add("script.errors")
        place = script_place(error)
        if self._may_log():
            self.log.error(f"{place}: {type(error).__name__}: {error} ({msg!r})")

    def _answer_failure(self, msg: Request) -> None:
        """Answer 500: the script failed and said nothing."""
        if msg.method == "ACK":
            return
        tag = hashlib.blake2b(
            (msg.call_id or "").encode("utf-8", "surrogateescape"), key=self.tag_seed[:64], digest_size=8
        )
        try:
            data = build_reply(msg, status_line(500, "Server Internal Error"), tag.hexdigest())
        except SipParseError:
            return
        self.transport.send(data, reply_destination(msg))


def script_place(error: BaseException) -> str:
    """Return where an exception came from: the line of the configuration, then the line of Python that raised."""
    places: list[str] = []
    traceback: Any = error.__traceback__
    script = ""
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno}")
        if not code.co_filename.endswith(".py"):
            script = places[-1]
        traceback = traceback.tb_next
    raised = places[-1] if places else "unknown place"
    return raised if not script or script == raised else f"{script}: raised in {raised}"
