"""Addresses of record: what a URI is called in the location table."""

from __future__ import annotations

import re
from typing import Final

from kahea.api import Uri, UriError, parse_uri

from kahea_registrar.errors import Failure, RegistrationError

MAX_PART: Final = 248
"""Bytes of user and host each, as in Kamailio."""

_ESCAPE: Final = re.compile("%(.{0,2})", re.DOTALL)
_HEX: Final = re.compile("[0-9A-Fa-f]{2}")


class AddressReader:
    """Makes addresses of record of URIs.

    Args:
        use_domain: whether the host counts.
        case_sensitive: whether the case of the user part counts.
        realm_prefix: what is left out at the beginning of the host.
    """

    def __init__(self, use_domain: bool, case_sensitive: bool, realm_prefix: str) -> None:
        self._use_domain = use_domain
        self._case_sensitive = case_sensitive
        self._realm_prefix = realm_prefix

    def read(self, text: str) -> tuple[str, Uri]:
        """Return the address of record of a URI, and the URI taken apart.

        Args:
            text: the URI.

        Raises:
            RegistrationError: it is malformed or too long.
        """
        try:
            uri = parse_uri(text)
        except UriError as error:
            raise RegistrationError(Failure.AOR, f"{text}: {error}") from None
        return self.of(uri), uri

    def of(self, uri: Uri) -> str:
        """Return the address of record of a URI; raises as `read`."""
        user, host = uri.user, uri.host
        if ";" in user and uri.params.get("user") == "phone":
            user = user.partition(";")[0]
        if len(user) > MAX_PART or len(host) > MAX_PART:
            raise RegistrationError(Failure.AOR_TOO_LONG, uri.text[:MAX_PART])
        if "%" in user:
            user = _unescaped(user)
        if not self._case_sensitive:
            user = _lower(user)
        if not self._use_domain:
            return user
        prefix = self._realm_prefix
        if prefix and len(prefix) < len(host) and host.startswith(prefix):
            host = host[len(prefix) :]
        return f"{user}@{_lower(host)}" if user else _lower(host)


def _unescaped(user: str) -> str:
    """Return a user part with its escapes undone; raises as `AddressReader.read`."""

    def character(match: re.Match[str]) -> str:
        code = int(match[1], 16) if _HEX.fullmatch(match[1]) else 0
        if not 32 <= code < 127:  # as Kamailio: what cannot be printed, and no ASCII, is refused
            raise RegistrationError(Failure.UNESCAPE, user)
        return chr(code)

    return _ESCAPE.sub(character, user)


def _lower(text: str) -> str:
    """Return a text in lower case; bytes above 127 stay."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "surrogateescape").lower().decode("utf-8", "surrogateescape")
