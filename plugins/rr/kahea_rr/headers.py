"""The text of Record-Route, of which a part is known only when a branch is sent."""

from __future__ import annotations

from copy import copy
from typing import Final, Self

from kahea.api import LocalSocket, OutgoingBranch, SendOptions, received_address, sending_address, transport_of


class RecordRoute:
    """An insert of an edit list; copies of a message share it, so it is replaced, never changed.

    Args:
        params: URI parameters that the script added, each with its semicolon.
    """

    __slots__ = ("params",)

    unsettled: Final = True
    """As in Kamailio, `msg_apply_changes` is refused from now on."""

    def __init__(self, params: str) -> None:
        self.params = params

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch; without one, as if it were sent from where it was received."""
        raise NotImplementedError

    def with_param(self, param: str) -> Self:
        """Return the same with one more parameter."""
        other = copy(self)
        other.params += param
        return other


class OwnRecordRoute(RecordRoute):
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

    __slots__ = ("double", "end", "received", "sending", "socket_names", "start")

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
        super().__init__(params)
        self.received = received
        self.sending = sending
        self.start = start
        self.end = end
        self.double = double
        self.socket_names = socket_names

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch."""
        received = self.received
        own = received_address(received, self.socket_names)
        socket = received if branch is None else branch.socket
        if self.double == 2 or (self.double and differ(received, socket)):
            other = sending_address(socket, self.sending, self.socket_names)
            tail = f";r2=on{self.end}{self.params}>\r\n"
            return f"{self.start}{other}{tail}{self.start}{own}{tail}"
        return f"{self.start}{own}{self.end}{self.params}>\r\n"


class AdvertisedRecordRoute(RecordRoute):
    """Record-Route with an address that the script gives; arguments as for `OwnRecordRoute`."""

    __slots__ = ("double", "end", "received", "start")

    def __init__(self, received: LocalSocket, start: str, end: str, params: str, double: int) -> None:
        super().__init__(params)
        self.received = received
        self.start = start
        self.end = end
        self.double = double

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch."""
        protocol = self.received.protocol
        other = protocol if branch is None else branch.socket.protocol
        tail = f"{self.end}{self.params}>\r\n"
        if self.double != 2 and other == protocol:
            return self.start + tail
        own = f"{self.start};transport={transport_of(protocol)}"
        if not self.double:
            return own + tail
        return f"{self.start};transport={transport_of(other)};r2=on{tail}{own};r2=on{tail}"


class PresetRecordRoute(RecordRoute):
    """Record-Route that the script writes.

    Args:
        text: of the header line, up to what `add_rr_param` adds.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        super().__init__("")
        self.text = text

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header line; it is the same for all branches."""
        return f"{self.text}{self.params}>\r\n"


def differ(one: LocalSocket, other: LocalSocket) -> bool:
    """Whether two sockets have different addresses, ports or transports."""
    return one is not other and (one.port, one.protocol, one.ip) != (other.port, other.protocol, other.ip)
