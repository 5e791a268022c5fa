"""Records for the server's cache of names, from ``dns_cache`` and ``dns_file``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from kahea.api import Core, Srv

_NEGATIVE: Final = 1
_PERMANENT: Final = 2
"""Bits of ``flags``."""

_NUMBERS: Final = ("ttl", "flags", "priority", "weight", "port")
_TEXTS: Final = ("type", "name", "addr")


class Record(NamedTuple):
    """A record as it is written.

    Attributes:
        name: what it belongs to.
        content: an address, or an SRV record.
        ttl: seconds to keep it.
        flags: 1 for a name that does not exist, 2 for a record that stays for ever.
    """

    name: str
    content: str | Srv
    ttl: int
    flags: int

    def add_to(self, core: Core) -> bool:
        """Put it into the cache; returns whether it is there."""
        return core.resolver.add(
            self.name,
            self.content,
            self.ttl,
            permanent=bool(self.flags & _PERMANENT),
            missing=bool(self.flags & _NEGATIVE),
        )


def parse_record(text: str) -> Record:
    """Read a record, ``type=A;name=host.example;addr=192.0.2.1;ttl=3600;flags=2``.

    Args:
        text: as in ``dns_cache``; an SRV record has `priority`, `weight` and `port`, and its host in `addr`.

    Raises:
        ValueError: it is written differently.
    """
    texts = dict.fromkeys(_TEXTS, "")
    numbers = dict.fromkeys(_NUMBERS, 0)
    for part in text.strip().removesuffix(";").split(";"):
        name, _, value = part.partition("=")
        name, value = name.strip().lower(), value.strip().strip('"')
        if name in texts:
            texts[name] = value
        elif name in numbers:
            if not value.removeprefix("-").isdecimal():
                raise ValueError(f"`{name}` is a number, not `{value}`")
            numbers[name] = int(value)
        else:
            raise ValueError(f"`{name}` is none of {', '.join((*_TEXTS, *_NUMBERS))}")
    kind, addr = texts["type"].upper(), texts["addr"]
    if kind not in ("A", "AAAA", "SRV"):
        raise ValueError("its type is A, AAAA or SRV")
    if not texts["name"]:
        raise ValueError("it has no name")
    if numbers["flags"] & _NEGATIVE:
        addr = addr or {"A": "0.0.0.0", "AAAA": "::", "SRV": "."}[kind]
    if not addr or (kind != "SRV" and (":" in addr) is not (kind == "AAAA")):
        raise ValueError(f"`{addr}` is no address of the type {kind}")
    content: str | Srv = addr
    if kind == "SRV":
        content = Srv(numbers["priority"], numbers["weight"], numbers["port"], addr.rstrip("."))
    return Record(texts["name"], content, numbers["ttl"], numbers["flags"])


def read_file(path: str) -> Iterator[Record]:
    """Read the records of a file, one in each line; empty lines and those with ``#`` in front are passed over.

    Raises:
        ValueError: the file cannot be read, or a line is no record.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise ValueError(f"the file {path} cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.strip().startswith("#"):
            try:
                yield parse_record(line)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from None
