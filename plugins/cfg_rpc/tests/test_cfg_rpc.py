"""The commands, in one process; what they answer was seen with Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import RpcError
from kahea.testing import ModuleContract, ServerUnderTest, request
from kahea_cfg_rpc import CfgRpc

CONFIGURATION = """
debug=2
loadmodule "cfg_rpc.so"
request_route { $SCRIPT }
"""


class TestContract(ModuleContract):
    """What every module promises."""

    module = CfgRpc


@pytest.fixture
def server(kahea_server: Callable[..., ServerUnderTest]) -> ServerUnderTest:
    """A server whose script logs and loops."""
    script = 'log(3, "debug line"); while (1 == 1) { log(1, "turn"); }'
    return kahea_server(CONFIGURATION.replace("$SCRIPT", script))


def test_get_and_set(server: ServerUnderTest) -> None:
    """A parameter has the file's value until it is set, and then the new one, whichever command sets it."""
    assert server.rpc("cfg.get", "core", "debug") == 2
    changes: list[tuple[str, str | int]] = [
        ("cfg.set_now_int", 3),
        ("cfg.seti", "1"),
        ("cfg.set_now_string", "0"),
        ("cfg.sets", "2"),
        ("cfg.set", 5),
        ("cfg.set", "-1"),
    ]
    for command, value in changes:
        assert server.rpc(command, "core", "debug", value) is None
        assert server.rpc("cfg.get", "core", "debug") == int(value)


def test_texts(server: ServerUnderTest) -> None:
    """A parameter that is a text takes numbers as text."""
    server.rpc("cfg.set", "core", "udp_mtu_try_proto", "TCP")
    assert server.rpc("cfg.get", "core", "udp_mtu_try_proto") == "TCP"
    server.rpc("cfg.set_now_int", "core", "udp_mtu_try_proto", 5)
    assert server.rpc("cfg.get", "core", "udp_mtu_try_proto") == "5"


def test_yes_and_no_are_numbers(server: ServerUnderTest) -> None:
    """A parameter that is yes or no is shown as 1 or 0."""
    assert server.rpc("cfg.get", "core", "force_rport") == 0
    server.rpc("cfg.set_now_int", "core", "force_rport", 1)
    assert server.rpc("cfg.get", "core", "force_rport") == 1


def test_the_script_sees_the_change(server: ServerUnderTest) -> None:
    """The next message runs with the new values: how often a loop turns, and what is logged."""
    server.rpc("cfg.set", "core", "max_while_loops", 5)
    server.rpc("cfg.set", "core", "debug", 1)
    server.receive(request())
    assert sum(line.endswith("turn") for line in server.log) == 5
    assert not any(line.endswith("debug line") for line in server.log)
    server.rpc("cfg.set", "core", "debug", 3)
    server.receive(request())
    assert any(line.endswith("debug line") for line in server.log)


def test_lists(server: ServerUnderTest) -> None:
    """cfg.list names groups and parameters; of a group that does not exist, nothing."""
    everything = server.rpc("cfg.list")
    assert "core: debug" in everything
    assert "tcp: connect_timeout" in everything
    assert server.rpc("cfg.list", "tcp") == [line for line in everything if line.startswith("tcp: ")]
    assert server.rpc("cfg.list", "nope") == []
    group = server.rpc("cfg.get", "tcp")
    assert group["max_connections"] == 2048
    assert [f"tcp: {name}" for name in group] == server.rpc("cfg.list", "tcp")


def test_help(server: ServerUnderTest) -> None:
    """cfg.help tells meaning and type of every parameter."""
    for line in server.rpc("cfg.list"):
        group, _, name = line.partition(": ")
        text, kind = server.rpc("cfg.help", group, name)
        assert text
        assert kind in ("(parameter type is integer)", "(parameter type is string)")
    assert server.rpc("cfg.help", "core", "udp_mtu_try_proto")[1] == "(parameter type is string)"


def test_delayed_changes(server: ServerUnderTest) -> None:
    """Delayed changes are shown, and made together at the commit or forgotten at the rollback."""
    server.rpc("cfg.set_delayed_int", "core", "max_while_loops", 9)
    server.rpc("cfg.set_delayed_string", "core", "udp_mtu_try_proto", "TCP")
    server.rpc("cfg.set", "core", "max_while_loops", 10)
    rows = server.rpc("cfg.diff")
    assert {"group name": "core", "variable name": "max_while_loops", "old value": 10, "new value": 9} in rows
    assert len(rows) == 2
    assert server.rpc("cfg.get", "core", "max_while_loops") == 10
    server.rpc("cfg.commit")
    assert server.rpc("cfg.get", "core", "max_while_loops") == 9
    assert server.rpc("cfg.get", "core", "udp_mtu_try_proto") == "TCP"
    assert server.rpc("cfg.diff") == []
    server.rpc("cfg.set_delayed", "core", "max_while_loops", 11)
    server.rpc("cfg.rollback")
    server.rpc("cfg.commit")
    assert server.rpc("cfg.get", "core", "max_while_loops") == 9


def test_custom_parameters(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """Parameters of the file's own groups change too, keep their type, and a script sees it."""
    server = kahea_server(
        'my.var = 5 desc "a number"\nmy.str = "text" desc "a text"\nmy.nodesc = 7\n'
        + CONFIGURATION.replace("$SCRIPT", 'if (@cfg_get.my.str == "hello") { log(1, "changed"); }')
    )
    assert server.rpc("cfg.list", "my") == ["my: var", "my: str", "my: nodesc"]
    assert server.rpc("cfg.get", "my") == {"var": 5, "str": "text", "nodesc": 7}
    assert server.rpc("cfg.get", "my", "str") == "text"
    assert server.rpc("cfg.help", "my", "var") == ["a number", "(parameter type is integer)"]
    server.rpc("cfg.set", "my", "var", 9)
    server.rpc("cfg.set", "my", "str", 12)
    assert server.rpc("cfg.get", "my") == {"var": 9, "str": "12", "nodesc": 7}
    with pytest.raises(RpcError, match="Failed to set the variable"):
        server.rpc("cfg.set", "my", "var", "abc")
    with pytest.raises(RpcError, match="Failed to set the variable"):
        server.rpc("cfg.set", "my", "nope", 1)
    server.receive(request())
    server.rpc("cfg.set_delayed_string", "my", "str", "hello")
    server.rpc("cfg.set_delayed_int", "my", "var", 50)
    assert server.rpc("cfg.diff") == [
        {"group name": "my", "variable name": "str", "old value": "12", "new value": "hello"},
        {"group name": "my", "variable name": "var", "old value": 9, "new value": 50},
    ]
    server.receive(request())
    assert not any(line.endswith("changed") for line in server.log)
    server.rpc("cfg.commit")
    server.receive(request())
    assert any(line.endswith("changed") for line in server.log)
    server.rpc("cfg.reset", "my")
    assert server.rpc("cfg.get", "my") == {"var": 5, "str": "text", "nodesc": 7}


def test_reset(server: ServerUnderTest) -> None:
    """cfg.reset gives a group the values of the start; what waits keeps waiting."""
    server.rpc("cfg.set", "core", "debug", 1)
    server.rpc("cfg.set", "tcp", "max_connections", 3)
    server.rpc("cfg.set_delayed", "core", "max_while_loops", 9)
    server.rpc("cfg.reset", "core")
    server.rpc("cfg.reset", "nope")
    assert server.rpc("cfg.get", "core", "debug") == 2
    assert server.rpc("cfg.get", "tcp", "max_connections") == 3
    assert [row["old value"] for row in server.rpc("cfg.diff")] == [100]


@pytest.mark.parametrize(
    ("command", "parameters", "code", "reason"),
    [
        ("cfg.get", ["core", "nope"], 400, "Failed to get the variable"),
        ("cfg.get", ["nope", "x"], 400, "Failed to get the variable"),
        ("cfg.get", [], 500, "Failed to get the parameters"),
        ("cfg.help", ["core", "nope"], 400, "Failed to get the variable description"),
        ("cfg.set", ["core", "nope", 1], 400, "Failed to set the variable"),
        ("cfg.set_delayed", ["core", "nope", 1], 400, "Failed to set the variable"),
        ("cfg.set_now_int", ["core", "debug", "abc"], 400, "expected a number"),
        ("cfg.set_now_string", ["core", "debug", "abc"], 400, "Failed to set the variable"),
        ("cfg.set", ["core", "max_while_loops", -1], 400, "Failed to set the variable"),
        ("cfg.set", ["core", "children", 1], 400, "Failed to set the variable"),
    ],
)
def test_refusals(server: ServerUnderTest, command: str, parameters: list[Any], code: int, reason: str) -> None:
    """What does not exist, is fixed at the start or does not fit is refused, and nothing changes."""
    with pytest.raises(RpcError, match=reason) as caught:
        server.rpc(command, *parameters)
    assert caught.value.code == code
    assert server.rpc("cfg.get", "core", "debug") == 2
