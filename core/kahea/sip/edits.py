"""Changes to a message that wait until it is sent.

The received text never changes. An edit is a place in the head, a number of characters to delete there, and what to
insert: text, or a function of the branch for what only a branch knows, such as its socket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any, Final

_place: Final = itemgetter(0, 1)
_anchor: Final = itemgetter(0)

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
        #: New body, ``None`` while it is unchanged. `edit_body` and `set_body` make one to which changes can be added.
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

    def edit_body(self, received: bytes, changes: Iterable[tuple[int, int, str]]) -> None:
        """Put text in the place of parts of the body; added to what was changed in the same body before.

        Args:
            received: the body as received: changes are made to it, not to what earlier ones made of it.
            changes: start and end, as offsets in the body's text, and what stands there then.
        """
        known = self.body
        edits = EditList()
        if isinstance(known, _EditedBody) and known.received == received:
            edits = known.edits.copy()
        for start, end, insert in changes:
            edits.replace(start, end - start, insert)
        self.body = _EditedBody.make(received, edits)

    def set_body(self, received: bytes, body: bytes) -> None:
        """Put a body in the place of the one received and of all its changes.

        Args:
            received: the body as received.
            body: the new one.
        """
        edits = EditList()
        edits.replace(0, len(body_text(received)), body_text(body))
        self.body = _EditedBody.make(received, edits)

    @property
    def inserts(self) -> list[Insert]:
        """What is inserted, in the order in which it was asked for."""
        return [insert for _, _, _, insert in self._edits if insert]

    def exchange(self, old: Insert, new: Insert | None) -> None:
        """Put another insert in the place of one.

        Args:
            old: the very object that was given; nothing happens when it is not there.
            new: inserted instead; ``None`` for nothing.
        """
        for index, (anchor, rank, delete, insert) in enumerate(self._edits):
            if insert is old:
                self._edits[index] = anchor, rank, delete, "" if new is None else new

    @property
    def unsettled(self) -> bool:
        """Whether an insert can only be told when a branch is sent: it has a true attribute ``unsettled``.

        Others that are functions make text without a branch too.
        """
        return any(getattr(insert, "unsettled", False) for _, _, _, insert in self._edits)

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


class _EditedBody(bytes):
    """A changed body that remembers how it came about, so that further changes of the received one can be added."""

    received: bytes
    edits: EditList
    """With offsets in the text of the received body."""

    @classmethod
    def make(cls, received: bytes, edits: EditList) -> _EditedBody:
        """Apply edits to a body."""
        body = cls(edits.apply(body_text(received)).encode("utf-8", "surrogateescape"))
        body.received = received
        body.edits = edits
        return body


def body_text(body: bytes) -> str:
    """Return a body as text, without loss."""
    return body.decode("utf-8", "surrogateescape")
