"""Functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from kahea.api import (
    BranchView,
    Int,
    Message,
    Reply,
    Request,
    Result,
    Route,
    RouteNameKind,
    Run,
    StatusCode,
    function,
)

from kahea_tmx.base import TmxBase

NamedRoute = Annotated[str, RouteNameKind(Route.REQUEST)]


def _cseq_number(text: str) -> int:
    word = text.split()[0] if text.split() else ""
    return int(word) if word.isdecimal() else -1


class TmxFunctions(TmxBase):
    """Functions on transactions."""

    @function(routes=Route.REQUEST)
    def t_precheck_trans(self, run: Run) -> Result:
        """Look whether the script for an earlier copy of the request still runs.

        Such a copy never gets so far: the server absorbs what is repeated while a script waits. The function is there
        for files that call it.

        Returns:
            1 for a CANCEL that belongs to a transaction, -1 otherwise.

        Example:
            if (t_precheck_trans()) {
                t_check_trans();
                exit;
            }
        """
        msg = run.msg
        if not isinstance(msg, Request) or not self.params.precheck_trans:
            return -1
        return 1 if msg.method == "CANCEL" and self.tm.of_cancel(msg) is not None else -1

    # --- suspending ------------------------------------------------------------------------------

    @function()
    def t_suspend(self, run: Run) -> Result:
        """Keep the request's transaction open while something outside is waited for; `t_continue` lets it go on.

        The transaction is made if there is none; an INVITE is answered 100. What nobody lets go on ends with
        `fr_timer`: its failure_route runs, or it is answered 408.

        Returns:
            1; negative when there is no transaction and none can be made.

        Example:
            t_newtran();
            $shv(index) = $T(id_index);
            $shv(label) = $T(id_label);
            t_suspend();
            exit;
        """
        return self.tm.suspend(run)

    @function()
    def t_continue(self, msg: Message, tindex: Int, tlabel: Int, rtname: NamedRoute) -> Result:
        """Let a suspended transaction go on in a named route.

        Args:
            tindex, tlabel: of the transaction: `$T(id_index)` and `$T(id_label)`.
            rtname: name of a `route`; it sees the suspended request with its flags, `$avp` and changes.

        Returns:
            1; -1 when no such transaction waits. Where it lives in another worker, that is not known at once.

        Example:
            t_continue("$shv(index)", "$shv(label)", "RESUME");
        """
        return 1 if self.tm.resume(tindex, tlabel, rtname) else -1

    # --- cancelling and answering ----------------------------------------------------------------

    @function(routes=Route.ONREPLY)
    def t_cancel_branches(self, msg: Reply, which: str) -> Result:
        """Cancel branches of the reply's transaction.

        Args:
            which: `all` branches, the `others` than that of the reply, or `this` one.

        Returns:
            1; -1 when there was nothing to cancel.

        Example:
            onreply_route[R] {
                if ($rs == 183) {
                    t_cancel_branches("others");
                }
            }
        """
        modes = {"all", "others", "this"}
        if which.lower() not in modes:
            raise ValueError(f'"{which}" is none of all, others, this')
        transaction = self.current(msg)
        own = self.tm.branch_of(msg)
        if transaction is None or not transaction.is_invite:
            return -1
        branches: Sequence[BranchView] = transaction.branches
        if which.lower() == "this":
            branches = [] if own is None or msg.status >= 200 else [own]
        elif which.lower() == "others" or msg.status >= 200:
            branches = [branch for branch in branches if branch is not own]
        return 1 if self.tm.cancel_branches(transaction, branches) else -1

    @function()
    def t_cancel_branch_idx(self, msg: Message, tindex: Int, tlabel: Int, bindex: Int) -> Result:
        """Cancel one branch of a transaction of this worker.

        Args:
            tindex, tlabel: of the transaction.
            bindex: of the branch.

        Returns:
            1; -1 where there is no such transaction.
        """
        transaction = self.tm.by_id(tindex, tlabel)
        if transaction is None:
            return -1
        branches = [branch for branch in transaction.branches if branch.index == bindex]
        self.tm.cancel_branches(transaction, branches)
        return 1

    @function()
    def t_cancel_callid(self, msg: Message, callid: str, cseq: str, flag: Int, rcode: Int = 0) -> Result:
        """Cancel all branches of the transaction of a request with a Call-ID and CSeq.

        Args:
            callid: of the request.
            cseq: its number.
            flag: number of a message flag that is set for its routes, 1 to 31; 0 for none.
            rcode: status code for the Reason header of the CANCEL; 0 for none.

        Returns:
            1; -1 where there is no such transaction.

        Example:
            t_cancel_callid("123qaz", "5", "22");
        """
        transaction = self.tm.by_call(callid, _cseq_number(cseq))
        if transaction is None:
            return -1
        if 0 < flag < 32:
            transaction.flags |= 1 << flag
        self.tm.cancel_branches(transaction, transaction.branches, rcode if 100 <= rcode <= 699 else 0)
        return 1

    @function()
    def t_reply_callid(self, msg: Message, callid: str, cseq: str, code: StatusCode, reason: str) -> Result:
        """Answer the request with a Call-ID and CSeq, within its transaction.

        Args:
            callid: of the request.
            cseq: its number.
            code: status code.
            reason: reason phrase.

        Returns:
            1; -1 where there is no such transaction or it has its final reply.

        Example:
            t_reply_callid("123qaz", "5", "458", "Replied remotely");
        """
        transaction = self.tm.by_call(callid, _cseq_number(cseq))
        return 1 if transaction is not None and self.tm.answer(transaction, code or 500, reason) else -1

    @function()
    def t_drop(self, msg: Message, rcode: Int = 500) -> Result:
        """End the transaction without a reply; the script ends too.

        Args:
            rcode: the status code that it is recorded with.

        Returns:
            0; -1 without a transaction.
        """
        transaction = self.current(msg)
        if transaction is None:
            return -1
        self.tm.drop(transaction, rcode)
        return 0

    @function(routes=Route.EVENT)
    def t_reuse_branch(self, msg: Request) -> bool:
        """Aim the request where the failed branch went, with its flags and path.

        It is for `event_route[tm:branch-failure:...]`.

        Example:
            event_route[tm:branch-failure:RETRY] {
                t_reuse_branch();
            }
        """
        return self.tm.reuse_branch(msg)

    @function()
    def t_uac_ack_local(self, msg: Message, callid: str, cseq: str, headers: str = "", body: str = "") -> Result:
        """Send the ACK to the 2xx of an INVITE of our own, which `t_set_no_auto_ack` has kept back.

        Args:
            callid: of the INVITE.
            cseq: its number.
            headers: further header lines.
            body: of the ACK.

        Returns:
            1; -1 where there is no such INVITE.
        """
        return 1 if self.tm.acknowledge(callid, _cseq_number(cseq), headers, body.encode()) else -1

    # --- flags -----------------------------------------------------------------------------------

    @function(aliases=("t_flush_xflags",))
    def t_flush_flags(self, msg: Message) -> bool:
        """Give the transaction the message's flags as they are now."""
        transaction = self.current(msg)
        if transaction is None:
            return False
        transaction.flags = msg.flags
        return True

    def _vbflags(self, msg: Message) -> BranchView | None:
        return self.tm.branch_of(msg)

    @function()
    def t_vbflag_set(self, msg: Message, flag: Int) -> bool:
        """Set the flag number *flag* of the branch, which changes what our Via says."""
        branch = self._vbflags(msg)
        if branch is None or not 0 <= flag < 32:
            return False
        branch.vbflags |= 1 << flag
        return True

    @function()
    def t_vbflag_reset(self, msg: Message, flag: Int) -> bool:
        """Reset the flag number *flag* that `t_vbflag_set` sets."""
        branch = self._vbflags(msg)
        if branch is None or not 0 <= flag < 32:
            return False
        branch.vbflags &= ~(1 << flag)
        return True

    @function()
    def t_vbflag_is_set(self, msg: Message, flag: Int) -> bool:
        """Whether the flag number *flag* is set that `t_vbflag_set` sets."""
        branch = self._vbflags(msg)
        return branch is not None and 0 <= flag < 32 and bool(branch.vbflags & 1 << flag)

    # --- kinds of routes -------------------------------------------------------------------------

    @function()
    def t_is_request_route(self, run: Run) -> bool:
        """Whether the script runs as a part of request_route."""
        return run.kind is Route.REQUEST

    @function()
    def t_is_failure_route(self, run: Run) -> bool:
        """Whether the script runs as a part of a failure_route."""
        return run.kind is Route.FAILURE

    @function()
    def t_is_branch_route(self, run: Run) -> bool:
        """Whether the script runs as a part of a branch_route."""
        return run.kind is Route.BRANCH

    @function()
    def t_is_reply_route(self, run: Run) -> bool:
        """Whether the script runs as a part of reply_route or an onreply_route."""
        return run.kind in (Route.CORE_ONREPLY, Route.TM_ONREPLY)
