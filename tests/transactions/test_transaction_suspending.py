"""Transactions that ``t_suspend`` keeps open, and what comes while they are."""

from __future__ import annotations

import pytest
from kahea.testing import Replies, ServerUnderTest, request

from tests.transactions.choreography import answer, cancel, invite, methods, start, store_of
from tests.transactions.conftest import Make

MODULES = 'loadmodule "pv.so"\nloadmodule "corex.so"\n'
TMX = 'loadmodule "tmx.so"\n'
REPLIES = """
route[CALL] {
    if (method == "INFO") {
        t_continue("$hdr(X-Index)", "$hdr(X-Label)", "GO");
        sl_send_reply("200", "OK");
        exit;
    }
    append_branch("sip:carol@127.0.0.1:6001");
    t_on_reply("R");
    t_relay();
}
onreply_route[R] { if ($rs == 486) t_suspend(); }
route[GO] { test_log("went on"); }
"""
REQUESTS = REPLIES[: REPLIES.index("    append_branch")] + "    t_suspend();\n}\nroute[GO] { t_relay(); }\n"


def go_on(server: ServerUnderTest) -> Replies:
    """Let the only suspended transaction go on in ``route[GO]``."""
    [transaction] = [one for one in store_of(server) if one.suspended]
    asked = {"X-Index": str(transaction.index), "X-Label": str(transaction.label)}
    sent = server.receive(request("INFO", "sip:server@127.0.0.1", asked))
    return Replies(one for one in sent if "CSeq: 1 INFO" not in one.text)


def test_a_suspended_request_is_answered_100_and_sent_on_later(make: Make) -> None:
    """A repeated one is absorbed meanwhile."""
    server = make(TMX + REQUESTS, MODULES)
    assert methods(server.receive(invite())) == ["100"]
    assert methods(server.receive(invite())) == ["100"]
    server.advance(10.0)
    sent = go_on(server)
    assert methods(sent) == ["INVITE"]
    assert methods(server.receive(answer(sent.requests[0], 200))) == ["200"]


def test_a_suspended_request_that_nobody_lets_go_on_ends(make: Make) -> None:
    """With 408 after ``fr_timer``."""
    server = make(TMX + REQUESTS, MODULES)
    server.receive(invite())
    assert server.advance(29.9).statuses == []
    assert 408 in server.advance(0.2).statuses


def test_a_cancel_ends_a_suspended_request(make: Make) -> None:
    """The caller gets 487 at once, and what goes on later sends nothing."""
    server = make(TMX + REQUESTS, MODULES)
    server.receive(invite())
    assert sorted(server.receive(cancel()).statuses) == [200, 487]
    assert "INVITE" not in methods(go_on(server))


@pytest.mark.parametrize("late", [486, 200])
def test_a_suspended_reply_goes_up_when_it_goes_on(make: Make, late: int) -> None:
    """What another branch replies meanwhile follows it."""
    server = make(TMX + REPLIES, MODULES)
    bob, carol = start(server)
    assert methods(server.receive(answer(bob, 486))) == ["ACK"]
    assert [one for one in methods(server.receive(answer(carol, late if late == 200 else 404))) if one != "ACK"] == []
    assert methods(go_on(server)) == ["200" if late == 200 else "404"]
    assert server.logged("ERROR") == ["went on"]


def test_a_suspended_reply_that_nobody_lets_go_on_goes_up_as_it_came(make: Make) -> None:
    """After ``fr_timer``, so that no transaction stays for ever."""
    server = make(TMX + REPLIES, MODULES)
    idle = server.timers.pending()
    bob, carol = start(server)
    server.receive(answer(bob, 486))
    server.receive(answer(carol, 404))
    assert server.advance(29.9) == []
    assert server.advance(0.2).statuses == [404]
    server.advance(60.0)
    assert len(store_of(server)) == 0
    assert server.timers.pending() == idle
