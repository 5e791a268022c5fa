"""The workers of a server that has several, as each of them sees the others."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import struct
import time
import traceback
from collections.abc import Awaitable
from functools import partial
from typing import Final

from kahea.logs import Logger
from kahea.modules.workers import Handler
from kahea.server.bus import Bus, Kind
from kahea.server.processes import ProcessTable

ANSWER_TIME: Final = 2.0
"""Seconds that `Group.ask` waits for an answer."""

MARK_SIZE: Final = 4
"""Characters of a mark."""

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_GENERATIONS: Final = len(_DIGITS) ** 2

_ASKED: Final = struct.Struct("=Q")
_ANSWER: Final = struct.Struct("=Q?")
"""Which question, and whether there is an answer."""


def make_mark(index: int, generation: int) -> str:
    """Return the mark of a worker: two digits of the base 36 for its index, two for its generation."""
    return "".join(_DIGITS[one // 36 % 36] + _DIGITS[one % 36] for one in (index, generation % _GENERATIONS))


class Group:
    """The `kahea.modules.workers.Workers` of a server that has several.

    Made before the workers are, so that all have one secret; each calls `start`.

    Args:
        count: number of workers.
        log: takes what a handler raised.
        end_of_batch: of this worker; set by `start`.
    """

    def __init__(self, count: int, log: Logger) -> None:
        self.index = 0
        self.count = count
        self.generation = 0
        self.mark = make_mark(0, 0)
        self.owns_transactions = False
        self._log = log
        self._secret = os.urandom(16)
        self._slots = {make_mark(index, 0)[:2]: index for index in range(count)}
        self._marks = [(0, make_mark(index, 0)) for index in range(count)]
        self._handlers: dict[str, Handler] = {}
        self._asked: dict[int, tuple[int, asyncio.Future[bytes | None]]] = {}
        self._numbers = itertools.count()
        self._loop: asyncio.AbstractEventLoop
        self._bus: Bus
        self._table: ProcessTable

    def start(
        self, index: int, generation: int, loop: asyncio.AbstractEventLoop, bus: Bus, table: ProcessTable
    ) -> None:
        """Become one of the workers.

        Args:
            index: which.
            generation: how many had that index before.
            loop: the worker's.
            bus: leads to the others.
            table: tells who lives.
        """
        self.index = index
        self.generation = generation
        self.mark = make_mark(index, generation)
        self._loop, self._bus, self._table = loop, bus, table
        # A predecessor's questions must not be answered to us.
        self._numbers = itertools.count(time.monotonic_ns())
        bus.handlers[Kind.TELL] = self._told
        bus.handlers[Kind.ASK] = self._asked_by
        bus.handlers[Kind.ANSWER] = self._answered

    # --- ownership -------------------------------------------------------------------------------

    def own_transactions(self) -> None:
        """Ask for the hand-over."""
        self.owns_transactions = True

    def owner_of(self, mark: str) -> int | None:
        """Return the index of the worker that a mark names, ``None`` when it is no mark of a worker that lives."""
        index = self._slots.get(mark[:2])
        if index is None:
            return None
        if index == self.index:
            return index if mark == self.mark else None
        table = self._table
        if not table.pid(index + 1):
            return None
        generation, expected = self._marks[index]
        now = table.generation(index + 1)
        if now != generation:
            expected = make_mark(index, now)
            self._marks[index] = now, expected
        return index if mark == expected else None

    def owner_of_call(self, call_id: bytes) -> int:
        """Return the index of the worker that handles the requests with a Call-ID.

        The index of a dead worker too: its replacement has it.
        """
        # Python's hash of bytes is a keyed one (SipHash) whose key is the same after a fork. The secret stands
        # before because PYTHONHASHSEED may give that key away. blake2b, keyed, takes six times as long.
        return hash(self._secret + call_id) % self.count

    def owns_call(self, call_id: str) -> bool:
        """Whether requests with a Call-ID are handled here."""
        return self.owner_of_call(call_id.encode("utf-8", "surrogateescape")) == self.index

    # --- modules' own messages -------------------------------------------------------------------

    def register(self, channel: str, handler: Handler) -> None:
        """Take what other workers send to *channel*."""
        self._handlers[channel] = handler

    def tell(self, index: int, channel: str, payload: bytes) -> bool:
        """Send to a worker; ``False`` when too much waits for it already, or there is none."""
        if index == self.index:
            handler = self._handlers.get(channel)
            if handler is None:
                return False
            handler(index, payload)
            return True
        if not self._is_there(index):
            return False
        return self._bus.send_soon(index, Kind.TELL, _addressed(channel, payload))

    def ask(self, index: int, channel: str, payload: bytes) -> Awaitable[bytes | None]:
        """Send to a worker and wait for its answer; ``None`` when none came within `ANSWER_TIME`."""
        future: asyncio.Future[bytes | None] = self._loop.create_future()
        if index == self.index:
            handler = self._handlers.get(channel)
            future.set_result(None if handler is None else handler(index, payload))
            return future
        number = next(self._numbers)
        record = _ASKED.pack(number) + _addressed(channel, payload)
        if not self._is_there(index) or not self._bus.send_soon(index, Kind.ASK, record):
            future.set_result(None)
            return future
        self._asked[number] = index, future
        limit = self._loop.call_later(ANSWER_TIME, _resolve, future, None)
        future.add_done_callback(partial(self._forget, number, limit))
        return future

    def _is_there(self, index: int) -> bool:
        return 0 <= index < self.count and self._table.pid(index + 1) != 0

    def _forget(self, number: int, limit: asyncio.TimerHandle, _: asyncio.Future[bytes | None]) -> None:
        limit.cancel()
        del self._asked[number]

    def _told(self, sender: int, record: bytes) -> None:
        self._call(sender, record)

    def _asked_by(self, sender: int, record: bytes) -> None:
        number = _ASKED.unpack_from(record)[0]
        answer = self._call(sender, record[_ASKED.size :])
        self._bus.send_soon(sender, Kind.ANSWER, _ANSWER.pack(number, answer is not None) + (answer or b""))

    def _answered(self, sender: int, record: bytes) -> None:
        number, is_there = _ANSWER.unpack_from(record)
        asked, future = self._asked.get(number, (-1, None))
        if asked == sender and future is not None:
            _resolve(future, record[_ANSWER.size :] if is_there else None)

    def _call(self, sender: int, record: bytes) -> bytes | None:
        """Call a handler; what it raises is logged."""
        size = record[0]
        channel = record[1 : 1 + size].decode()
        handler = self._handlers.get(channel)
        if handler is None:
            return None
        try:
            return handler(sender, record[1 + size :])
        except Exception:
            self._log.error(f"exception in the handler of {channel}\n{traceback.format_exc().rstrip()}")
            return None


def _addressed(channel: str, payload: bytes) -> bytes:
    name = channel.encode()
    return bytes((len(name),)) + name + payload


def _resolve(future: asyncio.Future[bytes | None], result: bytes | None) -> None:
    with contextlib.suppress(asyncio.InvalidStateError):
        future.set_result(result)
