"""The context of a script run: what a function or a pseudo-variable can see and change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kahea.modules.routes import Route
from kahea.modules.scripts import Values
from kahea.modules.xavps import XavpList, XavpLists

if TYPE_CHECKING:
    from collections.abc import Callable

    from kahea.modules.core import Core
    from kahea.sip.endpoints import Destination, LocalSocket, Source
    from kahea.sip.message import Message

Value = str | int | None
"""What a pseudo-variable holds: text, a number, or nothing (``$null``)."""


class Sending:
    """What ``onsend_route`` sees of the message that is about to be sent.

    Args:
        data: the message as it will be sent.
        destination: where to.
        socket: from where.
    """

    __slots__ = ("data", "destination", "socket")

    def __init__(self, data: bytes, destination: Destination, socket: LocalSocket) -> None:
        self.data = data
        self.destination = destination
        self.socket = socket


class Received:
    """What ``event_route[core:msg-received]`` sees of what has arrived.

    Args:
        data: the bytes; what the script puts in their place is read instead.
        source: where they came from.
    """

    __slots__ = ("data", "source")

    def __init__(self, data: bytes, source: Source) -> None:
        self.data = data
        self.source = source


class Run:
    """One run of a script for one message.

    A worker keeps a pool of them and lends one to each run; a run that is started by a running script uses
    its caller's, so that both see the same ``$var``.

    Attributes:
        msg: the message in work.
        core: the server, as modules see it.
        rc: ``$rc``: result of the last function or route.
        dropped: set by ``drop``.
        kind: the kind of route block that runs.
        variables: ``$var``: survive from one message to the next in the same context.
        avps: ``$avp``: per message, the newest value first.
        lists: `xavps`, `xavis` and `xavus`: per message, ``None`` while they are empty.
        depth: routes nested in each other.
        code: what the block that the server ran gave, ``None`` when the script ended within it.
        at_end: called when the script has ended, before another one uses the context; set by who must know.
        ended: the code with which the script ended: 1, or 0 after ``return 0`` and the like, or that of ``exit``.
        received: what has arrived, in ``event_route[core:msg-received]`` and its like.
        sending: what is about to be sent, in ``onsend_route`` and the routes that it calls.
    """

    __slots__ = (
        "at_end",
        "avps",
        "code",
        "core",
        "depth",
        "dropped",
        "ended",
        "kind",
        "lists",
        "msg",
        "rc",
        "received",
        "sending",
        "variables",
    )

    msg: Message

    def __init__(self, core: Core) -> None:
        self.core = core
        self.rc = 1
        self.dropped = False
        self.code: int | None = 1
        self.ended = 1
        self.kind = Route.REQUEST
        self.variables: dict[str, str | int] = {}
        self.avps: dict[str, list[str | int]] = {}
        self.lists: XavpLists | None = None
        self.depth = 0
        self.received: Received | None = None
        self.sending: Sending | None = None
        self.at_end: Callable[[Run], None] | None = None

    def keep(self) -> Values:
        """Return the run's ``$avp`` and XAVPs, to be seen and changed also by who keeps them beyond its end.

        Who calls it sets `at_end` too, so that the next script does not get them.
        """
        return Values(self.avps, self._made_lists())

    def end(self) -> None:
        """Tell who waits for the end of the script."""
        at_end, self.at_end = self.at_end, None
        if at_end is not None:
            at_end(self)

    def finish(self) -> None:
        """Tell who waits for the end of the script, and forget its values."""
        self.end()
        self.forget()

    def forget(self) -> None:
        """Drop what belongs to one message, for the next one."""
        self.avps = {}
        self.lists = None

    @property
    def xavps(self) -> XavpList:
        """``$xavp``."""
        return self._made_lists().xavps

    @property
    def xavis(self) -> XavpList:
        """``$xavi``, whose names ignore case."""
        return self._made_lists().xavis

    @property
    def xavus(self) -> XavpList:
        """``$xavu``, one value for each name."""
        return self._made_lists().xavus

    def _made_lists(self) -> XavpLists:
        lists = self.lists
        if lists is None:
            lists = self.lists = XavpLists()
        return lists
