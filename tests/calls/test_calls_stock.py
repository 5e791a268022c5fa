"""The configuration that Kamailio's package installs, as it is: calls by sipp between registered users, and kamctl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.configs import Listen, free_port
from bench.servers import STOCK, Program, Server
from bench.sipp import Sipp, register, running

HOST = "127.0.0.1"
CALLS = 50


@pytest.fixture(scope="module", params=[1, 4], ids=["one-worker", "four-workers"])
def server(
    program: Program, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with the file."""
    if not STOCK.is_file():
        pytest.skip("the package kamailio is not installed")
    if program.name == "kahea":
        pytest.importorskip("kahea_acc")
    port = free_port()
    listens = [Listen("udp", HOST, port), Listen("tcp", HOST, port)]
    parameters = {"children": str(request.param)}
    with Server(program, STOCK, listens, tmp_path_factory.mktemp("stock"), parameters=parameters) as made:
        yield made


@pytest.mark.parametrize(
    ("caller", "callees"),
    [
        ("answered", ["callee_answers"]),
        ("refused", ["callee_busy"]),
        ("cancels", ["callee_canceled"]),
        ("answered", ["callee_answers", "callee_canceled"]),
    ],
    ids=["answered", "busy", "canceled", "forked"],
)
@pytest.mark.parametrize(("mode", "transport"), [("u1", "udp"), ("t1", "tcp")], ids=["udp", "tcp"])
def test_calls_between_registered_users(
    server: Server, mode: str, transport: str, caller: str, callees: list[str], tmp_path: Path
) -> None:
    """All calls to a registered user go as his phones want, also when two phones ring and one answers."""
    if shutil.which("sipp") is None:
        pytest.skip("sipp is not installed")
    target = f"{HOST}:{server.listens[0].port}"
    called = [Sipp(name, free_port(), tmp_path, CALLS, "-t", mode) for name in callees]
    with running(*called):
        user = f"user{called[0].port}"
        for one in called:
            one.listening()
            register(target, user, f"sip:callee@{HOST}:{one.port};transport={transport}", tmp_path)
        arguments = ["-t", mode, "-s", user, "-key", "first", "-", "-key", "second", "-", "-r", "100", target]
        with running(Sipp(f"caller_{caller}", free_port(), tmp_path, CALLS, *arguments)) as (program,):
            program.wait(20)
        for one in called:
            one.wait(20)


def test_kamctl_shows_who_is_registered(server: Server, tmp_path: Path) -> None:
    """`kamctl ul show` tells the contacts of all users, and `kamctl ul show USER` those of one."""
    if shutil.which("kamctl") is None or shutil.which("sipp") is None:
        pytest.skip("kamctl or sipp is not installed")
    register(f"{HOST}:{server.listens[0].port}", "carol", f"sip:carol@{HOST}:9", tmp_path)
    fifo = server.runtime_folder / "kamailio_rpc.fifo"

    def kamctl(*words: str) -> str:
        environment = {**os.environ, "RPCFIFOPATH": str(fifo), "SIP_DOMAIN": HOST}
        done = subprocess.run(
            ["kamctl", *words], capture_output=True, text=True, timeout=20, env=environment, check=False
        )
        return done.stdout

    shown = json.loads(kamctl("ul", "show"))["result"]["Domains"][0]["Domain"]
    users = {one["Info"]["AoR"]: one["Info"]["Contacts"] for one in shown["AoRs"]}
    assert [one["Contact"]["Address"] for one in users["carol"]] == [f"sip:carol@{HOST}:9"]
    one = json.loads(kamctl("ul", "show", f"carol@{HOST}"))["result"]
    assert one["AoR"] == "carol"
    assert one["Contacts"][0]["Contact"]["Address"] == f"sip:carol@{HOST}:9"
