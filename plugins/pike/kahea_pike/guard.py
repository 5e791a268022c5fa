"""Counts requests by source address in all workers together, and tells which addresses send too many.

Each worker has a tree of its own. With more than one of them the counts of the leaves are shared: a worker adds what it
counted to a shared number as soon as it is a quarter of its share of the limit, and gets the sum. So the limit holds
for all together, up to a quarter more, and the shared table is not asked for each request.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Final

from kahea.api import Core, Table

from kahea_pike.tree import Node, Tree

PASS: Final = 1
BLOCKED: Final = -1
NEWLY_BLOCKED: Final = -2


@lru_cache(maxsize=4096)
def packed(address: str) -> bytes:
    """Return the bytes of an IP address.

    Raises:
        ValueError: it is none.
    """
    return ip_address(address.strip("[]")).packed


class Guard:
    """Watches addresses.

    Args:
        core: the server.
        limit: requests within a period that are too many.
        period: seconds.
        latency: seconds that an address is remembered.
        level: of the log lines about blocked addresses.
    """

    def __init__(self, core: Core, limit: int, period: int, latency: int, level: int) -> None:
        self._core = core
        self._limit = limit
        self._period = period
        self._latency = latency
        self._level = level
        self._shared: Table[int] = core.tables.table("pike.hits", int)
        self._tree = Tree(limit, limit >> 2, latency)
        self._count_blocked = core.counters.counter("pike.blocked_ips", "addresses that were blocked").inc
        self._number = 0  # of the period
        self._quantum = 0  # hits that are worth being told to the others; 0 where there are none

    def start(self, core: Core) -> None:
        """Begin to count in a worker."""
        self._core = core
        workers = core.workers.count
        if workers > 1:
            self._quantum = max(1, self._limit // (4 * workers))
        self._tree = Tree(self._limit, (self._limit >> 2) // workers, self._latency)
        self._number = int(core.clock.monotonic() // self._period)
        core.timers.every(1, lambda: self._tree.remove_expired(core.clock.monotonic()))
        self._wait_for_next_period()

    def check(self, address: str) -> int:
        """Count a request, and tell whether it is one too many.

        Args:
            address: where it came from.

        Returns:
            `PASS`, `BLOCKED`, or `NEWLY_BLOCKED` for the request that got the address blocked.

        Raises:
            ValueError: that is no IP address.
        """
        key = packed(address)
        now = self._core.clock.monotonic()
        node = self._tree.hit(address, key, now)
        if self._quantum:
            if node is None and self._shared.get(f"leaf/{address}") is not None:
                node = self._tree.hit(address, key, now, whole=True)
            if node is not None:
                self._tell(node)
        if node is None:
            return PASS
        if node.red:
            return BLOCKED
        if not self._tree.is_hot(node):
            return PASS
        node.red = True
        return self._block(address)

    def _block(self, address: str) -> int:
        if self._quantum:
            key = f"red/{address}"
            if (self._shared.increment(key) or 1) > 1:
                return BLOCKED
            self._shared.expire(key, self._core.clock.time() + self._latency + self._period)
        self._core.log_bounded(f"PIKE - BLOCKing ip {address}", "pike", self._level)
        self._count_blocked()
        return NEWLY_BLOCKED

    def _unblock(self, address: str) -> bool:
        """Tell the other workers that an address is no longer blocked; ``False`` when one of them did so before."""
        found = False

        def change(old: int | None) -> None:
            nonlocal found
            found = old is not None

        return self._shared.update(f"red/{address}", change) and found

    def _tell(self, node: Node) -> None:
        """Add to the count of all workers what they need to know, and learn what they counted."""
        if node.leaf_hits == 1:
            until = self._core.clock.time() + self._latency
            self._shared.put(f"leaf/{node.address}", 1, expires=until)
        more = node.leaf_hits - node.told
        if more < self._quantum:
            return
        key = f"{self._number}/{node.address}"
        total = self._shared.increment(key, more)
        if total is None:
            return
        if total == more:
            self._shared.expire(key, self._core.clock.time() + 3 * self._period)
        node.told = node.leaf_hits
        node.others = total - node.leaf_hits

    # --- time --------------------------------------------------------------------------------------

    def _wait_for_next_period(self) -> None:
        # the clock for timers is the same in all workers, and so are the periods
        rest = self._period - self._core.clock.monotonic() % self._period
        self._core.timers.call_later(rest, self._begin_period)

    def _begin_period(self) -> None:
        for node in self._tree.next_period(self._counted):
            if not self._quantum or self._unblock(node.address):
                self._core.log_bounded(f"PIKE - UNBLOCKing ip {node.address}", "pike", self._level)
        self._number = round(self._core.clock.monotonic() / self._period)
        self._wait_for_next_period()

    def _counted(self, node: Node) -> int:
        """Return what all workers counted of an address in the period that ends."""
        if not node.told:
            return node.leaf_hits
        return max(self._shared.get(f"{self._number}/{node.address}") or 0, node.leaf_hits)

    # --- what it knows -----------------------------------------------------------------------------

    def leaves(self) -> list[dict[str, Any]]:
        """Return the addresses that this worker counts by themselves."""
        now = self._core.clock.monotonic()
        return [
            {
                "ip_addr": node.address,
                "leaf_hits_prev": node.leaf_hits_before,
                "leaf_hits_curr": node.leaf_hits + node.others,
                "expires": int(node.expires - now),
                "status": "HOT" if self._tree.is_hot(node) else "WARM" if self._tree.is_warm(node) else "",
            }
            for node in self._tree.leaves()
        ]


_ORDER: Final = ("", "WARM", "HOT")


def merged(answers: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the addresses of all workers, each once: each worker's numbers are those of all, as far as it knows."""
    found: dict[str, dict[str, Any]] = {}
    for leaf in (leaf for answer in answers for leaf in answer):
        known = found.setdefault(leaf["ip_addr"], leaf)
        for name in ("leaf_hits_prev", "leaf_hits_curr", "expires"):
            known[name] = max(known[name], leaf[name])
        known["status"] = max(known["status"], leaf["status"], key=_ORDER.index)
    return list(found.values())
