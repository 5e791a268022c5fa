"""From a question to its answer: the cache, the hosts file, a question that is already under way, the name servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kahea.modules.core import Clock
from kahea.modules.resolver import Naptr, Srv
from kahea.modules.settings import Settings
from kahea.net.dns.cache import Cache
from kahea.net.dns.exchange import Exchange
from kahea.net.dns.questions import Answer, Kind, Question, Value, ask_for
from kahea.net.dns.system import System, WatchedFile

if TYPE_CHECKING:
    from kahea.net.dns.client import Patience
    from kahea.net.dns.codec import Response

MAX_CHAIN: Final = 10
"""CNAME records that are followed one after the other, as in Kamailio."""

MAX_UNDER_WAY: Final = 2000
"""Questions that are asked at one time; a further one has no answer."""

MAX_WAITING: Final = 10_000
"""Scripts and messages that may wait for answers at one time."""

_ADDRESS_KINDS: Final[tuple[Kind, ...]] = ("A", "AAAA")
_LOOK_INTERVAL: Final = 5.0
"""Seconds after which resolv.conf and hosts are looked at again."""


class Lookups:
    """What a worker knows of names, and what it asks.

    Args:
        settings: returns the global parameters.
        clock: the monotonic clock is used.
        conf: resolv.conf.
        hosts: the hosts file.
        note: called with each lookup that failed: question and reason.
        note_slow: called with each lookup that took longer than ``dns_slow_query_ms``: question and seconds.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        clock: Clock,
        conf: WatchedFile[System],
        hosts: WatchedFile[dict[str, tuple[str, ...]]],
        note: Callable[[Question, str], None] = lambda _question, _reason: None,
        note_slow: Callable[[Question, float], None] = lambda _question, _seconds: None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._conf = conf
        self._hosts = hosts
        self._note = note
        self._note_slow = note_slow
        self._looked = clock.monotonic()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._exchange: Exchange | None = None
        self._under_way: dict[Question, asyncio.Task[Answer]] = {}
        self.cache = Cache(settings().dns_cache_mem * 1024)
        self._waiting = 0
        self.local_lifetime = 0
        self.asked = 0
        self.hits = 0
        self.failed = 0

    def attach(self, loop: asyncio.AbstractEventLoop, exchange: Exchange) -> None:
        """Take the loop and what carries queries; before, nothing is asked."""
        self._loop = loop
        self._exchange = exchange

    def use(self, system: System, hosts: dict[str, tuple[str, ...]]) -> None:
        """Take this instead of what the machine's files say."""
        nowhere = Path()
        self._conf = WatchedFile(nowhere, lambda _: system, system)
        self._hosts = WatchedFile(nowhere, lambda _: hosts, hosts)

    def take_settings(self) -> None:
        """Follow a changed limit of the cache."""
        self.cache.max_size = self._settings().dns_cache_mem * 1024

    def known(self, question: Question) -> Answer | None:
        """Return the answer if it need not be asked for."""
        now = self.now()
        answer = self.cache.get(question, now)
        if answer is not None:
            self.hits += 1
            return answer
        if now - self._looked >= _LOOK_INTERVAL:
            self._looked = now
            self._conf.look()
            self._hosts.look()
        if question.kind in _ADDRESS_KINDS and question.name in self._hosts.value:
            ipv6 = question.kind == "AAAA"
            found = tuple(ip for ip in self._hosts.value[question.name] if (":" in ip) is ipv6)
            return Answer(found, now, "" if found else "the hosts file has no such address", question.name)
        if self._exchange is None:
            return Answer((), now, "names are looked up by workers only")
        return None

    async def ask(self, question: Question) -> Answer:
        """Return the answer to a question; two that are the same are asked once."""
        known = self.known(question)
        if known is not None:
            return known
        task = self._under_way.get(question)
        if self._waiting >= MAX_WAITING or (task is None and len(self._under_way) >= MAX_UNDER_WAY):
            return Answer((), 0.0, "too many questions are under way")
        if task is None:
            assert self._loop is not None
            task = self._under_way[question] = self._loop.create_task(self._answer(question))
            task.add_done_callback(lambda _: self._under_way.pop(question, None))
        self._waiting += 1
        try:
            # who asked may be cancelled: others may wait for the same answer
            return await asyncio.shield(task)
        finally:
            self._waiting -= 1

    def add(self, question: Question, values: tuple[Value, ...], seconds: float, *, permanent: bool = False) -> bool:
        """Add records that an operator knows, to those that he added before.

        Args:
            question: name and type.
            values: the records; none when the name is to be taken for one that does not exist.
            seconds: to keep them.
            permanent: keep them for ever.

        Returns:
            Whether they were added: there was room, and permanent records are not in the way.
        """
        known = self.cache.get(question, self.now())
        if known is not None and values and known.permanent is permanent:
            values = tuple(dict.fromkeys((*known.records, *values)))
        answer = Answer(_in_order(values), self.now() + seconds, "" if values else "no such name", "", permanent)
        return self.cache.put(question, answer, self.now(), displace=True)

    @property
    def is_caching(self) -> bool:
        """Whether answers are kept."""
        return self._settings().use_dns_cache

    def now(self) -> float:
        """Return the monotonic time."""
        return self._clock.monotonic()

    def seconds_left(self, answer: Answer) -> int:
        """Return for how many seconds an answer holds, -1 when it has expired."""
        left = answer.expires - self.now()
        return -1 if left < 0 else int(left)

    def names_of(self, ip: str) -> tuple[str, ...]:
        """Return the names that the hosts file has for an address in canonical text."""
        return tuple(name for name, addresses in self._hosts.value.items() if ip in addresses)

    def sweep(self) -> None:
        """Forget what has expired."""
        self.cache.sweep(self.now())

    def stop(self) -> None:
        """End what is under way."""
        for task in self._under_way.values():
            task.cancel()

    # --- asking ----------------------------------------------------------------------------------

    async def _answer(self, question: Question) -> Answer:
        settings, begin = self._settings(), self.now()
        try:
            answer = await self._searched(question)
        except ValueError as error:
            answer = self._nothing(f"it is no name that can be looked up: {error}")
        if not answer.records:
            self.failed += 1
            self._note(question, answer.reason)
        seconds = self.now() - begin
        if 0 < settings.dns_slow_query_ms < seconds * 1000:
            self._note_slow(question, seconds)
        if settings.use_dns_cache and answer.expires > self.now():
            self._keep(question, answer)
        return answer

    async def _searched(self, question: Question) -> Answer:
        """Ask for a name, and for it in the domains of the search list."""
        answer = self._nothing("no such name")
        for name in self._names(question.name):
            asked = Question(name, question.kind)
            answer = await self._chained(asked, question)
            if answer.records:
                return answer
        return answer

    def _names(self, name: str) -> Iterator[str]:
        system = self._conf.value
        search = system.search if self._settings().dns_use_search_list else ()
        first = name.count(".") >= system.ndots
        if first or not search:
            yield name
        for domain in search:
            yield f"{name}.{domain}"
        if not first and search:
            yield name

    async def _chained(self, asked: Question, original: Question) -> Answer:
        """Ask for a name and follow its CNAME records, those in the response first."""
        from kahea.net.dns.client import NoResponseError, ask

        assert self._exchange is not None
        lifetime = float("inf")
        names = {asked.name}
        while True:
            if asked is not original and (known := self.cache.get(asked, self.now())) is not None:
                return known._replace(expires=min(known.expires, self.now() + lifetime))
            self.asked += 1
            try:
                response = await ask(self._exchange, asked, self._patience())
            except NoResponseError as error:
                return self._nothing(str(error))
            self._keep_related(response, asked)
            while True:
                found = response.records.get(asked)
                if found:
                    lifetime = min(lifetime, *(seconds for seconds, _ in found))
                    values = _in_order([value for _, value in found])
                    return Answer(values, self._expiry(lifetime), "", asked.name)
                alias = response.records.get(Question(asked.name, "CNAME"))
                if not alias or asked.kind == "CNAME":
                    return self._nothing("no such name" if response.code == "NXDOMAIN" else "no such record")
                lifetime = min(lifetime, alias[0][0])
                target = str(alias[0][1]).lower()
                if target in names or len(names) > MAX_CHAIN:
                    return self._nothing(f"its aliases lead in a circle, or are more than {MAX_CHAIN}")
                names.add(target)
                asked = Question(target, asked.kind)
                if not _mentions(response, asked):
                    break

    def _patience(self) -> Patience:
        from kahea.net.dns.client import Patience

        settings, system = self._settings(), self._conf.value
        count = settings.dns_servers_no
        servers = system.servers[:count] if count >= 0 else system.servers
        seconds = float(settings.dns_retr_time) if settings.dns_retr_time > 0 else system.timeout
        rounds = settings.dns_retr_no if settings.dns_retr_no > 0 else system.attempts
        return Patience(servers, seconds, rounds)

    # --- keeping ---------------------------------------------------------------------------------

    def _keep(self, question: Question, answer: Answer) -> None:
        self.cache.put(question, answer, self.now(), displace=bool(self._settings().dns_cache_del_nonexp))

    def _keep_related(self, response: Response, asked: Question) -> None:
        """Keep the addresses that came with SRV records, and the SRV records with NAPTR records.

        Nothing else that a response holds is believed.
        """
        if not self._settings().use_dns_cache:
            return
        records = response.records
        if asked.kind == "SRV":
            wanted = [ask_for(_target(value), kind) for _, value in records.get(asked, ()) for kind in _ADDRESS_KINDS]
        elif asked.kind == "NAPTR":
            wanted = [ask_for(_target(value), "SRV") for _, value in records.get(asked, ())]
        else:
            return
        for question in wanted:
            found = records.get(question)
            if not found or self._is_kept(question):
                continue
            lifetime = min(seconds for seconds, _ in found)
            values = _in_order([value for _, value in found])
            if lifetime > 0:
                self._keep(question, Answer(values, self._expiry(lifetime), "", question.name))

    def _is_kept(self, question: Question) -> bool:
        """Whether what is known stays instead of what came along (``dns_cache_rec_pref=1``)."""
        if self._settings().dns_cache_rec_pref != 1:
            return False
        known = self.cache.get(question, self.now())
        return known is not None and bool(known.records)

    def _expiry(self, lifetime: float) -> float:
        if self.local_lifetime > 0:
            return self.now() + self.local_lifetime
        settings = self._settings()
        seconds = max(lifetime, settings.dns_cache_min_ttl)
        if settings.dns_cache_max_ttl > 0:
            seconds = min(seconds, settings.dns_cache_max_ttl)
        return self.now() + seconds

    def _nothing(self, reason: str) -> Answer:
        return Answer((), self.now() + self._settings().dns_cache_negative_ttl, reason)


def _target(value: Value) -> str:
    return value if isinstance(value, str) else value[-1]


def _mentions(response: Response, question: Question) -> bool:
    return question in response.records or Question(question.name, "CNAME") in response.records


def _in_order(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return SRV records by priority, the heavier first, NAPTR records by order and preference, others as they are."""

    def key(value: Value) -> tuple[int, int]:
        if isinstance(value, Srv):
            return (value.priority, -value.weight)
        if isinstance(value, Naptr):
            return (value.order, value.preference)
        return (0, 0)

    return tuple(sorted(values, key=key))
