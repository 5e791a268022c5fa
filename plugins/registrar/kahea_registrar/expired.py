"""Runs ``event_route[usrloc:contact-expired]`` for contacts that have expired."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.api import Core, LocationContact, LocationEvent, LocationService, Message, Source, parse_message

from kahea_registrar.fetching import Profile, keep_profile

ROUTE: Final = "usrloc:contact-expired"
PROFILE: Final = "exp"
"""Name of the profile with the contact: ``$ulc(exp=>addr)``."""

_REQUEST: Final = (
    b"OPTIONS sip:contact-expired@127.0.0.1 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-contact-expired\r\n"
    b"From: <sip:registrar@127.0.0.1>;tag=contact-expired\r\n"
    b"To: <sip:contact-expired@127.0.0.1>\r\n"
    b"Call-ID: contact-expired@127.0.0.1\r\n"
    b"CSeq: 1 OPTIONS\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class ExpiredContacts:
    """Runs the event route.

    Args:
        core: the server, in a worker.
        service: the location tables.
        route: what runs the block.
    """

    def __init__(self, core: Core, service: LocationService, route: Callable[[Message], int | None]) -> None:
        self._core = core
        self._service = service
        self._route = route

    def tell(self, event: LocationEvent, domain: str, aor: str, contact: LocationContact) -> None:
        """Run the event route for a contact."""
        source = Source(self._core.transport.sockets[0], "127.0.0.1", 5060)
        message = parse_message(_REQUEST, source)
        keep_profile(message, PROFILE, Profile(aor, domain, self._service.aor_hash(aor), [contact]))
        self._route(message)
