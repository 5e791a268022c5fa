"""Parts of a branch: ``$branch(key)`` and ``$sbranch(key)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from kahea.api import Branch, LocalSocket, Request, SendOptions, Value, find_socket, parse_place

_FLAGS: Final = 0xFFFFFFFF

KEYS: Final[Mapping[str, Callable[[Branch], Value]]] = {
    "uri": lambda branch: branch.uri,
    "dst_uri": lambda branch: branch.dst_uri or None,
    "path": lambda branch: branch.path or None,
    "q": lambda branch: branch.q,
    "Q": lambda branch: branch.q,
    "send_socket": lambda branch: None if branch.socket is None else str(branch.socket),
    "flags": lambda branch: branch.flags,
    "ruid": lambda branch: branch.ruid or None,
    "location_ua": lambda branch: branch.user_agent or None,
    "instance": lambda branch: branch.instance or None,
}
"""What reads a part; null where it is empty."""


def socket_of(sockets: Iterable[LocalSocket], value: Value) -> LocalSocket | None:
    """Return the socket of ours that a script assigns, ``None`` for none or for one that is not there.

    Args:
        sockets: of the server.
        value: ``[protocol:]host[:port]``, null or "" for none.

    Raises:
        ValueError: a text of another form, or a number.
    """
    if not value:
        return None
    if not isinstance(value, str):
        raise ValueError("a socket is written as [protocol:]host[:port]")
    return find_socket(sockets, parse_place(value))


def change(branch: Branch, key: str, value: Value, sockets: Iterable[LocalSocket]) -> None:
    """Assign a part of a branch; ``ruid``, ``location_ua`` and ``instance`` stay as they are, as in Kamailio.

    Args:
        branch: that has it.
        key: which part.
        value: null for none.
        sockets: of the server.

    Raises:
        ValueError: a value of the wrong type.
    """
    match key:
        case "uri" | "dst_uri" | "path":
            text = value or ""
            if not isinstance(text, str):
                raise ValueError(f"{key} of a branch is a text")
            if key == "dst_uri":
                branch.dst_uri = text or None
            else:
                setattr(branch, key, text)
        case "q" | "Q":
            if isinstance(value, str):
                raise ValueError("q of a branch is a number")
            branch.q = value
        case "flags":
            if isinstance(value, str):
                raise ValueError("flags of a branch are a number")
            branch.flags = (value or 0) & _FLAGS
        case "send_socket":
            branch.socket = socket_of(sockets, value)


def listed(request: Request) -> str | None:
    """Return the URIs of the further branches with commas between, those with a preference as ``<uri>;q=0.5``."""
    texts = [branch.uri if branch.q is None else f"<{branch.uri}>;q={branch.q / 1000:g}" for branch in request.branches]
    return ", ".join(texts) or None


def make_first(request: Request, branch: Branch) -> None:
    """Make a branch that of the Request-URI: its URI, destination, path, socket and flags.

    Args:
        request: whose first branch it becomes.
        branch: what it is made of; its flags are added to those that are set.
    """
    request.uri = branch.uri
    request.dst_uri = branch.dst_uri
    if branch.socket is not None:
        request.send_socket = branch.socket
    request.bflags |= branch.flags
    options: SendOptions = request.sending
    options.path, options.q = branch.path, branch.q
    options.instance, options.reg_id = branch.instance, branch.reg_id
    options.ruid, options.user_agent = branch.ruid, branch.user_agent
