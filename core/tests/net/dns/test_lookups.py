"""Questions and answers: aliases, lifetimes, name servers that fail, search lists. Time is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import pytest
from kahea.modules.resolver import Naptr, Srv
from kahea.net.dns.system import NameServer, System
from kahea.testing import ServerUnderTest

Make = Callable[..., ServerUnderTest]


def server_with(kahea_server: Make, zone: str, system: System | None = None, **settings: Any) -> ServerUnderTest:
    """Return a server whose name servers know *zone*."""
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    server = kahea_server(f"debug=2\n{lines}request_route {{ exit; }}", dns=zone)
    if system is not None:
        server.engine.resolver.lookups.use(system, {})
    return server


def addresses(server: ServerUnderTest, host: str) -> tuple[str, ...]:
    """Return the addresses of a host, waited for where they are not known."""
    found = server.engine.resolver.addresses(host)
    return found if isinstance(found, tuple) else server.wait_for(found)


def test_records_of_all_kinds_are_read(kahea_server: Make) -> None:
    """SRV and NAPTR records come as such, in their order; pointers and texts as text."""
    zone = """
        s.example IN SRV 2 1 5060 B.Example
        s.example IN SRV 1 1 5060 a.example
        n.example IN NAPTR 20 1 "s" "SIP+D2U" "" _sip._udp.example
        n.example IN NAPTR 10 1 "u" "E2U+sip" "!^.*$!sip:x@example!" .
        1.2.0.192.in-addr.arpa IN PTR host.example
        t.example IN TXT "one" "two"
    """
    server = server_with(kahea_server, zone)
    resolver = server.engine.resolver

    assert server.wait_for(resolver.srv("s.example")) == (  # type: ignore[arg-type]
        Srv(1, 1, 5060, "a.example"),
        Srv(2, 1, 5060, "B.Example"),
    )
    assert server.wait_for(resolver.naptr("n.example")) == (  # type: ignore[arg-type]
        Naptr(10, 1, "u", "E2U+sip", "!^.*$!sip:x@example!", ""),
        Naptr(20, 1, "s", "SIP+D2U", "", "_sip._udp.example"),
    )
    assert server.wait_for(resolver.pointers("192.0.2.1")) == ("host.example",)  # type: ignore[arg-type]
    assert server.wait_for(resolver.texts("t.example")) == ("onetwo",)  # type: ignore[arg-type]
    assert resolver.pointers("no address") == ()


def test_an_answer_is_kept_as_long_as_it_holds(kahea_server: Make) -> None:
    """The time to live says how long the name servers are not asked again (RFC 1035 3.2.1)."""
    server = server_with(kahea_server, "a.example 30 IN A 192.0.2.1")
    addresses(server, "a.example")

    server.advance(29)
    kept = server.engine.resolver.addresses("A.Example.")
    server.advance(2)
    asked = addresses(server, "a.example")

    assert kept == asked == ("192.0.2.1",)
    assert len(server.names.queries) == 2


@pytest.mark.parametrize(
    ("settings", "lifetime"),
    [
        ({"dns_cache_min_ttl": 100}, 100),
        ({"dns_cache_max_ttl": 10}, 10),
        ({"use_dns_cache": "no"}, 0),
    ],
)
def test_parameters_bound_the_lifetime(kahea_server: Make, settings: dict[str, Any], lifetime: int) -> None:
    """dns_cache_min_ttl and dns_cache_max_ttl bound it, and without a cache nothing is kept."""
    server = server_with(kahea_server, "a.example 30 IN A 192.0.2.1", **settings)
    addresses(server, "a.example")
    if lifetime:
        server.advance(lifetime - 1)
        addresses(server, "a.example")
        assert len(server.names.queries) == 1
        server.advance(2)
    addresses(server, "a.example")

    assert len(server.names.queries) == 2


@pytest.mark.parametrize(("settings", "lifetime"), [({}, 60), ({"dns_cache_negative_ttl": 5}, 5)])
def test_what_is_not_there_is_remembered_too(kahea_server: Make, settings: dict[str, Any], lifetime: int) -> None:
    """A name that does not exist is asked for again after dns_cache_negative_ttl seconds."""
    server = server_with(kahea_server, "", **settings)
    addresses(server, "a.example")
    server.advance(lifetime - 1)
    addresses(server, "a.example")
    assert len(server.names.queries) == 1
    server.advance(2)

    addresses(server, "a.example")

    assert len(server.names.queries) == 2


def test_aliases_are_followed(kahea_server: Make) -> None:
    """A CNAME leads to the records of another name, within a response or by further questions (RFC 1034 3.6.2)."""
    zone = "a.example 20 IN CNAME b.example\nb.example 300 IN CNAME c.example\nc.example 300 IN A 192.0.2.3"
    server = server_with(kahea_server, zone)

    assert addresses(server, "a.example") == ("192.0.2.3",)
    server.advance(21)
    assert addresses(server, "a.example") == ("192.0.2.3",)
    assert len(server.names.queries) == 2, "the alias that lives shortest bounds the answer"


def test_aliases_that_come_alone_are_followed(kahea_server: Make) -> None:
    """A server that gives the CNAME record alone is asked for the name that it leads to."""
    server = server_with(kahea_server, "a.example IN CNAME b.example\nb.example IN A 192.0.2.2")

    def without_the_rest(data: bytes) -> bytes:
        message = dns.message.from_wire(data)
        del message.answer[1:]
        return message.to_wire()

    server.names.change = without_the_rest

    assert addresses(server, "a.example") == ("192.0.2.2",)
    assert server.names.queries == [("a.example", "A"), ("b.example", "A")]


@pytest.mark.parametrize(
    "zone",
    [
        "a.example IN CNAME a.example",
        "a.example IN CNAME b.example\nb.example IN CNAME a.example",
        "\n".join(f"{'a' if n == 0 else n}.example IN CNAME {n + 1}.example" for n in range(40))
        + "\n40.example IN A 1.2.3.4",
    ],
)
def test_endless_aliases_end(kahea_server: Make, zone: str) -> None:
    """Aliases that lead in a circle, or too far, are a failure."""
    server = server_with(kahea_server, zone)

    assert addresses(server, "a.example") == ()
    assert len(server.names.queries) <= 12


def test_a_truncated_response_is_asked_for_by_tcp(kahea_server: Make) -> None:
    """What does not fit into a datagram comes by TCP, whole (RFC 7766)."""
    zone = "\n".join(f"many.example IN A 192.0.2.{number}" for number in range(1, 91))
    server = server_with(kahea_server, zone)

    assert len(addresses(server, "many.example")) == 90
    assert server.names.queries == [("many.example", "A")] * 2


def test_a_server_that_knows_no_edns_is_asked_without(kahea_server: Make) -> None:
    """FORMERR to a query with EDNS makes it be asked again without (RFC 6891 7)."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.1")

    def old(data: bytes) -> bytes:
        message = dns.message.from_wire(data)
        if message.edns < 0:
            return data
        refusal = dns.message.Message(message.id)
        refusal.flags |= dns.flags.QR
        refusal.set_rcode(dns.rcode.FORMERR)
        return refusal.to_wire()

    server.names.change = old

    assert addresses(server, "a.example") == ("192.0.2.1",)


TWO = System((NameServer("192.0.2.251"), NameServer("192.0.2.252")))


@pytest.mark.parametrize(
    ("settings", "queries", "seconds"),
    [
        # resolv.conf(5): timeout 5, attempts 2; the second round waits twice as long, shared by the servers
        ({}, 4, 5 + 5 + 5 + 5),
        ({"dns_retr_time": 1, "dns_retr_no": 3}, 6, 1 + 1 + 1 + 1 + 2 + 2),
        ({"dns_servers_no": 1}, 2, 5 + 10),
    ],
)
def test_silent_servers_are_asked_in_rounds(
    kahea_server: Make, settings: dict[str, Any], queries: int, seconds: int
) -> None:
    """Each server is asked in turn, in some rounds, each for some time; then it is a failure."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.1", TWO, **settings)
    server.names.silent = True
    start = server.clock.monotonic()

    assert addresses(server, "a.example") == ()
    assert len(server.names.queries) == queries
    assert server.clock.monotonic() - start == pytest.approx(seconds)
    assert "no A record of a.example: 192.0.2.251: no answer in time" in server.logged("INFO")[0]


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED", "NOTIMP"])
def test_a_server_that_fails_leads_to_the_next(kahea_server: Make, code: str) -> None:
    """SERVFAIL and its like say nothing of the name: the next server is asked at once."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.1", TWO)
    server.names.code = code

    def mended(data: bytes) -> bytes:
        server.names.code = ""
        return data

    server.names.change = mended
    start = server.clock.monotonic()

    assert addresses(server, "a.example") == ("192.0.2.1",)
    assert server.clock.monotonic() == start


@pytest.mark.parametrize(
    ("name", "settings", "queries"),
    [
        # resolv.conf(5), ndots: a name without a dot is tried in the domains first, one with a dot as it is
        ("host", {}, ["host.one.example", "host.two.example"]),
        ("host.sub", {}, ["host.sub", "host.sub.one.example", "host.sub.two.example"]),
        ("host", {"dns_use_search_list": "no"}, ["host"]),
    ],
)
def test_the_search_list_is_tried(kahea_server: Make, name: str, settings: dict[str, Any], queries: list[str]) -> None:
    """The domains of resolv.conf are tried behind a name, unless dns_use_search_list is off."""
    system = System(search=("one.example", "two.example"))
    server = server_with(
        kahea_server, "host.two.example IN A 192.0.2.1\nhost.sub.two.example IN A 192.0.2.1", system, **settings
    )

    found = addresses(server, name)

    assert [asked for asked, _ in server.names.queries] == queries
    assert bool(found) is bool(not settings)


def test_the_hosts_file_comes_first(kahea_server: Make) -> None:
    """A name of the hosts file has the addresses that stand there, and no name server is asked."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.1")
    server.engine.resolver.lookups.use(System(), {"a.example": ("10.0.0.1", "10.0.0.2")})

    assert server.engine.resolver.addresses("a.EXAMPLE") == ("10.0.0.1", "10.0.0.2")
    assert server.names.queries == []


def test_addresses_that_come_along_are_used(kahea_server: Make) -> None:
    """The additional section of an SRV response saves the question for the host; no other record of it is believed."""
    server = server_with(kahea_server, "_sip._udp.x.example IN SRV 0 0 5060 a.example")

    def generous(data: bytes) -> bytes:
        message = dns.message.from_wire(data)
        message.additional += [
            dns.rrset.from_text("a.example.", 300, "IN", "A", "192.0.2.1"),
            dns.rrset.from_text("bank.example.", 300, "IN", "A", "192.0.2.66"),
        ]
        return message.to_wire()

    server.names.change = generous
    server.wait_for(server.engine.resolver.locate("x.example", 0, "udp"))  # type: ignore[arg-type]
    server.names.change = lambda data: data

    assert [kind for _, kind in server.names.queries] == ["SRV"]
    assert addresses(server, "bank.example") == ()


def test_a_full_cache_keeps_positive_answers(kahea_server: Make) -> None:
    """Names that are not there, of which anybody can ask for any number, do not push out what was found."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.1", dns_cache_mem=2)
    addresses(server, "a.example")

    for number in range(100):
        addresses(server, f"no{number}.example")
    asked = len(server.names.queries)

    assert server.engine.resolver.addresses("a.example") == ("192.0.2.1",)
    assert server.engine.resolver.lookups.cache.size <= 2048
    assert len(server.names.queries) == asked


@pytest.mark.parametrize(("setting", "asked_again"), [("no", ["new"]), ("yes", ["old"])])
def test_dns_cache_del_nonexp_says_what_makes_room(kahea_server: Make, setting: str, asked_again: list[str]) -> None:
    """A full cache takes no more, or drops what was not used for longest."""
    names = [f"h{number}.example" for number in range(20)]
    zone = "\n".join(f"{name} IN A 192.0.2.1" for name in names)
    server = server_with(kahea_server, zone, dns_cache_mem=2, dns_cache_del_nonexp=setting)
    for name in names:
        addresses(server, name)
    server.names.queries.clear()

    addresses(server, names[-1])
    addresses(server, names[0])

    expected = {"new": names[-1], "old": names[0]}
    assert [name for name, _ in server.names.queries] == [expected[one] for one in asked_again]


def test_who_is_cancelled_takes_nobody_along(kahea_server: Make) -> None:
    """A lookup goes on for the others when one of those who wait for it gives up."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.1")
    server.names.silent = True
    loop = server._loop

    async def ask() -> tuple[str, ...]:
        found: tuple[str, ...] = await server.engine.resolver.addresses("a.example")  # type: ignore[misc]
        return found

    one, other = loop.create_task(ask()), loop.create_task(ask())
    loop.settle()
    one.cancel()
    loop.settle()
    server.names.silent = False

    assert server.wait_for(other) == ("192.0.2.1",)
    assert one.cancelled()


# --- answers that are none -----------------------------------------------------------------------


def _other_identifier(data: bytes) -> bytes:
    return bytes((data[0] ^ 1,)) + data[1:]


def _other_question(data: bytes) -> bytes:
    return data.replace(b"\x01a\x07example", b"\x01b\x07example")


def _query(data: bytes) -> bytes:
    return data[:2] + bytes((data[2] & 0x7F,)) + data[3:]


def _loop(data: bytes) -> bytes:
    """Let the owner of the first record be a pointer to itself."""
    place = data.index(b"\xc0\x0c")
    return data[:place] + b"\xc0" + bytes((place,)) + data[place + 2 :]


@pytest.mark.parametrize(
    "change",
    [
        _other_identifier,
        _other_question,
        _query,
        _loop,
        lambda data: b"",
        lambda data: data[:11],
        lambda data: data[:-3],
        lambda data: data[:12] + b"\xff" * (len(data) - 12),
        lambda data: data[:4] + b"\xff" * 8 + data[12:],
        lambda data: data[:4] + b"\0\2" + data[6:],
    ],
)
def test_a_hostile_answer_is_no_answer(kahea_server: Make, change: Callable[[bytes], bytes]) -> None:
    """A wrong identifier, a wrong question, what cannot be read: it is passed over, and the real one waited for."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.66")
    server.names.change = change

    assert addresses(server, "a.example") == ()
    assert "no answer in time" in server.logged("INFO")[0]


def test_an_answer_for_another_name_is_not_believed(kahea_server: Make) -> None:
    """Records of names that were not asked for are no answer."""
    server = server_with(kahea_server, "a.example IN A 192.0.2.66")

    def strange(data: bytes) -> bytes:
        message = dns.message.from_wire(data)
        message.answer = [dns.rrset.from_text("b.example.", 300, "IN", "A", "192.0.2.66")]
        return message.to_wire()

    server.names.change = strange

    assert addresses(server, "a.example") == ()
    server.names.change = lambda data: data
    assert addresses(server, "b.example") == ()
