"""Records that are on the disk before a reply leaves: commits wait in a thread, the worker goes on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from kahea.server.tables.lmdb_store import LmdbStore


class DiskStore(LmdbStore):
    """A store whose commits wait for the disk.

    Changes of batches that end while a commit is under way wait for the next one, together. `change` and `page`
    wait for the disk where they are called.

    Args:
        path, map_size, report, begun, processes: as for `LmdbStore`.
        loop: the worker's.
    """

    def __init__(
        self,
        path: str,
        map_size: int,
        report: Callable[[str], None],
        begun: Callable[[], None],
        loop: asyncio.AbstractEventLoop,
        *,
        processes: int = 1,
    ) -> None:
        super().__init__(path, map_size, report, begun, sync=True, keep=True, processes=processes)
        self._loop = loop
        self._thread = ThreadPoolExecutor(1, "table-commit")
        self._writing: dict[bytes, bytes] = {}
        self._work: Future[None] | None = None
        self._done: asyncio.Future[None] | None = None
        self._next_done: asyncio.Future[None] | None = None

    def get(self, key: bytes) -> bytes | None:
        """Return a record."""
        if self._writing and key not in self._waiting:
            record = self._writing.get(key)
            if record is not None:
                return record or None
        return super().get(key)

    def commit(self) -> None:
        """Wait until all that was put is on the disk."""
        if self._work is not None:
            with contextlib.suppress(Exception):  # told in `_ended`
                self._work.result()
            self._writing = {}
        super().commit()

    def commit_soon(self) -> asyncio.Future[None] | None:
        """Begin to commit; returns what is done when all that was put so far is on the disk."""
        if self._work is not None:
            if not self._waiting:
                return self._done if self._next_done is None else self._next_done
            if self._next_done is None:
                self._next_done = self._loop.create_future()
            return self._next_done
        if not self._waiting:
            return None
        self._start(self._loop.create_future())
        return self._done

    def _start(self, done: asyncio.Future[None]) -> None:
        self._writing = self._take_waiting()
        self._done = done
        self._work = self._thread.submit(self._write_all, self._writing)
        self._work.add_done_callback(lambda work: self._loop.call_soon_threadsafe(self._ended, work))

    def _ended(self, work: Future[None]) -> None:
        done, self._done = self._done, None
        self._work = None
        self._writing = {}
        error = work.exception()
        if error is not None:
            self._report(f"exception in a commit of tables: {type(error).__name__}: {error}")
        if done is not None:
            done.set_result(None)
        following, self._next_done = self._next_done, None
        if following is None:
            return
        if self._waiting:
            self._start(following)
        else:  # it was committed meanwhile, since somebody had to wait for it
            following.set_result(None)

    def close(self) -> None:
        """Store what is left, and close the file."""
        self.commit()
        self._thread.shutdown()
        super().close()
