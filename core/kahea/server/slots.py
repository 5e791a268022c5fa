"""A worker's place in the supervisor: who has it, and when it is filled again."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import Final

WORKER_CANNOT_START: Final = 3
"""Exit status of a worker that cannot start; 3 is what uvicorn and gunicorn reserve for it."""

QUICK_DEATH: Final = 5.0
"""Seconds; a worker that lived shorter was not well, and its next replacement waits."""

FIRST_DELAY: Final = 0.5
"""Seconds before the second replacement in a row; each further one waits twice as long."""

LONGEST_DELAY: Final = 30.0

GIVE_UP_AFTER: Final = 4
"""Replacements in a row that did not come up; then the server stops: its process manager knows better."""


@dataclass(slots=True)
class Slot:
    """A worker's place.

    Attributes:
        index: which worker.
        pid: 0 while there is none.
        started: monotonic time.
        ready: pipe on which the worker says that it is up, or why not; -1 once read.
        is_up: whether it has said so.
        reason: what it has said instead.
        restarts: replacements so far.
        quick_deaths: deaths in a row after less than `QUICK_DEATH`.
        failed_starts: starts in a row that did not come up.
        restart_at: when to start a replacement (monotonic); 0 when there is none to start.
        is_given_up: whether there shall be no replacement.
    """

    index: int
    pid: int = 0
    started: float = 0.0
    ready: int = -1
    is_up: bool = False
    reason: str = ""
    restarts: int = 0
    quick_deaths: int = 0
    failed_starts: int = 0
    restart_at: float = 0.0
    is_given_up: bool = False

    def started_as(self, pid: int, ready: int) -> None:
        """Note who was started, and the pipe on which it will report."""
        os.set_blocking(ready, False)
        self.pid, self.ready = pid, ready
        self.started = time.monotonic()
        self.restart_at = 0.0
        self.is_up = False
        self.reason = ""

    def read_ready(self) -> None:
        """Look whether the worker has said that it is up, or why it is not."""
        if self.ready < 0:
            return
        try:
            text = os.read(self.ready, 4096)
        except BlockingIOError:
            return
        self.forget_pipe()
        if text == b"+":
            self.is_up = True
            self.failed_starts = 0
        else:
            self.reason = text.decode("utf-8", "replace")

    def forget_pipe(self) -> None:
        """Close the pipe on which the worker reports."""
        if self.ready >= 0:
            os.close(self.ready)
            self.ready = -1

    def died(self, code: int) -> str:
        """Note that the worker is dead, decide about a replacement, and return what to tell the operator.

        Args:
            code: exit status, or the negative number of the signal that killed it.
        """
        self.read_ready()
        self.forget_pipe()
        pid, self.pid = self.pid, 0
        lived = time.monotonic() - self.started
        what = f"worker {self.index} (pid {pid}) {self._how(code)}"
        if not self.is_up:
            self.failed_starts += 1
            # The first start fails for good: nothing is there yet that would be lost, and the operator is watching.
            if code == WORKER_CANNOT_START and not self.restarts:
                self.is_given_up = True
                return what
            if self.failed_starts >= GIVE_UP_AFTER:
                self.is_given_up = True
                return f"{what}; it did not come up {self.failed_starts} times, giving up"
        self.quick_deaths = self.quick_deaths + 1 if lived < QUICK_DEATH else 0
        delay = 0.0
        if self.quick_deaths > 1:
            delay = min(FIRST_DELAY * 2.0 ** (self.quick_deaths - 2), LONGEST_DELAY)
        self.restarts += 1
        self.restart_at = time.monotonic() + delay
        what_next = f"starting another one in {delay:g} s" if delay else "starting another one"
        return f"{what} after {lived:.1f} s; {what_next}"

    def _how(self, code: int) -> str:
        if code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = "a real-time signal"
            return f"was killed by signal {-code} ({name})"
        if code == WORKER_CANNOT_START:
            return f"could not start: {self.reason}" if self.reason else "could not start"
        return f"exited with status {code}"
