"""Dialogs and how messages change their state; knows nothing of tables."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

import msgspec
from kahea.api import compile_posix


class State(IntEnum):
    """Where a dialog is; the numbers are Kamailio's."""

    INIT = 0
    PROGRESS = 1
    ANSWERED = 2
    CONFIRMED = 3
    TERMINATED = 4
    NOTANSWERED = 5

    @property
    def is_over(self) -> bool:
        """Whether the dialog has ended, or never began."""
        return self >= State.TERMINATED


class Dialog(msgspec.Struct, array_like=True):
    """A dialog, or the attempt to begin one.

    Attributes:
        call_id, from_tag, to_tag: as in SIP; the To-tag is "" until the first answer.
        branch: of the top Via that the INVITE came with.
        ruid: identifies the record.
        src, dst, data: what the script gave.
        state: a `State`.
        started, answered, finished: seconds since 1970; 0 for not yet.
        tags: what the script tagged it with, the newest first.
    """

    call_id: str
    from_tag: str
    to_tag: str
    branch: str
    ruid: str
    src: str
    dst: str
    data: str
    started: int
    state: int = State.INIT
    answered: int = 0
    finished: int = 0
    tags: list[str] = msgspec.field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or never began."""
        return self.state >= State.TERMINATED

    def end_of_life(self, lifetimes: Lifetimes) -> int:
        """Return until when the record is kept, in seconds since 1970."""
        if self.is_over:
            return self.finished + lifetimes.finish
        if self.state == State.CONFIRMED:
            return self.answered + lifetimes.active
        return self.started + lifetimes.init


class Lifetimes(msgspec.Struct, frozen=True):
    """Seconds that records are kept.

    Attributes:
        init: before the dialog is confirmed.
        active: after it was answered.
        finish: after it has ended.
    """

    init: int
    active: int
    finish: int


def after_request(state: int, method: str) -> State | None:
    """Return the state that a request leads to, ``None`` when it changes nothing."""
    match method:
        case "ACK" if state == State.ANSWERED:
            return State.CONFIRMED
        case "CANCEL" if state < State.ANSWERED:
            return State.NOTANSWERED
        case "BYE" if state in (State.ANSWERED, State.CONFIRMED):
            return State.TERMINATED
    return None


def after_reply(state: int, status: int) -> State | None:
    """Return the state that a reply to INVITE leads to, ``None`` when it changes nothing."""
    if status < 200:
        return State.PROGRESS if state == State.INIT else None
    if state not in (State.INIT, State.PROGRESS):
        return None
    return State.ANSWERED if status < 300 else State.NOTANSWERED


FIELDS: Final[dict[str, Callable[[Dialog], str]]] = {
    "any": lambda dialog: dialog.src,
    "src": lambda dialog: dialog.src,
    "dst": lambda dialog: dialog.dst,
    "data": lambda dialog: dialog.data,
}
"""What dialogs are compared by; as in Kamailio *any* compares *src* where there is something to compare."""


class BadFilter(ValueError):  # noqa: N818
    """A filter that cannot be understood; the text is the one that Kamailio's commands answer."""


class Filter:
    """Compares a field of dialogs with a text.

    Args:
        field: *any*, *src*, *dst* or *data*.
        operator: *eq* equal, *ne* not equal, *re* matches the pattern, *sw* starts with, *fm* matches as file names do.
        text: the text.

    Raises:
        BadFilter: another field or operator, or no pattern.
    """

    def __init__(self, field: str, operator: str, text: str) -> None:
        self.field = field.lower()
        self.operator = operator.lower()
        self.text = text
        if self.field not in FIELDS:
            raise BadFilter("Invalid Field")
        self._read = FIELDS[self.field]
        self._matches = _comparison(self.operator, text)

    def matches(self, dialog: Dialog) -> bool:
        """Whether a dialog is one of those that are meant."""
        return self._matches(self._read(dialog))


@lru_cache(maxsize=256)
def _comparison(operator: str, text: str) -> Callable[[str], bool]:
    match operator:
        case "eq":
            return text.__eq__
        case "ne":
            return text.__ne__
        case "sw":
            return lambda value: value.startswith(text)
        case "fm":
            return lambda value: fnmatchcase(value, text)
        case "re":
            try:
                pattern = compile_posix(text, newline=True)
            except ValueError:
                raise BadFilter("Invalid Matching Value") from None
            return lambda value: pattern.search(value) is not None
    raise BadFilter("Invalid Operator")
