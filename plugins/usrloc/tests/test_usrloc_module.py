"""The location tables in a server; answers as observed on Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import LocationContact, LocationEvent, LocationRecord, LocationService, RpcError
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest
from kahea_usrloc import Usrloc
from kahea_usrloc.expiry import MIN_STEP

KaheaServer = Callable[..., ServerUnderTest]

CONFIG = """
    debug=2
    loadmodule "usrloc.so"
    modparam("usrloc", "preload", "location")
    PARAMETERS
    request_route { exit; }
"""


class TestContract(ModuleContract):
    """What every module promises."""

    module = Usrloc


def started(kahea_server: KaheaServer, parameters: str = "") -> tuple[ServerUnderTest, LocationService]:
    """Return a server and its location tables."""
    server = kahea_server(CONFIG.replace("PARAMETERS", parameters))
    service = server.engine.services.get(LocationService)
    assert service is not None
    return server, service


def add(server: ServerUnderTest, aor: str, uri: str, expires: int = 3600, **more: Any) -> None:
    """Add a contact."""
    now = int(server.clock.time())
    service = server.engine.services.get(LocationService)
    assert service is not None
    domain = service.find_domain("location")
    assert domain is not None
    made = LocationContact(uri, now + expires if expires else 0, "call", 1, f"uloc-{now:x}-1-{uri}", **more)
    domain.change(aor, lambda record: record.insert(made))


def statistics(server: ServerUnderTest) -> list[int]:
    """Return users, contacts, expired contacts and registered users."""
    names = ("location_users", "location_contacts", "location_expires", "registered_users")
    return [server.engine.statistics.get(f"usrloc.{name}") for name in names]


def test_a_change_is_one_step(kahea_server: KaheaServer) -> None:
    """What the work of a change raises leaves everything as it was."""
    server, service = started(kahea_server)
    domain = service.find_domain("location")
    assert domain is not None
    add(server, "alice", "sip:a@192.0.2.1")

    def work(record: LocationRecord) -> None:
        record.delete(record.contacts[0])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        domain.change("alice", work)
    assert [one.uri for one in domain.contacts("alice")] == ["sip:a@192.0.2.1"]
    assert statistics(server) == [1, 1, 0, 1]


def test_statistics(kahea_server: KaheaServer) -> None:
    """Users and contacts are counted up and down, expired contacts up."""
    server, service = started(kahea_server)
    domain = service.find_domain("location")
    assert domain is not None
    add(server, "alice", "sip:a@192.0.2.1", 100)
    add(server, "alice", "sip:b@192.0.2.1")
    add(server, "bob", "sip:c@192.0.2.1")
    assert statistics(server) == [2, 3, 0, 2]
    assert domain.delete("bob")
    assert not domain.delete("bob")
    assert statistics(server) == [1, 2, 0, 1]
    server.advance(180)
    assert statistics(server) == [1, 1, 1, 1]


def test_callbacks(kahea_server: KaheaServer) -> None:
    """Other modules are told what happens to contacts, of the events that they want."""
    server, service = started(kahea_server)
    seen: list[tuple[LocationEvent, str, str, str]] = []
    service.add_callback(
        frozenset((LocationEvent.INSERT, LocationEvent.EXPIRE)),
        lambda event, domain, aor, contact: seen.append((event, domain, aor, contact.uri)),
    )
    add(server, "alice", "sip:a@192.0.2.1", 10)
    server.advance(120)
    assert seen == [
        (LocationEvent.INSERT, "location", "alice", "sip:a@192.0.2.1"),
        (LocationEvent.EXPIRE, "location", "alice", "sip:a@192.0.2.1"),
    ]


def test_expiry_of_many(kahea_server: KaheaServer) -> None:
    """Expired contacts are removed a part at a time, all of them within two intervals."""
    server, _ = started(kahea_server, 'modparam("usrloc", "timer_interval", 10)')
    for number in range(3 * MIN_STEP):
        add(server, f"user{number}", "sip:a@192.0.2.1", 5 if number % 2 else 3600)
    server.advance(10)
    some = statistics(server)[2]
    assert 0 < some < 1.5 * MIN_STEP
    server.advance(10)
    assert statistics(server) == [1.5 * MIN_STEP, 1.5 * MIN_STEP, 1.5 * MIN_STEP, 1.5 * MIN_STEP]


def test_no_search_for_expired_contacts(kahea_server: KaheaServer) -> None:
    """With timer_interval 0 nobody removes expired contacts."""
    server, _ = started(kahea_server, 'modparam("usrloc", "timer_interval", 0)')
    add(server, "alice", "sip:a@192.0.2.1", 5)
    server.advance(1000)
    assert statistics(server) == [1, 1, 0, 1]


def test_a_contact_is_found_by_its_identifier(kahea_server: KaheaServer) -> None:
    """A contact with an instance can be found by its ruid as long as it is there."""
    server, service = started(kahea_server)
    domain = service.find_domain("location")
    assert domain is not None
    add(server, "alice", "sip:a@192.0.2.1", instance="<urn:x>")
    ruid = domain.contacts("alice")[0].ruid
    found = domain.find_instance(ruid)
    assert found is not None
    assert (found[0], found[1].uri) == ("alice", "sip:a@192.0.2.1")
    domain.delete("alice")
    assert domain.find_instance(ruid) is None


def test_the_hash_of_an_address_of_record(kahea_server: KaheaServer) -> None:
    """The hash is the one that Kamailio shows as HashID."""
    _, service = started(kahea_server)
    assert [service.aor_hash(aor) for aor in ("gg", "alice", "bob")] == [27547, 1834153949, 7222211]


def test_dump(kahea_server: KaheaServer) -> None:
    """ul.dump shows all tables in the order of Kamailio's hash slots, brief only the addresses of record."""
    server, _ = started(kahea_server)
    for aor in ("alice", "gg", "bob"):
        add(server, aor, f"sip:{aor}@192.0.2.1", 60)
    [table] = server.rpc("ul.dump")["Domains"]
    names = [row["Info"]["AoR"] for row in table["Domain"]["AoRs"]]
    slots = [row["Info"]["HashID"] % 1024 for row in table["Domain"]["AoRs"]]
    assert sorted(names) == ["alice", "bob", "gg"]
    assert slots == sorted(slots)
    assert table["Domain"]["Stats"] == {"Records": 3, "Max-Slots": 1}
    [brief] = server.rpc("ul.dump", "brief")["Domains"]
    assert brief["Domain"]["AoRs"] == [{"AoR": name} for name in names]


def test_lookup_command(kahea_server: KaheaServer) -> None:
    """ul.lookup shows the contacts of a user as Kamailio does."""
    server, _ = started(kahea_server)
    add(server, "bob", "sip:b@192.0.2.1", 100, q=500, socket="udp:127.0.0.1:5060", path="<sip:p;lr>")
    answer = server.rpc("ul.lookup", "location", "Bob@example.com")
    assert answer["AoR"] == "bob"
    [contact] = [row["Contact"] for row in answer["Contacts"]]
    assert list(contact) == [
        *("Address", "Expires", "Q", "Call-ID", "CSeq", "User-Agent", "Received", "Path", "State", "Flags", "CFlags"),
        *("Socket", "Methods", "Ruid", "Instance", "Reg-Id", "Server-Id", "Tcpconn-Id", "Keepalive"),
        *("Last-Keepalive", "KA-Roundtrip", "Last-Modified"),
    ]
    assert (contact["Expires"], contact["Q"], contact["Received"], contact["Path"]) == (
        *(100, 0.5, "[not set]"),
        "<sip:p;lr>",
    )


def test_add_and_remove_commands(kahea_server: KaheaServer) -> None:
    """ul.add adds and changes, ul.rm_contact and ul.rm remove."""
    server, _ = started(kahea_server)
    server.rpc("ul.add", "location", "bob", "sip:bob@192.0.2.1", 100, 0.5, "0", 0, 0, 0)
    server.rpc("ul.add", "location", "bob@x", "sip:bob@192.0.2.2", "0", "-1", "<sip:p;lr>", "1", "2", "3", "sip:r", ".")
    server.rpc("ul.add", "location", "bob", "sip:bob@192.0.2.1", 200, 0.5, ".", 0, 0, 0)
    rows = [row["Contact"] for row in server.rpc("ul.lookup", "location", "bob")["Contacts"]]
    shown = [[row[key] for key in ("Address", "Expires", "Q", "Path", "CFlags", "Received")] for row in rows]
    assert shown == [
        ["sip:bob@192.0.2.1", 200, 0.5, "[not set]", 0, "[not set]"],
        ["sip:bob@192.0.2.2", "permanent", -1, "<sip:p;lr>", 2, "sip:r"],
    ]
    assert server.rpc("ul.rm_contact", "location", "bob", "sip:bob@192.0.2.1") is None
    assert len(server.rpc("ul.lookup", "location", "bob")["Contacts"]) == 1
    assert server.rpc("ul.rm", "location", "bob") is None
    assert server.rpc("ul.rm", "location", "bob") is None
    assert statistics(server) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("command", "parameters", "code", "reason"),
    [
        ("ul.lookup", ["location"], 500, "Not enough parameters (table and AOR to lookup)"),
        ("ul.lookup", ["other", "bob"], 500, "Domain table not found"),
        ("ul.lookup", ["location", "bob"], 500, "AOR not found in location table"),
        ("ul.rm", [], 500, "Not enough parameters (table and AOR to lookup)"),
        ("ul.rm_contact", ["location", "bob"], 500, "Not enough parameters (table, AOR and contact)"),
        ("ul.rm_contact", ["location", "bob", "sip:b"], 404, "AOR not found"),
        ("ul.rm_contact", ["location", "alice", "sip:b"], 404, "Contact not found"),
        ("ul.add", ["location", "bob"], 500, "Not enough parameters or wrong format"),
        ("ul.add", ["location", "bob", "sip:b", "x", 1, "0", 0, 0, 0], 500, "Not enough parameters or wrong format"),
        ("ul.db_users", ["location"], 500, "Command is not supported in db_mode=0"),
        ("ul.db_contacts", ["location"], 500, "Command is not supported in db_mode=0"),
        ("ul.db_expired_contacts", ["location"], 500, "Command is not supported in db_mode=0"),
    ],
)
def test_errors_of_commands(
    kahea_server: KaheaServer, command: str, parameters: list[Any], code: int, reason: str
) -> None:
    """Commands fail with Kamailio's codes and texts."""
    server, _ = started(kahea_server)
    add(server, "alice", "sip:a@192.0.2.1")
    with pytest.raises(RpcError) as caught:
        server.rpc(command, *parameters)
    assert (caught.value.code, caught.value.reason) == (code, reason)


def test_commands_with_domains(kahea_server: KaheaServer) -> None:
    """With use_domain an address of record needs a host."""
    server, _ = started(kahea_server, 'modparam("usrloc", "use_domain", 1)')
    add(server, "alice@example.com", "sip:a@192.0.2.1")
    assert server.rpc("ul.lookup", "location", "Alice@Example.com")["AoR"] == "alice@example.com"
    with pytest.raises(RpcError, match="Domain missing in AOR"):
        server.rpc("ul.lookup", "location", "alice")


def test_parameters_of_databases(kahea_server: KaheaServer) -> None:
    """What is about databases is accepted, and a line in the log says that it has no effect."""
    server, _ = started(
        kahea_server,
        'modparam("usrloc", "db_mode", 2) modparam("usrloc", "db_url", "mysql://x") modparam("usrloc", "ka_mode", 1)',
    )
    assert server.logged("NOTICE") == [
        "db_mode 2 works like 0: there are no databases yet; see the parameter `persistent`",
        "parameters without effect: db_url, ka_mode",
    ]


def test_a_bad_name_of_a_table(kahea_server: KaheaServer) -> None:
    """A table that cannot be is refused when the server starts."""
    with pytest.raises((ConfigError, ValueError)):
        started(kahea_server, 'modparam("usrloc", "preload", "a table")')
