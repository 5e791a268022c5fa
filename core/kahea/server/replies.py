"""Sending forwarded replies to hosts that have to be looked up first (RFC 3263 section 5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kahea.modules.resolver import Candidates, Resolver
from kahea.sip.build import reply_port
from kahea.sip.endpoints import Destination
from kahea.sip.message import Reply

Log = Callable[[str], None]
Send = Callable[[Reply, bytes, Destination], object]


class RepliesToNames:
    """Forwards replies whose second Via has a host name.

    Args:
        resolver: looks up names.
        send: sends a reply to an address.
        log: takes what went wrong.
        end_of_batch: lets leave what was sent.
    """

    def __init__(self, resolver: Resolver, send: Send, log: Log, end_of_batch: Callable[[], None]) -> None:
        self._resolver = resolver
        self._send = send
        self._log = log
        self._end_of_batch = end_of_batch
        self._tasks: set[asyncio.Task[None]] = set()

    def forward(self, reply: Reply, data: bytes, destination: Destination) -> None:
        """Send a reply, now or when its destination is found.

        Args:
            reply: as received.
            data: what is sent of it.
            destination: where to; its `ip` is a name.
        """
        found = self._resolver.locate(destination.ip, reply_port(reply), destination.protocol)
        if isinstance(found, Candidates):
            self._send_to(reply, data, destination, found)
            return
        task = asyncio.ensure_future(self._wait(reply, data, destination, found))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wait(self, reply: Reply, data: bytes, destination: Destination, found: Awaitable[Candidates]) -> None:
        self._send_to(reply, data, destination, await found)
        self._end_of_batch()

    def _send_to(self, reply: Reply, data: bytes, destination: Destination, candidates: Candidates) -> None:
        place = candidates.first()
        if place is None:
            self._log(f"a reply is dropped, since {destination.ip} is not found: {candidates.error}")
            return
        destination.ip, destination.port = place.ip, place.port
        self._send(reply, data, destination)
