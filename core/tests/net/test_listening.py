"""What modules listen on besides SIP."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

import pytest
from kahea.logs import Logger
from kahea.modules.listeners import ListenKind, ListenOn, group_number, user_number
from kahea.net.listening import ListenError, OpenListeners


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
def listeners(sink: Sink) -> OpenListeners:
    """Those of a server."""
    return OpenListeners(Logger(sink))


def free_port() -> int:
    """A port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back a line."""
    writer.write(await reader.readline())
    await writer.drain()


async def upper(data: bytes) -> bytes | None:
    """Send back capital letters; nothing for nothing."""
    await asyncio.sleep(0)
    return data.upper() or None


def test_a_relative_path_is_in_the_runtime_directory(listeners: OpenListeners, tmp_path: Path) -> None:
    """An absolute one stays; what was opened is removed at the end."""
    (tmp_path / "run").mkdir()
    relative = listeners.add(ListenOn(ListenKind.UNIX, "one"))
    absolute = listeners.add(ListenOn(ListenKind.FIFO, str(tmp_path / "two")))
    before = relative.is_open

    listeners.open(str(tmp_path / "run"))

    assert (before, relative.is_open, absolute.is_open) == (False, True, True)
    assert relative.name == str(tmp_path / "run" / "one")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["one", "run", "two"]
    listeners.close()
    assert [path.name for path in tmp_path.rglob("*")] == ["run"]


def test_what_is_required_and_cannot_be_opened(listeners: OpenListeners, sink: Sink, tmp_path: Path) -> None:
    """It stops the start; what is not required is a warning."""
    optional = listeners.add(ListenOn(ListenKind.UNIX, "missing/one", required=False))
    listeners.add(ListenOn(ListenKind.UNIX, "missing/two"))

    with pytest.raises(ListenError, match=r"cannot listen on unix_stream .*/missing/two: No such file or directory"):
        listeners.open(str(tmp_path))

    assert not optional.is_open
    assert "missing/one" in sink.lines[0]


@pytest.mark.parametrize("kind", [ListenKind.TCP, ListenKind.UDP])
def test_a_port_that_is_taken(listeners: OpenListeners, tmp_path: Path, kind: ListenKind) -> None:
    """The error names the address."""
    port = free_port()
    for _ in range(2):
        listeners.add(ListenOn(kind, "127.0.0.1", port))

    with pytest.raises(ListenError, match=rf"{kind.value} 127\.0\.0\.1:{port}: Address already in use"):
        listeners.open(str(tmp_path))

    listeners.close()


def test_clients_are_served(listeners: OpenListeners, tmp_path: Path) -> None:
    """Streams, datagrams and FIFOs, until the process stops; another one may go on then."""
    port = free_port()
    unix = listeners.add(ListenOn(ListenKind.UNIX, "unix"))
    tcp = listeners.add(ListenOn(ListenKind.TCP, "*", port))
    datagrams = listeners.add(ListenOn(ListenKind.UNIX_DATAGRAM, "datagrams"))
    udp = listeners.add(ListenOn(ListenKind.UDP, "localhost", port))
    fifo = listeners.add(ListenOn(ListenKind.FIFO, "fifo"))
    listeners.open(str(tmp_path))
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            heard.append(line)

    def ask(family: int, address: object) -> bytes:
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            if family == socket.AF_UNIX:
                client.bind(str(tmp_path / "client"))
            client.settimeout(5)
            client.sendto(b"", address)  # type: ignore[call-overload]
            client.sendto(b"datagram", address)  # type: ignore[call-overload]
            answer = client.recv(100)
            (tmp_path / "client").unlink(missing_ok=True)
            return answer

    def write() -> None:
        for _ in range(2):  # a writer that leaves is not the end
            with open(tmp_path / "fifo", "wb") as file:
                file.write(b"line\n")

    async def run() -> None:
        unix.serve_streams(echo)
        tcp.serve_streams(echo)
        datagrams.serve_datagrams(upper)
        udp.serve_datagrams(upper)
        fifo.serve_fifo(hear)
        await asyncio.sleep(0.05)
        for reader, writer in (
            await asyncio.open_unix_connection(tmp_path / "unix"),
            await asyncio.open_connection("127.0.0.1", port),
        ):
            writer.write(b"hello\n")
            assert await asyncio.wait_for(reader.read(), 5) == b"hello\n"
            writer.close()
        assert await asyncio.to_thread(ask, socket.AF_UNIX, str(tmp_path / "datagrams")) == b"DATAGRAM"
        assert await asyncio.to_thread(ask, socket.AF_INET, ("127.0.0.1", port)) == b"DATAGRAM"
        await asyncio.to_thread(write)
        await asyncio.sleep(0.05)
        await listeners.stop()

    for round_ in (1, 2):
        asyncio.run(run())
        assert heard == [b"line\n"] * 2 * round_
    listeners.close()


def test_a_handler_that_fails(listeners: OpenListeners, sink: Sink, tmp_path: Path) -> None:
    """Its client is closed, its error logged, and others are served."""
    unix = listeners.add(ListenOn(ListenKind.UNIX, "unix"))
    listeners.open(str(tmp_path))

    async def fail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise KeyError("broken")

    async def run() -> None:
        unix.serve_streams(fail)
        await asyncio.sleep(0.05)
        for _ in range(2):
            reader, writer = await asyncio.open_unix_connection(tmp_path / "unix")
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()
        await listeners.stop()

    asyncio.run(run())

    assert [line for line in sink.lines if "KeyError: 'broken'" in line] == sink.lines
    assert len(sink.lines) == 2
    listeners.close()


def test_users_and_groups() -> None:
    """By name and by number; one that does not exist is an error."""
    assert user_number("root") == user_number("0") == user_number(0) == 0
    assert group_number("root") == group_number(0) == 0
    assert user_number(os.getuid()) == os.getuid()
    for look_up in (user_number, group_number):
        with pytest.raises(ValueError, match="no such"):
            look_up("nobody-of-this-name")
