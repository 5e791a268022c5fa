"""The state machines of transactions as tables (RFC 3261 section 17, with the Accepted states of RFC 6026).

They know neither messages nor clocks nor sockets: a step takes a state and an event, and returns the next state and
what is to be done. Kamailio's timers stand where RFC 3261 has its own: retransmission intervals grow from
``retr_timer1`` to ``retr_timer2``, ``fr_timer`` bounds the wait for a reply or an ACK, ``fr_inv_timer`` that for the
final reply to an INVITE that rings, and ``wt_timer`` is how long a transaction absorbs what is late.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class State(IntEnum):
    """States of both sides; each side uses some."""

    CALLING = 0
    """Client: sent, nothing came back (RFC 3261: Calling, Trying)."""
    PROCEEDING = 1
    """Client: a provisional reply came. Server: no final reply was sent."""
    COMPLETED = 2
    """A final reply; for an INVITE a negative one, whose ACK is to come or to be sent."""
    ACCEPTED = 3
    """A 2xx to an INVITE (RFC 6026)."""
    CONFIRMED = 4
    """Server: the ACK to a negative reply to an INVITE came."""
    TERMINATED = 5
    """Given up: time-out, or it could not be sent."""


class Event(IntEnum):
    """What happens to a transaction."""

    PROVISIONAL = 0
    SUCCESS = 1
    FAILURE = 2
    RETRANSMIT = 3
    """The retransmission timer fired."""
    TIMEOUT = 4
    """The timer of the final reply, or of the ACK, fired; server: nothing will answer the request any more."""
    ERROR = 5
    """It could not be sent."""
    REQUEST = 6
    """Server: the request came again."""
    ACK = 7
    """Server: the ACK came."""


class Do:
    """Bits of what a step asks for; plain numbers, since flags of `enum` cost a microsecond for each test."""

    NOTHING: Final = 0
    STOP: Final = 1
    """Stop all timers."""
    STOP_RETRANSMISSIONS: Final = 2
    SLOW_RETRANSMISSIONS: Final = 4
    """Retransmit at ``retr_timer2`` from now on."""
    START: Final = 8
    """Start retransmissions, and the timer that bounds them."""
    RESEND: Final = 16
    """Send again what was sent last."""
    ACKNOWLEDGE: Final = 32
    """Send the ACK."""
    DELIVER: Final = 64
    """Hand the event to whoever uses the transaction."""
    WAIT: Final = 128
    """Only absorb what is late, for ``wt_timer``."""


Step = tuple[State, int]
"""The next state, and the bits of `Do`."""

INVITE_CLIENT: Final[dict[tuple[State, Event], Step]] = {
    (State.CALLING, Event.PROVISIONAL): (State.PROCEEDING, Do.STOP_RETRANSMISSIONS | Do.DELIVER),
    (State.CALLING, Event.SUCCESS): (State.ACCEPTED, Do.STOP | Do.DELIVER),
    (State.CALLING, Event.FAILURE): (State.COMPLETED, Do.STOP | Do.ACKNOWLEDGE | Do.DELIVER),
    (State.CALLING, Event.RETRANSMIT): (State.CALLING, Do.RESEND),
    (State.CALLING, Event.TIMEOUT): (State.TERMINATED, Do.STOP | Do.DELIVER),
    (State.CALLING, Event.ERROR): (State.TERMINATED, Do.STOP | Do.DELIVER),
    (State.PROCEEDING, Event.PROVISIONAL): (State.PROCEEDING, Do.DELIVER),
    (State.PROCEEDING, Event.SUCCESS): (State.ACCEPTED, Do.STOP | Do.DELIVER),
    (State.PROCEEDING, Event.FAILURE): (State.COMPLETED, Do.STOP | Do.ACKNOWLEDGE | Do.DELIVER),
    (State.PROCEEDING, Event.TIMEOUT): (State.TERMINATED, Do.STOP | Do.DELIVER),
    (State.COMPLETED, Event.FAILURE): (State.COMPLETED, Do.ACKNOWLEDGE | Do.DELIVER),
    (State.ACCEPTED, Event.SUCCESS): (State.ACCEPTED, Do.DELIVER),
    # a 2xx that comes after we gave up must still reach the caller (RFC 6026 section 7.2 for a proxy)
    (State.TERMINATED, Event.SUCCESS): (State.ACCEPTED, Do.DELIVER),
    (State.TERMINATED, Event.FAILURE): (State.TERMINATED, Do.ACKNOWLEDGE),
}
"""An INVITE that we sent (RFC 3261 17.1.1)."""

CLIENT: Final[dict[tuple[State, Event], Step]] = {
    (State.CALLING, Event.PROVISIONAL): (State.PROCEEDING, Do.SLOW_RETRANSMISSIONS | Do.DELIVER),
    (State.CALLING, Event.SUCCESS): (State.COMPLETED, Do.STOP | Do.DELIVER),
    (State.CALLING, Event.FAILURE): (State.COMPLETED, Do.STOP | Do.DELIVER),
    (State.CALLING, Event.RETRANSMIT): (State.CALLING, Do.RESEND),
    (State.CALLING, Event.TIMEOUT): (State.TERMINATED, Do.STOP | Do.DELIVER),
    (State.CALLING, Event.ERROR): (State.TERMINATED, Do.STOP | Do.DELIVER),
    (State.PROCEEDING, Event.PROVISIONAL): (State.PROCEEDING, Do.DELIVER),
    (State.PROCEEDING, Event.SUCCESS): (State.COMPLETED, Do.STOP | Do.DELIVER),
    (State.PROCEEDING, Event.FAILURE): (State.COMPLETED, Do.STOP | Do.DELIVER),
    (State.PROCEEDING, Event.RETRANSMIT): (State.PROCEEDING, Do.RESEND),
    (State.PROCEEDING, Event.TIMEOUT): (State.TERMINATED, Do.STOP | Do.DELIVER),
}
"""Another request that we sent (RFC 3261 17.1.2)."""

INVITE_SERVER: Final[dict[tuple[State, Event], Step]] = {
    (State.PROCEEDING, Event.REQUEST): (State.PROCEEDING, Do.RESEND),
    (State.PROCEEDING, Event.SUCCESS): (State.ACCEPTED, Do.STOP | Do.WAIT),
    (State.PROCEEDING, Event.FAILURE): (State.COMPLETED, Do.START),
    (State.PROCEEDING, Event.TIMEOUT): (State.PROCEEDING, Do.DELIVER),
    (State.COMPLETED, Event.REQUEST): (State.COMPLETED, Do.RESEND),
    (State.COMPLETED, Event.RETRANSMIT): (State.COMPLETED, Do.RESEND),
    (State.COMPLETED, Event.ACK): (State.CONFIRMED, Do.STOP | Do.WAIT),
    (State.COMPLETED, Event.TIMEOUT): (State.TERMINATED, Do.STOP | Do.WAIT),
    # as Kamailio: a repeated INVITE gets the 2xx again, which helps a client that lost it
    (State.ACCEPTED, Event.REQUEST): (State.ACCEPTED, Do.RESEND),
    (State.ACCEPTED, Event.RETRANSMIT): (State.ACCEPTED, Do.RESEND),
    (State.ACCEPTED, Event.ACK): (State.ACCEPTED, Do.STOP | Do.WAIT),
    (State.ACCEPTED, Event.TIMEOUT): (State.ACCEPTED, Do.STOP | Do.WAIT),
}
"""An INVITE that we received (RFC 3261 17.2.1)."""

SERVER: Final[dict[tuple[State, Event], Step]] = {
    (State.PROCEEDING, Event.REQUEST): (State.PROCEEDING, Do.RESEND),
    (State.PROCEEDING, Event.SUCCESS): (State.COMPLETED, Do.STOP | Do.WAIT),
    (State.PROCEEDING, Event.FAILURE): (State.COMPLETED, Do.STOP | Do.WAIT),
    (State.PROCEEDING, Event.TIMEOUT): (State.PROCEEDING, Do.DELIVER),
    (State.COMPLETED, Event.REQUEST): (State.COMPLETED, Do.RESEND),
}
"""Another request that we received (RFC 3261 17.2.2)."""


def event_of(status: int) -> Event:
    """Return the event that a reply is, by its status code."""
    if status < 200:
        return Event.PROVISIONAL
    return Event.SUCCESS if status < 300 else Event.FAILURE
