"""Functions that choose routes and timers for a transaction."""

from __future__ import annotations

from kahea.api import Int, Message, Route, function

from kahea_tm.declared.base import (
    SETTING,
    BranchFailureRoute,
    BranchRoute,
    FailureRoute,
    ReplyRoute,
    TmBase,
)


def _name(name: str) -> str:
    return "" if name == "0" else name


class SettingFunctions(TmBase):
    """``t_on_…`` and ``t_set_…``."""

    @function(routes=SETTING)
    def t_on_failure(self, msg: Message, route: FailureRoute) -> bool:
        """Run a failure_route when all branches have failed, before the caller is told.

        It is to be set again in the failure_route for branches that are added there.

        Args:
            route: name of the block; `0` for none.

        Example:
            t_on_failure("MISSED");
        """
        self.choices_of(msg).on_failure = _name(route)
        return True

    @function(routes=SETTING)
    def t_on_reply(self, msg: Message, route: ReplyRoute) -> bool:
        """Run an onreply_route for each reply to the branches that are made from now on.

        Args:
            route: name of the block; `0` for none.

        Example:
            t_on_reply("RINGING");
        """
        self.choices_of(msg).on_reply = _name(route)
        return True

    @function(routes=Route.REQUEST | Route.FAILURE)
    def t_on_branch(self, msg: Message, route: BranchRoute) -> bool:
        """Run a branch_route for each branch of the next `t_relay`, which may change or drop it.

        Args:
            route: name of the block; `0` for none.

        Example:
            t_on_branch("MANAGE");
        """
        self.choices_of(msg).on_branch = _name(route)
        return True

    @function(routes=SETTING)
    def t_on_branch_failure(self, msg: Message, route: BranchFailureRoute) -> bool:
        """Run `event_route[tm:branch-failure:NAME]` when one branch has failed.

        Args:
            route: the NAME; `0` for none.

        Example:
            t_on_branch_failure("MANAGE");
        """
        self.choices_of(msg).on_branch_failure = _name(route)
        return True

    # --- timers ----------------------------------------------------------------------------------

    @function(routes=SETTING)
    def t_set_fr(self, msg: Message, fr_inv_timeout: Int, fr_timeout: Int = 0) -> bool:
        """Set the timers of the final reply for this transaction, its open branches included.

        Args:
            fr_inv_timeout: milliseconds for an INVITE with a provisional reply; 0 leaves it.
            fr_timeout: milliseconds for a request without any reply; 0 leaves it.

        Example:
            t_set_fr(10000, 2000);
        """
        if fr_inv_timeout < 0 or fr_timeout < 0:
            return False
        choices = self.choices_of(msg)
        if fr_inv_timeout:
            choices.fr_inv = fr_inv_timeout / 1000
        if fr_timeout:
            choices.fr = fr_timeout / 1000
        self._restart(msg, inv=bool(fr_inv_timeout), fr=bool(fr_timeout))
        return True

    def _restart(self, msg: Message, *, inv: bool, fr: bool) -> None:
        """Let timers that run already follow the new values."""
        transaction = self.layer.of_message(msg)
        if transaction is None:
            return
        for branch in transaction.branches:
            if branch.last_status >= 200 or branch.blind:
                continue
            if branch.last_status and transaction.is_invite:
                if inv:
                    self.layer.extend_timer(transaction, branch)
            elif fr:
                seconds = transaction.fr or self.params.fr_timer / 1000
                branch.retransmission.extend(self.layer.bounded(transaction, seconds))

    @function(routes=SETTING)
    def t_reset_fr(self, msg: Message) -> bool:
        """Set the timers of the final reply back to the parameters."""
        choices = self.choices_of(msg)
        choices.fr = choices.fr_inv = None
        self._restart(msg, inv=True, fr=True)
        return True

    @function(routes=SETTING)
    def t_set_retr(self, msg: Message, retr_t1_interval: Int, retr_t2_interval: Int) -> bool:
        """Set the retransmission intervals for this transaction.

        Args:
            retr_t1_interval: milliseconds to the first retransmission; 0 leaves it.
            retr_t2_interval: milliseconds between retransmissions at most; 0 leaves it.
        """
        if retr_t1_interval < 0 or retr_t2_interval < 0:
            return False
        choices = self.choices_of(msg)
        if retr_t1_interval:
            choices.retr1 = retr_t1_interval / 1000
        if retr_t2_interval:
            choices.retr2 = retr_t2_interval / 1000
        return True

    @function(routes=SETTING)
    def t_reset_retr(self, msg: Message) -> bool:
        """Set the retransmission intervals back to the parameters."""
        choices = self.choices_of(msg)
        choices.retr1 = choices.retr2 = None
        return True

    @function(routes=SETTING)
    def t_set_max_lifetime(self, msg: Message, inv_lifetime: Int, noninv_lifetime: Int) -> bool:
        """Set how long the transaction lives at most, from its beginning.

        Args:
            inv_lifetime: milliseconds for an INVITE; 0 leaves it.
            noninv_lifetime: milliseconds for another request; 0 leaves it.
        """
        if inv_lifetime < 0 or noninv_lifetime < 0:
            return False
        choices = self.choices_of(msg)
        if inv_lifetime:
            choices.inv_lifetime = inv_lifetime / 1000
        if noninv_lifetime:
            choices.noninv_lifetime = noninv_lifetime / 1000
        self._bound(msg)
        return True

    @function(routes=SETTING)
    def t_reset_max_lifetime(self, msg: Message) -> bool:
        """Set how long the transaction lives at most back to the parameters."""
        choices = self.choices_of(msg)
        choices.inv_lifetime = choices.noninv_lifetime = None
        self._bound(msg)
        return True

    def _bound(self, msg: Message) -> None:
        transaction = self.layer.of_message(msg)
        if transaction is not None:
            age = self.core.clock.time() - transaction.created
            transaction.end_of_life = self.core.clock.monotonic() - age + self.layer.lifetime(transaction)

    # --- switches --------------------------------------------------------------------------------

    @function(routes=Route.REQUEST)
    def t_set_auto_inv_100(self, msg: Message, state: Int) -> bool:
        """Choose whether an INVITE is answered 100 before it is sent on: with *state* 1 yes, 0 no."""
        self.choices_of(msg).auto_100 = bool(state)
        return True

    @function(routes=SETTING)
    def t_set_disable_6xx(self, msg: Message, state: Int) -> bool:
        """Choose whether a 6xx ends its branch only: with *state* 1 yes, 0 it ends all."""
        self.choices_of(msg).disable_6xx = bool(state)
        return True

    @function(routes=SETTING)
    def t_set_disable_failover(self, msg: Message, state: Int) -> bool:
        """Choose whether further addresses of a destination are left untried: with *state* 1 yes, 0 no."""
        self.choices_of(msg).disable_failover = bool(state)
        return True

    @function(routes=SETTING)
    def t_set_disable_internal_reply(self, msg: Message, state: Int) -> bool:
        """Choose whether a failed `t_relay` leaves the reply to the script: with *state* 1 yes, 0 no."""
        self.choices_of(msg).disable_internal_reply = bool(state)
        return True

    @function(routes=SETTING)
    def t_set_no_auto_ack(self, msg: Message, state: Int) -> bool:
        """Choose whether the 2xx to an INVITE of our own is left without our ACK: with *state* 1 yes, 0 no."""
        self.choices_of(msg).no_auto_ack = bool(state)
        return True

    @function(routes=SETTING, aliases=("t_disable_e2e_cancel_reason",))
    def t_set_no_e2e_cancel_reason(self, msg: Message, state: Int) -> bool:
        """Choose whether the Reason of the caller's CANCEL is kept from our CANCELs: with *state* 1 yes, 0 no."""
        self.choices_of(msg).no_e2e_reason = bool(state)
        return True
