"""Limits, failures of code, and peers that lie."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.api import Request
from kahea.testing import ServerUnderTest, request

from tests.transactions.choreography import ack_of, answer, cancel, invite, methods, start, store_of
from tests.transactions.conftest import Make

PLAIN = "route[CALL] { t_relay(); }"
COREX = 'loadmodule "corex.so"\n'


# --- limits --------------------------------------------------------------------------------------


def test_branches_beyond_the_limit_are_left_out(make: Make) -> None:
    """Those up to ``max_branches`` are sent."""
    server = make(
        """
        route[CALL] {
            append_branch("sip:carol@127.0.0.1:6001");
            append_branch("sip:dave@127.0.0.1:6002");
            t_relay();
        }
        """,
        f"max_branches=2\n{COREX}",
    )
    assert len(start(server)) == 2


def test_no_branch_at_all_within_the_limit_is_500(make: Make) -> None:
    """A serial forking that reaches ``max_branches`` says so to the caller."""
    server = make(
        """
        route[CALL] { t_on_failure("F"); t_relay(); }
        failure_route[F] {
            t_drop_replies();
            $ru = "sip:carol@127.0.0.1:6001";
            t_relay();
        }
        """,
        'max_branches=1\nloadmodule "pv.so"\n',
    )
    [branch] = start(server)
    sent = server.receive(answer(branch, 486))
    assert [one.text.split("\r\n")[0] for one in sent if one.text.startswith("SIP")] == [
        "SIP/2.0 500 Forking capacity exceeded (12/TM)"
    ]


LIMIT = 'modparam("tm", "max_transactions", 4)\n'


def test_a_new_request_beyond_the_limit_is_refused(make: Make) -> None:
    """503 tells when to come again (RFC 3261 21.5.4), and the script ends there."""
    server = make(LIMIT + 'route[CALL] { t_relay(); test_log("went on"); }')
    for number in range(4):
        assert server.receive(invite(f"z9hG4bK{number}")).statuses == [100]
    log = len(server.logged("ERROR"))
    [refused] = server.receive(invite("z9hG4bKlast"))
    assert refused.text.startswith("SIP/2.0 503 ")
    assert "\r\nRetry-After: 10\r\n" in refused.text
    assert len(server.logged("ERROR")) == log


def test_what_belongs_to_a_transaction_is_served_at_the_limit(make: Make) -> None:
    """Retransmissions, CANCELs, replies and ACKs of the calls that there are go on as ever."""
    server = make(LIMIT + PLAIN)
    branches = [start(server, f"z9hG4bK{number}")[0] for number in range(4)]
    assert server.receive(invite("z9hG4bK0")).statuses == [100]
    server.receive(answer(branches[0], 180))
    assert methods(server.receive(cancel("z9hG4bK0"))) == ["CANCEL", "200"]
    ended = server.receive(answer(branches[0], 487))
    assert methods(ended) == ["ACK", "487"]
    server.receive(ack_of(ended[1].text, "z9hG4bK0"))
    assert server.advance(0.6).statuses == []


def test_a_request_within_a_dialog_has_a_reserve(make: Make) -> None:
    """What ends calls is let in beyond the limit, up to a quarter more."""
    server = make(LIMIT + PLAIN)
    for number in range(4):
        server.receive(invite(f"z9hG4bK{number}"))
    bye = invite("z9hG4bKbye", method="BYE", To="<sip:bob@127.0.0.1>;tag=b")
    assert methods(server.receive(bye)) == ["BYE"]
    again = invite("z9hG4bKbye2", method="BYE", To="<sip:bob@127.0.0.1>;tag=b")
    assert server.receive(again).statuses == [503]


def test_there_is_room_again_when_transactions_have_ended(make: Make) -> None:
    """The limit counts what there is, not what there was."""
    server = make(LIMIT + 'route[CALL] { t_newtran(); t_reply("404", "No"); }')
    for number in range(4):
        server.receive(invite(f"z9hG4bK{number}"))
    assert server.receive(invite("z9hG4bKlast")).statuses == [503]
    server.advance(40.0)
    assert server.receive(invite("z9hG4bKlast")).statuses == [404]


# --- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "lifetime"), [("INVITE", 180.0), ("MESSAGE", 32.0)])
def test_a_transaction_that_nothing_answers_ends_with_its_lifetime(make: Make, method: str, lifetime: float) -> None:
    """A script that leaves it with a provisional reply leaves it to ``max_inv_lifetime``, ``max_noninv_lifetime``."""
    server = make('route[CALL] { t_newtran(); t_reply("183", "Wait"); }')
    idle = server.timers.pending()
    assert server.receive(invite(method=method)).statuses == [183]
    assert server.advance(lifetime - 0.001).statuses == []
    assert 408 in server.advance(0.002).statuses
    server.advance(60.0)
    assert server.timers.pending() == idle


def test_a_failure_that_is_left_to_a_script_that_leaves_it_too_ends(make: Make) -> None:
    """``t_set_disable_internal_reply`` and no reply: the caller gets 408 in the end."""
    server = make("route[CALL] { t_set_disable_internal_reply(1); t_relay_to_tcp(); }")
    idle = server.timers.pending()
    sent = server.receive(invite())
    sent += server.advance(300.0)
    assert [one for one in sent.statuses if one >= 200][:1] == [408]
    assert server.timers.pending() == idle


# --- failures of code ----------------------------------------------------------------------------

FAILING = {
    "request": "route[CALL] { t_newtran(); $var(x) = $ru; t_relay(); }",
    "branch": 'route[CALL] { t_on_branch("B"); t_relay(); } branch_route[B] { $var(x) = $ru; }',
    "reply": 'route[CALL] { t_on_reply("R"); t_relay(); } onreply_route[R] { $var(x) = $ru; }',
    "failure": 'route[CALL] { t_on_failure("F"); t_relay(); } failure_route[F] { $var(x) = $ru; }',
    "branch_failure": """
        route[CALL] { t_on_branch_failure("F"); t_relay(); } event_route[tm:branch-failure:F] { $var(x) = $ru; }
    """,
}


def _broken(server: ServerUnderTest, name: str) -> None:
    """Let the compiled block of a route fail as a bug in the core would."""
    program: Any = server.engine.program
    for blocks in (program.routes, program.branch_routes, program.onreply_routes, program.failure_routes):
        for route, function in list(blocks.items()):
            if route == name:
                blocks[route] = _failing(function)
    for route in list(program.event_routes):
        if route.endswith(f":{name}"):
            program.event_routes[route] = _failing(program.event_routes[route])


def _failing(_function: object) -> Any:
    def fails(_run: object, _msg: object) -> int:
        raise ZeroDivisionError("a bug")

    return fails


@pytest.mark.parametrize(("place", "name"), [("branch", "B"), ("failure", "F"), ("branch_failure", "F")])
def test_an_exception_in_a_route_ends_its_transaction(make: Make, place: str, name: str) -> None:
    """The caller gets one final reply, 500 where the route decides the call, and the log tells of it."""
    server = make(FAILING[place], 'loadmodule "pv.so"\n')
    idle = server.timers.pending()
    _broken(server, name)
    sent = server.receive(invite())
    for branch in sent.requests[:1]:
        sent += server.receive(answer(branch, 486))
    finals = [one for one in sent.statuses if one >= 200]
    assert len(finals) == 1
    assert any("ZeroDivisionError: a bug" in line for line in server.logged("ERROR"))
    final = next(one for one in sent if one.text.startswith(f"SIP/2.0 {finals[0]}"))
    server.receive(ack_of(final.text))
    server.advance(200.0)
    assert server.timers.pending() == idle


def test_an_exception_in_an_onreply_route_loses_no_reply(make: Make) -> None:
    """The reply goes up as it came."""
    server = make(FAILING["reply"], 'loadmodule "pv.so"\n')
    _broken(server, "R")
    [branch] = start(server)
    assert methods(server.receive(answer(branch, 200))) == ["200"]


@pytest.mark.parametrize("place", ["request", "branch", "reply", "failure"])
def test_an_exception_of_a_function_is_minus_one(make: Make, place: str) -> None:
    """The script goes on, and the log names the line."""
    text = FAILING[place].replace("$var(x) = $ru;", "fail();")
    server = make(text, 'loadmodule "pv.so"\n')
    [branch] = start(server)
    assert server.receive(answer(branch, 486)).statuses == [486]
    assert any("kamailio.cfg:" in line and "`fail` failed: RuntimeError" in line for line in server.logged("ERROR"))


# --- peers that lie ------------------------------------------------------------------------------


def _changed(reply: bytes, before: str, after: str) -> bytes:
    assert before in reply.decode()
    return reply.decode().replace(before, after, 1).encode()


def _branch_of(sent: Request) -> str:
    via = sent.via
    assert via is not None
    return via.branch or ""


@pytest.mark.parametrize("index", ["7", "99999", "9" * 5000, "-1", "x", "", "0.0", "٣"])
def test_a_reply_to_a_branch_that_there_is_not_reaches_nothing(make: Make, index: str) -> None:
    """Whatever stands for the branch's number: no error, and the call goes on."""
    server = make(PLAIN)
    [sent] = start(server)
    branch = _branch_of(sent)
    forged = _changed(answer(sent, 486), branch, f"{branch.rpartition('.')[0]}.{index}")
    assert "ACK" not in methods(server.receive(forged))
    assert not [line for line in server.log if "Error:" in line]
    assert methods(server.receive(answer(sent, 200))) == ["200"]


@pytest.mark.parametrize("method", ["BYE", "OPTIONS", "ACK"])
def test_a_reply_of_another_method_reaches_nothing(make: Make, method: str) -> None:
    """The method of CSeq belongs to what is matched (RFC 3261 17.1.3)."""
    server = make(PLAIN)
    [sent] = start(server)
    server.receive(_changed(answer(sent, 486), "CSeq: 1 INVITE", f"CSeq: 1 {method}"))
    assert methods(server.receive(answer(sent, 200))) == ["200"]


def test_a_reply_to_a_cancel_that_was_not_sent_changes_nothing(make: Make) -> None:
    """It is not taken for the INVITE's."""
    server = make(PLAIN)
    [sent] = start(server)
    assert server.receive(_changed(answer(sent, 200), "CSeq: 1 INVITE", "CSeq: 1 CANCEL")) == []
    assert methods(server.receive(answer(sent, 200))) == ["200"]


def test_a_reply_to_an_ack_is_nobodys(make: Make) -> None:
    """There is no reply to an ACK; one that comes does not disturb the transaction."""
    server = make(PLAIN)
    [sent] = start(server)
    ended = server.receive(answer(sent, 486))
    assert methods(ended) == ["ACK", "486"]
    server.receive(_changed(answer(sent, 200), "CSeq: 1 INVITE", "CSeq: 1 ACK"))
    assert not [line for line in server.log if "Error:" in line]


def test_two_methods_with_one_branch_are_two_transactions(make: Make) -> None:
    """A client that uses a branch twice does not lose the first of its requests; both are absorbed when repeated."""
    server = make(PLAIN)
    server.receive(invite())
    assert methods(server.receive(invite(method="MESSAGE"))) == ["MESSAGE"]
    assert methods(server.receive(invite())) == ["100"]
    assert methods(server.receive(invite(method="MESSAGE"))) == []


def test_two_calls_with_one_branch_are_two_transactions(make: Make) -> None:
    """As in Kamailio, Call-ID and CSeq number tell requests apart too."""
    server = make(PLAIN)
    server.receive(invite())
    other = request("INVITE", "sip:bob@127.0.0.1:6000", branch="z9hG4bKcall", call_id="another")
    assert methods(server.receive(other)) == ["100", "INVITE"]


def test_a_cancel_of_another_call_with_the_same_branch_cancels_nothing(make: Make) -> None:
    """A CANCEL with another Call-ID is nobody's."""
    server = make(PLAIN)
    [sent] = start(server)
    server.receive(answer(sent, 180))
    other = request("CANCEL", "sip:bob@127.0.0.1:6000", branch="z9hG4bKcall", call_id="another")
    assert server.receive(other) == []
    assert methods(server.receive(answer(sent, 200))) == ["200"]


@pytest.mark.parametrize("count", [1, 50])
def test_repeated_negative_replies_are_acknowledged_and_not_sent_up(make: Make, count: int) -> None:
    """However often it comes (RFC 3261 17.1.1.2)."""
    server = make(PLAIN)
    [sent] = start(server)
    server.receive(answer(sent, 486))
    for _ in range(count):
        assert methods(server.receive(answer(sent, 486))) == ["ACK"]
    assert len(store_of(server)) == 1
