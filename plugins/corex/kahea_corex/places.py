"""What sockets of ours are known by."""

from __future__ import annotations

from kahea.api import LocalSocket


def advertised(socket: LocalSocket) -> str:
    """Return what a socket advertises, ``protocol:host:port``; "" for nothing."""
    if not socket.advertised_host:
        return ""
    return f"{socket.protocol}:{socket.advertised_host}:{socket.advertised_port or socket.port}"
