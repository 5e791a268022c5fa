"""Where the headers of a message are: its head cut into header lines with their keys.

Measured on a 365-byte OPTIONS with ten headers (Python 3.11, microseconds): ``split`` and one dictionary look-up of
each line's name 2.3 in all; one ``findall`` for every name 2.5; one compiled alternation of only the names that a
reply copies 1.3; ``str.find`` of those in their usual spelling 0.6, which misses compact and odd spellings and
folding. The first costs a little more than the last two, but checks every line's name and leaves a complete index,
so that each later look-up is one dictionary access.
"""

from __future__ import annotations

from typing import Final

from kahea.sip.grammar import HEADER_NAME
from kahea.sip.names import header_key, known_key

# Of these a message has at most one (RFC 3261 7.3.1); as in Kamailio, a second one counts as malformed.
_SINGLE: Final = frozenset({"call-id", "content-length", "cseq", "from", "max-forwards", "to"})


class HeaderIndex:
    """The headers of one message.

    Attributes:
        lines: each header field as received: folds kept, a carriage return at its end kept, the line feed dropped.
        keys: the key of each line.
        first: key to its first line.
        repeated: key to all its lines, for keys that occur more than once.
        error: why indexing stopped before the end of the head, or "".
        size: characters of the text before the end of the head; -1 if that is where the text was cut.
    """

    __slots__ = ("error", "first", "keys", "lines", "repeated", "size")

    def __init__(self, text: str, complete: bool) -> None:
        """Index a head.

        Args:
            text: the header lines, without the first line.
            complete: whether an empty line follows the text, whose last line feed is left out.
        """
        lines = text.split("\n")
        keys = [known_key(line.partition(":")[0]) for line in lines]
        self.error = ""
        self.size = -1
        first = dict(zip(keys, lines))  # noqa: B905 - strict= costs on the hot path
        # A line without carriage return might be a known name without colon, which the look-up would not notice.
        if None in first or not complete or text.count("\r\n") != len(lines) - 1:
            lines, keys = self._index_carefully(lines, complete)
            first = dict(zip(keys, lines))  # noqa: B905
        self.lines = lines
        # No None is left: _index_carefully leaves none.
        self.keys: list[str] = keys  # type: ignore[assignment]
        self.first: dict[str, str] = first  # type: ignore[assignment]
        self.repeated: dict[str, list[str]] | None = None
        if len(self.first) != len(lines):
            self._index_repeated()

    def _index_carefully(self, pieces: list[str], complete: bool) -> tuple[list[str], list[str | None]]:
        """Index lines that are folded, malformed, or have a name not seen before, and find the head's end.

        As in Kamailio, the head ends before an empty line or one that begins with a carriage return, and a malformed
        header field, such as one without a line end, hides those behind it.
        """
        lines: list[str] = []
        keys: list[str | None] = []
        size = 0
        folds: list[str] = []
        last = len(pieces) - 1
        for position, piece in enumerate(pieces):
            if piece == "" or piece[0] == "\r":
                self.size = size
                break
            size += len(piece) + 1
            if position == last and not complete:
                self.error = "header field without line end"
                self.size = size - 1
            if self.error:
                continue
            if piece[0] in " \t":
                if lines:
                    folds.append(piece)
                else:
                    self.error = "blank at the start of the first header field"
                continue
            if folds:
                lines[-1] = "\n".join([lines[-1], *folds])
                folds = []
            name, colon, _ = piece.partition(":")
            key = known_key(name) if colon else None
            if key is None:
                match = HEADER_NAME.match(piece)
                if match is None:
                    self.error = "malformed header field"
                    continue
                key = header_key(match[0][:-1])
            lines.append(piece)
            keys.append(key)
        if folds:
            lines[-1] = "\n".join([lines[-1], *folds])
        return lines, keys

    def _index_repeated(self) -> None:
        first: dict[str, str] = {}
        repeated: dict[str, list[str]] = {}
        for position, (key, line) in enumerate(zip(self.keys, self.lines)):  # noqa: B905
            if key not in first:
                first[key] = line
                continue
            if key in _SINGLE:
                self.error = f"second {key} header field"
                self.lines = self.lines[:position]
                self.keys = self.keys[:position]
                break
            if key in repeated:
                repeated[key].append(line)
            else:
                repeated[key] = [first[key], line]
        self.first = first
        self.repeated = repeated


def value_of(line: str) -> str:
    """The value of a header line: without the blanks before it and the line end after it."""
    return line.partition(":")[2].lstrip(" \t\r\n").rstrip("\r\n\0")
