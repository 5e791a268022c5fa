"""What ``t_relay`` and ``t_newtran`` do with a request that comes in."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

from kahea.api import Message, Reply, Request, Route, Run, forward, forward_to_uri, note_error, note_later_answer

from kahea_tm import errors
from kahea_tm.layer import context_of
from kahea_tm.states import Event
from kahea_tm.transaction import FAKED, Transaction

if TYPE_CHECKING:
    from kahea_tm.answering import Answers
    from kahea_tm.cancelling import Canceller
    from kahea_tm.forwarding import Forwarder, Hop
    from kahea_tm.layer import Layer
    from kahea_tm.receiving import Replies

CANCELING: Final = "canceling"
NOTHING_TO_CANCEL: Final = "ok -- no more pending branches"
CANCELED: Final = "Request canceled"

STATEFUL: Final = 0
"""``unmatched_cancel``."""
DROPPED: Final = 2


class Relay:
    """Finds or makes the transaction of a request and sends the request on.

    Args:
        layer: the transaction layer.
        forwarder: sends on.
        replies: deals with what comes back.
        answers: replies ourselves.
        canceller: cancels branches.
    """

    def __init__(
        self, layer: Layer, forwarder: Forwarder, replies: Replies, answers: Answers, canceller: Canceller
    ) -> None:
        self._layer = layer
        self._forwarder = forwarder
        self._replies = replies
        self._answers = answers
        self._canceller = canceller
        layer.on_script_end = self._script_ended
        layer.on_failure = self._failed
        layer.on_expired = self._expired

    # --- finding ---------------------------------------------------------------------------------

    def find(self, msg: Message) -> Transaction | None:
        """Return the transaction that a message belongs to, looked for once."""
        context = context_of(msg)
        if context.looked_up:
            return context.transaction
        context.looked_up = True
        if isinstance(msg, Reply):
            found = self._layer.store.of_reply(msg)
            if found is not None:
                context.transaction, context.branch = found
        elif isinstance(msg, Request):
            context.transaction = self._layer.store.of_request(msg)
        return context.transaction

    def check(self, run: Run, msg: Message) -> int:
        """Do what ``t_check_trans`` does: 1 for a message of a transaction, 0 when it was absorbed, else -1."""
        if run.kind in (Route.FAILURE, Route.BRANCH, Route.BRANCH_FAILURE, Route.TM_ONREPLY):
            return 1
        if isinstance(msg, Reply):
            return 1 if self.find(msg) is not None else -1
        assert isinstance(msg, Request)
        if msg.method == "CANCEL":
            return 1 if self._layer.store.of_cancel(msg) is not None else -1
        transaction = self.find(msg)
        if transaction is not None:
            self.absorb(transaction, msg)
            return 0
        accepted = self._layer.store.of_ack(msg) if msg.method == "ACK" else None
        if accepted is None:
            return -1
        return 0 if self._layer.absorbs_ack(accepted) else 1

    def absorb(self, transaction: Transaction, msg: Request) -> None:
        """Deal with a repeated request, or with the ACK to a negative reply."""
        self._layer.server_event(transaction, Event.ACK if msg.method == "ACK" else Event.REQUEST)

    def make(self, run: Run, msg: Request) -> int:
        """Do what ``t_newtran`` does.

        Returns:
            1 for a new transaction or an ACK that belongs to none, 0 when the request was absorbed or refused, a
            negative code of `errors` when there is one already or none can be made.
        """
        layer, context = self._layer, context_of(msg)
        transaction = context.transaction
        if transaction is not None and context.working:
            return errors.SCRIPT
        transaction = transaction or self.find(msg)
        if transaction is not None:
            self.absorb(transaction, msg)
            return 0
        if msg.method == "ACK":
            accepted = layer.store.of_ack(msg)
            return 0 if accepted is not None and layer.acknowledged(accepted, msg) else 1
        if msg.parsed_uri is None:
            note_error(msg, errors.internal(errors.BAD_REQUEST))
            return errors.BAD_REQUEST
        if self._is_too_much(msg):
            self._answers.refuse(msg)
            return 0
        layer.create(run, msg)
        return 1

    @staticmethod
    def when_done(msg: Request) -> int:
        """Return what a script sees whose request `make` dealt with: 1 if it was absorbed, 0 if it was refused."""
        return 1 if msg.method == "ACK" or context_of(msg).transaction is not None else 0

    def _is_too_much(self, msg: Request) -> bool:
        """Whether there are as many transactions as there may be; what ends a call is let in for longer."""
        layer = self._layer
        limit = layer.params.max_transactions
        count = len(layer.store)
        if not limit or count < limit:
            return False
        if msg.method == "CANCEL":
            return layer.store.of_cancel(msg) is None
        to = msg.to
        return count >= limit + limit // 4 or to is None or not to.tag

    # --- relaying --------------------------------------------------------------------------------

    def relay(self, run: Run, msg: Request, hop: Hop | None = None, *, replicate: bool = False) -> Any:
        """Do what ``t_relay`` does.

        Returns:
            1, 0 or a negative code of `errors`; an awaitable of it when a name is looked up or a branch_route waits.
        """
        work = self._relay(run, msg, hop, replicate)
        try:
            pending = work.send(None)
        except StopIteration as stop:
            return stop.value
        return _GoingOn(work, pending)

    async def _relay(self, run: Run, msg: Request, hop: Hop | None, replicate: bool) -> int:
        if run.kind in (Route.FAILURE, Route.BRANCH_FAILURE):
            return await self._relay_again(run, msg, hop)
        if msg.method == "CANCEL":
            return await self._relay_cancel(run, msg, hop)
        made = self.make(run, msg)
        if made < 0 and made != errors.SCRIPT:
            return made
        if made == 0:
            return self.when_done(msg)
        if msg.method == "ACK":
            return await self._stateless(msg, hop)
        transaction = context_of(msg).transaction
        assert transaction is not None
        if replicate:
            transaction.is_local = True
        if not replicate:
            self._answers.trying(transaction, msg)
        result = await self._forwarder.forward(transaction, run, msg, hop)
        if result > 0:
            msg.consume_uri()
            return result
        return self._not_forwarded(transaction, msg, result, replicate=replicate)

    def _not_forwarded(self, transaction: Transaction, msg: Request, error: int, *, replicate: bool = False) -> int:
        """Note why a request could not be sent on; returns what the script sees."""
        if replicate:
            self._layer.release(transaction)
            return errors.seen_by_script(error)
        transaction.error = error
        if transaction.disable_internal_reply:
            return errors.LEFT_TO_SCRIPT
        if self._layer.params.delayed_reply:
            note_later_answer(msg)
        else:
            self._answers.error(transaction, error)
        return errors.seen_by_script(error)

    async def _relay_again(self, run: Run, msg: Request, hop: Hop | None) -> int:
        """Send on from a failure route."""
        transaction = context_of(msg).transaction
        if transaction is None:
            return -1
        result = await self._forwarder.forward(transaction, run, msg, hop)
        if result > 0:
            return 1
        transaction.error = result
        return -1

    async def _stateless(self, msg: Request, hop: Hop | None) -> int:
        if hop is None or not hop.host:
            result = forward_to_uri(self._layer.core, msg, None, hop.protocol if hop is not None else "")
        else:
            result = forward(self._layer.core, msg, hop.host, hop.port, hop.protocol)
        if not isinstance(result, bool):
            result = await result
        return 1 if result else -1

    # --- CANCEL ----------------------------------------------------------------------------------

    async def _relay_cancel(self, run: Run, msg: Request, hop: Hop | None) -> int:
        layer = self._layer
        invite = layer.store.of_cancel(msg)
        if invite is None and layer.params.unmatched_cancel != STATEFUL:
            if layer.params.unmatched_cancel == DROPPED:
                return 1
            # as in Kamailio, the script ends
            return min(await self._stateless(msg, hop) - 1, 0)
        made = self.make(run, msg)
        if made == 0:
            return self.when_done(msg)
        if made < 0 and made != errors.SCRIPT:
            return made
        transaction = context_of(msg).transaction
        assert transaction is not None
        if invite is None:
            result = await self._forwarder.forward(transaction, run, msg, hop)
            return result if result > 0 else self._not_forwarded(transaction, msg, result)
        self.cancel(msg, transaction, invite)
        return 1

    def cancel(self, msg: Request, transaction: Transaction, invite: Transaction) -> None:
        """Deal with the CANCEL of an INVITE: answer it, and cancel the INVITE's branches."""
        invite.canceled = True
        for observer in invite.observers:
            observer.canceled(invite, msg)
        pending = self._canceller.open_branches(invite)
        self._layer.post(invite, self._canceled(invite, msg))
        self._answers.reply(transaction, msg, 200, CANCELING if pending else NOTHING_TO_CANCEL)

    async def _canceled(self, invite: Transaction, msg: Request) -> None:
        """Cancel what can be cancelled; without any such branch, answer the INVITE ourselves."""
        if not self._canceller.open_branches(invite):
            if invite.status < 200 and invite.request is not None and not _ringing(invite):
                self._answers.reply(invite, invite.request, 487, CANCELED)
            return
        for branch in self._canceller.cancel_for_caller(invite, msg):
            await self._replies.relay(invite, branch, FAKED, 487)

    # --- ends ------------------------------------------------------------------------------------

    def _script_ended(self, transaction: Transaction) -> None:
        """Finish what a script left open: tell of a failure, or let a transaction go that nothing was done with."""
        if transaction.status >= 200 or transaction.suspended or transaction.gone or transaction.waiting:
            return
        if any(branch.last_status < 200 for branch in transaction.branches):
            return
        if transaction.error and not transaction.disable_internal_reply:
            self._answers.error(transaction, transaction.error)
        elif not transaction.branches and not transaction.is_local and transaction.status == 0:
            self._layer.core.log.debug(f"the script left {transaction!r} without a reply", "tm")
            self._layer.release(transaction)
        else:
            self._layer.limit(transaction)

    def _failed(self, transaction: Transaction) -> None:
        """End a transaction whose event ended with an exception."""
        if transaction.status < 200:
            self._end(transaction, 500, "Server Internal Error")

    def _expired(self, transaction: Transaction) -> None:
        """End a transaction that has lived for as long as it may, and that no branch will answer."""
        self._layer.post(transaction, self._end_unanswered(transaction))

    async def _end_unanswered(self, transaction: Transaction) -> None:
        if transaction.status < 200 and not _ringing(transaction):
            params = self._layer.params
            self._end(transaction, params.reply_408_code, params.reply_408_reason)

    def _end(self, transaction: Transaction, code: int, reason: str) -> None:
        if transaction.is_local:
            self._answers.give_up(transaction, code)
        elif transaction.request is not None:
            self._answers.reply(transaction, transaction.request, code, reason)


def _ringing(transaction: Transaction) -> bool:
    """Whether a branch that was sent a CANCEL has still to reply."""
    return any(branch.last_status < 200 for branch in transaction.branches if not branch.blind)


class _GoingOn:
    """Awaits the rest of work that has been begun.

    Args:
        work: what was begun.
        pending: what it waits for.
    """

    __slots__ = ("_pending", "_work")

    def __init__(self, work: Coroutine[Any, Any, int], pending: Any) -> None:
        self._work = work
        self._pending = pending

    def __await__(self) -> Any:
        work, pending = self._work, self._pending
        while True:
            try:
                value = yield pending
            except BaseException as error:
                try:
                    pending = work.throw(error)
                except StopIteration as stop:
                    return stop.value
            else:
                try:
                    pending = work.send(value)
                except StopIteration as stop:
                    return stop.value
