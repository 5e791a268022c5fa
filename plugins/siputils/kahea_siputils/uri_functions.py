"""Functions on URIs and numbers."""

from __future__ import annotations

from kahea.api import Message, Pv, RawText, Request, Result, Route, Run, Text, Var, function

from kahea_siputils import uris
from kahea_siputils.params import SiputilsParams

PARAM_ROUTES = Route.REQUEST | Route.BRANCH | Route.FAILURE
TEL_ROUTES = Route.REQUEST | Route.FAILURE | Route.BRANCH | Route.ONREPLY


class UriFunctions:
    """Checks, compares and changes URIs, those of pseudo-variables and the Request-URI."""

    params: SiputilsParams

    @function()
    def is_uri(self, msg: Message, text: Text) -> bool:
        """Check whether a text is a URI.

        Args:
            text: sip, sips, tel and urn URIs are known.

        Returns:
            true when it is.

        Example:
            if (!is_uri("$hdr(X-Target)")) { drop; }
        """
        return uris.parsed(text) is not None

    @function()
    def is_tel_number(self, msg: Message, text: Text) -> Result:
        """Check whether a text is a telephone number: digits, or `+` and digits that do not start with 0.

        Args:
            text: the text.

        Returns:
            1 when it is, -2 when not.

        Example:
            if (is_tel_number("$rU")) { route(PSTN); }
        """
        return 1 if uris.is_tel_number(text) else -2

    @function()
    def is_numeric(self, msg: Message, text: Text) -> Result:
        """Check whether a text consists of digits.

        Args:
            text: the text.

        Returns:
            1 when it does, -2 when not.

        Example:
            if (is_numeric("$rU")) { route(PSTN); }
        """
        return 1 if uris.is_numeric(text) else -2

    @function()
    def is_alphanum(self, msg: Message, text: Text) -> Result:
        """Check whether a text consists of ASCII letters and digits.

        Args:
            text: the text.

        Returns:
            1 when it does, -2 when it is empty, -3 when not.

        Example:
            if (!is_alphanum("$rU")) { drop; }
        """
        return uris.alphanumeric(text)

    @function()
    def is_alphanumex(self, msg: Message, text: Text, others: Text) -> Result:
        """Check whether a text consists of ASCII letters, digits and some other characters.

        Args:
            text: the text.
            others: the other characters.

        Returns:
            1 when it does, -2 when it is empty, -3 when not.

        Example:
            if (!is_alphanumex("$rU", "+.-_")) { drop; }
        """
        return uris.alphanumeric(text, others)

    @function(routes=Route.REQUEST | Route.FAILURE | Route.LOCAL)
    def is_e164(self, run: Run, number: Pv) -> bool:
        """Check whether a pseudo-variable holds a number of E.164: `+` and two or more digits.

        Args:
            number: pseudo-variable with the number.

        Returns:
            true when it does, with at most `e164_max_len` characters.

        Example:
            if (is_e164("$rU")) { route(PSTN); }
        """
        text = number.get(run)
        return isinstance(text, str) and uris.is_e164(text, self.params.e164_max_len)

    @function()
    def is_uri_user_e164(self, run: Run, uri: Pv) -> bool:
        r"""Check whether the user part of a URI is a number of E.164.

        Args:
            uri: pseudo-variable with the URI.

        Returns:
            true when it is, with at most `e164_max_len` characters.

        Example:
            if (is_uri_user_e164("$fu")) { xlog("a number\n"); }
        """
        text = uri.get(run)
        user = uris.user_text(text) if isinstance(text, str) else None
        return user is not None and uris.is_e164(user, self.params.e164_max_len)

    @function()
    def is_gruu(self, msg: Request) -> Result:
        r"""Check whether the Request-URI is a GRUU (RFC 5627): has the parameter `gr`.

        Returns:
            1 for a public one (`gr` has a value), 2 for a temporary one, -1 for another URI.

        Example:
            if (is_gruu()) { xlog("a GRUU\n"); }
        """
        return uris.gruu_kind(msg.parsed_uri)

    @function("is_gruu")
    def is_gruu_uri(self, msg: Message, uri: Text) -> Result:
        r"""Check whether a URI is a GRUU (RFC 5627): has the parameter `gr`.

        Args:
            uri: the URI.

        Returns:
            1 for a public one (`gr` has a value), 2 for a temporary one, -1 for another URI.

        Example:
            if (is_gruu("$ct")) { xlog("a GRUU\n"); }
        """
        return uris.gruu_kind(uris.parsed(uri))

    @function()
    def cmp_uri(self, msg: Message, a: Text, b: Text) -> Result:
        r"""Compare two URIs: scheme, user, password, host, port, and the parameters that both have.

        Args:
            a: one.
            b: the other.

        Returns:
            1 when they are equal, -1 when not, -2 when one is malformed.

        Example:
            if (cmp_uri("$ru", "sip:service@example.com")) { xlog("the service\n"); }
        """
        return uris.compare(a, b)

    @function()
    def cmp_aor(self, msg: Message, a: Text, b: Text) -> Result:
        r"""Compare two URIs as addresses of record: user, host and port.

        Args:
            a: one.
            b: the other.

        Returns:
            1 when they are equal, -1 when not, -2 when one is malformed.

        Example:
            if (cmp_aor("$fu", "$tu")) { xlog("to oneself\n"); }
        """
        return uris.compare_aor(a, b)

    @function(routes=PARAM_ROUTES)
    def uri_param(self, msg: Request, name: Text) -> bool:
        r"""Check whether the Request-URI has a parameter without value.

        Args:
            name: of the parameter, in any case.

        Returns:
            true when it has.

        Example:
            if (uri_param("lr")) { xlog("loose\n"); }
        """
        uri = msg.parsed_uri
        return uri is not None and name.lower() in uri.params and not uri.params[name.lower()]

    @function("uri_param", routes=PARAM_ROUTES)
    def uri_param_value(self, msg: Request, name: Text, value: Text) -> bool:
        r"""Check whether the Request-URI has a parameter with a value.

        Args:
            name: of the parameter, in any case.
            value: its value, in this case.

        Returns:
            true when it has.

        Example:
            if (uri_param("transport", "tcp")) { xlog("over TCP\n"); }
        """
        uri = msg.parsed_uri
        return uri is not None and name.lower() in uri.params and (uri.params[name.lower()] or "") == value

    @function(routes=PARAM_ROUTES)
    def uri_param_any(self, msg: Request, name: Text) -> bool:
        r"""Check whether the Request-URI has a parameter, with or without value.

        Args:
            name: of the parameter, in any case.

        Returns:
            true when it has.

        Example:
            if (uri_param_any("transport")) { xlog("a transport is given\n"); }
        """
        uri = msg.parsed_uri
        return uri is not None and name.lower() in uri.params

    @function(routes=Route.REQUEST)
    def add_uri_param(self, msg: Request, param: RawText) -> bool:
        """Add a parameter to the Request-URI.

        Args:
            param: `name` or `name=value`; nothing is added when it is empty.

        Returns:
            true; false when the Request-URI is malformed.

        Example:
            add_uri_param("nat=yes");
        """
        uri = msg.parsed_uri
        if uri is None:
            return False
        if param:
            msg.uri = uris.add_param(uri, msg.uri, param)
        return True

    @function(routes=Route.REQUEST | Route.LOCAL)
    def get_uri_param(self, run: Run, name: RawText, result: Var) -> bool:
        """Get the value of a parameter of the Request-URI.

        Args:
            name: of the parameter, in any case.
            result: pseudo-variable that gets the value, an empty text if it has none.

        Returns:
            true when the Request-URI has the parameter.

        Example:
            get_uri_param("transport", "$var(transport)");
        """
        uri = run.msg.parsed_uri if isinstance(run.msg, Request) else None
        if uri is None or name.lower() not in uri.params:
            return False
        result.set(run, uri.params[name.lower()] or "")
        return True

    @function(routes=PARAM_ROUTES)
    def uri_param_rm(self, msg: Request, name: Text) -> bool:
        """Remove a parameter from the Request-URI.

        Args:
            name: of the parameter, in any case.

        Returns:
            true, also when it is not there; false when the Request-URI is malformed.

        Example:
            uri_param_rm("nat");
        """
        changed = uris.without_param(msg.uri, name)
        if changed is None:
            return False
        if changed != msg.uri:
            msg.uri = changed
        return True

    @function(routes=TEL_ROUTES)
    def tel2sip(self, run: Run, uri: Text, host: Text, result: Var) -> Result:
        """Turn a tel URI into a SIP URI.

        Args:
            uri: the tel URI.
            host: host of the SIP URI.
            result: pseudo-variable that gets it.

        Returns:
            1; 2 when the URI is no tel URI, -1 when the result would be no URI.

        Example:
            tel2sip("$ru", "$fd", "$ru");
        """
        return self._from_tel(run, uri, host, result, ordered=False)

    @function(routes=TEL_ROUTES)
    def tel2sip2(self, run: Run, uri: Text, host: Text, result: Var) -> Result:
        """Turn a tel URI into a SIP URI with its parameters in the order of RFC 3261 19.1.6.

        A phone-context that is a domain is left out; of one that is a number the visual separators are removed.

        Args:
            uri: the tel URI.
            host: host of the SIP URI.
            result: pseudo-variable that gets it.

        Returns:
            1, also when the URI is no tel URI; -1 when the result would be no URI.

        Example:
            tel2sip2("$ru", "$fd", "$ru");
        """
        return min(1, self._from_tel(run, uri, host, result, ordered=True))

    def _from_tel(self, run: Run, uri: str, host: str, result: Var, *, ordered: bool) -> int:
        if not uris.is_tel(uri):
            return 2
        changed = uris.from_tel(uri, host, ordered=ordered)
        if changed is None:
            return -1
        result.set(run, changed)
        return 1

    @function()
    def set_uri_user(self, run: Run, uri: Var, user: Pv) -> bool:
        """Set the user part of a URI in a pseudo-variable.

        Args:
            uri: pseudo-variable with the URI.
            user: pseudo-variable with the new user part; an empty one removes it.

        Returns:
            true; false when one of them is `$null` or the URI is none.

        Example:
            set_uri_user("$var(uri)", "$rU");
        """
        text, new = uri.get(run), user.get(run)
        changed = None if text is None or new is None else uris.with_user(str(text), str(new))
        if changed is None:
            return False
        uri.set(run, changed)
        return True

    @function()
    def set_uri_host(self, run: Run, uri: Var, host: Pv) -> bool:
        """Set the host of a URI in a pseudo-variable.

        Args:
            uri: pseudo-variable with the URI.
            host: pseudo-variable with the new host.

        Returns:
            true; false when one of them is `$null` or empty, or the URI is none.

        Example:
            set_uri_host("$var(uri)", "$fd");
        """
        text, new = uri.get(run), host.get(run)
        changed = None if text is None or new is None else uris.with_host(str(text), str(new))
        if changed is None:
            return False
        uri.set(run, changed)
        return True
