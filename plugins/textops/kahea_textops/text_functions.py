"""Functions that search, replace and substitute in the text of messages."""

from __future__ import annotations

from kahea.api import Core, Message, RawText, Request, Route, Run, Text, Value, Var, function, transformation

from kahea_textops import texts
from kahea_textops.bodies import decoded
from kahea_textops.patterns import EvaluatedLineRegex, LineRegex, WholeRegex
from kahea_textops.substitution import EmptyMatchError, EvaluatedSubst, Subst, Substitution

URI_ROUTES = Route.REQUEST | Route.ONREPLY | Route.FAILURE | Route.BRANCH


class TextFunctions:
    """Searches, replaces and substitutes.

    Regular expressions are POSIX extended ones that ignore case and treat newlines specially: `^` and `$` match at
    lines, `.` matches no newline. All work on the message as received; changes show when it is forwarded.
    """

    core: Core

    @function()
    def search(self, msg: Message, pattern: LineRegex) -> bool:
        """Search the whole message, its first line included.

        Args:
            pattern: regular expression.

        Returns:
            true when it matches.

        Example:
            if (search("^User-Agent: *friendly-scanner")) { drop; }
        """
        return pattern.search(msg.buf.decode("utf-8", "surrogateescape")) is not None

    @function()
    def search_body(self, msg: Message, pattern: LineRegex) -> bool:
        r"""Search the body.

        Args:
            pattern: regular expression.

        Returns:
            true when it matches; false without a body.

        Example:
            if (search_body("^m=video ")) { xlog("video call\n"); }
        """
        return bool(msg.body) and pattern.search(decoded(msg.body)) is not None

    @function()
    def search_str(self, msg: Message, text: Text, pattern: EvaluatedLineRegex) -> bool:
        r"""Search a text.

        Args:
            text: where to search.
            pattern: regular expression; a dollar is written `$$`.

        Returns:
            true when it matches.

        Example:
            if (search_str("$ru", ";transport=tcp")) { xlog("over TCP\n"); }
        """
        return pattern.search(text) is not None

    @function()
    def search_append(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        """Insert text behind the first match in header fields and body.

        Args:
            pattern: regular expression.
            text: what to insert, as it stands.

        Returns:
            true when it matches.

        Example:
            search_append("^User-Agent: *[^ ]+", " (checked)");
        """
        return texts.append_at_match(texts.whole(msg), pattern, text)

    @function()
    def search_append_body(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        r"""Insert text behind the first match in the body.

        Args:
            pattern: regular expression.
            text: what to insert, as it stands.

        Returns:
            true when it matches.

        Example:
            search_append_body("^s=[^\r]*", " (recorded)");
        """
        return texts.append_at_match(texts.only_body(msg), pattern, text)

    @function()
    def replace(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        r"""Replace the first match in header fields and body.

        Args:
            pattern: regular expression.
            text: what stands there then, as it stands.

        Returns:
            true when it matches.

        Example:
            replace("^User-Agent: [^\r]*", "User-Agent: hidden");
        """
        return texts.replace_match(texts.whole(msg), pattern, text)

    @function()
    def replace_all(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        r"""Replace every match in header fields and body.

        Args:
            pattern: regular expression that does not match the empty text.
            text: what stands there then, as it stands.

        Returns:
            true when it matches.

        Example:
            replace_all("192\\.168\\.0\\.1", "203.0.113.1");
        """
        return texts.replace_matches(texts.whole(msg), pattern, text)

    @function()
    def replace_hdrs(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        r"""Replace the first match in the header fields.

        Args:
            pattern: regular expression.
            text: what stands there then, as it stands.

        Returns:
            true when it matches.

        Example:
            replace_hdrs("example\\.com", "example.org");
        """
        return texts.replace_match(texts.only_headers(msg), pattern, text)

    @function()
    def replace_body(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        r"""Replace the first match in the body.

        Args:
            pattern: regular expression.
            text: what stands there then, as it stands.

        Returns:
            true when it matches.

        Example:
            replace_body("^s=[^\r]*", "s=-");
        """
        return texts.replace_match(texts.only_body(msg), pattern, text)

    @function()
    def replace_body_all(self, msg: Message, pattern: LineRegex, text: RawText) -> bool:
        r"""Replace every match in the body.

        Args:
            pattern: regular expression that does not match the empty text.
            text: what stands there then, as it stands.

        Returns:
            true when it matches.

        Example:
            replace_body_all("192\\.168\\.0\\.1", "203.0.113.1");
        """
        return texts.replace_matches(texts.only_body(msg), pattern, text)

    @function()
    def replace_body_atonce(self, msg: Message, pattern: WholeRegex, text: RawText) -> bool:
        """Replace every match in the body taken as one line: `.` matches newlines too.

        Args:
            pattern: regular expression that does not match the empty text.
            text: what stands there then, as it stands.

        Returns:
            true when it matches.

        Example:
            replace_body_atonce("^.+$", "");
        """
        return texts.replace_matches(texts.only_body(msg), pattern, text)

    @function()
    def replace_str(self, msg: Message, wanted: Text, text: Text, mode: Text) -> bool:
        """Replace a text in header fields and body; it is no regular expression.

        Args:
            wanted: what is replaced.
            text: what stands there then.
            mode: `f` for the first place, `a` for all.

        Returns:
            true, also when the text is not there.

        Example:
            replace_str("example.com", "$fd", "a");
        """
        texts.replace_text(texts.whole(msg), wanted, text, mode)
        return True

    @function()
    def replace_hdrs_str(self, msg: Message, wanted: Text, text: Text, mode: Text) -> bool:
        """Replace a text in the header fields; it is no regular expression.

        Args:
            wanted: what is replaced.
            text: what stands there then.
            mode: `f` for the first place, `a` for all.

        Returns:
            true, also when the text is not there.

        Example:
            replace_hdrs_str("example.com", "$fd", "a");
        """
        texts.replace_text(texts.only_headers(msg), wanted, text, mode)
        return True

    @function()
    def replace_body_str(self, msg: Message, wanted: Text, text: Text, mode: Text) -> bool:
        """Replace a text in the body; it is no regular expression.

        Args:
            wanted: what is replaced.
            text: what stands there then.
            mode: `f` for the first place, `a` for all.

        Returns:
            true, also when the text is not there; false without a body.

        Example:
            replace_body_str("192.168.0.1", "$Ri", "a");
        """
        texts.replace_text(texts.only_body(msg), wanted, text, mode)
        return bool(msg.body)

    @function()
    def subst(self, run: Run, expression: Subst) -> bool:
        r"""Substitute in header fields and body.

        Args:
            expression: `/regular expression/replacement/flags`; any character may separate. In the replacement `\0` to
                `\9` are groups, `\u` is the Request-URI, `$fU` is that pseudo-variable, and `\$` a dollar. Flags: `i`
                ignores case, `g` replaces every match, `s` treats newlines like any other character.

        Returns:
            true when something matched.

        Example:
            subst('/^To:(.*)sip:[^@]*@[a-zA-Z0-9.]+(.*)$/To:\1sip:service@example.com\2/i');
        """
        return self._substitute(texts.whole(run.msg), run, expression)

    @function()
    def subst_body(self, run: Run, expression: Subst) -> bool:
        """Substitute in the body.

        Args:
            expression: as in subst.

        Returns:
            true when something matched.

        Example:
            subst_body('/^o=[^ ]* /o=- /');
        """
        return self._substitute(texts.only_body(run.msg), run, expression)

    def _substitute(self, part: texts.Text, run: Run, expression: Substitution) -> bool:
        try:
            return texts.substitute(part, run, expression)
        except EmptyMatchError as error:
            self.core.log.error(f"substitution failed: {error}", "textops")
            return False

    def _substituted(self, run: Run, text: str, expression: Substitution) -> str | None:
        try:
            return expression.apply(run, text)
        except EmptyMatchError as error:
            self.core.log.error(f"substitution failed: {error}", "textops")
            return None

    @function(routes=URI_ROUTES)
    def subst_uri(self, run: Run, expression: Subst) -> bool:
        r"""Substitute in the Request-URI, at once.

        Args:
            expression: as in subst.

        Returns:
            true when something matched.

        Example:
            subst_uri('/^sip:([0-9]+)@(.*)$/sip:+49\1@\2/i');
        """
        msg = run.msg
        changed = self._substituted(run, msg.uri, expression) if isinstance(msg, Request) else None
        if not isinstance(msg, Request) or changed is None:
            return False
        msg.uri = changed
        return True

    @function(routes=URI_ROUTES)
    def subst_user(self, run: Run, expression: Subst) -> bool:
        """Substitute in the user part of the Request-URI, at once.

        Args:
            expression: as in subst.

        Returns:
            true when something matched.

        Example:
            subst_user('/^0+//');
        """
        msg = run.msg
        uri = msg.parsed_uri if isinstance(msg, Request) else None
        changed = None if uri is None else self._substituted(run, uri.user, expression)
        if uri is None or changed is None or not isinstance(msg, Request):
            return False
        msg.uri = texts.with_user(uri, changed)
        return True

    @function()
    def subst_v(self, run: Run, text: Text, expression: EvaluatedSubst, result: Var) -> bool:
        """Substitute in a text.

        Args:
            text: where to substitute.
            expression: as in subst; pseudo-variables anywhere in it are evaluated first.
            result: pseudo-variable that gets the changed text.

        Returns:
            true when something matched; the result is unchanged otherwise.

        Example:
            subst_v("$fU", "/^0//", "$var(number)");
        """
        changed = self._substituted(run, text, expression)
        if changed is None:
            return False
        result.set(run, changed)
        return True

    @transformation("re.subst")
    def re_subst(self, run: Run, value: Value, expression: EvaluatedSubst) -> Value:
        r"""Substitute in the value; unchanged when nothing matches, null when it is empty.

        `$(ru{re.subst,/^sip:(.*)@.*$/\1/})` is the user part of the Request-URI. The *expression* is written as in
        subst, braces in it in pairs.
        """
        text = "" if value is None else str(value)
        if not text:
            return None
        try:
            changed = expression.apply(run, text)
        except EmptyMatchError:
            return None
        return value if changed is None else changed
