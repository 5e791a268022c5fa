"""When a dead worker is replaced, and when not."""

from __future__ import annotations

import os

from kahea.server.slots import GIVE_UP_AFTER, WORKER_CANNOT_START, Slot


def start(slot: Slot, said: bytes = b"+", *, lived: float = 0.0) -> None:
    """Start a worker that says something on its pipe and lives for some seconds."""
    reader, writer = os.pipe()
    slot.started_as(4711, reader)
    os.write(writer, said)
    os.close(writer)
    slot.started -= lived


def test_delays_grow_and_a_long_life_resets_them() -> None:
    """At once, then 0.5, 1, 2 s … after quick deaths; at once again after a long life; never more than 30 s."""
    slot = Slot(1)
    delays = []
    for lived in (0.1, 0.1, 0.1, 0.1, 60.0, 0.1, 0.1, *[0.1] * 10):
        start(slot, lived=lived)
        text = slot.died(-9)
        delays.append(text.partition("; starting another one")[2])

    assert delays[:7] == ["", " in 0.5 s", " in 1 s", " in 2 s", "", "", " in 0.5 s"]
    assert delays[-1] == " in 30 s"
    assert text.startswith("worker 1 (pid 4711) was killed by signal 9 (SIGKILL) after 0.1 s")
    assert slot.restarts == 17


def test_first_start_that_fails_is_final() -> None:
    """A worker that cannot start at all is not started again, and its reason is told."""
    slot = Slot(0)
    start(slot, b"no database")

    assert slot.died(WORKER_CANNOT_START) == "worker 0 (pid 4711) could not start: no database"
    assert slot.is_given_up


def test_worker_that_never_comes_up_is_given_up() -> None:
    """A worker that crashes before it is up is tried a few times; one that came up in between starts the count anew."""
    slot = Slot(0)
    for said in (b"", b"", b"+"):
        start(slot, said)
        slot.died(1)
    for number in range(1, GIVE_UP_AFTER + 1):
        start(slot, b"")
        text = slot.died(1)
        assert slot.is_given_up is (number == GIVE_UP_AFTER)

    assert text == f"worker 0 (pid 4711) exited with status 1; it did not come up {GIVE_UP_AFTER} times, giving up"
