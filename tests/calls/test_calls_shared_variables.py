"""``$shv``: what one worker assigns, every worker sees."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.clients import Client
from bench.configs import Listen, free_port
from bench.servers import Program, Server

HOST = "127.0.0.1"

CONFIGURATION = """
debug=2
log_stderror=yes
listen=udp:127.0.0.1:5060
children=4
loadmodule "sl.so"
loadmodule "pv.so"
modparam("pv", "shvset", "first=s:set before")
request_route {
    if ($hdr(X-Set) != $null) { $shv(value) = $hdr(X-Set); }
    if ($hdr(X-Count) != $null) { $shv(count) = $shv(count) + 1; }
    sl_send_reply("200", "it was $shv(first) $shv(value) $shv(count)");
}
"""


@pytest.fixture
def clients(program: Program, tmp_path: Path) -> Iterator[list[Client]]:
    """Clients of a server with four workers; where each worker has a socket of its own they reach several."""
    listen = Listen("udp", HOST, free_port())
    with Server(program, CONFIGURATION, [listen], tmp_path / "server"), ExitStack() as stack:
        yield [stack.enter_context(Client("udp", HOST, listen.port)) for _ in range(16)]


def test_all_workers_see_an_assignment(clients: list[Client]) -> None:
    """The value that a request set is there for the next request, whichever worker gets it."""
    for number in range(200):
        writer, reader = clients[number % 16], clients[(number * 7 + 3) % 16]
        assert writer.ask(extra=f"X-Set: v{number}\r\n").reason == f"it was set before v{number} 0"
        assert reader.ask().reason == f"it was set before v{number} 0"


def test_numbers(clients: list[Client]) -> None:
    """Requests that come one after the other count on."""
    for number in range(64):
        assert clients[number % 16].ask(extra="X-Count: 1\r\n").reason == f"it was set before 0 {number + 1}"
