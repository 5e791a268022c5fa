"""The binrpc format; the bytes are the examples of the format's description and what kamcmd 5.6.3 understands."""

from __future__ import annotations

from typing import Any

import pytest
from kahea_ctl.binrpc import (
    REPLY,
    REQUEST,
    BadPacket,
    Encoder,
    Incomplete,
    Overflow,
    decode_header,
    decode_values,
    encode_fault,
    encode_packet,
    encode_scalar,
)


@pytest.fixture
def encoder() -> Encoder:
    """An encoder with Kamailio's limits."""
    return Encoder(32 * 1024, 8 * 1024)


@pytest.mark.parametrize(
    ("value", "record"),
    [
        (0x1234, b"\x20\x12\x34"),
        (0x07, b"\x10\x07"),
        (0, b"\x00"),
        (-1, b"\x40\xff\xff\xff\xff"),
        (True, b"\x10\x01"),
        ("abcdef", b"\x71abcdef\x00"),
        ("abcdefhij", b"\x91\x0aabcdefhij\x00"),
        ("", b"\x11\x00"),
        (b"abcdef", b"\x66abcdef"),
        (1.5, b"\x22\x05\xdc"),
        (2**31, b"\x62\x01\xf4\x00\x00\x00\x00"),
        (None, b"\x91\x0e<null string>\x00"),
    ],
)
def test_a_value_is_one_record(value: Any, record: bytes) -> None:
    """Numbers lose their leading zero bytes, text is ended by a zero, numbers above 31 bits are floating point ones."""
    assert encode_scalar(value) == record


def test_a_dictionary_is_a_structure(encoder: Encoder) -> None:
    """Members have their names before them, and marks stand around them."""
    expected = b"\x03" + b"\x75intval\x00" + b"\x10\x03" + b"\x25s\x00" + b"\x41abc\x00" + b"\x83"

    assert encoder.encode({"intval": 3, "s": "abc"}) == expected


def test_a_list_at_the_top_has_no_frame(encoder: Encoder) -> None:
    """Its values follow each other; a list inside is a structure of values without names."""
    assert encoder.encode([1, [2, 3]]) == b"\x10\x01" + b"\x03\x10\x02\x10\x03\x83"
    assert encoder.encode([]) == b""
    assert encoder.encode(None) == b""


def test_structures_under_one_name_are_members(encoder: Encoder) -> None:
    """A list of dictionaries with the same single key is one structure with a member for each."""
    member = b"\x25a\x00" + b"\x03\x25n\x00\x10\x01\x83"

    assert encoder.encode({"l": [{"a": {"n": 1}}, {"a": {"n": 1}}]}) == b"\x03\x25l\x00\x03" + member * 2 + b"\x83\x83"
    assert encoder.encode({"l": [{"a": 1}]}) == b"\x03\x25l\x00\x03\x03\x25a\x00\x10\x01\x83\x83\x83"


def test_what_is_too_long_is_refused() -> None:
    """The limit of a structure leaves out what is inside of further ones; that of the answer leaves out structures."""
    encoder = Encoder(100, 50)

    assert encoder.encode([{"a": "x" * 40}, {"a": "x" * 40}, {"a": {"b": "x" * 40}}])
    for result in ({"a": "x" * 60}, ["x" * 60, "x" * 60], {"a": {"b": "x" * 60}}):
        with pytest.raises(Overflow):
            encoder.encode(result)


def test_structures_that_contain_themselves_are_refused(encoder: Encoder) -> None:
    """Nesting has a limit."""
    endless: dict[str, Any] = {}
    endless["again"] = endless

    with pytest.raises(Overflow):
        encoder.encode(endless)


def test_a_request_is_read_back() -> None:
    """Header and values come out as they were put in."""
    body = encode_scalar("core.echo") + encode_scalar(-5) + encode_scalar("ü") + encode_scalar(4.5)
    packet = encode_packet(REQUEST, 0x1234, body)

    kind, cookie, start, end = decode_header(packet + b"more")

    assert (kind, cookie, end) == (REQUEST, 0x1234, len(packet))
    assert decode_values(packet[start:end]) == ["core.echo", -5, "ü", 4.5]


def test_a_long_way_to_write_a_number_is_understood() -> None:
    """A size may stand in bytes of its own where it need not."""
    assert decode_values(b"\x90\x02\x12\x34" + b"\xa0\x00\x02\x12\x34" + b"\x10\x00") == [0x1234, 0x1234, 0]


def test_the_header_of_an_empty_reply() -> None:
    """Length and cookie take a byte each at least."""
    assert encode_packet(REPLY, 0, b"") == b"\xa1\x10\x00\x00"
    assert encode_packet(REPLY, 0x1234, b"x" * 256) == b"\xa1\x15\x01\x00\x12\x34" + b"x" * 256


def test_a_fault_holds_code_and_reason() -> None:
    """It is a packet of its own type."""
    assert encode_fault(1, 400, "no") == b"\xa1\x30\x07\x01" + b"\x20\x01\x90" + b"\x31no\x00"


@pytest.mark.parametrize("data", [b"", b"\xa1", b"\xa1\x00\x00", b"\xa1\x0f\x00\x00\x00"])
def test_a_header_that_is_not_there_yet(data: bytes) -> None:
    """More bytes are waited for."""
    with pytest.raises(Incomplete):
        decode_header(data)


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1", b"\xa2\x00\x00\x00", b"\xa1\x20\x00\x00", b"\xa1\x0c\x7f\xff\xff\xff\x00"]
)
def test_what_is_no_header_is_refused(data: bytes) -> None:
    """Another magic, another type, and lengths beyond any request."""
    with pytest.raises(BadPacket):
        decode_header(data)


@pytest.mark.parametrize("data", [b"\x41ab", b"\xf1\xff\xff\xff\xff\xff\xff\xff", b"\x03", b"\x0f", b"\xff"])
def test_records_that_no_request_holds_are_refused(data: bytes) -> None:
    """Cut off ones, structures and unknown types."""
    with pytest.raises(BadPacket):
        decode_values(data)
