"""Timers fire at the documented times, to the microsecond of a clock that is moved by hand."""

from __future__ import annotations

import pytest
from kahea.testing import ServerUnderTest

from tests.transactions.choreography import ack_of, answer, cancel, invite, methods, start, store_of
from tests.transactions.conftest import Make

PLAIN = "route[CALL] { t_relay(); }"
SHORT = (
    'modparam("tm", "retr_timer1", 100)\nmodparam("tm", "retr_timer2", 300)\nmodparam("tm", "fr_timer", 1000)\n'
    'modparam("tm", "fr_inv_timer", 5000)\nmodparam("tm", "wt_timer", 700)\n'
)


def times(server: ServerUnderTest, what: str, seconds: float) -> list[float]:
    """Return after how many seconds messages whose first line begins with *what* are sent, within *seconds*."""
    begin, found = server.clock.monotonic(), []
    while server.clock.monotonic() - begin < seconds - 1e-9:
        due = server.next_due()
        now = server.clock.monotonic()
        wait = seconds - (now - begin) if due is None else min(max(due - now, 0.0), seconds - (now - begin))
        for one in server.advance(wait):
            if one.text.startswith(what):
                found.append(round(server.clock.monotonic() - begin, 6))
    return found


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5]),
        (SHORT, [0.1, 0.3, 0.6, 0.9]),
    ],
)
@pytest.mark.parametrize("method", ["INVITE", "MESSAGE"])
def test_a_request_is_sent_again(make: Make, method: str, settings: str, expected: list[float]) -> None:
    """After ``retr_timer1``, then at doubled intervals up to ``retr_timer2``, until ``fr_timer`` ends it with 408."""
    server = make(settings + PLAIN)
    server.receive(invite(method=method))
    assert times(server, method, 29.9 if not settings else 0.99) == expected


@pytest.mark.parametrize("method", ["INVITE", "MESSAGE"])
def test_a_request_without_any_reply_is_408_after_fr_timer(make: Make, method: str) -> None:
    """At 30 seconds with the default."""
    server = make(PLAIN)
    server.receive(invite(method=method))
    assert times(server, "SIP/2.0 408", 30.2)[:1] == [30.0]


def test_an_invite_that_rings_is_408_after_fr_inv_timer(make: Make) -> None:
    """At 120 seconds after the last provisional reply, with no INVITE sent again; the callee gets a CANCEL."""
    server = make(PLAIN)
    [sent] = start(server)
    server.advance(0.2)
    server.receive(answer(sent, 180))
    assert times(server, "INVITE", 50.0) == []
    server.receive(answer(sent, 183))
    ended = server.advance(119.999)
    assert ended == []
    assert sorted(methods(server.advance(0.002))) == ["408", "CANCEL"]


def test_a_lower_provisional_reply_restarts_the_timer_only_if_wanted(make: Make) -> None:
    """With ``restart_fr_on_each_reply`` 0, a repeated 180 does not."""
    server = make('modparam("tm", "restart_fr_on_each_reply", 0)\n' + PLAIN)
    [sent] = start(server)
    server.receive(answer(sent, 180))
    server.advance(100.0)
    server.receive(answer(sent, 180))
    assert times(server, "SIP/2.0 408", 21.0)[:1] == [20.0]


def test_a_message_with_a_provisional_reply_is_sent_again_slowly(make: Make) -> None:
    """At ``retr_timer2`` (RFC 3261 17.1.2.2)."""
    server = make(PLAIN)
    [sent] = server.receive(invite(method="MESSAGE")).requests
    server.advance(0.4)
    server.receive(answer(sent, 180))
    assert times(server, "MESSAGE", 17.0) == [0.1, 4.1, 8.1, 12.1, 16.1]


def test_no_timer_outlasts_the_lifetime(make: Make) -> None:
    """``max_inv_lifetime`` ends an INVITE that keeps ringing."""
    server = make(PLAIN)
    [sent] = start(server)
    for _ in range(3):
        server.receive(answer(sent, 180))
        assert server.advance(59.0) == []
    assert times(server, "SIP/2.0 408", 10.0)[:1] == [3.0]


def test_a_negative_reply_is_sent_again_until_its_ack(make: Make) -> None:
    """At the same intervals as a request, for ``fr_timer``; then the transaction is forgotten after ``wt_timer``."""
    server = make('route[CALL] { t_newtran(); t_reply("404", "No"); }')
    server.receive(invite())
    assert times(server, "SIP/2.0 404", 30.0) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5]
    server.advance(4.9)
    assert len(store_of(server)) == 1
    server.advance(0.2)
    assert len(store_of(server)) == 0


def test_the_ack_ends_that(make: Make) -> None:
    """Nothing is sent any more, and ``wt_timer`` begins."""
    server = make('route[CALL] { t_newtran(); t_reply("404", "No"); }')
    [reply] = server.receive(invite())
    server.advance(1.0)
    server.receive(ack_of(reply.text))
    assert server.advance(4.9) == []
    assert len(store_of(server)) == 1
    server.advance(0.2)
    assert len(store_of(server)) == 0


def test_our_own_success_is_sent_again_until_its_ack(make: Make) -> None:
    """Though the ACK to a 2xx is a request of its own (RFC 3261 13.3.1.4)."""
    server = make('route[CALL] { t_newtran(); t_reply("200", "OK"); }')
    [reply] = server.receive(invite())
    assert times(server, "SIP/2.0 200", 8.0) == [0.5, 1.5, 3.5, 7.5]
    to = next(line[4:] for line in reply.text.split("\r\n") if line.startswith("To: "))
    server.receive(invite("z9hG4bKack", method="ACK", To=to).replace(b"call-z9hG4bKack", b"call-z9hG4bKcall"))
    assert server.advance(60.0) == []
    assert len(store_of(server)) == 0


def test_a_cancel_is_sent_again_until_it_is_answered(make: Make) -> None:
    """As any request (RFC 3261 9.1)."""
    server = make(PLAIN)
    [sent] = start(server)
    server.receive(answer(sent, 180))
    server.receive(cancel())
    assert times(server, "CANCEL", 4.0) == [0.5, 1.5, 3.5]
    server.receive(answer(sent, 200).replace(b"CSeq: 1 INVITE", b"CSeq: 1 CANCEL"))
    assert times(server, "CANCEL", 20.0) == []


def test_a_script_may_choose_its_own_times(make: Make) -> None:
    """``t_set_fr`` and ``t_set_retr`` hold for the transaction."""
    server = make("route[CALL] { t_set_fr(9000, 2000); t_set_retr(200, 400); t_relay(); }")
    server.receive(invite())
    assert times(server, "INVITE", 1.9) == [0.2, 0.6, 1.0, 1.4, 1.8]
    assert times(server, "SIP/2.0 408", 0.2)[:1] == [0.1]


def test_a_script_may_choose_its_own_lifetime(make: Make) -> None:
    """``t_set_max_lifetime`` too."""
    server = make("route[CALL] { t_set_max_lifetime(4000, 3000); t_relay(); }")
    server.receive(invite())
    assert times(server, "SIP/2.0 408", 4.1)[:1] == [4.0]
