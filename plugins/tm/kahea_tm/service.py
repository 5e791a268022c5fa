"""What the module does for others: `kahea.api.TransactionService`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from kahea.api import BranchView, Message, Reply, Request, Run, TransactionObserver, TransactionView, noted_error

from kahea_tm.counted import summary
from kahea_tm.layer import context_of
from kahea_tm.transaction import Branch, Faked, Transaction

if TYPE_CHECKING:
    from kahea_tm.declared.base import TmBase


class Service:
    """The transactions of this worker, for other modules.

    Args:
        tm: the module.
    """

    def __init__(self, tm: TmBase) -> None:
        self._tm = tm

    def reply(self, msg: Message, code: int, reason: str) -> bool | None:
        """Answer within the message's transaction; ``None`` if it has none."""
        transaction = self._tm.transaction_of(msg) if isinstance(msg, Reply) else context_of(msg).transaction
        if transaction is None or transaction.request is None:
            return None
        if isinstance(msg, Request) and msg.method == "ACK":
            return None
        request = msg if isinstance(msg, Request) else transaction.request
        return self._tm.answers.reply(transaction, request, code, reason)

    def reply_error(self, msg: Message) -> bool | None:
        """Answer with the last internal error within the message's transaction; ``None`` if it has none."""
        transaction = context_of(msg).transaction
        if transaction is None or transaction.request is None:
            return None
        return self._tm.answers.error(transaction, transaction.error or -noted_error(msg))

    def to_tag(self, msg: Message) -> str | None:
        """Return the To-tag of the transaction's replies, ``None`` if the message has no transaction."""
        transaction = self._tm.transaction_of(msg)
        if transaction is None or transaction.request is None:
            return None
        return self._tm.layer.tags.tag(transaction.request)

    # --- looking ---------------------------------------------------------------------------------

    def find(self, msg: Message, *, search: bool = True) -> Transaction | None:
        """Return the transaction of a message."""
        return self._tm.transaction_of(msg) if search else self._tm.layer.of_message(msg)

    def branch_of(self, msg: Message) -> Branch | None:
        """Return the branch that the running route is about."""
        return context_of(msg).branch

    def reply_of(self, msg: Message) -> Reply | str | None:
        """Return the chosen reply in a failure route: "" for one that was made up, ``None`` without any."""
        branch = context_of(msg).branch
        if branch is None or branch.reply is None:
            return None
        return "" if isinstance(branch.reply, Faked) else branch.reply

    def by_id(self, index: int, label: int) -> Transaction | None:
        """Return a transaction by its index and label."""
        return self._tm.layer.store.by_id(index, label)

    def by_call(self, call_id: str, cseq: int) -> Transaction | None:
        """Return a transaction by the Call-ID and the CSeq number of its request."""
        return self._tm.layer.store.by_call(call_id, cseq)

    def of_cancel(self, msg: Request) -> Transaction | None:
        """Return the INVITE that a CANCEL means."""
        return self._tm.layer.store.of_cancel(msg)

    def counts(self) -> dict[str, int]:
        """Return what all workers together have counted."""
        return summary(self._tm.core.statistics)

    def observe(self, wanted: Callable[[TransactionView, Request], TransactionObserver | None]) -> None:
        """Ask to be told of transactions."""
        self._tm.layer.wanted.append(wanted)

    # --- doing -----------------------------------------------------------------------------------

    def make(self, run: Run) -> int:
        """Make the transaction of the request in work."""
        return self._tm.relay.make(run, run.msg) if isinstance(run.msg, Request) else -1

    def absorb(self, msg: Request) -> None:
        """Answer a repeated request as before, or take the ACK to a negative reply."""
        transaction = self._tm.layer.store.of_request(msg)
        if transaction is not None:
            self._tm.relay.absorb(transaction, msg)

    def suspend(self, run: Run) -> int:
        """Keep the transaction of the message in work open for `resume`."""
        return self._tm.suspensions.suspend(run)

    def resume(self, index: int, label: int, route: str) -> bool:
        """Run a named route for a suspended transaction."""
        return self._tm.suspensions.resume(index, label, route)

    def cancel_branches(self, transaction: TransactionView, branches: Sequence[BranchView], cause: int = 0) -> bool:
        """Cancel branches; returns whether there was anything to cancel."""
        own = cast("Transaction", transaction)
        wanted = {branch.index for branch in branches}
        pending = [branch for branch in self._tm.canceller.open_branches(own) if branch.index in wanted]
        reason = self._tm.canceller.reason(cause)
        for branch in pending:
            self._tm.canceller.cancel(own, branch, reason, force=branch.last_status >= 100)
        return bool(pending)

    def answer(self, transaction: TransactionView, code: int, reason: str) -> bool:
        """Answer a transaction's request."""
        own = cast("Transaction", transaction)
        return own.request is not None and self._tm.answers.reply(own, own.request, code, reason)

    def drop(self, transaction: TransactionView, code: int) -> None:
        """End a transaction as if it had been answered with a code, and send nothing."""
        own = cast("Transaction", transaction)
        own.status = code
        self._tm.layer.release(own)

    def acknowledge(self, call_id: str, cseq: int, headers: str, body: bytes) -> bool:
        """Send the ACK to the 2xx of an INVITE of our own, which ``t_set_no_auto_ack`` kept back."""
        return self._tm.local_requests.acknowledge(call_id, cseq, headers, body)

    def reuse_branch(self, msg: Request) -> bool:
        """Aim a request where the branch went whose failure the running route is about."""
        branch = context_of(msg).branch
        if branch is None:
            return False
        msg.uri = branch.uri
        msg.bflags = branch.flags
        if branch.path or msg.has_sending:
            msg.sending.path = branch.path
        return True
