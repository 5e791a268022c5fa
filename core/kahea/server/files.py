"""Files of a running server: pid file, runtime directory, control socket, each with its final owner."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kahea.net.localfiles import UnixSocket
from kahea.server.application import StartError

CONTROL_NAME: Final = "kahea_rpc.sock"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns what is made at run time; -1 leaves a number as it is."""

    uid: int = -1
    gid: int = -1


class PidFile:
    """A file that holds a process number while the process runs.

    Args:
        path: absolute.
        owner: of the file.

    Raises:
        StartError: the file names another process that runs, holds something else, or cannot be written.
    """

    def __init__(self, path: str, owner: Owner) -> None:
        self._path = path
        # Opened now, so that the file can be removed from inside a chroot as well.
        folder, self._name = os.path.split(path)
        try:
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise StartError(f"cannot write the pid file {path}: {error.strerror}") from None
        self._owner = owner
        self._written = False

    def check(self) -> None:
        """Refuse a file that names another running process; one that names a dead process is overwritten later."""
        try:
            text = Path(self._path).read_text().strip()
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as error:
            raise StartError(f"cannot read the pid file {self._path}: {error}") from None
        if not text:
            return
        if not text.isdecimal():
            raise StartError(f"the pid file {self._path} does not hold a pid; remove it if it is not in use")
        pid = int(text)
        # In a container the last run often had the number that we have now.
        if pid not in (os.getpid(), 0) and _is_running(pid):
            raise StartError(f"the pid file {self._path} names the running process {pid}; stop that server first")

    def write(self, number: int) -> None:
        """Write the number."""
        try:
            with open(self._path, "w") as file:
                file.write(f"{number}\n")
                self._written = True
            os.chown(self._path, self._owner.uid, self._owner.gid)
        except OSError as error:
            raise StartError(f"cannot write the pid file {self._path}: {error.strerror}") from None

    def remove(self) -> None:
        """Remove the file; where its directory does not let us, leave it empty."""
        if self._written:
            try:
                os.unlink(self._name, dir_fd=self._folder)
            except OSError:
                with contextlib.suppress(OSError):
                    os.close(os.open(self._name, os.O_WRONLY | os.O_TRUNC, dir_fd=self._folder))
        os.close(self._folder)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def make_runtime_directory(path: str, owner: Owner) -> None:
    """Make the runtime directory if it is not there, for its owner and group only.

    Raises:
        OSError: it cannot be made.
    """
    folder = Path(path)
    if not folder.is_dir():
        folder.mkdir(mode=0o750, parents=True)
        os.chown(folder, owner.uid, owner.gid)


class ControlSocket(UnixSocket):
    """The listening Unix socket for RPC, in the runtime directory; its owner and group may use it, nobody else.

    Args:
        folder: the runtime directory.
        owner: of the socket.

    Raises:
        OSError: it cannot be made, or another server listens on it.
    """

    def __init__(self, folder: str, owner: Owner) -> None:
        super().__init__(os.path.join(folder, CONTROL_NAME), socket.SOCK_STREAM, 0o660, owner.uid, owner.gid)
