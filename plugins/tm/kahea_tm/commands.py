"""What the RPC commands do with transactions; the declarations are in `kahea_tm.declared.rpc_commands`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from kahea.api import LocalRequest, Reply, RpcError, error_reply

from kahea_tm.addressing import Addressing
from kahea_tm.errors import reason_of
from kahea_tm.routing import dialog_route
from kahea_tm.transaction import Transaction

if TYPE_CHECKING:
    from kahea_tm.answering import Answers
    from kahea_tm.cancelling import Canceller
    from kahea_tm.layer import Layer
    from kahea_tm.uac import LocalRequests

_FLAGS: Final = (
    (1 << 0, lambda one: one.is_invite),
    (1 << 1, lambda one: one.is_local),
    (1 << 3, lambda one: one.canceled),
    (1 << 4, lambda one: one.stopped_by_6xx),
    (1 << 6, lambda one: one.auto_100 is not False and not one.is_local),
    (1 << 7, lambda one: one.no_auto_ack),
    (1 << 8, lambda one: bool(one.disable_6xx)),
    (1 << 9, lambda one: one.disable_failover),
    (1 << 10, lambda one: bool(one.no_e2e_reason)),
    (1 << 15, lambda one: one.suspended),
)
"""Kamailio's bits of a transaction."""


class Commands:
    """Carries out RPC commands.

    Args:
        layer: the transaction layer.
        answers: replies.
        canceller: cancels branches.
        local_requests: sends requests of our own.
    """

    def __init__(self, layer: Layer, answers: Answers, canceller: Canceller, local_requests: LocalRequests) -> None:
        self._layer = layer
        self._answers = answers
        self._canceller = canceller
        self._local_requests = local_requests
        self.at_owner = Addressing(layer)
        self.at_owner.declare("cancel", self._cancel)
        self.at_owner.declare("reply", self._reply)
        self.at_owner.declare("retransmit", self._retransmit)

    # --- on one transaction ----------------------------------------------------------------------

    def _cancel(self, transaction: Transaction) -> int:
        """Cancel the open branches; returns how many there were."""
        pending = self._canceller.open_branches(transaction)
        for branch in pending:
            self._canceller.cancel(transaction, branch)
        return len(pending)

    def _reply(self, transaction: Transaction, code: int, reason: str, to_tag: str, headers: str, body: str) -> None:
        request = transaction.request
        if request is None:
            raise RpcError(500, "Reply failed")
        kept = request.reply_body
        request.reply_body = body.encode("utf-8", "surrogateescape") if body else kept
        try:
            sent = self._answers.reply(transaction, request, code, reason, _ended(headers), to_tag)
        finally:
            request.reply_body = kept
        if not sent:
            raise RpcError(500, "Reply failed")

    def _retransmit(self, transaction: Transaction) -> None:
        if not self._layer.resend_reply(transaction):
            raise RpcError(500, "Reply retransmission failed")

    # --- all of this worker ----------------------------------------------------------------------

    def rows(self) -> list[dict[str, str | int]]:
        """Return what ``tm.list`` tells of this worker's transactions."""
        return [self._row(transaction) for transaction in self._layer.store]

    @staticmethod
    def _row(transaction: Transaction) -> dict[str, str | int]:
        request, local = transaction.request, transaction.local
        sender = receiver = call_id = number = ""
        if request is not None:
            sender, receiver = request.header("From") or "", request.header("To") or ""
            call_id = request.call_id or ""
            number = "" if request.cseq is None else request.cseq.number_text
        elif local is not None:
            sender, receiver, call_id, number = local.from_, local.to, local.call_id, str(local.cseq)
        return {
            "cell": hex(id(transaction)),
            "tindex": transaction.index,
            "tlabel": transaction.label,
            "method": transaction.method,
            "from": _shown("From", sender),
            "to": _shown("To", receiver),
            "callid": _shown("Call-ID", call_id),
            "cseq": f"CSeq: {number}",
            "uas_request": "no" if request is None else "yes",
            "tflags": sum(bit for bit, is_set in _FLAGS if is_set(transaction)),
            "outgoings": len(transaction.branches),
            "ref_count": 1,
            "lifetime": int(transaction.end_of_life),
        }

    # --- requests of our own ---------------------------------------------------------------------

    async def start(self, request: LocalRequest) -> asyncio.Future[tuple[Reply | None, int]]:
        """Send a request; returns what will be its final reply.

        Raises:
            RpcError: it was not sent.
        """
        done: asyncio.Future[tuple[Reply | None, int]] = asyncio.get_running_loop().create_future()

        def replied(reply: Reply | None, code: int) -> None:
            if code >= 200 and not done.done():
                done.set_result((reply, code))

        sent = self._local_requests.send(request, replied)
        if not (sent if isinstance(sent, bool) else await sent):
            raise RpcError(*error_reply(self._local_requests.error, "RPC/UAC"))
        return done

    @staticmethod
    def told(reply: Reply | None, code: int) -> list[str | int]:
        """Return what ``tm.t_uac_wait`` tells: code, reason, for a 2xx the route of the dialog, headers.

        Args:
            reply: the reply, ``None`` when none came.
            code: its status code.
        """
        if reply is None:
            return [code, reason_of(code), "", "", "", ""]
        rest = reply.buf.partition(b"\r\n")[2].decode("utf-8", "replace")
        return [code, reply.reason, *(dialog_route(reply) if code < 300 else ()), rest]


def _shown(name: str, value: str) -> str:
    """Return a header line, with what is no UTF-8 replaced."""
    text = f"{name}: {value.strip()}\r\n"
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _ended(headers: str) -> str:
    """Return header lines with the last one's line end."""
    return headers if not headers or headers.endswith("\n") else f"{headers}\r\n"
