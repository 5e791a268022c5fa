"""Transactions that wait for something outside: ``t_suspend`` and ``t_continue``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kahea.api import Outcome, Reply, Request, Route, Run

from kahea_tm import errors
from kahea_tm.layer import attach, context_of
from kahea_tm.transaction import Branch, Retransmission, Transaction

if TYPE_CHECKING:
    from kahea_tm.answering import Answers
    from kahea_tm.layer import Layer
    from kahea_tm.receiving import Replies
    from kahea_tm.relaying import Relay

CHANNEL = "tm.continue"
"""Where other workers ask for a transaction of ours to go on."""


class Suspensions:
    """Keeps transactions open and lets them go on.

    Args:
        layer: the transaction layer.
        relay: makes transactions.
        replies: deals with time-outs.
        answers: replies ourselves.
    """

    def __init__(self, layer: Layer, relay: Relay, replies: Replies, answers: Answers) -> None:
        self._layer = layer
        self._relay = relay
        self._replies = replies
        self._answers = answers

    def start_worker(self) -> None:
        """Listen to the other workers."""
        self._layer.core.workers.register(CHANNEL, self._asked)

    def suspend(self, run: Run) -> int:
        """Do what ``t_suspend`` does.

        Returns:
            1 when the transaction waits, or has been cancelled already; a negative code otherwise.
        """
        msg = run.msg
        if not isinstance(msg, Request):
            return self._suspend_reply(run)
        if context_of(msg).transaction is None:
            made = self._relay.make(run, msg)
            if made <= 0:
                # a repeated request: its first copy is suspended already
                return self._relay.when_done(msg) if made == 0 else -1
        transaction = context_of(msg).transaction
        if transaction is None or msg.method in ("ACK", "CANCEL"):
            return -1
        if transaction.canceled:
            return 1
        if transaction.status >= 200:
            return -1
        self._answers.trying(transaction, msg)
        transaction.flags = msg.flags
        if not transaction.branches:
            aim = msg.target()
            msg.separate()
            transaction.target = msg.target()
            msg.aim_at(aim)
        self.add_blind(transaction, msg)
        transaction.suspended = True
        return 1

    def _suspend_reply(self, run: Run) -> int:
        """Keep a reply, in an onreply_route, until the transaction goes on."""
        msg = run.msg
        context = context_of(msg)
        if not isinstance(msg, Reply) or context.transaction is None or context.branch is None:
            return -1
        transaction = context.transaction
        transaction.suspended = True
        if transaction.held_timer is not None:
            transaction.held_timer.cancel()
        transaction.held_reply = context.branch, msg
        seconds = transaction.fr or self._layer.params.fr_timer / 1000
        transaction.held_timer = self._layer.core.timers.call_later(
            self._layer.bounded(transaction, seconds), partial(self._waited_too_long, transaction)
        )
        return 1

    def _waited_too_long(self, transaction: Transaction) -> None:
        """Let a reply go up that nobody asked for again."""
        transaction.suspended = False
        self._layer.post(transaction, self._relay_held(transaction))

    def add_blind(self, transaction: Transaction, msg: Request) -> None:
        """Add a branch that sends nothing, whose time-out ends the wait."""
        branch = Branch(len(transaction.branches), msg.uri)
        branch.blind = True
        branch.on_failure = transaction.on_failure
        layer = self._layer

        def over() -> None:
            transaction.suspended = False
            layer.post(transaction, self._timed_out(transaction, branch))

        branch.retransmission = Retransmission(layer.core.timers, _nothing, over)
        transaction.branches.append(branch)
        seconds = transaction.fr or layer.params.fr_timer / 1000
        branch.retransmission.start(seconds, seconds, layer.bounded(transaction, seconds), repeat=False)

    async def _timed_out(self, transaction: Transaction, branch: Branch) -> None:
        await self._replies.timed_out(transaction, branch)
        await self._replies.relay_held_back(transaction)

    async def _relay_held(self, transaction: Transaction) -> None:
        """Send on, or keep, what came while a transaction was suspended."""
        if transaction.held_timer is not None:
            transaction.held_timer.cancel()
            transaction.held_timer = None
        held, transaction.held_reply = transaction.held_reply, None
        if held is not None:
            await self._replies.relay(transaction, held[0], held[1], held[1].status)
        await self._replies.relay_held_back(transaction)

    # --- going on --------------------------------------------------------------------------------

    def resume(self, index: int, label: int, route: str) -> bool:
        """Let a transaction go on in a named route, in the worker that it lives in."""
        workers = self._layer.core.workers
        owner = index >> 16
        if owner == workers.index:
            return self._resume_here(index, label, route)
        return workers.tell(owner, CHANNEL, f"{index} {label} {route}".encode("utf-8", "surrogateescape"))

    def _asked(self, _sender: int, payload: bytes) -> bytes | None:
        index, label, route = payload.decode("utf-8", "surrogateescape").split(" ", 2)
        self._resume_here(int(index), int(label), route)
        return None

    def _resume_here(self, index: int, label: int, route: str) -> bool:
        transaction = self._layer.store.by_id(index, label)
        if transaction is None or not transaction.suspended:
            return False
        transaction.suspended = False
        self._layer.post(transaction, self._go_on(transaction, route))
        return True

    async def _go_on(self, transaction: Transaction, route: str) -> None:
        request = transaction.request
        if request is None:
            await self._relay_held(transaction)
            return
        for branch in transaction.branches:
            if branch.blind and branch.last_status < 200:
                branch.last_status = 500
                branch.retransmission.stop()
        if not transaction.canceled:
            await self._run(transaction, request, route)
        if transaction.suspended:
            return
        await self._relay_held(transaction)
        still_open = any(branch.last_status < 200 for branch in transaction.branches)
        if transaction.status < 200 and not still_open and not transaction.canceled:
            self._answers.error(transaction, transaction.error or errors.UNSPECIFIED)

    async def _run(self, transaction: Transaction, request: Request, route: str) -> None:
        """Run the route that a transaction goes on in, for its request or for the reply that is held."""
        held = transaction.held_reply
        routes = self._layer.core.routes
        function = routes.find(Route.REQUEST, route)
        if function is None:
            self._layer.core.log.error(f"t_continue: there is no route[{route}]", "tm")
            return
        msg: Request | Reply = self._replies.copy_of(transaction, request) if held is None else held[1]
        attach(msg, transaction, None if held is None else held[0])
        kind = Route.REQUEST if held is None else Route.TM_ONREPLY
        outcome = routes.run(function, msg, kind, transaction.values)
        if not isinstance(outcome, Outcome):
            outcome = await outcome
        transaction.flags = msg.flags
        if outcome.failed and transaction.status < 200:
            self._answers.reply(transaction, request, 500, "Server Internal Error")


def _nothing() -> None:
    """Send nothing again: a blind branch has sent nothing."""
