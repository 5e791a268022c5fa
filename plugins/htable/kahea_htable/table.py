"""A hash table: items with a value and a time at which they expire, the same for all workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec
from kahea.api import Core, Table, core_hash

from kahea_htable.definition import Definition

_INT64: Final = 2**64
_SIGN: Final = 2**63


class Item(msgspec.Struct, array_like=True, frozen=True):
    """What is kept under a name.

    Args:
        value: of the item.
        expires: the last second, since 1970, in which it is there; 0 for ever.
    """

    value: str | int
    expires: int = 0


def as_number(value: int) -> int:
    """Return a number as 64 bits hold it."""
    return value if -_SIGN <= value < _SIGN else (value + _SIGN) % _INT64 - _SIGN


class HashTable:
    """A hash table.

    Args:
        definition: what was asked for.
        core: the server.

    Attributes:
        definition: what was asked for.
    """

    def __init__(self, definition: Definition, core: Core) -> None:
        self.definition = definition
        self._items: Table[Item] = core.tables.table(f"htable.{definition.name}", Item)
        self._clock = core.clock
        self._autoexpire = definition.autoexpire
        self._initial = definition.initval
        self._updates = definition.updateexpire

    def start(self, core: Core) -> None:
        """Take the server that runs."""
        self._clock = core.clock

    # --- one item ----------------------------------------------------------------------------------

    def item(self, name: str) -> Item | None:
        """Return what is under a name, ``None`` when there is nothing or it has expired."""
        found = self._items.get(name)
        return found if found is None or not self._autoexpire or not self._is_over(found) else None

    def value(self, name: str) -> str | int | None:
        """Return a value; the initial one of the table, if it has one, when there is none."""
        found = self._items.get(name)
        if found is None or (self._autoexpire and self._is_over(found)):
            return self._initial
        return found.value

    def set(self, name: str, value: str | int, lifetime: int = 0) -> bool:
        """Set a value.

        Args:
            name: of the item.
            value: a number is cut to 64 bits.
            lifetime: seconds, 0 or less for what the table says.

        Returns:
            ``False`` when there is no room.
        """
        if isinstance(value, int):
            value = as_number(value)
        if lifetime > 0:
            return self._items.put(name, Item(value, self._now() + lifetime))
        if not self._autoexpire:
            return self._items.put(name, Item(value))
        if self._updates:
            return self._items.put(name, Item(value, self._now() + self._autoexpire))
        return self._items.update(name, lambda old: Item(value, self._kept(old)))

    def delete(self, name: str) -> bool:
        """Remove an item; returns whether it was there."""
        return self._items.delete(name)

    def add(self, name: str, number: int) -> int | None:
        """Add to a number, in one step.

        What is not there counts as the table's initial value; without one nothing is made.

        Returns:
            The sum; ``None`` when there is no number, or no room.
        """
        total: int | None = None

        def change(old: Item | None) -> Item | None:
            nonlocal total
            total = None
            alive = old is not None and not (self._autoexpire and self._is_over(old))
            start = old.value if alive and old is not None else self._initial
            if not isinstance(start, int):
                return old
            total = as_number(start + number)
            if alive and old is not None and not self._updates:
                return Item(total, old.expires)
            return Item(total, self._now() + self._autoexpire if self._autoexpire else 0)

        return total if self._items.update(name, change) else None

    def set_lifetime(self, name: str, lifetime: int) -> bool:
        """Let an item expire in some seconds, never for 0 or less; without effect where items do not expire.

        Returns:
            ``False`` when there is no room.
        """
        if not self._autoexpire:
            return True
        expires = self._now() + lifetime if lifetime > 0 else 0
        return self._items.update(name, lambda old: None if old is None else Item(old.value, expires))

    def lifetime(self, name: str) -> int:
        """Return the seconds that are left for an item; 0 for none, and for what does not expire."""
        found = self.item(name) if self._autoexpire else None
        return 0 if found is None or not found.expires else found.expires - self._now()

    def _kept(self, old: Item | None) -> int:
        return self._now() + self._autoexpire if old is None or self._is_over(old) else old.expires

    def _now(self) -> int:
        return int(self._clock.time())

    def _is_over(self, item: Item) -> bool:
        return 0 < item.expires < int(self._clock.time())

    # --- all items ---------------------------------------------------------------------------------

    def items(self) -> Iterator[tuple[str, Item]]:
        """Yield names and items, in no promised order. The table may be changed meanwhile."""
        if not self._autoexpire:
            return self._items.scan()
        return ((name, item) for name, item in self._items.scan() if not self._is_over(item))

    def remove_where(self, matches: Callable[[str, Item], bool]) -> None:
        """Remove the items that match."""
        for name, item in self._items.scan():
            if matches(name, item):
                self._items.delete(name)

    def clear(self) -> None:
        """Remove all items."""
        for name, _ in self._items.scan():
            self._items.delete(name)

    def expired(self) -> Iterator[tuple[str, Item | None]]:
        """Yield the names of all items, each with the item if it has expired and is still in the table."""
        for name, item in self._items.scan():
            yield name, item if self._is_over(item) else None

    def remove_expired(self, name: str) -> None:
        """Remove an item, unless it has been given more time."""
        self._items.update(name, lambda old: None if old is None or self._is_over(old) else old)

    def slots(self) -> dict[int, list[tuple[str, Item]]]:
        """Return all items by the number of the slot that they have in Kamailio, in its order."""
        found: list[tuple[int, str, Item]] = []
        for name, item in self._items.scan():
            # the hash does not see the case of ASCII letters
            raw = name.encode("utf-8", "surrogateescape").lower()
            found.append((core_hash(raw), name, item))
        found.sort(key=lambda one: one[0])
        slots: dict[int, list[tuple[str, Item]]] = {}
        mask = self.definition.slots - 1
        for number, name, item in found:
            slots.setdefault(number & mask, []).append((name, item))
        return dict(sorted(slots.items()))
