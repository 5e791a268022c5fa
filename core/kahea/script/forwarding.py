"""Stateless forwarding: ``forward()`` and its relatives (RFC 3261 16.11)."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Coroutine
from dataclasses import replace
from typing import Any

from kahea.modules.core import Core
from kahea.modules.errors import InternalError, note_error
from kahea.modules.resolver import Candidate, Candidates
from kahea.sip.branches import OutgoingBranch
from kahea.sip.build import build_forwarded_request, build_via
from kahea.sip.endpoints import DEFAULT_PORTS, Destination, LocalSocket
from kahea.sip.message import Request, SipParseError
from kahea.sip.uri import Uri, UriError, parse_uri

MAGIC_COOKIE = "z9hG4bK"
"""What branches begin with (RFC 3261 8.1.1.7)."""


def forward_to_uri(
    core: Core, msg: Request, port: int | None = None, protocol: str = ""
) -> bool | Coroutine[Any, Any, bool]:
    """Forward a request to the next hop that its destination or Request-URI names.

    Args:
        core: the server.
        msg: what is forwarded.
        port: instead of the URI's; 0 for the protocol's default.
        protocol: instead of the URI's.

    Returns:
        Whether it could be sent, or an awaitable of that where a name has to be looked up.
    """
    text = msg.dst_uri or msg.uri
    try:
        uri = parse_uri(text)
    except UriError as error:
        core.log.error(f"forward: the URI {text} is malformed: {error}")
        return _failed(core, msg, InternalError.BAD_URI)
    if not protocol:
        protocol = _protocol_of(uri)
    if protocol and protocol not in DEFAULT_PORTS:
        core.log.error(f"forward: the URI {text} has an unknown transport")
        return _failed(core, msg, InternalError.UNSPECIFIED)
    return forward(core, msg, uri.host, (uri.port or 0) if port is None else port, protocol)


def forward(core: Core, msg: Request, host: str, port: int, protocol: str) -> bool | Coroutine[Any, Any, bool]:
    """Forward a request to a host, with ``use_dns_failover`` to its further addresses if the first cannot be sent to.

    Args:
        core: the server.
        msg: what is forwarded.
        host: a name, or an address, IPv6 with or without brackets.
        port: 0 for the one that SRV records name, or the protocol's default.
        protocol: ``udp``, ``tcp``, ...; "" for the one that the host's records name, or UDP.

    Returns:
        Whether it could be sent, or an awaitable of that where a name has to be looked up.
    """
    found = core.resolver.locate(host, port, protocol)
    if isinstance(found, Candidates):
        return _forward_to_one(core, msg, host, found)
    return _forward_when_found(core, msg, host, found)


async def _forward_when_found(core: Core, msg: Request, host: str, found: Awaitable[Candidates]) -> bool:
    result = _forward_to_one(core, msg, host, await found)
    return result if isinstance(result, bool) else await result


def _forward_to_one(core: Core, msg: Request, host: str, candidates: Candidates) -> bool | Coroutine[Any, Any, bool]:
    """Forward a request to the first of some places that takes it."""
    place = candidates.first()
    if place is None:
        core.log.error(f"forward: {host} is not found: {candidates.error}")
        return _failed(core, msg, InternalError.BAD_ADDRESS)
    while not _forward_to(core, msg, place):
        further = candidates.next()
        if further is None:
            return _failed(core, msg)
        if not isinstance(further, Candidate):
            return _forward_to_further(core, msg, candidates, further)
        place = further
    return True


async def _forward_to_further(
    core: Core, msg: Request, candidates: Candidates, waited: Awaitable[Candidate | None]
) -> bool:
    place = await waited
    while place is not None and not _forward_to(core, msg, place):
        further = candidates.next()
        place = further if further is None or isinstance(further, Candidate) else await further
    return place is not None or _failed(core, msg)


def _failed(core: Core, msg: Request, error: InternalError | None = None) -> bool:
    """Count a request that is not forwarded, and note why; *error* is ``None`` where that is noted already."""
    core.counters.add("core.drop_requests")
    if error is not None:
        note_error(msg, error)
    return False


def _forward_to(core: Core, msg: Request, place: Candidate) -> bool:
    """Forward a request to one place; return whether it could be sent."""
    protocol, ip, port = place
    socket = sending_socket(core, msg, protocol, ip)
    if socket is None:
        core.log.error(f"forward: there is no {protocol} socket to reach {ip} from")
        note_error(msg, InternalError.NO_SOCKET)
        return False
    try:
        data, socket = build_for(core, msg, socket, ip, stateless_branch(msg))
    except SipParseError as error:
        core.log.error(f"forward: {error}")
        return False
    destination = Destination(socket.protocol, ip, port, socket)
    if msg.has_sending:
        msg.sending.apply(destination)
    if core.send_request(msg, data, destination):
        core.counters.add("core.fwd_requests")
        return True
    note_error(msg, InternalError.SEND)
    return False


def sending_socket(core: Core, msg: Request, protocol: str, ip: str) -> LocalSocket | None:
    """Return the socket to send from: the one that the script forced, or else the UDP one that it came in on, where it
    fits, or the first that does.

    A forced socket of another protocol stands for the one of the same address and port.
    """
    forced = msg.send_socket
    if forced is not None and forced.ipv6 is (":" in ip):
        if forced.protocol == protocol:
            return forced
        for other in core.transport.sockets:
            if (other.protocol, other.ip, other.port) == (protocol, forced.ip, forced.port):
                return other
    received = msg.source.socket
    if protocol == "udp" == received.protocol and received.ipv6 is (":" in ip) and not core.settings.mhomed:
        return received
    return core.transport.choose(protocol, ip)


def stateless_branch(msg: Request) -> str:
    """Return the branch of a forwarded request.

    It is the same for a retransmission, for the CANCEL of the request and for the ACK of a negative reply, since
    nothing is remembered (RFC 3261 16.11).
    """
    via = msg.via
    received = via.branch or "" if via is not None else ""
    if received.startswith(MAGIC_COOKIE) and via is not None:
        key = f"{received} {via.host}:{via.port}"
    else:
        sender, cseq = msg.from_, msg.cseq
        tag = sender.tag if sender is not None else ""
        number = cseq.number if cseq is not None else 0
        key = f"{msg.call_id} {tag} {number} {msg.original_uri} {via}"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return f"{MAGIC_COOKIE}{digest}.0"


def _protocol_of(uri: Uri) -> str:
    if uri.scheme == "sips":
        return "wss" if uri.transport in ("ws", "wss") else "tls"
    return uri.transport


def next_hop(text: str) -> tuple[str, int, str]:
    """Return host, port (0 for the protocol's default) and protocol that a URI names.

    Args:
        text: the URI; of Route, where several stand in it, the first counts.

    Raises:
        UriError: it is malformed.
    """
    uri = parse_uri(text)
    return uri.host, uri.port or 0, _protocol_of(uri)


def build_for(
    core: Core, msg: Request, socket: LocalSocket, ip: str, branch: str, index: int = 0
) -> tuple[bytes, LocalSocket]:
    """Build the request that is sent on; over ``udp_mtu`` bytes for another transport, if there is a socket of it.

    Args:
        core: the server.
        msg: what is sent on, with its URI and edits.
        socket: to send from.
        ip: where to.
        branch: value of the branch parameter of our Via.
        index: number of the branch, for edits that ask.

    Returns:
        The bytes, and the socket to send from.

    Raises:
        SipParseError: there is no readable Via.
    """
    path = msg.sending.path if msg.has_sending else ""
    data = build_forwarded_request(
        msg,
        own_via(core, msg, socket, branch),
        protocol=socket.protocol,
        branch=OutgoingBranch(socket, index),
        path=path,
    )
    settings = core.settings
    if socket.protocol == "udp" and 0 < settings.udp_mtu < len(data):
        other_protocol = (msg.sending.large_protocol if msg.has_sending else "") or settings.udp_mtu_try_proto.lower()
        other = core.transport.choose(other_protocol, ip) if other_protocol not in ("", "udp") else None
        if other is not None:
            data = build_forwarded_request(
                msg,
                own_via(core, msg, other, branch),
                protocol=other.protocol,
                branch=OutgoingBranch(other, index),
                path=path,
            )
            return data, other
    return data, socket


def own_via(core: Core, msg: Request, socket: LocalSocket, branch: str) -> str:
    """Return our Via for a forwarded request, as the script wants it."""
    local_rport = core.settings.local_rport
    added = ""
    if msg.has_sending:
        sending = msg.sending
        local_rport = local_rport or sending.local_rport
        added = "".join([sending.via_params[name]() for name in sorted(sending.via_params)])
        host, port, protocol = sending.via_sent_by() if sending.via_sent_by is not None else ("", "", "")
        if host or port or protocol or sending.advertised_host or sending.advertised_port:
            own_port = None if socket.port == DEFAULT_PORTS["udp"] else socket.port
            socket = replace(
                socket,
                protocol=protocol or socket.protocol,
                advertised_host=host or sending.advertised_host or socket.advertised_host or socket.host_text,
                advertised_port=int(port or 0) or sending.advertised_port or socket.advertised_port or own_port,
            )
    extra = f";rport{added}" if local_rport else added
    return build_via(socket, branch, msg.source.connection, extra)
