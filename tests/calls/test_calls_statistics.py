"""Statistics: what all workers counted is one number."""

from contextlib import ExitStack
from pathlib import Path

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
loadmodule "kex.so"
request_route {
    sl_send_reply("200", "number $stat(rcv_requests_options)");
}
"""


def test_requests_are_counted_together(program: Program, tmp_path: Path) -> None:
    """Each request sees how many came before it, whichever workers got them."""
    listen = Listen("udp", HOST, free_port())
    with Server(program, CONFIGURATION, [listen], tmp_path / "server"), ExitStack() as stack:
        clients = [stack.enter_context(Client("udp", HOST, listen.port)) for _ in range(16)]
        first = int(clients[0].ask().reason.removeprefix("number "))
        for number in range(1, 65):
            assert clients[number % 16].ask().reason == f"number {first + number}"
