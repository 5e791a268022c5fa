"""A SIP message: the received bytes, and what has been asked of them so far.

On arrival only the first line is parsed. The headers are indexed on first use, and a typed header is parsed on first
use and kept. The received bytes never change; what a script changes lies beside them.
"""

from __future__ import annotations

from itertools import count
from typing import Any, Final

from kahea.sip.edits import EditList
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.grammar import ADDRESS_LINE, CSEQ, REQUEST_LINE, STATUS_LINE
from kahea.sip.headerindex import HeaderIndex, value_of
from kahea.sip.headers import (
    Contact,
    CSeq,
    HeaderField,
    NameAddr,
    Star,
    Via,
    parse_addresses,
    parse_contacts,
    parse_cseq,
    parse_name_addr,
    parse_number,
    parse_top_via,
    parse_vias,
)
from kahea.sip.names import header_key
from kahea.sip.uri import Uri, UriError, parse_uri

#: Shorter datagrams than this cannot hold a message; Kamailio refuses them at the same size.
MIN_MESSAGE_SIZE: Final = 17

#: Headers without which neither a request is routed nor a reply handled, in the order in which they are checked.
REQUIRED_HEADERS: Final = ("via", "call-id", "cseq", "from", "to")

# What may stand before the first line (RFC 3261 7.5 says CRLF; Kamailio skips these).
_LEADING: Final = b"\r\n\0\t "

_next_id: Final = count(1).__next__

_slot_count = 0


class SipParseError(Exception):
    """Bytes are not a SIP message that can be handled.

    Attributes:
        reason: what is wrong.
        status_hint: status code that tells a client, ``None`` if nobody can be told.
    """

    def __init__(self, reason: str, status_hint: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status_hint = status_hint


def allocate_slot() -> int:
    """Reserve a place in every message for one module's data. To be called while modules are loaded.

    Returns:
        The number to give to `Message.get_slot` and `Message.set_slot`.
    """
    global _slot_count
    _slot_count += 1
    return _slot_count - 1


class Message:
    """What requests and replies share.

    Attributes:
        buf: bytes as received.
        source: where they came from.
        is_request: whether this is a `Request`.
        version: SIP version as written, ``SIP/2.0`` in any case of letters.
        id: number of the message, increasing within the process.
        flags: message flags, bit by bit.
        bflags: flags of the first branch.
        slots: data of modules; see `get_slot`.
    """

    __slots__ = (
        "_body_start",
        "_cache",
        "_edits",
        "_first_line",
        "_index",
        "_text",
        "bflags",
        "buf",
        "flags",
        "id",
        "slots",
        "source",
        "version",
    )

    is_request: bool
    buf: bytes
    source: Source
    version: str
    id: int
    flags: int
    bflags: int
    slots: list[object] | None
    _first_line: str
    _text: str  # header lines, see HeaderIndex
    _body_start: int  # offset in buf of what follows the first CRLF CRLF, -1 if there is none
    _index: HeaderIndex | None
    _cache: dict[str, Any]  # typed headers, by what was asked for
    _edits: EditList | None

    # -- storage of modules

    def get_slot(self, slot: int) -> object:
        """What a module stored with this message, ``None`` if nothing.

        Args:
            slot: from `allocate_slot`.
        """
        slots = self.slots
        return slots[slot] if slots is not None and slot < len(slots) else None

    def set_slot(self, slot: int, value: object) -> None:
        """Store a module's data with this message.

        Args:
            slot: from `allocate_slot`.
            value: anything.
        """
        slots = self.slots
        if slots is None:
            slots = self.slots = [None] * _slot_count
        elif slot >= len(slots):
            slots.extend([None] * (_slot_count - len(slots)))
        slots[slot] = value

    # -- the parts of the buffer

    @property
    def index(self) -> HeaderIndex:
        """Where the headers are."""
        index = self._index
        if index is None:
            index = self._index = HeaderIndex(self._text, self._body_start >= 0)
        return index

    @property
    def head(self) -> str:
        """First line and headers, without the empty line that ends them."""
        head: str | None = self._cache.get("head")
        if head is None:
            size = self.index.size
            text = self._text + "\n" if size < 0 else self._text[:size]
            head = self._cache["head"] = f"{self._first_line}\n{text}"
        return head

    @property
    def body_start(self) -> int:
        """Offset of the body in ``buf``."""
        if self.index.size < 0:
            return self._body_start
        start: int | None = self._cache.get("body_start")
        if start is None:
            buf = self.buf
            start = len(buf) - len(buf.lstrip(_LEADING)) + len(self.head.encode("utf-8", "surrogateescape"))
            for blank in (b"\r\n", b"\n", b"\r"):
                if buf.startswith(blank, start):
                    start += len(blank)
                    break
            self._cache["body_start"] = start
        return start

    @property
    def body(self) -> bytes:
        """What follows the empty line, to the end of the datagram or stream message; empty if there is no such line."""
        return self.buf[self.body_start :]

    @property
    def header_error(self) -> str:
        """Why the headers are not readable to their end, "" if they are."""
        return self.index.error

    def missing_header(self) -> str:
        """Check what every message must have before a script sees it (RFC 3261 8.1.1).

        Returns:
            Key of the first required header that is absent, or malformed in the case of Via, CSeq and To; "" if all
            are there. Kamailio drops such a message without a reply; a malformed From it lets pass.
        """
        first = self.index.first
        for key in REQUIRED_HEADERS:
            if key not in first:
                return key
        # On the hot path for every message: To and CSeq are checked without making objects of them.
        if self.via is None:
            return "via"
        if CSEQ.match(first["cseq"]) is None:
            return "cseq"
        if ADDRESS_LINE.match(first["to"]) is None and self.to is None:
            return "to"
        return ""

    # -- headers by name

    def header(self, name: str, index: int = 0) -> str | None:
        """Value of a header.

        Args:
            name: in any case of letters, full or compact.
            index: which of several header fields of that name; negative counts from the last.

        Returns:
            The value without leading blanks and without the line end, folds kept; "" for an empty header; ``None`` if
            there is no such header field.
        """
        headers = self.index
        key = header_key(name)
        line = headers.first.get(key)
        if line is None:
            return None
        if index:
            lines = headers.repeated.get(key) if headers.repeated is not None else None
            if lines is None:
                if index != -1:
                    return None
            elif -len(lines) <= index < len(lines):
                line = lines[index]
            else:
                return None
        return value_of(line)

    def header_values(self, name: str) -> list[str]:
        """Values of all header fields of a name, in order.

        Args:
            name: in any case of letters, full or compact.
        """
        return [value_of(line) for line in self._lines_of(header_key(name))]

    def has_header(self, name: str) -> bool:
        """Whether a header field of that name exists.

        Args:
            name: in any case of letters, full or compact.
        """
        return header_key(name) in self.index.first

    def _lines_of(self, key: str) -> list[str]:
        headers = self.index
        if headers.repeated is not None and key in headers.repeated:
            return headers.repeated[key]
        line = headers.first.get(key)
        return [] if line is None else [line]

    @property
    def header_fields(self) -> list[HeaderField]:
        """All header fields in order."""
        fields: list[HeaderField] | None = self._cache.get("header_fields")
        if fields is None:
            fields = []
            start = len(self._first_line) + 1
            for line in self.index.lines:
                end = start + len(line) + 1
                fields.append(HeaderField(line.partition(":")[0].rstrip(" \t"), value_of(line), start, end))
                start = end
            self._cache["header_fields"] = fields
        return fields

    # -- typed headers

    @property
    def via(self) -> Via | None:
        """The top via-parm; ``None`` if there is none or its header is malformed."""
        cache = self._cache
        if "via" in cache:
            via: Via | None = cache["via"]
        else:
            line = self.index.first.get("via")
            via = cache["via"] = None if line is None else parse_top_via(line)
        return via

    @property
    def vias(self) -> list[Via]:
        """All via-parms from the top, up to the first malformed header."""
        cache = self._cache
        if "vias" not in cache:
            vias: list[Via] = []
            for line in self._lines_of("via"):
                parsed = parse_vias(line)
                if parsed is None:
                    break
                vias += parsed
            cache["vias"] = vias
        found: list[Via] = cache["vias"]
        return found

    def _address(self, key: str) -> NameAddr | None:
        cache = self._cache
        if key in cache:
            address: NameAddr | None = cache[key]
        else:
            line = self.index.first.get(key)
            address = cache[key] = None if line is None else parse_name_addr(value_of(line))
        return address

    @property
    def from_(self) -> NameAddr | None:
        """The From header; ``None`` if it is absent or malformed."""
        return self._address("from")

    @property
    def to(self) -> NameAddr | None:
        """The To header; ``None`` if it is absent or malformed."""
        return self._address("to")

    @property
    def cseq(self) -> CSeq | None:
        """The CSeq header; ``None`` if it is absent or malformed."""
        cache = self._cache
        if "cseq" in cache:
            cseq: CSeq | None = cache["cseq"]
        else:
            line = self.index.first.get("cseq")
            cseq = cache["cseq"] = None if line is None else parse_cseq(line)
        return cseq

    @property
    def call_id(self) -> str | None:
        """The Call-ID's value without blanks around it; ``None`` if it is absent."""
        value = self.header("call-id")
        return None if value is None else value.rstrip(" \t")

    @property
    def contacts(self) -> list[Contact] | Star:
        """Elements of all Contact headers, or `kahea.sip.headers.STAR`."""
        cache = self._cache
        if "contacts" not in cache:
            cache["contacts"] = parse_contacts(self.header_values("contact"))
        contacts: list[Contact] | Star = cache["contacts"]
        return contacts

    def _addresses(self, key: str) -> list[NameAddr]:
        cache = self._cache
        if key not in cache:
            cache[key] = parse_addresses(self.header_values(key))
        addresses: list[NameAddr] = cache[key]
        return addresses

    @property
    def routes(self) -> list[NameAddr]:
        """Elements of all Route headers, malformed ones left out."""
        return self._addresses("route")

    @property
    def record_routes(self) -> list[NameAddr]:
        """Elements of all Record-Route headers, malformed ones left out."""
        return self._addresses("record-route")

    @property
    def content_length(self) -> int | None:
        """The Content-Length header's number of bytes; ``None`` if it is absent or not a number."""
        return parse_number(self.header("content-length") or "")

    @property
    def content_type(self) -> str | None:
        """The Content-Type header's value without blanks at its end; ``None`` if it is absent."""
        value = self.header("content-type")
        return None if value is None else value.rstrip(" \t")

    @property
    def max_forwards(self) -> int | None:
        """The Max-Forwards header's number; ``None`` if it is absent or not a number."""
        return parse_number(self.header("max-forwards") or "")

    # -- changes

    @property
    def edits(self) -> EditList:
        """The message's list of edits, made on first use."""
        edits = self._edits
        if edits is None:
            edits = self._edits = EditList()
        return edits

    @property
    def edited(self) -> bool:
        """Whether there are edits to apply."""
        edits = self._edits
        return edits is not None and bool(edits)


class Request(Message):
    """A request.

    Attributes:
        method: as written; method names are case-sensitive (RFC 3261 7.1).
        original_uri: Request-URI as received.
        uri: current Request-URI, which a script may change.
        dst_uri: where to send instead of the Request-URI (``$du``).
        send_socket: socket to send from, if a script forced one.
        force_rport: whether replies go to the source port even if the client did not ask (``force_rport()``).
        reply_headers: header lines appended to every reply, each with its line end.
        reply_body: body of replies.
    """

    __slots__ = (
        "_branches",
        "_parsed_text",
        "_parsed_uri",
        "dst_uri",
        "force_rport",
        "method",
        "original_uri",
        "reply_body",
        "reply_headers",
        "send_socket",
        "uri",
    )

    is_request = True
    method: str
    original_uri: str
    uri: str
    dst_uri: str | None
    send_socket: LocalSocket | None
    force_rport: bool
    reply_headers: str
    reply_body: bytes | None
    _branches: list[Any] | None
    _parsed_text: str | None
    _parsed_uri: Uri | None

    @property
    def parsed_uri(self) -> Uri | None:
        """The current Request-URI taken apart, ``None`` if it is malformed."""
        uri = self.uri
        if self._parsed_text is not uri:
            try:
                self._parsed_uri = parse_uri(uri)
            except UriError:
                self._parsed_uri = None
            self._parsed_text = uri
        return self._parsed_uri

    @property
    def branches(self) -> list[Any]:
        """Further branches of the destination set."""
        branches = self._branches
        if branches is None:
            branches = self._branches = []
        return branches

    def __repr__(self) -> str:
        return f"<Request {self.id}: {self.method} {self.uri}>"


class Reply(Message):
    """A reply.

    Attributes:
        status: status code.
        reason: reason phrase.
    """

    __slots__ = ("reason", "status")

    is_request = False
    status: int
    reason: str

    @property
    def method(self) -> str:
        """The CSeq header's method, "" if there is none."""
        cseq = self.cseq
        return "" if cseq is None else cseq.method

    def __repr__(self) -> str:
        return f"<Reply {self.id}: {self.status} {self.reason}>"


def parse_message(data: bytes, source: Source) -> Request | Reply:
    """Make a message of received bytes.

    Args:
        data: a datagram, or one message of a stream.
        source: where it came from.

    Returns:
        A request or a reply; only its first line has been looked at. `Message.missing_header` tells whether it has
        the headers that every message needs.

    Raises:
        SipParseError: the bytes are no SIP/2.0 message.
    """
    end = data.find(b"\r\n\r\n")
    if end > 0 and data[0] > 32:
        text = str(data[: end + 1], "utf-8", "surrogateescape")
        body_start = end + 4
    else:
        text, body_start = _careful_head(data)
    first_line, line_feed, rest = text.partition("\n")
    parts = first_line.split(" ")
    if len(parts) == 3 and parts[2] == "SIP/2.0\r" and parts[1].isprintable() and parts[0].isalpha() and parts[1]:
        method, uri, version = parts[0], parts[1], "SIP/2.0"
    else:
        if len(data) < MIN_MESSAGE_SIZE:
            raise SipParseError("message is too short")
        if not line_feed:
            raise SipParseError("no line end after the first line")
        if first_line[:8].upper() == "SIP/2.0 ":
            return _reply(data, source, first_line, rest, body_start)
        method, uri, version = _request_line(first_line)
    request = Request.__new__(Request)
    request.buf = data
    request.source = source
    request.method = method
    request.uri = request.original_uri = uri
    request.version = version
    request.id = _next_id()
    request.flags = request.bflags = 0
    request.slots = request.dst_uri = request.send_socket = request.reply_body = None
    request.force_rport = False
    request.reply_headers = ""
    request._first_line = first_line
    request._text = rest
    request._body_start = body_start
    request._index = request._edits = request._branches = request._parsed_text = None
    request._cache = {}
    return request


def _careful_head(data: bytes) -> tuple[str, int]:
    """The head of a message that begins with blanks or has no CRLF CRLF.

    Returns:
        Text up to the last line feed before the empty line, and the body's offset; the whole text and -1 if there is
        no empty line with CRLF: then the index of the headers finds where they end.
    """
    stripped = data.lstrip(_LEADING)
    end = stripped.find(b"\r\n\r\n")
    if end < 0:
        return str(stripped, "utf-8", "surrogateescape"), -1
    return str(stripped[: end + 1], "utf-8", "surrogateescape"), len(data) - len(stripped) + end + 4


def _request_line(line: str) -> tuple[str, str, str]:
    """Method, Request-URI and version of an unusual request line."""
    match = REQUEST_LINE.fullmatch(line)
    if match is None:
        raise SipParseError("malformed first line", 400)
    method, uri, version = match.groups()
    if version.upper() != "SIP/2.0":
        raise SipParseError(f"version {version!r} is not SIP/2.0", 505)
    return method, uri, version


def _reply(data: bytes, source: Source, first_line: str, rest: str, body_start: int) -> Reply:
    match = STATUS_LINE.match(first_line)
    if match is None:
        raise SipParseError("malformed status line")
    version, status, reason = match.groups()
    reply = Reply.__new__(Reply)
    reply.buf = data
    reply.source = source
    reply.version = version
    reply.status = int(status)
    reply.reason = reason
    reply.id = _next_id()
    reply.flags = reply.bflags = 0
    reply.slots = None
    reply._first_line = first_line
    reply._text = rest
    reply._body_start = body_start
    reply._index = reply._edits = None
    reply._cache = {}
    return reply
