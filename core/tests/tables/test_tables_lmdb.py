"""What LMDB adds: several processes, crashes, a full map."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from .builders import World, lmdb_store

# Plain forks, as the server's: the environment is opened after them.
PROCESSES = multiprocessing.get_context("fork")

# The server's supervisor has no threads; neither have these tests, whatever pytest's plugins do.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


def counter(folder: Path) -> World:
    """Open a world with a table of numbers."""
    world = World(folder)
    world.tables.table("test.numbers", int)
    return world.start()


def started(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """Run a function in a process."""
    process = PROCESSES.Process(target=work, args=arguments)
    process.start()
    return process


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path}"
        time.sleep(0.01)


def _add(folder: Path, times: int) -> None:
    world = counter(folder)
    table = world.tables.table("test.numbers", int)
    for _ in range(times):
        assert table.increment("n") is not None
    world.close()


def test_no_increment_is_lost(tmp_path: Path) -> None:
    """Four processes that add 10,000 times each make exactly 40,000."""
    processes = [started(_add, tmp_path, 10_000) for _ in range(4)]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    world = counter(tmp_path)
    assert world.tables.table("test.numbers", int).get("n") == 40_000
    world.close()


def _append(folder: Path, times: int) -> None:
    world = World(folder)
    table = world.tables.table("test.lists", list[int])
    world.start()
    for _ in range(times):
        assert table.update("n", lambda value: [*(value or ()), os.getpid()])
    world.close()


def test_no_update_is_lost(tmp_path: Path) -> None:
    """Three processes that append 300 times each make a list of 900."""
    processes = [started(_append, tmp_path, 300) for _ in range(3)]
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    world = World(tmp_path)
    table = world.tables.table("test.lists", list[int])
    world.start()
    assert len(table.get("n") or ()) == 900
    world.close()


def _die_inside_a_write(folder: Path) -> None:
    store = lmdb_store(folder)
    with store._begin(write=True) as txn:
        txn.put(b"test.numbers\0n", b"\0\x09")
        (folder / "inside").touch()
        time.sleep(60)


def test_killed_inside_a_write(tmp_path: Path) -> None:
    """A process that is killed while it writes leaves neither half a change nor a lock."""
    world = counter(tmp_path)
    table = world.tables.table("test.numbers", int)
    table.put("n", 1)
    world.close()
    process = started(_die_inside_a_write, tmp_path)
    wait_for(tmp_path / "inside")
    process.kill()
    process.join(10)
    world = counter(tmp_path)
    table = world.tables.table("test.numbers", int)
    assert table.get("n") == 1
    assert table.increment("n") == 2
    world.close()


def _put_and_die(folder: Path) -> None:
    world = counter(folder)
    table = world.tables.table("test.numbers", int)
    for number in range(1000):
        table.put(f"k{number}", number)
    world.tables.commit()
    table.put("not committed", 1)
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_was_committed_survives_a_kill(tmp_path: Path) -> None:
    """After kill -9 all that was committed is there, and nothing else."""
    process = started(_put_and_die, tmp_path)
    process.join(10)
    assert process.exitcode == -signal.SIGKILL
    world = counter(tmp_path)
    assert sum(1 for _ in world.tables.table("test.numbers", int).scan()) == 1000
    world.close()


def _read_for_ever(folder: Path) -> None:
    wait_for(folder / "go")
    store = lmdb_store(folder, map_size=4 * 1024 * 1024)
    with store._begin() as txn:
        txn.get(b"x")
        (folder / "reading").touch()
        time.sleep(60)


def test_a_dead_reader_does_not_fill_the_map(tmp_path: Path) -> None:
    """What a process was reading when it was killed is given back: rewriting goes on for ever."""
    # Forked before the file is open here, reads when it is: who opens it forgets dead readers anyway.
    process = started(_read_for_ever, tmp_path)
    world = World(tmp_path, map_size=4 * 1024 * 1024)
    table = world.tables.table("test.values", str)
    world.start()
    table.put("a", "x" * 1000)
    world.tables.commit()
    (tmp_path / "go").touch()
    wait_for(tmp_path / "reading")
    process.kill()
    process.join(10)
    for number in range(5000):
        assert table.put("a", f"{number:01000}")
        world.tables.commit()
    assert world.reports == []
    world.close()


def test_a_full_map(tmp_path: Path) -> None:
    """A full map refuses what does not fit with a result, keeps all that it took, and takes more after deletions."""
    world = World(tmp_path, map_size=2 * 1024 * 1024)
    table = world.tables.table("test.values", str)
    numbers = world.tables.table("test.numbers", int)
    world.start()
    taken = 0
    while table.put(f"{taken:06}", "x" * 500):
        taken += 1
        if taken % 16 == 0:
            world.tables.commit()
        assert taken < 10_000, "it never got full"
    world.tables.commit()
    assert taken > 2000
    assert sum(1 for _ in table.scan()) == taken
    assert any("refused" in line for line in world.reports)
    results = [numbers.increment(f"{number:0300}") for number in range(100)]
    assert None in results, "adding is refused too"
    for number in range(0, taken, 2):
        table.delete(f"{number:06}")
        world.tables.commit()
    assert table.put("more", "x" * 500)
    world.tables.commit()
    assert table.get("more") == "x" * 500
    world.close()


def test_a_batch_that_does_not_fit(tmp_path: Path) -> None:
    """Of a batch too large for what is left, as much is kept as fits, and the rest is reported."""
    world = World(tmp_path, map_size=1024 * 1024)
    table = world.tables.table("test.values", str)
    world.start()
    assert world.lmdb is not None
    world.lmdb._is_tight = False
    for number in range(40):
        world.lmdb._waiting[b"test.values\0%d" % number] = b"\0" + table._codec._encode("x" * 50_000)
    world.tables.commit()
    kept = sum(1 for _ in table.scan())
    assert 5 < kept < 21
    assert world.reports
    world.close()


def test_changes_of_a_batch_are_one_transaction(tmp_path: Path) -> None:
    """However much is put, it is committed once."""
    world = counter(tmp_path)
    assert world.lmdb is not None
    table = world.tables.table("test.numbers", int)
    before = world.lmdb._env.info()["last_txnid"]
    for number in range(50):
        table.put(f"k{number}", number)
    assert world.lmdb._env.info()["last_txnid"] == before
    world.tables.commit()
    world.tables.commit()
    assert world.lmdb._env.info()["last_txnid"] == before + 1
    world.close()


def test_the_commit_is_asked_for(tmp_path: Path) -> None:
    """The first change that waits says so, that it may not wait longer than the loop's turn."""
    asked: list[int] = []
    store = lmdb_store(tmp_path, begun=lambda: asked.append(1))
    store.put(b"a", b"1")
    store.put(b"b", b"1")
    assert asked == [1]
    store.commit()
    store.delete(b"a")
    assert asked == [1, 1]
    store.close()


def test_the_start_is_brought_once(tmp_path: Path) -> None:
    """What was put before the start is stored by the first worker only, and anew by the next start."""
    store = lmdb_store(tmp_path)
    store.bring({b"a": b"1"}, b"one")
    store.put(b"a", b"2")
    store.commit()
    store.bring({b"a": b"1"}, b"one")
    assert store.get(b"a") == b"2"
    store.bring({b"a": b"1"}, b"two")
    assert store.get(b"a") == b"1"
    store.close()


def _write_while_read(folder: Path) -> None:
    world = counter(folder)
    table = world.tables.table("test.numbers", int)
    for number in range(2000):
        table.put(f"other-{number}", number)
        world.tables.commit()
    world.close()


def test_scan_while_another_process_writes(tmp_path: Path) -> None:
    """A scan sees each of its own keys once while another process changes the table."""
    world = counter(tmp_path)
    table = world.tables.table("test.numbers", int)
    for number in range(2000):
        table.put(f"k{number}", number)
    world.close()
    process = started(_write_while_read, tmp_path)
    world = counter(tmp_path)
    table = world.tables.table("test.numbers", int)
    while process.is_alive():
        assert sorted(value for _, value in table.scan("k")) == list(range(2000))
    process.join(10)
    assert process.exitcode == 0
    world.close()
