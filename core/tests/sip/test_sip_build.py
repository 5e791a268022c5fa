"""Building replies and forwarded messages; what the real server's bytes are is compared in tests/oracle."""

from __future__ import annotations

import pytest
from kahea.sip.build import (
    build_forwarded_reply,
    build_forwarded_request,
    build_reply,
    build_via,
    forwarded_reply_destination,
    parse_connection_param,
    reply_destination,
    status_line,
)
from kahea.sip.edits import EditList
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Reply, Request, SipParseError, parse_message

UDP = LocalSocket("udp", "192.0.2.1", 5060)
SOURCE = Source(UDP, "192.0.2.99", 5099)
OK = status_line(200, "OK")


def request(via: str, more: str = "", source: Source = SOURCE, body: str = "") -> Request:
    """A request with a top Via and more headers."""
    text = (
        f"OPTIONS sip:b@test SIP/2.0\r\n{via}\r\nFrom: <sip:a@test>;tag=1\r\nTo: <sip:b@test>\r\n"
        f"Call-ID: 1@test\r\nCSeq: 1 OPTIONS\r\n{more}\r\n{body}"
    )
    message = parse_message(text.encode("utf-8", "surrogateescape"), source)
    assert isinstance(message, Request)
    return message


def reply(vias: str, source: Source = SOURCE) -> Reply:
    """A reply with Vias."""
    rest = "From: <sip:a@test>;tag=1\r\nTo: <sip:b@test>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n"
    text = f"SIP/2.0 200 OK\r\n{vias}{rest}"
    message = parse_message(text.encode(), source)
    assert isinstance(message, Reply)
    return message


def reply_via(message: Request) -> str:
    """The top Via of our reply."""
    return build_reply(message, OK, "tag").split(b"\r\n")[1].decode()


def test_status_line() -> None:
    """A status line has version, three digits, reason and line end."""
    assert status_line(200, "OK") == "SIP/2.0 200 OK\r\n"


def test_reply_as_a_whole() -> None:
    """A reply copies what RFC 3261 8.2.6.2 tells and appends the rest in Kamailio's order."""
    message = request(
        "Via: SIP/2.0/UDP 192.0.2.99:5099;branch=z9hG4bK1", "User-Agent: x\r\nRecord-Route: <sip:p;lr>\r\n"
    )
    message.reply_headers = "X-One: 1\r\n"
    message.reply_body = b"\xffbody"
    assert build_reply(message, OK, "tag", "Server: s\r\n", "X-Two: 2\r\n") == (
        b"SIP/2.0 200 OK\r\n"
        b"Via: SIP/2.0/UDP 192.0.2.99:5099;branch=z9hG4bK1\r\n"
        b"From: <sip:a@test>;tag=1\r\nTo: <sip:b@test>;tag=tag\r\nCall-ID: 1@test\r\nCSeq: 1 OPTIONS\r\n"
        b"Record-Route: <sip:p;lr>\r\nX-One: 1\r\nX-Two: 2\r\nServer: s\r\nContent-Length: 5\r\n\r\n\xffbody"
    )


def test_received_belongs_to_the_first_via() -> None:
    """Of several via-parms in one header the first is completed (the real server puts received behind the last)."""
    message = request("Via: SIP/2.0/UDP a.test;rport;branch=1, SIP/2.0/TCP b.test")
    assert reply_via(message) == ("Via: SIP/2.0/UDP a.test;rport=5099;branch=1;received=192.0.2.99, SIP/2.0/TCP b.test")
    message = request("Via: SIP/2.0/UDP a.test , SIP/2.0/TCP b.test")
    message.force_rport = True
    assert reply_via(message) == "Via: SIP/2.0/UDP a.test;rport=5099;received=192.0.2.99 , SIP/2.0/TCP b.test"


def test_equal_vias_are_told_apart() -> None:
    """Only the first of several equal Via headers is completed."""
    line = "Via: SIP/2.0/UDP a.test;branch=1"
    data = build_reply(request(line, f"{line}\r\n{line}\n"), OK, "")
    assert data.count(b";received=") == 1
    assert data.startswith(b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.test;branch=1;received=192.0.2.99\r\n")
    assert data.count(line.encode() + b"\r\n") == 2


def test_ipv6() -> None:
    """Brackets and letter case of an IPv6 sent-by do not make it differ from the source."""
    source = Source(LocalSocket("udp", "::1", 5060), "2001:db8::a", 5099)
    assert reply_via(request("Via: SIP/2.0/UDP [2001:DB8::A]:5099", source=source)).endswith("::A]:5099")
    assert reply_via(request("Via: SIP/2.0/UDP [2001:db8::b]", source=source)).endswith(";received=2001:db8::a")


def test_no_to_tag() -> None:
    """No tag is added when none is given, before 180, or where there is one."""
    via = "Via: SIP/2.0/UDP 192.0.2.99"
    assert b"To: <sip:b@test>\r\n" in build_reply(request(via), OK, "")
    assert b"To: <sip:b@test>\r\n" in build_reply(request(via), status_line(100, "Trying"), "tag")
    assert b"To: <sip:b@test>;tag=tag\r\n" in build_reply(request(via), status_line(180, "Ringing"), "tag")


def test_unanswerable() -> None:
    """A request without a readable Via, or with headers that cannot be read to the end, is not answered."""
    for message in (request("X: y"), request("Via: nonsense"), request("Via: SIP/2.0/UDP h", "nonsense\r\n")):
        with pytest.raises(SipParseError):
            build_reply(message, OK, "tag")


def test_reply_destination_over_udp() -> None:
    """A UDP reply goes to the source address: to Via's port, 5060 without one, the source port with rport."""
    ports = {}
    for via in ("h:7000", "h", "h:7000;rport", "h:7000;rport=1"):
        destination = reply_destination(request(f"Via: SIP/2.0/UDP {via}"))
        assert (destination.protocol, destination.ip, destination.socket) == ("udp", "192.0.2.99", UDP)
        ports[via] = destination.port
    assert ports == {"h:7000": 7000, "h": 5060, "h:7000;rport": 5099, "h:7000;rport=1": 5099}
    message = request("Via: SIP/2.0/UDP h:7000")
    message.force_rport = True
    assert reply_destination(message).port == 5099


def test_reply_destination_over_a_stream() -> None:
    """A stream's reply goes back over its connection."""
    socket = LocalSocket("tcp", "192.0.2.1", 5060)
    destination = reply_destination(request("Via: SIP/2.0/TCP h:7000", source=Source(socket, "192.0.2.99", 5099, 12)))
    assert (destination.protocol, destination.connection, destination.port) == ("tcp", 12, 5099)


def test_content_length_for_streams() -> None:
    """Towards a stream, Content-Length is added where it is missing and corrected where it is wrong."""
    via = "Via: SIP/2.0/UDP h"
    missing = build_forwarded_request(request(via, body="abc"), "", protocol="tcp")
    assert missing.endswith(b"CSeq: 1 OPTIONS\r\nContent-Length: 3\r\n\r\nabc")
    wrong = build_forwarded_request(request(via, "l:  99 \r\n", body="abc"), "", protocol="tls")
    assert wrong.endswith(b"CSeq: 1 OPTIONS\r\nl:  3\r\n\r\nabc")
    right = build_forwarded_request(request(via, "Content-Length: 0003\r\n", body="abc"), "", protocol="tcp")
    assert right.endswith(b"Content-Length: 0003\r\n\r\nabc")
    empty = build_forwarded_request(request(via, "Content-Length:\r\n", body="abc"), "", protocol="tcp")
    assert empty.endswith(b"Content-Length:3\r\n\r\nabc")
    datagram = build_forwarded_request(request(via, "Content-Length: 99\r\n", body="abc"), "")
    assert datagram.endswith(b"Content-Length: 99\r\n\r\nabc")


def test_edits_of_message_and_branch() -> None:
    """A branch's edits apply on top of the message's, and functions among them see the branch."""
    message = request("Via: SIP/2.0/UDP 192.0.2.99")
    start = len(message.first_line) + 1
    message.edits.insert_before(start, lambda branch: f"Record-Route: <sip:{branch};lr>\r\n")
    message.edits.body = b"one"
    edits = EditList()
    edits.insert_after(len(message.head), "X: y\r\n")
    edits.body = b"three"
    data = build_forwarded_request(message, "Via: own\r\n", "sip:c@test", "udp", edits, "branch")
    assert data == (
        b"OPTIONS sip:c@test SIP/2.0\r\nRecord-Route: <sip:branch;lr>\r\nVia: own\r\nVia: SIP/2.0/UDP 192.0.2.99\r\n"
        b"From: <sip:a@test>;tag=1\r\nTo: <sip:b@test>\r\nCall-ID: 1@test\r\nCSeq: 1 OPTIONS\r\nX: y\r\n\r\nthree"
    )
    assert message.buf.startswith(b"OPTIONS sip:b@test")


@pytest.mark.parametrize(("more", "before"), [("", "Via: SIP"), ("Route: <sip:q>\r\n", "Route: <sip:q>")])
def test_path(more: str, before: str) -> None:
    """A Path becomes a Route before the other routes, or behind our Via."""
    data = build_forwarded_request(request("Via: SIP/2.0/UDP 192.0.2.99", more), "Via: own\r\n", path="<sip:p;lr>")
    assert f"Route: <sip:p;lr>\r\n{before}".encode() in data


def test_forwarding_needs_vias() -> None:
    """A request without a readable Via and a reply without a second one are not forwarded."""
    with pytest.raises(SipParseError):
        build_forwarded_request(request("Via: nonsense"), "")
    for message in (reply("Via: SIP/2.0/UDP a\r\n"), reply("")):
        with pytest.raises(SipParseError):
            build_forwarded_reply(message)
        with pytest.raises(SipParseError):
            forwarded_reply_destination(message)


@pytest.mark.parametrize(
    ("via", "protocol", "ip", "port"),
    [
        ("SIP/2.0/UDP h", "udp", "h", 5060),
        ("SIP/2.0/TLS h", "tls", "h", 5061),
        ("SIP/2.0/TCP [::1]:7", "tcp", "::1", 7),
        ("SIP/2.0/UDP h:7;received=192.0.2.5", "udp", "192.0.2.5", 7),
        ("SIP/2.0/UDP h:7;received=192.0.2.5;rport=9", "udp", "192.0.2.5", 9),
        ("SIP/2.0/UDP h:7;rport=x", "udp", "h", 7),
        ("SIP/2.0/FOO h", "foo", "h", 5060),
    ],
)
def test_forwarded_reply_destination(via: str, protocol: str, ip: str, port: int) -> None:
    """A forwarded reply goes to received and rport, else to sent-by with the protocol's port."""
    destination = forwarded_reply_destination(reply(f"Via: SIP/2.0/UDP own\r\nVia: {via}\r\n"))
    assert (destination.protocol, destination.ip, destination.port) == (protocol, ip, port)


def test_own_via() -> None:
    """Our Via leaves out port 5060, shows advertised values, and names the connection to come back to."""
    assert build_via(UDP, "z9hG4bK1") == "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
    tcp = LocalSocket("tcp", "::1", 5070)
    assert build_via(tcp, "b", 0x12A, ";rport") == "Via: SIP/2.0/TCP [::1]:5070;branch=b;i=a21;rport\r\n"
    advertised = LocalSocket("udp", "192.0.2.1", 5060, "sip.test", 5060)
    assert build_via(advertised, "b") == "Via: SIP/2.0/UDP sip.test:5060;branch=b\r\n"
    assert build_via(LocalSocket("udp", "192.0.2.1", 5070, "sip.test"), "b") == "Via: SIP/2.0/UDP sip.test;branch=b\r\n"


def test_connection_comes_back() -> None:
    """The connection named in our Via is the one that the reply uses; those of replacements have long numbers."""
    for number in (1000000, (3 << 42) + 1025):
        via = build_via(LocalSocket("tcp", "192.0.2.1", 5070), "b", number)
        destination = forwarded_reply_destination(reply(f"{via}Via: SIP/2.0/TCP h\r\n"))
        assert destination.connection == number
    for text in ("", "xyz", "-1", "1" * 1000):
        assert parse_connection_param(text) in (0, 0x1111111111111111)
