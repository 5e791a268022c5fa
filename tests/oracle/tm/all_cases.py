"""All cases of transactions, file by file."""

from __future__ import annotations

from tests.oracle.tm.case import Case
from tests.oracle.tm.cases import (
    accounting,
    cancel,
    failure,
    fork,
    local,
    own_requests,
    parameters,
    record_route,
    relay,
    reply,
    routes,
    timers,
)

_PARTS = (
    relay.CASES,
    reply.CASES,
    cancel.CASES,
    fork.CASES,
    failure.CASES,
    routes.CASES,
    timers.CASES,
    local.CASES,
    parameters.CASES,
    record_route.CASES,
    own_requests.CASES,
    accounting.CASES,
)

CASES: dict[str, Case] = {name: case for part in _PARTS for name, case in part.items()}
assert len(CASES) == sum(map(len, _PARTS)), "two cases of one name"
