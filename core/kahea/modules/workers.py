"""The workers of a server, as a module sees them that keeps state in one of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

Handler = Callable[[int, bytes], "bytes | None"]
"""Takes the sender's index and what it sent; what it returns is the answer to `Workers.ask`."""


class Workers(Protocol):
    """The workers, each of which owns the transactions of some Call-IDs.

    A request is handled by the owner of its Call-ID, a reply by the worker that the branch of its top Via names:
    both are handed over before any script runs. So what belongs to one call meets in one process.
    """

    @property
    def index(self) -> int:
        """This worker, from 0; a replacement has its predecessor's."""

    @property
    def count(self) -> int:
        """How many there are."""

    @property
    def mark(self) -> str:
        """What a branch that this worker makes has to begin with behind the magic cookie.

        Letters and digits: the index and the generation of this worker, so that a replacement is not taken for its
        predecessor. The marks of all workers are of one length. Right from ``child_init`` on, as the index is.
        """

    def own_transactions(self) -> None:
        """Ask for the hand-over; up to ``mod_init``. Without it each message stays in the worker that it reached."""

    def owner_of(self, mark: str) -> int | None:
        """Return the index of the worker that a mark names, ``None`` when it is no mark of a worker that lives."""

    def owns_call(self, call_id: str) -> bool:
        """Whether requests with a Call-ID are handled here."""

    def register(self, channel: str, handler: Handler) -> None:
        """Take what other workers send to *channel*; up to ``child_init``."""

    def tell(self, index: int, channel: str, payload: bytes) -> bool:
        """Send to a worker; ``False`` when too much waits for it already, or there is none."""

    def ask(self, index: int, channel: str, payload: bytes) -> Awaitable[bytes | None]:
        """Send to a worker and wait for its answer; ``None`` when none came in time."""


class Alone:
    """The `Workers` of a server that has one.

    Args:
        mark: begins the branches that are made here.
    """

    index = 0
    count = 1

    def __init__(self, mark: str = "00") -> None:
        self.mark = mark
        self._handlers: dict[str, Handler] = {}

    def own_transactions(self) -> None:
        """Do nothing: all is owned here."""

    def owner_of(self, mark: str) -> int | None:
        """Return 0 for the only worker's mark."""
        return 0 if mark == self.mark else None

    def owns_call(self, call_id: str) -> bool:
        """All calls are owned here."""
        return True

    def register(self, channel: str, handler: Handler) -> None:
        """Take what is sent to *channel*."""
        self._handlers[channel] = handler

    def tell(self, index: int, channel: str, payload: bytes) -> bool:
        """Hand it to the handler."""
        handler = self._handlers.get(channel)
        if index != 0 or handler is None:
            return False
        handler(0, payload)
        return True

    async def ask(self, index: int, channel: str, payload: bytes) -> bytes | None:
        """Return the handler's answer."""
        handler = self._handlers.get(channel)
        return None if index != 0 or handler is None else handler(0, payload)
