"""The server's processes: killed ones come back, a stopped server leaves nothing behind."""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench import load
from bench.clients import Client
from bench.configs import Listen, free_port
from bench.servers import Program, StartServer

HOST = "127.0.0.1"


def both_transports() -> list[Listen]:
    """Return UDP and TCP addresses on one free port."""
    port = free_port()
    return [Listen("udp", HOST, port), Listen("tcp", HOST, port)]


def test_a_killed_worker_is_replaced_under_load(start_server: StartServer, program: Program) -> None:
    """Each worker is killed in turn while requests come in: within a second there is another, and few are lost."""
    if program.name == "kamailio":
        pytest.skip("the real server ends when a child dies")
    server = start_server(both_transports())
    port = server.listens[0].port
    workers = server.child_pids()
    with ThreadPoolExecutor(1) as pool:
        # what arrives at the dead worker's socket within a second fits into its buffer
        running = pool.submit(load.open_loop, HOST, port, 2000, 500)
        for victim in workers:
            time.sleep(0.7)
            os.kill(victim, signal.SIGKILL)
            killed = time.monotonic()
            while victim in (now := server.child_pids()) or len(now) < len(workers):
                assert time.monotonic() - killed < 1.0, f"worker {victim} was not replaced: {now}"
                time.sleep(0.01)
            assert f"{victim}" in server.log(), "the log does not say that a worker died"
        result = running.result()

    # What a worker had taken off its socket dies with it; the datagrams behind that wait for its replacement.
    assert result.lost + result.unexpected < 60 * len(workers)
    assert set(result.statuses) == {200}
    assert server.process.poll() is None
    for transport in ("udp", "tcp") * 8:
        with Client(transport, HOST, port) as client:
            assert client.ask(timeout=1.0).status == 200


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_cleanly(start_server: StartServer, sent: signal.Signals) -> None:
    """SIGTERM and SIGINT make it exit with 0 and remove the pid file; no process is left, even with a client on."""
    server = start_server(both_transports())
    assert int(server.pid_file.read_text(encoding="utf-8")) == server.process.pid
    with Client("tcp", HOST, server.listens[1].port) as client:
        assert client.ask().status == 200
        server.process.send_signal(sent)

        assert server.process.wait(5) == 0
    assert not server.pid_file.exists()
    assert server.pids() == ()


def test_sigterm_under_load_ends_the_server_cleanly(start_server: StartServer) -> None:
    """Requests that keep coming do not keep the server from ending with 0 within five seconds."""
    server = start_server(both_transports())
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(load.open_loop, HOST, server.listens[0].port, 4000, 4000)
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(5) == 0
        assert running.result().statuses[200] > 0
    assert server.pids() == ()


def test_a_restart_takes_the_same_address_at_once(start_server: StartServer) -> None:
    """A server that has ended with clients connected leaves its addresses free for the next one."""
    listens = both_transports()
    for _ in range(3):
        server = start_server(listens)
        with Client("tcp", HOST, listens[1].port) as client:
            assert client.ask().status == 200
            assert server.stop() == 0


def test_a_second_server_on_the_same_tcp_port_fails(start_server: StartServer) -> None:
    """A taken address is an error that names it, with an exit code other than 0, and the first server goes on."""
    first = start_server(both_transports())
    taken = first.listens[1]
    folder = first.config_file.parent
    config = folder / "second.cfg"
    text = first.config_file.read_text(encoding="utf-8")
    config.write_text(text.replace(f"listen={first.listens[0]}\n", ""), encoding="utf-8")

    second = subprocess.run(
        [
            *(*first.program.command, "-f", str(config), "-DD", "-E"),
            *("-P", str(folder / "second.pid"), "-Y", str(folder / "second")),
        ],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )

    assert second.returncode != 0
    assert str(taken.port) in second.stderr
    assert "in use" in second.stderr
    with Client("tcp", HOST, taken.port) as client:
        assert client.ask().status == 200
