"""Pseudo-variables of the From and To headers."""

from __future__ import annotations

from kahea.api import Message, Module, Value, pvar

from kahea_pv import texts, uris
from kahea_pv.params import PvParams
from kahea_pv.rewriting import HeaderAddress


class PartyVariables(Module[PvParams]):
    """From and To.

    Assignments are seen by others only: the message shows its old values until it is sent.
    """

    # --- From

    @pvar("fu", "from")
    def fu(self, msg: Message) -> str | None:
        """URI of From."""
        address = msg.from_
        return None if address is None else address.uri

    @fu.setter
    def _set_fu(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "from").set_uri(value)

    @pvar("ful")
    def ful(self, msg: Message) -> int | None:
        """Bytes of From's URI."""
        address = msg.from_
        return None if address is None else texts.length(address.uri)

    @pvar("fU", "from.user")
    def from_user(self, msg: Message) -> str | None:
        """User part of From's URI; null without one."""
        address = msg.from_
        return None if address is None else uris.user(address.parsed_uri)

    @from_user.setter
    def _set_from_user(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "from").set_user(value)

    @pvar("fUl")
    def from_user_length(self, msg: Message) -> int:
        """Bytes of the user part of From's URI."""
        return texts.length(self.from_user(msg) or "")

    @pvar("fd", "from.domain")
    def fd(self, msg: Message) -> str | None:
        """Host of From's URI; null for a ``tel`` URI."""
        address = msg.from_
        return None if address is None else uris.host(address.parsed_uri)

    @fd.setter
    def _set_fd(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "from").set_host(value)

    @pvar("fn")
    def fn(self, msg: Message) -> str | None:
        """Display name of From as written, quotes included; null without one."""
        address = msg.from_
        return None if address is None else address.display or None

    @fn.setter
    def _set_fn(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "from").set_display(value)

    @pvar("ft")
    def ft(self, msg: Message) -> str | None:
        """Tag of From; null without one."""
        address = msg.from_
        return None if address is None else address.tag or None

    # --- To

    @pvar("tu", "to")
    def tu(self, msg: Message) -> str | None:
        """URI of To."""
        address = msg.to
        return None if address is None else address.uri

    @tu.setter
    def _set_tu(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "to").set_uri(value)

    @pvar("tU", "to.user")
    def to_user(self, msg: Message) -> str | None:
        """User part of To's URI; null without one."""
        address = msg.to
        return None if address is None else uris.user(address.parsed_uri)

    @to_user.setter
    def _set_to_user(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "to").set_user(value)

    @pvar("tUl")
    def to_user_length(self, msg: Message) -> int:
        """Bytes of the user part of To's URI."""
        return texts.length(self.to_user(msg) or "")

    @pvar("td", "to.domain")
    def td(self, msg: Message) -> str | None:
        """Host of To's URI; null for a ``tel`` URI."""
        address = msg.to
        return None if address is None else uris.host(address.parsed_uri)

    @td.setter
    def _set_td(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "to").set_host(value)

    @pvar("tn")
    def tn(self, msg: Message) -> str | None:
        """Display name of To as written, quotes included; null without one."""
        address = msg.to
        return None if address is None else address.display or None

    @tn.setter
    def _set_tn(self, msg: Message, value: Value) -> None:
        HeaderAddress(msg, "to").set_display(value)

    @pvar("tt")
    def tt(self, msg: Message) -> str | None:
        """Tag of To; null without one."""
        address = msg.to
        return None if address is None else address.tag or None

    @pvar("tts")
    def tts(self, msg: Message) -> int:
        """1 when To has a tag, which makes the request one within a dialog; else 0."""
        address = msg.to
        return 1 if address is not None and address.tag else 0
