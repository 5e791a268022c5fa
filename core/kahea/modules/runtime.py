"""Parameters that an operator may change while the server runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

ParameterValue = str | int | float


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change that waits for its commit."""

    group: str
    name: str
    old: ParameterValue
    new: ParameterValue


class RuntimeParameters(Protocol):
    """The parameters that may be changed: groups ``core`` and ``tcp`` (names that begin so), modules' and custom ones.

    The settings are replaced whole, in all workers; a run of a script sees one version of them from start to end.
    A replacement of a worker that died has the changed values too. A start of the server forgets them.
    """

    @property
    def version(self) -> int:
        """Number of replacements in this process."""

    def declare(self) -> None:
        """Allow changes; up to ``mod_init``."""

    def names(self) -> list[tuple[str, str]]:
        """Return group and name of each parameter, in the order of the groups."""

    def get(self, group: str, name: str) -> ParameterValue:
        """Return a value.

        Raises:
            KeyError: no such parameter.
        """

    def describe(self, group: str, name: str) -> tuple[str, str]:
        """Return a parameter's description, and what its values are: ``integer`` or ``string``.

        Raises:
            KeyError: no such parameter.
        """

    async def set(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a value in all workers.

        Raises:
            KeyError: no such parameter.
            ValueError: a value that it cannot have.
        """

    def set_delayed(self, group: str, name: str, value: ParameterValue) -> None:
        """Remember a change for `commit`; raises as `set`."""

    def pending(self) -> list[PendingChange]:
        """Return the changes that wait for `commit`."""

    async def commit(self) -> None:
        """Make all changes that wait, together."""

    def rollback(self) -> None:
        """Forget all changes that wait."""

    async def reset(self, group: str) -> None:
        """Give the parameters of a group the values of the start; changes that wait keep waiting."""
