"""RPC commands: their declaration and how answers of several workers become one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Scope(Enum):
    """Which process answers a command."""

    ONE = "one"
    """Any worker: all know the answer (a shared table, a constant)."""
    EACH = "each"
    """Every worker; `Rpc.merge` makes one answer of theirs."""
    OWNER = "owner"
    """The housekeeper, which holds what only one process may hold."""
    SUPERVISOR = "supervisor"
    """Answered from what the supervisor publishes about the processes."""


class RpcError(Exception):
    """A command that cannot be carried out.

    Args:
        code: as in Kamailio's RPC: 400 for bad parameters, 404 for what does not exist, 500 otherwise.
        reason: text for the operator.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rpc:
    """A command: its name, what carries it out, and where.

    Args:
        name: ``group.command``.
        call: takes the parameters as positional arguments, returns what msgspec can encode, raises `RpcError`.
        scope: which process answers.
        merge: makes one answer of the workers' answers when the scope is ``EACH``; the list of them otherwise.
        doc: first paragraph is the summary.
    """

    name: str
    call: Callable[..., Any]
    scope: Scope = Scope.ONE
    merge: Callable[[list[Any]], Any] | None = None
    doc: str = ""
