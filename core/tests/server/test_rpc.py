"""RPC over the control socket: commands, scopes, hostile clients."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Any]


def connect(server: Any) -> socket.socket:
    """A client of the control socket."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(5)
    sock.connect(str(server.folder / "run" / "kahea_rpc.sock"))
    return sock


def exchange(server: Any, line: bytes) -> Any:
    """Send a line and return the answer."""
    with connect(server) as sock:
        sock.sendall(line)
        return json.loads(sock.makefile().readline())


def test_core_commands(server: Make) -> None:
    """core.* answer in the shapes of Kamailio 5.6.3's jsonrpcs."""
    one = server().start()

    def result(method: str, *params: Any) -> Any:
        return one.rpc(method, *params)["result"]

    assert re.fullmatch(r"kahea \d[\w.]* \(\w+/linux\)", result("core.version"))
    uptime = result("core.uptime")
    assert list(uptime) == ["now", "up_since", "uptime"]
    assert time.strptime(uptime["now"]) >= time.strptime(uptime["up_since"])
    assert isinstance(uptime["uptime"], int)
    rows = result("core.psx")
    assert [list(row) for row in rows] == [["IDX", "PID", "DSC"]] * 3
    assert [(row["IDX"], row["DSC"]) for row in rows] == [
        (0, "supervisor"),
        (1, "worker 0, housekeeper"),
        (2, "worker 1"),
    ]
    assert rows[0]["PID"] == one.process.pid
    assert result("core.ps") == [value for row in rows for value in (row["PID"], row["DSC"])]
    assert result("core.echo", "a", 1) == ["a", 1]
    assert result("core.pwd") == ["/"]
    assert result("core.arg")[0].endswith("echo_app.py")
    # the rest of a socket's row, and core.runinfo, core.flags: as Kamailio 5.6.3 and 6.x by its source
    assert [list(row["socket"]) for row in result("core.sockets_list")] == [
        ["af", "proto", "address", "port", "agname", "mcast", "mhomed", "virtual"]
    ] * 2
    assert [[row["socket"][key] for key in ("proto", "address", "port")] for row in result("core.sockets_list")] == [
        [protocol, "127.0.0.1", str(one.port)] for protocol in ("udp", "tcp")
    ]
    assert list(result("core.aliases_list")) == ["myself_callbacks", "aliases"]
    assert list(result("core.info")) == ["version", "id", "compiler", "compiled", "flags"]
    assert result("core.info")["flags"] == result("core.flags") == "USE_TCP"
    assert re.fullmatch(r"0d 0h \d+m \d+s", result("core.runinfo")["utime_days"])
    assert result("core.prints", "abc", 5) == ["abc", "5"]
    assert result("core.printi", 5, "6") == [5, 6]
    assert one.rpc("core.printi", "x")["error"]["code"] == 400
    assert one.rpc("core.shmmem")["error"]["code"] == 501
    assert one.rpc("core.nope") == {"jsonrpc": "2.0", "error": {"code": 500, "message": "Method Not Found"}, "id": 7}
    assert one.rpc("core.uptime", 1, 2)["error"]["code"] == 400


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("kamailio") is None, reason="kamailio is not installed")
def test_core_commands_have_the_real_servers_shape(server: Make, tmp_path: Path) -> None:
    """core.uptime, core.psx, core.ps and an unknown method: the same keys, types and texts as the real server's."""
    one = server().start()
    folder = tmp_path / "kamailio"
    folder.mkdir()
    (folder / "k.cfg").write_text(
        "#!KAMAILIO\nchildren=1\nauto_aliases=no\n"
        f"listen=udp:127.0.0.1:{one.port + 1 if one.port < 65000 else one.port - 1}\n"
        'loadmodule "jsonrpcs.so"\nloadmodule "kex.so"\n'
        'modparam("jsonrpcs", "transport", 4)\n'
        f'modparam("jsonrpcs", "dgram_socket", "{folder}/sock")\nrequest_route {{ exit; }}\n'
    )
    command = ["kamailio", "-f", str(folder / "k.cfg"), "-x", "fm", "-X", "fm", "-DD", "-E"]
    command += ["-P", str(folder / "pid"), "-Y", str(folder / "run")]
    answers: dict[str, Any] = {}
    methods = ("core.uptime", "core.psx", "core.ps", "core.nope", "core.pwd")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            one.until((folder / "sock").exists)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
                client.bind(str(folder / "client"))
                client.settimeout(3)
                for method in methods:
                    request = {"jsonrpc": "2.0", "method": method, "params": [], "id": 7}
                    client.sendto(json.dumps(request).encode(), str(folder / "sock"))
                    answers[method] = json.loads(client.recv(65536))
        finally:
            process.send_signal(signal.SIGTERM)

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(one) for key, one in value.items()}
        return [shape(one) for one in value[:2]] if isinstance(value, list) else type(value)

    for method in methods:
        assert shape(one.rpc(method)) == shape(answers[method])
    assert one.rpc("core.nope") == answers["core.nope"]


def test_scopes(server: Make) -> None:
    """each: an answer per worker or the merged one; owner: the housekeeper's."""
    one = server(children=3).start()

    assert one.rpc("test.worker") == {"jsonrpc": "2.0", "result": [0, 1, 2], "id": 7}
    assert one.rpc("test.sum")["result"] == 6
    assert one.rpc("test.owner")["result"] == 0
    with socket.create_connection(("127.0.0.1", one.port)) as client:
        one.until(lambda: one.rpc("core.tcp_list")["result"])
        (row,) = one.rpc("core.tcp_list")["result"]
        assert list(row) == [
            *("id", "type", "state", "timeout", "lifetime", "ref_count", "src_ip", "src_port", "dst_ip", "dst_port")
        ]
        assert (row["type"], row["state"], row["lifetime"]) == ("TCP", "CONN_OK", 120)
        info = one.rpc("core.tcp_info")["result"]
        assert (info["readers"], info["max_connections"], info["opened_connections"]) == (3, 2048, 1)
        assert (row["type"], row["src_port"], row["dst_port"]) == ("TCP", client.getsockname()[1], one.port)
        assert sum(row["connections"] for row in one.rpc("core.psa")["result"]) == 1


def test_stopped_worker_gives_a_partial_answer(server: Make) -> None:
    """A worker in SIGSTOP: after the time limit its place holds an error, the others' answers are there."""
    one = server(children=3).start()
    stopped = one.kill_worker(1, signal.SIGSTOP)
    started = time.monotonic()
    answer = one.rpc("test.worker")

    assert 1.5 < time.monotonic() - started < 4
    reason = "worker 1 did not answer within 2 s"
    assert answer["result"] == [0, {"error": {"code": 504, "message": reason}}, 2]
    assert answer["missing"] == [{"worker": 1, "code": 504, "message": reason}]
    merged = one.rpc("test.sum")
    assert (merged["result"], len(merged["missing"])) == (4, 1)

    os.kill(stopped, signal.SIGCONT)
    one.until(lambda: one.rpc("test.worker")["result"] == [0, 1, 2])
    assert one.stop() == 0


def test_dead_worker_is_known_at_once(server: Make) -> None:
    """While a dead worker waits for its replacement, an answer does not wait for it."""
    one = server(children=2).start()
    for deaths in (1, 2, 3):
        one.until(lambda: all(one.workers()), what="replacement")
        one.kill_worker(1)
        one.wait_for("was killed by signal 9", count=deaths)
    started = time.monotonic()
    answer = one.rpc("test.worker")

    assert time.monotonic() - started < 1
    assert answer["missing"] == [{"worker": 1, "code": 503, "message": "worker 1 is not running"}]


def test_big_answers_and_refusals(server: Make) -> None:
    """Answers far above a frame come whole; a worker's refusal is an entry; an exception is 500 and logged."""
    one = server(children=3).start()

    assert [len(text) for text in one.rpc("test.big", 3_000_000)["result"]] == [3_000_000] * 3
    answer = one.rpc("test.refuse")
    assert answer["result"] == [None, {"error": {"code": 404, "message": "not in this worker"}}, None]
    assert one.rpc("test.broken")["error"] == {"code": 500, "message": "Internal Error: ZeroDivisionError"}
    one.wait_for("exception in the RPC command test.broken")
    assert one.rpc("test.bytes")["result"] == "caf\udce9"


def test_replaced_housekeeper_serves_the_same_socket(server: Make) -> None:
    """kill -9 of worker 0: its replacement is the housekeeper and answers on the same socket."""
    one = server().start()
    first = one.kill_worker(0)

    assert one.rpc("test.owner")["result"] == 0
    assert one.workers()[0] != first
    assert one.rpc("test.worker")["result"] == [0, 1]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{nonsense\n", -32700),
        (b"\xff\xfe\n", -32700),
        (b"[" * 60000 + b"\n", -32700),
        (b"x" * 70000 + b"\n", -32700),
        (b"[]\n", -32600),
        (b"7\n", -32600),
        (b'{"method": 5, "id": 1}\n', -32600),
        (b'{"method": "core.echo", "params": 5, "id": 1}\n', -32600),
    ],
)
def test_malformed_requests(server: Make, line: bytes, code: int) -> None:
    """What is no JSON, no request, or too long gets a JSON-RPC error (JSON-RPC 2.0, section 5.1)."""
    one = server(protocols=("udp",)).start()

    assert exchange(one, line)["error"]["code"] == code
    assert one.rpc("core.echo", "still here")["result"] == ["still here"]


def test_conversation(server: Make) -> None:
    """Several requests on a connection are answered in order; one without id gets no answer; params may be named."""
    one = server(protocols=("udp",)).start()
    with connect(one) as sock:
        sock.sendall(
            b'{"jsonrpc": "2.0", "method": "core.echo", "params": ["not answered"]}\n\n'
            b'{"jsonrpc": "2.0", "method": "core.echo", "params": {"x": 1, "y": 2}, "id": "a"}\n'
            b'{"jsonrpc": "2.0", "method": "core.echo", "id": null}'
        )
        sock.shutdown(socket.SHUT_WR)
        lines = sock.makefile().readlines()

    assert [json.loads(line) for line in lines] == [
        {"jsonrpc": "2.0", "result": [1, 2], "id": "a"},
        {"jsonrpc": "2.0", "result": [], "id": None},
    ]


def test_clients_are_bounded(server: Make) -> None:
    """The 33rd client is told and closed; when one leaves, the next is served."""
    one = server(protocols=("udp",)).start()
    clients = [connect(one) for _ in range(32)]
    for client in clients:
        client.sendall(b'{"method": "core.echo", "id": 1}\n')
        client.recv(999)
    assert exchange(one, b"")["error"]["code"] == -32000
    for client in clients:
        client.close()
    one.until(lambda: "result" in one.rpc("core.echo"))


def test_core_kill(server: Make) -> None:
    """core.kill answers, then ends the server orderly; other signals than the server's own are refused."""
    one = server().start()
    assert one.rpc("core.kill", 9)["error"]["code"] == 400
    assert one.rpc("core.kill")["result"] is None

    assert one.process.wait(5) == 0
    assert not one.pid_path.exists()
