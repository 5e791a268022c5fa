"""Queries and responses as bytes (RFC 1035 section 4), by dnspython."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.reversename

from kahea.modules.resolver import Naptr, Srv
from kahea.net.dns.questions import KINDS, Kind, Question, Value, ask_for

MAX_RECORDS: Final = 100
"""Records of one response that are looked at."""

_PAYLOAD: Final = 1232
"""Largest UDP response that is asked for (EDNS, RFC 6891), in bytes: what passes without fragments."""


@dataclass(slots=True)
class Response:
    """What a name server says.

    Attributes:
        code: ``NOERROR``, ``NXDOMAIN``, ``SERVFAIL``, ...
        truncated: whether there is more than fitted.
        records: of the answer and the additional section: (name, type) to (seconds to live, content).
    """

    code: str
    truncated: bool = False
    records: dict[Question, list[tuple[int, Value]]] = field(default_factory=dict)


def encode(question: Question, edns: bool = True) -> bytes:
    """Return a query with a random identifier.

    Args:
        question: what to ask.
        edns: whether to allow long UDP responses.

    Raises:
        ValueError: the name cannot be asked for.
    """
    query = dns.message.make_query(_name_of(question.name), question.kind)
    if edns:
        query.use_edns(0, payload=_PAYLOAD)
    return query.to_wire()


def decode(query: bytes, data: bytes, question: Question) -> Response | None:
    """Read a response.

    Args:
        query: what was sent.
        data: what came.
        question: what was asked.

    Returns:
        What it says; ``None`` when it is no response to the query, or cannot be read.
    """
    if len(data) < 12 or data[:2] != query[:2]:
        return None
    try:
        message = dns.message.from_wire(data, ignore_trailing=True, raise_on_truncation=False)
        if not message.flags & dns.flags.QR:
            return None
        code = dns.rcode.to_text(message.rcode())
        asked = message.question
        if not asked and code in ("FORMERR", "SERVFAIL", "NOTIMP", "REFUSED"):
            return Response(code)  # servers that do not understand the query may leave the question out
        if len(asked) != 1 or asked[0].rdclass != dns.rdataclass.IN:
            return None
        if (_text_of(asked[0].name).lower(), dns.rdatatype.to_text(asked[0].rdtype)) != question:
            return None
        response = Response(code, bool(message.flags & dns.flags.TC))
        _collect(message, response)
    except (dns.exception.DNSException, ValueError, struct.error):
        return None
    return response


def reverse_name(ip: str) -> str:
    """Return the name under which an address's PTR records are (RFC 1035 3.5, RFC 3596 2.5)."""
    return _text_of(dns.reversename.from_address(ip))


def _collect(message: dns.message.Message, response: Response) -> None:
    count = 0
    for section in (message.answer, message.additional):
        for rrset in section:
            kind = dns.rdatatype.to_text(rrset.rdtype)
            if rrset.rdclass != dns.rdataclass.IN or kind not in KINDS:
                continue
            found = response.records.setdefault(ask_for(_text_of(rrset.name), kind), [])
            for record in rrset:
                count += 1
                if count > MAX_RECORDS:
                    return
                found.append((rrset.ttl, _value(kind, record)))


def _value(kind: Kind, record: Any) -> Value:
    if kind in ("A", "AAAA"):
        return str(record.address)
    if kind == "SRV":
        return Srv(record.priority, record.weight, record.port, _text_of(record.target))
    if kind == "NAPTR":
        flags, services, regexp = (_bytes_text(part) for part in (record.flags, record.service, record.regexp))
        return Naptr(record.order, record.preference, flags, services, regexp, _text_of(record.replacement))
    if kind == "TXT":
        return _bytes_text(b"".join(record.strings))
    return _text_of(record.target)


def _bytes_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _text_of(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True) if name.labels != (b"",) else ""


def _name_of(text: str) -> dns.name.Name:
    if not text or not text.isascii():
        raise ValueError("it is no host name")
    try:
        return dns.name.from_text(text)
    except dns.exception.DNSException as error:
        raise ValueError(str(error)) from None
