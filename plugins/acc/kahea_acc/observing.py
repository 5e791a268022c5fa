"""Which transactions are accounted, and when their lines are written."""

from __future__ import annotations

from typing import Final

from kahea.api import (
    BranchView,
    Core,
    RecordRouteService,
    Reply,
    Request,
    Route,
    Run,
    TransactionObserver,
    TransactionService,
    TransactionView,
    reason_of,
)

from kahea_acc.params import NO_FLAG, AccParams
from kahea_acc.records import ACKNOWLEDGED, ANSWERED, MISSED, Records, of_request, reason_header

_INVITE: Final = "INVITE"


def _bit(flag: int) -> int:
    return 0 if flag == NO_FLAG else 1 << flag


class Accounting:
    """Chooses the transactions that are accounted.

    Args:
        core: the server.
        params: of the module.
        records: writes lines.
        transactions: the module that keeps transactions.
        routes: the module that adds Record-Route, ``None`` where the direction of requests does not matter.
        filtered: codes of failures that are not written.
    """

    def __init__(
        self,
        core: Core,
        params: AccParams,
        records: Records,
        transactions: TransactionService,
        routes: RecordRouteService | None,
        filtered: frozenset[int],
    ) -> None:
        self.core = core
        self.params = params
        self.records = records
        self.transactions = transactions
        self._routes = routes
        self.log = _bit(params.log_flag)
        self.missed = _bit(params.log_missed_flag)
        self.failed = _bit(params.failed_transaction_flag)
        self._filtered = filtered
        self._prepare = _bit(params.acc_prepare_flag)
        self._any = self.log | self.missed | self._prepare
        transactions.observe(self._look)

    def _look(self, transaction: TransactionView, request: Request) -> TransactionObserver | None:
        """Return who is told of a transaction, ``None`` for one that no flag marks."""
        params, flags = self.params, request.flags
        if not (flags & self._any or params.acc_prepare_always):
            return None
        if request.method == "CANCEL" and not params.report_cancels:
            return None
        on_failure = request.method == _INVITE and bool(
            flags & (self.missed | self._prepare) or params.acc_prepare_always
        )
        upstream = self._routes is not None and self._routes.is_upstream(request)
        sees_acks = bool(params.report_ack and flags & self.log)
        return Accounted(self, request.uri, on_failure=on_failure, sees_acks=sees_acks, upstream=upstream)

    def is_accounted(self, flags: int, reply: Reply | None, code: int) -> bool:
        """Whether a line is written about a reply that was sent to the caller."""
        if code >= 300:
            return bool(flags & self.failed) and code not in self._filtered
        if not flags & self.log:
            return False
        return code >= 200 or bool(self.params.early_media and reply is not None and reply.body)

    def run_for(self, transaction: TransactionView, msg: Request) -> Run:
        """Return what reads pseudo-variables for a message, with the AVPs of its transaction."""
        run = Run(self.core)
        run.msg, run.kind = msg, Route.REQUEST
        run.avps, run.lists = transaction.values.avps, transaction.values.lists
        return run


class Accounted(TransactionObserver):
    """Writes the lines of one transaction.

    Args:
        accounting: knows which lines are written.
        uri: Request-URI when the transaction began.
        on_failure: whether a missed call is written as soon as all branches have failed.
        sees_acks: whether the ACK to a 2xx is written.
        upstream: whether the request came from the callee.
    """

    __slots__ = ("_accounting", "_on_failure", "_upstream", "_uri", "sees_acks")

    def __init__(self, accounting: Accounting, uri: str, *, on_failure: bool, sees_acks: bool, upstream: bool) -> None:
        self._accounting = accounting
        self._uri = uri
        self._on_failure = on_failure
        self.sees_acks = sees_acks
        self._upstream = upstream

    def failed(self, transaction: TransactionView, branch: BranchView, reply: Reply | None, code: int) -> int:
        """Write the missed call, once: the failure_route may set the flag for the next attempt."""
        missed = self._accounting.missed
        if not (self._on_failure and transaction.flags & missed):
            return 0
        self._write(MISSED, transaction, reply, code, branch.uri)
        return missed

    def replied(self, transaction: TransactionView, reply: Reply | None, code: int, data: bytes) -> None:
        """Write the missed call, if that was not done, and the transaction."""
        accounting = self._accounting
        if transaction.is_invite and code >= 300 and transaction.flags & accounting.missed:
            self._write(MISSED, transaction, reply, code, self._aim(transaction))
            transaction.flags &= ~accounting.missed
        if accounting.is_accounted(transaction.flags, reply, code) and transaction.flags & accounting.log:
            self._write(ANSWERED, transaction, reply, code, self._aim(transaction))

    def acknowledged(self, transaction: TransactionView, ack: Request) -> None:
        """Write the ACK."""
        accounting = self._accounting
        if not (self.sees_acks and transaction.flags & accounting.log and accounting.records.wanted):
            return
        run = accounting.run_for(transaction, ack)
        code = transaction.status
        accounting.records.write(ACKNOWLEDGED, run, ack.to, str(code), reason_of(code), swap=self._upstream)

    def _aim(self, transaction: TransactionView) -> str:
        """Return the Request-URI of the branch whose reply was sent on."""
        chosen = transaction.relayed_branch
        return transaction.branches[chosen].uri if chosen >= 0 else self._uri

    def _write(self, what: str, transaction: TransactionView, reply: Reply | None, code: int, uri: str) -> None:
        accounting, request = self._accounting, transaction.request
        if request is None or not accounting.records.wanted:
            return
        run = accounting.run_for(transaction, of_request(request, uri))
        reason = reason_of(code) if reply is None else reply.reason
        if reply is not None and accounting.params.reason_from_hf:
            reason = reason_header(reply) or reason
        to, to_tag = request.to, ""
        if reply is not None:
            to = reply.to or to
        elif code > 100:
            to_tag = accounting.transactions.to_tag(request) or ""
        accounting.records.write(what, run, to, str(code), reason, to_tag=to_tag, swap=self._upstream)
