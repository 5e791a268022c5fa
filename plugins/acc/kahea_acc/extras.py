"""The parameters ``log_extra`` and ``multi_leg_info``: names and the pseudo-variables behind them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from kahea.api import Binder, Run, Value

Read = Callable[[Run], Value]

_NAME: Final = re.compile(r"\s*([^\s=]+)\s*=\s*")
_END: Final = re.compile(r"\s*(;|$)")
_AVP: Final = re.compile(r"\$avp\((?:s:)?([^\s()$]+)\)")

MAX_LEGS: Final = 16
"""Legs of a call that are written at most."""


def parse_extras(text: str, binder: Binder) -> list[tuple[str, Read]]:
    """Read ``name=$pseudo_variable;name=$pseudo_variable``.

    Args:
        text: of the parameter.
        binder: compiles pseudo-variables.

    Raises:
        ValueError: it is written in another way.
    """
    extras = []
    for name, start in _names(text):
        read, end = binder.value_at(text, start)
        _check_end(text, end)
        extras.append((name, read))
    return extras


def parse_legs(text: str, binder: Binder) -> list[tuple[str, list[Read]]]:
    """Read ``name=$avp(a);name=$avp(b)``; each name gets what reads the AVP's values, the newest first."""
    legs = []
    for name, start in _names(text):
        avp = _AVP.match(text, start)
        if avp is None:
            raise ValueError(f'"{name}" is no AVP: write {name}=$avp(NAME)')
        _check_end(text, avp.end())
        legs.append((name, [binder.value(f"$(avp({avp[1]})[{index}])") for index in range(MAX_LEGS)]))
    return legs


def _names(text: str) -> Iterator[tuple[str, int]]:
    """Yield each name and where its pseudo-variable begins."""
    place = 0
    while place < len(text):
        found = _NAME.match(text, place)
        if found is None:
            raise ValueError(f'write name=$pseudo_variable in place of "{text[place:]}"')
        yield found[1], found.end()
        place = _next(text, found.end())


def _next(text: str, place: int) -> int:
    """Return where the next name begins: behind the semicolon outside of parentheses."""
    depth = 0
    for index in range(place, len(text)):
        depth += (text[index] in "({[") - (text[index] in ")}]")
        if text[index] == ";" and depth <= 0:
            return index + 1
    return len(text)


def _check_end(text: str, place: int) -> None:
    if _END.match(text, place) is None:
        raise ValueError(f'write a semicolon in place of "{text[place:]}"')
