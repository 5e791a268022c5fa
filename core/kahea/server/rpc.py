"""Carrying out RPC commands where their scope says: here, in the housekeeper, in every worker."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from kahea.logs import Logger
from kahea.modules.rpc import Rpc, RpcError, Scope
from kahea.server.bus import Bus, Kind
from kahea.server.processes import ProcessTable

HOUSEKEEPER: Final = 0
"""The slot whose worker does what only one process may do; a replacement takes over slot and role."""

ANSWER_TIME: Final = 2.0
"""Seconds to wait for another worker's answer."""

CALL_TIME: Final = 30.0
"""Seconds granted to a command that waits for something (a database)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A worker whose answer is not in the result, and why."""

    worker: int
    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a command.

    Attributes:
        result: what the command returned; of ``EACH``, the merged answers, or the list of them, where a worker
            that gave none is an object with ``error``.
        missing: the workers whose answers are not in it.
    """

    result: Any
    missing: Sequence[Missing] = ()


class _Query(msgspec.Struct, tag="q", array_like=True):
    number: int
    deadline: float
    method: str
    params: list[Any]


class _Reply(msgspec.Struct, tag="r", array_like=True):
    number: int
    result: Any = None
    code: int = 0
    reason: str = ""


@dataclass(slots=True)
class _Pending:
    future: asyncio.Future[_Reply]
    worker: int = field(default=0)


class Dispatcher:
    """Calls commands; every worker has one, so that a command may arrive at any of them.

    Args:
        loop: the worker's.
        index: its slot.
        bus: leads to the other workers; ``None`` where there are none.
        table: who lives.
        commands: all commands by name.
        log: takes what a command raised.
        end_of_batch: called after a command, before its answer leaves: what it promises is stored and sent then.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        index: int,
        bus: Bus | None,
        table: ProcessTable,
        commands: Mapping[str, Rpc],
        log: Logger,
        end_of_batch: Callable[[], None] = lambda: None,
    ) -> None:
        self._loop = loop
        self._index = index
        self._table = table
        self.commands = commands
        self._log = log
        self._end_of_batch = end_of_batch
        self._bus = bus
        self._workers = 1
        if bus is not None:
            bus.handlers[Kind.RPC] = self._receive
            self._workers = bus.count
        self._numbers = itertools.count(time.monotonic_ns())
        self._pending: dict[int, _Pending] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(_Query | _Reply)

    def stop(self) -> None:
        """Answer no more."""
        for task in self._tasks:
            task.cancel()

    async def call(self, method: str, params: Sequence[Any] = ()) -> Answer:
        """Carry out a command.

        Args:
            method: ``group.command``.
            params: positional.

        Raises:
            RpcError: no such command, parameters that do not fit, or what the command says.
        """
        command = self.commands.get(method)
        if command is None:
            raise RpcError(500, "Method Not Found")  # code and text as Kamailio's jsonrpcs answers
        if command.scope is Scope.EACH:
            return await self._call_each(command, params)
        if command.scope is Scope.OWNER and self._index != HOUSEKEEPER:
            reply = await self._ask(HOUSEKEEPER, method, params)
            if reply.code:
                raise RpcError(reply.code, reply.reason)
            return Answer(reply.result)
        return Answer(await self._run(command, params))

    async def _call_each(self, command: Rpc, params: Sequence[Any]) -> Answer:
        replies = await asyncio.gather(
            *(self._ask(worker, command.name, params) for worker in range(self._workers)),
        )
        answers = [reply.result for reply in replies if not reply.code]
        missing = [Missing(worker, reply.code, reply.reason) for worker, reply in enumerate(replies) if reply.code]
        if not answers:
            raise RpcError(missing[0].code, missing[0].reason)
        if command.merge is not None:
            return Answer(command.merge(answers), missing)
        rows = [
            {"error": {"code": reply.code, "message": reply.reason}} if reply.code else reply.result
            for reply in replies
        ]
        return Answer(rows, missing)

    async def _ask(self, worker: int, method: str, params: Sequence[Any]) -> _Reply:
        """Return a worker's reply, an error reply if it is dead or does not answer in time."""
        if worker == self._index:
            return await self._reply_to(0, method, params)
        assert self._bus is not None
        if not self._table.pid(worker + 1):
            return _Reply(0, code=503, reason=f"worker {worker} is not running")
        number = next(self._numbers)
        query = _Query(number, time.monotonic() + ANSWER_TIME, method, list(params))
        pending = self._pending[number] = _Pending(self._loop.create_future(), worker)
        try:
            if not self._bus.send_soon(worker, Kind.RPC, self._encoder.encode(query)):
                return _Reply(0, code=503, reason=f"worker {worker} does not take messages")
            return await asyncio.wait_for(pending.future, ANSWER_TIME)
        except TimeoutError:
            return _Reply(0, code=504, reason=f"worker {worker} did not answer within {ANSWER_TIME:g} s")
        finally:
            del self._pending[number]

    async def _reply_to(self, number: int, method: str, params: Sequence[Any]) -> _Reply:
        command = self.commands.get(method)
        try:
            if command is None:
                raise RpcError(500, "Method Not Found")
            return _Reply(number, await self._run(command, params))
        except RpcError as error:
            return _Reply(number, code=error.code, reason=error.reason)

    async def _run(self, command: Rpc, params: Sequence[Any]) -> Any:
        try:
            inspect.signature(command.call).bind(*params)
        except TypeError as error:
            raise RpcError(400, f"Invalid Parameters: {error}") from None
        try:
            result = command.call(*params)
            if inspect.isawaitable(result):
                result = await asyncio.wait_for(result, CALL_TIME)
        except RpcError:
            raise
        except TimeoutError:
            raise RpcError(504, f"not done within {CALL_TIME:g} s") from None
        except Exception as error:
            self._log.error(f"exception in the RPC command {command.name}\n{traceback.format_exc().rstrip()}")
            raise RpcError(500, f"Internal Error: {type(error).__name__}") from None
        finally:
            self._end_of_batch()
        return result

    def _receive(self, sender: int, message: bytes) -> None:
        try:
            content = self._decoder.decode(message)
        except msgspec.DecodeError as error:
            self._log.error(f"message of worker {sender} cannot be read: {error}")
            return
        if isinstance(content, _Reply):
            pending = self._pending.get(content.number)
            if pending is not None and pending.worker == sender and not pending.future.done():
                pending.future.set_result(content)
        elif time.monotonic() < content.deadline:  # the one who asked a late query has given up
            task = self._loop.create_task(self._answer(sender, content))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, sender: int, query: _Query) -> None:
        reply = await self._reply_to(query.number, query.method, query.params)
        assert self._bus is not None
        try:
            message = self._encoder.encode(reply)
        except (TypeError, ValueError) as error:
            message = self._encoder.encode(_Reply(query.number, code=500, reason=f"the answer cannot be sent: {error}"))
        if not self._bus.send_soon(sender, Kind.RPC, message):
            refusal = _Reply(query.number, code=500, reason="the answer is too long")
            self._bus.send_soon(sender, Kind.RPC, self._encoder.encode(refusal))
