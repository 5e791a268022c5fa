"""Functions that answer, and that look at what was answered."""

from __future__ import annotations

from kahea.api import (
    Int,
    Message,
    NullableText,
    Request,
    Result,
    Route,
    Run,
    StatusCode,
    function,
    note_error,
    noted_error,
)

from kahea_tm.declared.base import REPLYING, TmBase
from kahea_tm.errors import internal
from kahea_tm.layer import context_of


class ReplyFunctions(TmBase):
    """``t_newtran``, ``t_reply`` and their relatives."""

    @function(routes=Route.REQUEST)
    def t_newtran(self, run: Run) -> Result:
        """Make the transaction of the request, so that repeated requests are absorbed while the script goes on.

        Returns:
            1 for a new transaction; 0, which ends the script, for a repeated request; negative when there is one.

        Example:
            if (!t_newtran()) {
                sl_reply_error();
                exit;
            }
        """
        msg = run.msg
        if not isinstance(msg, Request):
            return -1
        result = self.relay.make(run, msg)
        if result < 0:
            note_error(msg, internal(result))
        return result

    @function(routes=REPLYING)
    def t_reply(self, run: Run, code: StatusCode, reason: NullableText) -> Result:
        """Answer the request within its transaction; open branches are cancelled by a final reply.

        Args:
            code: status code; `default_code` when it evaluates to no number from 100 to 699.
            reason: reason phrase; `default_reason` when it is a pseudo-variable that is null.

        Returns:
            1 when the reply was sent; -1 when it was not, such as after a final one or without a transaction.

        Example:
            t_newtran();
            t_reply("404", "Not found");
        """
        msg = run.msg
        transaction = None if msg.method == "ACK" and isinstance(msg, Request) else self.transaction_of(msg)
        if transaction is None or transaction.request is None:
            return -1
        request = msg if isinstance(msg, Request) and transaction.request is not None else transaction.request
        transaction.answered_by_script = True
        text = self.params.default_reason if reason is None else reason
        return 1 if self.answers.reply(transaction, request, code or self.params.default_code, text) else -1

    @function(routes=REPLYING)
    def t_send_reply(self, run: Run, code: StatusCode, reason: NullableText) -> Result:
        """Answer the request with *code* and *reason* within a transaction, which is made if there is none.

        Returns:
            As `t_reply`.
        """
        msg = run.msg
        if isinstance(msg, Request) and context_of(msg).transaction is None:
            made = self.relay.make(run, msg)
            if made == 0:
                return 0
            if made < 0 or context_of(msg).transaction is None:
                return -1
        return self.t_reply(run, code, reason)

    @function(routes=REPLYING)
    def t_reply_error(self, run: Run) -> Result:
        """Answer within the transaction with what went wrong last; returns as `t_reply`."""
        transaction = self.transaction_of(run.msg)
        if transaction is None:
            return -1
        return 1 if self.answers.error(transaction, transaction.error or -noted_error(run.msg)) else -1

    @function(routes=Route.REQUEST)
    def t_retransmit_reply(self, msg: Request) -> Result:
        """Send the last reply of the transaction again; 1 when there was one, -1 otherwise."""
        transaction = self.transaction_of(msg)
        return 1 if transaction is not None and self.layer.resend_reply(transaction) else -1

    @function(routes=Route.REQUEST)
    def t_release(self, msg: Request) -> Result:
        """End the transaction of `t_newtran` without a reply: it only absorbs repeated requests for a while.

        Returns:
            1; -1 without a transaction.
        """
        transaction = self.transaction_of(msg)
        if transaction is None:
            return -1
        self.layer.release(transaction)
        return 1

    @function(routes=Route.REQUEST | Route.ONREPLY | Route.BRANCH)
    def t_check_trans(self, run: Run) -> Result:
        """Look whether the message belongs to a transaction.

        A repeated request is answered as before, and the ACK to a negative reply taken; both end the script.

        Returns:
            1 for a CANCEL whose INVITE is known, the ACK to a 2xx, a reply to what we sent; 0, which ends the script,
            for what was absorbed; -1 for anything else.

        Example:
            if (is_method("CANCEL")) {
                if (t_check_trans()) {
                    t_relay();
                }
                exit;
            }
            t_check_trans();
        """
        return self.relay.check(run, run.msg)

    @function(routes=Route.REQUEST)
    def t_lookup_request(self, msg: Request) -> bool:
        """Whether the request belongs to a transaction that exists already."""
        return self.transaction_of(msg) is not None

    @function(routes=Route.REQUEST)
    def t_lookup_cancel(self, msg: Request, flags: Int = 0) -> bool:
        """Whether the INVITE that a CANCEL means is known.

        Args:
            flags: 1 to give the CANCEL the flags of the INVITE.
        """
        if msg.method != "CANCEL":
            self.core.log.warning("t_lookup_cancel is for CANCEL only", self.name)
            return False
        transaction = self.layer.store.of_cancel(msg)
        if transaction is None:
            return False
        if flags:
            msg.flags = transaction.flags
        return True

    @function(routes=Route.FAILURE)
    def t_drop_replies(self, msg: Message, mode: str = "a") -> bool:
        """Forget replies of the branches so far, so that none of them is sent to the caller.

        Args:
            mode: `a` or `all` all; `l` or `last` those of the last step of a serial forking; `n` or `none` none.
        """
        transaction = self.transaction_of(msg)
        if transaction is None:
            return False
        transaction.drop_replies = {"n": 0, "l": 2}.get(mode[:1].lower(), 1)
        return True
