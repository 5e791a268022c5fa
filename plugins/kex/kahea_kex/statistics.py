"""Statistics of the server: counting messages, and answering what operators ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from kahea.api import Counters, Message, Reply, Statistics

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


_NEVER: Final = ("core.bad_URIs_rcvd", "core.bad_msg_hdr")
"""Statistics that are always 0, as they are in Kamailio unless it is built in a special way."""


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
        counters: of the process.
    """

    __slots__ = ("_methods", "_other_method", "_replies", "_requests")

    def __init__(self, counters: Counters) -> None:
        inc = {name: counters.counter(name).inc for name in (*names(), *_NEVER)}
        self._requests = inc[_REQUESTS]
        self._other_method = inc[_OTHER_METHOD]
        self._methods = {method: inc[name] for method, name in _REQUEST_NAMES.items()}
        self._replies = inc

    def count_request(self, msg: Message) -> bool:
        """Count a request; returns ``True``, for others to go on with it."""
        self._requests()
        self._methods.get(msg.method, self._other_method)()
        return True

    def count_reply(self, msg: Message) -> bool:
        """Count a reply; returns ``True``, for others to go on with it."""
        if isinstance(msg, Reply) and 100 <= msg.status <= 699:
            method = msg.method
            # a method that a peer made up must not fill the cache
            for name in _reply_names(msg.status, method if method in _REPLY_METHODS else ""):
                self._replies[name]()
        return True


def shown_name(name: str) -> str:
    """Return a statistic's name as operators know it: ``core:rcv_requests``."""
    return name.replace(".", ":", 1)


def chosen(statistics: Statistics, wanted: Iterable[object]) -> list[str]:
    """Return the names of the statistics that operators ask for.

    Args:
        statistics: of the server.
        wanted: ``all``; ``group:`` for a group; ``name``, ``group:name`` or ``group.name`` for one.
    """
    found: dict[str, None] = {}
    for word in map(str, wanted):
        if word == "all":
            names = statistics.names()
        elif word.endswith(":"):
            names = statistics.names(word[:-1])
        else:
            name = statistics.find(word)
            names = [] if name is None else [name]
        found.update(dict.fromkeys(names))
    return list(found)
