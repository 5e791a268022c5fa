"""Addresses on the command line, ``-l`` and ``--alias``, as the configuration's `Listen` nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kahea.cfg.ast import Listen, Name
from kahea.cli.errors import UsageError
from kahea.diagnostics import SourceFile, Span

PROTOCOLS: Final = ("udp", "tcp", "tls", "sctp", "ws", "wss")

_COLON: Final = re.compile(r":(?![^\[]*\])")
"""A colon outside the brackets of an IPv6 address."""
_HOST: Final = re.compile(r"[^\s(),]+")


def parse_listen(text: str) -> Listen:
    """Read the argument of ``-l``: ``[proto:]addr_lst[:port][/advaddr][/socket_name]``.

    Args:
        text: the argument; *addr_lst* is an address, or several in parentheses.

    Returns:
        The socket or sockets; each host has a span in *text*, so that a diagnostic about it shows the place.

    Raises:
        UsageError: it has another form.
    """
    address, *more = text.split("/", 2)
    advertised, name = [*more, "", ""][:2]
    if (len(more) == 1 and not advertised) or (len(more) == 2 and not name):
        raise UsageError(f"-l: nothing after the `/` in `{text}`", "write ADDRESS/ADVERTISED or ADDRESS//NAME")
    listen = _parse("-l", text, address)
    listen.name = name or None
    if advertised:
        _, advertise, listen.advertise_port = _split("-l", advertised)
        listen.advertise_host = advertise.strip("[]")
    return listen


def parse_alias(text: str) -> Listen:
    """Read the argument of ``--alias``: ``[proto:]hostname[:port]``.

    Raises:
        UsageError: it has another form.
    """
    return _parse("--alias", text, text)


def _parse(label: str, text: str, address: str) -> Listen:
    protocol, hosts, port = _split(label, address)
    file = SourceFile(f"<{label}>", text)
    whole = Span(file, 0, len(text))
    offset = len(protocol) + 1 if protocol is not None else 0
    return Listen(protocol, list(_names(file, hosts, offset)), port, span=whole)


def _names(file: SourceFile, hosts: str, offset: int) -> Iterator[Name]:
    for found in _HOST.finditer(hosts):
        yield Name(Span(file, offset + found.start(), offset + found.end()), found.group())


def _split(label: str, address: str) -> tuple[str | None, str, int | None]:
    """Take ``[proto:]host[:port]`` apart; a single colon stands before a port if a number follows."""
    parts = _COLON.split(address)
    if not all(parts) or len(parts) > 3 or not _HOST.search(parts[-1]):
        raise UsageError(f"{label} cannot read the address `{address}`", "write [PROTO:]HOST[:PORT], IPv6 in brackets")
    match parts:
        case [host]:
            return None, host, None
        case [host, port] if port.isascii() and port.isdigit():
            return None, host, _port(label, port)
        case [protocol, host]:
            return _protocol(label, protocol, address), host, None
        case [protocol, host, port]:
            return _protocol(label, protocol, address), host, _port(label, port)
    raise AssertionError(parts)


def _protocol(label: str, text: str, address: str) -> str:
    if text.lower() in PROTOCOLS:
        return text.lower()
    raise UsageError(f"{label}: `{text}` in `{address}` is no protocol", f"use one of {', '.join(PROTOCOLS)}")


def _port(label: str, text: str) -> int | None:
    """Return a port; ``None`` for 0, which means the default port in Kamailio."""
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text) or None
    raise UsageError(f"{label}: `{text}` is no port", "write a number from 1 to 65535")
