"""Functions on header fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from kahea.api import Core, Int, Kind, Message, RawText, Request, Result, Route, Run, Text, Value, function

from kahea_textops import headers
from kahea_textops.dates import date_line
from kahea_textops.patterns import EvaluatedLineRegex, LineRegex
from kahea_textops.substitution import Subst, Substitution

REPLY_HEADER_ROUTES = Route.REQUEST | Route.FAILURE | Route.BRANCH


class HeaderNameKind(Kind):
    """The name of a header."""

    label = "header name"

    def dynamic(self, value: Value) -> str:
        """Return the name."""
        name = str(value or "").strip()
        if not name:
            raise ValueError("the name of the header is empty")
        return name


HeaderName = Annotated[str, HeaderNameKind()]


class HeaderFunctions:
    """Adds, removes, finds and changes header fields.

    What is added, removed or changed shows when the message is forwarded; until then functions and pseudo-variables
    see the message as received.
    """

    core: Core

    @function()
    def append_hf(self, msg: Message, text: Text, header: HeaderName | None = None) -> bool:
        r"""Add header fields behind all others, or behind the last one of a name.

        Args:
            text: one or more header fields, each with its `\r\n`.
            header: name of a header; where the message has none, the text goes behind all others.

        Returns:
            true; false when there is nothing to add.

        Example:
            append_hf("X-Source: $si\r\n");
        """
        return headers.append(msg, text, header)

    @function()
    def insert_hf(self, msg: Message, text: Text, header: HeaderName | None = None) -> bool:
        r"""Add header fields in front of all others, or in front of the first one of a name.

        Args:
            text: one or more header fields, each with its `\r\n`.
            header: name of a header; where the message has none, the text goes in front of all others.

        Returns:
            true; false when there is nothing to add.

        Example:
            insert_hf("P-Asserted-Identity: <$fu>\r\n", "Call-ID");
        """
        return headers.insert(msg, text, header)

    @function(routes=REPLY_HEADER_ROUTES)
    def append_urihf(self, msg: Request, before: RawText, after: RawText) -> bool:
        r"""Add a header field with the Request-URI as it was received, behind all others.

        Args:
            before: text in front of the URI.
            after: text behind it, with its `\r\n`.

        Returns:
            true.

        Example:
            append_urihf("CC-Diversion: ", "\r\n");
        """
        return headers.append(msg, f"{before}{msg.original_uri}{after}")

    @function(routes=REPLY_HEADER_ROUTES)
    def append_to_reply(self, msg: Request, text: Text) -> bool:
        r"""Add header fields to every reply that is made to this request from here on.

        Args:
            text: one or more header fields, each with its `\r\n`.

        Returns:
            true; false when there is nothing to add.

        Example:
            append_to_reply("Retry-After: 30\r\n");
        """
        msg.reply_headers += text
        return text != ""

    @function(routes=REPLY_HEADER_ROUTES)
    def append_time(self, msg: Request) -> bool:
        """Add a Date header to the replies that are made to this request.

        Returns:
            true.

        Example:
            append_time();
        """
        msg.reply_headers += date_line(self.core.clock.time())
        return True

    @function()
    def append_time_to_request(self, msg: Message) -> bool:
        """Add a Date header to the message, behind its first header field.

        Returns:
            true.

        Example:
            append_time_to_request();
        """
        msg.edits.insert_after(next(headers.fields(msg)).end, date_line(self.core.clock.time()))
        return True

    @function()
    def remove_hf(self, msg: Message, header: HeaderName) -> bool:
        """Remove all header fields of a name.

        Args:
            header: the name, in any case, in full or compact.

        Returns:
            true when there were any.

        Example:
            remove_hf("User-Agent");
        """
        return headers.remove(msg, headers.named(msg, header))

    @function()
    def remove_hf_pv(self, msg: Message, header: HeaderName) -> bool:
        """Remove all header fields of a name, as remove_hf does.

        Args:
            header: the name, in any case, in full or compact.

        Returns:
            true, also when there were none.

        Example:
            remove_hf_pv("$var(name)");
        """
        headers.remove(msg, headers.named(msg, header))
        return True

    @function()
    def remove_hf_idx(self, msg: Message, header: HeaderName, index: Int) -> Result:
        """Remove one of the header fields of a name.

        Args:
            header: the name.
            index: which one, counted from 0; negative numbers count from the last, -1.

        Returns:
            1; 2 when the message has fewer than that.

        Example:
            remove_hf_idx("X-Trace", -1);
        """
        found = headers.named(msg, header)
        if not -len(found) <= index < len(found):
            return 2 if index >= 0 else 1
        headers.remove(msg, [found[index]])
        return 1

    @function()
    def remove_hf_re(self, msg: Message, names: LineRegex) -> bool:
        """Remove all header fields whose name matches a regular expression.

        Args:
            names: regular expression, case is ignored.

        Returns:
            true when there were any.

        Example:
            remove_hf_re("^X-");
        """
        return headers.remove(msg, headers.matching(msg, names))

    @function()
    def remove_hf_re_pv(self, msg: Message, names: EvaluatedLineRegex) -> bool:
        """Remove all header fields whose name matches a regular expression that may hold pseudo-variables.

        Args:
            names: regular expression, case is ignored; a dollar is written `$$`.

        Returns:
            true when there were any.

        Example:
            remove_hf_re_pv("^$var(prefix)");
        """
        return headers.remove(msg, headers.matching(msg, names))

    @function()
    def remove_hf_exp(self, msg: Message, names: LineRegex, skip: LineRegex) -> bool:
        """Remove all header fields whose name matches a regular expression, except those that match another.

        Args:
            names: regular expression of names to remove.
            skip: regular expression of names to keep.

        Returns:
            true when there were any.

        Example:
            remove_hf_exp("^X-", "^X-Keep-");
        """
        return headers.remove(msg, headers.matching(msg, names, skip))

    @function()
    def remove_hf_exp_pv(self, msg: Message, names: EvaluatedLineRegex, skip: EvaluatedLineRegex) -> bool:
        """Remove header fields as remove_hf_exp does, by regular expressions that may hold pseudo-variables.

        Args:
            names: regular expression of names to remove; a dollar is written `$$`.
            skip: regular expression of names to keep.

        Returns:
            true when there were any.

        Example:
            remove_hf_exp_pv("^$var(match)", "^$var(keep)");
        """
        return headers.remove(msg, headers.matching(msg, names, skip))

    @function()
    def remove_hf_match(self, msg: Message, header: HeaderName, operator: Text, expression: Text) -> Result:
        """Remove the header fields of a name whose value compares to an expression.

        Args:
            header: the name.
            operator: `eq` equal, `ne` not equal, `in` contains, `re` matches as a regular expression.
            expression: what the value is compared to.

        Returns:
            1 when there were any, -2 when not, -1 for another operator.

        Example:
            remove_hf_match("X-Info", "in", "secret");
        """
        holds = headers.comparison(operator, expression)
        if holds is None:
            self.core.log.error(f'remove_hf_match: unknown operator "{operator}"', "textops")
            return -1
        return 1 if headers.remove(msg, [field for field in headers.named(msg, header) if holds(field.value)]) else -2

    @function(aliases=("is_present_hf_pv",))
    def is_present_hf(self, msg: Message, header: HeaderName) -> bool:
        r"""Check whether the message has a header.

        Args:
            header: the name, in any case, in full or compact.

        Returns:
            true when there is a header field of that name.

        Example:
            if (is_present_hf("Authorization")) { xlog("credentials\n"); }
        """
        return msg.has_header(header)

    @is_present_hf.when_constant
    def _is_present_hf_prepared(self, header: str) -> Callable[[Message], bool]:
        return lambda msg: msg.has_header(header)

    @function()
    def is_present_hf_re(self, msg: Message, names: LineRegex) -> bool:
        r"""Check whether the message has a header whose name matches a regular expression.

        Args:
            names: regular expression, case is ignored.

        Returns:
            true when there is one.

        Example:
            if (is_present_hf_re("^P-")) { xlog("private headers\n"); }
        """
        return bool(headers.matching(msg, names))

    @function()
    def is_present_hf_re_pv(self, msg: Message, names: EvaluatedLineRegex) -> bool:
        r"""Check for a header as is_present_hf_re does, by a regular expression that may hold pseudo-variables.

        Args:
            names: regular expression; a dollar is written `$$`.

        Returns:
            true when there is one.

        Example:
            if (is_present_hf_re_pv("^$var(prefix)")) { xlog("found\n"); }
        """
        return bool(headers.matching(msg, names))

    @function()
    def search_hf(self, msg: Message, header: HeaderName, pattern: LineRegex, flags: RawText) -> bool:
        r"""Search the values of a header for a regular expression.

        Args:
            header: the name.
            pattern: regular expression, case is ignored.
            flags: `a` in all header fields of the name, `f` in the first, `l` in the last.

        Returns:
            true when it matches.

        Example:
            if (search_hf("Contact", "expires=0", "a")) { xlog("unregisters\n"); }
        """
        return any(pattern.search(field.value) for field in headers.selected(headers.named(msg, header), flags))

    @function()
    def via_param_rm(self, msg: Message, name: Text, index: Int) -> Result:
        """Remove a parameter of a Via.

        Args:
            name: of the parameter; case is ignored.
            index: which Via, from 0 at the top; -1 is the last.

        Returns:
            how often it was there; -1 when it was not, or there is no such Via.

        Example:
            via_param_rm("rport", "0");
        """
        return headers.remove_via_param(msg, name, index) or -1

    @function()
    def subst_hf(self, run: Run, header: HeaderName, expression: Subst, flags: RawText) -> bool:
        r"""Substitute in the values of a header.

        Args:
            header: the name.
            expression: `/regular expression/replacement/flags`, as in subst.
            flags: `a` in all header fields of the name, `f` in the first, `l` in the last.

        Returns:
            true when something matched.

        Example:
            subst_hf("From", "/<sip:0/<sip:+49/", "f");
        """
        return _substitute(run, headers.selected(headers.named(run.msg, header), flags), expression)


def _substitute(run: Run, found: list[headers.Field], expression: Substitution) -> bool:
    changes = [
        (field.value_start + start, end - start, new)
        for field in found
        for start, end, new in expression.replacements(run, field.value)
    ]
    for place, length, new in changes:
        run.msg.edits.replace(place, length, new)
    return bool(changes)
