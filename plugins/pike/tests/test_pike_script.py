"""Who sends too much. The counts are compared with the real server in tests/oracle."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from kahea.api import Counters, RpcError
from kahea.testing import ModuleContract, ServerUnderTest, request
from kahea_pike import Pike
from kahea_pike.guard import BLOCKED, NEWLY_BLOCKED, PASS, Guard, merged
from kahea_pike.tree import Tree

KaheaServer = Callable[..., ServerUnderTest]

PARAMS = 'modparam("pike", "reqs_density_per_unit", 8)\nmodparam("pike", "sampling_time_unit", 10)'


class TestContract(ModuleContract):
    """What every module promises."""

    module = Pike


def server_with(kahea_server: KaheaServer, script: str, params: str = PARAMS) -> ServerUnderTest:
    """Return a server with the module and a script."""
    return kahea_server(f'debug=2\nloadmodule "pike.so"\n{params}\nrequest_route {{ {script} }}')


def passed(server: ServerUnderTest, ip: str, count: int) -> int:
    """Let an address send requests and return how many pass."""
    before = len(server.logged("ERROR"))
    for _ in range(count):
        server.receive(request(), source=(ip, 5060))
    return len(server.logged("ERROR")) - before


PASSING = 'if (pike_check_req()) test_log("pass");'


def test_a_flood_is_blocked_and_others_are_not(kahea_server: KaheaServer) -> None:
    """An address over the limit is blocked, logged once, and others go on."""
    server = server_with(kahea_server, PASSING)

    flood = passed(server, "192.0.2.1", 100)

    assert 8 <= flood <= 24
    assert passed(server, "192.0.2.1", 10) == 0
    assert passed(server, "198.51.100.1", 5) == 5
    assert server.logged("WARNING") == ["PIKE - BLOCKing ip 192.0.2.1"]


def test_who_stops_is_unblocked(kahea_server: KaheaServer) -> None:
    """After a whole period under the limit an address may send again."""
    server = server_with(kahea_server, PASSING)
    passed(server, "192.0.2.1", 100)

    server.advance(21)

    assert server.logged("WARNING")[-1] == "PIKE - UNBLOCKing ip 192.0.2.1"
    assert passed(server, "192.0.2.1", 5) == 5


def test_addresses_are_forgotten(kahea_server: KaheaServer) -> None:
    """After remove_latency nothing is left of an address."""
    server = server_with(kahea_server, PASSING, PARAMS + '\nmodparam("pike", "remove_latency", 30)')
    passed(server, "192.0.2.1", 100)

    assert server.rpc("pike.top", "ALL")["number_of_rows"] == 1
    server.advance(31)

    assert server.rpc("pike.top", "ALL")["number_of_rows"] == 0


def test_an_address_of_ones_own(kahea_server: KaheaServer) -> None:
    """pike_check_ip counts any address, IPv6 too; what is none is refused."""
    server = server_with(
        kahea_server, 'if (pike_check_ip("2001:db8::1")) test_log("pass"); if (!pike_check_ip("x")) exit;'
    )

    for _ in range(80):
        server.receive(request())

    assert 8 <= server.logged("ERROR").count("pass") <= 80 * 9 // 10
    assert 'pike_check_ip: "x" is no IP address' in server.logged("ERROR")


def test_what_an_operator_sees(kahea_server: KaheaServer) -> None:
    """pike.top tells the hot addresses, or all; a wrong word is refused."""
    server = server_with(kahea_server, PASSING)
    passed(server, "192.0.2.1", 100)
    passed(server, "192.0.2.2", 8)

    hot = server.rpc("pike.top")

    assert [row["ip_addr"] for row in hot["list"]] == ["192.0.2.1"]
    assert hot["max_hits"] == 8
    assert hot["list"][0]["status"] == "HOT"
    assert hot["list"][0]["expires"] == 120
    assert {row["ip_addr"] for row in server.rpc("pike.list", "all")["list"]} >= {"192.0.2.1"}
    assert server.rpc("pike.top", "WARM")["list"] == []
    with pytest.raises(RpcError):
        server.rpc("pike.top", "COLD")


def test_many_addresses_need_little_memory() -> None:
    """Addresses with one request each share the node of their first byte."""
    tree = Tree(30, 7, 120)

    for number in range(5):
        for last in range(200):
            tree.hit("", bytes((number, last, 1, 1)), 0.0)
        for _ in tree.next_period(lambda node: node.leaf_hits):
            pass

    assert len(list(tree.leaves())) == 0


class SharedNumbers:
    """A table of numbers that all workers of a test see."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.operations = 0

    def get(self, key: str) -> int | None:
        """Return a number."""
        return self.values.get(key)

    def put(self, key: str, value: int, *, expires: float | None = None) -> bool:
        """Store a number."""
        self.values[key] = value
        return True

    def increment(self, key: str, by: int = 1) -> int:
        """Add to a number."""
        self.operations += 1
        self.values[key] = self.values.get(key, 0) + by
        return self.values[key]

    def expire(self, key: str, expires: float | None) -> bool:
        """Keep it for ever."""
        return True

    def update(self, key: str, change: Callable[[int | None], int | None]) -> bool:
        """Change a number, or remove it."""
        new = change(self.values.pop(key, None))
        if new is not None:
            self.values[key] = new
        return True


class FakeTimers:
    """Keeps what is to be called, without ever calling it."""

    def __init__(self) -> None:
        self.later: list[Callable[[], None]] = []

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Keep it."""
        self.later.append(callback)

    def every(self, seconds: float, callback: Callable[[], None]) -> None:
        """Nothing expires in these tests."""


def workers(count: int, limit: int) -> tuple[list[Guard], list[Any], SharedNumbers, list[str]]:
    """Return the guards of some workers, their cores, their shared table and their common log."""
    shared, log = SharedNumbers(), list[str]()
    clock = SimpleNamespace(now=1000.0)
    clock.monotonic = lambda: clock.now
    clock.time = lambda: clock.now
    guards, cores = [], []
    for index in range(count):
        core: Any = SimpleNamespace(
            clock=clock,
            timers=FakeTimers(),
            tables=SimpleNamespace(table=lambda name, kind: shared),
            workers=SimpleNamespace(count=count, index=index),
            counters=Counters(),
            log_bounded=lambda text, origin, level: log.append(text),
        )
        guard = Guard(core, limit, 10, 120, 0)
        guard.start(core)
        guards.append(guard)
        cores.append(core)
    return guards, cores, shared, log


@pytest.mark.parametrize("count", [2, 4, 8])
def test_the_limit_holds_for_all_workers_together(count: int) -> None:
    """A flood that is spread over all workers is blocked about as early as in one, by all, and logged once."""
    guards, _, shared, log = workers(count, 80)

    results = [guards[number % count].check("192.0.2.1") for number in range(1000)]

    assert 80 <= results.count(PASS) <= 80 * 3
    assert results.count(NEWLY_BLOCKED) == 1
    assert set(results[-3 * count :]) == {BLOCKED}
    assert log == ["PIKE - BLOCKing ip 192.0.2.1"]
    # far less often than once for each request
    assert shared.operations < 1000


def test_a_flood_ends_in_all_workers() -> None:
    """An address is unblocked in all workers after a period under the limit, and that is logged once."""
    guards, cores, _, log = workers(4, 40)
    for number in range(600):
        guards[number % 4].check("192.0.2.1")

    for _ in range(2):
        cores[0].clock.now += 10
        for core in cores:
            core.timers.later.pop()()

    assert log == ["PIKE - BLOCKing ip 192.0.2.1", "PIKE - UNBLOCKing ip 192.0.2.1"]
    assert {guard.check("192.0.2.1") for guard in guards} == {PASS}


def test_answers_of_workers_are_merged() -> None:
    """An address that several workers count is told once, with the most that any of them knows."""
    one = {"ip_addr": "192.0.2.1", "leaf_hits_prev": 1, "leaf_hits_curr": 9, "expires": 5, "status": "HOT"}
    other = {"ip_addr": "192.0.2.1", "leaf_hits_prev": 2, "leaf_hits_curr": 3, "expires": 7, "status": ""}

    assert merged([[one], [other]]) == [
        {"ip_addr": "192.0.2.1", "leaf_hits_prev": 2, "leaf_hits_curr": 9, "expires": 7, "status": "HOT"}
    ]
