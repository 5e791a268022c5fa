"""``$shv``: in one process; that workers share it is tested with the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import RpcError
from kahea.testing import ServerUnderTest, request
from kahea.testing.server import ConfigError

Make = Callable[..., ServerUnderTest]
SCRIPT = 'loadmodule "pv.so"\nloadmodule "xlog.so"\ndebug=1\n'


def lines(kahea_server: Make, body: str, parameters: str = "") -> list[str]:
    """Return what a script logs."""
    server = kahea_server(f"{SCRIPT}{parameters}\nrequest_route {{\n{body}\n}}")
    server.receive(request())
    return server.logged("NOTICE")


def test_values(kahea_server: Make) -> None:
    """As observed with Kamailio 5.6.3: unset is 0, null is empty text, and blanks belong to the name."""
    parameters = 'modparam("pv", "shvset", "a=i:5")\nmodparam("pv", "shvset", "t=s:text")'
    body = """
    xlog("L_NOTICE", "1 $shv(a) $shv(t) $shv(u)\\n");
    $shv(u) = "x"; xlog("L_NOTICE", "3 $shv(u)\\n");
    $shv(u) = $null; xlog("L_NOTICE", "4 [$shv(u)]\\n");
    $shv(u) = $hdr(X-None); xlog("L_NOTICE", "5 [$shv(u)]\\n");
    if ($shv(v) == $null) { xlog("L_NOTICE", "6 null\\n"); }
    if ($shv(v) == 0) { xlog("L_NOTICE", "7 zero\\n"); }
    $shv( sp ) = 4; xlog("L_NOTICE", "10 $shv( sp ) $shv(sp)\\n");
    $shv(f) = "007"; $var(x) = $shv(f) + 1; xlog("L_NOTICE", "11 $var(x)\\n");
    $shv(e) = ""; xlog("L_NOTICE", "12 [$shv(e)]\\n");
    """
    expected = ["1 5 text 0", "3 x", "4 []", "5 []", "7 zero", "10 4 0", "11 0071", "12 []"]
    assert lines(kahea_server, body, parameters) == expected


def test_increment(kahea_server: Make) -> None:
    """$shvinc adds 1 and gives the sum; text stays and gives 0."""
    body = """
    $shv(n) = 41; $shv(t) = "text";
    xlog("L_NOTICE", "$shvinc(n) $shv(n) $shvinc(u) $shvinc(u) $shvinc(t) $shv(t)\\n");
    """
    assert lines(kahea_server, body) == ["42 42 1 2 0 text"]


def test_values_outlive_the_message(kahea_server: Make) -> None:
    """What one message sets the next one sees."""
    server = kahea_server(f'{SCRIPT}request_route {{ xlog("L_NOTICE", "$shvinc(n)\\n"); }}')
    for _ in range(3):
        server.receive(request())
    assert server.logged("NOTICE") == ["1", "2", "3"]


def test_bytes_that_are_no_utf_8(kahea_server: Make) -> None:
    """What a header had is kept byte by byte."""
    server = kahea_server(
        'loadmodule "pv.so"\nloadmodule "sl.so"\n'
        'request_route { $shv(x) = $hdr(X-Odd); sl_send_reply("200", "$shv(x)"); }'
    )
    [sent] = server.receive(request(headers={"X-Odd": "caf\udce9"}))
    assert sent.data.startswith(b"SIP/2.0 200 caf\xe9\r\n")


@pytest.mark.parametrize("text", ["a", "a=5", "a=x:5", "=i:5", "a=i:5x"])
def test_bad_initial_values(kahea_server: Make, text: str) -> None:
    """An initial value that is written otherwise is an error."""
    with pytest.raises(ConfigError, match="shvset"):
        kahea_server(f'loadmodule "pv.so"\nmodparam("pv", "shvset", "{text}")\nrequest_route {{ exit; }}')


@pytest.fixture
def rpc(kahea_server: Make) -> Callable[..., Any]:
    """The commands of a server with some variables."""
    server = kahea_server(
        f'{SCRIPT}modparam("pv", "shvset", "a=i:5")\nmodparam("pv", "shvset", "t=s:text")\n'
        "request_route { $shv(u) = 1; }"
    )
    return server.rpc


def test_get(rpc: Callable[..., Any]) -> None:
    """pv.shvGet shows one variable, or all in Kamailio's order."""
    assert rpc("pv.shvGet", "a") == {"name": "a", "type": "int", "value": 5}
    assert rpc("pv.shvGet") == {
        "items": [
            {"shv": {"name": "u", "type": "int", "value": 0}},
            {"shv": {"name": "t", "type": "string", "value": "text"}},
            {"shv": {"name": "a", "type": "int", "value": 5}},
        ]
    }


def test_set(rpc: Callable[..., Any]) -> None:
    """pv.shvSet changes value and type."""
    assert rpc("pv.shvSet", "a", "str", "hello") == "Ok. Variable set to new value."
    assert rpc("pv.shvGet", "a") == {"name": "a", "type": "string", "value": "hello"}
    rpc("pv.shvSet", "a", "INT", "-9")
    assert rpc("pv.shvGet", "a")["value"] == -9


@pytest.mark.parametrize(
    ("command", "parameters", "code", "reason"),
    [
        ("pv.shvGet", ["nope"], 404, "Variable not found"),
        ("pv.shvSet", ["nope", "int", 1], 404, "Variable not found"),
        ("pv.shvSet", ["a", "string", "9"], 500, "Unknown parameter type (Types: int or str)"),
        ("pv.shvSet", ["a", "int", "x"], 500, "Missing integer parameter value (Parameters: varname type value)"),
        ("pv.shvSet", ["a", "int"], 500, "Missing integer parameter value (Parameters: varname type value)"),
        ("pv.shvSet", ["a", "str"], 500, "Missing parameter value (Parameters: varname type value)"),
        ("pv.shvSet", ["a"], 500, "Missing parameter type (Parameters: varname type value)"),
        ("pv.shvSet", [], 500, "Missing parameter varname (Parameters: varname type value)"),
    ],
)
def test_refusals(rpc: Callable[..., Any], command: str, parameters: list[Any], code: int, reason: str) -> None:
    """What the commands refuse, and how, as Kamailio 5.6.3 does."""
    with pytest.raises(RpcError, match=r".") as caught:
        rpc(command, *parameters)
    assert (caught.value.code, caught.value.reason) == (code, reason)
