"""Opening all sockets of a server, one set for each worker."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from kahea.modules.settings import Settings
from kahea.net.tcp import bind_tcp
from kahea.net.udp import bind_udp
from kahea.sip.endpoints import LocalSocket


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """A bound socket and its address as messages name it."""

    local: LocalSocket
    sock: socket.socket


def open_sockets(locals_: Sequence[LocalSocket], settings: Settings, workers: int) -> list[list[OpenSocket]]:
    """Open every address once for each worker and return the workers' sets.

    A worker that is replaced finds in its set what had arrived for its predecessor.

    Raises:
        kahea.net.options.BindError: an address cannot be opened; nothing stays open.
    """
    sets: list[list[OpenSocket]] = [[] for _ in range(workers)]
    try:
        for local in locals_:
            copies = (bind_udp if local.protocol == "udp" else bind_tcp)(local, settings, workers)
            for of_worker, sock in zip(sets, copies, strict=True):
                of_worker.append(OpenSocket(local, sock))
    except Exception:
        for one in (one for of_worker in sets for one in of_worker):
            one.sock.close()
        raise
    return sets
