"""Replies to what we sent: the routes that see them, the choice among them, and what goes to the caller."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from kahea.api import (
    Level,
    Outcome,
    Reply,
    Request,
    Route,
    SipParseError,
    build_forwarded_reply,
    build_reply,
    parse_message,
    status_line,
)

from kahea_tm.errors import UNSPECIFIED, reason_of
from kahea_tm.layer import attach
from kahea_tm.messages import build_from_sent, to_of
from kahea_tm.picking import OPEN, pick
from kahea_tm.states import Do, Event, State, event_of
from kahea_tm.transaction import FAKED, Branch, Faked, Transaction

if TYPE_CHECKING:
    from kahea_tm.answering import Answers
    from kahea_tm.cancelling import Canceller
    from kahea_tm.layer import Layer

ON_ACKS: Final = 1
"""Bit of ``evlreq_mode``."""


class Result(Enum):
    """What became of a reply (Kamailio: ``enum rps``)."""

    DISCARDED = "discarded"
    PROVISIONAL = "provisional"
    STORED = "stored"
    COMPLETED = "completed"
    LATE = "late"
    """A 2xx that came after the final reply: sent on, and not kept."""


class Replies:
    """Deals with replies of branches, and with those that we make up for them.

    Args:
        layer: the transaction layer.
        answers: makes replies of our own.
        canceller: cancels branches.
    """

    def __init__(self, layer: Layer, answers: Answers, canceller: Canceller) -> None:
        self._layer = layer
        self._answers = answers
        self._canceller = canceller
        self._failover_codes: frozenset[int] = frozenset()

    def start_worker(self) -> None:
        """Take what only a worker has."""
        codes = self._layer.params.failover_reply_codes.replace(";", ",").split(",")
        self._failover_codes = frozenset(int(code) for code in codes if code.strip().isdecimal())

    # --- events ----------------------------------------------------------------------------------

    def receive(self, reply: Reply) -> bool:
        """Take a reply from the network; ``False`` when it belongs to no transaction."""
        layer = self._layer
        found = layer.store.of_reply(reply)
        if found is None:
            return False
        transaction, branch = found
        layer.counted.rpl_received()
        if transaction.is_invite and reply.method == "CANCEL":
            self._canceller.replied(branch, reply.status)
            return True
        # what the client transaction does is done at once, though a route of the transaction may wait
        code, state = reply.status, branch.state
        do = transaction.client_step(branch, event_of(code))
        if do & Do.STOP:
            branch.retransmission.stop()
        if do & Do.ACKNOWLEDGE:
            self._acknowledge(transaction, branch, reply)
        if do & Do.STOP_RETRANSMISSIONS:
            branch.retransmission.stop_repeating()
        if do & Do.SLOW_RETRANSMISSIONS:
            branch.retransmission.slow()
        if transaction.busy and code < 200 and transaction.is_invite and not branch.canceled:
            self._extend(transaction, branch, branch.last_status, code)
        is_first_final = code >= 200 and state is not branch.state
        layer.post(transaction, self._received(transaction, branch, reply), must=is_first_final)
        return True

    async def _received(self, transaction: Transaction, branch: Branch, reply: Reply) -> None:
        layer, code = self._layer, reply.status
        before = branch.last_status
        on_success = transaction.on_success
        if on_success is not None and 200 <= code < 300 and transaction.is_invite:
            if transaction.no_auto_ack:
                transaction.accepted = reply
            else:
                on_success(branch, reply)
        if code < 200 and branch.canceled:
            if transaction.is_invite and branch.state not in (State.COMPLETED, State.ACCEPTED):
                self._canceller.resume(transaction, branch)
            branch.last_status = max(branch.last_status, code)
            return
        if branch.on_reply and await self._dropped(transaction, branch, reply, before) and code < 200:
            return
        code = reply.status
        if (code == 503 or code in self._failover_codes) and await self._next_address(transaction, branch):
            branch.last_status = max(branch.last_status, code)
        if transaction.suspended:
            held = transaction.held_reply
            if code >= 200 and (held is None or held[1] is not reply) and branch.last_status < 200:
                transaction.held_back.append((branch, reply))
            return
        result = await self.relay(transaction, branch, reply, code)
        branch.replied = True
        if result is Result.COMPLETED:
            layer.stop_branches(transaction)
        elif code < 200 and transaction.is_invite:
            self._extend(transaction, branch, before, code)

    def _extend(self, transaction: Transaction, branch: Branch, before: int, code: int) -> None:
        """Start the timer of the final reply to an INVITE again, if the provisional reply *code* asks for it."""
        rises = before < code and (code >= 180 or before == 0)
        if branch.state is State.PROCEEDING and (rises or self._layer.params.restart_fr_on_each_reply):
            self._layer.extend_timer(transaction, branch)

    async def relay_held_back(self, transaction: Transaction) -> None:
        """Deal with the final replies that came while a transaction was suspended."""
        while transaction.held_back and not transaction.suspended:
            branch, reply = transaction.held_back.pop(0)
            if await self.relay(transaction, branch, reply, reply.status) is Result.COMPLETED:
                self._layer.stop_branches(transaction)

    async def _dropped(self, transaction: Transaction, branch: Branch, reply: Reply, before: int) -> bool:
        """Run the onreply_route of a branch; return whether it dropped the reply."""
        routes = self._layer.core.routes
        function = routes.find(Route.TM_ONREPLY, branch.on_reply)
        if function is None:
            return False
        attach(reply, transaction, branch)
        reply.flags = transaction.flags
        reply.bflags = branch.flags
        branch.last_status = max(before, reply.status)
        outcome = routes.run(function, reply, Route.TM_ONREPLY, transaction.values)
        if not isinstance(outcome, Outcome):
            outcome = await outcome
        branch.last_status = before
        transaction.flags = reply.flags
        branch.flags = reply.bflags
        return outcome.dropped

    async def timed_out(self, transaction: Transaction, branch: Branch) -> None:
        """Deal with a branch whose time is over."""
        layer, params = self._layer, self._layer.params
        do = transaction.client_step(branch, Event.TIMEOUT)
        if not do & Do.DELIVER:
            return
        branch.timed_out = True
        if (
            not params.noisy_ctimer
            and not transaction.is_local
            and transaction.is_invite
            and len(transaction.branches) == 1
            and not transaction.on_failure
            and branch.last_status == 0
        ):
            layer.wait(transaction)
            return
        if branch.last_status == 0 and not branch.blind:
            await self._next_address(transaction, branch)
        await self.make_up(transaction, branch, params.reply_408_code)

    async def not_sent(self, transaction: Transaction, branch: Branch) -> None:
        """Deal with a branch whose request turned out not to have been sent, some time after it was queued."""
        if branch.last_status or not transaction.client_step(branch, Event.ERROR) & Do.DELIVER:
            return
        branch.retransmission.stop()
        await self._next_address(transaction, branch)
        await self.make_up(transaction, branch, 477)

    async def _next_address(self, transaction: Transaction, branch: Branch) -> bool:
        """Try the next address of a branch's destination; return whether there was one."""
        more, branch.next_address = branch.next_address, None
        if more is None or transaction.canceled or transaction.disable_failover:
            return False
        if self._layer.core.clock.monotonic() >= transaction.end_of_life:
            return False
        return await more()

    async def make_up(self, transaction: Transaction, branch: Branch, code: int) -> None:
        """Deal with a reply that we make up for a branch."""
        cancel = transaction.is_invite and 100 <= branch.last_status < 200 and not branch.cancel
        branch.canceled = branch.relaying = True
        result = await self.relay(transaction, branch, FAKED, code)
        if cancel:
            self._canceller.cancel(transaction, branch, force=True)
        if result is Result.COMPLETED:
            self._layer.stop_branches(transaction)

    # --- the choice ------------------------------------------------------------------------------

    async def relay(self, transaction: Transaction, branch: Branch, reply: Reply | Faked, code: int) -> Result:
        """Send a reply on to the caller, or keep it until all branches have replied.

        Args:
            transaction: of the branch.
            branch: that replied.
            reply: the reply, or `FAKED`.
            code: its status code.
        """
        if code >= 300:
            result, chosen = await self._negative(transaction, branch, reply, code)
        else:
            result, chosen = self._positive(transaction, branch, code)
        if chosen is not None:
            winner = reply if chosen is branch else chosen.reply
            winning_code = code if chosen is branch else chosen.last_status
            if transaction.is_local:
                self._complete(transaction, winner, winning_code)
            else:
                self._send_up(transaction, chosen, winner, winning_code, result)
        return result

    def _positive(self, transaction: Transaction, branch: Branch, code: int) -> tuple[Result, Branch | None]:
        is_success = code >= 200
        if transaction.status >= 200:
            if is_success and transaction.is_invite:
                branch.last_status = code
                return Result.LATE, branch
            return Result.DISCARDED, None
        if branch.last_status >= 200 and not (is_success and transaction.is_invite and branch.last_status < 300):
            return Result.DISCARDED, None
        branch.last_status = code
        if not is_success:
            relayed = code != 100 or bool(self._layer.params.relay_100)
            return Result.PROVISIONAL, branch if relayed else None
        branch.retransmission.stop()
        if transaction.is_invite:
            self._canceller.cancel_open(transaction, code, kill=True)
        return Result.COMPLETED, branch

    async def _negative(
        self, transaction: Transaction, branch: Branch, reply: Reply | Faked, code: int
    ) -> tuple[Result, Branch | None]:
        params = self._layer.params
        if transaction.status >= 200 or branch.last_status >= 200:
            return Result.DISCARDED, None
        branch.last_status = code
        if branch.on_branch_failure:
            branch.reply = reply
            await self._run_failure(transaction, branch, Route.BRANCH_FAILURE)
            branch.reply = None
        index, _ = pick(transaction, branch, code, params.faked_reply_prio)
        if index == OPEN:
            branch.reply = reply
            self._stop_others(transaction, code)
            return Result.STORED, None
        picked = transaction.branches[index] if index >= 0 else branch
        count = len(transaction.branches)
        branch.reply = reply
        transaction.stopped_by_6xx = False
        transaction.drop_replies = params.failure_reply_mode
        dropped = False
        hidden = 0
        for observer in transaction.observers:
            final = picked.reply if isinstance(picked.reply, Reply) else None
            hidden |= observer.failed(transaction, picked, final, picked.last_status)
        if picked.on_failure:
            await self._run_failure(transaction, picked, Route.FAILURE, hidden)
            mode = transaction.drop_replies
            if mode and (mode != 3 or count < len(transaction.branches)):
                self._forget_replies(transaction, mode, count)
                dropped = True
        else:
            transaction.flags &= ~hidden
        if transaction.status >= 200:
            return Result.COMPLETED, None
        if count < len(transaction.branches):
            index, _ = pick(transaction, None if dropped else branch, code, params.faked_reply_prio)
            if index == OPEN:
                return (Result.DISCARDED if dropped else Result.STORED), None
            if index >= 0:
                picked = transaction.branches[index]
            elif dropped:
                return self._all_failed(transaction, branch)
        elif dropped:
            return self._all_failed(transaction, branch)
        return Result.COMPLETED, picked

    def _stop_others(self, transaction: Transaction, code: int) -> None:
        """Let a 6xx end the other branches (RFC 3261 16.7 step 5)."""
        disabled = transaction.disable_6xx
        if disabled is None:
            disabled = bool(self._layer.params.disable_6xx_block)
        if 600 <= code < 700 and transaction.is_invite and not transaction.stopped_by_6xx and not disabled:
            transaction.stopped_by_6xx = True
            self._canceller.cancel_open(transaction, code)

    @staticmethod
    def _forget_replies(transaction: Transaction, mode: int, count: int) -> None:
        start = 0
        if mode == 2:
            starts = [one.index for one in transaction.branches[:count] if one.first_of_step]
            start = starts[-1] if starts else 0
        for branch in transaction.branches[start:count]:
            branch.reply = None

    def _all_failed(self, transaction: Transaction, branch: Branch) -> tuple[Result, Branch | None]:
        if transaction.is_local:
            return Result.COMPLETED, branch
        self._answers.error(transaction, transaction.error or UNSPECIFIED)
        return Result.COMPLETED, None

    async def _run_failure(self, transaction: Transaction, branch: Branch, kind: Route, hidden: int = 0) -> None:
        """Run the failure_route, or the route of the branch's failure, on a copy of the request.

        Args:
            transaction: of the branch.
            branch: that failed.
            kind: of the route.
            hidden: flags that the route does not see.
        """
        request = transaction.request
        routes = self._layer.core.routes
        if kind is Route.FAILURE:
            name, transaction.on_failure = branch.on_failure, ""
            function = routes.find(Route.FAILURE, name)
        else:
            name, branch.on_branch_failure = branch.on_branch_failure, ""
            transaction.on_branch_failure = ""
            function = routes.find(Route.EVENT, f"tm:branch-failure:{name}")
        if request is None or function is None:
            transaction.flags &= ~hidden
            return
        faked = self.copy_of(transaction, request)
        faked.flags &= ~hidden
        faked.bflags = branch.flags
        faked.consume_uri()
        attach(faked, transaction, branch)
        outcome = routes.run(function, faked, kind, transaction.values)
        if not isinstance(outcome, Outcome):
            outcome = await outcome
        transaction.flags = faked.flags
        if outcome.failed and transaction.status < 200:
            self._answers.reply(transaction, request, 500, "Server Internal Error")

    @staticmethod
    def copy_of(transaction: Transaction, request: Request) -> Request:
        """Return a copy of a transaction's request as it was at its last ``t_relay``."""
        copy = request.copy()
        if transaction.target is not None:
            copy.aim_at(transaction.target)
            copy.separate()
        copy.flags = transaction.flags
        copy.branches.clear()
        return copy

    # --- what goes up ----------------------------------------------------------------------------

    def _complete(self, transaction: Transaction, reply: Reply | Faked | None, code: int) -> None:
        """Hand the reply to a request of our own to who sent it."""
        layer = self._layer
        transaction.status = code
        on_complete = transaction.on_complete
        if on_complete is not None and (code >= 200 or layer.params.pass_provisional_replies):
            on_complete(transaction, reply, code)
        if code >= 200:
            layer.counted.final(code)
            layer.wait(transaction)

    def _send_up(
        self, transaction: Transaction, branch: Branch, reply: Reply | Faked | None, code: int, result: Result
    ) -> None:
        layer, request = self._layer, transaction.request
        assert request is not None
        params = layer.params
        try:
            if not isinstance(reply, Reply):
                data, code = self._made(transaction, request, 487 if transaction.canceled else code)
            elif code == 503 and params.remap_503_500:
                data, code = self._built(request, 500, reason_of(503)), 500
            elif code in (401, 407) and params.aggregate_challenges and self._challengers(transaction, reply) > 1:
                data = self._built(request, code, reason_of(code), self._challenges(transaction, reply))
            else:
                data = build_forwarded_reply(reply)
        except SipParseError as error:
            layer.core.log_bounded(f"a reply cannot be sent on: {error}", "tm", Level.ERR)
            self._answers.reply(transaction, request, 500, "Reply processing error")
            return
        if isinstance(reply, Reply):
            layer.core.reply_out(reply)
        if result is Result.LATE and params.reply_relay_mode:
            if transaction.reply_destination is not None:
                layer.core.transport.send(data, transaction.reply_destination)
            return
        transaction.relayed_branch = branch.index
        if isinstance(reply, Reply) and layer.core.settings.onsend_route_reply:
            destination, transaction.reply_destination = transaction.reply_destination, None
            self._answers.send(transaction, code, data, reply)
            transaction.reply_destination = destination
            if destination is not None:
                layer.core.send_request(reply, data, destination)
            return
        self._answers.send(transaction, code, data, reply if isinstance(reply, Reply) else None)

    def _made(self, transaction: Transaction, request: Request, code: int) -> tuple[bytes, int]:
        """Build the reply that stands for branches that never replied."""
        params = self._layer.params
        reason = params.reply_408_reason if code == params.reply_408_code else reason_of(code)
        self._layer.counted.rpl_generated()
        return self._built(request, code, reason), code

    def _built(self, request: Request, code: int, reason: str, extra: str = "") -> bytes:
        tag = self._layer.tags.tag(request)
        return build_reply(request, status_line(code, reason), tag, self._layer.server_line, extra)

    @staticmethod
    def _challenging(transaction: Transaction, current: Reply) -> list[Reply]:
        stored = (one.reply for one in transaction.branches if one.last_status in (401, 407))
        found = [reply for reply in stored if isinstance(reply, Reply)]
        return found if any(reply is current for reply in found) else [*found, current]

    def _challengers(self, transaction: Transaction, current: Reply) -> int:
        return len(self._challenging(transaction, current))

    def _challenges(self, transaction: Transaction, current: Reply) -> str:
        """Return the challenges of all branches, as header lines."""
        lines = []
        for reply in self._challenging(transaction, current):
            for name in ("WWW-Authenticate", "Proxy-Authenticate"):
                lines += [f"{name}: {value.rstrip()}\r\n" for value in reply.header_values(name)]
        return "".join(lines)

    def _acknowledge(self, transaction: Transaction, branch: Branch, reply: Reply) -> None:
        """Send the ACK to a negative reply to an INVITE (RFC 3261 17.1.1.3)."""
        layer = self._layer
        ack = build_from_sent(branch.data, "ACK", to_of(reply), "", layer.params.ac_extra_hdrs)
        layer.core.transport.send(ack, branch.destination)
        if layer.params.evlreq_mode & ON_ACKS:
            run = layer.core.event_route("tm:local-request")
            if run is not None:
                run(parse_message(ack, reply.source))
