"""What queries found, and how a pseudo-variable names a part of it: ``NAME=>KEY[INDEX]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from kahea.api import Naptr, Srv, Value

from kahea_ipops import addresses

MAX_ADDRESSES: Final = 32
"""Addresses and records of one query that are kept, as in Kamailio."""

_PATH: Final = re.compile(
    r"\s*(?P<name>[^\s=]+)\s*=>\s*(?P<key>[a-z0-9]+)\s*(?:\[\s*(?P<index>.+?)\s*\])?\s*", re.DOTALL
)

Row = dict[str, Value]


class Path(NamedTuple):
    """A part of a result.

    Attributes:
        name: of the query's container.
        key: which value.
        place: of the record: a number, or a pseudo-variable as written; 0 where there is none.
    """

    name: str
    key: str
    place: int | str


def parse_path(text: str, keys: Sequence[str], indexed: Sequence[str]) -> Path:
    """Take ``NAME=>KEY[INDEX]`` apart.

    Args:
        text: what stands in the parentheses.
        keys: that there are.
        indexed: those that must have an index.

    Raises:
        ValueError: it has another form, or an unknown key.
    """
    match = _PATH.fullmatch(text)
    if match is None:
        raise ValueError("it is written NAME=>KEY, or NAME=>KEY[INDEX]")
    key, index = match["key"], match["index"]
    if key not in keys:
        raise ValueError(f"`{key}` is none of {', '.join(keys)}")
    if index is None:
        if key in indexed:
            raise ValueError(f"`{key}` needs an index, as in {match['name']}=>{key}[0]")
        return Path(match["name"], key, 0)
    if index.startswith("$"):
        return Path(match["name"], key, index)
    try:
        return Path(match["name"], key, int(index))
    except ValueError:
        raise ValueError(f"`{index}` is no index: it is a number or a pseudo-variable") from None


def address_rows(host: str, found: Sequence[str]) -> list[Row]:
    """Return what ``$dns`` shows of the addresses of a host."""
    kept = list(found[:MAX_ADDRESSES])
    common: Row = {
        "ipv4": int(any(":" not in ip for ip in kept)),
        "ipv6": int(any(":" in ip for ip in kept)),
        "count": len(kept),
        "hostname": host,
    }
    return [{"addr": ip, "type": 6 if ":" in ip else 4, **common} for ip in kept]


def pointer_rows(ip: str, name: str) -> list[Row]:
    """Return what ``$ptrquery`` shows of the name of an address."""
    (row,) = address_rows(name, [ip])
    return [row]


def srv_rows(records: Sequence[Srv]) -> list[Row]:
    """Return what ``$srvquery`` shows."""
    return [
        {"port": one.port, "priority": one.priority, "target": one.target, "weight": one.weight}
        for one in records[:MAX_ADDRESSES]
    ]


def naptr_rows(records: Sequence[Naptr]) -> list[Row]:
    """Return what ``$naptrquery`` shows."""
    return [
        {
            "order": one.order,
            "pref": one.preference,
            "flags": one.flags,
            "services": one.services,
            "regex": one.regexp,
            "replace": one.replacement,
        }
        for one in records[:MAX_ADDRESSES]
    ]


def pick(rows: Sequence[Row], index: Value, key: str) -> Value:
    """Return a value of the record at an index, where -1 is the last; null where there is no such record."""
    if not isinstance(index, int) or not -len(rows) <= index < len(rows):
        return None
    return rows[index].get(key)


def same_address(found: Sequence[str], address: addresses.Address) -> bool:
    """Whether an address is among those found."""
    return any(addresses.read(ip) == address for ip in found)
