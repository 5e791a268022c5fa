"""Digest credentials of an Authorization header (RFC 3261 25.1, RFC 7616)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

_SCHEME: Final = re.compile(r"\s*digest\s+", re.IGNORECASE)
# the look-behind keeps a long word from being tried again from each of its letters
_PARAM: Final = re.compile(
    r"(?<![A-Za-z0-9\-_])(?P<name>[A-Za-z0-9\-_]++)\s*+=\s*+"
    r"(?:\"(?P<quoted>(?:[^\"\\]|\\.)*+)\"|(?P<token>[^\s,\"]*+))",
    re.DOTALL,
)


class Credentials(NamedTuple):
    """Parameters of credentials, empty where absent.

    Attributes:
        user: the user name up to its ``@``, without ``sip:``.
        domain: what follows the ``@`` in the user name.
    """

    username: str
    user: str
    domain: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: str
    cnonce: str
    opaque: str


@lru_cache(maxsize=16)
def parse_credentials(text: str) -> Credentials | None:
    """Read an Authorization or Proxy-Authorization header.

    Args:
        text: the header's value.

    Returns:
        the credentials; ``None`` when the scheme is not Digest.
    """
    scheme = _SCHEME.match(text)
    if scheme is None:
        return None
    params: dict[str, str] = {}
    for match in _PARAM.finditer(text, scheme.end()):
        quoted = match["quoted"]
        params.setdefault(match["name"].lower(), match["token"] if quoted is None else quoted)
    username = params.get("username", "")
    scheme_name, found, rest = username.partition(":")
    user, _, domain = (rest if found and scheme_name.lower() in ("sip", "sips") else username).partition("@")
    others = (params.get(name, "") for name in Credentials._fields[3:])
    return Credentials(username, user, domain, *others)
