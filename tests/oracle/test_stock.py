"""Kamailio's own kamailio.cfg, unchanged: the same messages, log lines and locations as from the real server.

Debian's file is compared with the installed 5.6, upstream's (in the source tree that ``KAMAILIO_SOURCE`` names) with a
record of 6.x.
"""

from __future__ import annotations

import pytest

from bench.servers import kahea
from tests.oracle.stock import records
from tests.oracle.stock.differences import AS_6, FROM_5_6, FROM_6_2, WITH_MORE_WORKERS
from tests.oracle.stock.server import Stock, installed, run, upstream
from tests.oracle.stock.stock_cases import CASES
from tests.oracle.tm.case import Outcome

pytestmark = pytest.mark.oracle


def _ours(stock: Stock, workers: int = 1) -> dict[str, Outcome]:
    program = kahea()
    assert program is not None
    return run(program, CASES, stock.file, workers)


@pytest.fixture(scope="module")
def real() -> dict[str, Outcome]:
    """What the installed server does in all cases."""
    stock = installed()
    if stock.real is None or not stock.file.is_file():
        pytest.skip("the real Kamailio is not installed")
    return run(stock.real, CASES, stock.file)


@pytest.fixture(scope="module", params=[1, 4], ids=["one worker", "four workers"])
def workers(request: pytest.FixtureRequest) -> int:
    """How many workers Kahea has."""
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def ours(workers: int) -> dict[str, Outcome]:
    """What Kahea does in all cases with the installed file."""
    if not installed().file.is_file():
        pytest.skip("the package kamailio is not installed")
    return _ours(installed(), workers)


@pytest.fixture(scope="module")
def ours_upstream() -> dict[str, Outcome]:
    """What Kahea does in all cases with upstream's file."""
    if not upstream().file.is_file():
        pytest.skip("KAMAILIO_SOURCE names no source")
    return _ours(upstream())


@pytest.mark.parametrize("name", CASES)
def test_each_case_comes_to_its_end(name: str, real: dict[str, Outcome]) -> None:
    """On the real server a case goes as it is written."""
    assert not real[name].stuck


@pytest.mark.parametrize("name", CASES)
def test_the_installed_file_as_on_kamailio_5(
    name: str, real: dict[str, Outcome], ours: dict[str, Outcome], request: pytest.FixtureRequest
) -> None:
    """With Debian's file each party receives what it receives from the real server, and the log tells the same."""
    if name in FROM_5_6:
        request.applymarker(pytest.mark.xfail(reason=FROM_5_6[name], strict=name not in WITH_MORE_WORKERS))
    assert ours[name].lines() == real[name].lines()


@pytest.mark.parametrize("name", AS_6)
def test_the_installed_file_as_on_kamailio_6(
    name: str, workers: int, ours: dict[str, Outcome], request: pytest.FixtureRequest
) -> None:
    """Where 5.6 and 6.x disagree about Debian's file, Kahea does what 6.x does."""
    if workers > 1 and name in WITH_MORE_WORKERS:
        # which worker connects depends on the ports: it may well be the same
        request.applymarker(pytest.mark.xfail(reason=WITH_MORE_WORKERS[name], strict=False))
    assert ours[name].lines() == records.read(records.INSTALLED)[name].lines()


@pytest.mark.parametrize("name", CASES)
def test_upstreams_file_as_on_kamailio_6(
    name: str, ours_upstream: dict[str, Outcome], request: pytest.FixtureRequest
) -> None:
    """With upstream's file each party receives what it receives from the real server, and the log tells the same."""
    if name in FROM_6_2:
        request.applymarker(pytest.mark.xfail(reason=FROM_6_2[name], strict=True))
    assert ours_upstream[name].lines() == records.read(records.UPSTREAM)[name].lines()
