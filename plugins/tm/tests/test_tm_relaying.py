"""Requests that are sent on within a transaction."""

from __future__ import annotations

from collections.abc import Callable

from kahea.testing import ServerUnderTest, request

SCRIPT = """
loadmodule "sl"
loadmodule "tm"
request_route {
    if (method == "CANCEL") {
        if (t_check_trans()) t_relay();
        exit;
    }
    t_check_trans();
    if (!t_relay()) sl_reply_error();
}
"""

BOB = "sip:bob@127.0.0.1:6000"


def test_invite_is_answered_100_and_sent_on(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """An INVITE is answered 100 and goes to its Request-URI with our Via in front."""
    server = kahea_server(SCRIPT)
    sent = server.receive(request("INVITE", BOB))
    assert sent.statuses == [100]
    assert [one.uri for one in sent.requests] == [BOB]
    assert len(sent.requests[0].vias) == 2


def test_repeated_invite_is_absorbed(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A repeated INVITE gets the last reply again and is not sent on twice (RFC 3261 17.2.1)."""
    server = kahea_server(SCRIPT)
    invite = request("INVITE", BOB)
    server.receive(invite)
    again = server.receive(invite)
    assert again.statuses == [100]
    assert again.requests == []
