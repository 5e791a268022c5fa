"""Changes to a message that wait until it is sent.

The received text never changes. An edit is a place in the head, a number of characters to delete there, and what to
insert: text, or a function of the branch for what only a branch knows, such as its socket.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: What an edit inserts: text, or what makes the text when a branch's message is built.
Insert = str | Callable[[Any], str]


class EditList:
    """The edits of a message, of a branch or of a reply.

    Edits are applied by their place; those at the same place in the order in which they were made, except that
    `insert_before` goes in front of all that is there. Where deletions overlap, their union is deleted; what is
    inserted inside deleted text is inserted nonetheless.
    """

    __slots__ = ("_edits", "_front", "body")

    def __init__(self) -> None:
        # (anchor, rank among those of the anchor, characters to delete, what to insert)
        self._edits: list[tuple[int, int, int, Insert]] = []
        self._front = 0
        #: New body, ``None`` while it is unchanged.
        self.body: bytes | None = None

    def __bool__(self) -> bool:
        return bool(self._edits) or self.body is not None

    def __len__(self) -> int:
        return len(self._edits)

    def insert_before(self, anchor: int, insert: Insert) -> None:
        """Insert at a place, in front of what is inserted there already.

        Args:
            anchor: offset in the head.
            insert: text, or a function of the branch that returns it.
        """
        self._front -= 1
        self._edits.append((anchor, self._front, 0, insert))

    def insert_after(self, anchor: int, insert: Insert) -> None:
        """Insert at a place, behind what is inserted there already.

        Args:
            anchor: offset in the head.
            insert: text, or a function of the branch that returns it.
        """
        self._edits.append((anchor, len(self._edits), 0, insert))

    def delete(self, anchor: int, length: int) -> None:
        """Leave out text.

        Args:
            anchor: offset in the head.
            length: number of characters.
        """
        self._edits.append((anchor, len(self._edits), length, ""))

    def replace(self, anchor: int, length: int, insert: Insert) -> None:
        """Put something in the place of text.

        Args:
            anchor: offset in the head.
            length: number of characters to leave out.
            insert: text, or a function of the branch that returns it.
        """
        self._edits.append((anchor, len(self._edits), length, insert))

    def copy(self) -> EditList:
        """A list with the same edits, which changes independently."""
        other = EditList()
        other._edits = self._edits.copy()
        other._front = self._front
        other.body = self.body
        return other

    def apply(self, head: str, branch: object = None, *further: EditList) -> str:
        """Make the text that the edits describe.

        Args:
            head: the text that the anchors refer to.
            branch: given to the functions among the inserts.
            further: lists for the same head made later (a branch's on top of the message's); at the same place, theirs
                follow.

        Returns:
            The new text.
        """
        edits = sorted(self._edits, key=_place)
        for more in further:
            edits += sorted(more._edits, key=_place)
        if further:
            edits.sort(key=_anchor)
        parts: list[str] = []
        copied = 0
        for anchor, _, delete, insert in edits:
            if anchor > copied:
                parts.append(head[copied:anchor])
                copied = anchor
            parts.append(insert if isinstance(insert, str) else insert(branch))
            copied = max(copied, anchor + delete)
        parts.append(head[copied:])
        return "".join(parts)


def _place(edit: tuple[int, int, int, Insert]) -> tuple[int, int]:
    return edit[0], edit[1]


def _anchor(edit: tuple[int, int, int, Insert]) -> int:
    return edit[0]
