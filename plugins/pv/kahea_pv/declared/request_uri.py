"""Pseudo-variables of the Request-URI, the destination and the next hop."""

from __future__ import annotations

from kahea.api import Access, Binder, Message, Module, PvSpec, Request, Value, pvar, pvar_syntax

from kahea_pv import texts, uris
from kahea_pv.binding import on_message
from kahea_pv.destinations import NEXT_HOP, destination_uri
from kahea_pv.params import PvParams
from kahea_pv.rewriting import set_request_part, set_request_uri


class RequestUriVariables(Module[PvParams]):
    """The Request-URI and where the request goes. In replies all of these but ``$nh`` are null."""

    # --- the current Request-URI

    @pvar("ru", "ruri", inline="(msg.uri if msg.is_request else None)")
    def ru(self, msg: Message) -> str | None:
        """The Request-URI."""
        return msg.uri if isinstance(msg, Request) else None

    @ru.setter
    def _set_ru(self, msg: Message, value: Value) -> None:
        set_request_uri(msg, value)

    @pvar("rul")
    def rul(self, msg: Message) -> int | None:
        """Bytes of the Request-URI."""
        return texts.length(msg.uri) if isinstance(msg, Request) else None

    @pvar("rU", "ruri.user")
    def request_user(self, msg: Message) -> str | None:
        """User part of the Request-URI; null without one. Assigning null or "" removes it."""
        return uris.user(msg.parsed_uri) if isinstance(msg, Request) else None

    @request_user.setter
    def _set_request_user(self, msg: Message, value: Value) -> None:
        set_request_part(msg, uris.with_user, "" if value is None else str(value))

    @pvar("rUl")
    def request_user_length(self, msg: Message) -> int | None:
        """Bytes of the Request-URI's user part."""
        return texts.length(uris.user(msg.parsed_uri) or "") if isinstance(msg, Request) else None

    @pvar("rd", "ruri.domain")
    def rd(self, msg: Message) -> str | None:
        """Host of the Request-URI. Assigning it keeps the port."""
        return uris.host(msg.parsed_uri) if isinstance(msg, Request) else None

    @rd.setter
    def _set_rd(self, msg: Message, value: Value) -> None:
        if not value:
            raise ValueError("the host of the Request-URI cannot be removed")
        set_request_part(msg, uris.with_host, str(value))

    @pvar("rp")
    def request_port(self, msg: Message) -> str | None:
        """Port of the Request-URI, by default the one of its transport. Assigning null removes it."""
        return uris.port(msg.parsed_uri) if isinstance(msg, Request) else None

    @request_port.setter
    def _set_request_port(self, msg: Message, value: Value) -> None:
        set_request_part(msg, uris.with_port, "" if value is None else str(value))

    @request_port.also
    def _request_port_number(self, msg: Message) -> int:
        return uris.port_number(msg.parsed_uri if isinstance(msg, Request) else None)

    @pvar("rP")
    def request_transport(self, msg: Message) -> str | None:
        """Transport parameter of the Request-URI as written, by default ``UDP``."""
        return uris.transport(msg.parsed_uri) if isinstance(msg, Request) else None

    @request_transport.also
    def _request_transport_number(self, msg: Message) -> int:
        return uris.transport_number(msg.parsed_uri if isinstance(msg, Request) else None)

    @pvar("rz")
    def rz(self, msg: Message) -> str | None:
        """Scheme of the Request-URI, in lower case."""
        uri = msg.parsed_uri if isinstance(msg, Request) else None
        return None if uri is None else uri.scheme

    @rz.also
    def _rz_number(self, msg: Message) -> int:
        return uris.SCHEME_NUMBERS.get(self.rz(msg) or "", 0)

    # --- the Request-URI as received

    @pvar("ou", "ouri", inline="(msg.original_uri if msg.is_request else None)")
    def ou(self, msg: Message) -> str | None:
        """The Request-URI as received."""
        return msg.original_uri if isinstance(msg, Request) else None

    @pvar("oU")
    def original_user(self, msg: Message) -> str | None:
        """User part of the Request-URI as received."""
        return uris.user(uris.parsed(msg.original_uri)) if isinstance(msg, Request) else None

    @pvar("oUl")
    def original_user_length(self, msg: Message) -> int | None:
        """Bytes of the user part of the Request-URI as received."""
        return texts.length(self.original_user(msg) or "") if isinstance(msg, Request) else None

    @pvar("od")
    def od(self, msg: Message) -> str | None:
        """Host of the Request-URI as received."""
        return uris.host(uris.parsed(msg.original_uri)) if isinstance(msg, Request) else None

    @pvar("op")
    def original_port(self, msg: Message) -> str | None:
        """Port of the Request-URI as received, by default the one of its transport."""
        return uris.port(uris.parsed(msg.original_uri)) if isinstance(msg, Request) else None

    @original_port.also
    def _original_port_number(self, msg: Message) -> int:
        return uris.port_number(uris.parsed(msg.original_uri)) if isinstance(msg, Request) else 0

    @pvar("oP")
    def original_transport(self, msg: Message) -> str | None:
        """Transport parameter of the Request-URI as received, by default ``UDP``."""
        return uris.transport(uris.parsed(msg.original_uri)) if isinstance(msg, Request) else None

    @original_transport.also
    def _original_transport_number(self, msg: Message) -> int:
        return uris.transport_number(uris.parsed(msg.original_uri)) if isinstance(msg, Request) else 0

    # --- where to send instead

    @pvar("du", "duri", inline="(msg.dst_uri if msg.is_request else None)")
    def du(self, msg: Message) -> str | None:
        """URI to send the request to instead of the Request-URI; null when the Request-URI decides."""
        return msg.dst_uri if isinstance(msg, Request) else None

    @du.setter
    def _set_du(self, msg: Message, value: Value) -> None:
        if not isinstance(msg, Request):
            raise ValueError("a reply has no destination URI")
        msg.dst_uri = None if value is None else str(value) or None

    @pvar("dd")
    def dd(self, msg: Message) -> str | None:
        """Host of the destination URI."""
        return uris.host(destination_uri(msg))

    @pvar("dp")
    def destination_port(self, msg: Message) -> str | None:
        """Port of the destination URI, by default the one of its transport."""
        return uris.port(destination_uri(msg))

    @destination_port.also
    def _destination_port_number(self, msg: Message) -> int:
        return uris.port_number(destination_uri(msg))

    @pvar("dP")
    def destination_transport(self, msg: Message) -> str | None:
        """Transport parameter of the destination URI, by default ``UDP``."""
        return uris.transport(destination_uri(msg))

    @destination_transport.also
    def _destination_transport_number(self, msg: Message) -> int:
        return uris.transport_number(destination_uri(msg))

    @pvar_syntax("nh")
    def nh(self, spec: PvSpec, binder: Binder) -> Access:
        """The next hop: of a request the destination or Request-URI, of a reply the second Via.

        Keys: ``u`` URI, ``U`` user, ``d`` host, ``p`` port, ``P`` transport, ``i`` IP version of the host
        (4, 6, 0 for a name).
        """
        return on_message(spec, NEXT_HOP)
