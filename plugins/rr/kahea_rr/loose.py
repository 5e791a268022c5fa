"""Following Route: loose routing, and what strict routers need (RFC 3261 16.12)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kahea.api import Core, Level, LocalSocket, Message, Request, Uri, UriError, parse_uri

from kahea_rr.routeset import Cursor, MalformedRouteError, route_fields
from kahea_rr.state import remember, state_of

FAILED: Final = -1
FOLLOWED: Final = 1
PRELOADED: Final = -3

LOOSE_ONLY: Final = 1
"""Bit of the mode: never take the previous hop for a strict router."""

_SIP_PORT: Final = 5060
_MAX_MADDR: Final = 117
_PROTOCOLS: Final = ("udp", "tcp", "tls", "sctp", "ws", "wss")

RouteCallback = Callable[[Request, str], None]


class LooseRouter:
    """Follows the Route headers of requests.

    Args:
        double: whether two URIs of ours may stand for one pass (``enable_double_rr``).
        force_socket: whether the own URI's socket is the one to send from, even where there is one URI only.
        warn: whether to log that a URI of ours names no socket.
        socket_names: whether the parameter ``sn`` of our URI names the socket.
    """

    def __init__(self, core: Core, double: bool, force_socket: bool, warn: bool, socket_names: bool) -> None:
        self._core = core
        self._double = double
        self._force_socket = force_socket
        self._warn = warn
        self._socket_names = socket_names
        self.callbacks: tuple[RouteCallback, ...] = ()

    def start(self, core: Core) -> None:
        """Take the server that runs."""
        self._core = core

    def route(self, msg: Request, mode: int) -> int:
        """Find the next hop in the route set, and remove our own URIs.

        Args:
            msg: the request in work.
            mode: `LOOSE_ONLY` or 0.

        Returns:
            `FOLLOWED`; `PRELOADED` for a request outside of a dialog that has nothing left to follow; `FAILED`.
        """
        fields = route_fields(msg)
        if not fields:
            return FAILED
        target, to = msg.parsed_uri, msg.to
        if target is None or to is None:
            return FAILED
        preloaded = not to.tag
        try:
            cursor = Cursor(msg, fields)
            if not preloaded and not mode & LOOSE_ONLY and self.is_own(target):
                result = self._after_strict(msg, target, cursor)
            else:
                result = self._after_loose(msg, cursor, preloaded)
        except (MalformedRouteError, UriError) as error:
            self._core.log_bounded(f"the route set is not followed: {error}", "rr", Level.ERR)
            return FAILED
        if self.callbacks and result != FAILED and (routed := state_of(msg).routed):
            for callback in self.callbacks:
                callback(msg, routed)
        return result

    def _after_loose(self, msg: Request, cursor: Cursor, preloaded: bool) -> int:
        """The previous hop left our URI on top of the route set."""
        uri = parse_uri(cursor.uri)
        if self.is_own(uri):
            remember(msg, state_of(msg)._replace(routed=uri.params_text[1:]))
            is_double = self._double and "r2" in uri.params
            if self._force_socket and not is_double:
                self._send_from(msg, uri, False)
            if not cursor.step():
                return PRELOADED if preloaded else FOLLOWED
            if is_double:
                self._send_from(msg, parse_uri(cursor.uri), True)
                if not cursor.step():
                    return PRELOADED if preloaded else FOLLOWED
            uri = parse_uri(cursor.uri)
            remember(msg, state_of(msg)._replace(followed=True))
        if "lr" not in uri.params:
            self._to_strict(msg, uri, cursor)
        else:
            _send_to(msg, uri)
            cursor.remove_passed()
        return FOLLOWED

    @staticmethod
    def _to_strict(msg: Request, uri: Uri, cursor: Cursor) -> None:
        """The next hop wants to see itself in the Request-URI, which becomes the last Route."""
        msg.edits.insert_after(len(msg.head), f"Route: <{msg.original_uri}>\r\n")
        msg.uri = _next_hop(uri)
        cursor.remove()

    def _after_strict(self, msg: Request, target: Uri, cursor: Cursor) -> int:
        """The previous hop put our URI into the Request-URI; the target is the last Route."""
        uri = parse_uri(cursor.uri)
        if self._double and "r2" in uri.params and self.is_own(uri):
            socket = self._find_socket(uri.host, uri.port, uri.transport)
            if socket is not None:
                msg.send_socket = socket
            elif self._warn:
                self._core.log_bounded(f"there is no socket for the second own Route {uri}", "rr", Level.WARN)
            if not cursor.step():
                return FAILED
            uri = parse_uri(cursor.uri)
        remember(msg, state_of(msg)._replace(routed=target.params_text[1:]))
        if "lr" not in uri.params:
            msg.uri = _next_hop(uri)
            cursor.remove()
        else:
            _send_to(msg, uri)
            cursor.remove_passed()
            msg.uri = _next_hop(parse_uri(cursor.take_last()))
        return FOLLOWED

    def is_own(self, uri: Uri) -> bool:
        """Whether a URI is this server's: host and port are, whatever the transport, and it is no GRUU."""
        return bool(uri.host) and self._core.is_myself(uri.host, uri.port or _SIP_PORT) and "gr" not in uri.params

    # --- what stands in the own URI ----------------------------------------------------------------

    def params_of(self, msg: Message) -> str | None:
        """Return the parameters of our URI in Route, before and after `route`; ``None`` when there is none."""
        if not isinstance(msg, Request):
            return None
        routed = state_of(msg).routed
        if routed:
            return routed
        fields = route_fields(msg)
        if not fields:
            return None
        try:
            uri = parse_uri(Cursor(msg, fields).uri)
        except (MalformedRouteError, UriError):
            return None
        return uri.params_text[1:] or None if self.is_own(uri) else None

    def param(self, msg: Message, name: str) -> str | None:
        """Return one parameter of our URI in Route, "" for one without a value, ``None`` when it is not there."""
        text = self.params_of(msg)
        # without a look at the whole where the name does not even occur
        if text is None or name not in text:
            return None
        match = re.search(rf'(?:^|;)[ \t]*{re.escape(name)}[ \t]*(?:$|;|=[ \t]*(?:"([^"]*)"?|([^; \t]*)))', text)
        return None if match is None else match[1] or match[2] or ""

    def is_upstream(self, msg: Message) -> bool:
        """Whether a request comes from the callee: the tag in our URI is not that of From."""
        caller = self.param(msg, "ftag")
        if not caller:
            return False
        sender = msg.from_
        tag = sender.tag if sender is not None else ""
        return bool(tag) and tag != caller

    # --- sockets -----------------------------------------------------------------------------------

    def _send_from(self, msg: Request, uri: Uri, second: bool) -> None:
        """Send from the socket that one of our URIs names."""
        socket = self._named_socket(uri) or self._find_socket(
            uri.host, uri.port or (5061 if uri.transport == "tls" else _SIP_PORT), uri.transport
        )
        if socket is None:
            socket = self._find_socket(uri.host, uri.port, uri.transport)
        if socket is not None:
            msg.send_socket = socket
        elif second and self._warn:
            self._core.log_bounded(f"there is no socket for the second own Route {uri}", "rr", Level.WARN)

    def _named_socket(self, uri: Uri) -> LocalSocket | None:
        name = uri.params.get("sn") if self._socket_names else None
        return next((one for one in self._core.transport.sockets if one.name == name), None) if name else None

    def _find_socket(self, host: str, port: int | None, protocol: str) -> LocalSocket | None:
        host = host.lower().strip("[]")
        sockets = [
            one
            for one in self._core.transport.sockets
            if (one.ip == host or (one.advertised_host or "").lower().strip("[]") == host)
            and (not port or port in (one.port, one.advertised_port))
        ]
        if protocol:
            return next((one for one in sockets if one.protocol == protocol), None)
        # Kamailio looks through its transports in this order
        return min(sockets, key=lambda one: _PROTOCOLS.index(one.protocol), default=None)


def _send_to(msg: Request, uri: Uri) -> None:
    msg.dst_uri = _next_hop(uri)
    msg.renew_uri()


def _next_hop(uri: Uri) -> str:
    """Return a Route's URI, or what its ``maddr`` parameter names.

    Raises:
        UriError: that is too long.
    """
    maddr = uri.params.get("maddr") if uri.params_text else None
    if not maddr:
        return uri.text
    if len(maddr) > _MAX_MADDR:
        raise UriError("maddr is too long")
    return f"sip:{maddr}" if uri.port is None else f"sip:{maddr}:{uri.port}"
