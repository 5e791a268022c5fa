"""What a parameter `htable` says: ``name=>size=8;autoexpire=60``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WHOLE: Final = re.compile(r"\s*([^\s=]+)\s*=>\s*(.*)", re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"\s*([^\s=;]+)\s*=\s*('[^']*'|\"[^\"]*\"|[^;]*)(?:;|$)")
_NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,57}")
_LARGEST: Final = 31
_SLOTS_BEYOND: Final = 1 << 14


@dataclass(frozen=True)
class Definition:
    """A hash table as it was asked for.

    Args:
        name: of the table.
        slots: that Kamailio would have: they are shown, and have no other effect here.
        autoexpire: seconds after which an item is removed, 0 for never.
        updateexpire: whether an update begins that time anew.
        initval: value of what is not there, ``None`` for null.
        dbtable, dbmode: of the database, which is not used yet.
        dmqreplicate: shown, and without effect.
    """

    name: str
    slots: int = 16
    autoexpire: int = 0
    updateexpire: bool = True
    initval: int | None = None
    dbtable: str = ""
    dbmode: int = 0
    dmqreplicate: int = 0


_NUMBERS: Final = ("size", "autoexpire", "updateexpire", "dbmode", "dmqreplicate", "reloadat")
_TEXTS: Final = ("dbtable", "cols", "coldelim", "colnull")


def read_definition(text: str) -> Definition:
    """Read a parameter.

    Raises:
        ValueError: with the reason.
    """
    match = _WHOLE.fullmatch(text)
    if match is None or not match[2].strip():
        raise ValueError(f'write "name=>size=8;autoexpire=60", not "{text}"')
    name = match[1]
    if _NAME.fullmatch(name) is None:
        raise ValueError(f'the name of a hash table is made of letters, digits and ._:-, unlike "{name}"')
    numbers: dict[str, int] = {}
    texts: dict[str, str] = {}
    for key, value in _attributes(match[2]):
        if key in _NUMBERS or key == "initval":
            numbers[key] = _number(key, value)
        elif key in _TEXTS:
            texts[key] = value
        else:
            raise ValueError(f"{name}: a hash table has no {key}")
    for key in ("coldelim", "colnull"):
        if len(texts.get(key, "")) > 1:
            raise ValueError(f"{name}: {key} is one character")
    if "cols" in texts and "," not in texts["cols"]:
        raise ValueError(f"{name}: cols are two columns or more")
    size = numbers.get("size", 4)
    return Definition(
        name,
        slots=8 if size <= 1 else 1 << size if size <= _LARGEST else _SLOTS_BEYOND,
        autoexpire=numbers.get("autoexpire", 0),
        updateexpire=numbers.get("updateexpire", 1) != 0,
        initval=numbers.get("initval"),
        dbtable=texts.get("dbtable", ""),
        dbmode=numbers.get("dbmode", 0),
        dmqreplicate=numbers.get("dmqreplicate", 0),
    )


def _attributes(text: str) -> list[tuple[str, str]]:
    found = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _ATTRIBUTE.match(text, place)
        if match is None:
            raise ValueError(f'write "attribute=value;...", not "{text[place:]}"')
        value = match[2].strip()
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        found.append((match[1], value))
        place = match.end()
    return found


def _number(key: str, value: str) -> int:
    digits = value.removeprefix("-") if key == "initval" else value
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(f'{key} is a number, not "{value}"')
    return int(value)
