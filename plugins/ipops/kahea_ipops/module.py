"""What the module ``ipops`` offers to the configuration."""

from __future__ import annotations

import asyncio

from kahea.api import (
    Access,
    Binder,
    Message,
    Module,
    NoParams,
    PvHandle,
    PvSpec,
    Result,
    Run,
    Text,
    Var,
    function,
    pvar_syntax,
)

from kahea_ipops import addresses, hosts, ranges
from kahea_ipops.addresses import Address, IpType
from kahea_ipops.name_functions import NameFunctions


class Ipops(NameFunctions, Module[NoParams]):
    """Operations on IP addresses."""

    # --- kinds of addresses

    @function()
    def is_ip(self, msg: Message, text: Text) -> bool:
        r"""Check whether a text is an IP address.

        Args:
            text: IPv6 may stand in brackets.

        Returns:
            true when it is.

        Example:
            if (is_ip("$rd")) { xlog("no name\n"); }
        """
        return addresses.type_of(text) is not None

    @function()
    def is_pure_ip(self, msg: Message, text: Text) -> bool:
        r"""Check whether a text is an IP address without brackets.

        Args:
            text: the text.

        Returns:
            true when it is.

        Example:
            if (is_pure_ip("$si")) { xlog("as always\n"); }
        """
        return addresses.read(text) is not None

    @function()
    def is_ipv4(self, msg: Message, text: Text) -> bool:
        r"""Check whether a text is an IPv4 address.

        Args:
            text: the text.

        Returns:
            true when it is.

        Example:
            if (is_ipv4("$rd")) { xlog("IPv4\n"); }
        """
        return addresses.type_of(text) is IpType.IPV4

    @function()
    def is_ipv6(self, msg: Message, text: Text) -> bool:
        r"""Check whether a text is an IPv6 address without brackets.

        Args:
            text: the text.

        Returns:
            true when it is.

        Example:
            if (is_ipv6("$si")) { xlog("IPv6\n"); }
        """
        return addresses.type_of(text) is IpType.IPV6

    @function()
    def is_ipv6_reference(self, msg: Message, text: Text) -> bool:
        r"""Check whether a text is an IPv6 address in brackets, as in URIs.

        Args:
            text: the text.

        Returns:
            true when it is.

        Example:
            if (is_ipv6_reference("$rd")) { xlog("IPv6\n"); }
        """
        return addresses.type_of(text) is IpType.REFERENCE

    @function()
    def ip_type(self, msg: Message, text: Text) -> Result:
        r"""Tell what kind of address a text is.

        Args:
            text: the text.

        Returns:
            1 for IPv4, 2 for IPv6, 3 for IPv6 in brackets; -1 when it is none.

        Example:
            ip_type("$rd");
            xlog("type $rc\n");
        """
        found = addresses.type_of(text)
        return -1 if found is None else int(found)

    # --- what they are for

    @function()
    def is_ip_rfc1918(self, msg: Message, text: Text) -> bool:
        r"""Check whether a text is an IPv4 address of a private network (RFC 1918).

        Args:
            text: the text.

        Returns:
            true when it is.

        Example:
            if (is_ip_rfc1918("$si")) { xlog("from the inside\n"); }
        """
        return ranges.is_rfc1918(text)

    @function()
    def detailed_ip_type(self, run: Run, text: Text, result: Var) -> bool:
        """Tell what an address is for: `PRIVATE`, `LOOPBACK`, `MULTICAST`, `PUBLIC`, `GLOBAL-UNICAST`…

        Args:
            text: IPv4 or IPv6, the latter with or without brackets.
            result: pseudo-variable that gets the word.

        Returns:
            true; false when the text is no address.

        Example:
            detailed_ip_type("$si", "$var(kind)");
        """
        return _tell(run, addresses.read_either(text), result)

    @function()
    def detailed_ipv4_type(self, run: Run, text: Text, result: Var) -> bool:
        """Tell what an IPv4 address is for, as `detailed_ip_type` does.

        Args:
            text: the address, with or without blanks around it.
            result: pseudo-variable that gets the word.

        Returns:
            true; false when the text is no IPv4 address.

        Example:
            detailed_ipv4_type("$si", "$var(kind)");
        """
        address = addresses.read(text.strip())
        return _tell(run, address if address is not None and address.version == 4 else None, result)

    @function()
    def detailed_ipv6_type(self, run: Run, text: Text, result: Var) -> bool:
        """Tell what an IPv6 address is for, as `detailed_ip_type` does.

        Args:
            text: the address, with or without brackets.
            result: pseudo-variable that gets the word.

        Returns:
            true; false when the text is no IPv6 address.

        Example:
            detailed_ipv6_type("$si", "$var(kind)");
        """
        address = addresses.read_either(text.strip())
        return _tell(run, address if address is not None and address.version == 6 else None, result)

    # --- comparing

    @function()
    def compare_ips(self, msg: Message, a: Text, b: Text) -> bool:
        r"""Check whether two texts are the same address, however it is written.

        Args:
            a: one; IPv6 may stand in brackets.
            b: the other.

        Returns:
            true when they are.

        Example:
            if (compare_ips("$si", "[2001:db8::1]")) { xlog("the gateway\n"); }
        """
        address = addresses.read_either(a)
        return address is not None and address == addresses.read_either(b)

    @function()
    def compare_pure_ips(self, msg: Message, a: Text, b: Text) -> bool:
        r"""Check whether two texts are the same address, none of them in brackets.

        Args:
            a: one.
            b: the other.

        Returns:
            true when they are.

        Example:
            if (compare_pure_ips("$si", "2001:db8::1")) { xlog("the gateway\n"); }
        """
        address = addresses.read(a)
        return address is not None and address == addresses.read(b)

    @function()
    def is_in_subnet(self, msg: Message, address: Text, subnets: Text) -> bool:
        r"""Check whether an address is in one of some networks.

        Args:
            address: without brackets.
            subnets: networks `192.0.2.0/24` or addresses, with commas between them.

        Returns:
            true when it is.

        Example:
            if (is_in_subnet("$si", "10.0.0.0/8, 2001:db8::/32")) { xlog("ours\n"); }
        """
        return addresses.within(address, subnets)

    # --- names

    @function()
    async def dns_sys_match_ip(self, msg: Message, host: Text, ip: Text) -> Result:
        r"""Check whether a host name has an address, by the system's resolver; the script waits for it.

        Args:
            host: the name.
            ip: the address; IPv6 may stand in brackets.

        Returns:
            1 when it has; -1 when not, -3 when `ip` is no address, -4 when the name cannot be resolved.

        Example:
            if (dns_sys_match_ip("gateway.example.com", "$si")) { xlog("the gateway\n"); }
        """
        address = addresses.read_either(ip)
        if address is None:
            return -3
        try:
            found = await asyncio.to_thread(hosts.addresses_of, host)
        except OSError:
            return -4
        return 1 if address in found else -1

    @pvar_syntax("HN")
    def host_name(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A name of this host: `$HN(n)` without domain, `$HN(f)` in full, `$HN(d)` its domain, `$HN(i)` its address.

        Null when the system does not know it. It is asked once, when the file is read.
        """
        if spec.inner not in hosts.HostNames._fields:
            raise ValueError("it is $HN(n), $HN(f), $HN(d) or $HN(i)")
        value = getattr(hosts.own_names(), spec.inner) or None
        return Access(spec.text, lambda run: value)


def _tell(run: Run, address: Address | None, result: Var) -> bool:
    if address is None:
        return False
    result.set(run, ranges.kind(address))
    return True
