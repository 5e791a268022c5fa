"""The `kahea.modules.resolver.Resolver` of a worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from kahea.modules.core import Clock
from kahea.modules.resolver import Candidate, Candidates, Naptr, Srv
from kahea.modules.settings import Settings
from kahea.net.dns.exchange import Exchange
from kahea.net.dns.lookups import Lookups
from kahea.net.dns.questions import Answer, Kind, Question, ask_for, numeric
from kahea.net.dns.steps import MAX_QUESTIONS, Policy, Steps, addresses, locate
from kahea.net.dns.system import system_files
from kahea.sip.endpoints import DEFAULT_PORTS, LocalSocket

_T = TypeVar("_T", str, Srv, Naptr)

_IPV4_ONLY: Final = 1
_IPV6_ONLY: Final = 2
_IPV6_FIRST: Final = 4
"""Bits of ``dns_cache_flags``."""


class Walk:
    """Takes steps until the next candidate, at once as far as answers are known.

    Args:
        steps: what is to be found.
        lookups: where answers come from.
    """

    __slots__ = ("_left", "_lookups", "_steps", "reason")

    def __init__(self, steps: Steps, lookups: Lookups) -> None:
        self._steps = steps
        self._lookups = lookups
        self._left = MAX_QUESTIONS
        self.reason = ""

    def next(self) -> Candidate | Awaitable[Candidate | None] | None:
        """Return the next candidate, ``None`` after the last, or an awaitable of either."""
        found = self._run(None)
        return self._wait(found) if isinstance(found, Question) else found

    def _run(self, answer: Answer | None) -> Candidate | Question | None:
        """Go on with an answer, to a candidate, the end, or a question whose answer is not known."""
        steps, lookups = self._steps, self._lookups
        while True:
            if answer is not None and not answer.records:
                self.reason = answer.reason
            try:
                item = steps.send(answer)
            except StopIteration:
                return None
            if not isinstance(item, Question):
                return item
            self._left -= 1
            if self._left < 0:
                self.reason = f"it takes more than {MAX_QUESTIONS} questions"
                return None
            answer = lookups.known(item)
            if answer is None:
                return item

    async def _wait(self, item: Candidate | Question | None) -> Candidate | None:
        while isinstance(item, Question):
            item = self._run(await self._lookups.ask(item))
        return item


class NameResolver:
    """Looks up names for one worker; a `kahea.modules.resolver.Resolver`.

    Args:
        settings: returns the global parameters.
        clock: the monotonic clock is used.
        sockets: returns what the server listens on: a transport without a socket is not looked for.
        note: called with each lookup that failed: question and reason.
        note_slow: called with each lookup that took too long: question and seconds.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        clock: Clock,
        sockets: Callable[[], Sequence[LocalSocket]],
        note: Callable[[Question, str], None] = lambda _question, _reason: None,
        note_slow: Callable[[Question, float], None] = lambda _question, _seconds: None,
    ) -> None:
        self._settings = settings
        self._sockets = sockets
        self.lookups = Lookups(settings, clock, *system_files(), note, note_slow)
        self._policy_for: tuple[Settings | None, Sequence[LocalSocket], Policy] = (None, (), Policy())

    def prepare(self) -> None:
        """Import what reads responses, so that the workers share it and none has to do so while messages wait."""
        import kahea.net.dns.client  # noqa: F401

    def attach(self, loop: asyncio.AbstractEventLoop, exchange: Exchange) -> None:
        """Take the worker's loop and what carries queries."""
        self.lookups.attach(loop, exchange)

    def locate(
        self, host: str, port: int = 0, protocol: str = "", scheme: str = "sip"
    ) -> Candidates | Awaitable[Candidates]:
        """Find where to send a request (RFC 3263 section 4)."""
        if scheme == "sips":
            protocol = "wss" if protocol in ("ws", "wss") else "tls"
        ip = numeric(host)
        if ip is not None:
            protocol = protocol or "udp"
            return Candidates(Candidate(protocol, ip, port or DEFAULT_PORTS.get(protocol, 5060)))
        walk = Walk(locate(host, port, protocol, self._policy()), self.lookups)
        first = walk.next()
        if first is None or isinstance(first, Candidate):
            return self._candidates(first, walk)
        return self._waited(first, walk)

    async def _waited(self, first: Awaitable[Candidate | None], walk: Walk) -> Candidates:
        return self._candidates(await first, walk)

    def _candidates(self, first: Candidate | None, walk: Walk) -> Candidates:
        if first is None:
            return Candidates(None, error=walk.reason or "there is no usable record")
        return Candidates(first, walk.next if self._settings().use_dns_failover else None)

    def _policy(self) -> Policy:
        """Return what the parameters say; they change by being replaced as a whole."""
        settings, sockets = self._settings(), self._sockets()
        if settings is not self._policy_for[0] or sockets is not self._policy_for[1]:
            self._policy_for = (settings, sockets, self._new_policy(settings))
        return self._policy_for[2]

    def _new_policy(self, settings: Settings) -> Policy:
        preferences = {
            "udp": settings.dns_udp_pref,
            "tcp": settings.dns_tcp_pref,
            "tls": settings.dns_tls_pref,
            "sctp": settings.dns_sctp_pref,
        }
        there = {one.protocol for one in self._sockets()}
        if not settings.use_dns_failover and not settings.dns_try_naptr:
            there = {"udp"}  # as in Kamailio, a transport is looked for with one of these only
        usable = [name for name, score in preferences.items() if name in there and score >= 0]
        usable.sort(key=preferences.__getitem__, reverse=True)
        scores = [preferences[name] if settings.dns_naptr_ignore_rfc else 1 for name in usable]
        return Policy(self._families(), bool(settings.dns_try_naptr), bool(settings.dns_srv_lb), usable, scores)

    def _families(self) -> tuple[Kind, ...]:
        settings = self._settings()
        flags = settings.dns_cache_flags
        if not settings.dns_try_ipv6 or flags & _IPV4_ONLY or not any(one.ipv6 for one in self._sockets()):
            return ("A",)
        if flags & _IPV6_ONLY:
            return ("AAAA",)
        return ("AAAA", "A") if flags & _IPV6_FIRST else ("A", "AAAA")

    # --- records ---------------------------------------------------------------------------------

    def keep_for(self, seconds: int) -> None:
        """Keep the answers of this worker's lookups for some time, whatever they say; 0 for as long as they say."""
        self.lookups.local_lifetime = seconds

    def add(
        self, name: str, record: str | Srv, seconds: float, *, permanent: bool = False, missing: bool = False
    ) -> bool:
        """Add an address or an SRV record to what is known of a name."""
        kind: Kind = "SRV"
        value: str | Srv | None = record
        if isinstance(record, str):
            value = numeric(record)
            kind = "AAAA" if ":" in record else "A"
        if value is None:
            return False
        values = () if missing else (value,)
        return self.lookups.add(ask_for(name, kind), values, seconds, permanent=permanent)

    def addresses(self, host: str, *, any_family: bool = False) -> tuple[str, ...] | Awaitable[tuple[str, ...]]:
        """Return all addresses of a host, in the order of preference."""
        families: tuple[Kind, ...] = ("A", "AAAA") if any_family else self._families()
        walk = Walk(addresses(host, families), self.lookups)
        found: list[str] = []
        while True:
            one = walk.next()
            if one is None:
                return tuple(found)
            if not isinstance(one, Candidate):
                return _rest(one, walk, found)
            found.append(one.ip)

    def srv(self, name: str) -> tuple[Srv, ...] | Awaitable[tuple[Srv, ...]]:
        """Return the SRV records of a name, by priority, the heavier first."""
        return self._records(ask_for(name, "SRV"), Srv)

    def naptr(self, name: str) -> tuple[Naptr, ...] | Awaitable[tuple[Naptr, ...]]:
        """Return the NAPTR records of a name, by order and preference."""
        return self._records(ask_for(name, "NAPTR"), Naptr)

    def pointers(self, ip: str) -> tuple[str, ...] | Awaitable[tuple[str, ...]]:
        """Return the names of an address."""
        address = numeric(ip)
        if address is None:
            return ()
        names = self.lookups.names_of(address)
        if names:
            return names
        from kahea.net.dns.codec import reverse_name

        return self._records(ask_for(reverse_name(address), "PTR"), str)

    def texts(self, name: str) -> tuple[str, ...] | Awaitable[tuple[str, ...]]:
        """Return the TXT records of a name."""
        return self._records(ask_for(name, "TXT"), str)

    def _records(self, question: Question, kind: type[_T]) -> tuple[_T, ...] | Awaitable[tuple[_T, ...]]:
        answer = self.lookups.known(question)
        if answer is None:
            return self._asked(question, kind)
        return tuple(record for record in answer.records if isinstance(record, kind))

    async def _asked(self, question: Question, kind: type[_T]) -> tuple[_T, ...]:
        answer = await self.lookups.ask(question)
        return tuple(record for record in answer.records if isinstance(record, kind))


async def _rest(one: Awaitable[Candidate | None], walk: Walk, found: list[str]) -> tuple[str, ...]:
    """Return the addresses that are left, behind those found already."""
    waited = await one
    while waited is not None:
        found.append(waited.ip)
        further = walk.next()
        waited = further if further is None or isinstance(further, Candidate) else await further
    return tuple(found)
