"""Hostile bytes against a running server: no worker dies, hangs, leaks or floods the log.

Environment variables:

- ``KAHEA_FUZZ``: how many datagrams (default 20,000); one stream is sent for each 40 of them;
- ``KAHEA_FUZZ_SEED``: what decides them (default 3261); ``python -m bench.hostile`` makes one again by its number;
- ``KAHEA_TEST_SERVER=kamailio``: attack the real Kamailio, which tests the test.
"""

import os
import re
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import processes
from bench.clients import Client
from bench.configs import Listen, free_port
from bench.hostile import MAX_DATAGRAM, corpus, datagram, stream
from bench.isolation import loopback_only
from bench.messages import request
from bench.servers import MINIMAL, Server, program_under_test

HOST = "127.0.0.1"
DATAGRAMS = int(os.environ.get("KAHEA_FUZZ", "20000"))
STREAMS = DATAGRAMS // 40
SEED = int(os.environ.get("KAHEA_FUZZ_SEED", "3261"))
CORPUS = corpus(Path(__file__).with_name("torture"))

WARM_UP = 0.25
"""The part of the traffic after which the memory of a server that does not leak has found its size."""

BATCH_MESSAGES, BATCH_BYTES = 64, 80_000
"""At most so much goes to one worker before it is asked for a sign of life: what a socket's buffer surely takes."""

ANSWER_WITHIN = 1.0
MEMORY_GROWTH = 8 * 1024 * 1024

LOG_LIMITS = {"kahea": (600, 6_000), "kamailio": (5_000, 1_000_000)}
"""Log bytes for each hostile message, and for one line. The real server logs whole broken messages,
in pieces that mix with those of its other processes."""

A_REPLY = re.compile(rb"(?i)(?:^|[\r\n])[ \t]*SIP/")


class Attack:
    """Sends the traffic and asks the server for a sign of life after every batch."""

    def __init__(self, server: Server, port: int, isolated: bool) -> None:
        """Open the source sockets.

        Args:
            server: the server.
            port: its UDP and TCP port.
            isolated: whether nothing can leave this machine. If something could, no reply is sent to the server:
                it would forward it to whatever host the broken Via names.
        """
        self.server = server
        self.port = port
        self.isolated = isolated
        # Enough ports that each worker gets some of the traffic, where the kernel shares it out by port.
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(16)]
        for sock in self.sockets:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
            sock.connect((HOST, port))
            sock.settimeout(ANSWER_WITHIN)

    def close(self) -> None:
        """Close the sockets."""
        for sock in self.sockets:
            sock.close()

    def datagrams(self, first: int, last: int) -> None:
        """Send the datagrams numbered from *first* to below *last*."""
        batch: list[bytes] = []
        batches = 0
        for number in range(first, last):
            data = datagram(SEED, number, CORPUS)
            if self.isolated or not A_REPLY.search(data):
                batch.append(data)
            full = len(batch) == BATCH_MESSAGES or sum(map(len, batch)) + MAX_DATAGRAM > BATCH_BYTES
            if full or number == last - 1:
                sock = self.sockets[batches % len(self.sockets)]
                for data in batch:
                    sock.send(data)
                self._assert_alive(sock, f"the last {len(batch)} datagrams to number {number} of seed {SEED}")
                batch.clear()
                batches += 1

    def _assert_alive(self, sock: socket.socket, after: str) -> None:
        """Assert that the worker which serves *sock* has come through, and answers within a second."""
        name = sock.getsockname()
        probe = request("OPTIONS", (HOST, self.port), (name[0], name[1]))
        call = next(line for line in probe.split(b"\r\n") if line.startswith(b"Call-ID: "))
        sock.send(probe)
        deadline = time.monotonic() + ANSWER_WITHIN
        answer = b""
        while call not in answer:
            try:
                answer = sock.recv(65536)
            except TimeoutError:
                pytest.fail(f"no answer within {ANSWER_WITHIN:g} s after {after}; log:\n{self.server.log()[-2000:]}")
            if time.monotonic() > deadline:
                pytest.fail(f"no answer within {ANSWER_WITHIN:g} s after {after}")

    def streams(self, first: int, last: int) -> None:
        """Send the streams numbered from *first* to below *last*, each over a connection of its own."""
        for number in range(first, last):
            self._stream(number)
            if number % 5 == 4 or number == last - 1:
                with Client("tcp", HOST, self.port, timeout=ANSWER_WITHIN) as client:
                    try:
                        assert client.ask().status == 200
                    except TimeoutError:
                        pytest.fail(f"no answer within {ANSWER_WITHIN:g} s after stream {number} of seed {SEED}")

    def _stream(self, number: int) -> None:
        """Send one stream and end it in one of three ways; the server may close it at any time."""
        pieces = stream(SEED, number, CORPUS)
        if not self.isolated and A_REPLY.search(b"".join(pieces)):
            return
        with Client("tcp", HOST, self.port, timeout=ANSWER_WITHIN) as client:
            try:
                for piece in pieces:
                    client.send(piece)
                if number % 3 == 0:
                    client.socket.shutdown(socket.SHUT_WR)
                    while client.receive_bytes(0.05):
                        pass
            except OSError:  # closed, reset or silent: all are answers to garbage
                pass
            if number % 3 == 1:
                client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def resident(server: Server) -> dict[int, int]:
    """Return the resident memory of each process of the server, in bytes."""
    return {pid: processes.memory(pid).resident for pid in server.pids()}


@pytest.fixture
def isolated() -> Iterator[bool]:
    """Whether the test runs in a network of its own; see `loopback_only`."""
    with loopback_only() as possible:
        yield possible


def test_hostile_traffic_does_no_harm(isolated: bool, tmp_path: Path) -> None:
    """After broken datagrams and streams the same processes are alive, quick, and grown neither in RSS nor in log."""
    print(f"seed {SEED}, {DATAGRAMS} datagrams, {STREAMS} streams, {len(CORPUS)} samples, isolated: {isolated}")
    port = free_port()
    listens = [Listen("udp", HOST, port), Listen("tcp", HOST, port)]
    with Server(program_under_test(), MINIMAL.read_text(encoding="utf-8"), listens, tmp_path / "server") as server:
        before = server.pids()
        logged = server.log_file.stat().st_size
        attack = Attack(server, port, isolated)
        try:
            attack.datagrams(0, int(DATAGRAMS * WARM_UP))
            attack.streams(0, int(STREAMS * WARM_UP))
            warm = resident(server)
            attack.datagrams(int(DATAGRAMS * WARM_UP), DATAGRAMS)
            attack.streams(int(STREAMS * WARM_UP), STREAMS)
        finally:
            attack.close()
        after = resident(server)
        assert server.pids() == before, "a process ended or was restarted"
        assert_quiet(server)

        grown = {pid: after[pid] - warm[pid] for pid in before}
        print("RSS after the warm-up", warm, "and grown since by", grown)
        assert max(grown.values()) < MEMORY_GROWTH
        per_message, per_line = LOG_LIMITS[server.program.name]
        log = server.log_file.read_bytes()[logged:]
        longest = max(map(len, log.split(b"\n")))
        print(f"log: {len(log)} bytes, longest line {longest}")
        assert len(log) < per_message * (DATAGRAMS + 4 * STREAMS)
        assert longest < per_line
    assert server.process.returncode == 0


def assert_quiet(server: Server) -> None:
    """Assert that no process is still busy with what it was sent: an endless loop would show as CPU time."""
    time.sleep(0.5)
    cpu = server.cpu()
    time.sleep(0.5)
    assert processes.cpu_between(cpu, server.cpu()) < 0.1
