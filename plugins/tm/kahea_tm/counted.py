"""What the module counts, all workers together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.api import Counters, Statistics

_DOCS: Final = {
    "created": "Transactions that were made.",
    "client_transactions": "Transactions of our own requests.",
    "waiting": "Transactions that came to only absorbing late messages.",
    "freed": "Transactions that have ended.",
    "rpl_received": "Replies that were received for transactions.",
    "rpl_generated": "Replies that were made.",
    "rpl_sent": "Replies that were sent, made and relayed ones.",
    **{f"{digit}xx_transactions": f"Transactions that ended with a {digit}xx reply." for digit in range(2, 7)},
}


class Counted:
    """The counters of transactions; each attribute counts one more when it is called.

    Args:
        counters: of this process.
    """

    __slots__ = (*(name for name in _DOCS if name[0].isalpha()), "_counters", "_finals")

    created: Callable[[], None]
    client_transactions: Callable[[], None]
    waiting: Callable[[], None]
    freed: Callable[[], None]
    rpl_received: Callable[[], None]
    rpl_generated: Callable[[], None]
    rpl_sent: Callable[[], None]

    def __init__(self, counters: Counters) -> None:
        self._counters = {name: counters.counter(f"tm.{name}", doc) for name, doc in _DOCS.items()}
        bound = {name: counter.inc for name, counter in self._counters.items()}
        self._finals = tuple(bound[f"{digit}xx_transactions"] for digit in range(2, 7))
        for name, count in bound.items():
            if name[0].isalpha():
                setattr(self, name, count)

    def start_worker(self) -> None:
        """Count what a worker that died had as ended; its replacement counts on in its place."""
        created, waiting, freed = (self._counters[name] for name in ("created", "waiting", "freed"))
        waiting.add(created.own - waiting.own)
        freed.add(created.own - freed.own)

    def final(self, code: int) -> None:
        """Count a transaction that ended with a reply."""
        self._finals[min(code // 100, 6) - 2]()


def summary(statistics: Statistics) -> dict[str, int]:
    """Return what ``tm.stats`` tells: the sums over all workers, with Kamailio's names."""
    get = {name: statistics.get(f"tm.{name}") for name in _DOCS}
    return {
        "current": get["created"] - get["freed"],
        "waiting": get["waiting"] - get["freed"],
        "total": get["created"],
        "total_local": get["client_transactions"],
        "rpl_received": get["rpl_received"],
        "rpl_generated": get["rpl_generated"],
        "rpl_sent": get["rpl_sent"],
        **{f"{digit}xx": get[f"{digit}xx_transactions"] for digit in range(6, 1, -1)},
        "created": get["created"],
        "freed": get["freed"],
        "delayed_free": 0,
    }
