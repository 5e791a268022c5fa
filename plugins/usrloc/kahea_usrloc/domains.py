"""Location tables: addresses of record with their contacts, in the shared tables."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from kahea.api import (
    Clock,
    Core,
    LocationContact,
    LocationDomain,
    LocationEvent,
    LocationFullError,
    LocationRecord,
    Table,
    core_hash,
)

from kahea_usrloc.records import Record, Rules

T = TypeVar("T")

Observer = Callable[[LocationEvent, str, str, LocationContact], None]

MAX_NAME: Final = 48
_NAME: Final = re.compile(rf"[A-Za-z0-9._-]{{1,{MAX_NAME}}}")


class DomainStatistics:
    """What is counted of a location table.

    Args:
        core: has the counters.
        domain: name of the table.
    """

    def __init__(self, core: Core, domain: str) -> None:
        counters = core.counters
        self.users = counters.counter(f"usrloc.{domain}_users", "addresses of record with contacts")
        self.contacts = counters.counter(f"usrloc.{domain}_contacts", "contacts")
        self.expires = counters.counter(f"usrloc.{domain}_expires", "contacts that have expired")


class Domain:
    """A location table; a `kahea.api.LocationDomain`.

    Args:
        name: as in the script.
        table: contacts by address of record.
        instances: addresses of record by the identifiers of contacts that have an instance.
        rules: how contacts are compared and ordered.
        clock: decides what has expired.
        statistics: what is counted.
        observe: told of all that happens to contacts.
    """

    def __init__(
        self,
        name: str,
        table: Table[list[LocationContact]],
        instances: Table[str],
        rules: Rules,
        clock: Clock,
        statistics: DomainStatistics,
        observe: Observer,
    ) -> None:
        self.name = name
        self._table = table
        self._instances = instances
        self._rules = rules
        self._clock = clock
        self._statistics = statistics
        self._observe = observe

    def contacts(self, aor: str) -> list[LocationContact]:
        """Return the contacts of an address of record in the order in which they are tried, expired ones too."""
        return self._table.get(aor) or []

    def change(self, aor: str, work: Callable[[LocationRecord], T]) -> T:
        """Change the contacts of an address of record in one step; see `kahea.api.LocationDomain.change`."""
        return self._change(aor, work)

    def delete(self, aor: str) -> bool:
        """Remove an address of record with its contacts; returns whether there was one."""

        def work(record: Record) -> bool:
            contacts = list(record.contacts)
            for contact in contacts:
                record.delete(contact)
            return bool(contacts)

        return self._change(aor, work)

    def expire(self, aor: str) -> None:
        """Remove the expired contacts of an address of record."""
        self._change(aor, Record.expire)

    def scan(self) -> Iterator[tuple[str, list[LocationContact]]]:
        """Yield the addresses of record and their contacts."""
        return self._table.scan()

    def find_instance(self, ruid: str) -> tuple[str, LocationContact] | None:
        """Return the address of record and the contact with an identifier, if that contact has an instance."""
        aor = self._instances.get(ruid)
        if aor is not None:
            for contact in self.contacts(aor):
                if contact.ruid == ruid:
                    return aor, contact
        return None

    def count_stored(self, start: int) -> None:
        """Count what an earlier start of the server left.

        Args:
            start: seconds since 1970; contacts that workers have inserted since were counted by them.
        """
        for _, contacts in self._table.scan():
            stored = sum(_is_older(contact.ruid, start) for contact in contacts)
            if stored:
                self._statistics.users.add(1)
                self._statistics.contacts.add(stored)

    def _change(self, aor: str, work: Callable[[Record], T]) -> T:
        now = int(self._clock.time())
        made: list[tuple[int, Record, T]] = []

        def apply(contacts: list[LocationContact] | None) -> list[LocationContact] | None:
            record = Record(contacts or [], self._rules, now)
            before = len(record.contacts)
            made[:] = [(before, record, work(record))]
            return record.contacts or None

        if not self._table.update(aor, apply):
            raise LocationFullError(f"no room for {aor} in the location table {self.name}")
        before, record, result = made[0]
        if record.events:
            self._account(aor, before, record)
        return result

    def _account(self, aor: str, before: int, record: Record) -> None:
        """Count what has happened, and tell it."""
        statistics = self._statistics
        after = len(record.contacts)
        if after != before:
            statistics.contacts.add(after - before)
            if not before or not after:
                statistics.users.add(1 if after else -1)
        for event, contact in record.events:
            if contact.instance:
                if event in (LocationEvent.DELETE, LocationEvent.EXPIRE):
                    self._instances.delete(contact.ruid)
                else:
                    self._instances.put(contact.ruid, aor)
            if event is LocationEvent.EXPIRE:
                statistics.expires.inc()
            self._observe(event, self.name, aor, contact)


class Locations:
    """All location tables; a `kahea.api.LocationService`.

    Args:
        core: the server.
        rules: how contacts are compared and ordered.
        persistent: whether the tables outlive the server.
        use_domain: whether an address of record has a host.
        nat_flag: branch flag, as a bit, of contacts behind a NAT.
        attribute_list: name of the ``$xavp`` whose values are kept with a contact.
    """

    def __init__(
        self,
        core: Core,
        rules: Rules,
        *,
        persistent: bool = False,
        use_domain: bool = False,
        nat_flag: int = 0,
        attribute_list: str = "",
    ) -> None:
        self._core = core
        self._rules = rules
        self._persistent = persistent
        self._callbacks: list[tuple[frozenset[LocationEvent], Observer]] = []
        self.domains: dict[str, Domain] = {}
        self.ignores_case = True
        self.use_domain = use_domain
        self.nat_flag = nat_flag
        self.attribute_list = attribute_list

    def domain(self, name: str) -> LocationDomain:
        """Return a location table, made when there is none; up to ``mod_init``.

        Raises:
            ValueError: it is no name of a table.
        """
        found = self.domains.get(name)
        if found is None:
            found = self.domains[name] = self._made(check_name(name))
        return found

    def _made(self, name: str) -> Domain:
        tables = self._core.tables
        return Domain(
            name,
            tables.table(f"usrloc.{name}", list[LocationContact], persistent=self._persistent),
            tables.table(f"usrloc:instances.{name}", str, persistent=self._persistent),
            self._rules,
            self._core.clock,
            DomainStatistics(self._core, name),
            self._observe,
        )

    def find_domain(self, name: str) -> Domain | None:
        """Return a location table, ``None`` when no script names it."""
        return self.domains.get(name)

    def aor_hash(self, aor: str) -> int:
        """Return the hash of an address of record that Kamailio shows as its HashID."""
        return core_hash(aor.encode("utf-8", "surrogateescape"))

    def add_callback(self, events: frozenset[LocationEvent], callback: Observer) -> None:
        """Call *callback* for what happens to contacts."""
        self._callbacks.append((events, callback))

    def ignore_case(self, ignored: bool) -> None:
        """Tell whether addresses of record are compared without regard to case."""
        self.ignores_case = ignored

    def _observe(self, event: LocationEvent, domain: str, aor: str, contact: LocationContact) -> None:
        for events, callback in self._callbacks:
            if event in events:
                callback(event, domain, aor, contact)


def check_name(name: str) -> str:
    """Return the name of a location table.

    Raises:
        ValueError: it is none.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a table: use up to {MAX_NAME} letters, digits and ._-")
    return name


def _is_older(ruid: str, start: int) -> bool:
    """Whether an earlier start of the server made an identifier; in the same second, by a process that is gone."""
    try:
        made, process = (int(part, 16) for part in ruid.split("-")[-3:-1])
    except ValueError:
        return True
    return made < start or (made == start and not os.path.exists(f"/proc/{process}"))
