"""What SIGUSR1 and SIGUSR2 write to the log."""

from __future__ import annotations

import os
import time

from kahea.logs import Logger
from kahea.server.processes import ProcessTable


def log_processes(log: Logger, table: ProcessTable) -> None:
    """Log a line for each process."""
    now = time.time()
    for entry in table.entries():
        log.notice(
            f"process {entry.number}: pid {entry.pid or 'none'}, {entry.description}, up {now - entry.started:.0f} s, "
            f"{entry.restarts} restarts, {entry.connections} connections"
        )


def log_memory(log: Logger, table: ProcessTable) -> None:
    """Log the resident memory of each process."""
    parts = [f"process {entry.number} {resident_kilobytes(entry.pid)} kB" for entry in table.entries() if entry.pid]
    log.notice(f"resident memory: {', '.join(parts)}")


def resident_kilobytes(pid: int) -> int:
    """Return the resident memory of a process, 0 if it is gone (proc(5): statm counts pages)."""
    try:
        with open(f"/proc/{pid}/statm") as status:
            return int(status.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return 0
