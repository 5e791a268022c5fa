"""Encodings, escapes and hashes."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kahea_pv import encodings, uris
from kahea_pv.keccak import keccak_hexdigest
from kahea_pv.texts import decode

any_text = st.binary(max_size=60).map(decode)
ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@given(any_text)
def test_encodings_are_undone(text: str) -> None:
    """Decoding gives back what was encoded, whatever the bytes."""
    assert encodings.from_hex(encodings.to_hex(text)) == text
    assert encodings.from_base58(encodings.to_base58(text)) == text
    for url in (False, True):
        for padded in (False, True):
            encoded = encodings.to_base64(text, url=url, padded=padded)
            assert encodings.from_base64(encoded, url=url, padded=padded) == text
    assert encodings.unescape_common(encodings.escape_common(text)) == text
    assert encodings.urldecode(encodings.urlencode(text)) == text


@given(ascii_text)
def test_escapes_of_printable_text_are_undone(text: str) -> None:
    """What may not stand in a URI is escaped and comes back."""
    for escape in (encodings.escape_user, encodings.escape_param):
        escaped = escape(text)
        assert escaped is not None
        assert encodings.unescape(escaped) == text


@given(ascii_text)
def test_seven_bit_packing_is_undone(text: str) -> None:
    """Packed characters come back; eight in seven bytes leave room for one more, which is NUL."""
    packed = encodings.from_7bit(encodings.to_7bit(text))

    assert packed is not None
    assert packed.rstrip("\0") == text


def test_seven_bit_packing_of_the_standard() -> None:
    """3GPP TS 23.038: "hello" packs into five bytes."""
    assert encodings.to_7bit("hello") == "E8329BFD06"


@given(any_text)
def test_json_strings(text: str) -> None:
    """In quotes, the escaped text is JSON for the same text."""
    assert json.loads(f'"{encodings.escape_json(text)}"') == text


@given(any_text)
def test_what_cannot_be_decoded_is_none(text: str) -> None:
    """No text makes a decoder raise."""
    encodings.from_hex(text)
    encodings.from_base58(text)
    encodings.from_base64(text)
    encodings.from_base64(text, url=True, padded=False)
    encodings.from_7bit(text)
    encodings.unescape(text)
    encodings.urldecode(text)


@given(st.binary(max_size=300), st.sampled_from((256, 384, 512)))
def test_keccak_with_the_padding_of_sha3(data: bytes, bits: int) -> None:
    """The permutation is that of SHA-3."""
    assert keccak_hexdigest(data, bits, suffix=6) == hashlib.new(f"sha3_{bits}", data).hexdigest()


def test_keccak_of_nothing() -> None:
    """The hash of the empty text is the one that Ethereum knows (its yellow paper, KEC(()))."""
    assert encodings.keccak("", 256) == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert encodings.keccak("", 224) is None


def test_crlf_escapes() -> None:
    """Line ends are written with backslashes and back."""
    assert encodings.escape_crlf("a\r\nb") == "a\\r\\nb"
    assert encodings.unescape_crlf("a\\r\\nb\\x") == "a\r\nb\\x"


@pytest.mark.parametrize(
    ("uri", "alias"),
    [
        ("sip:10.0.0.1:5062;transport=tcp", "10.0.0.1~5062~2"),
        ("sip:10.0.0.1", "10.0.0.1~5060~1"),
        ("sip:u@h;transport=tls", "h~5061~3"),
        ("sip:[2001:db8::1]:5070;transport=ws", "[2001:db8::1]~5070~5"),
    ],
)
def test_aliases(uri: str, alias: str) -> None:
    """An alias holds host, port and the transport's number, as the relayed Contact of a NAT client does."""
    assert uris.alias_of(uri) == alias


def test_uris_of_aliases() -> None:
    """The transport is shown unless it is UDP; an unknown number is refused."""
    assert uris.from_alias("10.0.0.1~5062~2") == "sip:10.0.0.1:5062;transport=tcp"
    assert uris.from_alias("10.0.0.1~5062~1") == "sip:10.0.0.1:5062"
    assert uris.from_alias("10.0.0.1~5062~9") is None
    assert uris.from_alias("10.0.0.1~5062~x") is None


def test_a_parameter_removed() -> None:
    """Only that parameter goes; the rest of the URI stays as written."""
    uri = uris.parsed("sip:b@h:5;a=1;LR;x=2?Subject=x")

    assert uri is not None
    assert uris.without_param(uri, "lr") == "sip:b@h:5;a=1;x=2?Subject=x"
    assert uris.without_param(uri, "none") == "sip:b@h:5;a=1;LR;x=2?Subject=x"


def test_short_forms_of_a_uri() -> None:
    """A URI reduced to what routing, identity or both need."""
    uri = uris.parsed("sip:bob:pw@Ex.org:5070;transport=TCP;x=Y;lr?Subject=a")

    assert uri is not None
    assert uris.destination(uri) == "sip:Ex.org:5070;transport=TCP"
    assert uris.address_of_record(uri) == "sip:bob@Ex.org"
    assert uris.simple(uri) == "sip:bob@Ex.org:5070;transport=TCP"
