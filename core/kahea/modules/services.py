"""What standard modules do for each other, as Protocols; see `kahea.modules.core.Services`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from kahea.modules.context import Run
    from kahea.modules.scripts import Values
    from kahea.sip.endpoints import LocalSocket
    from kahea.sip.message import Message, Reply, Request


class BranchView(Protocol):
    """A branch of a transaction, to be looked at."""

    index: int
    last_status: int
    """Of its last reply, 0 before the first."""
    uri: str
    flags: int
    ruid: str
    instance: str
    path: str
    vbflags: int
    """Flags that change what our Via says."""


class TransactionView(Protocol):
    """A transaction, to be looked at."""

    index: int
    label: int
    method: str
    is_invite: bool
    request: Request | None
    """What is answered; ``None`` for a request of our own."""
    status: int
    """Of the last reply that was sent, 0 before the first."""
    flags: int
    """Message flags for its routes."""
    canceled: bool
    suspended: bool
    relayed_branch: int
    """Index of the branch whose reply was sent on last; -2 when the server made it, -1 before any."""
    values: Values
    """``$avp`` and XAVPs of its routes."""

    @property
    def branches(self) -> Sequence[BranchView]:
        """Its branches."""


class TransactionObserver:
    """Is told what becomes of a transaction that was received; override what is of interest.

    It is called where things happen, so it must not wait, and it may change nothing but the flags of the transaction.

    Attributes:
        sees_acks: whether it is told of the ACK to a 2xx of a branch, which is looked for only then.
    """

    __slots__ = ()

    sees_acks: bool = False

    def failed(self, transaction: TransactionView, branch: BranchView, reply: Reply | None, code: int) -> int:
        """All branches have failed; the failure_route, if there is one, runs next.

        Args:
            transaction: of the branch.
            branch: whose reply was chosen.
            reply: that reply, ``None`` for one that the server makes in its place.
            code: its status code.

        Returns:
            Message flags that the failure_route does not see any more; the transaction loses them when it has ended.
        """
        return 0

    def replied(self, transaction: TransactionView, reply: Reply | None, code: int, data: bytes) -> None:
        """A reply was sent to the caller: a branch's, or a final one that the server made.

        Args:
            transaction: whose request was answered.
            reply: the branch's reply, ``None`` when the server made it.
            code: status code.
            data: what was sent.
        """

    def acknowledged(self, transaction: TransactionView, ack: Request) -> None:
        """The ACK to a 2xx has come, and was to be sent on or absorbed; its repetitions are not told."""

    def canceled(self, transaction: TransactionView, cancel: Request) -> None:
        """The caller's CANCEL has come."""

    def ended(self, transaction: TransactionView) -> None:
        """The transaction is forgotten."""


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

    # --- looking ---------------------------------------------------------------------------------

    def find(self, msg: Message, *, search: bool = True) -> TransactionView | None:
        """Return the transaction of a message.

        Args:
            msg: the message in work.
            search: whether to look for it; otherwise only one that the script has found or made already.
        """

    def branch_of(self, msg: Message) -> BranchView | None:
        """Return the branch that a reply came from, that a branch_route prepares, or whose reply was chosen."""

    def reply_of(self, msg: Message) -> Reply | str | None:
        """Return the chosen reply in a failure route: "" for one that the server made up, ``None`` without any."""

    def by_id(self, index: int, label: int) -> TransactionView | None:
        """Return a transaction of this worker by its index and label."""

    def by_call(self, call_id: str, cseq: int) -> TransactionView | None:
        """Return the INVITE transaction of this worker with a Call-ID and a CSeq number."""

    def of_cancel(self, msg: Request) -> TransactionView | None:
        """Return the transaction that a CANCEL means."""

    def counts(self) -> Mapping[str, int]:
        """Return what all workers together have counted, under the names of Kamailio's ``tm.stats``."""

    def observe(self, wanted: Callable[[TransactionView, Request], TransactionObserver | None]) -> None:
        """Ask to be told of transactions; in ``mod_init``.

        Args:
            wanted: called with each new transaction and the request that began it; returns who is told what becomes of
                it, or ``None``.
        """

    # --- doing -----------------------------------------------------------------------------------

    def make(self, run: Run) -> int:
        """Make the transaction of the request in work, as ``t_newtran`` does; returns what that returns."""

    def absorb(self, msg: Request) -> None:
        """Answer a repeated request as before, or take the ACK to a negative reply."""

    def suspend(self, run: Run) -> int:
        """Keep the transaction of the message in work open for `resume`, as ``t_suspend`` does; 1 or negative."""

    def resume(self, index: int, label: int, route: str) -> bool:
        """Run a named route for a suspended transaction, wherever it lives; ``False`` where there is none."""

    def cancel_branches(self, transaction: TransactionView, branches: Sequence[BranchView], cause: int = 0) -> bool:
        """Cancel branches; returns whether there was anything to cancel.

        Args:
            transaction: from `find` and the like.
            branches: of it.
            cause: status code for the Reason header, 0 for none.
        """

    def answer(self, transaction: TransactionView, code: int, reason: str) -> bool:
        """Answer a transaction's request."""

    def drop(self, transaction: TransactionView, code: int) -> None:
        """End a transaction as if it had been answered with a code, and send nothing."""

    def acknowledge(self, call_id: str, cseq: int, headers: str, body: bytes) -> bool:
        """Send the ACK to the 2xx of an INVITE of our own, which ``t_set_no_auto_ack`` kept back."""

    def reuse_branch(self, msg: Request) -> bool:
        """Aim a request, in the route of a branch's failure, where that branch went."""


@dataclass(slots=True)
class LocalRequest:
    """A request that the server sends itself.

    Args:
        method: of the request.
        uri: Request-URI.
        from_, to: values of From (with its tag) and To.
        headers: further header lines, each with its line end.
        body: of the request.
        next_hop: URI to send to; "" for the Request-URI or the first route.
        socket: to send from; ``None`` for any that fits.
        call_id: "" for a new one.
        cseq: number of CSeq.
        routes: value of the Route header, "" for none.
        acknowledged: whether the 2xx to an INVITE gets its ACK at once.
        fr, fr_inv: timers in milliseconds, as ``t_set_fr`` sets them; 0 for the parameters'.
    """

    method: str
    uri: str
    from_: str
    to: str
    headers: str = ""
    body: bytes = b""
    next_hop: str = ""
    socket: LocalSocket | None = None
    call_id: str = ""
    cseq: int = 10
    routes: str = ""
    acknowledged: bool = True
    fr: int = 0
    fr_inv: int = 0


class LocalRequestService(Protocol):
    """Sends requests of the server's own; offered by the module that keeps transactions (tm)."""

    def send(
        self, request: LocalRequest, on_reply: Callable[[Reply | None, int], None] | None = None
    ) -> bool | Awaitable[bool]:
        """Send a request.

        Args:
            request: what is sent. ``event_route[tm:local-request]`` sees it first.
            on_reply: called with the final reply and its code; with ``None`` and a code when none came.

        Returns:
            Whether it was sent, or an awaitable of that where a name has to be looked up.
        """


class HttpService(Protocol):
    """Offered by the module that takes HTTP requests on the SIP sockets (xhttp)."""

    def is_http(self, msg: Message) -> bool:
        """Whether a message is an HTTP request."""

    def reply(self, msg: Message, code: int, reason: str, content_type: str, body: bytes) -> bool:
        """Answer an HTTP request; ``False`` when that is impossible."""


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
