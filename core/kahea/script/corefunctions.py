"""The functions and pseudo-variables of the language itself, declared as a module declares its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from kahea.modules.context import Run
from kahea.modules.declare import function, pvar
from kahea.modules.kinds import IntKind, Text
from kahea.modules.module import Module, NoParams
from kahea.sip.message import Message

CORE = "core"
"""The name of what needs no ``loadmodule``; calls of it leave ``$rc`` alone."""

Flag = Annotated[int, IntKind(0, 31)]
"""A message flag, 0 to 31."""


class CoreFunctions(Module[NoParams]):
    """What needs no ``loadmodule``."""

    defines: Mapping[str, str | None] = MappingProxyType({})
    """The ``#!define`` names of the configuration; set by who compiles it."""

    @function()
    def setflag(self, msg: Message, flag: Flag) -> bool:
        """Set a message flag, 0 to 31."""
        msg.flags |= 1 << flag
        return True

    @function()
    def resetflag(self, msg: Message, flag: Flag) -> bool:
        """Clear a message flag, 0 to 31."""
        msg.flags &= ~(1 << flag)
        return True

    @function()
    def isflagset(self, msg: Message, flag: Flag) -> bool:
        """Whether a message flag, 0 to 31, is set."""
        return bool(msg.flags >> flag & 1)

    @function()
    def log(self, msg: Message, text: Text) -> bool:
        """Write *text* to the log at level ERR."""
        self.core.log.error(text, "<script>")
        return True

    @function("log")
    def log_at(self, msg: Message, level: Annotated[int, IntKind(-5, 3)], text: Text) -> bool:
        """Write *text* to the log at *level*, -5 to 3."""
        self.core.log.write(level, text, "<script>")
        return True

    @pvar("rc", "retcode", "?", inline="run.rc")
    def rc(self, run: Run) -> int:
        """Result of the last function or route that was called."""
        return run.rc

    @pvar("null", inline="None")
    def null(self, run: Run) -> None:
        """Nothing: what a pseudo-variable without a value holds."""
        return

    @pvar("env")
    def env(self, run: Run, name: str) -> str | None:
        """An environment variable of the server."""
        return os.environ.get(name)

    @pvar("def", "defn")
    def defined(self, run: Run, name: str) -> str | None:
        """The value of a ``#!define``."""
        return self.defines.get(name)
