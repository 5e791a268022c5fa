"""Named locks between the scripts of one worker."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable

Key = tuple[str, str]


def lock_key(first: str, second: str) -> Key:
    """Return the name of a lock; the case of letters does not count."""
    return first.lower(), second.lower()


class Locks:
    """Locks that come into being when they are taken.

    While a script waits, others of its worker run: a lock keeps them out of what it has begun.
    """

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
