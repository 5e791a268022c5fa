"""Calls by sipp through a proxy that keeps transactions: no call fails, and nobody receives what he does not expect.

``KAHEA_CALLS=10000`` makes so many calls in each test instead of a few, ``KAHEA_CALL_RATE`` so many a second.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.configs import Listen, free_port
from bench.servers import Program, Server
from bench.sipp import Sipp, running

CALLS = int(os.environ.get("KAHEA_CALLS", "50"))
#: With many calls some messages get lost: a call that has ended answers what is repeated.
LINGER = 200 if CALLS < 1000 else 8000
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


@pytest.fixture(scope="module", params=[1, 4], ids=["one-worker", "four-workers"])
def proxy(program: Program, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a proxy with one worker, then of one with four."""
    if program.name == "kahea":
        pytest.importorskip("kahea_tm")
    if shutil.which("sipp") is None:
        pytest.skip("sipp is not installed")
    port = free_port()
    text = Path(__file__).with_name("proxied.cfg").read_text(encoding="utf-8")
    listens = [Listen("udp", "127.0.0.1", port), Listen("tcp", "127.0.0.1", port)]
    parameters = {"children": str(request.param)}
    with Server(program, text, listens, tmp_path_factory.mktemp("proxy"), parameters=parameters):
        yield f"127.0.0.1:{port}"


@pytest.fixture
def silent() -> Iterator[str]:
    """The URI of somebody who never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield f"sip:silent@127.0.0.1:{nobody.getsockname()[1]}"


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
def test_all_calls_go_well(proxy: str, silent: str, kind: str, caller: str, callee: str, tmp_path: Path) -> None:
    """Every call ends as it should at the caller and at each callee, over that transport."""
    calling, called = KINDS[kind]
    mode, parameter = (ONE_CONNECTION, ";transport=tcp") if callee == "tcp" else (ONE_SOURCE, "")
    limit = 20 + 2 * CALLS / RATE
    callees = [Sipp(scenario, free_port(), tmp_path, CALLS, "-t", mode, linger=LINGER) for scenario in called]
    with running(*callees):
        uris = [f"sip:callee@127.0.0.1:{one.port}{parameter}" for one in callees]
        first, second = [*([silent] if kind == "failover" else []), *uris, silent][:2]
        for one in callees:
            one.listening()
        arguments = ["-t", caller, "-s", kind, "-key", "first", first, "-key", "second", second]
        arguments += ["-r", str(RATE), "-l", str(min(CALLS, 15 * RATE)), proxy]
        if caller in (MANY_SOURCES, MANY_CONNECTIONS):
            # more than there are calls at once: sipp closes a connection that a second call still uses
            arguments += ["-max_socket", str(min(CALLS, 4000))]
        with running(Sipp(calling, free_port(), tmp_path, CALLS, *arguments, linger=LINGER)) as (program,):
            program.wait(limit)
        for one in callees:
            one.wait(limit)
