"""Finding where a host is, as a module sees it (RFC 3263)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from random import randrange
from typing import NamedTuple, Protocol


class Candidate(NamedTuple):
    """One place that a message may be sent to.

    Attributes:
        protocol: ``udp``, ``tcp``, ...
        ip: address text, without brackets.
        port: 1 to 65535.
    """

    protocol: str
    ip: str
    port: int


class Srv(NamedTuple):
    """An SRV record (RFC 2782); `target` has no dot at its end, and is "" where the service is not offered."""

    priority: int
    weight: int
    port: int
    target: str


class Naptr(NamedTuple):
    """A NAPTR record (RFC 3403)."""

    order: int
    preference: int
    flags: str
    services: str
    regexp: str
    replacement: str


class Candidates:
    """The places of one destination, the best one first; they are looked up as they are asked for.

    Args:
        first: the first one, ``None`` when there is none.
        further: gives the next one each time, ``None`` when there are no more, or an awaitable of either.
        error: why there is none.
    """

    __slots__ = ("_first", "_further", "error")

    def __init__(
        self,
        first: Candidate | None,
        further: Callable[[], Candidate | Awaitable[Candidate | None] | None] | None = None,
        error: str = "",
    ) -> None:
        self._first = first
        self._further = further
        self.error = error

    def next(self) -> Candidate | Awaitable[Candidate | None] | None:
        """Return the next place, ``None`` when there are no more.

        The first call never waits. A later one may return an awaitable of its answer, when a further name has to be
        looked up.
        """
        first = self._first
        if first is not None:
            self._first = None
            return first
        return self._further() if self._further is not None else None

    @property
    def may_have_more(self) -> bool:
        """Whether `next` may give another one."""
        return self._first is not None or self._further is not None

    def first(self) -> Candidate | None:
        """Take the first place; to be called instead of the first `next` where only one is wanted."""
        first, self._first = self._first, None
        return first


def srv_by_weight(records: Sequence[Srv], pick: Callable[[int], int] = randrange) -> list[Srv]:
    """Put SRV records into an order chosen at random by their weights (RFC 2782, "Usage rules").

    Args:
        records: by priority.
        pick: returns a number from 0 to less than the given one.
    """
    ordered: list[Srv] = []
    rest = list(records)
    while rest:
        priority = rest[0].priority
        group = [record for record in rest if record.priority == priority]
        rest = rest[len(group) :]
        group.sort(key=lambda record: record.weight != 0)
        while group:
            chosen = pick(sum(record.weight for record in group) + 1)
            index, total = 0, group[0].weight
            while total < chosen:
                index += 1
                total += group[index].weight
            ordered.append(group.pop(index))
    return ordered


class Resolver(Protocol):
    """Looks up names without holding up the worker.

    Each method returns its answer at once where it is known, of an address or from the cache, and an awaitable of it
    otherwise: a script function that uses one is declared ``waits=Waits.MAY``. Nothing raises: what is not found is
    an empty answer.
    """

    def locate(
        self, host: str, port: int = 0, protocol: str = "", scheme: str = "sip"
    ) -> Candidates | Awaitable[Candidates]:
        """Find where to send a request (RFC 3263 section 4).

        Args:
            host: of the URI: a name, or an address, IPv6 with or without brackets.
            port: of the URI, 0 where it has none. NAPTR and SRV records are looked up without one only.
            protocol: transport that the URI asks for, "" where it asks for none.
            scheme: of the URI; ``sips`` means TLS.

        Returns:
            The candidates. ``use_dns_failover=no`` leaves one of them.
        """

    def addresses(self, host: str, *, any_family: bool = False) -> tuple[str, ...] | Awaitable[tuple[str, ...]]:
        """Return all addresses of a host, in the order of preference; an address is its own.

        Args:
            host: a name, or an address.
            any_family: those too that the parameters say not to use, IPv4 first.
        """

    def srv(self, name: str) -> tuple[Srv, ...] | Awaitable[tuple[Srv, ...]]:
        """Return the SRV records of a name, by priority, the heavier first."""

    def naptr(self, name: str) -> tuple[Naptr, ...] | Awaitable[tuple[Naptr, ...]]:
        """Return the NAPTR records of a name, by order and preference."""

    def pointers(self, ip: str) -> tuple[str, ...] | Awaitable[tuple[str, ...]]:
        """Return the names of an address (PTR records); none for text that is no address."""

    def texts(self, name: str) -> tuple[str, ...] | Awaitable[tuple[str, ...]]:
        """Return the TXT records of a name."""

    def keep_for(self, seconds: int) -> None:
        """Keep the answers of this worker's lookups for some time, whatever they say; 0 for as long as they say."""

    def add(
        self, name: str, record: str | Srv, seconds: float, *, permanent: bool = False, missing: bool = False
    ) -> bool:
        """Add an address or an SRV record to what is known of a name; up to ``mod_init`` in all workers.

        Args:
            name: the host, or the service.
            record: an address, of which the text tells the family, or an SRV record.
            seconds: to keep it.
            permanent: keep it for ever.
            missing: the name is to be taken for one that has no such record, and *record* tells only of which type.

        Returns:
            Whether it was added: an SRV record or an address, for which there was room, and no permanent one is in the
            way.
        """
