"""Functions on single items, and locks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from kahea.api import Binder, Int, Kind, Message, Mode, Result, Run, Text, Value, Waits, function

from kahea_htable.locks import Locks
from kahea_htable.tables import HashTables
from kahea_htable.variables import place


class PlaceKind(Kind):
    """``table=>key``; the function gets the table's name and a function of the run for the key."""

    mode = Mode.RAW
    label = "table=>key"

    def bind(self, value: str | int, binder: Binder) -> tuple[str, Callable[[Run], str]]:
        """Return the name of the table, and what makes the key."""
        return place(str(value), binder)

    def dynamic(self, value: Value) -> Any:
        """Refuse: the argument is written out."""
        raise ValueError('write "table=>key"')


Place = Annotated[tuple[str, Callable[[Run], str]], PlaceKind()]
"""A table's name and the key of an item."""


class ItemFunctions:
    """Functions on single items."""

    tables: HashTables
    locks: Locks

    @function()
    def sht_rm(self, msg: Message, table: Text, name: Text) -> bool:
        """Remove an item.

        Args:
            table: the table.
            name: of the item.

        Returns:
            False when there is no such table; true even if there was no such item.

        Example:
            sht_rm("a", "$si");
        """
        found = self.tables.find(table)
        if found is None or not name:
            return False
        found.delete(name)
        return True

    @function()
    def sht_setxs(self, msg: Message, table: Text, name: Text, value: Text, lifetime: Int) -> bool:
        """Set an item to a text, and when it expires.

        Args:
            table: the table.
            name: of the item.
            value: a text.
            lifetime: seconds; 0 for what the table says.

        Returns:
            False when there is no such table, or no room.

        Example:
            sht_setxs("a", "$ci", "ringing", "120");
        """
        return self._set(table, name, value, lifetime)

    @function()
    def sht_setxi(self, msg: Message, table: Text, name: Text, value: Int, lifetime: Int) -> bool:
        """Set an item to a number, and when it expires.

        Args:
            table: the table.
            name: of the item.
            value: a number.
            lifetime: seconds; 0 for what the table says.

        Returns:
            False when there is no such table, or no room.

        Example:
            sht_setxi("a", "$si", "1", "60");
        """
        return self._set(table, name, value, lifetime)

    def _set(self, table: str, name: str, value: str | int, lifetime: int) -> bool:
        found = self.tables.find(table)
        return found is not None and bool(name) and found.set(name, value, lifetime)

    @function()
    def sht_is_null(self, msg: Message, table: Text, name: Text) -> Result:
        """Whether an item is not there.

        Args:
            table: the table.
            name: of the item.

        Returns:
            1 when it is not there, -1 when it is, -2 when the table has an `initval`; 2 when there is no such table, 3
            when an argument is empty.

        Example:
            if (sht_is_null("a", "$si")) $sht(a=>$si) = 1;
        """
        if not table or not name:
            return 3
        found = self.tables.get(table)
        if found is None:
            return 2
        if found.definition.initval is not None:
            return -2
        return 1 if found.item(name) is None else -1

    @function()
    def sht_inc(self, msg: Message, table: Text, name: Text) -> bool:
        """Add 1 to an item, in one step that no other worker can come in between.

        Args:
            table: the table.
            name: of the item.

        Returns:
            False when it is no number, or is not there in a table without `initval`.

        Example:
            sht_inc("a", "$si");
        """
        return self._add(table, name, 1)

    @function()
    def sht_dec(self, msg: Message, table: Text, name: Text) -> bool:
        """Take 1 away from an item, in one step that no other worker can come in between.

        Args:
            table: the table.
            name: of the item.

        Returns:
            As `sht_inc`.

        Example:
            sht_dec("a", "$si");
        """
        return self._add(table, name, -1)

    def _add(self, table: str, name: str, number: int) -> bool:
        found = self.tables.find(table)
        return found is not None and bool(name) and found.add(name, number) is not None

    @function(waits=Waits.MAY)
    def sht_lock(self, run: Run, item: Place) -> Result | Awaitable[Result]:
        """Get the lock of an item, and wait until other scripts have released it; what they set is seen then.

        A script may get a lock several times, and releases it as often. A lock that is not released is free again after
        `script_wait_limit` seconds.

        Args:
            item: `table=>key`.

        Returns:
            1; -11 when there is no such table.

        Example:
            sht_lock("a=>$si");
            $sht(a=>$si) = $sht(a=>$si) + 10;
            sht_unlock("a=>$si");
        """
        name, key = item
        if self.tables.find(name) is None:
            return -11
        got = self.locks.acquire(f"{name}=>{key(run)}", id(run))
        return 1 if got is True else _one(got)

    @function()
    def sht_unlock(self, run: Run, item: Place) -> Result:
        """Release the lock of an item.

        Args:
            item: `table=>key`.

        Returns:
            1; -11 when there is no such table.

        Example:
            sht_unlock("a=>$si");
        """
        name, key = item
        if self.tables.find(name) is None:
            return -11
        self.locks.release(f"{name}=>{key(run)}", id(run))
        return 1


async def _one(got: Any) -> int:
    return 1 if await got else -1
