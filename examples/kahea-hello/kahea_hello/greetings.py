"""The work of the module: it knows names and words, and nothing of configuration files."""

from __future__ import annotations

from collections.abc import Iterable


class Greeter:
    """Makes greetings and counts them.

    Args:
        word: what stands before the name.
        nicknames: ``name=nickname``, each for a name that is greeted by another.
    """

    def __init__(self, word: str, nicknames: Iterable[str] = ()) -> None:
        self.default_word = word
        self.word = word
        self.greeted = 0
        self._nicknames = dict(nickname.split("=", 1) for nickname in nicknames)

    def text(self, name: str, word: str | None = None) -> str | None:
        """Return the greeting of a name, ``None`` for an empty one; *word* replaces the usual word."""
        return f"{word or self.word}, {self._nicknames.get(name, name)}" if name else None

    def take_greeted(self) -> int:
        """Return how many greetings were counted, and start again from 0."""
        greeted, self.greeted = self.greeted, 0
        return greeted
