"""Workers as a module sees them: marks, owners, messages of modules."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from kahea.server import group as group_module
from kahea.server.group import make_mark

Make = Callable[[int], Any]


def test_marks_name_index_and_generation() -> None:
    """A mark is four letters or digits, another one for each index and each generation."""
    marks = {make_mark(index, generation) for index in (0, 1, 35, 36, 1023) for generation in (0, 1, 35, 36, 1295)}
    assert len(marks) == 25
    assert all(len(mark) == 4 and mark.isalnum() and mark.isascii() for mark in marks)
    assert make_mark(1, 1) == "0101"


def test_owner_of_a_mark(workers: Make) -> None:
    """A mark names a worker that lives; not its predecessor, not a dead one, not what others write."""
    three = workers(3)
    groups = three.groups
    for group in groups:
        assert [group.owner_of(one.mark) for one in groups] == [0, 1, 2]
        for text in ("", "0", "00", "0300", "0001", "zz00", "+100", "0_00", " 100", "\u0661100", "00000", "a4f9"):
            assert group.owner_of(text) is None
    old = groups[1].mark
    three.die(1)
    assert groups[0].owner_of(old) is None
    three.replace(1)

    assert three.groups[1].mark != old
    for group in three.groups:
        assert group.owner_of(old) is None
        assert group.owner_of(three.groups[1].mark) == 1


def test_call_ids_are_spread_and_all_agree(workers: Make) -> None:
    """Each Call-ID has one owner, which a replacement keeps, and the owners have about as many."""
    four = workers(4)
    call_ids = [f"{number}@192.0.2.1" for number in range(4000)]
    owners = {call_id: [group.owns_call(call_id) for group in four.groups] for call_id in call_ids}
    assert all(sum(one) == 1 for one in owners.values())
    shares = Counter(one.index(True) for one in owners.values())
    assert all(850 < shares[index] < 1150 for index in range(4))
    four.die(2)
    four.replace(2)

    assert all([group.owns_call(call_id) for group in four.groups] == one for call_id, one in owners.items())


def test_call_ids_in_bytes_and_text_have_one_owner(workers: Make) -> None:
    """A Call-ID of a message, bytes, and the text that modules see have the same owner, whatever the bytes are."""
    four = workers(4)
    for number in range(100):
        raw = b"caf\xe9\xff%d" % number
        owner = four.groups[0].owner_of_call(raw)
        assert four.groups[owner].owns_call(raw.decode("utf-8", "surrogateescape"))


def test_tell(workers: Make) -> None:
    """What is told arrives at the channel's handler with the sender's index; also at the own one."""
    three = workers(3)
    got: list[tuple[int, bytes]] = []
    three.groups[2].register("a", lambda sender, payload: got.append((sender, payload)))
    assert three.groups[0].tell(2, "a", b"one")
    assert three.groups[0].tell(2, "b", b"nobody has this channel")
    assert three.groups[2].tell(2, "a", b"two")
    three.run()

    assert got == [(2, b"two"), (0, b"one")]
    assert not three.groups[0].tell(3, "a", b"there is none")
    assert not three.groups[0].tell(-1, "a", b"there is none")
    three.die(1)
    assert not three.groups[0].tell(1, "a", b"it is dead")


def test_ask(workers: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer comes back, empty or not; none is None, as are an exception, a dead worker and silence."""
    monkeypatch.setattr(group_module, "ANSWER_TIME", 0.05)
    three = workers(3)
    answers: dict[bytes, bytes | None] = {b"a": b"x" * 100_000, b"b": b"", b"c": None}
    three.groups[1].register("q", lambda sender, payload: answers[payload])
    three.groups[0].register("q", lambda sender, payload: b"own")

    async def ask(index: int, payload: bytes, channel: str = "q") -> bytes | None:
        result: bytes | None = await three.groups[0].ask(index, channel, payload)
        return result

    def run(*questions: Any) -> Any:
        async def gather() -> Any:
            return await asyncio.gather(*questions)

        return three.loop.run_until_complete(gather())

    assert run(ask(1, b"a"), ask(1, b"b"), ask(1, b"c"), ask(0, b"")) == [b"x" * 100_000, b"", None, b"own"]
    assert run(ask(1, b"raises"), ask(2, b"a"), ask(1, b"a", "no such channel"), ask(7, b"a")) == [None] * 4
    assert three.sink.lines[0].startswith("ERROR: <core>: exception in the handler of q")
    three.buses[1].stop()
    assert run(ask(1, b"a")) == [None]
    three.die(2)
    assert run(ask(2, b"a")) == [None]
    assert three.groups[0]._asked == {}


def test_a_late_answer_is_for_nobody(workers: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer after the time limit is passed over, also by a replacement of the worker that asked."""
    monkeypatch.setattr(group_module, "ANSWER_TIME", 0.01)
    two = workers(2)
    two.buses[1].stop()
    future = two.groups[0].ask(1, "q", b"?")
    two.run(0.03)
    assert future.result() is None
    two.die(0)
    two.replace(0)
    two.groups[1].register("q", lambda sender, payload: b"!")
    two.buses[1].start()
    two.run()

    assert two.sink.lines == []
