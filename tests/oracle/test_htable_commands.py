"""The RPC commands of htable beside the real Kamailio's: the same answers."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from kahea.api import RpcError
from kahea.testing import ServerUnderTest

from tests.oracle.real_server import RealServer, free_ports

pytestmark = pytest.mark.oracle

CONFIGURATION = """
debug=2
log_stderror=yes
children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
CTL
loadmodule "htable.so"
modparam("htable", "htable", "a=>size=3;")
modparam("htable", "htable", "b=>size=1;autoexpire=60;updateexpire=0;initval=5")
request_route { sl_send_reply("200", "OK"); }
"""


def _words(*words: str | int) -> list[str | int]:
    """Return a command as a list."""
    return [*words]


COMMANDS: list[list[str | int]] = [
    *(_words("htable.sets", "a", key, f"value of {key}") for key in ("alice", "Bob", "carol:1", "x", "y z", "DAVE")),
    *(_words("htable.seti", "a", f"number{number}", number) for number in range(12)),
    ["htable.get", "a", "alice"],
    ["htable.get", "a", "number3"],
    ["htable.get", "a", "none"],
    ["htable.get", "z", "none"],
    ["htable.get", "a"],
    ["htable.dump", "a"],
    ["htable.dump", "b"],
    ["htable.dump", "z"],
    ["htable.delete", "a", "alice"],
    ["htable.delete", "a", "alice"],
    ["htable.delete", "z", "alice"],
    ["htable.setex", "b", "x", 5],
    ["htable.seti", "z", "x", 5],
    ["htable.stats"],
    ["htable.listTables"],
    ["htable.store", "a"],
    ["htable.flush", "a"],
    ["htable.dump", "a"],
]

_FAULT = re.compile(r"error: (\d+) - (.*)")


def flat(answer: Any) -> list[str]:
    """Return what stands in an answer, in order, without its structure."""
    if isinstance(answer, dict):
        return [word for key, value in answer.items() for word in (key, *flat(value))]
    if isinstance(answer, list):
        return [word for value in answer for word in flat(value)]
    return [str(answer)]


def words(text: str) -> list[str]:
    """Return what stands in the output of kamcmd, in order, without its structure."""
    lines = (line.strip() for line in text.splitlines())
    parts = (part.strip() for line in lines if line not in ("{", "}") for part in line.rstrip("{ ").split(": ", 1))
    return [part.removesuffix(":") for part in parts]


def test_the_same_answers(tmp_path: Path) -> None:
    """Each command answers what it answers on the real server; the slots of a dump are the same."""
    if shutil.which("kamcmd") is None:
        pytest.skip("kamcmd is not installed")
    control = f"unixs:{tmp_path}/ctl"
    ctl = f'loadmodule "ctl.so"\nmodparam("ctl", "binrpc", "{control}")'
    server = RealServer(CONFIGURATION.replace("CTL", ctl), tmp_path, [f"udp:127.0.0.1:{free_ports(1)[0]}"])
    try:
        server.wait()
        expected = [
            subprocess.run(["kamcmd", "-s", control, *map(str, command)], capture_output=True, text=True, check=False)
            for command in COMMANDS
        ]
    finally:
        server.stop()
    kahea = ServerUnderTest(CONFIGURATION.replace("CTL", ""))

    for command, real in zip(COMMANDS, expected, strict=True):
        try:
            answer = [word for word in flat(kahea.rpc(str(command[0]), *command[1:])) if word]
        except RpcError as error:
            answer = [f"error: {error.code} - {error.reason}"]
        told = words(real.stdout) or real.stderr.strip().splitlines()
        fault = _FAULT.search(real.stdout + real.stderr)
        if fault is not None:
            told = [f"error: {fault[1]} - {fault[2]}"]
        assert answer == told, command
    kahea.stop()
