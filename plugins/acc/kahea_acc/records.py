"""The lines that are written about transactions."""

from __future__ import annotations

import time
from typing import Final

from kahea.api import Core, Message, NameAddr, Request, Run, Value

from kahea_acc.extras import Read
from kahea_acc.params import AccParams

ANSWERED: Final = "ACC: transaction answered: "
MISSED: Final = "ACC: call missed: "
ACKNOWLEDGED: Final = "ACC: request acknowledged: "
REQUESTED: Final = "ACC: request accounted: "


class Records:
    """Writes lines.

    Args:
        core: the server.
        params: of the module.
        extras: what `log_extra` adds.
        legs: what `multi_leg_info` adds.
    """

    def __init__(
        self,
        core: Core,
        params: AccParams,
        extras: list[tuple[str, Read]],
        legs: list[tuple[str, list[Read]]],
    ) -> None:
        self._core = core
        self._params = params
        self._extras = extras
        self._legs = legs

    @property
    def wanted(self) -> bool:
        """Whether the log takes lines at their level."""
        return self._params.log_level <= self._core.log.level

    def write(
        self, what: str, run: Run, to: NameAddr | None, code: str, reason: str, *, to_tag: str = "", swap: bool = False
    ) -> None:
        """Write a line.

        Args:
            what: how it begins.
            run: for the pseudo-variables; its message is what the line is about.
            to: To of the reply, or of the request.
            code: status code, "" for none.
            reason: reason phrase.
            to_tag: that the reply has, where *to* has none.
            swap: let From and To change places.
        """
        msg = run.msg
        sender = msg.from_
        if swap:
            sender, to = to, sender
        values: list[tuple[str, Value]] = [
            ("method", msg.method if msg.cseq is None else msg.cseq.method),
            ("from_tag", _tag(sender)),
            ("to_tag", _tag(to) or to_tag),
            ("call_id", msg.call_id),
            ("code", code),
            ("reason", reason),
            *((name, read(run)) for name, read in self._extras),
            *self._of_legs(run),
        ]
        text = "".join(f";{name}={'' if value is None else value}" for name, value in values)
        self._core.log.write(self._params.log_level, f"{what}{self._time()}{text}", "acc", self._params.log_facility)

    def _of_legs(self, run: Run) -> list[tuple[str, Value]]:
        """Return the values of all legs, at least of one."""
        rows: list[list[tuple[str, Value]]] = []
        for readers in zip(*(reads for _, reads in self._legs), strict=True):
            row = [(name, read(run)) for (name, _), read in zip(self._legs, readers, strict=True)]
            if rows and all(value is None for _, value in row):
                break
            rows.append(row)
        return [value for row in rows for value in row]

    def _time(self) -> str:
        params, now = self._params, self._core.clock.time()
        seconds = int(now)
        match params.time_mode:
            case 1:
                more = f";{params.time_exten}={int((now - seconds) * 1_000_000)}"
            case 2:
                more = f";{params.time_attr}={now:.3f}"
            case 3 | 4:
                parts = time.localtime(seconds) if params.time_mode == 3 else time.gmtime(seconds)
                more = f";{params.time_attr}={time.strftime(params.time_format, parts)}"
            case _:
                more = ""
        return f"timestamp={seconds}{more}"


def _tag(address: NameAddr | None) -> str:
    return "" if address is None else address.tag


def reason_header(msg: Message) -> str | None:
    """Return the value of the first Reason header, ``None`` without one."""
    value = msg.header("Reason")
    return None if value is None else value.strip()


def comment(text: str) -> tuple[str, str]:
    """Take ``404 Not found`` apart; the code is "" where the text does not begin with three digits."""
    digits = text[:3]
    if len(digits) == 3 and digits.isascii() and digits.isdecimal():
        return digits, text[3:].lstrip()
    return "", text


def of_request(msg: Request, uri: str) -> Request:
    """Return a copy of a request that is aimed at a URI."""
    copy = msg.copy()
    copy.uri = uri
    return copy
