"""Further flags of messages."""

from __future__ import annotations

from typing import Annotated, Final

from kahea.api import Core, Int, Kind, Message, Result, Value, allocate_slot, function

EXTENDED_FLAGS: Final = 64
INTERNAL_FLAGS: Final = ("USE_UAC_FROM", "USE_UAC_TO", "UAC_AUTH", "MSG_APPLY_CHANGES")

_EXTENDED: Final = allocate_slot()
_INTERNAL: Final = allocate_slot()


class InternalFlagKind(Kind):
    """The name of an internal flag."""

    label = "flag"

    def dynamic(self, value: Value) -> str:
        """Return the name in capital letters.

        Raises:
            ValueError: when there is no such flag.
        """
        name = str(value or "").upper()
        if name not in INTERNAL_FLAGS:
            raise ValueError(f'"{value}" is none of {", ".join(INTERNAL_FLAGS)}')
        return name


InternalFlag = Annotated[str, InternalFlagKind()]


class FlagFunctions:
    """Extended flags, and flags that modules look at."""

    core: Core

    @function()
    def setxflag(self, msg: Message, flag: Int) -> bool:
        """Set an extended flag of the message.

        Args:
            flag: 0 to 63.

        Returns:
            true; false for another number.

        Example:
            setxflag("40");
        """
        return _change(msg, flag, True)

    @function()
    def resetxflag(self, msg: Message, flag: Int) -> bool:
        """Reset an extended flag of the message.

        Args:
            flag: 0 to 63.

        Returns:
            true; false for another number.

        Example:
            resetxflag("40");
        """
        return _change(msg, flag, False)

    @function()
    def isxflagset(self, msg: Message, flag: Int) -> bool:
        r"""Check whether an extended flag of the message is set.

        Args:
            flag: 0 to 63.

        Returns:
            true when it is.

        Example:
            if (isxflagset("40")) { xlog("set\n"); }
        """
        return 0 <= flag < EXTENDED_FLAGS and bool(_extended(msg) >> flag & 1)

    @function()
    def msg_iflag_set(self, msg: Message, flag: InternalFlag) -> bool:
        """Set a flag that modules look at.

        Args:
            flag: `USE_UAC_FROM`, `USE_UAC_TO`, `UAC_AUTH` or `MSG_APPLY_CHANGES`.

        Returns:
            true; false for another name.

        Example:
            msg_iflag_set("USE_UAC_FROM");
        """
        msg.set_slot(_INTERNAL, _internal(msg) | {flag})
        return True

    @function()
    def msg_iflag_reset(self, msg: Message, flag: InternalFlag) -> bool:
        """Reset a flag that modules look at.

        Args:
            flag: as for `msg_iflag_set`.

        Returns:
            true; false for another name.

        Example:
            msg_iflag_reset("USE_UAC_FROM");
        """
        msg.set_slot(_INTERNAL, _internal(msg) - {flag})
        return True

    @function()
    def msg_iflag_is_set(self, msg: Message, flag: InternalFlag) -> Result:
        r"""Check whether a flag that modules look at is set.

        Args:
            flag: as for `msg_iflag_set`.

        Returns:
            1 when it is, -2 when it is not, -1 for another name.

        Example:
            if (msg_iflag_is_set("USE_UAC_FROM")) { xlog("set\n"); }
        """
        return 1 if flag in _internal(msg) else -2


def _extended(msg: Message) -> int:
    flags = msg.get_slot(_EXTENDED)
    return flags if isinstance(flags, int) else 0


def _change(msg: Message, flag: int, value: bool) -> bool:
    if not 0 <= flag < EXTENDED_FLAGS:
        return False
    flags = _extended(msg)
    msg.set_slot(_EXTENDED, flags | 1 << flag if value else flags & ~(1 << flag))
    return True


def _internal(msg: Message) -> frozenset[str]:
    flags = msg.get_slot(_INTERNAL)
    return flags if isinstance(flags, frozenset) else frozenset()
