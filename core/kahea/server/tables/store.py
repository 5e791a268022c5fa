"""What keeps the records of tables: the interface, and the one in the memory of a single process."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final, Protocol

DELETE: Final = b""
"""What a change returns to remove the record; no record is empty."""


class Store(Protocol):
    """Records by key. What is put is seen by other processes after `commit`."""

    def get(self, key: bytes) -> bytes | None:
        """Return a record."""

    def put(self, key: bytes, record: bytes) -> bool:
        """Store a record; ``False`` when there is no room."""

    def delete(self, key: bytes) -> bool:
        """Remove a record, which need not be there; ``False`` when the change cannot be stored."""

    def change(self, key: bytes, change: Callable[[bytes | None], bytes | None]) -> bool:
        """Replace a record by what *change* makes of it, in one step for all processes.

        Args:
            key: of the record.
            change: gets the record and returns the new one, `DELETE` to remove it or ``None`` to leave it. It may be
                called more than once.

        Returns:
            ``False`` when there is no room.
        """

    def page(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return up to *limit* keys and records in the keys' order: those that begin with *prefix*, behind *after*."""

    def count(self) -> int:
        """Return how many records there are, roughly."""

    def commit(self) -> None:
        """Show other processes what was put and deleted."""

    def commit_soon(self) -> asyncio.Future[None] | None:
        """Commit, in the background if that takes long: then return what is done when it is."""

    def close(self) -> None:
        """Store what is left, and free everything."""


class MemoryStore:
    """Records in a dictionary: a `Store` for one process."""

    def __init__(self) -> None:
        self.records: dict[bytes, bytes] = {}
        self._order: list[bytes] | None = None

    def get(self, key: bytes) -> bytes | None:
        """Return a record."""
        return self.records.get(key)

    def put(self, key: bytes, record: bytes) -> bool:
        """Store a record."""
        if key not in self.records:
            self._order = None
        self.records[key] = record
        return True

    def delete(self, key: bytes) -> bool:
        """Remove a record, which need not be there."""
        if self.records.pop(key, None) is not None:
            self._order = None
        return True

    def change(self, key: bytes, change: Callable[[bytes | None], bytes | None]) -> bool:
        """Replace a record by what *change* makes of it."""
        new = change(self.records.get(key))
        if new == DELETE:
            return self.delete(key)
        return new is None or self.put(key, new)

    def page(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return up to *limit* keys and records."""
        order = self._order
        if order is None:
            order = self._order = sorted(self.records)
        start = bisect_right(order, after) if after else bisect_left(order, prefix)
        keys = order[start : start + limit]
        return [(key, self.records[key]) for key in keys if key.startswith(prefix)]

    def count(self) -> int:
        """Return how many records there are."""
        return len(self.records)

    def commit(self) -> None:
        """Have nothing to show: there is no other process."""

    def commit_soon(self) -> None:
        """Have nothing to show."""

    def close(self) -> None:
        """Have nothing to free."""
