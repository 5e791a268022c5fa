"""cfgutils in a configuration; hashes as observed on Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.api import RpcError
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_cfgutils import Cfgutils
from kahea_cfgutils.hashes import core_hash

Make = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Cfgutils


def script(body: str, *parameters: str) -> str:
    """Return a configuration that runs statements for each request."""
    lines = "".join(f'modparam("cfgutils", {parameter})\n' for parameter in parameters)
    return f'loadmodule "cfgutils.so"\n{lines}request_route {{\n{body}\n}}\n'


def said(server: ServerUnderTest) -> list[str]:
    """Return what scripts have logged so far."""
    return [line.split(": ", 2)[2] for line in server.log if "<script>" in line]


def test_probability(kahea_server: Make) -> None:
    """Events never happen at 0 per cent, always at 100, and RPC changes the probability."""
    server = kahea_server(script('if (rand_event()) { test_log("event"); }', '"initial_probability", 0'))
    server.receive(request())
    assert said(server) == []
    server.rpc("cfgutils.rand_set_prob", 100)
    server.receive(request())
    assert said(server) == ["event"]
    assert server.rpc("cfgutils.rand_get_prob") == "actual probability: 100 percent"
    server.rpc("cfgutils.rand_reset_prob")
    assert server.rpc("cfgutils.rand_get_prob") == "actual probability: 0 percent"
    with pytest.raises(RpcError):
        server.rpc("cfgutils.rand_set_prob", 101)


def test_probability_between(kahea_server: Make) -> None:
    """Events at 50 per cent happen sometimes."""
    server = kahea_server(script('rand_set_prob("50"); if (rand_event()) { test_log("event"); }'))
    for _ in range(200):
        server.receive(request())
    assert 50 < len(said(server)) < 150


def test_random(kahea_server: Make) -> None:
    """Two random numbers differ."""
    server = kahea_server(script('test_log("$RANDOM $RANDOM");'))
    server.receive(request())
    one, other = said(server)[0].split()
    assert one != other
    assert 0 <= int(one) < 1 << 31


def test_global_flags(kahea_server: Make) -> None:
    """Global flags stay from one message to the next, and RPC takes masks of them."""
    body = 'if (is_gflag("4")) { test_log("set"); reset_gflag("4"); } else { test_log("reset"); set_gflag("4"); }'
    server = kahea_server(script(body, '"initial_gflags", 3'))
    for _ in range(3):
        server.receive(request())
    assert said(server) == ["reset", "set", "reset"]
    assert server.rpc("cfgutils.get_gflags") == "0x13 (19)"
    server.rpc("cfgutils.reset_gflag", "0x11")
    server.rpc("cfgutils.set_gflag", 4)
    assert server.rpc("cfgutils.get_gflags") == "0x6 (6)"
    assert server.rpc("cfgutils.is_gflag", 6) == "TRUE"
    assert server.rpc("cfgutils.is_gflag", 7) == "FALSE"
    with pytest.raises(RpcError):
        server.rpc("cfgutils.is_gflag", "x")


def test_sleep(kahea_server: Make) -> None:
    """A script that sleeps goes on when its time has come; others run meanwhile."""
    body = """
        test_log("before $sel(ruri.user)");
        if (@ruri.user == "a") { sleep("1"); usleep("500000"); }
        test_log("after $sel(ruri.user)");
    """
    server = kahea_server(script(body))
    server.receive(request(uri="sip:a@h"))
    server.receive(request(uri="sip:b@h"))
    server.advance(1.4)
    assert said(server) == ["before a", "before b", "after b"]
    server.advance(0.2)
    assert said(server)[-1] == "after a"


LOCKED = """
    lock("K", "x");
    test_log("in $sel(ruri.user)");
    sleep("1");
    test_log("out $sel(ruri.user)");
    unlock("k", "X");
"""


def test_lock(kahea_server: Make) -> None:
    """A lock keeps other scripts out; with one worker in the order in which they came."""
    server = kahea_server("children=1\n" + script(LOCKED, '"lock_set_size", 4'))
    for name in "abc":
        server.receive(request(uri=f"sip:{name}@h"))
    server.advance(5)
    assert said(server) == ["in a", "out a", "in b", "out b", "in c", "out c"]


def test_lock_of_several_workers(kahea_server: Make) -> None:
    """A lock keeps other scripts out, those of other workers too."""
    server = kahea_server("children=2\n" + script(LOCKED, '"lock_set_size", 4'))
    for name in "abc":
        server.receive(request(uri=f"sip:{name}@h"))
    server.advance(5)
    lines = said(server)
    assert sorted(lines[::2]) == ["in a", "in b", "in c"]
    assert [line.replace("in", "out") for line in lines[::2]] == lines[1::2]


def test_lock_of_a_worker_that_died(kahea_server: Make) -> None:
    """With several workers a lock that nobody releases is free after twice the time that a script may wait."""
    server = kahea_server(
        "children=2\nscript_wait_limit=5\n" + script('lock("k"); test_log("in");', '"lock_set_size", 4')
    )
    server.receive(request())
    server.advance(8)
    server.receive(request())
    server.advance(4)
    assert said(server) == ["in", "in"]


def test_lock_after_the_end_of_who_waited(kahea_server: Make) -> None:
    """A script that waited too long for a lock does not get it afterwards."""
    body = 'if (@ruri.user == "a") { lock("k"); test_log("held"); exit; } lock("k"); test_log("never");'
    server = kahea_server("children=1\n" + script(body, '"lock_set_size", 4'))
    server.receive(request(uri="sip:a@h"))
    server.receive(request(uri="sip:b@h"))
    server.advance(60)
    assert said(server) == ["held"]


def test_trylock(kahea_server: Make) -> None:
    """trylock does not wait."""
    body = 'if (trylock("k")) { test_log("taken"); } if (!trylock("K")) { test_log("busy"); } unlock("k");'
    server = kahea_server(script(body, '"lock_set_size", 4'))
    for _ in range(2):
        server.receive(request())
    assert said(server) == ["taken", "busy", "taken", "busy"]


def test_no_locks(kahea_server: Make) -> None:
    """Without lock_set_size the lock functions fail."""
    server = kahea_server(script('if (!lock("k") && !unlock("k") && !trylock("k")) { test_log("none"); }'))
    server.receive(request())
    assert said(server) == ["none"]


@pytest.mark.parametrize(("first", "second", "bits", "expected"), [(b"", b"", 8, 0), (b"abc", b"", 31, 7167810)])
def test_core_hash(first: bytes, second: bytes, bits: int, expected: int) -> None:
    """The hash is Kamailio's."""
    assert core_hash(first, second, bits) == expected


def test_hash_file(kahea_server: Make, tmp_path: Path) -> None:
    """A change of the file is found."""
    file = tmp_path / "file"
    file.write_text("one")
    server = kahea_server(script("exit;", f'"hash_file", "{file}"'))
    assert server.rpc("cfgutils.get_config_hash") == "f97c5d29941bfb1b2fdab0874906ab82"
    assert server.rpc("cfgutils.check_config_hash") == "Identical hash"
    file.write_text("two")
    assert server.rpc("cfgutils.check_config_hash") == "Different hash"
    file.unlink()
    with pytest.raises(RpcError):
        server.rpc("cfgutils.check_config_hash")


def test_no_hash_file(kahea_server: Make) -> None:
    """Without hash_file there is nothing to check."""
    with pytest.raises(RpcError):
        kahea_server(script("exit;")).rpc("cfgutils.check_config_hash")


@pytest.mark.parametrize("call", ['rand_set_prob("101")', 'set_gflag("32")', 'is_gflag("x")'])
def test_mistakes(kahea_server: Make, call: str) -> None:
    """Numbers out of bounds are found when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(script(f"{call};"))
    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]
