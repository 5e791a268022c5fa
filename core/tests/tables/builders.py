"""Makes tables without a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kahea.logs import Logger
from kahea.server.tables.lmdb_store import LmdbStore
from kahea.server.tables.shared import SharedTables
from kahea.server.tables.store import MemoryStore, Store
from kahea.testing import FakeClock

MAP_SIZE = 64 * 1024 * 1024


class Lines:
    """A log sink that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Lines are kept at once."""


def nothing() -> None:
    """Do nothing."""


def lmdb_store(
    folder: Path, *, map_size: int = MAP_SIZE, begun: Callable[[], object] = nothing, report: list[str] | None = None
) -> LmdbStore:
    """Open a store in a folder."""
    lines = report if report is not None else []
    return LmdbStore(str(folder), map_size, lines.append, begun)


class World:
    """Tables of one process, with a clock that a test moves.

    Args:
        folder: where the records are; ``None`` for memory.
        map_size: of the store, in bytes.
    """

    def __init__(self, folder: Path | None, map_size: int = MAP_SIZE) -> None:
        self.folder = folder
        self.map_size = map_size
        self.clock = FakeClock()
        self.sink = Lines()
        self.reports: list[str] = []
        self.tables = SharedTables(self.clock, Logger(self.sink))
        self.lmdb: LmdbStore | None = None

    def start(self) -> World:
        """End the declarations, as a worker's start does."""
        self.tables.start(self._share)
        return self

    def _share(self, memory: MemoryStore, persistent: bool) -> Store:
        if self.folder is None:
            return memory
        self.lmdb = lmdb_store(self.folder, map_size=self.map_size, report=self.reports)
        assert self.lmdb.bring(memory.records, b"this start")
        return self.lmdb

    def close(self) -> None:
        """Close the stores."""
        self.tables.close()
