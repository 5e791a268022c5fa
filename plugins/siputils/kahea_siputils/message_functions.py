"""Functions that tell what a message is."""

from __future__ import annotations

from typing import Annotated

from kahea.api import Core, Int, Kind, Message, Result, Text, Value, function, header_key, split_commas

from kahea_siputils import dates, hops

OPTION_TAGS = ("path", "gruu", "timer", "100rel", "outbound", "eventlist")


class OptionTagKind(Kind):
    """An option tag that Kamailio knows, in lower case."""

    label = "option tag"

    def dynamic(self, value: Value) -> str:
        """Return the tag."""
        text = str(value or "").lower()
        if text not in OPTION_TAGS:
            raise ValueError(f'unknown option tag "{text}": use one of {", ".join(OPTION_TAGS)}')
        return text


OptionTag = Annotated[str, OptionTagKind()]


class MessageFunctions:
    """Requests and replies, dialogs and hops."""

    core: Core

    @function()
    def is_request(self, msg: Message) -> bool:
        r"""Check whether the message is a request.

        Returns:
            true for a request.

        Example:
            if (is_request()) { xlog("a request\n"); }
        """
        return msg.is_request

    @function()
    def is_reply(self, msg: Message) -> bool:
        r"""Check whether the message is a reply.

        Returns:
            true for a reply.

        Example:
            if (is_reply()) { xlog("a reply\n"); }
        """
        return not msg.is_request

    @function()
    def is_sip(self, msg: Message) -> bool:
        r"""Check whether the message is a SIP message.

        Returns:
            true.

        Example:
            if (is_sip()) { xlog("SIP\n"); }
        """
        return msg.version.upper().startswith("SIP/")

    @function()
    def is_http(self, msg: Message) -> bool:
        r"""Check whether the message is an HTTP message.

        Returns:
            true for HTTP.

        Example:
            if (is_http()) { xlog("HTTP\n"); }
        """
        return msg.version.upper().startswith("HTTP/")

    @function()
    def has_totag(self, msg: Message) -> bool:
        """Check whether the To header has a tag: a request with one belongs to a dialog.

        Returns:
            true when it has.

        Example:
            if (has_totag()) { route(WITHINDLG); }
        """
        to = msg.to
        return to is not None and to.tag != ""

    @function()
    def is_first_hop(self, msg: Message, mode: Int = 0) -> bool:
        r"""Check whether the message came from its sender without another proxy between.

        Args:
            mode: with 0, a reply whose top Record-Route holds a name, or that came from there, is not at its first hop;
                with 1 it is, if that is ours.

        Returns:
            true for a request with one Via, and for a reply without Record-Route or with ours on top.

        Example:
            if (is_first_hop()) { xlog("from the phone\n"); }
        """
        return hops.is_first_hop(self.core, msg, allow_loops=mode != 0)

    @function()
    def is_supported(self, msg: Message, tag: OptionTag) -> bool:
        r"""Check whether the Supported header lists an option tag.

        Args:
            tag: path, gruu, timer, 100rel, outbound or eventlist.

        Returns:
            true when it does.

        Example:
            if (is_supported("outbound")) { xlog("flows\n"); }
        """
        return any(tag == found.lower() for value in msg.header_values("Supported") for found in split_commas(value))

    @function()
    def hdr_date_check(self, msg: Message, seconds: Int) -> Result:
        """Check that the message is not too old, by its Date header.

        Args:
            seconds: age that it may have.

        Returns:
            1 when it is young enough, -1 without a readable Date header, -4 when it is too old.

        Example:
            if (!hdr_date_check(60)) { drop; }
        """
        age = dates.age(msg, self.core.clock.time())
        if age is None:
            return -1
        return 1 if age <= seconds else -4

    @function()
    def sip_parse_headers(self, msg: Message) -> bool:
        """Check that all headers can be read.

        Returns:
            true when they can.

        Example:
            if (!sip_parse_headers()) { drop; }
        """
        return msg.header_error == ""

    @function()
    def cmp_hdr_name(self, msg: Message, a: Text, b: Text) -> Result:
        r"""Compare two names of headers: their case does not count, compact forms are the same as full names.

        Args:
            a: one.
            b: the other.

        Returns:
            1 when they name the same header; -1 or -2 when not.

        Example:
            if (cmp_hdr_name("$var(name)", "From")) { xlog("From\n"); }
        """
        one, other = header_key(a), header_key(b)
        if one == other:
            return 1
        return -1 if one > other else -2
