"""Routes of a transaction that wait: what comes meanwhile follows in its order, and nothing else is held up."""

from __future__ import annotations

import pytest
from kahea.testing import ServerUnderTest, request

from tests.transactions.choreography import ack_of, answer, cancel, invite, methods, start, store_of
from tests.transactions.conftest import Make

PLACES = {
    "before_transaction": "route[CALL] { nap(2); t_relay(); }",
    "after_newtran": "route[CALL] { t_newtran(); nap(2); t_relay(); }",
    "after_relay": "route[CALL] { t_relay(); nap(2); }",
    "branch": 'route[CALL] { t_on_branch("B"); t_relay(); } branch_route[B] { nap(2); }',
}
"""Places of request_route and what it calls."""

REPLY = 'route[CALL] { t_on_reply("R"); t_relay(); } onreply_route[R] { nap(2); }'
FAILURE = """
route[CALL] { t_on_failure("F"); t_relay(); }
failure_route[F] { nap(2); $ru = "sip:carol@127.0.0.1:6001"; t_relay(); }
"""
BRANCH_FAILURE = """
route[CALL] { t_on_branch_failure("F"); t_relay(); }
event_route[tm:branch-failure:F] { nap(2); $ru = "sip:carol@127.0.0.1:6001"; t_relay(); }
"""
PV = 'loadmodule "pv.so"\n'


def other_traffic_is_served(server: ServerUnderTest) -> bool:
    """Whether a request of nobody in particular is answered at once."""
    return server.receive(request("OPTIONS")).statuses == [200]


@pytest.mark.parametrize("place", PLACES)
def test_a_request_that_waits_is_sent_on_after_it(make: Make, place: str) -> None:
    """Other traffic is served meanwhile, retransmissions are absorbed, and one INVITE leaves."""
    server = make(PLACES[place])
    sent = methods(server.receive(invite()))
    assert other_traffic_is_served(server)
    server.advance(0.4)
    sent += [one for one in methods(server.receive(invite())) if one != "100"]
    sent += methods(server.advance(2.0))
    assert [one for one in sent if one == "INVITE"][:1] == ["INVITE"]
    assert set(sent) == {"100", "INVITE"}
    assert len([one for one in sent if one == "INVITE"]) <= 3  # its own retransmissions after_relay


@pytest.mark.parametrize("place", PLACES)
def test_a_cancel_that_comes_while_the_script_waits_ends_the_call(make: Make, place: str) -> None:
    """The caller gets 200 for the CANCEL and 487; a callee that was reached is cancelled when it rings."""
    server = make(PLACES[place])
    server.receive(invite())
    server.advance(1.0)
    assert server.receive(cancel()) == []
    sent = server.advance(1.5)
    branches = [one for one in [*server.sent] if one.text.startswith("INVITE")]
    ringing = server.receive(answer(branches[0].message, 180))  # type: ignore[arg-type]
    assert "CANCEL" in methods(ringing)
    sent += server.receive(answer(branches[0].message, 487))  # type: ignore[arg-type]
    assert [one for one in sent.statuses if one >= 200] == [200, 487]


def test_a_timer_of_the_caller_is_answered_while_the_script_waits(make: Make) -> None:
    """A repeated INVITE of a transaction gets the last reply again, though its route still waits."""
    server = make(FAILURE, PV)
    [branch] = start(server)
    server.receive(answer(branch, 486))
    assert server.receive(invite()).statuses == [100]


def test_a_reply_waits_for_its_route_and_the_final_one_for_it(make: Make) -> None:
    """Replies go up in the order in which they came, each after its route."""
    server = make(REPLY)
    [branch] = start(server)
    assert server.receive(answer(branch, 180)) == []
    assert server.receive(answer(branch, 200)) == []
    assert other_traffic_is_served(server)
    assert methods(server.advance(2.0)) == ["180"]
    assert methods(server.advance(2.0)) == ["200"]


def test_a_negative_reply_is_acknowledged_at_once(make: Make) -> None:
    """The ACK does not wait for the route that runs (RFC 3261 17.1.1.2), nor is the INVITE sent again meanwhile."""
    server = make(REPLY)
    [branch] = start(server)
    server.receive(answer(branch, 180))
    assert methods(server.receive(answer(branch, 486))) == ["ACK"]
    assert methods(server.receive(answer(branch, 486))) == ["ACK"]
    assert methods(server.advance(5.0)) == ["180", "486", "486"]


def test_a_provisional_reply_that_waits_counts_from_when_it_came(make: Make) -> None:
    """A reply that came in time is not overtaken by the timer that it stops."""
    server = make("route[CALL] { t_set_fr(0, 1000); t_relay(); nap(2); }")
    [branch] = start(server)
    server.receive(answer(branch, 180))
    assert "408" not in methods(server.advance(10.0))


@pytest.mark.parametrize("routes", [FAILURE, BRANCH_FAILURE])
def test_a_failure_route_that_waits_goes_on(make: Make, routes: str) -> None:
    """The next callee is tried after the wait; other traffic is served meanwhile."""
    server = make(routes, PV)
    [branch] = start(server)
    assert methods(server.receive(answer(branch, 486))) == ["ACK"]
    assert other_traffic_is_served(server)
    assert methods(server.advance(1.9)) == []
    tried = server.advance(0.2)
    assert [one.uri for one in tried.requests] == ["sip:carol@127.0.0.1:6001"]
    assert methods(server.receive(answer(tried.requests[0], 200))) == ["200"]


@pytest.mark.parametrize("routes", [FAILURE, BRANCH_FAILURE])
def test_a_cancel_while_a_failure_route_waits_ends_the_call(make: Make, routes: str) -> None:
    """The CANCEL is answered at once; nobody else is tried, and the caller gets a final reply."""
    server = make(routes, PV)
    [branch] = start(server)
    server.receive(answer(branch, 486))
    assert server.receive(cancel()).statuses == [200]
    ended = server.advance(2.1)
    assert ended.requests == []
    assert len(ended.statuses) == 1
    assert ended.statuses[0] in (486, 487)


def test_a_time_out_waits_for_the_route_that_runs(make: Make) -> None:
    """The timer of one branch falls due while a route runs for another; it is dealt with after it."""
    server = make(
        """
        route[CALL] { append_branch("sip:carol@127.0.0.1:6001"); t_on_reply("R"); t_relay(); }
        onreply_route[R] { nap(2); }
        """,
        'loadmodule "corex.so"\n',
    )
    bob, _ = start(server)
    server.advance(29.0)
    server.receive(answer(bob, 486))
    assert methods(server.advance(1.9)) == []
    assert methods(server.advance(0.2)) == ["408"]


LIMITED = {
    "request": "route[CALL] { t_newtran(); nap(60); }",
    "after_relay": "route[CALL] { t_relay(); nap(60); }",
    "branch": 'route[CALL] { t_on_branch("B"); t_relay(); } branch_route[B] { nap(60); }',
    "reply": 'route[CALL] { t_on_reply("R"); t_relay(); } onreply_route[R] { nap(60); }',
    "failure": 'route[CALL] { t_on_failure("F"); t_relay(); } failure_route[F] { nap(60); }',
    "branch_failure": """
        route[CALL] { t_on_branch_failure("F"); t_relay(); } event_route[tm:branch-failure:F] { nap(60); }
    """,
}


@pytest.mark.parametrize("place", LIMITED)
def test_a_wait_that_is_too_long_ends_the_transaction(make: Make, place: str) -> None:
    """``script_wait_limit`` exceeded in any route: the caller gets 500, once, and nothing is left."""
    server = make(LIMITED[place], "script_wait_limit=5\n")
    idle = server.timers.pending()
    sent = server.receive(invite())
    if place in ("reply", "failure", "branch_failure"):
        sent += server.receive(answer(sent.requests[0], 486))
    sent += server.advance(5.1)
    finals = [one for one in sent.statuses if one >= 200]
    assert finals == [500]
    assert any("waited for more than 5.0 seconds" in line for line in server.logged("ERROR"))
    failed = next(one for one in sent if one.text.startswith("SIP/2.0 500"))
    server.receive(ack_of(failed.text))
    server.advance(200.0)
    assert server.timers.pending() == idle


def test_a_flood_of_replies_while_a_route_waits_is_bounded(make: Make) -> None:
    """Provisional replies beyond the bound are lost, the final one and the CANCEL are not."""
    server = make(REPLY)
    [branch] = start(server)
    for _ in range(500):
        server.receive(answer(branch, 180))
    server.receive(answer(branch, 200))
    [transaction] = store_of(server)
    assert len(transaction.mailbox) <= 65
    assert methods(server.advance(200.0))[-1] == "200"
