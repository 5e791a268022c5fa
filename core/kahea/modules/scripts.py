"""How modules run route blocks: named routes, branch, failure and onreply routes, event routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from kahea.modules.core import RouteFunction
from kahea.modules.xavps import XavpLists

if TYPE_CHECKING:
    from kahea.modules.context import Run
    from kahea.modules.routes import Route
    from kahea.sip.message import Message


class Outcome(NamedTuple):
    """What became of a block.

    Attributes:
        code: its return code; after ``exit`` and the like the code with which the script ended.
        dropped: whether it said ``drop``.
        failed: whether compiled code or the core raised; it is logged already.
    """

    code: int
    dropped: bool
    failed: bool = False


class Values:
    """``$avp`` and the lists of XAVPs of something that outlives a run, such as a transaction.

    Args:
        avps: as `Run.avps`.
        lists: as `Run.lists`.
    """

    __slots__ = ("avps", "lists")

    def __init__(self, avps: dict[str, list[str | int]] | None = None, lists: XavpLists | None = None) -> None:
        self.avps = {} if avps is None else avps
        self.lists = lists


class Routes(Protocol):
    """Finds and runs the blocks of the configuration."""

    def find(self, kind: Route, name: str) -> RouteFunction | None:
        """Return a block.

        Args:
            kind: ``REQUEST`` for ``route[name]``, ``BRANCH``, ``FAILURE``, ``TM_ONREPLY`` or ``EVENT``.
            name: of the block.

        Returns:
            What `run` and `call` run; ``None`` if the file has no such block.
        """

    def run(
        self, function: RouteFunction, msg: Message, kind: Route, values: Values | None = None
    ) -> Outcome | Awaitable[Outcome]:
        """Run a block for a message of its own, such as a failure route.

        Args:
            function: from `find`.
            msg: the message in work.
            kind: what the block runs as.
            values: its ``$avp`` and XAVPs; those of the script that runs now when ``None``.

        Returns:
            The outcome; an awaitable of it when the block may wait. An exception never comes out of it.
        """

    def call(self, run: Run, function: RouteFunction, msg: Message, kind: Route) -> Outcome | Awaitable[Outcome]:
        """Run a block as a part of the script that runs now, whose ``$var`` it sees, such as a branch route.

        Args:
            run: of the script.
            function: from `find`.
            msg: the message in work.
            kind: what the block runs as.

        Returns:
            As `run`.
        """

    def drive(self, work: Coroutine[Any, Any, None], done: Callable[[BaseException | None], None]) -> None:
        """Carry out work that nothing waits for, as far as it goes at once, and the rest later.

        Args:
            work: what is to be done. What it sends leaves at the end of the batch.
            done: called once at its end, with the exception that ended it, if one did.
        """
