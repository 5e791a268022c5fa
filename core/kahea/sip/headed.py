"""The headers of a message: by name, and as typed structures parsed on first use."""

from __future__ import annotations

from typing import Any, Final

from kahea.sip.grammar import ADDRESS_LINE, CSEQ
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

#: Headers without which neither a request is routed nor a reply handled, in the order in which they are checked.
REQUIRED_HEADERS: Final = ("via", "call-id", "cseq", "from", "to")

#: What may stand before the first line (RFC 3261 7.5 says CRLF; Kamailio skips these).
LEADING: Final = b"\r\n\0\t "


class Headed:
    """The received bytes of a message and what they say.

    Attributes:
        buf: bytes as received.
        first_line: the request line or status line as received, without the line feed.
    """

    __slots__ = ("_body_start", "_cache", "_index", "_text", "buf", "first_line")

    buf: bytes
    first_line: str
    _text: str  # header lines, see HeaderIndex
    _body_start: int  # offset in buf of what follows the first CRLF CRLF, -1 if there is none
    _index: HeaderIndex | None
    _cache: dict[str, Any]  # typed headers, by what was asked for

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
            head = self._cache["head"] = f"{self.first_line}\n{text}"
        return head

    @property
    def head_end(self) -> int:
        """Offset in ``buf`` of the empty line that ends the head, or of the end of ``buf``."""
        if self.index.size < 0:
            return self._body_start - 2
        end: int | None = self._cache.get("head_end")
        if end is None:
            leading = len(self.buf) - len(self.buf.lstrip(LEADING))
            end = self._cache["head_end"] = leading + len(self.head.encode("utf-8", "surrogateescape"))
        return end

    @property
    def body_start(self) -> int:
        """Offset of the body in ``buf``."""
        if self.index.size < 0:
            return self._body_start
        end = self.head_end
        for blank in (b"\r\n", b"\n", b"\r"):
            if self.buf.startswith(blank, end):
                return end + len(blank)
        return end

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
            start = len(self.first_line) + 1
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
            top = self.via
            lines = self._lines_of("via")
            vias: list[Via] = []
            if top is not None and top.last:
                vias.append(top)
                lines = lines[1:]
            for line in lines:
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
        line = self.index.first.get("call-id")
        return None if line is None else value_of(line).rstrip(" \t")

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
