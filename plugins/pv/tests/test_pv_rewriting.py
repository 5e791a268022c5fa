"""Assignments to parts of From, To and the Request-URI."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.api import LocalSocket, Message, Source, parse_message
from kahea.testing.messages import request
from kahea_pv import uris
from kahea_pv.rewriting import HeaderAddress

NAMED = '"Alice X" <sip:alice:pw@a.org:5080;u=1>;tag=f1'
BARE = "sip:alice@a.org;tag=f1"
HOST_ONLY = "<sip:a.org>;tag=f1"
PHONE = "Al  <tel:+123;x=y>;tag=f1"
SPACED = "  <sip:c@d>  ;tag=z"

URI, USER, HOST, DISPLAY = "set_uri", "set_user", "set_host", "set_display"


def message(**headers: str) -> Message:
    """Return a request with headers."""
    source = Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5999)
    return parse_message(request(headers=headers), source)


def header_after(method: str, value: str | None, old: str) -> str:
    """Return From as it is sent after an assignment."""
    msg = message(From=old)
    getattr(HeaderAddress(msg, "from"), method)(value)
    sent = msg.edits.apply(msg.head)
    return next(line for line in sent.split("\r\n") if line.startswith("From:")).removeprefix("From: ")


@pytest.mark.parametrize(
    ("method", "value", "old", "new"),
    [
        # seen in what Kamailio 5.6.3 forwards
        (URI, "sip:new@n.org", NAMED, '"Alice X" <sip:new@n.org>;tag=f1'),
        (URI, "sip:new@n.org;x=1", NAMED, '"Alice X" <sip:new@n.org;x=1>;tag=f1'),
        (URI, "sip:new@n.org", BARE, "sip:new@n.org;tag=f1"),
        (URI, "sip:new@n.org;x=1", PHONE, "Al  <sip:new@n.org;x=1>;tag=f1"),
        (URI, "sip:new@n.org", SPACED, "  <sip:new@n.org>  ;tag=z"),
        (URI, None, NAMED, NAMED),
        (USER, "nu", NAMED, '"Alice X" <sip:nu:pw@a.org:5080;u=1>;tag=f1'),
        (USER, "nu", BARE, "sip:nu@a.org;tag=f1"),
        (USER, "nu", HOST_ONLY, "<sip:nu@a.org>;tag=f1"),
        (USER, "nu", PHONE, "Al  <tel:nu;x=y>;tag=f1"),
        (USER, None, BARE, "sip:a.org;tag=f1"),
        (USER, None, HOST_ONLY, HOST_ONLY),
        (USER, None, SPACED, "  <sip:d>  ;tag=z"),
        (HOST, "nd.org", NAMED, '"Alice X" <sip:alice:pw@nd.org:5080;u=1>;tag=f1'),
        (HOST, "nd.org", BARE, "sip:alice@nd.org;tag=f1"),
        (HOST, "nd.org", HOST_ONLY, "<sip:nd.org>;tag=f1"),
        (HOST, "nd.org", PHONE, PHONE),
        (HOST, None, NAMED, NAMED),
        (DISPLAY, "New", NAMED, "New <sip:alice:pw@a.org:5080;u=1>;tag=f1"),
        (DISPLAY, '"Q N"', HOST_ONLY, '"Q N" <sip:a.org>;tag=f1'),
        (DISPLAY, "New", PHONE, "New  <tel:+123;x=y>;tag=f1"),
        (DISPLAY, "New", SPACED, "  New <sip:c@d>  ;tag=z"),
        (DISPLAY, None, NAMED, "<sip:alice:pw@a.org:5080;u=1>;tag=f1"),
        (DISPLAY, None, PHONE, " <tel:+123;x=y>;tag=f1"),
        (DISPLAY, None, BARE, BARE),
        # newer versions put brackets around a URI where they become necessary
        (URI, "sip:new@n.org;x=1", BARE, "<sip:new@n.org;x=1>;tag=f1"),
        (DISPLAY, "New", BARE, "New <sip:alice@a.org>;tag=f1"),
        # Kamailio leaves "sip::pw@" and "sip:@" behind
        (USER, None, NAMED, '"Alice X" <sip:a.org:5080;u=1>;tag=f1'),
        (USER, "", BARE, "sip:a.org;tag=f1"),
    ],
)
def test_from_as_it_is_sent(method: str, value: str | None, old: str, new: str) -> None:
    """An assignment changes that part of the header and nothing else."""
    assert header_after(method, value, old) == new


def test_several_parts_change_together() -> None:
    """User, host and display name can be assigned one after the other."""
    msg = message(From=BARE)
    address = HeaderAddress(msg, "from")
    address.set_user("z")
    address.set_host("y.org")
    address.set_display("N")

    assert "From: N <sip:z@y.org>;tag=f1\r\n" in msg.edits.apply(msg.head)


def test_compact_header() -> None:
    """The header is found by its compact name as well."""
    msg = message(f=NAMED, From="<sip:other@h>;tag=2")
    first = msg.head.index("From:")
    HeaderAddress(msg, "from").set_uri("sip:n@n")

    sent = msg.edits.apply(msg.head)

    assert "sip:n@n" in (sent[first:] if first < msg.head.index("\r\nf:") else sent[:first])


def test_a_script_sees_the_old_value(kahea_server: Any) -> None:
    """Assignments to From and To are for those who receive the message."""
    server = kahea_server(
        'loadmodule "pv.so"\nrequest_route { $fu = "sip:new@n"; $tU = "x"; $fn = "N"; test_log("$fu $tu $fn"); }'
    )

    server.receive(request(uri="sip:t@h", headers={"From": "<sip:a@b>;tag=1"}))

    assert server.logged("ERROR") == ["sip:a@b sip:t@h <null>"]


@pytest.mark.parametrize(
    "statement", ["$ru = $null;", "$rd = $null;", '$rd = "";', '$mf = "x";', '$ru = "tel:+1"; $rp = 5;']
)
def test_what_cannot_be_assigned(kahea_server: Any, statement: str) -> None:
    """An assignment that makes no sense is logged with its place, and the script goes on."""
    server = kahea_server(f'loadmodule "pv.so"\nrequest_route {{ {statement} test_log("on: $rd"); }}')

    server.receive(request(uri="sip:t@h"))

    first, second = server.log
    assert first.startswith("ERROR: <core>: kamailio.cfg:2:")
    assert second in ("ERROR: <script>: on: h", "ERROR: <script>: on: <null>")


def test_a_malformed_request_uri_has_no_parts_to_assign(kahea_server: Any) -> None:
    """A part of what is no URI cannot be changed, and all of it is shown as it is."""
    server = kahea_server('loadmodule "pv.so"\nrequest_route { $ru = "bad"; $rU = "x"; test_log("$ru $rU $rd"); }')

    server.receive(request())

    assert server.logged("ERROR")[-1] == "bad <null> <null>"
    assert len(server.log) == 2


def test_host_with_a_port_replaces_only_the_host() -> None:
    """What is assigned goes where the host was."""
    uri = uris.parsed("sip:bob:pw@h;x=y?S=a")

    assert uri is not None
    assert uris.with_host(uri, "d.org:99") == "sip:bob:pw@d.org:99;x=y?S=a"
