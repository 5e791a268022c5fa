"""What the module ``rtimer`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Final

from kahea.api import Binder, Message, Module, Params, Route, Values, allocate_slot, faked_request, pvar
from msgspec import Meta, field

from kahea_rtimer.timers import Schedule, read_exec, read_schedules, read_timer

_WORKER: Final = allocate_slot()


class RtimerParams(Params):
    """Parameters of the module ``rtimer``."""

    default_interval: Annotated[int, Meta(description="Seconds between two runs where a timer tells none.", ge=1)] = 120
    timer: Annotated[
        list[str],
        Meta(
            description='A timer, `"name=x;interval=10;mode=1"`; each line adds one. The interval is in seconds, with '
            "`u` behind it in microseconds, with `ms` in milliseconds. With a mode above 1 the blocks run as often, "
            "each with its own `$rtimer_worker`."
        ),
    ] = field(default_factory=list)
    exec: Annotated[
        list[str],
        Meta(description='A block that a timer runs, `"timer=x;route=NAME"`; each line adds one.'),
    ] = field(default_factory=list)


class Rtimer(Module[RtimerParams]):
    """Run route blocks by the clock, once for the whole server.

    A block runs as `request_route` does, for a request that nobody sent. While a block waits its timer passes its turn.
    """

    schedules: dict[str, Schedule]

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Read the timers, and tell the checker which blocks they run."""
        params = self.params
        binder("timer")
        for text in params.timer:
            read_timer(text, params.default_interval)
        executed = binder("exec")
        for text in params.exec:
            executed.route(read_exec(text)[1])
        self.schedules = read_schedules(params.timer, params.exec, params.default_interval)

    def mod_init(self) -> None:
        """Refuse to start without the blocks."""
        for schedule in self.schedules.values():
            for name in schedule.routes:
                if self.core.routes.find(Route.REQUEST, name) is None:
                    raise RuntimeError(f"rtimer: there is no route[{name}]")

    def child_init(self, housekeeper: bool) -> None:
        """Start the timers in the one worker that has them."""
        if not housekeeper:
            return
        for schedule in self.schedules.values():
            for worker in range(schedule.workers if schedule.routes else 0):
                self.core.timers.every(schedule.interval, Turn(self, schedule, worker))

    @pvar("rtimer_worker")
    def rtimer_worker(self, msg: Message) -> int:
        """Which of the workers of its timer runs the block, from 0."""
        worker = msg.get_slot(_WORKER)
        return worker if isinstance(worker, int) else 0


class Turn:
    """Runs the blocks of a timer, one turn at a time.

    Args:
        module: whose core is asked.
        schedule: the timer.
        worker: value of ``$rtimer_worker``.
    """

    def __init__(self, module: Rtimer, schedule: Schedule, worker: int) -> None:
        self._core = module.core
        self._worker = worker
        self._name = schedule.name
        self._running = False
        find = partial(module.core.routes.find, Route.REQUEST)
        self._blocks = [block for block in map(find, schedule.routes) if block is not None]

    def __call__(self) -> None:
        """Run the blocks, unless they still wait for something."""
        if not self._running:
            self._running = True
            self._core.routes.drive(self._run(), self._done)

    async def _run(self) -> None:
        for block in self._blocks:
            msg = faked_request()
            msg.set_slot(_WORKER, self._worker)
            outcome: Any = self._core.routes.run(block, msg, Route.REQUEST, Values())
            if isinstance(outcome, Awaitable):
                await outcome

    def _done(self, error: BaseException | None) -> None:
        self._running = False
        if error is not None:
            self._core.log.error(f"timer {self._name}: {error}", "rtimer")
