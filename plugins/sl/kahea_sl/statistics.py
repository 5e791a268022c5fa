"""Statistics of stateless replies, by classes of status codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.api import Counters, Statistics

#: Codes that are counted on their own; others count by their class.
SINGLE_CODES: Final = (200, 202, 300, 301, 302, 400, 401, 403, 404, 407, 408, 483, 500)

#: What ``sl.stats`` shows, in its order; provisional replies are not among it, as in Kamailio.
SHOWN: Final = (
    *("200", "202", "2xx"),
    *("300", "301", "302", "3xx"),
    *("400", "401", "403", "404", "407", "408", "483", "4xx"),
    *("500", "5xx"),
    "6xx",
    "xxx",
)


def counter_name(code: int) -> str:
    """Return the name of the counter of replies with a status code: ``sl.404_replies``, ``sl.4xx_replies``.

    Args:
        code: status code.
    """
    if code in SINGLE_CODES:
        return f"sl.{code}_replies"
    return f"sl.{code // 100 if 100 <= code <= 699 else 'x'}xx_replies"


#: All classes of status codes that have a counter, as in Kamailio.
CLASSES: Final = ("1xx", *SHOWN)


def shown(value: Callable[[str], int]) -> dict[str, int]:
    """Return the numbers of replies in the shape of ``sl.stats``.

    Args:
        value: reads a statistic by its name.
    """
    return {key: value(f"sl.{key}_replies") for key in SHOWN}


class ReplyCounters:
    """The statistics of stateless replies, declared when they are made.

    Args:
        counters: of the process.
        statistics: of the server.
    """

    def __init__(self, counters: Counters, statistics: Statistics) -> None:
        names = [f"sl.{key}_replies" for key in CLASSES]
        self.replies: Final = {
            name: counters.counter(name, f"stateless replies of the class {name[3:6]} that were sent").inc
            for name in names
        }
        statistics.gauge("sl.sent_replies", lambda: sum(map(statistics.get, names)), "stateless replies that were sent")
        self.errors: Final = counters.counter("sl.sent_err_replies", "error replies that were sent statelessly").inc
        self.failures: Final = counters.counter("sl.failures", "stateless replies that could not be sent").inc
        self.acks: Final = counters.counter("sl.received_ACKs", "ACKs to stateless replies").inc
