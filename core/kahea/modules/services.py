"""What standard modules do for each other, as Protocols; see `kahea.modules.core.Services`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kahea.sip.message import Message


class TransactionService(Protocol):
    """Offered by the module that keeps transactions (tm)."""

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


class HttpService(Protocol):
    """Offered by the module that takes HTTP requests on the SIP sockets (xhttp)."""

    def is_http(self, msg: Message) -> bool:
        """Whether a message is an HTTP request."""

    def reply(self, msg: Message, code: int, reason: str, content_type: str, body: bytes) -> bool:
        """Answer an HTTP request; ``False`` when that is impossible."""


class ReplyService(Protocol):
    """Offered by the module that answers requests, within their transaction or without one (sl)."""

    def answer(self, msg: Message, code: int, reason: str) -> int:
        """Answer a request.

        Args:
            msg: the message in work; a reply can be answered only within a transaction.
            code: status code, 100 to 699.
            reason: reason phrase, not empty, without line ends.

        Returns:
            1 when the reply is on its way, -1 otherwise.
        """

    def to_tag(self, msg: Message) -> str:
        """Return the To-tag that `answer` gives its replies to the message."""
