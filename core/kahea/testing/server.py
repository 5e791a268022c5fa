"""A whole server in the test's own process: bytes in, bytes out, time moved by hand."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kahea.diagnostics import ConfigError, Diagnostic
from kahea.logs import LEVEL_NAMES, Logger
from kahea.modules.connections import ClosedConnection
from kahea.modules.rpc import RpcError, RpcService
from kahea.modules.workers import Alone
from kahea.net.addresses import OwnAddress
from kahea.net.dns.system import System
from kahea.server.boot import CommandLine, load_configuration
from kahea.server.coreevents import MODINIT, WORKER_INIT, run_closed, run_once
from kahea.server.dns_commands import dns_commands
from kahea.server.processes import ProcessTable
from kahea.server.rpc import Dispatcher, RpcCaller
from kahea.server.system_commands import system_commands
from kahea.server.tables.home import TableHome
from kahea.server.timers import Timers
from kahea.sip.endpoints import Destination, LocalSocket, Source
from kahea.sip.message import Message, Reply, Request, parse_message
from kahea.testing.clock import FakeClock
from kahea.testing.loop import FakeLoop
from kahea.testing.names import MemoryExchange, Names

_T = TypeVar("_T")

TAG_SEED = b"the secret of a server under test"

_SCRIPT_LOG = Path(__file__).with_name("script_log.py")


@dataclass(frozen=True)
class Sent:
    """Bytes that the server sent.

    Attributes:
        data: the bytes.
        destination: where they went.
    """

    data: bytes
    destination: Destination

    @property
    def message(self) -> Message:
        """The bytes as a message."""
        socket = self.destination.socket or LocalSocket("udp", "127.0.0.1", 5060)
        return parse_message(self.data, Source(socket, self.destination.ip, self.destination.port))

    @property
    def text(self) -> str:
        """The bytes as text."""
        return self.data.decode("utf-8", "surrogateescape")


class Replies(list[Sent]):
    """What the server sent because of one message."""

    @property
    def statuses(self) -> list[int]:
        """The status codes of the replies among it."""
        return [message.status for message in self.messages if isinstance(message, Reply)]

    @property
    def requests(self) -> list[Request]:
        """The requests among it."""
        return [message for message in self.messages if isinstance(message, Request)]

    @property
    def messages(self) -> list[Message]:
        """All of it, parsed."""
        return [sent.message for sent in self]


class _Recorder:
    def __init__(self, sockets: Sequence[LocalSocket]) -> None:
        self.sent: list[Sent] = []
        self.failed: list[Sent] = []
        self.refused = False
        self.sockets = sockets
        self.aliases: list[tuple[int, int]] = []

    def choose(self, protocol: str, ip: str) -> LocalSocket | None:
        return next((one for one in self.sockets if (one.protocol, one.ipv6) == (protocol, ":" in ip)), None)

    def add_alias(self, connection: int, port: int) -> bool:
        self.aliases.append((connection, port))
        return True

    def send(self, data: bytes, destination: Destination) -> bool:
        if self.refused:
            self.failed.append(Sent(data, destination))
            return False
        self.sent.append(Sent(data, destination))
        return True


class _LogList:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        self.lines.append(line)

    def flush(self) -> None:
        """Lines are kept at once."""


class ServerUnderTest:
    """One process of a server, with everything inside but sockets and time.

    Its scripts have one more function, ``test_log("$ru")``, which logs a format string.

    Args:
        text: the configuration.
        path: the name that diagnostics show, and the folder of included files.
        defines: as ``-A``.
        sockets: the listen addresses; UDP 127.0.0.1:5060 when not given.
        dns: records that name servers have, as in a zone file.
        clock: goes on where another server's is; one of its own when ``None``.
        mark: of the worker; a replacement's differs from that of the worker that died.

    Raises:
        ConfigError: when the configuration has errors; it carries all of them.

    Attributes:
        sent: all that was sent since the start.
        log: the log lines, as ``LEVEL: origin: text``.
        warnings: the warnings about the configuration.
        names: the name servers, whose behaviour a test may change.
    """

    def __init__(
        self,
        text: str,
        *,
        path: str | Path = "kamailio.cfg",
        defines: dict[str, str | None] | None = None,
        sockets: Sequence[LocalSocket] = (),
        dns: str = "",
        clock: FakeClock | None = None,
        mark: str = "00",
    ) -> None:
        self.names = Names(dns)
        self.clock = FakeClock() if clock is None else clock
        self._sink = _LogList()
        log = Logger(self._sink)
        command_line = CommandLine(defines=defines or {}, load_modules=[str(_SCRIPT_LOG)])
        configuration = load_configuration(
            path, log, self.clock, command_line=command_line, text=text, tag_seed=TAG_SEED
        )
        configuration.diagnostics.raise_for_errors()
        self.warnings: list[Diagnostic] = configuration.diagnostics.warnings
        self.engine = configuration.engine
        self.engine.workers = Alone(mark)
        self.loader = configuration.loader
        self.sockets = list(sockets) or [LocalSocket("udp", "127.0.0.1", 5060)]
        self._transport = _Recorder(self.sockets)
        self.timers = Timers(self.clock, log)
        self._loop = FakeLoop(self.clock)
        # an unclosed loop would be reported from wherever the garbage collector finds it
        self._close = weakref.finalize(self, self._loop.give_up)
        self._start(log)

    def _start(self, log: Logger) -> None:
        """Do what a server and its worker do at their start."""
        self.engine.resolver.lookups.use(System(), {})
        self.engine.attach(self._transport, self.timers, self._loop, lambda: None, MemoryExchange(self.names))
        self.engine.own_addresses(
            [OwnAddress(socket.ip, frozenset((socket.port,)), socket.protocol) for socket in self.sockets]
        )
        run_once(self.engine, MODINIT)
        self.loader.mod_init(self.engine)
        self.engine.counters.share(1)
        tables = TableHome(self.engine.settings, self.engine.tables, log)
        tables.open(self._loop, self.clock, self.timers, [], is_housekeeper=True)
        self.engine.parameters.start(self.timers, None)
        commands = {name: offer.declaration for name, offer in self.loader.registry.rpc.items()}
        commands.update((command.name, command) for command in system_commands(commands))
        dispatcher = Dispatcher(self._loop, 0, None, ProcessTable(1), commands, log)
        self.engine.services.provide(RpcService, RpcCaller(dispatcher, log))
        self.loader.child_init(self.engine, housekeeper=True)
        self._loop.call_soon(run_once, self.engine, WORKER_INIT)
        self._loop.settle()

    @property
    def sent(self) -> list[Sent]:
        """All that was sent since the start."""
        return self._transport.sent

    @property
    def log(self) -> list[str]:
        """The log lines since the start."""
        return self._sink.lines

    def logged(self, level: str | int) -> list[str]:
        """Return the texts of the lines of one level, without level and origin."""
        name = LEVEL_NAMES[level] if isinstance(level, int) else level
        return [line.split(": ", 2)[2] for line in self.log if line.startswith(f"{name}: ")]

    @property
    def refused(self) -> list[Sent]:
        """All that `refuse_sends` let fail."""
        return self._transport.failed

    def refuse_sends(self, refused: bool = True) -> None:
        """Let every send fail from now on, or work again."""
        self._transport.refused = refused

    def receive(
        self,
        message: bytes | str,
        *,
        source: tuple[str, int] = ("127.0.0.1", 5999),
        socket: LocalSocket | None = None,
        connection: int = 0,
    ) -> Replies:
        """Let a message arrive and return what the server sent because of it.

        Args:
            message: as on the wire; text is encoded, and its line ends made CRLF.
            source: where it comes from.
            socket: which listen address it arrives at; the first when ``None``.
            connection: identifier of the stream connection, for TCP.
        """
        if isinstance(message, str):
            message = message.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "surrogateescape")
        before = len(self.sent)
        arrived = Source(socket or self.sockets[0], source[0], source[1], connection)
        self._loop.run_now(self.engine.receive, message, arrived)
        return Replies(self.sent[before:])

    def end_connection(self, closed: ClosedConnection) -> Replies:
        """Let a stream connection end, and return what the server sent because of it."""
        before = len(self.sent)
        self._loop.call_soon(run_closed, self.engine, closed)
        self._loop.settle()
        return Replies(self.sent[before:])

    def advance(self, seconds: float) -> Replies:
        """Move the clocks forward, firing each timer at its time; return what was sent meanwhile.

        The clocks stand still while something runs in a thread, so that a test sees one order of events.
        """
        before = len(self.sent)
        self._loop.wait_for_threads()
        end = self.clock.monotonic() + seconds
        while (due := self.next_due()) is not None and due <= end:
            self.clock.advance(max(0.0, due - self.clock.monotonic()))
            self._loop.run_now(self.timers.run_due)
            self._loop.wait_for_threads()
        self.clock.advance(max(0.0, end - self.clock.monotonic()))
        return Replies(self.sent[before:])

    def next_due(self) -> float | None:
        """Return the monotonic time of the next timer, ``None`` when there is none."""
        pending = [due for due in (self.timers.next_exact(), self._loop.next_due()) if due is not None]
        return min(pending, default=None)

    def settle(self) -> Replies:
        """Wait, in real time, until what runs in threads has ended; return what was sent meanwhile."""
        before = len(self.sent)
        self._loop.wait_for_threads()
        return Replies(self.sent[before:])

    def wait_for(self, awaitable: Awaitable[_T], seconds: float = 60.0) -> _T:
        """Return what an awaitable gives; the clocks are moved as far as its timers ask for.

        Args:
            awaitable: of a service or the resolver, for instance.
            seconds: the clocks are not moved further.

        Raises:
            TimeoutError: it is not done by then.
        """
        task = self._loop.create_task(_awaited(awaitable))
        end = self.clock.monotonic() + seconds
        self._loop.settle()
        self._loop.wait_for_threads()
        while not task.done():
            due = self.next_due()
            if due is None or due > end:
                task.cancel()
                self._loop.settle()
                raise TimeoutError(f"it waits for more than {seconds} seconds")
            self.advance(max(0.0, due - self.clock.monotonic()))
        return task.result()

    def rpc(self, command: str, *parameters: Any) -> Any:
        """Carry out an RPC command of the loaded modules, or about names, and return its answer.

        Raises:
            RpcError: when there is no such command, or it fails.
        """
        commands = {one.name: one for one in dns_commands(self.engine.resolver.lookups)}
        commands.update((name, offer.declaration) for name, offer in self.loader.registry.rpc.items())
        declared = commands.get(command)
        if declared is None:
            raise RpcError(404, f"there is no command {command}")
        answer = declared.call(*parameters)
        if inspect.isawaitable(answer):
            answer = self.wait_for(answer)
        return declared.merge([answer]) if declared.merge is not None else answer

    def stop(self) -> None:
        """Stop the modules, as a process that ends in good order does."""
        self.loader.destroy(self.engine)
        self._close()


async def _awaited(awaitable: Awaitable[_T]) -> _T:
    return await awaitable


__all__ = ["ConfigError", "Replies", "Sent", "ServerUnderTest"]
