"""What other modules can do for `sl`."""

from __future__ import annotations

from typing import Protocol

from kahea.api import Message


class TransactionService(Protocol):
    """Offered by the module that keeps transactions."""

    def reply(self, msg: Message, code: int, reason: str) -> bool | None:
        """Answer within the message's transaction.

        Args:
            msg: the message in work.
            code: status code.
            reason: reason phrase.

        Returns:
            Whether the reply was sent; ``None`` if the message has no transaction.
        """

    def reply_error(self, msg: Message) -> bool | None:
        """Answer with the last internal error within the message's transaction; returns as `reply`."""

    def to_tag(self, msg: Message) -> str | None:
        """Return the To-tag of the transaction's replies, ``None`` if the message has no transaction."""
