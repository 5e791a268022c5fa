"""sanity in a configuration; replies as observed on Kamailio 5.6.3."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_sanity import Sanity
from kahea_sanity.digests import problem

Make = Callable[..., ServerUnderTest]

ANSWERS = importlib.util.find_spec("kahea_sl") is not None
"""Whether the module that sends the replies is installed beside this one."""
needs_replies = pytest.mark.skipif(not ANSWERS, reason="sl is not installed")

BAD_EXPIRES = {"Expires": "x"}


class TestContract(ModuleContract):
    """What every module promises."""

    module = Sanity


def script(body: str, *parameters: str) -> str:
    """Return a configuration that runs statements for each request."""
    lines = "".join(f'modparam("sanity", {parameter})\n' for parameter in parameters)
    replies = 'loadmodule "sl.so"\n' if ANSWERS else ""
    return f'{replies}loadmodule "sanity.so"\n{lines}request_route {{\n{body}\n}}\n'


CHECK = 'if (sanity_check()) { test_log("passed"); exit; } test_log("failed");'


def lines(server: ServerUnderTest, message: bytes) -> list[str]:
    """Return the first lines of the replies, and what the script logs."""
    before = len(server.log)
    replies = [sent.text.split("\r\n")[0] for sent in server.receive(message)]
    return replies + [line.split(": ", 2)[2] for line in server.log[before:] if "<script>" in line]


def test_good_message(kahea_server: Make) -> None:
    """A well-formed request passes."""
    assert lines(kahea_server(script(CHECK)), request()) == ["passed"]


@needs_replies
@pytest.mark.parametrize(
    ("headers", "line"),
    [
        ({"CSeq": "1 INVITE"}, "SIP/2.0 400 CSeq method does not match request method"),
        ({"CSeq": "x OPTIONS"}, "SIP/2.0 400 CSeq number is illegal"),
        ({"CSeq": "2147483648 OPTIONS"}, "SIP/2.0 400 CSeq number is illegal"),
        (BAD_EXPIRES, "SIP/2.0 400 Expires value is illegal"),
        ({"Expires": ""}, "SIP/2.0 400 Bad Expires Header"),
        ({"Proxy-Require": "foo"}, "SIP/2.0 420 Bad Proxy Require Extension"),
        ({"Authorization": "Digest x"}, "SIP/2.0 400 Bad Auth Header"),
    ],
)
def test_reasons(kahea_server: Make, headers: dict[str, str], line: str) -> None:
    """A failed check is answered with its reason, and ends the script."""
    assert lines(kahea_server(script(CHECK)), request(headers=headers)) == [line]


@needs_replies
def test_unsupported(kahea_server: Make) -> None:
    """The reply names the extension, of which a parameter lists those that are supported."""
    server = kahea_server(script(CHECK, '"proxy_require", "path, gruu"'))
    [sent] = server.receive(request(headers={"Proxy-Require": "path, foo"}))
    assert sent.message.header("Unsupported") == "foo"
    assert lines(server, request(headers={"Proxy-Require": "gruu"})) == ["passed"]


@needs_replies
def test_no_autodrop(kahea_server: Make) -> None:
    """Without autodrop the script goes on."""
    server = kahea_server(script(CHECK, '"autodrop", 0'))
    assert lines(server, request(headers=BAD_EXPIRES)) == ["SIP/2.0 400 Expires value is illegal", "failed"]


@needs_replies
def test_reply_later(kahea_server: Make) -> None:
    """With noreply the reason waits for sanity_reply, which without a failure says 500."""
    body = "if (!sanity_check()) { sanity_reply(); exit; } sanity_reply();"
    server = kahea_server(script(body, '"autodrop", 0', '"noreply", 1'))
    assert lines(server, request(headers=BAD_EXPIRES)) == ["SIP/2.0 400 Expires value is illegal"]
    assert lines(server, request()) == ["SIP/2.0 500 Server Sanity Failure"]


@needs_replies
def test_to_tag(kahea_server: Make) -> None:
    """A repeated request gets the same To-tag, another one another."""
    server = kahea_server(script(CHECK))
    first = request(headers=BAD_EXPIRES)
    [one, again, other] = [
        server.receive(message)[0].message.to for message in (first, first, request(headers=BAD_EXPIRES))
    ]
    assert one is not None
    assert again is not None
    assert other is not None
    assert one.tag == again.tag != other.tag


def test_ack(kahea_server: Make) -> None:
    """An ACK is never answered."""
    assert lines(kahea_server(script(CHECK)), request("ACK", headers=BAD_EXPIRES)) == []


@pytest.mark.parametrize(
    ("parameter", "headers", "body"),
    [
        ("message", {"X-A": "a" * 300}, b""),
        ("ruri", {}, b""),
        ("method", {}, b""),
        ("from_uri", {}, b""),
        ("to_uri", {}, b""),
        ("body", {}, b"hello"),
        ("header", {}, b""),
        ("headers", {}, b""),
        ("contact_uri", {"Contact": "<sip:a@h>"}, b""),
        ("route_uri", {"Record-Route": "<sip:a@h>"}, b""),
        ("path_uri", {"Path": "<sip:a@h>"}, b""),
        ("pai_uri", {"P-Asserted-Identity": "<sip:a@h>"}, b""),
    ],
)
def test_sizes(kahea_server: Make, parameter: str, headers: dict[str, str], body: bytes) -> None:
    """A part above its size makes the check fail without a reply; 0 stands for any size."""
    message = request(headers=headers, body=body)
    check = CHECK.replace("()", '("65536")', 1)
    assert lines(kahea_server(script(check)), message) == ["passed"]
    assert lines(kahea_server(script(check, f'"size_{parameter}", 3')), message) == []
    assert lines(kahea_server(script(check, f'"size_{parameter}", 0')), message) == ["passed"]
    assert lines(kahea_server(script(CHECK, f'"size_{parameter}", 3', '"size_checks", 1')), message) == []


@pytest.mark.parametrize(
    ("route", "passes"), [("<sip:h;lr>", True), ("<sip:h>", False), ("sip:h;lr", False), ("<http:x;lr>", False)]
)
def test_rfc3261(kahea_server: Make, route: str, passes: bool) -> None:
    """Routes must be loose (RFC 3261 16.12)."""
    server = kahea_server(script(CHECK.replace("()", '("32768")', 1)))
    assert lines(server, request(headers={"Route": route})) == ["passed"] * passes


def test_branch(kahea_server: Make) -> None:
    """The top Via must have a branch, with the magic cookie where that is asked for (RFC 3261 8.1.1.7)."""
    via = "SIP/2.0/UDP 127.0.0.1:5999"
    for check, branch, passes in (("16384", "", False), ("16384", ";branch=1", True), ("32768", ";branch=1", False)):
        server = kahea_server(script(CHECK.replace("()", f'("{check}")', 1)))
        assert lines(server, request(headers={"Via": via + branch})) == ["passed"] * passes


@needs_replies
def test_the_ack_to_a_reply_is_absorbed(kahea_server: Make) -> None:
    """Replies are those of sl: event_route[sl:local-response] runs, and the ACK reaches no route."""
    event = 'event_route[sl:local-response] { test_log("event"); }'
    server = kahea_server(script('test_log("run"); ' + CHECK) + event)
    invite = request("INVITE", headers={**BAD_EXPIRES, "Call-ID": "one", "Via": "SIP/2.0/UDP h;branch=z9hG4bK1"})
    [refused] = server.receive(invite)
    tag = refused.message.to
    assert tag is not None
    server.receive(
        request(
            "ACK", headers={"Call-ID": "one", "Via": "SIP/2.0/UDP h;branch=z9hG4bK1", "To": f"<sip:a@h>;tag={tag.tag}"}
        )
    )
    assert [line.split(": ", 2)[2] for line in server.log if "<script>" in line] == ["run", "event"]


@pytest.mark.parametrize("numbers", ['"0"', '"131072"', '"1", "16"'])
def test_mistakes(kahea_server: Make, numbers: str) -> None:
    """Numbers that stand for no check are found when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(script(f"sanity_check({numbers});"))
    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]


def test_credentials() -> None:
    """Quoted values may hold commas, and qop asks for more."""
    good = 'Digest username="a,b", realm="r", nonce=n, uri="sip:h", response="x"'
    assert problem(good) == ""
    assert problem(good + ", qop=auth") == "Bad Auth Credentials"
    assert problem(good + ', qop="auth", nc=1, cnonce=c') == ""
