"""Functions that send requests on."""

from __future__ import annotations

import re
from collections.abc import Awaitable

from kahea.api import Int, Request, Result, Route, Run, UriError, Waits, function, next_hop

from kahea_tm.declared.base import REQUEST_FAILURE, TmBase
from kahea_tm.forwarding import Hop
from kahea_tm.layer import context_of

_NUMBER = re.compile("0[xX][0-9a-fA-F]+|[1-9][0-9]*|0")

NO_AUTO_100 = 1
"""Flags of ``t_relay_to``."""
NO_INTERNAL_REPLY = 2
NO_FAILOVER = 4


class RelayFunctions(TmBase):
    """``t_relay`` and its relatives."""

    def _relayed(self, run: Run, hop: Hop | None = None, *, replicate: bool = False) -> int | Awaitable[int]:
        msg = run.msg
        if not isinstance(msg, Request):
            return -1
        result: int | Awaitable[int] = self.relay.relay(run, msg, hop, replicate=replicate)
        return result

    @function(routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay(self, run: Run) -> Result | Awaitable[Result]:
        """Send the request on statefully: to `$du`, else to the Request-URI, and to all further branches at once.

        An INVITE is answered 100 first. A repeated request is absorbed: the last reply is sent again. An ACK is sent on
        statelessly. A CANCEL cancels the branches of its INVITE. The function waits where a host name has to be looked
        up, while other traffic goes on.

        Returns:
            1 when it was sent on, or absorbed; a negative code when nothing could be sent: -1 or -477 sending failed,
            -478 an address is not found, -6 the branch_route dropped all branches, -487 the caller has given up. The
            caller is told at the end of the script, unless the script does so itself.

        Example:
            if (!t_relay()) {
                sl_reply_error();
            }
        """
        return self._relayed(run)

    @function("t_relay", routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_host(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """Send the request on statefully to a host, whatever its URIs say.

        Args:
            host: name or address.
            port: 0 for the default.

        Returns:
            As without arguments.

        Example:
            t_relay("10.0.0.10", "5060");
        """
        return self._relayed(run, Hop(host, port))

    @function(routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to(self, run: Run, proxy: str = "", flags: Int = 0) -> Result | Awaitable[Result]:
        """Send the request on statefully, to a proxy if one is given.

        Args:
            proxy: `[proto:]host[:port]`; a number here is the flags.
            flags: bits: 1 no 100 is sent, 2 no reply is sent when it fails, 4 no further addresses are tried.

        Returns:
            As `t_relay`.

        Example:
            t_relay_to("tcp:10.0.0.10:5060", "3");
        """
        if _NUMBER.fullmatch(proxy):
            proxy, flags = "", int(proxy, 0)
        choices = self.choices_of(run.msg)
        if flags & NO_AUTO_100:
            choices.auto_100 = False
        if flags & NO_INTERNAL_REPLY:
            choices.disable_internal_reply = True
        if flags & NO_FAILOVER:
            choices.disable_failover = True
        return self._relayed(run, parse_hop(proxy))

    @function(routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_proxy(self, run: Run, proxy: str) -> Result | Awaitable[Result]:
        """Send the request on statefully to a proxy.

        Args:
            proxy: `[proto:]host[:port]`.

        Returns:
            As `t_relay`.

        Example:
            t_relay_to_proxy("udp:10.0.0.10:5060");
        """
        return self._relayed(run, parse_hop(proxy))

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_relay_to_avp(self, run: Run, proto: str, proxy: str) -> Result | Awaitable[Result]:
        """Send the request on statefully to a proxy, over a given transport.

        Args:
            proto: `udp`, `tcp`, `tls`; "" for any.
            proxy: `host[:port]`.

        Returns:
            As `t_relay`.
        """
        return self._relayed(run, with_protocol(parse_hop(proxy), proto))

    def _over(self, run: Run, protocol: str, host: str = "", port: int = 0) -> Result | Awaitable[Result]:
        return self._relayed(run, Hop(host, port, protocol))

    @function(routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_udp(self, run: Run) -> Result | Awaitable[Result]:
        """Send the request on statefully over UDP; returns as `t_relay`."""
        return self._over(run, "udp")

    @function("t_relay_to_udp", routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_udp_host(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """Send the request on statefully over UDP to *host* and *port* (0 for the default); returns as `t_relay`."""
        return self._over(run, "udp", host, port)

    @function(routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_tcp(self, run: Run) -> Result | Awaitable[Result]:
        """Send the request on statefully over TCP; returns as `t_relay`."""
        return self._over(run, "tcp")

    @function("t_relay_to_tcp", routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_tcp_host(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """Send the request on statefully over TCP to *host* and *port* (0 for the default); returns as `t_relay`."""
        return self._over(run, "tcp", host, port)

    @function(routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_tls(self, run: Run) -> Result | Awaitable[Result]:
        """Send the request on statefully over TLS; returns as `t_relay`."""
        return self._over(run, "tls")

    @function("t_relay_to_tls", routes=REQUEST_FAILURE, waits=Waits.MAY)
    def t_relay_to_tls_host(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """Send the request on statefully over TLS to *host* and *port* (0 for the default); returns as `t_relay`."""
        return self._over(run, "tls", host, port)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_forward_nonack(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """Send a request other than ACK on, in the transaction that `t_newtran` made; returns as `t_relay`.

        Args:
            host: name or address.
            port: 0 for the default.
        """
        return self._forwarded(run, Hop(host, port))

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_forward_nonack_uri(self, run: Run) -> Result | Awaitable[Result]:
        """Send a request other than ACK on to its URI, in the transaction of `t_newtran`; returns as `t_relay`."""
        return self._forwarded(run, None)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_forward_nonack_udp(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """As `t_forward_nonack` to *host* and *port*, over UDP."""
        return self._forwarded(run, Hop(host, port, "udp"))

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_forward_nonack_tcp(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """As `t_forward_nonack` to *host* and *port*, over TCP."""
        return self._forwarded(run, Hop(host, port, "tcp"))

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_forward_nonack_tls(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """As `t_forward_nonack` to *host* and *port*, over TLS."""
        return self._forwarded(run, Hop(host, port, "tls"))

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_forward_nonack_to(self, run: Run, proto: str, proxy: str) -> Result | Awaitable[Result]:
        """As `t_forward_nonack`, to a *proxy* `host[:port]` over the transport *proto*."""
        return self._forwarded(run, with_protocol(parse_hop(proxy), proto))

    def _forwarded(self, run: Run, hop: Hop | None) -> Result | Awaitable[Result]:
        if context_of(run.msg).transaction is None:
            self.core.log.error("t_forward_nonack: there is no transaction, call t_newtran first", self.name)
            return -1
        return self._relayed(run, hop)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_replicate(self, run: Run, uri: str = "") -> Result | Awaitable[Result]:
        """Send a copy of the request on, whose replies go nowhere.

        Args:
            uri: where to; the request's destination if left out.

        Returns:
            1 when it was sent, a negative code otherwise.

        Example:
            t_replicate("sip:10.0.0.10:5060");
        """
        hop = None
        if uri:
            try:
                hop = Hop(*next_hop(uri))
            except UriError as error:
                self.core.log.error(f"t_replicate: {uri}: {error}", self.name)
                return -1
        return self._relayed(run, hop, replicate=True)

    @function("t_replicate", routes=Route.REQUEST, waits=Waits.MAY)
    def t_replicate_host(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """Send a copy of the request to *host* and *port* (0 for the default), whose replies go nowhere."""
        return self._relayed(run, Hop(host, port), replicate=True)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_replicate_udp(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """As `t_replicate` to *host* and *port*, over UDP."""
        return self._relayed(run, Hop(host, port, "udp"), replicate=True)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_replicate_tcp(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """As `t_replicate` to *host* and *port*, over TCP."""
        return self._relayed(run, Hop(host, port, "tcp"), replicate=True)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_replicate_tls(self, run: Run, host: str, port: Int) -> Result | Awaitable[Result]:
        """As `t_replicate` to *host* and *port*, over TLS."""
        return self._relayed(run, Hop(host, port, "tls"), replicate=True)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_replicate_to(self, run: Run, proto: str, proxy: str) -> Result | Awaitable[Result]:
        """As `t_replicate`, to a *proxy* `host[:port]` over the transport *proto*."""
        return self._relayed(run, with_protocol(parse_hop(proxy), proto), replicate=True)

    @function(routes=Route.REQUEST, waits=Waits.MAY)
    def t_relay_cancel(self, run: Run) -> Result | Awaitable[Result]:
        """Deal with a CANCEL: cancel the branches of its INVITE, without running the rest of the script.

        Returns:
            0, which ends the script, when the CANCEL was dealt with; 1 when its INVITE is unknown, or for any other
            request; negative when it failed.

        Example:
            if (is_method("CANCEL")) {
                t_relay_cancel();
                sl_send_reply("481", "Call/Transaction Does Not Exist");
                exit;
            }
        """
        msg = run.msg
        if not isinstance(msg, Request) or msg.method != "CANCEL":
            return 1
        if self.layer.store.of_cancel(msg) is None:
            return 1
        result = self._relayed(run)
        return _ended(result) if isinstance(result, int) else _ended_later(result)


def _ended(result: int) -> int:
    return 0 if result > 0 else result


async def _ended_later(result: Awaitable[int]) -> int:
    return _ended(await result)


def parse_hop(text: str) -> Hop | None:
    """Read ``[proto:]host[:port]``; ``None`` for empty text.

    Raises:
        ValueError: it is written otherwise.
    """
    if not text:
        return None
    rest, protocol = text, ""
    head, colon, tail = text.partition(":")
    if colon and head.lower() in ("udp", "tcp", "tls", "ws", "wss", "sctp"):
        protocol, rest = head.lower(), tail
    host, port = rest, ""
    if rest.startswith("["):
        host, _, after = rest.partition("]")
        host, port = f"{host}]", after.removeprefix(":")
    elif rest.count(":") == 1:
        host, _, port = rest.partition(":")
    if not host or (port and not port.isdecimal()):
        raise ValueError(f'a proxy is written [proto:]host[:port], not "{text}"')
    return Hop(host, int(port or 0), protocol)


def with_protocol(hop: Hop | None, protocol: str) -> Hop:
    """Return a hop over another transport."""
    return Hop("", 0, protocol.lower()) if hop is None else Hop(hop.host, hop.port, protocol.lower() or hop.protocol)
