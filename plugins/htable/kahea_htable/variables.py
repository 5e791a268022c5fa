"""The pseudo-variables of the module ``htable``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from kahea.api import Access, Binder, Level, Message, PvHandle, PvSpec, Run, Value, allocate_slot, pvar_syntax

from kahea_htable import matching
from kahea_htable.iterators import Iterators
from kahea_htable.table import HashTable
from kahea_htable.tables import HashTables

_PLACE: Final = re.compile(r"\s*([^\s=]+)\s*=>(.*)", re.DOTALL)
_NULL: Final = type(None)

_EXPIRED: Final = allocate_slot()


def note_expired(msg: Message, name: str, value: str | int) -> None:
    """Let ``$shtrecord`` show an item in the event route that a message runs."""
    msg.set_slot(_EXPIRED, (name, value))


def place(text: str, binder: Binder) -> tuple[str, Callable[[Run], str]]:
    """Read ``table=>key``, whose key may hold pseudo-variables.

    Raises:
        ValueError: it is written otherwise.
    """
    match = _PLACE.fullmatch(text)
    if match is None or not match[2]:
        raise ValueError(f'write "table=>key", not "{text}"')
    key = match[2]
    if binder.is_constant(key):
        return match[1], lambda _run: key
    return match[1], binder.format(key)


class TableVariables:
    """Pseudo-variables that read and write items."""

    tables: HashTables
    iterators: Iterators

    def _bound(self, spec: PvSpec, binder: Binder) -> tuple[HashTable | None, Callable[[Run], str], str]:
        name, key = place(spec.inner or "", binder)
        return self.tables.get(name), key, f"${spec.name}({spec.inner})"

    def _unknown(self, text: str) -> Access:
        """Return what stands for an item of a table that there is not: as in Kamailio it is null, and logged."""

        def complain(run: Run) -> None:
            run.core.log_bounded(f"{text}: there is no such hash table", "htable", Level.ERR)

        return Access(text, complain, lambda run, _value: complain(run))

    @pvar_syntax("sht")
    def sht(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The value of an item, `$sht(table=>key)`; the table's `initval`, or null, where there is none.

        A number or a text may be assigned; null removes the item.
        """
        table, key, text = self._bound(spec, binder)
        if table is None:
            return self._unknown(text)
        read, write, delete = table.value, table.set, table.delete

        def get(run: Run) -> Value:
            return read(key(run))

        def assign(run: Run, value: Value) -> None:
            if value is None:
                delete(key(run))
            elif not write(key(run), value):
                run.core.log_bounded(f"{text}: no room for the value", "htable", Level.ERR)

        return Access(text, get, assign)

    @pvar_syntax("shtex")
    def shtex(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The seconds after which an item expires, in a table with `autoexpire`; 0 assigned lets it stay for ever."""
        table, key, text = self._bound(spec, binder)
        if table is None:
            return self._unknown(text)
        read, write = table.lifetime, table.set_lifetime

        def assign(run: Run, value: Value) -> None:
            write(key(run), value if isinstance(value, int) else 0)

        return Access(text, lambda run: read(key(run)), assign, types=frozenset((int,)))

    @pvar_syntax("shtinc", "shtdec")
    def shtinc(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The value of an item after 1 was added (`$shtinc(table=>key)`) or taken away (`$shtdec`), in one step.

        Null for a text, and for what is not there in a table without `initval`.
        """
        table, key, text = self._bound(spec, binder)
        if table is None:
            return self._unknown(text)
        add, number = table.add, 1 if spec.name == "shtinc" else -1
        return Access(text, lambda run: add(key(run), number), types=frozenset((int, _NULL)))

    @pvar_syntax("shtcn", "shtcv")
    def shtcn(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """How many items have a name (`$shtcn(table=>expression)`) or a value (`$shtcv`) that matches.

        The expression is `~~` and a regular expression, `~%` and an end, `%~` and a beginning, `==` and a text, `eq`
        and a number (of values), or `**` for all; without any of these it is a regular expression.
        """
        table, expression, text = self._bound(spec, binder)
        if table is None:
            return self._unknown(text)
        values = spec.name == "shtcv"
        found = table

        def get(run: Run) -> int:
            try:
                return matching.count(found, expression(run), values)
            except ValueError as error:
                run.core.log_bounded(f"{text}: {error}", "htable", Level.ERR)
                return 0

        return Access(text, get, types=frozenset((int,)))

    @pvar_syntax("shtitkey")
    def shtitkey(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The name of the item at which an iterator is: `$shtitkey(iterator)`."""
        name, get = _iterator(spec), self.iterators.get

        def read(run: Run) -> Value:
            one = get(id(run), name)
            return None if one is None else one.name

        return Access(f"$shtitkey({name})", read, types=frozenset((str, _NULL)))

    @pvar_syntax("shtitval")
    def shtitval(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The value of the item at which an iterator is: `$shtitval(iterator)`."""
        name, get = _iterator(spec), self.iterators.get

        def read(run: Run) -> Value:
            one = get(id(run), name)
            return None if one is None or one.item is None else one.item.value

        return Access(f"$shtitval({name})", read)

    @pvar_syntax("shtrecord")
    def shtrecord(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The item that has expired, in `event_route[htable:expired:...]`: `$shtrecord(key)`, `$shtrecord(value)`."""
        if spec.inner not in ("key", "value"):
            raise ValueError("write $shtrecord(key) or $shtrecord(value)")
        index = 0 if spec.inner == "key" else 1

        def read(run: Run) -> Value:
            found = run.msg.get_slot(_EXPIRED)
            return found[index] if isinstance(found, tuple) else None

        return Access(f"$shtrecord({spec.inner})", read)


def _iterator(spec: PvSpec) -> str:
    if not spec.inner:
        raise ValueError(f"write ${spec.name}(iterator)")
    return spec.inner
