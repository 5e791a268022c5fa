"""Messages between workers: an inbox for each, made before the fork."""

from __future__ import annotations

import asyncio
import errno
import itertools
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from typing import Final

_HEADER: Final = struct.Struct("=HQB")
_LAST: Final = 1

FRAME: Final = 32 * 1024
"""Bytes of one frame; longer messages are sent in several."""

MAX_MESSAGE: Final = 16 * 1024 * 1024
"""Bytes of one message; a longer one is refused."""

MAX_OUTBOX: Final = 32 * 1024 * 1024
"""Bytes that wait for one worker that does not read; further messages to it are refused."""

READ_BATCH: Final = 64
"""Frames taken from the inbox before the loop turns to something else."""


class Inboxes:
    """One inbox for each worker slot; whoever has the slot reads it, all others write to it.

    The supervisor makes them before it forks and keeps them, so that a replacement has its predecessor's inbox.

    Args:
        workers: number of slots.
    """

    def __init__(self, workers: int) -> None:
        self.readers: list[socket.socket] = []
        self.writers: list[socket.socket] = []
        for _ in range(workers):
            reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            for end in (reader, writer):
                end.setblocking(False)
            writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1024 * 1024)
            self.readers.append(reader)
            self.writers.append(writer)

    def close(self) -> None:
        """Close all ends."""
        for end in (*self.readers, *self.writers):
            end.close()


class Bus:
    """A worker's end: never blocks, never loses the order, bounds what waits for a worker that does not read.

    Args:
        loop: the worker's.
        inboxes: of all workers.
        index: this worker's slot.
        receive: called with the sender's slot and each message.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        inboxes: Inboxes,
        index: int,
        receive: Callable[[int, bytes], None],
    ) -> None:
        self._loop = loop
        self._reader = inboxes.readers[index]
        self._writers = inboxes.writers
        self._index = index
        self._receive = receive
        # Numbers go on where a predecessor's cannot have been, so that its half-sent message is not completed by ours.
        self._numbers = itertools.count(time.monotonic_ns())
        self._parts: dict[int, tuple[int, list[bytes]]] = {}
        self._outboxes: dict[int, deque[bytes]] = {}
        self._outbox_sizes: dict[int, int] = {}

    def start(self) -> None:
        """Begin to receive."""
        self._loop.add_reader(self._reader.fileno(), self._read)

    def stop(self) -> None:
        """Receive and send no more."""
        self._loop.remove_reader(self._reader.fileno())
        for target in self._outboxes:
            self._loop.remove_writer(self._writers[target].fileno())
        self._outboxes.clear()

    def send(self, target: int, message: bytes) -> bool:
        """Queue a message for a worker; ``False`` when it is too long or too much waits for that worker already."""
        waiting = self._outbox_sizes.get(target, 0)
        if len(message) > MAX_MESSAGE or waiting + len(message) > MAX_OUTBOX:
            return False
        number = next(self._numbers)
        frames = deque(
            _HEADER.pack(self._index, number, _LAST if start + FRAME >= len(message) else 0)
            + message[start : start + FRAME]
            for start in range(0, len(message) or 1, FRAME)
        )
        outbox = self._outboxes.get(target)
        if outbox is not None:
            outbox.extend(frames)
            self._outbox_sizes[target] = waiting + sum(map(len, frames))
        elif not self._write(target, frames):
            self._outboxes[target] = frames
            self._outbox_sizes[target] = sum(map(len, frames))
            self._loop.add_writer(self._writers[target].fileno(), self._write_more, target)
        return True

    def _write(self, target: int, frames: deque[bytes]) -> bool:
        writer = self._writers[target]
        while frames:
            try:
                writer.send(frames[0])
            except BlockingIOError:
                return False
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                return False
            frames.popleft()
        return True

    def _write_more(self, target: int) -> None:
        frames = self._outboxes[target]
        done = self._write(target, frames)
        self._outbox_sizes[target] = sum(map(len, frames))
        if done:
            del self._outboxes[target]
            self._loop.remove_writer(self._writers[target].fileno())

    def _read(self) -> None:
        for _ in range(READ_BATCH):
            try:
                frame = self._reader.recv(FRAME + _HEADER.size)
            except BlockingIOError:
                return
            if not frame:
                self._loop.remove_reader(self._reader.fileno())
                return
            sender, number, flags = _HEADER.unpack_from(frame)
            known, parts = self._parts.pop(sender, (number, []))
            if known != number:
                parts = []
            parts.append(frame[_HEADER.size :])
            if flags & _LAST:
                self._receive(sender, b"".join(parts))
            elif len(parts) * FRAME <= MAX_MESSAGE:
                self._parts[sender] = (number, parts)
