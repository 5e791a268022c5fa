"""All cases of the stock configuration, file by file."""

from __future__ import annotations

import os

from tests.oracle.stock.cases import calls, dialogs, registrations, requests, slow, switches
from tests.oracle.tm.case import Case

_PARTS = [registrations.CASES, calls.CASES, dialogs.CASES, requests.CASES, switches.CASES]
if os.environ.get("KAHEA_STOCK_SLOW"):
    _PARTS.append(slow.CASES)

CASES: dict[str, Case] = {name: case for part in _PARTS for name, case in part.items()}
assert len(CASES) == sum(map(len, _PARTS)), "two cases of one name"
