"""Chooses the checks of a call and makes them in Kamailio's order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.api import Message, Request, allocate_slot

from kahea_sanity import checks
from kahea_sanity.checks import Failure, Sizes
from kahea_sanity.replies import NOTHING_FOUND, Replies

CHECKS_LIMIT: Final = 1 << 17
_SIZES: Final = 1 << 16
_SLOT: Final = allocate_slot()

Check = Callable[[Message], Failure | None]


class Checker:
    """Checks messages and answers those that fail.

    Args:
        replies: sends the replies.
        supported: extensions that Proxy-Require may name.
        sizes: largest sizes.
        always_sizes: whether sizes are checked even where a call does not say so.
        later: whether replies wait for `reply`.
    """

    def __init__(
        self, replies: Replies, supported: frozenset[str], sizes: Sizes, *, always_sizes: bool, later: bool
    ) -> None:
        self._replies = replies
        self._supported = supported
        self._sizes = sizes
        self._always = _SIZES if always_sizes else 0
        self._later = later
        self._plans: dict[tuple[int, int], tuple[Check, ...]] = {}

    def plan(self, wanted: int, uris: int) -> tuple[Check, ...]:
        """Return the checks that numbers stand for.

        Args:
            wanted: the checks, bit by bit.
            uris: the URIs to read, bit by bit.

        Raises:
            ValueError: when one is out of bounds.
        """
        key = (wanted, uris)
        found = self._plans.get(key)
        if found is None:
            if not 1 <= wanted < CHECKS_LIMIT or not 1 <= uris < checks.URI_CHECKS_LIMIT:
                raise ValueError(f"the checks {wanted} and {uris} are out of bounds")
            found = self._plans[key] = self._choose(wanted | self._always, uris)
        return found

    def _choose(self, wanted: int, uris: int) -> tuple[Check, ...]:
        # 1, 8 and 16 have nothing to check: a message of another version, or with a Via of another, is no message here
        known: tuple[tuple[int, Check], ...] = (
            (_SIZES, lambda msg: checks.sizes(msg, self._sizes)),
            (1 << 1, checks.request_uri),
            (1 << 2, checks.required_headers),
            (1 << 14, checks.top_via),
            (1 << 15, checks.rfc3261),
            (1 << 5, checks.cseq_method),
            (1 << 6, checks.cseq_value),
            (1 << 7, checks.content_length),
            (1 << 8, checks.expires),
            (1 << 9, lambda msg: checks.proxy_require(msg, self._supported)),
            (1 << 10, lambda msg: checks.uris(msg, uris)),
            (1 << 11, lambda msg: checks.digest(msg, only=True)),
            (1 << 13, lambda msg: checks.digest(msg, only=False)),
            (1 << 12, checks.tags),
        )
        return tuple(check for bit, check in known if wanted & bit)

    def passes(self, msg: Message, plan: tuple[Check, ...]) -> bool:
        """Make the checks of a plan, and answer a request that fails; returns whether it passes."""
        for check in plan:
            failure = check(msg)
            if failure is not None:
                self._fail(msg, failure)
                return False
        return True

    def _fail(self, msg: Message, failure: Failure) -> None:
        if not isinstance(msg, Request) or msg.method == "ACK":
            return
        if self._later:
            msg.set_slot(_SLOT, failure)
        elif failure.code:
            self._replies.send(msg, failure)

    def reply(self, msg: Message) -> bool:
        """Send the reply to a failed check that waits; returns whether nothing went wrong."""
        if not self._later or not isinstance(msg, Request) or msg.method == "ACK":
            return True
        found = msg.get_slot(_SLOT)
        failure = found if isinstance(found, Failure) else NOTHING_FOUND
        return self._replies.send(msg, failure) if failure.code else True
