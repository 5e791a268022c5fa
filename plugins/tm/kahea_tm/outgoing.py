"""Requests of the server's own, from what scripts and operators write: method, URIs, header lines, body."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from kahea.api import (
    LocalRequest,
    LocalSocket,
    NameAddr,
    Transport,
    UriError,
    find_socket,
    header_key,
    parse_name_addr,
    parse_place,
    parse_uri,
)

DEFAULT_CSEQ: Final = 10

_OURS: Final = frozenset(("from", "to", "cseq", "call-id"))
"""Headers that we write ourselves."""


@dataclass(frozen=True, slots=True)
class Written:
    """A request as it was written.

    Args:
        method: of the request.
        uri: Request-URI.
        next_hop: URI to send to; "" or "." for the first Route or the Request-URI.
        socket: ``proto:host:port`` to send from; "" or "." for any that fits.
        headers: header lines, with From and To.
        body: of the request.
    """

    method: str
    uri: str
    next_hop: str
    socket: str
    headers: str
    body: bytes


def local_request(written: Written, transport: Transport) -> LocalRequest:
    """Return what was written as a request that can be sent.

    Args:
        written: by a script or an operator.
        transport: knows the sockets.

    Raises:
        ValueError: it cannot be sent; in Kamailio's words.
    """
    if not written.method:
        raise ValueError("Empty method")
    _check_uri("request", written.uri)
    hop = "" if written.next_hop == "." else written.next_hop
    if hop:
        _check_uri("next-hop", hop)
    socket = _socket(written.socket, transport)
    lines = _header_lines(written.headers)
    keys = [key for key, _, _ in lines]
    if written.body and "content-type" not in keys:
        raise ValueError("Content-Type missing")
    if written.body and "content-length" in keys:
        raise ValueError("Content-Length disallowed")
    values = {key: value for key, value, _ in reversed(lines)}
    sender, receiver = _address("From", values), _address("To", values)
    return LocalRequest(
        written.method,
        written.uri,
        f"<{sender.uri}>;tag={sender.tag or secrets.token_hex(16)}",
        f"<{receiver.uri}>;tag={receiver.tag}" if receiver.tag else f"<{receiver.uri}>",
        "".join(line for key, _, line in lines if key not in _OURS),
        written.body,
        hop or _first_route(values.get("route", "")),
        socket,
        values.get("call-id", ""),
        _cseq(values.get("cseq"), written.method),
    )


def _check_uri(kind: str, text: str) -> None:
    try:
        parse_uri(text)
    except UriError:
        raise ValueError(f'Invalid {kind} uri "{text}"') from None


def _socket(text: str, transport: Transport) -> LocalSocket | None:
    if text in ("", "."):
        return None
    try:
        place = parse_place(text)
    except ValueError:
        place = None
    if place is None or not place.host:
        raise ValueError(f'Invalid send socket "{text}"')
    found = find_socket(transport.sockets, place)
    if found is None:
        raise ValueError(f'No local socket for "{text}"')
    return found


def _header_lines(text: str) -> list[tuple[str, str, str]]:
    """Return key, value and whole line of each header, continuation lines with the one that they continue."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += f"{line}\r\n"
        elif line:
            lines.append(f"{line}\r\n")
    found = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ValueError("Invalid headers")
        found.append((header_key(name.strip()), value.strip(), line))
    return found


def _address(name: str, values: dict[str, str]) -> NameAddr:
    if name.lower() not in values:
        raise ValueError(f"{name} missing")
    found = parse_name_addr(values[name.lower()])
    if found is None or not found.uri:
        raise ValueError(f"Error in {name}")
    return found


def _cseq(value: str | None, method: str) -> int:
    if value is None:
        return DEFAULT_CSEQ
    number, _, name = value.partition(" ")
    if not number.isascii() or not number.isdecimal():
        raise ValueError("Non-numerical CSeq")
    if name.strip() != method:
        raise ValueError("CSeq method mismatch")
    return int(number)


def _first_route(value: str) -> str:
    start = value.find("<")
    return value[start + 1 : value.find(">", start)] if start >= 0 else ""
