"""Handing messages over to their owners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kahea.server import bus as bus_module
from kahea.server.handover import HandOver, reply_mark, request_call_id
from kahea.sip.endpoints import LocalSocket, Source

Make = Callable[[int], Any]

UDP = LocalSocket("udp", "127.0.0.1", 5060, index=0)
TCP = LocalSocket("tcp", "127.0.0.1", 5060, index=1)
PEER = Source(UDP, "192.0.2.9", 5999)


def request(call_id: str, method: str = "INVITE", name: str = "Call-ID: ", body: str = "") -> bytes:
    """A request."""
    return (
        f"{method} sip:b@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5999;branch=z9hG4bKabc\r\n"
        f"From: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\n{name}{call_id}\r\nCSeq: 1 {method}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def reply(branch: str, via: str = "Via: ") -> bytes:
    """A reply."""
    return (
        f"SIP/2.0 200 OK\r\n{via}SIP/2.0/UDP 127.0.0.1:5060;branch={branch}\r\n"
        "Via: SIP/2.0/UDP 192.0.2.9:5999;branch=z9hG4bK0000\r\n"
        "From: <sip:a@a>;tag=1\r\nTo: <sip:b@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("name", ["Call-ID: ", "i: ", "I:", "call-id : ", "CALL-ID:  ", "Call-ID:\t", "Call-ID: \r\n "])
@pytest.mark.parametrize("end", ["", " ", "\t "])
def test_call_id_of_a_request(name: str, end: str) -> None:
    """It is found in every form that RFC 3261 allows (7.3.1, 7.3.3), without the blanks around it."""
    assert request_call_id(request(f"a1@192.0.2.9{end}", name=name), PEER) == b"a1@192.0.2.9"


def test_call_id_in_a_body_is_none() -> None:
    """What looks like the header but stands in the body is not taken for it."""
    body = "\r\nCall-ID: other\r\n"
    assert request_call_id(request("mine", name="i: ", body=body), PEER) == b"mine"
    assert request_call_id(request("x", name="X: ", body=body), PEER) is None


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\0" * 30, b"GET / HTTP/1.1\r\n\r\n", b"x\r\nCall-ID: a"])
def test_no_request_has_no_call_id(data: bytes) -> None:
    """Keep-alives and garbage name nobody."""
    assert request_call_id(data, PEER) is None
    assert reply_mark(data, PEER) == ""


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise(data: bytes) -> None:
    """Whatever arrives, looking for the owner raises nothing."""
    for start in (b"", b"SIP/2.0 ", b"INVITE sip:a SIP/2.0\r\nCall-ID: ", b"SIP/2.0 200 OK\r\nVia: "):
        request_call_id(start + data, PEER)
        reply_mark(start + data, PEER)


@pytest.mark.parametrize("via", ["Via: ", "v: ", "VIA:", "Via: \r\n "])
def test_mark_of_a_reply(via: str) -> None:
    """The mark is what stands behind the magic cookie in the top Via, never one of another Via."""
    assert reply_mark(reply("z9hG4bK0102rest", via), PEER) == "0102"
    assert reply_mark(reply("z9hG4bK01", via), PEER) in ("01", "01\r\n")
    assert reply_mark(reply("old", via), PEER) == ""
    assert reply_mark(reply("a,SIP/2.0/UDP x;branch=z9hG4bK0102", via), PEER) == ""


class Farm:
    """Workers that hand over; each notes what it handles."""

    def __init__(self, workers: Any) -> None:
        self.workers = workers
        self.handled: list[list[tuple[bytes, Source]]] = []
        self.shed: list[Source] = []
        self.hands: list[HandOver] = []
        for index, group in enumerate(workers.groups):
            self.handled.append([])
            self.hands.append(self._make(index, group))

    def _make(self, index: int, group: Any) -> HandOver:
        handled = self.handled[index]
        hand = HandOver(group, lambda data, source: handled.append((data, source)), self.shed.append)
        hand.start(self.workers.buses[index], [UDP, TCP])
        return hand

    def replace(self, index: int) -> None:
        """Let a worker die and give its place to another one."""
        self.workers.die(index)
        self.workers.replace(index)
        self.hands[index] = self._make(index, self.workers.groups[index])

    def receive(self, index: int, data: bytes, source: Source = PEER) -> None:
        """Let a message arrive at a worker."""
        self.hands[index].receive(data, source)
        self.workers.buses[index].flush()
        self.workers.run()

    def who(self) -> list[int]:
        """Which workers handled something since the last time."""
        who = [index for index, handled in enumerate(self.handled) for _ in handled]
        for handled in self.handled:
            handled.clear()
        return who


def test_all_messages_of_a_call_meet(workers: Make) -> None:
    """Wherever the requests of a Call-ID arrive, in whatever form, they are handled by one worker, once."""
    farm = Farm(workers(4))
    for number in range(8):
        call_id = f"call{number}"
        owner = farm.workers.groups[0].owner_of_call(call_id.encode())
        for index in range(4):
            for data in (request(call_id), request(call_id, "ACK", "i: "), request(call_id, "CANCEL", "CALL-ID:")):
                farm.receive(index, data)
                assert farm.who() == [owner]


def test_a_message_arrives_as_it_was(workers: Make) -> None:
    """The bytes and where they came from are those that the first worker saw."""
    farm = Farm(workers(2))
    call_id = next(text for text in map(str, range(99)) if farm.workers.groups[1].owns_call(text))
    source = Source(TCP, "2001:db8::1", 65535, 5 * 1024)
    data = request(call_id, body="\0\r\n\r\ncaf\u00e9")
    farm.receive(0, data, source)
    ((got, where),) = farm.handled[1]

    assert got == data
    assert where.socket is TCP
    assert (where.ip, where.port, where.connection) == ("2001:db8::1", 65535, 5 * 1024)


def test_replies_go_to_the_worker_that_sent_the_request(workers: Make) -> None:
    """The mark in the branch decides; what it does not name is handled where it arrived."""
    farm = Farm(workers(3))
    for index in range(3):
        for owner in range(3):
            farm.receive(index, reply(f"z9hG4bK{farm.workers.groups[owner].mark}x"))
            assert farm.who() == [owner]
        mark = farm.workers.groups[1].mark
        for start in (b"\r\n\r\n", b" "):
            farm.receive(index, start + reply(f"z9hG4bK{mark}x").replace(b"SIP/2.0 200", b"sip/2.0 200"))
            assert farm.who() == [1]
        for branch in ("z9hG4bKzz00", "z9hG4bK", "z9hG4bK0001", "0", "z9hG4bKab"):
            farm.receive(index, reply(branch))
            assert farm.who() == [index]
    old = farm.workers.groups[1].mark
    farm.workers.die(1)
    farm.receive(0, reply(f"z9hG4bK{old}x"))
    assert farm.who() == [0]
    farm.workers.replace(1)
    farm.receive(0, reply(f"z9hG4bK{old}x"))
    assert farm.who() == [0]


def test_what_was_handed_over_is_not_handed_on(workers: Make) -> None:
    """A reply that is under way when its worker is replaced is handled by the replacement, as any other."""
    farm = Farm(workers(2))
    mark = farm.workers.groups[1].mark
    farm.hands[0].receive(reply(f"z9hG4bK{mark}x"), PEER)
    farm.workers.buses[0].flush()
    farm.replace(1)
    farm.workers.run()

    assert farm.who() == [1]


def test_overload_sheds_new_requests_only(workers: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the owner does not read, UDP requests are dropped; replies, TCP, ACK, CANCEL and BYE are kept."""
    monkeypatch.setattr(bus_module, "SHED_ABOVE", 100_000)
    farm = Farm(workers(2))
    call_id = next(text for text in map(str, range(99)) if farm.workers.groups[1].owns_call(text))
    farm.workers.buses[1].stop()
    taken = 0
    while not farm.shed:
        farm.hands[0].receive(request(call_id, "OPTIONS", body="x" * 1000), PEER)
        farm.workers.buses[0].flush()
        taken += 1
    mark = farm.workers.groups[1].mark
    kept = [
        (request(call_id, "ACK"), PEER),
        (request(call_id, "CANCEL"), PEER),
        (request(call_id, "BYE"), PEER),
        (reply(f"z9hG4bK{mark}x"), PEER),
        (request(call_id), Source(TCP, "192.0.2.9", 5999, 1024)),
    ]
    for data, source in kept:
        farm.hands[0].receive(data, source)
    assert len(farm.shed) == 1
    farm.workers.buses[0].flush()
    farm.workers.buses[1].start()
    farm.workers.run(0.1)

    assert len(farm.handled[1]) == taken - 1 + len(kept)
    assert [data for data, _ in farm.handled[1][taken - 1 :]] == [data for data, _ in kept]
