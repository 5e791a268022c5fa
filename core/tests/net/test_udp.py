"""UDP: opening, batches, sending; and the transport above it."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Iterator

import pytest
from kahea.modules.settings import Settings
from kahea.net.options import BindError
from kahea.net.transport import SocketTransport
from kahea.net.udp import BATCH, MAX_WAITING, UdpSocket, bind_udp
from kahea.sip.endpoints import Destination, LocalSocket, Source


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    """A port that is free on 127.0.0.1 now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bench:
    """A loop, one UDP socket of ours and a client."""

    def __init__(self, ip: str = "127.0.0.1", **settings: int) -> None:
        self.loop = asyncio.new_event_loop()
        self.local = LocalSocket("udp", ip, free_port())
        self.sock = bind_udp(self.local, Settings(**settings))[0]  # type: ignore[arg-type]
        self.received: list[tuple[bytes, Source]] = []
        self.batches: list[int] = []
        self.udp = UdpSocket(self.loop, self.sock, self.local, self.receive, self.end_of_batch, 2000)
        self.transport = SocketTransport([self.udp], None, [self.local])
        self.client = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_DGRAM)
        self.client.bind((ip, 0))
        self.client.settimeout(1)
        self.reply: Callable[[bytes, Source], None] | None = None
        self.udp.start()

    def receive(self, data: bytes, source: Source) -> None:
        """Keep what comes and let the test answer it."""
        self.received.append((data, source))
        if self.reply is not None:
            self.reply(data, source)

    def end_of_batch(self) -> None:
        """Note where a batch ended and flush."""
        self.batches.append(len(self.received))
        self.transport.flush()

    def run(self, seconds: float = 0.05) -> None:
        """Let the loop run."""
        self.loop.call_later(seconds, self.loop.stop)
        self.loop.run_forever()

    def close(self) -> None:
        """Close everything."""
        self.udp.close()
        self.loop.close()
        self.sock.close()
        self.client.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench on 127.0.0.1."""
    one = Bench()
    yield one
    one.close()


def test_datagrams_come_in_batches(bench: Bench) -> None:
    """What waits is taken in batches of at most BATCH; sends leave at the end of the batch, not before."""
    sent_before_the_end: list[int] = []

    def reply(data: bytes, source: Source) -> None:
        assert bench.transport.send(data, Destination("udp", source.ip, source.port, source.socket))
        sent_before_the_end.append(len(bench.transport._queue))

    bench.reply = reply
    for number in range(BATCH + 8):
        bench.client.sendto(b"%d" % number, ("127.0.0.1", bench.local.port))
    bench.run()

    assert bench.batches[:2] == [BATCH, BATCH + 8]
    assert sent_before_the_end == [*range(1, BATCH + 1), *range(1, 9)]
    assert [bench.client.recv(99) for _ in range(BATCH + 8)] == [b"%d" % number for number in range(BATCH + 8)]
    source = bench.received[0][1]
    assert (source.ip, source.port) == bench.client.getsockname()
    assert source.socket is bench.local
    assert source.connection == 0


def test_oversized_and_empty_datagrams(bench: Bench) -> None:
    """A datagram above the limit is dropped and counted; an empty one is handed on."""
    for data in (b"x" * 2001, b"", b"y" * 2000):
        bench.client.sendto(data, ("127.0.0.1", bench.local.port))
    bench.run()

    assert [len(data) for data, _ in bench.received] == [0, 2000]
    assert bench.udp.oversized == 1


def test_unreachable_peer_is_survived(bench: Bench) -> None:
    """ICMP errors of a closed port disturb neither sending nor receiving."""
    closed = free_port()
    for _ in range(3):
        assert bench.transport.send(b"x", Destination("udp", "127.0.0.1", closed))
        bench.transport.flush()
        bench.run(0.01)
    bench.client.sendto(b"still here", ("127.0.0.1", bench.local.port))
    bench.run()

    assert bench.received[-1][0] == b"still here"


def test_what_cannot_be_sent_is_known_at_once(bench: Bench) -> None:
    """No socket of the transport or family, no address, a bad port, too long: False, and no look-up of a name."""
    send = bench.transport.send
    assert not send(b"x", Destination("tcp", "127.0.0.1", 5060))
    assert not send(b"x", Destination("udp", "::1", 5060))
    assert not send(b"x", Destination("udp", "::1", 5060, bench.local))
    assert not send(b"x", Destination("udp", "sip.example", 5060))
    assert not send(b"x", Destination("udp", "127.0.0.1", 0))
    assert not send(b"x", Destination("udp", "127.0.0.1", 65536))
    assert not send(b"x" * 65508, Destination("udp", "127.0.0.1", 5060))
    assert send(b"x" * 65507, Destination("udp", "127.0.0.1", bench.client.getsockname()[1]))
    bench.transport.flush()

    assert len(bench.client.recv(65535)) == 65507


def test_full_socket_buffer_is_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Datagrams wait in order while the socket takes none, up to a bound; then they are sent."""
    full = True
    sent: list[bytes] = []

    def sendto(data: bytes, address: tuple[str, int]) -> int:
        if full:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        sent.append(data)
        return len(data)

    bench.udp._sendto = sendto  # type: ignore[assignment]
    for number in range(MAX_WAITING + 5):
        bench.udp.send(b"%d" % number, ("127.0.0.1", 9))
    assert bench.udp.lost == 5

    full = False
    bench.run()

    assert sent == [b"%d" % number for number in range(MAX_WAITING)]


def test_ipv6() -> None:
    """An IPv6 socket receives and sends, and does not take IPv4."""
    bench = Bench("::1")
    try:
        bench.client.sendto(b"six", ("::1", bench.local.port))
        bench.run()
        source = bench.received[0][1]
        assert bench.transport.send(b"answer", Destination("udp", source.ip, source.port))
        bench.transport.flush()

        assert source.ip == "::1"
        assert bench.client.recv(99) == b"answer"
        assert bench.sock.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) == 1
    finally:
        bench.close()


def test_socket_options() -> None:
    """TOS and buffer sizes are set (the kernel doubles a buffer for its own needs, socket(7))."""
    bench = Bench(udp_receive_buffer=100_000, udp_send_buffer=90_000, tos=0x60)
    try:
        assert bench.sock.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 0x60
        assert bench.sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == 200_000
        assert bench.sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 180_000
    finally:
        bench.close()


def test_copies_share_the_address_but_a_second_server_is_refused() -> None:
    """Several sockets of ours share an address; another server that binds the same way is an error that names it."""
    local = LocalSocket("udp", "127.0.0.1", free_port())
    ours = bind_udp(local, Settings(), 3)
    try:
        with pytest.raises(BindError, match=rf"cannot listen on udp:127.0.0.1:{local.port}: Address already in use"):
            bind_udp(local, Settings(), 3)
        with pytest.raises(BindError, match="already in use"):
            bind_udp(local, Settings())
    finally:
        for sock in ours:
            sock.close()
    with pytest.raises(BindError, match="Cannot assign requested address"):
        bind_udp(LocalSocket("udp", "203.0.113.1", 5060), Settings())


def test_mhomed_chooses_by_the_routing_table() -> None:
    """Without mhomed the first socket of the family sends, with it the one that the route uses."""
    locals_ = [LocalSocket("udp", "203.0.113.1", 5060), LocalSocket("udp", "127.0.0.1", 5060, index=1)]

    assert SocketTransport([], None, locals_).choose("udp", "127.0.0.9") is locals_[0]
    assert SocketTransport([], None, locals_, mhomed=True).choose("udp", "127.0.0.9") is locals_[1]
    assert SocketTransport([], None, locals_).choose("udp", "::1") is None


def test_an_address_that_is_not_there_yet() -> None:
    """With ip_free_bind an address is listened on that the machine does not have (yet)."""
    (sock,) = bind_udp(LocalSocket("udp", "203.0.113.1", 5060), Settings(ip_free_bind=1))

    assert sock.getsockname() == ("203.0.113.1", 5060)
    sock.close()


def test_a_datagram_that_the_system_refuses_is_told(bench: Bench) -> None:
    """A send that fails at the end of the batch calls on_error afterwards, once; what that sends leaves."""
    told: list[str] = []

    def failed() -> None:
        told.append("failed")
        assert bench.transport.send(b"instead", Destination("udp", *bench.client.getsockname()))

    # 255.255.255.255 without SO_BROADCAST is EACCES (ip(7))
    assert bench.transport.send(b"x", Destination("udp", "255.255.255.255", 5060, on_error=failed))
    bench.transport.flush()
    assert told == []
    bench.run()

    assert told == ["failed"]
    assert bench.client.recv(99) == b"instead"
