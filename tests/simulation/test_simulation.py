"""Thousands of calls over a bad network, on a clock of their own.

``KAHEA_SIMULATED_CALLS`` says how many; 10,000 without it.
"""

from __future__ import annotations

import os

import pytest

from tests.simulation.simulate import CALLS, simulate

WORLDS = max(1, int(os.environ.get("KAHEA_SIMULATED_CALLS", "10000")) // CALLS)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_what_holds_for_every_call_holds(seed: int) -> None:
    """Each call ends as RFC 3261 wants it, at the times that the parameters say, and nothing of it is left."""
    _, problems = simulate(seed)
    assert not problems, "\n".join(problems[:20])
