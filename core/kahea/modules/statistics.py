"""Statistics: counters that every worker counts for itself, and values that are computed when somebody asks.

Each worker has a row of cells in memory that all processes share, and writes no other row. Who reads adds the rows up.
What a worker counted stays when it dies: its replacement goes on in the same row.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    Cells = list[int] | memoryview[int]

_CELL: Final = 8


class Counter:
    """A number that this process counts up; made by `Counters.counter`.

    Attributes:
        name: ``group.name``.
        index: its cell in a row.
    """

    __slots__ = ("_cells", "index", "name")

    def __init__(self, name: str, cells: Cells, index: int) -> None:
        self.name = name
        self._cells = cells
        self.index = index

    @property
    def own(self) -> int:
        """What this worker has counted, with its predecessors in its place."""
        return self._cells[self.index]

    def inc(self) -> None:
        """Count one more; the bound method is what to keep for the hot path."""
        self._cells[self.index] += 1

    def add(self, amount: int) -> None:
        """Count *amount* more; a negative one counts down."""
        self._cells[self.index] += amount

    def move(self, cells: Cells) -> None:
        """Count in another row from now on."""
        self._cells = cells


class Counters:
    """The counters of one process. They are declared up to ``mod_init`` and shared from then on."""

    def __init__(self) -> None:
        self._counters: dict[str, Counter] = {}
        self._docs: dict[str, str] = {}
        self._lasting: set[str] = set()
        self._before: list[int] = []
        self._rows: memoryview | None = None
        self._base: Cells = []

    def counter(self, name: str, doc: str = "", *, lasting: bool = False) -> Counter:
        """Declare a counter, or return the one that is declared.

        Args:
            name: ``group.name``.
            doc: what is counted, for operators.
            lasting: whether it is never reset.

        Raises:
            LookupError: the server has started, and there is no such counter.
        """
        found = self._counters.get(name)
        if found is None:
            if self._rows is not None:
                raise LookupError(f"there is no counter {name}; declare it in mod_init")
            found = self._counters[name] = Counter(name, self._before, len(self._before))
            self._before.append(0)
            self._docs[name] = doc
            if lasting:
                self._lasting.add(name)
        return found

    def add(self, name: str, amount: int = 1) -> None:
        """Count by name; raises as `counter`. What runs for each message keeps ``counter(name).inc`` instead."""
        counter = self._counters.get(name) or self.counter(name)
        counter.add(amount)

    def share(self, workers: int) -> None:
        """Give each worker its row; once, after all are declared and before the fork.

        Args:
            workers: how many there will be.
        """
        width = len(self._before)
        # the first row holds what is taken off the sum: what was counted up to now, negative, and what a reset takes
        memory = mmap.mmap(-1, max(1, width * (workers + 1)) * _CELL)
        self._rows = memoryview(memory).cast("q")
        self._base = self._rows[:width]
        for index, value in enumerate(self._before):
            self._base[index] = -value
        self.take_row(0)

    def take_row(self, worker: int) -> None:
        """Count for a worker from now on.

        Args:
            worker: its index.
        """
        assert self._rows is not None
        width = len(self._base)
        own = self._rows[(worker + 1) * width : (worker + 2) * width]
        for counter in self._counters.values():
            counter.move(own)

    def __contains__(self, name: str) -> bool:
        return name in self._counters

    def names(self) -> list[str]:
        """Return the names of all counters, in the order of their declaration."""
        return list(self._counters)

    def describe(self, name: str) -> str:
        """Return what a counter counts; raises KeyError."""
        return self._docs[name]

    def total(self, name: str) -> int:
        """Return what all workers have counted; raises KeyError."""
        index = self._index(name)
        if self._rows is None:
            return self._before[index]
        return sum(self._rows[index + len(self._base) :: len(self._base)]) - self._base[index]

    def reset(self, name: str) -> None:
        """Count from 0 again, in all workers, unless it is never reset; raises KeyError."""
        index = self._index(name)
        if name in self._lasting:
            return
        if self._rows is None:
            self._before[index] = 0
        else:
            self._base[index] += self.total(name)

    def _index(self, name: str) -> int:
        return self._counters[name].index


@dataclass(frozen=True, slots=True)
class Gauge:
    """A value that is computed when it is asked for."""

    read: Callable[[], int]
    doc: str


class Statistics:
    """What operators and scripts read: the sums of the counters over all workers, and gauges.

    Args:
        counters: of the process.
    """

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._gauges: dict[str, Gauge] = {}

    def gauge(self, name: str, read: Callable[[], int], doc: str = "") -> None:
        """Declare a value that is computed from what all workers share, such as the number of records of a table.

        Args:
            name: ``group.name``.
            read: computes it, in whichever worker is asked.
            doc: what it is, for operators.
        """
        self._gauges[name] = Gauge(read, doc)

    def names(self, group: str | None = None) -> list[str]:
        """Return the names ``group.name`` of all statistics, or of those of a group."""
        names = [*self._counters.names(), *self._gauges]
        return names if group is None else [name for name in names if name.partition(".")[0] == group]

    def groups(self) -> list[str]:
        """Return the names of the groups."""
        return list(dict.fromkeys(name.partition(".")[0] for name in self.names()))

    def find(self, text: str) -> str | None:
        """Return the full name of a statistic.

        Args:
            text: ``group.name``, ``group:name``, or the name alone, which is the first one of that name.
        """
        name = text.replace(":", ".", 1)
        if name in self._gauges or name in self._counters:
            return name
        return next((found for found in self.names() if found.partition(".")[2] == text), None)

    def get(self, name: str) -> int:
        """Return the value of ``group.name``.

        Raises:
            KeyError: there is no such statistic.
        """
        gauge = self._gauges.get(name)
        return self._counters.total(name) if gauge is None else gauge.read()

    def describe(self, name: str) -> str:
        """Return what a statistic tells; raises KeyError."""
        gauge = self._gauges.get(name)
        return self._counters.describe(name) if gauge is None else gauge.doc

    def reset(self, name: str) -> bool:
        """Count from 0 again; ``False`` for a gauge, which cannot be reset. Raises KeyError."""
        if name in self._gauges:
            return False
        self._counters.reset(name)
        return True

    def all(self) -> Iterator[tuple[str, int]]:
        """Yield names and values."""
        for name in self.names():
            yield name, self.get(name)
