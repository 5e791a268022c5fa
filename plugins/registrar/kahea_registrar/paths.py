"""Path (RFC 3327): the way to a contact that its REGISTER came by."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from kahea.api import Message, NameAddr, Uri, parse_name_addr, split_commas

from kahea_registrar.errors import Failure, RegistrationError

MAX_PATH = 510
"""Bytes of all Path headers together, as in Kamailio."""


def path_of(msg: Message) -> tuple[str, Uri | None]:
    """Return all Path headers as one value, and their first URI; "" and ``None`` without such a header.

    Raises:
        RegistrationError: they are malformed, too long, or the first URI is no loose router's.
    """
    values = [value.strip(" \t\r\n") for value in msg.header_values("Path")]
    if not values:
        return "", None
    path = ",".join(values)
    uri = _first_uri(path)
    if uri is None or len(path) > MAX_PATH or "lr" not in uri.params:
        raise RegistrationError(Failure.PATH, path[:MAX_PATH])
    return path, uri


def received_by(first: Uri) -> str:
    """Return the address that the first hop received the REGISTER from, "" when it does not tell."""
    return unquote(first.params.get("received") or "", errors="surrogateescape")


def next_hop(path: str, is_local: Callable[[Uri], bool] | None) -> tuple[str, str]:
    """Return where to send first, and the rest of the way as a Route header; both "" when there is no hop left.

    Args:
        path: as kept with a contact.
        is_local: tells whether a URI is ours and to be passed over; ``None`` passes over none.

    Raises:
        ValueError: the path is malformed.
    """
    hops = split_commas(path)
    first = _parsed(hops[0]) if hops else None
    if first is None:
        raise ValueError(f"malformed Path {path!r}")
    if is_local is None:
        return first.uri, path
    uri = first.parsed_uri
    if uri is None:
        raise ValueError(f"malformed URI in Path {path!r}")
    if not is_local(uri):
        return first.uri, path
    if len(hops) == 1:
        return "", ""
    second = _parsed(hops[1])
    if second is None:
        raise ValueError(f"malformed Path {path!r}")
    return second.uri, ",".join(hops[1:])


def _first_uri(path: str) -> Uri | None:
    hops = split_commas(path)
    first = _parsed(hops[0]) if hops else None
    return None if first is None else first.parsed_uri


def _parsed(hop: str) -> NameAddr | None:
    return parse_name_addr(hop) if hop.startswith(("<", '"')) or "<" in hop else None
