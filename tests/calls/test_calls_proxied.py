"""Calls by sipp through a proxy that keeps transactions: no call fails, and nobody receives what he does not expect.

``KAHEA_CALLS=10000`` makes so many calls in each test instead of a few, ``KAHEA_CALL_RATE`` so many a second.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.configs import Listen, free_port
from bench.servers import Program, Server
from bench.sipp import Sipp, running

CALLS = int(os.environ.get("KAHEA_CALLS", "50"))
RATE = int(os.environ.get("KAHEA_CALL_RATE", "100"))

#: What the caller does, and the callees that take part.
KINDS = {
    "answered": ("caller_answered", ("callee_answers",)),
    "busy": ("caller_refused", ("callee_busy",)),
    "failover": ("caller_answered", ("callee_answers",)),
    "canceled": ("caller_cancels", ("callee_canceled",)),
    "forked": ("caller_answered", ("callee_answers", "callee_canceled")),
}

#: sipp's names of transports: one socket or connection for all calls, or one for each call.
ONE_SOURCE, MANY_SOURCES, ONE_CONNECTION, MANY_CONNECTIONS = "u1", "un", "t1", "tn"


@dataclass(frozen=True)
class Proxy:
    """A running proxy, and the ports of those that it calls."""

    server: Server
    callees: tuple[int, int]

    @property
    def port(self) -> int:
        """Its port."""
        return self.server.listens[0].port


@pytest.fixture(scope="module", params=[1, 4], ids=["one-worker", "four-workers"])
def proxy(
    program: Program, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Proxy]:
    """A proxy with one worker, then with four."""
    if program.name == "kahea":
        pytest.importorskip("kahea_tm")
    if shutil.which("sipp") is None:
        pytest.skip("sipp is not installed")
    port, first, second = (free_port() for _ in range(3))
    text = Path(__file__).with_name("proxied.cfg").read_text(encoding="utf-8")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        for name, address in (("CALLEE1", first), ("CALLEE2", second), ("SILENT", silent.getsockname()[1])):
            text = text.replace(name, f"127.0.0.1:{address}")
        listens = [Listen("udp", "127.0.0.1", port), Listen("tcp", "127.0.0.1", port)]
        parameters = {"children": str(request.param)}
        with Server(program, text, listens, tmp_path_factory.mktemp("proxy"), parameters=parameters) as server:
            yield Proxy(server, (first, second))


@pytest.mark.parametrize(
    ("kind", "caller", "callee"),
    [
        ("answered", ONE_SOURCE, "udp"),
        ("answered", MANY_SOURCES, "udp"),
        ("answered", ONE_CONNECTION, "tcp"),
        ("answered", MANY_CONNECTIONS, "udp"),
        ("answered", ONE_SOURCE, "tcp"),
        ("busy", ONE_SOURCE, "udp"),
        ("busy", ONE_CONNECTION, "tcp"),
        ("failover", ONE_SOURCE, "udp"),
        ("failover", MANY_SOURCES, "tcp"),
        ("canceled", ONE_SOURCE, "udp"),
        ("canceled", MANY_SOURCES, "udp"),
        ("canceled", ONE_CONNECTION, "tcp"),
        ("forked", ONE_SOURCE, "udp"),
        ("forked", MANY_SOURCES, "tcp"),
    ],
)
def test_all_calls_go_well(proxy: Proxy, kind: str, caller: str, callee: str, tmp_path: Path) -> None:
    """Every call ends as it should at the caller and at each callee, over that transport."""
    calling, called = KINDS[kind]
    user = kind + ("-tcp" if callee == "tcp" else "")
    callees = [
        Sipp(scenario, port, tmp_path, CALLS, "-t", "t1" if callee == "tcp" else "u1")
        for scenario, port in zip(called, proxy.callees, strict=False)
    ]
    limit = 20 + CALLS / RATE * 2
    with running(*callees):
        arguments = [
            "-t",
            caller,
            "-s",
            user,
            "-r",
            str(RATE),
            "-l",
            str(min(CALLS, 5 * RATE)),
            f"127.0.0.1:{proxy.port}",
        ]
        if caller in (MANY_SOURCES, MANY_CONNECTIONS):
            arguments += ["-max_socket", str(min(CALLS, 200))]
        with running(Sipp(calling, free_port(), tmp_path, CALLS, *arguments)) as (program,):
            program.wait(limit)
        for one in callees:
            one.wait(limit)
