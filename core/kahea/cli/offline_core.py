"""A core without a server: enough for a module to say what it declares."""

from __future__ import annotations

import time
from typing import cast

from kahea.logs import Logger
from kahea.modules.core import Clock, Core, Services
from kahea.modules.settings import Settings
from kahea.modules.statistics import Counters, Statistics
from kahea.modules.workers import Alone, Workers
from kahea.server.runtime import Parameters
from kahea.server.tables.shared import SharedTables


class _Silence:
    def write(self, level: int, line: str, facility: str | None) -> None:
        """Drop the line."""

    def flush(self) -> None:
        """Have nothing to write."""


class _OfflineCore:
    """What a module may use of its core before ``mod_init``: no sockets, no timers, no routes."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.log = Logger(_Silence())
        self.clock: Clock = time
        self.services = Services()
        self.tables = SharedTables(self.clock, self.log)
        self.parameters = Parameters(self.settings, self.tables)
        self.counters = Counters()
        self.statistics = Statistics(self.counters)
        self.tag_seed = bytes(16)
        self.workers: Workers = Alone()


def offline_core() -> Core:
    """Return a core for modules that are made but never started."""
    return cast("Core", _OfflineCore())
