"""Replies that we make ourselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kahea.api import (
    Level,
    Message,
    Reply,
    Request,
    SipParseError,
    build_reply,
    contact_line,
    parse_message,
    reply_destination,
    status_line,
)

from kahea_tm.errors import reply_to
from kahea_tm.states import Do, event_of
from kahea_tm.transaction import FAKED, MADE_HERE, Transaction

if TYPE_CHECKING:
    from kahea_tm.cancelling import Canceller
    from kahea_tm.layer import Layer

RETRY_AFTER: Final = 10
"""Seconds after which a caller may try again that is refused because of too many transactions."""


class Answers:
    """Answers requests within their transactions.

    Args:
        layer: the transaction layer.
        canceller: ends branches that are still open.
    """

    def __init__(self, layer: Layer, canceller: Canceller) -> None:
        self._layer = layer
        self._canceller = canceller
        self._on_response: Callable[[Message], int | None] | None = None

    def start_worker(self) -> None:
        """Take what only a worker has."""
        self._on_response = self._layer.core.event_route("tm:local-response")

    def reply(
        self, transaction: Transaction, request: Request, code: int, reason: str, extra: str = "", to_tag: str = ""
    ) -> bool:
        """Answer a transaction's request.

        Args:
            transaction: whose request.
            request: the request, or the copy of it that a failure route works on.
            code: status code.
            reason: reason phrase.
            extra: further header lines with their line ends.
            to_tag: "" for the transaction's own.

        Returns:
            Whether the reply is on its way; not when there was a final one before.
        """
        layer = self._layer
        if transaction.status >= 200 or transaction.gone:
            layer.core.log.info(f"no {code}: the final reply {transaction.status} was sent", "tm")
            return False
        if "\r" in reason or "\n" in reason:
            layer.core.log_bounded("cannot reply: the reason phrase has a line end", "tm", Level.ERR)
            return False
        if 300 <= code < 400:
            extra += contact_line(request, layer.params.rich_redirect)
        try:
            data = build_reply(
                request,
                status_line(code, reason),
                (to_tag or layer.tags.tag(request)) if code >= 180 else "",
                layer.server_line,
                extra,
            )
        except SipParseError as error:
            layer.core.log_bounded(f"cannot reply: {error}", "tm", Level.ERR)
            return False
        transaction.relayed_branch = MADE_HERE
        layer.counted.rpl_generated()
        self.send(transaction, code, data)
        if code >= 200:
            transaction.final_reply_made = True
            layer.stop_branches(transaction)
            if transaction.is_invite:
                self._canceller.cancel_open(transaction, code, kill=True)
                if code < 300:
                    layer.repeat_success(transaction)
        if self._on_response is not None:
            self._on_response(parse_message(data, request.source))
        return True

    def trying(self, transaction: Transaction, request: Request) -> None:
        """Answer an INVITE 100, unless it has a reply or the script wants none."""
        params, wanted = self._layer.params, transaction.auto_100
        if transaction.is_invite and transaction.status < 100 and (params.auto_inv_100 if wanted is None else wanted):
            self.reply(transaction, request, 100, params.auto_inv_100_reason)

    def send(self, transaction: Transaction, code: int, data: bytes, reply: Reply | None = None) -> None:
        """Send a reply upstream and keep it for repeated requests.

        Args:
            transaction: whose request is answered.
            code: status code.
            data: the reply's bytes.
            reply: a branch's, ``None`` for one that we made.
        """
        layer = self._layer
        transaction.status = code
        transaction.reply_data = data
        do = transaction.server_step(event_of(code))
        if do & Do.STOP:
            transaction.retransmission.stop()
        if transaction.reply_destination is not None:
            layer.core.transport.send(data, transaction.reply_destination)
            layer.counted.rpl_sent()
        if transaction.observers and (code >= 200 or reply is not None):
            for observer in transaction.observers:
                observer.replied(transaction, reply, code, data)
        if code >= 200:
            self._finished(transaction, code, do)

    def _finished(self, transaction: Transaction, code: int, do: int) -> None:
        layer = self._layer
        layer.counted.final(code)
        if do & Do.START:
            layer.repeat_reply(transaction)
        if transaction.is_invite and code < 300 and transaction.relayed_branch == MADE_HERE:
            # our own 2xx is repeated until its ACK comes
            layer.store.expect_ack(transaction)
            return
        if transaction.is_invite and code < 300 and any(one.sees_acks for one in transaction.observers):
            layer.store.expect_ack(transaction)
        if do & Do.WAIT:
            layer.wait(transaction)

    def error(self, transaction: Transaction, error: int) -> bool:
        """Answer that the request could not be sent on."""
        request = transaction.request
        if request is None:
            self.give_up(transaction, 500)
            return False
        code, reason = reply_to(error)
        return self.reply(transaction, request, code, reason)

    def give_up(self, transaction: Transaction, code: int) -> None:
        """End a transaction whose replies go nowhere, as if the reply had been *code*."""
        transaction.status = code
        if transaction.on_complete is not None:
            transaction.on_complete(transaction, FAKED, code)
        self._layer.release(transaction)

    def refuse(self, request: Request) -> None:
        """Answer a request 503, without a transaction, since there are too many (RFC 3261 21.5.4)."""
        layer = self._layer
        layer.core.log_bounded(
            f"{len(layer.store)} transactions: a new {request.method} is refused (max_transactions)", "tm", Level.WARN
        )
        try:
            data = build_reply(
                request, status_line(503, "Server Overloaded"), layer.tags.tag(request), layer.server_line,
                f"Retry-After: {RETRY_AFTER}\r\n",
            )  # fmt: skip
        except SipParseError as error:
            layer.core.log_bounded(f"cannot reply: {error}", "tm", Level.ERR)
            return
        layer.core.transport.send(data, reply_destination(request))
