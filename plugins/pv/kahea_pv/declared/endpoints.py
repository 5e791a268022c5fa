"""Pseudo-variables of the addresses that a message came from and arrived at."""

from __future__ import annotations

from kahea.api import (
    Access,
    Binder,
    Level,
    LocalSocket,
    Message,
    Module,
    PvSpec,
    Request,
    Value,
    named_socket,
    pvar,
    pvar_syntax,
)

from kahea_pv.binding import key_of, on_message
from kahea_pv.branches import socket_of
from kahea_pv.params import PvParams
from kahea_pv.uris import PROTOCOL_NUMBERS

_IPV4, _IPV6 = 2, 10
"""Numbers of the address families on Linux, as Kamailio shows them."""

_CONSTANTS = {
    "IPv4": _IPV4,
    "IP4": _IPV4,
    "INET": _IPV4,
    "IPv6": _IPV6,
    "IP6": _IPV6,
    "INET6": _IPV6,
    "UDP": PROTOCOL_NUMBERS["udp"],
    "TCP": PROTOCOL_NUMBERS["tcp"],
    "TLS": PROTOCOL_NUMBERS["tls"],
    "SCTP": PROTOCOL_NUMBERS["sctp"],
    "WS": PROTOCOL_NUMBERS["ws"],
    "WSS": PROTOCOL_NUMBERS["wss"],
}


class EndpointVariables(Module[PvParams]):
    """Source and receiving socket."""

    # --- the source

    @pvar("si", "src_ip", inline="msg.source.ip")
    def si(self, msg: Message) -> str:
        """Source address."""
        return msg.source.ip

    @pvar("siz")
    def siz(self, msg: Message) -> str:
        """Source address, IPv6 in brackets."""
        return _bracketed(msg.source.ip)

    @pvar("sp", inline="msg.source.port")
    def sp(self, msg: Message) -> int:
        """Source port."""
        return msg.source.port

    @pvar("su")
    def su(self, msg: Message) -> str:
        """Source as a URI, with the transport unless it is UDP."""
        return _uri(msg.source.ip, msg.source.port, msg.source.socket.protocol)

    @pvar("sut")
    def sut(self, msg: Message) -> str:
        """Source as a URI with the transport."""
        return _full_uri(msg.source.ip, msg.source.port, msg.source.socket.protocol)

    @pvar("sas")
    def sas(self, msg: Message) -> str:
        """Source as a socket: ``udp:1.2.3.4:5060``."""
        source = msg.source
        return f"{source.socket.protocol}:{_bracketed(source.ip)}:{source.port}"

    @pvar("pr", "proto", inline="msg.source.socket.protocol")
    def pr(self, msg: Message) -> str:
        """Transport: ``udp``, ``tcp``, ``tls``, ``ws``, ``wss``."""
        return msg.source.socket.protocol

    @pr.also
    def _pr_number(self, msg: Message) -> int:
        return PROTOCOL_NUMBERS.get(msg.source.socket.protocol, 0)

    @pvar("prid")
    def prid(self, msg: Message) -> int:
        """Number of the transport, as in ``$K(TCP)``."""
        return PROTOCOL_NUMBERS.get(msg.source.socket.protocol, 0)

    @pvar("conid")
    def conid(self, msg: Message) -> int | None:
        """Number of the connection; null for UDP."""
        return msg.source.connection or None

    # --- the receiving socket

    @pvar("Ri", inline="msg.source.socket.ip")
    def received_ip(self, msg: Message) -> str:
        """Address at which the message arrived."""
        return msg.source.socket.ip

    @pvar("Rp", inline="msg.source.socket.port")
    def received_port(self, msg: Message) -> int:
        """Port at which the message arrived."""
        return msg.source.socket.port

    @pvar("Ru")
    def received_uri(self, msg: Message) -> str:
        """Receiving socket as a URI, with the transport unless it is UDP."""
        socket = msg.source.socket
        return _uri(socket.ip, socket.port, socket.protocol)

    @pvar("Rut")
    def received_full_uri(self, msg: Message) -> str:
        """Receiving socket as a URI with the transport."""
        socket = msg.source.socket
        return _full_uri(socket.ip, socket.port, socket.protocol)

    @pvar("Ras")
    def received_socket(self, msg: Message) -> str:
        """Receiving socket: ``udp:1.2.3.4:5060``."""
        return str(msg.source.socket)

    @pvar("Rn")
    def received_name(self, msg: Message) -> str | None:
        """Name of the receiving socket; null without one."""
        return msg.source.socket.name

    @pvar("RAi")
    def advertised_ip(self, msg: Message) -> str:
        """Advertised address of the receiving socket, else its own."""
        socket = msg.source.socket
        return socket.advertised_host or socket.ip

    @pvar("RAp")
    def advertised_port(self, msg: Message) -> int:
        """Advertised port of the receiving socket, else its own."""
        socket = msg.source.socket
        return socket.advertised_port or socket.port

    @pvar("RAu")
    def advertised_uri(self, msg: Message) -> str:
        """Advertised address of the receiving socket as a URI, with the transport unless it is UDP."""
        return _uri(self.advertised_ip(msg), self.advertised_port(msg), msg.source.socket.protocol)

    @pvar("RAut")
    def advertised_full_uri(self, msg: Message) -> str:
        """Advertised address of the receiving socket as a URI with the transport."""
        return _full_uri(self.advertised_ip(msg), self.advertised_port(msg), msg.source.socket.protocol)

    @pvar_syntax("af")
    def af(self, spec: PvSpec, binder: Binder) -> Access:
        """Address family of the receiving socket: its number (``id``) or ``IPv4``, ``IPv6`` (``name``)."""
        return on_message(
            spec,
            {
                "id": lambda msg: _IPV6 if msg.source.socket.ipv6 else _IPV4,
                "name": lambda msg: "IPv6" if msg.source.socket.ipv6 else "IPv4",
            },
        )

    @pvar_syntax("K")
    def constants(self, spec: PvSpec, binder: Binder) -> Access:
        """Numbers to compare with ``$af(id)`` (``IPv4``, ``IPv6``) and ``$prid`` (``UDP``, ``TCP``, ``TLS``, …)."""
        number = _CONSTANTS[key_of(spec, _CONSTANTS)]
        return Access(spec.text, lambda _run: number, inline=str(number))

    # --- the sending socket, where one is forced

    @pvar("fs")
    def fs(self, msg: Message) -> str | None:
        """Socket that the request must be sent from; null when none is forced. An unknown one is not assigned."""
        socket = _forced(msg)
        return None if socket is None else str(socket)

    @fs.setter
    def _set_fs(self, msg: Message, value: Value) -> None:
        self._force(msg, value, socket_of(self.core.transport.sockets, value))

    @pvar("fsn")
    def fsn(self, msg: Message) -> str | None:
        """Name of the socket that the request must be sent from."""
        socket = _forced(msg)
        return None if socket is None else socket.name

    @fsn.setter
    def _set_fsn(self, msg: Message, value: Value) -> None:
        self._force(msg, value, named_socket(self.core.transport.sockets, str(value)) if value else None)

    def _force(self, msg: Message, value: Value, socket: LocalSocket | None) -> None:
        if not isinstance(msg, Request):
            raise ValueError("a reply has no socket to send from")
        if value and socket is None:
            self.core.log_bounded(f"there is no socket {value}", self.name, Level.WARN)
            return
        msg.send_socket = socket

    @pvar("fsp")
    def fsp(self, msg: Message) -> int:
        """Port of the socket that the request must be sent from, 0 when none is forced."""
        socket = _forced(msg)
        return 0 if socket is None else socket.port


def _forced(msg: Message) -> LocalSocket | None:
    return msg.send_socket if isinstance(msg, Request) else None


def _bracketed(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _uri(ip: str, port: int, protocol: str) -> str:
    return f"sip:{_bracketed(ip)}:{port}" if protocol == "udp" else _full_uri(ip, port, protocol)


def _full_uri(ip: str, port: int, protocol: str) -> str:
    return f"sip:{_bracketed(ip)}:{port};transport={protocol}"
