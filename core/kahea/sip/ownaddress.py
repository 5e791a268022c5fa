"""Our own sockets as URIs show them, in Record-Route and Path."""

from __future__ import annotations

from kahea.sip.endpoints import DEFAULT_PORTS, LocalSocket
from kahea.sip.sending import SendOptions


def received_address(socket: LocalSocket, named: bool = False) -> str:
    """Return the address of the socket that a request came in on, as a URI shows it behind ``sip:``.

    Args:
        socket: the socket.
        named: whether its name is written, as the parameter ``sn``.

    Returns:
        Its advertised host, or its address; the port unless it is 5060; the transport unless it is UDP.
    """
    if socket.advertised_host:
        host, port = _bracketed(socket.advertised_host), socket.advertised_port
    else:
        host, port = socket.host_text, socket.port
    if port and port != DEFAULT_PORTS["udp"]:
        host = f"{host}:{port}"
    return host + _parameters(socket, named)


def sending_address(socket: LocalSocket, sending: SendOptions | None = None, named: bool = False) -> str:
    """Return the address of the socket that a request is sent from, as a URI shows it behind ``sip:``.

    Args:
        socket: the socket.
        sending: the script's wishes: ``set_advertised_address()``, ``set_advertised_port()``; what the socket itself
            advertises goes first, as in Kamailio.
        named: whether its name is written, as the parameter ``sn``.
    """
    if socket.advertised_host:
        host, port = socket.advertised_host, socket.advertised_port
    else:
        host, port = socket.host_text, socket.port if socket.port != DEFAULT_PORTS["udp"] else None
        if sending is not None:
            host = sending.advertised_host or host
            port = sending.advertised_port or port
    host = _bracketed(host)
    return (f"{host}:{port}" if port else host) + _parameters(socket, named)


def transport_of(protocol: str) -> str:
    """Return the value of a URI's ``transport`` parameter for a socket's protocol (RFC 7118: ``ws`` for both)."""
    return "ws" if protocol == "wss" else protocol


def _parameters(socket: LocalSocket, named: bool) -> str:
    text = "" if socket.protocol == "udp" else f";transport={transport_of(socket.protocol)}"
    return f"{text};sn={socket.name}" if named and socket.name else text


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
