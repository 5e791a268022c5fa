"""A run of a script sees one version of the parameters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kahea.testing import ServerUnderTest, request

MODULE = Path(__file__).with_name("waiting.py")
LOOP = 'while (1 == 1) { log(1, "turn"); }'


def turns(server: ServerUnderTest) -> int:
    """Return how often loops turned so far."""
    return sum(line.endswith("turn") for line in server.log)


def test_a_run_that_waits_keeps_its_version(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A parameter that changes while a script waits has its old value for that run, the new one for others."""
    server = kahea_server(
        f'debug=1\nmax_while_loops=3\nloadmodule "{MODULE}"\n'
        f'request_route {{ if (method == "INVITE") {{ wait_here(); }} {LOOP} }}'
    )
    module: Any = server.loader.plugins.get_plugin("waiting")
    server.receive(request("INVITE"))
    parameters = server.engine.parameters
    before = parameters.version
    asyncio.run(parameters.set("core", "max_while_loops", 7))
    assert parameters.version == before + 1
    server.receive(request("OPTIONS"))
    assert turns(server) == 7
    module.go_on[0].set_result(None)
    server.receive(request("OPTIONS"))
    assert turns(server) == 7 + 3 + 7
