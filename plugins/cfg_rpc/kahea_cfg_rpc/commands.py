"""Arguments, answers and failures of the commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kahea.api import ParameterValue, PendingChange, RpcError


@contextmanager
def failing_as(reason: str) -> Iterator[None]:
    """Answer with 400 and *reason* where there is no such parameter or it cannot have the value.

    Raises:
        RpcError: instead of KeyError and ValueError; a value that is refused adds why.
    """
    try:
        yield
    except KeyError:
        raise RpcError(400, reason) from None
    except ValueError as error:
        raise RpcError(400, f"{reason}: {error}") from None


def number(value: ParameterValue) -> int:
    """Return a value that must be a number.

    Raises:
        RpcError: it is none.
    """
    try:
        return int(value)
    except ValueError:
        raise RpcError(400, f"expected a number, got {value!r}") from None


def shown(change: PendingChange) -> dict[str, ParameterValue]:
    """Return a change that waits, as Kamailio shows it."""
    return {
        "group name": change.group,
        "variable name": change.name,
        "old value": change.old,
        "new value": change.new,
    }
