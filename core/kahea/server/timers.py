"""Timers: many of them, on one timer of the loop, or on a clock that a test moves.

A timer that is set and cancelled costs about 0.7 µs together, where ``loop.call_later`` costs 4: timers that fall due
in the same hundredth of a second share a bucket, only buckets are ordered, and cancelling leaves an empty entry.
"""

from __future__ import annotations

import asyncio
import heapq
import time
import traceback
from collections.abc import Callable
from operator import attrgetter
from typing import Final

from kahea.logs import Logger
from kahea.modules.core import Clock

BUCKETS_PER_SECOND: Final = 100
"""A timer fires up to 1/100 s late on a loop, and exactly on a moved clock; never early."""


class SystemClock:
    """The machine's clocks; a `kahea.modules.core.Clock`."""

    monotonic = staticmethod(time.monotonic)
    time = staticmethod(time.time)


class PendingTimer:
    """A pending call; a `kahea.modules.core.Timer`."""

    __slots__ = ("callback", "interval", "when")

    def __init__(self, when: float, callback: Callable[[], None] | None, interval: float = 0.0) -> None:
        self.when = when
        self.callback = callback
        self.interval = interval

    def cancel(self) -> None:
        """Do not call it any more."""
        self.callback = None


_when = attrgetter("when")


class Timers:
    """Pending calls in order of time; implements `kahea.modules.core.Timers`.

    Nothing fires by itself: who owns the clock calls `run_due`. `LoopTimers` does so on an event loop.

    Args:
        clock: the monotonic clock is used.
        log: takes the exceptions of callbacks, which end nothing else.
    """

    def __init__(self, clock: Clock, log: Logger) -> None:
        self._now = clock.monotonic
        self._log = log
        self._buckets: dict[int, list[PendingTimer]] = {}
        self._order: list[int] = []

    def call_later(self, seconds: float, callback: Callable[[], None]) -> PendingTimer:
        """Call *callback* once after *seconds*; at once in the next run for 0 or less."""
        timer = PendingTimer(self._now() + seconds, callback)
        self._insert(timer)
        return timer

    def every(self, seconds: float, callback: Callable[[], None]) -> PendingTimer:
        """Call *callback* every *seconds*, first after *seconds*; turns that were missed are left out.

        Raises:
            ValueError: *seconds* is not positive.
        """
        if seconds <= 0:
            raise ValueError("the interval of a timer must be positive")
        timer = PendingTimer(self._now() + seconds, callback, seconds)
        self._insert(timer)
        return timer

    def next_due(self) -> float | None:
        """Return a time (monotonic) at which something may be due, ``None`` if nothing is pending.

        It is at most 1/100 s after the earliest timer, which may have been cancelled.
        """
        return (self._order[0] + 1) / BUCKETS_PER_SECOND if self._order else None

    def next_exact(self) -> float | None:
        """Return the time of the earliest timer, ``None`` if nothing is pending: for a clock that is moved."""
        while self._order:
            pending = [timer.when for timer in self._buckets[self._order[0]] if timer.callback is not None]
            if pending:
                return min(pending)
            # all of it was cancelled
            del self._buckets[heapq.heappop(self._order)]
        return None

    def pending(self) -> int:
        """Return how many calls are to come; it looks at each."""
        return sum(timer.callback is not None for bucket in self._buckets.values() for timer in bucket)

    def run_due(self) -> None:
        """Call what is due now, in order of time; what the calls add for now waits for the next run."""
        now = self._now()
        limit = int(now * BUCKETS_PER_SECOND)
        due: list[PendingTimer] = []
        while self._order and self._order[0] <= limit:
            key = self._order[0]
            bucket = self._buckets[key]
            if key == limit:
                later = [timer for timer in bucket if timer.when > now and timer.callback is not None]
                due.extend(timer for timer in bucket if timer.when <= now)
                if later:
                    self._buckets[key] = later
                    break
            else:
                due.extend(bucket)
            heapq.heappop(self._order)
            del self._buckets[key]
        due.sort(key=_when)
        for timer in due:
            callback = timer.callback
            if callback is None:
                continue
            if timer.interval:
                # From the time it was due, not from now: otherwise the period would grow by each delay.
                timer.when += timer.interval
                if timer.when <= now:
                    timer.when = now + timer.interval - (now - timer.when) % timer.interval
                self._insert(timer)
            else:
                timer.callback = None
            try:
                callback()
            except Exception:
                self._log.critical(f"exception in a timer\n{traceback.format_exc().rstrip()}")

    def clear(self) -> None:
        """Forget everything."""
        self._buckets.clear()
        self._order.clear()

    def _insert(self, timer: PendingTimer) -> None:
        key = int(timer.when * BUCKETS_PER_SECOND)
        bucket = self._buckets.get(key)
        if bucket is None:
            self._buckets[key] = [timer]
            heapq.heappush(self._order, key)
            if self._order[0] == key:
                self._earliest_changed()
        else:
            bucket.append(timer)

    def _earliest_changed(self) -> None:
        """Hook: an earlier time than before is pending."""


class LoopTimers(Timers):
    """Timers that an event loop drives through a single timer of its own.

    Args:
        loop: the worker's.
        clock: real time.
        log: takes the exceptions of callbacks.
        end_of_batch: called after each run.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, clock: Clock, log: Logger, end_of_batch: Callable[[], None]
    ) -> None:
        super().__init__(clock, log)
        self._loop = loop
        self._end_of_batch = end_of_batch
        self._handle: asyncio.TimerHandle | None = None
        self._running = False

    def _earliest_changed(self) -> None:
        if not self._running:
            self._arm()

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        due = self.next_due()
        if due is not None:
            self._handle = self._loop.call_later(max(0.0, due - self._now()), self._fire)

    def _fire(self) -> None:
        self._handle = None
        self._running = True
        try:
            self.run_due()
        finally:
            self._running = False
            self._arm()
        self._end_of_batch()

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
