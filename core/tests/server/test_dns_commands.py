"""The RPC commands about names, with the parameters and answers of Kamailio's source (core_cmd.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kahea.modules.rpc import RpcError
from kahea.server.dns_commands import dns_commands
from kahea.testing import ServerUnderTest

ZONE = """
    a.example 30 IN A 192.0.2.1
    s.example 30 IN SRV 10 5 5070 a.example
    n.example 30 IN NAPTR 10 20 "s" "SIP+D2U" "" s.example
    t.example 30 IN TXT "hello"
"""


@pytest.fixture
def server(kahea_server: Callable[..., ServerUnderTest]) -> ServerUnderTest:
    """Return a server whose name servers know ZONE."""
    return kahea_server("request_route { exit; }", dns=ZONE)


def refused(server: ServerUnderTest, *call: Any) -> tuple[int, str]:
    """Return code and reason of a command that fails."""
    with pytest.raises(RpcError) as caught:
        server.rpc(*call)
    return caught.value.code, caught.value.reason


@pytest.mark.parametrize(
    ("kind", "name", "fields"),
    [
        ("A", "a.example", {"rr_ip": "192.0.2.1"}),
        ("srv", "S.example", {"rr_name": "a.example", "rr_port": 5070, "rr_priority": 10, "rr_weight": 5}),
        (
            "NAPTR",
            "n.example",
            {
                "rr_order": 10,
                "rr_preference": 20,
                "rr_skip_record": "no",
                "rr_flags": "s",
                "rr_service": "SIP+D2U",
                "rr_regexp": "",
                "rr_replacement": "s.example",
            },
        ),
        ("TXT", "t.example", {"txt": [{"idx": 0, "rr_txt": "hello"}]}),
    ],
)
def test_lookup_returns_the_entry(server: ServerUnderTest, kind: str, name: str, fields: dict[str, Any]) -> None:
    """dns.lookup asks the name servers and returns the entry with its records, which dns.view shows from then on."""
    entry = server.rpc("dns.lookup", kind, name)

    (record,) = entry["records"]
    assert (entry["name"], entry["type"], entry["negative_entry"]) == (name.lower(), kind.upper(), "no")
    assert record == {"rr_idx": 0, **fields, "rr_permanent": "no", "rr_expires": 30}
    assert server.rpc("dns.view") == [entry]


def test_what_cannot_be_looked_up_is_refused(server: ServerUnderTest) -> None:
    """An unknown type and a name without records are errors."""
    assert refused(server, "dns.lookup", "MX", "a.example") == (400, "Invalid type")
    assert refused(server, "dns.lookup", "A", "b.example") == (400, "Not found")
    assert [entry["negative_entry"] for entry in server.rpc("dns.view")] == ["yes"]


def test_added_records_are_used(server: ServerUnderTest) -> None:
    """What dns.add_a and its relatives add is an answer; further ones are added to the first."""
    server.rpc("dns.add_a", "x.example", 60, "192.0.2.7", 0)
    server.rpc("dns.add_a", "x.example", 60, "192.0.2.8", 0)
    server.rpc("dns.add_srv", "_sip._udp.x.example", 60, 20, 0, 5072, "x.example", 0)
    server.rpc("dns.add_srv", "_sip._udp.x.example", 60, 10, 0, 5071, "X.example.", 0)

    assert server.engine.resolver.addresses("x.example") == ("192.0.2.7", "192.0.2.8")
    located = server.engine.resolver.locate("x.example", 0, "udp")
    assert located.next() == ("udp", "192.0.2.7", 5071)  # type: ignore[union-attr]
    assert server.names.queries == []
    server.advance(61)
    assert server.rpc("dns.view") == []


@pytest.mark.parametrize(
    "call",
    [
        ("dns.add_a", "x.example", 60, "2001:db8::1", 0),
        ("dns.add_aaaa", "x.example", 60, "192.0.2.1", 0),
        ("dns.add_a", "x.example", 60, "name", 0),
    ],
)
def test_a_wrong_address_is_refused(server: ServerUnderTest, call: tuple[Any, ...]) -> None:
    """The address must be one of the family."""
    assert refused(server, *call) == (400, "Failed to add the entry to the cache")


def test_a_name_can_be_declared_missing(server: ServerUnderTest) -> None:
    """Flag 1 makes a name one that does not exist."""
    server.rpc("dns.add_a", "a.example", 60, "", 1)

    assert server.engine.resolver.addresses("a.example") == ()
    assert server.names.queries == []


def test_permanent_entries_stay(server: ServerUnderTest) -> None:
    """Flag 2 makes an entry that neither time nor dns.delete_a removes, but dns.delete_all_force does."""
    server.rpc("dns.add_a", "a.example", 1, "192.0.2.9", 2)
    server.advance(1000)
    server.rpc("dns.delete_all")

    assert server.engine.resolver.addresses("a.example") == ("192.0.2.9",)
    assert refused(server, "dns.delete_a", "a.example") == (400, "Permanent entries cannot be deleted")
    assert refused(server, "dns.add_a", "a.example", 60, "192.0.2.1", 0)[0] == 400
    assert server.rpc("dns.view")[0]["permanent"] == "yes"
    server.rpc("dns.delete_all_force")
    assert server.rpc("dns.view") == []


def test_entries_can_be_deleted(server: ServerUnderTest) -> None:
    """dns.delete_TYPE removes the records of one name."""
    server.rpc("dns.lookup", "A", "a.example")
    server.rpc("dns.lookup", "TXT", "t.example")

    server.rpc("dns.delete_a", "A.example")

    assert [entry["name"] for entry in server.rpc("dns.view")] == ["t.example"]
    assert refused(server, "dns.delete_a", "a.example") == (400, "Not found")
    assert server.rpc("dns.delete_all") == {"status": "ok"}
    assert server.rpc("dns.view") == []


def test_sizes_and_details_are_told(server: ServerUnderTest) -> None:
    """dns.mem_info tells size and limit, dns.debug a row for each entry, dns.debug_all one for each record."""
    server.rpc("dns.lookup", "A", "a.example")
    size = server.rpc("dns.view")[0]["size_bytes"]

    assert server.rpc("dns.mem_info") == [size, 500 * 1024]
    assert server.rpc("dns.debug") == [["a.example", 1, size, 1, 30, 0, 0]]
    assert server.rpc("dns.debug_all") == [["a.example", 1, 0, size, 1, 30, 0, 0, "a", "192.0.2.1", 30]]


def test_without_a_cache_there_is_nothing_to_tell(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """With use_dns_cache=no the commands are errors."""
    server = kahea_server("use_dns_cache=no\nrequest_route { exit; }")

    assert refused(server, "dns.view") == (500, "dns cache support disabled (see use_dns_cache)")


def test_answers_of_workers_are_one_answer(server: ServerUnderTest) -> None:
    """What several workers know is told once, and their sizes are added."""
    commands = {one.name: one for one in dns_commands(server.engine.resolver.lookups)}
    server.rpc("dns.lookup", "A", "a.example")
    row = server.rpc("dns.view")[0]
    view, size = commands["dns.view"].merge, commands["dns.mem_info"].merge
    assert view is not None
    assert size is not None

    assert view([[row], [row], []]) == [row]
    assert size([[1, 10], [2, 10]]) == [3, 20]
