"""Parts of the registrar that need no server; values as observed on Kamailio 5.6.3 where it has them."""

from __future__ import annotations

import pytest
from kahea.api import ALL_METHODS, LocalSocket, LocationContact, Source, parse_message
from kahea.testing import request
from kahea_registrar import methods, paths, preferences
from kahea_registrar.aor import AddressReader
from kahea_registrar.errors import Failure, RegistrationError
from kahea_registrar.origins import any_comes_from
from kahea_registrar.replies import hash_text

SOURCE = Source(LocalSocket("udp", "127.0.0.1", 5060), "192.0.2.1", 5070)


@pytest.mark.parametrize(
    ("uri", "plain", "with_domain"),
    [
        ("sip:Alice@Example.com", "alice", "alice@example.com"),
        ("sip:al%69ce@example.com:5070;x=y", "alice", "alice@example.com"),
        ("sip:example.com", "", "example.com"),
        ("sip:+49;x=y@example.com;user=phone", "+49", "+49@example.com"),
        ("sip:alice;x=y@example.com", "alice;x=y", "alice;x=y@example.com"),
        ("sip:alice@sip.example.com", "alice", "alice@example.com"),
        ("sip:alice@sip.", "alice", "alice@sip."),
        ("sip:\u00c9A@example.com", "\u00c9a", "\u00c9a@example.com"),
    ],
)
def test_addresses_of_record(uri: str, plain: str, with_domain: str) -> None:
    """The user part alone, or user and host without the realm prefix; ASCII letters in lower case."""
    assert AddressReader(False, False, "").read(uri)[0] == plain
    assert AddressReader(True, False, "sip.").read(uri)[0] == with_domain


def test_case_of_the_user() -> None:
    """With case_sensitive the user part stays, the host does not."""
    assert AddressReader(True, True, "").read("sip:Alice@Example.com")[0] == "Alice@example.com"


@pytest.mark.parametrize(
    ("uri", "failure"),
    [
        ("nonsense", Failure.AOR),
        ("sip:a%zz@example.com", Failure.UNESCAPE),
        ("sip:a%1@example.com", Failure.UNESCAPE),
        ("sip:a%00@example.com", Failure.UNESCAPE),
        ("sip:a%e9@example.com", Failure.UNESCAPE),
        (f"sip:{'a' * 249}@example.com", Failure.AOR_TOO_LONG),
    ],
)
def test_bad_addresses_of_record(uri: str, failure: Failure) -> None:
    """What cannot be an address of record is refused with its reason."""
    with pytest.raises(RegistrationError) as caught:
        AddressReader(False, False, "").read(uri)
    assert caught.value.failure is failure


@pytest.mark.parametrize(
    ("text", "q"),
    [
        *(("1", 1000), ("0", 0), ("0.5", 500), (".25", 250), ("1.000", 1000), ("0.1234", 123), ("00.7", 700)),
        *(("", None), ("2", None), ("1.5", None), ("0.", None), ("x", None), ("-1", None), ("0.5x", None)),
    ],
)
def test_values_of_q(text: str, q: int | None) -> None:
    """A q is a number from 0 to 1 with as many digits as one likes, of which three count."""
    assert preferences.thousandths(text) == q


def test_written_q() -> None:
    """A q is written as short as it can be."""
    assert [preferences.written(q) for q in (0, 1, 50, 500, 123, 1000)] == ["0", "0.001", "0.05", "0.5", "0.123", "1"]


def test_methods() -> None:
    """Methods are Kamailio's bits; unknown ones share one; a malformed list is none."""
    assert methods.method_bits("INVITE, ack ,BYE") == 1 | 4 | 8
    assert methods.method_bits("FOO") == methods.method_bit("BAR") == 1 << 19
    assert methods.method_bits("INVITE,,ACK") is None
    message = parse_message(request("REGISTER", headers=[("Allow", "INVITE"), ("Allow", "ACK")]), SOURCE)
    assert methods.allowed_methods(message) == 1 | 4
    assert methods.allowed_methods(parse_message(request("REGISTER"), SOURCE)) == ALL_METHODS


def test_the_hash_in_a_gruu() -> None:
    """The lowest hexadecimal digit comes first, and 0 is nothing."""
    assert [hash_text(number) for number in (0, 0x1F, 27547)] == ["", "f1", "b9b6"]


def test_the_way_along_a_path() -> None:
    """The first hop is where to send, unless it is ours: then it is left out."""
    path = "<sip:192.0.2.9;lr>, <sip:192.0.2.8;lr>"
    assert paths.next_hop(path, None) == ("sip:192.0.2.9;lr", path)
    assert paths.next_hop(path, lambda uri: uri.host == "192.0.2.9") == ("sip:192.0.2.8;lr", "<sip:192.0.2.8;lr>")
    assert paths.next_hop("<sip:192.0.2.9;lr>", lambda uri: True) == ("", "")
    with pytest.raises(ValueError, match="malformed"):
        paths.next_hop("nonsense", None)


@pytest.mark.parametrize(
    ("uri", "modes"),
    [
        ("sip:a@192.0.2.1:5070", [True, True, True, True]),
        ("sip:a@192.0.2.1", [True, False, True, False]),
        ("sip:a@192.0.2.1:5070;transport=tcp", [True, True, False, False]),
        ("sip:a@192.0.2.2:5070", [False] * 4),
        ("sip:a@host.example", [False] * 4),
        ("sip:a@[2001:db8::1]", [False] * 4),
        ("nonsense", [False] * 4),
    ],
)
def test_where_a_message_comes_from(uri: str, modes: list[bool]) -> None:
    """The IP address must be a contact's; by the mode also the port and the transport."""
    message = parse_message(request(), SOURCE)
    contact = LocationContact(uri, 0, "call", 1, "ruid")
    assert [any_comes_from(message, [contact], mode) for mode in range(4)] == modes
