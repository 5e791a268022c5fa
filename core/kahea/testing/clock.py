"""A clock that stands still until a test moves it."""

from __future__ import annotations


class FakeClock:
    """Both clocks of a server, moved by `advance`.

    Args:
        now: wall time at the start, in seconds since 1970.
    """

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._monotonic = 1000.0
        self._wall = now

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return self._monotonic

    def time(self) -> float:
        """Seconds since 1970."""
        return self._wall

    def advance(self, seconds: float) -> None:
        """Move both clocks forward."""
        self._monotonic += seconds
        self._wall += seconds
