"""A transaction and its branches, as data with timers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from kahea.api import (
    Destination,
    LocalRequest,
    Message,
    Reply,
    Request,
    Timer,
    Timers,
    TransactionObserver,
    Values,
    allocate_slot,
)

from kahea_tm.states import CLIENT, INVITE_CLIENT, INVITE_SERVER, SERVER, Do, Event, State


class Faked:
    """Stands for a reply that never came: a time-out, a send that failed."""

    def __repr__(self) -> str:
        return "a reply made here"


FAKED: Final = Faked()

SLOT: Final = allocate_slot()
"""Where messages keep what the layer knows of them."""
MADE_HERE: Final = -2
"""`Transaction.relayed_branch` when the server made the last reply."""

STORED = Reply | Faked | None
"""A branch's reply."""


class Choices:
    """What a script chose for a transaction, before or after it began.

    Attributes:
        on_branch, on_reply, on_failure, on_branch_failure: names of route blocks, "" for none.
        fr, fr_inv: timers in seconds; ``None`` for the parameters.
        retr1, retr2: retransmission intervals in seconds; ``None`` for the parameters.
        inv_lifetime, noninv_lifetime: in seconds; ``None`` for the parameters.
        auto_100: whether an INVITE is answered 100 at once.
        disable_6xx: a 6xx ends its branch only.
        disable_failover: no further addresses of a destination are tried.
        disable_internal_reply: a failed `t_relay` leaves the transaction to the script.
        no_e2e_reason: the caller's Reason is not copied to our CANCELs.
        no_auto_ack: 2xx of our own requests get no ACK from us.
    """

    __slots__ = (
        "auto_100",
        "disable_6xx",
        "disable_failover",
        "disable_internal_reply",
        "fr",
        "fr_inv",
        "inv_lifetime",
        "no_auto_ack",
        "no_e2e_reason",
        "noninv_lifetime",
        "on_branch",
        "on_branch_failure",
        "on_failure",
        "on_reply",
        "retr1",
        "retr2",
    )

    def __init__(self) -> None:
        self.on_branch = self.on_reply = self.on_failure = self.on_branch_failure = ""
        self.fr: float | None = None
        self.fr_inv: float | None = None
        self.retr1: float | None = None
        self.retr2: float | None = None
        self.inv_lifetime: float | None = None
        self.noninv_lifetime: float | None = None
        self.auto_100: bool | None = None
        self.disable_6xx: bool | None = None
        self.disable_failover = False
        self.disable_internal_reply = False
        self.no_e2e_reason: bool | None = None
        self.no_auto_ack = False

    def take(self, other: Choices) -> None:
        """Choose as *other*."""
        for name in Choices.__slots__:
            setattr(self, name, getattr(other, name))


class Retransmission:
    """Sends something again at growing intervals, until it is stopped or its time is over.

    Args:
        timers: of the worker.
        send: sends it again.
        expired: called when its time is over.
    """

    __slots__ = ("_expired", "_send", "_timers", "final", "interval", "limit", "repeat")

    def __init__(self, timers: Timers, send: Callable[[], object], expired: Callable[[], None]) -> None:
        self._timers = timers
        self._send = send
        self._expired = expired
        self.repeat: Timer | None = None
        self.final: Timer | None = None
        self.interval = self.limit = 0.0

    def start(self, first: float, limit: float, final: float, *, repeat: bool) -> None:
        """Start.

        Args:
            first: seconds to the first repetition; each further interval is twice as long.
            limit: longest interval in seconds.
            final: seconds until its time is over.
            repeat: whether to send again at all; not over reliable transports.
        """
        self.stop()
        self.interval, self.limit = first, limit
        if repeat:
            self.repeat = self._timers.call_later(first, self._again)
        self.final = self._timers.call_later(final, self._over)

    def extend(self, final: float) -> None:
        """Let its time be over in *final* seconds from now."""
        if self.final is not None:
            self.final.cancel()
        self.final = self._timers.call_later(final, self._over)

    def slow(self) -> None:
        """Use the longest interval from now on."""
        self.interval = self.limit

    def stop_repeating(self) -> None:
        """Send no more; the time still runs."""
        if self.repeat is not None:
            self.repeat.cancel()
            self.repeat = None

    def stop(self) -> None:
        """Stop all."""
        self.stop_repeating()
        if self.final is not None:
            self.final.cancel()
            self.final = None

    def end(self) -> None:
        """Stop all, for good; nothing is kept of what was to be called."""
        self.stop()
        self._send = self._expired = _nothing

    def _again(self) -> None:
        self.interval = min(self.interval * 2, self.limit)
        self.repeat = self._timers.call_later(self.interval, self._again)
        self._send()

    def _over(self) -> None:
        self.stop()
        self._expired()


def _nothing() -> None:
    """Do nothing: it has ended."""


class Branch:
    """A request that we sent for a transaction (Kamailio: UAC).

    Attributes:
        index: its number in the transaction.
        state: of its client transaction.
        last_status: of the last reply, 0 before the first; 408 where it could not be sent.
        reply: its final reply, while it may be needed.
        uri, dst_uri, path: where it went.
        destination: where its bytes went.
        data: its bytes.
        retransmission: its timers.
        flags: branch flags.
        on_reply, on_failure, on_branch_failure: route blocks.
        timed_out, replied: what became of it.
        canceled: a CANCEL was sent or is due.
        cancel: bytes of its CANCEL, "" before there is one.
        cancel_timer: of the CANCEL.
        relaying: a reply that we made is on its way up.
        first_of_step: it is the first one that a ``t_relay`` made.
        blind: it sends nothing: it keeps a suspended transaction open.
        next_address: sends the same to a further address of the destination; ``None`` without any.
        instance, ruid, user_agent: of the contact, from the location table.
        vbflags: flags for our Via.
    """

    __slots__ = (
        "blind",
        "cancel",
        "cancel_timer",
        "canceled",
        "data",
        "destination",
        "dst_uri",
        "first_of_step",
        "flags",
        "index",
        "instance",
        "last_status",
        "next_address",
        "on_branch_failure",
        "on_failure",
        "on_reply",
        "path",
        "relaying",
        "replied",
        "reply",
        "retransmission",
        "ruid",
        "state",
        "timed_out",
        "uri",
        "user_agent",
        "vbflags",
    )

    destination: Destination
    retransmission: Retransmission

    def __init__(self, index: int, uri: str) -> None:
        self.index = index
        self.uri = uri
        self.dst_uri: str | None = None
        self.path = ""
        self.data = b""
        self.state = State.CALLING
        self.last_status = 0
        self.reply: STORED = None
        self.flags = 0
        self.vbflags = 0
        self.on_reply = self.on_failure = self.on_branch_failure = ""
        self.timed_out = self.replied = self.canceled = self.relaying = self.first_of_step = self.blind = False
        self.cancel = b""
        self.cancel_timer: Retransmission | None = None
        self.next_address: Callable[[], Coroutine[Any, Any, bool]] | None = None
        self.instance = self.ruid = self.user_agent = ""

    def end(self) -> None:
        """Stop all timers, and let go of what leads back to the branch, so that no cycle is left."""
        self.retransmission.end()
        if self.cancel_timer is not None:
            self.cancel_timer.end()
            self.cancel_timer = None
        self.next_address = None
        if not self.blind:
            self.destination.on_error = None


class Transaction(Choices):
    """A request that we answer, and the branches that we sent on for it; without a request, one of our own.

    Attributes:
        request: what is answered; ``None`` for a transaction of our own.
        method: its method.
        is_invite: whether that is INVITE.
        is_local: its replies go nowhere: one of our own, or a replicated one.
        token: what stands for it in the branch of our Via.
        index, label: what stands for it in scripts (``$T(id_index)``, ``$T(id_label)``).
        keys: under which the table of transactions has it.
        state: of its server transaction.
        status: of the last reply that was sent, 0 before the first.
        reply_data: that reply.
        reply_destination: where replies go.
        retransmission: timers of the final reply.
        relayed_branch: index of the branch whose reply was relayed last; -2 when we made it, -1 before.
        branches: in the order of their index.
        values: ``$avp`` and XAVPs.
        target: the request's destination and edits as of its last ``t_relay``.
        flags: message flags for its routes.
        canceled: the caller gave up.
        stopped_by_6xx: a 6xx came, whose effect lasts until a failure route ran.
        answered_by_script: a script has replied.
        cancel_reason: Reason header lines of the caller's CANCEL.
        suspended: between ``t_suspend`` and ``t_continue``.
        held_reply: branch and reply of an onreply_route that waits.
        held_timer: ends that wait.
        held_back: branches with their final replies that came meanwhile.
        error: why it could not be sent on, to be told when the script has ended.
        busy: a route of it runs, or the script that made it.
        mailbox: events that wait until it does not.
        waiting: only late messages are absorbed.
        gone: it is not in the table any more.
        end_of_life: monotonic time after which no branch waits longer.
        created: wall time.
        on_complete: for a transaction of our own, called with the final reply.
        on_success: for an INVITE of our own, called with each 2xx: it sends the ACK.
        accepted: the 2xx to an INVITE of our own whose ACK a script sends.
        acknowledged: the ACK to a 2xx came.
        observers: are told what becomes of it.
        local: the request of our own, ``None`` where one was received.
    """

    __slots__ = (
        "accepted",
        "acknowledged",
        "answered_by_script",
        "branches",
        "busy",
        "cancel_reason",
        "canceled",
        "created",
        "drop_replies",
        "end_of_life",
        "error",
        "final_reply_made",
        "flags",
        "gone",
        "held_back",
        "held_reply",
        "held_timer",
        "index",
        "is_invite",
        "is_local",
        "keys",
        "label",
        "local",
        "mailbox",
        "method",
        "observers",
        "on_complete",
        "on_success",
        "relayed_branch",
        "reply_data",
        "reply_destination",
        "request",
        "retransmission",
        "state",
        "status",
        "stopped_by_6xx",
        "suspended",
        "target",
        "token",
        "values",
        "wait_timer",
        "waiting",
    )

    retransmission: Retransmission

    def __init__(self, request: Request | None, method: str, token: str, index: int, label: int) -> None:
        super().__init__()
        self.request = request
        self.method = method
        self.is_invite = method == "INVITE"
        self.is_local = request is None
        self.token = token
        self.index = index
        self.label = label
        self.keys: list[Any] = []
        self.state = State.PROCEEDING
        self.status = 0
        self.reply_data = b""
        self.reply_destination: Destination | None = None
        self.relayed_branch = -1
        self.branches: list[Branch] = []
        self.values = Values()
        self.target: Any = None
        self.flags = 0 if request is None else request.flags
        self.canceled = self.stopped_by_6xx = self.answered_by_script = self.suspended = False
        self.final_reply_made = False
        self.cancel_reason = ""
        self.held_reply: tuple[Branch, Reply] | None = None
        self.held_timer: Timer | None = None
        self.held_back: list[tuple[Branch, Reply]] = []
        self.error = 0
        self.busy = False
        self.mailbox: deque[Coroutine[Any, Any, None]] = deque()
        self.waiting = self.gone = False
        self.wait_timer: Timer | None = None
        self.end_of_life = self.created = 0.0
        self.drop_replies = 0
        self.on_complete: Callable[[Transaction, STORED, int], None] | None = None
        self.on_success: Callable[..., None] | None = None
        self.accepted: Reply | None = None
        self.local: LocalRequest | None = None
        self.acknowledged = False
        self.observers: tuple[TransactionObserver, ...] = ()

    def client_step(self, branch: Branch, event: Event) -> int:
        """Move a branch on; return what is to be done, bits of `Do`."""
        table = INVITE_CLIENT if self.is_invite else CLIENT
        branch.state, do = table.get((branch.state, event), (branch.state, Do.NOTHING))
        return do

    def server_step(self, event: Event) -> int:
        """Move the server side on; return what is to be done, bits of `Do`."""
        table = INVITE_SERVER if self.is_invite else SERVER
        self.state, do = table.get((self.state, event), (self.state, Do.NOTHING))
        return do

    def end(self) -> None:
        """Stop all timers, and forget the events that wait."""
        self.retransmission.end()
        for branch in self.branches:
            branch.end()
        for event in self.mailbox:
            event.close()
        self.mailbox.clear()
        if self.wait_timer is not None:
            self.wait_timer.cancel()
            self.wait_timer = None
        if self.held_timer is not None:
            self.held_timer.cancel()
            self.held_timer = None
        self.held_back.clear()
        self.on_complete = self.on_success = None

    def let_go(self) -> None:
        """Let go of the messages, which know their transaction, when no route needs them any more."""
        messages = [self.request, self.accepted, *(branch.reply for branch in self.branches)]
        if self.held_reply is not None:
            messages.append(self.held_reply[1])
        for msg in messages:
            if isinstance(msg, Message):
                msg.set_slot(SLOT, None)

    def __repr__(self) -> str:
        return f"<Transaction {self.index}:{self.label}: {self.method} {self.status}, {len(self.branches)} branches>"
