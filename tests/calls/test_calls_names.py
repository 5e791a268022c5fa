"""Requests to host names, with a name server on loopback that the server finds in a resolv.conf of its own."""

import os
import shlex
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.testing import DnsServer

from bench.clients import Client
from bench.configs import Listen, free_port
from bench.servers import Program, Server

HOST = "127.0.0.1"
NAME_SERVER = "127.22.0.2"

CONFIGURATION = """
debug=2
log_stderror=yes
listen=udp:127.0.0.1:5060
children=4
loadmodule "sl.so"
loadmodule "pv.so"
request_route {
    if ($hdr(X-To) == $null) {
        sl_send_reply("200", "OK");
        exit;
    }
    $du = $hdr(X-To);
    if (!forward()) {
        sl_send_reply("478", "Unresolvable Destination");
    }
}
"""


@pytest.fixture
def name_server() -> Iterator[DnsServer]:
    """A name server on port 53 of an address of its own."""
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("only root can give a process another /etc/resolv.conf")
    try:
        server = DnsServer(ip=NAME_SERVER, port=53)
    except OSError as error:
        pytest.skip(f"port 53 of {NAME_SERVER} cannot be used: {error}")
    yield server
    server.stop()


@pytest.fixture
def target() -> Iterator[socket.socket]:
    """Where requests are forwarded to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        sock.settimeout(5)
        yield sock


@pytest.fixture
def client(program: Program, name_server: DnsServer, tmp_path: Path) -> Iterator[Client]:
    """A client of a server with four workers that asks the name server."""
    conf = tmp_path / "resolv.conf"
    conf.write_text(f"nameserver {name_server.ip}\noptions timeout:1\n")
    mount = f"mount --bind {shlex.quote(str(conf))} /etc/resolv.conf"
    command = ("unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh", *program.command)
    listen = Listen("udp", HOST, free_port())
    with (
        Server(Program(program.name, command), CONFIGURATION, [listen], tmp_path / "server"),
        Client("udp", HOST, listen.port) as client,
    ):
        yield client


def test_a_request_is_forwarded_to_a_name(client: Client, name_server: DnsServer, target: socket.socket) -> None:
    """The SRV record of the next hop says where it goes."""
    port = target.getsockname()[1]
    name_server.names.add(f"_sip._udp.call.example IN SRV 1 1 {port} host.example\nhost.example IN A {HOST}")

    client.send(client.request(extra="X-To: sip:call.example\r\n"))

    assert target.recv(65535).startswith(b"OPTIONS ")


def test_a_name_that_is_not_found_is_answered(client: Client) -> None:
    """forward() is false when the name servers do not know the host."""
    assert client.ask(extra="X-To: sip:nowhere.example\r\n").status == 478


def test_a_silent_name_server_holds_up_nobody(client: Client, name_server: DnsServer, target: socket.socket) -> None:
    """Other requests are answered while scripts wait for a name server, and these go on when it answers."""
    port = target.getsockname()[1]
    name_server.names.add("\n".join(f"h{number}.example IN A {HOST}" for number in range(40)))
    name_server.names.silent = True
    for number in range(40):
        client.send(client.request(extra=f"X-To: sip:h{number}.example:{port}\r\n"))
    start = time.monotonic()
    for _ in range(20):
        assert client.ask().status == 200
    took = time.monotonic() - start
    name_server.names.silent = False
    forwarded = {next(line for line in target.recv(65535).split(b"\r\n") if b"X-To" in line) for _ in range(40)}

    assert took < 0.9
    assert len(forwarded) == 40
