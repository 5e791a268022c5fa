"""Functions that look at a transaction."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from kahea.api import Binder, Int, Kind, Message, Mode, Reply, Result, Route, Run, Value, compile_posix, function

from kahea_tm.declared.base import REPLYING, SETTING, TmBase
from kahea_tm.layer import context_of
from kahea_tm.picking import pick
from kahea_tm.transaction import Transaction

_VARIABLE = re.compile(r"\$[(a-zA-Z]")

Pattern = Callable[[Run], re.Pattern[str]]


class StatusPatternKind(Kind):
    """A regular expression for status codes, or a pseudo-variable that holds one."""

    mode = Mode.RAW
    label = "regex"
    takes_variable = True

    def bind(self, value: str | int, binder: Binder) -> Pattern:
        """Return what gives the compiled pattern."""
        text = str(value)
        if _VARIABLE.match(text):
            read = binder.value(text)
            return lambda run: compile_posix(str(read(run) or ""), re.IGNORECASE)
        return self.dynamic(text)

    def dynamic(self, value: Value) -> Pattern:
        """Return what gives the pattern that a value is."""
        pattern = compile_posix(str(value), re.IGNORECASE)
        return lambda _run: pattern


class QueryFunctions(TmBase):
    """``t_check_status``, ``t_is_…``, ``t_any_…``."""

    def _status(self, run: Run, transaction: Transaction) -> int:
        """Return the status that the running route is about."""
        msg = run.msg
        if isinstance(msg, Reply):
            return msg.status
        context = context_of(msg)
        if run.kind is Route.FAILURE:
            _, code = pick(transaction, None, 0, self.params.faked_reply_prio)
            return code
        if run.kind is Route.BRANCH_FAILURE and context.branch is not None:
            return context.branch.last_status
        return transaction.status

    @function(routes=REPLYING)
    def t_check_status(self, run: Run, status: Annotated[Pattern, StatusPatternKind()]) -> bool:
        """Whether a status code matches a pattern.

        That is the code of the reply in onreply_route, of the best reply of all branches in failure_route, of the last
        reply that was sent in request_route.

        Args:
            status: regular expression; it may match anywhere in the code.

        Example:
            if (t_check_status("486|408")) { ... }
        """
        transaction = self.transaction_of(run.msg)
        return transaction is not None and status(run).search(str(self._status(run, transaction))) is not None

    @function(routes=REPLYING | Route.BRANCH)
    def t_get_status_code(self, run: Run) -> Result:
        """Return the status code that `t_check_status` looks at; -1 without a transaction."""
        transaction = self.transaction_of(run.msg)
        return -1 if transaction is None else self._status(run, transaction) or -1

    @function(routes=SETTING)
    def t_grep_status(self, msg: Message, code: Int) -> bool:
        """Whether a branch received a final reply with the status *code*."""
        transaction = self.transaction_of(msg)
        return transaction is not None and any(
            branch.last_status == code and branch.replied for branch in transaction.branches
        )

    @function(routes=Route.FAILURE | Route.EVENT)
    def t_branch_timeout(self, msg: Message) -> bool:
        """Whether the branch whose reply was chosen has timed out."""
        branch = context_of(msg).branch
        return branch is not None and branch.timed_out

    @function(routes=Route.FAILURE | Route.EVENT)
    def t_branch_replied(self, msg: Message) -> bool:
        """Whether the branch whose reply was chosen has received any reply before."""
        branch = context_of(msg).branch
        return branch is not None and branch.replied

    @function(routes=SETTING)
    def t_any_timeout(self, msg: Message) -> bool:
        """Whether a branch has timed out."""
        transaction = self.transaction_of(msg)
        return transaction is not None and any(branch.timed_out for branch in transaction.branches)

    @function(routes=SETTING)
    def t_any_replied(self, msg: Message) -> bool:
        """Whether a branch has received any reply."""
        transaction = self.transaction_of(msg)
        return transaction is not None and any(branch.replied for branch in transaction.branches)

    @function(routes=SETTING)
    def t_is_canceled(self, msg: Message) -> bool:
        """Whether the caller has given up."""
        transaction = self.transaction_of(msg)
        return transaction is not None and transaction.canceled

    @function(routes=SETTING)
    def t_is_expired(self, msg: Message) -> bool:
        """Whether the transaction has outlived `max_inv_lifetime` or `max_noninv_lifetime`."""
        transaction = self.transaction_of(msg)
        return transaction is not None and self.core.clock.monotonic() >= transaction.end_of_life

    @function()
    def t_is_set(self, msg: Message, target: str) -> bool:
        """Whether a route was chosen for the transaction.

        Args:
            target: `branch_route`, `failure_route`, `onreply_route` or `branch_failure_route`.

        Example:
            if (!t_is_set("failure_route")) t_on_failure("MISSED");
        """
        context = context_of(msg)
        choices = context.transaction or context.choices
        if choices is None:
            return False
        names = {
            "branch_route": choices.on_branch,
            "failure_route": choices.on_failure,
            "onreply_route": choices.on_reply,
            "branch_failure_route": choices.on_branch_failure,
        }
        if target not in names:
            raise ValueError(f'there is no "{target}": use one of {", ".join(names)}')
        return bool(names[target])

    @function()
    def t_exists(self, msg: Message) -> bool:
        """Whether the message has a transaction."""
        return self.transaction_of(msg) is not None
