"""What a module sees of the server that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from kahea.logs import Level

if TYPE_CHECKING:
    from kahea.logs import Logger
    from kahea.modules.connections import ClosedReports, Connections
    from kahea.modules.listeners import Listeners
    from kahea.modules.resolver import Resolver
    from kahea.modules.runtime import RuntimeParameters
    from kahea.modules.scripts import Routes
    from kahea.modules.settings import Settings
    from kahea.modules.statistics import Counters, Statistics
    from kahea.modules.tables import Tables
    from kahea.modules.workers import Workers
    from kahea.sip.edits import EditList
    from kahea.sip.endpoints import Destination, LocalSocket
    from kahea.sip.message import Message, Reply, Request

ServiceT = TypeVar("ServiceT")

RouteFunction = Callable[[Any, Any], int | None]
"""A compiled route: called with the run and the message; the return code, or ``None`` when the script ended."""


class Clock(Protocol):
    """The two clocks; tests inject their own."""

    def monotonic(self) -> float:
        """Seconds that only go forward, for timers."""

    def time(self) -> float:
        """Seconds since 1970, for expiries that are stored and for headers."""


class Timer(Protocol):
    """A pending call."""

    def cancel(self) -> None:
        """Do not call it any more."""


class Timers(Protocol):
    """Calls things later, in the process that asks."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call *callback* once after *seconds*."""

    def every(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call *callback* every *seconds* until cancelled."""


class Transport(Protocol):
    """Sends bytes; what it takes is queued and written at the end of the batch."""

    def send(self, data: bytes, destination: Destination) -> bool:
        """Queue *data*; ``False`` when it is known at once that it cannot be sent.

        What is known only later (a connection is refused or not made in time, it breaks before the data was written,
        the system refuses a datagram) is told by ``destination.on_error``: it is called at most once, without
        arguments, never within ``send`` and never after ``send`` returned ``False``. What it sends leaves at once. It
        may come for data that a connection took just before it broke, so it says that no answer is to be expected,
        not that the peer has seen nothing. An unanswered datagram is no error.
        """

    @property
    def sockets(self) -> Sequence[LocalSocket]:
        """The sockets that the server listens on, in the order of the configuration."""

    def choose(self, protocol: str, ip: str) -> LocalSocket | None:
        """Return the socket that *ip* is reached from, ``None`` when there is none of that transport and family."""

    def add_alias(self, connection: int, port: int) -> bool:
        """Use a connection also for what is sent to another *port* of its peer; ``False`` when that is impossible."""


class Services:
    """Typed services that modules offer each other: who serves provides a Protocol, who needs asks for it."""

    def __init__(self) -> None:
        self._provided: dict[type, Any] = {}

    def provide(self, service: type[ServiceT], implementation: ServiceT) -> None:
        """Offer *implementation*; called in ``mod_init``."""
        self._provided[service] = implementation

    def get(self, service: type[ServiceT]) -> ServiceT | None:
        """Return what was provided for *service*, ``None`` if no loaded module provides it."""
        return self._provided.get(service)


class Core(Protocol):
    """The server as its modules see it. `transport` and `timers` work from ``child_init`` on."""

    settings: Settings
    log: Logger
    clock: Clock
    timers: Timers
    transport: Transport
    services: Services
    counters: Counters
    """What this process counts; declared up to ``mod_init``."""
    statistics: Statistics
    """The sums over all workers, and what is computed; see `kahea.modules.statistics`."""
    tag_seed: bytes
    """Secret of this server's start, the same in all workers: To-tags and branches are derived from it."""
    closed_reports: ClosedReports
    """Connections for which ``event_route[tcp:closed]`` and its like are run; to be set up to ``mod_init``."""
    connections: Connections
    """The stream connections of this worker, from ``child_init`` on; see `kahea.modules.connections`."""

    @property
    def tables(self) -> Tables:
        """What all workers share; see `kahea.modules.tables`."""

    @property
    def listeners(self) -> Listeners:
        """Sockets and FIFOs for other things than SIP; see `kahea.modules.listeners`."""

    @property
    def routes(self) -> Routes:
        """The blocks of the configuration; see `kahea.modules.scripts`."""

    @property
    def workers(self) -> Workers:
        """This worker and the others, to be asked for from ``mod_init`` on; see `kahea.modules.workers`."""

    @property
    def resolver(self) -> Resolver:
        """Looks up names; see `kahea.modules.resolver`."""

    @property
    def parameters(self) -> RuntimeParameters:
        """The global parameters that may be changed while the server runs."""

    def is_myself(self, host: str, port: int | None = None, protocol: str | None = None) -> bool:
        """Whether a host (and port, and transport, where given) is ours: a listen address or an alias."""

    def add_myself_check(self, check: Callable[[str, int | None, str | None], bool]) -> None:
        """Ask *check* (host, port, protocol) in `is_myself` when no listen address and no alias is meant."""

    def own_hosts(self) -> list[tuple[str | None, str, int | None]]:
        """Return protocol, host and port of the listen addresses and aliases; ``None`` stands for any."""

    def send_request(self, msg: Message, data: bytes, destination: Destination) -> bool:
        """Run ``onsend_route`` for what was made of *msg*, and queue it.

        Args:
            msg: the message that was received.
            data: what is sent on.
            destination: where to; with its socket.

        Returns:
            ``False`` when the route dropped it, or when it is known at once that it cannot be sent.
        """

    def forward_reply(self, msg: Reply, edits: EditList | None = None) -> bool:
        """Send a reply on to its second Via, without a transaction (RFC 3261 16.11).

        Args:
            msg: the reply that was received.
            edits: changes for what is sent, beside those that the message has.

        Returns:
            ``False`` when there is no second Via, or when it is known at once that it cannot be sent.
        """

    def log_bounded(self, text: str, origin: str = "<core>", level: int = Level.INFO) -> None:
        """Write a line that traffic can cause: only so many a second are written, and each is cut to a bound."""

    def event_route(self, name: str) -> Callable[[Message], int | None] | None:
        """Return what runs ``event_route[name]`` for a message, ``None`` if the file has none."""

    def add_request_callback(self, callback: Callable[[Request], bool]) -> None:
        """Call *callback* before ``request_route``; ``False`` from it means: the message is dealt with."""

    def add_reply_callback(self, callback: Callable[[Reply], bool]) -> None:
        """Call *callback* before ``reply_route``; ``False`` from it means: the reply is dealt with."""

    def add_reply_out_callback(self, callback: Callable[[Reply], None]) -> None:
        """Call *callback* for each received reply that was sent on, statelessly or by the module with transactions."""

    def reply_out(self, msg: Reply) -> None:
        """Tell those callbacks of a reply; for the module that sends replies on itself."""

    def add_reply_handler(self, handler: Callable[[Reply], bool]) -> None:
        """Call *handler* with each reply that ``reply_route`` let pass; ``True`` from it means: it is dealt with."""
