"""Becoming a daemon whose starter learns whether it came up."""

from __future__ import annotations

import os
import sys

from kahea.modules.settings import Settings


class Daemon:
    """Detaches this process; the process that the operator started waits and exits with the outcome.

    `detach` returns in the daemon only. Until `report` is called, standard error stays the operator's.
    """

    def __init__(self) -> None:
        self._report = -1

    def detach(self) -> None:
        """Leave the operator's session: fork, ``setsid``, fork again."""
        sys.stdout.flush()
        sys.stderr.flush()
        reader, self._report = os.pipe()
        pid = os.fork()
        if pid:
            os.close(self._report)
            os.waitpid(pid, 0)
            status = os.read(reader, 1)
            os._exit(status[0] if status else 255)
        os.close(reader)
        os.setsid()
        if os.fork():
            os._exit(0)
        redirect((0, 1))

    @property
    def report_fd(self) -> int:
        """The pipe to the waiting starter, -1 if there is none; children must close it."""
        return self._report

    def report(self, status: int) -> None:
        """Let the starter exit with *status*; only the first call counts."""
        if self._report >= 0:
            os.write(self._report, bytes((status,)))
            os.close(self._report)
            self._report = -1


def redirect(descriptors: tuple[int, ...]) -> None:
    """Connect descriptors to ``/dev/null``."""
    null = os.open("/dev/null", os.O_RDWR)
    for fd in descriptors:
        os.dup2(null, fd)
    os.close(null)


def leave_standard_error(settings: Settings) -> None:
    """Let go of the operator's standard error, unless the log goes there."""
    if not settings.log_stderror:
        redirect((2,))
