"""Statistics of the server: counting messages, and answering what operators ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from kahea.api import Message, Reply

_METHODS: Final = (
    *("INVITE", "CANCEL", "ACK", "BYE", "INFO", "REGISTER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS", "PRACK"),
    *("UPDATE", "REFER", "PUBLISH", "KDMQ"),
)
_REQUEST_NAMES: Final = {method: f"core.rcv_requests_{method.lower()}" for method in _METHODS}
_OTHER_METHOD: Final = "core.unsupported_methods"
_REPLY_METHODS: Final = {
    **{
        method: method.lower()
        for method in ("INVITE", "CANCEL", "BYE", "MESSAGE", "PRACK", "UPDATE", "REFER", "OPTIONS")
    },
    "REGISTER": "reg",
}
_SINGLE_CODES: Final = frozenset((*range(400, 412), 413, 414, 415, 420, *range(480, 490), 491, 493))
"""Replies with these codes are counted by code too."""
_REQUESTS: Final = "core.rcv_requests"
_REPLIES: Final = "core.rcv_replies"


@cache
def _reply_names(status: int, method: str) -> tuple[str, ...]:
    group = status // 100
    names = [_REPLIES, f"core.rcv_replies_{group}xx"]
    if status // 10 == 18:
        names.append("core.rcv_replies_18x")
    if status in _SINGLE_CODES:
        names.append(f"core.rcv_replies_{status}")
    if method in _REPLY_METHODS:
        names.append(f"core.rcv_replies_{group}xx_{_REPLY_METHODS[method]}")
    return tuple(names)


def names() -> Iterator[str]:
    """Yield the names of all that `count_request` and `count_reply` count."""
    yield from (_REQUESTS, _OTHER_METHOD, *_REQUEST_NAMES.values(), _REPLIES, "core.rcv_replies_18x")
    for group in range(1, 7):
        yield f"core.rcv_replies_{group}xx"
        yield from (f"core.rcv_replies_{group}xx_{method}" for method in _REPLY_METHODS.values())
    yield from (f"core.rcv_replies_{code}" for code in sorted(_SINGLE_CODES))


class MessageCounter:
    """Counts the messages that arrive.

    Args:
        values: counters of this process by name, with those of `names`.
    """

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, int]) -> None:
        self._values = values

    def count_request(self, msg: Message) -> bool:
        """Count a request; returns ``True``, for others to go on with it."""
        values = self._values
        values[_REQUESTS] += 1
        values[_REQUEST_NAMES.get(msg.method, _OTHER_METHOD)] += 1
        return True

    def count_reply(self, msg: Message) -> bool:
        """Count a reply; returns ``True``, for others to go on with it."""
        if isinstance(msg, Reply) and 100 <= msg.status <= 699:
            method = msg.method
            # a method that a peer made up must not fill the cache
            for name in _reply_names(msg.status, method if method in _REPLY_METHODS else ""):
                self._values[name] += 1
        return True


def shown_name(name: str) -> str:
    """Return a statistic's name as operators know it: ``core:rcv_requests``."""
    return name.replace(".", ":", 1)


def chosen(values: Mapping[str, int], wanted: Iterable[object]) -> dict[str, int]:
    """Return the statistics that operators ask for, by name.

    Args:
        values: counters by name.
        wanted: ``all``; ``group:`` for a group; ``name``, ``group:name`` or ``group.name`` for one.
    """
    found: dict[str, int] = {}
    for word in map(str, wanted):
        for name, value in values.items():
            group, _, bare = name.partition(".")
            if word in ("all", f"{group}:", bare, name, shown_name(name)):
                found[name] = value
    return found


def add(answers: list[dict[str, int]]) -> dict[str, int]:
    """Add the statistics of all workers."""
    total: dict[str, int] = {}
    for answer in answers:
        for name, value in answer.items():
            total[name] = total.get(name, 0) + value
    return total


def as_lines(answers: list[dict[str, int]]) -> list[str]:
    """Return the sums of all workers' statistics, a line for each."""
    return [f"{shown_name(name)} = {value}" for name, value in add(answers).items()]


def as_cleared_lines(answers: list[dict[str, int]]) -> list[str]:
    """Return a line for each statistic that was cleared, with its value before where that was not 0."""
    return [f"{shown_name(name)} = 0" + (f" ({value})" if value else "") for name, value in add(answers).items()]


def as_texts(answers: list[dict[str, int]]) -> dict[str, str]:
    """Return the sums of all workers' statistics as text."""
    return {name: str(value) for name, value in add(answers).items()}
