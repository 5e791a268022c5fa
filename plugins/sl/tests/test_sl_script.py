"""sl in a configuration."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, reply, request
from kahea.testing.server import ConfigError

Make = Callable[..., ServerUnderTest]


def script(body: str, rest: str = "") -> str:
    """Return a configuration that runs statements for each request."""
    return f'loadmodule "sl.so"\nrequest_route {{\n{body}\n}}\n{rest}\n'


@pytest.mark.parametrize("name", ["sl_send_reply", "sl_reply", "send_reply"])
def test_reply(kahea_server: Make, name: str) -> None:
    """Each name answers, and goes on with the script."""
    server = kahea_server(script(f'if ({name}("404", "Not Found")) {{ {name}("500", "Second"); }}'))
    assert server.receive(request()).statuses == [404, 500]


def test_refused_send(kahea_server: Make) -> None:
    """A reply that cannot be sent is false."""
    server = kahea_server(script('if (!sl_send_reply("404", "Not Found")) { sl_send_reply("500", "Again"); }'))
    server.refuse_sends()
    assert server.receive(request()) == []
    assert server.engine.statistics.get("sl.failures") == 2


def test_errors(kahea_server: Make) -> None:
    """sl_reply_error and send_reply_error take no arguments."""
    for call in ("sl_reply_error();", "send_reply_error();"):
        assert kahea_server(script(call)).receive(request()).statuses == [500]


def test_ack(kahea_server: Make) -> None:
    """The ACK to our reply runs event_route[sl:filtered-ack] and no other; a late one runs request_route."""
    events = 'event_route[sl:filtered-ack] { test_log("filtered"); }'
    server = kahea_server(script('test_log("routed"); sl_send_reply("404", "Not Found");', f"debug=4\n{events}"))
    refused = server.receive(request("INVITE", call_id="a", branch="z9hG4bK1")).messages[0]
    ack = request("ACK", headers={"To": refused.header("To") or ""}, call_id="a", branch="z9hG4bK1")
    assert server.receive(ack) == []
    server.advance(2.1)
    assert server.receive(ack) == []
    said = [line.rpartition(" ")[2] for line in server.log if line.endswith(("filtered", "routed"))]
    assert said == ["routed", "filtered", "routed"]


def test_reply_route(kahea_server: Make) -> None:
    """send_reply may be written in a route for replies, and fails there without a transaction."""
    server = kahea_server(script("exit;", 'reply_route { if (!send_reply("404", "Not Found")) { drop; } }'))
    assert server.receive(reply()) == []


@pytest.mark.parametrize(
    ("body", "rest", "code"),
    [
        ("exit;", 'reply_route { sl_send_reply("404", "Not Found"); }', "wrong-route"),
        ('sl_send_reply("404");', "", "wrong-arity"),
        ('sl_send_reply("nothing", "Not Found");', "", "bad-argument"),
        ('sl_send_reply("99", "Not Found");', "", "bad-argument"),
    ],
)
def test_mistakes(kahea_server: Make, body: str, rest: str, code: str) -> None:
    """Mistakes in calls are found when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(script(body, rest))
    assert [found.code for found in caught.value.diagnostics] == [code]


def test_parameters(kahea_server: Make) -> None:
    """A parameter out of its bounds is an error at its line."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(script("exit;", 'modparam("sl", "default_code", 99)'))
    [found] = caught.value.diagnostics
    assert found.span is not None
    assert found.span.line == 5


def test_stats(kahea_server: Make) -> None:
    """sl.stats counts the replies."""
    server = kahea_server(script('sl_send_reply("404", "Not Found");'))
    server.receive(request())
    assert server.rpc("sl.stats")["404"] == 1
