"""Requests over a FIFO, datagrams and TCP, without a server around them."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from kahea.api import Logger
from kahea_jsonrpcs import serving
from kahea_jsonrpcs.calls import Caller
from kahea_jsonrpcs.serving import Server


class Service:
    """Carries out two commands."""

    def names(self) -> list[str]:
        """The commands."""
        return ["big", "echo"]

    def doc(self, name: str) -> str | None:
        """What a command does."""
        return name if name in self.names() else None

    async def call(self, name: str, params: Sequence[Any] = (), *, convert: bool = True) -> Any:
        """Carry out a command."""
        return "x" * params[0] if name == "big" else list(params)


class Sink:
    """Keeps log lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Have nothing to write."""


@pytest.fixture
def sink() -> Sink:
    """The log."""
    return Sink()


@pytest.fixture
def server(tmp_path: Path, sink: Sink) -> Server:
    """A server whose clients make their FIFOs in a folder of the test."""
    return Server(Caller(Service(), pretty=False), Logger(sink), str(tmp_path))


def call(method: str, *params: Any, **more: Any) -> bytes:
    """A request."""
    return json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1, **more}).encode()


def fed(server: Server, *pieces: bytes) -> None:
    """Let a FIFO be read until its end."""

    async def run() -> None:
        reader = asyncio.StreamReader()
        reading = asyncio.create_task(server.read_fifo(reader))
        for piece in pieces:
            reader.feed_data(piece)
            await asyncio.sleep(0.05)
        reader.feed_eof()
        await reading

    asyncio.run(run())


def reply_fifo(folder: Path, name: str) -> int:
    """Make a FIFO for answers and read it."""
    os.mkfifo(folder / name)
    return os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK)


def test_answers_go_to_the_fifo_that_the_request_names(server: Server, tmp_path: Path) -> None:
    """Requests may come in pieces, and on many lines."""
    reading = reply_fifo(tmp_path, "answers")
    data = json.dumps(json.loads(call("echo", "a", reply_name="answers")), indent=1).encode()

    fed(server, data[:20], data[20:] + b"\n")

    assert os.read(reading, 1000) == b'{"jsonrpc":"2.0","result":["a"],"id":1}'
    os.close(reading)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (call("echo"), "dropped a request on the FIFO: it has no reply_name"),
        (b"{no json}", "dropped a request on the FIFO: Parse Error"),
        (call("echo", reply_name="../etc/passwd"), "the answer to a request on the FIFO cannot be written"),
        (call("echo", reply_name="missing"), "the answer to a request on the FIFO cannot be written"),
    ],
)
def test_what_cannot_be_answered_is_logged(server: Server, sink: Sink, data: bytes, line: str) -> None:
    """The next request is answered all the same."""
    fed(server, data)

    assert line in sink.lines[0]


def test_the_beginning_of_a_request_is_dropped(
    server: Server, tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that wrote half a request does not spoil that of the next one."""
    monkeypatch.setattr(serving, "REST_TIME", 0.02)
    reading = reply_fifo(tmp_path, "answers")

    fed(server, b'{"jsonrpc": "2.0", ', call("echo", "b", reply_name="answers"))

    assert os.read(reading, 1000) == b'{"jsonrpc":"2.0","result":["b"],"id":1}'
    assert "the rest of it is missing" in sink.lines[0]
    os.close(reading)


def test_an_answer_is_stored_in_a_file(server: Server, tmp_path: Path) -> None:
    """Clients of this machine may have it written instead of sent, as in Kamailio 6."""
    path = tmp_path / "stored"

    answer = asyncio.run(server.receive_local(call("echo", "a", store_path=str(path))))
    refused = asyncio.run(server.receive_local(call("echo", "a", store_path=str(tmp_path / "no" / "folder"))))

    assert json.loads(answer) == {"jsonrpc": "2.0", "result": "Stored", "id": 1}
    assert path.read_bytes() == b'{"jsonrpc":"2.0","result":["a"],"id":1}'
    assert json.loads(refused)["error"] == {"code": 500, "message": "Storing failed"}


def test_clients_of_the_network_store_nothing(server: Server, tmp_path: Path) -> None:
    """Over UDP the answer is sent, whatever the request says about files."""
    path = tmp_path / "stored"

    answer = asyncio.run(server.receive_remote(call("echo", "a", store_path=str(path))))

    assert json.loads(answer)["result"] == ["a"]
    assert not path.exists()


def test_an_answer_that_no_datagram_holds(server: Server) -> None:
    """The client is told instead of left waiting."""
    answer = asyncio.run(server.receive_remote(call("big", 70000)))

    assert json.loads(answer)["error"]["message"] == "Answer Too Long For UDP"


def test_no_json_is_answered(server: Server) -> None:
    """The real server says nothing; JSON-RPC 2.0 asks for an error."""
    answer = asyncio.run(server.receive_local(b"hello"))

    assert json.loads(answer) == {"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse Error"}, "id": None}


def test_one_request_for_each_connection(server: Server, tmp_path: Path) -> None:
    """The server closes the connection behind its answer."""

    async def ask(*pieces: bytes) -> bytes:
        listening = await asyncio.start_unix_server(_closing, tmp_path / "socket")
        reader, writer = await asyncio.open_unix_connection(tmp_path / "socket")
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        listening.close()
        return answer

    async def _closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await server.serve(reader, writer)
        writer.close()

    data = call("echo", "a")
    assert json.loads(asyncio.run(ask(data[:10], data[10:])))["result"] == ["a"]
    assert json.loads(asyncio.run(ask(b"hello")))["error"]["code"] == -32700
