"""An event loop on a clock that a test moves."""

from __future__ import annotations

import asyncio
from typing import Any

from kahea.testing.clock import FakeClock


class FakeLoop(asyncio.SelectorEventLoop):
    """Runs only when asked to, and never sleeps; its time is a `FakeClock`'s.

    Args:
        clock: the clock that decides what is due.
    """

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def time(self) -> float:
        """Return the clock's time."""
        return self._clock.monotonic()

    def settle(self) -> None:
        """Run all that can run now."""
        # the attributes are asyncio's own, and the only way to see that nothing is left to run
        queues: Any = self
        while True:
            self.call_soon(self.stop)
            self.run_forever()
            if not queues._ready and (self.next_due() or float("inf")) > self.time():
                return

    def next_due(self) -> float | None:
        """Return when the next timer of the loop is due, ``None`` when there is none."""
        queues: Any = self
        return min((handle.when() for handle in queues._scheduled if not handle.cancelled()), default=None)
