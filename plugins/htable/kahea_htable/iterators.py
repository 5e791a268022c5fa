"""Iterators over hash tables, by name, of the scripts of one worker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kahea_htable.table import HashTable, Item

LIMIT: Final = 4
"""Iterators that a script may have at the same time."""

_NAME_LIMIT: Final = 31

ENDED: Final = -2


class TableIterator:
    """Goes through a table.

    Attributes:
        table: that it goes through.
        name: of the item at which it is, ``None`` before the first one and behind the last.
        item: the item.
    """

    __slots__ = ("_rest", "item", "name", "table")

    def __init__(self, table: HashTable) -> None:
        self.table = table
        self.name: str | None = None
        self.item: Item | None = None
        self._rest: Iterator[tuple[str, Item]] | None = None

    def next(self) -> bool:
        """Go to the next item; from behind the last to the first. Returns whether there is one."""
        if self._rest is None:
            self._rest = self.table.items()
        self.name, self.item = next(self._rest, (None, None))
        if self.name is None:
            self._rest = None
        return self.name is not None

    def remove(self) -> bool:
        """Remove the item, and go to the next one; returns whether there is one."""
        if self.name is not None:
            self.table.delete(self.name)
        return self.next()

    def set(self, value: str | int) -> bool:
        """Change the value of the item; returns whether there was room."""
        if self.name is None or not self.table.set(self.name, value):
            return False
        self.item = self.table.item(self.name)
        return True


class Iterators:
    """The iterators of a worker: each script has its own, which it names."""

    def __init__(self) -> None:
        self._of: dict[int, dict[str, TableIterator]] = {}

    def start(self, script: int, name: str, table: HashTable) -> None:
        """Begin to go through a table; one of the same name is given up.

        Raises:
            ValueError: there are too many, or the name is too long.
        """
        own = self._of.setdefault(script, {})
        if name not in own and len(own) >= LIMIT:
            raise ValueError(f"there are {LIMIT} iterators already")
        if len(name) > _NAME_LIMIT:
            raise ValueError(f"the name of an iterator has up to {_NAME_LIMIT} characters")
        own[name] = TableIterator(table)

    def get(self, script: int, name: str) -> TableIterator | None:
        """Return an iterator, ``None`` when there is none of that name."""
        own = self._of.get(script)
        return None if own is None else own.get(name)

    def end(self, script: int, name: str) -> bool:
        """Give an iterator up; returns whether there was one."""
        own = self._of.get(script)
        if own is None or own.pop(name, None) is None:
            return False
        if not own:
            del self._of[script]
        return True
