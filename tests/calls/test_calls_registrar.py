"""Registrations of a server with several workers: none that was answered with 200 is lost."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.clients import Client, ConnectionClosedError
from bench.configs import Listen, free_port
from bench.messages import BadReplyError
from bench.servers import Program, Server

HOST = "127.0.0.1"

NUMBER = int(os.environ.get("KAHEA_TEST_REGISTRATIONS", "400"))
"""How many users register."""

WINDOW = 16
"""REGISTER requests of one client that are on their way at one time."""

CONFIGURATION = """
debug=1
log_stderror=yes
listen=udp:127.0.0.1:5060
children=4
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
request_route {
    if ($rm == "REGISTER") {
        save("location", "0", "sip:$hdr(X-User)@example.com");
        exit;
    }
    if ($hdr(X-Count) != $null) {
        sl_send_reply("200", "$stat(registered_users) $stat(location_contacts)");
        exit;
    }
    if ($hdr(X-User) == $null || registered("location", "sip:$hdr(X-User)@example.com")) {
        sl_send_reply("200", "Registered");
    } else {
        sl_send_reply("404", "Not Registered");
    }
}
"""


@pytest.fixture
def server(program: Program, tmp_path: Path) -> Iterator[Server]:
    """A registrar with four workers, whose runtime directory is given."""
    if program.name == "kamailio":
        pytest.skip("without a database the real server forgets all when it stops")
    made = Server(program, CONFIGURATION, [Listen("udp", HOST, free_port())], tmp_path / "server")
    made.start()
    yield made
    made.stop()


def users(numbers: range) -> list[str]:
    """Return names of users."""
    return [f"user{number}" for number in numbers]


def missing(server: Server, names: list[str]) -> list[str]:
    """Return those who are not registered."""
    with Client("udp", HOST, server.listens[0].port) as client:
        return [name for name in names if client.ask(extra=f"X-User: {name}\r\n").status != 200]


def counted(server: Server) -> str:
    """Return how many users and contacts the statistics tell."""
    with Client("udp", HOST, server.listens[0].port) as client:
        return client.ask(extra="X-Count: 1\r\n").reason


def test_a_restart_keeps_all(server: Server) -> None:
    """Who registered before the server was stopped is registered, and counted, after it was started again."""
    names = users(range(200))
    with Client("udp", HOST, server.listens[0].port) as client:
        for name in names:
            assert client.ask("REGISTER", extra=f"X-User: {name}\r\n").status == 200
    assert counted(server) == "200 200"
    assert server.stop() == 0
    server.start()
    assert missing(server, names) == []
    assert counted(server) == "200 200"
    assert missing(server, ["nobody"]) == ["nobody"]


def register_until(client: Client, names: list[str], answered: list[str], stop: threading.Event) -> None:
    """Register users, several at a time, until all are or the server is gone; note who was answered with 200."""
    waiting: dict[str, str] = {}
    pending = iter(names)
    while True:
        while len(waiting) < WINDOW and not stop.is_set() and (name := next(pending, None)) is not None:
            data = client.request("REGISTER", extra=f"X-User: {name}\r\n")
            call_id = next(line for line in data.decode().split("\r\n") if line.startswith("Call-ID: "))[9:]
            waiting[call_id] = name
            with contextlib.suppress(OSError):
                client.send(data)
        if not waiting:
            return
        try:
            reply = client.receive(2.0 if not stop.is_set() else 0.3)
        except (TimeoutError, BadReplyError):
            if stop.is_set():
                return
            continue
        except (OSError, ConnectionClosedError):
            return
        name = waiting.pop(reply["Call-ID"], "")
        if reply.status == 200 and name:
            answered.append(name)


def test_a_kill_keeps_what_was_answered(server: Server) -> None:
    """When all processes are killed at once in the middle of registrations, every one answered with 200 is there."""
    names = users(range(NUMBER))
    clients = 8
    answered: list[str] = []
    stop = threading.Event()
    with ExitStack() as stack, ThreadPoolExecutor(clients) as pool:
        for number in range(clients):
            client = stack.enter_context(Client("udp", HOST, server.listens[0].port))
            pool.submit(register_until, client, names[number::clients], answered, stop)
        while len(answered) < NUMBER // 2:
            stop.wait(0.001)
        for pid in server.pids():
            os.kill(pid, signal.SIGKILL)
        stop.set()
    server.process.wait(10)
    assert len(answered) >= NUMBER // 2
    server.start()
    assert missing(server, answered) == []


def test_devices_of_one_user_at_the_same_time(server: Server) -> None:
    """Sixteen devices of one user that register at once, at any worker, are all registered."""
    with ExitStack() as stack, ThreadPoolExecutor(16) as pool:
        clients = [stack.enter_context(Client("udp", HOST, server.listens[0].port)) for _ in range(16)]
        for turn in range(5):
            extra = f"X-User: user{turn}\r\n"
            replies = list(pool.map(lambda client: client.ask("REGISTER", extra=extra), clients))  # noqa: B023
            assert {reply.status for reply in replies} == {200}
            contacts = clients[0].ask("REGISTER", extra=extra)["Contact"]
            assert contacts.count("<sip:") == 16
