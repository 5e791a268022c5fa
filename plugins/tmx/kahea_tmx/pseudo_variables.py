"""Pseudo-variables."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import (
    Access,
    Binder,
    Message,
    PvHandle,
    PvSpec,
    Reply,
    Request,
    Route,
    Run,
    TransactionView,
    Value,
    pvar,
    pvar_syntax,
)

from kahea_tmx.base import TmxBase

_FIELDS = (
    "id_index",
    "id_label",
    "id_index_n",
    "id_label_n",
    "branch_index",
    "reply_code",
    "reply_reason",
    "reply_type",
)


class TmxVariables(TmxBase):
    """``$T…``."""

    def _reply_code(self, run: Run) -> int | None:
        msg = run.msg
        if isinstance(msg, Reply):
            return msg.status
        transaction = self.tm.find(msg)
        if transaction is None:
            return 0
        if run.kind in (Route.FAILURE, Route.BRANCH_FAILURE):
            branch = self.tm.branch_of(msg)
            return 0 if branch is None else branch.last_status
        return transaction.status

    def _reply_reason(self, run: Run) -> str | None:
        msg = run.msg
        if isinstance(msg, Reply):
            return msg.reason
        if run.kind not in (Route.FAILURE, Route.BRANCH_FAILURE):
            return ""
        reply = self.tm.reply_of(msg)
        return reply.reason if isinstance(reply, Reply) else ""

    def _branch_index(self, run: Run) -> int | None:
        msg = run.msg
        branch = self.tm.branch_of(msg)
        if isinstance(msg, Reply) or run.kind in (Route.BRANCH, Route.BRANCH_FAILURE):
            return -1 if branch is None else branch.index
        if not isinstance(msg, Request):
            return -1
        if run.kind is Route.REQUEST:
            return len(msg.branches)
        if run.kind is Route.FAILURE:
            transaction = self.current(msg)
            return None if transaction is None else len(transaction.branches) + len(msg.branches)
        return -1

    @pvar("T_reply_code")
    def t_reply_code(self, run: Run) -> int | None:
        """A status code, 0 without any.

        It is that of the reply in onreply_route, of the chosen one in failure_route, of the last one that was sent in
        request_route.
        """
        return self._reply_code(run)

    @pvar("T_reply_reason")
    def t_reply_reason(self, run: Run) -> str | None:
        """The reason phrase of the reply that `$T_reply_code` is about."""
        return self._reply_reason(run)

    @pvar("T_reply_last")
    def t_reply_last(self, run: Run) -> int | str:
        """In onreply_route, the highest status code that the branch has received."""
        branch = self.tm.branch_of(run.msg)
        return branch.last_status if run.kind is Route.TM_ONREPLY and branch is not None else ""

    @pvar("T_reply_ruid")
    def t_reply_ruid(self, run: Run) -> str | None:
        """The identifier of the location record that the replying branch was sent to."""
        if self.tm.find(run.msg) is None:
            return ""
        branch = self.tm.branch_of(run.msg)
        return "" if branch is None else branch.ruid

    @pvar("T_branch_idx")
    def t_branch_idx(self, run: Run) -> int | None:
        """The number of a branch, -1 where there is none.

        It is the branch's own in branch_route and onreply_route, that of the next one in request_route and
        failure_route.
        """
        return self._branch_index(run)

    @pvar_syntax("T")
    def t(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A property of the transaction.

        They are `$T(id_index)`, `$T(id_label)` (with `_n` they make the transaction if there is none),
        `$T(branch_index)`, `$T(reply_code)`, `$T(reply_reason)`, `$T(reply_type)` (1 for a reply that the server made
        up).
        """
        name = spec.inner or ""
        if name not in _FIELDS:
            raise ValueError(f"$T({name}): use one of {', '.join(_FIELDS)}")
        return Access(f"$T({name})", lambda run: self._field(run, name))

    def _field(self, run: Run, name: str) -> Value:
        match name:
            case "reply_code":
                return self._reply_code(run)
            case "reply_reason":
                return self._reply_reason(run)
            case "branch_index":
                return self._branch_index(run)
        transaction = self.current(run.msg)
        if transaction is None and name.endswith("_n") and self.tm.make(run) > 0:
            transaction = self.current(run.msg)
        if transaction is None:
            return None
        if name == "reply_type":
            return int(run.kind is Route.FAILURE and self.tm.reply_of(run.msg) == "")
        return transaction.index if name.startswith("id_index") else transaction.label

    @pvar_syntax("T_branch")
    def t_branch(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A property of the branch that the route is about: `$T_branch(flags)`, `$T_branch(uri)`, `$T_branch(ruid)`."""
        name = spec.inner or ""
        if name not in ("flags", "uri", "ruid"):
            raise ValueError(f"$T_branch({name}): use flags, uri or ruid")
        return Access(f"$T_branch({name})", lambda run: self._of_branch(run, name))

    def _of_branch(self, run: Run, name: str) -> Value:
        branch = self.tm.branch_of(run.msg)
        if branch is None or self.current(run.msg) is None:
            return None
        if name == "ruid":
            return branch.ruid
        if name == "uri":
            return branch.uri if run.kind is Route.TM_ONREPLY else None
        return branch.flags if run.kind in (Route.TM_ONREPLY, Route.FAILURE, Route.BRANCH_FAILURE) else None

    # --- other messages of the transaction -------------------------------------------------------

    @pvar_syntax("T_req")
    def t_req(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A pseudo-variable of the transaction's request, in onreply_route: `$T_req($hdr(Subject))`."""
        return self._of_message(spec, binder, "T_req", self._request)

    @pvar_syntax("T_rpl")
    def t_rpl(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A pseudo-variable of the chosen reply, in failure_route: `$T_rpl($hdr(Contact))`."""
        return self._of_message(spec, binder, "T_rpl", self._reply)

    @pvar_syntax("T_inv")
    def t_inv(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """A pseudo-variable of the INVITE that a CANCEL means: `$T_inv($fu)`."""
        return self._of_message(spec, binder, "T_inv", self._invite)

    def _of_message(self, spec: PvSpec, binder: Binder, name: str, find: Callable[[Run], Message | None]) -> PvHandle:
        inner = spec.inner or ""
        if not inner.startswith("$"):
            raise ValueError(f"${name}(...) takes a pseudo-variable, as in ${name}($ru)")
        read = binder.value(inner)

        def get(run: Run) -> Value:
            other = find(run)
            if other is None:
                return None
            outer, run.msg = run.msg, other
            try:
                return read(run)
            finally:
                run.msg = outer

        return Access(f"${name}({inner})", get)

    def _request(self, run: Run) -> Message | None:
        if isinstance(run.msg, Request):
            return None
        transaction = self.tm.find(run.msg)
        return None if transaction is None else transaction.request

    def _reply(self, run: Run) -> Message | None:
        reply = self.tm.reply_of(run.msg)
        return reply if isinstance(reply, Reply) else None

    def _invite(self, run: Run) -> Message | None:
        if not isinstance(run.msg, Request) or run.msg.method != "CANCEL":
            return None
        transaction: TransactionView | None = self.tm.of_cancel(run.msg)
        return None if transaction is None else transaction.request
