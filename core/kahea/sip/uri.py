"""SIP, SIPS, TEL and URN URIs (RFC 3261 section 19.1, RFC 3966, RFC 8141)."""

from __future__ import annotations

import re
from typing import Final

from kahea.sip.grammar import HOST_NAME, IPV6_REFERENCE
from kahea.sip.params import parse_params

_MAX_PORT: Final = 65535

# The form that nearly every URI has; anything else takes the long way, which decides.
_SIMPLE: Final = re.compile(
    r"(sips?):(?:([^@:;?\[\]\s&,/]++)@)?([A-Za-z0-9][A-Za-z0-9.\-_]*+)(?::([0-9]{1,5}+))?(;[^@?\s]*+)?"
)


class UriError(ValueError):
    """A text is not a URI that we understand."""


class Uri:
    """A URI taken apart.

    Attributes:
        text: the URI as it was written.
        scheme: ``sip``, ``sips``, ``tel`` or ``urn``.
        user: user part or telephone number, escapes untouched; "" if there is none.
        password: text after the user's colon, ``None`` without one.
        host: as written, IPv6 in brackets; "" for ``tel``; of a URN, what follows ``urn:``.
        port: number, ``None`` if absent.
        params_text: parameters from the first semicolon on, or "".
        headers: text after the question mark, or "".
    """

    __slots__ = ("_params", "headers", "host", "params_text", "password", "port", "scheme", "text", "user")

    def __init__(
        self,
        text: str,
        scheme: str,
        user: str,
        password: str | None,
        host: str,
        port: int | None,
        params_text: str,
        headers: str,
    ) -> None:
        self.text = text
        self.scheme = scheme
        self.user = user
        self.password = password
        self.host = host
        self.port = port
        self.params_text = params_text
        self.headers = headers
        self._params: dict[str, str | None] | None = None

    @property
    def params(self) -> dict[str, str | None]:
        """Parameters by lower-case name, ``None`` for one without a value."""
        params = self._params
        if params is None:
            params = self._params = parse_params(self.params_text) if self.params_text else {}
        return params

    @property
    def transport(self) -> str:
        """Value of the ``transport`` parameter in lower case, "" if it is absent."""
        return (self.params.get("transport") or "").lower() if self.params_text else ""

    @property
    def userinfo(self) -> str:
        """User and password as they stand before the ``@``, or ""."""
        return self.user if self.password is None else f"{self.user}:{self.password}"

    @property
    def hostport(self) -> str:
        """Host, and the port if there is one."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        if self.scheme == "tel":
            return f"tel:{self.user}{self.params_text}"
        at = f"{self.userinfo}@" if self.user else ""
        query = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{at}{self.hostport}{self.params_text}{query}"

    def __repr__(self) -> str:
        return f"Uri({str(self)!r})"


def parse_uri(text: str) -> Uri:
    """Take a URI apart.

    As in Kamailio, the user part may hold nearly anything before the ``@``, including ``;`` and ``?``.

    Args:
        text: the URI without angle brackets.

    Returns:
        Its parts.

    Raises:
        UriError: the scheme is none of sip, sips, tel, urn, or the text breaks its grammar.
    """
    match = _SIMPLE.fullmatch(text)
    if match is not None:
        scheme, user, host, digits, params = match.groups()
        port = int(digits) if digits is not None else None
        if port is not None and port > _MAX_PORT:
            raise UriError(f"port {port} is above {_MAX_PORT}")
        return Uri(text, scheme, user or "", None, host, port, params or "", "")
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not rest:
        raise UriError("URI is too short")
    if scheme in ("sip", "sips"):
        return _parse_sip(text, scheme, rest)
    if scheme == "tel":
        return _parse_tel(text, rest)
    if scheme == "urn":
        if not rest[0].isalnum():
            raise UriError("URN without a namespace")
        name, semicolon, params = rest.partition(";")
        return Uri(text, scheme, "", None, name, None, semicolon + params, "")
    raise UriError(f"scheme {scheme!r} is none of sip, sips, tel, urn")


def _parse_sip(text: str, scheme: str, rest: str) -> Uri:
    """SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ]."""
    userinfo, at, after = rest.partition("@")
    user, password = "", None
    if at:
        if "@" in after:
            raise UriError("more than one @")
        user, colon, secret = userinfo.partition(":")
        if colon:
            password = secret
        if not user or "[" in userinfo or "]" in userinfo or (password is not None and ":" in password):
            raise UriError("bad user part before @")
        rest = after
    hostport, question, headers = rest.partition("?")
    hostport, semicolon, params = hostport.partition(";")
    match = (IPV6_REFERENCE if hostport.startswith("[") else HOST_NAME).match(hostport)
    if match is None:
        raise UriError("no host")
    host = match[0]
    port = None
    tail = hostport[match.end() :]
    if tail:
        digits = tail[1:]
        if tail[0] != ":" or not (digits.isascii() and (digits.isdecimal() or not digits)):
            raise UriError(f"bad character after host {host!r}")
        if len(digits) > 5 or (digits and int(digits) > _MAX_PORT):
            raise UriError(f"port is above {_MAX_PORT}")
        port = int(digits) if digits else None
    if question and ";" in headers:
        raise UriError("semicolon in the headers")
    return Uri(text, scheme, user, password, host, port, semicolon + params, headers)


def _parse_tel(text: str, rest: str) -> Uri:
    """telephone-uri = "tel:" telephone-subscriber, where the number is followed by parameters (RFC 3966 section 3)."""
    number, semicolon, params = rest.partition(";")
    if not number or "@" in rest:
        raise UriError("no telephone number")
    return Uri(text, "tel", number, None, "", None, semicolon + params, "")


# RFC 3261 19.1.4: these parameters never match when they stand in one URI only.
_SIGNIFICANT: Final = ("user", "ttl", "method", "maddr", "transport")


def uri_equal(a: Uri, b: Uri) -> bool:
    """Compare two URIs by the rules of RFC 3261 19.1.4 (RFC 3966 section 4 for ``tel``).

    Args:
        a, b: what to compare.

    Returns:
        Whether they are equivalent.
    """
    if a.scheme != b.scheme:
        return False
    if a.scheme == "tel":
        return _number(a.user) == _number(b.user) and _folded(a.params) == _folded(b.params)
    if a.scheme == "urn":
        return a.host.lower() == b.host.lower()
    if _unescape(a.user) != _unescape(b.user) or _unescape(a.password) != _unescape(b.password):
        return False
    if a.host.lower() != b.host.lower() or a.port != b.port:
        return False
    ours, theirs = _folded(a.params), _folded(b.params)
    if any(ours.get(name, 0) != theirs.get(name, 0) for name in _SIGNIFICANT):
        return False
    if any(ours[name] != theirs[name] for name in ours.keys() & theirs.keys()):
        return False
    return _header_set(a.headers) == _header_set(b.headers)


def _folded(params: dict[str, str | None]) -> dict[str, str | None]:
    return {name: value.lower() if value is not None else None for name, value in params.items()}


def _number(text: str) -> str:
    """A telephone number without its visual separators."""
    return re.sub(r"[\-.()]", "", text).lower()


_ESCAPE: Final = re.compile("%([0-9A-Fa-f]{2})")


def _unescape(text: str | None) -> str | None:
    """The text with the escapes of unreserved characters undone; the others stay, as they mean something else."""
    return _ESCAPE.sub(_unescaped, text) if text is not None and "%" in text else text


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isascii() and (character.isalnum() or character in "-_.!~*'()") else match[0].upper()


def _header_set(text: str) -> list[tuple[str, str | None]]:
    pairs = (part.partition("=") for part in text.split("&") if part)
    return sorted(((name.lower(), _unescape(value)) for name, _, value in pairs), key=str)
