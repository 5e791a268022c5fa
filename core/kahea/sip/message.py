"""A SIP message: the received bytes, and what has been asked of them so far.

On arrival only the first line is parsed. The headers are indexed on first use, and a typed header is parsed on first
use and kept. The received bytes never change; what a script changes lies beside them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any, Final

from kahea.sip.branches import Branch
from kahea.sip.edits import EditList
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.grammar import REQUEST_LINE, STATUS_LINE
from kahea.sip.headed import LEADING, Headed
from kahea.sip.sending import SendOptions
from kahea.sip.uri import Uri, UriError, parse_uri

#: Shorter datagrams than this cannot hold a message; Kamailio refuses them at the same size.
MIN_MESSAGE_SIZE: Final = 17

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


class Message(Headed):
    """What requests and replies share.

    Attributes:
        source: where they came from.
        is_request: whether this is a `Request`.
        version: SIP version as written, ``SIP/2.0`` in any case of letters.
        id: number of the message, increasing within the process.
        flags: message flags, bit by bit.
        bflags: flags of the first branch.
        slots: data of modules; see `get_slot`.
    """

    __slots__ = ("_edits", "_sending", "bflags", "flags", "id", "slots", "source", "version")

    is_request: bool
    source: Source
    version: str
    id: int
    flags: int
    bflags: int
    slots: list[object] | None
    _edits: EditList | None
    _sending: SendOptions | None

    @property
    def method(self) -> str:
        """A request's method; of a reply, the method in CSeq."""
        raise NotImplementedError

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

    @property
    def sending(self) -> SendOptions:
        """How the script wants it to be sent, made on first use."""
        sending = self._sending
        if sending is None:
            sending = self._sending = SendOptions()
        return sending

    @property
    def has_sending(self) -> bool:
        """Whether the script asked for anything in `sending`."""
        return self._sending is not None

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

    def replace_buffer(self, data: bytes, *, keep_edits: bool = False) -> None:
        """Take other bytes in the place of those received, as `kahea.sip.build.apply_changes` does.

        Everything read from the old bytes is forgotten, and so are the edits; flags and modules' data stay.

        Args:
            data: a message of the same kind.
            keep_edits: the edits go on waiting: the places in the new bytes are those in the old ones.

        Raises:
            SipParseError: the bytes are no SIP/2.0 message of that kind; nothing has changed then.
        """
        other: Any = parse_message(data, self.source)
        if type(other) is not type(self):
            raise SipParseError("a request cannot become a reply or the other way round")
        edits = self._edits
        self._adopt(other)
        if keep_edits:
            self._edits = edits

    def _adopt(self, other: Any) -> None:
        """Take what was read from the buffer of a message of the same class."""
        self.buf = other.buf
        self.version = other.version
        self.first_line = other.first_line
        self._text = other._text
        self._body_start = other._body_start
        self._index = self._edits = None
        self._cache = {}


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
        "_consumed",
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
    _branches: list[Branch] | None
    _consumed: tuple[str, str | None] | None
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
    def branches(self) -> list[Branch]:
        """Further branches of the destination set."""
        branches = self._branches
        if branches is None:
            branches = self._branches = []
        return branches

    @property
    def uri_is_target(self) -> bool:
        """Whether the Request-URI is a target of its own, not one that became a branch already."""
        consumed = self._consumed
        if consumed is None or consumed[0] is not self.uri:
            return True
        return self.dst_uri is not None and consumed[1] is not self.dst_uri

    def consume_uri(self) -> None:
        """Take the Request-URI out of the destination set until it is changed, or given another destination."""
        self._consumed = self.uri, self.dst_uri

    def renew_uri(self) -> None:
        """Let the Request-URI be a target of its own again, as after a change of it."""
        self._consumed = None

    def copy(self) -> Request:
        """A request of the same bytes, whose edits, flags, URI and destination change independently.

        What was read from the bytes is shared.
        """
        other = Request.__new__(Request)
        for name in _COPIED:
            setattr(other, name, getattr(self, name))
        edits, slots, branches, sending = self._edits, self.slots, self._branches, self._sending
        other._edits = None if edits is None else edits.copy()
        other.slots = None if slots is None else slots.copy()
        other._branches = None if branches is None else branches.copy()
        other._sending = None if sending is None else replace(sending)
        return other

    def target(self) -> Target:
        """Return what a branch of the request may change for itself, to be given to `aim_at`."""
        return (
            self.uri, self.dst_uri, self.send_socket, self.bflags, self._edits, self._sending, self._consumed,
        )  # fmt: skip

    def aim_at(self, target: Target) -> None:
        """Have again what `target` returned."""
        self.uri, self.dst_uri, self.send_socket, self.bflags, self._edits, self._sending, self._consumed = target

    def separate(self) -> None:
        """Let edits and options of sending from now on be those of one branch, until `aim_at`."""
        if self._edits is not None:
            self._edits = self._edits.copy()
        if self._sending is not None:
            self._sending = replace(self._sending)

    def _adopt(self, other: Request) -> None:
        super()._adopt(other)
        self.method = other.method
        self.uri = self.original_uri = other.uri

    def __repr__(self) -> str:
        return f"<Request {self.id}: {self.method} {self.uri}>"


Target = tuple[
    str, str | None, LocalSocket | None, int, EditList | None, SendOptions | None, tuple[str, str | None] | None
]
"""What `Request.target` keeps."""

_COPIED: Final = (
    "_body_start", "_cache", "_consumed", "_index", "_parsed_text", "_parsed_uri", "_text", "bflags", "buf",
    "dst_uri", "first_line", "flags", "force_rport", "id", "method", "original_uri", "reply_body", "reply_headers",
    "send_socket", "source", "uri", "version",
)  # fmt: skip


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

    def _adopt(self, other: Reply) -> None:
        super()._adopt(other)
        self.status = other.status
        self.reason = other.reason

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
    request.first_line = first_line
    request._text = rest
    request._body_start = body_start
    request._index = request._edits = request._branches = request._parsed_text = None
    request._sending = request._consumed = request._parsed_uri = None
    request._cache = {}
    return request


def _careful_head(data: bytes) -> tuple[str, int]:
    """The head of a message that begins with blanks or has no CRLF CRLF.

    Returns:
        Text up to the last line feed before the empty line, and the body's offset; the whole text and -1 if there is
        no empty line with CRLF: then the index of the headers finds where they end.
    """
    stripped = data.lstrip(LEADING)
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
    reply.first_line = first_line
    reply._text = rest
    reply._body_start = body_start
    reply._index = reply._edits = reply._sending = None
    reply._cache = {}
    return reply
