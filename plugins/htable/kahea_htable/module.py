"""What the module ``htable`` offers to the configuration; functions, variables and commands are beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Final

from kahea.api import Binder, Core, EventRoute, Module, Outcome, Params, Route, Table, Values, faked_request
from msgspec import Meta, field

from kahea_htable.commands import TableCommands
from kahea_htable.definition import Definition, read_definition
from kahea_htable.expiry import Sweeper
from kahea_htable.item_functions import ItemFunctions
from kahea_htable.iterators import Iterators
from kahea_htable.locks import Locks
from kahea_htable.table_functions import TableFunctions
from kahea_htable.tables import HashTables
from kahea_htable.variables import TableVariables

MOD_INIT: Final = "htable:mod-init"


class HtableParams(Params):
    """Parameters of the module ``htable``."""

    htable: Annotated[
        list[str],
        Meta(
            description='A hash table, `"name=>attribute=value;..."`; each line adds one. Attributes: `autoexpire` '
            "seconds after which an item is removed, 0 for never; `updateexpire` 0 if an update does not begin them "
            "anew; `initval` the number that stands for what is not there. `size`, `dbtable`, `cols`, `dbmode`, "
            "`coldelim`, `colnull`, `reloadat` and `dmqreplicate` are accepted without effect."
        ),
    ] = field(default_factory=list)
    timer_interval: Annotated[int, Meta(description="Seconds between two looks for items that have expired.", ge=1)] = (
        20
    )
    event_callback_mode: Annotated[
        int,
        Meta(
            description="When `event_route[htable:mod-init]` runs: 0 before the workers start, behind the start of the "
            "modules loaded before; 1 in the first worker, where it may wait.",
            ge=0,
            le=1,
        ),
    ] = 0
    db_url: Annotated[str, Meta(description="Accepted without effect: there are no databases yet.")] = ""
    key_name_column: Annotated[str, Meta(description="Accepted without effect.")] = "key_name"
    key_type_column: Annotated[str, Meta(description="Accepted without effect.")] = "key_type"
    value_type_column: Annotated[str, Meta(description="Accepted without effect.")] = "value_type"
    key_value_column: Annotated[str, Meta(description="Accepted without effect.")] = "key_value"
    expires_column: Annotated[str, Meta(description="Accepted without effect.")] = "expires"
    array_size_suffix: Annotated[str, Meta(description="Accepted without effect.")] = "::size"
    fetch_rows: Annotated[int, Meta(description="Accepted without effect.")] = 100
    db_expires: Annotated[int, Meta(description="Accepted without effect.")] = 0
    enable_dmq: Annotated[int, Meta(description="Accepted without effect: all workers share the tables anyway.")] = 0
    dmq_init_sync: Annotated[int, Meta(description="Accepted without effect.")] = 0
    dmq_peer_id: Annotated[str, Meta(description="Accepted without effect.")] = "htable"
    timer_procs: Annotated[int, Meta(description="Accepted without effect.")] = 0
    event_callback: Annotated[
        str, Meta(description="Accepted without effect: there are no routing scripts in other languages.")
    ] = ""


class Htable(ItemFunctions, TableFunctions, TableVariables, TableCommands, Module[HtableParams]):
    """Hash tables: values under names, shared by all workers, which may expire."""

    event_routes: ClassVar = (
        EventRoute(MOD_INIT, "Runs once, when the server starts."),
        EventRoute("htable:expired:*", "Runs for each item of a table that has expired; `$shtrecord` shows it."),
        EventRoute("htable:reloaded:*", "Would run when a table was filled anew from its database."),
    )

    def __init__(self, name: str, params: HtableParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._mistake = ""
        self.tables = HashTables(self._definitions(), core)
        self.iterators = Iterators()
        self.locks = Locks(core)
        self._done: Table[int] = core.tables.table("htable..started", int)

    def _definitions(self) -> list[Definition]:
        """Read the tables; a mistake is kept for `bind_params`, which can tell its place."""
        found: dict[str, Definition] = {}
        for text in self.params.htable:
            try:
                definition = read_definition(text)
                if definition.name in found:
                    raise ValueError(f"there are two hash tables {definition.name}")
                found[definition.name] = definition
            except ValueError as error:
                self._mistake = str(error)
        return list(found.values())

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Tell what is wrong with the definitions of tables."""
        if self._mistake:
            binder("htable")
            raise ValueError(self._mistake)

    def mod_init(self) -> None:
        """Tell what has no effect, and run the event route of the start."""
        for table in self.tables:
            if table.definition.dbtable:
                self.core.log.warning(
                    f"{table.definition.name}: there are no databases yet, the table is not filled", self.name
                )
        route = self.core.routes.find(Route.EVENT, MOD_INIT)
        if route is None or self.params.event_callback_mode != 0:
            return
        outcome: Any = self.core.routes.run(route, faked_request(), Route.EVENT, Values())
        if not isinstance(outcome, Outcome):
            outcome.close()
            raise RuntimeError(f"event_route[{MOD_INIT}] may wait; set event_callback_mode of htable to 1")
        if outcome.dropped:
            raise RuntimeError(f"event_route[{MOD_INIT}] said drop")

    def child_init(self, housekeeper: bool) -> None:
        """Take what the worker has; in one of them, remove what expires."""
        self.tables.start(self.core)
        self.locks.start(self.core)
        if not housekeeper:
            return
        expiring = [table for table in self.tables if table.definition.autoexpire]
        Sweeper(self.core, expiring, self.params.timer_interval)
        route = self.core.routes.find(Route.EVENT, MOD_INIT)
        # a worker that takes over from one that died does not start the server
        if route is not None and self.params.event_callback_mode == 1 and self._done.increment("mod-init") == 1:
            self.core.timers.call_later(0, lambda: self.core.routes.drive(self._run_start(route), self._started))

    async def _run_start(self, route: Any) -> None:
        outcome: Any = self.core.routes.run(route, faked_request(), Route.EVENT, Values())
        if not isinstance(outcome, Outcome):
            await outcome

    def _started(self, error: BaseException | None) -> None:
        if error is not None:
            self.core.log.error(f"event_route[{MOD_INIT}]: {error}", self.name)
