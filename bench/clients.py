"""Small blocking SIP clients for probes and tests."""

import socket
import time
from types import TracebackType
from typing import Self

from bench.messages import BadReplyError, Reply, parse_reply, request, split_stream


class ConnectionClosedError(ConnectionError):
    """The server closed the connection."""


class Client:
    """A client with one socket, connected to one server over UDP or TCP."""

    def __init__(self, transport: str, host: str, port: int, *, timeout: float = 5.0) -> None:
        """Connect.

        Args:
            transport: ``udp`` or ``tcp``.
            host: a loopback address of the server, IPv4 or IPv6.
            port: its port.
            timeout: seconds that connecting and each receive may take.
        """
        self.transport = transport
        self.target = (host, port)
        self.timeout = timeout
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(family, kind)
        try:
            self.socket.settimeout(timeout)
            self.socket.connect((host, port))
        except OSError:
            self.socket.close()
            raise
        name = self.socket.getsockname()
        self.local: tuple[str, int] = (name[0], name[1])
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket."""
        self.socket.close()

    def request(
        self, method: str = "OPTIONS", *, token: str | None = None, extra: str = "", body: bytes = b""
    ) -> bytes:
        """Build a request from this client to its server; see `bench.messages.request`."""
        return request(method, self.target, self.local, transport=self.transport, token=token, extra=extra, body=body)

    def send(self, data: bytes) -> None:
        """Send *data*: one datagram, or bytes of the stream."""
        self.socket.sendall(data)

    def receive_bytes(self, timeout: float | None = None) -> bytes:
        """Return the next datagram or piece of the stream.

        Raises:
            TimeoutError: nothing came within *timeout* seconds (the client's own by default).
            ConnectionClosedError: the server closed the connection.
        """
        self.socket.settimeout(self.timeout if timeout is None else timeout)
        data = self.socket.recv(65536)
        if not data and self.transport != "udp":
            raise ConnectionClosedError("the server closed the connection")
        return data

    def receive(self, timeout: float | None = None) -> Reply:
        """Return the next reply.

        Raises:
            TimeoutError: no whole reply came within *timeout* seconds.
            ConnectionClosedError: the server closed the connection.
            BadReplyError: what came is no reply.
        """
        limit = self.timeout if timeout is None else timeout
        if self.transport == "udp":
            return parse_reply(self.receive_bytes(limit))
        deadline = time.monotonic() + limit
        while (message := split_stream(self._buffer)) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no whole reply in time")
            self._buffer += self.receive_bytes(left)
        return parse_reply(message)

    def ask(
        self, method: str = "OPTIONS", *, timeout: float | None = None, extra: str = "", body: bytes = b""
    ) -> Reply:
        """Send a request and return the reply to it, passing over replies to earlier requests.

        Raises:
            TimeoutError: no reply to this request came within *timeout* seconds.
            ConnectionClosedError: the server closed the connection.
        """
        data = self.request(method, extra=extra, body=body)
        wanted = next(line for line in data.decode().split("\r\n") if line.startswith("Call-ID: "))[9:]
        limit = self.timeout if timeout is None else timeout
        deadline = time.monotonic() + limit
        self.send(data)
        while (left := deadline - time.monotonic()) > 0:
            try:
                reply = self.receive(left)
            except BadReplyError:
                if self.transport == "udp":
                    continue
                raise
            if reply.header("Call-ID") == wanted:
                return reply
        raise TimeoutError(f"no reply to {method} within {limit:g} s")
