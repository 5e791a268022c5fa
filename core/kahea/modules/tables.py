"""Shared tables: what all workers see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Table(Protocol[T]):
    """Values by key, the same for all workers.

    A change is seen by the worker that makes it at once, by the others when the batch of messages in work ends, before
    its replies leave; `increment`, `update` and `expire` are seen by all at once. What is returned is a copy: put it
    back to change it.

    A table that is full refuses changes: ``False`` or ``None``, never an exception.
    """

    name: str

    def get(self, key: str) -> T | None:
        """Return a value, ``None`` when there is none or it has expired."""

    def put(self, key: str, value: T, *, expires: float | None = None) -> bool:
        """Store a value in place of what was there.

        Args:
            key: any text of any length.
            value: what msgspec can encode.
            expires: when it ceases to be there, in seconds since 1970; ``None`` for never.

        Returns:
            ``False`` when the table cannot take it.
        """

    def delete(self, key: str) -> bool:
        """Remove a value.

        Returns:
            Whether it was there; ``False`` as well when the table cannot take the change.
        """

    def scan(self, prefix: str = "") -> Iterator[tuple[str, T]]:
        """Yield the keys that begin with *prefix* and their values, in no promised order.

        What is there from start to end of the scan comes once; what comes or goes meanwhile may come or not. The
        table may be changed, and the script may wait, while the scan goes on.
        """

    def increment(self, key: str, by: int = 1) -> int | None:
        """Add to a number in one step, which no other worker can come in between; 0 when there is none.

        The expiry stays as it is.

        Returns:
            The sum; ``None`` when the value is no number, the sum has more than 64 bits, or the table is full.
        """

    def expire(self, key: str, expires: float | None) -> bool:
        """Change when a value expires, in seconds since 1970; ``None`` for never.

        Returns:
            ``False`` when there is no such key, or the table cannot take the change.
        """

    def update(self, key: str, change: Callable[[T | None], T | None]) -> bool:
        """Replace a value by what *change* makes of it, in one step which no other worker can come in between.

        The expiry stays as it is.

        Args:
            key: of the value.
            change: gets the value, ``None`` when there is none, and returns the new one, ``None`` to remove it. It may
                be called more than once, and uses no table itself. What it raises is passed on; nothing has changed
                then.

        Returns:
            ``False`` when the table cannot take the change.
        """

    @property
    def version(self) -> int:
        """A number that differs after each `bump`: a worker keeps a copy of the table until it does."""

    def bump(self) -> None:
        """Tell all workers that the table has changed as a whole, once what was put is seen by all."""


class Tables(Protocol):
    """The shared tables of a server."""

    def table(self, name: str, kind: type[T] | Any, *, persistent: bool = False) -> Table[T]:
        """Declare a table; up to ``mod_init``, since all workers must know it.

        What is put before the workers start is in the table when they do. Without *persistent* the table is empty
        at each start of the server, whatever an earlier one left; it outlives the workers.

        Args:
            name: ``module.what``; the same name gives the same table.
            kind: type of the values, as for msgspec.
            persistent: keep the table when the server stops. Until a worker has started it looks empty.

        Raises:
            ValueError: a name with other characters than letters, digits and ``._:-``, with more than 64, or
                that was declared otherwise before.
            RuntimeError: the workers run already.
        """
