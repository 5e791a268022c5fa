"""What the module ``tcpops`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from kahea.api import (
    Access,
    Binder,
    Candidates,
    ClosedReports,
    Core,
    Int,
    Message,
    Module,
    Params,
    PvSpec,
    Result,
    Route,
    Run,
    Text,
    Value,
    Var,
    Waits,
    function,
    parse_place,
    parse_uri,
    pvar_syntax,
)
from msgspec import Meta

from kahea_tcpops.remote import AllConnections, Change

_CURRENT = Route.REQUEST | Route.ONREPLY
_DEFAULT_PORT = 5060


class TcpopsParams(Params):
    """Parameters of the module ``tcpops``."""

    closed_event: Annotated[
        int,
        Meta(
            description="For which connections event_route[tcp:closed], [tcp:timeout] and [tcp:reset] are run: "
            "0 none, 1 all, 2 those of tcp_enable_closed_event().",
            ge=0,
            le=2,
        ),
    ] = 1


class Tcpops(Module[TcpopsParams]):
    """Look at and change TCP connections.

    Without a connection id the functions are about the connection that the message came over. The event routes
    are run by the core, also without this module.
    """

    def __init__(self, name: str, params: TcpopsParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._connections = AllConnections(core)

    def mod_init(self) -> None:
        """Choose the connections whose end is told."""
        self.core.closed_reports = ClosedReports(self.params.closed_event)

    def child_init(self, housekeeper: bool) -> None:
        """Take what other workers ask for."""
        self._connections.start()

    # --- changing ----------------------------------------------------------------------------------

    @function()
    def tcp_keepalive_enable(self, msg: Message, conid: Int, idle: Int, count: Int, interval: Int) -> bool:
        """Let the system ask the silent peer of a connection whether it is still there.

        Args:
            conid: of the connection, as `$conid` shows it.
            idle: seconds of silence before it asks.
            count: questions without an answer after which the connection is given up.
            interval: seconds between two questions.

        Returns:
            True; false when there is no such connection.

        Example:
            tcp_keepalive_enable("$avp(caller_conid)", "60", "5", "2");
        """
        return self._change(Change(conid, keepalive=(idle, count, interval)))

    @function("tcp_keepalive_enable", routes=_CURRENT)
    def keepalive_enable_here(self, msg: Message, idle: Int, count: Int, interval: Int) -> bool:
        """Let the system ask the silent peer of the message's connection whether it is still there.

        Args:
            idle: seconds of silence before it asks.
            count: questions without an answer after which the connection is given up.
            interval: seconds between two questions.

        Returns:
            True; false when the message came over no connection.

        Example:
            tcp_keepalive_enable("60", "5", "5");
        """
        return self._change(Change(msg.source.connection, keepalive=(idle, count, interval)))

    @function()
    def tcp_keepalive_disable(self, msg: Message, conid: Int) -> bool:
        """Let the system no longer ask the silent peer of a connection.

        Args:
            conid: of the connection.

        Returns:
            True; false when there is no such connection.

        Example:
            tcp_keepalive_disable("$avp(bye_conid)");
        """
        return self._change(Change(conid, silent=True))

    @function("tcp_keepalive_disable", routes=_CURRENT)
    def keepalive_disable_here(self, msg: Message) -> bool:
        """Let the system no longer ask the silent peer of the message's connection.

        Returns:
            True; false when the message came over no connection.

        Example:
            tcp_keepalive_disable();
        """
        return self._change(Change(msg.source.connection, silent=True))

    @function()
    def tcp_set_connection_lifetime(self, msg: Message, conid: Int, seconds: Int) -> bool:
        """Set after how much silence a connection is closed, instead of `tcp_connection_lifetime`.

        Args:
            conid: of the connection.
            seconds: 0 or more.

        Returns:
            True; false when there is no such connection, or for a negative number.

        Example:
            tcp_set_connection_lifetime("$avp(caller_conid)", "3605");
        """
        return self._set_lifetime(conid, seconds)

    @function("tcp_set_connection_lifetime", routes=_CURRENT)
    def set_lifetime_here(self, msg: Message, seconds: Int) -> bool:
        """Set after how much silence the message's connection is closed, instead of `tcp_connection_lifetime`.

        Args:
            seconds: 0 or more.

        Returns:
            True; false when the message came over no connection, or for a negative number.

        Example:
            if (is_method("REGISTER")) tcp_set_connection_lifetime("3605");
        """
        return self._set_lifetime(msg.source.connection, seconds)

    @function()
    def tcp_enable_closed_event(self, msg: Message, conid: Int) -> bool:
        """Have an event route run when a connection ends, with `closed_event` 2.

        Args:
            conid: of the connection.

        Returns:
            True; false when there is no such connection.

        Example:
            tcp_enable_closed_event("$avp(caller_conid)");
        """
        return self._change(Change(conid, mark=True))

    @function("tcp_enable_closed_event", routes=_CURRENT)
    def enable_closed_event_here(self, msg: Message) -> bool:
        """Have an event route run when the message's connection ends, with `closed_event` 2.

        Returns:
            True; false when the message came over no connection, or with another `closed_event`.

        Example:
            if (is_method("REGISTER")) tcp_enable_closed_event();
        """
        if self.params.closed_event != ClosedReports.MARKED.value:
            self.core.log.warning("tcp_enable_closed_event: closed_event is not 2", self.name)
            return False
        return self._change(Change(msg.source.connection, mark=True))

    @function()
    def tcp_close_connection(self, msg: Message, conid: Int) -> bool:
        """Close a connection after what waits was written.

        Args:
            conid: of the connection.

        Returns:
            True; false when there is no such connection.

        Example:
            tcp_close_connection("$avp(caller_conid)");
        """
        return self._change(Change(conid, close=True))

    @function("tcp_close_connection")
    def close_here(self, msg: Message) -> bool:
        """Close the message's connection after what waits was written.

        Returns:
            True; false when the message came over no connection.

        Example:
            tcp_close_connection();
        """
        return self._change(Change(msg.source.connection, close=True))

    @function()
    def tcp_set_otcpid(self, msg: Message, conid: Int) -> bool:
        """Name the connection that the message is sent on over, once `tcp_set_otcpid_flag` is set.

        Args:
            conid: of the connection; another one is used where it has ended.

        Returns:
            True.

        Example:
            tcp_set_otcpid("$avp(callee_conid)");
        """
        msg.sending.connection = max(0, conid)
        return True

    @function()
    def tcp_set_otcpid_flag(self, msg: Message, mode: Int) -> bool:
        """Let the message be sent on over the connection of `tcp_set_otcpid`, or not.

        Args:
            mode: 0 for the usual connection.

        Returns:
            True.

        Example:
            tcp_set_otcpid_flag("1");
        """
        msg.sending.use_connection = mode != 0
        return True

    def _set_lifetime(self, conid: int, seconds: int) -> bool:
        if seconds < 0:
            self.core.log.error(f"tcp_set_connection_lifetime: {seconds} seconds are less than 0", self.name)
            return False
        return self._change(Change(conid, lifetime=seconds))

    def _change(self, change: Change) -> bool:
        if change.number > 0 and self._connections.change(change):
            return True
        self.core.log_bounded(f"there is no connection {change.number}", self.name)
        return False

    # --- looking -----------------------------------------------------------------------------------

    @function(waits=Waits.MAY)
    def tcp_conid_state(self, msg: Message, conid: Int) -> Result | Awaitable[Result]:
        r"""Tell how it stands with a connection.

        Args:
            conid: of the connection.

        Returns:
            1 when it is open, 3 while it is being opened, -2 while it is being closed, -1 when there is none.

        Example:
            if (!tcp_conid_state("$var(conid)")) { xlog("gone\n"); }
        """
        state = self._connections.state(conid)
        return int(state) if isinstance(state, int) else state

    @function(waits=Waits.MAY)
    def tcp_conid_alive(self, msg: Message, conid: Int) -> bool | Awaitable[bool]:
        r"""Check whether a connection can be used.

        Args:
            conid: of the connection.

        Returns:
            True when it is open, or being opened.

        Example:
            if (!tcp_conid_alive("$var(conid)")) { xlog("gone\n"); }
        """
        state = self._connections.state(conid)
        return state > 0 if isinstance(state, int) else _is_alive(state)

    @function(waits=Waits.MAY)
    def tcp_get_conid(self, run: Run, address: Text, variable: Var) -> bool | Awaitable[bool]:
        r"""Find the TCP connection to an address.

        Args:
            address: `host[:port]`, or a SIP URI; the port is 5060 when not given.
            variable: gets the connection's id; 0 when there is none.

        Returns:
            True when there is one; false when there is none, or the address is malformed or not found.

        Example:
            if (tcp_get_conid("127.0.0.1:5060", "$var(conid)")) { xlog("$var(conid)\n"); }
        """
        return self._find(address, lambda number: variable.set(run, number))

    @function(waits=Waits.MAY)
    def tcp_con_alive(self, msg: Message, address: Text) -> bool | Awaitable[bool]:
        r"""Check whether there is a TCP connection to an address.

        Args:
            address: as for `tcp_get_conid`.

        Returns:
            True when there is one.

        Example:
            if (!tcp_con_alive("192.0.2.7:5070")) { xlog("gone\n"); }
        """
        return self._find(address, _nothing)

    def _find(self, address: str, use: Callable[[int], object]) -> bool | Awaitable[bool]:
        try:
            host, port = _host_and_port(address)
        except ValueError as error:
            self.core.log_bounded(f"{address}: {error}", self.name)
            return False
        found = self.core.resolver.locate(host, port or _DEFAULT_PORT, "tcp")
        return self._use(found, use) if isinstance(found, Candidates) else self._use_later(found, use)

    async def _use_later(self, found: Awaitable[Candidates], use: Callable[[int], object]) -> bool:
        return self._use(await found, use)

    def _use(self, found: Candidates, use: Callable[[int], object]) -> bool:
        place = found.first()
        if place is None:
            return False
        number = self.core.connections.find_peer("tcp", place.ip, place.port)
        use(number)
        return number != 0

    @pvar_syntax("tcp")
    def tcp(self, spec: PvSpec, binder: Binder) -> Access:
        """The connection that the message came over: `$tcp(conid)`, `$tcp(c_si)`, `$tcp(c_sp)`.

        `c_si` and `c_sp` are the peer's address and port. `aconid`, `ac_si` and `ac_sp` are the same while the
        connection is open, and null when it has ended.
        """
        read = _FIELDS.get(spec.inner or "")
        if read is None:
            raise ValueError(f"it is written $tcp(name), where the name is one of {', '.join(_FIELDS)}")
        if not (spec.inner or "").startswith("a"):
            return Access(spec.text, lambda run: read(run.msg))
        return Access(spec.text, lambda run: read(run.msg) if self._is_open(run.msg) else None)

    def _is_open(self, msg: Message) -> bool:
        source = msg.source
        found = self.core.connections.find_peer(source.socket.protocol, source.ip, source.port)
        return source.connection != 0 and found == source.connection


_FIELDS: dict[str, Callable[[Message], Value]] = {
    "conid": lambda msg: msg.source.connection,
    "c_si": lambda msg: msg.source.ip,
    "c_sp": lambda msg: msg.source.port,
    "aconid": lambda msg: msg.source.connection,
    "ac_si": lambda msg: msg.source.ip,
    "ac_sp": lambda msg: msg.source.port,
}


async def _is_alive(state: Awaitable[int]) -> bool:
    return await state > 0


def _host_and_port(address: str) -> tuple[str, int]:
    """Return host and port of an address, 0 where it has none.

    Raises:
        ValueError: it is malformed.
    """
    if address.startswith(("sip:", "sips:")):
        uri = parse_uri(address)
        return uri.host, uri.port or 0
    place = parse_place(address)
    return place.host, place.port_number


def _nothing(_: int) -> None:
    """Keep nothing."""
