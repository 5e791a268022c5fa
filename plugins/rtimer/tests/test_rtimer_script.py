"""Blocks that run by the clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest
from kahea_rtimer import Rtimer

KaheaServer = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Rtimer


def server_with(kahea_server: KaheaServer, *params: tuple[str, str], blocks: str = "") -> ServerUnderTest:
    """Return a server with timers."""
    lines = "\n".join(f'modparam("rtimer", "{name}", "{value}")' for name, value in params)
    return kahea_server(f'loadmodule "rtimer.so"\n{lines}\nrequest_route {{ exit; }}\n{blocks}')


TICK = 'route[TICK] { test_log("tick $rtimer_worker"); }'


def test_a_block_runs_at_each_interval(kahea_server: KaheaServer) -> None:
    """An interval is in seconds."""
    server = server_with(kahea_server, ("timer", "name=t;interval=10"), ("exec", "timer=T;route=TICK"), blocks=TICK)

    server.advance(9)
    assert server.logged("ERROR") == []
    server.advance(22)

    assert server.logged("ERROR") == ["tick 0"] * 3


@pytest.mark.parametrize("interval", ["100000u", "100ms"])
def test_fractions_of_a_second(kahea_server: KaheaServer, interval: str) -> None:
    """An interval with `u` is in microseconds, one with `ms` in milliseconds."""
    timer = ("timer", f"name=t;interval={interval};mode=1;")
    server = server_with(kahea_server, timer, ("exec", "timer=t;route=TICK"), blocks=TICK)

    server.advance(0.35)

    assert server.logged("ERROR") == ["tick 0"] * 3


def test_workers_of_a_timer(kahea_server: KaheaServer) -> None:
    """A block runs once for each worker, without an interval at the default one."""
    timers = (("default_interval", "5"), ("timer", "name=t;mode=3"), ("exec", "timer=t;route=TICK"))
    lines = "\n".join(f'modparam("rtimer", "{name}", {value})' for name, value in timers[:1])
    server = kahea_server(
        f'loadmodule "rtimer.so"\n{lines}\nmodparam("rtimer", "timer", "name=t;mode=3")\n'
        f'modparam("rtimer", "exec", "timer=t;route=TICK")\nrequest_route {{ exit; }}\n{TICK}'
    )

    server.advance(5)

    assert sorted(server.logged("ERROR")) == ["tick 0", "tick 1", "tick 2"]


def test_a_block_that_waits_holds_its_timer_only(kahea_server: KaheaServer, tmp_path: object) -> None:
    """While a block waits its timer passes its turn; others go on."""
    (tmp_path / "wait.py").write_text(  # type: ignore[operator]
        "import asyncio\nfrom kahea.api import Message, Module, function\n\n\n"
        'class Wait(Module):\n    """Waits."""\n\n    @function()\n'
        '    async def wait(self, msg: Message) -> bool:\n        """Wait."""\n'
        "        await asyncio.sleep(25)\n        return True\n"
    )
    server = kahea_server(
        'loadmodule "rtimer.so"\nloadmodule "wait.py"\n'
        'modparam("rtimer", "timer", "name=slow;interval=10")\nmodparam("rtimer", "exec", "timer=slow;route=SLOW")\n'
        'modparam("rtimer", "timer", "name=t;interval=10")\nmodparam("rtimer", "exec", "timer=t;route=TICK")\n'
        'request_route { exit; }\nroute[SLOW] { test_log("begin"); wait(); test_log("end"); }\n' + TICK,
        path=tmp_path / "kamailio.cfg",  # type: ignore[operator]
    )

    server.advance(45)

    assert server.logged("ERROR").count("tick 0") == 4
    assert [line for line in server.logged("ERROR") if "tick" not in line] == ["begin", "end", "begin"]


@pytest.mark.parametrize(
    "params",
    [
        [("timer", "interval=10")],
        [("timer", "name=t;interval=ten")],
        [("timer", "name=t;mode=-1")],
        [("timer", "name=t"), ("timer", "name=T")],
        [("exec", "timer=none;route=X")],
        [("timer", "name=t"), ("exec", "timer=t")],
    ],
)
def test_mistakes_are_found_when_the_file_is_read(kahea_server: KaheaServer, params: list[tuple[str, str]]) -> None:
    """A parameter that cannot be meant is an error at its line."""
    with pytest.raises(ConfigError) as caught:
        server_with(kahea_server, *params, blocks="route[X] { exit; }")

    assert "bad-param" in [one.code for one in caught.value.diagnostics]


def test_a_block_that_runs_by_the_clock_is_called(kahea_server: KaheaServer) -> None:
    """The checker does not take such a block for one that nothing calls."""
    server = server_with(kahea_server, ("timer", "name=t"), ("exec", "timer=t;route=TICK"), blocks=TICK)

    assert server.warnings == []
