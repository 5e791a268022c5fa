"""Writes the lines of a script to the log."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import LEVEL_NAMES, CallSite, Level, Run

Evaluate = Callable[[Run], str]


class Lines:
    """Writes lines with one prefix and facility.

    Args:
        prefix: stands between the level and the text.
        size: bytes from which on a text is too long.
        facility: syslog facility of lines that name none, ``None`` for the server's.
        with_file: whether the place of a call is told with its file, not only its line.
    """

    def __init__(self, prefix: str, size: int, facility: str | None, with_file: bool = False) -> None:
        self._prefix = prefix
        self._size = size
        self._facility = facility
        self._with_file = with_file
        self.evaluate_prefix: Evaluate | None = None
        """Evaluates the prefix for each line, when it is a format."""

    def place(self, site: CallSite) -> str:
        """Return what stands between prefix and text in a line that tells where it is written."""
        return f"{site.file}:{site.line}:" if self._with_file else f"{site.line}:"

    def write(self, run: Run, level: int, text: str, facility: str | None = None, place: str = "") -> bool:
        """Write a line whose level was tested.

        Args:
            run: with the log, and what a prefix that is a format sees.
            level: a `Level` or any number.
            text: one line or several; a line end at its end is not doubled.
            facility: syslog facility of this line.
            place: stands before the text.

        Returns:
            ``False``, with an error in the log instead of the text, when the text is too long.
        """
        log = run.core.log
        if len(text) >= self._size or (not text.isascii() and self._exceeds(text)):
            log.error(f"text of {len(text)} characters is too long: raise the parameter buf_size", "xlog")
            return False
        text = text.removesuffix("\n")
        prefix = self._prefix if self.evaluate_prefix is None else self.evaluate_prefix(run)
        log.line(level, f"{prefix}{place}{text}", facility or self._facility)
        return True

    def _exceeds(self, text: str) -> bool:
        return len(text.encode("utf-8", "surrogateescape")) >= self._size

    def log(self, run: Run, level: int, text: Evaluate, facility: str | None = None, place: str = "") -> bool:
        """Evaluate a format and write it, if lines of its level are written at all; returns as `write`."""
        return level > run.core.log.level or self.write(run, level, text(run), facility, place)

    def prepare(
        self, level: Level, text: Evaluate, facility: str | None = None, place: str = ""
    ) -> Callable[[Run], bool]:
        """Return what does the same as `log` for constant arguments."""
        size, write = self._size, self.write
        if self.evaluate_prefix is not None:
            return lambda run: level > run.core.log.level or write(run, level, text(run), facility, place)
        label, prefix = f"{LEVEL_NAMES[level]}: ", f"{self._prefix}{place}"
        to = facility or self._facility

        def log_line(run: Run) -> bool:
            log = run.core.log
            if level > log.level:
                return True
            line = text(run)
            if len(line) >= size or not line.isascii():
                return write(run, level, line, facility, place)
            if line[-1:] == "\n":
                line = line[:-1]
            # what Logger.line does, with the label made once
            log.sink.write(level, f"{label}{log.prefix}{prefix}{line}", to)
            return True

        return log_line
