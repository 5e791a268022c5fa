"""Changes the body of a message when it is sent."""

from __future__ import annotations

from kahea.api import Message

from kahea_textops.headers import append, named, remove


def decoded(body: bytes) -> str:
    """Return a body as text, without loss."""
    return body.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """Return the bytes of a text, without loss."""
    return text.encode("utf-8", "surrogateescape")


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
    msg.edits.set_body(msg.body, body)
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
