"""Identifiers that no other server and no other worker makes."""

from __future__ import annotations

import os
from itertools import count


class UniqueIds:
    """Makes identifiers ``word-<server>-<start>-<process>-<number>``, in Kamailio's form.

    Args:
        word: what it begins with: ``srid``, ``uloc``.
        server_id: number of the server, 0 for none.
        start: seconds since 1970.
    """

    def __init__(self, word: str, server_id: int, start: float) -> None:
        server = f"{server_id:x}-" if server_id else ""
        self._prefix = f"{word}-{server}{int(start):x}-{os.getpid():x}-"
        self._numbers = count(1)

    def next(self) -> str:
        """Return another identifier."""
        # the lowest digit comes first there
        return self._prefix + f"{next(self._numbers):x}"[::-1]
