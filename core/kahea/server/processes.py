"""The table of processes: written by the supervisor, read by all, in shared memory."""

from __future__ import annotations

import mmap
import struct
import time
from dataclasses import dataclass
from typing import Final

_SLOT: Final = struct.Struct("=qdqq96s")
_PID: Final = struct.Struct("=q")
_RESTARTS_AT: Final = 16
_CONNECTIONS_AT: Final = 24
_DESCRIPTION: Final = 96


@dataclass(frozen=True, slots=True)
class ProcessEntry:
    """One process of the server.

    Attributes:
        number: 0 the supervisor, 1 up the workers; the number before the pid in log lines.
        pid: 0 while it is dead.
        started: seconds since 1970.
        restarts: how often this slot's process was replaced.
        connections: stream connections that it has open.
        description: what it does.
    """

    number: int
    pid: int
    started: float
    restarts: int
    connections: int
    description: str


class ProcessTable:
    """Who runs: an anonymous shared mapping, made before the fork.

    Each field has one writer (the supervisor; the worker itself for its connections) and is eight bytes
    aligned, so that no lock is needed.

    Args:
        workers: worker slots.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._map = mmap.mmap(-1, _SLOT.size * (workers + 1))

    def put(self, number: int, pid: int, restarts: int, description: str) -> None:
        """Enter a process that was just started; it has no connections."""
        text = description.encode()[:_DESCRIPTION]
        _SLOT.pack_into(self._map, number * _SLOT.size, pid, time.time(), restarts, 0, text)

    def remove(self, number: int) -> None:
        """Note that a process is dead: its pid and its connections are gone."""
        base = number * _SLOT.size
        _PID.pack_into(self._map, base, 0)
        _PID.pack_into(self._map, base + _CONNECTIONS_AT, 0)

    def set_connections(self, number: int, count: int) -> None:
        """Publish how many connections a process has; called by itself only."""
        _PID.pack_into(self._map, number * _SLOT.size + _CONNECTIONS_AT, count)

    def connections(self) -> int:
        """Return how many connections all processes have together."""
        return sum(
            _PID.unpack_from(self._map, number * _SLOT.size + _CONNECTIONS_AT)[0] for number in range(self.workers + 1)
        )

    def pid(self, number: int) -> int:
        """Return the pid of a process, 0 while it is dead."""
        pid: int = _PID.unpack_from(self._map, number * _SLOT.size)[0]
        return pid

    def generation(self, number: int) -> int:
        """Return how often a slot's process was replaced."""
        restarts: int = _PID.unpack_from(self._map, number * _SLOT.size + _RESTARTS_AT)[0]
        return restarts

    def entries(self) -> list[ProcessEntry]:
        """Return all processes that were ever entered, by number."""
        found = []
        for number in range(self.workers + 1):
            pid, started, restarts, connections, text = _SLOT.unpack_from(self._map, number * _SLOT.size)
            if started:
                description = text.rstrip(b"\0").decode("utf-8", "replace")
                found.append(ProcessEntry(number, pid, started, restarts, connections, description))
        return found
