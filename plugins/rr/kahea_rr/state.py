"""What the module remembers of a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kahea.api import Message, allocate_slot

if TYPE_CHECKING:
    from kahea_rr.headers import RecordRoute

_SLOT: Final = allocate_slot()


class State:
    """What was done with one message.

    Attributes:
        recorded: whether Record-Route was added, outside of a branch route.
        records: what was added to the message as it is now.
        pending: parameters for the Record-Route that is yet to be added.
        routed: parameters of the own URI in Route, without the first semicolon; ``None`` while they are unknown.
        followed: whether the next hop was taken from behind the own URI in Route.
    """

    __slots__ = ("_buf", "followed", "pending", "recorded", "records", "routed")

    def __init__(self, buf: bytes) -> None:
        self.recorded = False
        self.records: list[RecordRoute] = []
        self.pending = ""
        self.routed: str | None = None
        self.followed = False
        self._buf = buf

    def refresh(self, buf: bytes) -> None:
        """Forget edits that have become part of the message."""
        if self._buf is not buf:
            self._buf = buf
            self.records = []


def state_of(msg: Message) -> State:
    """Return what is remembered of a message, made on first use."""
    state = msg.get_slot(_SLOT)
    if not isinstance(state, State):
        state = State(msg.buf)
        msg.set_slot(_SLOT, state)
    else:
        state.refresh(msg.buf)
    return state
