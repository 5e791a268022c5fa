"""What typed headers hold: Via, name-addr (From, To, Route), Contact, CSeq, and how each is read.

Every reader returns ``None`` for a text that breaks the grammar; none raises.
"""

from __future__ import annotations

from typing import Final, Literal, TypeVar

from kahea.sip.grammar import ADDR_SPEC, CSEQ, FOLD, NAME_ADDR, VIA_PARM, VIA_SIMPLE
from kahea.sip.params import find_param, parse_params, split_commas
from kahea.sip.uri import Uri, UriError, parse_uri

#: What ``contacts`` is for ``Contact: *``.
STAR: Final = "*"
Star = Literal["*"]

_MAX_PORT: Final = 65535
# More digits than any number in SIP has; int() of thousands of digits is slow and, past 4300, an error.
_MAX_DIGITS: Final = 10


class HeaderField:
    """One header field of a message.

    Attributes:
        name: as written.
        value: without the blanks before it and the line end after it; folds and trailing blanks stay.
        start: offset of the name in the message's head.
        end: offset after the line end.
    """

    __slots__ = ("end", "name", "start", "value")

    def __init__(self, name: str, value: str, start: int, end: int) -> None:
        self.name = name
        self.value = value
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"HeaderField({self.name!r}, {self.value!r}, {self.start}, {self.end})"


class Via:
    """One via-parm: a hop's address.

    Attributes:
        protocol: transport as written, usually ``UDP``.
        host: sent-by host as written, IPv6 in brackets.
        port: sent-by port, ``None`` if absent.
        params_text: parameters from the first semicolon on, or "".
        start: offset of the via-parm in its header line (name included).
        params_start: offset of the first parameter's semicolon there, or of the place where parameters would begin.
        end: offset after the via-parm; a comma or the line end follows.
        last: whether it is the last of its header field.
    """

    __slots__ = ("_params", "end", "host", "last", "params_start", "params_text", "port", "protocol", "start")

    def __init__(
        self,
        protocol: str,
        host: str,
        port: int | None,
        params_text: str,
        start: int,
        params_start: int,
        end: int,
        last: bool,
    ) -> None:
        self.protocol = protocol
        self.host = host
        self.port = port
        self.params_text = params_text
        self.start = start
        self.params_start = params_start
        self.end = end
        self.last = last
        self._params: dict[str, str | None] | None = None

    @property
    def params(self) -> dict[str, str | None]:
        """Parameters by lower-case name, ``None`` for one without a value."""
        params = self._params
        if params is None:
            params = self._params = parse_params(self.params_text)
        return params

    @property
    def branch(self) -> str:
        """Value of the branch parameter, "" if absent."""
        text = self.params_text
        start = text.find(";branch=") + 8
        # The plain case without taking all parameters apart: nothing quoted, no blanks.
        if start > 7 and '"' not in text:
            end = text.find(";", start)
            value = text[start:] if end < 0 else text[start:end]
            if value.isprintable() and " " not in value:
                return value
        return self.params.get("branch") or ""

    @property
    def received(self) -> str | None:
        """Value of the received parameter."""
        return self.params.get("received")

    @property
    def has_rport(self) -> bool:
        """Whether there is an rport parameter, with or without a value (RFC 3581)."""
        return self.param_span("rport") is not None

    @property
    def rport(self) -> int | None:
        """Value of the rport parameter, ``None`` if it is absent, empty or no port."""
        return _port(self.params.get("rport") or "")

    def param_span(self, name: str) -> tuple[int, int] | None:
        """Offsets in the header line of a parameter's semicolon and of its end; ``None`` if it is absent.

        Args:
            name: in lower case.
        """
        text = self.params_text
        start = text.find(";" + name)
        # The plain case without a regular expression: nothing quoted, no blanks, name as expected.
        if start >= 0 and '"' not in text:
            end = start + len(name) + 1
            following = text[end : end + 1]
            if following == "" or following in ";=":
                if following == "=":
                    end = text.find(";", end)
                    if end < 0:
                        end = len(text)
                return self.params_start + start, self.params_start + end
        elif name not in text and text.isascii() and name not in text.lower():
            return None
        span = find_param(text, name)
        return None if span is None else (self.params_start + span[0], self.params_start + span[1])

    def __repr__(self) -> str:
        return f"Via({self.protocol!r}, {self.host!r}, {self.port}, {self.params_text!r})"


class NameAddr:
    """An address with parameters: From, To, Route, Record-Route, Path and the like.

    Attributes:
        text: the whole value.
        display: display name as written, quotes included, or "".
        uri: the URI's text.
        uri_start: offset of the URI in ``text``.
        params_text: the header's parameters from the first semicolon on, or "".
    """

    __slots__ = ("_params", "_parsed", "display", "params_text", "text", "uri", "uri_start")

    def __init__(self, text: str, display: str, uri: str, uri_start: int, params_text: str) -> None:
        self.text = text
        self.display = display
        self.uri = uri
        self.uri_start = uri_start
        self.params_text = params_text
        self._params: dict[str, str | None] | None = None
        self._parsed: Uri | Literal[False] | None = None

    @property
    def params(self) -> dict[str, str | None]:
        """Parameters by lower-case name, ``None`` for one without a value."""
        params = self._params
        if params is None:
            params = self._params = parse_params(self.params_text) if self.params_text else {}
        return params

    @property
    def tag(self) -> str:
        """Value of the tag parameter, "" if absent."""
        return (self.params.get("tag") or "") if self.params_text else ""

    @property
    def parsed_uri(self) -> Uri | None:
        """The URI taken apart, ``None`` if it is malformed."""
        parsed = self._parsed
        if parsed is None:
            try:
                parsed = parse_uri(self.uri)
            except UriError:
                parsed = False
            self._parsed = parsed
        return parsed or None

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Contact(NameAddr):
    """An element of a Contact header."""

    __slots__ = ()

    @property
    def expires(self) -> int | None:
        """Value of the expires parameter in seconds, ``None`` if absent or no number."""
        return parse_number(self.params.get("expires") or "")

    @property
    def q(self) -> str | None:
        """Value of the q parameter as written."""
        return self.params.get("q")


class CSeq:
    """A CSeq header.

    Attributes:
        number_text: the sequence number as written.
        method: as written.
    """

    __slots__ = ("method", "number_text")

    def __init__(self, number_text: str, method: str) -> None:
        self.number_text = number_text
        self.method = method

    @property
    def number(self) -> int:
        """The sequence number; -1 if it is not a number, which Kamailio's core lets pass too."""
        number = parse_number(self.number_text)
        return -1 if number is None else number

    def __repr__(self) -> str:
        return f"CSeq({self.number_text!r}, {self.method!r})"


def parse_number(text: str) -> int | None:
    """A decimal number of at most ten digits, blanks around it ignored; ``None`` for anything else."""
    text = text.strip(" \t\r\n")
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= _MAX_DIGITS else None


def _port(text: str) -> int | None:
    number = parse_number(text)
    return number if number is not None and number <= _MAX_PORT else None


def parse_top_via(line: str) -> Via | None:
    """Read the first via-parm of a Via header.

    Args:
        line: the header line, name included, without the line feed.

    Returns:
        The via-parm; ``None`` if any of the header's via-parms is malformed.
    """
    match = VIA_SIMPLE.match(line)
    if match is None:
        vias = _all_vias(line)
        return vias[0] if vias else None
    protocol, host, digits, params = match.groups()
    port = None
    if digits is not None:
        port = int(digits)
        if port > _MAX_PORT:
            return None
    start, end = match.span(4)
    return Via(protocol, host, port, params, match.start(1) - 8, start, end, True)


def parse_vias(line: str) -> list[Via] | None:
    """Read all via-parms of one Via header.

    Args:
        line: the header line, name included, without the line feed.

    Returns:
        The via-parms in order, at least one; ``None`` if one is malformed.
    """
    top = parse_top_via(line)
    if top is None or top.last:
        return None if top is None else [top]
    return _all_vias(line)


def _all_vias(line: str) -> list[Via] | None:
    # A fold becomes as many blanks, so that offsets stay those of the line.
    line = FOLD.sub(lambda match: " " * len(match[0]), line).rstrip("\r\n\0")
    position = line.find(":") + 1
    vias: list[Via] = []
    while True:
        match = VIA_PARM.match(line, position)
        if match is None:
            return None
        protocol, host, digits, params, more = match.groups()
        port = None if digits is None else _port(digits)
        if digits is not None and port is None:
            return None
        params_start, params_end = match.span("params")
        if params:
            params = params.rstrip()
            params_end = params_start + len(params)
        else:
            params_start = params_end = match.end("host" if digits is None else "port")
        start = position + len(match[0]) - len(match[0].lstrip())
        vias.append(Via(protocol, host, port, params, start, params_start, params_end, not more))
        if not more:
            return vias
        position = match.end()


def parse_name_addr(text: str) -> NameAddr | None:
    """Read an address: ``Display <uri>;param=value`` or ``uri;param=value``.

    Args:
        text: one element of a header value.
    """
    return _address(NameAddr, text)


def parse_contact(text: str) -> Contact | None:
    """Read one element of a Contact header.

    Args:
        text: one element of the header value, not ``*``.
    """
    return _address(Contact, text)


_Address = TypeVar("_Address", bound=NameAddr)


def _address(kind: type[_Address], text: str) -> _Address | None:
    match = NAME_ADDR.match(text)
    if match is not None:
        display, uri, params = match.groups()
        return kind(text, display.rstrip(), uri, match.start(2), params.rstrip())
    match = ADDR_SPEC.match(text)
    if match is None:
        return None
    uri, params = match.groups()
    return kind(text, "", uri, match.start(1), params.rstrip())


def parse_addresses(values: list[str]) -> list[NameAddr]:
    """Read the addresses of a header that may occur several times and hold several each (Route, Path).

    Args:
        values: the header's values in order.

    Returns:
        All addresses in order; malformed ones are left out.
    """
    parsed = (parse_name_addr(part) for value in values for part in split_commas(value))
    return [address for address in parsed if address is not None]


def parse_contacts(values: list[str]) -> list[Contact] | Star:
    """Read the Contact headers of a message.

    Args:
        values: the header's values in order.

    Returns:
        All contacts in order, malformed ones left out; `STAR` if any element is ``*``.
    """
    contacts: list[Contact] = []
    for value in values:
        for part in split_commas(value):
            if part == STAR:
                return STAR
            contact = parse_contact(part)
            if contact is not None:
                contacts.append(contact)
    return contacts


def parse_cseq(line: str) -> CSeq | None:
    """Read a CSeq header.

    Args:
        line: the header line, name included, without the line feed.
    """
    match = CSEQ.match(line)
    return CSeq(match[1], match[2]) if match is not None else None
