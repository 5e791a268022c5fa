"""When the garbage collector looks at all objects."""

from __future__ import annotations

from dataclasses import dataclass

from kahea.server.collecting import LONGEST, WORTH_IT, IdleCollector


@dataclass
class Process:
    """A process whose times are moved by hand."""

    cpu: float = 0.0
    now: float = 0.0
    pending: int = WORTH_IT
    looks: int = 0

    def look(self) -> None:
        """Count a look at all objects."""
        self.looks += 1

    def collector(self) -> IdleCollector:
        """Return a collector for the process."""
        return IdleCollector(lambda: self.cpu, lambda: self.now, self.look, lambda: (0, 0, self.pending))


def test_an_idle_worker_looks() -> None:
    """A worker without work looks at all objects, where that is worth it."""
    process = Process()
    collector = process.collector()
    process.now += 1
    collector.tick()
    assert process.looks == 1


def test_a_busy_worker_does_not() -> None:
    """A worker with work is not held up."""
    process = Process()
    collector = process.collector()
    for _ in range(100):
        process.now += 1
        process.cpu += 0.5
        collector.tick()
    assert process.looks == 0


def test_work_does_not_put_it_off_for_ever() -> None:
    """After a long time it looks all the same, so that memory is bounded."""
    process = Process()
    collector = process.collector()
    for _ in range(int(LONGEST) + 1):
        process.now += 1
        process.cpu += 0.5
        collector.tick()
    assert process.looks == 1


def test_nothing_to_find() -> None:
    """Where little was made since, an idle worker does not look either."""
    process = Process(pending=WORTH_IT - 1)
    collector = process.collector()
    process.now += 1
    collector.tick()
    assert process.looks == 0
