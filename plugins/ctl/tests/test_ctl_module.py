"""The module in a server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.api import RpcError
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest
from kahea_ctl import Ctl

KaheaServer = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Ctl


def test_nobody_is_connected_to_a_server_without_sockets(kahea_server: KaheaServer) -> None:
    """The commands tell what is open."""
    server = kahea_server('loadmodule "ctl.so"\nrequest_route { exit; }')

    assert server.rpc("ctl.listen") == []
    assert server.rpc("ctl.connections") == 0
    with pytest.raises(RpcError, match="no open stream connection"):
        server.rpc("ctl.who")


@pytest.mark.parametrize(("name", "value"), [("binrpc", '"tcp:host:0"'), ("mode", "010000"), ("binrpc", '"unix:"')])
def test_a_wrong_parameter_is_refused(kahea_server: KaheaServer, name: str, value: str) -> None:
    """Addresses and permissions are looked at when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "ctl.so"\nmodparam("ctl", "{name}", {value})\nrequest_route {{ exit; }}')

    assert [found.code for found in caught.value.diagnostics] == ["bad-param"]
