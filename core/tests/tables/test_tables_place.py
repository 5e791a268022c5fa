"""Where tables are, and what is trusted of an earlier start."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.logs import Logger
from kahea.server.application import StartError
from kahea.server.files import Owner
from kahea.server.tables import place
from kahea.server.tables.place import SYNCED, PersistentFolder, StartFolder

from .builders import Lines

BOOT = "this start of the machine"


@pytest.fixture
def sink() -> Lines:
    """What was logged."""
    return Lines()


def start_folder(runtime: Path, sink: Lines) -> StartFolder:
    """Make the directory of a start."""
    return StartFolder(str(runtime), Owner(), Logger(sink))


def test_a_directory_for_each_start(tmp_path: Path, sink: Lines) -> None:
    """Two servers with one runtime directory have directories of their own, for nobody else's eyes."""
    one, two = start_folder(tmp_path, sink), start_folder(tmp_path, sink)
    assert one.path != two.path
    assert Path(one.path).parent == Path(two.path).parent == tmp_path
    assert stat.S_IMODE(os.stat(one.path).st_mode) == 0o700
    one.remove()
    assert not Path(one.path).exists()
    assert Path(two.path).exists()
    two.remove()
    assert sink.lines == []


def test_leftovers_are_removed(tmp_path: Path, sink: Lines) -> None:
    """What a crashed server left is removed at the next start; what a running one uses is not."""
    crashed, running = start_folder(tmp_path, sink), start_folder(tmp_path, sink)
    (Path(crashed.path) / "data.mdb").write_bytes(b"old")
    os.close(crashed._lock)  # as the end of all its processes does
    new = start_folder(tmp_path, sink)
    assert not Path(crashed.path).exists()
    assert Path(running.path).exists()
    running.remove()
    new.remove()


def test_other_files_are_left_alone(tmp_path: Path, sink: Lines) -> None:
    """A directory without our lock, a link and a file of such a name stay."""
    (tmp_path / "kahea-tables-mine").mkdir()
    (tmp_path / "kahea-tables-file").touch()
    target = tmp_path / "target"
    target.mkdir()
    (target / "in-use").touch()
    (tmp_path / "kahea-tables-link").symlink_to(target)
    start_folder(tmp_path, sink).remove()
    assert {path.name for path in tmp_path.iterdir()} == {
        "kahea-tables-mine",
        "kahea-tables-file",
        "kahea-tables-link",
        "target",
    }


def test_a_runtime_directory_that_cannot_be_used(tmp_path: Path, sink: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are in a private temporary directory then, and the log says so."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    folder = start_folder(tmp_path / "missing", sink)
    assert Path(folder.path).parent == tmp_path
    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700
    assert len(sink.lines) == 1
    assert str(tmp_path / "missing") in sink.lines[0]
    folder.remove()


def test_no_place_at_all(tmp_path: Path, sink: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any place the server does not start, and says what to set."""

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(StartError, match=r"Permission denied; set another rundir"):
        start_folder(tmp_path, sink)


Persistent = Callable[..., PersistentFolder]


@pytest.fixture
def persistent(tmp_path: Path, sink: Lines) -> Persistent:
    """Make the directory of persistent tables."""

    def make(state: str = BOOT, boot: str = BOOT) -> PersistentFolder:
        return PersistentFolder(str(tmp_path), Owner(), state, boot, Logger(sink))

    return make


@pytest.mark.parametrize(
    ("state", "in_good_order", "same_boot", "kept"),
    [
        (BOOT, True, True, True),
        (BOOT, True, False, True),
        (BOOT, False, True, True),
        (BOOT, False, False, False),
        ("", False, True, False),
        (SYNCED, False, False, True),
    ],
)
def test_what_is_trusted(
    persistent: Persistent, sink: Lines, state: str, in_good_order: bool, same_boot: bool, kept: bool
) -> None:
    """Persistent tables are dropped if the machine stopped while they were in use and not synced, and only then."""
    folder = persistent(state)
    data = Path(folder.path) / "data.mdb"
    data.write_bytes(b"stored")
    folder.close(in_good_order)
    persistent(boot=BOOT if same_boot else "the next one").close(True)
    assert data.exists() is kept
    assert len(sink.lines) == (not kept)


def test_persistent_tables_have_one_user(persistent: Persistent, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second server does not use the first one's persistent tables; it starts once that has ended."""
    monkeypatch.setattr(place, "LOCK_TIME", 0.1)
    first = persistent()
    with pytest.raises(StartError, match="another server uses"):
        persistent()
    first.close(False)
    persistent().close(True)
