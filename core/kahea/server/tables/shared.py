"""The tables of a server: typed values over stores of records."""

from __future__ import annotations

import asyncio
import mmap
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

import msgspec

from kahea.logs import Logger
from kahea.modules.core import Clock
from kahea.server.tables import records
from kahea.server.tables.records import Codec, expiry, key_bytes, stored_key
from kahea.server.tables.store import DELETE, MemoryStore, Store

T = TypeVar("T")

PAGE: Final = 256
"""Records that a scan copies at one time."""

MAX_TABLES: Final = 512

SWEEP_TURNS: Final = 60
MIN_SWEEP: Final = 256
MAX_SWEEP: Final = 20_000
"""Records swept in one turn: about 10 ms."""

_NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_VERSION_KEYS: Final = b"\0version\0"
_INT64: Final = range(-(2**63), 2**63)


class SharedTable(Generic[T]):
    """One table; a `kahea.modules.tables.Table`.

    Args:
        name: of the table.
        kind: type of its values.
        persistent: whether it outlives the server.
        store: where the records are now; replaced when the worker starts.
        tables: the clock, the log and the version words.
        number: of its version word.
    """

    __slots__ = ("_clock", "_codec", "_log", "_number", "_prefix", "_words", "kind", "name", "persistent", "store")

    def __init__(self, name: str, kind: Any, persistent: bool, store: Store, tables: SharedTables, number: int) -> None:
        self.name = name
        self.kind = kind
        self.persistent = persistent
        self.store = store
        self._clock = tables.clock
        self._log = tables.log
        self._words = tables.words
        self._number = number
        self._prefix = name.encode() + b"\0"
        self._codec: Codec[T] = Codec(kind)

    def get(self, key: str) -> T | None:
        """Return a value, ``None`` when there is none or it has expired."""
        record = self.store.get(stored_key(self._prefix, key_bytes(key)))
        if record is None or (record[0] and self._is_expired(record)):
            return None
        return self._value(key, record)

    def put(self, key: str, value: T, *, expires: float | None = None) -> bool:
        """Store a value in place of what was there; ``False`` when the table cannot take it."""
        raw = key_bytes(key)
        return self.store.put(stored_key(self._prefix, raw), self._codec.encode(value, raw, expires))

    def delete(self, key: str) -> bool:
        """Remove a value; returns whether it was there and is gone."""
        stored = stored_key(self._prefix, key_bytes(key))
        record = self.store.get(stored)
        return record is not None and self.store.delete(stored) and not self._is_expired(record)

    def scan(self, prefix: str = "") -> Iterator[tuple[str, T]]:
        """Yield the keys that begin with *prefix* and their values, in no promised order."""
        wanted = key_bytes(prefix)
        start = records.scan_prefix(self._prefix, wanted)
        after = b""
        while True:
            page = self.store.page(start, after, PAGE)
            for stored, record in page:
                raw = records.own_key(record, stored[len(self._prefix) :])
                if not raw.startswith(wanted) or self._is_expired(record):
                    continue
                key = raw.decode("utf-8", "surrogateescape")
                value = self._value(key, record)
                if value is not None:
                    yield key, value
            if len(page) < PAGE:
                return
            after = page[-1][0]

    def increment(self, key: str, by: int = 1) -> int | None:
        """Add to a number in one step; returns the sum, ``None`` when there can be none."""
        raw = key_bytes(key)
        codec: Codec[Any] = self._codec
        total: int | None = None

        def add(record: bytes | None) -> bytes | None:
            nonlocal total
            total, expires = by, None
            if record is not None and not self._is_expired(record):
                value = codec.decode(record)
                if not isinstance(value, int):
                    total = None
                    return None
                total, expires = value + by, expiry(record)
            if total not in _INT64:
                total = None
                return None
            return codec.encode(total, raw, expires)

        return total if self.store.change(stored_key(self._prefix, raw), add) else None

    def expire(self, key: str, expires: float | None) -> bool:
        """Change when a value expires; ``False`` when there is none, or the table cannot take the change."""
        found = False

        def set_expiry(record: bytes | None) -> bytes | None:
            nonlocal found
            found = record is not None and not self._is_expired(record)
            return records.with_expiry(record, expires) if found and record is not None else None

        return self.store.change(stored_key(self._prefix, key_bytes(key)), set_expiry) and found

    def update(self, key: str, change: Callable[[T | None], T | None]) -> bool:
        """Replace a value by what *change* makes of it, in one step; ``False`` when the table cannot take it."""
        raw = key_bytes(key)
        stored = stored_key(self._prefix, raw)
        # The change is made outside of the transaction, so that other workers do not wait for it, and once more when
        # the record is not the same any longer.
        while True:
            seen = self.store.get(stored)
            old = None if seen is None or self._is_expired(seen) else seen
            new = change(None if old is None else self._value(key, old))
            record = DELETE if new is None else self._codec.encode(new, raw, expiry(old) if old else None)
            if record == (old or DELETE):
                return True
            swap = _Swap(seen, record)
            if not self.store.change(stored, swap):
                return False
            if swap.done:
                return True

    @property
    def version(self) -> int:
        """A number that differs after each `bump`."""
        return self._words[self._number]

    def bump(self) -> None:
        """Tell all workers that the table has changed as a whole."""
        number = 0

        def add(record: bytes | None) -> bytes:
            nonlocal number
            number = (int.from_bytes(record[1:], "big") if record else 0) + 1
            return b"\0" + number.to_bytes(8, "big")

        # The word is set after the data was committed. Workers that bump at the same time may set their words in
        # another order than they counted; each number is set only once, so that a reader sees a change all the same.
        if self.store.change(_VERSION_KEYS + self._prefix, add):
            self._words[self._number] = number
        else:
            self._words[self._number] = 1 << 63 | time.monotonic_ns()  # as unlike any number as can be

    def _is_expired(self, record: bytes) -> bool:
        expires = expiry(record)
        return expires is not None and expires <= self._clock.time()

    def _value(self, key: str, record: bytes) -> T | None:
        try:
            return self._codec.decode(record)
        except msgspec.DecodeError as error:  # a persistent table that another version of the module wrote
            self._log.error(f"what the table {self.name} has under {key!r} cannot be read: {error}")
            return None


class _Swap:
    """Replaces a record if it is still the one that was seen."""

    __slots__ = ("_new", "_seen", "done")

    def __init__(self, seen: bytes | None, new: bytes) -> None:
        self._seen = seen
        self._new = new
        self.done = False

    def __call__(self, record: bytes | None) -> bytes | None:
        self.done = record == self._seen
        return self._new if self.done else None


class SharedTables:
    """The tables of a server; a `kahea.modules.tables.Tables`.

    They are in the memory of this process until `start` says otherwise.

    Args:
        clock: its wall time decides what has expired.
        log: takes what an operator should know.

    Attributes:
        words: the version words, in memory that all processes share; each is written in one piece.
    """

    def __init__(self, clock: Clock, log: Logger) -> None:
        self.clock = clock
        self.log = log
        self.words = memoryview(mmap.mmap(-1, 8 * MAX_TABLES)).cast("Q")
        self.stores: list[Store] = []
        self._tables: dict[str, SharedTable[Any]] = {}
        self._volatile = MemoryStore()
        self._persistent = MemoryStore()
        self._is_started = False

    def table(self, name: str, kind: Any, *, persistent: bool = False) -> SharedTable[Any]:
        """Declare a table; see `kahea.modules.tables.Tables.table`."""
        known = self._tables.get(name)
        if known is not None:
            if known.kind != kind or known.persistent != persistent:
                raise ValueError(f"the table {name} is declared in two ways")
            return known
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a table: use up to 64 letters, digits and ._:-")
        if self._is_started:
            raise RuntimeError(f"the table {name} is declared too late; declare it in mod_init")
        if len(self._tables) == MAX_TABLES:
            raise RuntimeError(f"there can be {MAX_TABLES} tables")
        store = self._persistent if persistent else self._volatile
        made = self._tables[name] = SharedTable[Any](name, kind, persistent, store, self, len(self._tables))
        return made

    @property
    def is_used(self) -> bool:
        """Whether any table was declared."""
        return bool(self._tables)

    @property
    def has_persistent(self) -> bool:
        """Whether any persistent table was declared."""
        return any(table.persistent for table in self._tables.values())

    def start(self, share: Callable[[MemoryStore, bool], Store]) -> None:
        """Get ready in a process that serves; no more tables can be declared.

        Args:
            share: returns the store to use from now on, given what was put so far and whether it is persistent.
        """
        self._is_started = True
        for persistent, memory in ((False, self._volatile), (True, self._persistent)):
            tables = [table for table in self._tables.values() if table.persistent is persistent]
            if not tables:
                continue
            store = share(memory, persistent)
            self.stores.append(store)
            for table in tables:
                table.store = store

    def commit(self) -> asyncio.Future[None] | None:
        """Show other workers what was put; returns what is done when it has been stored, ``None`` if it has."""
        waits = None
        for store in self.stores:  # at most one of them waits for the disk
            waits = store.commit_soon() or waits
        return waits

    def close(self) -> None:
        """Commit, and close the stores."""
        while self.stores:
            self.stores.pop().close()


class Sweeper:
    """Removes what has expired, a part of the store at a time.

    Args:
        store: shared or not; one process sweeps it.
        clock: its wall time decides.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._after = b""

    def turn(self) -> None:
        """Sweep a part: all of the store in about `SWEEP_TURNS` turns."""
        self.step(min(max(self._store.count() // SWEEP_TURNS, MIN_SWEEP), MAX_SWEEP))

    def step(self, limit: int) -> int:
        """Look at the next *limit* records; returns how many were removed."""
        now = self._clock.time()

        def remove(record: bytes | None) -> bytes | None:
            expires = expiry(record) if record is not None else None
            return DELETE if expires is not None and expires <= now else None

        removed = 0
        page = self._store.page(b"", self._after, limit)
        for key, record in page:
            if record[0] and remove(record) is not None:
                self._store.change(key, remove)
                removed += 1
        self._after = page[-1][0] if len(page) == limit else b""
        return removed
