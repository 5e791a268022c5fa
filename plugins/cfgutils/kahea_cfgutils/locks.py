"""Named locks between scripts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from typing import Final, Protocol

from kahea.api import Core, Table

Key = tuple[str, str]

_FIRST_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 0.02
"""Seconds between two tries to take a lock that another script holds."""


def lock_key(first: str, second: str) -> Key:
    """Return the name of a lock; the case of letters does not count."""
    return first.lower(), second.lower()


class Locks(Protocol):
    """Locks that come into being when they are taken.

    While a script waits, others run: a lock keeps them out of what it has begun.
    """

    def take(self, key: Key) -> bool | Awaitable[bool]:
        """Take a lock: at once where it is free, else when it was released."""

    def try_to_take(self, key: Key) -> bool:
        """Take a lock if it is free; returns whether it was."""

    def release(self, key: Key) -> None:
        """Let others take a lock; one that is not held stays so."""


class LocalLocks:
    """Locks of a server with one worker; who waits gets them in the order of coming."""

    def __init__(self) -> None:
        # for each lock that is held, who waits for it
        self._held: dict[Key, deque[asyncio.Future[None]]] = {}

    def take(self, key: Key) -> bool | Awaitable[bool]:
        """Take a lock: at once where it is free, else when those who came before have released it."""
        return self.try_to_take(key) or self._wait(key)

    def try_to_take(self, key: Key) -> bool:
        """Take a lock if it is free; returns whether it was."""
        if key in self._held:
            return False
        self._held[key] = deque()
        return True

    async def _wait(self, key: Key) -> bool:
        if self.try_to_take(key):
            return True
        granted = asyncio.get_running_loop().create_future()
        self._held[key].append(granted)
        try:
            await granted
        except asyncio.CancelledError:
            # the script ended while it waited, perhaps just when the lock was passed on to it
            if granted.done() and not granted.cancelled():
                self.release(key)
            raise
        return True

    def release(self, key: Key) -> None:
        """Pass a lock on to who waits for it longest; one that is not held stays so."""
        waiting = self._held.get(key)
        while waiting:
            granted = waiting.popleft()
            if not granted.done():
                granted.set_result(None)
                return
        self._held.pop(key, None)


class SharedLocks:
    """Locks of all workers, in a shared table: who counts first has the lock, who waits tries again and again.

    Args:
        table: how often each lock that is held was tried.
        core: the server.
    """

    def __init__(self, table: Table[int], core: Core) -> None:
        self._table = table
        self._core = core

    def take(self, key: Key) -> bool | Awaitable[bool]:
        """Take a lock: at once where it is free, else when it was released."""
        return self.try_to_take(key) or self._wait(key)

    def try_to_take(self, key: Key) -> bool:
        """Take a lock if it is free; returns whether it was."""
        name = "\0".join(key)
        if self._table.increment(name) != 1:
            return False
        # a worker that dies does not release what it holds
        self._table.expire(name, self._core.clock.time() + 2 * self._core.settings.script_wait_limit)
        return True

    async def _wait(self, key: Key) -> bool:
        pause = _FIRST_PAUSE
        while not self.try_to_take(key):
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return True

    def release(self, key: Key) -> None:
        """Let others take a lock; one that is not held stays so."""
        self._table.delete("\0".join(key))
