"""The module in a server; what it does is what Kamailio's documentation of dlgs says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import LocalSocket, RpcError
from kahea.testing import ServerUnderTest, reply, request

KaheaServer = Callable[..., ServerUnderTest]

pytest.importorskip("kahea_pv")

SCRIPT = """
loadmodule "pv.so"
loadmodule "dlgs.so"
request_route {
    if ($rm == "INVITE") { dlgs_init("$fu", "$tu", "data of $ci"); $SCRIPT } else { dlgs_update(); }
    test_log("$rc");
}
"""


@pytest.fixture
def server(kahea_server: KaheaServer) -> ServerUnderTest:
    """A server that tracks dialogs."""
    return kahea_server(SCRIPT.replace("$SCRIPT", ""))


def send(
    server: ServerUnderTest, method: str, call_id: str = "one", branch: str = "z9hG4bK1", user: str = "alice"
) -> None:
    """Let a request arrive."""
    headers = [
        ("Via", f"SIP/2.0/UDP 127.0.0.1:5999;branch={branch}"),
        ("From", f"<sip:{user}@a>;tag=f"),
        ("To", "<sip:bob@b>"),
        ("Call-ID", call_id),
    ]
    server.receive(request(method, "sip:bob@b", headers))


def answer(server: ServerUnderTest, status: int, call_id: str = "one", method: str = "INVITE") -> None:
    """Let a reply arrive that is sent on."""
    headers = [
        ("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKours"),
        ("Via", "SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bK1"),
        ("From", "<sip:alice@a>;tag=f"),
        ("To", "<sip:bob@b>;tag=t"),
        ("Call-ID", call_id),
    ]
    assert server.receive(reply(status, "Reason", headers, method=method)).statuses == [status]


def states(server: ServerUnderTest) -> list[int]:
    """The states of all records."""
    return [row["state"] for row in server.rpc("dlgs.list")]


def active(server: ServerUnderTest) -> dict[str, int]:
    """The statistics that are not 0."""
    found: dict[str, Any] = server.rpc("dlgs.stats")
    return {name: value for name, value in found["active"].items() if value}


def test_a_call_from_begin_to_end(server: ServerUnderTest) -> None:
    """INVITE, 180, 200, ACK and BYE go through the states, and the records are removed by and by."""
    seen = []
    steps: list[Callable[[], None]] = [
        lambda: send(server, "INVITE"),
        lambda: answer(server, 180),
        lambda: answer(server, 200),
        lambda: send(server, "ACK"),
        lambda: send(server, "BYE"),
    ]
    for step in steps:
        step()
        seen.append((states(server)[0], active(server)))

    assert seen == [
        (0, {"init": 1}),
        (1, {"progress": 1}),
        (2, {"answered": 1}),
        (3, {"confirmed": 1}),
        (4, {"terminated": 1}),
    ]
    server.advance(31)
    assert states(server) == []
    assert active(server) == {}
    assert server.rpc("dlgs.stats")["final"]["terminated"] == 1


def test_a_record(server: ServerUnderTest) -> None:
    """It tells the parties, the identifiers and the times."""
    send(server, "INVITE")
    server.advance(5)
    answer(server, 200)
    (row,) = server.rpc("dlgs.list")
    start = int(server.clock.time()) - 5

    assert row.pop("ruid").startswith("dlgs-")
    assert row == {
        "count": 1,
        "src": "sip:alice@a",
        "dst": "sip:bob@b",
        "data": "data of one",
        "callid": "one",
        "branch": "z9hG4bK1",
        "ftag": "f",
        "ttag": "t",
        "ts_init": start,
        "ts_answer": start + 5,
        "state": 2,
    }
    assert server.rpc("dlgs.briefing") == [
        {"count": 1, "src": "sip:alice@a", "dst": "sip:bob@b", "callid": "one", "branch": "z9hG4bK1", "state": 2}
    ]


def test_counting(server: ServerUnderTest) -> None:
    """Ongoing dialogs are counted by a field, or all of them."""
    for number, user in enumerate(("alice", "alice", "alicia", "carol")):
        send(server, "INVITE", str(number), user=user)
    send(server, "CANCEL", "3")

    def count(*words: str) -> int:
        found: int = server.rpc("dlgs.count", *words)
        return found

    assert count("any", "eq", "*") == 3
    assert count("src", "eq", "sip:alice@a") == 2
    assert count("src", "eq", "sip:carol@a") == 0
    assert count("src", "sw", "sip:ali") == 3
    assert count("src", "ne", "sip:alice@a") == 1
    assert count("src", "re", "ALICIA") == 1
    assert count("src", "fm", "*alic[ei]*") == 3
    assert count("dst", "eq", "sip:bob@b") == 3
    assert count("data", "eq", "data of 1") == 1


def test_counting_in_the_script(kahea_server: KaheaServer) -> None:
    """The number is the result; none is -1, and a filter that is none is -2."""
    server = kahea_server(
        SCRIPT.replace(
            "$SCRIPT",
            'dlgs_count("src", "eq", "$fu"); test_log("$rc"); dlgs_count("src", "eq", "nobody"); test_log("$rc"); '
            'dlgs_count("src", "like", "x"); ',
        )
    )
    send(server, "INVITE", "1")
    send(server, "INVITE", "2")

    assert [line for line in server.logged("ERROR") if line.lstrip("-").isdecimal()] == [
        "1",
        "-1",
        "-2",
        "2",
        "-1",
        "-2",
    ]


def test_tags(kahea_server: KaheaServer) -> None:
    """A tag is counted as often as ongoing dialogs have it."""
    server = kahea_server(
        SCRIPT.replace(
            "$SCRIPT",
            'dlgs_tags_add("t"); dlgs_tags_add("t"); dlgs_tags_add("u"); dlgs_tags_rm("u"); dlgs_tags_rm("none"); '
            'test_log("rm $rc"); dlgs_tags_add(""); test_log("empty $rc"); dlgs_tags_count("u"); test_log("u $rc"); '
            'dlgs_tags_count("t"); test_log("t $rc");',
        )
    )
    send(server, "INVITE", "1")
    send(server, "INVITE", "2")
    send(server, "CANCEL", "1")
    send(server, "INVITE", "3")

    lines = [line for line in server.logged("ERROR") if " " in line]
    assert lines == [
        *("rm 1", "empty -1", "u -1", "t 2"),
        *("rm 1", "empty -1", "u -1", "t 4"),
        *("rm 1", "empty -1", "u -1", "t 4"),
    ]


def test_tags_without_a_dialog(kahea_server: KaheaServer) -> None:
    """There is nothing to tag."""
    server = kahea_server(
        'loadmodule "dlgs.so"\n'
        'request_route { dlgs_tags_add("t"); test_log("$rc"); dlgs_tags_rm("t"); test_log("$rc"); }'
    )
    send(server, "OPTIONS")

    assert server.logged("ERROR") == ["-1", "-1"]


def test_a_further_attempt_after_a_failed_one(server: ServerUnderTest) -> None:
    """Another branch of the same Call-ID begins anew once the first is over, and not before."""
    send(server, "INVITE", branch="z9hG4bK1")
    send(server, "INVITE", branch="z9hG4bK2")
    assert states(server) == [0]

    answer(server, 486)
    send(server, "INVITE", branch="z9hG4bK1")
    assert states(server) == [5]

    send(server, "INVITE", branch="z9hG4bK2")
    assert sorted(states(server)) == [0, 5]
    answer(server, 200)
    assert sorted(states(server)) == [2, 5]
    assert active(server) == {"answered": 1, "notanswered": 1}


def test_replies_to_other_requests_change_nothing(server: ServerUnderTest) -> None:
    """Only those to INVITE do."""
    send(server, "INVITE")
    answer(server, 200, method="OPTIONS")

    assert states(server) == [0]


def test_a_call_that_nobody_ends(server: ServerUnderTest) -> None:
    """It is removed after its lifetime, and is not ongoing any more."""
    send(server, "INVITE", "lost")
    send(server, "INVITE", "found")
    answer(server, 200, "found")
    send(server, "ACK", "found")

    server.advance(240)
    assert [row["callid"] for row in server.rpc("dlgs.list")] == ["found"]
    assert server.rpc("dlgs.count", "any", "eq", "") == server.rpc("dlgs.count", "dst", "eq", "sip:bob@b") == 1
    server.advance(10800)
    assert server.rpc("dlgs.list") == []
    assert server.rpc("dlgs.stats")["final"]["init"] == server.rpc("dlgs.stats")["final"]["confirmed"] == 1


def test_getting_records(server: ServerUnderTest) -> None:
    """One or all of those that are meant, whatever their state."""
    for number in range(3):
        send(server, "INVITE", str(number))
    send(server, "CANCEL", "2")

    assert [row["count"] for row in server.rpc("dlgs.getall", "src", "eq", "sip:alice@a")] == [1, 2, 3]
    assert len(server.rpc("dlgs.get", "src", "eq", "sip:alice@a")) == 1
    assert server.rpc("dlgs.get", "src", "eq", "nobody") == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("src", "eq"), "Invalid Parameters"),
        (("who", "eq", "x"), "Invalid Field"),
        (("src", "is", "x"), "Invalid Operator"),
        (("src", "re", "("), "Invalid Matching Value"),
    ],
)
def test_commands_that_cannot_be_understood(server: ServerUnderTest, words: tuple[str, ...], reason: str) -> None:
    """The reason is Kamailio's."""
    with pytest.raises(RpcError, match=reason):
        server.rpc("dlgs.getall", *words)
    with pytest.raises(RpcError, match=r"Invalid Parameters|Error counting dialogs"):
        server.rpc("dlgs.count", *words)


def test_an_invite_that_is_no_dialog(kahea_server: KaheaServer) -> None:
    """Without a From-tag or a branch there is nothing to track, and the function is true all the same."""
    server = kahea_server(SCRIPT.replace("$SCRIPT", ""), sockets=[LocalSocket("udp", "127.0.0.1", 5060)])
    server.receive(request("INVITE", headers=[("From", "<sip:alice@a>"), ("To", "<sip:bob@b>")]))

    assert server.logged("ERROR")[-1] == "1"
    assert server.rpc("dlgs.list") == []
