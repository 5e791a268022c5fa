"""The module in a server.

REPLACE ME: what an operator writes, and what comes of it. No other module is loaded, since these tests run with the
core and this module alone.
"""

from __future__ import annotations

from collections.abc import Callable

from kahea.testing import ModuleContract, ServerUnderTest, request
from kahea_template import Template

KaheaServer = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Template


def test_a_caller_is_greeted_in_the_log(kahea_server: KaheaServer) -> None:
    """The greeting is a line of the log, with the word of the parameter `greeting`."""
    server = kahea_server("""
        debug=2
        loadmodule "template.so"
        modparam("template", "greeting", "aloha")
        request_route { template_greet("alice"); }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["aloha, alice"]


def test_the_result_is_false_for_an_empty_name(kahea_server: KaheaServer) -> None:
    """Nobody is not greeted, and the script can tell."""
    server = kahea_server("""
        debug=2
        loadmodule "template.so"
        request_route { if (!template_greet("")) template_greet("somebody"); }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["hello, somebody"]


def test_greeted_callers_are_counted(kahea_server: KaheaServer) -> None:
    """The pseudo-variable and the RPC command tell how many were greeted."""
    server = kahea_server("""
        debug=2
        loadmodule "template.so"
        request_route { template_greet("$template_greeted"); }
    """)

    server.receive(request("OPTIONS"))
    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["hello, 0", "hello, 1"]
    assert server.rpc("template.greeted") == 2
