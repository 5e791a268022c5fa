"""Reading typed headers, parameters and lists."""

from __future__ import annotations

import pytest
from kahea.sip.headers import (
    STAR,
    Via,
    parse_contacts,
    parse_cseq,
    parse_name_addr,
    parse_number,
    parse_top_via,
    parse_vias,
)
from kahea.sip.names import header_key
from kahea.sip.params import find_param, parse_params, split_commas


def via(text: str) -> Via:
    """The top via-parm of a header that is well formed."""
    parsed = parse_top_via(f"Via: {text}\r")
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("text", "protocol", "host", "port", "params"),
    [
        ("SIP/2.0/UDP 192.0.2.1", "UDP", "192.0.2.1", None, {}),
        ("SIP/2.0/tcp h.example:5061;branch=1;RPORT", "tcp", "h.example", 5061, {"branch": "1", "rport": None}),
        ("SIP/2.0/UDP [2001:db8::1]:5060;a", "UDP", "[2001:db8::1]", 5060, {"a": None}),
        ("sip / 2.0 / WSS  h : 1 ; a = b ; c", "WSS", "h", 1, {"a": "b", "c": None}),
        ('SIP/2.0/UDP h;a="x;y, \\" z";b=[::1]', "UDP", "h", None, {"a": 'x;y, \\" z', "b": "[::1]"}),
        ("SIP/2.0/UDP h;a=b (a (nested) comment)", "UDP", "h", None, {"a": "b"}),
        ("SIP/2.0/UDP\r\n h\r\n\t;a\r\n =b", "UDP", "h", None, {"a": "b"}),
        ("SIP/2.0/UDP h;a=b, SIP/2.0/TCP i;c=d", "UDP", "h", None, {"a": "b"}),
        ("SIP/2.0/UDP h_1;a=", "UDP", "h_1", None, {"a": ""}),
    ],
)
def test_via(text: str, protocol: str, host: str, port: int | None, params: dict[str, str | None]) -> None:
    """A via-parm is read in all forms of RFC 3261 and RFC 2543."""
    parsed = via(text)
    assert (parsed.protocol, parsed.host, parsed.port, parsed.params) == (protocol, host, port, params)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "h",
        "SIP/2.0/UDP",
        "SIP/3.0/UDP h",
        "XXX/2.0/UDP h",
        "SIP/2.0/UDP ;a",
        "SIP/2.0/UDP h:x",
        "SIP/2.0/UDP h:65536",
        "SIP/2.0/UDP h;;a",
        "SIP/2.0/UDP h;",
        "SIP/2.0/UDP h, nonsense",
        'SIP/2.0/UDP h;a="x',
        "SIP/2.0/UDP h x",
        "SIP/2.0/UDP h:",
        "SIP/2.0/UDP h:123456",
        "SIP/2.0/UDP h (",
        "SIP/2.0/UDP [::1",
    ],
)
def test_malformed_via(text: str) -> None:
    """A header with any malformed via-parm is malformed."""
    assert parse_top_via(f"Via: {text}\r") is None
    assert parse_vias(f"Via: {text}\r") is None


def test_via_parameters() -> None:
    """The parameters that routing needs have accessors."""
    parsed = via("SIP/2.0/UDP h;branch=z9hG4bK1;received=192.0.2.1;rport=5")
    assert (parsed.branch, parsed.received, parsed.has_rport, parsed.rport) == ("z9hG4bK1", "192.0.2.1", True, 5)
    parsed = via("SIP/2.0/UDP h;rport;x")
    assert (parsed.branch, parsed.received, parsed.has_rport, parsed.rport) == ("", None, True, None)
    assert via("SIP/2.0/UDP h;rport=65536").rport is None
    assert not via("SIP/2.0/UDP h;xrport;rportx").has_rport
    assert not via('SIP/2.0/UDP h;a=";rport"').has_rport


@pytest.mark.parametrize(
    "text", ["SIP/2.0/UDP h:5060;a;RPort=1;b", 'SIP/2.0/UDP  h;x="rport" ; rport=1;b, SIP/2.0/UDP i']
)
def test_via_places(text: str) -> None:
    """Offsets are those of the header line, whatever reader was used."""
    line = f"Via: {text}\r"
    parsed = parse_top_via(line)
    assert parsed is not None
    assert line[parsed.start :].startswith("SIP/2.0/UDP")
    assert line[parsed.params_start : parsed.end] == parsed.params_text
    span = parsed.param_span("rport")
    assert span is not None
    assert line[span[0] : span[1]].replace(" ", "").lower() == ";rport=1"
    assert parsed.param_span("none") is None


def test_several_vias_in_one_header() -> None:
    """All via-parms of a header are found, each with its place."""
    line = "v: SIP/2.0/UDP a;branch=1 ,  SIP/2.0/TCP b:5 , SIP/2.0/TLS c ;x\r"
    vias = parse_vias(line)
    assert vias is not None
    assert [(v.protocol, v.host, v.last) for v in vias] == [
        ("UDP", "a", False),
        ("TCP", "b", False),
        ("TLS", "c", True),
    ]
    assert [line[v.start : v.end] for v in vias] == ["SIP/2.0/UDP a;branch=1", "SIP/2.0/TCP b:5", "SIP/2.0/TLS c ;x"]


@pytest.mark.parametrize(
    ("text", "display", "uri", "tag"),
    [
        ("<sip:a@h>;tag=1", "", "sip:a@h", "1"),
        ("sip:a@h;tag=1", "", "sip:a@h", "1"),
        ('"A \\" <b>;tag=2" <sip:a@h;tag=3>;x; TAG = 1', '"A \\" <b>;tag=2"', "sip:a@h;tag=3", "1"),
        ("Alice and Bob  <sip:a@h>", "Alice and Bob", "sip:a@h", ""),
        ("A<sip:a@h>", "A", "sip:a@h", ""),
        ("A\r\n <sip:a@h>\r\n ;tag=1\r\n ", "A", "sip:a@h", "1"),
        ("< sip:a@h >", "", "sip:a@h", ""),
        ("Bell, A. <sip:a@h>", "Bell, A.", "sip:a@h", ""),
        ("anonymous", "", "anonymous", ""),
        ('<sip:a@h>;x="<>;tag=2";tag="q"', "", "sip:a@h", "q"),
    ],
)
def test_name_addr(text: str, display: str, uri: str, tag: str) -> None:
    """An address is read with or without brackets; what follows them are the header's parameters."""
    address = parse_name_addr(text)
    assert address is not None
    assert (address.display, address.uri, address.tag) == (display, uri, tag)
    assert text[address.uri_start :].startswith(uri)
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", "<>", "<sip:a", "sip:a>", '"A <sip:a>', "<sip:a> x", "<sip:a b>", "a b", "<sip:a>;", '<sip:"a>']
)
def test_malformed_name_addr(text: str) -> None:
    """An address with unbalanced or misplaced parts is malformed."""
    assert parse_name_addr(text) is None


def test_name_addr_uri() -> None:
    """The URI of an address is taken apart once, and None if it is malformed."""
    address = parse_name_addr("<sip:a@h>")
    assert address is not None
    assert address.parsed_uri is not None
    assert address.parsed_uri is address.parsed_uri
    assert address.params == {}
    other = parse_name_addr("<foo>")
    assert other is not None
    assert other.parsed_uri is None


def test_contacts() -> None:
    """Contacts of several headers come in order; a star anywhere is the star."""
    contacts = parse_contacts(['"a, b" <sip:a,b@h>;expires=5 , sip:c', "", "<bad, <sip:d>"])
    assert not isinstance(contacts, str)
    assert [contact.uri for contact in contacts] == ["sip:a,b@h", "sip:c"]
    assert parse_contacts(["sip:a", " * "]) == STAR


@pytest.mark.parametrize(
    ("line", "number", "method"),
    [
        ("CSeq: 1 OPTIONS\r", 1, "OPTIONS"),
        ("CSeq:1\tINVITE", 1, "INVITE"),
        ("cseq : \r\n 0009\r\n  INVITE \r", 9, "INVITE"),
        ("CSeq: abc INVITE\r", -1, "INVITE"),
        ("CSeq: 12345678901 INVITE\r", -1, "INVITE"),
    ],
)
def test_cseq(line: str, number: int, method: str) -> None:
    """A CSeq has a number, -1 if it is none, and a method."""
    cseq = parse_cseq(line)
    assert cseq is not None
    assert (cseq.number, cseq.method) == (number, method)


@pytest.mark.parametrize("line", ["CSeq:\r", "CSeq: 1\r", "CSeq: 1 OPTIONS x\r", "CSeq: 1 \r"])
def test_malformed_cseq(line: str) -> None:
    """A CSeq without method or with more than a method is malformed."""
    assert parse_cseq(line) is None


def test_number() -> None:
    """Only plain decimal numbers of at most ten digits count."""
    assert parse_number(" 0012 \r\n") == 12
    assert parse_number("4294967296") == 4294967296
    for text in ("", "-1", "+1", "1.0", "1 2", "\u0661", "\u00b2", "9" * 11, "9" * 5000):
        assert parse_number(text) is None


def test_params() -> None:
    """Parameters keep order and values, fold names, and drop the quotes."""
    assert parse_params(';A=1; b = "x;\\"y" ;c;a=2;d=') == {"a": "1", "b": 'x;\\"y', "c": None, "d": ""}
    assert list(parse_params(";z;y;x")) == ["z", "y", "x"]
    assert parse_params("") == {}
    assert parse_params(";;=1; ;x") == {"x": None}


def test_find_param() -> None:
    """A parameter's place runs from its semicolon to the end of its value."""
    text = 'x ;a="b;c";c = d ;e'
    assert find_param(text, "c") == (10, 16)
    assert find_param(text, "a", 2) == (2, 10)
    assert find_param(text, "d") is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("  ", []),
        (" a ", ["a"]),
        ("a, b ,,c,", ["a", "b", "c"]),
        ('"a,b" , <c,d>;e="f,g\\",h",i', ['"a,b"', '<c,d>;e="f,g\\",h"', "i"]),
        ('a "b, c', ['a "b, c']),
        ("a <b, c", ["a <b, c"]),
        ('""', ['""']),
        ("<>", ["<>"]),
    ],
)
def test_split_commas(text: str, parts: list[str]) -> None:
    """Commas in quotes and brackets do not separate; what nobody closes runs to the end."""
    assert split_commas(text) == parts


def test_header_key() -> None:
    """Names in any spelling have one key; learning names does not grow without bound."""
    assert header_key("V") == header_key("via") == header_key("VIA ") == "via"
    assert header_key("X-Foo") == header_key("x-fOO\t") == "x-foo"
    for number in range(5000):
        assert header_key(f"X-{number}") == f"x-{number}"
    assert header_key("i\t") == "call-id"
