"""A module that a configuration loads from this file: counts in tables and answers with what it sees."""

from __future__ import annotations

import os
import signal
import time
from typing import Annotated

from kahea.api import Core, Module, Params, Request, Table, build_reply, function, reply_destination, rpc
from msgspec import Meta


class TableTestParams(Params):
    """Parameters of the module."""

    persistent: Annotated[int, Meta(description="Use a persistent table too.")] = 0


class TableTest(Module[TableTestParams]):
    """Counts in tables."""

    def __init__(self, name: str, params: TableTestParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.values: Table[int] = core.tables.table("test.values", int)
        core.parameters.declare()
        self.kept: Table[int] = self.values
        if params.persistent:
            self.kept = core.tables.table("test.kept", int, persistent=True)

    def mod_init(self) -> None:
        """Begin to count at 100."""
        self.values.put("begin", 100)

    @function()
    def table_command(self, msg: Request) -> bool:
        """Do what the user part of the Request-URI says and answer with pid and result."""
        command, _, key = msg.uri.removeprefix("sip:").partition("@")[0].partition("-")
        result: object = None
        match command:
            case "begin":
                result = self.values.increment("begin")
            case "keep":
                result = self.kept.increment("n")
            case "keepput":
                result = self.kept.put(key, 1)
            case "keepget":
                result = self.kept.get(key)
            case "put":
                result = self.values.put(key, 1)
            case "get":
                result = self.values.get(key)
            case "putdie":
                self.values.put(key, 1)
                os.kill(os.getpid(), signal.SIGKILL)
            case "limit":
                result = self.core.settings.max_while_loops
            case "expire":
                result = self.values.put(key, 1, expires=time.time() + 0.5)
        data = build_reply(msg, "SIP/2.0 200 OK", "tag", extra_headers=f"X-Result: {os.getpid()} {result}\r\n")
        return self.core.transport.send(data, reply_destination(msg))

    @rpc("test.limit")
    async def limit(self, value: int) -> None:
        """Change a parameter in all workers."""
        await self.core.parameters.set("core", "max_while_loops", value)

    @rpc("test.put")
    def put(self, key: str) -> int:
        """Put a value and return the pid."""
        self.values.put(key, 1)
        return os.getpid()
