"""The stream connections of a worker, as a module sees and changes them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import NamedTuple, Protocol

from kahea.sip.endpoints import Source


class CloseReason(Enum):
    """Why a connection ended; the value is the name of the event route that is run for it."""

    CLOSED = "tcp:closed"
    """One side closed it."""
    TIMEOUT = "tcp:timeout"
    """A time was over: of the connection, of a message, or the peer did not answer any more."""
    RESET = "tcp:reset"
    """The peer reset it."""


class ClosedReports(Enum):
    """For which connections that end an event route is run."""

    NONE = 0
    ALL = 1
    MARKED = 2
    """For those of which `Connections.mark` was called."""


class ConnectionState(IntEnum):
    """How it stands with a connection; the numbers are Kamailio's."""

    OPEN = 1
    CONNECTING = 3
    NONE = -1
    CLOSING = -2


class KeepAliveTimes(NamedTuple):
    """When the system asks whether a silent peer is still there (``SO_KEEPALIVE``).

    Attributes:
        idle: seconds of silence before it asks.
        probes: questions without an answer after which the connection is given up.
        interval: seconds between two questions.
    """

    idle: int
    probes: int
    interval: int


@dataclass(frozen=True, slots=True)
class ClosedConnection:
    """A connection that has ended.

    Attributes:
        source: both ends and the number that it had.
        reason: why it ended.
        marked: whether `Connections.mark` was called.
    """

    source: Source
    reason: CloseReason
    marked: bool


class Connections(Protocol):
    """The connections of this worker; a number is what ``$conid`` shows.

    Those of other workers are theirs to change: `worker_of` tells whose a number is.
    """

    def worker_of(self, number: int) -> int:
        """Return the index of the worker that has, or had, a connection; -1 where there are none at all."""

    def find_peer(self, protocol: str, ip: str, port: int) -> int:
        """Return the number of a connection to a peer, also another worker's; 0 if none is known."""

    def state_of(self, number: int) -> ConnectionState:
        """Tell how it stands with a connection of this worker."""

    def set_lifetime(self, number: int, seconds: int) -> bool:
        """Let a connection be closed after *seconds* of silence; ``False`` if it is not open here."""

    def set_keepalive(self, number: int, times: KeepAliveTimes | None) -> bool:
        """Let the system ask whether the peer is there; ``None`` stops that; ``False`` if it is not open here."""

    def mark(self, number: int) -> bool:
        """Mark a connection for `ClosedReports.MARKED`; ``False`` if it is not open here."""

    def close_connection(self, number: int) -> bool:
        """Close a connection after what is queued was written; ``False`` if it is not open here."""


class NoConnections:
    """The `Connections` of a server without streams."""

    def worker_of(self, number: int) -> int:
        """Return -1: nobody has one."""
        return -1

    def find_peer(self, protocol: str, ip: str, port: int) -> int:
        """Find none."""
        return 0

    def state_of(self, number: int) -> ConnectionState:
        """Know none."""
        return ConnectionState.NONE

    def set_lifetime(self, number: int, seconds: int) -> bool:
        """Know none."""
        return False

    def set_keepalive(self, number: int, times: KeepAliveTimes | None) -> bool:
        """Know none."""
        return False

    def mark(self, number: int) -> bool:
        """Know none."""
        return False

    def close_connection(self, number: int) -> bool:
        """Know none."""
        return False
