"""The text of Record-Route, of which a part is known only when a branch is sent."""

from __future__ import annotations

from typing import Final, Protocol

from kahea.api import LocalSocket, OutgoingBranch, SendOptions, received_address, sending_address, transport_of


class RecordRoute(Protocol):
    """An insert of an edit list, to which parameters may be added until the message is sent."""

    params: str
    """URI parameters, each with its semicolon."""
    removed: bool
    """Whether nothing is inserted after all."""

    @property
    def unsettled(self) -> bool:
        """True: as in Kamailio, `msg_apply_changes` is refused from now on."""

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch; without one, as if it were sent from where it was received."""


class OwnRecordRoute:
    """Record-Route with the addresses of the sockets.

    Args:
        received: socket that the request came in on.
        sending: how the script wants the request to be sent: with an advertised address, for instance.
        start: of the header line, up to the address.
        end: what follows the address and its parameters, up to those of the script.
        params: those of the script.
        double: ``enable_double_rr``: 0 one header always, 1 two where the sockets differ, 2 two always.
        socket_names: whether a socket's name is written.
    """

    unsettled: Final = True
    __slots__ = ("double", "end", "params", "received", "removed", "sending", "socket_names", "start")

    def __init__(
        self,
        received: LocalSocket,
        sending: SendOptions,
        start: str,
        end: str,
        params: str,
        double: int,
        socket_names: bool,
    ) -> None:
        self.received = received
        self.sending = sending
        self.start = start
        self.end = end
        self.params = params
        self.double = double
        self.socket_names = socket_names
        self.removed = False

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch."""
        if self.removed:
            return ""
        received = self.received
        own = received_address(received, self.socket_names)
        socket = received if branch is None else branch.socket
        if self.double == 2 or (self.double and differ(received, socket)):
            other = sending_address(socket, self.sending, self.socket_names)
            tail = f";r2=on{self.end}{self.params}>\r\n"
            return f"{self.start}{other}{tail}{self.start}{own}{tail}"
        return f"{self.start}{own}{self.end}{self.params}>\r\n"


class AdvertisedRecordRoute:
    """Record-Route with an address that the script gives; arguments as for `OwnRecordRoute`."""

    unsettled: Final = True
    __slots__ = ("double", "end", "params", "received", "removed", "start")

    def __init__(self, received: LocalSocket, start: str, end: str, params: str, double: int) -> None:
        self.received = received
        self.start = start
        self.end = end
        self.params = params
        self.double = double
        self.removed = False

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch."""
        if self.removed:
            return ""
        protocol = self.received.protocol
        other = protocol if branch is None else branch.socket.protocol
        tail = f"{self.end}{self.params}>\r\n"
        if self.double != 2 and other == protocol:
            return self.start + tail
        own = f"{self.start};transport={transport_of(protocol)}"
        if not self.double:
            return own + tail
        return f"{self.start};transport={transport_of(other)};r2=on{tail}{own};r2=on{tail}"


class PresetRecordRoute:
    """Record-Route that the script writes.

    Args:
        text: of the header line, up to what `add_rr_param` adds.
    """

    unsettled: Final = True
    __slots__ = ("params", "removed", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.params = ""
        self.removed = False

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header line; it is the same for all branches."""
        return "" if self.removed else f"{self.text}{self.params}>\r\n"


def differ(one: LocalSocket, other: LocalSocket) -> bool:
    """Whether two sockets have different addresses, ports or transports."""
    return one is not other and (one.port, one.protocol, one.ip) != (other.port, other.protocol, other.ip)
