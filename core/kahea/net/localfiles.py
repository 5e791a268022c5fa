"""Unix sockets and FIFOs: files that processes of one machine talk through."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from typing import Final

BACKLOG: Final = 128

FIFO_RETRIES: Final = 4
"""How often a reply FIFO that nobody reads yet is tried again."""

FIFO_WAIT: Final = 0.08
"""Seconds between two tries."""

FIFO_WRITE_TIME: Final = 2.0
"""Seconds granted to a client to read an answer from its FIFO."""


class LocalFile:
    """A file that is removed at the end, unless it is another's by then.

    Args:
        path: absolute.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        folder, self._name = os.path.split(path)
        # Opened now, so that the file can be removed from inside a chroot as well.
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._inode = 0

    def remove(self) -> None:
        """Remove the file."""
        try:
            if os.stat(self._name, dir_fd=self._folder).st_ino == self._inode:
                os.unlink(self._name, dir_fd=self._folder)
        except OSError:
            pass
        os.close(self._folder)

    def _made(self, mode: int, uid: int, gid: int) -> None:
        """Give the file its permissions and owner, and remember which one it is."""
        if mode:
            os.chmod(self.path, mode)
        if (uid, gid) != (-1, -1):
            os.chown(self.path, uid, gid)
        self._inode = os.stat(self.path).st_ino


class UnixSocket(LocalFile):
    """A bound Unix socket, listening if it is one for streams.

    What a dead server left is replaced; a living one is not robbed.

    Args:
        path: absolute.
        kind: ``SOCK_STREAM`` or ``SOCK_DGRAM``.
        mode: permissions; 0 leaves them to the umask.
        uid, gid: owner; -1 leaves it as it is.

    Raises:
        OSError: it cannot be made, or another process listens on it.
    """

    def __init__(self, path: str, kind: socket.SocketKind, mode: int, uid: int = -1, gid: int = -1) -> None:
        super().__init__(path)
        self.sock = socket.socket(socket.AF_UNIX, kind)
        try:
            _remove_dead_socket(path, kind)
            before = os.umask(0o777 & ~mode if mode else 0o117)  # nobody else gets in between bind and chmod
            try:
                self.sock.bind(path)
            finally:
                os.umask(before)
            self._made(mode, uid, gid)
            if kind is socket.SOCK_STREAM:
                self.sock.listen(BACKLOG)
            self.sock.setblocking(False)
        except OSError:
            self.sock.close()
            os.close(self._folder)
            raise

    def remove(self) -> None:
        """Close the socket and remove its file."""
        self.sock.close()
        super().remove()


def _remove_dead_socket(path: str, kind: socket.SocketKind) -> None:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise FileExistsError(f"{path} exists and is not a socket")
    with socket.socket(socket.AF_UNIX, kind) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except BlockingIOError:
            pass
        except ConnectionRefusedError:
            os.unlink(path)
            return
        except OSError:
            pass  # of another type, and alive
    raise FileExistsError(f"another server listens on {path}; give each server its own rundir")


class Fifo(LocalFile):
    """A FIFO that is read here.

    Args:
        path: absolute.
        mode: permissions.
        uid, gid: owner; -1 leaves it as it is.

    Raises:
        OSError: it cannot be made, or another process reads it.
    """

    def __init__(self, path: str, mode: int, uid: int = -1, gid: int = -1) -> None:
        super().__init__(path)
        self.fd = -1
        try:
            _remove_dead_fifo(path)
            os.mkfifo(path, 0o600)
            self._made(mode or 0o600, uid, gid)
            # Opened for writing as well: a reader alone would see the end of the file whenever a writer leaves.
            self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            os.close(self._folder)
            raise

    def remove(self) -> None:
        """Close the FIFO and remove its file."""
        os.close(self.fd)
        super().remove()


def _remove_dead_fifo(path: str) -> None:
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISFIFO(mode):
        raise FileExistsError(f"{path} exists and is not a FIFO")
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:  # nobody reads it
        os.unlink(path)
        return
    raise FileExistsError(f"another process reads {path}; give each server its own")


async def write_reply_fifo(folder: str, name: str, data: bytes) -> None:
    """Write an answer to the FIFO of a client.

    Args:
        folder: where such FIFOs have to be.
        name: of the file in it, without ``/``.
        data: the answer.

    Raises:
        ValueError: a name that leads elsewhere.
        OSError: no FIFO, or nobody reads it.
    """
    if "/" in name or "\0" in name or name in ("", ".", ".."):
        raise ValueError(f"{name!r} is no file name")
    path = os.path.join(folder, name)
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOFOLLOW
    tries = FIFO_RETRIES
    while True:
        try:
            fd = os.open(path, flags)
            break
        except OSError:  # a client may begin to read after it has asked
            if not tries:
                raise
            tries -= 1
            await asyncio.sleep(FIFO_WAIT)
    try:
        found = os.fstat(fd)
        if not stat.S_ISFIFO(found.st_mode) or found.st_nlink != 1:
            raise OSError(f"{path} is not a FIFO")
        async with asyncio.timeout(FIFO_WRITE_TIME):
            await _write_all(fd, data)
    finally:
        os.close(fd)


async def _write_all(fd: int, data: bytes) -> None:
    loop = asyncio.get_running_loop()
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:
            room = loop.create_future()
            loop.add_writer(fd, _wake, room)
            try:
                await room
            finally:
                loop.remove_writer(fd)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
