"""Statistics of stateless replies, by classes of status codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

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


def shown(counters: Mapping[str, int]) -> dict[str, int]:
    """Return what one process counted, in the shape of ``sl.stats``.

    Args:
        counters: counters of the process by name.
    """
    return {key: counters.get(f"sl.{key}_replies", 0) for key in SHOWN}


def add(answers: list[Any]) -> dict[str, int]:
    """Add the answers of several processes.

    Args:
        answers: one of each process, from `shown`; what is no such answer (a process that did not answer) is left out.
    """
    usable = [answer for answer in answers if isinstance(answer, dict) and answer.keys() >= set(SHOWN)]
    return {key: sum(answer[key] for answer in usable) for key in SHOWN}
