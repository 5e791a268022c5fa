"""Reads, decrements and adds the Max-Forwards header."""

from __future__ import annotations

from typing import Final

from kahea.api import EditList, Message, allocate_slot

ABSENT: Final = -1
MALFORMED: Final = -2

_KEY: Final = "max-forwards"
_BLANKS: Final = " \t\r\n"
_MAX_DIGITS: Final = 5
"""More digits are no number; five may exceed 16 bits, of which only the lower ones count, as in Kamailio."""
_SLOT: Final = allocate_slot()


class Hops:
    """The value of a message's Max-Forwards header as this server changed it.

    Args:
        buf: the bytes that it belongs to; a message whose changes were applied has others.
        value: hops that are left.
        width: characters of the value in the message.
    """

    __slots__ = ("buf", "edited", "value", "width")

    def __init__(self, buf: bytes, value: int, width: int) -> None:
        self.buf = buf
        self.value = value
        self.width = width
        self.edited = False

    def text(self, _branch: object) -> str:
        """Return the value to send: as wide as the one received, as Kamailio writes it."""
        return f"{self.value:>{self.width}}"


def left(msg: Message) -> int:
    """Return the hops that are left, `ABSENT` without the header, `MALFORMED` when it holds no number."""
    hops = _hops(msg)
    return hops if isinstance(hops, int) else hops.value


def _hops(msg: Message) -> Hops | int:
    hops = msg.get_slot(_SLOT)
    if isinstance(hops, Hops) and hops.buf is msg.buf:
        return hops
    value = msg.header(_KEY)
    if value is None:
        return ABSENT
    value = value.strip(_BLANKS)
    if not (value.isdecimal() and value.isascii() and len(value) <= _MAX_DIGITS) and value:
        return MALFORMED
    hops = Hops(msg.buf, int(value or 0) & 0xFFFF, len(value))
    msg.set_slot(_SLOT, hops)
    return hops


def process(msg: Message, added: int, limit: int) -> int:
    """Decrement Max-Forwards, or add it.

    Args:
        msg: the request in work.
        added: value of the header where there is none.
        limit: a higher value becomes this.

    Returns:
        1 decremented, 2 added, -1 when no hop is left, -2 when the header holds no number.
    """
    hops = _hops(msg)
    if isinstance(hops, int):
        if hops == MALFORMED:
            return -2
        msg.edits.insert_after(len(msg.first_line) + 1, f"Max-Forwards: {added}\r\n")
        return 2
    if hops.value == 0:
        return -1
    hops.value = min(hops.value - 1, limit)
    if not hops.edited:
        hops.edited = True
        _replace(msg, msg.edits, hops)
    return 1


def _replace(msg: Message, edits: EditList, hops: Hops) -> None:
    """Let the message be sent with what `hops` holds then."""
    index = msg.index
    place = len(msg.first_line) + 1
    for key, line in zip(index.keys, index.lines):  # noqa: B905 - strict= costs on the hot path
        if key == _KEY:
            edits.replace(place + _value_start(line), hops.width, hops.text)
            return
        place += len(line) + 1


def _value_start(line: str) -> int:
    value = line.partition(":")[2]
    return len(line) - len(value.lstrip(_BLANKS))
