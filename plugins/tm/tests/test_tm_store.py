"""How requests and replies find their transaction."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.api import LocalSocket, Request, Source, parse_message
from kahea.testing import reply, request
from kahea_tm.store import Store, Tokens
from kahea_tm.transaction import Branch, Transaction

SOURCE = Source(LocalSocket("udp", "127.0.0.1", 5060), "127.0.0.1", 5080)
URI = "sip:bob@127.0.0.1"


def _parsed(data: bytes) -> Any:
    return parse_message(data, SOURCE)


def _request(method: str, branch: str = "z9hG4bKa", **headers: str) -> Request:
    sender = {"From": "<sip:alice@127.0.0.1>;tag=a", **headers}
    found: Request = _parsed(request(method, URI, sender, branch=branch, call_id="call"))
    return found


def _store(method: str = "INVITE", branch: str = "z9hG4bKa") -> tuple[Store, Transaction]:
    store = Store("m1", 3)
    transaction = store.new(_request(method, branch), method)
    transaction.branches = [Branch(index, URI) for index in range(12)]
    return store, transaction


# "1" is the branch of a client older than RFC 3261, which is found by section 17.2.3's other rule
@pytest.mark.parametrize("branch", ["z9hG4bKa", "1", "z9hG4bK"])
def test_a_repeated_request_finds_its_transaction(branch: str) -> None:
    """By branch and sent-by, or by what a client older than RFC 3261 repeats; its ACK and CANCEL do too."""
    store, transaction = _store(branch=branch)
    assert store.of_request(_request("INVITE", branch)) is transaction
    assert store.of_request(_request("ACK", branch)) is transaction
    assert store.of_cancel(_request("CANCEL", branch)) is transaction
    assert store.of_request(_request("CANCEL", branch)) is None


@pytest.mark.parametrize(
    "other",
    [
        _request("INVITE", "z9hG4bKother"),
        _request("INVITE", Via="SIP/2.0/UDP 127.0.0.2:5999;branch=z9hG4bKa"),
        _request("INVITE", Via="SIP/2.0/UDP 127.0.0.1:6000;branch=z9hG4bKa"),
        _request("INVITE", **{"Call-ID": "another"}),
        _request("INVITE", CSeq="2 INVITE"),
        _request("OPTIONS"),
    ],
)
def test_another_request_finds_nothing(other: Request) -> None:
    """Branch, sent-by, method (RFC 3261 17.2.3), and as in Kamailio Call-ID and CSeq number."""
    store, _ = _store()
    assert store.of_request(other) is None


@pytest.mark.parametrize("changed", [{"From": "<sip:x@y>;tag=b"}, {"Call-ID": "b"}, {"CSeq": "2 INVITE"}])
def test_a_request_of_another_old_client_finds_nothing(changed: dict[str, str]) -> None:
    """From-tag, Call-ID and CSeq tell them apart."""
    store, _ = _store(branch="1")
    assert store.of_request(_request("INVITE", "1", **changed)) is None


def _reply_to(store: Store, transaction: Transaction, suffix: str, method: str = "INVITE") -> Any:
    value = store.branch_value(transaction, 0).removesuffix(".0") + suffix
    vias = [("Via", f"SIP/2.0/UDP 127.0.0.1:5060;branch={value}"), ("Via", "SIP/2.0/UDP 127.0.0.1:5999;branch=x")]
    return _parsed(reply(180, "Ringing", vias, method=method))


@pytest.mark.parametrize("index", [0, 9, 11])
def test_a_reply_finds_its_branch(index: int) -> None:
    """By the branch of our Via."""
    store, transaction = _store()
    assert store.of_reply(_reply_to(store, transaction, f".{index}")) == (transaction, transaction.branches[index])


@pytest.mark.parametrize("suffix", [".12", ".99999", f".{'9' * 5000}", ".-1", ".", "", ".0x1", ".1.1", "x.0"])
def test_a_reply_with_another_branch_finds_nothing(suffix: str) -> None:
    """However it is written."""
    store, transaction = _store()
    assert store.of_reply(_reply_to(store, transaction, suffix)) is None


def test_a_reply_finds_its_transaction_by_method_too() -> None:
    """Only the reply to a CANCEL of ours has another method than the INVITE (RFC 3261 17.1.3)."""
    store, transaction = _store()
    assert store.of_reply(_reply_to(store, transaction, ".0", "BYE")) is None
    assert store.of_reply(_reply_to(store, transaction, ".0", "CANCEL")) is not None
    other, message = _store("MESSAGE")
    assert other.of_reply(_reply_to(other, message, ".0", "CANCEL")) is None


def test_a_reply_for_another_worker_finds_nothing() -> None:
    """The worker's mark stands before the token, and that of a worker that died is nobody's."""
    store, transaction = _store()
    found = _reply_to(store, transaction, ".0")
    assert Store("m2", 3).of_reply(found) is None
    assert store.branch_value(transaction, 0).startswith("z9hG4bKm1")


def test_a_transaction_is_found_by_what_scripts_call_it() -> None:
    """By index and label, and by Call-ID and CSeq number; the index tells the worker."""
    store, transaction = _store()
    assert transaction.index >> 16 == 3
    assert store.by_id(transaction.index, transaction.label) is transaction
    assert store.by_call("call", 1) is transaction
    assert store.by_call("call", 2) is None
    assert store.by_call("other", 1) is None


def test_nothing_is_left_of_a_transaction_that_was_removed() -> None:
    """Neither of it nor of the ACK that it expected; others of its call stay."""
    store, first = _store()
    second = store.new(_request("MESSAGE"), "MESSAGE")
    store.expect_ack(first)
    assert store.of_ack(_request("ACK", "z9hG4bKack")) is first
    store.remove(first)
    assert store.of_request(_request("INVITE")) is None
    assert store.of_ack(_request("ACK", "z9hG4bKack")) is None
    assert list(store) == [second]
    store.remove(second)
    tables = {name: value for name, value in vars(store).items() if isinstance(value, dict)}
    assert tables
    assert not any(tables.values())


def test_tokens_do_not_repeat() -> None:
    """They are taken from the system's random numbers, piece by piece."""
    tokens = Tokens()
    made = {tokens.next() for _ in range(5000)}
    assert len(made) == 5000
    assert {len(token) for token in made} == {16}
