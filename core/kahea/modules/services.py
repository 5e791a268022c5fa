"""What standard modules do for each other, as Protocols; see `kahea.modules.core.Services`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kahea.sip.message import Message, Request


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


class RecordRouteService(Protocol):
    """Offered by the module that adds Record-Route and follows Route (rr)."""

    @property
    def append_fromtag(self) -> bool:
        """Whether Record-Route tells the caller's tag, without which `is_upstream` is always false."""

    def add_rr_param(self, msg: Request, param: str) -> bool:
        """Add a URI parameter to the Record-Route that is or will be added.

        Args:
            msg: the request in work.
            param: with its semicolon: ``;name=value``.

        Returns:
            Whether it was added to each Record-Route that there should be.
        """

    def get_route_param(self, msg: Request, name: str) -> str | None:
        """Return a parameter of the own URI in Route, that is of what was put into Record-Route when the dialog began.

        Args:
            msg: the request in work.
            name: in the case in which it was written.

        Returns:
            "" for one without a value, ``None`` for one that is not there.
        """

    def is_upstream(self, msg: Request) -> bool:
        """Whether the request comes from the callee of its dialog."""

    def on_loose_route(self, callback: Callable[[Request, str], None]) -> None:
        """Call *callback* for each request that followed a Route to this server; in ``mod_init``.

        Args:
            callback: takes the request and the parameters of our URI, without the first semicolon; not called when it
                has none.
        """
