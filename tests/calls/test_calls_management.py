"""Kamailio's tools and own programs manage a running server, also when a worker dies."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.clients import Client
from bench.configs import Listen, free_port
from bench.servers import Program, Server

CONFIGURATION = """
children=2
loadmodule "sl.so"
loadmodule "ctl.so"
loadmodule "jsonrpcs.so"
loadmodule "counters.so"
modparam("counters", "script_counter", "requests")
request_route {
    cnt_inc("requests");
    sl_send_reply("200", "OK");
}
"""


def needs(tool: str) -> None:
    """Skip where a tool is not installed."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")


@pytest.fixture
def managed(program: Program, tmp_path: Path) -> Iterator[Server]:
    """A server whose sockets are in the runtime directory, since no parameter names them."""
    (tmp_path / "run").mkdir()
    with Server(program, CONFIGURATION, [Listen("udp", "127.0.0.1", free_port())], tmp_path) as server:
        yield server


def kamcmd(server: Server, *words: str) -> str:
    """The output of kamcmd."""
    address = f"unix:{server.config_file.parent}/run/kamailio_ctl"
    done = subprocess.run(["kamcmd", "-s", address, *words], capture_output=True, text=True, timeout=20, check=False)
    return done.stdout


def ask_json(server: Server, method: str) -> object:
    """The result of a command over the datagram socket of jsonrpcs."""
    folder = server.config_file.parent / "run"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.bind(str(folder / "client"))
        client.settimeout(10)
        try:
            request = {"jsonrpc": "2.0", "method": method, "id": 1}
            client.sendto(json.dumps(request).encode(), str(folder / "kamailio_rpc.sock"))
            return json.loads(client.recv(65535))["result"]
        finally:
            (folder / "client").unlink()


def test_files_for_tools_have_their_permissions_and_are_removed(managed: Server) -> None:
    """Strangers cannot use them, and a stopped server leaves none."""
    folder = managed.config_file.parent / "run"
    modes = {
        name: stat.S_IMODE((folder / name).stat().st_mode)
        for name in ("kamailio_ctl", "kamailio_rpc.fifo", "kamailio_rpc.sock")
    }

    assert modes == {"kamailio_ctl": 0o600, "kamailio_rpc.fifo": 0o660, "kamailio_rpc.sock": 0o660}
    managed.stop()
    assert [name for name in modes if (folder / name).exists()] == []


def test_counters_of_all_workers(managed: Server) -> None:
    """One tool tells the sum of what all workers counted."""
    needs("kamcmd")
    before = int(kamcmd(managed, "cnt.get", "script", "requests"))
    listen = managed.listens[0]
    for _ in range(20):  # a socket each, so that the kernel spreads them over the workers
        with Client(listen.transport, listen.host, listen.port) as client:
            assert client.ask().status == 200

    assert int(kamcmd(managed, "cnt.get", "script", "requests")) == before + 20


def test_kamctl(managed: Server) -> None:
    """kamctl asks over the FIFO."""
    needs("kamctl")
    fifo = managed.config_file.parent / "run" / "kamailio_rpc.fifo"
    done = subprocess.run(
        ["kamctl", "rpc", "cnt.list_vars", "script"],
        capture_output=True,
        text=True,
        timeout=20,
        env={**os.environ, "RPCFIFOPATH": str(fifo)},
        check=False,
    )

    assert "requests" in json.loads(done.stdout)["result"]


def test_commands_go_on_when_the_housekeeper_dies(managed: Server, program: Program) -> None:
    """Whoever takes its place serves the same sockets; no client has to know."""
    needs("kamcmd")
    if program.name == "kamailio":
        pytest.skip("the real server ends when a child dies")
    for _ in range(2):
        workers = managed.child_pids()
        victim = workers[0]
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while victim in (now := managed.child_pids()) or len(now) < len(workers):
            assert time.monotonic() < deadline, "the worker was not replaced"
            time.sleep(0.02)

        assert "requests" in kamcmd(managed, "cnt.list_vars", "script")
        assert isinstance(ask_json(managed, "core.uptime"), dict)


def test_a_second_server_does_not_take_the_sockets(managed: Server, program: Program, tmp_path: Path) -> None:
    """It runs without them, with a warning for each: nobody has named them. A socket that is named stops the start."""
    if program.name == "kamailio":
        pytest.skip("the real server takes them")
    folder = tmp_path / "second"
    folder.mkdir()
    (folder / "run").symlink_to(tmp_path / "run")
    listens = [Listen("udp", "127.0.0.1", free_port())]
    with Server(program, CONFIGURATION, listens, folder) as second:
        assert all(f"run/{name}" in second.log() for name in ("kamailio_ctl", "kamailio_rpc.fifo", "kamailio_rpc.sock"))
    assert isinstance(ask_json(managed, "core.uptime"), dict)

    named = CONFIGURATION + f'modparam("ctl", "binrpc", "unix:{tmp_path}/run/kamailio_ctl")\n'
    third = Server(program, named, listens, folder)
    done = subprocess.run(third.command, capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 255
    assert "another server listens on" in done.stderr
    assert isinstance(ask_json(managed, "core.uptime"), dict)


def test_hostile_clients(managed: Server) -> None:
    """Garbage, silence and clients that leave do not keep others from being served."""
    folder = managed.config_file.parent / "run"
    silent = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(20)]
    for one in silent:
        one.connect(str(folder / "kamailio_ctl"))
    for data in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xa1\x00\xff\xff",
        os.urandom(3000),
        b"\xa1\x0f\xff\xff\xff\xff\xff\xff\xff\xff",
    ):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.connect(str(folder / "kamailio_ctl"))
            client.sendall(data)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(data, str(folder / "kamailio_rpc.sock"))
        with open(folder / "kamailio_rpc.fifo", "wb") as fifo:
            fifo.write(data)
    with open(folder / "kamailio_rpc.fifo", "wb") as fifo:
        fifo.write(b'{"jsonrpc": "2.0", "method": "core.uptime", "reply_name": "nobody-reads-this", "id": 1}' * 3)

    assert isinstance(ask_json(managed, "core.uptime"), dict)
    for one in silent:
        one.close()
