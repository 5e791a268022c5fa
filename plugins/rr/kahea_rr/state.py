"""What the module remembers of a message."""

from __future__ import annotations

from typing import Final, NamedTuple

from kahea.api import Message, allocate_slot

_SLOT: Final = allocate_slot()


class State(NamedTuple):
    """What was done with one message; copies of the message share it, so it is replaced, never changed.

    Attributes:
        recorded: whether Record-Route was added, outside of a branch route.
        pending: parameters for the Record-Route that is yet to be added.
        routed: parameters of the own URI in Route, without the first semicolon; "" while they are unknown.
        followed: whether the next hop was taken from behind the own URI in Route.
    """

    recorded: bool = False
    pending: str = ""
    routed: str = ""
    followed: bool = False


_NOTHING: Final = State()


def state_of(msg: Message) -> State:
    """Return what is remembered of a message."""
    state = msg.get_slot(_SLOT)
    return state if isinstance(state, State) else _NOTHING


def remember(msg: Message, state: State) -> None:
    """Replace what is remembered of a message."""
    msg.set_slot(_SLOT, state)
