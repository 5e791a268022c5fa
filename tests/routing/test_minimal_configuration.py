"""The newcomer's configuration, message by message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.testing import ServerUnderTest, reply, request

MINIMAL = Path(__file__).parents[2] / "examples" / "minimal.cfg"


@pytest.fixture
def server(kahea_server: Callable[..., ServerUnderTest]) -> ServerUnderTest:
    """A server on examples/minimal.cfg."""
    return kahea_server(MINIMAL.read_text(), path=MINIMAL)


def test_options_is_answered(server: ServerUnderTest) -> None:
    """OPTIONS gets 200 with a To-tag, sent to where it came from."""
    replies = server.receive(request("OPTIONS", "sip:test@127.0.0.1"), source=("127.0.0.1", 40000))

    assert replies.statuses == [200]
    answer = replies.messages[0]
    assert answer.to is not None
    assert answer.to.tag
    assert answer.via is not None
    assert (answer.header("Via") or "").endswith(";rport=40000;received=127.0.0.1")
    assert (replies[0].destination.ip, replies[0].destination.port) == ("127.0.0.1", 40000)


def test_everything_else_is_not_implemented(server: ServerUnderTest) -> None:
    """INVITE, REGISTER and a method nobody knows get 501."""
    for method in ("INVITE", "REGISTER", "FROBNICATE"):
        assert server.receive(request(method)).statuses == [501]


def test_each_request_is_logged(server: ServerUnderTest) -> None:
    """The log line has the method, the source and the R-URI."""
    server.receive(request("INVITE", "sip:bob@example.org"), source=("127.0.0.2", 5070))

    assert server.logged("INFO") == ["Request INVITE received from 127.0.0.2:5070 - R-URI: sip:bob@example.org"]


def test_the_ack_to_a_reply_of_ours_is_absorbed(server: ServerUnderTest) -> None:
    """The ACK that carries our To-tag never reaches the script, any other does and is not answered."""
    refused = server.receive(request("INVITE", call_id="one", branch="z9hG4bK1")).messages[0]
    lines = len(server.log)
    ack_to_ours = request("ACK", headers={"To": refused.header("To") or ""}, call_id="one", branch="z9hG4bK1")

    assert server.receive(ack_to_ours) == []
    assert len(server.log) == lines
    assert server.receive(request("ACK", headers={"To": "<sip:x@y>;tag=other"})) == []
    assert "Request ACK received" in server.log[lines]


def test_a_reply_goes_to_the_second_via(server: ServerUnderTest) -> None:
    """A reply that belongs to nothing is forwarded statelessly, without our Via."""
    forwarded = server.receive(reply(180, "Ringing"))

    assert forwarded.statuses == [180]
    assert len(forwarded.messages[0].vias) == 1
    assert (forwarded[0].destination.ip, forwarded[0].destination.port) == ("127.0.0.1", 5999)


def test_rubbish_is_dropped(server: ServerUnderTest) -> None:
    """What is no SIP message is neither answered nor an exception."""
    for rubbish in (b"", b"\r\n\r\n", b"\0" * 100, b"GET / HTTP/1.1\r\n\r\n", b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"):
        assert server.receive(rubbish) == []
