"""Contacts for scripts to look at: ``$ulc(profile=>addr)`` and the XAVPs of `lookup_xavp()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.api import LocationContact, Message, Value, XavpList, allocate_slot

_PROFILES: Final = allocate_slot()


class Profile:
    """The contacts of an address of record at one moment.

    Args:
        aor: address of record.
        domain: name of the location table.
        aor_hash: hash of the address of record.
        contacts: all of them, expired ones too.
    """

    __slots__ = ("aor", "aor_hash", "contacts", "domain")

    def __init__(self, aor: str, domain: str, aor_hash: int, contacts: list[LocationContact]) -> None:
        self.aor = aor
        self.domain = domain
        self.aor_hash = aor_hash
        self.contacts = contacts


def keep_profile(msg: Message, name: str, profile: Profile) -> None:
    """Keep a profile with the message in work."""
    profiles = msg.get_slot(_PROFILES)
    if not isinstance(profiles, dict):
        profiles = {}
        msg.set_slot(_PROFILES, profiles)
    profiles[name] = profile


def forget_profile(msg: Message, name: str) -> None:
    """Forget a profile, which need not be there."""
    profiles = msg.get_slot(_PROFILES)
    if isinstance(profiles, dict):
        profiles.pop(name, None)


def read_profile(msg: Message, name: str, attribute: str, index: int) -> Value:
    """Return an attribute of a contact in a profile; ``None`` when there is none.

    Args:
        msg: the message in work.
        name: of the profile.
        attribute: one of `ATTRIBUTES`.
        index: of the contact; a negative one means the first.
    """
    profiles = msg.get_slot(_PROFILES)
    profile = profiles.get(name) if isinstance(profiles, dict) else None
    index = max(index, 0)
    if profile is None or index >= len(profile.contacts):
        return None
    of_record = _OF_RECORD.get(attribute)
    return _OF_CONTACT[attribute](profile.contacts[index]) if of_record is None else of_record(profile)


_OF_RECORD: Final[dict[str, Callable[[Profile], Value]]] = {
    "aor": lambda profile: profile.aor,
    "domain": lambda profile: profile.domain,
    "aorhash": lambda profile: profile.aor_hash,
    "count": lambda profile: len(profile.contacts),
}
_OF_CONTACT: Final[dict[str, Callable[[LocationContact], Value]]] = {
    "addr": lambda contact: contact.uri,
    "path": lambda contact: contact.path,
    "received": lambda contact: contact.received,
    "expires": lambda contact: contact.expires,
    "callid": lambda contact: contact.call_id,
    "q": lambda contact: contact.q,
    "cseq": lambda contact: contact.cseq,
    "flags": lambda contact: contact.flags,
    "cflags": lambda contact: contact.branch_flags,
    "user_agent": lambda contact: contact.user_agent,
    "socket": lambda contact: contact.socket or None,
    "modified": lambda contact: contact.modified,
    "methods": lambda contact: contact.methods,
    "ruid": lambda contact: contact.ruid,
    "regid": lambda contact: contact.reg_id,
    "instance": lambda contact: contact.instance or None,
    "conid": lambda contact: contact.connection if contact.connection > 0 else None,
    "server_id": lambda contact: contact.server_id,
}
ATTRIBUTES: Final = frozenset((*_OF_RECORD, *_OF_CONTACT))
"""What a script can ask of a contact."""


def add_lists(lists: XavpList, record_name: str, contact_name: str, profile: Profile) -> None:
    """Give a script the contacts as XAVPs: one of the record, then one for each contact, the first contact first.

    Args:
        lists: ``$xavp`` of the run.
        record_name: of the one with ``aor`` and ``count``.
        contact_name: of those with ``uri``, ``socket`` and ``dsturi``.
        profile: what they tell.
    """
    for contact in reversed(profile.contacts):
        children = XavpList(lists.fold)
        children.push("uri", contact.uri)
        if contact.socket:
            children.push("socket", contact.socket)
        if contact.received:
            children.push("dsturi", contact.received)
        lists.push(contact_name, children)
    record = XavpList(lists.fold)
    record.push("aor", profile.aor)
    record.push("count", len(profile.contacts))
    lists.push(record_name, record)
