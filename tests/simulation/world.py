"""The server in a network that loses, doubles, delays and reorders messages, on a clock of its own."""

from __future__ import annotations

import gc
import heapq
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

from kahea.testing import FakeClock, Replies, ServerUnderTest, request
from kahea_tm.transaction import Branch, Transaction

from tests.simulation.agents import Callee, Caller
from tests.simulation.plans import Plan, draw
from tests.simulation.wire import Packet

HERE: Final = Path(__file__).parent
SCRIPT: Final = (HERE / "simulation.cfg").read_text()
LOST_IN_A_ROW: Final = 3
"""Messages of a call that are lost one after the other at most, so that each call comes to an end."""


class Call:
    """A call and all that was seen of it at the server's doors.

    Args:
        world: where it takes place.
        plan: what happens.
        rng: decides for the network.

    Attributes:
        up: time, and message, of what the server sent to the caller.
        down: the same with the number of the callee, for what it sent to callees.
        taken: time, number of the callee and message of the replies that reached the server and a transaction.
        obeyed: 2xx that reached the server on a branch that was not given up before.
        killed: the worker died while it lived.
    """

    def __init__(self, world: World, plan: Plan, rng: Random) -> None:
        self.world = world
        self.plan = plan
        self._rng = rng
        self._lost = 0
        self.call_id = f"{world.seed}-{plan.number}"
        self.host = "10.0.0.1"
        self.up: list[tuple[float, Packet]] = []
        self.down: list[tuple[float, int, Packet]] = []
        self.taken: list[tuple[float, int, Packet]] = []
        self.obeyed: list[Packet] = []
        self.killed = False
        self.caller = Caller(self)
        self.callees = [Callee(self, place, one) for place, one in enumerate(plan.callees, 1)]

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something later."""
        self.world.at(self.world.now + seconds, action)

    def to_server(self, text: str, place: int = 0) -> None:
        """Send to the server, from a callee or (0) the caller."""
        self._transmit(lambda: self.world.arrive(self, text, place))

    def from_server(self, packet: Packet, place: int) -> None:
        """Take what the server sent to a callee or (0) the caller."""
        if place:
            self.down.append((self.world.now, place, packet))
            self._transmit(lambda: self.callees[place - 1].receive(packet))
        else:
            self.up.append((self.world.now, packet))
            self._transmit(lambda: self.caller.receive(packet))

    def _transmit(self, deliver: Callable[[], None]) -> None:
        rng, plan = self._rng, self.plan
        if plan.loss and rng.random() < plan.loss and self._lost < LOST_IN_A_ROW:
            self._lost += 1
            return
        self._lost = 0
        self.later(rng.uniform(0.001, plan.delay), deliver)
        if plan.duplicates and rng.random() < plan.duplicates:
            self.later(rng.uniform(0.001, plan.delay), deliver)


class World:
    """Calls and the server that they go through.

    Args:
        seed: decides everything.
        calls: how many.
        only: number of the one call that takes place, all if ``None``.
        death: seconds after which the worker is killed and another one takes its place, never if ``None``.
        script: the configuration.

    Attributes:
        ends: state, status and branch states of each transaction when it was forgotten.
        deaths: how often the worker was killed.
        kept: transactions and branches that are in memory at the end without the garbage collector.
    """

    def __init__(
        self, seed: int, calls: int, *, only: int | None = None, death: float | None = None, script: str = SCRIPT
    ) -> None:
        self.seed = seed
        self.clock = FakeClock()
        self._script = script
        self.deaths = 0
        self.ends: list[tuple[Any, ...]] = []
        self.strays: list[str] = []
        self.log: list[str] = []
        self.unowned = False
        self.kept = 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._begin = self.now
        self.server = self._start_server()
        self._idle = self.server.timers.pending()
        numbers = range(calls) if only is None else [only]
        self.calls: dict[str, Call] = {}
        for number in numbers:
            rng = Random(f"{seed}/{number}")
            call = Call(self, draw(rng, number, calls * 0.2), rng)
            self.calls[call.call_id] = call
            call.later(call.plan.start, call.caller.start)
        if death is not None:
            self.at(self._begin + death, self._kill)

    @property
    def now(self) -> float:
        """The monotonic time."""
        return self.clock.monotonic()

    def at(self, time: float, action: Callable[[], None]) -> None:
        """Do something at a time."""
        heapq.heappush(self._queue, (time, next(self._numbers), action))

    # --- the server ------------------------------------------------------------------------------

    def _start_server(self) -> ServerUnderTest:
        server = ServerUnderTest(self._script, path=HERE / "simulation.cfg", clock=self.clock, mark=f"{self.deaths:02}")
        module: Any = server.loader.plugins.get_plugin("tm")
        layer = self.layer = module.layer
        remove, ends = layer.remove, self.ends

        def removed(transaction: Any) -> None:
            if not transaction.gone:
                branches = [(one.state, one.last_status) for one in transaction.branches]
                ends.append((transaction.method, transaction.state, transaction.status, branches))
            remove(transaction)

        layer.remove = removed
        return server

    def _kill(self) -> None:
        """Let the worker die, and another one take its place."""
        self.deaths += 1
        for call in self.calls.values():
            if call.up or call.down or call.taken:
                call.killed = True
        self.log += self.server.log
        del self.layer
        self.server = self._start_server()

    def arrive(self, call: Call, text: str, place: int) -> None:
        """Let a message arrive at the server."""
        if place:
            packet = Packet(text)
            transaction = self._transaction(packet.branch)
            self.unowned = transaction is None
            if transaction is not None:
                call.taken.append((self.now, place, packet))
            if packet.cseq == "INVITE" and 200 <= packet.status < 300 and not self._given_up(packet.branch):
                call.obeyed.append(packet)
            source = (f"10.1.0.{place}", 5060)
        else:
            source = (call.host, 5070)
        self._sent(self.server.receive(text.encode(), source=source))
        self.unowned = False

    def _transaction(self, branch: str) -> Any:
        """Return the server's transaction that a branch belongs to, ``None`` when it is forgotten."""
        token = branch.partition(f"{self.deaths:02}")[2].partition(".")[0]
        return self.layer.store._by_token.get(token)

    def _given_up(self, branch: str) -> bool:
        """Whether the server has put a reply of its own in the place of a branch's, which makes a late 2xx void."""
        transaction = self._transaction(branch)
        if transaction is None or transaction.status >= 200:
            return False
        given_up: bool = transaction.branches[int(branch.rpartition(".")[2])].last_status >= 300
        return given_up

    def _sent(self, replies: Replies) -> None:
        for sent in replies:
            packet = Packet(sent.text)
            call = self.calls.get(packet.get("Call-ID"))
            ip, port = sent.destination.ip, sent.destination.port
            if self.unowned and packet.status >= 300:
                # as in Kamailio, it is sent on without a transaction, and the caller is done with it
                continue
            if call is not None and (ip, port) == (call.host, 5070):
                call.from_server(packet, 0)
            elif call is not None and ip.startswith("10.1.0.") and port == 5060:
                call.from_server(packet, int(ip[7:]))
            else:
                self.strays.append(f"{ip}:{port}: {packet.start}")
        self.server.sent.clear()

    # --- time ------------------------------------------------------------------------------------

    def run(self, limit: float = 2000.0) -> None:
        """Let everything happen, until nothing is left to happen."""
        enabled = gc.isenabled()
        gc.disable()
        try:
            self._run(self.now + limit)
            self.kept = sum(isinstance(one, Transaction | Branch) for one in gc.get_objects())
        finally:
            if enabled:
                gc.enable()

    def _run(self, end: float) -> None:
        queue = self._queue
        while self.now < end:
            due = self.server.next_due()
            if queue and (due is None or queue[0][0] < due):
                time, _, action = heapq.heappop(queue)
                self.clock.advance(max(0.0, time - self.now))
                action()
            elif due is None:
                break
            else:
                self._sent(self.server.advance(max(0.0, due - self.now)))
            if not queue and self.server.timers.pending() == self._idle and not len(self.layer.store):
                break
        # the last message stays in the worker's context until the next one
        self.server.receive(request("ACK", headers={"X-Last": "yes"}))
        self.log += self.server.log

    # --- what is left ----------------------------------------------------------------------------

    def leftovers(self) -> list[str]:
        """Return what is left although nothing happens any more."""
        store, left = self.layer.store, []
        for name in ("_by_request", "_by_token", "_by_id", "_by_call"):
            if getattr(store, name):
                left.append(f"{len(getattr(store, name))} entries of {name}")
        if self.server.timers.pending() != self._idle:
            left.append(f"{self.server.timers.pending() - self._idle} timers")
        if self.server.engine._waiting.held:
            left.append("requests whose script waits")
        return left
