"""Locks on items: one script holds a lock, in whatever worker it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final

import msgspec
from kahea.api import Core, Table

_PAUSE: Final = 0.002
"""Seconds between two tries to get a lock that another one holds."""


class Holder(msgspec.Struct, array_like=True, frozen=True):
    """Who holds a lock.

    Args:
        worker: its index.
        until: when the lock is free although nobody released it, in seconds since 1970.
    """

    worker: int
    until: float


class Locks:
    """The locks of all hash tables.

    A lock that is never released, since its script or its worker has ended, is free again after ``script_wait_limit``.

    Args:
        core: the server.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._holders: Table[Holder] = core.tables.table("htable..locks", Holder)
        # of the scripts of this worker: who holds a lock, how often, and until when
        self._held: dict[str, tuple[int, int, float]] = {}

    def start(self, core: Core) -> None:
        """Take the worker that runs."""
        self._core = core

    def acquire(self, key: str, script: int) -> bool | Awaitable[bool]:
        """Get a lock, at once if it is free or held by the same script.

        Args:
            key: of the lock.
            script: tells the scripts of this worker apart.

        Returns:
            ``True``, or what becomes it when the lock is free.
        """
        return self._try(key, script) or self._wait(key, script)

    def release(self, key: str, script: int) -> None:
        """Give a lock back as often as the script got it. One that it does not hold stays as it is."""
        held = self._held.get(key)
        if held is None or held[0] != script:
            return
        if held[1] > 1:
            self._held[key] = script, held[1] - 1, held[2]
            return
        del self._held[key]
        if self._core.workers.count > 1:
            worker = self._core.workers.index
            self._holders.update(key, lambda old: None if old is None or old.worker == worker else old)

    def _try(self, key: str, script: int) -> bool:
        now = self._core.clock.time()
        held = self._held.get(key)
        if held is not None and held[0] == script and held[2] > now:
            self._held[key] = script, held[1] + 1, held[2]
            return True
        if held is not None and held[2] > now:
            return False
        until = now + self._core.settings.script_wait_limit
        if self._core.workers.count > 1 and not self._claim(key, Holder(self._core.workers.index, until), now):
            return False
        self._held[key] = script, 1, until
        return True

    def _claim(self, key: str, mine: Holder, now: float) -> bool:
        """Write into the shared table that a script of this worker holds a lock; ``False`` if another one does."""
        holder = mine

        def change(old: Holder | None) -> Holder | None:
            nonlocal holder
            holder = mine if old is None or old.until <= now or old.worker == mine.worker else old
            return holder

        return self._holders.update(key, change) and holder is mine

    async def _wait(self, key: str, script: int) -> bool:
        while not self._try(key, script):
            await asyncio.sleep(_PAUSE)
        return True
