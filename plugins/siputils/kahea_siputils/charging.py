"""The P-Charging-Vector header field (RFC 7315 5.6): reading, making, replacing and removing it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, ip_address
from itertools import count
from typing import Any, Final

from kahea.api import HeaderField, Message, allocate_slot

NAME: Final = "P-Charging-Vector"

_SLOT: Final = allocate_slot()
_counter: Final = count().__next__
_PARAMS: Final = {
    "value": re.compile(r"icid-value=([^\0 ;,\r\n]*)"),
    "genaddr": re.compile(r"icid-generated-at=([^\0 ;,\r\n]*)"),
    "orig": re.compile(r"orig-ioi=([^\0 ;,\r\n]*)"),
    "term": re.compile(r"term-ioi=([^\0 ;,\r\n]*)"),
}
KEYS: Final = ("all", *_PARAMS, "status")


class Status(IntEnum):
    """What is known of the header field, with Kamailio's numbers."""

    NONE = 0
    PARSED = 1
    ICID_MISSING = 2
    GENERATED = 3
    DELETED = 4
    REPLACED = 5


@dataclass(slots=True)
class Vector:
    """The header field of one message.

    Attributes:
        field: as received, ``None`` without one.
        text: its value.
        status: what became of it.
    """

    field: HeaderField | None = None
    text: str = ""
    status: Status = Status.NONE

    def part(self, key: str) -> str | int | None:
        """Return a part: ``all``, ``value``, ``genaddr``, ``orig``, ``term`` or ``status``."""
        if key == "status":
            return int(self.status)
        if key == "all":
            return self.text or None
        if self.status is Status.ICID_MISSING:
            return None
        match = _PARAMS[key].search(self.text)
        return match[1] or None if match else None


def vector_of(msg: Message) -> Vector:
    """Return what is known of a message's header field; it is read on first use."""
    found = msg.get_slot(_SLOT)
    if isinstance(found, Vector) and found.status is not Status.NONE:
        return found
    found = Vector()
    for field in msg.header_fields:
        if field.name.lower() == NAME.lower():
            found.field, found.text = field, field.value
            found.status = Status.PARSED if _PARAMS["value"].search(field.value) else Status.ICID_MISSING
            break
    msg.set_slot(_SLOT, found)
    return found


def handle(msg: Message, flags: str, now: float) -> int:
    """Do what flags ask for.

    Args:
        msg: whose header field.
        flags: ``r`` removes it, ``g`` makes one where there is none, ``f`` makes one in place of what is there.
        now: wall time in seconds, which a new identifier depends on.

    Returns:
        A `Status` that tells what was done; `Status.PARSED` for nothing.
    """
    wanted = flags.lower()
    removes, replaces = "r" in wanted, "f" in wanted
    vector = vector_of(msg)
    if vector.status is Status.GENERATED or (vector.status is Status.DELETED and removes):
        return Status.PARSED
    action = Status.PARSED
    place = len(msg.head)
    if vector.status is Status.ICID_MISSING or (vector.status is Status.PARSED and (replaces or removes)):
        assert vector.field is not None
        msg.edits.delete(vector.field.start, vector.field.end - vector.field.start)
        place = vector.field.start
        vector.text, vector.status = "", Status.DELETED
        action = Status.DELETED
    if replaces or ("g" in wanted and vector.status is not Status.PARSED):
        value = f"icid-value={_identifier(msg, now)};icid-generated-at="
        msg.edits.insert_after(place, lambda branch: f"{NAME}: {value}{_sent_from(msg, branch)}\r\n")
        action = Status.REPLACED if vector.status is Status.DELETED else Status.GENERATED
        vector.text, vector.status = value, Status.GENERATED
    return action


def _identifier(msg: Message, now: float) -> str:
    """Return an identifier that no other message has: of address, process, time and a counter, as Kamailio's."""
    address = ip_address(msg.source.socket.ip)
    own = address.packed if isinstance(address, IPv4Address) else address.packed[-4:]
    number = (_counter() & 0xFFFFFFFF).to_bytes(4, "little")
    process = os.getpid().to_bytes(4, "little")
    return (b"IVS" + own + process + bytes((int(now) & 0xFF,)) + number).hex().upper()


def _sent_from(msg: Message, branch: Any) -> str:
    """Return the address that a branch leaves from; that at which the message arrived where none is known."""
    socket = getattr(branch, "socket", None) or msg.source.socket
    return str(socket.host_text)
