"""Parsing messages and asking for their headers."""

from __future__ import annotations

import pytest
from kahea.sip.build import apply_changes
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Reply, Request, SipParseError, allocate_slot, parse_message

SOURCE = Source(LocalSocket("udp", "192.0.2.1", 5060), "192.0.2.99", 5099)

HEADERS = (
    "Via: SIP/2.0/UDP 192.0.2.99:5099;branch=z9hG4bK1\r\n"
    "From: <sip:a@test>;tag=1\r\n"
    "To: <sip:b@test>\r\n"
    "Call-ID: 1@test\r\n"
    "CSeq: 7 OPTIONS\r\n"
)


def parse(more: str = "", body: str = "", line: str = "OPTIONS sip:b@test SIP/2.0") -> Request:
    """A request with the usual headers and more."""
    data = f"{line}\r\n{HEADERS}{more}\r\n{body}".encode("utf-8", "surrogateescape")
    message = parse_message(data, SOURCE)
    assert isinstance(message, Request)
    return message


def parse_reply(line: str) -> Reply:
    """A reply with the usual headers."""
    message = parse_message(f"{line}\r\n{HEADERS}\r\n".encode(), SOURCE)
    assert isinstance(message, Reply)
    return message


def test_request_attributes() -> None:
    """A request has the parts of its first line, its source, and neutral values for what a script may set."""
    message = parse(body="hello")
    assert message.is_request
    assert (message.method, message.uri, message.original_uri) == ("OPTIONS", "sip:b@test", "sip:b@test")
    assert message.version == "SIP/2.0"
    assert message.source is SOURCE
    assert message.buf.endswith(b"\r\n\r\nhello")
    assert message.body == b"hello"
    assert message.head == "OPTIONS sip:b@test SIP/2.0\r\n" + HEADERS
    assert (message.flags, message.bflags, message.slots) == (0, 0, None)
    assert (message.dst_uri, message.send_socket, message.branches) == (None, None, [])
    assert (message.reply_headers, message.reply_body, message.force_rport) == ("", None, False)
    assert message.missing_header() == ""
    assert repr(message) == f"<Request {message.id}: OPTIONS sip:b@test>"


def test_reply_attributes() -> None:
    """A reply has status and reason, and the method of its CSeq."""
    message = parse_reply("SIP/2.0 404 Not  Found ")
    assert not message.is_request
    assert (message.status, message.reason, message.method) == (404, "Not  Found ", "OPTIONS")
    assert repr(message) == f"<Reply {message.id}: 404 Not  Found >"


def test_message_numbers_increase() -> None:
    """Each message has a higher number than those before it."""
    first, second = parse(), parse()
    assert second.id > first.id


@pytest.mark.parametrize("line", ["sip/2.0 200 OK", "SIP/2.0 200 ", "SIP/2.0 000 x"])
def test_accepted_status_lines(line: str) -> None:
    """The version may be in lower case and the reason empty, as in Kamailio."""
    parse_reply(line)


@pytest.mark.parametrize(
    "line",
    ["SIP/2.0 20 OK", "SIP/2.0 2000 OK", "SIP/2.0 200", "SIP/2.0  200 OK", "SIP/2.0 abc OK", "SIP/2.0 20\u0661 OK"],
)
def test_malformed_status_lines(line: str) -> None:
    """A status line without three digits and a blank after them is refused."""
    with pytest.raises(SipParseError):
        parse_reply(line)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("OPTIONS sip:a", 400),
        ("OPTIONS", 400),
        ("OPTIONS sip:a SIP/2.0 x", 400),
        ("OPTIONS sip:a\tb SIP/2.0", 400),
        ("OPTIONS sip:a\rb SIP/2.0", 400),
        ("OPTIONS sip:a SIP/1.0", 505),
        ("GET / HTTP/1.1", 505),
    ],
)
def test_malformed_request_lines(line: str, hint: int) -> None:
    """A malformed request line is refused, with the code that would tell the client."""
    with pytest.raises(SipParseError) as error:
        parse(line=line)
    assert error.value.status_hint == hint


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"\0\0\0\0", b"OPTIONS sip:a", b"OPTIONS sip:a SIP/2.0", b"\xff" * 40]
)
def test_no_message_at_all(data: bytes) -> None:
    """Bytes without a first line are refused."""
    with pytest.raises(SipParseError):
        parse_message(data, SOURCE)


def test_utf8_in_the_request_line() -> None:
    """Non-ASCII text in method and URI is kept, be it UTF-8 or not."""
    message = parse(line="OPTIÖNS sip:ü\udcff@test SIP/2.0")
    assert (message.method, message.uri) == ("OPTIÖNS", "sip:ü\udcff@test")


def test_header_by_any_name() -> None:
    """A header is found by full and compact name in any case of letters."""
    message = parse("s: one\r\nK:two\r\nX-Odd: three\r\n")
    assert message.header("Subject") == message.header("S") == message.header("sUBJECT") == "one"
    assert message.header("supported") == "two"
    assert message.header("x-ODD") == "three"
    assert message.header("f") == message.header("FROM") == "<sip:a@test>;tag=1"
    assert message.header("None") is None
    assert message.has_header("k")
    assert not message.has_header("None")


def test_header_index() -> None:
    """An index picks one of several headers of a name, a negative one from the end."""
    message = parse("X: 1\r\nx: 2\r\nY: 9\r\nX: 3\r\n")
    assert [message.header("X", index) for index in (0, 1, 2, 3)] == ["1", "2", "3", None]
    assert [message.header("X", index) for index in (-1, -2, -3, -4)] == ["3", "2", "1", None]
    assert [message.header("Y", index) for index in (0, -1, 1, -2)] == ["9", "9", None, None]
    assert message.header("Z", -1) is None
    assert message.header_values("X") == ["1", "2", "3"]
    assert message.header_values("Y") == ["9"]
    assert message.header_values("Z") == []


def test_header_values_as_kamailio_shows_them() -> None:
    """Leading blanks and the line end go, trailing blanks and folds stay, an empty header is empty text."""
    message = parse("A: \t x \t\r\nB: one\r\n two\r\n\tthree \r\nC:\r\nD:\r\n folded\r\n")
    assert message.header("A") == "x \t"
    assert message.header("B") == "one\r\n two\r\n\tthree "
    assert message.header("C") == ""
    assert message.header("D") == "folded"


def test_header_fields() -> None:
    """Header fields come in order with their place in the head, folds included."""
    message = parse("Subject : one\r\n two\r\nX-Ünknown: no\r\n")
    fields = message.header_fields
    assert [field.name for field in fields] == ["Via", "From", "To", "Call-ID", "CSeq", "Subject"]
    subject = fields[-1]
    assert message.head[subject.start : subject.end] == "Subject : one\r\n two\r\n"
    assert message.header_error == "malformed header field"


def test_non_utf8_is_kept() -> None:
    """Bytes that are no UTF-8 survive as surrogates, and offsets count characters of the head."""
    message = parse("Subject: \udcffé\udc80\r\nX: y\r\n", body="\udcff")
    assert message.header("Subject") == "\udcffé\udc80"
    assert message.header("Subject").encode("utf-8", "surrogateescape") == b"\xff\xc3\xa9\x80"  # type: ignore[union-attr]
    assert message.body == b"\xff"


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("empty_line", ["\r\n", "\n"])
def test_line_ends(line_end: str, empty_line: str) -> None:
    """Line feeds alone end lines too, and the first empty line of either kind ends the head."""
    head = ("OPTIONS sip:b@test SIP/2.0\r\n" + HEADERS).replace("\r\n", line_end)
    message = parse_message((head + empty_line + "body\r\n\r\nx").encode(), SOURCE)
    assert message.missing_header() == ""
    assert message.head == head
    assert message.body == b"body\r\n\r\nx"
    assert len(message.header_fields) == 5


def test_no_empty_line() -> None:
    """A message may end with its headers; the body is empty then."""
    message = parse_message(("OPTIONS sip:b@test SIP/2.0\r\n" + HEADERS).encode(), SOURCE)
    assert message.missing_header() == ""
    assert message.body == b""
    assert message.header_error == ""
    assert message.head.encode() == message.buf


def test_unfinished_last_line() -> None:
    """A header without line end is malformed."""
    message = parse_message(("OPTIONS sip:b@test SIP/2.0\r\n" + HEADERS + "Subject: x").encode(), SOURCE)
    assert message.header_error == "header field without line end"
    assert message.header("Subject") is None
    assert message.head.encode() == message.buf


@pytest.mark.parametrize("leading", [b"\r\n", b"\r\n\r\n", b"\n", b" \t\0\r\n"])
def test_leading_blanks(leading: bytes) -> None:
    """Line ends and blanks before the first line are skipped, and do not shift the body."""
    message = parse_message(leading + b"OPTIONS sip:b@test SIP/2.0\r\n" + HEADERS.encode() + b"\r\nbody", SOURCE)
    assert message.body == b"body"
    assert message.head.startswith("OPTIONS")
    assert message.buf.startswith(leading)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("no colon", "malformed header field"),
        ("a b: c", "malformed header field"),
        (": c", "malformed header field"),
        ("Contact", "malformed header field"),
        ("Contact\nX: y", "malformed header field"),
        ("Contact\r\n : c", "malformed header field"),
        ("X\u00e9: c", "malformed header field"),
        ("To: <sip:c@test>", "second to header field"),
        ("t: <sip:c@test>", "second to header field"),
        ("Max-Forwards: 1\r\nMax-Forwards: 2", "second max-forwards header field"),
    ],
)
def test_malformed_header_hides_the_rest(line: str, error: str) -> None:
    """What stands behind a malformed or forbidden second header is out of reach, what stands before is not."""
    message = parse(f"Subject: before\r\n{line}\r\nX: behind\r\n", body="body")
    assert message.header_error == error
    assert message.header("Subject") == "before"
    assert message.header("X") is None
    assert message.body == b"body"
    assert message.missing_header() == ""


def test_blank_at_first_header() -> None:
    """A fold before any header is malformed."""
    message = parse_message(("OPTIONS sip:b@test SIP/2.0\r\n " + HEADERS + "\r\n").encode(), SOURCE)
    assert message.header_error
    assert message.missing_header() == "via"


@pytest.mark.parametrize("key", ["Via", "From", "To", "Call-ID", "CSeq"])
def test_missing_header(key: str) -> None:
    """Each of the required headers is missed."""
    headers = "".join(line for line in HEADERS.splitlines(keepends=True) if not line.startswith(key))
    message = parse_message(f"OPTIONS sip:b@test SIP/2.0\r\n{headers}\r\n".encode(), SOURCE)
    assert message.missing_header() == key.lower()


def test_typed_headers() -> None:
    """Typed headers hold what their text says, and are parsed once."""
    message = parse(
        'Route: <sip:p1;lr>, <sip:p2;lr>\r\nroute: <sip:p3>\r\nRecord-Route: "a,b" <sip:r1,x>\r\n'
        'Contact: <sip:c1>;expires=60;q=0.5, sip:c2;expires=x\r\nm: "c, 3" <sip:c3?a=b>\r\n'
        "Content-Length: 05 \r\nContent-Type: text/plain \r\nMax-Forwards: 70\r\n"
    )
    assert message.via is not None
    assert (message.via.protocol, message.via.host, message.via.port) == ("UDP", "192.0.2.99", 5099)
    assert message.via is message.via
    assert [via.branch for via in message.vias] == ["z9hG4bK1"]
    assert message.from_ is message.from_
    assert message.from_ is not None
    assert (message.from_.uri, message.from_.tag) == ("sip:a@test", "1")
    assert message.to is not None
    assert (message.to.uri, message.to.tag) == ("sip:b@test", "")
    assert message.cseq is not None
    assert (message.cseq.number, message.cseq.method) == (7, "OPTIONS")
    assert message.call_id == "1@test"
    assert [route.uri for route in message.routes] == ["sip:p1;lr", "sip:p2;lr", "sip:p3"]
    assert [route.uri for route in message.record_routes] == ["sip:r1,x"]
    contacts = message.contacts
    assert not isinstance(contacts, str)
    assert [(contact.uri, contact.expires, contact.q) for contact in contacts] == [
        ("sip:c1", 60, "0.5"),
        ("sip:c2", None, None),
        ("sip:c3?a=b", None, None),
    ]
    assert (message.content_length, message.content_type, message.max_forwards) == (5, "text/plain", 70)


def test_absent_typed_headers() -> None:
    """Absent headers are None or empty."""
    message = parse()
    assert (message.content_length, message.content_type, message.max_forwards) == (None, None, None)
    assert (message.routes, message.record_routes, message.contacts) == ([], [], [])


def test_contact_star() -> None:
    """Contact: * is the star."""
    assert parse("Contact:  * \r\n").contacts == "*"


def test_parsed_uri_follows_the_uri() -> None:
    """The parsed Request-URI is kept until the URI changes, and None while it is malformed."""
    message = parse()
    first = message.parsed_uri
    assert first is message.parsed_uri
    users = []
    for uri in ("sip:c@test", "nonsense", "sip:d@test"):
        message.uri = uri
        parsed = message.parsed_uri
        users.append(parsed and parsed.user)
    assert users == ["c", None, "d"]
    assert message.original_uri == "sip:b@test"


def test_slots() -> None:
    """Modules keep their own data with a message, whenever they asked for the place."""
    first = allocate_slot()
    message = parse()
    assert message.get_slot(first) is None
    message.set_slot(first, "one")
    second = allocate_slot()
    assert message.get_slot(second) is None
    message.set_slot(second, "two")
    assert (message.get_slot(first), message.get_slot(second)) == ("one", "two")
    assert parse().get_slot(first) is None


def test_closed_class() -> None:
    """A message takes no other attributes: modules use slots."""
    with pytest.raises(AttributeError):
        parse().something = 1  # type: ignore[attr-defined]


def test_apply_changes() -> None:
    """Applied changes are visible afterwards, in a new buffer; what modules keep stays."""
    message = parse("Subject: one\r\nContent-Length: 3\r\n", body="abc")
    slot = allocate_slot()
    message.set_slot(slot, "kept")
    number = message.id
    field = next(field for field in message.header_fields if field.name == "Subject")
    message.edits.replace(field.start, field.end - field.start, "Subject: two\r\n")
    message.edits.body = b"longer"
    message.uri = "sip:other@test"
    assert message.header("Subject") == "one"
    apply_changes(message)
    assert message.header("Subject") == "two"
    assert (message.original_uri, message.uri) == ("sip:other@test", "sip:other@test")
    assert message.buf.startswith(b"OPTIONS sip:other@test SIP/2.0\r\nVia: ")
    assert (message.body, message.content_length) == (b"longer", 6)
    assert not message.edited
    assert (message.get_slot(slot), message.id) == ("kept", number)


def test_apply_changes_that_break_the_message() -> None:
    """Changes that leave no SIP message are refused and change nothing."""
    message = parse()
    before = message.buf
    message.uri = "sip:with blank@test"
    with pytest.raises(SipParseError):
        apply_changes(message)
    assert message.buf == before
    assert message.uri == "sip:with blank@test"


def test_apply_changes_to_a_reply() -> None:
    """A reply's changes are applied as well."""
    message = parse_reply("SIP/2.0 200 OK")
    message.edits.replace(8, 6, "180 Ringing")
    apply_changes(message)
    assert (message.status, message.reason) == (180, "Ringing")
    with pytest.raises(SipParseError):
        message.replace_buffer(parse().buf)
