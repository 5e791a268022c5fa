"""Functions that send requests of the server's own, and that work on transactions as a whole."""

from __future__ import annotations

from collections.abc import Awaitable

from kahea.api import (
    Int,
    Message,
    Request,
    Result,
    Route,
    SipParseError,
    Waits,
    append_branch,
    apply_changes,
    function,
)

from kahea_tm.declared.base import TmBase
from kahea_tm.outgoing import Written, local_request


class LocalFunctions(TmBase):
    """``t_uac_send`` and what is left."""

    @function(waits=Waits.MAY)
    def t_uac_send(
        self, msg: Message, method: str, ruri: str, nexthop: str, socket: str, headers: str, body: str
    ) -> Result | Awaitable[Result]:
        """Send a request of our own.

        Args:
            method: of the request; with a dot behind it, the 2xx to an INVITE is left without our ACK.
            ruri: Request-URI.
            nexthop: URI to send to; "" for the first Route or the Request-URI.
            socket: `proto:host:port` to send from; "" for any that fits.
            headers: header lines, each with its line end; From and To are among them.
            body: of the request.

        Returns:
            1 when it was sent, -1 otherwise.

        Example:
            t_uac_send("OPTIONS", "sip:alice@127.0.0.1:5080", "", "",
                "From: <sip:server@127.0.0.1>\\r\\nTo: <sip:alice@127.0.0.1>\\r\\n", "");
        """
        written = Written(
            method.removesuffix("."), ruri, nexthop, socket, headers, body.encode("utf-8", "surrogateescape")
        )
        try:
            request = local_request(written, self.core.transport)
        except ValueError as error:
            self.core.log.error(f"t_uac_send: {error}", self.name)
            return -1
        request.acknowledged = not method.endswith(".")
        sent = self.local_requests.send(request)
        return (1 if sent else -1) if isinstance(sent, bool) else _code(sent)

    @function()
    def t_clean(self, msg: Message) -> bool:
        """Forget transactions of this worker that have outlived their time by far; timers should have ended each."""
        self.layer.clean()
        return True

    @function(routes=Route.REQUEST)
    def t_save_lumps(self, msg: Request) -> bool:
        """Let a failure route see the changes that were made to the request so far.

        `t_relay` does so by itself; this is for changes after `t_newtran` without it.
        """
        transaction = self.transaction_of(msg)
        if transaction is None:
            return False
        aim = msg.target()
        msg.separate()
        transaction.target = msg.target()
        msg.aim_at(aim)
        return True

    @function(routes=Route.BRANCH)
    def t_msg_apply_changes(self, msg: Request) -> bool:
        """Make the changes of the branch part of its message, so that later functions see them."""
        try:
            apply_changes(msg)
        except SipParseError as error:
            self.core.log.error(f"t_msg_apply_changes: {error}", self.name)
            return False
        return True

    @function()
    def t_use_uac_headers(self, msg: Message) -> bool:
        """Take From and To of CANCEL and ACK from the request that was sent; they always are."""
        return True

    @function()
    def t_cell_append_branches(self, msg: Request, tindex: Int, tlabel: Int) -> Result:
        """Add the further branches of the request to another transaction of this worker, and send them on at once.

        Args:
            tindex, tlabel: of the transaction, from `$T(id_index)` and `$T(id_label)`.

        Returns:
            1 when they are being sent; -1 where there is no such transaction.
        """
        transaction = self.layer.store.by_id(tindex, tlabel)
        if transaction is None or transaction.status >= 200 or transaction.request is None:
            return -1
        targets = list(msg.branches)
        request = self.replies.copy_of(transaction, transaction.request)
        request.consume_uri()
        for target in targets:
            append_branch(request, target.uri, target.q, limit=self.core.settings.max_branches)
            request.branches[-1] = target
        self.layer.post(transaction, self.forwarder.add_to(transaction, request))
        return 1


async def _code(sent: Awaitable[bool]) -> int:
    return 1 if await sent else -1
