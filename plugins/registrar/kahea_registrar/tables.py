"""Location tables as arguments of functions: named in the file, found when the server starts."""

from __future__ import annotations

import re
from typing import Final

from kahea.api import Kind, LocationDomain, LocationService, Mode, Value

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,48}")


class TableName:
    """A location table that a script names.

    Args:
        name: of the table.

    Attributes:
        domain: the table, from the start of the server on.
    """

    __slots__ = ("domain", "name")

    domain: LocationDomain

    def __init__(self, name: str) -> None:
        self.name = name


class TableNames:
    """The location tables that a script names."""

    def __init__(self) -> None:
        self._names: dict[str, TableName] = {}

    def named(self, name: str) -> TableName:
        """Return a table by its name."""
        return self._names.setdefault(name, TableName(name))

    def open(self, service: LocationService) -> None:
        """Find the tables; in ``mod_init``."""
        for one in self._names.values():
            one.domain = service.domain(one.name)


class TableKind(Kind):
    """A location table, written out.

    Args:
        names: keeps what was named; ``None`` until a module takes the argument for its own.
    """

    mode = Mode.RAW
    label = "location table"

    def __init__(self, names: TableNames | None = None) -> None:
        self._names = names or TableNames()

    def dynamic(self, value: Value) -> TableName:
        """Return the table.

        Raises:
            ValueError: it is no name of a table.
        """
        name = str(value if value is not None else "")
        if not _NAME.fullmatch(name):
            raise ValueError(f'"{name}" is no name of a location table, such as "location"')
        return self._names.named(name)


class SaveFlagsKind(Kind):
    """The flags of `save()`: a number, also as ``"0x04"``."""

    mode = Mode.RAW
    label = "flags"

    def dynamic(self, value: Value) -> int:
        """Return the number.

        Raises:
            ValueError: it is none, or too large.
        """
        text = str(value)
        try:
            number = int(text, 16) if text.startswith("0x") else int(text)
        except ValueError:
            number = -1
        if not 0 <= number <= _ALL_FLAGS:
            raise ValueError(f'the flags are a number from 0 to {_ALL_FLAGS}, not "{text}"')
        return number


_ALL_FLAGS: Final = 31
