"""What a simulated call is: drawn at random, the same for the same seed and number."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

INVITE_ROUTES: Final = (
    "plain", "made", "fork", "serial", "forkserial", "branches", "refused", "accepted", "failed", "dropping", "each",
    "nothing", "ringing", "overwritten",
)  # fmt: skip
OTHER_ROUTES: Final = ("plain", "made", "fork", "serial", "branches", "refused", "failed", "each")
NAPS: Final = ("Begin", "Made", "End", "Branch", "Failure", "Reply")
NEGATIVE: Final = (300, 302, 401, 403, 404, 407, 408, 480, 484, 486, 487, 500, 503, 600, 603)

Steps = tuple[tuple[float, int], ...]
"""Seconds after the step before, and the status of the reply that is sent then."""


@dataclass
class CalleePlan:
    """What one callee does with the first request of a branch.

    Args:
        steps: its replies.
        forks: it is a proxy itself: a second 2xx, of another callee, follows the first.
        ignores_cancel: its CANCEL comes too late for it: it goes on with its steps.
        deaf: it never sends anything.
    """

    steps: Steps
    forks: bool = False
    ignores_cancel: bool = False
    deaf: bool = False


@dataclass
class Plan:
    """A call.

    Args:
        number: of the call.
        start: seconds after the start of the world.
        method: INVITE or another one.
        route: of the script.
        callees: one for each callee.
        cancel_after: seconds until the caller gives up, if it does.
        impatient: it cancels even before a provisional reply came.
        loss, duplicates: chance that a message is lost, or comes twice.
        delay: seconds that a message takes at most.
        naps: milliseconds that the script waits, by place.
        hops: Via headers of proxies before ours.
    """

    number: int
    start: float
    method: str
    route: str
    callees: list[CalleePlan]
    cancel_after: float | None
    impatient: bool
    loss: float
    duplicates: float
    delay: float
    naps: dict[str, int] = field(default_factory=dict)
    hops: int = 0


def draw(rng: Random, number: int, span: float) -> Plan:
    """Return a call that begins within *span* seconds."""
    invite = rng.random() < 0.8
    naps = {}
    if rng.random() < 0.25:
        naps = {place: rng.choice((1, 300, 2000, 9000)) for place in rng.sample(NAPS, rng.randint(1, 2))}
    return Plan(
        number,
        rng.uniform(0, span),
        "INVITE" if invite else rng.choice(("OPTIONS", "MESSAGE", "BYE")),
        rng.choice(INVITE_ROUTES if invite else OTHER_ROUTES),
        [_callee(rng, invite) for _ in range(3)],
        rng.choice((0.05, 1.0, 3.0, 20.0)) * rng.random() if invite and rng.random() < 0.3 else None,
        rng.random() < 0.2,
        rng.choice((0.0, 0.0, 0.05, 0.3)),
        rng.choice((0.0, 0.0, 0.2)),
        rng.choice((0.01, 0.01, 0.3, 1.0)),
        naps,
        rng.choice((0, 0, 2)),
    )


def _callee(rng: Random, invite: bool) -> CalleePlan:
    if rng.random() < 0.12:
        return CalleePlan((), deaf=True)
    steps: list[tuple[float, int]] = []
    for status in (100, 180, 183):
        if rng.random() < (0.5 if invite else 0.1):
            steps.append((rng.choice((0.0, 0.4, 3.0)) * rng.random(), status))
    final = rng.random()
    after = rng.choice((0.01, 2.0, 10.0, 10.0 if invite else 1.0)) * rng.random()
    if final < 0.4:
        steps.append((after, 200))
    elif final < 0.92:
        steps.append((after, rng.choice(NEGATIVE)))
    return CalleePlan(tuple(steps), rng.random() < 0.1, rng.random() < 0.2)
