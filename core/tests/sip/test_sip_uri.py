"""URIs taken apart, put together and compared."""

from __future__ import annotations

import pytest
from kahea.sip.uri import UriError, parse_uri, uri_equal


def test_all_parts() -> None:
    """Every part of a SIP URI is found."""
    uri = parse_uri("sips:alice:pass@example.com:5070;transport=TCP;LR;x=1?subject=a&b=c")
    assert (uri.scheme, uri.user, uri.password, uri.host, uri.port) == ("sips", "alice", "pass", "example.com", 5070)
    assert uri.params_text == ";transport=TCP;LR;x=1"
    assert uri.params == {"transport": "TCP", "lr": None, "x": "1"}
    assert uri.headers == "subject=a&b=c"
    assert uri.transport == "tcp"
    assert (uri.userinfo, uri.hostport) == ("alice:pass", "example.com:5070")


def test_only_a_host() -> None:
    """What is absent is empty or None."""
    uri = parse_uri("sip:example.com")
    assert (uri.user, uri.password, uri.port, uri.params, uri.headers, uri.transport) == ("", None, None, {}, "", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SIP:a@h", ("sip", "a", None, "h", None)),
        ("sip:a;b=c:d@h", ("sip", "a;b=c", "d", "h", None)),
        ("sip:a?b@h", ("sip", "a?b", None, "h", None)),
        ("sip:a:@h", ("sip", "a", "", "h", None)),
        ("sip:h:5060", ("sip", "", None, "h", 5060)),
        ("sip:a@h:", ("sip", "a", None, "h", None)),
        ("sip:a@[2001:db8::1]:5061", ("sip", "a", None, "[2001:db8::1]", 5061)),
        ("sip:[::1]", ("sip", "", None, "[::1]", None)),
        ("tel:+1-201-555-0123;ext=5", ("tel", "+1-201-555-0123", None, "", None)),
        ("urn:service:sos.fire", ("urn", "", None, "service:sos.fire", None)),
    ],
)
def test_forms(text: str, parts: tuple[object, ...]) -> None:
    """Forms that the grammar allows, or that Kamailio takes."""
    uri = parse_uri(text)
    assert (uri.scheme, uri.user, uri.password, uri.host, uri.port) == parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip",
        "sip:",
        "sip:@h",
        "sip:a@",
        "sip::b@h",
        "sip:a@b@c",
        "sip:a:b:c@h",
        "sip:a@h:x",
        "sip:a@h:65536",
        "sip:a@h:123456",
        "sip:a@h:١",
        "sip:a@[::1",
        "sip:a@[::1]x",
        "sip:a@-h",
        "sip:a@h?x;y",
        "sip:[a@h",
        "sip:a@h!",
        "http://h/",
        "tel:",
        "tel:;x",
        "tel:a@b",
        "urn:",
        "urn:-",
        "a@h",
        "sip:;x",
        "sip:a b@h:99999",
    ],
)
def test_malformed(text: str) -> None:
    """What is no URI of a known scheme is refused."""
    with pytest.raises(UriError):
        parse_uri(text)


@pytest.mark.parametrize(
    "text",
    ["sip:a@h", 'sips:a:b@h:1;x="y";z?q=r', "sip:[::1]:5", "tel:+1;phone-context=a", "urn:service:sos", "sip:h;lr"],
)
def test_text_again(text: str) -> None:
    """The parts put together are the text."""
    assert str(parse_uri(text)) == parse_uri(text).text == text


# The first groups are RFC 3261 19.1.4's own examples.
EQUAL = [
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
    ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
    (
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ),
    (
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ),
    ("tel:+1-201-555-0123", "tel:+1(201)5550123"),
    ("urn:service:SOS", "urn:service:sos"),
]
UNEQUAL = [
    ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
    ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
    ("sip:a@h", "sips:a@h"),
    ("sip:a@h", "sip:h"),
    ("sip:a:b@h", "sip:a@h"),
    ("sip:a%40b@h", "sip:a%41b@h"),
    ("sip:a@h;maddr=1.2.3.4", "sip:a@h"),
    ("sip:a@h;user", "sip:a@h"),
    ("tel:+1201", "tel:1201"),
    ("tel:7042;phone-context=a", "tel:7042;phone-context=b"),
    ("urn:service:sos", "urn:service:sos.fire"),
]


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_equal(a: str, b: str) -> None:
    """Equivalent URIs compare equal in both directions."""
    assert uri_equal(parse_uri(a), parse_uri(b))
    assert uri_equal(parse_uri(b), parse_uri(a))


@pytest.mark.parametrize(("a", "b"), UNEQUAL)
def test_unequal(a: str, b: str) -> None:
    """URIs that are not equivalent do not compare equal."""
    assert not uri_equal(parse_uri(a), parse_uri(b))
    assert not uri_equal(parse_uri(b), parse_uri(a))


def test_reserved_escapes_differ() -> None:
    """An escaped reserved character is not the character (RFC 3261 19.1.4)."""
    assert not uri_equal(parse_uri("sip:a%3Bb@h"), parse_uri("sip:a;b@h"))
    assert uri_equal(parse_uri("sip:a%3bb@h"), parse_uri("sip:a%3Bb@h"))
