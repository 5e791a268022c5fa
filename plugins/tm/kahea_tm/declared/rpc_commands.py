"""RPC commands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, Final

from kahea.api import LocalRequest, RpcError, Scope, rpc

from kahea_tm.counted import summary
from kahea_tm.declared.base import TmBase
from kahea_tm.outgoing import Written, local_request


class Mode(Enum):
    """What a sending command waits for."""

    START = "start"
    """Nothing."""
    WAIT = "wait"
    """The final reply, which is told whole."""
    BLOCK = "block"
    """The final reply, whose first line is told."""


_TOLD: Final = {
    Mode.START: "Send a request of our own{what}; what comes of it is not told.",
    Mode.WAIT: "Send a request of our own{what} and tell the final reply: code, reason, for a 2xx the Request-URI, the "
    "next hop and the Route of the dialog, and the headers.",
    Mode.BLOCK: "Send a request of our own{what} and tell code and reason of the final reply.",
}


def _sending(mode: Mode, *, hexadecimal: bool = False, acknowledged: bool = True) -> Callable[..., Awaitable[Any]]:
    """Make a command that sends a request."""

    async def send(self: RpcCommands, *parameters: str) -> Any:
        return await self.send_request(mode, parameters, hexadecimal=hexadecimal, acknowledged=acknowledged)

    what = "" if acknowledged else ", whose 2xx gets no ACK from us"
    digits = "hexadecimal digits of the body" if hexadecimal else "body"
    send.__doc__ = f"""{_TOLD[mode].format(what=what)}

        Parameters: method, Request-URI, next hop ("." for none), socket ("." for any), header lines with From and To,
        {digits}.
        """
    return send


class RpcCommands(TmBase):
    """``tm.*``."""

    # --- looking ---------------------------------------------------------------------------------

    @rpc("tm.stats")
    def rpc_stats(self) -> dict[str, int]:
        """Tell how many transactions and replies there were and are."""
        return summary(self.core.statistics)

    @rpc("tm.hash_stats")
    def rpc_hash_stats(self) -> None:
        """Refuse, as Kamailio does unless it is built for it: there is no table with a fixed number of places."""
        raise RpcError(500, "Hash statistics not supported: transactions are in dictionaries")

    @rpc("tm.list", scope=Scope.EACH, merge=lambda answers: [row for rows in answers for row in rows])
    def rpc_list(self) -> list[dict[str, str | int]]:
        """Tell of each transaction of all workers."""
        return self.commands.rows()

    @rpc("tm.clean", scope=Scope.EACH, merge=lambda _answers: None)
    def rpc_clean(self) -> None:
        """Forget transactions that have outlived their time by far."""
        self.layer.clean()

    # --- one transaction -------------------------------------------------------------------------

    @rpc("tm.cancel")
    async def rpc_cancel(self, *parameters: str) -> list[str | int]:
        """Cancel the open branches of an INVITE; tells how many they were.

        Parameters: Call-ID, CSeq number.
        """
        if len(parameters) < 2:
            raise RpcError(400, "Callid and CSeq expected as parameters")
        missing = RpcError(400, "Transaction not found")
        count = await self.commands.at_owner.by_call(str(parameters[0]), str(parameters[1]), missing, "cancel")
        return [count, "branches remaining (waiting for timeout)"]

    @rpc("tm.reply")
    async def rpc_reply(self, *parameters: str) -> None:
        """Answer the request of a transaction.

        Parameters: status code, reason phrase, `index:label` of the transaction, To-tag, header lines, body.
        """
        code = _code(parameters)
        reason, ident, tag, headers, body = _texts(
            parameters[1:], ("Reason phrase", "Transaction ID", "To tag"), more=2
        )
        await self.commands.at_owner.by_id(ident, "reply", code, reason, tag, headers, body)

    @rpc("tm.reply_callid")
    async def rpc_reply_callid(self, *parameters: str) -> None:
        """Answer an INVITE.

        Parameters: status code, reason phrase, Call-ID, CSeq number, To-tag, header lines, body.
        """
        code = _code(parameters)
        reason, call_id, cseq, tag, headers, body = _texts(
            parameters[1:], ("Reason phrase", "Call-ID", "CSeq", "To tag"), more=2
        )
        missing = RpcError(404, "Transaction not found")
        await self.commands.at_owner.by_call(call_id, cseq, missing, "reply", code, reason, tag, headers, body)

    @rpc("tm.retransmit_reply")
    async def rpc_retransmit_reply(self, *parameters: str) -> None:
        """Send the last reply of a transaction again.

        Parameters: `index:label` of the transaction.
        """
        (ident,) = _texts(parameters, ("Transaction ID",))
        await self.commands.at_owner.by_id(ident, "retransmit")

    @rpc("tm.retransmit_reply_callid")
    async def rpc_retransmit_reply_callid(self, *parameters: str) -> None:
        """Send the last reply to an INVITE again.

        Parameters: Call-ID, CSeq number.
        """
        call_id, cseq = _texts(parameters, ("Call-ID", "CSeq"))
        await self.commands.at_owner.by_call(call_id, cseq, RpcError(404, "Transaction not found"), "retransmit")

    # --- requests of our own ---------------------------------------------------------------------

    rpc_start = rpc("tm.t_uac_start")(_sending(Mode.START))
    rpc_start_hex = rpc("tm.t_uac_start_hex")(_sending(Mode.START, hexadecimal=True))
    rpc_start_noack = rpc("tm.t_uac_start_noack")(_sending(Mode.START, acknowledged=False))
    rpc_start_noack_hex = rpc("tm.t_uac_start_noack_hex")(_sending(Mode.START, hexadecimal=True, acknowledged=False))
    rpc_wait = rpc("tm.t_uac_wait")(_sending(Mode.WAIT))
    rpc_wait_hex = rpc("tm.t_uac_wait_hex")(_sending(Mode.WAIT, hexadecimal=True))
    rpc_wait_noack = rpc("tm.t_uac_wait_noack")(_sending(Mode.WAIT, acknowledged=False))
    rpc_wait_noack_hex = rpc("tm.t_uac_wait_noack_hex")(_sending(Mode.WAIT, hexadecimal=True, acknowledged=False))
    rpc_block = rpc("tm.t_uac_wait_block")(_sending(Mode.BLOCK))
    rpc_block_hex = rpc("tm.t_uac_wait_block_hex")(_sending(Mode.BLOCK, hexadecimal=True))
    rpc_block_noack = rpc("tm.t_uac_wait_block_noack")(_sending(Mode.BLOCK, acknowledged=False))
    rpc_block_noack_hex = rpc("tm.t_uac_wait_block_noack_hex")(
        _sending(Mode.BLOCK, hexadecimal=True, acknowledged=False)
    )

    @rpc("tm.t_uac_attrs")
    async def rpc_attrs(self, *parameters: str) -> Any:
        """Send a request of our own as attributes say.

        Parameters: the attributes `mode=start|wait|block`, `cbflags=noack`, `rpflags=1` (the body is hexadecimal
        digits), `fr_timeout=MS`, `fr_inv_timeout=MS`, joined by semicolons; then as for `tm.t_uac_start`.
        """
        if len(parameters) < 6:
            raise RpcError(400, f"too few parameters (-{len(parameters)}/5)")
        parts = (part.partition("=") for part in str(parameters[0]).split(";"))
        given = {name.strip().lower(): value.strip() for name, _, value in parts}
        try:
            mode = Mode(given.get("mode", Mode.START.value).lower())
            flags, fr, fr_inv = (int(given.get(name, "0")) for name in ("rpflags", "fr_timeout", "fr_inv_timeout"))
        except ValueError as error:
            raise RpcError(400, f"Invalid attributes: {error}") from None
        return await self.send_request(
            mode,
            parameters[1:],
            hexadecimal=bool(flags & 1),
            acknowledged=given.get("cbflags", "").lower() != "noack",
            timers=(fr, fr_inv),
        )

    async def send_request(
        self,
        mode: Mode,
        parameters: tuple[str, ...],
        *,
        hexadecimal: bool,
        acknowledged: bool,
        timers: tuple[int, int] = (0, 0),
    ) -> Any:
        """Send a request that an operator wrote.

        Args:
            mode: what is waited for.
            parameters: method, Request-URI, next hop, socket, header lines, body.
            hexadecimal: whether the body is written so.
            acknowledged: whether the 2xx to an INVITE gets its ACK at once.
            timers: ``fr_timer`` and ``fr_inv_timer`` in milliseconds, 0 for the parameters'.

        Returns:
            What the command tells.

        Raises:
            RpcError: it was not sent.
        """
        if len(parameters) < 5:
            raise RpcError(400, f"too few parameters (-{len(parameters)}/5)")
        request = self._read(parameters, hexadecimal=hexadecimal)
        request.acknowledged = acknowledged
        request.fr, request.fr_inv = timers
        done = await self.commands.start(request)
        if mode is Mode.START:
            return None
        reply, code = await done
        if mode is Mode.WAIT:
            return self.commands.told(reply, code)
        return dict(zip(("code", "text"), self.commands.told(reply, code)[:2], strict=True))

    def _read(self, parameters: tuple[str, ...], *, hexadecimal: bool) -> LocalRequest:
        method, uri, hop, socket, headers, text = map(str, (*parameters, "")[:6])
        try:
            body = bytes.fromhex(text) if hexadecimal else text.encode("utf-8", "surrogateescape")
        except ValueError:
            raise RpcError(400, "Invalid hexa body") from None
        try:
            return local_request(Written(method, uri, hop, socket, headers, body), self.core.transport)
        except ValueError as error:
            raise RpcError(400, str(error)) from None


def _code(parameters: tuple[str, ...]) -> int:
    """Return the status code, the first parameter."""
    text = str(parameters[0]) if parameters else ""
    if not text.isdecimal() or not 100 <= int(text) <= 699:
        raise RpcError(400, "Reply code expected")
    return int(text)


def _texts(parameters: tuple[str, ...], names: tuple[str, ...], more: int = 0) -> list[str]:
    """Return parameters as text: those with names must be there, *more* that follow may be left out."""
    if len(parameters) < len(names):
        raise RpcError(400, f"{names[len(parameters)]} expected")
    return [str(one) for one in (*parameters, *[""] * more)][: len(names) + more]
