"""Carries out REGISTER requests (RFC 3261 10.3)."""

from __future__ import annotations

from typing import Final

from kahea.api import (
    Core,
    LocationContact,
    LocationDomain,
    LocationFullError,
    LocationRecord,
    NameAddr,
    OutOfOrderError,
    RepeatedError,
    Request,
    Route,
    Run,
)

from kahea_registrar.aor import AddressReader
from kahea_registrar.bindings import BindingMaker, Common
from kahea_registrar.callsettings import CallSettings, ContactReport
from kahea_registrar.errors import Failure, RegistrationError
from kahea_registrar.params import RegistrarParams
from kahea_registrar.replies import Draft, Replies
from kahea_registrar.requests import Intervals, counts_reg_id, read_contacts

MEMORY_ONLY: Final = 1
NO_REPLY: Final = 2
REPLACE: Final = 4
NO_VARIATION: Final = 8
PREPARE_REPLY: Final = 16

INSERTED: Final = 1
UPDATED: Final = 2
REMOVED: Final = 3
TOLD: Final = 4
FAILED: Final = -1
TOO_MANY: Final = -2


class Registrations:
    """Saves, tells and removes contacts.

    Args:
        core: the server.
        params: of the registrar.
        addresses: makes addresses of record.
        settings: what a script sets for one call.
        report: what a script gets to know of contacts.
        maker: makes contacts.
        replies: answers.
    """

    def __init__(
        self,
        core: Core,
        params: RegistrarParams,
        addresses: AddressReader,
        settings: CallSettings,
        report: ContactReport,
        maker: BindingMaker,
        replies: Replies,
    ) -> None:
        self._core = core
        self._params = params
        self._addresses = addresses
        self._settings = settings
        self._report = report
        self._maker = maker
        self._replies = replies
        self._intervals = Intervals(params, settings)
        self._count_accepted = core.counters.counter("registrar.accepted_regs").inc
        self._count_rejected = core.counters.counter("registrar.rejected_regs").inc

    def save(self, run: Run, domain: LocationDomain, flags: int, uri: str | None) -> int:
        """Carry out a REGISTER and answer it.

        Args:
            run: of the script, with the REGISTER or a reply to it.
            domain: the location table.
            flags: `NO_REPLY` and the like.
            uri: address of record, that of To when ``None``.

        Returns:
            `INSERTED` and the like.
        """
        msg = run.msg
        if uri is None:
            to = msg.to
            uri = to.uri if to is not None else ""
        draft = Draft()
        try:
            aor, parsed = self._addresses.read(uri)
            result = self._saved(run, domain, flags, aor, parsed.host, draft)
        except RegistrationError as error:
            self._count_rejected()
            self._core.log_bounded(f"REGISTER of {uri} is refused: {error}", "registrar")
            draft.failure = error.failure
            self._replies.keep(msg, draft)
            if isinstance(msg, Request) and run.kind is Route.REQUEST and not flags & NO_REPLY:
                self._replies.send(msg, draft)
            return TOO_MANY if error.failure is Failure.TOO_MANY else FAILED
        self._count_accepted()
        self._replies.keep(msg, draft)
        if not isinstance(msg, Request):
            return result
        if not flags & NO_REPLY:
            if run.kind in (Route.REQUEST, Route.FAILURE) and not self._replies.send(msg, draft):
                return FAILED
        elif flags & PREPARE_REPLY:
            self._replies.prepare(msg, draft)
        return result

    def _saved(self, run: Run, domain: LocationDomain, flags: int, aor: str, host: str, draft: Draft) -> int:
        """Change the location table, and put into the draft what the reply tells; raises `RegistrationError`."""
        msg = run.msg
        contacts = read_contacts(msg, self._params.contact_max_size)
        with_reg_id = counts_reg_id(msg, contacts, self._params)
        now = int(self._core.clock.time())
        if contacts.is_star:
            try:
                domain.delete(aor)
            except LocationFullError as error:
                raise RegistrationError(Failure.NOT_REMOVED, str(error)) from None
            return REMOVED
        if not contacts.addresses:
            self._tell(run, aor, host, domain.contacts(aor), now, draft)
            return TOLD
        try:
            common = self._maker.common(run)
            change = _Change(self, run, contacts.addresses, common, flags, now, with_reg_id)
            result = domain.change(aor, change)
        except LocationFullError as error:
            raise RegistrationError(Failure.NOT_STORED, str(error)) from None
        except OutOfOrderError:
            self._tell(run, aor, host, domain.contacts(aor), now, draft)
            raise RegistrationError(Failure.CSEQ) from None
        except RegistrationError:
            self._tell(run, aor, host, domain.contacts(aor), now, draft)
            raise
        draft.path = common.path
        self._tell(run, aor, host, change.stored, now, draft)
        return result

    def _tell(self, run: Run, aor: str, host: str, contacts: list[LocationContact], now: int, draft: Draft) -> None:
        draft.contacts = self._replies.contact_line(run.msg, aor, host, contacts, now)
        for contact in contacts:
            if contact.is_valid(now):
                self._report.add(run, contact, now)

    def limit(self, run: Run) -> int:
        """Return how many contacts an address of record may have; 0 for any number."""
        given = self._settings.number(run, "max_contacts")
        return self._params.max_contacts if given is None else given

    def wanted(
        self, run: Run, address: NameAddr, common: Common, now: int, *, with_reg_id: bool, exactly: bool
    ) -> LocationContact:
        """Return a contact as the REGISTER wants it; its expiry is 0 if it is to be removed.

        Raises:
            RegistrationError: it cannot be had so.
        """
        seconds = self._intervals.seconds(run, address, exactly=exactly)
        expires = now + seconds if seconds else 0
        return self._maker.contact(run, common, address, expires, now, with_reg_id=with_reg_id)


class _Change:
    """What a REGISTER changes in a record; called by the location table, more than once if need be.

    Attributes:
        stored: the contacts after it.
    """

    def __init__(
        self,
        registrations: Registrations,
        run: Run,
        addresses: list[NameAddr],
        common: Common,
        flags: int,
        now: int,
        with_reg_id: bool,
    ) -> None:
        self._limit = registrations.limit(run)
        self._replaces = bool(flags & REPLACE)
        self._wanted = [
            registrations.wanted(run, address, common, now, with_reg_id=with_reg_id, exactly=bool(flags & NO_VARIATION))
            for address in addresses
        ]
        self._now = now
        self.stored: list[LocationContact] = []

    def __call__(self, record: LocationRecord) -> int:
        result = self._update(record) if record.contacts else self._insert(record)
        self.stored = list(record.contacts)
        return result

    def _insert(self, record: LocationRecord) -> int:
        """Add the contacts of a new address of record."""
        added = [contact for contact in self._wanted if contact.expires]
        if self._limit and len(added) > self._limit:
            raise RegistrationError(Failure.TOO_MANY)
        for contact in added:
            # a client may name the same contact twice
            old = next((one for one in record.contacts if _is_same(one, contact)), None)
            if old is None:
                record.insert(contact)
            else:
                record.update(old, contact)
        return INSERTED

    def _update(self, record: LocationRecord) -> int:
        """Change the contacts of a known address of record."""
        if self._limit and not self._replaces:
            self._check_limit(record)
        result = INSERTED
        for contact in self._wanted:
            try:
                old = record.find(contact)
            except RepeatedError:
                if contact.expires and self._replaces:
                    break
                continue
            if not contact.expires:
                if old is not None:
                    record.delete(old)
                    result = REMOVED
                continue
            is_last = self._replaces
            if old is None:
                record.insert(contact)
                result = INSERTED
                kept = contact
            else:
                if contact.instance and contact.call_id != old.call_id:
                    # the device was started anew: what it registered before is gone
                    is_last = True
                    _delete(record, [one for one in record.contacts if one.instance == old.instance and one is not old])
                record.update(old, contact)
                result = UPDATED
                kept = next(one for one in record.contacts if one.ruid == old.ruid)
            if self._replaces:
                _delete(record, [one for one in record.contacts if one is not kept])
            if is_last:
                break
        return result

    def _check_limit(self, record: LocationRecord) -> None:
        """Raise if there would be too many contacts."""
        count = sum(contact.is_valid(self._now) for contact in record.contacts)
        for contact in self._wanted:
            try:
                old = record.find(contact)
            except RepeatedError:
                continue
            if old is None:
                count += contact.expires != 0
            elif not contact.expires:
                count -= 1
        if count > self._limit:
            raise RegistrationError(Failure.TOO_MANY)


def _delete(record: LocationRecord, contacts: list[LocationContact]) -> None:
    for contact in contacts:
        record.delete(contact)


def _is_same(one: LocationContact, other: LocationContact) -> bool:
    if other.instance:
        return one.instance == other.instance and one.reg_id == other.reg_id
    return one.uri == other.uri
