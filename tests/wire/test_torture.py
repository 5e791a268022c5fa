"""RFC 4475's torture messages: each survives everything that can be asked of a message, and says what the RFC says."""

from __future__ import annotations

from pathlib import Path

import pytest
from kahea.sip.build import (
    build_forwarded_reply,
    build_forwarded_request,
    build_reply,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Message, Reply, Request, SipParseError, parse_message

FILES = {path.stem: path for path in sorted((Path(__file__).parent / "torture").glob("*.sip"))}
SOURCE = Source(LocalSocket("udp", "192.0.2.1", 5060), "192.0.2.99", 5099)


def load(name: str) -> Request | Reply:
    """Parse a torture message."""
    return parse_message(FILES[name].read_bytes(), SOURCE)


def request(name: str) -> Request:
    """Parse a torture message that is a request with all that a request needs."""
    message = load(name)
    assert isinstance(message, Request)
    assert message.missing_header() == ""
    return message


def touch(message: Message) -> None:
    """Ask for everything that can be asked of any message."""
    assert isinstance(message.head, str)
    assert isinstance(message.body, bytes)
    message.missing_header()
    for via in message.vias:
        _ = via.params, via.branch, via.received, via.rport, via.has_rport, via.param_span("branch")
    for address in (message.from_, message.to, *message.routes, *message.record_routes):
        if address is not None:
            _ = address.params, address.tag, address.parsed_uri, str(address)
    contacts = message.contacts
    if not isinstance(contacts, str):
        for contact in contacts:
            _ = contact.expires, contact.q, contact.parsed_uri, contact.params
    for field in message.header_fields:
        assert message.head[field.start : field.start + len(field.name)] == field.name
        assert message.head[field.end - 1] == "\n"
        assert field.value in message.header_values(field.name)
        assert message.has_header(field.name)
    cseq = message.cseq
    _ = cseq is not None and cseq.number
    _ = message.via, message.call_id, message.content_length, message.content_type, message.max_forwards
    if isinstance(message, Request):
        _ = message.parsed_uri, message.branches


@pytest.mark.parametrize("name", FILES)
def test_survives(name: str) -> None:
    """Parsing, every accessor and every builder end in a result or in SipParseError, and never hang."""
    try:
        message = load(name)
    except SipParseError:
        return
    touch(message)
    try:
        if isinstance(message, Request):
            reply_destination(message)
            answer = parse_message(build_reply(message, status_line(200, "OK"), "tag"), SOURCE)
            assert answer.missing_header() == message.missing_header()
            assert answer.header("call-id") == message.header("call-id")
            build_forwarded_request(message, "Via: SIP/2.0/TCP h;branch=z9hG4bK1\r\n", protocol="tcp")
        else:
            forwarded_reply_destination(message)
            build_forwarded_reply(message)
    except SipParseError:
        pass


def test_all_of_them() -> None:
    """The RFC's 49 messages are all here, each with an expectation."""
    assert len(FILES) == 49
    tested = {name.removeprefix("test_") for name in globals()}
    shared = {"mismatch01", "mismatch02", "unkscm", "novelsc", "unksm2", "cparam01", "cparam02"}
    assert set(FILES) <= tested | shared | set(REFUSED) | set(INCOMPLETE)


# -- messages that no server can handle

REFUSED = {
    "lwsruri": 400,  # 3.1.2.8 blank inside the Request-URI
    "lwsstart": 400,  # 3.1.2.9 more than one blank in the request line
    "badvers": 505,  # 3.1.2.16 unknown protocol version
    "bigcode": None,  # 3.1.2.19 overlarge response code
}


@pytest.mark.parametrize(("name", "hint"), REFUSED.items())
def test_refused(name: str, hint: int | None) -> None:
    """A malformed first line is refused, with the code that the RFC suggests."""
    with pytest.raises(SipParseError) as error:
        load(name)
    assert error.value.status_hint == hint


INCOMPLETE = {
    "badinv01": "via",  # 3.1.2.1 extraneous separators in Via
    "quotbal": "to",  # 3.1.2.6 unterminated quoted string in To
    "insuf": "call-id",  # 3.3.1 missing required headers
    "multi01": "from",  # 3.3.8 a second CSeq ends what can be read
}


@pytest.mark.parametrize(("name", "key"), INCOMPLETE.items())
def test_incomplete(name: str, key: str) -> None:
    """A required header that is missing or malformed is named."""
    assert load(name).missing_header() == key


# -- messages with valid or tolerable headers


def test_wsinv() -> None:
    """3.1.1.1: a short tortuous INVITE: folds, blanks, odd letter case and escapes are all legal."""
    message = request("wsinv")
    uri = message.parsed_uri
    assert uri is not None
    assert (uri.user, uri.host, uri.params) == ("vivekg", "chair-dnrc.example.com", {"unknownparam": None})
    assert message.to is not None
    assert (message.to.uri, message.to.tag) == ("sip:vivekg@chair-dnrc.example.com", "1918181833n")
    assert message.from_ is not None
    assert (message.from_.display, message.from_.uri) == ('"J Rosenberg \\\\\\""', "sip:jdrosen@example.com")
    assert message.from_.tag == "98asjd8"
    assert message.max_forwards == 68
    assert message.call_id == "wsinv.ndaksdj@192.0.2.1"
    assert message.content_length == len(message.body) == 150
    assert message.cseq is not None
    assert (message.cseq.number, message.cseq.method) == (9, "INVITE")
    assert [(via.protocol, via.host, via.branch) for via in message.vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert message.header("Subject") == ""
    assert message.header("unknownheaderwithunusualvalue") == ";;,,;;,;"
    assert [route.uri for route in message.routes] == ["sip:services.example.com;lr;unknownwith=value;unknown-no-value"]
    (contact,) = message.contacts
    assert not isinstance(contact, str)
    assert contact.display == r'"Quoted string \"\""'
    assert contact.params == {"newparam": "newvalue", "secondparam": None, "q": "0.33"}
    assert contact.q == "0.33"


def test_intmeth() -> None:
    """3.1.1.2: tokens, user parts and quoted strings may hold every character that their grammar allows."""
    message = request("intmeth")
    assert message.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert message.cseq is not None
    assert message.cseq.method == message.method
    uri = message.parsed_uri
    assert uri is not None
    assert uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert uri.password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
    assert uri.host == "example.com"
    assert message.from_ is not None
    assert message.from_.display == "token1~` token2'+_ token3*%!.-"
    assert message.from_.tag == "_token~1'+`*%!-."
    assert message.header("extensionHeader-!.%*+_`'~") == "\ufeff大停電"


def test_esc01() -> None:
    """3.1.1.3: an escaped colon and at-sign belong to the user part."""
    message = request("esc01")
    uri = message.parsed_uri
    assert uri is not None
    assert (uri.user, uri.host) == ("sips%3Auser%40example.com", "example.net")


def test_escnull() -> None:
    """3.1.1.4: escaped nulls are no terminators."""
    contacts = request("escnull").contacts
    assert not isinstance(contacts, str)
    assert [contact.uri for contact in contacts] == ["sip:%00@host5.example.com", "sip:%00%00@host5.example.com"]


def test_esc02() -> None:
    """3.1.1.5: percent signs in a method or header name are no escapes."""
    message = request("esc02")
    assert message.method == "RE%47IST%45R"
    assert len(message.contacts) == 2


def test_lwsdisp() -> None:
    """3.1.1.6: no blank is needed between display name and bracket."""
    sender = request("lwsdisp").from_
    assert sender is not None
    assert (sender.display, sender.uri, sender.tag) == ("caller", "sip:caller@example.com", "323")


def test_longreq() -> None:
    """3.1.1.7: long values are kept whole."""
    message = request("longreq")
    assert len(message.vias) == 10
    assert message.vias[-1].branch == "very" + "long" * 50 + "branchvalue"
    assert message.to is not None
    assert message.to.parsed_uri is not None
    assert message.to.parsed_uri.port == 6000


def test_dblreq() -> None:
    """3.1.1.8: what follows the message in the datagram does not disturb its headers."""
    message = request("dblreq")
    assert (message.method, message.content_length) == ("REGISTER", 0)


def test_semiuri() -> None:
    """3.1.1.9: a semicolon before the at-sign belongs to the user part."""
    uri = request("semiuri").parsed_uri
    assert uri is not None
    assert (uri.user, uri.host, uri.params) == ("user;par=u%40example.net", "example.com", {})


def test_transports() -> None:
    """3.1.1.10: unknown transports in Via are fine."""
    vias = request("transports").vias
    assert [via.protocol for via in vias] == ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]


def test_mpart01() -> None:
    """3.1.1.11: a multipart body with binary parts is kept byte by byte."""
    message = request("mpart01")
    assert message.content_type == "multipart/mixed;boundary=7a9cbec02ceef655"
    assert message.body.startswith(b"--7a9cbec02ceef655\r\n")
    assert b"\x00\xff" in message.body


def test_unreason() -> None:
    """3.1.1.12: a reason phrase may hold any UTF-8."""
    message = load("unreason")
    assert isinstance(message, Reply)
    assert (message.status, message.reason) == (200, "= 2**3 * 5**2 но сто девяносто девять - простое")


def test_noreason() -> None:
    """3.1.1.13: a reason phrase may be empty."""
    message = load("noreason")
    assert isinstance(message, Reply)
    assert (message.status, message.reason) == (100, "")


def test_clerr() -> None:
    """3.1.2.2: a Content-Length larger than the body is read as it stands."""
    message = request("clerr")
    assert message.content_length == 9999
    assert len(message.body) < 9999


def test_ncl() -> None:
    """3.1.2.3: a negative Content-Length is no number."""
    assert request("ncl").content_length is None


def test_scalar02() -> None:
    """3.1.2.4: overlarge numbers are not numbers, and kept as text."""
    message = request("scalar02")
    assert message.cseq is not None
    assert message.cseq.number == -1
    assert message.cseq.number_text == "36893488147419103232"
    (contact,) = message.contacts
    assert not isinstance(contact, str)
    assert contact.expires is None


def test_scalarlg() -> None:
    """3.1.2.5: a reply with overlarge numbers is still a reply."""
    message = load("scalarlg")
    assert isinstance(message, Reply)
    assert message.cseq is not None
    assert (message.status, message.cseq.number) == (503, -1)


def test_ltgtruri() -> None:
    """3.1.2.7: brackets around the Request-URI make it no URI."""
    assert request("ltgtruri").parsed_uri is None


def test_trws() -> None:
    """3.1.2.10: blanks at the end of the request line are tolerated."""
    message = request("trws")
    assert (message.uri, message.version) == ("sip:remote-target@example.com", "SIP/2.0")


def test_escruri() -> None:
    """3.1.2.11: headers in the Request-URI are found."""
    uri = request("escruri").parsed_uri
    assert uri is not None
    assert uri.headers == "Route=%3Csip:example.com%3E"


def test_baddate() -> None:
    """3.1.2.12: a bad time zone in Date stays the script's business."""
    assert request("baddate").header("date") == "Fri, 01 Jan 2010 16:00:00 EST"


def test_regbadct() -> None:
    """3.1.2.13: a Contact URI with headers and no brackets is tolerated, the headers belonging to the URI."""
    (contact,) = request("regbadct").contacts
    assert not isinstance(contact, str)
    assert contact.uri == "sip:user@example.com?Route=%3Csip:sip.example.com%3E"


def test_badaspec() -> None:
    """3.1.2.14: blanks inside the brackets are tolerated."""
    to = request("badaspec").to
    assert to is not None
    assert to.uri == "sip:t.watson@example.org"


def test_baddn() -> None:
    """3.1.2.15: a comma in an unquoted display name is tolerated."""
    to = request("baddn").to
    assert to is not None
    assert (to.display, to.uri) == ("Watson, Thomas", "sip:t.watson@example.org")


def test_mismatch() -> None:
    """3.1.2.17 and 18: the methods of request line and CSeq are reported as they stand."""
    for name in ("mismatch01", "mismatch02"):
        message = request(name)
        assert message.cseq is not None
        assert message.cseq.method == "INVITE" != message.method


def test_badbranch() -> None:
    """3.2.1: a branch that is only the magic cookie is reported as it stands."""
    via = request("badbranch").via
    assert via is not None
    assert via.branch == "z9hG4bK"


def test_unknown_schemes() -> None:
    """3.3.2 to 4: URIs of unknown schemes are kept as text and not taken apart."""
    for name in ("unkscm", "novelsc"):
        assert request(name).parsed_uri is None
    message = request("unksm2")
    assert message.to is not None
    assert message.to.uri == "isbn:2983792873"
    assert message.to.parsed_uri is None


def test_bext01() -> None:
    """3.3.5: unknown extensions in Require are readable."""
    assert request("bext01").header("require") == "nothingSupportsThis, nothingSupportsThisEither"


def test_invut() -> None:
    """3.3.6: an unknown content type is readable."""
    assert request("invut").content_type == "application/unknownformat"


def test_regaut01() -> None:
    """3.3.7: an unknown authorization scheme is readable."""
    assert request("regaut01").header("Authorization") == "NoOneKnowsThisScheme opaque-data=here"


def test_mcl01() -> None:
    """3.3.9: two Content-Lengths make the request unanswerable, as in Kamailio."""
    message = request("mcl01")
    assert "content-length" in message.header_error
    with pytest.raises(SipParseError):
        build_reply(message, status_line(400, "Bad Request"), "tag")


def test_bcast() -> None:
    """3.3.10: the broadcast address in the second Via is where the reply would go."""
    message = load("bcast")
    assert isinstance(message, Reply)
    assert forwarded_reply_destination(message).ip == "255.255.255.255"


def test_zeromf() -> None:
    """3.3.11: a Max-Forwards of zero is zero."""
    assert request("zeromf").max_forwards == 0


def test_cparam() -> None:
    """3.3.12 and 13: a parameter belongs to the Contact or to its URI depending on brackets."""
    (outside,) = request("cparam01").contacts
    (inside,) = request("cparam02").contacts
    assert not isinstance(outside, str)
    assert not isinstance(inside, str)
    assert outside.params == {"unknownparam": None}
    assert inside.params == {}
    assert inside.parsed_uri is not None
    assert inside.parsed_uri.params == {"unknownparam": None}


def test_regescrt() -> None:
    """3.3.14: escaped headers of a Contact URI stay escaped."""
    (contact,) = request("regescrt").contacts
    assert not isinstance(contact, str)
    assert contact.parsed_uri is not None
    assert contact.parsed_uri.headers == "Route=%3Csip:sip.example.com%3E"


def test_sdp01() -> None:
    """3.3.15: the body of an unacceptable offer is as long as it says."""
    message = request("sdp01")
    assert message.content_length == len(message.body)


def test_inv2543() -> None:
    """3.3.16: an RFC 2543 request without tag, branch and Content-Length is readable."""
    message = request("inv2543")
    assert message.from_ is not None
    assert message.via is not None
    assert (message.from_.tag, message.via.branch) == ("", "")
    assert message.content_length is None
