"""Transactions beside the real Kamailio: the same calls, the same messages to each party, the same log lines."""

from __future__ import annotations

import pytest

from bench.servers import kahea, kamailio
from tests.oracle.tm.all_cases import CASES
from tests.oracle.tm.case import Outcome
from tests.oracle.tm.profiles import PROFILES
from tests.oracle.tm.server import run

pytestmark = pytest.mark.oracle


@pytest.fixture(scope="module")
def real() -> dict[str, Outcome]:
    """What the real server does in all cases."""
    program = kamailio()
    if program is None:
        pytest.skip("the real Kamailio is not installed")
    return run(program, CASES)


@pytest.fixture(scope="module")
def ours() -> dict[str, Outcome]:
    """What Kahea does in all cases."""
    pytest.importorskip("kahea_tm")
    program = kahea()
    assert program is not None
    return run(program, CASES)


@pytest.mark.parametrize("name", CASES)
def test_each_call_comes_to_its_end(name: str, real: dict[str, Outcome]) -> None:
    """On the real server a case goes as it is written."""
    assert not real[name].stuck


@pytest.mark.parametrize("name", CASES)
def test_the_same_as_kamailio(
    name: str, real: dict[str, Outcome], ours: dict[str, Outcome], request: pytest.FixtureRequest
) -> None:
    """Each party receives what it receives from the real server, and the script logs the same."""
    for module in PROFILES[CASES[name].profile].modules:
        pytest.importorskip(f"kahea_{module}")
    if CASES[name].differs:
        request.applymarker(pytest.mark.xfail(reason=CASES[name].differs, strict=True))
    assert ours[name].lines() == real[name].lines()
