"""Header field names: compact forms and letter case folded to one key.

The key of a header is its full name in lower case (``"via"`` for ``Via``, ``VIA``, ``v`` and ``V``).
"""

from __future__ import annotations

from typing import Final

#: Compact form to full name (RFC 3261 7.3.3 and the RFCs that registered the others with IANA).
COMPACT: Final = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}

_COMMON = """
Accept Accept-Contact Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Authentication-Info Authorization
CSeq Call-ID Call-Id Call-Info Contact Content-Disposition Content-Encoding Content-Language Content-Length Content-Type
Date Diversion Error-Info Event Expires From History-Info Identity Identity-Info In-Reply-To MIME-Version Max-Forwards
Min-Expires Min-SE Organization P-Access-Network-Info P-Asserted-Identity P-Charging-Vector P-Preferred-Identity Path
Priority Privacy Proxy-Authenticate Proxy-Authorization Proxy-Require RAck RSeq Reason Record-Route Refer-To Referred-By
Reject-Contact Remote-Party-ID Replaces Reply-To Request-Disposition Require Retry-After Route SIP-ETag SIP-If-Match
Server Service-Route Session-Expires Subject Subscription-State Supported Timestamp To Unsupported User-Agent Via
WWW-Authenticate Warning
"""

#: Spelling to key. Every spelling seen is learnt, so that the hot path is one look-up for any header.
_KEYS: Final[dict[str, str]] = {}
for _name in _COMMON.split():
    _KEYS[_name] = _KEYS[_name.lower()] = _KEYS[_name.upper()] = _name.lower()
for _short, _full in COMPACT.items():
    _KEYS[_short] = _KEYS[_short.upper()] = _full

# Learning is bounded: a peer may send names without end.
_LEARNT_LIMIT: Final = len(_KEYS) + 2000
_LEARNT_NAME_LENGTH: Final = 64

#: Key of a spelling that has been seen before, else ``None``. For the hot path; others call `header_key`.
known_key: Final = _KEYS.get


def header_key(name: str) -> str:
    """Fold a header name to its key.

    Args:
        name: as written, in any case, full or compact; blanks before the colon may be included.

    Returns:
        The full name in lower case.
    """
    key = _KEYS.get(name)
    if key is None:
        key = name.rstrip(" \t").lower()
        key = COMPACT.get(key, key)
        if len(_KEYS) < _LEARNT_LIMIT and len(name) <= _LEARNT_NAME_LENGTH:
            _KEYS[name] = key
    return key
