"""All cases of the stock configuration, file by file."""

from __future__ import annotations

from tests.oracle.stock.cases import calls, dialogs, registrations, requests, switches
from tests.oracle.tm.case import Case

_PARTS = (registrations.CASES, calls.CASES, dialogs.CASES, requests.CASES, switches.CASES)

CASES: dict[str, Case] = {name: case for part in _PARTS for name, case in part.items()}
assert len(CASES) == sum(map(len, _PARTS)), "two cases of one name"
