"""Calls over TCP: a stream has no message borders but those of Content-Length (RFC 3261 section 18.3)."""

import errno
import socket
import struct
import time
from collections.abc import Callable

import pytest

from bench.clients import Client, ConnectionClosedError
from bench.servers import Server


def linger_reset(client: Client) -> None:
    """Make closing the client's socket send RST at once."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def tokens(count: int) -> list[str]:
    """Return Call-ID tokens for *count* requests."""
    return [f"m{number:05d}" for number in range(count)]


def call_tokens(client: Client, count: int) -> list[str]:
    """Receive *count* replies and return the tokens of their Call-IDs."""
    return [client.receive()["Call-ID"].partition("@")[0] for _ in range(count)]


def test_a_connection_serves_request_after_request(server: Server, host: str, port: int) -> None:
    """A hundred requests in turn over one connection are each answered with 200."""
    with Client("tcp", host, port) as client:
        statuses = [client.ask().status for _ in range(100)]

    assert statuses == [200] * 100


def test_pipelined_requests_are_all_answered_in_order(server: Server, host: str, port: int) -> None:
    """Two hundred requests in one burst on one connection get two hundred replies, in the order of the requests."""
    with Client("tcp", host, port) as client:
        client.send(b"".join(client.request(token=token) for token in tokens(200)))

        assert call_tokens(client, 200) == tokens(200)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 100])
def test_pieces_of_any_size_make_the_same_messages(server: Server, host: str, port: int, piece: int) -> None:
    """Two requests, one with a body, and a keep-alive between them arrive in pieces; both are answered."""
    with Client("tcp", host, port) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = client.request(token="a", body=b"v=0\r\n\r\n") + b"\r\n" + client.request(token="b")
        for start in range(0, len(data), piece):
            client.send(data[start : start + piece])
            if piece < 100:
                time.sleep(0.0002)

        assert call_tokens(client, 2) == ["a", "b"]


def test_a_body_that_looks_like_a_request_is_a_body(server: Server, host: str, port: int) -> None:
    """What Content-Length covers is never read as a message of its own."""
    with Client("tcp", host, port) as client:
        inner = client.request(token="inner")
        client.send(client.request(token="outer", body=inner) + client.request(token="next"))

        assert call_tokens(client, 2) == ["outer", "next"]


def test_a_ping_is_answered_with_a_pong(server: Server, host: str, port: int) -> None:
    """A double CRLF between messages is answered with one CRLF (RFC 5626 section 4.4.1)."""
    with Client("tcp", host, port) as client:
        client.send(b"\r\n\r\n")
        first = client.receive_bytes()
        reply = client.ask()
        client.send(b"\r\n\r\n")
        second = client.receive_bytes()

    assert (first, reply.status, second) == (b"\r\n", 200, b"\r\n")


def test_a_single_crlf_is_ignored(server: Server, host: str, port: int) -> None:
    """A lone CRLF, the pong of RFC 5626, gets no answer."""
    with Client("tcp", host, port) as client:
        client.send(b"\r\n")
        with pytest.raises(TimeoutError):
            client.receive_bytes(timeout=0.3)

        assert client.ask().status == 200


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data.replace(b"Content-Length: 0\r\n", b""), id="no-content-length"),
        pytest.param(lambda data: data.replace(b"Length: 0", b"Length: -1"), id="negative-content-length"),
        pytest.param(lambda data: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", id="another-protocol"),
        pytest.param(
            lambda data: data.replace(b"\r\nContent-", b"\r\nX: " + b"a" * 20000 + b"\r\nContent-"), id="long"
        ),
    ],
)
def test_a_stream_that_cannot_be_followed_is_closed(
    server: Server, host: str, port: int, spoil: Callable[[bytes], bytes]
) -> None:
    """Without a usable Content-Length, or over 16 kB, the end of a message cannot be found: the connection closes."""
    with Client("tcp", host, port) as client:
        client.send(spoil(client.request()))
        with pytest.raises((ConnectionClosedError, ConnectionResetError)):
            client.receive()


def test_requests_before_the_client_closes_its_half_are_answered(server: Server, host: str, port: int) -> None:
    """A client that sends requests and shuts down its sending side still gets the replies, and then the end."""
    with Client("tcp", host, port) as client:
        client.send(b"".join(client.request(token=token) for token in tokens(20)))
        client.socket.shutdown(socket.SHUT_WR)

        assert call_tokens(client, 20) == tokens(20)
        with pytest.raises(ConnectionClosedError):
            client.receive()


@pytest.mark.parametrize("reset", [True, False], ids=["reset", "close"])
def test_a_client_that_closes_while_the_server_writes_harms_nobody(
    server: Server, host: str, port: int, reset: bool
) -> None:
    """Connections that end with replies still on their way leave the server answering others at once."""
    for _ in range(50):
        with Client("tcp", host, port) as client:
            client.send(b"".join(client.request() for _ in range(100)))
            if reset:
                linger_reset(client)

    assert_everybody_is_served(host, port)


def test_a_client_that_does_not_read_delays_nobody(server: Server, host: str, port: int) -> None:
    """A client that sends for replies it never reads, until its buffers are full, does not hold up others."""
    with Client("tcp", host, port) as deaf:
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        burst = b"".join(deaf.request() for _ in range(100))
        deaf.socket.settimeout(0.5)
        for _ in range(300):
            try:
                deaf.socket.sendall(burst)
            except (TimeoutError, ConnectionError):  # full, or the server gave the client up: both are right
                break

        assert_everybody_is_served(host, port)


def test_five_hundred_idle_connections_are_kept(server: Server, host: str, port: int) -> None:
    """With 500 connections open and silent, each still answers, and so does UDP."""
    clients: list[Client] = []
    try:
        for _ in range(500):
            try:
                clients.append(Client("tcp", host, port))
            except OSError as error:
                if error.errno == errno.EMFILE:
                    pytest.skip("the limit of open files is too low for 500 connections")
                raise
        assert_everybody_is_served(host, port)
        for client in clients:
            client.send(client.request())

        assert [client.receive().status for client in clients] == [200] * 500
    finally:
        for client in clients:
            client.close()


def assert_everybody_is_served(host: str, port: int) -> None:
    """Assert that new clients, enough to reach every worker, are answered within a second over UDP and TCP."""
    for transport in ("udp", "tcp") * 8:
        with Client(transport, host, port) as client:
            assert client.ask(timeout=1.0).status == 200
