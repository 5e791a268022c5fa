"""Requests written for other programs, line by line: ``t_write_req`` and ``t_write_unix``."""

from __future__ import annotations

import os
import re
import socket
from dataclasses import dataclass
from typing import Final

from kahea.api import Request, Run, UriError, parse_uri

from kahea_tm.transaction import Transaction

VERSION: Final = "0.3"
"""Of the format (Kamailio's)."""

_WITH_BODY: Final = frozenset(("INVITE", "INFO"))
_NOTHING: Final = "."

_NAME: Final = re.compile(r"\s*([^\s:]+)\s*:\s*(.+)", re.DOTALL)
_ELEMENT: Final = re.compile(r"\s*(?:([^\s=;\[\]]+)\s*=\s*)?(avp|hdr|msg)\[([^\s\[\];]+)\]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Append:
    """What is added to the lines, a parameter ``tw_append``.

    Args:
        elements: title, kind (``avp``, ``hdr``) and name of each.
        body: whether the body is written whatever the method.
    """

    elements: tuple[tuple[str, str, str], ...]
    body: bool


def parse_append(text: str) -> tuple[str, Append]:
    """Read ``name:title=avp[a];hdr[b];msg[body]``; returns the name and what it stands for.

    Raises:
        ValueError: it is written in another way.
    """
    named = _NAME.fullmatch(text)
    if named is None:
        raise ValueError(f'write name:element;element in place of "{text}"')
    elements: list[tuple[str, str, str]] = []
    body = False
    for part in named[2].split(";"):
        found = _ELEMENT.fullmatch(part)
        if found is None:
            raise ValueError(f'write title=avp[NAME], hdr[NAME] or msg[body] in place of "{part}"')
        title, kind, name = found[1], found[2].lower(), found[3]
        if kind == "avp":
            name = name.removeprefix("s:")
        if kind != "msg":
            elements.append((title or name, kind, name))
        elif name.lower() == "body":
            body = True
        else:
            raise ValueError(f'write msg[body] in place of "{part}"')
    return named[1].lower(), Append(tuple(elements), body)


def lines(run: Run, msg: Request, transaction: Transaction, action: str, append: Append | None) -> bytes:
    """Return a request as lines.

    Args:
        run: for AVPs.
        msg: the request.
        transaction: of the request.
        action: told in the second line.
        append: what is added.

    Raises:
        ValueError: headers that are needed are missing or broken.
    """
    sender, receiver, cseq = msg.from_, msg.to, msg.cseq
    try:
        uri = parse_uri(msg.uri)
    except UriError as error:
        raise ValueError(f"the Request-URI: {error}") from None
    if sender is None or receiver is None or cseq is None:
        raise ValueError("From, To or CSeq cannot be read")
    contacts = msg.contacts
    target = contacts[0].uri if isinstance(contacts, list) and contacts else sender.uri
    target, route, hop = _route(msg, target)
    port = msg.source.socket.port
    with_body = msg.method in _WITH_BODY or (append is not None and append.body)
    caller = sender.text.strip().removesuffix(sender.params_text)
    fields = [
        VERSION, f"sip_request.{action}", msg.method, uri.user, uri.host, msg.source.socket.ip,
        _NOTHING if port == 5060 else str(port), msg.original_uri, target or _NOTHING, caller,
        receiver.text.strip(), msg.call_id or "", sender.tag, receiver.tag, cseq.number_text,
        f"{transaction.index}:{transaction.label}", route or _NOTHING, hop or _NOTHING,
        f"P-MsgFlags: 0\n{_added(run, msg, append)}{_NOTHING}",
    ]  # fmt: skip
    head = "".join(f"{field}\n" for field in fields).encode("utf-8", "surrogateescape")
    return head + (msg.body if with_body else _NOTHING.encode()) + b"\n"


def _route(msg: Request, target: str) -> tuple[str, str, str]:
    """Return target, Route and next hop of requests that answer this one (RFC 3261 12.1.1)."""
    routes = msg.record_routes
    if not routes:
        return target, "", ""
    first = routes[0]
    if first.parsed_uri is not None and "lr" in first.parsed_uri.params:
        return target, ",".join(f"<{one.uri}>" for one in routes), first.uri
    return first.uri, ",".join([*(f"<{one.uri}>" for one in routes[1:]), f"<{target}>"]), ""


def _added(run: Run, msg: Request, append: Append | None) -> str:
    added = ""
    for title, kind, name in append.elements if append is not None else ():
        if kind == "avp":
            values = run.avps.get(name)
            value = None if not values else str(values[0])
        else:
            value = msg.header(name)
        if value is not None:
            added += f"{title}: {value.strip()}\n"
    return added


def write_fifo(path: str, data: bytes) -> None:
    """Write to a FIFO.

    Raises:
        OSError: nobody reads it, or it is full.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    try:
        if os.write(descriptor, data) != len(data):
            raise BlockingIOError(f"{path} is full")
    finally:
        os.close(descriptor)


def write_socket(path: str, data: bytes) -> None:
    """Send as one datagram to a Unix socket.

    Raises:
        OSError: nobody reads it, or it is full.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
        sender.sendto(data, path)
