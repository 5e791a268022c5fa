"""The contacts of one address of record: which one a REGISTER means, and in which order they are tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import msgspec
from kahea.api import LocationContact, LocationEvent, OutOfOrderError, RepeatedError


class Matching(IntEnum):
    """What makes two contacts the same (``matching_mode``)."""

    CONTACT = 0
    CONTACT_AND_CALL_ID = 1
    CONTACT_AND_PATH = 2
    CALL_ID = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """How contacts are compared and ordered.

    Args:
        matching: what makes two contacts the same.
        cseq_delay: seconds in which a REGISTER with the same CSeq is a retransmission.
        newest_first: order by time instead of q.
    """

    matching: Matching = Matching.CONTACT
    cseq_delay: int = 20
    newest_first: bool = False


class Record:
    """A `kahea.api.LocationRecord`.

    Args:
        contacts: as stored.
        rules: how they are compared and ordered.
        now: seconds since 1970.

    Attributes:
        contacts: as they are now.
        events: what happened to them, in order.
    """

    __slots__ = ("_now", "_rules", "contacts", "events")

    def __init__(self, contacts: list[LocationContact], rules: Rules, now: int) -> None:
        self.contacts = contacts
        self.events: list[tuple[LocationEvent, LocationContact]] = []
        self._rules = rules
        self._now = now

    def find(self, contact: LocationContact) -> LocationContact | None:
        """Return the contact that a registered one takes the place of.

        Raises:
            OutOfOrderError: its CSeq is too low.
            RepeatedError: it is a retransmission.
        """
        if contact.instance:
            return self._find_instance(contact)
        rules = self._rules
        found = next((one for one in self.contacts if _same(one, contact, rules.matching)), None)
        if found is not None and found.call_id == contact.call_id:
            # RFC 3261 10.3, step 7: within one Call-ID, requests come in the order of their CSeq
            if contact.cseq < found.cseq:
                raise OutOfOrderError
            if contact.cseq == found.cseq:
                raise RepeatedError if found.modified + rules.cseq_delay > self._now else OutOfOrderError
        return found

    def _find_instance(self, contact: LocationContact) -> LocationContact | None:
        instance = bare_instance(contact.instance)
        for one in self.contacts:
            if one.instance and one.reg_id == contact.reg_id and bare_instance(one.instance) == instance:
                return one
        return None

    def insert(self, contact: LocationContact) -> None:
        """Add a contact, before those with a smaller q; the newest first if the rules say so."""
        self.contacts.insert(self._place(contact), contact)
        self.events.append((LocationEvent.INSERT, contact))

    def update(self, old: LocationContact, new: LocationContact) -> None:
        """Put what was registered again in place of *old*."""
        new = msgspec.structs.replace(
            new, ruid=old.ruid, instance=old.instance, reg_id=old.reg_id, keepalive=old.keepalive
        )
        if not new.attributes:
            new.attributes = old.attributes
        index = self._index(old)
        del self.contacts[index]
        stays = not self._rules.newest_first and self._fits(new, index)
        self.contacts.insert(index if stays else self._place(new), new)
        self.events.append((LocationEvent.UPDATE, new))

    def delete(self, contact: LocationContact) -> None:
        """Remove a contact."""
        del self.contacts[self._index(contact)]
        self.events.append((LocationEvent.DELETE, contact))

    def expire(self) -> None:
        """Remove what has expired."""
        expired = [contact for contact in self.contacts if not contact.is_valid(self._now)]
        for contact in expired:
            del self.contacts[self._index(contact)]
            self.events.append((LocationEvent.EXPIRE, contact))

    def _index(self, contact: LocationContact) -> int:
        return next(index for index, one in enumerate(self.contacts) if one is contact)

    def _place(self, contact: LocationContact) -> int:
        if self._rules.newest_first:
            return 0
        for index, one in enumerate(self.contacts):
            if one.q < contact.q:
                return index
        return len(self.contacts)

    def _fits(self, contact: LocationContact, index: int) -> bool:
        """Whether a contact at that place leaves them in the order of q."""
        contacts = self.contacts
        return (index == 0 or contacts[index - 1].q >= contact.q) and (
            index == len(contacts) or contacts[index].q <= contact.q
        )


def bare_instance(instance: str) -> str:
    """Return an instance without the angle brackets that it should stand in (RFC 5626 4.1)."""
    return instance[1:-1] if instance.startswith("<") and instance.endswith(">") else instance


def _same(one: LocationContact, other: LocationContact, matching: Matching) -> bool:
    if matching is Matching.CALL_ID:
        return one.call_id == other.call_id
    if one.uri != other.uri:
        return False
    if matching is Matching.CONTACT_AND_CALL_ID:
        return one.call_id == other.call_id
    if matching is Matching.CONTACT_AND_PATH:
        # a REGISTER without Path means the contact by whatever path it came before
        return not other.path or one.path == other.path
    return True
