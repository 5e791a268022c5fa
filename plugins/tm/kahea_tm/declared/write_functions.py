"""Functions that hand a request to another program."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Binder, Message, Request, Result, Route, Run, function

from kahea_tm.declared.base import REQUEST_FAILURE, TmBase
from kahea_tm.layer import context_of
from kahea_tm.writing import Append, lines, parse_append, write_fifo, write_socket


class WriteFunctions(TmBase):
    """``t_write_req``, ``t_write_unix``, and what is bound of parameters."""

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Read the parameters that hold more than numbers and words."""
        for name in ("fr_timer_avp", "fr_inv_timer_avp"):
            text = getattr(self.params, name)
            bound = binder(name)
            if text:
                avp = text if text.startswith("$") else f"$avp({text})"
                if not avp.startswith("$avp("):
                    raise ValueError(f"write $avp(NAME) in place of {text}")
                self.layer.timer_avps[name] = bound.value(avp)
        binder("tw_append")
        self._appends: dict[str, Append] = {}
        for text in self.params.tw_append:
            name, append = parse_append(text)
            if name in self._appends:
                raise ValueError(f'"{name}" is there twice')
            self._appends[name] = append

    @function(routes=REQUEST_FAILURE)
    def t_write_req(self, run: Run, fifo: str, info: str) -> Result:
        """Write the request, as lines, to a FIFO that another program reads; it is to answer by `tm.reply`.

        Args:
            fifo: its path.
            info: `action`, or `action/NAME` with the name of a parameter `tw_append`.

        Returns:
            1; -1 without a transaction, or when nobody reads.

        Example:
            t_newtran();
            if (!t_write_req("/run/kamailio/voicemail.fifo", "invite")) t_reply("500", "No voicemail");
        """
        return self._written(run, write_fifo, fifo, info)

    @function(routes=REQUEST_FAILURE)
    def t_write_unix(self, run: Run, path: str, info: str) -> Result:
        """Send the request, as lines, to a Unix socket for datagrams; otherwise as `t_write_req`.

        Args:
            path: of the socket.
            info: as for `t_write_req`.

        Returns:
            1; -1 without a transaction, or when nobody reads.
        """
        return self._written(run, write_socket, path, info)

    def _written(self, run: Run, write: Callable[[str, bytes], None], path: str, info: str) -> int:
        msg = run.msg
        transaction = context_of(msg).transaction
        if not isinstance(msg, Request) or transaction is None:
            return -1
        action, slash, name = info.partition("/")
        append = self._appends.get(name.lower()) if slash else None
        if not action or (slash and append is None):
            raise ValueError(f'write action or action/NAME, with the name of a tw_append, in place of "{info}"')
        try:
            write(path, lines(run, msg, transaction, action, append))
        except OSError as error:
            self.core.log_bounded(f"cannot write to {path}: {error.strerror or error}", self.name)
            return -1
        self.suspensions.add_blind(transaction, msg)
        return 1

    @function(routes=Route.TM_ONREPLY)
    def t_is_retr_async_reply(self, msg: Message) -> bool:
        """Whether the transaction is suspended, so that this reply came again meanwhile."""
        transaction = self.transaction_of(msg)
        return transaction is not None and transaction.suspended
