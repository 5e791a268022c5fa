"""Records in a file that several processes map: LMDB.

Rules, each learnt by measuring: the environment is opened after the fork, by whoever uses it, never with
``writemap`` (a full disk would be a signal instead of an error); no transaction outlives one call.

Puts and deletions wait until the batch ends and are committed together (0.8 µs each, against 3 for one by itself).
So that a put can still say that there is no room, the last part of the map is a reserve: once it is touched, or the
file system is nearly full, each put is committed at once.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import lmdb

from kahea.server.tables.store import DELETE

MAX_WAITING: Final = 65536
"""Bytes of changes that wait for the end of the batch; more are committed at once."""

MIN_RESERVE: Final = 256 * 1024
RESERVE_PART: Final = 16
"""The reserve is one sixteenth of the map."""

MIN_FREE: Final = 4 * 1024 * 1024
"""Bytes free on the file system below which it counts as nearly full."""

_START_KEY: Final = b"\0start"

LOG_INTERVAL: Final = 10.0
"""Seconds between lines about changes that found no room."""


class LmdbStore:
    """A `kahea.server.tables.store.Store` that several processes share.

    Args:
        path: directory of the files.
        map_size: bytes that the records may take; address space, not memory.
        report: takes lines for the log.
        begun: called when a change begins to wait for `commit`.
        sync: whether a commit waits for the disk.
        keep: whether `close` waits for the disk.
        processes: how many will have the file open.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(
        self,
        path: str,
        map_size: int,
        report: Callable[[str], None],
        begun: Callable[[], object],
        *,
        sync: bool = False,
        keep: bool = False,
        processes: int = 1,
    ) -> None:
        self._path = path
        self._report = report
        self._begun = begun
        self._keep = keep
        try:
            self._env = lmdb.open(
                path,
                map_size=map_size,
                mode=0o600,
                sync=sync,
                metasync=sync,
                readahead=False,
                create=False,
                max_spare_txns=1,
                # twice: a dead worker's slot is free again only after the next look
                max_readers=2 * processes + 16,
            )
        except lmdb.Error as error:
            advice = "; set a smaller table_map_size" if isinstance(error, lmdb.MemoryError) else ""
            raise OSError(f"cannot open the tables in {path}: {error}{advice}") from None
        self._page_size: int = self._env.stat()["psize"]
        self._reserve_from = map_size - max(map_size // RESERVE_PART, MIN_RESERVE)
        self._begin = self._env.begin
        self._waiting: dict[bytes, bytes] = {}
        self._waiting_size = 0
        self._is_tight = False
        self._refused = 0
        self._next_report = 0.0
        self.look()

    # --- reading ---------------------------------------------------------------------------------

    def get(self, key: bytes) -> bytes | None:
        """Return a record."""
        waiting = self._waiting.get(key) if self._waiting else None
        if waiting is not None:
            return waiting or None
        txn = self._begin()
        found: Any = txn.get(key)  # bytes, since no buffers were asked for
        txn.abort()
        record: bytes | None = found
        return record

    def page(self, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Return up to *limit* keys and records."""
        self.commit()
        found: list[tuple[bytes, bytes]] = []
        with self._begin() as txn, txn.cursor() as cursor:
            there = cursor.set_range(after + b"\0" if after else prefix or b"\0")
            while there and len(found) < limit:
                key: bytes = cursor.key()
                if not key.startswith(prefix):
                    break
                found.append((key, cursor.value()))
                there = cursor.next()
        return found

    def count(self) -> int:
        """Return how many records there are, without those that wait."""
        entries: int = self._env.stat()["entries"]
        return entries

    # --- writing ---------------------------------------------------------------------------------

    def put(self, key: bytes, record: bytes) -> bool:
        """Store a record; ``False`` when there is no room."""
        return self._put(key, record)

    def delete(self, key: bytes) -> bool:
        """Remove a record, which need not be there; ``False`` when the change cannot be stored."""
        return self._put(key, DELETE)

    def _put(self, key: bytes, record: bytes) -> bool:
        if self._is_tight:
            self.commit()
            return self._write({key: record})
        waiting = self._waiting
        if not waiting:
            self._begun()
        waiting[key] = record
        self._waiting_size += len(key) + len(record)
        if self._waiting_size > MAX_WAITING:
            self.commit()
        return True

    def change(self, key: bytes, change: Callable[[bytes | None], bytes | None]) -> bool:
        """Replace a record by what *change* makes of it, in one step for all processes."""

        def work(txn: lmdb.Transaction) -> None:
            found: Any = txn.get(key)
            new = change(found)
            if new is not None:
                _store(txn, key, new)

        self.commit()
        return self._transact(work)

    def commit(self) -> None:
        """Show other processes what was put and deleted, in one transaction."""
        if self._waiting:
            self._write_all(self._take_waiting())

    def commit_soon(self) -> asyncio.Future[None] | None:
        """Commit now: that takes microseconds."""
        if self._waiting:
            self._write_all(self._take_waiting())
        return None

    def _take_waiting(self) -> dict[bytes, bytes]:
        waiting = self._waiting
        self._waiting = {}
        self._waiting_size = 0
        return waiting

    def _write_all(self, waiting: Mapping[bytes, bytes]) -> None:
        # What does not fit together may fit in part: as much as possible of what was promised is kept.
        if not self._write(waiting, quiet=len(waiting) > 1) and len(waiting) > 1:
            for key, record in waiting.items():
                self._write({key: record})

    def _write(self, changes: Mapping[bytes, bytes], *, quiet: bool = False) -> bool:
        def work(txn: lmdb.Transaction) -> None:
            for key, record in changes.items():
                _store(txn, key, record)

        return self._transact(work, quiet=quiet)

    def _transact(self, work: Callable[[lmdb.Transaction], None], *, quiet: bool = False) -> bool:
        try:
            with self._begin(write=True) as txn:
                work(txn)
        except lmdb.Error as error:
            # There may be no room because pages are kept for a reader that was killed.
            if self._env.reader_check():
                return self._transact(work, quiet=quiet)
            return self._refuse(error, quiet)
        if not self._is_tight and self._env.info()["last_pgno"] * self._page_size > self._reserve_from:
            self._is_tight = True
        return True

    def _refuse(self, error: lmdb.Error, quiet: bool) -> bool:
        self._is_tight = True
        if not quiet:
            self._refused += 1
            now = time.monotonic()
            if now >= self._next_report:
                self._next_report = now + LOG_INTERVAL
                self._report(f"{self._refused} changes of tables in {self._path} were refused: {error}")
                self._refused = 0
        return False

    def bring(self, records: Mapping[bytes, bytes], start: bytes) -> bool:
        """Store the records of a server's start, unless another process of that start has done so.

        Args:
            records: by key.
            start: what tells this start from others.

        Returns:
            ``False`` when there is no room for them.
        """

        def work(txn: lmdb.Transaction) -> None:
            if txn.get(_START_KEY) != start:
                txn.put(_START_KEY, start)
                for key, record in records.items():
                    txn.put(key, record)

        return self._transact(work)

    # --- care ------------------------------------------------------------------------------------

    def look(self) -> None:
        """See how much room there is, and free what killed readers hold; called about once a second."""
        self._env.reader_check()
        space = os.statvfs(self._path)
        is_full = space.f_bavail * space.f_frsize < MIN_FREE
        self._is_tight = is_full or self._env.info()["last_pgno"] * self._page_size > self._reserve_from

    def close(self) -> None:
        """Store what is left, and close the file."""
        self.commit()
        if self._keep:
            self._env.sync(True)
        self._env.close()


def _store(txn: lmdb.Transaction, key: bytes, record: bytes) -> None:
    if record == DELETE:
        txn.delete(key)
    else:
        txn.put(key, record)
