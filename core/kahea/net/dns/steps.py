"""RFC 3263 as steps: generators that yield what they need to know, and what they found. They do no I/O."""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from kahea.modules.resolver import Candidate, Naptr, Srv, srv_by_weight
from kahea.net.dns.questions import Answer, Kind, Question, ask_for, numeric
from kahea.sip.endpoints import DEFAULT_PORTS

_T = TypeVar("_T", str, Srv, Naptr)

Steps = Generator[Question | Candidate, Answer | None, None]
"""Yields a `Question`, to be sent its `Answer`, or a `Candidate`."""

MAX_QUESTIONS: Final = 64
"""Questions that finding one destination may take."""

_SRV_PREFIX: Final = {"udp": "_sip._udp.", "tcp": "_sip._tcp.", "tls": "_sips._tcp.", "sctp": "_sip._sctp."}

_NAPTR_SERVICES: Final = {"sip+d2u": "udp", "sip+d2t": "tcp", "sip+d2s": "sctp", "sips+d2t": "tls"}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the parameters say about looking up destinations.

    Attributes:
        families: types of address records, in the order in which they are tried.
        naptr: whether NAPTR records are looked up.
        balance: whether SRV records of one priority are chosen at random by their weights (RFC 2782), not by weight.
        protocols: transports that can be used where the URI names none, the most wanted first.
        scores: preference of a transport among NAPTR records, before their order.
        random: returns a number from 0 to less than the given one.
    """

    families: tuple[Kind, ...] = ("A", "AAAA")
    naptr: bool = False
    balance: bool = False
    protocols: Sequence[str] = ("udp",)
    scores: Sequence[int] = (0,)
    random: Callable[[int], int] = random.randrange


def locate(host: str, port: int, protocol: str, policy: Policy) -> Steps:
    """Find where to send to (RFC 3263 section 4, in the order in which Kamailio does it).

    NAPTR records are looked up where neither port nor transport is given, SRV records where no port is; then the
    addresses of the host itself.

    Args:
        host: a name.
        port: 0 for none.
        protocol: "" for none.
        policy: what the parameters say.
    """
    if not port:
        if not protocol and policy.naptr:
            found = False
            answer = yield ask_for(host, "NAPTR")
            for transport, target in chosen_naptr(_records(answer, Naptr), policy):
                offered = yield from _services(target, transport, policy)
                found = found or bool(offered)
            if found:
                return
        denied = set()
        for transport in (protocol,) if protocol else policy.protocols:
            if transport not in _SRV_PREFIX:
                continue
            offered = yield from _services(_SRV_PREFIX[transport] + host, transport, policy)
            if offered:
                return
            if offered is None:
                denied.add(transport)
        if (protocol or "udp") in denied:
            return
    protocol = protocol or "udp"
    yield from _host(host, protocol, port or DEFAULT_PORTS.get(protocol, 5060), policy)


def addresses(host: str, families: Sequence[Kind]) -> Steps:
    """Find the addresses of a host; each is a candidate without port and transport."""
    yield from _host(host, "", 0, Policy(tuple(families)))


def _services(name: str, protocol: str, policy: Policy) -> Generator[Question | Candidate, Answer | None, int | None]:
    """Find the places that SRV records name; return how many, ``None`` when the service is said not to be offered."""
    answer = yield ask_for(name, "SRV")
    records = _records(answer, Srv)
    if len(records) == 1 and not records[0].target:
        return None
    found = 0
    for record in srv_by_weight(records, policy.random) if policy.balance else records:
        if record.target and record.port:
            found += yield from _host(record.target, protocol, record.port, policy)
    return found


def _host(name: str, protocol: str, port: int, policy: Policy) -> Generator[Question | Candidate, Answer | None, int]:
    """Find the addresses of a host; return how many."""
    ip = numeric(name)
    if ip is not None:
        yield Candidate(protocol, ip, port)
        return 1
    found = 0
    for kind in policy.families:
        answer = yield ask_for(name, kind)
        for address in _records(answer, str):
            found += 1
            yield Candidate(protocol, address, port)
    return found


def chosen_naptr(records: Sequence[Naptr], policy: Policy) -> list[tuple[str, str]]:
    """Return transport and SRV name of the usable NAPTR records (RFC 3263 4.1), the best first.

    Args:
        records: all that there are.
        policy: its scores come before order and preference of the records.
    """
    scores = dict(zip(policy.protocols, policy.scores, strict=True))
    usable = []
    for record in records:
        protocol = _NAPTR_SERVICES.get(record.services.lower(), "")
        if record.flags.lower() == "s" and not record.regexp and record.replacement and protocol in scores:
            usable.append((-scores[protocol], record.order, record.preference, protocol, record.replacement))
    usable.sort(key=lambda one: one[:3])
    return [(protocol, target) for *_, protocol, target in usable]


def _records(answer: Answer | None, kind: type[_T]) -> list[_T]:
    return [record for record in answer.records if isinstance(record, kind)] if answer is not None else []
