"""Simulated calls by hand: ``python -m tests.simulation.simulate --seed 7 [--calls 250] [--call 31]``."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Iterator

from tests.simulation.checks import problems_of, problems_of_world
from tests.simulation.world import World

CALLS = 500
"""Calls of a world."""


def simulate(seed: int, calls: int = CALLS, only: int | None = None) -> tuple[World, list[str]]:
    """Let the calls of a seed happen; return the world and what went wrong in it.

    In each fourth one the worker dies.
    """
    gc.collect()
    world = World(seed, calls, only=only, death=calls * 0.1 if seed % 4 == 3 else None)
    world.run()
    return world, list(_problems(world, calls))


def _problems(world: World, calls: int) -> Iterator[str]:
    again = f"python -m tests.simulation.simulate --seed {world.seed} --calls {calls}"
    for call in world.calls.values():
        for problem in problems_of(call):
            yield f"{problem}; again with: {again} --call {call.plan.number}"
    for problem in problems_of_world(world):
        yield f"{problem}; again with: {again}"


def show(world: World) -> None:
    """Print the one call of a world."""
    for call in world.calls.values():
        print(call.plan)
        events = [(at, f"-> caller  {packet.start}") for at, packet in call.up]
        events += [(at, f"-> callee{place} {packet.start} {packet.branch}") for at, place, packet in call.down]
        events += [(at, f"<- callee{place} {packet.start} {packet.branch}") for at, place, packet in call.taken]
        for at, text in sorted(events, key=lambda event: event[0]):
            print(f"{at - 1000:10.4f} {text}")
    print(*world.ends, *world.log, sep="\n")


def main() -> int:
    """Run the command; 1 if something went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.simulate", description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--call", type=int, help="only this one, with all that is sent")
    options = parser.parse_args()
    start = time.monotonic()
    world, problems = simulate(options.seed, options.calls, options.call)
    if options.call is not None:
        show(world)
    print(*problems[:40], sep="\n")
    print(f"{len(world.calls)} calls, {len(problems)} problems, {time.monotonic() - start:.1f} s")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
