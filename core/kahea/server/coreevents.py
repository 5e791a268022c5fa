"""The event routes of the core, and the request that those see which run without a message."""

from __future__ import annotations

from typing import Final

from kahea.modules.core import Core
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Request, SipParseError, parse_message

WORKER_INIT: Final = "core:worker-one-init"
MODINIT: Final = "core:modinit-before"

_STAND_IN: Final = (
    b"OPTIONS sip:event@kahea.invalid SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-event\r\n"
    b"From: <sip:event@kahea.invalid>;tag=event\r\nTo: <sip:event@kahea.invalid>\r\nCall-ID: event@kahea.invalid\r\n"
    b"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)
_HERE: Final = Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5060)


def stand_in(source: Source = _HERE, data: bytes | None = None) -> Request:
    """Return the request that an event route sees when there is none.

    Args:
        source: shown by ``$si``, ``$sp`` and the like.
        data: the bytes that ``$mb`` shows, where something arrived that is no SIP message.
    """
    request = parse_message(_STAND_IN, source)
    if not isinstance(request, Request):
        raise SipParseError("the stand-in is no request")
    if data is not None:
        request.buf = data
    return request


def run_once(core: Core, name: str) -> None:
    """Run an event route of the server's or a worker's start, if the file has it."""
    run = core.event_route(name)
    if run is not None:
        run(stand_in())
