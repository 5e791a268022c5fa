"""Stateless forwarding: ``forward()`` and its relatives (RFC 3261 16.11)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from ipaddress import ip_address

from kahea.modules.core import Core
from kahea.sip.branches import OutgoingBranch
from kahea.sip.build import build_forwarded_request, build_via
from kahea.sip.endpoints import DEFAULT_PORTS, Destination, LocalSocket
from kahea.sip.message import Request, SipParseError
from kahea.sip.uri import Uri, UriError, parse_uri

MAGIC_COOKIE = "z9hG4bK"
"""What branches begin with (RFC 3261 8.1.1.7)."""


def forward_to_uri(core: Core, msg: Request, port: int | None = None, protocol: str = "") -> bool:
    """Forward a request to the next hop that its destination or Request-URI names.

    Args:
        core: the server.
        msg: what is forwarded.
        port: instead of the URI's; 0 for the protocol's default.
        protocol: instead of the URI's.

    Returns:
        Whether it could be sent.
    """
    text = msg.dst_uri or msg.uri
    try:
        uri = parse_uri(text)
    except UriError as error:
        core.log.error(f"forward: the URI {text} is malformed: {error}")
        return False
    if not protocol:
        protocol = _protocol_of(uri)
    if protocol not in DEFAULT_PORTS:
        core.log.error(f"forward: the URI {text} has an unknown transport")
        return False
    return forward(core, msg, uri.host, (uri.port or 0) if port is None else port, protocol)


def forward(core: Core, msg: Request, host: str, port: int, protocol: str) -> bool:
    """Forward a request to an address.

    Args:
        core: the server.
        msg: what is forwarded.
        host: an address, IPv6 with or without brackets; a name is not looked up.
        port: 0 for the protocol's default.
        protocol: ``udp``, ``tcp``, ...

    Returns:
        Whether it could be sent.
    """
    try:
        ip = str(ip_address(host.strip("[]")))
    except ValueError:
        core.log.error(f'forward: "{host}" is no IP address, and names are not looked up yet')
        return False
    socket = sending_socket(core, msg, protocol, ip)
    if socket is None:
        core.log.error(f"forward: there is no {protocol} socket to reach {ip} from")
        return False
    try:
        data, socket = _built(core, msg, socket, ip)
    except SipParseError as error:
        core.log.error(f"forward: {error}")
        return False
    destination = Destination(socket.protocol, ip, port or DEFAULT_PORTS[socket.protocol], socket)
    if msg.has_sending:
        destination.no_connect, destination.close = msg.sending.no_connect, msg.sending.close
    return core.send_request(msg, data, destination)


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
    return uri.transport or "udp"


def _built(core: Core, msg: Request, socket: LocalSocket, ip: str) -> tuple[bytes, LocalSocket]:
    """Build what is sent; over ``udp_mtu`` bytes for another transport, if there is a socket of it.

    Raises:
        SipParseError: there is no readable Via.
    """
    data = build_forwarded_request(
        msg, own_via(core, msg, socket), protocol=socket.protocol, branch=OutgoingBranch(socket)
    )
    settings = core.settings
    if socket.protocol == "udp" and 0 < settings.udp_mtu < len(data):
        other_protocol = (msg.sending.large_protocol if msg.has_sending else "") or settings.udp_mtu_try_proto.lower()
        other = core.transport.choose(other_protocol, ip) if other_protocol not in ("", "udp") else None
        if other is not None:
            data = build_forwarded_request(
                msg, own_via(core, msg, other), protocol=other.protocol, branch=OutgoingBranch(other)
            )
            return data, other
    return data, socket


def own_via(core: Core, msg: Request, socket: LocalSocket) -> str:
    """Return our Via for a forwarded request, as the script wants it."""
    local_rport = core.settings.local_rport
    if msg.has_sending:
        sending = msg.sending
        local_rport = local_rport or sending.local_rport
        if sending.advertised_host or sending.advertised_port:
            own_port = None if socket.port == DEFAULT_PORTS["udp"] else socket.port
            socket = replace(
                socket,
                advertised_host=sending.advertised_host or socket.advertised_host or socket.host_text,
                advertised_port=sending.advertised_port or socket.advertised_port or own_port,
            )
    extra = ";rport" if local_rport else ""
    return build_via(socket, stateless_branch(msg), msg.source.connection, extra)
