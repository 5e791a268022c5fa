"""Functions on Contact headers, and on Remote-Party-ID."""

from __future__ import annotations

from kahea.api import Core, Message, RawText, Request, Route, Run, Text, function, parse_name_addr

from kahea_siputils import contacts, uris
from kahea_siputils.params import SiputilsParams

CONTACT_ROUTES = Route.REQUEST | Route.ONREPLY
RPID_ROUTES = Route.REQUEST | Route.BRANCH | Route.FAILURE


class ContactFunctions:
    """Hides addresses in Contact headers and restores them; changed headers show when the message is forwarded."""

    core: Core
    params: SiputilsParams

    @function(routes=CONTACT_ROUTES)
    def encode_contact(self, msg: Message, prefix: RawText, host: RawText) -> bool:
        """Hide the address of each Contact in the user part of a URI of another host.

        `sip:user:password@ip:port;transport=x` becomes `sip:prefix*user*password*ip*port*x@host`. Other parameters of
        the URI are lost.

        Args:
            prefix: begins the user part, so that the URI is recognised.
            host: of the new URI.

        Returns:
            true; false when there is no Contact header, or a URI that is no sip URI.

        Example:
            encode_contact("natted", "1.2.3.4");
        """
        changed = [
            (uri, contacts.as_user(uri.text, prefix, host, self._separator)) for uri in contacts.contact_uris(msg)
        ]
        return self._replace(msg, changed)

    @function(routes=Route.REQUEST | Route.FAILURE | Route.ONREPLY)
    def decode_contact_header(self, msg: Message) -> bool:
        """Restore the addresses of Contact headers that encode_contact has hidden.

        Returns:
            true; false when there is no Contact header, or a URI without a hidden address.

        Example:
            decode_contact_header();
        """
        changed = [(uri, contacts.from_user(uri.text, self._separator)) for uri in contacts.contact_uris(msg)]
        return self._replace(msg, changed)

    @function(routes=Route.REQUEST)
    def decode_contact(self, msg: Request) -> bool:
        """Restore the address that encode_contact has hidden in the Request-URI.

        Returns:
            true; false when there is none.

        Example:
            decode_contact();
        """
        changed = contacts.from_user(msg.uri, self._separator)
        if changed is None:
            return False
        msg.uri = changed
        return True

    @function(routes=CONTACT_ROUTES)
    def contact_param_encode(self, msg: Message, name: Text, address: Text) -> bool:
        """Replace each Contact URI by one that holds it as a parameter, in Base64.

        Args:
            name: of the parameter.
            address: the new URI.

        Returns:
            true.

        Example:
            contact_param_encode("ksu", "sip:1.2.3.4:5060;transport=tcp");
        """
        found = list(contacts.contact_uris(msg))
        contacts.replace_uris(msg, [(uri, contacts.as_param(uri, name, address)) for uri in found])
        return True

    @function(routes=CONTACT_ROUTES)
    def contact_param_encode_alias(self, msg: Message, name: Text, address: Text) -> bool:
        """Do as contact_param_encode, the hidden URI remembering in `alias` where the message came from.

        Args:
            name: of the parameter.
            address: the new URI.

        Returns:
            true.

        Example:
            contact_param_encode_alias("ksu", "sip:1.2.3.4:5060;transport=tcp");
        """
        found = list(contacts.contact_uris(msg))
        contacts.replace_uris(msg, [(uri, contacts.as_param(uri, name, address, msg.source)) for uri in found])
        return True

    @function(routes=CONTACT_ROUTES)
    def contact_param_decode(self, msg: Message, name: Text) -> bool:
        """Restore the Contact URIs that contact_param_encode has hidden; others stay.

        Args:
            name: of the parameter.

        Returns:
            true; false when a URI is malformed or the parameter does not hold Base64.

        Example:
            contact_param_decode("ksu");
        """
        try:
            hidden = [(uri, contacts.from_param(uri.text, name)) for uri in contacts.contact_uris(msg)]
        except contacts.NotEncodedError as error:
            self.core.log.error(f"contact_param_decode: {error}", "siputils")
            return False
        contacts.replace_uris(msg, [(uri, text) for uri, text in hidden if text is not None])
        return True

    @function(routes=Route.REQUEST)
    def contact_param_decode_ruri(self, msg: Request, name: Text) -> bool:
        """Restore the Request-URI that contact_param_encode has hidden in a Contact.

        Args:
            name: of the parameter.

        Returns:
            true, also without the parameter; false when it does not hold Base64.

        Example:
            contact_param_decode_ruri("ksu");
        """
        try:
            hidden = contacts.from_param(msg.uri, name)
        except contacts.NotEncodedError as error:
            self.core.log.error(f"contact_param_decode_ruri: {error}", "siputils")
            return False
        if hidden is not None:
            msg.uri = hidden
        return True

    @function(routes=CONTACT_ROUTES)
    def contact_param_rm(self, msg: Message, name: Text) -> bool:
        """Remove a parameter from the Contact URIs.

        Args:
            name: of the parameter, in any case.

        Returns:
            true; false when a URI is malformed.

        Example:
            contact_param_rm("transport");
        """
        return contacts.remove_param(msg, name)

    @function()
    def contact_param_check(self, msg: Message, name: Text) -> bool:
        r"""Check whether a Contact URI has a parameter.

        Args:
            name: of the parameter, in any case.

        Returns:
            true when one has, and when there is no Contact header.

        Example:
            if (contact_param_check("ob")) { xlog("outbound\n"); }
        """
        found = [uris.parsed(uri.text) for uri in contacts.contact_uris(msg)]
        return not msg.has_header("contact") or any(uri is not None and name.lower() in uri.params for uri in found)

    @property
    def _separator(self) -> str:
        return self.params.contact_flds_separator[0]

    def _replace(self, msg: Message, changed: list[tuple[contacts.ContactUri, str | None]]) -> bool:
        known = [(uri, text) for uri, text in changed if text is not None]
        if len(known) < len(changed) or not msg.has_header("contact"):
            return False
        contacts.replace_uris(msg, known)
        return True

    # --- Remote-Party-ID -------------------------------------------------------------------------

    @function(routes=RPID_ROUTES)
    def append_rpid_hf(self, run: Run) -> bool:
        """Add a Remote-Party-ID header with the text in the AVP `rpid_avp`, between `rpid_prefix` and `rpid_suffix`.

        Returns:
            true; false when the AVP holds no text.

        Example:
            append_rpid_hf();
        """
        return self._append_rpid(run, self.params.rpid_prefix, self.params.rpid_suffix)

    @function("append_rpid_hf", routes=RPID_ROUTES)
    def append_rpid_hf_between(self, run: Run, prefix: RawText, suffix: RawText) -> bool:
        """Add a Remote-Party-ID header with the text in the AVP `rpid_avp`.

        Args:
            prefix: stands before it.
            suffix: stands behind it.

        Returns:
            true; false when the AVP holds no text.

        Example:
            append_rpid_hf("<", ">;party=calling");
        """
        return self._append_rpid(run, prefix, suffix)

    @function(routes=Route.REQUEST)
    def is_rpid_user_e164(self, run: Run) -> bool:
        """Check whether the user part of the URI in the AVP `rpid_avp` is a number of E.164.

        Returns:
            true when it is, with at most `e164_max_len` characters.

        Example:
            if (is_rpid_user_e164()) { append_rpid_hf(); }
        """
        address = parse_name_addr(self._rpid(run))
        uri = None if address is None else address.parsed_uri
        return uri is not None and uris.is_e164(uri.user, self.params.e164_max_len)

    def _rpid(self, run: Run) -> str:
        key = self.params.rpid_avp.removeprefix("$avp(").removesuffix(")").removeprefix("s:")
        values = run.avps.get(key)
        return values[0] if values and isinstance(values[0], str) else ""

    def _append_rpid(self, run: Run, prefix: str, suffix: str) -> bool:
        value = self._rpid(run)
        if not value:
            return False
        msg = run.msg
        msg.edits.insert_after(len(msg.head), f"Remote-Party-ID: {prefix}{value}{suffix}\r\n")
        return True
