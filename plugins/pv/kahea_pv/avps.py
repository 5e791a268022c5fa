"""Names of AVPs and what reading and assigning one does; a run holds the lists, the newest value first.

No list that a run holds is empty: a name without values is not there.
"""

from __future__ import annotations

from collections.abc import Mapping

from kahea.api import Value

Lists = dict[str, list[str | int]]


def key_of(name: str, aliases: Mapping[str, str]) -> str:
    """Return the key under which a run holds an AVP.

    Args:
        name: as written: ``name``, ``s:name`` for a text as name, ``i:7`` for a number as name.
        aliases: other names to keys.

    Raises:
        ValueError: when it is none of these.
    """
    name = name.strip()
    if name in aliases:
        return aliases[name]
    kind, found, rest = name.partition(":")
    if not found:
        if not name:
            raise ValueError("it needs a name")
        return name
    if kind in ("s", "S") and rest:
        return rest
    if kind in ("i", "I"):
        try:
            return number_key(int(rest, 0))
        except ValueError:
            raise ValueError(f'expected a number after "{kind}:", got "{rest}"') from None
    raise ValueError(f'a name is written "name", "s:name" or "i:number", not "{name}"')


def number_key(number: int) -> str:
    """Return the key of an AVP that has a number for a name."""
    return f"i:{number}"


def parse_aliases(texts: list[str]) -> dict[str, str]:
    """Read the parameter ``avp_aliases``.

    Args:
        texts: each ``alias=name``, several separated by ``;``.

    Raises:
        ValueError: when one is written differently.
    """
    aliases: dict[str, str] = {}
    for definition in ";".join(texts).split(";"):
        if not definition.strip():
            continue
        alias, found, name = definition.partition("=")
        if not found or not alias.strip():
            raise ValueError(f'avp_aliases: expected "alias=name", got "{definition}"')
        aliases[alias.strip()] = key_of(name, {})
    return aliases


def read(lists: Lists, key: str, index: int | str | None) -> Value:
    """Return the newest value, the one at an index, or all of them with commas between.

    Args:
        lists: the run's AVPs.
        key: from `key_of`.
        index: 0 for the newest, negative counts from the oldest, ``"*"`` for all.
    """
    values = lists.get(key)
    if not values:
        return None
    if not index:
        return values[0]
    if isinstance(index, str):
        return ", ".join(map(str, values))
    return values[index] if -len(values) <= index < len(values) else None


def assign(lists: Lists, key: str, index: int | str | None, value: Value) -> None:
    """Push a value, or remove the newest one with null; with the index ``"*"``, remove all others too.

    Any other index is ignored, as in Kamailio.
    """
    if index == "*":
        lists.pop(key, None)
    if value is not None:
        lists.setdefault(key, []).insert(0, value)
    elif key in lists:
        values = lists[key]
        if len(values) == 1:
            del lists[key]
        else:
            del values[0]
