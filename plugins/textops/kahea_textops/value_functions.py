"""Functions that compare texts, and what a message is."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Int, Message, Result, Route, Run, Text, Var, compile_posix, function

from kahea_textops import checks, values
from kahea_textops.checks import Methods, Privacy, Separator


class ValueFunctions:
    """Compares texts byte by byte, and checks a message's method and privacy."""

    @function()
    def is_method(self, msg: Message, methods: Methods) -> bool:
        """Check the method; a reply's is the one of CSeq.

        Args:
            methods: a method, or several known ones that are separated by `|`; their case does not count.

        Returns:
            true when the message's method is among them.

        Example:
            if (is_method("OPTIONS|NOTIFY")) { exit; }
        """
        method = msg.method
        return method in methods or method.upper() in methods

    @is_method.when_constant
    def _is_method_prepared(self, methods: frozenset[str]) -> Callable[[Message], bool]:
        if len(methods) > 1:

            def is_one_of(msg: Message) -> bool:
                method = msg.method
                return method in methods or method.upper() in methods

            return is_one_of
        [wanted] = methods

        def is_it(msg: Message) -> bool:
            method = msg.method
            return method == wanted or method.upper() == wanted

        return is_it

    @function()
    def is_privacy(self, msg: Message, privacy: Privacy) -> bool:
        """Check the Privacy header (RFC 3323).

        Args:
            privacy: critical, header, history, id, none, session or user.

        Returns:
            true when the header has that value.

        Example:
            if (is_privacy("id")) { remove_hf("P-Asserted-Identity"); }
        """
        return checks.has_privacy(msg, privacy)

    @function()
    def cmp_str(self, msg: Message, a: Text, b: Text) -> Result:
        r"""Compare two texts.

        Args:
            a: one.
            b: the other.

        Returns:
            1 when they are equal, -1 when the first comes later in order, -2 when it comes earlier.

        Example:
            if (cmp_str("$rU", "echo")) { xlog("echo test\n"); }
        """
        return values.compare(a, b)

    @function()
    def cmp_istr(self, msg: Message, a: Text, b: Text) -> Result:
        r"""Compare two texts, ignoring the case of letters.

        Args:
            a: one.
            b: the other.

        Returns:
            1 when they are equal, -1 when the first comes later in order, -2 when it comes earlier.

        Example:
            if (cmp_istr("$fd", "Example.COM")) { xlog("ours\n"); }
        """
        return values.compare_ignoring_case(a, b)

    @function()
    def starts_with(self, msg: Message, text: Text, start: Text) -> Result:
        r"""Check whether a text starts with another.

        Args:
            text: the text.
            start: how it should start.

        Returns:
            1 when it does; -1 or -2 when not.

        Example:
            if (starts_with("$rU", "+49")) { xlog("to Germany\n"); }
        """
        return values.starts_with(text, start)

    @function()
    def ends_with(self, msg: Message, text: Text, end: Text) -> Result:
        r"""Check whether a text ends with another.

        Args:
            text: the text.
            end: how it should end.

        Returns:
            1 when it does; -1 or -2 when not.

        Example:
            if (ends_with("$fd", ".example.com")) { xlog("a subdomain\n"); }
        """
        return values.ends_with(text, end)

    @function()
    def str_find(self, msg: Message, text: Text, wanted: Text) -> Result:
        """Find a text in another.

        Args:
            text: where to look.
            wanted: what to look for.

        Returns:
            its place in bytes, counted from 1; -1 when it is not there.

        Example:
            if (str_find("$ua", "scanner")) { drop; }
        """
        return values.find(text, wanted)

    @function()
    def str_ifind(self, msg: Message, text: Text, wanted: Text) -> Result:
        """Find a text in another, ignoring the case of letters.

        Args:
            text: where to look.
            wanted: what to look for.

        Returns:
            its place in bytes, counted from 1; -1 when it is not there.

        Example:
            if (str_ifind("$ua", "Scanner")) { drop; }
        """
        return values.find(values.folded(text), values.folded(wanted))

    @function()
    def str_any_in(self, msg: Message, text: Text, characters: Text) -> bool:
        """Check whether a text holds one of some characters.

        Args:
            text: where to look.
            characters: what to look for.

        Returns:
            true when it holds one.

        Example:
            if (str_any_in("$fU", ";',:")) { drop; }
        """
        return values.any_in(text, characters)

    @function()
    def str_all_in(self, msg: Message, text: Text, characters: Text) -> bool:
        r"""Check whether a text holds all of some characters.

        Args:
            text: where to look.
            characters: what to look for.

        Returns:
            true when it holds each.

        Example:
            if (str_all_in("$hdr(X-Key)", "-.")) { xlog("well formed\n"); }
        """
        return values.all_in(text, characters)

    @function()
    def in_list(self, msg: Message, subject: Text, items: Text, separator: Separator) -> bool:
        r"""Check whether a text is in a list.

        Args:
            subject: the text.
            items: the list; blanks around its items do not count.
            separator: one character between the items.

        Returns:
            true when it is.

        Example:
            if (in_list("$rd", "example.com,example.org", ",")) { xlog("ours\n"); }
        """
        return values.in_list(subject, items, separator)

    @function()
    def in_list_prefix(self, msg: Message, subject: Text, items: Text, separator: Separator) -> bool:
        r"""Check whether a text starts with an item of a list.

        Args:
            subject: the text.
            items: the list; blanks around its items do not count.
            separator: one character between the items.

        Returns:
            true when it does.

        Example:
            if (in_list_prefix("$rU", "+49,+43,+41", ",")) { xlog("German speaking\n"); }
        """
        return values.in_list_prefix(subject, items, separator)

    @function(routes=Route.REQUEST | Route.FAILURE | Route.BRANCH | Route.ONREPLY)
    def regex_substring(self, run: Run, text: Text, pattern: Text, number: Int, limit: Int, result: Var) -> Result:
        """Get what a group of a regular expression matches. Its letters match in their own case only.

        Args:
            text: where to look.
            pattern: POSIX extended regular expression; a dollar is written `$$`.
            number: of the group, 0 for the whole match.
            limit: how many groups count, the whole match among them.
            result: pseudo-variable that gets the text.

        Returns:
            1; -1 when the group matches nothing, -2 when the pattern does not match.

        Example:
            regex_substring("$rU", "^([0-9]+)-([0-9]+)", 2, 3, "$var(extension)");
        """
        found = values.group(text, compile_posix(pattern, 0), number, limit)
        if isinstance(found, int):
            return found
        result.set(run, found)
        return 1
