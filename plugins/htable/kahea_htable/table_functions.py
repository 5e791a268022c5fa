"""Functions on all items of a table."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Core, Int, Level, Message, Result, Run, Text, function

from kahea_htable import matching
from kahea_htable.item_functions import Place
from kahea_htable.iterators import ENDED, Iterators, TableIterator
from kahea_htable.matching import by_name, by_text
from kahea_htable.table import HashTable, Item
from kahea_htable.tables import HashTables


class TableFunctions:
    """Functions that count, find and remove items, and go through tables."""

    core: Core
    tables: HashTables
    iterators: Iterators

    @function()
    def sht_print(self, msg: Message) -> bool:
        """Write all items of all tables to the log, at level ERR.

        Example:
            sht_print();
        """
        for table in self.tables:
            self.core.log.error(f"htable {table.definition.name}", "htable")
            for name, item in table.items():
                kind = "string" if isinstance(item.value, str) else "number"
                expiry = f", expires {item.expires}" if item.expires else ""
                self.core.log.error(f"    {name}: {kind} {item.value}{expiry}", "htable")
        return True

    @function()
    def sht_reset(self, msg: Message, table: Text) -> bool:
        """Remove all items of a table.

        Args:
            table: the table.

        Returns:
            False when there is no such table.

        Example:
            sht_reset("a");
        """
        found = self.tables.find(table)
        if found is None:
            return False
        found.clear()
        return True

    @function()
    def sht_rm_name_re(self, run: Run, pattern: Place) -> bool:
        """Remove the items whose names match a regular expression.

        Args:
            pattern: `table=>expression`; the expression may hold pseudo-variables.

        Returns:
            False for a bad expression; true when there is no such table.

        Example:
            sht_rm_name_re("a=>^127[.]");
        """
        return self._remove_pattern(run, pattern, by_name)

    @function()
    def sht_rm_value_re(self, run: Run, pattern: Place) -> bool:
        """Remove the items whose values are texts that match a regular expression.

        Args:
            pattern: `table=>expression`; the expression may hold pseudo-variables.

        Returns:
            False for a bad expression; true when there is no such table.

        Example:
            sht_rm_value_re("a=>^idle");
        """
        return self._remove_pattern(run, pattern, by_text)

    def _remove_pattern(
        self,
        run: Run,
        pattern: Place,
        of: Callable[[matching.Test], Callable[[str, Item], bool]],
    ) -> bool:
        name, expression = pattern
        table = self.tables.get(name)
        return True if table is None else self._remove(table, "re", expression(run), of)

    @function()
    def sht_rm_name(self, msg: Message, table: Text, operator: Text, text: Text) -> bool:
        """Remove the items whose names match.

        Args:
            table: the table.
            operator: `re` a regular expression, `sw` starts with, `ew` ends with, `in` includes.
            text: to compare with.

        Returns:
            False when there is no such table or operator, or the text is empty.

        Example:
            sht_rm_name("a", "sw", "$si:");
        """
        found = self.tables.find(table)
        return found is not None and self._remove(found, operator, text, by_name)

    @function()
    def sht_rm_value(self, msg: Message, table: Text, operator: Text, text: Text) -> bool:
        """Remove the items whose values are texts that match.

        Args:
            table: the table.
            operator: `re` a regular expression, `sw` starts with, `ew` ends with, `in` includes.
            text: to compare with.

        Returns:
            False when there is no such table or operator, or the text is empty.

        Example:
            sht_rm_value("a", "re", "^idle");
        """
        found = self.tables.find(table)
        return found is not None and self._remove(found, operator, text, by_text)

    def _remove(
        self,
        table: HashTable,
        operator: str,
        text: str,
        of: Callable[[matching.Test], Callable[[str, Item], bool]],
    ) -> bool:
        if not text:
            return False
        try:
            test = matching.removal_test(operator, text)
        except ValueError as error:
            self.core.log_bounded(str(error), "htable", Level.ERR)
            return False
        table.remove_where(of(test))
        return True

    @function(aliases=("sht_match_name",))
    def sht_has_name(self, msg: Message, table: Text, operator: Text, text: Text) -> bool:
        """Whether a table has an item whose name matches.

        Args:
            table: the table.
            operator: `eq` equal, `ne` not equal, `re` a regular expression, `sw` starts with.
            text: to compare with.

        Example:
            if (sht_has_name("a", "eq", "alice")) exit;
        """
        return self._has(table, operator, text, by_name)

    @function(aliases=("sht_match_str_value",))
    def sht_has_str_value(self, msg: Message, table: Text, operator: Text, text: Text) -> bool:
        """Whether a table has an item whose value is a text that matches.

        Args:
            table: the table.
            operator: `eq` equal, `ne` not equal, `re` a regular expression, `sw` starts with.
            text: to compare with.

        Example:
            if (sht_has_str_value("a", "sw", "busy")) exit;
        """
        return self._has(table, operator, text, by_text)

    def _has(
        self, table: str, operator: str, text: str, of: Callable[[matching.Test], Callable[[str, Item], bool]]
    ) -> bool:
        found = self.tables.find(table)
        if found is None or not text:
            return False
        try:
            matches = of(matching.presence_test(operator, text))
        except ValueError as error:
            self.core.log_bounded(str(error), "htable", Level.ERR)
            return False
        return any(matches(name, item) for name, item in found.items())

    # --- iterators ---------------------------------------------------------------------------------

    @function()
    def sht_iterator_start(self, run: Run, iterator: Text, table: Text) -> bool:
        """Begin to go through a table; `sht_iterator_next` gets the first item.

        Args:
            iterator: its name; a script may have four at the same time.
            table: the table.

        Returns:
            False when there is no such table, or no iterator left.

        Example:
            sht_iterator_start("i", "a");
            while (sht_iterator_next("i")) {
                $var(sum) = $var(sum) + $shtitval(i);
            }
            sht_iterator_end("i");
        """
        found = self.tables.find(table)
        if found is None or not iterator:
            return False
        self.iterators.start(id(run), iterator, found)
        return True

    @function()
    def sht_iterator_next(self, run: Run, iterator: Text) -> bool:
        """Go to the next item, whose name is `$shtitkey(iterator)` and whose value is `$shtitval(iterator)`.

        Args:
            iterator: its name.

        Returns:
            False when there is no further item, or no such iterator.

        Example:
            sht_iterator_next("i");
        """
        one = self._iterator(run, iterator)
        return one is not None and one.next()

    @function()
    def sht_iterator_end(self, run: Run, iterator: Text) -> bool:
        """Give an iterator up.

        Args:
            iterator: its name.

        Returns:
            False when there is no such iterator.

        Example:
            sht_iterator_end("i");
        """
        return self.iterators.end(id(run), iterator)

    @function()
    def sht_iterator_rm(self, run: Run, iterator: Text) -> Result:
        """Remove the item at which an iterator is, and go to the next one.

        Args:
            iterator: its name.

        Returns:
            1 when there is a next item, -2 when there is none, -1 when the iterator is at no item.

        Example:
            sht_iterator_rm("i");
        """
        one = self._iterator(run, iterator, at_item=True)
        if one is None:
            return -1
        return 1 if one.remove() else ENDED

    @function()
    def sht_iterator_sets(self, run: Run, iterator: Text, value: Text) -> bool:
        """Set the item at which an iterator is to a text.

        Args:
            iterator: its name.
            value: a text.

        Returns:
            False when the iterator is at no item.

        Example:
            sht_iterator_sets("i", "$ci");
        """
        one = self._iterator(run, iterator, at_item=True)
        return one is not None and one.set(value)

    @function()
    def sht_iterator_seti(self, run: Run, iterator: Text, value: Int) -> bool:
        """Set the item at which an iterator is to a number.

        Args:
            iterator: its name.
            value: a number.

        Returns:
            False when the iterator is at no item.

        Example:
            sht_iterator_seti("i", "20");
        """
        one = self._iterator(run, iterator, at_item=True)
        return one is not None and one.set(value)

    @function()
    def sht_iterator_setex(self, run: Run, iterator: Text, lifetime: Int) -> bool:
        """Let the item at which an iterator is expire.

        Args:
            iterator: its name.
            lifetime: seconds, 0 for never.

        Returns:
            False when the iterator is at no item.

        Example:
            sht_iterator_setex("i", "120");
        """
        one = self._iterator(run, iterator, at_item=True)
        return one is not None and one.name is not None and one.table.set_lifetime(one.name, lifetime)

    def _iterator(self, run: Run, name: str, at_item: bool = False) -> TableIterator | None:
        """Return an iterator; when there is none, or it is at no item though it must be, log that."""
        one = self.iterators.get(id(run), name)
        if one is None or (at_item and one.name is None):
            what = "no iterator" if one is None else "no item at the iterator"
            self.core.log_bounded(f"there is {what} {name}", "htable", Level.ERR)
            return None
        return one
