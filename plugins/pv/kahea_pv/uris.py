"""Parts of URIs as pseudo-variables and transformations show them, and URIs with one part changed."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kahea.api import Uri, UriError, parse_uri

PROTOCOL_NUMBERS: Final = {"udp": 1, "tcp": 2, "tls": 3, "sctp": 4, "ws": 5, "wss": 6}
"""Kamailio's numbers of the transports."""
SCHEME_NUMBERS: Final = {"sip": 1, "sips": 2, "tel": 3, "tels": 4, "urn": 5}
"""Kamailio's numbers of the schemes of URIs."""
_PROTOCOLS: Final = {str(number): name for name, number in PROTOCOL_NUMBERS.items()}

_SECURE: Final = ("tls", "wss")


@lru_cache(maxsize=16)
def parsed(text: str) -> Uri | None:
    """Return a URI taken apart, ``None`` when it is malformed; a semicolon at its end is ignored."""
    try:
        return parse_uri(text.removesuffix(";"))
    except UriError:
        return None


# --- parts -----------------------------------------------------------------------------------------


def user(uri: Uri | None) -> str | None:
    """Return the user part; ``None`` without one."""
    if uri is None:
        return None
    name = uri.user
    if uri.scheme == "urn":
        # Kamailio takes the namespace for the user
        name = uri.host.partition(":")[0]
    elif ";" in name and param(uri, "user") == "phone":
        # a telephone number with parameters of its own (RFC 3261 19.1.6)
        name = name.partition(";")[0]
    return name or None


def host(uri: Uri | None) -> str | None:
    """Return the host, IPv6 in brackets; ``None`` without one."""
    if uri is None:
        return None
    return (uri.host.partition(":")[2] if uri.scheme == "urn" else uri.host) or None


def port(uri: Uri | None) -> str | None:
    """Return the port, by default the one of the transport."""
    if uri is None:
        return None
    if uri.port is not None:
        return str(uri.port)
    return "5061" if uri.transport == "tls" else "5060"


def transport(uri: Uri | None) -> str | None:
    """Return the transport parameter as written, by default ``UDP``."""
    return None if uri is None else param(uri, "transport") or "UDP"


def port_number(uri: Uri | None) -> int:
    """Return `port` as a number, 0 without a URI."""
    return int(port(uri) or 0)


def transport_number(uri: Uri | None) -> int:
    """Return Kamailio's number of `transport`, 0 for an unknown one."""
    return PROTOCOL_NUMBERS.get((transport(uri) or "").lower(), 0)


def param(uri: Uri, name: str) -> str:
    """Return the value of a URI parameter, empty without one."""
    if uri.scheme == "tel" or not uri.params_text:
        return ""
    return uri.params.get(name.lower()) or ""


def params_text(uri: Uri) -> str:
    """Return all URI parameters as written."""
    return "" if uri.scheme == "tel" else uri.params_text.removeprefix(";")


def scheme(uri: Uri) -> str:
    """Return the scheme as written."""
    return uri.text.partition(":")[0]


# --- other forms -----------------------------------------------------------------------------------


def destination(uri: Uri) -> str:
    """Return scheme, host, port and transport."""
    return f"{scheme(uri)}:{_hostport(uri)}{_transport(uri)}"


def address_of_record(uri: Uri) -> str:
    """Return scheme, user and host."""
    return f"{scheme(uri)}:{_at_user(uri)}{host(uri) or ''}"


def simple(uri: Uri) -> str:
    """Return scheme, user, host, port and transport."""
    return f"{scheme(uri)}:{_at_user(uri)}{_hostport(uri)}{_transport(uri)}"


def _at_user(uri: Uri) -> str:
    name = user(uri)
    return f"{name}@" if name else ""


def _hostport(uri: Uri) -> str:
    name = host(uri) or ""
    return name if uri.port is None else f"{name}:{uri.port}"


def _transport(uri: Uri) -> str:
    value = param(uri, "transport")
    return f";transport={value}" if value else ""


def socket(uri: Uri) -> str:
    """Return transport, host and port as a socket is written; empty where no transport is given."""
    protocol = uri.transport
    return f"{protocol}:{uri.host}:{uri.port or 5060}" if protocol in PROTOCOL_NUMBERS else ""


def without_param(uri: Uri, name: str) -> str:
    """Return the URI's text without a parameter."""
    wanted = name.lower()
    start = uri.text.find(uri.params_text) if uri.params_text else -1
    if start < 0:
        return uri.text
    kept = [piece for piece in uri.params_text[1:].split(";") if piece.partition("=")[0].strip().lower() != wanted]
    return uri.text[:start] + "".join(f";{piece}" for piece in kept) + uri.text[start + len(uri.params_text) :]


def alias_of(text: str) -> str | None:
    """Return a URI's address as the ``alias`` parameter writes it: ``host~port~number of the transport``."""
    uri = parsed(text)
    if uri is None or uri.scheme == "tel":
        return None
    default = 5061 if uri.transport in _SECURE else 5060
    return f"{uri.host}~{uri.port or default}~{PROTOCOL_NUMBERS.get(uri.transport, 1)}"


def from_alias(text: str) -> str | None:
    """Return the URI of an ``alias`` parameter."""
    name, _, rest = text.partition("~")
    digits, found, number = rest.partition("~")
    if not found:
        return f"sip:{name}:{digits}" if digits else f"sip:{name}"
    protocol = "udp" if number == "0" else _PROTOCOLS.get(number)
    if protocol is None:
        return None
    return f"sip:{name}:{digits}" + (f";transport={protocol}" if protocol != "udp" else "")


# --- with one part changed -------------------------------------------------------------------------


def with_user(uri: Uri, name: str) -> str:
    """Return the URI with another user part; without user and password for an empty one."""
    if uri.scheme == "tel":
        return f"tel:{name}{uri.params_text}"
    password = "" if uri.password is None or not name else f":{uri.password}"
    return _joined(uri, f"{name}{password}", uri.hostport)


def with_host(uri: Uri, name: str) -> str:
    """Return the URI with another host; a ``tel`` (RFC 3261 19.1.6) or ``urn`` becomes a ``sip`` URI."""
    if uri.scheme == "urn":
        return f"sip:{user(uri)}@{name}"
    if uri.scheme == "tel":
        return f"sip:{uri.user}{uri.params_text}@{name};user=phone"
    return _joined(uri, uri.userinfo, name if uri.port is None else f"{name}:{uri.port}")


def with_port(uri: Uri, number: str) -> str:
    """Return the URI with another port, without one for an empty text.

    Raises:
        ValueError: for a ``tel`` URI.
    """
    if uri.scheme == "tel":
        raise ValueError("a tel URI has no port")
    return _joined(uri, uri.userinfo, f"{uri.host}:{number}" if number else uri.host)


def _joined(uri: Uri, userinfo: str, hostport: str) -> str:
    if uri.scheme == "urn":
        raise ValueError("a URN has no such part")
    at = f"{userinfo}@" if userinfo else ""
    query = f"?{uri.headers}" if uri.headers else ""
    return f"{uri.scheme}:{at}{hostport}{uri.params_text}{query}"
