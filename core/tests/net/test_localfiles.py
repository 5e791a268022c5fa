"""Unix sockets and FIFOs of a server: made with their permissions, not taken from the living, removed at the end."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.net.localfiles import Fifo, LocalFile, UnixSocket, write_reply_fifo

Make = Callable[[str], LocalFile]

KINDS: dict[str, Make] = {
    "stream": lambda path: UnixSocket(path, socket.SOCK_STREAM, 0o620),
    "datagram": lambda path: UnixSocket(path, socket.SOCK_DGRAM, 0o620),
    "fifo": lambda path: Fifo(path, 0o620),
}

kinds = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


@kinds
def test_a_file_has_its_permissions_and_is_removed(make: Make, tmp_path: Path) -> None:
    """Nothing of the umask is left, and nothing of the file at the end."""
    path = tmp_path / "file"
    before = os.umask(0o077)
    try:
        made = make(str(path))
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o620
    made.remove()
    assert not path.exists()


@kinds
def test_what_a_dead_server_left_is_replaced(make: Make, tmp_path: Path) -> None:
    """A file that nobody listens on is in nobody's use."""
    path = tmp_path / "file"
    left = make(str(path))
    if isinstance(left, UnixSocket):
        left.sock.close()
    elif isinstance(left, Fifo):
        os.close(left.fd)

    make(str(path)).remove()

    assert not path.exists()


@kinds
@pytest.mark.parametrize("living", KINDS.values(), ids=KINDS)
def test_a_living_server_is_not_robbed(make: Make, living: Make, tmp_path: Path) -> None:
    """What another process serves stays, whatever kind it is."""
    path = tmp_path / "file"
    other = living(str(path))
    inode = path.stat().st_ino

    with pytest.raises(FileExistsError):
        make(str(path))

    assert path.stat().st_ino == inode
    other.remove()


@kinds
def test_a_file_of_another_kind_stays(make: Make, tmp_path: Path) -> None:
    """Nobody's data is removed for a socket."""
    path = tmp_path / "file"
    path.write_text("data")

    with pytest.raises(FileExistsError):
        make(str(path))

    assert path.read_text() == "data"


@kinds
def test_the_file_of_a_successor_is_not_removed(make: Make, tmp_path: Path) -> None:
    """Who ends late leaves what another has put in its place."""
    path = tmp_path / "file"
    made = make(str(path))
    path.unlink()
    path.write_text("another's")

    made.remove()

    assert path.read_text() == "another's"


@kinds
def test_a_folder_that_is_missing(make: Make, tmp_path: Path) -> None:
    """It is an error of the system."""
    with pytest.raises(OSError, match="No such file"):
        make(str(tmp_path / "missing" / "file"))


def test_an_answer_waits_for_its_reader(tmp_path: Path) -> None:
    """A client may open its FIFO a moment after it has asked, and read slowly what is longer than the FIFO holds."""
    path = tmp_path / "answers"
    os.mkfifo(path)
    data = b"x" * 300_000

    async def run() -> bytes:
        writing = asyncio.create_task(write_reply_fifo(str(tmp_path), "answers", data))
        await asyncio.sleep(0.1)
        read = await asyncio.to_thread(path.read_bytes)
        await writing
        return read

    assert asyncio.run(run()) == data


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/etc/passwd", "a\0b"])
def test_answers_leave_their_folder_in_no_way(tmp_path: Path, name: str) -> None:
    """The name comes from a client."""
    with pytest.raises(ValueError, match="no file name"):
        asyncio.run(write_reply_fifo(str(tmp_path), name, b"x"))


def test_answers_go_to_fifos_only(tmp_path: Path) -> None:
    """Neither a file nor a link is written to."""
    file = tmp_path / "file"
    file.write_text("data")
    (tmp_path / "link").symlink_to(file)

    for name in ("file", "link", "missing"):
        with pytest.raises(OSError, match=r"not a FIFO|symbolic links|No such file"):
            asyncio.run(write_reply_fifo(str(tmp_path), name, b"x"))

    assert file.read_text() == "data"
