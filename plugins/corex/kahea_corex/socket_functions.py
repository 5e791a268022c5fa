"""Functions on the sockets of a message, and on addresses."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import (
    Access,
    Binder,
    Core,
    LocalSocket,
    Message,
    Place,
    PvHandle,
    PvSpec,
    Request,
    Run,
    Source,
    Text,
    Value,
    find_socket,
    function,
    named_socket,
    parse_place,
    pvar_syntax,
    transformation,
)

from kahea_corex import places

_FIELDS: dict[str, Callable[[LocalSocket], Value]] = {
    "n": lambda socket: socket.name or "",
    "l": str,
    "a": places.advertised,
    "i": lambda socket: socket.index,
}
"""What a socket is known by: its name, listen address, advertised address, index."""


class SocketFunctions:
    """From where a message is sent, and where it came from."""

    core: Core

    @function()
    def set_send_socket(self, msg: Message, socket: Text) -> bool:
        """Send the request from a socket of ours.

        Args:
            socket: `[protocol:]host[:port]`.

        Returns:
            true, also when there is no such socket, which is logged; false for a text of another form, and in a reply.

        Example:
            set_send_socket("udp:192.0.2.1:5060");
        """
        return self._at(socket, lambda found: _send_from(msg, found))

    @function()
    def set_send_socket_name(self, msg: Message, name: Text) -> bool:
        """Send the request from the socket of ours that has a name.

        Args:
            name: the one that `listen=... name "..."` gives.

        Returns:
            true, also when there is no such socket, which is logged; false for an empty name, and in a reply.

        Example:
            set_send_socket_name("inside");
        """
        return self._called(name, lambda found: _send_from(msg, found))

    @function()
    def set_recv_socket(self, msg: Message, socket: Text) -> bool:
        """Take a socket of ours for the one that the message arrived at.

        Args:
            socket: `[protocol:]host[:port]`.

        Returns:
            true, also when there is no such socket, which is logged; false for a text of another form.

        Example:
            set_recv_socket("udp:192.0.2.1:5060");
        """
        return self._at(socket, lambda found: _received_at(msg, found))

    @function()
    def set_recv_socket_name(self, msg: Message, name: Text) -> bool:
        """Take the socket of ours that has a name for the one that the message arrived at.

        Args:
            name: the one that `listen=... name "..."` gives.

        Returns:
            true, also when there is no such socket, which is logged; false for an empty name.

        Example:
            set_recv_socket_name("inside");
        """
        return self._called(name, lambda found: _received_at(msg, found))

    def _at(self, text: str, use: Callable[[LocalSocket], bool]) -> bool:
        try:
            place = parse_place(text)
        except ValueError as error:
            self.core.log.error(str(error), "corex")
            return False
        return self._use(text, find_socket(self.core.transport.sockets, place), use)

    def _called(self, name: str, use: Callable[[LocalSocket], bool]) -> bool:
        if not name:
            self.core.log.error("the name of the socket is empty", "corex")
            return False
        return self._use(name, named_socket(self.core.transport.sockets, name), use)

    def _use(self, text: str, found: LocalSocket | None, use: Callable[[LocalSocket], bool]) -> bool:
        if found is None:
            self.core.log.warning(f"there is no socket {text}", "corex")
            return True
        return use(found)

    @function()
    def is_socket_name(self, msg: Message, name: Text) -> bool:
        r"""Check whether a socket of ours has a name.

        Args:
            name: the one that `listen=... name "..."` gives.

        Returns:
            true when one has it.

        Example:
            if (is_socket_name("inside")) { xlog("two sides\n"); }
        """
        return named_socket(self.core.transport.sockets, name) is not None

    @function()
    def set_source_address(self, msg: Message, address: Text) -> bool:
        """Take an address for the one that the message came from; replies go there.

        Args:
            address: `[protocol:]ip[:port]`; the protocol is ignored.

        Returns:
            true; false for a text of another form, and for a host name, which is not looked up.

        Example:
            set_source_address("192.0.2.7:5060");
        """
        try:
            place = parse_place(address)
        except ValueError as error:
            self.core.log.error(str(error), "corex")
            return False
        if place.ip is None:
            self.core.log.error(f'"{place.host}" is no IP address, and names are not looked up', "corex")
            return False
        source = msg.source
        msg.source = Source(source.socket, place.ip, place.port_number, source.connection)
        return True

    @pvar_syntax("lsock")
    def lsock(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A socket of ours, found by one thing and told by another: `$lsock(n/inside/l)`.

        The letters stand for the name (`n`), the listen address `udp:192.0.2.1:5060` (`l`), the advertised address
        (`a`) and the index (`i`). Null when there is no such socket.
        """
        if not spec.inner:
            raise ValueError("it is written $lsock(match/value/field)")
        expression = binder.format(spec.inner)
        if binder.is_constant(spec.inner):
            _lsock_parts(spec.inner)

        def get(run: Run) -> Value:
            try:
                match, value, field = _lsock_parts(expression(run))
            except ValueError as error:
                run.core.log.error(str(error), "corex")
                return None
            known_by = _FIELDS[match]
            for socket in run.core.transport.sockets:
                if str(known_by(socket)) == value:
                    return _FIELDS[field](socket)
            return None

        return Access(spec.text, get)


def _lsock_parts(expression: str) -> tuple[str, str, str]:
    match, slash, rest = expression.partition("/")
    value, second, field = rest.partition("/")
    if not (slash and second) or match not in _FIELDS or field[:1] not in _FIELDS:
        raise ValueError(f'"{expression}" is not written as match/value/field with the letters n, l, a and i')
    return match, value, field[0]


def _send_from(msg: Message, socket: LocalSocket) -> bool:
    if not isinstance(msg, Request):
        return False
    msg.send_socket = socket
    return True


def _received_at(msg: Message, socket: LocalSocket) -> bool:
    msg.source = Source(socket, msg.source.ip, msg.source.port)
    return True


class SocketTransformations:
    """Parts of ``[protocol:]host[:port]``. A value of another form becomes null."""

    @transformation("sock.host")
    def sock_host(self, value: Value) -> str | None:
        """The host."""
        place = _place(value)
        return None if place is None else place.host

    @transformation("sock.port")
    def sock_port(self, value: Value) -> str | None:
        """The port; "" without one."""
        place = _place(value)
        return None if place is None else place.port

    @transformation("sock.proto")
    def sock_proto(self, value: Value) -> str | None:
        """The protocol; "" without one."""
        place = _place(value)
        return None if place is None else place.protocol

    @transformation("sock.touri")
    def sock_touri(self, value: Value) -> str | None:
        """A SIP URI of it."""
        place = _place(value)
        if place is None:
            return None
        port = f":{place.port}" if place.port else ""
        transport = f";transport={place.protocol}" if place.protocol else ""
        return f"sip:{place.host}{port}{transport}"


def _place(value: Value) -> Place | None:
    try:
        return parse_place(str(value)) if value is not None else None
    except ValueError:
        return None
