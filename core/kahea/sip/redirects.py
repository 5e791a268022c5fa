"""The Contact header of redirecting replies: the destination set of the request (RFC 3261 8.3)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from kahea.sip.message import Request

WITH_FLAGS: Final = 1
"""Each contact tells the branch flags."""
WITH_PATH: Final = 2
"""Each contact tells the path to it, as a Route header of its URI."""

_HEADER_VALUE: Final = "[]/?:+$-_.!~*'()"
"""What stands in the headers of a URI as it is, besides letters and digits (RFC 3261 25.1, hnv-unreserved)."""


def contact_line(request: Request, details: int = 0) -> str:
    """Return the ``Contact`` line with its line end; "" when the script has not changed the destination set.

    Args:
        request: what is answered.
        details: `WITH_FLAGS`, `WITH_PATH`, or both added.
    """
    contacts = []
    if request.uri != request.original_uri:
        path = request.sending.path if request.has_sending else ""
        contacts.append(_contact(request.uri, path, None, request.bflags, details))
    for branch in request.branches:
        contacts.append(_contact(branch.uri, branch.path, branch.q, branch.flags, details))
    return f"Contact: {', '.join(contacts)}\r\n" if contacts else ""


def _contact(uri: str, path: str, q: int | None, flags: int, details: int) -> str:
    if path and details & WITH_PATH:
        uri += f"?Route={quote(path, safe=_HEADER_VALUE, errors='surrogateescape')}"
    preference = "" if q is None else f";q={q / 1000:g}"
    return f"<{uri}>{preference}{f';flags={flags}' if details & WITH_FLAGS else ''}"
