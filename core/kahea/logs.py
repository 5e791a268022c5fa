"""Log levels and the logger that every layer is handed.

A log line costs about a microsecond: it is formatted once and handed to a sink, which buffers
and writes out at the end of a batch of messages, before a wait and at exit. Sinks (standard
error, syslog) are the server's; this module knows only text.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, Protocol


class Level(IntEnum):
    """Kamailio's log levels; a line is written when its level is not above ``debug``."""

    ALERT = -5
    BUG = -4
    CRIT2 = -3
    CRIT = -2
    ERR = -1
    WARN = 0
    NOTICE = 1
    INFO = 2
    DBG = 3


LEVEL_NAMES: Final[dict[int, str]] = {
    Level.ALERT: "ALERT",
    Level.BUG: "BUG",
    Level.CRIT2: "CRITICAL",
    Level.CRIT: "CRITICAL",
    Level.ERR: "ERROR",
    Level.WARN: "WARNING",
    Level.NOTICE: "NOTICE",
    Level.INFO: "INFO",
    Level.DBG: "DEBUG",
}


class Sink(Protocol):
    """Where finished lines go."""

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Take a line (``LEVEL: text``, without a line end); buffering is the sink's business."""

    def flush(self) -> None:
        """Write out what is buffered."""


class Logger:
    """Formats lines in Kamailio's shape and hands them to a sink.

    Args:
        sink: where lines go.
        level: the parameter ``debug``: lines above it are dropped.
    """

    __slots__ = ("colours", "level", "prefix", "sink")

    def __init__(self, sink: Sink, level: int = Level.WARN) -> None:
        self.sink = sink
        self.level = level
        self.prefix = ""
        """Text of ``log_prefix`` for the message in work, "" outside of one."""
        self.colours: dict[int, str] = {}
        """Escape sequences by level in place of the usual ones, where lines are coloured; set up to ``mod_init``."""

    def write(self, level: int, text: str, origin: str = "<core>", facility: str | None = None) -> None:
        """Write a line unless its level is above ``debug``.

        Args:
            level: a `Level`; levels beyond the named ones are clamped.
            text: the line, without a line end.
            origin: who speaks: ``<core>``, ``<script>``, a module's name.
            facility: syslog facility, ``None`` for the configured one.
        """
        if level <= self.level:
            self.line(level, f"{origin}: {text}", facility)

    def line(self, level: int, text: str, facility: str | None = None) -> None:
        """Write a line that names who speaks in its own way; its level is not looked at.

        Args:
            level: a `Level`; levels beyond the named ones are clamped.
            text: all that stands behind the level and ``log_prefix``, without a line end.
            facility: syslog facility, ``None`` for the configured one.
        """
        level = min(max(level, Level.ALERT), Level.DBG)
        self.sink.write(level, f"{LEVEL_NAMES[level]}: {self.prefix}{text}", facility)

    def debug(self, text: str, origin: str = "<core>") -> None:
        """Write at level 3."""
        self.write(Level.DBG, text, origin)

    def info(self, text: str, origin: str = "<core>") -> None:
        """Write at level 2."""
        self.write(Level.INFO, text, origin)

    def notice(self, text: str, origin: str = "<core>") -> None:
        """Write at level 1."""
        self.write(Level.NOTICE, text, origin)

    def warning(self, text: str, origin: str = "<core>") -> None:
        """Write at level 0."""
        self.write(Level.WARN, text, origin)

    def error(self, text: str, origin: str = "<core>") -> None:
        """Write at level -1."""
        self.write(Level.ERR, text, origin)

    def critical(self, text: str, origin: str = "<core>") -> None:
        """Write at level -2."""
        self.write(Level.CRIT, text, origin)
