"""kex in a configuration; values as observed on Kamailio 5.6.3."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from kahea.api import Access, LocalSocket, NoParams, Request, RpcError, Run, Source, Value, parse_message
from kahea.testing import ModuleContract, ServerUnderTest, reply, request
from kahea_kex import Kex

Make = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Kex


def script(body: str) -> str:
    """Return a configuration that runs statements for each request."""
    return f'loadmodule "kex.so"\nrequest_route {{\n{body}\n}}\n'


def said(server: ServerUnderTest) -> list[str]:
    """Return what scripts have logged so far."""
    return [line.split(": ", 2)[2] for line in server.log if "<script>" in line]


def run(make: Make, body: str) -> list[str]:
    """Return what statements log."""
    server = make(script(body))
    server.receive(request())
    return said(server)


@pytest.mark.parametrize("kind", ["s", "b"])
def test_flags(kahea_server: Make, kind: str) -> None:
    """A flag is set and reset; no flag beyond 31 is."""
    body = f"""
        set{kind}flag("3");
        if (is{kind}flagset("3") && !is{kind}flagset("4")) {{ test_log("set"); }}
        reset{kind}flag("3");
        if (!is{kind}flagset("3") && !set{kind}flag("32") && !is{kind}flagset("32")) {{ test_log("reset"); }}
    """
    assert run(kahea_server, body) == ["set", "reset"]


def test_script_flags_of_the_next_message(kahea_server: Make) -> None:
    """Flags of a script are forgotten with the message."""
    server = kahea_server(script('if (issflagset("1")) { test_log("still"); } setsflag("1");'))
    server.receive(request())
    server.receive(request())
    assert said(server) == []


def test_flags_of_missing_branches(kahea_server: Make) -> None:
    """A branch that does not exist has no flags."""
    body = """
        if (!setbflag("1", "1") && !isbflagset("1", "1")) { test_log("none"); }
        if (setbflag("1", "0")) { test_log("first"); }
    """
    assert run(kahea_server, body) == ["none", "first"]


def module(make: Make) -> Kex:
    """Return the module in a server."""
    return Kex("kex", NoParams(), make(script("exit;")).engine)


def test_destination(kahea_server: Make) -> None:
    """The destination URI of a request is set and reset; a reply has none."""
    kex, source = module(kahea_server), Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5999)
    message, answer = parse_message(request(), source), parse_message(reply(), source)
    assert isinstance(message, Request)
    assert not kex.isdsturiset(message)
    assert kex.setdsturi(message, "sip:h:1")
    assert message.dst_uri == "sip:h:1"
    assert kex.isdsturiset(message)
    assert kex.resetdsturi(message)
    assert not kex.isdsturiset(message)
    assert not kex.setdsturi(answer, "sip:h:1")
    assert kex.resetdsturi(answer)


@pytest.mark.parametrize(
    ("uri", "myself", "myhost"),
    [
        ("sip:127.0.0.1", True, True),
        ("sip:a@127.0.0.1:5060", True, True),
        ("sip:127.0.0.1:5061", False, True),
        ("sip:127.0.0.1;transport=tcp", False, True),
        ("127.0.0.1", True, True),
        ("example.com", False, False),
        ("sip:", False, False),
        ("", False, False),
    ],
)
def test_myself(kahea_server: Make, uri: str, myself: bool, myhost: bool) -> None:
    """Port and transport of a URI count for is_myself, only its host for is_myhost."""
    body = f'if (is_myself("{uri}")) {{ test_log("myself"); }} if (is_myhost("{uri}")) {{ test_log("myhost"); }}'
    assert run(kahea_server, body) == ["myself"] * myself + ["myhost"] * myhost


def test_printf(kahea_server: Make) -> None:
    """A format string is assigned."""
    assigned: list[Value] = []
    kex = module(kahea_server)
    variable = Access("$var(x)", lambda run: None, lambda run, value: assigned.append(value))
    assert kex.pv_printf(Run(kex.core), variable, lambda run: "text")
    assert assigned == ["text"]


def test_unique_identifiers(kahea_server: Make) -> None:
    """Identifiers differ, and have Kamailio's form."""
    [line] = run(kahea_server, 'test_log("$sruid $sruid");')
    one, other = line.split()
    assert one != other
    assert re.fullmatch(r"srid-[0-9a-f]+-[0-9a-f]+-1", one)


def test_log_level(kahea_server: Make) -> None:
    """The log level is changed and comes back."""
    server = kahea_server("debug=2\n" + script('log(1, "a"); setdebug("0"); log(1, "b"); resetdebug(); log(1, "c");'))
    server.receive(request())
    assert [line[-1] for line in said(server)] == ["a", "c"]


def test_statistics(kahea_server: Make) -> None:
    """Messages are counted by kind."""
    server = kahea_server(script("exit;"))
    server.receive(request())
    server.receive(request("INVITE"))
    server.receive(request("FOO"))
    for code in (180, 200, 404, 499):
        server.receive(reply(code, method="BYE"))
    expected = {
        "rcv_requests": 3,
        "rcv_requests_options": 1,
        "unsupported_methods": 1,
        "rcv_replies": 4,
        "rcv_replies_1xx": 1,
        "rcv_replies_18x": 1,
        "rcv_replies_4xx": 2,
        "rcv_replies_404": 1,
        "rcv_replies_2xx_bye": 1,
    }
    assert server.rpc("stats.fetchn", *expected) == {f"core.{name}": number for name, number in expected.items()}
    assert server.rpc("stats.fetch", "core:rcv_requests") == {"core.rcv_requests": "3"}
    assert server.rpc("stats.get_statistics", "rcv_requests") == ["core:rcv_requests = 3"]
    assert len(server.rpc("stats.get_statistics", "core:")) > 50
    assert server.rpc("stats.fetch", "none", "none:") == {}


def test_reset_statistics(kahea_server: Make) -> None:
    """Statistics are set to 0, with or without telling what they were."""
    server = kahea_server(script("exit;"))
    server.receive(request())
    assert server.rpc("stats.clear_statistics", "rcv_requests", "rcv_replies") == [
        "core:rcv_requests = 0 (1)",
        "core:rcv_replies = 0",
    ]
    server.receive(request())
    assert server.rpc("stats.reset_statistics", "all") is None
    assert server.rpc("stats.fetchn", "rcv_requests") == {"core.rcv_requests": 0}
    with pytest.raises(RpcError):
        server.rpc("stats.reset_statistics")
    with pytest.raises(RpcError):
        server.rpc("stats.fetch")
