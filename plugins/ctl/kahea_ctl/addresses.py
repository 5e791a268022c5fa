"""Where to listen, as the parameters ``binrpc`` and ``fifo`` write it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Final

from kahea.api import ListenKind

DEFAULT_PORT: Final = 2049

_KINDS: Final = {
    "tcp": ListenKind.TCP,
    "udp": ListenKind.UDP,
    "unix": ListenKind.UNIX,
    "unixs": ListenKind.UNIX,
    "unixd": ListenKind.UNIX_DATAGRAM,
    "fifo": ListenKind.FIFO,
}


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address.

    Attributes:
        kind: what is opened.
        name: path or host.
        port: 0 for files.
    """

    kind: ListenKind
    name: str
    port: int = 0


def parse_address(text: str, default: ListenKind) -> Address:
    """Read ``[protocol:]path`` or ``[protocol:]host[:port]``.

    Args:
        text: as in the configuration.
        default: the kind where no protocol is given; a path is a Unix socket where *default* is no file, and an
            address with a port is UDP where it is one.

    Raises:
        ValueError: the address is incomplete, or its port is none.
    """
    protocol, _, rest = text.partition(":")
    kind = _KINDS.get(protocol.lower())
    if kind is None:
        rest = text
        kind = _guess(text, default)
    if kind.is_file:
        if not rest:
            raise ValueError(f"{text!r} names no path")
        return Address(kind, rest)
    host, port = _split_port(rest)
    if not port and host.isdecimal():  # tcp:2049
        host, port = "*", host
    number = _port_number(port, kind) if port else DEFAULT_PORT
    return Address(kind, host or "*", number)


def _guess(text: str, default: ListenKind) -> ListenKind:
    if "/" in text:
        return default if default.is_file else ListenKind.UNIX
    if _split_port(text)[1]:
        return ListenKind.UDP if default.is_file else default
    return default


def _split_port(text: str) -> tuple[str, str]:
    if text.startswith("["):
        host, bracket, rest = text.partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(f"{text!r} is no address")
        return host + bracket, rest[1:]
    host, _, port = text.partition(":")
    return host, port


def _port_number(text: str, kind: ListenKind) -> int:
    if text.isdecimal():
        number = int(text)
        if not 0 < number < 65536:
            raise ValueError(f"{text} is no port")
        return number
    try:
        return socket.getservbyname(text, kind.value)
    except OSError:
        raise ValueError(f"{text!r} is no port and no service") from None
