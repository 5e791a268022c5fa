"""Asking name servers: one after the other, again after a while, by TCP what does not fit into a datagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from kahea.net.dns.codec import Response, decode, encode
from kahea.net.dns.exchange import Exchange
from kahea.net.dns.questions import Question
from kahea.net.dns.system import NameServer

_CONCLUSIVE: Final = ("NOERROR", "NXDOMAIN")
_WITHOUT_EDNS: Final = ("FORMERR", "NOTIMP")


class NoResponseError(Exception):
    """No name server gave a usable response; the text says what each did."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How name servers are asked.

    Args:
        servers: in order.
        seconds: to wait for the first answer of each; doubled with each round, and then shared by the servers.
        rounds: through all servers.
    """

    servers: Sequence[NameServer]
    seconds: float
    rounds: int

    def limit(self, number: int) -> float:
        """Return the seconds that a server is given in a round, from 0 (as the C library has it)."""
        seconds = self.seconds * (1 << number)
        return max(1.0, seconds / len(self.servers)) if number else seconds


async def ask(exchange: Exchange, question: Question, patience: Patience) -> Response:
    """Return what a name server says to a question.

    Args:
        exchange: carries queries.
        question: what to ask.
        patience: whom, and for how long.

    Raises:
        NoResponseError: none said anything usable in time.
        ValueError: the name cannot be asked for.
    """
    encode(question)
    failures: dict[NameServer, str] = {}
    for number in range(patience.rounds):
        for server in patience.servers:
            response = await _ask_one(exchange, question, server, patience.limit(number), failures)
            if response is not None:
                return response
    raise NoResponseError(
        ", ".join(f"{server.ip}: {failure}" for server, failure in failures.items()) or "no name server"
    )


async def _ask_one(
    exchange: Exchange, question: Question, server: NameServer, seconds: float, failures: dict[NameServer, str]
) -> Response | None:
    """Return a server's conclusive response; ``None`` when another one is to be asked."""
    response = None
    try:
        for edns in (True, False):
            query = encode(question, edns)
            data = await exchange.datagram(server, query, partial(_answers, query, question), seconds)
            response = decode(query, data, question) if data is not None else None
            if response is not None and response.truncated:
                data = await exchange.stream(server, query, seconds)
                response = decode(query, data, question) if data is not None else None
            if response is None or response.code not in _WITHOUT_EDNS:
                break
    except OSError as error:
        failures[server] = error.strerror or str(error)
        return None
    if response is None:
        failures[server] = "no answer in time"
    elif response.code not in _CONCLUSIVE:
        failures[server] = response.code
        response = None
    return response


def _answers(query: bytes, question: Question, data: bytes) -> bool:
    return decode(query, data, question) is not None
