"""Contacts of redirecting replies and arguments of replies; expected values observed on Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.api import Branch, Destination, LocalSocket, Request, contact_line
from kahea.testing import Sent, ServerUnderTest, request

Make = Callable[..., ServerUnderTest]


def invite() -> Request:
    """Return an INVITE to bob."""
    destination = Destination("udp", "127.0.0.1", 5060, LocalSocket("udp", "127.0.0.1", 5060))
    msg = Sent(request("INVITE", "sip:bob@127.0.0.1"), destination).message
    assert isinstance(msg, Request)
    return msg


@pytest.mark.parametrize(
    ("uri", "branches", "contact"),
    [
        (None, [], ""),
        ("sip:new@h", [], "Contact: <sip:new@h>\r\n"),
        (None, [("sip:b2@h2", None)], "Contact: <sip:b2@h2>\r\n"),
        ("sip:n3@h", [("sip:new@h", None)], "Contact: <sip:n3@h>, <sip:new@h>\r\n"),
        (
            "sip:new@h",
            [("sip:b2@h2", 500), ("sip:b3@h3;lr", 1000)],
            "Contact: <sip:new@h>, <sip:b2@h2>;q=0.5, <sip:b3@h3;lr>;q=1\r\n",
        ),
        (None, [("sip:b2@h2", 250), ("sip:b2@h2", 50)], "Contact: <sip:b2@h2>;q=0.25, <sip:b2@h2>;q=0.05\r\n"),
        (None, [("sip:b2@h2", 0)], "Contact: <sip:b2@h2>;q=0\r\n"),
    ],
)
def test_the_destination_set(uri: str | None, branches: list[tuple[str, int | None]], contact: str) -> None:
    """A 3xx names the Request-URI that the script made, and the further branches."""
    msg = invite()
    if uri is not None:
        msg.uri = uri
    msg.branches.extend(Branch(target, q=q) for target, q in branches)

    assert contact_line(msg) == contact


def test_flags(kahea_server: Make) -> None:
    """With rich_redirect 1 each contact tells its branch flags."""
    pytest.importorskip("kahea_pv")
    script = '$bf = 8; $ru = "sip:x@y"; sl_send_reply("302", "Moved");'
    params = 'modparam("sl", "rich_redirect", 1)'
    server = kahea_server(f'loadmodule "sl.so"\nloadmodule "pv.so"\n{params}\nrequest_route {{ {script} }}')

    [reply] = server.receive(request("INVITE"))

    assert "Contact: <sip:x@y>;flags=8\r\n" in reply.text


def test_path() -> None:
    """With 2 the path is a Route header of the URI, escaped as RFC 3261 25.1 wants."""
    msg = invite()
    msg.uri = "sip:new@h"
    msg.sending.path = "<sip:p1;lr>"

    assert contact_line(msg) == "Contact: <sip:new@h>\r\n"
    assert contact_line(msg, 2) == "Contact: <sip:new@h?Route=%3Csip:p1%3Blr%3E>\r\n"


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ('$var(s) = "404"; sl_send_reply("$var(s)", "text");', "501 text"),
        ('$var(s) = 404; sl_send_reply("$var(s)", "number");', "404 number"),
        ('sl_send_reply("$hdr(Code)", "header");', "501 header"),
        ('sl_send_reply("$hdr(None)", "none");', "501 none"),
        ('sl_send_reply("$(hdr(Code){s.int})", "number");', "486 number"),
        ('$avp(x) = "480"; sl_send_reply("$avp(x)", "text");', "501 text"),
        ('$avp(x) = 480; sl_send_reply("$avp(x)", "number");', "480 number"),
        ('sl_send_reply("$rm", "carries a number");', "512 carries a number"),
        ('sl_send_reply("404", "$hdr(None)");', "404 Default"),
        ('send_reply("$hdr(Code)", "$hdr(None)");', "501 Default"),
        ('sl_send_reply("404", "a $hdr(None)");', "404 a <null>"),
        ('sl_send_reply("404", "$cl");', "404 0"),
        ('sl_send_reply("404", "$(hdr(None))");', "404 Default"),
    ],
)
def test_arguments(kahea_server: Make, script: str, line: str) -> None:
    """A code is a number, text is none even if made of digits; a reason that is null is the default one."""
    pytest.importorskip("kahea_pv")
    params = 'modparam("sl", "default_code", 501)\nmodparam("sl", "default_reason", "Default")'
    server = kahea_server(f'loadmodule "sl.so"\nloadmodule "pv.so"\n{params}\nrequest_route {{ {script} }}')

    [reply] = server.receive(request("OPTIONS", headers={"Code": "486"}))

    assert reply.text.split("\r\n")[0] == f"SIP/2.0 {line}"
