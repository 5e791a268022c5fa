"""Times as pseudo-variables show them: of the message in work, and now."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from kahea.api import Clock, Message

TIME_KEYS: Final[Mapping[str, Callable[[time.struct_time], int]]] = {
    "sec": lambda moment: moment.tm_sec,
    "min": lambda moment: moment.tm_min,
    "hour": lambda moment: moment.tm_hour,
    "mday": lambda moment: moment.tm_mday,
    "mon": lambda moment: moment.tm_mon,
    "year": lambda moment: moment.tm_year,
    # Sunday is 1
    "wday": lambda moment: (moment.tm_wday + 1) % 7 + 1,
    "yday": lambda moment: moment.tm_yday,
    "isdst": lambda moment: moment.tm_isdst,
}
"""``$time(key)``."""

VALUE_KEYS: Final = ("s", "u", "sn", "un", "Sn", "Fn", "Sm")
"""Keys of ``$TV(key)``."""

_MAX_TIME_TEXT: Final = 63


class Times:
    """Tells times; the time of a message is that of the first question about it.

    Args:
        clock: the server's.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.started = int(clock.time())
        self._message = 0
        self._message_time = 0.0
        self._asked = 0.0

    def of(self, msg: Message) -> float:
        """Return a message's time, in seconds since 1970."""
        # the messages of a worker are in work one after the other; one that waits is timed anew when it goes on
        if msg.id != self._message:
            self._message = msg.id
            self._message_time = self._clock.time()
        return self._message_time

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return self._clock.time()

    def value(self, key: str, msg: Message) -> int | str:
        """Return ``$TV(key)``.

        Args:
            key: one of `VALUE_KEYS`: seconds and microseconds of the message (``s``, ``u``), of now (``sn``, and ``un``
                for the same moment), both as text (``Sn``), as date and time (``Fn``), and nanoseconds of the
                monotonic clock (``Sm``).
            msg: the message in work.
        """
        if key == "s":
            return int(self.of(msg))
        if key == "u":
            return _microseconds(self.of(msg))
        if key == "un":
            return _microseconds(self._asked)
        if key == "Sm":
            return str(int(self._clock.monotonic() * 1_000_000_000))
        now = self._clock.time()
        if key == "sn":
            self._asked = now
            return int(now)
        seconds = str(int(now)) if key == "Sn" else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now))
        return f"{seconds}.{_microseconds(now):06d}"


def _microseconds(moment: float) -> int:
    return int(moment % 1 * 1_000_000)


def formatted(moment: time.struct_time, pattern: str) -> str | None:
    """Format a time with strftime(3); ``None`` when the result is empty or too long for Kamailio's buffer."""
    text = strftime(pattern, moment)
    return text if text and len(text) <= _MAX_TIME_TEXT else None


def strftime(pattern: str, moment: time.struct_time) -> str:
    """Format a time with strftime(3); a pattern that it refuses gives ""."""
    try:
        return time.strftime(pattern, moment)
    except ValueError:  # bytes that are no UTF-8, or NUL
        return ""


def formatted_seconds(value: int, pattern: str) -> str | None:
    """Format seconds since 1970 as local time; ``None`` outside of what the system can tell."""
    try:
        return strftime(pattern, time.localtime(value))
    except (OverflowError, OSError):
        return None
