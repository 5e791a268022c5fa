"""When the garbage collector looks for cycles: seldom while there is work, and at all objects only when there is none.

What serves a message leaves no cycles, and the hundred objects of a transaction live for seconds. With Python's own
thresholds (700, 10, 10) each of them is looked at again and again: a tenth of the CPU time of a proxied call, and
pauses that grow with the number of calls. A look at 10,000 objects takes a millisecond, one at all objects of many
thousand transactions hundreds.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import Final

THRESHOLDS: Final = (10_000, 4, 1_000_000)
"""New objects until the youngest are looked at; looks until the middle ones are; the oldest never by themselves."""

IDLE_SHARE: Final = 0.05
"""A worker that used less of the CPU than this since the last time has nothing better to do."""

WORTH_IT: Final = 10
"""Looks at the middle generation after which a look at all is worth it."""

LONGEST: Final = 600.0
"""Seconds after which all objects are looked at even if there is work."""


class IdleCollector:
    """Looks at all objects when a worker is idle.

    Args:
        cpu, clock: CPU time of the process and monotonic time, in seconds.
        collect: looks at all objects.
        pending: the counts of the generations.
    """

    def __init__(
        self,
        cpu: Callable[[], float] = time.process_time,
        clock: Callable[[], float] = time.monotonic,
        collect: Callable[[], object] = gc.collect,
        pending: Callable[[], tuple[int, int, int]] = gc.get_count,
    ) -> None:
        self._cpu = cpu
        self._clock = clock
        self._collect = collect
        self._pending = pending
        self._used = cpu()
        self._looked = self._ticked = clock()

    def tick(self) -> None:
        """To be called now and then, at most a few seconds apart: look, if there is nothing better to do."""
        now, used = self._clock(), self._cpu()
        elapsed, busy = now - self._ticked, used - self._used
        self._ticked, self._used = now, used
        if self._pending()[2] < WORTH_IT:
            return
        if busy < IDLE_SHARE * elapsed or now - self._looked >= LONGEST:
            self._collect()
            self._looked = now
            self._used = self._cpu()
