"""The registrar in a server: what cannot be compared with Kamailio 5.6.3, or is done in another way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from kahea.api import LocalSocket
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, reply, request
from kahea_registrar import Registrar
from kahea_registrar.params import RegistrarParams

KaheaServer = Callable[..., ServerUnderTest]

CONFIG = """
    debug=2
    loadmodule "sl.so"
    loadmodule "usrloc.so"
    loadmodule "registrar.so"
    PARAMETERS
    request_route {
        if ($rm == "REGISTER") { SAVE exit; }
        OTHER
    }
    ROUTES
"""


class TestContract(ModuleContract):
    """What every module promises."""

    module = Registrar
    needs = ("sl", "usrloc")
    companions = ("pv", "xlog", "sl", "textops", "siputils", "corex", "usrloc")


def make(
    kahea_server: KaheaServer,
    parameters: str = "",
    save: str = 'save("location");',
    other: str = 'lookup("location"); test_log("$rc $ru");',
    routes: str = "",
) -> ServerUnderTest:
    """Return a server."""
    text = CONFIG.replace("PARAMETERS", parameters).replace("SAVE", save).replace("OTHER", other)
    if "$" in text:
        text = text.replace('loadmodule "usrloc.so"', 'loadmodule "usrloc.so"\n    loadmodule "pv.so"')
    return kahea_server(text.replace("ROUTES", routes))


def register(*contacts: str, cseq: int = 1, user: str = "alice", **headers: str) -> bytes:
    """Return a REGISTER."""
    return request(
        "REGISTER",
        f"sip:{user}@example.com",
        [
            ("Call-ID", "call"),
            ("CSeq", f"{cseq} REGISTER"),
            *((name.replace("_", "-"), value) for name, value in headers.items()),
            *(("Contact", contact) for contact in contacts),
        ],
    )


def shown(server: ServerUnderTest, user: str = "alice") -> list[str]:
    """Return the URIs of a user's contacts."""
    return [row["Contact"]["Address"] for row in server.rpc("ul.lookup", "location", user)["Contacts"]]


def test_a_refused_register_changes_nothing(kahea_server: KaheaServer) -> None:
    """All contacts of a REGISTER are taken or none (RFC 3261 10.3, step 7)."""
    server = make(kahea_server)
    server.receive(register("<sip:a@192.0.2.1>"))

    replies = server.receive(register("<sip:b@192.0.2.1>", "<sip:c@192.0.2.1>;q=9", cseq=2))

    assert replies.statuses == [400]
    assert "P-Registrar-Error: Invalid q param in contact" in replies[0].text
    assert shown(server) == ["sip:a@192.0.2.1"]


def test_a_refused_register_is_answered_once(kahea_server: KaheaServer) -> None:
    """sl_reply_error() adds no second reply, as in Kamailio 6."""
    server = make(kahea_server, save='if (!save("location")) sl_reply_error();')
    assert server.receive(register("*")).statuses == [400]


def test_each_contact_has_its_own_received_address(kahea_server: KaheaServer) -> None:
    """What one contact says of its address is not another one's."""
    server = make(kahea_server)
    server.receive(register('<sip:a@192.0.2.1>;received="sip:198.51.100.1"', "<sip:b@192.0.2.1>"))
    rows = server.rpc("ul.lookup", "location", "alice")["Contacts"]
    assert [row["Contact"]["Received"] for row in rows] == ["sip:198.51.100.1", "[not set]"]


def test_too_brief(kahea_server: KaheaServer) -> None:
    """With min_expires_mode 1 a short interval is refused with 423 and Min-Expires (RFC 3261 10.3)."""
    server = make(kahea_server, 'modparam("registrar", "min_expires_mode", 1)')
    replies = server.receive(register("<sip:a@192.0.2.1>;expires=10"))
    assert replies.statuses == [423]
    assert "Min-Expires: 60\r\nP-Registrar-Error: Interval too brief\r\n" in replies[0].text


def test_expiry_is_shortened_at_random(kahea_server: KaheaServer) -> None:
    """expires_range and default_expires_range shorten by so many per cent at most; flag 8 does not."""
    parameters = 'modparam("registrar", "expires_range", 20) modparam("registrar", "default_expires_range", 50)'
    server = make(kahea_server, parameters)
    asked, default = set(), set()
    for number in range(40):
        text = server.receive(register("<sip:a@192.0.2.1>;expires=1000", "<sip:b@192.0.2.1>", cseq=number))[0].text
        first, second = map(int, re.findall(r"expires=(\d+)", text))
        asked.add(first)
        default.add(second)
    assert len(asked) > 1
    assert len(default) > 1
    assert min(asked) >= 800
    assert max(asked) <= 1000
    assert min(default) >= 1800
    exact = make(kahea_server, parameters, 'save("location", "8");')
    assert "expires=1000" in exact.receive(register("<sip:a@192.0.2.1>;expires=1000"))[0].text


def test_expired_contacts(kahea_server: KaheaServer) -> None:
    """A contact is not found from the second of its expiry on; with use_expired_contacts until it is removed."""
    for value, found in ((0, "-1 sip:alice@example.com"), (1, "1 sip:a@192.0.2.1")):
        server = make(
            kahea_server,
            f'modparam("registrar", "use_expired_contacts", {value}) modparam("usrloc", "timer_interval", 0)',
        )
        server.receive(register("<sip:a@192.0.2.1>;expires=60"))
        server.advance(59)
        server.receive(request("INVITE", "sip:alice@example.com"))
        server.advance(1)
        server.receive(request("INVITE", "sip:alice@example.com"))
        assert server.logged("ERROR")[-2:] == ["1 sip:a@192.0.2.1", found]


def test_event_route_of_expired_contacts(kahea_server: KaheaServer) -> None:
    """event_route[usrloc:contact-expired] runs for each contact that has expired and sees it as $ulc(exp=>…)."""
    server = make(
        kahea_server,
        routes="""
        event_route[usrloc:contact-expired] {
            test_log("$ulc(exp=>domain) $ulc(exp=>aor) $ulc(exp=>addr) $ulc(exp=>count)");
        }
        """,
    )
    server.receive(register("<sip:a@192.0.2.1>;expires=60", "<sip:b@192.0.2.1>;expires=61", "<sip:c@192.0.2.1>"))
    server.advance(200)
    assert server.logged("ERROR") == ["location alice sip:a@192.0.2.1 1", "location alice sip:b@192.0.2.1 1"]
    assert shown(server) == ["sip:c@192.0.2.1"]


def test_contacts_as_xavps(kahea_server: KaheaServer) -> None:
    """lookup_xavp() tells address of record, count, and of each contact URI, socket and received address."""
    server = make(
        kahea_server,
        other="""
        lookup_xavp("location", "$ru", "r", "c");
        test_log("$rc $xavp(r=>aor) $xavp(r=>count)");
        test_log("$xavp(c[0]=>uri) $xavp(c[0]=>socket) $xavp(c[0]=>dsturi)");
        test_log("$xavp(c[1]=>uri) $xavp(c[1]=>dsturi)");
        """,
    )
    server.receive(register("<sip:a@192.0.2.1>", '<sip:b@192.0.2.1>;received="sip:198.51.100.1"'))
    server.receive(request("INVITE", "sip:alice@example.com"))
    server.receive(request("INVITE", "sip:bob@example.com"))
    assert server.logged("ERROR") == [
        *("1 alice 2", "sip:a@192.0.2.1 udp:127.0.0.1:5060 <null>", "sip:b@192.0.2.1 sip:198.51.100.1"),
        *("-1 <null> <null>", "<null> <null> <null>", "<null> <null>"),
    ]


def test_a_message_from_a_registered_address(kahea_server: KaheaServer) -> None:
    """reg_from_user() compares the source of the message with the user's contacts."""
    server = make(
        kahea_server,
        other="""
        reg_from_user("location", "$ru", "0");
        test_log("$rc");
        reg_from_user("location", "$ru", 1);
        test_log("$rc");
        """,
    )
    server.receive(register("<sip:a@127.0.0.1:7>"))
    server.receive(request("INVITE", "sip:alice@example.com"), source=("127.0.0.1", 9))
    server.receive(request("INVITE", "sip:alice@example.com"), source=("127.0.0.1", 7))
    server.receive(request("INVITE", "sip:alice@example.com"), source=("127.0.0.2", 7))
    assert server.logged("ERROR") == ["1", "-1", "1", "1", "-1", "-1"]


def test_filter_by_branch_flags(kahea_server: KaheaServer) -> None:
    """With lookup_filter_mode 1 only contacts with one of the flags in $xavp(cfg=>rlf_bflags) are found."""
    server = make(
        kahea_server,
        'modparam("registrar", "lookup_filter_mode", 1) modparam("registrar", "xavp_cfg", "cfg")',
        'if ($hdr(X-Flags) != $null) $bf = 4; save("location");',
        '$xavp(cfg=>rlf_bflags) = 6; lookup("location"); test_log("$rc $ru"); ',
    )
    server.receive(register("<sip:a@192.0.2.1>"))
    server.receive(request("INVITE", "sip:alice@example.com"))
    server.receive(register("<sip:b@192.0.2.1>", cseq=2, X_Flags="1"))
    server.receive(request("INVITE", "sip:alice@example.com"))
    assert server.logged("ERROR") == ["-1 sip:alice@example.com", "1 sip:b@192.0.2.1"]


def test_a_prepared_reply(kahea_server: KaheaServer) -> None:
    """Flags 2 and 16 leave the sending to the script, with the headers ready."""
    server = make(kahea_server, save='save("location", "0x12"); sl_send_reply("200", "Fine");')
    replies = server.receive(register("<sip:a@192.0.2.1>"))
    assert replies.statuses == [200]
    assert replies[0].text.count("Contact: <sip:a@192.0.2.1>;expires=3600\r\n") == 1


def test_a_header_that_names_the_socket(kahea_server: KaheaServer) -> None:
    """add_sock_hdr() adds the socket that the request was received on to what is forwarded."""
    server = make(kahea_server, other='add_sock_hdr("X-Socket"); forward("192.0.2.1", 5060);')
    sent = server.receive(request("OPTIONS", "sip:alice@example.com")).requests
    assert [one.header("X-Socket") for one in sent] == ["udp:127.0.0.1:5060"]


def test_the_advertised_socket(kahea_server: KaheaServer) -> None:
    """With sock_mode 1 the advertised address is kept, and a look-up finds the socket by it."""
    sockets = [LocalSocket("udp", "127.0.0.1", 5060), LocalSocket("udp", "127.0.0.2", 5060, "sip.example.com", 5080)]
    text = CONFIG.replace("PARAMETERS", 'loadmodule "pv.so" modparam("registrar", "sock_mode", 1)')
    text = text.replace("SAVE", 'save("location");').replace("OTHER", 'lookup("location"); test_log("$fs");')
    server = kahea_server(text.replace("ROUTES", ""), sockets=sockets)
    server.receive(register("<sip:a@192.0.2.1>"), socket=sockets[1])
    server.receive(request("INVITE", "sip:alice@example.com"))
    [row] = server.rpc("ul.lookup", "location", "alice")["Contacts"]
    assert row["Contact"]["Socket"] == "udp:sip.example.com:5080"
    assert server.logged("ERROR") == ["udp:127.0.0.2:5060"]


def test_a_registration_over_tcp(kahea_server: KaheaServer) -> None:
    """The connection of a REGISTER is known, as Tcpconn-Id and as $ulc(x=>conid)."""
    sockets = [LocalSocket("udp", "127.0.0.1", 5060), LocalSocket("tcp", "127.0.0.1", 5060)]
    text = CONFIG.replace("PARAMETERS", 'loadmodule "pv.so"').replace("SAVE", 'save("location");')
    text = text.replace("OTHER", 'reg_fetch_contacts("location", "$ru", "x"); test_log("$ulc(x=>conid)");')
    server = kahea_server(text.replace("ROUTES", ""), sockets=sockets)
    server.receive(register("<sip:a@192.0.2.1;transport=tcp>"), socket=sockets[1], connection=7)
    server.receive(request("INVITE", "sip:alice@example.com"))
    [row] = server.rpc("ul.lookup", "location", "alice")["Contacts"]
    assert (row["Contact"]["Tcpconn-Id"], row["Contact"]["Socket"]) == (7, "tcp:127.0.0.1:5060")
    assert server.logged("ERROR") == ["7"]


def test_a_reply_to_a_register(kahea_server: KaheaServer) -> None:
    """In a reply_route the contacts of another registrar's reply are saved, and nothing is answered."""
    server = make(kahea_server, routes='reply_route { save("location"); test_log("$rc"); drop; }')
    answer = reply(
        200, "OK", {"To": "<sip:alice@example.com>;tag=1", "Contact": "<sip:a@192.0.2.1>"}, method="REGISTER"
    )
    assert server.receive(answer) == []
    assert server.logged("ERROR") == ["1"]
    assert shown(server) == ["sip:a@192.0.2.1"]


def test_a_full_table(kahea_server: KaheaServer) -> None:
    """When the table takes no more, the client is told so with 500 and Retry-After, and has nothing registered."""
    server = make(kahea_server, 'modparam("registrar", "retry_after", 5)')
    for table in server.engine.tables._tables.values():
        table.store.change = lambda key, change: False  # type: ignore[method-assign]
    replies = server.receive(register("<sip:a@192.0.2.1>"))
    assert replies.statuses == [500]
    assert "P-Registrar-Error: usrloc_contact_insert failed\r\nRetry-After: 5\r\n" in replies[0].text


def test_statistics(kahea_server: KaheaServer) -> None:
    """Accepted and refused requests are counted, and parameters told, under Kamailio's names."""
    server = make(kahea_server, 'modparam("registrar", "max_contacts", 3)')
    server.receive(register("<sip:a@192.0.2.1>"))
    server.receive(register("*"))
    names = ("accepted_regs", "rejected_regs", "max_contacts", "max_expires", "default_expire")
    assert [server.engine.statistics.get(f"registrar.{name}") for name in names] == [1, 1, 3, 0, 3600]


def test_parameters_that_change_while_it_runs(kahea_server: KaheaServer) -> None:
    """An operator may change the bounds of registrations."""
    server = make(kahea_server, 'loadmodule "cfg_rpc.so"')
    server.rpc("cfg.set_now_int", "registrar", "max_expires", 100)
    assert "expires=100" in server.receive(register("<sip:a@192.0.2.1>"))[0].text
    assert server.engine.statistics.get("registrar.max_expires") == 100


@pytest.mark.parametrize(
    "script",
    ['save("a table");', 'save("location", "32");', 'save("location", "0xzz");', "$var(x) = $ulc(nothing);"],
)
def test_bad_arguments(kahea_server: KaheaServer, script: str) -> None:
    """Bad names of tables, flags and attributes are found when the file is read."""
    with pytest.raises(ConfigError):
        make(kahea_server, save=script + "$var(x) = 1;")


def test_modules_that_it_needs(kahea_server: KaheaServer) -> None:
    """Without usrloc or sl the server does not start, and says what to load."""
    for loaded, missing in (("sl", "usrloc"), ("usrloc", "sl")):
        server = kahea_server(f'loadmodule "{loaded}.so"\nrequest_route {{ exit; }}')
        registrar = Registrar("registrar", RegistrarParams(), server.engine)
        with pytest.raises(RuntimeError, match=f'registrar needs {missing}: add loadmodule "{missing}.so" before it'):
            registrar.mod_init()
