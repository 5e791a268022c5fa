"""The hash tables of a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kahea.api import Core, Level

from kahea_htable.definition import Definition
from kahea_htable.table import HashTable


class HashTables:
    """Finds hash tables by name.

    Args:
        definitions: of the tables, in the order of the file.
        core: the server.
    """

    def __init__(self, definitions: Iterable[Definition], core: Core) -> None:
        self._core = core
        self._tables = {one.name: HashTable(one, core) for one in definitions}

    def __iter__(self) -> Iterator[HashTable]:
        """Yield the tables, the last one first, as Kamailio lists them."""
        return iter(reversed(self._tables.values()))

    def __contains__(self, name: str) -> bool:
        return name in self._tables

    def start(self, core: Core) -> None:
        """Take the worker that runs."""
        self._core = core
        for table in self._tables.values():
            table.start(core)

    def get(self, name: str) -> HashTable | None:
        """Return a table, ``None`` when there is none."""
        return self._tables.get(name)

    def find(self, name: str) -> HashTable | None:
        """Return a table; when there is none, log that."""
        table = self._tables.get(name)
        if table is None:
            self._core.log_bounded(f"there is no hash table {name}", "htable", Level.ERR)
        return table
