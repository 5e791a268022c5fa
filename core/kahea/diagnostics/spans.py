"""Positions in configuration text."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


class SourceFile:
    """One text of the configuration: a file, an included file, or a command line argument.

    Args:
        name: what diagnostics print: a path as the operator wrote it, or ``<-A>``.
        text: the whole text.
        included_from: the place of the ``include_file`` that brought it in, if one did.
    """

    __slots__ = ("_line_starts", "included_from", "name", "text")

    def __init__(self, name: str, text: str, included_from: Span | None = None) -> None:
        self.name = name
        self.text = text
        self.included_from = included_from
        self._line_starts: list[int] | None = None

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            starts = [0]
            position = self.text.find("\n")
            while position >= 0:
                starts.append(position + 1)
                position = self.text.find("\n", position + 1)
            self._line_starts = starts
        return self._line_starts

    def position(self, offset: int) -> tuple[int, int]:
        """Return (line, column), both counted from 1, of a character offset."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return the text of a line (counted from 1) without its line end; "" past the end."""
        starts = self._starts()
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r")

    def __repr__(self) -> str:
        return f"SourceFile({self.name!r})"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a source file: characters ``start`` to ``end`` (exclusive).

    ``expanded_from`` is set on what a ``#!define`` put here: the span is the place of use,
    ``expanded_from`` the place in the define.
    """

    file: SourceFile
    start: int
    end: int
    expanded_from: Span | None = None

    @property
    def line(self) -> int:
        """The line of the first character, counted from 1."""
        return self.file.position(self.start)[0]

    @property
    def column(self) -> int:
        """The column of the first character, counted from 1."""
        return self.file.position(self.start)[1]

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.file.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of *other*; this one when the files differ."""
        if other.file is not self.file or other.end < self.start:
            return self
        return Span(self.file, self.start, other.end, self.expanded_from)

    def __str__(self) -> str:
        line, column = self.file.position(self.start)
        return f"{self.file.name}:{line}:{column}"
