"""Functions of siputils; expected values observed on Kamailio 5.6.3 unless said otherwise."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from kahea.api import Destination, LocalSocket, Logger, Message, Request, Run
from kahea.testing import FakeClock, Sent, ServerUnderTest, reply, request
from kahea.testing.server import ConfigError
from kahea_siputils import Siputils, uris
from kahea_siputils.message_functions import OptionTagKind
from kahea_siputils.params import SiputilsParams

Make = Callable[..., ServerUnderTest]
Headers = Iterable[tuple[str, str]]

HIDDEN = base64.urlsafe_b64encode(b"sip:bob@10.0.0.1:5070;transport=udp").decode().rstrip("=")


class Variable:
    """A pseudo-variable."""

    text = "$var(x)"
    writable = True

    def __init__(self, value: Any = "unset") -> None:
        self.value = value

    def get(self, run: Run) -> Any:
        """Return the value."""
        return self.value

    def set(self, run: Run, value: Any) -> None:
        """Keep the value."""
        self.value = value


class Lines:
    """A log sink that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Do nothing."""


class Module:
    """The module, with a log, a clock and the address 127.0.0.1:5060, known also as proxy.example.com.

    Args:
        params: of the module.
    """

    def __init__(self, **params: Any) -> None:
        self.sink = Lines()
        core: Any = type("Core", (), {})()
        core.log = Logger(self.sink)
        core.clock = FakeClock(1_700_000_000.0)
        core.is_myself = self.is_myself
        self.core = core
        self.siputils = Siputils("siputils", SiputilsParams(**params), core)

    def is_myself(self, host: str, port: int | None = None, protocol: str | None = None) -> bool:
        """Return whether an address is ours."""
        return host in ("127.0.0.1", "proxy.example.com") and port in (None, 5060) and protocol in (None, "udp")

    def run(self, msg: Message) -> Run:
        """Return a run for a message."""
        run = Run(self.core)
        run.msg = msg
        return run


@pytest.fixture
def module() -> Module:
    """The module with default parameters."""
    return Module()


def parsed(data: bytes, ip: str = "127.0.0.1", port: int = 5999) -> Any:
    """Return bytes as a message that came over UDP."""
    return Sent(data, Destination("udp", ip, port, LocalSocket("udp", "127.0.0.1", 5060))).message


def invite(uri: str = "sip:bob@127.0.0.1", headers: Headers = ()) -> Request:
    """Return an INVITE."""
    msg = parsed(request("INVITE", uri, headers))
    assert isinstance(msg, Request)
    return msg


def sent_contacts(msg: Message) -> list[str]:
    """Return the values of the Contact headers that would be sent."""
    lines = msg.edits.apply(msg.head).split("\r\n")
    return [line.partition(": ")[2] for line in lines if line.startswith("Contact: ")]


class TestMessages:
    """What a message is."""

    def test_kind(self, module: Module) -> None:
        """Requests and replies are told apart, and both are SIP."""
        siputils = module.siputils
        for msg, is_request in [(invite(), True), (parsed(reply()), False)]:
            assert siputils.is_request(msg) is is_request
            assert siputils.is_reply(msg) is not is_request
            assert siputils.is_sip(msg)
            assert not siputils.is_http(msg)

    def test_has_totag(self, module: Module) -> None:
        """A request within a dialog has a To-tag; an empty one is none."""
        to = "<sip:bob@127.0.0.1>"
        tagged = [module.siputils.has_totag(invite(headers=[("To", to + tag)])) for tag in ("", ";tag=x", ";tag=")]
        assert tagged == [False, True, False]

    def test_first_hop_of_requests(self, module: Module) -> None:
        """A request with one Via is at its first hop."""
        via = "SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK1"
        assert module.siputils.is_first_hop(invite())
        assert not module.siputils.is_first_hop(invite(headers=[("Via", via), ("Via", "SIP/2.0/UDP 9.9.9.9;branch=z")]))
        assert not module.siputils.is_first_hop(invite(headers=[("Via", f"{via}, SIP/2.0/UDP 9.9.9.9;branch=z")]))

    @pytest.mark.parametrize(
        ("record_route", "strict", "loose"),
        [
            ("", True, True),
            ("<sip:127.0.0.1:5060;lr>", True, True),
            ("<sip:127.0.0.1;lr>", True, True),
            ("<sip:9.9.9.9;lr>", False, False),
            ("<sip:127.0.0.1:5999;lr>", False, False),
            ("<sip:proxy.example.com;lr>", False, True),
            ("<sip:9.9.9.9;lr>, <sip:127.0.0.1:5060;lr>", False, False),
            ("<sip:127.0.0.1:5060;transport=tcp;lr>", False, False),
            ("nonsense", False, False),
        ],
    )
    def test_first_hop_of_replies(self, module: Module, record_route: str, strict: bool, loose: bool) -> None:
        """A reply is at its first hop when the top Record-Route is ours; mode 1 takes names too."""
        msg = parsed(reply(headers=[("Record-Route", record_route)] if record_route else ()))
        assert module.siputils.is_first_hop(msg) is strict
        assert module.siputils.is_first_hop(msg, 1) is loose

    def test_first_hop_of_a_loop(self, module: Module) -> None:
        """A reply that came from ourselves is not at its first hop, except in mode 1."""
        msg = parsed(reply(headers=[("Record-Route", "<sip:127.0.0.1;lr>")]), port=5060)
        assert not module.siputils.is_first_hop(msg)
        assert module.siputils.is_first_hop(msg, 1)

    def test_supported(self, module: Module) -> None:
        """Option tags are found in all Supported headers, in any case."""
        msg = invite(headers=[("Supported", "path, 100REL"), ("k", "timer")])
        tags = ("path", "100rel", "timer", "gruu", "outbound", "eventlist")
        assert [tag for tag in tags if module.siputils.is_supported(msg, tag)] == ["path", "100rel", "timer"]
        assert not module.siputils.is_supported(invite(), "path")

    def test_option_tags(self) -> None:
        """Only the tags that Kamailio knows may be asked for."""
        assert OptionTagKind().literal("PATH") == "path"
        with pytest.raises(ValueError, match='unknown option tag "foo"'):
            OptionTagKind().literal("foo")

    @pytest.mark.parametrize(
        ("date", "result"),
        [
            ("Tue, 14 Nov 2023 22:12:20 GMT", 1),
            ("Tue, 14 Nov 2023 22:30:00 GMT", 1),
            ("Tue, 14 Nov 2023 22:12:19 GMT", -4),
            ("nonsense", -1),
            ("", -1),
        ],
    )
    def test_date(self, module: Module, date: str, result: int) -> None:
        """A message with an old Date, or none, is refused; one from the future is not."""
        assert module.siputils.hdr_date_check(invite(headers=[("Date", date)] if date else ()), 60) == result

    def test_headers(self, module: Module) -> None:
        """Headers that cannot be read to their end are found."""
        assert module.siputils.sip_parse_headers(invite())
        assert not module.siputils.sip_parse_headers(parsed(b"OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\nno colon\r\n\r\n"))

    @pytest.mark.parametrize(
        ("a", "b", "result"),
        [
            ("From", "f", 1),
            ("From", "FROM", 1),
            ("From", "To", -2),
            ("X-A", "x-a", 1),
            ("X-A", "X-B", -2),
            ("X-B", "X-A", -1),
        ],
    )
    def test_header_names(self, module: Module, a: str, b: str, result: int) -> None:
        """Compact forms are the same as full names; for From and To, 5.6.3 has the other code of false."""
        assert module.siputils.cmp_hdr_name(invite(), a, b) == result


class TestNumbers:
    """Telephone numbers and the like."""

    @pytest.mark.parametrize(
        ("text", "result"),
        [
            ("+123", 1),
            ("123", 1),
            ("+0123", -2),
            ("+", -2),
            ("", -2),
            ("12a", -2),
            ("0123", 1),
            ("12\n", -2),
            ("١", -2),
        ],
    )
    def test_tel_number(self, module: Module, text: str, result: int) -> None:
        """A number consists of digits, a plus may stand in front unless a zero follows."""
        assert module.siputils.is_tel_number(invite(), text) == result

    @pytest.mark.parametrize(("text", "result"), [("123", 1), ("", -2), ("12a", -2), ("-1", -2), ("١", -2)])
    def test_numeric(self, module: Module, text: str, result: int) -> None:
        """Only the digits of ASCII count."""
        assert module.siputils.is_numeric(invite(), text) == result

    @pytest.mark.parametrize(
        ("text", "others", "result"),
        [
            ("aZ9", "", 1),
            ("a-b", "", -3),
            ("", "", -2),
            ("a-b", "-", 1),
            ("a-b.", "-", -3),
            ("", "-", -2),
            ("é", "", -3),
        ],
    )
    def test_alphanumeric(self, module: Module, text: str, others: str, result: int) -> None:
        """Only letters and digits of ASCII count, and the other characters given."""
        assert module.siputils.is_alphanumex(invite(), text, others) == result
        if not others:
            assert module.siputils.is_alphanum(invite(), text) == result

    @pytest.mark.parametrize(
        ("value", "number", "user"),
        [
            *(("+123", True, False), ("123", False, False), ("+12", True, False), ("+1", False, False)),
            *(("+1234567890123456", False, False), ("+123456789012345", True, False), ("+", False, False)),
            *(
                ("", False, False),
                ("sip:+123@b", False, True),
                ("sip:123@b", False, False),
                ("sip:+12a@b", False, False),
            ),
            *(("tel:+123", False, False), ("+12x", False, False), ("sip:b", False, False), (None, False, False)),
            (123, False, False),
        ],
    )
    def test_e164(self, module: Module, value: Any, number: bool, user: bool) -> None:
        """A number of E.164 has a plus and 2 to 15 digits, by itself or as user part."""
        run, variable = module.run(invite()), Variable(value)
        assert module.siputils.is_e164(run, variable) is number
        assert module.siputils.is_uri_user_e164(run, variable) is user

    def test_longer(self) -> None:
        """e164_max_len allows longer numbers."""
        module = Module(e164_max_len=17)
        assert module.siputils.is_e164(module.run(invite()), Variable("+1234567890123456"))


class TestUris:
    """Checks and comparisons of URIs."""

    def test_is_uri(self, module: Module) -> None:
        """sip, sips, tel and urn URIs are URIs, without brackets."""
        yes = ["sip:a@b", "tel:123", "urn:x:y", "sip:b", "sips:a:p@b:5061;x=y?h=v"]
        no = ["a@b", "sip:", "", "http://x", "<sip:a@b>"]
        assert [text for text in yes + no if module.siputils.is_uri(invite(), text)] == yes

    @pytest.mark.parametrize(
        ("uri", "result"), [("sip:a@b;gr=urn:x", 1), ("sip:a@b;gr", 2), ("sip:a@b", -1), ("nonsense", -1)]
    )
    def test_gruu(self, module: Module, uri: str, result: int) -> None:
        """A GRUU has the parameter gr."""
        assert module.siputils.is_gruu_uri(invite(), uri) == result
        assert module.siputils.is_gruu(invite(uri)) == result

    @pytest.mark.parametrize(
        ("a", "b", "equal", "same_aor"),
        [
            ("sip:a@b", "sip:a@b", 1, 1),
            ("sip:a@b", "sip:a@B", 1, 1),
            ("sip:A@b", "sip:a@b", -1, -1),
            ("sip:a@b:5060", "sip:a@b", -1, 1),
            ("sip:a@b;x=1", "sip:a@b", 1, 1),
            ("sip:a@b;transport=udp", "sip:a@b", 1, 1),
            ("sip:a@b;transport=tcp", "sip:a@b", 1, 1),
            ("sip:a:p@b", "sip:a@b", -1, 1),
            ("sips:a@b", "sip:a@b", -1, 1),
            ("SIP:a@b", "sip:a@b", 1, 1),
            ("sip:a@b;user=phone", "sip:a@b", -1, 1),
            ("sip:a@b;lr", "sip:a@b", 1, 1),
            ("tel:123", "tel:123", 1, 1),
            ("sip:a%40@b", "sip:a@@b", -2, -2),
            ("sip:a@b;maddr=1.1.1.1", "sip:a@b", -1, 1),
            ("nonsense", "sip:a@b", -2, -2),
            ("sip:a@b;x=1", "sip:a@b;x=2", -1, 1),
            ("sip:a@b?h=1", "sip:a@b", 1, 1),
            ("sip:a@b;user=phone", "sip:a@b;user=phone", 1, 1),
            ("sip:a@b;method=INVITE", "sip:a@b", -1, 1),
            ("sip:a@b;ttl=1", "sip:a@b;ttl=2", -1, 1),
            ("sip:b", "sip:b", 1, 1),
            ("sip:a@b;transport=TCP", "sip:a@b;transport=tcp", 1, 1),
            ("sip:b@c", "sip:a@c", -1, -1),
        ],
    )
    def test_compare(self, module: Module, a: str, b: str, equal: int, same_aor: int) -> None:
        """cmp_uri compares all parts and the parameters that both have, cmp_aor user, host and port."""
        assert module.siputils.cmp_uri(invite(), a, b) == equal
        assert module.siputils.cmp_aor(invite(), a, b) == same_aor


class TestParameters:
    """Parameters of the Request-URI."""

    URI = "sip:a@b;x;y=1;Z=2"

    def test_without_value(self, module: Module) -> None:
        """uri_param finds a parameter without value; on 5.6.3 its case counts."""
        assert [name for name in ("x", "X", "y", "none") if module.siputils.uri_param(invite(self.URI), name)] == [
            "x",
            "X",
        ]
        assert not module.siputils.uri_param(invite("sip:a@b"), "x")

    def test_with_value(self, module: Module) -> None:
        """uri_param with a value compares it."""
        asked = [("y", "1"), ("y", "2"), ("x", ""), ("Z", "2"), ("none", "")]
        found = [pair for pair in asked if module.siputils.uri_param_value(invite(self.URI), *pair)]
        assert found == [("y", "1"), ("x", ""), ("Z", "2")]
        assert module.siputils.uri_param_value(invite("tel:+1-2;x=1"), "x", "1")

    def test_any(self, module: Module) -> None:
        """uri_param_any asks only whether it is there."""
        found = [name for name in ("x", "y", "z", "none") if module.siputils.uri_param_any(invite(self.URI), name)]
        assert found == ["x", "y", "z"]
        assert not module.siputils.uri_param_any(invite("sip:a@b"), "x")

    @pytest.mark.parametrize(
        ("uri", "param", "result"),
        [
            ("sip:a@b", "x=1", "sip:a@b;x=1"),
            ("sip:a@b;y", "x=1", "sip:a@b;y;x=1"),
            ("sip:a@b", "", "sip:a@b"),
            ("sip:a:p@b:5070;y?h=v", "x=1", "sip:a:p@b:5070;y;x=1?h=v"),
        ],
    )
    def test_add(self, module: Module, uri: str, param: str, result: str) -> None:
        """A parameter is added in front of the URI's headers (on 5.6.3 a URI with headers breaks)."""
        msg = invite(uri)
        assert module.siputils.add_uri_param(msg, param)
        assert msg.uri == result

    @pytest.mark.parametrize(
        ("uri", "name", "result"),
        [
            ("sip:a@b;x;y=1;Z=2", "x", "sip:a@b;y=1;Z=2"),
            ("sip:a@b;x;y=1;Z=2", "y", "sip:a@b;x;Z=2"),
            ("sip:a@b;x;y=1;Z=2", "z", "sip:a@b;x;y=1"),
            ("sip:a@b;x;y=1;Z=2", "none", "sip:a@b;x;y=1;Z=2"),
            ("sip:a@b", "x", "sip:a@b"),
            ("sip:a@b;y=1?h=v", "y", "sip:a@b?h=v"),
        ],
    )
    def test_remove(self, module: Module, uri: str, name: str, result: str) -> None:
        """A parameter is removed with its value; not finding it is no failure."""
        msg = invite(uri)
        assert module.siputils.uri_param_rm(msg, name)
        assert msg.uri == result

    def test_get(self, module: Module) -> None:
        """get_uri_param writes the value, an empty text if there is none."""
        for name, found, value in [("y", True, "1"), ("x", True, ""), ("q", False, "unset")]:
            result = Variable()
            assert module.siputils.get_uri_param(module.run(invite(self.URI)), name, result) is found
            assert result.value == value

    def test_malformed(self, module: Module) -> None:
        """Of a malformed Request-URI nothing is known, and it stays."""
        msg = invite("sip:a@b@c;x")
        assert msg.parsed_uri is None
        assert not module.siputils.uri_param(msg, "x")
        assert not module.siputils.add_uri_param(msg, "y")
        assert not module.siputils.uri_param_rm(msg, "x")
        assert not module.siputils.get_uri_param(module.run(msg), "x", Variable())
        assert msg.uri == "sip:a@b@c;x"


class TestChanges:
    """URIs in pseudo-variables."""

    @pytest.mark.parametrize(
        ("uri", "code", "result"),
        [
            ("tel:+(34)-999-888-777", 1, "sip:+34999888777@h.com;user=phone"),
            ("tel:+12-3;ext=200;isub=+123-456", 1, "sip:+123;ext=200;isub=+123-456@h.com;user=phone"),
            ("TEL:123", 1, "sip:123@h.com;user=phone"),
            ("TEL:+1-A;Foo=Bar-1", 1, "sip:+1a;foo=bar-1@h.com;user=phone"),
            ("sip:a@b", 2, "unset"),
            ("tel", 2, "unset"),
            ("tel:+1;x", 1, "sip:+1;x@h.com;user=phone"),
        ],
    )
    def test_tel2sip(self, module: Module, uri: str, code: int, result: str) -> None:
        """A tel URI becomes a SIP URI without visual separators; another URI is 2."""
        variable = Variable()
        assert module.siputils.tel2sip(module.run(invite()), uri, "h.com", variable) == code
        assert variable.value == result

    @pytest.mark.parametrize(
        ("uri", "result"),
        [
            (
                "tel:+1-2;b=1;post-dial=3;a=2;isdn-subaddress=4",
                "sip:+12;isdn-subaddress=4;post-dial=3;a=2;b=1@h;user=phone",
            ),
            ("tel:+1;phone-context=example.com;b=1", "sip:+1;b=1@h;user=phone"),
            ("tel:1;phone-context=+1-2.3", "sip:1;phone-context=+123@h;user=phone"),
            ("sip:a@b", "unset"),
        ],
    )
    def test_tel2sip2(self, module: Module, uri: str, result: str) -> None:
        """tel2sip2 puts the parameters in order, as in the documentation of Kamailio 6; another URI is 1."""
        variable = Variable()
        assert module.siputils.tel2sip2(module.run(invite()), uri, "h", variable) == 1
        assert variable.value == result

    def test_bad_result(self, module: Module) -> None:
        """When the result would be no URI nothing is written, as in Kamailio 6."""
        for function in (module.siputils.tel2sip, module.siputils.tel2sip2):
            variable = Variable()
            assert function(module.run(invite()), "tel:1", "not a host", variable) == -1
            assert variable.value == "unset"

    @pytest.mark.parametrize(
        ("uri", "user", "result"),
        [
            ("sip:a@b", "new", "sip:new@b"),
            ("sip:b", "new", "sip:new@b"),
            ("sip:a@b", "", "sip:b"),
            ("sip:b", "", "sip:b"),
            ("nonsense", "x", None),
            ("sip:a:p@b:5070;x=1?h=v", "new", "sip:new@b:5070;x=1?h=v"),
            ("<sip:a@b>", "new", "<sip:new@b>"),
            ("", "x", None),
            ("sip:a@b", 5, "sip:5@b"),
            ("sip:a@b", None, None),
            (None, "x", None),
        ],
    )
    def test_user(self, module: Module, uri: Any, user: Any, result: str | None) -> None:
        """set_uri_user replaces user and password."""
        variable = Variable(uri)
        assert module.siputils.set_uri_user(module.run(invite()), variable, Variable(user)) is (result is not None)
        assert variable.value == (uri if result is None else result)

    @pytest.mark.parametrize(
        ("uri", "host", "result"),
        [
            ("sip:a@b", "new", "sip:a@new"),
            ("sip:b", "new", "sip:new"),
            ("sip:a@b", "", None),
            ("nonsense", "x", None),
            ("sip:a:p@b:5070;x=1?h=v", "new", "sip:a:p@new:5070;x=1?h=v"),
            ("", "x", None),
            ("sip:", "x", None),
            ("sip:a@b", None, None),
        ],
    )
    def test_host(self, module: Module, uri: str, host: Any, result: str | None) -> None:
        """set_uri_host replaces the host alone."""
        variable = Variable(uri)
        assert module.siputils.set_uri_host(module.run(invite()), variable, Variable(host)) is (result is not None)
        assert variable.value == (uri if result is None else result)

    def test_host_in_brackets(self) -> None:
        """A closing bracket ends the host (on 5.6.3 it is lost)."""
        assert uris.with_host("<sip:a@b>", "new") == "<sip:a@new>"


class TestContacts:
    """Hiding addresses in Contact headers."""

    @pytest.mark.parametrize(
        ("contact", "encoded"),
        [
            ("<sip:bob@10.0.0.1:5070;transport=udp>", "<sip:enc*bob**10.0.0.1*5070*udp@1.2.3.4>"),
            ("sip:bob@10.0.0.1", "sip:enc*bob**10.0.0.1**@1.2.3.4"),
            (
                '"B" <sip:bob:pw@10.0.0.1>;expires=3, <sip:c@d;x=1>;q=1',
                '"B" <sip:enc*bob*pw*10.0.0.1**@1.2.3.4>;expires=3, <sip:enc*c**d**@1.2.3.4>;q=1',
            ),
            ("<sip:10.0.0.1>", "<sip:enc***10.0.0.1**@1.2.3.4>"),
            ("sip:bob@10.0.0.1;expires=5", "sip:enc*bob**10.0.0.1**@1.2.3.4;expires=5"),
            ("*", "*"),
        ],
    )
    def test_encode(self, module: Module, contact: str, encoded: str) -> None:
        """encode_contact puts the parts of a URI into the user part of another."""
        msg = invite(headers=[("Contact", contact)])
        assert module.siputils.encode_contact(msg, "enc", "1.2.3.4")
        assert sent_contacts(msg) == [encoded]

    def test_encode_fails(self, module: Module) -> None:
        """Without Contact, or with a sips URI, nothing is done."""
        assert not module.siputils.encode_contact(invite(), "enc", "1.2.3.4")
        msg = invite(headers=[("Contact", "<sips:bob@h:5061;transport=tls>")])
        assert not module.siputils.encode_contact(msg, "enc", "1.2.3.4")
        assert not msg.edited

    def test_several_headers(self, module: Module) -> None:
        """All Contact headers are changed (on 5.6.3 encode_contact and contact_param_encode change only the first)."""
        msg = invite(headers=[("Contact", "<sip:a@b>"), ("Contact", "<sip:c@d>")])
        assert module.siputils.encode_contact(msg, "e", "h")
        assert sent_contacts(msg) == ["<sip:e*a**b**@h>", "<sip:e*c**d**@h>"]

    @pytest.mark.parametrize(
        ("contact", "decoded"),
        [
            ("<sip:e*bob**10.0.0.1*5070*udp@1.2.3.4>", "<sip:bob@10.0.0.1:5070;transport=udp>"),
            ("<sip:e*bob*pw*10.0.0.1**@1.2.3.4;x=1>;expires=5", "<sip:bob:pw@10.0.0.1;x=1>;expires=5"),
            ("<sip:e***10.0.0.1**@1.2.3.4>", "<sip:10.0.0.1>"),
        ],
    )
    def test_decode(self, module: Module, contact: str, decoded: str) -> None:
        """decode_contact_header restores what encode_contact has hidden."""
        msg = invite(headers=[("Contact", contact)])
        assert module.siputils.decode_contact_header(msg)
        assert sent_contacts(msg) == [decoded]

    @pytest.mark.parametrize(
        "contact", ["<sip:bob@h>", "<sip:h>", "<sip:e*a@b>", "<sip:e*b*p*h*1*2*3@x>", "<sip:e**p*h**@x>"]
    )
    def test_decode_fails(self, module: Module, contact: str) -> None:
        """Other URIs are refused and stay."""
        msg = invite(headers=[("Contact", contact)])
        assert not module.siputils.decode_contact_header(msg)
        assert not msg.edited
        assert not module.siputils.decode_contact_header(invite())

    def test_decode_uri(self, module: Module) -> None:
        """decode_contact restores the Request-URI at once."""
        msg = invite("sip:e*bob*pw*10.0.0.1*5070*tcp@1.2.3.4;x=1")
        assert module.siputils.decode_contact(msg)
        assert msg.uri == "sip:bob:pw@10.0.0.1:5070;transport=tcp;x=1"
        assert not module.siputils.decode_contact(invite("sip:e*bob***@1.2.3.4"))

    def test_separator(self) -> None:
        """contact_flds_separator sets what stands between the parts."""
        module = Module(contact_flds_separator="-")
        msg = invite(headers=[("Contact", "<sip:a@b>")])
        module.siputils.encode_contact(msg, "e", "h")
        assert sent_contacts(msg) == ["<sip:e-a--b--@h>"]

    def test_hide_in_parameter(self, module: Module) -> None:
        """contact_param_encode puts each URI into a parameter, in brackets."""
        msg = invite(headers=[("Contact", '"B" <sip:bob@10.0.0.1:5070;transport=udp>;q=1, sip:bob@10.0.0.1')])
        assert module.siputils.contact_param_encode(msg, "ksu", "sip:1.2.3.4:5060;transport=tcp")
        other = "<sip:1.2.3.4:5060;transport=tcp;ksu=c2lwOmJvYkAxMC4wLjAuMQ>"
        assert sent_contacts(msg) == [f'"B" <sip:1.2.3.4:5060;transport=tcp;ksu={HIDDEN}>;q=1, {other}']
        assert module.siputils.contact_param_encode(invite(), "ksu", "sip:h")

    def test_hide_with_source(self, module: Module) -> None:
        """contact_param_encode_alias adds where the message came from, as in the source of Kamailio 6."""
        for ip, alias in [("127.0.0.1", "127.0.0.1"), ("2001:db8::1", "[2001:db8::1]")]:
            msg = parsed(request("INVITE", headers=[("Contact", "<sip:a@b>")]), ip=ip)
            assert module.siputils.contact_param_encode_alias(msg, "ksu", "sip:h")
            hidden = base64.urlsafe_b64encode(f"sip:a@b;alias={alias}~5999~1".encode()).decode().rstrip("=")
            assert sent_contacts(msg) == [f"<sip:h;ksu={hidden}>"]

    @pytest.mark.parametrize(
        ("contact", "restored"),
        [
            (f"<sip:1.2.3.4;ksu={HIDDEN}>;expires=5", "<sip:bob@10.0.0.1:5070;transport=udp>;expires=5"),
            (f"<sip:1.2.3.4;KSU={HIDDEN}>, <sip:x@y>", "<sip:bob@10.0.0.1:5070;transport=udp>, <sip:x@y>"),
            ("<sip:1.2.3.4>", "<sip:1.2.3.4>"),
            ("<sip:1.2.3.4;ksu>", "<sip:1.2.3.4;ksu>"),
        ],
    )
    def test_restore(self, module: Module, contact: str, restored: str) -> None:
        """contact_param_decode restores URIs; others stay."""
        msg = invite(headers=[("Contact", contact)])
        assert module.siputils.contact_param_decode(msg, "ksu")
        assert sent_contacts(msg) == [restored]

    def test_restore_fails(self, module: Module) -> None:
        """A parameter that is no Base64 is refused, with a line in the log."""
        assert not module.siputils.contact_param_decode(invite(headers=[("Contact", "<sip:1.2.3.4;ksu=!!>")]), "ksu")
        assert not module.siputils.contact_param_decode_ruri(invite("sip:1.2.3.4;ksu=!!"), "ksu")
        assert [line[:16] for line in module.sink.lines] == ["ERROR: siputils:"] * 2

    def test_restore_uri(self, module: Module) -> None:
        """contact_param_decode_ruri restores the Request-URI at once."""
        msg = invite(f"sip:1.2.3.4;ksu={HIDDEN}")
        assert module.siputils.contact_param_decode_ruri(msg, "ksu")
        assert msg.uri == "sip:bob@10.0.0.1:5070;transport=udp"
        assert module.siputils.contact_param_decode_ruri(msg, "ksu")
        assert msg.uri == "sip:bob@10.0.0.1:5070;transport=udp"

    @pytest.mark.parametrize(
        ("name", "contact", "result"),
        [
            (
                "x",
                '"B" <sip:bob:pw@10.0.0.1>;expires=3, <sip:c@d;x=1>;q=1',
                '"B" <sip:bob:pw@10.0.0.1>;expires=3, <sip:c@d>;q=1',
            ),
            ("transport", "<sip:bob@10.0.0.1:5070;transport=udp>", "<sip:bob@10.0.0.1:5070>"),
            ("x", "sip:bob@h;x=5", "sip:bob@h;x=5"),
            ("x", "*", "*"),
        ],
    )
    def test_remove_parameter(self, module: Module, name: str, contact: str, result: str) -> None:
        """contact_param_rm removes parameters of URIs; without brackets they are the header's."""
        msg = invite(headers=[("Contact", contact)])
        assert module.siputils.contact_param_rm(msg, name)
        assert sent_contacts(msg) == [result]

    def test_remove_several(self, module: Module) -> None:
        """Several parameters of one URI may be removed one after the other."""
        msg = invite(headers=[("Contact", "<sip:a@b;x=1;y;z=2?h=v>")])
        for name in ("x", "Z", "none"):
            assert module.siputils.contact_param_rm(msg, name)
        assert sent_contacts(msg) == ["<sip:a@b;y?h=v>"]
        assert module.siputils.contact_param_rm(invite(), "x")

    def test_check(self, module: Module) -> None:
        """contact_param_check finds a parameter, and is true without Contact, as in the source of Kamailio 6."""
        msg = invite(headers=[("Contact", "<sip:a@b>"), ("Contact", "<sip:c@d;ob>")])
        assert module.siputils.contact_param_check(msg, "OB")
        assert not module.siputils.contact_param_check(msg, "x")
        assert module.siputils.contact_param_check(invite(), "x")


class TestRemoteParty:
    """Remote-Party-ID."""

    @pytest.mark.parametrize(
        ("value", "added", "number"),
        [
            (None, [], False),
            (5, [], False),
            (
                "sip:+123@h",
                ["sip:+123@h;party=calling;id-type=subscriber;screen=yes", "<sip:+123@h>;x"],
                True,
            ),
            (
                '"x" <sip:123@h>',
                ['"x" <sip:123@h>;party=calling;id-type=subscriber;screen=yes', '<"x" <sip:123@h>>;x'],
                False,
            ),
        ],
    )
    def test_value(self, module: Module, value: Any, added: list[str], number: bool) -> None:
        """The text in the AVP is added between prefix and suffix; a number or nothing is not."""
        run = module.run(invite())
        if value is not None:
            run.avps["rpid"] = [value, "older"]
        assert module.siputils.append_rpid_hf(run) is bool(added)
        assert module.siputils.append_rpid_hf_between(run, "<", ">;x") is bool(added)
        assert module.siputils.is_rpid_user_e164(run) is number
        lines = run.msg.edits.apply(run.msg.head).split("\r\n")
        assert [line.partition(": ")[2] for line in lines if line.startswith("Remote-Party-ID: ")] == added

    @pytest.mark.parametrize(("parameter", "key"), [("$avp(my)", "my"), ("$avp(s:my)", "my"), ("$avp(i:5)", "i:5")])
    def test_name(self, parameter: str, key: str) -> None:
        """rpid_avp names the AVP."""
        module = Module(rpid_avp=parameter, rpid_prefix="p", rpid_suffix="s")
        run = module.run(invite())
        run.avps[key] = ["v"]
        assert module.siputils.append_rpid_hf(run)
        assert "Remote-Party-ID: pvs\r\n" in run.msg.edits.apply(run.msg.head)


def test_in_a_configuration(kahea_server: Make) -> None:
    """The functions work in a file, with numbers and options as text or number."""
    body = """
        if (is_request() && is_first_hop() && is_first_hop("1") && is_first_hop(0) && !has_totag())
            test_log("first");
        if (is_supported("path") || !is_tel_number("+123")) { test_log("wrong"); }
    """
    server = kahea_server(f'debug=4\nloadmodule "siputils.so"\nrequest_route {{ {body} }}\n')
    server.receive(request())
    assert [line.rpartition(" ")[2] for line in server.log if line.endswith(("first", "wrong"))] == ["first"]


def test_mistakes(kahea_server: Make) -> None:
    """Wrong arguments and parameters are found when the file is read."""
    text = (
        'loadmodule "siputils.so"\nmodparam("siputils", "rpid_avp", "rpid")\nrequest_route { is_supported("foo"); }\n'
    )
    with pytest.raises(ConfigError) as caught:
        kahea_server(text)
    assert [found.span.line for found in caught.value.diagnostics if found.span is not None] == [2, 3]


def test_documented(module: Module) -> None:
    """Every function has a reference entry with an example of its call."""
    for function in module.siputils.declarations.functions:
        assert f"{function.name}(" in function.doc
        assert "Returns:" in function.doc
