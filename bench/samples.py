"""Well-formed SIP messages of many shapes: the starting points of hostile ones.

Every address is a loopback address, so that a server that replies or forwards stays on this machine.
"""


def _message(text: str, body: str = "") -> bytes:
    """Return *text* (one header a line) with CRLFs, a Content-Length and *body*."""
    lines = "\r\n".join(text.strip("\n").split("\n"))
    content = body.replace("\n", "\r\n").encode()
    return f"{lines}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


_SDP = """v=0
o=alice 2890844526 2890844526 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 49172 RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
"""

_PIDF = """<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:alice@127.0.0.1">
<tuple id="a"><status><basic>open</basic></status></tuple>
</presence>
"""

_MULTIPART = f"""--frontier
Content-Type: application/sdp

{_SDP}
--frontier
Content-Type: text/plain; charset=UTF-8

Kāhea
--frontier--
"""

OPTIONS = _message("""
OPTIONS sip:127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK.7f3a;rport;alias
From: sip:sipsak@127.0.0.1:5062;tag=41c3725a
To: sip:127.0.0.1
Call-ID: 1103327834@127.0.0.1
CSeq: 1 OPTIONS
Contact: sip:sipsak@127.0.0.1:5062
Max-Forwards: 70
User-Agent: sipsak 0.9.8.1
Accept: text/plain
""")

INVITE = _message(
    """
INVITE sip:bob@127.0.0.1:5060;user=phone?Subject=x SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK776asdhds;rport
Via: SIP/2.0/TCP [::1]:5064;branch=z9hG4bKnashds8;received=127.0.0.1;ttl=1
Record-Route: <sip:127.0.0.1;lr;ftag=1928301774>, <sip:[::1];lr=on;r2=on>
Route: <sip:127.0.0.1;lr>
Max-Forwards: 70
From: "Alice \\"A.\\" Doe" <sip:alice:secret@127.0.0.1;transport=udp>;tag=1928301774
To: Bob <sip:bob@127.0.0.1>
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 314159 INVITE
Contact: <sip:alice@127.0.0.1:5062;ob>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"
Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, PRACK, UPDATE
Supported: replaces, 100rel, timer, outbound, path
Session-Expires: 1800;refresher=uac
Content-Type: application/sdp
""",
    _SDP,
)

REGISTER = _message("""
REGISTER sip:127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKnashds7;rport
Max-Forwards: 70
From: <sip:bob@127.0.0.1>;tag=456248
To: <sip:bob@127.0.0.1>
Call-ID: 843817637684230@998sdasdh09
CSeq: 1826 REGISTER
Contact: <sip:bob@127.0.0.1:5062>;q=0.7;expires=3600, "B" <sips:bob@127.0.0.1;transport=tcp>;q=0.1, *
Authorization: Digest username="bob", realm="127.0.0.1", nonce="84a4cc6f3082121f32b42a2187831a9e",
 uri="sip:127.0.0.1", response="7587245234b3434cc3412213e5f113a5", qop=auth, nc=00000001, cnonce="0a4f113b"
Expires: 7200
""")

COMPACT = (
    _message("""
MESSAGE tel:+1-201-555-0123;phone-context=127.0.0.1 SIP/2.0
v: SIP/2.0/TCP 127.0.0.1:5062;branch=z9hG4bKc
f: <sip:alice@127.0.0.1>;tag=a
t: <tel:+12015550123>
i: compact@127.0.0.1
m: <sip:alice@127.0.0.1>
CSeq: 2 MESSAGE
s: A subject
k: path
c: text/plain
""").replace(b"Content-Length: 0", b"l: 5")
    + b"K\xc4\x81he"
)

FOLDED = _message("""
SUBSCRIBE urn:service:sos SIP/2.0
Via  : SIP / 2.0 / UDP
\t127.0.0.1 : 5062 ; branch = z9hG4bKf ;
 rport , SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKg
TO :
 sip:127.0.0.1 ;
  tag    = 1918181833n
FROM: "J Rosenberg \\\\\\"" <sip:j@127.0.0.1> ; tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: folded.0ha0isndaksdj@127.0.0.1
CSeq: 0009
  SUBSCRIBE
Event: presence ; id=1
Unknown-Header: value (a comment (nested)) %20
s :
""")

PUBLISH = _message(
    """
PUBLISH sip:alice@127.0.0.1 SIP/2.0
Via: SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bKp;rport
From: <sip:alice@127.0.0.1>;tag=p
To: <sip:alice@127.0.0.1>
Call-ID: publish@127.0.0.1
CSeq: 4294967295 PUBLISH
Event: presence
SIP-If-Match: a.1234.1
Content-Type: application/pidf+xml
""",
    _PIDF,
)

REFER = _message(
    """
REFER sip:b%6Fb@127.0.0.1:5060;lr;maddr=127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKr;maddr=127.0.0.1;ttl=16
From: =?utf-8?q?x?= <sip:alice@127.0.0.1>;tag=r
To: "<>,;" <sip:bob@127.0.0.1>;tag=s
Call-ID: refer@127.0.0.1
CSeq: 3 REFER
Refer-To: <sip:carol@127.0.0.1?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd>
Content-Type: multipart/mixed; boundary="frontier"
MIME-Version: 1.0
Date: Sat, 13 Nov 2010 23:29:00 GMT
""",
    _MULTIPART,
)

ACK = _message("""
ACK sip:bob@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK776asdhds
From: <sip:alice@127.0.0.1>;tag=1928301774
To: <sip:bob@127.0.0.1>;tag=a6c85cf
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 314159 ACK
Max-Forwards: 70
""")

RINGING = _message("""
SIP/2.0 180 Ringing
Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKown.0
Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK776asdhds;received=127.0.0.1;rport=5062
Record-Route: <sip:127.0.0.1;lr>
From: <sip:alice@127.0.0.1>;tag=1928301774
To: <sip:bob@127.0.0.1>;tag=a6c85cf
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 314159 INVITE
Contact: <sip:bob@127.0.0.1:5066>
RSeq: 1
""")

ANSWER = _message(
    """
SIP/2.0 200 =?Okay, bien sûr?
Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKown.0, SIP/2.0/TCP [::1]:5062;branch=z9hG4bK776asdhds
From: <sip:alice@127.0.0.1>;tag=1928301774
To: <sip:bob@127.0.0.1>;tag=a6c85cf
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 314159 INVITE
Contact: <sip:bob@127.0.0.1:5066>;expires=60
Content-Type: application/sdp
""",
    _SDP,
)

REDIRECT = _message("""
SIP/2.0 302\x20
Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKown.1
From: <sip:alice@127.0.0.1>;tag=1928301774
To: <sip:bob@127.0.0.1>;tag=b
Call-ID: a84b4c76e66710@127.0.0.1
CSeq: 0 BYE
Contact: <sip:carol@127.0.0.1>;q=0.5, <sip:dave@127.0.0.1>;q=1.000
Retry-After: 120 (busy);duration=60
Proxy-Authenticate: Digest realm="127.0.0.1", nonce="x", stale=FALSE, algorithm=MD5, qop="auth,auth-int"
""")

SAMPLES: tuple[bytes, ...] = (
    *(OPTIONS, INVITE, REGISTER, COMPACT, FOLDED, PUBLISH, REFER, ACK),
    *(RINGING, ANSWER, REDIRECT),
)
