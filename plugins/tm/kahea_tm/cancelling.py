"""Ending branches before their time: the caller's CANCEL, and our own to branches that lost (RFC 3261 9 and 16.10)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from kahea.api import Request, parse_message

from kahea_tm.messages import build_from_sent, reason_line
from kahea_tm.transaction import Branch, Retransmission, Transaction

if TYPE_CHECKING:
    from kahea_tm.layer import Layer

AT_ONCE: Final = 0
"""``cancel_b_method``: a branch without any reply counts as answered 487."""
WHEN_REPLIED: Final = 1
"""It goes on until a provisional reply comes, which is answered by a CANCEL."""
REGARDLESS: Final = 2
"""It gets its CANCEL like the others."""

_TEXTS: Final = {200: "Call completed elsewhere"}

ON_CANCELS: Final = 2
"""Bit of ``evlreq_mode``."""


class Canceller:
    """Sends CANCELs.

    Args:
        layer: the transaction layer.
    """

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    @staticmethod
    def open_branches(transaction: Transaction) -> list[Branch]:
        """Return the branches that have no final reply and were sent no CANCEL."""
        return [one for one in transaction.branches if one.last_status < 200 and not one.cancel and not one.blind]

    def cancel_open(self, transaction: Transaction, cause: int, *, kill: bool = False) -> list[Branch]:
        """Cancel all open branches, since a reply with the code *cause* was sent or received.

        Args:
            transaction: whose branches.
            cause: told in the Reason header, 0 for nothing.
            kill: whether nothing of the branches is of interest any more.

        Returns:
            The branches that count as answered 487.
        """
        reason = self.reason(cause)
        answered = []
        for branch in self.open_branches(transaction):
            if self.cancel(transaction, branch, reason, kill=kill):
                answered.append(branch)
        return answered

    def reason(self, cause: int) -> str:
        """Return the Reason header line for a status code, "" for 0 or where CANCELs are not to have one."""
        if not cause or not self._layer.params.local_cancel_reason:
            return ""
        return reason_line(cause, _TEXTS.get(cause, ""))

    def cancel_for_caller(self, transaction: Transaction, cancel: Request) -> list[Branch]:
        """Cancel all open branches, since the caller sent a CANCEL; returns those that count as answered 487."""
        params = self._layer.params
        wanted = transaction.no_e2e_reason
        if not transaction.cancel_reason and (not wanted if wanted is not None else params.e2e_cancel_reason):
            values = (value.rstrip("\r\n") for value in cancel.header_values("Reason"))
            transaction.cancel_reason = "".join(f"Reason: {value}\r\n" for value in values)
        answered = []
        for branch in self.open_branches(transaction):
            if self.cancel(transaction, branch, transaction.cancel_reason):
                answered.append(branch)
        return answered

    def cancel(
        self, transaction: Transaction, branch: Branch, reason: str = "", *, kill: bool = False, force: bool = False
    ) -> bool:
        """Cancel a branch.

        Args:
            transaction: of the branch.
            branch: without a final reply.
            reason: Reason header lines.
            kill: stop its timers; without a provisional reply it is left alone.
            force: send the CANCEL whether or not a provisional reply came.

        Returns:
            Whether it counts as answered 487 from now on.
        """
        branch.canceled = True
        method = self._layer.params.cancel_b_method
        if kill:
            branch.retransmission.stop()
            if branch.last_status < 100 and not force:
                return False
        else:
            if branch.last_status < 100 and not force and method != REGARDLESS:
                # RFC 3261 9.1: no CANCEL before a provisional reply
                if method == AT_ONCE:
                    branch.retransmission.stop()
                    return True
                return False
            branch.retransmission.stop_repeating()
        self._send(transaction, branch, reason)
        return False

    def resume(self, transaction: Transaction, branch: Branch) -> None:
        """Deal with a provisional reply of a branch that is to be cancelled: send the CANCEL, or send it again."""
        if branch.cancel:
            self._layer.core.transport.send(branch.cancel, branch.destination)
            return
        reason = transaction.cancel_reason
        if not reason and transaction.status >= 200 and self._layer.params.local_cancel_reason:
            reason = reason_line(transaction.status)
        self.cancel(transaction, branch, reason, force=True)

    def _send(self, transaction: Transaction, branch: Branch, reason: str) -> None:
        layer = self._layer
        params = layer.params
        branch.cancel = build_from_sent(branch.data, "CANCEL", "", reason, params.ac_extra_hdrs)
        if params.evlreq_mode & ON_CANCELS:
            run = layer.core.event_route("tm:local-request")
            source = transaction.request.source if transaction.request is not None else None
            if run is not None and source is not None:
                run(parse_message(branch.cancel, source))
        send = partial(layer.core.transport.send, branch.cancel, branch.destination)
        branch.cancel_timer = Retransmission(layer.core.timers, send, _nothing)
        send()
        branch.cancel_timer.start(
            params.retr_timer1 / 1000,
            params.retr_timer2 / 1000,
            params.fr_timer / 1000,
            repeat=branch.destination.protocol == "udp",
        )

    @staticmethod
    def replied(branch: Branch, status: int) -> None:
        """Take the reply to our CANCEL."""
        if branch.cancel_timer is None:
            return
        if status >= 200:
            branch.cancel_timer.stop()
            branch.cancel_timer = None
        else:
            branch.cancel_timer.stop_repeating()


def _nothing() -> None:
    """Let a CANCEL without a reply be: its INVITE has a timer of its own."""
