"""A module whose function waits until the test lets it go on."""

from __future__ import annotations

import asyncio

from kahea.api import Core, Message, Module, NoParams, function


class Waiting(Module[NoParams]):
    """Waits."""

    def __init__(self, name: str, params: NoParams, core: Core) -> None:
        super().__init__(name, params, core)
        core.parameters.declare()
        self.go_on: list[asyncio.Future[None]] = []

    @function()
    async def wait_here(self, msg: Message) -> bool:
        """Wait."""
        future = asyncio.get_running_loop().create_future()
        self.go_on.append(future)
        await future
        return True
