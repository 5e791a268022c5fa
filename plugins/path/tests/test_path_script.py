"""Path in a server. What is written on the wire is compared with the real server in tests/oracle."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.api import LocalSocket
from kahea.testing import ModuleContract, ServerUnderTest, request
from kahea_path import Path
from kahea_path.headers import received_uri
from kahea_path.module import PathParams

KaheaServer = Callable[..., ServerUnderTest]

SOCKETS = [
    LocalSocket("udp", "192.0.2.1", 5060, name="edge", index=0),
    LocalSocket("tcp", "192.0.2.1", 5060, index=1),
]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Path


def paths(kahea_server: KaheaServer, script: str, params: str = "") -> list[str]:
    """Return the Path headers of what a script sends on."""
    server = kahea_server(
        f'loadmodule "path.so"\n{params}\nrequest_route {{ {script} forward(198.51.100.1); }}', sockets=SOCKETS
    )
    return server.receive(request("REGISTER")).messages[0].header_values("Path")


def test_the_registrar_is_told_the_way(kahea_server: KaheaServer) -> None:
    """Our address is in Path, with `lr` (RFC 3327 5.2)."""
    assert paths(kahea_server, "add_path();") == ["<sip:192.0.2.1;lr>"]


def test_an_address_of_ones_own(kahea_server: KaheaServer) -> None:
    """An advertised address has the transport and, if asked for, the socket's name; 6.x has these functions."""
    script = 'add_path_received_advertised_address("edge.example.com:5070", "me", "ob");'
    found = paths(kahea_server, script, 'modparam("path", "sockname_mode", 1)')

    value = "received=sip:127.0.0.1:5999;ob"
    assert found == [f"<sip:me@edge.example.com:5070;transport=udp;sn=edge;lr;{value}>"]


def test_what_is_no_address_is_refused(kahea_server: KaheaServer) -> None:
    """An advertised address that no URI could have makes the function fail."""
    script = 'if (!add_path_advertised_address("not one")) add_path_advertised_address("ok.example.com");'

    assert paths(kahea_server, script) == ["<sip:ok.example.com;transport=udp;lr>"]


def test_the_received_address_has_a_name_of_its_own(kahea_server: KaheaServer) -> None:
    """received_name gives the parameter another name."""
    found = paths(kahea_server, "add_path_received();", 'modparam("path", "received_name", "rcv")')

    assert found == ["<sip:192.0.2.1;lr;rcv=sip:127.0.0.1:5999>"]


def test_use_received_needs_the_module_rr(kahea_server: KaheaServer) -> None:
    """Without rr nothing would ever follow what Path told, so the server does not start."""
    server = kahea_server("request_route { exit; }")
    module = Path("path", PathParams(use_received=1), server.engine)

    with pytest.raises(RuntimeError, match="needs the module rr"):
        module.mod_init()


@pytest.mark.parametrize("value", ["10.0.0.1", "10.0.0.1~x~1", "~5060~1", "10.0.0.1~5060~", "10.0.0.1~5060~x"])
def test_a_broken_compact_address_means_nothing(value: str) -> None:
    """A value that is not `ip~port~protocol` gives no URI."""
    assert received_uri(value, True) is None
