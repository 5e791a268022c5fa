"""What kamcmd and kamctl show of both servers: the same configuration, the same commands, the same output."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kahea.testing import request

from bench.configs import Listen, free_port
from bench.servers import Program, Server, kahea, kamailio
from tests.oracle.ctl_cases import CONFIGURATION, JSON, KAMCMD

pytestmark = pytest.mark.oracle

_SCRIPT_LINE = re.compile(r"NOTICE: (?:\{[^}]*\} )?<script>: (.*)$", re.MULTILINE)
_VOLATILE = (
    (re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \d{4}"), "DATE"),
    (re.compile(r"(uptime\W+)\d+"), r"\1N"),
)


@dataclass
class Running:
    """A server and where it listens."""

    server: Server
    folder: Path
    port: int

    def kamcmd(self, command: str, address: str = "") -> str:
        """The output of kamcmd."""
        words = ["kamcmd", "-s", address or f"unix:{self.folder}/kamailio_ctl", *command.split()]
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
        return self.normal(done.stdout + done.stderr)

    def json(self, document: str) -> str:
        """The answer of the datagram socket."""
        own = self.folder / "client"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.bind(str(own))
            client.settimeout(10)
            try:
                client.sendto(document.encode(), str(self.folder / "kamailio_rpc.sock"))
                return self.normal(client.recv(65535).decode())
            finally:
                own.unlink()

    def kamctl(self, *words: str) -> str:
        """The output of kamctl."""
        environment = {**os.environ, "RPCFIFOPATH": f"{self.folder}/kamailio_rpc.fifo"}
        done = subprocess.run(
            ["kamctl", *words], capture_output=True, text=True, timeout=20, env=environment, check=False
        )
        return re.sub(r'"id": \d+', '"id": N', self.normal(done.stdout))

    def script_lines(self, count: int) -> list[str]:
        """What the script has logged, once it is *count* lines, or after two seconds."""
        deadline = time.monotonic() + 2
        while len(lines := _SCRIPT_LINE.findall(self.server.log())) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return lines

    def normal(self, text: str) -> str:
        """Text without what differs from run to run."""
        text = text.replace(str(self.folder), "RUN").replace(str(self.port), "CTLPORT")
        for pattern, replacement in _VOLATILE:
            text = pattern.sub(replacement, text)
        return text


def _started(program: Program, folder: Path) -> Iterator[Running]:
    run = folder / "run"
    run.mkdir(parents=True)
    port = free_port()
    text = CONFIGURATION.replace("RUN", str(run)).replace("CTLPORT", str(port))
    sip = Listen("udp", "127.0.0.1", free_port())
    with Server(program, text, [sip], folder) as server:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.sendto(request("INFO"), (sip.host, sip.port))
            client.recv(65535)
        yield Running(server, run, port)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The real server."""
    program = kamailio()
    if program is None or shutil.which("kamcmd") is None:
        pytest.skip("the real Kamailio is not installed")
    yield from _started(program, tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Kahea."""
    program = kahea()
    assert program is not None
    yield from _started(program, tmp_path_factory.mktemp("ours"))


def _same_processes(text: str) -> str:
    """The shape of a list of processes: each server has its own."""
    return re.sub(r"(?:\d+\t[^\n]*\n)+", "PID\tDESCRIPTION\n", text)


def test_the_script_sees_the_same(real: Running, ours: Running) -> None:
    """jsonrpc_exec() and statistics give the script the same values."""
    shown, expected = ours.script_lines(4), real.script_lines(4)

    assert shown == expected
    assert len(shown) == 4


def test_kamcmd_shows_the_same(real: Running, ours: Running) -> None:
    """Structures, lists, faults and formats of all commands are equal, byte for byte."""
    shown = {command: _same_processes(ours.kamcmd(command)) for command in KAMCMD}
    expected = {command: _same_processes(real.kamcmd(command)) for command in KAMCMD}

    assert {command: text for command, text in shown.items() if text != expected[command]} == {}


@pytest.mark.parametrize("address", ["unixd:{folder}/ctl_datagrams", "tcp:127.0.0.1:{port}", "udp:127.0.0.1:{port}"])
def test_kamcmd_over_other_transports(real: Running, ours: Running, address: str) -> None:
    """Datagrams and TCP carry the same."""
    for command in ("cnt.get_vars other", "no.such", "stats.fetchn lasting"):
        assert len({one.kamcmd(command, address.format(folder=one.folder, port=one.port)) for one in (real, ours)}) == 1


def test_json_answers_are_the_same(real: Running, ours: Running) -> None:
    """Documents of jsonrpcs are equal, byte for byte."""
    shown = {document: ours.json(document) for document in JSON}
    expected = {document: real.json(document) for document in JSON}

    assert {document: text for document, text in shown.items() if text != expected[document]} == {}


def test_kamctl_shows_the_same(real: Running, ours: Running) -> None:
    """The FIFO of jsonrpcs serves kamctl."""
    if shutil.which("kamctl") is None:
        pytest.skip("kamctl is not installed")
    for words in (("rpc", "cnt.get_vars", "other"), ("rpc", "no.such"), ("rpc", "jsonrpc.echo", "a"), ("uptime",)):
        shown = ours.kamctl(*words)

        assert shown == real.kamctl(*words)
        assert shown.startswith("{")
