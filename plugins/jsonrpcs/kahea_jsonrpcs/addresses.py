"""Where to listen, as the parameters write it."""

from __future__ import annotations

from kahea.api import ListenKind

_PROTOCOLS = {"udp": ListenKind.UDP, "tcp": ListenKind.TCP}


def parse_address(text: str) -> tuple[ListenKind, str, int]:
    """Read ``udp:host:port`` or ``tcp:host:port``; anything else is the path of a Unix datagram socket.

    Returns:
        kind, path or host, port.

    Raises:
        ValueError: host or port is missing.
    """
    protocol, _, rest = text.partition(":")
    kind = _PROTOCOLS.get(protocol.lower())
    if kind is None:
        return ListenKind.UNIX_DATAGRAM, text, 0
    host, _, port = rest.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is no address; write {protocol}:host:port")
    return kind, host, int(port)
