"""RPC commands, what is counted, and who is told what becomes of transactions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.api import RpcError
from kahea.testing import ServerUnderTest
from kahea_tm.writing import Append, parse_append

StartServer = Callable[..., ServerUnderTest]

SCRIPT = """
loadmodule "sl"
loadmodule "tm"
request_route {
    if (method == "ACK") {
        t_check_trans();
        exit;
    }
    if (method == "INVITE") {
        t_newtran();
        t_reply("180", "Ringing");
        exit;
    }
    t_relay();
}
event_route[tm:local-ack-sent] {
    test_log("an ACK was sent");
}
"""

FROM_TO = "From: <sip:a@127.0.0.1>\r\nTo: <sip:b@127.0.0.1>\r\n"


def request(method: str, branch: str = "") -> str:
    """Return a request; an ACK has the branch of its INVITE."""
    return (
        f"{method} sip:bob@127.0.0.1:6000 SIP/2.0\n"
        f"Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK{branch or method}\n"
        "From: <sip:alice@example.com>;tag=1\nTo: <sip:bob@example.com>\n"
        f"Call-ID: call-1\nCSeq: 1 {method}\nMax-Forwards: 70\nContent-Length: 0\n\n"
    )


def test_statistics_balance(kahea_server: StartServer) -> None:
    """All transactions that were made are there, wait to be forgotten, or have gone."""
    server = kahea_server(SCRIPT)
    server.receive(request("INVITE"))
    server.receive(request("MESSAGE"))
    told = server.rpc("tm.stats")
    assert (told["current"], told["waiting"], told["total"], told["total_local"]) == (2, 0, 2, 0)

    server.rpc("tm.reply_callid", 486, "Busy", "call-1", "1", "tag", "", "")
    server.receive(request("ACK", "INVITE"))
    told = server.rpc("tm.stats")
    assert (told["current"], told["waiting"], told["4xx"]) == (2, 1, 1)

    server.advance(60)
    told = server.rpc("tm.stats")
    assert (told["current"], told["waiting"], told["created"], told["freed"]) == (0, 0, 2, 2)


def test_an_operator_answers_with_tag_headers_and_body(kahea_server: StartServer) -> None:
    """A reply has what the command gives it, and the next one nothing of it."""
    server = kahea_server(SCRIPT)
    server.receive(request("INVITE"))
    before = len(server.sent)
    server.rpc("tm.reply_callid", 183, "Going", "call-1", "1", "mine", "X-A: 1\r\nContent-Type: a/b\r\n", "body")
    server.rpc("tm.reply_callid", 182, "Queued", "call-1", "1", "mine", "", "")
    first, second = (sent.text for sent in server.sent[before:])

    assert first.startswith("SIP/2.0 183 Going\r\n")
    assert "To: <sip:bob@example.com>;tag=mine\r\n" in first
    assert "CSeq: 1 INVITE\r\nX-A: 1\r\nContent-Type: a/b\r\n" in first
    assert first.endswith("Content-Length: 4\r\n\r\nbody")
    assert "X-A" not in second
    assert second.endswith("Content-Length: 0\r\n\r\n")


def test_a_transaction_of_nobody_is_refused(kahea_server: StartServer) -> None:
    """An identifier that leads nowhere is an error, whatever worker it names."""
    server = kahea_server(SCRIPT)
    with pytest.raises(RpcError, match="No such transaction"):
        server.rpc("tm.reply", 486, "Busy", "1:1", "tag", "", "")
    with pytest.raises(RpcError, match="No such transaction"):
        server.rpc("tm.reply", 486, "Busy", f"{99 << 16}:1", "tag", "", "")
    with pytest.raises(RpcError, match="Invalid transaction ID"):
        server.rpc("tm.retransmit_reply", "1")


def test_the_2xx_to_an_invite_of_our_own_gets_its_ack(kahea_server: StartServer) -> None:
    """The ACK is sent at once and an event route told, or not at all if the operator says so."""
    server = kahea_server(SCRIPT)
    for command, acks in (("tm.t_uac_start", ["ACK"]), ("tm.t_uac_start_noack", [])):
        before = len(server.sent)
        server.rpc(command, "INVITE", "sip:bob@127.0.0.1:6000", ".", ".", FROM_TO, "")
        (invite,) = server.sent[before:]
        kept = [line for line in invite.text.split("\r\n") if line.startswith(("Via", "From", "To", "Call-ID", "CSeq"))]
        reply = "\r\n".join(["SIP/2.0 200 OK", *kept, "Contact: <sip:bob@127.0.0.1:6000>", "Content-Length: 0", "", ""])
        answers = server.receive(reply, source=("127.0.0.1", 6000))
        assert [one.method for one in answers.requests] == acks
    assert [line.endswith("an ACK was sent") for line in server.log if "ACK" in line] == [True]


def test_what_is_added_to_written_requests() -> None:
    """``tw_append`` names AVPs, headers and the body; anything else is refused."""
    assert parse_append("More: a=avp[s:x] ; hdr[User-Agent];msg[body]") == (
        "more",
        Append((("a", "avp", "x"), ("User-Agent", "hdr", "User-Agent")), body=True),
    )
    for text in ("more", "more:", "more:x", "more:a=x[b]", "more:msg[head]", ":avp[x]"):
        with pytest.raises(ValueError, match="in place of"):
            parse_append(text)


def test_a_parameter_changes_while_the_server_runs(kahea_server: StartServer) -> None:
    """A timer that is changed holds for the transactions that begin then."""
    pytest.importorskip("kahea_cfg_rpc")
    server = kahea_server('loadmodule "cfg_rpc"\n' + SCRIPT)
    server.rpc("cfg.set_now_int", "tm", "fr_timer", 1000)
    server.receive(request("MESSAGE"))

    assert server.advance(1.5).statuses == [408]
