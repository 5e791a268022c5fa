"""Scripts that wait: a coroutine is driven by hand, and becomes a task only when it is really suspended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from types import CoroutineType, coroutine
from typing import Any

Code = int | None


async def settled(result: Any) -> Code:
    """Return the code of a route that may have been called as a coroutine or as a plain function."""
    if result.__class__ is CoroutineType:
        result = await result
    code: Code = result
    return code


def drive(
    result: Any, loop: asyncio.AbstractEventLoop, around: Callable[[], Callable[[], None]]
) -> tuple[bool, Code | asyncio.Task[Code]]:
    """Run what a route function returned as far as it goes.

    Args:
        result: a code, or the coroutine of a route that may wait.
        loop: where a suspended run goes on.
        around: called each time the run goes on; what it returns is called when it is suspended again.

    Returns:
        (True, the code) when the run ended; (False, the task that goes on) when it was suspended.
    """
    if result.__class__ is not CoroutineType:
        return True, result
    try:
        pending = result.send(None)
    except StopIteration as stop:
        return True, stop.value
    return False, loop.create_task(_go_on(result, pending, around))


@coroutine
def within(run: Coroutine[Any, Any, Code], around: Callable[[], Callable[[], None]]) -> Generator[Any, Any, Code]:
    """Await a route's coroutine in a context of its own.

    Args:
        run: not started yet.
        around: called each time it goes on; what it returns is called when it is suspended again.
    """
    leave = around()
    try:
        pending = run.send(None)
    except StopIteration as stop:
        code: Code = stop.value
        return code
    finally:
        leave()
    return (yield from _resumed(run, pending, around))


async def _go_on(run: Coroutine[Any, Any, Code], pending: Any, around: Callable[[], Callable[[], None]]) -> Code:
    return await _resumed(run, pending, around)


@coroutine
def _resumed(
    run: Coroutine[Any, Any, Code], pending: Any, around: Callable[[], Callable[[], None]]
) -> Generator[Any, Any, Code]:
    """Go on with a coroutine that has already yielded *pending*, what it waits for."""
    while True:
        error: BaseException | None = None
        try:
            yield pending
        except BaseException as thrown:
            error = thrown
        leave = around()
        try:
            pending = run.send(None) if error is None else run.throw(error)
        except StopIteration as stop:
            code: Code = stop.value
            return code
        finally:
            leave()
