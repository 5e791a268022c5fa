"""The supply of tokens that a parser with repairs needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from kahea.cfg.token import Token

MAX_STACK = 256
"""How many symbols may be open at once: about sixty nested blocks, or two hundred parentheses."""


class Feed:
    """Tokens with a look ahead, into which tokens can be put back; it ends when the parser's stack is too deep.

    Args:
        tokens: where they come from.
    """

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._source = iter(tokens)
        self._ahead: deque[Token] = deque()
        self._stack: list[int] = []
        self.too_deep: Token | None = None

    def watch(self, stack: list[int]) -> None:
        """Set the parser's stack."""
        self._stack = stack

    def __iter__(self) -> Iterator[Token]:
        return self

    def __next__(self) -> Token:
        token = self._ahead.popleft() if self._ahead else next(self._source)
        if len(self._stack) > MAX_STACK:
            self.too_deep = token
            self.stop()
            raise StopIteration
        return token

    def peek(self, count: int) -> list[Token]:
        """Return the next tokens, up to *count*, and leave them there."""
        while len(self._ahead) < count:
            token = next(self._source, None)
            if token is None:
                break
            self._ahead.append(token)
        return [self._ahead[index] for index in range(min(count, len(self._ahead)))]

    def put_back(self, token: Token) -> None:
        """Make *token* the next one."""
        self._ahead.appendleft(token)

    def stop(self) -> None:
        """Drop what is left."""
        self._source = iter(())
        self._ahead.clear()
