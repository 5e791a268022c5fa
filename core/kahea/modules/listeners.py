"""Sockets and FIFOs that a module opens for something other than SIP, such as commands of operators."""

from __future__ import annotations

import asyncio
import grp
import pwd
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

StreamHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""Serves one client from connect to end; the connection is closed when it returns."""

DatagramHandler = Callable[[bytes], Awaitable[bytes | None]]
"""Takes a datagram; what it returns is sent back."""

FifoHandler = Callable[[asyncio.StreamReader], Awaitable[None]]
"""Reads what is written to a FIFO; it never ends."""


class ListenKind(Enum):
    """What is opened."""

    UNIX = "unix_stream"
    UNIX_DATAGRAM = "unix_dgram"
    TCP = "tcp"
    UDP = "udp"
    FIFO = "fifo"

    @property
    def is_file(self) -> bool:
        """Whether it has a path and not an address."""
        return self in (ListenKind.UNIX, ListenKind.UNIX_DATAGRAM, ListenKind.FIFO)


@dataclass(frozen=True, slots=True)
class ListenOn:
    """Where to listen.

    Attributes:
        kind: what is opened.
        name: a path, of a name without ``/`` at its start within the runtime directory; or a host, ``*`` for all.
        port: of TCP and UDP.
        mode: permissions of a file; 0 leaves them to the umask.
        uid, gid: owner of a file; -1 is the user or group that the server runs as.
        required: whether the server must not start without it.
    """

    kind: ListenKind
    name: str
    port: int = 0
    mode: int = 0o600
    uid: int = -1
    gid: int = -1
    required: bool = True


class Listener(Protocol):
    """What was asked for. It is opened once, before the server gives up its privileges, and outlives the workers."""

    on: ListenOn

    @property
    def name(self) -> str:
        """The absolute path, or the host as it was given."""

    @property
    def is_open(self) -> bool:
        """Whether it could be opened; never before ``child_init``."""

    def serve_streams(self, handler: StreamHandler, *, limit: int = 65536) -> None:
        """Accept clients of a ``UNIX`` or ``TCP`` listener, in ``child_init`` of the housekeeper.

        Args:
            handler: serves a client.
            limit: most bytes that its reader buffers for ``readuntil``.
        """

    def serve_datagrams(self, handler: DatagramHandler, *, send_time: float = 2.0) -> None:
        """Take the datagrams of a ``UNIX_DATAGRAM`` or ``UDP`` listener, in ``child_init`` of the housekeeper.

        Args:
            handler: makes the answer.
            send_time: seconds granted to a client to take it.
        """

    def serve_fifo(self, handler: FifoHandler, *, limit: int = 65536) -> None:
        """Read a ``FIFO``, in ``child_init`` of the housekeeper.

        Args:
            handler: reads it.
            limit: most bytes that its reader buffers for ``readuntil``.
        """


class Listeners(Protocol):
    """All that modules listen on."""

    def add(self, on: ListenOn) -> Listener:
        """Ask for a socket or FIFO; up to ``mod_init``."""


def user_number(user: str | int) -> int:
    """Return the number of a user given by name or number.

    Raises:
        ValueError: there is no such user.
    """
    text = str(user)
    if text.isdecimal():
        return int(text)
    try:
        return pwd.getpwnam(text).pw_uid
    except KeyError:
        raise ValueError(f"no such user: {text}") from None


def group_number(group: str | int) -> int:
    """Return the number of a group given by name or number.

    Raises:
        ValueError: there is no such group.
    """
    text = str(group)
    if text.isdecimal():
        return int(text)
    try:
        return grp.getgrnam(text).gr_gid
    except KeyError:
        raise ValueError(f"no such group: {text}") from None
