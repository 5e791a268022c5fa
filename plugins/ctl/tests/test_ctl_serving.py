"""Requests over binrpc and over the FIFO protocol, without a server around them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from kahea.api import Logger, RpcError
from kahea_ctl import fifo as fifo_module
from kahea_ctl.binrpc import FAULT, REPLY, REQUEST, Encoder, decode_header, decode_values, encode_packet, encode_scalar
from kahea_ctl.fifo import FifoServer, answer_text, unescape
from kahea_ctl.serving import BinrpcServer

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Service:
    """Carries out a few commands."""

    def names(self) -> list[str]:
        """The commands."""
        return ["big", "echo", "object", "refuse", "times"]

    def doc(self, name: str) -> str | None:
        """What a command does."""
        return name if name in self.names() else None

    async def call(self, name: str, params: Sequence[Any] = (), *, convert: bool = True) -> Any:
        """Carry out a command."""
        await asyncio.sleep(0)
        match name:
            case "echo":
                return list(params)
            case "big":
                return "x" * int(params[0])
            case "object":
                return object()
            case "times":
                return {"now": "12:30, noon", "of": {"day": 1, "night": None}, "list": [1, 2]}
        raise RpcError(404, "not here")


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
def binrpc() -> BinrpcServer:
    """A server with a short limit."""
    return BinrpcServer(Service(), Encoder(1024, 1024), convert=False)


@pytest.fixture
def fifo() -> FifoServer:
    """A server for lines of text."""
    return FifoServer(Service(), Logger(Sink()))


def packet(*values: Any, cookie: int = 7) -> bytes:
    """A request."""
    return encode_packet(REQUEST, cookie, b"".join(map(encode_scalar, values)))


def parsed(answer: bytes | None) -> tuple[int, int, list[Any]]:
    """Kind, cookie and values of an answer."""
    assert answer is not None
    kind, cookie, start, end = decode_header(answer)
    assert end == len(answer)
    return kind, cookie, decode_values(answer[start:end])


def converse(serve: Handler, *pieces: bytes) -> bytes:
    """What a server answers to bytes that arrive in pieces, until it or the client ends the connection."""

    async def run() -> bytes:
        near, far = socket.socketpair()
        near.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=far)
        serving = asyncio.create_task(_served(serve, reader, writer))
        loop = asyncio.get_running_loop()
        for piece in pieces:
            with contextlib.suppress(OSError):  # the server may have closed it
                await loop.sock_sendall(near, piece)
            await asyncio.sleep(0.01)
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_WR)
        answer = b""
        while data := await asyncio.wait_for(loop.sock_recv(near, 65536), 5):
            answer += data
        await serving
        near.close()
        return answer

    return asyncio.run(run())


async def _served(serve: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await serve(reader, writer)
    writer.close()


def test_an_answer_has_the_cookie_of_its_request(binrpc: BinrpcServer) -> None:
    """A command's values come back in a reply."""
    answer = asyncio.run(binrpc.receive(packet("echo", "a", 1, cookie=0x1234)))

    assert parsed(answer) == (REPLY, 0x1234, ["a", 1])


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (packet("nope"), [500, "command nope not found"]),
        (packet("refuse"), [404, "not here"]),
        (packet("big", 2000), [500, "Internal server error: the answer is too long (binrpc_max_body_size)"]),
        (packet("object"), [500, "Internal server error: object cannot be sent"]),
        (packet(), [400, "bad request method: end of packet encountered"]),
        (packet(5), [400, "bad request method: record doesn't match type"]),
        (encode_packet(REPLY, 7, b""), [400, "bad request: corrupted packet"]),
        (encode_packet(REQUEST, 7, b"\x41a"), [400, "bad request: more data needed"]),
        (b"GET / HTTP/1.1\r\n", [400, "bad request: corrupted packet"]),
    ],
)
def test_what_cannot_be_done_is_a_fault(binrpc: BinrpcServer, request_: bytes, fault: list[Any]) -> None:
    """A fault tells code and reason."""
    kind, _, values = parsed(asyncio.run(binrpc.receive(request_)))

    assert (kind, values) == (FAULT, fault)


def test_a_datagram_that_is_cut_off_has_no_answer(binrpc: BinrpcServer) -> None:
    """Half a packet is not answered, as in Kamailio."""
    assert asyncio.run(binrpc.receive(packet("echo", "text")[:-1])) is None


def test_requests_of_a_connection_are_answered_in_order(binrpc: BinrpcServer) -> None:
    """Packets may be cut and joined as streams do."""
    data = packet("echo", 1, cookie=1) + packet("echo", 2, cookie=2)

    answer = converse(binrpc.serve, data[:3], data[3:20], data[20:])

    _, _, _, end = decode_header(answer)
    assert parsed(answer[:end]) == (REPLY, 1, [1])
    assert parsed(answer[end:]) == (REPLY, 2, [2])


def test_a_connection_ends_after_what_is_no_packet(binrpc: BinrpcServer) -> None:
    """The client is told and closed; nothing behind can be understood."""
    answer = converse(binrpc.serve, b"hello world", packet("echo"))

    assert parsed(answer)[::2] == (FAULT, [400, "bad request: corrupted packet"])


def test_commands_in_lines(fifo: FifoServer) -> None:
    """A line for each value behind code and reason; a structure is one line, what separates is escaped."""
    answer = converse(fifo.serve, b":echo:\na\\nb\n5\n\n", b":times:\n\n:nope:\n", b"\n:refuse:\n\nhello\n\n")

    assert answer.decode().splitlines() == [
        "200 OK",
        "a\\nb",
        "5",
        "200 OK",
        "now:12\\o30\\c noon,of:day:1,night:<null string>,list:1,2",
        "500 Command 'nope' not found",
        "404 not here",
        "400 Command must be written :command:reply-fifo",
    ]


def test_a_command_that_never_ends_is_dropped(fifo: FifoServer) -> None:
    """A request has a limit."""
    assert converse(fifo.serve, b":echo:\n" + b"x" * 70000 + b"\n\n") == b"400 Command is too long\n"


def test_a_command_in_a_datagram(fifo: FifoServer) -> None:
    """The FIFO protocol runs over UDP as well."""
    assert asyncio.run(fifo.receive(b":echo:\na\n\n")) == b"200 OK\na\n"
    assert asyncio.run(fifo.receive(b"\n\n")) is None


def test_answers_go_to_the_fifo_that_the_command_names(
    fifo: FifoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its path is dropped: it has to be in the folder for such FIFOs. A command that names none is passed over."""
    monkeypatch.setattr(fifo_module, "REPLY_FOLDER", str(tmp_path))
    os.mkfifo(tmp_path / "answer")
    reading = os.open(tmp_path / "answer", os.O_RDONLY | os.O_NONBLOCK)

    async def run() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(b":echo:\nlost\n\n:echo:/elsewhere/answer\nfound\n\n")
        reader.feed_eof()
        await fifo.read(reader)

    asyncio.run(run())

    assert os.read(reading, 100) == b"200 OK\nfound\n"
    os.close(reading)


@pytest.mark.parametrize(
    ("line", "text"),
    [("a\\nb", "a\nb"), ("\\\\n", "\\n"), ("\\o\\c\\x", ":,\\x"), ("end\\", "end\\"), ("\\\\\\\\", "\\\\")],
)
def test_parameters_are_unescaped(line: str, text: str) -> None:
    """An escape that is none stays as it is."""
    assert unescape(line) == text


def test_nothing_is_an_empty_text() -> None:
    """A command without a result answers with the code alone."""
    assert answer_text(None) == ""
    assert answer_text([True, 1.5]) == "1\n1.500000\n"
