"""Messages of many shapes, for checks that shall hold for each."""

from __future__ import annotations

from typing import Final

from kahea.testing.messages import reply, request

_SDP: Final = b"v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"

SAMPLES: Final = (
    request("OPTIONS", "sip:test@127.0.0.1"),
    request(
        "INVITE",
        "sips:+4930123;phone-context=x@example.com:5070;transport=tcp;user=phone?Subject=hi",
        {
            "From": '"Älice \\"A\\"" <sip:alice:secret@example.com>;tag=a1',
            "Contact": "<sip:alice@192.0.2.7:5062;transport=tcp>;expires=60;q=0.5",
            "Route": "<sip:127.0.0.1;lr>, <sip:next.example.com;lr>",
            "Record-Route": "<sip:before.example.com;lr;ftag=1>",
            "Content-Type": "application/sdp",
            "User-Agent": "a test",
        },
        _SDP,
    ),
    request("REGISTER", "sip:example.com", {"Contact": "*", "Expires": "0"}),
    request("ACK", "tel:+1-201-555-0123", {"To": "<sip:bob@example.com>;tag=b1", "Max-Forwards": "0"}),
    request("MESSAGE", "sip:[2001:db8::1]:5060", {"Content-Type": "text/plain;charset=utf-8"}, "grüß".encode()),
    request("NOTIFY", "urn:service:sos", {"From": "<not a uri>;tag", "Event": "presence;id=1"}),
    request("PUBLISH", "sip:a;b@c", {"From": "broken", "To": "<", "Contact": ";;;", "User-Agent": "\udcff\udcfe"}),
    reply(200, "OK", {"Contact": "<sip:bob@192.0.2.8>"}, _SDP),
    reply(183, "Session Progress"),
    reply(404, ""),
    reply(401, "Unauthorized", {"WWW-Authenticate": 'Digest realm="x", nonce="y"'}, method="REGISTER"),
)
"""Requests and replies, plain ones and odd ones; all of them reach a script."""
