"""Where the files of the shared tables are.

Each start of the server has a directory of its own in the runtime directory, so that what a crashed one left is not
taken for ours; a lock that lives as long as any process of that server tells leftovers from a neighbour's. Persistent
tables have one directory for all starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kahea.logs import Logger
from kahea.server.application import StartError
from kahea.server.files import Owner

START_PREFIX: Final = "kahea-tables-"
"""Begin of the name of a start's directory."""

PERSISTENT_NAME: Final = "tables"

LOCK_TIME: Final = 5.0
"""Seconds to wait for the workers of a server that was killed: they need a moment to notice."""

SYNCED: Final = "synced"
"""State of persistent tables whose commits wait for the disk."""

_LOCK: Final = "in-use"
_STATE: Final = "state"
_CLOSED: Final = "closed"
_DATA: Final = ("data.mdb", "lock.mdb")


class StartFolder:
    """The directory of one start, removed at its end.

    Args:
        runtime: the runtime directory; where it cannot be used, a private temporary directory is.
        owner: who will use it.
        log: takes a line when it is not in the runtime directory.

    Raises:
        StartError: no directory can be made anywhere.

    Attributes:
        path: of the directory, absolute.
    """

    def __init__(self, runtime: str, owner: Owner, log: Logger) -> None:
        self.path = _new_folder(runtime, log)
        self._lock = _locked_file(self.path)
        os.chown(self.path, owner.uid, owner.gid)

    def remove(self) -> None:
        """Remove it, if we still may; the next start removes what is left."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _new_folder(runtime: str, log: Logger) -> str:
    problem = ""
    for parent in dict.fromkeys((runtime, tempfile.gettempdir(), os.getcwd())):
        try:
            for leftover in _leftovers(parent):
                shutil.rmtree(leftover, ignore_errors=True)
            path = tempfile.mkdtemp(prefix=START_PREFIX, dir=parent)
        except OSError as error:
            problem = problem or f"{error.strerror}"
            continue
        if parent != runtime:
            log.warning(f"the shared tables are in {path}, not in {runtime}: {problem}; set another rundir (option -Y)")
        return path
    raise StartError(f"no place for the shared tables in {runtime}: {problem}; set another rundir (option -Y)")


def _locked_file(folder: str) -> int:
    """Make the lock file; it has its name only once it is locked, so that nobody finds it free."""
    temporary = os.path.join(folder, f"{_LOCK}.new")
    lock = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.rename(temporary, os.path.join(folder, _LOCK))
    return lock


def _leftovers(parent: str) -> Iterator[str]:
    """Yield the directories of starts whose processes are all gone."""
    for entry in os.scandir(parent):
        if not entry.name.startswith(START_PREFIX) or not entry.is_dir(follow_symlinks=False):
            continue
        try:
            lock = os.open(os.path.join(entry.path, _LOCK), os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue  # just made, or another user's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            yield entry.path
        finally:
            os.close(lock)


class PersistentFolder:
    """The directory of the persistent tables.

    With ``table_durability = process`` LMDB does not wait for the disk: the files are whole after any crash of the
    server, not after one of the machine. They are not used when the machine was started anew since, unless the server
    had been stopped in good order.

    Args:
        parent: directory in which it is, made when missing.
        owner: who will use it.
        state: what to remember for the next start: `SYNCED`, or this start of the machine.
        boot: this start of the machine.
        log: takes a line when stored tables cannot be trusted.

    Raises:
        StartError: it cannot be used, or another server uses it.

    Attributes:
        path: of the directory, absolute.
    """

    def __init__(self, parent: str, owner: Owner, state: str, boot: str, log: Logger) -> None:
        self.path = os.path.join(parent, PERSISTENT_NAME)
        try:
            os.makedirs(self.path, mode=0o700, exist_ok=True)
            self._lock = os.open(os.path.join(self.path, _LOCK), os.O_RDWR | os.O_CREAT, 0o600)
            self._wait_for_lock()
            self._state = os.open(os.path.join(self.path, _STATE), os.O_RDWR | os.O_CREAT, 0o600)
            self._drop_untrusted(boot, log)
            self._write_state(state)
            # A server that ran as another user may have left files.
            for path in (self.path, *map(str, Path(self.path).iterdir())):
                os.chown(path, owner.uid, owner.gid)
        except OSError as error:
            raise StartError(f"cannot keep tables in {self.path}: {error.strerror}; set another table_dir") from None

    def _wait_for_lock(self) -> None:
        deadline = time.monotonic() + LOCK_TIME
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StartError(
                        f"another server uses the tables in {self.path}; set another rundir or table_dir"
                    ) from None
                time.sleep(0.05)
            else:
                return

    def _drop_untrusted(self, boot: str, log: Logger) -> None:
        state = os.pread(self._state, 200, 0).decode("ascii", "replace")
        if (state and state in (_CLOSED, SYNCED, boot)) or not os.path.exists(os.path.join(self.path, _DATA[0])):
            return
        log.warning(
            f"the tables in {self.path} are dropped: the machine stopped while they were in use; "
            "set table_durability = disk to keep them"
        )
        for name in _DATA:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.path, name))

    def _write_state(self, text: str) -> None:
        os.ftruncate(self._state, 0)
        os.pwrite(self._state, text.encode("ascii"), 0)
        os.fsync(self._state)

    def close(self, in_good_order: bool) -> None:
        """Let others use it.

        Args:
            in_good_order: whether the store was closed after the last change.
        """
        if in_good_order:
            with contextlib.suppress(OSError):
                self._write_state(_CLOSED)
        os.close(self._state)
        os.close(self._lock)


def boot_id() -> str:
    """Return what tells this start of the machine from others; "" where nothing does, as inside a chroot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
