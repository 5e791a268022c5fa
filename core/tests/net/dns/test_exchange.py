"""Queries over real sockets on loopback, on both event loops."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
import uvloop
from kahea.net.dns.client import NoResponseError, Patience, ask
from kahea.net.dns.codec import Response, decode, encode
from kahea.net.dns.exchange import LoopExchange
from kahea.net.dns.questions import Question
from kahea.net.dns.system import NameServer
from kahea.testing import DnsServer, Names

T = TypeVar("T")
Make = Callable[..., DnsServer]

QUESTION = Question("a.example", "A")
MANY = "\n".join(f"a.example IN A 192.0.2.{number}" for number in range(1, 91))


@pytest.fixture(params=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> Iterator[asyncio.AbstractEventLoop]:
    """Return an event loop of each kind."""
    made: asyncio.AbstractEventLoop = (
        asyncio.new_event_loop() if request.param == "asyncio" else uvloop.new_event_loop()
    )
    yield made
    made.close()


def asked(loop: asyncio.AbstractEventLoop, servers: list[tuple[str, int]], seconds: float = 2.0) -> Response:
    """Return the response of name servers."""
    patience = Patience([NameServer(*one) for one in servers], seconds, 1)

    async def run() -> Response:
        return await ask(LoopExchange(loop), QUESTION, patience)

    return loop.run_until_complete(run())


def completed(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Run to the end."""
    return loop.run_until_complete(work)


@pytest.mark.parametrize(("zone", "count"), [("a.example IN A 192.0.2.1", 1), (MANY, 90)])
def test_a_name_server_is_asked(loop: asyncio.AbstractEventLoop, dns_server: Make, zone: str, count: int) -> None:
    """A short answer comes by UDP, a long one by TCP."""
    server = dns_server(zone)

    response = asked(loop, [(server.ip, server.port)])

    assert len(response.records[QUESTION]) == count
    assert len(server.names.queries) == (1 if count == 1 else 2)


def test_a_closed_port_leads_to_the_next_server(loop: asyncio.AbstractEventLoop, dns_server: Make) -> None:
    """A refused datagram is noticed at once, without waiting for the end of the time."""
    server = dns_server("a.example IN A 192.0.2.1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        closed = sock.getsockname()
    start = time.monotonic()

    response = asked(loop, [closed, (server.ip, server.port)], seconds=30)

    assert QUESTION in response.records
    assert time.monotonic() - start < 10


def test_a_silent_server_is_given_up(loop: asyncio.AbstractEventLoop, dns_server: Make) -> None:
    """Without an answer the time ends the wait, by UDP and by TCP."""
    server = dns_server(MANY)
    server.names.change = lambda data: data if len(data) < 512 else None
    place = (server.ip, server.port)

    with pytest.raises(NoResponseError, match="no answer in time"):
        asked(loop, [place], seconds=0.2)
    server.names.silent = True
    with pytest.raises(NoResponseError, match="no answer in time"):
        asked(loop, [place], seconds=0.2)


def test_the_real_answer_is_waited_for(loop: asyncio.AbstractEventLoop) -> None:
    """A forged answer before the real one is passed over."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        names = Names("a.example IN A 192.0.2.1")

        def answer() -> None:
            query, peer = sock.recvfrom(65535)
            real = names.respond(query)
            assert real is not None
            for data in (b"", b"\0" * 12, bytes((real[0] ^ 1,)) + real[1:], real):
                sock.sendto(data, peer)

        async def run() -> bytes | None:
            asyncio.get_running_loop().add_reader(sock.fileno(), answer)
            query = encode(QUESTION)
            wanted = lambda data: decode(query, data, QUESTION) is not None  # noqa: E731
            try:
                return await LoopExchange(loop).datagram(NameServer(*sock.getsockname()), query, wanted, 2.0)
            finally:
                asyncio.get_running_loop().remove_reader(sock.fileno())

        assert completed(loop, run()) is not None


def test_each_query_has_a_port_and_an_identifier_of_its_own(loop: asyncio.AbstractEventLoop) -> None:
    """Ports and identifiers differ from query to query, so that answers are hard to forge (RFC 5452)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        seen: set[tuple[int, bytes]] = set()

        async def run() -> None:
            exchange, server = LoopExchange(loop), NameServer(*sock.getsockname())
            await asyncio.gather(*(exchange.datagram(server, encode(QUESTION), bool, 0.1) for _ in range(8)))

        completed(loop, run())
        for _ in range(8):
            query, (_, port) = sock.recvfrom(65535)
            seen.add((port, query[:2]))

    assert len({port for port, _ in seen}) == 8
    assert len({identifier for _, identifier in seen}) > 6


def test_no_bytes_break_the_reader() -> None:
    """Random changes of a response give a response or none, and never an exception."""
    number = random.Random(1)
    zone = MANY[:200].rsplit("\n", 1)[0] + '\nc.example IN CNAME a.example\nb.example IN NAPTR 1 1 "s" "x" "" c.example'
    names = Names(zone)
    questions = [QUESTION, Question("b.example", "NAPTR"), Question("c.example", "A")]
    for _ in range(2000):
        question = number.choice(questions)
        query = encode(question)
        data = bytearray(names.respond(query) or b"")
        for _ in range(number.randrange(1, 6)):
            data[number.randrange(2, len(data))] = number.randrange(256)
        if number.random() < 0.2:
            del data[number.randrange(2, len(data)) :]

        assert decode(query, bytes(data), question) is None or data
