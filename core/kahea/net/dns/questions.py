"""What is asked and what is answered, as data."""

from __future__ import annotations

import socket
from typing import Final, Literal, NamedTuple

from kahea.modules.resolver import Naptr, Srv

Kind = Literal["A", "AAAA", "SRV", "NAPTR", "CNAME", "PTR", "TXT"]
"""Types of records that are understood."""

KINDS: Final[tuple[Kind, ...]] = ("A", "AAAA", "SRV", "NAPTR", "CNAME", "PTR", "TXT")

Value = str | Srv | Naptr
"""A record's content: text for addresses, names and TXT."""


class Question(NamedTuple):
    """A name and the type of record that is wanted; the name in lower case, without a dot at its end."""

    name: str
    kind: Kind


class Answer(NamedTuple):
    """What is known of a question.

    Attributes:
        records: what was found; empty for a negative answer.
        expires: monotonic time until which it holds.
        reason: why there is nothing.
        name: the question's name, or that at the end of its CNAME chain.
        permanent: whether it never expires: an operator added it.
    """

    records: tuple[Value, ...]
    expires: float
    reason: str = ""
    name: str = ""
    permanent: bool = False


def ask_for(name: str, kind: Kind) -> Question:
    """Return a question in the form that compares equal however the name is spelt."""
    return Question(name.lower().rstrip("."), kind)


def numeric(host: str) -> str | None:
    """Return an address in canonical text, without brackets; ``None`` for a host that is a name."""
    if not host:
        return None
    try:
        if host[-1].isdigit() and ":" not in host:
            socket.inet_pton(socket.AF_INET, host)
            return host
        if ":" in host:
            return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host.strip("[]")))
    except (OSError, ValueError):  # ValueError: a NUL or what cannot be encoded
        pass
    return None
