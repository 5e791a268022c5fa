"""Reads the credentials of digest authentication (RFC 2617), as far as their presence goes."""

from __future__ import annotations

import re
from typing import Final

_SCHEME: Final = re.compile(r"[ \t\r\n]*+digest[ \t\r\n,][ \t\r\n]*+", re.IGNORECASE)
_PARAM: Final = re.compile(
    r"(?P<name>[^=,\" \t\r\n]++)[ \t\r\n]*+=[ \t\r\n]*+(?:\"(?P<quoted>(?:[^\"\\]|\\.)*+)\"|(?P<token>[^\", \t\r\n]++))"
    r"[^,]*+",
    re.DOTALL,
)
_SEPARATOR: Final = re.compile(r",[ \t\r\n]*+")
_REQUIRED: Final = ("username", "realm", "nonce", "uri", "response")
_REQUIRED_WITH_QOP: Final = ("cnonce", "nc")
_NOT_EMPTY: Final = (
    ("username", "Auth Empty User"),
    ("nonce", "Auth Empty Nonce"),
    ("response", "Auth Empty Response"),
)
MALFORMED: Final = "Bad Auth Header"
INCOMPLETE: Final = "Bad Auth Credentials"


def is_digest(value: str) -> bool:
    """Whether credentials are those of digest authentication."""
    return _SCHEME.match(value) is not None


def problem(value: str) -> str:
    """Return what is wrong with digest credentials, "" if nothing is.

    Args:
        value: of an Authorization or Proxy-Authorization header.
    """
    params = _params(value)
    if params is None:
        return MALFORMED
    if any(name not in params for name in _REQUIRED):
        return INCOMPLETE
    if params.get("qop", "").lower() in ("auth", "auth-int") and any(name not in params for name in _REQUIRED_WITH_QOP):
        return INCOMPLETE
    return next((reason for name, reason in _NOT_EMPTY if not params[name]), "")


def _params(value: str) -> dict[str, str] | None:
    scheme = _SCHEME.match(value)
    position = scheme.end() if scheme is not None else 0
    params: dict[str, str] = {}
    while (match := _PARAM.match(value, position)) is not None:
        params[match["name"].lower()] = match["token"] or match["quoted"] or ""
        separator = _SEPARATOR.match(value, match.end())
        if separator is None:
            return params
        position = separator.end()
    return None
