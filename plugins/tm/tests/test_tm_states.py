"""The state machines, state by state and event by event, as RFC 3261 section 17 and RFC 6026 have them."""

from __future__ import annotations

from itertools import product
from typing import Final

import pytest
from kahea_tm.states import CLIENT, INVITE_CLIENT, INVITE_SERVER, SERVER, Do, Event, State, event_of

_CLIENT_EVENTS: Final = (
    Event.PROVISIONAL, Event.SUCCESS, Event.FAILURE, Event.RETRANSMIT, Event.TIMEOUT, Event.ERROR,
)  # fmt: skip
_SERVER_EVENTS: Final = (
    Event.PROVISIONAL, Event.SUCCESS, Event.FAILURE, Event.RETRANSMIT, Event.TIMEOUT, Event.REQUEST, Event.ACK,
)  # fmt: skip

# One line for each state: the state after each event, "-" where the event changes nothing and nothing is done.
_INVITE_CLIENT: Final = """
            PROVISIONAL  SUCCESS   FAILURE     RETRANSMIT  TIMEOUT     ERROR
CALLING     PROCEEDING   ACCEPTED  COMPLETED   CALLING     TERMINATED  TERMINATED
PROCEEDING  PROCEEDING   ACCEPTED  COMPLETED   -           TERMINATED  -
COMPLETED   -            -         COMPLETED   -           -           -
ACCEPTED    -            ACCEPTED  -           -           -           -
TERMINATED  -            ACCEPTED  TERMINATED  -           -           -
"""
_CLIENT: Final = """
            PROVISIONAL  SUCCESS    FAILURE    RETRANSMIT  TIMEOUT     ERROR
CALLING     PROCEEDING   COMPLETED  COMPLETED  CALLING     TERMINATED  TERMINATED
PROCEEDING  PROCEEDING   COMPLETED  COMPLETED  PROCEEDING  TERMINATED  -
COMPLETED   -            -          -          -           -           -
TERMINATED  -            -          -          -           -           -
"""
_INVITE_SERVER: Final = """
            PROVISIONAL  SUCCESS   FAILURE    RETRANSMIT  TIMEOUT     REQUEST     ACK
PROCEEDING  -            ACCEPTED  COMPLETED  -           PROCEEDING  PROCEEDING  -
COMPLETED   -            -         -          COMPLETED   TERMINATED  COMPLETED   CONFIRMED
ACCEPTED    -            -         -          ACCEPTED    ACCEPTED    ACCEPTED    ACCEPTED
CONFIRMED   -            -         -          -           -           -           -
TERMINATED  -            -         -          -           -           -           -
"""
_SERVER: Final = """
            PROVISIONAL  SUCCESS    FAILURE    RETRANSMIT  TIMEOUT     REQUEST     ACK
PROCEEDING  -            COMPLETED  COMPLETED  -           PROCEEDING  PROCEEDING  -
COMPLETED   -            -          -          -           -           COMPLETED   -
"""

TABLES: Final = {
    "INVITE client": (INVITE_CLIENT, _INVITE_CLIENT),
    "client": (CLIENT, _CLIENT),
    "INVITE server": (INVITE_SERVER, _INVITE_SERVER),
    "server": (SERVER, _SERVER),
}


def _expected(text: str) -> dict[tuple[State, Event], State]:
    head, *rows = (line.split() for line in text.strip("\n").split("\n"))
    return {
        (State[row[0]], Event[event]): State[after]
        for row in rows
        for event, after in zip(head, row[1:], strict=True)
        if after != "-"
    }


@pytest.mark.parametrize("name", TABLES)
def test_each_state_goes_where_the_rfc_says(name: str) -> None:
    """Every state with every event: the next state, or nothing at all."""
    table, text = TABLES[name]
    assert {step: after for step, (after, _) in table.items()} == _expected(text)


@pytest.mark.parametrize(("table", "events"), [(INVITE_CLIENT, _CLIENT_EVENTS), (CLIENT, _CLIENT_EVENTS)])
def test_a_client_that_has_ended_sends_nothing_again(
    table: dict[tuple[State, Event], tuple[State, int]], events: tuple[Event, ...]
) -> None:
    """Behind a final reply or a time-out there is no retransmission of the request."""
    for state, event in product((State.COMPLETED, State.ACCEPTED, State.TERMINATED), events):
        _, do = table.get((state, event), (state, Do.NOTHING))
        assert not do & (Do.RESEND | Do.START)


def test_each_negative_reply_to_an_invite_is_acknowledged() -> None:
    """In every state in which it is taken (RFC 3261 17.1.1.2), and no other reply is."""
    for (state, event), (_, do) in INVITE_CLIENT.items():
        assert bool(do & Do.ACKNOWLEDGE) == (event is Event.FAILURE), state
    assert not any(do & Do.ACKNOWLEDGE for _, do in CLIENT.values())


def test_each_success_of_an_invite_is_delivered() -> None:
    """Whatever came before, since each 2xx is of a dialog of its own (RFC 6026 7.2)."""
    taken = {state for (state, event), (_, do) in INVITE_CLIENT.items() if event is Event.SUCCESS and do & Do.DELIVER}
    assert taken == {State.CALLING, State.PROCEEDING, State.ACCEPTED, State.TERMINATED}


def test_a_provisional_reply_ends_the_retransmissions_of_an_invite_only() -> None:
    """Other requests are sent on at the longest interval (RFC 3261 17.1.1.2, 17.1.2.2)."""
    assert INVITE_CLIENT[State.CALLING, Event.PROVISIONAL][1] & Do.STOP_RETRANSMISSIONS
    assert CLIENT[State.CALLING, Event.PROVISIONAL][1] & Do.SLOW_RETRANSMISSIONS


def test_every_final_reply_of_a_client_stops_its_timers() -> None:
    """Whatever the state was that waited for it."""
    for table, state, event in product(
        (INVITE_CLIENT, CLIENT), (State.CALLING, State.PROCEEDING), (Event.SUCCESS, Event.FAILURE, Event.TIMEOUT)
    ):
        assert table[state, event][1] & Do.STOP


def test_a_negative_reply_to_an_invite_is_repeated_until_the_ack() -> None:
    """The server side starts the timers with the reply, and ends them with the ACK (RFC 3261 17.2.1)."""
    assert INVITE_SERVER[State.PROCEEDING, Event.FAILURE][1] == Do.START
    assert INVITE_SERVER[State.COMPLETED, Event.RETRANSMIT][1] == Do.RESEND
    assert INVITE_SERVER[State.COMPLETED, Event.ACK][1] == Do.STOP | Do.WAIT
    assert INVITE_SERVER[State.COMPLETED, Event.TIMEOUT][1] == Do.STOP | Do.WAIT


def test_a_repeated_request_gets_the_last_reply_again() -> None:
    """In every state that a repetition may come in."""
    for table in (INVITE_SERVER, SERVER):
        for (_, event), (_, do) in table.items():
            if event is Event.REQUEST:
                assert do == Do.RESEND


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (100, Event.PROVISIONAL), (199, Event.PROVISIONAL), (200, Event.SUCCESS), (299, Event.SUCCESS),
        (300, Event.FAILURE), (699, Event.FAILURE),
    ],
)  # fmt: skip
def test_a_status_code_is_an_event(status: int, event: Event) -> None:
    """1xx, 2xx, and what is above."""
    assert event_of(status) is event
