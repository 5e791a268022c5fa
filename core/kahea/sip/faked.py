"""The request that a block sees which runs without one: for an event, or by the clock."""

from __future__ import annotations

from typing import Final

from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Message, Request, SipParseError, parse_message

_TEXT: Final = (
    b"OPTIONS sip:event@kahea.invalid SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-event\r\n"
    b"From: <sip:event@kahea.invalid>;tag=event\r\nTo: <sip:event@kahea.invalid>\r\nCall-ID: event@kahea.invalid\r\n"
    b"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)
_HERE: Final = Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5060)


def faked_request(source: Source = _HERE) -> Request:
    """Return a request that nobody sent, a new one each time.

    Args:
        source: shown by ``$si``, ``$sp`` and the like.
    """
    request = parse_message(_TEXT, source)
    if not isinstance(request, Request):
        raise SipParseError("the faked request is none")
    return request


def is_faked(msg: Message) -> bool:
    """Whether a message was made by `faked_request`, from no source of its own."""
    return msg.source is _HERE
