"""The flags of the script, beside those of the message and of its branches; they are forgotten with the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kahea.sip.message import allocate_slot

if TYPE_CHECKING:
    from kahea.sip.message import Message

_FLAGS: Final = allocate_slot()


def script_flags(msg: Message) -> int:
    """Return the flags, bit by bit.

    Args:
        msg: the message in work.
    """
    flags = msg.get_slot(_FLAGS)
    return flags if isinstance(flags, int) else 0


def set_script_flags(msg: Message, flags: int) -> None:
    """Set all flags.

    Args:
        msg: the message in work.
        flags: bit by bit, 32 of them.
    """
    msg.set_slot(_FLAGS, flags)
