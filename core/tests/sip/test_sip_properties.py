"""Properties that hold for any input: round trips, no undocumented exception, linear time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kahea.sip.build import (
    apply_changes,
    build_forwarded_reply,
    build_forwarded_request,
    build_reply,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.edits import EditList
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.framing import FramingError, KeepAlive, StreamFramer
from kahea.sip.grammar import ADDRESS_LINE
from kahea.sip.headers import parse_name_addr, parse_top_via, parse_vias
from kahea.sip.message import Reply, Request, SipParseError, parse_message
from kahea.sip.params import parse_params, split_commas
from kahea.sip.uri import UriError, parse_uri, uri_equal

SOURCE = Source(LocalSocket("udp", "192.0.2.1", 5060), "192.0.2.99", 5099)
OK = status_line(200, "OK")

#: Text in which the characters that steer the parsers are frequent.
NOISE = st.text(alphabet=st.sampled_from(list(' \t"<>;,:=@?\\/()[]*.aA1z\r\n\0é\udcff')), max_size=60)

LINES = st.sampled_from(
    [
        "Via: SIP/2.0/UDP h:5060;branch=z9hG4bK1;rport\r\n",
        'v: SIP/2.0/TCP [::1] ;a = "b" , SIP/2.0/UDP i\r\n',
        "Via: broken\r\n",
        'From: "A" <sip:a@h>;tag=1\r\n',
        "t:sip:b@h\r\n",
        "To: <sip:b@h>;tag=2\n",
        "Call-ID: 1\r\n",
        "CSeq: 1 OPTIONS\r\n",
        "CSeq:\r\n 2\r\n BYE\r\n",
        "Contact: *\r\n",
        'Contact: <sip:a>, "b," <sip:c>;q=1\r\n',
        "Route: <sip:p;lr>\r\n",
        "Record-Route: <sip:p;lr>\r\n",
        "Content-Length: 4\r\n",
        "X-Other: text\r\n",
        "no colon\r\n",
        " fold\r\n",
        "\r\n",
        "\n",
        "body",
    ]
)
FIRST = st.sampled_from(["OPTIONS sip:b@h SIP/2.0\r\n", "FOO tel:1  sip/2.0 \n", "SIP/2.0 200 OK\r\n", "\r\n", ""])


def messages() -> st.SearchStrategy[bytes]:
    """Bytes that look like messages more or less."""
    line = st.one_of(LINES, NOISE)
    text = st.tuples(FIRST, st.lists(line, max_size=14)).map(lambda parts: parts[0] + "".join(parts[1]))
    return text.map(lambda whole: whole.encode("utf-8", "surrogateescape"))


def exercise(data: bytes) -> None:
    """Do everything that is done with received bytes."""
    try:
        message = parse_message(data, SOURCE)
    except SipParseError:
        return
    assert message.body == data[message.body_start :]
    head = message.head.encode("utf-8", "surrogateescape")
    assert data[: message.head_end].endswith(head)
    missing = message.missing_header()
    for field in message.header_fields:
        assert message.head.startswith(field.name, field.start)
    for name in {field.name.lower() for field in message.header_fields}:
        assert message.header(name) == message.header_values(name)[0]
    for via in message.vias:
        _ = via.params, via.branch, via.received, via.rport, via.has_rport, via.param_span("rport")
    assert message.via is None or message.vias[0].params == message.via.params
    for address in (message.from_, message.to, *message.routes, *message.record_routes):
        _ = address and (address.params, address.parsed_uri)
    contacts = message.contacts
    if not isinstance(contacts, str):
        for contact in contacts:
            _ = contact.expires, contact.q, contact.parsed_uri
    _ = (
        message.method,
        message.call_id,
        message.cseq,
        message.content_length,
        message.content_type,
        message.max_forwards,
    )
    try:
        if isinstance(message, Request):
            _ = message.parsed_uri
            reply_destination(message)
            answer = parse_message(build_reply(message, OK, "tag"), SOURCE)
            assert answer.missing_header() == missing
            assert answer.header("Call-ID") == message.header("Call-ID")
            assert len(answer.vias) == len(message.vias)
            build_forwarded_request(message, "Via: SIP/2.0/UDP own\r\n", "sip:other", "tcp")
            apply_changes(message)
        else:
            forwarded_reply_destination(message)
            onward = parse_message(build_forwarded_reply(message), SOURCE)
            assert isinstance(onward, Reply)
            assert len(onward.vias) == len(message.vias) - 1
            apply_changes(message)
    except SipParseError:
        pass


@given(messages())
@settings(max_examples=400, deadline=None)
def test_anything_like_a_message(data: bytes) -> None:
    """Whatever comes in, only SipParseError comes out, and what is built can be read again."""
    exercise(data)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_any_bytes(data: bytes) -> None:
    """Random bytes raise nothing but SipParseError."""
    exercise(data)


@given(NOISE)
@settings(deadline=None)
def test_any_uri(text: str) -> None:
    """A text is an error, or a URI that is equal to what it is written as."""
    for candidate in (text, "sip:" + text, "tel:" + text, "sip:a@h;" + text):
        try:
            uri = parse_uri(candidate)
        except UriError:
            continue
        assert uri_equal(uri, uri)
        again = parse_uri(str(uri))
        assert uri_equal(uri, again)
        assert (again.user, again.password, again.host, again.port) == (uri.user, uri.password, uri.host, uri.port)


@given(NOISE)
@settings(deadline=None)
def test_any_header_text(text: str) -> None:
    """The readers of values raise nothing; offsets lie where they say."""
    parse_params(text)
    for part in split_commas(text):
        assert part
        assert part in text
    address = parse_name_addr(text)
    if address is not None:
        assert text[address.uri_start :].startswith(address.uri)
    line = f"Via: SIP/2.0/UDP h{text}"
    vias = parse_vias(line)
    top = parse_top_via(line)
    assert (vias is None) == (top is None)
    if vias:
        assert top is not None
        assert (top.host, top.port, top.params) == (vias[0].host, vias[0].port, vias[0].params)


@given(NOISE)
@settings(deadline=None)
def test_quick_check_of_addresses(text: str) -> None:
    """What the quick check of a To line accepts is a well-formed address."""
    if "\n" not in text and ADDRESS_LINE.match(f"To: {text}\r"):
        assert parse_name_addr(text.strip(" \t\r")) is not None


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5), st.sampled_from(["", "x", "yz"])), max_size=8))
def test_edits_keep_what_they_do_not_touch(changes: list[tuple[int, int, str]]) -> None:
    """Every insert is there, every character outside the deletions is there once, in order."""
    head = "abcdefghijklmnopqrst"
    edits = EditList()
    deleted: set[int] = set()
    for anchor, length, text in changes:
        edits.replace(anchor, length, text.upper())
        deleted.update(range(anchor, anchor + length))
    result = edits.apply(head)
    assert "".join(c for c in result if c.islower()) == "".join(c for i, c in enumerate(head) if i not in deleted)
    assert sorted(c for c in result if c.isupper()) == sorted("".join(text.upper() for _, _, text in changes))


@given(
    st.lists(
        st.sampled_from([b"OPTIONS sip:a SIP/2.0\r\nl: 3\r\n\r\nabc", b"\r\n\r\n", b"BYE x\nl:0\n\n"]), max_size=6
    ),
    st.data(),
)
@settings(deadline=None)
def test_framing_does_not_depend_on_the_pieces(parts: list[bytes], data: st.DataObject) -> None:
    """However a stream is cut into pieces, the same messages come out."""
    stream = b"".join(parts)
    framer = StreamFramer()
    found: list[bytes | KeepAlive] = []
    position = 0
    while position < len(stream):
        size = data.draw(st.integers(1, 40))
        found += framer.feed(stream[position : position + size])
        position += size
    assert found == [KeepAlive.PING if part == b"\r\n\r\n" else part for part in parts]
    assert framer.pending == 0


@given(st.binary(max_size=200))
def test_framing_of_any_bytes(data: bytes) -> None:
    """Random bytes in a stream raise nothing but FramingError."""
    with contextlib.suppress(FramingError):
        StreamFramer().feed(data)


HEAD = (
    "OPTIONS sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h\r\nFrom: <sip:a@h>\r\nTo: <sip:b@h>\r\n"
    "Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
)
HOSTILE: dict[str, Callable[[int], str]] = {
    "headers": lambda n: HEAD + "X: y\r\n" * (n // 6),
    "different-headers": lambda n: HEAD + "".join(f"X{i}: y\r\n" for i in range(n // 10)),
    "folds": lambda n: HEAD + "X: y\r\n" + " y\r\n" * (n // 4),
    "vias": lambda n: HEAD.replace("Via: SIP/2.0/UDP h\r\n", "Via: SIP/2.0/UDP h\r\n" * (n // 21)),
    "vias-without-cr": lambda n: HEAD.replace("From", "Via: SIP/2.0/UDP h\n" * (n // 20) + "From"),
    "vias-in-one": lambda n: HEAD.replace("UDP h", "UDP h" + ",SIP/2.0/UDP h" * (n // 14)),
    "via-params": lambda n: HEAD.replace("UDP h", "UDP h" + ";a=b" * (n // 4)),
    "via-blanks": lambda n: HEAD.replace("UDP h", "UDP h ;a" + " " * n + "="),
    "via-quotes": lambda n: HEAD.replace("UDP h", 'UDP h;a="' + '\\"' * (n // 2)),
    "via-comments": lambda n: HEAD.replace("UDP h", "UDP h " + "(" * n),
    "to-params": lambda n: HEAD.replace("<sip:b@h>", "<sip:b@h>" + ";a=b" * (n // 4) + ";"),
    "to-blanks": lambda n: HEAD.replace("<sip:b@h>", "a" + " \t" * (n // 2) + "b"),
    "to-quotes": lambda n: HEAD.replace("<sip:b@h>", '"\\' * (n // 2)),
    "to-brackets": lambda n: HEAD.replace("<sip:b@h>", "<" * n),
    "commas": lambda n: HEAD + "Contact: " + "," * n + "\r\nRoute: <" + ",<" * (n // 2) + "\r\n",
    "quotes": lambda n: HEAD + "Contact: " + '"\\",' * (n // 4) + "\r\n",
    "contacts": lambda n: HEAD + "Contact: " + "<sip:a>;q=1," * (n // 12) + "\r\n",
    "semicolons": lambda n: HEAD + "Contact: a" + ';x="' * (n // 4) + "\r\n",
    "cseq": lambda n: HEAD.replace("1 OPTIONS", "1" + " \t" * (n // 2) + "x y"),
    "digits": lambda n: HEAD + "Content-Length: " + "9" * n + "\r\n",
    "uri": lambda n: HEAD.replace("sip:b@h SIP", "sip:b@h" + ";a=" * (n // 3) + "@ SIP"),
    "colons": lambda n: HEAD + ":" * n + "\r\n",
    "blanks": lambda n: HEAD + "X" + " " * n + "\r\n",
    "first-line": lambda n: "OPTIONS sip:b@h" + " " * n + "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_linear_time(name: str) -> None:
    """A datagram of 64 KB made to be slow takes at most a small multiple of what a harmless one takes."""
    data = (HOSTILE[name](64000) + "\r\n").encode()
    started = time.process_time()
    exercise(data)
    # Linear work takes some 10 to 200 ms here, quadratic work many seconds.
    assert time.process_time() - started < 2
