"""What the module ``sl`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from kahea.api import (
    Access,
    Binder,
    Core,
    EventRoute,
    Int,
    Message,
    Module,
    NullableText,
    Params,
    PvHandle,
    PvSpec,
    Reply,
    ReplyService,
    Request,
    Result,
    Route,
    StatusCode,
    Text,
    function,
    pvar_syntax,
    rpc,
)
from msgspec import Meta

from kahea_sl import statistics
from kahea_sl.forwarding import forward_reply
from kahea_sl.replies import StatelessReplies

NO_CONNECT, CLOSE = 1, 2
"""The modes of `send_reply_mode`."""

REPLY_ROUTES = Route.REQUEST | Route.ONREPLY | Route.FAILURE


class SlParams(Params):
    """Parameters of the module ``sl``."""

    default_code: Annotated[
        int, Meta(description="Status code of replies whose code is no number from 100 to 699.", ge=100, le=699)
    ] = 500
    default_reason: Annotated[
        str, Meta(description="Reason phrase of replies whose reason is `$null`.", min_length=1)
    ] = "Internal Server Error"
    rich_redirect: Annotated[
        int,
        Meta(
            description="What the contacts of a 3xx tell besides their URIs: 1 branch flags, 2 the path, 3 both.",
            ge=0,
            le=3,
        ),
    ] = 0
    bind_tm: Annotated[
        int, Meta(description="With 0, send_reply answers statelessly even within a transaction.", ge=0, le=1)
    ] = 1


class Sl(Module[SlParams]):
    """Stateless replies: answer a request without creating a transaction.

    The ACK to such a reply is recognised by its To-tag and absorbed before any route runs, up to two seconds after
    the last reply to an INVITE. An ACK to a 2xx comes with another Via branch and reaches the script.
    """

    event_routes: ClassVar = (
        EventRoute("sl:filtered-ack", "Runs for an ACK that was absorbed because it acknowledges a stateless reply."),
        EventRoute("sl:local-response", "Runs after a stateless reply was sent, for the reply."),
    )

    def __init__(self, name: str, params: SlParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.replies = StatelessReplies(
            core, params.default_code, params.default_reason, bool(params.bind_tm), params.rich_redirect
        )

    def mod_init(self) -> None:
        """Make the secret of the To-tags, listen for ACKs, and answer for other modules."""
        self.replies.start(self.core)
        self.core.services.provide(ReplyService, self.replies)

    def child_init(self, housekeeper: bool) -> None:
        """Find the event routes and the module that keeps transactions."""
        self.replies.start_worker(self.core)

    @function(routes=Route.REQUEST, aliases=("sl_reply",))
    def sl_send_reply(self, msg: Request, code: StatusCode, reason: NullableText) -> Result:
        """Answer the request statelessly.

        With a code from 300 to 399 the reply has a Contact header with the Request-URI, if the script has changed it,
        and with the further branches.

        Args:
            code: status code; `default_code` is used when it evaluates to no number from 100 to 699, or to text.
            reason: reason phrase; `default_reason` is used when it is a pseudo-variable that is null.

        Returns:
            1 when the reply was sent, -1 when it was not, such as to an ACK.

        Example:
            sl_send_reply("404", "Not Found");
        """
        line = self.replies.line(code, reason)
        return -1 if line is None else self.replies.send(msg, line)

    @sl_send_reply.when_constant
    def _sl_send_reply_prepared(self, code: int, reason: str) -> Callable[[Request], int]:
        line = self.replies.line(code, reason)
        send = self.replies.send
        return lambda msg: -1 if line is None else send(msg, line)

    @function(routes=REPLY_ROUTES)
    def send_reply(self, msg: Message, code: StatusCode, reason: NullableText) -> Result:
        """Answer the request: within its transaction if there is one, statelessly otherwise.

        Args:
            code: status code; `default_code` is used when it evaluates to no number from 100 to 699, or to text.
            reason: reason phrase; `default_reason` is used when it is a pseudo-variable that is null.

        Returns:
            1 when the reply was sent, -1 when it was not.

        Example:
            send_reply("403", "Invalid user $fU");
        """
        line = self.replies.line(code, reason)
        return -1 if line is None else self.replies.answer_with(msg, line)

    @send_reply.when_constant
    def _send_reply_prepared(self, code: int, reason: str) -> Callable[[Message], int]:
        line = self.replies.line(code, reason)
        answer = self.replies.answer_with
        return lambda msg: -1 if line is None else answer(msg, line)

    @function(routes=REPLY_ROUTES)
    def send_reply_mode(self, msg: Message, code: StatusCode, reason: NullableText, mode: Int) -> Result:
        """Answer the request as `send_reply` does, and say how its connection is used.

        Args:
            code: status code; `default_code` is used when it evaluates to no number from 100 to 699, or to text.
            reason: reason phrase; `default_reason` is used when it is a pseudo-variable that is null.
            mode: 1 sends on a connection that exists or not at all, as after `set_reply_no_connect()`; 2 closes the
                connection afterwards, as after `set_reply_close()`; 3 is both.

        Returns:
            1 when the reply was sent, -1 when it was not.

        Example:
            send_reply_mode("403", "Invalid user $fU", "3");
        """
        if mode & NO_CONNECT:
            msg.sending.reply_no_connect = True
        if mode & CLOSE:
            msg.sending.reply_close = True
        line = self.replies.line(code, reason)
        return -1 if line is None else self.replies.answer_with(msg, line)

    @function(routes=Route.ONREPLY)
    def sl_forward_reply(self, msg: Reply, code: Text = "", reason: Text = "") -> bool:
        """Send the reply on to its second Via at once, without looking for a transaction.

        Args:
            code: another status code, of the same class; "" for the one received.
            reason: another reason phrase; "" for the one received.

        Returns:
            true; false when the code is none of the class, or the reply cannot be sent.

        Example:
            if (status == 503) { sl_forward_reply("500", "Server Error"); drop; }
        """
        return forward_reply(self.core, msg, code, reason)

    @function(routes=Route.REQUEST)
    def sl_reply_error(self, msg: Request) -> Result:
        """Answer statelessly with the kind of the last internal error; use it after a function that failed.

        Returns:
            1 when the reply was sent, -1 when it was not, -2 when the request has its final reply already,
            -3 when its transaction answers it with an error after the script.

        Example:
            sl_reply_error();
        """
        return self.replies.send_error(msg)

    @function(routes=REPLY_ROUTES)
    def send_reply_error(self, msg: Message) -> Result:
        """Answer that an internal error occurred: within the transaction if there is one, statelessly otherwise.

        Returns:
            1 when the reply was sent, -1 when it was not, -2 when the request has its final reply already,
            -3 when its transaction answers it with an error after the script.

        Example:
            send_reply_error();
        """
        return self.replies.answer_error(msg)

    @pvar_syntax("ltt")
    def ltt(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The local To-tag: the one of replies that this server makes to the request.

        `$ltt(s)` is that of stateless replies, `$ltt(t)` that of the request's transaction (`$null` without one),
        `$ltt(x)` that of the transaction if there is one and else that of stateless replies.
        """
        tags = {"s": self._stateless_tag, "t": self.replies.transaction_tag, "x": self.replies.to_tag}
        tag = tags.get(spec.inner or "")
        if tag is None:
            raise ValueError("the local To-tag is $ltt(x), $ltt(s) or $ltt(t)")
        return Access(f"$ltt({spec.inner})", lambda run: tag(run.msg))

    def _stateless_tag(self, msg: Message) -> str:
        return self.replies.tags.tag(msg)

    @rpc("sl.stats")
    def stats(self) -> dict[str, int]:
        """Count the stateless replies that were sent, by status code."""
        return statistics.shown(self.core.statistics.get)
