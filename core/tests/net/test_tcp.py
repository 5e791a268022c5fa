"""TCP: framing on a real socket, limits, hostile peers, connections that we open."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kahea.logs import Level, Logger
from kahea.modules.connections import ClosedConnection, CloseReason, ConnectionState, KeepAliveTimes
from kahea.modules.settings import Settings
from kahea.net import connection as connection_module
from kahea.net import tcp as tcp_module
from kahea.net.options import BindError
from kahea.net.tcp import MAX_WORKERS, Connections, bind_tcp
from kahea.net.transport import SocketTransport
from kahea.sip.endpoints import Destination, LocalSocket, Source


def free_port() -> int:
    """A TCP port that is free on 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def message(body: bytes = b"", number: int = 1) -> bytes:
    """A request as it stands on a stream."""
    return b"OPTIONS sip:a@b SIP/2.0\r\nCSeq: %d OPTIONS\r\nContent-Length: %d\r\n\r\n" % (number, len(body)) + body


class Count:
    """The connections of this worker and of others."""

    def __init__(self) -> None:
        self.own = 0
        self.others = 0

    def publish(self, own: int) -> None:
        """Keep the own number."""
        self.own = own

    def total(self) -> int:
        """The sum."""
        return self.own + self.others


class Lines:
    """A sink that keeps lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Nothing is buffered."""


class Bench:
    """A listening worker and clients; everything runs in one loop of the test's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, **settings: Any) -> None:
        self.loop = loop
        self.settings = Settings(**settings)
        self.local = LocalSocket("tcp", "127.0.0.1", free_port())
        self.sink = Lines()
        self.count = Count()
        self.received: list[tuple[bytes, Source]] = []
        self.batches = 0
        self.reply: Callable[[bytes, Source], None] | None = None
        self.errors: list[dict[str, Any]] = []
        loop.set_exception_handler(lambda _loop, context: self.errors.append(context))
        self.table = Connections(
            loop, self.settings, Logger(self.sink, Level.INFO), self.receive, self.end_of_batch, self.count, 3
        )
        self.transport = SocketTransport([], self.table, [self.local])
        self.sock = bind_tcp(self.local, self.settings)[0]
        loop.run_until_complete(self.table.listen(self.sock, self.local))
        self.clients: list[socket.socket] = []

    def receive(self, data: bytes, source: Source) -> None:
        """Keep what comes and let the test answer it."""
        self.received.append((data, source))
        if self.reply is not None:
            self.reply(data, source)

    def end_of_batch(self) -> None:
        """Flush."""
        self.batches += 1
        self.transport.flush()

    def run(self, seconds: float = 0.05) -> None:
        """Let the loop run."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def until(self, condition: Callable[[], Any], seconds: float = 3) -> None:
        """Let the loop run until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline
            self.run(0.005)

    def client(self) -> socket.socket:
        """A connected client."""
        sock = socket.create_connection(("127.0.0.1", self.local.port))
        sock.settimeout(2)
        self.clients.append(sock)
        return sock

    def is_closed(self, sock: socket.socket) -> bool:
        """Whether the server has closed a client's connection."""
        self.run(0.02)
        sock.setblocking(False)
        try:
            return sock.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True

    def close(self) -> None:
        """Close everything; nothing may have escaped."""
        self.loop.run_until_complete(self.table.close())
        for sock in self.clients:
            sock.close()
        self.sock.close()
        assert self.errors == []
        assert len(self.table) == 0
        assert self.count.own == 0


def new_uvloop() -> asyncio.AbstractEventLoop:
    """A uvloop."""
    uvloop = pytest.importorskip("uvloop")
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


@pytest.fixture(params=["asyncio", "uvloop"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[..., Bench]]:
    """Make benches with settings, on both loops."""
    loop = asyncio.new_event_loop() if request.param == "asyncio" else new_uvloop()
    benches: list[Bench] = []

    def new(**settings: Any) -> Bench:
        benches.append(Bench(loop, **settings))
        return benches[-1]

    yield new
    for bench in benches:
        bench.close()
    loop.close()


Make = Callable[..., Bench]


def echo(bench: Bench) -> Callable[[bytes, Source], None]:
    """An engine that sends back on the connection."""

    def reply(data: bytes, source: Source) -> None:
        bench.transport.send(data, Destination("tcp", source.ip, source.port, source.socket, source.connection))

    return reply


def test_messages_are_cut_and_answered_on_their_connection(make: Make) -> None:
    """Several messages in a segment, one over several, byte by byte: each is one message, answered in order."""
    bench = make()
    bench.reply = echo(bench)
    client = bench.client()
    sent = [message(b"body", 1), message(b"", 2), message(b"x" * 9000, 3)]
    stream = b"".join(sent)
    client.sendall(stream[:100])
    bench.run(0.01)
    client.sendall(stream[100:300])
    bench.run(0.01)
    client.sendall(stream[300:])
    bench.until(lambda: len(bench.received) == 3)
    for byte in message(b"slow", 4):
        client.send(bytes((byte,)))
        bench.run(0.0005)
    bench.until(lambda: len(bench.received) == 4)

    assert [data for data, _ in bench.received] == [*sent, message(b"slow", 4)]
    source = bench.received[0][1]
    assert (source.ip, source.port) == client.getsockname()
    assert source.socket is bench.local
    assert source.connection % MAX_WORKERS == 3
    expected = stream + message(b"slow", 4)
    got = b""
    while len(got) < len(expected):
        got += client.recv(65536)
    assert got == expected


def test_long_pipeline_is_taken_in_batches(make: Make) -> None:
    """A peer that sends 500 messages at once does not keep the others from being served."""
    bench = make()
    bench.reply = echo(bench)
    stream = b"".join(message(number=number) for number in range(500))
    client = bench.client()
    client.sendall(stream)
    bench.until(lambda: len(bench.received) == 500)
    bench.run()

    assert bench.batches >= 500 / connection_module.BATCH
    got = b""
    while len(got) < len(stream):
        got += client.recv(65536)
    assert got == stream


def test_crlf_keepalive(make: Make) -> None:
    """CRLF CRLF is answered with CRLF (RFC 5626, section 3.5.1) unless tcp_crlf_ping=no; a single CRLF is not."""
    bench = make()
    client = bench.client()
    client.sendall(b"\r\n\r\n" + message() + b"\r\n")
    bench.until(lambda: bench.received)
    client.sendall(b"\r\n\r\n")
    bench.run()
    assert client.recv(99) == b"\r\n\r\n"

    silent = make(tcp_crlf_ping=False)
    client = silent.client()
    client.sendall(b"\r\n\r\n" + message())
    silent.until(lambda: silent.received)
    client.setblocking(False)
    with pytest.raises(BlockingIOError):
        client.recv(1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\xff\x16\x03\x01 garbage", "bytes that begin no SIP message"),
        (b"OPTIONS sip:a SIP/2.0\r\nX: y\r\n\r\n", "no Content-Length"),
        (b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999\r\n\r\n", "above 2000"),
        (b"OPTIONS sip:a SIP/2.0\r\n" + b"X: y\r\n" * 500, "above 2000"),
    ],
)
def test_stream_that_is_no_sip_is_closed(make: Make, data: bytes, reason: str) -> None:
    """Garbage, no Content-Length, too long: closed with a line that says why; what came before is served."""
    bench = make(tcp_rd_buf_size=2000)
    bench.reply = echo(bench)
    client = bench.client()
    client.sendall(message(b"good") + data)
    bench.until(lambda: bench.sink.lines)

    assert [one for one, _ in bench.received] == [message(b"good")]
    assert reason in bench.sink.lines[0]
    assert f"closing connection tcp:127.0.0.1:{client.getsockname()[1]}: " in bench.sink.lines[0]
    bench.until(lambda: bench.is_closed(client) or len(bench.table) == 0)


def test_slow_loris_is_closed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that trickles in is given up after tcp_msg_read_timeout; single line ends are no message."""
    monkeypatch.setattr(tcp_module, "SWEEP_INTERVAL", 0.05)
    bench = make(tcp_msg_read_timeout=0)
    slow, pinging = bench.client(), bench.client()
    for byte in b"OPTIONS sip:a@b SIP/2.0":
        slow.send(bytes((byte,)))
        pinging.send(b"\r\n")
        bench.run(0.01)
        if bench.sink.lines:
            break

    assert "tcp_msg_read_timeout" in bench.sink.lines[0]
    assert len(bench.table) == 1


def test_idle_connection_is_closed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection without traffic is closed after tcp_connection_lifetime; traffic extends its life."""
    monkeypatch.setattr(tcp_module, "SWEEP_INTERVAL", 0.05)
    bench = make(tcp_connection_lifetime=1)
    idle, busy = bench.client(), bench.client()
    for _ in range(28):
        busy.sendall(message())
        bench.run(0.05)

    assert bench.is_closed(idle)
    assert not bench.is_closed(busy)


def test_peer_that_does_not_read_is_bounded_and_closed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queue limit, then tcp_send_timeout: memory stays bounded, sending says False, the connection is closed."""
    monkeypatch.setattr(tcp_module, "SWEEP_INTERVAL", 0.05)
    bench = make(tcp_conn_wq_max=20_000, tcp_send_timeout=0)
    client = bench.client()
    client.sendall(message())
    bench.until(lambda: bench.received)
    source = bench.received[0][1]
    to = Destination("tcp", source.ip, source.port, source.socket, source.connection)
    sent = 0
    for _ in range(100_000):
        if not bench.transport.send(message(b"x" * 5000), to):
            break
        bench.transport.flush()
        sent += 1
    assert sent < 5000
    assert not bench.transport.send(message(b"x" * 5000), to)

    bench.until(lambda: bench.sink.lines)
    assert "the peer did not read" in bench.sink.lines[0]
    bench.until(lambda: len(bench.table) == 0)


def test_flood_without_reading_is_held_back(make: Make) -> None:
    """A peer that reads no answer is not read from either, and once it reads, no answer is missing."""
    bench = make(tcp_conn_wq_max=20_000)
    bench.reply = echo(bench)
    client = bench.client()
    client.setblocking(False)
    one = message(b"x" * 3000)
    stream = one * 20
    given = blocked = 0
    while blocked < 20:
        try:
            given += client.send(stream[given % len(stream) :])
            blocked = 0
        except BlockingIOError:
            bench.run(0.005)
            blocked += 1
    received = len(bench.received)
    bench.run(0.1)
    assert len(bench.received) == received
    assert received * len(one) < given

    got = 0
    while got < given // len(one) * len(one):
        try:
            got += len(client.recv(1_000_000))
        except BlockingIOError:
            bench.run(0.005)
    assert len(bench.received) == given // len(one)


@pytest.mark.parametrize("how", ["reset", "close", "half-close", "reset-before-accept"])
def test_peer_may_leave_at_any_time(make: Make, how: str) -> None:
    """A reset, a close or a half-close, also while we write, closes the connection and raises nothing."""
    bench = make()
    bench.reply = echo(bench)
    clients = [bench.client() for _ in range(5)]
    if how != "reset-before-accept":
        bench.until(lambda: len(bench.table) == 5)
    for client in clients:
        client.sendall(message(b"x" * 9_000) * 3)
        if how == "half-close":
            client.shutdown(socket.SHUT_WR)
            continue
        if how.startswith("reset"):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
    bench.until(lambda: len(bench.table) == 0)
    still = bench.client()
    still.sendall(message(b"still here"))
    bench.until(lambda: any(b"still here" in data for data, _ in bench.received))

    if how == "half-close":
        got = b""
        while part := clients[0].recv(65536):
            got += part
        assert got == message(b"x" * 9_000) * 3


def test_connection_limit_counts_all_workers(make: Make) -> None:
    """Above tcp_max_connections, those of other workers included, a connection is closed at once; one line says so."""
    bench = make(tcp_max_connections=5)
    bench.count.others = 3
    clients = [bench.client() for _ in range(6)]
    bench.run()

    assert len(bench.table) == 2
    assert sum(bench.is_closed(client) for client in clients) == 4
    assert len([line for line in bench.sink.lines if "tcp_max_connections" in line]) == 1
    for client in clients:
        client.close()
    bench.until(lambda: len(bench.table) == 0)
    assert "accepting connections again; 4 were refused" in bench.sink.lines[-1]


def test_connections_of_one_address_are_limited(make: Make) -> None:
    """Above tcp_accept_iplimit a further connection of the address is closed at once, one line says so, and one that
    ends makes room; connections that we open ourselves do not count as too many."""
    bench = make(tcp_accept_iplimit=2)
    clients = [bench.client() for _ in range(4)]
    bench.run()

    assert [bench.is_closed(client) for client in clients] == [False, False, True, True]
    assert len([line for line in bench.sink.lines if "tcp_accept_iplimit" in line]) == 1
    with socket.create_server(("127.0.0.1", 0)) as peer:
        assert bench.transport.send(message(), Destination("tcp", "127.0.0.1", peer.getsockname()[1]))
        bench.transport.flush()
        bench.run()
    clients[0].close()
    bench.until(lambda: len(bench.table) < 2)
    assert not bench.is_closed(bench.client())


def test_no_connection_is_opened_where_it_is_forbidden(make: Make) -> None:
    """With tcp_no_connect only connections that peers opened are used; sending elsewhere fails at once."""
    bench = make(tcp_no_connect=True)
    client = bench.client()
    bench.run()
    with socket.create_server(("127.0.0.1", 0)) as peer:
        assert not bench.transport.send(message(), Destination("tcp", "127.0.0.1", peer.getsockname()[1]))
    assert bench.transport.send(message(b"x"), Destination("tcp", "127.0.0.1", client.getsockname()[1]))


def test_connections_are_opened_from_the_given_address(make: Make) -> None:
    """tcp_source_ipv4 is the source of connections that we open, instead of the sending socket's address."""
    bench = make(tcp_source_ipv4="127.0.0.2")
    with socket.create_server(("127.0.0.1", 0)) as peer:
        assert bench.transport.send(message(), Destination("tcp", "127.0.0.1", peer.getsockname()[1]))
        bench.transport.flush()
        bench.run()
        accepted, address = peer.accept()
        accepted.close()
    assert address[0] == "127.0.0.2"


def test_opens_connections_and_reuses_them(make: Make) -> None:
    """Sending to an address opens a connection from our own address, further sends use it, and so do answers."""
    bench = make()
    with socket.create_server(("127.0.0.1", 0)) as peer:
        port = peer.getsockname()[1]
        assert bench.transport.send(message(b"one"), Destination("tcp", "127.0.0.1", port))
        assert bench.transport.send(message(b"two"), Destination("tcp", "127.0.0.1", port))
        bench.transport.flush()
        bench.run()
        accepted, address = peer.accept()
        with accepted:
            bench.run()
            assert accepted.recv(9999) == message(b"one") + message(b"two")
            assert address[0] == "127.0.0.1"
            accepted.sendall(message(b"answer"))
            bench.until(lambda: bench.received)
            source = bench.received[0][1]
            assert (source.ip, source.port) == ("127.0.0.1", port)
            assert source.connection
            assert bench.transport.send(message(b"three"), Destination("tcp", "127.0.0.1", port))
            bench.transport.flush()
            bench.run(0.01)
            assert accepted.recv(9999) == message(b"three")
            assert len(bench.table) == 1


def test_accepted_connection_is_found_by_its_peer(make: Make) -> None:
    """A destination without a connection number uses the connection that the peer opened (RFC 5923, section 3)."""
    bench = make()
    client = bench.client()
    bench.until(lambda: len(bench.table) == 1)
    ip, port = client.getsockname()

    assert bench.transport.send(message(b"hello"), Destination("tcp", ip, port, connection=987654321))
    bench.transport.flush()
    bench.run(0.01)
    assert client.recv(999) == message(b"hello")


def test_refused_connect_is_known_at_once(make: Make) -> None:
    """A port where nobody listens: False and a line, at once, since the network says so at once."""
    bench = make()
    port = free_port()

    assert not bench.transport.send(message(), Destination("tcp", "127.0.0.1", port))
    assert bench.sink.lines == [f"ERROR: <core>: cannot connect to tcp:127.0.0.1:{port}: Connection refused"]
    assert len(bench.table) == 0


def test_connect_that_is_not_answered_times_out(make: Make) -> None:
    """A peer that does not answer: after tcp_connect_timeout a line, and the connection is forgotten."""
    bench = make(tcp_connect_timeout=1)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        assert bench.transport.send(message(), Destination("tcp", "127.0.0.1", port))
        bench.until(lambda: bench.sink.lines)
        for filler in fillers:
            filler.close()

    assert bench.sink.lines == [f"ERROR: <core>: cannot connect to tcp:127.0.0.1:{port}: Connection timed out"]
    assert len(bench.table) == 0


def test_copies_share_the_address_but_a_second_server_is_refused() -> None:
    """Several listeners of ours share an address; another server that binds the same way is an error."""
    local = LocalSocket("tcp", "127.0.0.1", free_port())
    ours = bind_tcp(local, Settings(), 3)
    try:
        with pytest.raises(BindError, match=rf"cannot listen on tcp:127.0.0.1:{local.port}: Address already in use"):
            bind_tcp(local, Settings(), 3)
    finally:
        for sock in ours:
            sock.close()


def test_a_destination_may_forbid_a_new_connection(make: Make) -> None:
    """With no_connect only a connection that exists is used."""
    bench = make()
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    with listener:
        assert not bench.transport.send(b"x", Destination("tcp", "127.0.0.1", port, no_connect=True))
        assert bench.transport.send(b"x", Destination("tcp", "127.0.0.1", port))
        assert bench.transport.send(b"y", Destination("tcp", "127.0.0.1", port, no_connect=True))


def test_a_destination_may_ask_for_the_end_of_the_connection(make: Make) -> None:
    """With close the connection ends once the message was written."""
    bench = make()
    client = bench.client()
    client.sendall(message())
    bench.until(lambda: bench.received)
    source = bench.received[0][1]

    bench.transport.send(b"bye", Destination("tcp", source.ip, source.port, None, source.connection, close=True))
    bench.transport.flush()

    bench.run(0.02)
    assert client.recv(3) == b"bye"
    assert bench.is_closed(client)


def test_an_alias_leads_to_the_connection(make: Make) -> None:
    """What goes to another port of the peer may use its connection, until that ends."""
    bench = make()
    client = bench.client()
    client.sendall(message())
    bench.until(lambda: bench.received)
    source = bench.received[0][1]
    to_alias = Destination("tcp", "127.0.0.1", 5999, no_connect=True)

    assert not bench.transport.send(b"x", to_alias)
    assert bench.transport.add_alias(source.connection, 5999)
    assert bench.transport.send(b"hello", to_alias)
    bench.transport.flush()
    bench.run(0.02)
    assert client.recv(5) == b"hello"
    assert not bench.transport.add_alias(12345678, 5998)
    client.close()
    bench.until(lambda: len(bench.table) == 0)
    assert not bench.transport.send(b"x", to_alias)


def test_on_error_tells_that_a_connection_was_not_made(make: Make) -> None:
    """Each message queued for a connection that times out is told once; what a callback sends leaves."""
    bench = make(tcp_connect_timeout=1)
    told: list[str] = []
    client = bench.client()
    bench.until(lambda: len(bench.table) == 1)

    def first_failed() -> None:
        told.append("first")
        assert bench.transport.send(message(b"instead"), Destination("tcp", *client.getsockname()))

    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        to = Destination("tcp", "127.0.0.1", port, on_error=first_failed)
        assert bench.transport.send(message(), to)
        assert bench.transport.send(
            message(), Destination("tcp", "127.0.0.1", port, on_error=lambda: told.append("second"))
        )
        assert told == []
        bench.until(lambda: len(told) == 2)
        for filler in fillers:
            filler.close()
    bench.run()

    assert told == ["first", "second"]
    assert client.recv(999) == message(b"instead")


def test_on_error_is_not_called_where_send_refuses(make: Make) -> None:
    """A refusal that is known at once is the result of send, and of nothing else."""
    bench = make()
    told: list[str] = []

    assert not bench.transport.send(
        message(), Destination("tcp", "127.0.0.1", free_port(), on_error=lambda: told.append("failed"))
    )
    bench.run()
    assert told == []


def test_on_error_tells_what_a_broken_connection_did_not_write(make: Make) -> None:
    """What was written before the peer left is no failure; what waited for the peer to read is."""
    bench = make(tcp_conn_wq_max=100_000_000)
    told: list[str] = []
    client = bench.client()
    client.sendall(message())
    bench.until(lambda: bench.received)
    source = bench.received[0][1]

    def send(data: bytes, name: str) -> None:
        to = Destination("tcp", source.ip, source.port, None, source.connection, on_error=lambda: told.append(name))
        assert bench.transport.send(data, to)
        bench.transport.flush()

    send(message(b"small"), "written")
    bench.run()
    assert client.recv(999) == message(b"small")
    client.sendall(message())
    bench.until(lambda: len(bench.received) == 2)
    send(b"x" * 50_000_000, "stuck")
    bench.run()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    bench.until(lambda: told)

    assert told == ["stuck"]


def test_the_end_of_the_server_is_no_failure_of_a_send(make: Make) -> None:
    """What is lost because the server stops is told to nobody: nobody is left who could send it elsewhere."""
    bench = make()
    told: list[str] = []
    client = bench.client()
    client.sendall(message())
    bench.until(lambda: bench.received)
    source = bench.received[0][1]
    to = Destination("tcp", source.ip, source.port, None, source.connection, on_error=lambda: told.append("lost"))
    assert bench.transport.send(b"x" * 50_000_000, to)
    bench.transport.flush()
    bench.run()
    bench.loop.run_until_complete(bench.table.close())
    bench.run()

    assert told == []


def ended(bench: Bench) -> list[ClosedConnection]:
    """Keep which connections of a bench end."""
    found: list[ClosedConnection] = []
    bench.table.on_closed = found.append
    return found


def test_why_a_connection_ended_is_told(make: Make) -> None:
    """A peer that closes, one that resets, and a time that is over are told apart."""
    bench = make(tcp_connection_lifetime=100)
    found = ended(bench)
    ports = []

    for options in (None, struct.pack("ii", 1, 0)):
        client = bench.client()
        ports.append(client.getsockname()[1])
        client.sendall(message())
        bench.until(lambda: len(bench.received) == len(ports))
        if options is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, options)
        client.close()
        bench.until(lambda: len(found) == len(ports))
    silent = bench.client()
    silent.sendall(message())
    bench.until(lambda: len(bench.received) == 3)
    number = bench.received[2][1].connection
    assert bench.table.set_lifetime(number, 0)
    bench.until(lambda: len(found) == 3)

    assert [one.reason for one in found] == [CloseReason.CLOSED, CloseReason.RESET, CloseReason.TIMEOUT]
    assert [one.source.port for one in found] == [*ports, silent.getsockname()[1]]
    assert [one.source.connection for one in found] == [source.connection for _, source in bench.received]
    assert bench.table.state_of(number) is ConnectionState.NONE


def test_a_connection_is_changed_by_its_number(make: Make) -> None:
    """Lifetime, keep-alive, mark and end of a connection are changed by its number, which its peer's address finds."""
    bench = make()
    found = ended(bench)
    client = bench.client()
    client.sendall(message())
    bench.until(lambda: bench.received)
    source = bench.received[0][1]
    table, number = bench.table, source.connection

    assert table.find_peer("tcp", source.ip, source.port) == number
    assert table.worker_of(number) == 3
    assert table.state_of(number) is ConnectionState.OPEN
    assert table.set_lifetime(number, 7)
    assert next(iter(table)).seconds_left in (6, 7)
    assert table.set_keepalive(number, KeepAliveTimes(60, 5, 2))
    assert table.set_keepalive(number, None)
    assert table.mark(number)
    bench.transport.send(b"last", Destination("tcp", source.ip, source.port, None, number))
    assert table.close_connection(number)
    bench.transport.flush()
    bench.until(lambda: found)

    assert (client.recv(99), client.recv(99)) == (b"last", b"")
    assert (found[0].reason, found[0].marked) == (CloseReason.CLOSED, True)
    changes = (table.mark, table.close_connection, lambda gone: table.set_lifetime(gone, 1))
    assert not any(change(number) for change in changes)
    assert table.find_peer("tcp", source.ip, source.port) == 0
