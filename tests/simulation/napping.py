"""A module whose function waits as long as a header of the message in work says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from kahea.api import Message, Module, NoParams, Result, Waits, function


class Napping(Module[NoParams]):
    """Waits where a call asks for it."""

    @function(waits=Waits.MAY)
    def nap(self, msg: Message, place: str) -> Result | Awaitable[Result]:
        """Wait.

        Args:
            place: ends the name of the header, `X-Nap-`, that tells the milliseconds; without it there is no wait.
        """
        value = msg.header(f"X-Nap-{place}")
        return 1 if value is None else self._nap(int(value) / 1000)

    async def _nap(self, seconds: float) -> int:
        await asyncio.sleep(seconds)
        return 1
