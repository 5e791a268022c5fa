"""Removes items that have expired, and runs the event routes for them."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Any, Final

from kahea.api import Core, Route, Values, faked_request

from kahea_htable.table import HashTable, Item
from kahea_htable.variables import note_expired

_PORTION: Final = 1000
"""Items that are looked at before other work gets its turn."""

_PAUSE: Final = 0.01


class Sweeper:
    """Looks through the tables whose items expire, in one worker.

    Args:
        core: of the worker.
        tables: those whose items expire.
        interval: seconds between two looks.
    """

    def __init__(self, core: Core, tables: list[HashTable], interval: int) -> None:
        self._core = core
        self._routes = [
            (table, core.routes.find(Route.EVENT, f"htable:expired:{table.definition.name}")) for table in tables
        ]
        self._running = False
        if tables:
            core.timers.every(interval, self._begin)

    def _begin(self) -> None:
        if not self._running:
            self._running = True
            self._go_on(self._expired())

    def _expired(self) -> Iterator[tuple[HashTable, Any, str, Item | None]]:
        for table, route in self._routes:
            for name, item in table.expired():
                yield table, route, name, item

    def _go_on(self, found: Iterator[tuple[HashTable, Any, str, Item | None]]) -> None:
        """Deal with a portion of what there is, then let other work go on."""
        for _ in range(_PORTION):
            one = next(found, None)
            if one is None:
                self._running = False
                return
            table, route, name, item = one
            if item is None:
                continue
            if route is None:
                table.remove_expired(name)
            else:
                self._core.routes.drive(self._run(table, route, name, item), self._failed)
        self._core.timers.call_later(_PAUSE, lambda: self._go_on(found))

    async def _run(self, table: HashTable, route: Any, name: str, item: Item) -> None:
        msg = faked_request()
        note_expired(msg, name, item.value)
        outcome: Any = self._core.routes.run(route, msg, Route.EVENT, Values())
        if isinstance(outcome, Awaitable):
            await outcome
        # the route may have given it more time
        table.remove_expired(name)

    def _failed(self, error: BaseException | None) -> None:
        if error is not None:
            self._core.log.error(f"an event route for expired items: {error}", "htable")
