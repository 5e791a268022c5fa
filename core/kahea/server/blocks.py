"""Runs route blocks for modules; the engine's `kahea.modules.scripts.Routes`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from inspect import CO_COROUTINE
from typing import TYPE_CHECKING, Any

from kahea.modules.context import Run
from kahea.modules.core import RouteFunction
from kahea.modules.routes import Route
from kahea.modules.scripts import Outcome, Values
from kahea.script.suspension import drive, within
from kahea.sip.message import Message

if TYPE_CHECKING:
    from kahea.server.engine import Engine


def may_wait(function: RouteFunction) -> bool:
    """Whether a compiled block is a coroutine function."""
    code: Any = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & CO_COROUTINE)


class Blocks:
    """Finds and runs the blocks of the engine's program.

    Args:
        engine: whose runs are used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, kind: Route, name: str) -> RouteFunction | None:
        """Return a block, ``None`` if the file has none of that name; see `kahea.modules.scripts.Routes`."""
        program = self._engine.program
        blocks: Mapping[str, RouteFunction]
        match kind:
            case Route.FAILURE:
                blocks = program.failure_routes
            case Route.TM_ONREPLY:
                blocks = program.onreply_routes
            case Route.BRANCH:
                blocks = program.branch_routes
            case Route.EVENT:
                blocks = program.event_routes
            case _:
                blocks = program.routes
        return blocks.get(name)

    def run(
        self, function: RouteFunction, msg: Message, kind: Route, values: Values | None = None
    ) -> Outcome | Awaitable[Outcome]:
        """Run a block for a message of its own; see `kahea.modules.scripts.Routes`."""
        if may_wait(function):
            return self._run_waiting(function, msg, kind, values)
        return self._in_context(self._engine.current_run, function, msg, kind, values)

    def call(self, run: Run, function: RouteFunction, msg: Message, kind: Route) -> Outcome | Awaitable[Outcome]:
        """Run a block as a part of the script that runs now; see `kahea.modules.scripts.Routes`."""
        if may_wait(function):
            return self._call_waiting(run, function, msg, kind)
        return self._in_context(run, function, msg, kind, None)

    def drive(self, work: Coroutine[Any, Any, None], done: Callable[[BaseException | None], None]) -> None:
        """Carry out work that nothing waits for; see `kahea.modules.scripts.Routes`."""
        engine = self._engine
        try:
            ended, outcome = drive(work, engine.loop, _nothing_around)
        except Exception as error:
            done(error)
            return
        if ended:
            done(None)
            return
        assert isinstance(outcome, asyncio.Task)
        limit = engine.loop.call_later(engine.settings.script_wait_limit, outcome.cancel)

        def finish(task: asyncio.Task[Any]) -> None:
            limit.cancel()
            if task.cancelled():
                seconds = engine.settings.script_wait_limit
                done(TimeoutError(f"the script waited for more than {seconds} seconds"))
            else:
                done(task.exception())
            engine.end_batch()

        outcome.add_done_callback(finish)

    def _in_context(
        self, run: Run, function: RouteFunction, msg: Message, kind: Route, values: Values | None
    ) -> Outcome:
        before = _Borrowed(run, msg, kind, values, self._engine)
        try:
            code: Any = function(run, msg)
            return Outcome(run.ended if code is None else code, run.dropped)
        except Exception as error:
            self._engine.route_failed(msg, error)
            return Outcome(-1, False, True)
        finally:
            before.give_back()

    async def _call_waiting(self, run: Run, function: RouteFunction, msg: Message, kind: Route) -> Outcome:
        before = _Borrowed(run, msg, kind, None, self._engine)
        route: Any = function(run, msg)
        try:
            code = await route
            return Outcome(run.ended if code is None else code, run.dropped)
        except Exception as error:
            self._engine.route_failed(msg, error)
            return Outcome(-1, False, True)
        finally:
            before.give_back()

    async def _run_waiting(self, function: RouteFunction, msg: Message, kind: Route, values: Values | None) -> Outcome:
        engine = self._engine
        run = engine.borrow_run()
        settings, prefix = engine.settings, engine.log.prefix
        if values is not None:
            run.avps, run.lists = values.avps, values.lists

        def around() -> Callable[[], None]:
            return engine.enter(run, prefix, settings)

        leave = around()
        before = _Borrowed(run, msg, kind, None, engine)
        prefix = engine.log.prefix
        leave()
        route: Any = function(run, msg)
        try:
            code = await within(route, around)
            return Outcome(run.ended if code is None else code, run.dropped)
        except Exception as error:
            engine.route_failed(msg, error)
            return Outcome(-1, False, True)
        finally:
            if values is not None:
                values.avps, values.lists = run.avps, run.lists
            before.give_back()
            engine.return_run(run)


class _Borrowed:
    """A context that a block uses, with what it held for its script before."""

    __slots__ = ("_before", "_engine", "_prefix", "_run", "_values")

    def __init__(self, run: Run, msg: Message, kind: Route, values: Values | None, engine: Engine) -> None:
        self._run = run
        self._values = values
        self._engine = engine
        self._prefix = engine.log.prefix
        self._before = (
            getattr(run, "msg", msg), run.kind, run.dropped, run.ended, run.code,
            run.avps, run.lists, run.at_end, run.rc,
        )  # fmt: skip
        run.msg, run.kind, run.dropped, run.ended, run.at_end = msg, kind, False, 1, None
        if values is not None:
            run.avps, run.lists = values.avps, values.lists
        log_prefix = engine.program.log_prefix
        if log_prefix is not None:
            engine.log.prefix = log_prefix(run)

    def give_back(self) -> None:
        """Let the script have its context again."""
        run, values = self._run, self._values
        run.end()
        if values is not None:
            values.avps, values.lists = run.avps, run.lists
            run.avps, run.lists = self._before[5], self._before[6]
        run.msg, run.kind, run.dropped, run.ended, run.code = self._before[:5]
        run.at_end, run.rc = self._before[7:]
        self._engine.log.prefix = self._prefix


def _nothing_around() -> Callable[[], None]:
    return _nothing


def _nothing() -> None:
    """Leave nothing behind: what is driven enters the contexts that it needs itself."""
