"""The event routes of the core, and the request that those see which run without a message."""

from __future__ import annotations

from typing import Final

from kahea.modules.connections import ClosedConnection, ClosedReports
from kahea.modules.core import Core
from kahea.sip.endpoints import Source
from kahea.sip.faked import faked_request
from kahea.sip.message import Request

WORKER_INIT: Final = "core:worker-one-init"
MODINIT: Final = "core:modinit-before"


def stand_in(source: Source, data: bytes) -> Request:
    """Return the request that an event route sees where something arrived that is no SIP message.

    Args:
        source: shown by ``$si``, ``$sp`` and the like.
        data: the bytes that ``$mb`` shows.
    """
    request = faked_request(source)
    request.buf = data
    return request


def run_once(core: Core, name: str) -> None:
    """Run an event route of the server's or a worker's start, if the file has it."""
    run = core.event_route(name)
    if run is not None:
        run(faked_request())


def run_closed(core: Core, closed: ClosedConnection) -> None:
    """Run the event route of a connection that has ended, if the file has it and a module does not forbid it."""
    wanted = core.closed_reports
    if wanted is ClosedReports.ALL or (wanted is ClosedReports.MARKED and closed.marked):
        run = core.event_route(closed.reason.value)
        if run is not None:
            run(faked_request(closed.source))
