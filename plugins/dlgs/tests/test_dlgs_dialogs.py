"""States and filters, as Kamailio's documentation of dlgs describes them."""

from __future__ import annotations

import pytest
from kahea_dlgs.dialogs import BadFilter, Dialog, Filter, Lifetimes, State, after_reply, after_request

S = State


@pytest.mark.parametrize(
    ("method", "changes"),
    [
        ("ACK", {S.ANSWERED: S.CONFIRMED}),
        ("CANCEL", {S.INIT: S.NOTANSWERED, S.PROGRESS: S.NOTANSWERED}),
        ("BYE", {S.ANSWERED: S.TERMINATED, S.CONFIRMED: S.TERMINATED}),
        ("INVITE", {}),
        ("INFO", {}),
    ],
)
def test_requests(method: str, changes: dict[State, State]) -> None:
    """ACK confirms what was answered, CANCEL ends what was not, BYE ends what was."""
    assert {state: after for state in S if (after := after_request(state, method)) is not None} == changes


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (100, {S.INIT: S.PROGRESS}),
        (183, {S.INIT: S.PROGRESS}),
        (200, {S.INIT: S.ANSWERED, S.PROGRESS: S.ANSWERED}),
        (302, {S.INIT: S.NOTANSWERED, S.PROGRESS: S.NOTANSWERED}),
        (486, {S.INIT: S.NOTANSWERED, S.PROGRESS: S.NOTANSWERED}),
    ],
)
def test_replies(status: int, changes: dict[State, State]) -> None:
    """The first final reply decides; later ones change nothing."""
    assert {state: after for state in S if (after := after_reply(state, status)) is not None} == changes


def dialog(src: str = "sip:alice@a", dst: str = "sip:bob@b", data: str = "x") -> Dialog:
    """A dialog."""
    return Dialog("call", "from", "", "z9hG4bK1", "ruid", src, dst, data, 1000)


@pytest.mark.parametrize(
    ("words", "matches"),
    [
        (("src", "eq", "sip:alice@a"), True),
        (("src", "eq", "sip:ALICE@a"), False),
        (("SRC", "NE", "sip:alice@a"), False),
        (("dst", "sw", "sip:bob"), True),
        (("dst", "sw", "bob"), False),
        (("dst", "re", "BOB@[a-c]$"), True),
        (("data", "fm", "[xyz]"), True),
        (("data", "fm", "y*"), False),
        (("any", "sw", "sip:alice"), True),
    ],
)
def test_filters(words: tuple[str, str, str], matches: bool) -> None:
    """Equal, not equal, starts with, matches a pattern, matches as file names do."""
    assert Filter(*words).matches(dialog()) is matches


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("who", "eq", "x"), "Invalid Field"),
        (("src", "is", "x"), "Invalid Operator"),
        (("src", "re", "("), "Invalid Matching Value"),
    ],
)
def test_filters_that_are_none(words: tuple[str, str, str], error: str) -> None:
    """The text is the one that Kamailio's commands answer."""
    with pytest.raises(BadFilter, match=error):
        Filter(*words)


def test_lifetimes() -> None:
    """They count from the begin, the answer and the end."""
    lifetimes = Lifetimes(init=180, active=10800, finish=10)
    one = dialog()

    assert one.end_of_life(lifetimes) == 1180
    one.state, one.answered = S.ANSWERED, 1005
    assert one.end_of_life(lifetimes) == 1180
    one.state = S.CONFIRMED
    assert one.end_of_life(lifetimes) == 11805
    one.state, one.finished = S.TERMINATED, 1100
    assert one.end_of_life(lifetimes) == 1110
