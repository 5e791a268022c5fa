"""Sends stateless replies and recognises the ACKs to them."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Final

from kahea.api import (
    Core,
    Level,
    Message,
    Request,
    SipParseError,
    TagMaker,
    TransactionService,
    build_reply,
    contact_line,
    error_reply,
    is_answered_later,
    noted_error,
    parse_message,
    reply_destination,
)

from kahea_sl.statistics import ReplyCounters, counter_name

ACK_WAIT: Final = 2.0
"""Seconds after a reply to an INVITE in which an ACK to it is expected."""


class ReplyLine:
    """All of a reply that depends only on its code and reason.

    Args:
        code: status code, 100 to 699.
        reason: reason phrase.
    """

    __slots__ = ("code", "counter", "reason", "redirects", "tagged", "text")

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        self.text = f"SIP/2.0 {code} {reason}\r\n"
        self.counter = counter_name(code)
        self.redirects = 300 <= code <= 399
        self.tagged = code >= 180


class StatelessReplies:
    """Answers requests without keeping anything about them.

    Args:
        core: the server, as known while the file is read.
        default_code, default_reason: of replies whose code or reason evaluates to nothing.
        use_transactions: whether `answer_with` looks for a transaction first.
        redirect_details: what the contacts of redirecting replies tell besides their URIs; see `redirects`.
    """

    def __init__(
        self, core: Core, default_code: int, default_reason: str, use_transactions: bool, redirect_details: int = 0
    ) -> None:
        self._core = core
        self._default_code = default_code
        self._default_reason = default_reason
        self._use_transactions = use_transactions
        self._redirect_details = redirect_details
        self._transactions: TransactionService | None = None
        self._server_line = ""
        self._on_filtered_ack: Callable[[Message], int | None] | None = None
        self._on_response: Callable[[Message], int | None] | None = None
        self._answered = 0
        self._counters = ReplyCounters(core.counters, core.statistics)

    def start(self, core: Core) -> None:
        """Prepare for serving: once, before the workers are forked."""
        self._core = core
        self.tags = TagMaker(core.tag_seed)
        self._server_line = core.settings.server_line
        # the ACK to a reply of one worker may reach another
        self._ack_deadline = memoryview(mmap.mmap(-1, 8)).cast("d")
        core.add_request_callback(self.absorb_ack)

    def start_worker(self, core: Core) -> None:
        """Take what only a worker has; all modules have started by now."""
        self._core = core
        self._on_filtered_ack = core.event_route("sl:filtered-ack")
        self._on_response = core.event_route("sl:local-response")
        if self._use_transactions:
            self._transactions = core.services.get(TransactionService)

    def line(self, code: int, reason: str | None) -> ReplyLine | None:
        """Return what a script's code and reason mean.

        Args:
            code: status code; 0 stands for the default one.
            reason: reason phrase; ``None`` stands for the default one.

        Returns:
            ``None``, with a line in the log, when the reason is empty or has a line end: what follows it would
            become header lines of the reply, and the text may come from the network.
        """
        if reason == "":
            self._core.log_bounded("cannot reply: the reason phrase is empty", "sl", Level.ERR)
            return None
        if reason is not None and ("\n" in reason or "\r" in reason):
            self._core.log_bounded("cannot reply: the reason phrase has a line end", "sl", Level.ERR)
            return None
        return ReplyLine(code or self._default_code, self._default_reason if reason is None else reason)

    def send(self, request: Request, line: ReplyLine) -> int:
        """Answer statelessly.

        Args:
            request: what is answered; an ACK never is (RFC 3261 17.1.1.3).
            line: the reply's first line.

        Returns:
            1 when the reply is on its way, -1 otherwise.
        """
        core = self._core
        if request.method == "ACK":
            return self._failed()
        try:
            data = build_reply(
                request,
                line.text,
                self.tags.tag(request) if line.tagged else "",
                self._server_line,
                contact_line(request, self._redirect_details) if line.redirects else "",
            )
        except SipParseError as error:
            core.log_bounded(f"cannot reply: {error}", "sl", Level.ERR)
            return self._failed()
        if request.method == "INVITE":
            self._ack_deadline[0] = core.clock.monotonic() + ACK_WAIT
        sent = core.transport.send(data, reply_destination(request))
        if self._on_response is not None:
            self._on_response(parse_message(data, request.source))
        if not sent:
            return self._failed()
        if line.code >= 200:
            self._answered = request.id
        self._counters.replies[line.counter]()
        return 1

    def _failed(self) -> int:
        self._counters.failures()
        return -1

    def answer(self, msg: Message, code: int, reason: str) -> int:
        """Answer a request for another module; see `kahea.api.ReplyService`."""
        line = self.line(code, reason)
        return -1 if line is None else self.answer_with(msg, line)

    def answer_with(self, msg: Message, line: ReplyLine) -> int:
        """Answer within the message's transaction if it has one, statelessly otherwise.

        Args:
            msg: the message in work; a reply can be answered only within a transaction.
            line: the reply's first line.

        Returns:
            1 when the reply is on its way, -1 otherwise.
        """
        if self._transactions is not None:
            sent = self._transactions.reply(msg, line.code, line.reason)
            if sent is not None:
                return 1 if sent else -1
        return self.send(msg, line) if isinstance(msg, Request) else -1

    def send_error(self, request: Request) -> int:
        """Answer statelessly with what went wrong inside.

        Returns:
            As `send`; -2 when the last final reply of this process went to the same request, -3 when its transaction
            answers it with an error after the script.
        """
        if is_answered_later(request):
            self._core.log.info("no error reply: the transaction sends it", "sl")
            return -3
        if self._answered == request.id:
            self._core.log.info("no error reply: the request has its final reply", "sl")
            return -2
        code, reason = error_reply(noted_error(request), "SL")
        sent = self.send(request, ReplyLine(code, reason))
        self._core.log_bounded(f"stateless error reply used: {reason}", "sl", Level.ERR)
        if sent > 0:
            self._counters.errors()
        return sent

    def answer_error(self, msg: Message) -> int:
        """Answer that something went wrong inside, within the message's transaction if it has one."""
        if self._transactions is not None and self._transactions.reply_error(msg):
            return 1
        return self.send_error(msg) if isinstance(msg, Request) else -1

    def to_tag(self, msg: Message) -> str:
        """Return the To-tag that `answer_with` would use."""
        return self.transaction_tag(msg) or self.tags.tag(msg)

    def transaction_tag(self, msg: Message) -> str | None:
        """Return the To-tag of the message's transaction, ``None`` if it has none."""
        return None if self._transactions is None else self._transactions.to_tag(msg)

    def absorb_ack(self, msg: Request) -> bool:
        """Deal with the ACK to one of our replies, so that no route sees it.

        Args:
            msg: a request that has just arrived.

        Returns:
            ``False`` when it was such an ACK.
        """
        if msg.method != "ACK":
            return True
        if self._ack_deadline[0] <= self._core.clock.monotonic() or not self.tags.matches(msg):
            return True
        self._counters.acks()
        if self._on_filtered_ack is not None:
            self._on_filtered_ack(msg)
        return False
