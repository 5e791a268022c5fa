"""The module in a server; answers were seen with Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.api import RpcError
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_counters import Counters

KaheaServer = Callable[..., ServerUnderTest]

PARAMETERS = """
loadmodule "counters.so"
modparam("counters", "script_cnt_grp_name", "mine")
modparam("counters", "script_counter", "requests")
modparam("counters", "script_counter", "other.things what is counted")
modparam("counters", "script_counter", "described:  by a colon")
"""


class TestContract(ModuleContract):
    """What every module promises."""

    module = Counters
    configuration = """
        modparam("counters", "script_counter", "requests")
        modparam("counters", "script_counter", "bytes")
    """


def server_of(make: KaheaServer, script: str) -> ServerUnderTest:
    """A server with counters."""
    load = ""
    if "$" in script.replace("$rc", ""):
        pytest.importorskip("kahea_pv")
        load = 'loadmodule "pv.so"\n'
    return make(f"{load}{PARAMETERS}request_route {{ {script} }}")


def test_counting(kahea_server: KaheaServer) -> None:
    """Names without a group have the default one; amounts may be variables and negative."""
    server = server_of(
        kahea_server,
        'cnt_inc("requests"); cnt_inc("mine.requests"); cnt_add("other.things", 5); $var(n) = -2; '
        'cnt_add("other.things", "$var(n)"); test_log("$rc");',
    )
    server.receive(request("OPTIONS"))
    server.receive(request("OPTIONS"))

    assert server.rpc("cnt.get", "mine", "requests") == 4
    assert server.rpc("cnt.get", "other") == {"things": 6}
    assert server.logged("ERROR") == ["1", "1"]


def test_counting_from_0_again(kahea_server: KaheaServer) -> None:
    """The script and operators can begin anew."""
    server = server_of(kahea_server, 'if (method == "INFO") cnt_reset("requests"); else cnt_inc("requests");')
    for method in ("OPTIONS", "OPTIONS", "INFO", "OPTIONS"):
        server.receive(request(method))

    assert server.rpc("cnt.get_raw", "mine", "requests") == 1
    assert server.rpc("cnt.reset", "mine", "requests") is None
    assert server.rpc("cnt.get", "mine", "requests") == 0


def test_names_and_descriptions(kahea_server: KaheaServer) -> None:
    """They are told in the order of the alphabet."""
    server = server_of(kahea_server, "exit;")

    assert [name for name in server.rpc("cnt.list_groups") if name in ("mine", "other")] == ["mine", "other"]
    assert server.rpc("cnt.grps_list") == server.rpc("cnt.list_groups")
    assert server.rpc("cnt.list_vars", "mine") == server.rpc("cnt.var_list", "mine") == ["described", "requests"]
    assert (
        server.rpc("cnt.get_vars", "mine") == server.rpc("cnt.grp_get_all", "mine") == {"described": 0, "requests": 0}
    )
    assert server.rpc("cnt.help", "other", "things") == "what is counted"
    assert server.rpc("cnt.help", "mine", "described") == "by a colon"
    assert server.rpc("cnt.help", "mine", "requests") == "custom script counter."
    assert server.rpc("cnt.list_vars", "nobody") == []
    assert server.rpc("cnt.get", "nobody") == {}


@pytest.mark.parametrize("command", ["cnt.get", "cnt.get_raw", "cnt.reset", "cnt.help"])
def test_a_counter_that_does_not_exist(kahea_server: KaheaServer, command: str) -> None:
    """Commands say so in Kamailio's words."""
    server = server_of(kahea_server, "exit;")

    with pytest.raises(RpcError, match=r"^non-existent counter mine\.nothing\n$") as caught:
        server.rpc(command, "mine", "nothing")

    assert caught.value.code == 400


@pytest.mark.parametrize("call", ['cnt_inc("nothing")', 'cnt_add("mine.nothing", 1)', 'cnt_reset("nothing")'])
def test_an_undeclared_counter_is_an_error(kahea_server: KaheaServer, call: str) -> None:
    """It is told when the file is read."""
    with pytest.raises(ConfigError) as caught:
        server_of(kahea_server, f"{call};")

    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]


def test_an_undeclared_counter_of_another_group(kahea_server: KaheaServer) -> None:
    """Another module might have declared it until the start, which is refused then."""
    with pytest.raises(Exception, match=r"there is no counter tm\.nothing"):
        server_of(kahea_server, 'cnt_inc("tm.nothing");')


def test_counters_of_other_modules_can_be_counted(kahea_server: KaheaServer) -> None:
    """As in Kamailio the script may count what the server counts."""
    server = server_of(kahea_server, 'cnt_add("core.drop_requests", 3);')
    server.receive(request("OPTIONS"))

    assert server.rpc("cnt.get", "core", "drop_requests") == 3


@pytest.mark.parametrize("text", ["", ".name", "group. text"])
def test_a_counter_without_a_name(kahea_server: KaheaServer, text: str) -> None:
    """The parameter is refused."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(
            f'loadmodule "counters.so"\nmodparam("counters", "script_counter", "{text}")\nrequest_route {{ exit; }}'
        )

    assert [found.code for found in caught.value.diagnostics] == ["bad-param"]
