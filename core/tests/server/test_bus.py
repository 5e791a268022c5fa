"""The bus between workers."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from kahea.server import bus as bus_module
from kahea.server.bus import Kind

Make = Callable[[int], Any]


def test_records_arrive_in_order_once_flushed(workers: Make) -> None:
    """Records leave with flush, in order, each at its kind's handler with the sender's index, in one batch."""
    three = workers(3)
    got: list[tuple[str, int, bytes]] = []
    three.buses[2].handlers[Kind.TELL] = lambda sender, record: got.append(("tell", sender, record))
    three.buses[2].handlers[Kind.SEND] = lambda sender, record: got.append(("send", sender, record))
    for number in range(20):
        assert three.buses[0].send(2, Kind.TELL if number % 2 else Kind.SEND, b"%d" % number)
    assert three.buses[1].send(2, Kind.ALIAS, b"nobody takes it")
    three.run()
    assert got == []

    three.buses[0].flush()
    three.buses[1].flush()
    three.run()
    assert got == [("tell" if number % 2 else "send", 0, b"%d" % number) for number in range(20)]
    assert three.batches[2] == 1


def test_send_soon_needs_no_flush(workers: Make) -> None:
    """What is sent outside of a batch leaves by itself."""
    two = workers(2)
    got: list[bytes] = []
    two.buses[0].handlers[Kind.TELL] = lambda _, record: got.append(record)
    assert two.buses[1].send_soon(0, Kind.TELL, b"a")
    assert two.buses[1].send_soon(0, Kind.TELL, b"")
    two.run()

    assert got == [b"a", b""]


def test_records_of_any_length_arrive_whole(workers: Make) -> None:
    """Records around and far above a packet's size come whole and in order; above the limit they are refused."""
    two = workers(2)
    got: list[bytes] = []
    two.buses[0].handlers[Kind.TELL] = lambda _, record: got.append(record)
    packet = bus_module.PACKET
    sizes = [0, 1, packet - 6, packet - 5, packet, packet + 1, 100, 2 * packet, 3_000_000, 7, 10_000, 30_000]
    records = [os.urandom(size) for size in sizes]
    for record in records:
        assert two.buses[1].send(0, Kind.TELL, record)
    two.buses[1].flush()
    two.run(0.1)

    assert got == records
    assert not two.buses[1].send(0, Kind.TELL, bytes(bus_module.MAX_MESSAGE + 1))


def test_a_worker_that_does_not_read_is_bounded(workers: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """First what may be shed is refused, then everything; nothing blocks, and all that was taken arrives in order."""
    monkeypatch.setattr(bus_module, "SHED_ABOVE", 2_000_000)
    monkeypatch.setattr(bus_module, "MAX_OUTBOX", 3_000_000)
    two = workers(2)
    two.buses[0].stop()
    got: list[bytes] = []
    taken = refused = 0
    while two.buses[1].send(0, Kind.MESSAGE, b"%08d" % taken + bytes(492), sheddable=True):
        taken += 1
        two.buses[1].flush()
    at_most = 2_000_000 + 1024 * 1024 * 4
    assert taken * 500 < at_most
    shed_at = taken
    while two.buses[1].send(0, Kind.SEND, b"%08d" % taken + bytes(492)):
        assert not two.buses[1].send(0, Kind.MESSAGE, bytes(500), sheddable=True)
        refused += 1
        taken += 1
        two.buses[1].flush()
    assert (taken - shed_at) * 500 > 900_000
    assert refused
    assert two.buses[1].waiting(0) < 3_100_000

    two.replace(0)
    for kind in (Kind.MESSAGE, Kind.SEND):
        two.buses[0].handlers[kind] = lambda _, record: got.append(record[:8])
    two.run(0.5)
    assert got == [b"%08d" % number for number in range(taken)]
    assert two.buses[1].waiting(0) == 0


def test_half_of_a_long_record_is_forgotten(workers: Make) -> None:
    """What a worker that was killed sent of a long record is not mixed with its replacement's."""
    two = workers(2)
    two.buses[0].stop()
    assert two.buses[1].send(0, Kind.TELL, b"a" * 100_000)
    two.buses[1]._outboxes[0].packets.pop()
    two.buses[1].flush()
    two.die(1)
    two.replace(1)
    two.replace(0)
    got: list[bytes] = []
    two.buses[0].handlers[Kind.TELL] = lambda _, record: got.append(record)
    assert two.buses[1].send_soon(0, Kind.TELL, b"b" * 100_000)
    assert two.buses[1].send_soon(0, Kind.TELL, b"c")
    two.run()

    assert got == [b"b" * 100_000, b"c"]
