"""The shared tables in the life of a server: made by the supervisor, opened by each worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Final

from kahea.logs import Logger
from kahea.modules.core import Clock, Timers
from kahea.modules.settings import Settings
from kahea.server.application import StartError
from kahea.server.files import Owner
from kahea.server.tables.disk_store import DiskStore
from kahea.server.tables.lmdb_store import LmdbStore
from kahea.server.tables.place import SYNCED, PersistentFolder, StartFolder, boot_id
from kahea.server.tables.shared import SharedTables, Sweeper
from kahea.server.tables.store import MemoryStore, Store

MEBIBYTE: Final = 1024 * 1024

CARE_INTERVAL: Final = 1.0
"""Seconds between looks at the stores."""


class TableHome:
    """Where the tables of a server live.

    Args:
        settings: global parameters.
        tables: declared up to ``mod_init``.
        log: takes what an operator should know.
    """

    def __init__(self, settings: Settings, tables: SharedTables, log: Logger) -> None:
        self._settings = settings
        self._tables = tables
        self._log = log
        self._start = os.urandom(16)
        self._boot = boot_id()
        self._folder: StartFolder | None = None
        self._persistent: PersistentFolder | None = None

    def prepare(self, owner: Owner) -> None:
        """Make the directories, in the supervisor, where the root directory is final and privileges are not yet lost.

        Raises:
            StartError: they cannot be made.
        """
        settings = self._settings
        if self._tables.has_persistent:
            parent = settings.table_dir or settings.rundir
            state = SYNCED if settings.table_durability == "disk" else self._boot
            self._persistent = PersistentFolder(parent, owner, state, self._boot, self._log)
        if settings.fork and self._tables.is_used:
            self._folder = StartFolder(settings.rundir, owner, self._log)

    def open(
        self,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        timers: Timers,
        before_flush: list[Callable[[], asyncio.Future[None] | None]],
        is_housekeeper: bool,
    ) -> None:
        """Open the stores in a worker, or without fork in the only process.

        Args:
            loop: what was changed outside of a batch is committed in its next turn.
            clock: decides what has expired.
            timers: for the care of the stores.
            before_flush: the commit is added to it.
            is_housekeeper: whether this worker removes what has expired.

        Raises:
            StartError: a store cannot be opened.
        """
        tables = self._tables
        if not tables.is_used:
            return
        shared: list[LmdbStore] = []

        def share(memory: MemoryStore, persistent: bool) -> Store:
            place = self._persistent if persistent else self._folder
            if place is None:
                return memory
            store = self._store(place.path, persistent, loop)
            shared.append(store)
            if not store.bring(memory.records, self._start):
                raise StartError(f"no room for the tables in {place.path}; set a larger table_map_size")
            return store

        try:
            tables.start(share)
        except OSError as error:
            raise StartError(str(error)) from None
        if shared:
            before_flush.append(tables.commit)
        sweepers = [Sweeper(store, clock) for store in tables.stores] if is_housekeeper else []

        def care() -> None:
            for store in shared:
                store.look()
            for sweeper in sweepers:
                sweeper.turn()

        timers.every(CARE_INTERVAL, care)

    def _store(self, path: str, persistent: bool, loop: asyncio.AbstractEventLoop) -> LmdbStore:
        settings = self._settings
        size = settings.table_map_size * MEBIBYTE
        commit = self._tables.commit

        def begun() -> None:
            loop.call_soon(commit)

        if persistent and settings.table_durability == "disk":
            return DiskStore(path, size, self._log.error, begun, loop, processes=settings.children)
        return LmdbStore(path, size, self._log.error, begun, keep=persistent, processes=settings.children)

    def close(self) -> None:
        """Close the stores, in the process that opened them."""
        self._tables.close()

    def remove(self, in_good_order: bool) -> None:
        """Remove what need not last, in the supervisor, when the workers have ended.

        Args:
            in_good_order: whether they all ended by themselves.
        """
        if self._folder is not None:
            self._folder.remove()
        if self._persistent is not None:
            self._persistent.close(in_good_order)
