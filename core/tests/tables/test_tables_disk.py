"""Commits that wait for the disk, in a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from kahea.net.transport import SocketTransport
from kahea.net.udp import UdpSocket
from kahea.server.tables.disk_store import DiskStore
from kahea.sip.endpoints import Destination, LocalSocket

from .builders import MAP_SIZE, nothing


class SlowDisk(DiskStore):
    """A store whose disk writes when the test lets it."""

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop, lines: list[str]) -> None:
        super().__init__(path, MAP_SIZE, lines.append, nothing, loop)
        self.may_write = threading.Semaphore(0)
        self.commits: list[dict[bytes, bytes]] = []
        self.breaks = False

    def _write_all(self, waiting: Mapping[bytes, bytes]) -> None:
        if threading.current_thread() is not threading.main_thread():
            assert self.may_write.acquire(timeout=10)
        if self.breaks:
            self.breaks = False
            raise RuntimeError("broken")
        self.commits.append(dict(waiting))
        super()._write_all(waiting)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def lines() -> list[str]:
    """What was reported."""
    return []


@pytest.fixture
def store(tmp_path: Path, loop: asyncio.AbstractEventLoop, lines: list[str]) -> Iterator[SlowDisk]:
    """A store on a slow disk."""
    made = SlowDisk(str(tmp_path), loop, lines)
    yield made
    made.may_write.release(100)
    made.close()


def test_batches_are_committed_together(store: SlowDisk, loop: asyncio.AbstractEventLoop) -> None:
    """While the disk is busy the changes of further batches gather; what was put is seen here all the time."""
    store.put(b"a", b"1")
    store.put(b"x", b"1")
    first = store.commit_soon()
    store.put(b"b", b"1")
    second = store.commit_soon()
    store.put(b"c", b"1")
    store.delete(b"a")
    assert store.commit_soon() is second
    assert first is not None
    assert second is not None
    assert [store.get(key) for key in (b"a", b"b", b"c", b"x")] == [None, b"1", b"1", b"1"]
    assert not first.done()
    store.may_write.release()
    loop.run_until_complete(first)
    assert not second.done()
    store.may_write.release()
    loop.run_until_complete(second)
    assert store.commits == [{b"a": b"1", b"x": b"1"}, {b"b": b"1", b"c": b"1", b"a": b""}]
    assert store.commit_soon() is None
    assert [store.get(key) for key in (b"a", b"b", b"c", b"x")] == [None, b"1", b"1", b"1"]


def test_a_batch_without_changes_waits_for_those_before(store: SlowDisk, loop: asyncio.AbstractEventLoop) -> None:
    """Replies do not overtake each other."""
    assert store.commit_soon() is None
    store.put(b"a", b"1")
    first = store.commit_soon()
    assert store.commit_soon() is first
    assert first is not None
    store.may_write.release()
    loop.run_until_complete(first)


def test_a_change_in_one_step_waits(store: SlowDisk, loop: asyncio.AbstractEventLoop) -> None:
    """What reads and writes in one step comes after all that was put, and ends what others wait for."""
    store.put(b"n", b"1")
    first = store.commit_soon()
    store.put(b"n", b"2")
    second = store.commit_soon()
    store.may_write.release()
    assert store.change(b"n", lambda record: (record or b"") + b"3")
    assert store.get(b"n") == b"23"
    assert first is not None
    assert second is not None
    loop.run_until_complete(first)
    assert second.done()


def test_a_commit_that_fails(store: SlowDisk, loop: asyncio.AbstractEventLoop, lines: list[str]) -> None:
    """It is told, and nothing waits for ever."""
    store.breaks = True
    store.put(b"a", b"1")
    first = store.commit_soon()
    assert first is not None
    store.may_write.release()
    loop.run_until_complete(first)
    assert "broken" in lines[0]
    store.put(b"b", b"1")
    second = store.commit_soon()
    assert second is not None
    store.may_write.release()
    loop.run_until_complete(second)
    assert store.get(b"b") == b"1"


class FakeUdp:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.local = LocalSocket("udp", "127.0.0.1", 5060)
        self.written: list[bytes] = []

    def send(self, data: bytes, address: tuple[str, int], on_error: object = None) -> None:
        """Keep it."""
        self.written.append(data)


def test_what_is_held_is_written_when_released() -> None:
    """What was queued before `hold` is written by its release, what was queued later is not."""
    udp: UdpSocket | FakeUdp = FakeUdp()
    transport = SocketTransport([udp], None, [udp.local])  # type: ignore[list-item]
    destination = Destination("udp", "127.0.0.1", 5999, udp.local)
    assert transport.send(b"1", destination)
    release = transport.hold()
    assert transport.send(b"2", destination)
    assert isinstance(udp, FakeUdp)
    assert udp.written == []
    release()
    assert udp.written == [b"1"]
    transport.flush()
    assert udp.written == [b"1", b"2"]
