"""What the module ``counters`` offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from kahea.api import Binder, Core, Int, Message, Module, Params, RawText, Route, RpcError, function, rpc
from msgspec import Meta, field

from kahea_counters.names import full_name, parse_declaration

ROUTES: Final = Route.REQUEST | Route.ONREPLY | Route.FAILURE | Route.ONSEND | Route.EVENT


class CountersParams(Params):
    """The parameters."""

    script_counter: Annotated[
        list[str],
        Meta(description="A counter, `[group.]name[ description]`; each line adds one."),
    ] = field(default_factory=list)
    script_cnt_grp_name: Annotated[
        str, Meta(description="Group of counters that are named without one.", min_length=1)
    ] = "script"


class Counters(Module[CountersParams]):
    """Counters of the script, and commands that tell all counters and statistics of the server.

    A counter counts for all workers together.
    """

    def __init__(self, name: str, params: CountersParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._used: set[str] = set()

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Declare the counters of the script, before routes that count are compiled."""
        binder("script_counter")
        for text in self.params.script_counter:
            self.core.counters.counter(*parse_declaration(text, self.params.script_cnt_grp_name))

    def child_init(self, housekeeper: bool) -> None:
        """Refuse to start when the script counts what nobody declared."""
        missing = sorted(name for name in self._used if name not in self.core.counters)
        if missing:
            raise ValueError(f"there is no counter {missing[0]}; declare it with the parameter script_counter")

    def _named(self, name: str) -> str:
        """Return the full name of a counter that a call names, which may be another module's."""
        full = full_name(name, self.params.script_cnt_grp_name)
        group = full.partition(".")[0]
        if group == self.params.script_cnt_grp_name and full not in self.core.counters:
            raise ValueError(f"there is no counter {full}; declare it with the parameter script_counter")
        self._used.add(full)
        return full

    @function(routes=ROUTES)
    def cnt_inc(self, msg: Message, name: RawText) -> bool:
        """Count one more.

        Args:
            name: of a counter, `[group.]name`.

        Returns:
            true.

        Example:
            cnt_inc("requests");
        """
        self.core.counters.add(full_name(name, self.params.script_cnt_grp_name))
        return True

    @cnt_inc.when_constant
    def _inc_prepared(self, name: str) -> Callable[[Message], bool]:
        return self._adding(self._named(name), 1)

    @function(routes=ROUTES)
    def cnt_add(self, msg: Message, name: RawText, amount: Int) -> bool:
        """Count several more.

        Args:
            name: of a counter, `[group.]name`.
            amount: how many; a negative number counts down.

        Returns:
            true.

        Example:
            cnt_add("bytes", "$ml");
        """
        self.core.counters.add(full_name(name, self.params.script_cnt_grp_name), amount)
        return True

    @cnt_add.when_constant
    def _add_prepared(self, name: str, amount: int) -> Callable[[Message], bool]:
        return self._adding(self._named(name), amount)

    def _adding(self, name: str, amount: int) -> Callable[[Message], bool]:
        counters = self.core.counters
        # another module may declare its counter later
        known = counters.counter(name).add if name in counters else None

        def add(msg: Message) -> bool:
            if known is not None:
                known(amount)
            else:
                counters.add(name, amount)
            return True

        return add

    @function(routes=ROUTES)
    def cnt_reset(self, msg: Message, name: RawText) -> bool:
        """Count from 0 again.

        Args:
            name: of a counter, `[group.]name`.

        Returns:
            true.

        Example:
            cnt_reset("requests");
        """
        self.core.counters.reset(full_name(name, self.params.script_cnt_grp_name))
        return True

    @cnt_reset.when_constant
    def _reset_prepared(self, name: str) -> Callable[[Message], bool]:
        counters, full = self.core.counters, self._named(name)

        def reset(msg: Message) -> bool:
            counters.reset(full)
            return True

        return reset

    # --- commands

    @rpc("cnt.get")
    def get(self, group: str, name: str | None = None) -> int | dict[str, int]:
        """Return the value of a counter; without a name, of all counters of the group."""
        return self.get_vars(group) if name is None else self.core.statistics.get(self._known(group, name))

    @rpc("cnt.get_raw")
    def get_raw(self, group: str, name: str) -> int:
        """Return the value of a counter: the same as `cnt.get`."""
        return self.core.statistics.get(self._known(group, name))

    @rpc("cnt.reset")
    def reset(self, group: str, name: str) -> None:
        """Count from 0 again; a value that is computed stays."""
        self.core.statistics.reset(self._known(group, name))

    @rpc("cnt.list_groups")
    def list_groups(self) -> list[str]:
        """Return the names of all groups."""
        return sorted(self.core.statistics.groups())

    @rpc("cnt.grps_list")
    def grps_list(self) -> list[str]:
        """Return the names of all groups: the same as `cnt.list_groups`."""
        return self.list_groups()

    @rpc("cnt.list_vars")
    def list_vars(self, group: str) -> list[str]:
        """Return the names of the counters of a group."""
        return sorted(name.partition(".")[2] for name in self.core.statistics.names(group))

    @rpc("cnt.var_list")
    def var_list(self, group: str) -> list[str]:
        """Return the names of the counters of a group: the same as `cnt.list_vars`."""
        return self.list_vars(group)

    @rpc("cnt.get_vars")
    def get_vars(self, group: str) -> dict[str, int]:
        """Return names and values of the counters of a group."""
        return {name: self.core.statistics.get(f"{group}.{name}") for name in self.list_vars(group)}

    @rpc("cnt.grp_get_all")
    def grp_get_all(self, group: str) -> dict[str, int]:
        """Return names and values of the counters of a group: the same as `cnt.get_vars`."""
        return self.get_vars(group)

    @rpc("cnt.help")
    def describe(self, group: str, name: str) -> str:
        """Return what a counter counts."""
        return self.core.statistics.describe(self._known(group, name)) or "no description"

    def _known(self, group: str, name: str) -> str:
        full = f"{group}.{name}"
        if full not in self.core.statistics.names(group):
            raise RpcError(400, f"non-existent counter {full}\n")
        return full
