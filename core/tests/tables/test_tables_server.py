"""Tables of a running server: its workers share them, whatever happens to a worker."""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kahea.testing import request

MODULE = Path(__file__).with_name("tabletest.py")
WORKERS = 4
CONFIGURATION = """
debug=2
log_stderror=yes
loadmodule "{module}"
{lines}
request_route {{ table_command(); }}
"""

READY = "<core>: ready"

_numbers = itertools.count()


class Answer:
    """What the module answered: its worker's pid, and the result as text."""

    def __init__(self, data: bytes) -> None:
        [line] = [line for line in data.decode().split("\r\n") if line.startswith("X-Result: ")]
        _, pid, self.result = line.split(" ")
        self.pid = int(pid)


def free_port() -> int:
    """Return a port that is free for UDP and TCP."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
        ):
            datagram.bind(("127.0.0.1", 0))
            port: int = datagram.getsockname()[1]
            try:
                stream.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Server:
    """A server of its own runtime directory and port."""

    def __init__(self, folder: Path, lines: str = "") -> None:
        self.folder = folder
        self.rundir = folder / "run"
        folder.mkdir(exist_ok=True)
        self.clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(16)]
        # Bound first: none of them may take the port that the server is to have.
        for client in self.clients:
            client.settimeout(2)
            client.bind(("127.0.0.1", 0))
        self.port = free_port()
        for client in self.clients:
            client.connect(("127.0.0.1", self.port))
        (folder / "test.cfg").write_text(CONFIGURATION.format(module=MODULE, lines=lines))
        self.log_path = folder / "log"
        self.process: subprocess.Popen[bytes]

    def start(self, mode: str = "-DD", address_space: int = resource.RLIM_INFINITY) -> Server:
        """Start, and return when it is ready."""
        before = self.log.count(READY)
        command = [
            sys.executable,
            "-c",
            "import sys, kahea.cli; sys.exit(kahea.cli.main())",
            "-f",
            str(self.folder / "test.cfg"),
            mode,
            "-E",
        ]
        command += [
            "-l",
            f"udp:127.0.0.1:{self.port}",
            "-l",
            f"tcp:127.0.0.1:{self.port}",
            "-Y",
            str(self.rundir),
            "-n",
            str(WORKERS),
        ]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (address_space, resource.RLIM_INFINITY)),
            )
        self.until(lambda: self.log.count(READY) > before or self.process.poll() is not None)
        assert self.process.poll() is None, self.log
        return self

    @property
    def log(self) -> str:
        """What was logged."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, self.log
            time.sleep(0.01)

    def send(self, command: str, client: int = 0) -> None:
        """Send a command."""
        data = request("OPTIONS", f"sip:{command}@127.0.0.1", call_id=f"t{next(_numbers)}")
        self.clients[client].send(data)

    def ask(self, command: str, client: int = 0) -> Answer:
        """Send a command and return the answer; each client always reaches the same worker."""
        self.send(command, client)
        return Answer(self.clients[client].recv(65535))

    def clients_of_workers(self) -> list[int]:
        """Return clients that reach different workers."""
        pids: dict[int, int] = {}
        for number in range(len(self.clients)):
            pids.setdefault(self.ask("get-nothing", number).pid, number)
        assert len(pids) > 1, "all clients reach one worker"
        return list(pids.values())

    def rpc(self, method: str, *params: Any) -> Any:
        """Call a command over the control socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(10)
            sock.connect(str(self.rundir / "kahea_rpc.sock"))
            sock.sendall(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1}).encode() + b"\n")
            return json.loads(sock.makefile().readline())["result"]

    def stop(self) -> int:
        """Stop in good order."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15)

    def kill_all(self) -> None:
        """Kill supervisor and workers at once."""
        pids = [row["PID"] for row in self.rpc("core.psx")]
        for pid in pids:
            assert pid > 0
            os.kill(pid, signal.SIGKILL)
        self.process.wait(10)

    def end(self) -> None:
        """End what is left."""
        for client in self.clients:
            client.close()
        if hasattr(self, "process") and self.process.poll() is None:
            self.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Make servers, which are ended after the test."""
    made: list[Server] = []

    def make(name: str = "one", lines: str = "") -> Server:
        made.append(Server(tmp_path / name, lines))
        return made[-1]

    yield make
    for one in made:
        one.end()


Make = Callable[..., Server]


def test_workers_share_tables(server: Make) -> None:
    """What mod_init put is there once, and all workers count on."""
    one = server().start()
    results = [one.ask("begin", number % 16).result for number in range(64)]
    assert results == [str(number) for number in range(101, 165)]


def test_a_value_is_stored_before_its_reply_leaves(server: Make) -> None:
    """Who has the reply to a request that stored a value finds the value in every other worker."""
    one = server().start()
    clients = one.clients_of_workers()
    for number in range(300):
        writer, reader = clients[number % len(clients)], clients[(number + 1) % len(clients)]
        assert one.ask(f"put-{number}", writer).result == "True"
        assert one.ask(f"get-{number}", reader).result == "1"


def test_rpc_stores_before_it_answers(server: Make) -> None:
    """What a command stored is there for all when its answer comes."""
    one = server().start()
    clients = one.clients_of_workers()
    for number in range(50):
        one.rpc("test.put", f"r{number}")
        assert [one.ask(f"get-r{number}", client).result for client in clients] == ["1"] * len(clients)


def test_parameters_change_in_all_workers(server: Make) -> None:
    """When a change of a parameter is answered all workers have it; so has one that starts later."""
    one = server().start()
    clients = one.clients_of_workers()
    for value in range(200, 230):
        one.rpc("test.limit", value)
        assert [one.ask("limit", client).result for client in clients] == [str(value)] * len(clients)
    victim = one.ask("limit", clients[0]).pid
    os.kill(victim, signal.SIGKILL)
    one.until(lambda: one.log.count("died") or one.log.count("killed"))
    assert one.ask("limit", clients[0]).result == "229"
    one.stop()
    one.start()
    assert one.ask("limit").result == "100"


def test_tables_survive_a_worker(server: Make) -> None:
    """Kill -9 of a worker loses nothing that was answered, and its replacement does not begin anew."""
    one = server().start()
    first = one.ask("begin")
    assert first.result == "101"
    one.send("putdie-lost")
    one.until(lambda: "died" in one.log or "killed" in one.log)
    one.until(lambda: one.ask("get-x", 0).pid != first.pid)
    assert one.ask("begin").result == "102"


def test_expired_values_are_swept(server: Make) -> None:
    """The housekeeper removes for good what has expired."""
    one = server().start()
    assert one.ask("expire-short").result == "True"
    assert one.ask("get-short", 1).result == "1"
    time.sleep(0.6)
    assert one.ask("get-short", 1).result == "None"
    [data] = one.rundir.glob("kahea-tables-*/data.mdb")
    assert data.stat().st_size > 0


def test_servers_do_not_mix(server: Make) -> None:
    """Servers with different runtime directories have different tables, those with the same one as well."""
    one, two, three = server("one").start(), server("two").start(), server("three")
    three.rundir = one.rundir
    three.start()
    assert [each.ask("begin").result for each in (one, two, three)] == ["101"] * 3


def test_nothing_is_left_behind(server: Make) -> None:
    """A server that stops removes its tables."""
    one = server().start()
    assert list(one.rundir.glob("kahea-tables-*"))
    assert one.stop() == 0
    assert not list(one.rundir.glob("kahea-tables-*"))


def test_a_crashed_server_leaves_nothing_that_counts(server: Make) -> None:
    """After a crash of all processes tables begin anew and the leftovers are removed; persistent ones go on."""
    one = server(lines='modparam("tabletest", "persistent", 1)').start()
    assert [one.ask("begin").result, one.ask("keep").result] == ["101", "1"]
    [leftover] = one.rundir.glob("kahea-tables-*")
    one.kill_all()
    assert leftover.exists()
    one.start()
    assert not leftover.exists()
    assert [one.ask("begin").result, one.ask("keep").result] == ["101", "2"]


@pytest.mark.parametrize("durability", ["process", "disk"])
def test_persistent_tables(server: Make, durability: str) -> None:
    """A persistent table goes on where the last start ended."""
    one = server(lines=f'modparam("tabletest", "persistent", 1)\ntable_durability={durability}')
    for start in range(3):
        one.start()
        assert one.ask("keep", 3).result == str(start + 1)
        assert one.stop() == 0
    assert (one.rundir / "tables" / "state").read_text() == "closed"


def test_replies_wait_for_the_disk(server: Make) -> None:
    """With table_durability = disk too, who has the reply finds the value in every other worker."""
    one = server(lines='modparam("tabletest", "persistent", 1)\ntable_durability=disk').start()
    clients = one.clients_of_workers()
    for number in range(100):
        writer, reader = clients[number % len(clients)], clients[(number + 1) % len(clients)]
        assert one.ask(f"keepput-{number}", writer).result == "True"
        assert one.ask(f"keepget-{number}", reader).result == "1"
    for number in range(100):
        one.send(f"keepput-many{number}", clients[0])
    answers = [Answer(one.clients[clients[0]].recv(65535)).result for _ in range(100)]
    assert answers == ["True"] * 100
    with socket.create_connection(("127.0.0.1", one.port), timeout=5) as stream:
        for number in range(50):
            data = [request("OPTIONS", f"sip:keepput-s{number}{part}@127.0.0.1", call_id=f"{part}") for part in "abc"]
            stream.sendall(b"".join(data))
            got = b""
            while got.count(b"\r\n\r\n") < 3:
                got += stream.recv(65535)
            assert [line for line in got.split(b"\r\n") if line.startswith(b"Call-ID")] == [
                b"Call-ID: a",
                b"Call-ID: b",
                b"Call-ID: c",
            ]
    assert one.stop() == 0


def test_a_directory_for_persistent_tables(server: Make, tmp_path: Path) -> None:
    """table_dir says where the persistent tables are."""
    kept = tmp_path / "kept"
    one = server(lines=f'modparam("tabletest", "persistent", 1)\ntable_dir="{kept}"').start()
    one.ask("keep")
    one.stop()
    assert (kept / "tables" / "data.mdb").exists()
    assert not (one.rundir / "tables").exists()


def test_one_process(server: Make) -> None:
    """Without fork tables are in memory, except persistent ones."""
    one = server(lines='modparam("tabletest", "persistent", 1)')
    for start in range(2):
        one.start("-D")
        assert [one.ask("begin").result, one.ask("begin", 5).result] == ["101", "102"]
        assert one.ask("keep").result == str(start + 1)
        assert not list(one.rundir.glob("kahea-tables-*"))
        one.stop()


def test_a_runtime_directory_that_cannot_be_used(server: Make, tmp_path: Path) -> None:
    """The server works all the same, and says where the tables are."""
    one = server()
    one.rundir = tmp_path / "a file"
    one.rundir.touch()
    one.start()
    assert [one.ask("begin", number).result for number in range(4)] == ["101", "102", "103", "104"]
    assert "the shared tables are in " in one.log
    one.stop()


def test_a_map_size_that_cannot_be_had(server: Make) -> None:
    """A server whose address space is limited says what to set."""
    one = server()
    with pytest.raises(AssertionError, match="set a smaller table_map_size"):
        one.start(address_space=4 << 30)
