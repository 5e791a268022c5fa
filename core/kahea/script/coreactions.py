"""The functions of the core, by theme."""

from __future__ import annotations

import subprocess
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from kahea.modules.declare import Waits, function
from kahea.modules.module import Module
from kahea.modules.routes import Route
from kahea.script.corekinds import Flag, Host, Number, OwnSocket, Port, Protocol, SignedNumber, String
from kahea.script.forwarding import forward, forward_to_uri
from kahea.sip import rewrite
from kahea.sip.branches import remove_branch
from kahea.sip.endpoints import LocalSocket
from kahea.sip.message import Message, Request
from kahea.sip.uri import Uri, UriError

_ANYWHERE_ELSE = Route.ANY & ~Route.ONSEND
"""Where most functions of the core may be called; ``onsend_route`` allows few."""

_DEBUG = 3

Sent = bool | Awaitable[bool]
"""Whether something could be sent, or an awaitable of that where a name has to be looked up."""


class UriActions(Module[Any]):
    """Changing the Request-URI. Strings are taken as they stand."""

    @function(aliases=("setu", "rewriteuser"), routes=_ANYWHERE_ELSE)
    def setuser(self, msg: Message, user: String) -> bool:
        """Replace the user part of the Request-URI; ``""`` removes it."""
        return self._change(msg, rewrite.with_user, user)

    @function(aliases=("setup", "rewriteuserpass"), routes=_ANYWHERE_ELSE)
    def setuserpass(self, msg: Message, userinfo: String) -> bool:
        """Replace user part and password of the Request-URI."""
        return self._change(msg, rewrite.with_user_and_password, userinfo)

    @function(aliases=("seth", "rewritehost"), routes=_ANYWHERE_ELSE)
    def sethost(self, msg: Message, host: String) -> bool:
        """Replace the host of the Request-URI; a ``tel`` URI becomes a ``sip`` URI."""
        return self._change(msg, rewrite.with_host, host)

    @function(aliases=("sethp", "rewritehostport"), routes=_ANYWHERE_ELSE)
    def sethostport(self, msg: Message, hostport: String) -> bool:
        """Replace host and port of the Request-URI."""
        return self._change(msg, rewrite.with_hostport, hostport)

    @function(aliases=("sethpt", "rewritehostporttrans"), routes=_ANYWHERE_ELSE)
    def sethostporttrans(self, msg: Message, text: String) -> bool:
        """Replace host, port and transport of the Request-URI, as in ``"10.0.0.1:5060;transport=tcp"``."""
        return self._change(msg, rewrite.with_hostport_and_transport, text)

    @function(aliases=("setp", "rewriteport"), routes=_ANYWHERE_ELSE)
    def setport(self, msg: Message, port: String) -> bool:
        """Replace the port of the Request-URI; ``""`` removes it."""
        return self._change(msg, rewrite.with_port, port)

    @function(aliases=("rewriteuri",), routes=_ANYWHERE_ELSE)
    def seturi(self, msg: Message, uri: String) -> bool:
        """Replace the Request-URI; whether it is one is found out when it is used."""
        if not isinstance(msg, Request):
            return False
        msg.uri = uri
        return True

    @function(routes=_ANYWHERE_ELSE)
    def revert_uri(self, msg: Message) -> bool:
        """Go back to the Request-URI as it was received."""
        if isinstance(msg, Request):
            msg.uri = msg.original_uri
        return True

    @function(routes=_ANYWHERE_ELSE)
    def prefix(self, msg: Message, text: String) -> bool:
        """Put text before the user part of the Request-URI."""
        return self._change(msg, rewrite.with_prefix, text)

    @function(routes=_ANYWHERE_ELSE)
    def strip(self, msg: Message, count: Number) -> bool:
        """Remove bytes at the beginning of the Request-URI's user part; all of it when it is shorter."""
        return self._change(msg, lambda uri, size: rewrite.with_user(uri, _bytes_from(uri.user, size)), count)

    @function(routes=_ANYWHERE_ELSE)
    def strip_tail(self, msg: Message, count: Number) -> bool:
        """Remove bytes at the end of the Request-URI's user part; all of it when it is shorter."""
        return self._change(msg, lambda uri, size: rewrite.with_user(uri, _bytes_but(uri.user, size)), count)

    @function(routes=_ANYWHERE_ELSE)
    def userphone(self, msg: Message) -> bool:
        """Add ``user=phone`` to the Request-URI, unless it has it or is a ``tel`` URI."""
        return self._change(msg, lambda uri, _: rewrite.with_user_phone(uri), None)

    def _change(self, msg: Message, change: Callable[[Uri, Any], str], value: Any) -> bool:
        if not isinstance(msg, Request):
            return False
        uri = msg.parsed_uri
        if uri is None:
            self.core.log.error(f"the Request-URI {msg.uri} is malformed and cannot be changed")
            return False
        try:
            msg.uri = change(uri, value)
        except UriError as error:
            self.core.log.error(f"the Request-URI {msg.uri} cannot be changed: {error}")
            return False
        return True


class MessageActions(Module[Any]):
    """Flags, branches, the log."""

    @function()
    def setflag(self, msg: Message, flag: Flag) -> bool:
        """Set a message flag, 0 to 31, or one that ``flags`` names."""
        msg.flags |= 1 << flag
        return True

    @function()
    def resetflag(self, msg: Message, flag: Flag) -> bool:
        """Clear a message flag, 0 to 31, or one that ``flags`` names."""
        msg.flags &= ~(1 << flag)
        return True

    @function()
    def isflagset(self, msg: Message, flag: Flag) -> bool:
        """Whether a message flag, 0 to 31, or one that ``flags`` names, is set."""
        return bool(msg.flags >> flag & 1)

    @function("clear_branches", routes=_ANYWHERE_ELSE)
    def clear_all_branches(self, msg: Message) -> bool:
        """Remove the further branches; the Request-URI stays a target."""
        if isinstance(msg, Request):
            msg.branches.clear()
        return True

    @function("remove_branch", routes=_ANYWHERE_ELSE)
    def remove_one_branch(self, msg: Message, index: SignedNumber = 0) -> bool:
        """Remove one of the further branches, the first one when *index* is left out."""
        if isinstance(msg, Request):
            remove_branch(msg, index)
        return True

    @function()
    def log(self, msg: Message, text: String) -> bool:
        """Write *text* to the log, below the level of debug lines: it shows with ``debug=4``."""
        self.core.log.write(_DEBUG + 1, text.removesuffix("\n"), "<script>")
        return True

    @function("log")
    def log_at(self, msg: Message, level: SignedNumber, text: String) -> bool:
        """Write *text* to the log at *level*, -5 to 3."""
        self.core.log.write(level, text.removesuffix("\n"), "<script>")
        return True

    @function(routes=_ANYWHERE_ELSE)
    def error(self, msg: Message, code: String, reason: String) -> bool:
        """Log that it was called: Kamailio never did more."""
        self.core.log.notice(f'error("{code}", "{reason}") does nothing')
        return True

    @function("exec", routes=_ANYWHERE_ELSE, blocking=True)
    def run_command(self, msg: Message, command: String) -> bool:
        """Run a shell command and wait for its end; its exit code is logged when it is not 0."""
        code = subprocess.run(command, shell=True, check=False, stdin=subprocess.DEVNULL).returncode
        if code:
            self.core.log.notice(f'exec("{command}") returned {code}')
        return True


class SendActions(Module[Any]):
    """How the request and its replies are sent."""

    @function(aliases=("add_rport",), routes=_ANYWHERE_ELSE)
    def force_rport(self, msg: Message) -> bool:
        """Send replies to the port that the request came from, as if the client had asked for it (RFC 3581)."""
        if isinstance(msg, Request):
            msg.force_rport = True
        return True

    @function(routes=_ANYWHERE_ELSE)
    def add_local_rport(self, msg: Message) -> bool:
        """Ask the next hop to reply to the port that the request comes from: ``rport`` in our Via."""
        msg.sending.local_rport = True
        return True

    @function(routes=_ANYWHERE_ELSE)
    def set_advertised_address(self, msg: Message, host: Host) -> bool:
        """Show *host* in our Via instead of the socket's address."""
        msg.sending.advertised_host = host
        return True

    @function(routes=_ANYWHERE_ELSE)
    def set_advertised_port(self, msg: Message, port: Number) -> bool:
        """Show *port* in our Via instead of the socket's."""
        msg.sending.advertised_port = port
        return True

    @function(routes=_ANYWHERE_ELSE)
    def force_send_socket(self, msg: Message, socket: OwnSocket) -> bool:
        """Send the request from a socket of ours, written ``[protocol:]host[:port]``."""
        if not isinstance(msg, Request):
            return False
        found = find_socket(self.core.transport.sockets, *socket)
        if found is None:
            self.core.log.error(f"force_send_socket: the server does not listen on {socket[1]}:{socket[2]}")
            return False
        msg.send_socket = found
        return True

    @function()
    def set_forward_no_connect(self, msg: Message) -> bool:
        """Open no connection for what is forwarded: use one that exists, or fail."""
        msg.sending.no_connect = True
        return True

    @function()
    def set_reply_no_connect(self, msg: Message) -> bool:
        """Open no connection for replies."""
        msg.sending.reply_no_connect = True
        return True

    @function()
    def set_forward_close(self, msg: Message) -> bool:
        """Close the connection after the request was forwarded."""
        msg.sending.close = True
        return True

    @function()
    def set_reply_close(self, msg: Message) -> bool:
        """Close the connection after the reply was sent."""
        msg.sending.reply_close = True
        return True

    @function(aliases=("add_tcp_alias",), routes=_ANYWHERE_ELSE)
    def force_tcp_alias(self, msg: Message, port: Number = 0) -> bool:
        """Use the connection of this request also for what goes to the port of its Via, or to *port*."""
        source = msg.source
        if source.socket.protocol not in ("tcp", "tls"):
            return True
        via = msg.via
        return self.core.transport.add_alias(source.connection, port or (via.port if via is not None else None) or 5060)

    @function(routes=_ANYWHERE_ELSE)
    def udp_mtu_try_proto(self, msg: Message, protocol: Protocol) -> bool:
        """Use another transport when the request is larger than ``udp_mtu``."""
        msg.sending.large_protocol = protocol
        return True


class ForwardActions(Module[Any]):
    """Forwarding without a transaction."""

    @function("forward", routes=_ANYWHERE_ELSE, waits=Waits.MAY)
    def forward_to_next_hop(self, msg: Message) -> Sent:
        """Forward the request to ``$du``, or to the Request-URI; ``false`` when it cannot be sent."""
        return isinstance(msg, Request) and forward_to_uri(self.core, msg)

    @function("forward", routes=_ANYWHERE_ELSE, waits=Waits.MAY)
    def forward_to(self, msg: Message, host: Host, port: Port = 0) -> Sent:
        """Forward the request to a host by the transport that it came with; ``uri:host`` and ``uri:port`` are the
        next hop's."""
        return self._forward(msg, host, port, "")

    @function(routes=_ANYWHERE_ELSE, waits=Waits.MAY)
    def forward_udp(self, msg: Message, host: Host, port: Port = 0) -> Sent:
        """Forward the request by UDP."""
        return self._forward(msg, host, port, "udp")

    @function(routes=_ANYWHERE_ELSE, waits=Waits.MAY)
    def forward_tcp(self, msg: Message, host: Host, port: Port = 0) -> Sent:
        """Forward the request by TCP."""
        return self._forward(msg, host, port, "tcp")

    @function(routes=_ANYWHERE_ELSE, waits=Waits.MAY)
    def forward_tls(self, msg: Message, host: Host, port: Port = 0) -> Sent:
        """Forward the request by TLS."""
        return self._forward(msg, host, port, "tls")

    @function(routes=_ANYWHERE_ELSE, waits=Waits.MAY)
    def forward_sctp(self, msg: Message, host: Host, port: Port = 0) -> Sent:
        """Forward the request by SCTP: there is no such socket, so it fails."""
        return self._forward(msg, host, port, "sctp")

    def _forward(self, msg: Message, host: str, port: int | None, protocol: str) -> Sent:
        if not isinstance(msg, Request):
            return False
        if host == "uri:host":
            return forward_to_uri(self.core, msg, port, protocol)
        return forward(self.core, msg, host, port or 0, protocol or msg.source.socket.protocol)


def find_socket(sockets: Iterable[LocalSocket], protocol: str, host: str, port: int) -> LocalSocket | None:
    """Return the first socket that a script's text names: by its address, its name or what it advertises."""
    for socket in sockets:
        if protocol and socket.protocol != protocol:
            continue
        if (host in (socket.ip, socket.advertised_host) and port in (0, socket.port)) or (
            host == socket.name and not port
        ):
            return socket
    return None


def _bytes_from(text: str, count: int) -> str:
    """Return text without its first bytes."""
    if text.isascii():
        return text[count:]
    return text.encode("utf-8", "surrogateescape")[count:].decode("utf-8", "surrogateescape")


def _bytes_but(text: str, count: int) -> str:
    """Return text without its last bytes."""
    raw = text.encode("utf-8", "surrogateescape")
    return raw[: max(0, len(raw) - count)].decode("utf-8", "surrogateescape")
