"""Looking up host names before the server runs, in bounded time.

The C library's resolver may take half a minute when a name server is silent and cannot be told to stop, and the
supervisor must not have threads when it forks. So the look-ups run in a process of their own, which is ended
when the time is over.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import time
from collections.abc import Sequence
from typing import Final

LOOKUP_TIME: Final = 5.0
"""Seconds granted to all look-ups of a start together."""


def look_up(names: Sequence[str], seconds: float = LOOKUP_TIME) -> dict[str, str]:
    """Return the first address of each name, an IPv4 one if there is one (as Kamailio prefers).

    Args:
        names: host names.
        seconds: time granted to all of them together.

    Returns:
        Name to address; names without an address, or not found in time, are missing.
    """
    if not names:
        return {}
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            for name in names:
                os.write(writer, json.dumps([name, _first_address(name)]).encode() + b"\n")
        finally:
            os._exit(0)
    os.close(writer)
    try:
        answers = _read_until(reader, time.monotonic() + seconds)
    finally:
        os.close(reader)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    found: dict[str, str] = {}
    for line in answers.split(b"\n")[:-1]:
        name, address = json.loads(line)
        if address is not None:
            found[name] = address
    return found


def _first_address(name: str) -> str | None:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            return str(socket.getaddrinfo(name, None, family, socket.SOCK_DGRAM)[0][4][0])
        except (OSError, UnicodeError):
            continue
    return None


def _read_until(fd: int, deadline: float) -> bytes:
    answers = b""
    while select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(fd, 65536)
        if not part:
            break
        answers += part
    return answers
