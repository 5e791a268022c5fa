"""Names to forward to, and what name servers say of them, for the comparison with the real server."""

from __future__ import annotations

from typing import Final

ZONE: Final = """
    ; addresses only
    host.example IN A 127.1.0.1
    host.example IN A 127.1.0.2
    six.example IN AAAA ::1
    both.example IN AAAA ::1
    both.example IN A 127.1.0.3
    alias.example IN CNAME host.example
    chain.example IN CNAME alias.example
    circle.example IN CNAME circle2.example
    circle2.example IN CNAME circle.example
    dangling.example IN CNAME nowhere.example

    ; services by UDP: priorities, weights, several addresses, one host that is not there
    _sip._udp.udp.example IN SRV 20 0 5073 h3.example
    _sip._udp.udp.example IN SRV 10 1 5071 h1.example
    _sip._udp.udp.example IN SRV 10 9 5072 h2.example
    _sip._udp.udp.example IN SRV 5 0 5070 nowhere.example
    udp.example IN A 127.1.0.99
    h1.example IN A 127.1.1.1
    h1.example IN A 127.1.1.11
    h2.example IN A 127.1.1.2
    h3.example IN A 127.1.1.3

    ; services by TCP only
    _sip._tcp.tcp.example IN SRV 10 0 5081 h1.example
    tcp.example IN A 127.1.0.98

    ; services by both, by TLS too
    _sip._udp.all.example IN SRV 10 0 5091 h1.example
    _sip._tcp.all.example IN SRV 10 0 5092 h2.example
    _sips._tcp.all.example IN SRV 10 0 5093 h3.example
    all.example IN A 127.1.0.97

    ; a service whose hosts are not there
    _sip._udp.lost.example IN SRV 10 0 5060 nowhere.example
    lost.example IN A 127.1.0.96

    ; a host that is an alias
    _sip._udp.srvalias.example IN SRV 10 0 5075 alias.example

    ; NAPTR: TCP before UDP by order, by preference
    order.example IN NAPTR 10 50 "s" "SIP+D2T" "" _sip._tcp.all.example
    order.example IN NAPTR 20 50 "s" "SIP+D2U" "" _sip._udp.all.example
    order.example IN A 127.1.0.95
    pref.example IN NAPTR 10 20 "s" "SIP+D2U" "" _sip._udp.all.example
    pref.example IN NAPTR 10 10 "s" "SIP+D2T" "" _sip._tcp.all.example
    ; records that cannot be used
    odd.example IN NAPTR 1 1 "u" "SIP+D2T" "!.*!sip:x@y!" .
    odd.example IN NAPTR 2 1 "a" "SIP+D2T" "" h1.example
    odd.example IN NAPTR 3 1 "s" "SIPS+D2T" "" _sips._tcp.all.example
    odd.example IN NAPTR 4 1 "S" "sip+d2u" "" _sip._udp.all.example
    ; a service of one record that is not there
    half.example IN NAPTR 1 1 "s" "SIP+D2U" "" _sip._udp.lost.example
    half.example IN NAPTR 2 1 "s" "SIP+D2T" "" _sip._tcp.all.example
    none.example IN NAPTR 1 1 "s" "SIP+D2U" "" _sip._udp.nowhere.example
    _sip._tcp.none.example IN SRV 10 0 5077 h2.example
    none.example IN A 127.1.0.94

    ; a service that is not offered
    _sip._udp.denied.example IN SRV 0 0 0 .
    denied.example IN A 127.1.0.93

    ; for queries by name
    _sip._udp.three.example IN SRV 30 0 5073 h3.example
    _sip._udp.three.example IN SRV 10 0 5071 H1.Example
    _sip._udp.three.example IN SRV 20 0 5072 h2.example
"""

URIS: Final = (
    "sip:host.example",
    "sip:host.example:5099",
    "sip:HOST.Example:5099",
    "sip:host.example;transport=tcp",
    "sip:host.example:5098;transport=udp",
    "sip:six.example:5060",
    "sip:both.example:5060",
    "sip:alias.example:5060",
    "sip:chain.example:5060",
    "sip:circle.example:5060",
    "sip:dangling.example:5060",
    "sip:nowhere.example",
    "sip:nowhere.example:5060",
    "sip:udp.example",
    "sip:udp.example:5060",
    "sip:udp.example;transport=udp",
    "sip:udp.example;transport=tcp",
    "sip:tcp.example",
    "sip:tcp.example;transport=tcp",
    "sip:tcp.example;transport=udp",
    "sip:all.example",
    "sip:all.example;transport=tcp",
    "sip:lost.example",
    "sip:srvalias.example",
    "sip:order.example",
    "sip:order.example:5060",
    "sip:order.example;transport=udp",
    "sip:pref.example",
    "sip:odd.example",
    "sip:half.example",
    "sip:none.example",
    "sip:denied.example",
    "sip:127.1.0.1",
    "sip:127.1.0.1;transport=tcp",
    "sip:[::1]:5099",
)

# no preference below 0: the real server then takes a transport from memory that it never wrote
SETTINGS: Final = {
    "default": "",
    "failover": "use_dns_failover=yes",
    # not with use_dns_failover: the real server tries the last place of a NAPTR record for ever
    "naptr": "dns_try_naptr=yes",
    "naptr-rfc": "dns_try_naptr=yes\ndns_naptr_ignore_rfc=no",
    "naptr-tcp-first": "dns_try_naptr=yes\ndns_tcp_pref=50",
    "tcp-first": "use_dns_failover=yes\ndns_tcp_pref=50",
    "ipv6-first": "use_dns_failover=yes\ndns_cache_flags=4",
    "ipv4-only": "use_dns_failover=yes\ndns_try_ipv6=no",
    "no-cache": "use_dns_cache=no",
}

_SRV_DESPITE_PORT = "a URI with a port, `dns_try_naptr=yes`"

DIFFERS: Final = {
    ("naptr", "sip:udp.example:5060"): _SRV_DESPITE_PORT,
    ("naptr-rfc", "sip:udp.example:5060"): _SRV_DESPITE_PORT,
    ("naptr-tcp-first", "sip:udp.example:5060"): _SRV_DESPITE_PORT,
    ("ipv4-only", "sip:[::1]:5099"): "a written IPv6 address with `dns_try_ipv6=no`",
    **{(name, "sip:denied.example"): "an SRV record with the target `.`" for name in SETTINGS},
}
"""Why Kahea sends somewhere else, by settings and URI."""


def _say(*values: str) -> str:
    return "".join(f'xlog("L_NOTICE", "says [{value}]\\n");' for value in values)


_ADDRESSES = _say(
    "$dns(x=>count)",
    "$dns(x=>ipv4)",
    "$dns(x=>ipv6)",
    "$dns(x=>addr)",
    "$dns(x=>addr[0])",
    "$dns(x=>type[0])",
    "$dns(x=>addr[-1])",
    "$dns(x=>addr[7])",
    "$dns(x=>count[1])",
    "$dns(y=>count)",
)
_SERVICES = _say(
    "$srvquery(x=>count)",
    "$srvquery(x=>target[0])",
    "$srvquery(x=>port[0])",
    "$srvquery(x=>priority[0])",
    "$srvquery(x=>weight[0])",
    "$srvquery(x=>target[9])",
    "$srvquery(y=>count)",
)
_POINTERS = _say(
    "$naptrquery(x=>count)",
    "$naptrquery(x=>order[0])",
    "$naptrquery(x=>pref[0])",
    "$naptrquery(x=>flags[0])",
    "$naptrquery(x=>services[0])",
    "$naptrquery(x=>regex[0])",
    "$naptrquery(x=>replace[0])",
    "$naptrquery(x=>order[9])",
)
_CODE = _say("$rc")

QUERIES: Final = {
    "dns_query": f'dns_query("h3.example", "x");{_CODE}{_ADDRESSES}',
    "dns_query_ipv6": f'dns_query("six.example", "x");{_CODE}{_ADDRESSES}',
    "dns_query_alias": f'dns_query("chain.example", "x");{_CODE}{_say("$dns(x=>count)")}',
    "dns_query_address": f'dns_query("127.1.2.3", "x");{_CODE}{_ADDRESSES}',
    "dns_query_missing": f'dns_query("nowhere.example", "x");{_CODE}{_ADDRESSES}',
    "dns_query_by_variable": f'$var(h) = "h3.example"; dns_query("$var(h)", "$rU");{_CODE}'
    + _say("$dns(dns_query_by_variable=>addr)"),
    "dns_query_index_by_variable": f'$var(i) = 0; dns_query("h3.example", "x");{_say("$dns(x=>addr[$var(i)])")}',
    "dns_query_index_of_text": f'$var(t) = "a"; dns_query("h3.example", "x");{_say("$dns(x=>addr[$var(t)])")}',
    "srv_query": f'srv_query("_sip._tcp.all.example", "x");{_CODE}{_SERVICES}',
    "srv_query_priorities": f'srv_query("_sip._udp.three.example", "x");{_CODE}{_SERVICES}',
    "srv_query_missing": f'srv_query("_sip._udp.nowhere.example", "x");{_CODE}{_SERVICES}',
    "srv_query_empty": f'srv_query("", "x");{_CODE}',
    "naptr_query": f'naptr_query("odd.example", "x");{_CODE}{_POINTERS}',
    "naptr_query_order": f'naptr_query("pref.example", "x");{_CODE}{_POINTERS}',
    "naptr_query_missing": f'naptr_query("nowhere.example", "x");{_CODE}{_POINTERS}',
    "naptr_query_empty": f'naptr_query("", "x");{_CODE}',
    "int_match": f'dns_int_match_ip("h1.example", "127.1.1.11");{_CODE}',
    "int_match_other": f'dns_int_match_ip("h1.example", "127.1.1.12");{_CODE}',
    "int_match_ipv6": f'dns_int_match_ip("six.example", "[::1]");{_CODE}',
    "int_match_missing": f'dns_int_match_ip("nowhere.example", "127.1.1.12");{_CODE}',
    "int_match_no_address": f'dns_int_match_ip("h1.example", "name");{_CODE}',
    "int_match_literal": f'dns_int_match_ip("127.1.1.1", "127.1.1.1");{_CODE}',
    "set_local_ttl": f'dns_set_local_ttl("30");{_CODE}dns_set_local_ttl("0");{_CODE}',
}
"""Scripts with functions of ipops."""
