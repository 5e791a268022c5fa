"""Removes contacts that have expired: one pass over all tables in each interval, a part of it in each second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

from kahea.api import Clock

from kahea_usrloc.domains import Domain

MIN_STEP: Final = 500
"""Addresses of record that are looked at in a second at least: about 2 ms."""


class ExpirySweep:
    """Looks at all addresses of record once in an interval.

    Args:
        domains: the tables.
        interval: seconds that a pass takes at most.
        clock: decides what has expired.
    """

    def __init__(self, domains: Callable[[], Iterable[Domain]], interval: int, clock: Clock) -> None:
        self._domains = domains
        self._interval = interval
        self._clock = clock
        self._pass: Iterator[tuple[Domain, str, bool]] | None = None
        self._seen = 0
        self._step = MIN_STEP
        self._ticks = 0

    def turn(self) -> None:
        """Go on with the pass, or begin one when it is time; called every second."""
        self._ticks += 1
        if self._pass is None:
            if self._ticks < self._interval:
                return
            self._pass = self._records()
            self._ticks = self._seen = 0
        looked_at = 0
        for domain, aor, has_expired in islice(self._pass, self._step):
            looked_at += 1
            if has_expired:
                domain.expire(aor)
        self._seen += looked_at
        if looked_at < self._step:
            self._pass = None
            # the next pass is to end within its interval, with room for growth
            self._step = max(MIN_STEP, 2 * self._seen // self._interval)

    def _records(self) -> Iterator[tuple[Domain, str, bool]]:
        for domain in self._domains():
            for aor, contacts in domain.scan():
                now = self._clock.time()
                yield domain, aor, any(not contact.is_valid(now) for contact in contacts)
