"""The text of Path, of which a part is known only when the request is sent (RFC 3327)."""

from __future__ import annotations

from typing import Final

from kahea.api import LocalSocket, OutgoingBranch, SendOptions, Source, received_address, sending_address, transport_of

_PROTOCOL_NUMBERS: Final = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}


class PathHeader:
    """An insert of an edit list: Path with the address of the socket that the request leaves by.

    Args:
        received: socket that the request came in on.
        sending: how the script wants the request to be sent: with an advertised address, for instance.
        address: in the place of the sockets' addresses; "" for none.
        user: user part of the URI, "" for none.
        params: what follows the address, up to the closing bracket.
        double: whether a second header with the incoming socket follows.
        socket_names: whether the names of the sockets are written.
    """

    __slots__ = ("_address", "_double", "_params", "_received", "_sending", "_socket_names", "_start")

    def __init__(
        self,
        received: LocalSocket,
        sending: SendOptions,
        address: str,
        user: str,
        params: str,
        double: bool,
        socket_names: bool,
    ) -> None:
        self._received = received
        self._sending = sending
        self._address = address
        self._start = f"Path: <sip:{user}@" if user else "Path: <sip:"
        self._params = params
        self._double = double
        self._socket_names = socket_names

    def __call__(self, branch: OutgoingBranch | None) -> str:
        """Return the header lines for a branch; without one, as if it were sent from where it was received."""
        received = self._received
        socket = received if branch is None else branch.socket
        if self._address:
            outgoing, incoming = self._advertised(socket), self._advertised(received)
        else:
            outgoing = sending_address(socket, self._sending, self._socket_names)
            incoming = received_address(received, self._socket_names)
        if not self._double:
            return f"{self._start}{outgoing}{self._params}>\r\n"
        tail = f"{self._params};r2=on>\r\n"
        return f"{self._start}{outgoing}{tail}{self._start}{incoming}{tail}"

    def _advertised(self, socket: LocalSocket) -> str:
        text = f"{self._address};transport={transport_of(socket.protocol)}"
        return f"{text};sn={socket.name}" if self._socket_names and socket.name else text


def received_param(source: Source, name: str, compact: bool) -> str:
    """Return the parameter that tells where a request came from.

    Args:
        source: of the request.
        name: of the parameter.
        compact: whether the value is ``ip~port~protocol``, the protocol as Kamailio's number; a URI otherwise.
    """
    host = f"[{source.ip}]" if ":" in source.ip else source.ip
    protocol = source.socket.protocol
    if compact:
        return f";{name}={host}~{source.port}~{_PROTOCOL_NUMBERS[protocol]}"
    # semicolon and equals sign of the URI's own parameter are escaped
    transport = "" if protocol == "udp" else f"%3Btransport%3D{transport_of(protocol)}"
    return f";{name}=sip:{host}:{source.port}{transport}"


def received_uri(value: str, compact: bool) -> str | None:
    """Return the URI that the value of such a parameter means, ``None`` when it means none."""
    if not compact:
        return _unescaped(value)
    place, _, rest = value.partition("~")
    port, found, number = rest.partition("~")
    if not (found and place and port.isdecimal()):
        return None
    protocol = next((name for name, known in _PROTOCOL_NUMBERS.items() if str(known) == number[:1]), None)
    if protocol is None:
        return None
    transport = "" if protocol == "udp" else f";transport={protocol}"
    return f"sip:{place}:{port}{transport}"


def _unescaped(value: str) -> str | None:
    """Undo the escapes; ``None`` for one that is broken or means no printable character, as in Kamailio."""
    first, *pieces = value.split("%")
    text = first
    for piece in pieces:
        try:
            character = chr(int(piece[:2], 16))
        except ValueError:
            return None
        if len(piece) < 2 or not " " <= character <= "~":
            return None
        text += character + piece[2:]
    return text or None
