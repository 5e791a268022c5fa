"""Changes the body of a message when it is sent."""

from __future__ import annotations

from collections.abc import Iterable

from kahea.api import EditList, Message

from kahea_textops.headers import append, named, remove


class EditedBody(bytes):
    """A changed body that remembers how it came about.

    Like header fields, a body is changed by edits of the received one: a further change looks at the received body
    again and is added to the edits.
    """

    original: bytes
    edits: EditList
    """With offsets in the text of the original body."""

    @classmethod
    def make(cls, original: bytes, edits: EditList) -> EditedBody:
        """Apply edits to a body."""
        body = cls(encoded(edits.apply(decoded(original))))
        body.original = original
        body.edits = edits
        return body


def decoded(body: bytes) -> str:
    """Return a body as text, without loss."""
    return body.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """Return the bytes of a text, without loss."""
    return text.encode("utf-8", "surrogateescape")


def edit_body(msg: Message, changes: Iterable[tuple[int, int, str]]) -> None:
    """Put text in the place of parts of the received body.

    Args:
        msg: whose body.
        changes: start and end, as offsets in the body's text, and what stands there then.
    """
    edits = _edits_of(msg)
    for start, end, insert in changes:
        edits.replace(start, end - start, insert)
    msg.edits.body = EditedBody.make(msg.body, edits)


def _edits_of(msg: Message) -> EditList:
    body = msg.edits.body
    if isinstance(body, EditedBody) and body.original == msg.body:
        return body.edits.copy()
    return EditList()


def set_body(msg: Message, body: bytes, content_type: str) -> bool:
    """Put a body in the place of the received one and of all its changes.

    Args:
        msg: whose body.
        body: the new one; not empty.
        content_type: of the new body; not empty.

    Returns:
        Whether both were given.
    """
    if not body or not content_type:
        return False
    edits = EditList()
    edits.replace(0, len(decoded(msg.body)), decoded(body))
    msg.edits.body = EditedBody.make(msg.body, edits)
    present = named(msg, "Content-Type")
    if not present or present[0].value != content_type:
        remove(msg, present[:1])
        append(msg, f"Content-Type: {content_type}\r\n")
    return True


def from_hex(text: str) -> bytes:
    """Return the bytes that hexadecimal digits stand for, blanks between them ignored.

    Raises:
        ValueError: when there are other characters or half a byte.
    """
    return bytes.fromhex("".join(text.split()))
