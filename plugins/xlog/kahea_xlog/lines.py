"""Writes the lines of a script to the log."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Level, Logger, Run

from kahea_xlog.names import clamped, level_label


class Lines:
    """Writes lines with one prefix and facility.

    Args:
        prefix: stands between the level and the text.
        size: bytes from which on a text is too long.
        facility: syslog facility of lines that name none, ``None`` for the server's.
    """

    def __init__(self, prefix: str, size: int, facility: str | None) -> None:
        self._prefix = prefix
        self._size = size
        self._facility = facility

    def write(self, log: Logger, level: int, text: str, facility: str | None = None) -> bool:
        """Write a line whose level was tested.

        Args:
            log: where to.
            level: a `Level` or any number.
            text: one line or several; a line end at its end is not doubled.
            facility: syslog facility of this line.

        Returns:
            ``False``, with an error in the log instead of the text, when the text is too long.
        """
        if len(text) >= self._size or (not text.isascii() and self._exceeds(text)):
            log.error(f"text of {len(text)} characters is too long: raise the parameter buf_size", "xlog")
            return False
        text = text.removesuffix("\n")
        line = f"{level_label(level)}: {log.prefix}{self._prefix}{text}"
        log.sink.write(clamped(level), line, facility or self._facility)
        return True

    def _exceeds(self, text: str) -> bool:
        return len(text.encode("utf-8", "surrogateescape")) >= self._size

    def log(self, run: Run, level: int, text: Callable[[Run], str], facility: str | None = None) -> bool:
        """Evaluate a format and write it, if lines of its level are written at all; returns as `write`."""
        log = run.core.log
        return level > log.level or self.write(log, level, text(run), facility)

    def prepare(self, level: Level, text: Callable[[Run], str], facility: str | None = None) -> Callable[[Run], bool]:
        """Return what does the same as `log` for constant arguments."""
        size, prefix, write = self._size, self._prefix, self.write
        label = f"{level_label(level)}: "
        to = facility or self._facility

        def log_line(run: Run) -> bool:
            log = run.core.log
            if level > log.level:
                return True
            line = text(run)
            if len(line) >= size or not line.isascii():
                return write(log, level, line, facility)
            if line[-1:] == "\n":
                line = line[:-1]
            log.sink.write(level, f"{label}{log.prefix}{prefix}{line}", to)
            return True

        return log_line
