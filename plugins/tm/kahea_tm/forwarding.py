"""Sending a request on, to one destination or several at once (RFC 3261 16.6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kahea.api import (
    Branch as Target,
)
from kahea.api import (
    Candidate,
    Candidates,
    Destination,
    Level,
    Outcome,
    Request,
    Route,
    Run,
    SipParseError,
    UriError,
    build_for,
    next_hop,
    sending_socket,
)

from kahea_tm import errors
from kahea_tm.layer import attach
from kahea_tm.transaction import Branch, Retransmission, Transaction

if TYPE_CHECKING:
    from kahea_tm.layer import Layer
    from kahea_tm.receiving import Replies


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a function says that a request goes, whatever its URIs say.

    Args:
        host: a name or an address; "" for the one of the URI.
        port: 0 for the one of the URI or the protocol's default.
        protocol: "" for the one of the URI.
    """

    host: str = ""
    port: int = 0
    protocol: str = ""


@dataclass(slots=True)
class _Ready:
    """A branch that can be sent.

    Args:
        branch: the branch.
        request: what it was built of.
        further: further places of its destination.
    """

    branch: Branch
    request: Request
    further: Candidates


class Forwarder:
    """Makes and sends branches.

    Args:
        layer: the transaction layer.
        replies: deals with branches that fail.
    """

    def __init__(self, layer: Layer, replies: Replies) -> None:
        self._layer = layer
        self._replies = replies

    async def forward(self, transaction: Transaction, run: Run, msg: Request, hop: Hop | None = None) -> int:
        """Send a request on to its Request-URI and to its further branches.

        Args:
            transaction: of the request.
            run: of the script.
            msg: the request, or the copy of it that a failure route works on.
            hop: where to instead of what the URIs say.

        Returns:
            1; a negative code of `errors` when nothing could be sent.
        """
        if gave_up(transaction):
            msg.branches.clear()
            return errors.CANCELED
        if transaction.gone:
            return errors.UNSPECIFIED
        route, transaction.on_branch = transaction.on_branch, ""
        targets = self.targets(msg)
        if not targets:
            self._layer.core.log.error("no branches for forwarding", "tm")
            return errors.NO_BRANCHES
        aim = msg.target()
        if run.kind is Route.REQUEST:
            msg.separate()
            transaction.target = msg.target()
        msg.aim_at(aim)
        first = len(transaction.branches)
        lowest = errors.UNSPECIFIED
        added: list[_Ready] = []
        try:
            for target in targets:
                ready = await self._add(transaction, run, msg, target, route, hop)
                if isinstance(ready, int):
                    lowest = min(lowest, ready)
                else:
                    added.append(ready)
                msg.aim_at(aim)
                if gave_up(transaction):
                    break
        finally:
            msg.aim_at(aim)
            msg.branches.clear()
        if gave_up(transaction):
            for ready in added:
                ready.branch.last_status = 487
            return errors.CANCELED
        transaction.flags = msg.flags
        if not added:
            if lowest != errors.CONFIGURATION:
                self._layer.core.log.error("no branch could be added", "tm")
            return lowest
        transaction.branches[first].first_of_step = True
        sent = 0
        for ready in added:
            sent += await self._send(transaction, ready)
        return 1 if sent else errors.NOT_SENT

    async def add_to(self, transaction: Transaction, msg: Request) -> None:
        """Send a copy of a transaction's request on to its further branches, outside of any script."""
        run = Run(self._layer.core)
        run.msg, run.kind = msg, Route.FAILURE
        attach(msg, transaction)
        await self.forward(transaction, run, msg)

    @staticmethod
    def targets(msg: Request) -> list[Target]:
        """Return the destination set of a request."""
        targets = []
        if msg.uri_is_target:
            sending = msg.sending if msg.has_sending else None
            path = sending.path if sending is not None else ""
            targets.append(Target(msg.uri, msg.dst_uri, path, None, msg.bflags, msg.send_socket))
        return targets + msg.branches

    async def _add(
        self, transaction: Transaction, run: Run, msg: Request, target: Target, route: str, hop: Hop | None
    ) -> _Ready | int:
        """Make a branch; returns a code of `errors` when it cannot be sent."""
        layer = self._layer
        index = len(transaction.branches)
        if index >= layer.core.settings.max_branches:
            layer.core.log.error(f"there are {index} branches already (max_branches)", "tm")
            return errors.TOO_MANY_BRANCHES
        branch = Branch(index, target.uri)
        msg.uri, msg.dst_uri, msg.bflags, msg.send_socket = target.uri, target.dst_uri, target.flags, target.socket
        msg.separate()
        if target.path or msg.has_sending:
            msg.sending.path = target.path
        branch.instance, branch.ruid, branch.user_agent = target.instance, target.ruid, target.user_agent
        if route and not await self._run_branch_route(transaction, run, msg, branch, route):
            return errors.CONFIGURATION
        branch.uri, branch.dst_uri, branch.flags = msg.uri, msg.dst_uri, msg.bflags
        branch.path = msg.sending.path if msg.has_sending else ""
        branch.on_reply = transaction.on_reply
        branch.on_failure = transaction.on_failure
        branch.on_branch_failure = transaction.on_branch_failure
        found = await self._locate(msg, hop)
        if isinstance(found, int):
            return found
        place = found.first()
        if place is None:
            layer.core.log_bounded(f"no address for {msg.dst_uri or msg.uri}: {found.error}", "tm", Level.ERR)
            return errors.UNRESOLVABLE
        error = self._build(transaction, msg, branch, place)
        if error:
            return error
        transaction.branches.append(branch)
        return _Ready(branch, msg.copy() if found.may_have_more else msg, found)

    async def _run_branch_route(
        self, transaction: Transaction, run: Run, msg: Request, branch: Branch, name: str
    ) -> bool:
        """Run the branch_route; return whether it let the branch be."""
        routes = self._layer.core.routes
        function = routes.find(Route.BRANCH, name)
        if function is None:
            return True
        context = attach(msg, transaction, branch)
        outcome = routes.call(run, function, msg, Route.BRANCH)
        if not isinstance(outcome, Outcome):
            outcome = await outcome
        context.branch = None
        return not outcome.dropped

    async def _locate(self, msg: Request, hop: Hop | None) -> Candidates | int:
        """Find where a branch goes."""
        host, port, protocol = ("", 0, "") if hop is None else (hop.host, hop.port, hop.protocol)
        if not host:
            text = msg.dst_uri or msg.uri
            try:
                host, uri_port, uri_protocol = next_hop(text)
            except UriError as error:
                self._layer.core.log_bounded(f"the URI {text} is malformed: {error}", "tm", Level.ERR)
                return errors.UNRESOLVABLE
            port, protocol = port or uri_port, protocol or uri_protocol
        found = self._layer.core.resolver.locate(host, port, protocol)
        return found if isinstance(found, Candidates) else await found

    def _build(self, transaction: Transaction, msg: Request, branch: Branch, place: Candidate) -> int:
        """Build what a branch sends to a place; returns 0 or a code of `errors`."""
        core = self._layer.core
        socket = sending_socket(core, msg, place.protocol, place.ip)
        if socket is None:
            core.log_bounded(f"there is no {place.protocol} socket to reach {place.ip} from", "tm", Level.ERR)
            return errors.NO_SOCKET
        value = self._layer.store.branch_value(transaction, branch.index)
        try:
            branch.data, socket = build_for(core, msg, socket, place.ip, value, branch.index)
        except SipParseError as error:
            core.log_bounded(f"a request cannot be sent on: {error}", "tm", Level.ERR)
            return errors.BAD_REQUEST
        branch.destination = Destination(socket.protocol, place.ip, place.port, socket)
        if msg.has_sending:
            msg.sending.apply(branch.destination)
        self.prepare(transaction, branch)
        return 0

    def prepare(self, transaction: Transaction, branch: Branch) -> None:
        """Give a branch with its destination its timers."""
        layer = self._layer
        branch.retransmission = Retransmission(
            layer.core.timers,
            partial(self._resend, branch),
            partial(self._over, transaction, branch),
        )

    def _resend(self, branch: Branch) -> None:
        self._layer.core.transport.send(branch.data, branch.destination)

    def _over(self, transaction: Transaction, branch: Branch) -> None:
        self._layer.post(transaction, self._replies.timed_out(transaction, branch))

    def failed(self, transaction: Transaction, branch: Branch) -> None:
        """Deal with a branch that turned out not to have been sent."""
        self._layer.post(transaction, self._replies.not_sent(transaction, branch))

    async def _send(self, transaction: Transaction, ready: _Ready) -> bool:
        """Send a branch; if that fails at once, to the next place of its destination."""
        branch, layer = ready.branch, self._layer
        if branch.destination.protocol != "udp":
            branch.destination.on_error = partial(self.failed, transaction, branch)
        if layer.core.send_request(ready.request, branch.data, branch.destination):
            layer.start_timers(transaction, branch)
            self._keep_further(transaction, ready)
            return True
        # as a branch that timed out, but without a reply that could be chosen
        branch.last_status = layer.params.reply_408_code
        layer.core.log_bounded(f"sending to {branch.destination} failed", "tm", Level.WARN)
        if transaction.disable_failover:
            return False
        return await self._try_further(transaction, ready)

    def _keep_further(self, transaction: Transaction, ready: _Ready) -> None:
        """Keep the means to try further places of the destination, if it may have any."""
        if not ready.further.may_have_more or transaction.disable_failover:
            return
        ready.branch.next_address = partial(self._try_further, transaction, ready)

    async def _try_further(self, transaction: Transaction, failed: _Ready) -> bool:
        """Send to the next place of a destination, as a branch of its own; return whether there was one."""
        further = failed.further.next()
        place = further if further is None or isinstance(further, Candidate) else await further
        index = len(transaction.branches)
        if place is None or gave_up(transaction) or index >= self._layer.core.settings.max_branches:
            return False
        before = failed.branch
        branch = Branch(index, before.uri)
        for name in ("dst_uri", "path", "flags", "on_reply", "on_failure", "on_branch_failure", "instance", "ruid"):
            setattr(branch, name, getattr(before, name))
        branch.user_agent = before.user_agent
        if self._build(transaction, failed.request, branch, place):
            return False
        transaction.branches.append(branch)
        return await self._send(transaction, _Ready(branch, failed.request, failed.further))


def gave_up(transaction: Transaction) -> bool:
    """Whether the caller has given up, which may happen while a branch waits."""
    return transaction.canceled
