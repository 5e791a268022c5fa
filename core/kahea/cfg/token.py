"""A token with its place."""

from __future__ import annotations

from kahea.diagnostics import SourceFile, Span


class Token:
    """What the parser reads: a word, a number, a string or an operator, and where it stands.

    Args:
        kind: the terminal of the grammar, kept as `type`.
        content: a string's content, a number's value, else the text.
        file: the file that shows it; for what a define brought, the file of the use.
        start: offset of the first character.
        end: offset behind the last character.
        origin: the place in the define, for what a define brought.
    """

    __slots__ = ("content", "end", "file", "origin", "start", "type")

    def __init__(
        self, kind: str, content: str | int, file: SourceFile, start: int, end: int, origin: Span | None = None
    ) -> None:
        self.type = kind
        self.content = content
        self.file = file
        self.start = start
        self.end = end
        self.origin = origin

    @property
    def value(self) -> Token:
        """The token itself: what a grammar rule receives for a terminal."""
        return self

    @property
    def text(self) -> str:
        """The content as text."""
        return str(self.content)

    @property
    def span(self) -> Span:
        """The place of the token."""
        return Span(self.file, self.start, self.end, self.origin)

    @property
    def source(self) -> str:
        """The text of the token as written, in the define where it comes from one."""
        return self.origin.text if self.origin else self.file.text[self.start : self.end]

    def begins_line(self) -> bool:
        """Tell whether only white space stands before it on its line."""
        text = self.file.text
        index = self.start - 1
        while index >= 0 and text[index] in " \t\r":
            index -= 1
        return index < 0 or text[index] == "\n"

    def __repr__(self) -> str:
        return f"<{self.type} {self.content!r}>"
