"""What the module ``usrloc`` offers to the configuration, to operators and to other modules."""

from __future__ import annotations

from typing import Any, Final

from kahea.api import Core, LocationService, Module, RpcError, Settings, Table, rpc

from kahea_usrloc.commands import Commands
from kahea_usrloc.domains import Locations, check_name
from kahea_usrloc.expiry import ExpirySweep
from kahea_usrloc.params import UsrlocParams, without_effect
from kahea_usrloc.records import Matching, Rules

_NO_AOR: Final = "Not enough parameters (table and AOR to lookup)"
_NO_CONTACT: Final = "Not enough parameters (table, AOR and contact)"
_NO_DATABASE: Final = "Command is not supported in db_mode=0"


class Usrloc(Module[UsrlocParams]):
    """Keeps where users are registered, for the module `registrar` and others.

    The locations lie in the shared tables, so that all workers see them; one entry is an address of record with its
    contacts. With `persistent`, or when a directory is given by `table_dir` or the option -Y, they survive a restart
    and a crash of the server.
    """

    def __init__(self, name: str, params: UsrlocParams, core: Core) -> None:
        super().__init__(name, params, core)
        for table in params.preload:
            check_name(table)

    def mod_init(self) -> None:
        """Declare the tables, and offer them to other modules."""
        params = self.params
        self.locations = Locations(
            self.core,
            Rules(Matching(params.matching_mode), params.cseq_delay, params.desc_time_order),
            persistent=_is_persistent(params.persistent, self.core.settings),
            use_domain=params.use_domain,
            nat_flag=1 << params.nat_bflag if params.nat_bflag >= 0 else 0,
            attribute_list=params.xavp_contact,
        )
        for table in params.preload:
            self.locations.domain(table)
        self._commands = Commands(self.core, self.locations)
        self._slots = 1 << params.hash_size if params.hash_size > 1 else 512
        self._counted: Table[int] = self.core.tables.table("usrloc:counted", int)
        self._start = int(self.core.clock.time())
        self.core.services.provide(LocationService, self.locations)
        self.core.statistics.gauge(
            "usrloc.registered_users", self._registered_users, "addresses of record with contacts"
        )
        if params.db_mode:
            mode = params.db_mode
            self.core.log.notice(
                f"db_mode {mode} works like 0: there are no databases yet; see the parameter `persistent`",
                self.name,
            )
        ignored = without_effect(params)
        if ignored:
            self.core.log.notice(f"parameters without effect: {', '.join(ignored)}", self.name)

    def child_init(self, housekeeper: bool) -> None:
        """Count what an earlier start left, and begin to remove what has expired: in one worker."""
        if not housekeeper:
            return
        if self._counted.increment("starts") == 1:
            for domain in self.locations.domains.values():
                domain.count_stored(self._start)
        if self.params.timer_interval:
            sweep = ExpirySweep(self.locations.domains.values, self.params.timer_interval, self.core.clock)
            self.core.timers.every(1, sweep.turn)

    def _registered_users(self) -> int:
        statistics = self.core.statistics
        return sum(statistics.get(f"usrloc.{name}_users") for name in self.locations.domains)

    @rpc("ul.dump")
    async def dump(self, mode: str = "") -> dict[str, Any]:
        """Show all location tables; with `brief` the addresses of record without their contacts.

        Messages are handled meanwhile.
        """
        return await self._commands.dump(is_brief=mode == "brief", size=self._slots)

    @rpc("ul.lookup")
    def lookup(self, table: str | None = None, aor: str | None = None) -> dict[str, Any]:
        """Show the contacts of an address of record in a table that have not expired."""
        return self._commands.lookup(*_given(table, aor, _NO_AOR))

    @rpc("ul.rm")
    def remove(self, table: str | None = None, aor: str | None = None) -> None:
        """Remove an address of record with its contacts from a table."""
        self._commands.remove(*_given(table, aor, _NO_AOR))

    @rpc("ul.rm_contact")
    def remove_contact(self, table: str | None = None, aor: str | None = None, contact: str | None = None) -> None:
        """Remove a contact, given by its URI, of an address of record in a table."""
        if contact is None:
            raise RpcError(500, _NO_CONTACT)
        self._commands.remove_contact(*_given(table, aor, _NO_CONTACT), contact)

    @rpc("ul.add")
    def add(self, *values: Any) -> None:
        """Add a contact, or change it: `ul.add table aor contact expires q path flags cflags methods received socket`.

        The last two may be left out. With 0 for *expires* it never expires; 0 or `.` is no path, received or socket.
        """
        self._commands.add(values)

    @rpc("ul.flush")
    def flush(self) -> None:
        """Do nothing: all changes are stored already. It writes what a database is to have on Kamailio."""

    @rpc("ul.db_users")
    def count_users_in_database(self, table: str = "") -> int:
        """Count the addresses of record that a database has; refused, as on Kamailio without a database."""
        raise RpcError(500, _NO_DATABASE)

    @rpc("ul.db_contacts")
    def count_contacts_in_database(self, table: str = "") -> int:
        """Count the contacts that a database has; refused, as on Kamailio without a database."""
        raise RpcError(500, _NO_DATABASE)

    @rpc("ul.db_expired_contacts")
    def count_expired_contacts_in_database(self, table: str = "") -> int:
        """Count the expired contacts that a database has; refused, as on Kamailio without a database."""
        raise RpcError(500, _NO_DATABASE)


def _given(table: str | None, aor: str | None, complaint: str) -> tuple[str, str]:
    if table is None or aor is None:
        raise RpcError(500, complaint)
    return str(table), str(aor)


def _is_persistent(asked: int, settings: Settings) -> bool:
    """Whether locations outlive the server: as asked, or when somebody said where they can be."""
    if asked >= 0:
        return bool(asked)
    return settings.table_dir is not None or settings.rundir != Settings().rundir
