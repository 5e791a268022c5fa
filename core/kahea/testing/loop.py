"""An event loop on a clock that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

from kahea.testing.clock import FakeClock

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")


class FakeLoop(asyncio.SelectorEventLoop):
    """Runs only when asked to, and never sleeps; its time is a `FakeClock`'s.

    Args:
        clock: the clock that decides what is due.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock
        self._in_threads: set[asyncio.Future[Any]] = set()

    def time(self) -> float:
        """Return the clock's time."""
        return self._clock.monotonic()

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[_Ts]], _T], *args: *_Ts
    ) -> asyncio.Future[_T]:
        """Run a function in a thread; `wait_for_threads` waits for it."""
        running = super().run_in_executor(executor, func, *args)
        self._in_threads.add(running)
        running.add_done_callback(self._in_threads.discard)
        return running

    def wait_for_threads(self) -> None:
        """Wait, in real time, until nothing runs in a thread, and run what follows from it."""
        while self._in_threads:
            self.run_until_complete(asyncio.wait(self._in_threads))
            self.settle()

    def settle(self) -> None:
        """Run all that can run now."""
        while True:
            self.call_soon(self.stop)
            self.run_forever()
            if not self._has_work():
                return

    def run_now(self, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts) -> None:
        """Call something as the loop would, and run what follows from it; cheaper than a turn of the loop."""
        asyncio._set_running_loop(self)
        try:
            callback(*args)
        finally:
            asyncio._set_running_loop(None)
        if self._has_work():
            self.settle()

    def give_up(self) -> None:
        """End all that still waits, and close."""
        pending = asyncio.all_tasks(self)
        if pending:
            for task in pending:
                task.cancel()
            self.settle()
        self.close()

    def _has_work(self) -> bool:
        # the attributes are asyncio's own, and the only way to see that nothing is left to run
        queues: Any = self
        if queues._ready:
            return True
        due = self.next_due() if queues._scheduled else None
        return due is not None and due <= self.time()

    def next_due(self) -> float | None:
        """Return when the next timer of the loop is due, ``None`` when there is none."""
        queues: Any = self
        scheduled = queues._scheduled
        if not scheduled:
            return None
        if not scheduled[0].cancelled():
            due: float = scheduled[0].when()
            return due
        return min((handle.when() for handle in scheduled if not handle.cancelled()), default=None)
