"""What the module ``statistics`` offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from kahea.api import Binder, Core, Message, Module, NullableText, Params, Route, Text, function
from msgspec import Meta, field

from kahea_statistics.declarations import GROUP, amount_of, parse_variable

RESET_ROUTES: Final = Route.REQUEST | Route.BRANCH | Route.FAILURE | Route.ONREPLY | Route.LOCAL | Route.EVENT


class StatisticsParams(Params):
    """The parameters."""

    variable: Annotated[
        list[str],
        Meta(description="A statistic, `name`, or `name/no_reset` for one that is never reset; each line adds one."),
    ] = field(default_factory=list)


class Statistics(Module[StatisticsParams]):
    """Statistics that the script updates: read by `$stat(name)` and the commands `stats.*`, in the group `script`.

    A statistic counts for all workers together.
    """

    def __init__(self, name: str, params: StatisticsParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._used: set[str] = set()

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Declare the statistics, before routes that update them are compiled."""
        binder("variable")
        for text in self.params.variable:
            name, is_lasting = parse_variable(text)
            self.core.counters.counter(f"{GROUP}.{name}", "statistic of the script", lasting=is_lasting)

    def child_init(self, housekeeper: bool) -> None:
        """Refuse to start when the script updates what nobody declared."""
        for name in sorted(self._used):
            self._counter(name)

    def _counter(self, variable: str | None) -> str:
        """Return the full name of a counter.

        Raises:
            ValueError: there is none of this name.
        """
        found = self.core.statistics.find(variable) if variable is not None else None
        if found is None or found not in self.core.counters:
            raise ValueError(f"there is no statistic {variable}; declare it with the parameter variable")
        return found

    @function()
    def update_stat(self, msg: Message, variable: NullableText, value: Text) -> bool:
        """Change a statistic.

        Args:
            variable: its name, `name` or `group:name`.
            value: what is added, with a sign or without one.

        Returns:
            true; false when there is no such statistic, or *value* is no number.

        Example:
            update_stat("active_calls", "+1");
        """
        self.core.counters.add(self._counter(variable), amount_of(value))
        return True

    @update_stat.when_constant
    def _update_prepared(self, variable: str | None, value: str) -> Callable[[Message], bool]:
        amount = amount_of(value)
        if not amount:
            raise ValueError("adding 0 changes nothing")
        return self._prepared(variable, lambda name: self.core.counters.add(name, amount))

    @function(routes=RESET_ROUTES)
    def reset_stat(self, msg: Message, variable: NullableText) -> bool:
        """Set a statistic to 0.

        Args:
            variable: its name, `name` or `group:name`.

        Returns:
            true, also for a statistic that is never reset; false when there is none of this name.

        Example:
            reset_stat("active_calls");
        """
        self.core.counters.reset(self._counter(variable))
        return True

    @reset_stat.when_constant
    def _reset_prepared(self, variable: str | None) -> Callable[[Message], bool]:
        return self._prepared(variable, self.core.counters.reset)

    def _prepared(self, variable: str | None, change: Callable[[str], None]) -> Callable[[Message], bool]:
        """Return what changes a statistic, which another module may declare later."""
        text = variable or ""
        self._used.add(text)
        known = self.core.statistics.find(text)

        def run(msg: Message) -> bool:
            change(known if known is not None else self._counter(text))
            return True

        return run
