"""Connections of several workers, used by any of them: real sockets, all workers in the loop of the test's thread."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from kahea.modules.settings import Settings
from kahea.net.peerindex import PeerIndex
from kahea.net.tcp import MAX_WORKERS, Connections, bind_tcp
from kahea.net.transport import SocketTransport
from kahea.server.streams import SharedStreams
from kahea.sip.endpoints import Destination, LocalSocket, Source

Make = Callable[[int], Any]
HOST = "127.0.0.1"


def message(text: bytes = b"") -> bytes:
    """A request as it stands on a stream."""
    return b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: %d\r\n\r\n" % len(text) + text


def peer_of(client: socket.socket, **more: Any) -> Destination:
    """Where a client is reached by its address."""
    ip, port = client.getsockname()
    return Destination("tcp", ip, port, **more)


class Farm:
    """Workers with connections.

    Attributes:
        transports: of each worker.
        received: what each worker received.
    """

    def __init__(self, workers: Any, port: int, **settings: Any) -> None:
        self.workers = workers
        self.settings = Settings(**settings)
        self.count = len(workers.groups)
        self.index = PeerIndex(self.count, 100)
        self.local = LocalSocket("tcp", HOST, port)
        self.listeners = bind_tcp(self.local, self.settings, self.count)
        self.tables: list[Any] = [None] * self.count
        self.streams: list[Any] = [None] * self.count
        self.transports: list[Any] = [None] * self.count
        self.received: list[list[tuple[bytes, Source]]] = [[] for _ in range(self.count)]
        self.clients: list[socket.socket] = []
        for worker in range(self.count):
            self.start(worker)

    def start(self, worker: int) -> None:
        """Start a worker in its place."""
        workers, loop, received = self.workers, self.workers.loop, self.received[worker]

        class Count:
            def publish(self, own: int) -> None:
                workers.table.set_connections(worker + 1, own)

            def total(self) -> int:
                total: int = workers.table.connections()
                return total

        def end_of_batch() -> None:
            self.transports[worker].flush()
            workers.buses[worker].flush()

        generation = workers.table.generation(worker + 1)
        table = self.tables[worker] = Connections(
            loop,
            self.settings,
            workers.log,
            lambda data, source: received.append((data, source)),
            end_of_batch,
            Count(),
            worker,
            generation,
            self.index,
        )
        bus = workers.buses[worker]
        bus._end_of_batch = end_of_batch
        self.streams[worker] = SharedStreams(table, self.index, bus, workers.table, worker, [self.local], loop.time)
        self.streams[worker].look_after()
        self.transports[worker] = SocketTransport([], self.streams[worker], [self.local])
        loop.run_until_complete(table.listen(self.listeners[worker].dup(), self.local))

    def kill(self, worker: int) -> None:
        """Let a worker die with its connections."""
        self.workers.die(worker)
        self.index.clear(worker)
        self.tables[worker].stop_accepting()
        self.tables[worker]._index = None
        for connection in self.tables[worker]:
            connection._transport.abort()

    def replace(self, worker: int) -> None:
        """Start another worker in a dead one's place."""
        self.workers.replace(worker)
        self.start(worker)

    def until(self, condition: Callable[[], Any], seconds: float = 3) -> None:
        """Let the loop run until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline
            self.workers.run(0.002)

    def client_of(self, worker: int) -> socket.socket:
        """A client that a worker accepted."""
        while True:
            client = socket.create_connection((HOST, self.local.port))
            client.settimeout(2)
            self.clients.append(client)
            before = len(self.tables[worker])
            total = sum(map(len, self.tables)) + 1
            self.until(partial(self.are_open, total))
            if len(self.tables[worker]) > before:
                return client

    def are_open(self, count: int) -> bool:
        """Whether all workers together have so many connections."""
        return sum(map(len, self.tables)) == count

    def send(self, worker: int, data: bytes, to: Destination) -> bool:
        """Send from a worker, and end its batch."""
        done: bool = self.transports[worker].send(data, to)
        self.transports[worker].flush()
        self.workers.buses[worker].flush()
        return done

    def close(self) -> None:
        """Close everything."""
        for table in self.tables:
            table.stop_accepting()
            for connection in table:
                connection.abort("the test ends")
        self.workers.run(0.02)
        for sock in (*self.clients, *self.listeners):
            sock.close()


@pytest.fixture
def farm(workers: Make) -> Iterator[Callable[..., Farm]]:
    """Make workers with connections."""
    made: list[Farm] = []

    def make(count: int = 3, **settings: Any) -> Farm:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        made.append(Farm(workers(count), port, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_any_worker_sends_over_a_connection(farm: Callable[..., Farm]) -> None:
    """By the connection's number or by the peer's address, from any worker: the client gets it on its connection."""
    three = farm()
    for owner in range(3):
        client = three.client_of(owner)
        ip, port = client.getsockname()
        client.sendall(message())
        three.until(partial(list.__len__, three.received[owner]))
        number = three.received[owner].pop()[1].connection
        assert number % MAX_WORKERS == owner
        for worker in range(3):
            assert three.send(worker, b"by number", Destination("tcp", ip, port, three.local, number))
            assert three.send(worker, b", by peer;", Destination("tcp", ip, port, no_connect=True))
        three.workers.run(0.02)
        assert client.recv(999).count(b"by number") == 3
    assert sum(map(len, three.tables)) == len(three.clients)


def test_one_worker_opens_a_connection_for_all(farm: Callable[..., Farm]) -> None:
    """Whichever workers send to a peer at the same time, there is one connection, and each message arrives."""
    three = farm()
    with socket.create_server((HOST, 0)) as peer:
        port = peer.getsockname()[1]
        for number in range(9):
            assert three.transports[number % 3].send(b"%d" % number, Destination("tcp", HOST, port))
        for worker in range(3):
            three.transports[worker].flush()
            three.workers.buses[worker].flush()
        three.workers.run(0.05)
        accepted, _ = peer.accept()
        with accepted:
            got = accepted.recv(99)
        peer.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.accept()

    assert sorted(got) == sorted(b"012345678")
    assert [len(table) for table in three.tables].count(0) == 2


def test_no_connect_opens_nothing(farm: Callable[..., Farm]) -> None:
    """Without a connection in any worker, no_connect is refused at once."""
    three = farm()
    with socket.create_server((HOST, 0)) as peer:
        to = Destination("tcp", HOST, peer.getsockname()[1], no_connect=True)
        assert [three.send(worker, b"x", to) for worker in range(3)] == [False] * 3


def test_close_after_writing_works_from_elsewhere(farm: Callable[..., Farm]) -> None:
    """A destination with close ends another worker's connection once the message was written."""
    two = farm(2)
    client = two.client_of(1)
    assert two.send(0, b"bye", peer_of(client, close=True))
    two.workers.run(0.02)

    assert client.recv(99) == b"bye"
    assert client.recv(99) == b""


def test_a_refusal_elsewhere_is_told(farm: Callable[..., Farm]) -> None:
    """A refused connect is False in the worker that opens and on_error in the others, once each; one line says why."""
    three = farm()
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    told: list[int] = []
    results = [
        three.send(worker, b"x", Destination("tcp", HOST, port, on_error=partial(told.append, worker)))
        for worker in range(3)
    ]
    three.workers.run(0.03)
    opener = three.index.opener("tcp", HOST, port)

    assert results == [worker != opener for worker in range(3)]
    assert sorted(told) == [worker for worker in range(3) if worker != opener]
    assert len(three.workers.sink.lines) == 3
    assert all("Connection refused" in line for line in three.workers.sink.lines)


def test_a_connection_that_breaks_elsewhere_is_told(farm: Callable[..., Farm]) -> None:
    """What another worker's connection had not written when the peer left is told; what it had written is not."""
    two = farm(2, tcp_conn_wq_max=100_000_000)
    client = two.client_of(1)
    told: list[str] = []
    to = peer_of(client, on_error=lambda: told.append("small"))
    assert two.send(0, b"x", to)
    two.workers.run(0.02)
    assert client.recv(99) == b"x"
    client.sendall(message())
    two.until(lambda: two.received[1])
    to.on_error = lambda: told.append("stuck")
    assert two.send(0, bytes(10_000_000), to)
    two.workers.run(0.1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    two.until(lambda: told)
    two.workers.run(0.02)

    assert told == ["stuck"]


def test_the_death_of_a_worker_is_told(farm: Callable[..., Farm]) -> None:
    """Whoever waits for a dead worker's connection is told within a second; those of other workers are not."""
    three = farm()
    told: list[int] = []
    for worker in (1, 2):
        to = peer_of(three.client_of(worker), on_error=partial(told.append, worker))
        assert three.send(0, b"x", to)
    three.workers.run(0.02)
    three.kill(1)
    three.streams[0].look_after()
    three.workers.run(0.02)
    three.replace(1)
    three.streams[0].look_after()
    three.workers.run(0.02)

    assert told == [1]


def test_on_error_is_not_kept_for_ever(farm: Callable[..., Farm]) -> None:
    """When the time in which a send can fail is over, nothing is kept for it."""
    two = farm(2)
    now = [0.0]
    two.streams[0]._clock = lambda: now[0]
    to = peer_of(two.client_of(1), on_error=lambda: None)
    for now[0] in (0.0, 15.0):
        assert two.send(0, b"x", to)
    now[0] = 22.5
    two.streams[0].look_after()
    assert len(two.streams[0]._awaited) == 1
    now[0] = 40.0
    two.streams[0].look_after()
    assert two.streams[0]._awaited == {}


def test_a_replacement_does_not_use_its_predecessors_connections(farm: Callable[..., Farm]) -> None:
    """A dead worker's connection numbers lead nowhere: not to the client that the replacement accepted since."""
    two = farm(2)
    old = two.client_of(1)
    old.sendall(message())
    two.until(lambda: two.received[1])
    number = two.received[1][0][1].connection
    gone = peer_of(old, connection=number, no_connect=True)
    two.kill(1)
    two.workers.run(0.02)
    assert not two.send(0, b"x", gone)
    two.replace(1)
    client = two.client_of(1)
    assert not two.send(0, b"x", gone)
    assert two.send(0, b"to the new one", peer_of(client, no_connect=True))
    two.workers.run(0.02)

    assert client.recv(99) == b"to the new one"


def test_an_alias_holds_for_all_workers(farm: Callable[..., Farm]) -> None:
    """An alias of a connection, set by any worker, leads all workers to it; nobody can take it for another one."""
    three = farm()
    client, other = three.client_of(1), three.client_of(2)
    for one in (client, other):
        one.sendall(message())
    three.until(lambda: three.received[1] and three.received[2])
    numbers = [three.received[worker][0][1].connection for worker in (1, 2)]
    assert three.transports[0].add_alias(numbers[0], 5999)
    three.workers.run(0.02)
    assert not three.transports[2].add_alias(numbers[1], 5999)
    for worker in range(3):
        assert three.send(worker, b"x", Destination("tcp", HOST, 5999, no_connect=True))
    three.workers.run(0.02)
    assert client.recv(99) == b"xxx"
    client.close()
    three.until(lambda: not three.send(0, b"x", Destination("tcp", HOST, 5999, no_connect=True)))
    assert not three.transports[0].add_alias(77 * MAX_WORKERS + 900, 5999)


def test_what_is_held_leaves_when_it_may(farm: Callable[..., Farm]) -> None:
    """What is put aside for another worker's connection is sent when its release says so, not before."""
    two = farm(2)
    client = two.client_of(1)
    assert two.transports[0].send(b"held", peer_of(client))
    release = two.transports[0].hold()
    two.transports[0].flush()
    two.workers.buses[0].flush()
    two.workers.run(0.02)
    client.setblocking(False)
    with pytest.raises(BlockingIOError):
        client.recv(99)
    release()
    two.workers.run(0.02)

    assert client.recv(99) == b"held"


def test_the_limit_of_connections_holds_for_all(farm: Callable[..., Farm]) -> None:
    """Connections of all workers count: a send that would open one too many is told to have failed."""
    two = farm(2, tcp_max_connections=1)
    two.clients.append(socket.create_connection((HOST, two.local.port)))
    two.until(partial(two.are_open, 1))
    told: list[int] = []
    with socket.create_server((HOST, 0)) as peer:
        results = [
            two.send(
                worker, b"x", Destination("tcp", HOST, peer.getsockname()[1], on_error=partial(told.append, worker))
            )
            for worker in range(2)
        ]
        two.workers.run(0.02)

    assert sorted(results) == [False, True]
    assert told == [results.index(True)]
