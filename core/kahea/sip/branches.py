"""The destination set of a request: the Request-URI's branch, and further ones that a script adds (RFC 3261 16.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kahea.sip.endpoints import LocalSocket

if TYPE_CHECKING:
    from kahea.sip.message import Request


@dataclass(slots=True)
class Branch:
    """One more target of a request.

    Args:
        uri: its Request-URI.
        dst_uri: where to send instead of `uri` (``$du``).
        path: value of the Route header that leads there, "" for none.
        q: preference in thousandths, 0 to 1000; ``None`` where none was given.
        flags: branch flags, bit by bit.
        socket: to send from, ``None`` for any.
        instance: ``+sip.instance`` of the contact.
        ruid: identifier of the contact's record.
        user_agent: User-Agent that registered the contact.
        reg_id: ``reg-id`` of the contact (RFC 5626), 0 for none.
    """

    uri: str
    dst_uri: str | None = None
    path: str = ""
    q: int | None = None
    flags: int = 0
    socket: LocalSocket | None = None
    instance: str = ""
    ruid: str = ""
    user_agent: str = ""
    reg_id: int = 0


@dataclass(slots=True)
class OutgoingBranch:
    """What an edit that depends on the branch knows when the branch's message is built.

    Args:
        socket: that the message is sent from.
        index: number of the branch.
    """

    socket: LocalSocket
    index: int = 0


def append_branch(
    request: Request, uri: str | None = None, q: int | None = None, *, limit: int = 12, consume: bool = True
) -> bool:
    """Add a branch with the request's current destination, path, socket and flags of the first branch.

    Without *uri* and *q* the Request-URI itself becomes the branch, and counts no longer as a target of its own until
    it is changed, so that it is not tried twice.

    Args:
        request: that gets the branch.
        uri: of the branch; ``None`` or "" for the current Request-URI.
        q: preference in thousandths.
        limit: branches in all, that of the Request-URI included (``max_branches``).
        consume: whether the Request-URI, where it becomes the branch, ceases to be a target of its own.

    Returns:
        Whether there was room for it.
    """
    branches = request.branches
    if len(branches) >= limit - 1:
        return False
    path = request.sending.path if request.has_sending else ""
    branches.append(Branch(uri or request.uri, request.dst_uri, path, q, request.bflags, request.send_socket))
    if consume and not uri and q is None:
        request.consume_uri()
    return True


def remove_branch(request: Request, index: int) -> bool:
    """Remove one of the further branches, the later ones move up.

    Args:
        request: that has them.
        index: from 0; a negative one counts from the last.

    Returns:
        Whether there was such a branch.
    """
    branches = request.branches
    if -len(branches) <= index < len(branches):
        del branches[index]
        return True
    return False
