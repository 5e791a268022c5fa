"""The Date header."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from kahea.api import Message


def age(msg: Message, now: float) -> float | None:
    """Return how many seconds ago a message says that it was sent, ``None`` without a readable Date header.

    Args:
        msg: the message.
        now: seconds since 1970.
    """
    header = msg.header("Date")
    if header is None:
        return None
    try:
        return now - parsedate_to_datetime(header).timestamp()
    except ValueError:
        return None
