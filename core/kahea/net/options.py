"""Socket options that UDP and TCP sockets share, and the error of a socket that cannot be opened."""

from __future__ import annotations

import contextlib
import socket
from typing import Final

from kahea.modules.settings import Settings
from kahea.sip.endpoints import LocalSocket

IP_FREEBIND: Final = 15
IP_MTU_DISCOVER: Final = 10
IP_PMTUDISC_DONT: Final = 0
SO_RCVBUFFORCE: Final = 33
SO_SNDBUFFORCE: Final = 32


class BindError(Exception):
    """A socket that cannot be opened; the text names the address and the reason."""

    def __init__(self, local: LocalSocket, error: OSError) -> None:
        super().__init__(f"cannot listen on {local}: {error.strerror or error}")
        self.local = local


def new_socket(local: LocalSocket, kind: socket.SocketKind, settings: Settings) -> socket.socket:
    """Return a non-blocking, unbound socket of the address's family with the options of both transports."""
    sock = socket.socket(socket.AF_INET6 if local.ipv6 else socket.AF_INET, kind)
    sock.setblocking(False)
    # What follows tunes; a kernel or a container that refuses it is no reason not to serve.
    with contextlib.suppress(OSError):
        if local.ipv6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, settings.tos)
        else:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, settings.tos)
        if settings.ip_free_bind:
            # of both families (ip(7))
            sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
    return sock


def set_buffer(sock: socket.socket, option: int, force_option: int, size: int) -> None:
    """Ask for a buffer of *size* bytes, past the system's limit where we are allowed to; 0 leaves it alone."""
    if size <= 0:
        return
    try:
        sock.setsockopt(socket.SOL_SOCKET, force_option, size)
    except OSError:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, size)
