"""The module in a server; results were seen with Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_statistics import Statistics

KaheaServer = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Statistics
    configuration = 'modparam("statistics", "variable", "active_calls")'


def server_of(make: KaheaServer, script: str) -> ServerUnderTest:
    """A server with two statistics, of which one is never reset."""
    if "$" in script.replace("$rc", ""):
        pytest.importorskip("kahea_pv")
        load = 'loadmodule "pv.so"\n'
    else:
        load = ""
    return make(
        f'{load}loadmodule "statistics.so"\nmodparam("statistics", "variable", "calls")\n'
        f'modparam("statistics", "variable", "lasting/no_reset")\nrequest_route {{ {script} }}'
    )


def values(server: ServerUnderTest) -> tuple[int, int]:
    """Both statistics."""
    return server.engine.statistics.get("script.calls"), server.engine.statistics.get("script.lasting")


def test_updating(kahea_server: KaheaServer) -> None:
    """Values have a sign or none; names and values may be variables; a name may have its group."""
    server = server_of(
        kahea_server,
        'update_stat("calls", "+5"); update_stat("calls", "-1"); update_stat("script:lasting", "3"); '
        '$var(name) = "calls"; $var(value) = "+2"; update_stat("$var(name)", "$var(value)"); test_log("$rc");',
    )
    server.receive(request("OPTIONS"))
    server.receive(request("OPTIONS"))

    assert values(server) == (12, 6)
    assert server.logged("ERROR") == ["1", "1"]


def test_resetting(kahea_server: KaheaServer) -> None:
    """A statistic with the flag no_reset keeps its value, and the function is true all the same."""
    server = server_of(
        kahea_server,
        'update_stat("calls", "5"); update_stat("lasting", "5"); reset_stat("calls"); $var(name) = "lasting"; '
        'reset_stat("$var(name)"); test_log("$rc");',
    )
    server.receive(request("OPTIONS"))

    assert values(server) == (0, 5)
    assert server.logged("ERROR") == ["1"]


@pytest.mark.parametrize(
    "call",
    ['update_stat("$var(no)", "1")', 'update_stat("calls", "$rm")', 'reset_stat("$rm")', 'update_stat("$null", "1")'],
)
def test_what_cannot_be_updated(kahea_server: KaheaServer, call: str) -> None:
    """An unknown name and a value that is no number make the function fail."""
    server = server_of(kahea_server, f'{call}; test_log("$rc");')
    server.receive(request("OPTIONS"))

    assert values(server) == (0, 0)
    assert server.logged("ERROR")[-1] == "-1"


@pytest.mark.parametrize("value", ["0", "+0", "many", "", "1.5"])
def test_a_value_that_is_no_change(kahea_server: KaheaServer, value: str) -> None:
    """A written value is looked at when the file is read; adding 0 makes no sense."""
    with pytest.raises(ConfigError) as caught:
        server_of(kahea_server, f'update_stat("calls", "{value}");')

    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]


@pytest.mark.parametrize("call", ['update_stat("nothing", "1")', 'reset_stat("nothing")'])
def test_an_undeclared_statistic(kahea_server: KaheaServer, call: str) -> None:
    """Another module might have declared it until the start, which is refused then."""
    with pytest.raises(Exception, match="there is no statistic nothing"):
        server_of(kahea_server, f"{call};")


@pytest.mark.parametrize("variable", ["", "/no_reset", "calls/reset"])
def test_a_wrong_parameter_is_refused(kahea_server: KaheaServer, variable: str) -> None:
    """A statistic has a name, and no_reset is the only flag."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(
            f'loadmodule "statistics.so"\nmodparam("statistics", "variable", "{variable}")\nrequest_route {{ exit; }}'
        )

    assert [found.code for found in caught.value.diagnostics] == ["bad-param"]
