"""Starts servers in processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kahea.logs import Level, Logger
from kahea.server.bus import Bus, Inboxes
from kahea.server.group import Group
from kahea.server.processes import ProcessTable

READY = "INFO: <core>: ready"
ECHO = Path(__file__).with_name("echo_app.py")


def free_port() -> int:
    """A port that is free on 127.0.0.1 for UDP and TCP now."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram,
        ):
            stream.bind(("127.0.0.1", 0))
            with contextlib.suppress(OSError):
                datagram.bind(stream.getsockname())
                return int(stream.getsockname()[1])


class Server:
    """A running echo server.

    Attributes:
        port: of 127.0.0.1, UDP and TCP.
        process: the program, which is the supervisor.
    """

    def __init__(self, folder: Path, wishes: dict[str, Any], protocols: tuple[str, ...], **settings: Any) -> None:
        self.port = free_port()
        self.folder = folder
        self.log_path = folder / "log"
        self.pid_path = folder / "pid"
        values = {
            "fork": True,
            "daemonize": False,
            "children": 2,
            "debug": 2,
            "log_stderror": True,
            "rundir": str(folder / "run"),
            "pid_file": str(self.pid_path),
            "exit_timeout": 5,
            **settings,
        }
        sockets = [(protocol, "127.0.0.1", self.port) for protocol in protocols]
        self.command = [sys.executable, str(ECHO), json.dumps([values, sockets, wishes])]
        self.environment = dict(os.environ)
        self.process: subprocess.Popen[bytes]

    def start(self) -> Server:
        """Start and wait until it is ready."""
        before = self.log.count(READY) if self.log_path.exists() else 0
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(self.command, stderr=log, stdout=log, env=self.environment, process_group=0)
        self.wait_for(READY, count=before + 1)
        return self

    @property
    def log(self) -> str:
        """What was logged."""
        return self.log_path.read_text(errors="replace")

    def wait_for(self, text: str, seconds: float = 10, count: int = 1) -> None:
        """Wait until *text* was logged *count* times."""
        self.until(lambda: self.log.count(text) >= count, seconds, f"{text!r} logged")

    def until(self, condition: Callable[[], Any], seconds: float = 10, what: str = "condition") -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"no {what} in time; the log:\n{self.log}"
            time.sleep(0.01)

    def client(self) -> socket.socket:
        """A UDP socket that is connected to the server."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.settimeout(2)
        sock.connect(("127.0.0.1", self.port))
        return sock

    def ask(self, data: bytes) -> bytes:
        """Send a datagram from a new port and return the answer."""
        with self.client() as sock:
            sock.send(data)
            return sock.recv(65535)

    def rpc(self, method: str, *params: Any) -> dict[str, Any]:
        """Call a command over the control socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(10)
            sock.connect(str(self.folder / "run" / "kahea_rpc.sock"))
            request = {"jsonrpc": "2.0", "method": method, "params": list(params), "id": 7}
            sock.sendall(json.dumps(request).encode() + b"\n")
            answer: dict[str, Any] = json.loads(sock.makefile().readline())
            return answer

    def workers(self) -> list[int]:
        """The workers' pids."""
        return [row["PID"] for row in self.rpc("core.psx")["result"][1:]]

    def kill_worker(self, index: int, number: int = signal.SIGKILL) -> int:
        """Send a signal to a worker that runs; returns its pid."""
        pid = self.workers()[index]
        assert pid > 0, "kill(0) would kill ourselves"
        os.kill(pid, number)
        return pid

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(15)

    def kill(self) -> None:
        """End everything that is left."""
        if hasattr(self, "process") and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def lines(self, pattern: str) -> list[str]:
        """Lines of the log that a pattern matches."""
        return [line for line in self.log.splitlines() if re.search(pattern, line)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Make servers: ``server(wishes=…, protocols=…, **settings)``; what runs at the end is ended."""
    made: list[Server] = []

    def make(
        wishes: dict[str, Any] | None = None, protocols: tuple[str, ...] = ("udp", "tcp"), **settings: Any
    ) -> Server:
        made.append(Server(tmp_path, wishes or {}, protocols, **settings))
        return made[-1]

    yield make
    for one in made:
        one.kill()


class Lines:
    """A sink that keeps lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Nothing is buffered."""


class Workers:
    """The buses and groups of several workers, in one loop of the test's thread.

    Attributes:
        buses, groups: of each worker.
        batches: how many batches each bus has dealt with.
    """

    def __init__(self, count: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.sink = Lines()
        self.log = Logger(self.sink, Level.INFO)
        self.table = ProcessTable(count)
        self.inboxes = Inboxes(count)
        self.batches = [0] * count
        first = Group(count, self.log)
        self.buses: list[Bus] = []
        self.groups: list[Group] = []
        for index in range(count):
            self.table.put(index + 1, 1000 + index, 0, f"worker {index}")
            self.buses.append(Bus(self.loop, self.inboxes, index, lambda index=index: self._end_of_batch(index)))
            group = Group(count, self.log)
            group._secret = first._secret
            group.start(index, 0, self.loop, self.buses[index], self.table)
            self.groups.append(group)
            self.buses[index].start()

    def _end_of_batch(self, index: int) -> None:
        self.batches[index] += 1
        self.buses[index].flush()

    def die(self, index: int) -> None:
        """Let a worker be dead: it reads no more, and the table says so."""
        self.table.remove(index + 1)
        self.buses[index].stop()

    def replace(self, index: int) -> None:
        """Give a dead worker's place to another one."""
        bus = Bus(self.loop, self.inboxes, index, lambda: self._end_of_batch(index))
        group = Group(len(self.groups), self.log)
        group._secret = self.groups[index]._secret
        generation = self.table.generation(index + 1) + 1
        self.table.put(index + 1, 2000 + index, generation, f"worker {index}")
        group.start(index, generation, self.loop, bus, self.table)
        self.buses[index], self.groups[index] = bus, group
        bus.start()

    def run(self, seconds: float = 0.01) -> None:
        """Let the loop run."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def close(self) -> None:
        """Close everything."""
        for bus in self.buses:
            bus.stop()
        self.inboxes.close()
        self.loop.close()


@pytest.fixture
def workers() -> Iterator[Callable[[int], Workers]]:
    """Make the buses and groups of several workers."""
    made: list[Workers] = []

    def make(count: int) -> Workers:
        made.append(Workers(count))
        return made[-1]

    yield make
    for one in made:
        one.close()
