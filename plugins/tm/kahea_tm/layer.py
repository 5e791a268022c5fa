"""The transaction layer of a worker: transactions, their timers, the order of their events, their end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from kahea.api import (
    Core,
    Level,
    Message,
    Request,
    Run,
    TagMaker,
    TransactionObserver,
    TransactionView,
    Value,
    reply_destination,
)

from kahea_tm.counted import Counted
from kahea_tm.params import TmParams
from kahea_tm.states import Do, Event
from kahea_tm.store import Store
from kahea_tm.transaction import MADE_HERE, SLOT, Branch, Choices, Retransmission, Transaction

MAX_MAILBOX: Final = 64
"""Events of one transaction that wait while a route of it runs; further ones that it can do without are lost."""


class Context:
    """What the layer keeps with a message in work.

    Attributes:
        transaction: that it belongs to, ``None`` before there is one.
        branch: of the transaction, for replies and in branch and failure routes.
        choices: made before there is a transaction.
        looked_up: whether its transaction was looked for.
        working: whether the message is the transaction's own, or the copy that a route of it works on.
    """

    __slots__ = ("branch", "choices", "looked_up", "transaction", "working")

    def __init__(self) -> None:
        self.transaction: Transaction | None = None
        self.branch: Branch | None = None
        self.choices: Choices | None = None
        self.looked_up = self.working = False


def context_of(msg: Message) -> Context:
    """Return what the layer keeps with a message, made on first use."""
    context = msg.get_slot(SLOT)
    if not isinstance(context, Context):
        context = Context()
        msg.set_slot(SLOT, context)
    return context


def attach(msg: Message, transaction: Transaction, branch: Branch | None = None) -> Context:
    """Let a message belong to a transaction, with a context of its own."""
    context = Context()
    context.transaction = transaction
    context.branch = branch
    context.looked_up = context.working = True
    msg.set_slot(SLOT, context)
    return context


class Layer:
    """The transactions of this worker and what is common to all that is done with them.

    Args:
        core: the server.
        params: of the module.

    Attributes:
        on_script_end: called when the script that made a transaction has ended.
        on_failure: called when an event of a transaction ended with an exception.
        on_expired: called when a transaction that nothing answers has lived for as long as it may.
        timer_avps: read the AVPs that set timers, by the names of their parameters.
        wanted: tell for a new transaction who observes it.
    """

    def __init__(self, core: Core, params: TmParams) -> None:
        self.core = core
        self.counted = Counted(core.counters)
        self.params = params
        self.tags = TagMaker(core.tag_seed, "-")
        self.server_line = core.settings.server_line
        self.on_script_end: Callable[[Transaction], None] = _ignore
        self.on_failure: Callable[[Transaction], None] = _ignore
        self.on_expired: Callable[[Transaction], None] = _ignore
        self.timer_avps: dict[str, Callable[[Run], Value]] = {}
        self.wanted: list[Callable[[TransactionView, Request], TransactionObserver | None]] = []
        self.store: Store

    def start_worker(self, core: Core) -> None:
        """Take what only a worker has."""
        self.core = core
        self.store = Store(core.workers.mark, core.workers.index)
        self.counted.start_worker()

    # --- transactions ----------------------------------------------------------------------------

    def create(self, run: Run, msg: Request) -> Transaction:
        """Make the transaction of a request, which the running script is a part of until it ends."""
        transaction = self.store.new(msg, msg.method)
        context = context_of(msg)
        if context.choices is not None:
            transaction.take(context.choices)
        if self.timer_avps:
            transaction.fr = transaction.fr or self._timer_avp("fr_timer_avp", run)
            transaction.fr_inv = transaction.fr_inv or self._timer_avp("fr_inv_timer_avp", run)
        context.transaction = transaction
        context.looked_up = context.working = True
        transaction.values = run.keep()
        transaction.reply_destination = reply_destination(msg)
        transaction.busy = True
        run.at_end = partial(self._script_ended, transaction)
        self.begin(transaction)
        if self.wanted:
            found = (wanted(transaction, msg) for wanted in self.wanted)
            transaction.observers = tuple(observer for observer in found if observer is not None)
        return transaction

    def _timer_avp(self, name: str, run: Run) -> float | None:
        """Return the seconds that an AVP holds, ``None`` for none."""
        read = self.timer_avps.get(name)
        value = None if read is None else read(run)
        try:
            return float(int(value or 0)) or None
        except ValueError:
            self.core.log_bounded(f'{name}: "{value}" is no number', "tm", Level.ERR)
            return None

    def begin(self, transaction: Transaction) -> None:
        """Start the life of a transaction."""
        self.counted.created()
        transaction.created = self.core.clock.time()
        transaction.end_of_life = self.core.clock.monotonic() + self.lifetime(transaction)
        transaction.retransmission = Retransmission(
            self.core.timers, partial(self.server_event, transaction, Event.RETRANSMIT),
            partial(self.server_event, transaction, Event.TIMEOUT),
        )  # fmt: skip

    def lifetime(self, transaction: Transaction) -> float:
        """Return how long a transaction lives at most, in seconds."""
        if transaction.is_invite:
            return transaction.inv_lifetime or self.params.max_inv_lifetime / 1000
        return transaction.noninv_lifetime or self.params.max_noninv_lifetime / 1000

    def _script_ended(self, transaction: Transaction, run: Run) -> None:
        """Finish what the script of a new transaction left open, and let its events in."""
        transaction.busy = False
        if not transaction.gone:
            self.on_script_end(transaction)
        self._next_event(transaction)

    def of_message(self, msg: Message) -> Transaction | None:
        """Return the transaction that a message was found to belong to."""
        context = msg.get_slot(SLOT)
        return context.transaction if isinstance(context, Context) else None

    def wait(self, transaction: Transaction) -> None:
        """Only absorb late messages from now on, and then forget the transaction."""
        if transaction.waiting:
            return
        transaction.waiting = True
        self.counted.waiting()
        seconds = self.params.wt_timer / 1000
        transaction.wait_timer = self.core.timers.call_later(seconds, partial(self.remove, transaction))

    def remove(self, transaction: Transaction) -> None:
        """Forget a transaction."""
        if transaction.gone:
            return
        transaction.gone = True
        for observer in transaction.observers:
            observer.ended(transaction)
        transaction.observers = ()
        self.store.remove(transaction)
        if not transaction.waiting:
            self.counted.waiting()
        self.counted.freed()
        transaction.end()
        if not transaction.busy:
            transaction.let_go()

    def clean(self) -> None:
        """Forget transactions that have outlived their time by far: a route of theirs never ends, say."""
        now = self.core.clock.monotonic()
        grace = (self.params.wt_timer + self.params.fr_timer) / 1000
        for transaction in self.store:
            if now > transaction.end_of_life + grace and not transaction.waiting:
                self.core.log.warning(f"{transaction!r} has outlived its time", "tm")
                self.remove(transaction)

    def release(self, transaction: Transaction) -> None:
        """End a transaction as it is: no timers, only late messages are absorbed."""
        transaction.retransmission.stop()
        self.stop_branches(transaction)
        self.wait(transaction)

    @staticmethod
    def stop_branches(transaction: Transaction) -> None:
        """Stop the timers of all branches."""
        for branch in transaction.branches:
            branch.retransmission.stop()

    # --- events ----------------------------------------------------------------------------------

    def post(self, transaction: Transaction, event: Coroutine[Any, Any, None], *, must: bool = True) -> None:
        """Carry out an event of a transaction: now, or when the route of it that runs has ended.

        Args:
            transaction: whose event.
            event: what is to be done.
            must: whether the transaction cannot end without it; other events may be lost when too many wait.
        """
        if transaction.gone:
            event.close()
        elif not transaction.busy:
            transaction.busy = True
            self.core.routes.drive(event, partial(self._event_ended, transaction))
        elif must or len(transaction.mailbox) < MAX_MAILBOX:
            transaction.mailbox.append(event)
        else:
            event.close()
            self.core.log_bounded(f"too many events wait for {transaction!r}", "tm", Level.WARN)

    def _event_ended(self, transaction: Transaction, error: BaseException | None) -> None:
        transaction.busy = False
        if error is not None:
            self.core.log_bounded(f"{transaction!r}: {type(error).__name__}: {error}", "tm", Level.ERR)
            self.on_failure(transaction)
        self._next_event(transaction)

    def _next_event(self, transaction: Transaction) -> None:
        """Let in the event that waits longest."""
        if transaction.gone:
            transaction.let_go()
        elif transaction.mailbox and not transaction.busy:
            self.post(transaction, transaction.mailbox.popleft())

    # --- timers ----------------------------------------------------------------------------------

    def start_timers(self, transaction: Transaction, branch: Branch) -> None:
        """Start the timers of a request that was sent."""
        params = self.params
        final = transaction.fr or params.fr_timer / 1000
        branch.retransmission.start(
            transaction.retr1 or params.retr_timer1 / 1000,
            transaction.retr2 or params.retr_timer2 / 1000,
            self.bounded(transaction, final),
            repeat=branch.destination.protocol == "udp",
        )

    def limit(self, transaction: Transaction) -> None:
        """Let a transaction that has no other timer end with its lifetime."""
        transaction.retransmission.extend(self.bounded(transaction, self.lifetime(transaction)))

    def extend_timer(self, transaction: Transaction, branch: Branch) -> None:
        """Start the timer of the final reply again, for an INVITE with a provisional one."""
        final = transaction.fr_inv or self.params.fr_inv_timer / 1000
        branch.retransmission.extend(self.bounded(transaction, final))

    def bounded(self, transaction: Transaction, seconds: float) -> float:
        """Return a time that does not outlast the transaction's lifetime."""
        return max(0.0, min(seconds, transaction.end_of_life - self.core.clock.monotonic()))

    def server_event(self, transaction: Transaction, event: Event) -> None:
        """Move the server side of a transaction on, and do what that asks for."""
        do = transaction.server_step(event)
        if do & Do.RESEND:
            self.resend_reply(transaction)
        if do & Do.STOP:
            transaction.retransmission.stop()
        if do & Do.START:
            self.repeat_reply(transaction)
        if do & Do.WAIT:
            self.wait(transaction)
        if do & Do.DELIVER:
            self.on_expired(transaction)

    def repeat_reply(self, transaction: Transaction, *, reliable: bool = False) -> None:
        """Send the final reply again until its ACK comes."""
        params, destination = self.params, transaction.reply_destination
        transaction.retransmission.start(
            transaction.retr1 or params.retr_timer1 / 1000,
            transaction.retr2 or params.retr_timer2 / 1000,
            transaction.fr or params.fr_timer / 1000,
            repeat=reliable or (destination is not None and destination.protocol == "udp"),
        )

    def repeat_success(self, transaction: Transaction) -> None:
        """Send our own 2xx to an INVITE again until its ACK comes, over any transport (RFC 3261 13.3.1.4)."""
        self.repeat_reply(transaction, reliable=True)

    def resend_reply(self, transaction: Transaction) -> bool:
        """Send the last reply again; ``False`` when there is none."""
        destination = transaction.reply_destination
        if not transaction.reply_data or destination is None:
            return False
        return self.core.transport.send(transaction.reply_data, destination)

    def acknowledged(self, transaction: Transaction, ack: Request) -> bool:
        """Take the ACK to a 2xx that a script sends on or absorbs; returns whether it ends here."""
        if not transaction.acknowledged:
            transaction.acknowledged = True
            for observer in transaction.observers:
                observer.acknowledged(transaction, ack)
        return self.absorbs_ack(transaction)

    def absorbs_ack(self, transaction: Transaction) -> bool:
        """Take the ACK to a 2xx if we made that; returns whether we did."""
        if transaction.relayed_branch != MADE_HERE:
            return False
        self.server_event(transaction, Event.ACK)
        return True


def _ignore(transaction: Transaction) -> None:
    """Do nothing."""
