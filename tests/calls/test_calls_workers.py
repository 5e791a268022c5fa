"""Several workers act as one server: what belongs to a call meets in one of them."""

import os
import re
import signal
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bench import load
from bench.clients import Client, ConnectionClosedError
from bench.configs import Listen, free_port
from bench.servers import Program, Server

HOST = "127.0.0.1"
CHILDREN = 4
OWNER = Path(__file__).parent / "modules" / "owner.py"

OWNED = f"""#!KAMAILIO
debug=2
log_stderror=yes
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "{OWNER}"
request_route {{
    where();
    if ($rU == "ask") ask_all();
    if ($rU =~ "^udp") send_on("udp", "$(rU{{s.substr,3,0}})");
    if ($rU =~ "^tcp") send_on("tcp", "$(rU{{s.substr,3,0}})");
    sl_send_reply("200", "OK");
}}
"""

LEFT_ALONE = """#!KAMAILIO
debug=2
log_stderror=yes
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
request_route {
    xlog("L_INFO", "at $pp: $rm $ci\\n");
    sl_send_reply("200", "OK");
}
"""


RELAYING = """#!KAMAILIO
debug=2
log_stderror=yes
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "xlog.so"
onreply_route[SEEN] { xlog("L_INFO", "reply at $pp: $ci\\n"); }
request_route {
    if (method == "OPTIONS") {
        sl_send_reply("200", "OK");
        exit;
    }
    xlog("L_INFO", "at $pp: $rm $ci\\n");
    t_on_reply("SEEN");
    t_relay();
}
"""


@pytest.fixture
def start(program: Program, tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """A function that starts a server with four workers and a configuration, on UDP and TCP."""
    if program.name == "kamailio":
        pytest.skip("the module of the test is Kahea's")
    started: list[Server] = []

    def begin(config: str) -> Server:
        port = free_port()
        listens = [Listen(transport, HOST, port) for transport in ("udp", "tcp")]
        parameters = {"children": str(CHILDREN)}
        started.append(Server(program, config, listens, tmp_path / f"server{len(started)}", parameters=parameters))
        started[-1].start()
        return started[-1]

    yield begin
    for server in started:
        server.stop()


def port_of(server: Server) -> int:
    """The server's port."""
    return server.listens[0].port


def calls(server: Server, count: int) -> dict[str, set[str]]:
    """Return the workers that handled each Call-ID of a test; waits until as many as *count* are in the log."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    deadline = time.monotonic() + 3.0  # lines are written after the answers have left
    while len(found) < count and time.monotonic() < deadline:
        time.sleep(0.05)
        for worker, call_id in re.findall(r"at (\d+): [A-Z]+ (call\S*?)@", server.log()):
            found[call_id].add(worker)
    assert len(found) == count
    return found


def wait_for(server: Server, pattern: str, count: int, seconds: float = 3.0) -> list[tuple[str, str]]:
    """Return what the two groups of a pattern find in the log once that is *count* times."""
    deadline = time.monotonic() + seconds
    while len(found := re.findall(pattern, server.log())) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(found) == count, found
    return found


def to_user(client: Client, user: str, token: str) -> bytes:
    """Return an OPTIONS to a user."""
    data = client.request(token=token)
    return data.replace(b"OPTIONS sip:", b"OPTIONS sip:%b@" % user.encode(), 1)


def test_the_requests_of_a_call_meet_in_one_worker(start: Callable[[str], Server]) -> None:
    """From one address or many, over UDP or TCP: each Call-ID has one worker, each worker has some."""
    server = start(OWNED)
    port = port_of(server)
    trunk = Client("udp", HOST, port)
    clients = [trunk, *(Client(transport, HOST, port) for transport in ("udp", "tcp") * 4)]
    for number in range(40):
        for method in ("INVITE", "MESSAGE", "BYE"):
            trunk.send(trunk.request(method, token=f"call{number}"))
            assert trunk.receive()["Call-ID"].startswith(f"call{number}@")
    for client in clients:
        for number in range(40):
            client.send(client.request("INFO", token=f"call{number}"))
            assert client.receive()["Call-ID"].startswith(f"call{number}@")
        client.close()
    found = calls(server, 40)

    # the host in the Call-ID is the server's, so that all clients write the same one
    assert [workers for workers in found.values() if len(workers) != 1] == []
    assert len(set.union(*found.values())) == CHILDREN


def test_without_a_module_that_asks_messages_stay_where_they_arrived(start: Callable[[str], Server]) -> None:
    """With sl alone, all that comes from one address is handled by one worker, whatever its Call-IDs are."""
    server = start(LEFT_ALONE)
    with Client("udp", HOST, port_of(server)) as client:
        for number in range(20):
            client.send(client.request(token=f"call{number}"))
            assert client.receive().status == 200
    found = calls(server, 20)

    assert len(set.union(*found.values())) == 1


def test_a_burst_over_one_connection_is_answered(start: Callable[[str], Server]) -> None:
    """Hundreds of pipelined requests whose owners are all workers are each answered on their connection."""
    server = start(OWNED)
    with Client("tcp", HOST, port_of(server)) as client:
        client.send(b"".join(client.request(token=f"call{number}") for number in range(300)))
        answered = {client.receive()["Call-ID"].partition("@")[0] for _ in range(300)}

    assert answered == {f"call{number}" for number in range(300)}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_replies_meet_the_worker_that_sent_the_request(start: Callable[[str], Server], transport: str) -> None:
    """What workers send to one peer is answered to the worker whose mark the branch has, over one connection."""
    server = start(OWNED)
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as peer, Client("udp", HOST, port_of(server)) as client:
        peer.bind((HOST, 0))
        peer.settimeout(5)
        port = peer.getsockname()[1]
        if transport == "tcp":
            peer.listen()
        for number in range(24):
            client.send(to_user(client, f"{transport}{port}", f"call{number}"))
            assert client.receive().status == 200
        connection = peer.accept()[0] if transport == "tcp" else peer
        with connection:
            connection.settimeout(5)
            data = b""
            while data.count(b"\r\n\r\n") < 24:
                data += connection.recv(65536)
            for request in data.split(b"\r\n\r\n")[:24]:
                reply = re.sub(rb"^OPTIONS \S+ SIP/2.0", b"SIP/2.0 200 OK", request) + b"\r\n\r\n"
                if transport == "tcp":
                    connection.sendall(reply)
                else:
                    connection.sendto(reply, (HOST, port_of(server)))
            found = wait_for(server, r"reply for (\d) at (\d)", 24)

    assert all(sender == worker for sender, worker in found)
    assert len(set(found)) == CHILDREN


def test_a_refused_connection_is_told_to_each_sender(start: Callable[[str], Server]) -> None:
    """Each send over TCP to a port where nobody listens fails, at once or later, once."""
    server = start(OWNED)
    port = free_port()
    with Client("udp", HOST, port_of(server)) as client:
        for number in range(20):
            client.send(to_user(client, f"tcp{port}", f"call{number}"))
            assert client.receive().status == 200
    found = wait_for(server, r"(refused|failed) (call\d+)@", 20)

    assert len({call_id for _, call_id in found}) == 20
    assert {how for how, _ in found} == {"refused", "failed"}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_transactions_find_their_replies(start: Callable[[str], Server], transport: str) -> None:
    """With tm, a peer's replies, which all arrive in one worker, go on from the workers that relayed the requests."""
    server = start(RELAYING)
    kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as peer, Client("udp", HOST, port_of(server)) as client:
        peer.bind((HOST, 0))
        peer.settimeout(5)
        target = f"sip:b@{HOST}:{peer.getsockname()[1]};transport={transport}".encode()
        if transport == "tcp":
            peer.listen()
        for number in range(24):
            data = client.request("INVITE", token=f"call{number}")
            client.send(re.sub(rb"^INVITE \S+", b"INVITE " + target, data))
        connection = peer.accept()[0] if transport == "tcp" else peer
        with connection:
            connection.settimeout(5)
            seen: set[bytes] = set()
            rest = b""
            while len(seen) < 24:
                *requests, rest = (rest + connection.recv(65536)).split(b"\r\n\r\n")
                for request in requests:
                    seen.add(re.findall(rb"Call-ID: (\S+)", request)[0])
                    reply = re.sub(rb"^INVITE \S+ SIP/2.0", b"SIP/2.0 200 OK", request) + b"\r\n\r\n"
                    if transport == "tcp":
                        connection.sendall(reply)
                    else:
                        connection.sendto(reply, (HOST, port_of(server)))
            answered: set[str] = set()
            while len(answered) < 24:
                got = client.receive()
                assert got.status in (100, 200)
                if got.status == 200:
                    answered.add(got["Call-ID"])
    requests_at = calls(server, 24)
    replies_at = wait_for(server, r"reply at (\d+): (call\S*?)@", 24)

    assert len(set.union(*requests_at.values())) == CHILDREN
    assert all(requests_at[call_id] == {worker} for worker, call_id in replies_at)


def test_workers_answer_each_other(start: Callable[[str], Server]) -> None:
    """A module asks all workers, and each answers."""
    server = start(OWNED)
    with Client("udp", HOST, port_of(server)) as client:
        client.send(to_user(client, "ask", "call"))
        assert client.receive().status == 200
    found = wait_for(server, r"(\d) answered b'(\d)'", CHILDREN)

    assert sorted(found) == [(str(index), str(index)) for index in range(CHILDREN)]


def pids_of_workers(server: Server) -> dict[str, int]:
    """Return the pid of each worker, as log lines name it; waits until all have written one."""
    deadline = time.monotonic() + 3.0
    while True:
        found = re.findall(r" (\d+)\((\d+)\) INFO: owner: at (\d)", server.log())
        pids = {worker: int(pid) for _, pid, worker in found}
        if len(pids) == CHILDREN or time.monotonic() > deadline:
            return pids
        time.sleep(0.05)


def test_each_worker_may_be_killed(start: Callable[[str], Server]) -> None:
    """After kill -9 of any worker every Call-ID is served within a second, by the replacement in the same place."""
    server = start(OWNED)
    with Client("udp", HOST, port_of(server)) as client:
        for number in range(20):
            client.send(client.request(token=f"call{number}"))
            client.receive()
        before = pids_of_workers(server)
        assert len(before) == CHILDREN
        for victim in before.values():
            os.kill(victim, signal.SIGKILL)
            killed = time.monotonic()
            for number in range(20):
                client.send(client.request("INFO", token=f"call{number}"))
            left = {f"call{number}" for number in range(20)}
            while left:
                # A datagram that the dead worker had taken is lost, as on the way; the others wait for its replacement.
                try:
                    left.discard(client.receive(timeout=0.3)["Call-ID"].partition("@")[0])
                except TimeoutError:
                    for token in left:
                        client.send(client.request("INFO", token=token))
                assert time.monotonic() - killed < 1.0, left
    deadline = time.monotonic() + 3.0  # lines are written after the answers have left
    while not set((after := pids_of_workers(server)).values()).isdisjoint(before.values()):
        assert time.monotonic() < deadline, (before, after)
        time.sleep(0.05)

    assert after.keys() == before.keys()
    assert all(len(workers) == 1 for workers in calls(server, 20).values())


def test_a_killed_worker_takes_only_its_connections(start: Callable[[str], Server]) -> None:
    """After kill -9 the connections of the other workers go on, whatever the Call-ID, and new ones are accepted."""
    server = start(OWNED)
    clients = [Client("tcp", HOST, port_of(server)) for _ in range(16)]
    for client in clients:
        assert client.ask().status == 200
    victim = next(iter(pids_of_workers(server).values()))
    os.kill(victim, signal.SIGKILL)
    closed = 0
    for client in clients:
        try:
            for number in range(8):
                client.send(client.request(token=f"call{number}"))
            assert {client.receive(timeout=2)["Call-ID"].partition("@")[0] for _ in range(8)} == {
                f"call{number}" for number in range(8)
            }
        except (ConnectionClosedError, ConnectionError):
            closed += 1
        client.close()

    assert closed < 16
    with Client("tcp", HOST, port_of(server)) as client:
        assert client.ask(timeout=1).status == 200


def test_killing_workers_under_load(start: Callable[[str], Server]) -> None:
    """With requests coming in all the time, each death costs a few of them, and the server goes on."""
    server = start(OWNED)
    with Client("udp", HOST, port_of(server)) as client:
        for number in range(20):
            client.send(client.request(token=f"call{number}"))
            client.receive()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(load.open_loop, HOST, port_of(server), 1500, 500)
        for victim in pids_of_workers(server).values():
            time.sleep(0.6)
            os.kill(victim, signal.SIGKILL)
        result = running.result()

    assert result.lost + result.unexpected < 60 * CHILDREN
    assert set(result.statuses) == {200}
    assert "Traceback" not in server.log()
