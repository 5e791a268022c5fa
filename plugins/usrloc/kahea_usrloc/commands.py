"""What the RPC commands do, with Kamailio's answers and errors."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from kahea.api import Core, LocationContact, LocationFullError, LocationRecord, RpcError, UniqueIds

from kahea_usrloc.answers import contact_answer
from kahea_usrloc.domains import Domain, Locations

CALL_ID: Final = "rpc@kahea"
"""Call-ID of contacts that `ul.add` adds."""
USER_AGENT: Final = "kahea SIP Router - RPC Server"

_TURN: Final = 200
"""Addresses of record that a dump takes before it lets messages in: about 2 ms."""
_MIN_VALUES: Final = 9


class Commands:
    """The work of the RPC commands.

    Args:
        core: the server.
        locations: the tables.
    """

    def __init__(self, core: Core, locations: Locations) -> None:
        self._core = core
        self._locations = locations
        self._identifiers: UniqueIds | None = None

    def _identifier(self) -> str:
        """Return an identifier of this process, which is known after the fork."""
        if self._identifiers is None:
            self._identifiers = UniqueIds("ulcx", self._core.settings.server_id, self._core.clock.time())
        return self._identifiers.next()

    async def dump(self, *, is_brief: bool, size: int) -> dict[str, Any]:
        """Return all tables.

        Args:
            is_brief: leave out the contacts.
            size: slots of Kamailio's hash table, which give the order.
        """
        domains = self._locations.domains.values()
        return {"Domains": [{"Domain": await self._domain(domain, is_brief, size)} for domain in domains]}

    async def _domain(self, domain: Domain, is_brief: bool, size: int) -> dict[str, Any]:
        now = self._core.clock.time()
        rows: list[tuple[int, dict[str, Any]]] = []
        for number, (aor, contacts) in enumerate(domain.scan(), 1):
            number_of_aor = self._locations.aor_hash(aor)
            if is_brief:
                row: dict[str, Any] = {"AoR": aor}
            else:
                shown = [contact_answer(contact, now) for contact in contacts]
                row = {"Info": {"AoR": aor, "HashID": number_of_aor, "Contacts": shown}}
            rows.append((number_of_aor % size, row))
            if number % _TURN == 0:
                await asyncio.sleep(0)
        rows.sort(key=lambda row: row[0])
        slots = Counter(slot for slot, _ in rows)
        return {
            "Domain": domain.name,
            "Size": size,
            "AoRs": [row for _, row in rows],
            "Stats": {"Records": len(rows), "Max-Slots": max(slots.values(), default=0)},
        }

    def lookup(self, table: str, aor: str) -> dict[str, Any]:
        """Return the contacts of an address of record."""
        domain = self._find(table)
        aor = self._written(aor)
        contacts = domain.contacts(aor)
        if not contacts:
            raise RpcError(500, "AOR not found in location table")
        now = self._core.clock.time()
        valid = [contact_answer(contact, now) for contact in contacts if contact.is_valid(now)]
        if not valid:
            raise RpcError(500, "AOR has no contacts")
        return {"AoR": aor, "Contacts": valid}

    def remove(self, table: str, aor: str) -> None:
        """Remove an address of record; it need not be there."""
        domain = self._find(table)
        try:
            domain.delete(self._written(aor))
        except LocationFullError:
            raise RpcError(500, "Failed to delete AOR") from None

    def remove_contact(self, table: str, aor: str, uri: str) -> None:
        """Remove a contact of an address of record."""

        def work(record: LocationRecord) -> None:
            if not record.contacts:
                raise RpcError(404, "AOR not found")
            for contact in record.contacts:
                if contact.uri == uri:
                    record.delete(contact)
                    return
            raise RpcError(404, "Contact not found")

        try:
            self._find(table).change(self._written(aor), work)
        except LocationFullError:
            raise RpcError(500, "Internal error (can't delete contact)") from None

    def add(self, values: Sequence[Any]) -> None:
        """Add a contact, or change the one with its URI.

        Args:
            values: table, address of record, URI, expires in seconds, q, path, flags, branch flags, methods, received,
                socket; the last two may be left out.
        """
        if len(values) < _MIN_VALUES:
            raise RpcError(500, "Not enough parameters or wrong format")
        table, aor, uri, expires, q, path, flags, branch_flags, methods, received, socket = (*values, "", "")[:11]
        now = int(self._core.clock.time())
        try:
            contact = LocationContact(
                uri=str(uri),
                expires=now + int(expires) if int(expires) else 0,
                call_id=CALL_ID,
                cseq=1,
                ruid=self._identifier(),
                q=_thousandths(float(q)),
                user_agent=USER_AGENT,
                received=_unless_unset(received),
                path=_unless_unset(path),
                socket=self._socket(_unless_unset(socket)),
                flags=int(flags),
                branch_flags=int(branch_flags),
                methods=int(methods),
                server_id=self._core.settings.server_id,
                last_keepalive=now,
            )
        except ValueError:
            raise RpcError(500, "Not enough parameters or wrong format") from None
        domain = self._find(str(table))

        def work(record: LocationRecord) -> None:
            for one in record.contacts:
                if one.uri == contact.uri:
                    record.update(one, contact)
                    return
            record.insert(contact)

        try:
            domain.change(self._written(str(aor)), work)
        except LocationFullError:
            raise RpcError(500, "Can't insert contact") from None

    def _find(self, table: str) -> Domain:
        domain = self._locations.find_domain(table)
        if domain is None:
            raise RpcError(500, "Domain table not found")
        return domain

    def _written(self, aor: str) -> str:
        """Return an address of record as the registrar writes it."""
        user, at, _ = aor.partition("@")
        if self._locations.use_domain:
            if not at:
                raise RpcError(500, "Domain missing in AOR")
        else:
            aor = user
        return aor.lower() if self._locations.ignores_case else aor

    def _socket(self, text: str) -> str:
        known = {str(socket) for socket in self._core.transport.sockets}
        return text if text in known else ""


def _unless_unset(value: object) -> str:
    text = str(value)
    return "" if text in (".", "0") else text


def _thousandths(q: float) -> int:
    return -1 if q < 0 else min(int(q * 1000), 1000)
