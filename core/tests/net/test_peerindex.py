"""The index in which workers find each other's connections."""

from __future__ import annotations

import os

from kahea.net.peerindex import WAYS, PeerIndex


def test_entries_are_found_until_they_are_removed() -> None:
    """A connection is found by its peer, whoever has it; removing another one's number leaves it."""
    index = PeerIndex(4, 100)
    index.add(3, "tcp", "192.0.2.1", 5060, 1027)

    assert index.find("tcp", "192.0.2.1", 5060) == 1027
    assert index.find("tcp", "192.0.2.1", 5061) == 0
    assert index.find("tls", "192.0.2.1", 5060) == 0
    index.remove(3, "tcp", "192.0.2.1", 5060, 2051)
    assert index.find("tcp", "192.0.2.1", 5060) == 1027
    index.remove(3, "tcp", "192.0.2.1", 5060, 1027)
    assert index.find("tcp", "192.0.2.1", 5060) == 0


def test_a_later_connection_to_a_peer_takes_the_entry() -> None:
    """Of two connections of a worker to one peer the later one is found; the end of the earlier one leaves it."""
    index = PeerIndex(1, 100)
    index.add(0, "tcp", "192.0.2.1", 5060, 1024)
    index.add(0, "tcp", "192.0.2.1", 5060, 2048)
    index.remove(0, "tcp", "192.0.2.1", 5060, 1024)

    assert index.find("tcp", "192.0.2.1", 5060) == 2048


def test_other_processes_see_the_entries() -> None:
    """What a forked worker enters is found in the others, and they agree on who opens a connection."""
    index = PeerIndex(2, 100)
    pid = os.fork()
    if pid == 0:
        index.add(1, "tcp", "192.0.2.7", 5060, 1025)
        os._exit(index.opener("tcp", "192.0.2.8", 5060))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    assert index.find("tcp", "192.0.2.7", 5060) == 1025
    assert status == index.opener("tcp", "192.0.2.8", 5060)


def test_clearing_forgets_one_worker() -> None:
    """The entries of a dead worker go, those of others stay."""
    index = PeerIndex(3, 100)
    for worker in range(3):
        index.add(worker, "tcp", f"192.0.2.{worker}", 5060, 1024 + worker)
    index.clear(1)

    assert [index.find("tcp", f"192.0.2.{worker}", 5060) for worker in range(3)] == [1024, 0, 1026]


def test_as_many_connections_as_may_be_open_are_found() -> None:
    """Nearly none of the allowed number falls out because its bucket is full; more than that is no error."""
    index = PeerIndex(1, 2000)
    for port in range(1, 2001):
        index.add(0, "tcp", "192.0.2.1", port, port * 1024)
    found = sum(index.find("tcp", "192.0.2.1", port) == port * 1024 for port in range(1, 2001))
    assert found >= 1990

    small = PeerIndex(1, 1)
    for port in range(1, 10_000):
        small.add(0, "tcp", "192.0.2.1", port, port * 1024)
    numbers = {port: small.find("tcp", "192.0.2.1", port) for port in range(1, 10_000)}
    kept = {port: number for port, number in numbers.items() if number}
    assert WAYS <= len(kept) < 9_999
    assert all(number == port * 1024 for port, number in kept.items())
