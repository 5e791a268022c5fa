"""Counters that processes share, and values that are computed."""

from __future__ import annotations

import os

import pytest
from kahea.modules.statistics import Counters, Statistics


def test_a_counter_counts() -> None:
    """A counter counts one by one or by an amount, and is the same for the same name."""
    counters = Counters()
    counter = counters.counter("core.things", "What is counted.")

    counter.inc()
    counter.add(3)
    counters.add("core.things", -1)

    assert counters.counter("core.things") is counter
    assert counters.total("core.things") == 3
    assert counters.describe("core.things") == "What is counted."


def test_what_was_counted_before_the_start_counts() -> None:
    """What is counted in mod_init is part of the sum."""
    counters = Counters()
    counters.add("core.things", 5)
    counters.share(2)
    counters.add("core.things", 2)
    assert counters.total("core.things") == 7


def test_a_worker_knows_what_it_has_counted() -> None:
    """What this worker counted is there beside the sum, also for the one that takes its place."""
    counters = Counters()
    counter = counters.counter("core.things")
    counters.share(2)
    counter.inc()
    counters.take_row(1)
    counter.add(5)
    assert (counter.own, counters.total("core.things")) == (5, 6)

    counters.take_row(0)
    assert counter.own == 1


def test_no_counter_comes_later() -> None:
    """A counter that was not declared before the start cannot be summed, so it is refused."""
    counters = Counters()
    counters.share(1)
    with pytest.raises(LookupError):
        counters.add("core.late")


def test_processes_count_together() -> None:
    """Each process counts in a row of its own, every process reads the sum, and a replacement goes on."""
    counters = Counters()
    inc = counters.counter("core.things").inc
    counters.counter("core.others")
    counters.share(2)
    for worker in (0, 1, 1):
        pid = os.fork()
        if pid == 0:
            counters.take_row(worker)
            inc()
            os._exit(0)
        os.waitpid(pid, 0)
    assert (counters.total("core.things"), counters.total("core.others")) == (3, 0)


def test_a_reset_holds_for_all_rows() -> None:
    """A reset makes the sum 0, whoever counted, and counting goes on from there."""
    counters = Counters()
    inc = counters.counter("core.things").inc
    counters.share(2)
    inc()
    counters.take_row(1)
    inc()
    counters.reset("core.things")
    assert counters.total("core.things") == 0
    inc()
    assert counters.total("core.things") == 1


def test_a_reset_before_the_start() -> None:
    """A counter can be reset in mod_init."""
    counters = Counters()
    counters.add("core.things")
    counters.reset("core.things")
    assert counters.total("core.things") == 0


def test_statistics_are_found_by_name() -> None:
    """A statistic is found by its full name with dot or colon, or by its own name alone."""
    counters = Counters()
    counters.add("core.things", 4)
    statistics = Statistics(counters)
    statistics.gauge("table.size", lambda: 9, "Records.")

    found = ("core.things", "core:things", "things", "size", "nothing")
    assert [statistics.find(name) for name in found] == ["core.things"] * 3 + ["table.size", None]
    assert dict(statistics.all()) == {"core.things": 4, "table.size": 9}
    assert statistics.groups() == ["core", "table"]
    assert statistics.names("table") == ["table.size"]
    assert statistics.describe("table.size") == "Records."


def test_a_computed_value_is_not_reset() -> None:
    """A gauge says what is, so that it cannot be set to 0."""
    counters = Counters()
    counters.add("core.things")
    statistics = Statistics(counters)
    statistics.gauge("table.size", lambda: 9)

    assert statistics.reset("core.things")
    assert not statistics.reset("table.size")
    assert (statistics.get("core.things"), statistics.get("table.size")) == (0, 9)
    with pytest.raises(KeyError):
        statistics.get("core.nothing")
