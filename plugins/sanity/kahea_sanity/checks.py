"""What a message must satisfy, check by check.

Each check returns `None` when the message passes, else the failure that it found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kahea.api import (
    STAR,
    Message,
    Request,
    parse_addresses,
    parse_name_addr,
    split_commas,
)

from kahea_sanity import digests


class Failure(NamedTuple):
    """A check that failed.

    Attributes:
        code, reason: of the reply that says so; code 0 when nothing is to be said.
        unsupported: the extension to name in the reply, `None` for none.
    """

    code: int = 0
    reason: str = ""
    unsupported: str | None = None


SILENT: Final = Failure()
BAD_URI: Final = Failure(400, "Bad Request URI")
UNREADABLE: Final = SILENT
"""Of a message whose headers cannot all be read no reply can be made; Kamailio tries it and fails."""
COOKIE: Final = "z9hG4bK"
"""Start of the branch of a client that follows RFC 3261 (8.1.1.7)."""

_CSEQ_LIMIT: Final = 1 << 31
# one more than fits into 32 bits passes too, as in Kamailio
_EXPIRES_LIMIT: Final = (1 << 32) + 1
_TAG: Final = re.compile(r";[ \t\r\n]*+tag[ \t\r\n]*+(?=[=;]|$)", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)


URI_CHECKS_LIMIT: Final = 16
_REQUEST, _FROM, _TO, _CONTACT = 1, 2, 4, 8


def _number(text: str, limit: int) -> bool:
    return text.isdecimal() and text.isascii() and len(text) <= 10 and int(text) < limit


def request_uri(msg: Message) -> Failure | None:
    """The Request-URI can be read and has a scheme that is known."""
    return BAD_URI if isinstance(msg, Request) and msg.parsed_uri is None else None


def required_headers(msg: Message) -> Failure | None:
    """All headers can be read."""
    if msg.header_error:
        return UNREADABLE
    length = msg.header("content-length")
    if length is not None and msg.content_length is None:
        return UNREADABLE
    repeated = msg.index.repeated
    via = msg.via
    # most messages have one Via, which was read when they arrived
    if via is not None and via.last and (repeated is None or "via" not in repeated):
        return None
    written = sum(len(split_commas(value)) for value in msg.header_values("via"))
    return UNREADABLE if len(msg.vias) < written else None


def top_via(msg: Message) -> Failure | None:
    """The top Via has a branch."""
    return None if _branch(msg) else SILENT


def _branch(msg: Message) -> str:
    """Return the branch of the top Via, "" without one; cheaper than reading all its parameters."""
    via = msg.via
    span = None if via is None else via.param_span("branch")
    if via is None or span is None:
        return ""
    return via.params_text[span[0] - via.params_start : span[1] - via.params_start].partition("=")[2].strip()


def rfc3261(msg: Message) -> Failure | None:
    """The top Via's branch begins with the magic cookie, and routes are loose (RFC 3261 8.1.1.7, 16.12)."""
    if not _branch(msg).startswith(COOKIE):
        return SILENT
    for name in ("record-route", "route"):
        for value in msg.header_values(name):
            # the first address of each header field counts, as in Kamailio
            address = parse_name_addr((split_commas(value) or [""])[0])
            uri = None if address is None else address.parsed_uri
            if uri is None or "lr" not in uri.params:
                return SILENT
    return None


def cseq_method(msg: Message) -> Failure | None:
    """CSeq names the method of the request."""
    cseq = msg.cseq
    if cseq is None:
        return SILENT
    if isinstance(msg, Request) and cseq.method != msg.method:
        return Failure(400, "CSeq method does not match request method")
    return None


def cseq_value(msg: Message) -> Failure | None:
    """The number in CSeq is below 2**31 (RFC 3261 8.1.1.5)."""
    cseq = msg.cseq
    if cseq is None:
        return SILENT
    return None if _number(cseq.number_text, _CSEQ_LIMIT) else Failure(400, "CSeq number is illegal")


def content_length(msg: Message) -> Failure | None:
    """Content-Length is the length of the body."""
    if not msg.has_header("content-length"):
        return None
    length = msg.content_length
    if length is None:
        return UNREADABLE
    return None if length == len(msg.body) else Failure(400, "Content-Length mis-match")


def expires(msg: Message) -> Failure | None:
    """Expires is a number of seconds that fits into 32 bits."""
    value = msg.header("expires")
    if value is None:
        return None
    words = value.split()
    if not words:
        return Failure(400, "Bad Expires Header")
    text = value.strip() if len(value.strip()) > 10 else words[0]
    return None if _number(text, _EXPIRES_LIMIT) else Failure(400, "Expires value is illegal")


def proxy_require(msg: Message, supported: frozenset[str]) -> Failure | None:
    """All extensions in Proxy-Require are supported."""
    value = msg.header("proxy-require")
    if value is None:
        return None
    if not value.strip():
        return Failure(400, "Bad Proxy Require Header")
    for extension in value.split(","):
        name = extension.strip()
        if name not in supported:
            return Failure(420, "Bad Proxy Require Extension", name)
    return None


def uris(msg: Message, which: int) -> Failure | None:
    """The URIs can be read.

    Args:
        msg: the message in work.
        which: bits as in the second argument of ``sanity_check``.
    """
    if which & _REQUEST and (failure := request_uri(msg)) is not None:
        return failure
    if which & _FROM and (msg.from_ is None or msg.from_.parsed_uri is None):
        return Failure(400, "Invalid From Header")
    if which & _TO and (msg.to is None or msg.to.parsed_uri is None):
        return Failure(400, "Invalid To Header")
    return _contact(msg) if which & _CONTACT and msg.has_header("contact") else None


def _contact(msg: Message) -> Failure | None:
    values = msg.header_values("contact")
    contacts = msg.contacts
    if contacts == STAR:
        return None
    if not contacts or len(contacts) < sum(len(split_commas(value)) for value in values) or not all(values):
        return Failure(400, "Bad Contact Header")
    # Kamailio looks at the last contact of the first header field
    first_field = parse_addresses(values[:1])
    return None if first_field and first_field[-1].parsed_uri is not None else Failure(400, "Bad Contact URI")


def _credentials(msg: Message) -> Iterator[str]:
    yield from msg.header_values("authorization")
    yield from msg.header_values("proxy-authorization")


def digest(msg: Message, *, only: bool) -> Failure | None:
    """Credentials are complete.

    Args:
        msg: the message in work.
        only: whether those of another scheme than Digest fail.
    """
    if msg.header_error:
        return UNREADABLE
    for value in _credentials(msg):
        if not digests.is_digest(value):
            return SILENT if only else None
        reason = digests.problem(value)
        if reason:
            return Failure(400, reason)
    return None


def tags(msg: Message) -> Failure | None:
    """From and To have one tag at most."""
    for address, reason in ((msg.from_, "Many From Tag Params"), (msg.to, "Many To Tag Params")):
        if address is None:
            return SILENT
        if len(_TAG.findall(_QUOTED.sub('""', address.params_text))) > 1:
            return Failure(400, reason)
    return None


# --- sizes -----------------------------------------------------------------------------------------


class Sizes(NamedTuple):
    """Largest sizes in bytes, 0 for no limit; the names are those of the parameters without ``size_``."""

    message: int
    ruri: int
    method: int
    header: int
    from_uri: int
    to_uri: int
    body: int
    headers: int
    contact_uri: int
    route_uri: int
    path_uri: int
    pai_uri: int


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogateescape"))


def _fits(limit: int, *texts: str) -> bool:
    return not limit or all(_bytes(text) <= limit for text in texts)


def _uris_of(msg: Message, *names: str) -> list[str]:
    return [address.uri for name in names for address in parse_addresses(msg.header_values(name))]


def sizes(msg: Message, limits: Sizes) -> Failure | None:
    """No part of the message is too large."""
    fields = [msg.head[field.start : field.end] for field in msg.header_fields]
    contacts = msg.contacts
    parts: tuple[Callable[[], bool], ...] = (
        lambda: not limits.message or len(msg.buf) <= limits.message,
        lambda: not isinstance(msg, Request) or _fits(limits.ruri, msg.uri),
        lambda: _fits(limits.method, msg.method if isinstance(msg, Request) or msg.cseq is None else msg.cseq.method),
        lambda: _fits(limits.header, *fields),
        lambda: msg.from_ is not None and _fits(limits.from_uri, msg.from_.uri),
        lambda: msg.to is not None and _fits(limits.to_uri, msg.to.uri),
        lambda: not limits.body or len(msg.body) <= limits.body,
        lambda: _fits(limits.headers, "".join(fields)),
        lambda: contacts == STAR or _fits(limits.contact_uri, *(contact.uri for contact in contacts)),
        lambda: _fits(limits.route_uri, *_uris_of(msg, "route", "record-route")),
        lambda: _fits(limits.path_uri, *_uris_of(msg, "path")),
        lambda: _fits(limits.pai_uri, *_uris_of(msg, "p-asserted-identity")),
    )
    return None if all(part() for part in parts) else SILENT
