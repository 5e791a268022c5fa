"""The statistics of transactions, under the names that Kamailio gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kahea.api import Statistics

_SHOWN: Final[dict[str, tuple[str, Callable[[Mapping[str, int]], int]]]] = {
    "UAS_transactions": ("transactions that were made", lambda of: of["total"]),
    "UAC_transactions": ("transactions of our own requests", lambda of: of["total_local"]),
    "2xx_transactions": ("transactions that ended with a 2xx reply", lambda of: of["2xx"]),
    "3xx_transactions": ("transactions that ended with a 3xx reply", lambda of: of["3xx"]),
    "4xx_transactions": ("transactions that ended with a 4xx reply", lambda of: of["4xx"]),
    "5xx_transactions": ("transactions that ended with a 5xx reply", lambda of: of["5xx"]),
    "6xx_transactions": ("transactions that ended with a 6xx reply", lambda of: of["6xx"]),
    "inuse_transactions": ("transactions in memory", lambda of: of["current"]),
    "active_transactions": (
        "transactions that do more than absorb late messages",
        lambda of: of["current"] - of["waiting"],
    ),
    "rpl_received": ("replies that were received", lambda of: of["rpl_received"]),
    "rpl_absorbed": (
        "received replies that were not sent on",
        lambda of: of["rpl_received"] - of["rpl_sent"] + of["rpl_generated"],
    ),
    "rpl_generated": ("replies that were made", lambda of: of["rpl_generated"]),
    "rpl_relayed": ("received replies that were sent on", lambda of: of["rpl_sent"] - of["rpl_generated"]),
    "rpl_sent": ("replies that were sent, made and relayed ones", lambda of: of["rpl_sent"]),
}


def declare(statistics: Statistics, read: Callable[[], Mapping[str, int]]) -> None:
    """Declare the statistics of the group ``tmx``.

    Args:
        statistics: of the server.
        read: returns what the module that keeps transactions counts.
    """
    for name, (doc, compute) in _SHOWN.items():
        statistics.gauge(f"tmx.{name}", lambda compute=compute: compute(read()), doc)  # type: ignore[misc]
