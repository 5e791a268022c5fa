"""Timers on a moved clock and on a loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from kahea.logs import Level, Logger
from kahea.server.timers import LoopTimers, SystemClock, Timers


class MovedClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """The time that the test set."""
        return self.now

    def time(self) -> float:
        """The same."""
        return self.now


class Lines:
    """A sink that keeps lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Nothing is buffered."""


@pytest.fixture
def clock() -> MovedClock:
    """A clock at 100 s."""
    return MovedClock()


@pytest.fixture
def timers(clock: MovedClock) -> Timers:
    """Timers on that clock."""
    return Timers(clock, Logger(Lines()))


def test_timers_fire_exactly_and_in_order(timers: Timers, clock: MovedClock) -> None:
    """On a moved clock a timer fires when its time is reached, not before, the earlier one first."""
    fired: list[str] = []
    timers.call_later(0.507, lambda: fired.append("b"))
    timers.call_later(0.503, lambda: fired.append("a"))
    timers.call_later(120.0, lambda: fired.append("c"))
    clock.now = 100.502
    timers.run_due()
    assert fired == []

    clock.now = 100.504
    timers.run_due()
    assert fired == ["a"]

    clock.now = 300.0
    timers.run_due()
    assert fired == ["a", "b", "c"]
    assert timers.next_due() is None


def test_cancelled_timer_does_not_fire(timers: Timers, clock: MovedClock) -> None:
    """A timer may be cancelled before it fires, also by an earlier one in the same run."""
    fired: list[str] = []
    first = timers.call_later(1, lambda: fired.append("x"))
    first.cancel()
    last = timers.call_later(2.001, lambda: fired.append("y"))
    timers.call_later(2, last.cancel)
    assert timers.next_exact() == pytest.approx(102)
    clock.now = 105.0
    timers.run_due()

    assert fired == []


def test_every_keeps_its_period(timers: Timers, clock: MovedClock) -> None:
    """A repeated timer keeps its period in spite of delays and leaves out turns that were missed."""
    fired: list[float] = []
    timer = timers.every(1.0, lambda: fired.append(clock.now))
    for now in (101.0, 102.4, 103.0, 107.5, 108.0):
        clock.now = now
        timers.run_due()
    timer.cancel()
    clock.now = 110.0
    timers.run_due()

    assert fired == [101.0, 102.4, 103.0, 107.5, 108.0]
    with pytest.raises(ValueError, match="positive"):
        timers.every(0, lambda: None)


def test_timer_set_by_a_timer_waits_for_the_next_run(timers: Timers, clock: MovedClock) -> None:
    """A callback that sets itself again for now does not keep the run from ending."""
    count = 0

    def again() -> None:
        nonlocal count
        count += 1
        timers.call_later(0, again)

    again()
    timers.run_due()
    assert count == 2


def test_exception_is_logged_and_ends_nothing(clock: MovedClock) -> None:
    """A callback that raises is logged; the others are called."""
    sink = Lines()
    timers = Timers(clock, Logger(sink, Level.ERR))
    fired: list[int] = []

    def fail() -> None:
        raise RuntimeError("broken")

    timers.call_later(1, fail)
    timers.call_later(1, lambda: fired.append(1))
    clock.now = 102.0
    timers.run_due()

    assert fired == [1]
    assert "RuntimeError: broken" in sink.lines[0]


def run_on_loop(use: Callable[[LoopTimers], None], seconds: float) -> int:
    """Let *use* set timers and run a loop; returns the number of batches that ended."""
    loop = asyncio.new_event_loop()
    batches: list[None] = []
    timers = LoopTimers(loop, SystemClock(), Logger(Lines()), lambda: batches.append(None))
    use(timers)
    loop.call_later(seconds, loop.stop)
    loop.run_forever()
    timers.clear()
    loop.close()
    return len(batches)


def test_loop_fires_within_a_hundredth() -> None:
    """On a loop timers fire in time, and everything queued by them is flushed after each run."""
    fired: list[float] = []
    started = time.monotonic()

    def use(timers: LoopTimers) -> None:
        timers.call_later(0.10, lambda: fired.append(time.monotonic() - started))
        timers.call_later(0.05, lambda: fired.append(time.monotonic() - started))
        timers.call_later(5.0, lambda: fired.append(9))

    batches = run_on_loop(use, 0.2)

    assert len(fired) == 2
    assert 0.05 <= fired[0] < 0.09
    assert 0.10 <= fired[1] < 0.14
    assert batches >= 2
