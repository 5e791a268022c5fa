"""A run of a script sees one version of the parameters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
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


def test_a_module_sees_its_parameters_change(kahea_server: Callable[..., ServerUnderTest], tmp_path: Path) -> None:
    """A parameter marked RUNTIME is changed under the module's name, checked, told to the module, and reset."""
    file = tmp_path / "door.py"
    file.write_text(
        "from typing import Annotated\n"
        "from kahea.api import RUNTIME, Module, Params\n"
        "from msgspec import Meta\n"
        "class DoorParams(Params):\n"
        '    width: Annotated[int, Meta(description="Metres.", ge=1, extra=RUNTIME)] = 1\n'
        "    colour: str = 'red'\n"
        "class Door(Module[DoorParams]):\n"
        '    """A door."""\n'
        "    told = ()\n"
        "    def mod_init(self):\n"
        "        self.core.parameters.declare()\n"
        "    def params_changed(self):\n"
        "        self.told += (self.params.width,)\n"
    )
    server = kahea_server(f'loadmodule "{file}"\nmodparam("door", "width", 2)\nrequest_route {{ exit; }}')
    door: Any = server.loader.plugins.get_plugin("door")
    parameters = server.engine.parameters
    assert [key for key in parameters.names() if key[0] == "door"] == [("door", "width")]
    assert parameters.describe("door", "width") == ("Metres.", "integer")

    asyncio.run(parameters.set("door", "width", "5"))
    assert (parameters.get("door", "width"), door.params.colour) == (5, "red")
    with pytest.raises(ValueError, match=">= 1"):
        asyncio.run(parameters.set("door", "width", 0))
    for unknown in ("colour", "height"):
        with pytest.raises(KeyError):
            asyncio.run(parameters.set("door", unknown, 1))
    asyncio.run(parameters.reset("door"))

    assert parameters.get("door", "width") == 2
    assert door.told == (5, 2)
