"""Where a message goes: the destination URI of a request, the second Via of a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Final

from kahea.api import Message, Request, Uri, Value, Via

from kahea_pv import uris


def destination_uri(msg: Message) -> Uri | None:
    """Return the destination URI taken apart; ``None`` without one."""
    return uris.parsed(msg.dst_uri) if isinstance(msg, Request) and msg.dst_uri else None


def _next_uri(msg: Request) -> Uri | None:
    return uris.parsed(msg.dst_uri) if msg.dst_uri else msg.parsed_uri


def _second_via(msg: Message) -> Via | None:
    vias = msg.vias
    return vias[1] if len(vias) > 1 else None


def _via_host(via: Via) -> str:
    return via.received or via.host


def _via_port(via: Via) -> int:
    return via.rport or via.port or 5060


def _via_protocol(via: Via) -> str:
    protocol = via.protocol.lower()
    return protocol if protocol in uris.PROTOCOL_NUMBERS else "udp"


def via_uri(via: Via) -> str:
    """Return the URI that a reply is sent to by a Via."""
    return f"sip:{_via_host(via)}:{_via_port(via)};transport={_via_protocol(via)}"


def _ip_version(host: str | None) -> int:
    try:
        return ip_address((host or "").strip("[]")).version
    except ValueError:
        return 0


def _either(of_request: Callable[[Request], Value], of_reply: Callable[[Via], Value]) -> Callable[[Message], Value]:
    def read(msg: Message) -> Value:
        if isinstance(msg, Request):
            return of_request(msg)
        via = _second_via(msg)
        return None if via is None else of_reply(via)

    return read


def _request_port(msg: Request) -> Value:
    uri = _next_uri(msg)
    # unlike $rp and $dp, not the port of the transport
    return None if uri is None else str(uri.port or 5060)


def _null(_: object) -> Value:
    return None


NEXT_HOP: Final[Mapping[str, Callable[[Message], Value]]] = {
    "u": _either(lambda msg: msg.dst_uri or msg.uri, via_uri),
    "U": _either(lambda msg: uris.user(_next_uri(msg)), _null),
    "d": _either(lambda msg: uris.host(_next_uri(msg)), _via_host),
    "p": _either(_request_port, _via_port),
    "P": _either(lambda msg: uris.transport(_next_uri(msg)), _via_protocol),
    "i": _either(lambda msg: _ip_version(uris.host(_next_uri(msg))), lambda via: _ip_version(_via_host(via))),
}
"""``$nh(key)``."""

REPLY: Final[Mapping[str, Callable[[Message], Value]]] = {
    "duri": _either(_null, via_uri),
    "dhost": _either(_null, _via_host),
    "dport": _either(_null, _via_port),
    "dproto": _either(_null, _via_protocol),
    "dprotoid": _either(_null, lambda via: uris.PROTOCOL_NUMBERS[_via_protocol(via)]),
    "cntvia": lambda msg: None if msg.is_request else len(msg.vias),
    "cntrr": lambda msg: None if msg.is_request else len(msg.record_routes),
}
"""``$rpl(key)``."""
