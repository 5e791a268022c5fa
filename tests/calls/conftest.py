"""Fixtures for calls by real clients to a real server process on loopback.

``KAHEA_TEST_SERVER=kamailio`` runs the same tests against the real Kamailio, which tests the tests.
"""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bench.configs import Listen, free_port
from bench.servers import MINIMAL, Program, Server, StartServer, program_under_test

IPV4 = "127.0.0.1"
IPV6 = "::1"


def has_ipv6() -> bool:
    """Whether this machine has the loopback address ::1."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind((IPV6, 0))
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def program() -> Program:
    """The server under test: Kahea, or the real Kamailio on request."""
    return program_under_test()


@pytest.fixture(params=[IPV4, pytest.param(IPV6, marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 loopback"))])
def host(request: pytest.FixtureRequest) -> str:
    """The loopback address of the server that the client calls: IPv4, then IPv6."""
    address: str = request.param
    return address


@pytest.fixture
def start_server(program: Program, tmp_path: Path) -> Iterator[StartServer]:
    """A function that starts a server of the test's own with examples/minimal.cfg; it is stopped afterwards."""
    started: list[Server] = []

    def start(listens: Sequence[Listen]) -> Server:
        server = Server(program, MINIMAL.read_text(encoding="utf-8"), listens, tmp_path / f"server{len(started)}")
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def shared_server(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests of a file; use `server`, which watches it."""
    hosts = [IPV4, IPV6] if has_ipv6() else [IPV4]
    port = free_port(hosts)
    listens = [Listen(transport, host, port) for host in hosts for transport in ("udp", "tcp")]
    with Server(program, MINIMAL.read_text(encoding="utf-8"), listens, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(shared_server: Server) -> Iterator[Server]:
    """A server with examples/minimal.cfg on UDP and TCP, on one port; the test must leave its processes alive."""
    before = shared_server.pids()
    yield shared_server
    assert shared_server.pids() == before, "a process of the server ended or was restarted"


@pytest.fixture
def port(server: Server) -> int:
    """The port of `server`, the same for every transport and address."""
    return server.listens[0].port
