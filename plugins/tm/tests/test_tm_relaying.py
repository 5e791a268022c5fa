"""Requests that are sent on within a transaction."""

from __future__ import annotations

from kahea.testing import ServerUnderTest

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

INVITE = """INVITE sip:bob@127.0.0.1:6000 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKabc;rport
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 INVITE
Max-Forwards: 70
Content-Length: 0

"""


def test_invite_is_answered_100_and_sent_on() -> None:
    """An INVITE is answered 100 and goes to its Request-URI with our Via in front."""
    server = ServerUnderTest(SCRIPT)
    sent = server.receive(INVITE)
    assert sent.statuses == [100]
    assert [request.uri for request in sent.requests] == ["sip:bob@127.0.0.1:6000"]
    assert len(sent.requests[0].vias) == 2


def test_repeated_invite_is_absorbed() -> None:
    """A repeated INVITE gets the last reply again and is not sent on twice (RFC 3261 17.2.1)."""
    server = ServerUnderTest(SCRIPT)
    server.receive(INVITE)
    again = server.receive(INVITE)
    assert again.statuses == [100]
    assert again.requests == []
