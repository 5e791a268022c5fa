"""Finding destinations: RFC 3263 on a server under test, with name servers in memory."""

from __future__ import annotations

import inspect
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from kahea.modules.resolver import Srv, srv_by_weight
from kahea.sip.endpoints import LocalSocket
from kahea.testing import ServerUnderTest

SOCKETS = (LocalSocket("udp", "127.0.0.1", 5060), LocalSocket("tcp", "127.0.0.1", 5060, index=1))

Make = Callable[..., ServerUnderTest]


def found(server: ServerUnderTest, *arguments: Any, seconds: float = 60.0) -> list[tuple[str, str, int]]:
    """Return all candidates that `locate` gives, waited for where they are not known."""
    places: list[tuple[str, str, int]] = []

    async def walk() -> None:
        candidates = server.engine.resolver.locate(*arguments)
        if inspect.isawaitable(candidates):
            candidates = await candidates
        while True:
            one = candidates.next()
            if inspect.isawaitable(one):
                one = await one
            if one is None:
                return
            places.append(one)

    server.wait_for(walk(), seconds)
    return places


def server_with(kahea_server: Make, zone: str, **settings: Any) -> ServerUnderTest:
    """Return a server whose name servers know *zone*."""
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    return kahea_server(f"{lines}request_route {{ exit; }}", dns=zone, sockets=SOCKETS)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("192.0.2.1",), ("udp", "192.0.2.1", 5060)),
        (("192.0.2.1", 5070, "tcp"), ("tcp", "192.0.2.1", 5070)),
        (("192.0.2.1", 0, "", "sips"), ("tls", "192.0.2.1", 5061)),
        (("[2001:DB8::1]", 0, "udp"), ("udp", "2001:db8::1", 5060)),
    ],
)
def test_an_address_is_found_at_once(kahea_server: Make, arguments: tuple[Any, ...], place: tuple[Any, ...]) -> None:
    """An address needs no look-up; port and transport are those given, else the defaults."""
    server = server_with(kahea_server, "")

    candidates = server.engine.resolver.locate(*arguments)

    assert not inspect.isawaitable(candidates)
    assert candidates.next() == place
    assert candidates.next() is None
    assert server.names.queries == []


def test_a_name_with_a_port_has_its_addresses_looked_up(kahea_server: Make) -> None:
    """With a port the host's address records count, and nothing else is asked for (RFC 3263 4.2)."""
    server = server_with(kahea_server, "host.example IN A 192.0.2.7")

    assert found(server, "host.example", 5080) == [("udp", "192.0.2.7", 5080)]
    assert server.names.queries == [("host.example", "A")]


NAPTR = """
    example.com IN NAPTR 10 50 "s" "SIP+D2T" "" _sip._tcp.example.com
    example.com IN NAPTR 20 50 "s" "SIP+D2U" "" _sip._udp.example.com
    _sip._tcp.example.com IN SRV 0 0 5071 a.example.com
    _sip._udp.example.com IN SRV 0 0 5072 a.example.com
    a.example.com IN A 192.0.2.1
    example.com IN A 192.0.2.9
"""


@pytest.mark.parametrize(
    ("settings", "arguments", "first"),
    [
        # RFC 3263 4.1: the order of the NAPTR records decides
        ({"dns_try_naptr": "yes", "dns_naptr_ignore_rfc": "no"}, (), ("tcp", "192.0.2.1", 5071)),
        # Kamailio's default: its own preferences of transports come first
        ({"dns_try_naptr": "yes"}, (), ("udp", "192.0.2.1", 5072)),
        ({"dns_try_naptr": "yes", "dns_tcp_pref": 40}, (), ("tcp", "192.0.2.1", 5071)),
        ({"dns_try_naptr": "yes", "dns_udp_pref": -1}, (), ("tcp", "192.0.2.1", 5071)),
        # a transport that the URI names leaves no choice, a port no look-up of services
        ({"dns_try_naptr": "yes"}, (0, "tcp"), ("tcp", "192.0.2.1", 5071)),
        ({"dns_try_naptr": "yes"}, (5080,), ("udp", "192.0.2.9", 5080)),
        # without NAPTR the SRV records of UDP, or with use_dns_failover of the preferred transport
        ({"dns_tcp_pref": 40}, (), ("udp", "192.0.2.1", 5072)),
        ({"use_dns_failover": "yes"}, (), ("udp", "192.0.2.1", 5072)),
        ({"use_dns_failover": "yes", "dns_tcp_pref": 40}, (), ("tcp", "192.0.2.1", 5071)),
        ({"use_dns_failover": "yes", "dns_udp_pref": -1}, (), ("tcp", "192.0.2.1", 5071)),
        # no SRV records: the address of the host, at the default port
        ({}, (0, "tls"), ("tls", "192.0.2.9", 5061)),
        ({}, (0, "", "sips"), ("tls", "192.0.2.9", 5061)),
        ({}, (0, "ws"), ("ws", "192.0.2.9", 80)),
    ],
)
def test_transport_and_port_are_found(
    kahea_server: Make, settings: dict[str, Any], arguments: tuple[Any, ...], first: tuple[str, str, int]
) -> None:
    """NAPTR records say the transport, SRV records the port, unless the URI does (RFC 3263 4.1, 4.2)."""
    server = server_with(kahea_server, NAPTR, **settings)

    assert found(server, "example.com", *arguments) == [first]


def test_a_transport_without_a_socket_is_not_looked_for(kahea_server: Make) -> None:
    """Only transports that the server listens on are looked for where the URI names none."""
    server = server_with(kahea_server, "example.com IN A 192.0.2.9", use_dns_failover="yes")

    found(server, "example.com")

    assert [name for name, kind in server.names.queries if kind == "SRV"] == [
        "_sip._udp.example.com",
        "_sip._tcp.example.com",
    ]


@pytest.mark.parametrize(
    "record",
    [
        'example.com IN NAPTR 1 1 "u" "SIP+D2T" "!.*!sip:x@y!" .',
        'example.com IN NAPTR 1 1 "a" "SIP+D2T" "" a.example.com',
        'example.com IN NAPTR 1 1 "s" "E2U+sip" "" _sip._tcp.example.com',
        'example.com IN NAPTR 1 1 "s" "SIPS+D2T" "" _sips._tcp.example.com',
        'example.com IN NAPTR 1 1 "s" "SIP+D2T" "" _sip._tcp.nowhere.example',
    ],
)
def test_a_naptr_record_that_cannot_be_used_is_passed_over(kahea_server: Make, record: str) -> None:
    """Another service, another flag, an expression, a transport without socket, no SRV records: the next one counts."""
    server = server_with(kahea_server, f"{record}\n{NAPTR}", dns_try_naptr="yes", dns_naptr_ignore_rfc="no")

    assert found(server, "example.com") == [("tcp", "192.0.2.1", 5071)]


def test_useless_naptr_records_lead_to_srv_records(kahea_server: Make) -> None:
    """Where no NAPTR record can be used, SRV records are looked up as if there were none."""
    zone = """
        example.com IN NAPTR 1 1 "s" "SIP+D2U" "" nowhere.example
        _sip._udp.example.com IN SRV 0 0 5072 192.0.2.4
        _sip._udp.example.com IN SRV 1 0 5073 a.example.com
        a.example.com IN A 192.0.2.1
    """
    server = server_with(kahea_server, zone, dns_try_naptr="yes", use_dns_failover="yes")

    assert found(server, "example.com")[-1] == ("udp", "192.0.2.1", 5073)


SRV = """
    _sip._udp.example.com IN SRV 20 9 5073 c.example.com
    _sip._udp.example.com IN SRV 10 1 5071 a.example.com
    _sip._udp.example.com IN SRV 10 9 5072 b.example.com
    a.example.com IN A 192.0.2.1
    a.example.com IN A 192.0.2.11
    b.example.com IN A 192.0.2.2
    c.example.com IN A 192.0.2.3
"""


def test_priority_then_weight_decide(kahea_server: Make) -> None:
    """A lower priority comes first, among equals the heavier one; all addresses of a host before the next host."""
    server = server_with(kahea_server, SRV, use_dns_failover="yes")

    assert found(server, "example.com") == [
        ("udp", "192.0.2.2", 5072),
        ("udp", "192.0.2.1", 5071),
        ("udp", "192.0.2.11", 5071),
        ("udp", "192.0.2.3", 5073),
    ]


def test_hosts_are_looked_up_when_their_turn_comes(kahea_server: Make) -> None:
    """The addresses of a further SRV record are asked for only when the earlier ones are used up."""
    server = server_with(kahea_server, SRV, use_dns_failover="yes")

    async def first() -> None:
        candidates = await server.engine.resolver.locate("example.com")  # type: ignore[misc]
        candidates.next()

    server.wait_for(first())

    assert server.names.queries == [("_sip._udp.example.com", "SRV"), ("b.example.com", "A")]


def test_weights_share_the_load(kahea_server: Make) -> None:
    """With dns_srv_lb a record is chosen as often as its weight says (RFC 2782), and one of weight 0 hardly ever."""
    records = [Srv(10, 0, 1, "none"), Srv(10, 60, 2, "big"), Srv(10, 20, 3, "small"), Srv(20, 5, 4, "last")]
    number = random.Random(1)
    orders = [srv_by_weight(records, number.randrange) for _ in range(2000)]
    firsts = Counter(order[0].target for order in orders)

    assert all(order[-1].target == "last" and sorted(order) == sorted(records) for order in orders)
    assert 0.70 < firsts["big"] / 2000 < 0.80
    assert 0.20 < firsts["small"] / 2000 < 0.30
    assert firsts["none"] < 60


def test_a_host_without_addresses_leads_to_the_next_record(kahea_server: Make) -> None:
    """An SRV record whose host is not found is passed over."""
    server = server_with(kahea_server, "_sip._udp.example.com IN SRV 1 0 5070 gone.example.com\n" + SRV)

    assert found(server, "example.com") == [("udp", "192.0.2.2", 5072)]


def test_a_service_that_is_not_offered_is_not_used(kahea_server: Make) -> None:
    """An SRV record with the target "." means that there is no such service (RFC 2782): the host is not tried."""
    server = server_with(kahea_server, "_sip._udp.example.com IN SRV 0 0 0 .\nexample.com IN A 192.0.2.9")

    assert found(server, "example.com", 0, "udp") == []
    assert found(server, "example.com", 0, "tcp") == [("tcp", "192.0.2.9", 5060)]


IPV6 = LocalSocket("udp", "::1", 5060, index=2)
BOTH = "host.example IN AAAA 2001:db8::1\nhost.example IN A 192.0.2.1"


@pytest.mark.parametrize(
    ("settings", "sockets", "addresses"),
    [
        ({}, SOCKETS, ["192.0.2.1"]),
        ({}, (*SOCKETS, IPV6), ["192.0.2.1", "2001:db8::1"]),
        ({"dns_try_ipv6": "no"}, (*SOCKETS, IPV6), ["192.0.2.1"]),
        ({"dns_cache_flags": 1}, (*SOCKETS, IPV6), ["192.0.2.1"]),
        ({"dns_cache_flags": 2}, (*SOCKETS, IPV6), ["2001:db8::1"]),
        ({"dns_cache_flags": 4}, (*SOCKETS, IPV6), ["2001:db8::1", "192.0.2.1"]),
    ],
)
def test_address_families_are_tried_in_their_order(
    kahea_server: Make, settings: dict[str, Any], sockets: tuple[LocalSocket, ...], addresses: list[str]
) -> None:
    """IPv4 comes first unless dns_cache_flags says otherwise; IPv6 is looked up if there is a socket for it."""
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    server = kahea_server(f"use_dns_failover=yes\n{lines}request_route {{ exit; }}", dns=BOTH, sockets=sockets)

    assert [ip for _, ip, _ in found(server, "host.example", 5060)] == addresses


def test_the_number_of_questions_is_limited(kahea_server: Make) -> None:
    """Records that lead to many hosts that are not there end in a failure, not in endless questions."""
    zone = "\n".join(f"_sip._udp.example.com IN SRV 1 0 5060 h{number}.example.com" for number in range(99))
    server = server_with(kahea_server, zone)

    assert found(server, "example.com") == []
    assert len(set(server.names.queries)) <= 64


@pytest.mark.parametrize(
    "host", ["", "a" * 64 + ".example", ".".join(["a" * 60] * 5), "a..b", "ex\udc80mple", "é.example"]
)
def test_what_is_no_name_is_not_found(kahea_server: Make, host: str) -> None:
    """Text that no name server can be asked for is a host that is not found."""
    assert found(server_with(kahea_server, ""), host, 5060) == []
