"""The Date header."""

from __future__ import annotations

from email.utils import formatdate


def date_line(now: float) -> str:
    """Return a Date header field with its line end (RFC 3261 20.17).

    Args:
        now: seconds since 1970.
    """
    return f"Date: {formatdate(now, usegmt=True)}\r\n"
