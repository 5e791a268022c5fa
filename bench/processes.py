"""What Linux knows about the processes of a server: who they are, their CPU time, their memory."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

_CPUCLOCK_SCHED = 2  # the user+system clock of a process, see clock_getcpuclockid(3) and <linux/posix-timers.h>


class ProcessChangedError(RuntimeError):
    """A process ended between two measurements, so that its CPU time is lost."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of a process in bytes: private and copy-on-write pages, and all pages."""

    anonymous: int
    resident: int


def session_processes(session: int) -> tuple[int, ...]:
    """Return the ids of the living processes of a session, in ascending order (zombies left out)."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError):  # it ended meanwhile
            stat = Path("/proc", entry, "stat").read_text(encoding="utf-8", errors="replace")
            # pid (command, which may hold blanks and brackets) state ppid pgrp session …
            state, _, _, its_session = stat[stat.rindex(")") + 2 :].split(maxsplit=4)[:4]
            if int(its_session) == session and state not in "ZX":
                found.append(int(entry))
    return tuple(sorted(found))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, user and system, all threads, with nanosecond resolution.

    The ticks of ``/proc/PID/stat`` are 10 ms each, a few hundred messages; the process's own clock has no such steps.

    Raises:
        ProcessChangedError: there is no such process.
    """
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError as error:
        raise ProcessChangedError(f"process {pid} is gone") from error


def cpu_of(pids: tuple[int, ...]) -> dict[int, float]:
    """Return the CPU seconds of each process."""
    return {pid: cpu_seconds(pid) for pid in pids}


def cpu_between(before: dict[int, float], after: dict[int, float]) -> float:
    """Return the CPU seconds used between two snapshots; a process that appeared counts whole.

    Raises:
        ProcessChangedError: a process of the first snapshot is missing in the second.
    """
    if gone := before.keys() - after.keys():
        raise ProcessChangedError(f"processes ended during the measurement: {sorted(gone)}")
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def memory(pid: int) -> Memory:
    """Return the resident memory of a process.

    Raises:
        ProcessChangedError: there is no such process.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ProcessChangedError(f"process {pid} is gone") from error
    kilobytes = {key: int(value.split()[0]) for key, value in (x.split(":", 1) for x in lines if "kB" in x)}
    return Memory(kilobytes.get("RssAnon", 0) * 1024, kilobytes.get("VmRSS", 0) * 1024)
