"""Functions and pseudo-variables that ask name servers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from kahea.api import (
    Access,
    Binder,
    Core,
    Int,
    Message,
    PvHandle,
    PvSpec,
    Result,
    Run,
    Text,
    Value,
    Waits,
    allocate_slot,
    function,
    pvar_syntax,
    srv_by_weight,
)

from kahea_ipops import addresses, queries
from kahea_ipops.addresses import IpType
from kahea_ipops.queries import Row

_RESULTS: Final = allocate_slot()
"""Of each message: results by kind of query and name."""

_NO_NAME: Final = -2
_UNRESOLVABLE: Final = -4

_DNS: Final = ("addr", "type", "ipv4", "ipv6", "count", "hostname")
_SRV: Final = ("count", "port", "priority", "target", "weight")
_NAPTR: Final = ("count", "order", "pref", "flags", "services", "regex", "replace")

_T = TypeVar("_T")
Code = int | Awaitable[int]


class NameFunctions:
    """Asks name servers for the configuration; scripts wait only for what is not known."""

    core: Core

    # --- functions

    @function(waits=Waits.MAY)
    def dns_int_match_ip(self, msg: Message, host: Text, ip: Text) -> Result | Awaitable[Result]:
        r"""Check whether a host name has an address, by the server's resolver and its cache.

        Args:
            host: the name.
            ip: the address; IPv6 may stand in brackets.

        Returns:
            1 when it has; -1 when not, -3 when `ip` is no address, -4 when the name cannot be resolved.

        Example:
            if (dns_int_match_ip("gateway.example.com", "$si")) { xlog("the gateway\n"); }
        """
        address = addresses.read_either(ip)
        if address is None:
            return -3

        def compare(found: Sequence[str]) -> int:
            if not found:
                return _UNRESOLVABLE
            return 1 if queries.same_address(found, address) else -1

        return _then(self.core.resolver.addresses(host), compare)

    @function(waits=Waits.MAY)
    def dns_query(self, msg: Message, host: Text, name: Text) -> Result | Awaitable[Result]:
        r"""Look up the addresses of a host; `$dns(NAME=>...)` shows them for the rest of the message.

        Args:
            host: the name.
            name: of the result.

        Returns:
            1 when there are some; -2 when the name is too long, -4 when it cannot be resolved.

        Example:
            if (dns_query("sip.example.com", "x")) { xlog("$dns(x=>count): $dns(x=>addr[0])\n"); }
        """
        if len(host) > 255:
            return _NO_NAME
        rows = _new(msg, "dns", name)

        def keep(found: Sequence[str]) -> int:
            rows[:] = queries.address_rows(host, found)
            return 1 if rows else _UNRESOLVABLE

        return _then(self.core.resolver.addresses(host, any_family=True), keep)

    @function(waits=Waits.MAY)
    def ptr_query(self, msg: Message, ip: Text, name: Text) -> Result | Awaitable[Result]:
        r"""Look up the name of an address; `$ptrquery(NAME=>hostname)` shows it for the rest of the message.

        Args:
            ip: the address, without brackets.
            name: of the result.

        Returns:
            1 when it has a name; -2 when the text is too long, -4 or -5 when it is no address, -6 when it has none.

        Example:
            if (ptr_query("$si", "x")) { xlog("from $ptrquery(x=>hostname)\n"); }
        """
        if len(ip) > 46:
            return _NO_NAME
        rows = _new(msg, "ptrquery", name)
        kind = addresses.type_of(ip)
        if kind is None:
            return -4
        if kind is IpType.REFERENCE:
            return -5

        def keep(found: Sequence[str]) -> int:
            if not found:
                return -6
            rows[:] = queries.pointer_rows(ip, found[0])
            return 1

        return _then(self.core.resolver.pointers(ip), keep)

    @function(waits=Waits.MAY)
    def srv_query(self, msg: Message, service: Text, name: Text) -> Result | Awaitable[Result]:
        r"""Look up SRV records; `$srvquery(NAME=>...)` shows them for the rest of the message.

        They are in the order of their priorities, and of one priority in an order chosen at random by their weights
        (RFC 2782).

        Args:
            service: as in `_sip._udp.example.com`.
            name: of the result.

        Returns:
            1, also when there are none (`$srvquery(NAME=>count)` is 0); -2 when the service is empty.

        Example:
            if (srv_query("_sip._udp.example.com", "x")) { xlog("$srvquery(x=>target[0])\n"); }
        """
        if not service:
            return _NO_NAME
        rows = _new(msg, "srvquery", name)
        return _then(self.core.resolver.srv(service), lambda found: _fill(rows, queries.srv_rows(srv_by_weight(found))))

    @function(waits=Waits.MAY)
    def naptr_query(self, msg: Message, domain: Text, name: Text) -> Result | Awaitable[Result]:
        r"""Look up NAPTR records; `$naptrquery(NAME=>...)` shows them for the rest of the message.

        They are in the order of their orders and preferences.

        Args:
            domain: the name.
            name: of the result.

        Returns:
            1, also when there are none (`$naptrquery(NAME=>count)` is 0); -2 when the domain is empty.

        Example:
            if (naptr_query("example.com", "x")) { xlog("$naptrquery(x=>replace[0])\n"); }
        """
        if not domain:
            return _NO_NAME
        rows = _new(msg, "naptrquery", name)
        return _then(self.core.resolver.naptr(domain), lambda found: _fill(rows, queries.naptr_rows(found)))

    @function()
    def dns_set_local_ttl(self, msg: Message, seconds: Int) -> bool:
        """Keep what this worker looks up from now on for some time, whatever the records say.

        Args:
            seconds: how long; 0 for as long as the records say.

        Returns:
            true.

        Example:
            dns_set_local_ttl("30");
        """
        self.core.resolver.keep_for(seconds)
        return True

    # --- pseudo-variables

    @pvar_syntax("dns")
    def dns(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """What `dns_query` found: `$dns(NAME=>count)`, `hostname`, `addr[i]`, `type[i]`, `ipv4`, `ipv6` (1 or 0).

        The index -1 is the last address. Null when nothing was found.
        """
        return _access("dns", spec, binder, _DNS, ())

    @pvar_syntax("ptrquery")
    def ptrquery(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """What `ptr_query` found: `$ptrquery(NAME=>hostname)`; the other keys are those of `$dns`."""
        return _access("ptrquery", spec, binder, _DNS, ())

    @pvar_syntax("srvquery")
    def srvquery(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """What `srv_query` found: `$srvquery(NAME=>count)`, `port[i]`, `priority[i]`, `target[i]`, `weight[i]`.

        The index -1 is the last record.
        """
        return _access("srvquery", spec, binder, _SRV, _SRV[1:])

    @pvar_syntax("naptrquery")
    def naptrquery(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """What `naptr_query` found, as in `$naptrquery(NAME=>count)`, `$naptrquery(NAME=>replace[0])`.

        The other keys are `order`, `pref`, `flags`, `services` and `regex`, with an index, too. The index -1 is
        the last record.
        """
        return _access("naptrquery", spec, binder, _NAPTR, _NAPTR[1:])


def _then(found: _T | Awaitable[_T], use: Callable[[_T], int]) -> Code:
    """Use what a lookup found, now or when it is there."""
    if isinstance(found, Awaitable):
        return _when_found(found, use)
    return use(found)


async def _when_found(found: Awaitable[_T], use: Callable[[_T], int]) -> int:
    return use(await found)


def _fill(rows: list[Row], found: list[Row]) -> int:
    rows[:] = found
    return 1


def _new(msg: Message, query: str, name: str) -> list[Row]:
    """Return the empty result of a query."""
    results = msg.get_slot(_RESULTS)
    if not isinstance(results, dict):
        results = {}
        msg.set_slot(_RESULTS, results)
    rows: list[Row] = []
    results[query, name] = rows
    return rows


def _rows(msg: Message, query: str, name: str) -> list[Row]:
    results = msg.get_slot(_RESULTS)
    return results.get((query, name), []) if isinstance(results, dict) else []


def _access(query: str, spec: PvSpec, binder: Binder, keys: Sequence[str], indexed: Sequence[str]) -> PvHandle:
    name, key, index = queries.parse_path(spec.inner or "", keys, indexed)
    if key == "count" and indexed:  # of addresses the count belongs to each, and is null where there are none
        return Access(spec.text, lambda run: len(_rows(run.msg, query, name)))
    if isinstance(index, int):
        return Access(spec.text, lambda run: queries.pick(_rows(run.msg, query, name), index, key))
    read: Callable[[Run], Value] = binder.value(index)
    return Access(spec.text, lambda run: queries.pick(_rows(run.msg, query, name), read(run), key))
