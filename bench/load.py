"""Load: OPTIONS requests over UDP from many source ports, and an account of what came back.

*Closed loop*: a fixed number of requests is outstanding; each reply sends the next one. This asks for CPU per message.
*Open loop*: requests leave at a fixed rate whatever comes back. This asks for losses and latency at that rate.

A lost request is counted, never sent again: a retransmission would hide the loss.
"""

import math
import secrets
import select
import socket
import time
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bench.messages import request

SOURCE_PORTS = 64
"""Enough that SO_REUSEPORT, which hashes addresses and ports, spreads the load over the workers."""

LOSS_TIMEOUT = 1.0
"""Seconds after which a request without an answer is counted as lost."""

Build = Callable[[tuple[str, int], str], bytes]
"""Makes a request of a client's address and port and its token, which belongs into branch and Call-ID. Where the text
holds ``USER``, the number of a user is put."""

USER = "\1"

_BRANCH = b";branch=z9hG4bK"
_DIGITS = 8  # of the message number, in hex


@dataclass(slots=True)
class LoadResult:
    """What one run of load saw; times in seconds."""

    sent: int = 0
    lost: int = 0
    unexpected: int = 0
    """Datagrams that answer no outstanding request: duplicates, late or mangled replies."""
    seconds: float = 0.0
    """From the first request to the last reply."""
    generator_cpu: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: "array[float]" = field(default_factory=lambda: array("d"))

    @property
    def answered(self) -> int:
        """The number of requests that got their reply."""
        return len(self.latencies)

    @property
    def throughput(self) -> float:
        """Answered requests per second."""
        return self.answered / self.seconds if self.seconds else 0.0

    def latency(self, percent: float) -> float:
        """Return the latency that *percent* of the answered requests stayed within (nearest rank)."""
        ordered = sorted(self.latencies)
        return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else math.nan


class Generator:
    """Sends numbered requests from its sockets and matches the replies.

    The number of a request stands in its branch and, scrambled, in its Call-ID, so that Call-IDs spread over the
    workers of a server that shares out requests by a hash of it. A reply counts only if both are right.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        build: Build | None = None,
        user: Callable[[int], int] = int,
        on_reply: Callable[[int, int], bool] | None = None,
        source_ports: int = SOURCE_PORTS,
    ) -> None:
        """Open the sockets.

        Args:
            host: address of the server.
            port: its UDP port.
            build: makes the requests; OPTIONS to the server itself by default.
            user: the number of the user for the number of a request.
            on_reply: called with the number of a request and the status of its reply; when it returns False, a
                closed loop sends no more.
            source_ports: how many sockets to send from, in turn.
        """
        self.result = LoadResult()
        self._user = user
        self._on_reply = on_reply
        self._run = secrets.token_hex(4)
        self._number = 0
        self._limit = 0  # how many requests a closed loop sends
        self._last_reply = 0.0
        self._due: dict[int, float] = {}  # outstanding requests, oldest first: when each was (to be) sent
        self._sockets: list[tuple[socket.socket, bytes]] = []
        self._by_fd: dict[int, socket.socket] = {}
        self._poll = select.epoll()
        for _ in range(source_ports):
            sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
            sock.connect((host, port))
            sock.setblocking(False)
            local = sock.getsockname()
            mark = "\0"  # cannot occur in the text, so that it can be told where the number goes
            address = (local[0], local[1])
            text = build(address, mark) if build else request("OPTIONS", (host, port), address, token=mark)
            text = text.replace(b"%", b"%%").replace(b"z9hG4bK\0", b"z9hG4bK%(number)08x" + self._run.encode())
            text = text.replace(USER.encode(), b"%(user)d")
            self._sockets.append((sock, text.replace(b"\0", b"%(call)08x" + self._run.encode())))
            self._by_fd[sock.fileno()] = sock
            self._poll.register(sock.fileno(), select.EPOLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._poll.close()
        for sock, _ in self._sockets:
            sock.close()

    def closed_loop(self, messages: int, window: int) -> LoadResult:
        """Send *messages* requests with *window* of them outstanding, and return what happened."""
        started, cpu = time.perf_counter(), time.process_time()
        due, last_check = self._due, started
        self._limit = messages
        while self.result.sent < self._limit or due:
            while len(due) < window and self.result.sent < self._limit:
                self._send(time.perf_counter())
            if not self._receive(0.1) or time.perf_counter() - last_check > LOSS_TIMEOUT / 4:
                last_check = time.perf_counter()
                self._expire(last_check)
        return self._finish(started, cpu)

    def open_loop(self, messages: int, rate: float) -> LoadResult:
        """Send *messages* requests, *rate* of them each second, and return what happened.

        Latency is measured from when a request was due, so that a server (or this generator) that falls behind
        does not look better than it is.
        """
        started, cpu = time.perf_counter(), time.process_time()
        while self.result.sent < messages or self._due:
            now = time.perf_counter()
            target = min(messages, int((now - started) * rate) + 1)
            while self.result.sent < target:
                self._send(started + self.result.sent / rate)
            self._expire(now)
            next_due = started + self.result.sent / rate
            wait = next_due - time.perf_counter() if self.result.sent < messages else 0.1
            # epoll counts whole milliseconds, which would send bursts; select waits to the microsecond.
            select.select([self._poll.fileno()], [], [], max(0.0, min(wait, 0.1)))
            self._receive(0)
        return self._finish(started, cpu)

    def _send(self, due: float) -> None:
        """Send the next request from the next socket."""
        number = self._number
        self._number = number + 1
        sock, template = self._sockets[number % len(self._sockets)]
        self._due[number] = due
        self.result.sent += 1
        try:
            sock.send(template % {b"number": number, b"call": _scramble(number), b"user": self._user(number)})
        except OSError:  # refused: the server is gone; or our own buffer is full. No reply: a loss
            return

    def _receive(self, timeout: float) -> bool:
        """Wait up to *timeout* seconds for replies and book one from each ready socket; whether there was any."""
        events = self._poll.poll(timeout)
        for fd, _ in events:
            try:
                data = self._by_fd[fd].recv(65536)
            except OSError:
                continue
            now = time.perf_counter()
            due = self._match(data)
            if due is None:
                self.result.unexpected += 1
            else:
                self.result.statuses[int(data[8:11])] += 1
                self.result.latencies.append(now - due)
                self._last_reply = now
        return bool(events)

    def _match(self, data: bytes) -> float | None:
        """Return when the request was due that this reply answers, and forget it; None if there is no such request."""
        at = data.find(_BRANCH) + len(_BRANCH)
        try:
            number = int(data[at : at + _DIGITS], 16)
        except ValueError:
            return None
        call = b"\r\nCall-ID: %08x%b@" % (_scramble(number), self._run.encode())
        if number not in self._due or not data.startswith(b"SIP/2.0 ") or call not in data:
            return None
        if self._on_reply is not None and not self._on_reply(number, int(data[8:11])):
            self._limit = self.result.sent
        return self._due.pop(number)

    def _expire(self, now: float) -> None:
        """Give up requests whose answer is overdue."""
        limit = now - LOSS_TIMEOUT
        overdue = []
        for number, due in self._due.items():
            if due > limit:
                break
            overdue.append(number)
        for number in overdue:
            del self._due[number]
        self.result.lost += len(overdue)

    def _finish(self, started: float, cpu: float) -> LoadResult:
        """Close the account of the run."""
        # Waiting in vain for lost replies is not part of the run.
        self.result.seconds = max(0.0, self._last_reply - started)
        self.result.generator_cpu = time.process_time() - cpu
        return self.result


def _scramble(number: int) -> int:
    """Return a 32-bit number that looks random, another one for each number below 2**32 (Knuth's multiplier)."""
    return number * 2654435761 & 0xFFFFFFFF


def closed_loop(host: str, port: int, messages: int, window: int = 16) -> LoadResult:
    """Send *messages* OPTIONS to *host* and *port*, *window* of them outstanding at any time."""
    with Generator(host, port) as generator:
        return generator.closed_loop(messages, window)


def open_loop(host: str, port: int, messages: int, rate: float) -> LoadResult:
    """Send *messages* OPTIONS to *host* and *port* at *rate* per second."""
    with Generator(host, port) as generator:
        return generator.open_loop(messages, rate)
