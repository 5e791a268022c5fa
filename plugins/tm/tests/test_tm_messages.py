"""CANCEL and ACK, built from the INVITE that was sent."""

from __future__ import annotations

from kahea_tm.messages import build_from_sent, reason_line

INVITE = b"""INVITE sip:bob@10.0.0.2;transport=udp SIP/2.0\r
Record-Route: <sip:10.0.0.1;lr>\r
v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKours\r
Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKhis\r
Route: <sip:10.0.0.3;lr>,\r
 <sip:10.0.0.4;lr>\r
f: "Alice" <sip:alice@example.com>;tag=a\r
To: <sip:bob@example.com>\r
i: call\r
CSeq: 17 INVITE\r
Max-Forwards: 69\r
Contact: <sip:alice@10.0.0.9>\r
P-Asserted-Identity: <sip:alice@example.com>\r
Content-Type: text/plain\r
Content-Length: 4\r
\r
body"""


def test_a_cancel_has_what_rfc_3261_names() -> None:
    """Request-URI, the first Via, From, To, Call-ID, the number of CSeq and the Routes (RFC 3261 9.1); no body."""
    assert build_from_sent(INVITE, "CANCEL").decode().split("\r\n") == [
        "CANCEL sip:bob@10.0.0.2;transport=udp SIP/2.0",
        "v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKours",
        "Route: <sip:10.0.0.3;lr>,",
        " <sip:10.0.0.4;lr>",
        'f: "Alice" <sip:alice@example.com>;tag=a',
        "To: <sip:bob@example.com>",
        "i: call",
        "CSeq: 17 CANCEL",
        "Max-Forwards: 69",
        "Content-Length: 0",
        "",
        "",
    ]


def test_an_ack_has_the_to_of_the_reply() -> None:
    """Its tag is the callee's (RFC 3261 17.1.1.3)."""
    ack = build_from_sent(INVITE, "ACK", "<sip:bob@example.com>;tag=b").decode()
    assert "\r\nTo: <sip:bob@example.com>;tag=b\r\n" in ack
    assert "\r\nCSeq: 17 ACK\r\n" in ack


def test_further_headers_are_copied_where_wanted() -> None:
    """``ac_extra_hdrs`` names their beginning, in any case."""
    assert "P-Asserted-Identity: " in build_from_sent(INVITE, "CANCEL", extra_headers="p-").decode()


def test_a_reason_is_added() -> None:
    """As RFC 3326 writes it."""
    cancel = build_from_sent(INVITE, "CANCEL", reason=reason_line(200, "Call completed elsewhere")).decode()
    assert cancel.endswith('\r\nReason: SIP;cause=200;text="Call completed elsewhere"\r\n\r\n')


def test_an_invite_without_a_length_gives_messages_with_one() -> None:
    """Over TCP they could not be told from each other otherwise."""
    bare = INVITE.replace(b"Content-Length: 4\r\n", b"")
    assert build_from_sent(bare, "ACK").decode().count("Content-Length: 0\r\n") == 1
