"""Functions on a whole message, its first line and its body."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Annotated, get_args

from kahea.api import (
    Core,
    Int,
    Kind,
    Level,
    Message,
    Outcome,
    RawText,
    Reply,
    Request,
    Result,
    Route,
    RouteNameKind,
    Run,
    SipParseError,
    Text,
    Value,
    Waits,
    compile_posix,
    function,
)

from kahea_textopsx import changes, fields, patterns

APPLYING_ROUTES = Route.REQUEST | Route.ONREPLY
LONGEST = 65535
"""Bytes of a message that takes another one's place."""
KEPT = frozenset(
    (
        *("from", "to", "call-id", "cseq", "via", "contact", "content-length", "content-type"),
        *("route", "record-route", "max-forwards"),
    )
)
"""Header fields that keep_hf never removes."""


class RawRegexKind(Kind):
    """A regular expression as it stands; the case of letters does not count."""

    mode = get_args(RawText)[1].mode
    label = "regex"

    def dynamic(self, value: Value) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return compile_posix(str(value or ""))


RawRegex = Annotated[re.Pattern[str], RawRegexKind()]


class MessageFunctions:
    """Changes a message as a whole."""

    core: Core

    @function(routes=APPLYING_ROUTES)
    def msg_apply_changes(self, run: Run) -> Result:
        r"""Make the changes so far part of the message, so that functions and pseudo-variables see them.

        Returns:
            1; -1 for a request outside of `request_route` and the routes that it calls, and behind `record_route`; when
            the result is no usable SIP message, the script ends.

        Example:
            append_hf("X-Edge: one\r\n");
            msg_apply_changes();
            xlog("$hdr(X-Edge)\n");
        """
        if run.msg.edited and run.msg.edits.unsettled:
            self.core.log_bounded("msg_apply_changes: call it before record_route()", "textopsx", Level.ERR)
            return -1
        return self._replace(run, changes.changed(run.msg), "msg_apply_changes")

    @function(routes=APPLYING_ROUTES)
    def msg_set_buffer(self, run: Run, text: Text) -> Result:
        """Put another message in the place of the one in work.

        Args:
            text: a request in the place of a request, a reply in the place of a reply.

        Returns:
            1; -1 for a request outside of `request_route` and the routes that it calls; when the text is no usable SIP
            message of that kind, the script ends.

        Example:
            msg_set_buffer("$var(message)");
        """
        return self._replace(run, text.encode("utf-8", "surrogateescape"), "msg_set_buffer")

    def _replace(self, run: Run, data: bytes, function_name: str) -> int:
        if isinstance(run.msg, Request) and not run.kind & Route.REQUEST:
            self._refuse(f"{function_name}: a request can be changed in request_route only")
            return -1
        if len(data) > LONGEST:
            self._refuse(f"{function_name}: the message has {len(data)} bytes, {LONGEST} are allowed")
            return -1
        problem = changes.replace_buffer(run.msg, data)
        if problem:
            self._refuse(f"{function_name}: the changed message cannot be used: {problem}")
            return 0
        return 1

    @function(routes=Route.REQUEST | Route.ONREPLY, waits=Waits.MAY)
    def msg_changed_route(
        self, run: Run, name: Annotated[str, RouteNameKind(Route.REQUEST)]
    ) -> Result | Awaitable[Result]:
        r"""Run a route block for a copy of the message that has the changes so far.

        What the block changes in the copy is forgotten; the variables that it sets stay.

        Args:
            name: of the block.

        Returns:
            1, whatever the block returns; -1 when there is no such block, or the copy is no message.

        Example:
            append_hf("X-Edge: one\r\n");
            msg_changed_route("LOG_CHANGED");
        """
        block = self.core.routes.find(Route.REQUEST, name)
        if block is None:
            self._refuse(f"there is no route[{name}]")
            return -1
        try:
            copy = changes.changed_copy(run.msg)
        except SipParseError as error:
            self._refuse(f"msg_changed_route: {error}")
            return -1
        outcome = self.core.routes.call(run, block, copy, run.kind)
        return self._ended(outcome) if isawaitable(outcome) else 1

    async def _ended(self, outcome: Awaitable[Outcome]) -> int:
        await outcome
        return 1

    @function(routes=Route.ONREPLY)
    def change_reply_status(self, msg: Reply, code: Int, reason: Text) -> bool:
        """Change the status code and the reason of a reply.

        A provisional or positive reply (1xx, 2xx) stays in its class; of the others, any can become any.

        Args:
            code: 100 to 699.
            reason: reason phrase.

        Returns:
            true; false when the code or the change is not allowed or the reason is empty.

        Example:
            if (status == "603") { change_reply_status("404", "Not Found"); }
        """
        if not reason:
            return self._refuse("change_reply_status: the reason is empty")
        return self._change_status(msg, code, reason)

    @function(routes=Route.ONREPLY)
    def change_reply_status_code(self, msg: Reply, code: Int) -> bool:
        """Change the status code of a reply and keep its reason.

        Args:
            code: 100 to 699; bounds as for `change_reply_status`.

        Returns:
            true; false when the code or the change is not allowed.

        Example:
            if (status == "603") { change_reply_status_code("404"); }
        """
        return self._change_status(msg, code, None)

    def _change_status(self, msg: Reply, code: int, reason: str | None) -> bool:
        if not 100 <= code <= 699:
            return self._refuse(f"a status code is from 100 to 699, not {code}")
        if not changes.may_become(msg.status, code):
            return self._refuse(f"a reply {msg.status} cannot become {code}: 1xx and 2xx stay in their class")
        changes.change_status(msg, code, reason)
        return True

    @function()
    def remove_body(self, msg: Message) -> bool:
        """Remove the body when the message is sent; Content-Type stays.

        Returns:
            true, also without a body.

        Example:
            remove_body();
        """
        if msg.body:
            msg.edits.set_body(msg.body, b"")
        return True

    @function()
    def keep_hf(self, msg: Message, names: RawRegex | None = None) -> bool:
        """Remove all header fields except those that proxies need and those whose name matches.

        Always kept are Via, Route, Record-Route, From, To, Call-ID, CSeq, Contact, Max-Forwards, Content-Type and
        Content-Length.

        Args:
            names: regular expression of names to keep; case is ignored. Without it none of the others is kept.

        Returns:
            false, always, as in Kamailio.

        Example:
            keep_hf("^(User-Agent|X-)");
        """
        for field in fields.fields(msg):
            if field.key not in KEPT and (names is None or not names.search(field.name)):
                fields.remove(msg, field)
        return False

    @function()
    def fnmatch(self, msg: Message, value: Text, pattern: Text, flags: Text = "") -> bool:
        r"""Check whether a text matches a pattern as shells have for file names.

        Args:
            value: the text.
            pattern: `*` stands for any text, `?` for any byte, `[a-z]` for one of some; the whole text must match.
            flags: `i` when the case of letters does not count.

        Returns:
            true when it matches.

        Example:
            if (fnmatch("$rU", "49*", "i")) { xlog("to Germany\n"); }
        """
        return patterns.matches(value, pattern, flags[:1] in ("i", "I"))

    def _refuse(self, reason: str) -> bool:
        self.core.log.error(reason, "textopsx")
        return False
