"""Timers and the blocks that they run, as parameters write them."""

from __future__ import annotations

from dataclasses import dataclass, field

from kahea.api import parse_params

_UNITS = {"u": 1e-6, "ms": 1e-3}


@dataclass
class Schedule:
    """A timer.

    Args:
        name: in lower case.
        interval: seconds between two runs.
        workers: how often its blocks run each time, each with a number of its own.
        routes: the blocks that it runs, in order.
    """

    name: str
    interval: float
    workers: int = 1
    routes: list[str] = field(default_factory=list)


def read_timer(text: str, default_interval: int) -> Schedule:
    """Read a parameter `timer`, such as ``name=ta;interval=10;mode=1``.

    Args:
        text: the parameter.
        default_interval: seconds, for a timer without an interval.

    Raises:
        ValueError: with the reason.
    """
    values = parse_params(f";{text}")
    unknown = values.keys() - {"name", "interval", "mode"}
    name = values.get("name")
    if not name or unknown:
        raise ValueError(f'write "name=x;interval=10;mode=1", not "{text}"')
    mode = _number(values.get("mode") or "0", "mode")
    return Schedule(name.lower(), _interval(values.get("interval") or "0") or float(default_interval), max(mode, 1))


def read_exec(text: str) -> tuple[str, str]:
    """Read a parameter `exec`, such as ``timer=ta;route=CLEAN``, as the timer's and the block's names.

    Raises:
        ValueError: with the reason.
    """
    values = parse_params(f";{text}")
    timer, route = values.get("timer"), values.get("route")
    if not timer or not route:
        raise ValueError(f'write "timer=x;route=NAME", not "{text}"')
    return timer.lower(), route


def read_schedules(timers: list[str], execs: list[str], default_interval: int) -> dict[str, Schedule]:
    """Read all timers and what they run.

    As in Kamailio, of the blocks of a timer the one written last runs first.

    Raises:
        ValueError: with the reason.
    """
    schedules: dict[str, Schedule] = {}
    for text in timers:
        schedule = read_timer(text, default_interval)
        if schedule.name in schedules:
            raise ValueError(f"there are two timers {schedule.name}")
        schedules[schedule.name] = schedule
    for text in execs:
        timer, route = read_exec(text)
        if timer not in schedules:
            raise ValueError(f"there is no timer {timer}")
        schedules[timer].routes.insert(0, route)
    return schedules


def _interval(text: str) -> float:
    text = text.lower()
    for unit, seconds in _UNITS.items():
        if text.endswith(unit):
            return _number(text.removesuffix(unit), "interval") * seconds
    return float(_number(text, "interval"))


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f'{what} is a number, not "{text}"')
    return int(text)
