"""Finds the URIs of Contact headers, and hides and restores addresses in them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Final, NamedTuple

from kahea.api import Message, Source, parse_name_addr, split_commas

from kahea_siputils.uris import param_span, parsed

_PROTOCOL_NUMBERS: Final = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}


class ContactUri(NamedTuple):
    """A URI of a Contact header and its place in the message's head."""

    text: str
    start: int
    bracketed: bool
    """Whether it stands in angle brackets."""


def contact_uris(msg: Message) -> Iterator[ContactUri]:
    """Yield the URIs of all Contact headers in order."""
    head = msg.head
    for key, field in zip(msg.index.keys, msg.header_fields, strict=False):
        if key != "contact":
            continue
        place = head.index(field.value, head.index(":", field.start) + 1)
        for element in split_commas(field.value):
            place = head.index(element, place)
            address = parse_name_addr(element)
            if address is not None and element != "*":
                bracketed = element[address.uri_start - 1 : address.uri_start] == "<"
                yield ContactUri(address.uri, place + address.uri_start, bracketed)
            place += len(element)


def replace_uris(msg: Message, changed: list[tuple[ContactUri, str]]) -> None:
    """Put other URIs in the place of some when the message is sent."""
    for uri, text in changed:
        msg.edits.replace(uri.start, len(uri.text), text)


def remove_param(msg: Message, name: str) -> bool:
    """Leave a parameter of the Contact URIs out when the message is sent.

    Returns:
        ``False`` when a URI is malformed.
    """
    for contact in contact_uris(msg):
        uri = parsed(contact.text)
        if uri is None:
            return False
        span = param_span(uri, contact.text, name)
        if span is not None:
            msg.edits.delete(contact.start + span[0], span[1] - span[0])
    return True


# --- the address as user part --------------------------------------------------------------------


def as_user(uri: str, prefix: str, host: str, separator: str) -> str | None:
    """Return a URI of another host whose user part holds the parts of a URI.

    Args:
        uri: a sip URI; of its parameters only transport is kept.
        prefix: begins the user part.
        host: of the new URI.
        separator: between the parts.

    Returns:
        ``None`` when the URI is malformed or no sip URI.
    """
    apart = parsed(uri)
    if apart is None or apart.scheme != "sip":
        return None
    parts = (
        prefix,
        apart.user,
        apart.password or "",
        apart.host,
        apart.port or "",
        apart.params.get("transport") or "",
    )
    return f"{uri[:4]}{separator.join(str(part) for part in parts)}@{host}"


def from_user(uri: str, separator: str) -> str | None:
    """Return the URI that `as_user` was given.

    Args:
        uri: what `as_user` made; parameters added since are kept.
        separator: between the parts.

    Returns:
        ``None`` when it is no such URI.
    """
    scheme, _, rest = uri.partition(":")
    hidden, _, address = rest.partition("@")
    parts = hidden.split(separator)
    if len(parts) != 6 or "@" not in rest:
        return None
    _, user, password, host, port, transport = parts
    if not host or (password and not user):
        return None
    userinfo = f"{user}:{password}@" if password else f"{user}@" if user else ""
    hostport = f"{host}:{port}" if port else host
    added = f";transport={transport}" if transport else ""
    _, semicolon, params = address.partition(";")
    return f"{scheme}:{userinfo}{hostport}{added}{semicolon}{params}"


# --- the address as parameter --------------------------------------------------------------------


def as_param(contact: ContactUri, name: str, address: str, source: Source | None = None) -> str:
    """Return a URI with a URI as parameter, in Base64 for URLs (RFC 4648 section 5) without padding.

    Args:
        contact: the URI to hide.
        name: of the parameter.
        address: the URI that gets it.
        source: when given, the hidden URI remembers it in the parameter ``alias``.
    """
    hidden = contact.text if source is None else f"{contact.text};alias={_alias(source)}"
    value = base64.urlsafe_b64encode(hidden.encode("utf-8", "surrogateescape")).decode().rstrip("=")
    text = f"{address};{name}={value}"
    return text if contact.bracketed else f"<{text}>"


def _alias(source: Source) -> str:
    host = f"[{source.ip}]" if ":" in source.ip else source.ip
    return f"{host}~{source.port}~{_PROTOCOL_NUMBERS[source.socket.protocol]}"


class NotEncodedError(ValueError):
    """A parameter does not hold a URI in Base64."""


def from_param(uri: str, name: str) -> str | None:
    """Return the URI that a parameter of a URI holds, ``None`` if there is no such parameter or it has no value.

    Raises:
        NotEncodedError: when the URI is malformed or the parameter's value is not Base64.
    """
    apart = parsed(uri)
    if apart is None:
        raise NotEncodedError(f"malformed URI {uri}")
    value = apart.params.get(name.lower())
    if not value:
        return None
    try:
        hidden = base64.b64decode(value + "=" * (-len(value) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotEncodedError(f"the parameter {name} of {uri} is not Base64") from None
    return hidden.decode("utf-8", "surrogateescape")
