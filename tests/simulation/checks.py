"""What holds for every call, whatever the network and the callers do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kahea_tm.states import State

from tests.simulation.wire import Packet
from tests.simulation.world import Call, World

SLACK: Final = 1e-6
"""Seconds; times are sums of floating-point numbers."""
INVITE_TIMES: Final = (0.5, 1.5, 3.5, 7.5, *(7.5 + 4.0 * turn for turn in range(1, 7)))
"""Seconds after the first when an INVITE is sent again: ``retr_timer1``, doubled up to ``retr_timer2``."""
LEGAL_ENDS: Final = {
    True: {State.ACCEPTED, State.CONFIRMED, State.TERMINATED},
    False: {State.COMPLETED},
}


def problems_of(call: Call) -> Iterator[str]:
    """Yield what is wrong with a call."""
    replies = [packet for _, packet in call.up if packet.cseq == call.plan.method]
    yield from _order_of_vias(call, replies)
    yield from _no_early_cancel(call)
    if call.killed:
        return
    finals = [packet for packet in replies if packet.status >= 200]
    if not finals and call.plan.route != "nothing":
        yield "the caller got no final reply"
    yield from _finals(finals)
    yield from _successes(call, finals)
    yield from _acknowledged(call)
    yield from _times(call)


def _order_of_vias(call: Call, replies: list[Packet]) -> Iterator[str]:
    for packet in replies:
        vias = packet.all("Via")
        if [via.split(";")[0] for via in vias] != [via.split(";")[0] for via in call.caller.vias]:
            yield f"{packet.start} has Via {vias}"


def _finals(finals: list[Packet]) -> Iterator[str]:
    seen_success = False
    before: set[str] = set()
    negative = {packet.raw for packet in finals if packet.status >= 300}
    if len(negative) > 1:
        yield f"negative final replies: {[packet.start for packet in finals]}"
    for packet in finals:
        if packet.status < 300:
            seen_success = True
        elif seen_success and packet.raw not in before:
            yield f"{packet.start} after a 2xx"
        before.add(packet.raw)


def _successes(call: Call, finals: list[Packet]) -> Iterator[str]:
    tags = {packet.to_tag for packet in finals if packet.status < 300}
    for packet in call.obeyed:
        if packet.to_tag not in tags:
            yield f"the 2xx with the tag {packet.to_tag} was not sent on"


def _no_early_cancel(call: Call) -> Iterator[str]:
    for time, place, packet in call.down:
        if packet.method == "CANCEL" and not any(
            at <= time and other.branch == packet.branch and other.cseq == "INVITE" for at, _, other in call.taken
        ):
            yield f"CANCEL to callee {place} before it had replied"


def _acknowledged(call: Call) -> Iterator[str]:
    acknowledged = {packet.branch for _, _, packet in call.down if packet.method == "ACK"}
    for _, place, packet in call.taken:
        if packet.cseq == "INVITE" and packet.status >= 300 and packet.branch not in acknowledged:
            yield f"{packet.start} of callee {place} got no ACK"


def _times(call: Call) -> Iterator[str]:
    first: dict[str, float] = {}
    for time, place, packet in call.down:
        if packet.method in ("ACK", "CANCEL"):
            continue
        if packet.branch not in first:
            first[packet.branch] = time
            continue
        after = time - first[packet.branch]
        if call.plan.method == "INVITE":
            provisional = any(at < time and one.branch == packet.branch for at, _, one in call.taken)
            if provisional or not any(abs(after - wanted) < SLACK for wanted in INVITE_TIMES):
                yield f"{packet.method} to callee {place} again after {after:.4f} s"


def problems_of_world(world: World) -> Iterator[str]:
    """Yield what is wrong with the server when all calls have ended."""
    yield from world.strays
    yield from world.leftovers()
    for method, state, status, branches in world.ends:
        ended = status >= 200 and state in LEGAL_ENDS[method == "INVITE"]
        if not ended and (status or branches):
            yield f"{method} {status} ended as {state!r}"
        for branch, last in branches:
            if branch not in (State.COMPLETED, State.ACCEPTED, State.TERMINATED) and status < 200:
                yield f"a branch of {method} {status} ended as {branch!r} {last}"
    for line in world.log:
        if "Error" in line or "Traceback" in line or line.startswith("CRITICAL"):
            yield line
    if world.kept and not world.deaths:
        yield f"{world.kept} transactions and branches are kept by something"
