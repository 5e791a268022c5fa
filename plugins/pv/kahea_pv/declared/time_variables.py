"""Pseudo-variables of time."""

from __future__ import annotations

import time
from collections.abc import Callable

from kahea.api import Access, Binder, Core, Message, Module, PvSpec, Run, pvar, pvar_syntax

from kahea_pv.binding import inner_of, key_of, without_index
from kahea_pv.params import PvParams
from kahea_pv.times import TIME_KEYS, VALUE_KEYS, Times, formatted


class TimeVariables(Module[PvParams]):
    """Now, and the time of the message, which stays the same while it is in work."""

    def __init__(self, name: str, params: PvParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.times = Times(core.clock)

    @pvar("Ts")
    def message_seconds(self, msg: Message) -> int:
        """Time of the message, in seconds since 1970."""
        return int(self.times.of(msg))

    @pvar("Tf")
    def message_time(self, msg: Message) -> str:
        """Time of the message, such as ``Mon Nov 23 00:41:52 2026``."""
        return time.ctime(self.times.of(msg))

    @message_time.also
    def _message_time_number(self, msg: Message) -> int:
        return self.message_seconds(msg)

    @pvar("TS")
    def seconds_now(self, msg: Message) -> int:
        """Time now, in seconds since 1970."""
        return int(self.times.now())

    @pvar("TF")
    def time_now(self, msg: Message) -> str:
        """Time now, such as ``Mon Nov 23 00:41:52 2026``."""
        return time.ctime(self.times.now())

    @time_now.also
    def _time_now_number(self, msg: Message) -> int:
        return self.seconds_now(msg)

    @pvar("Tb")
    def start_seconds(self, msg: Message) -> int:
        """Time of the server's start, in seconds since 1970."""
        return self.times.started

    @pvar_syntax("TV")
    def time_value(self, spec: PvSpec, binder: Binder) -> Access:
        """A time with its fraction.

        Keys: ``s`` and ``u``, seconds and microseconds of the message; ``sn``, seconds of now, and ``un``, the
        microseconds of the last ``sn``; ``Sn``, both as
        ``seconds.microseconds``; ``Fn``, as date and time; ``Sm``, nanoseconds of the monotonic clock.
        """
        key = key_of(spec, dict.fromkeys(VALUE_KEYS))
        return Access(spec.text, lambda run: self.times.value(key, run.msg))

    @pvar_syntax("time")
    def local_time(self, spec: PvSpec, binder: Binder) -> Access:
        """A part of the message's local time: sec, min, hour, mday, mon, year, wday (Sunday is 1), yday, isdst."""
        return self._part(spec, time.localtime)

    @pvar_syntax("utime")
    def utc_time(self, spec: PvSpec, binder: Binder) -> Access:
        """A part of the message's time in UTC; keys as ``$time``."""
        return self._part(spec, time.gmtime)

    @pvar_syntax("timef")
    def local_format(self, spec: PvSpec, binder: Binder) -> Access:
        """The message's local time by a pattern of strftime(3): ``$timef(%Y-%m-%d)``."""
        return self._format(spec, time.localtime)

    @pvar_syntax("utimef")
    def utc_format(self, spec: PvSpec, binder: Binder) -> Access:
        """The message's time in UTC by a pattern of strftime(3)."""
        return self._format(spec, time.gmtime)

    def _part(self, spec: PvSpec, split: Callable[[float], time.struct_time]) -> Access:
        part = TIME_KEYS[key_of(spec, TIME_KEYS)]
        return Access(spec.text, lambda run: part(split(self.times.of(run.msg))))

    def _format(self, spec: PvSpec, split: Callable[[float], time.struct_time]) -> Access:
        without_index(spec)
        pattern = inner_of(spec)

        def get(run: Run) -> str | None:
            return formatted(split(self.times.of(run.msg)), pattern)

        return Access(spec.text, get)
