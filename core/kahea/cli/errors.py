"""What is wrong with a command line."""

from __future__ import annotations

from typing import Final

EXIT_REFUSED: Final = 255
"""What Kamailio exits with when it refuses its command line or its configuration."""


class UsageError(Exception):
    """A command line that cannot be obeyed.

    Args:
        message: what is wrong, terse, without a full stop.
        hint: the fix, or ``None`` for the pointer to ``-h``.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
