"""What every kind of table promises: the same tests on LMDB and in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kahea.modules.tables import Table
from kahea.server.tables.shared import Sweeper

from .builders import World


class Contact(msgspec.Struct):
    """A value of a module's own type."""

    uri: str
    q: float = 1.0
    flags: list[str] = []


Make = Callable[[], World]


@pytest.fixture(params=["memory", "lmdb"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Tables of one kind, not started yet."""
    made = World(tmp_path if request.param == "lmdb" else None)
    yield made
    made.close()


@pytest.fixture
def table(world: World) -> Any:
    """A table of values as scripts have them."""
    made = world.tables.table("test.values", str | int)
    world.start()
    return made


def test_what_is_put_is_there(table: Table[str | int]) -> None:
    """A value is there until it is replaced or deleted."""
    assert table.get("a") is None
    assert table.put("a", 1)
    assert table.get("a") == 1
    assert table.put("a", "text")
    assert table.get("a") == "text"
    assert table.delete("a")
    assert table.get("a") is None


def test_deleting_what_is_not_there(table: Table[str | int]) -> None:
    """Deleting says whether there was something."""
    assert not table.delete("a")
    table.put("a", 1)
    assert table.delete("a")
    assert not table.delete("a")


def test_values_survive_the_commit(world: World, table: Table[str | int]) -> None:
    """What was put and deleted is so after the commit too."""
    table.put("a", 1)
    table.put("b", 2)
    world.tables.commit()
    table.delete("a")
    table.put("b", 3)
    assert (table.get("a"), table.get("b")) == (None, 3)
    world.tables.commit()
    assert (table.get("a"), table.get("b")) == (None, 3)


def test_own_types(world: World) -> None:
    """A value of a module's type comes back as such, and is a copy."""
    table = world.tables.table("test.contacts", Contact)
    world.start()
    contact = Contact("sip:a@b", 0.5, ["x"])
    table.put("a", contact)
    contact.flags.append("later")
    found = table.get("a")
    assert found == Contact("sip:a@b", 0.5, ["x"])
    found.flags.append("y")
    assert table.get("a") == Contact("sip:a@b", 0.5, ["x"])


@pytest.mark.parametrize("text", ["caf\udce9", "\udcff\udcfe", "é", "", "a\0b"])
def test_any_bytes_of_a_message(world: World, text: str) -> None:
    """Text that was no UTF-8 on the wire comes back as it was, as key and inside of values."""
    table = world.tables.table("test.contacts", Contact)
    world.start()
    value = Contact(text, 1.0, [text])
    table.put(text, value, expires=world.clock.time() + 10)
    assert table.get(text) == value
    assert list(table.scan(text)) == [(text, value)]
    world.tables.commit()
    assert list(table.scan()) == [(text, value)]


@pytest.mark.parametrize("length", [0, 1, 399, 400, 401, 511, 512, 70_000])
def test_keys_of_any_length(table: Table[str | int], length: int) -> None:
    """A long key works as a short one, and is not taken for another with the same beginning."""
    key, other = "k" * length, "k" * length + "2"
    table.put(key, 1)
    table.put(other, 2)
    assert (table.get(key), table.get(other)) == (1, 2)
    assert table.increment(key) == 2
    assert table.expire(key, None)
    assert sorted(table.scan(key)) == [(key, 2), (other, 2)]
    assert list(table.scan(other)) == [(other, 2)]
    assert table.delete(key)
    assert list(table.scan()) == [(other, 2)]


def test_a_short_key_is_not_a_long_one(table: Table[str | int]) -> None:
    """No text that a client may send as key meets what is stored for a long one."""
    long = "k" * 401
    table.put(long, 1)
    for end in range(380, 430):
        assert table.get("k" * end) == (1 if end == 401 else None)


def test_tables_are_apart(world: World) -> None:
    """The same key in two tables is two values, also when one's name is the other's beginning."""
    one, two = world.tables.table("test.a", int), world.tables.table("test.aa", int)
    world.start()
    one.put("a", 1)
    two.put("", 2)
    two.put("b", 3)
    assert list(one.scan()) == [("a", 1)]
    assert sorted(two.scan()) == [("", 2), ("b", 3)]


def test_scan(table: Table[str | int]) -> None:
    """A scan yields each key with the prefix once, however many there are."""
    for number in range(1000):
        table.put(f"{number % 10}/{number}", number)
    assert sorted(table.scan()) == sorted((f"{number % 10}/{number}", number) for number in range(1000))
    assert sorted(value for _, value in table.scan("7/") if isinstance(value, int)) == list(range(7, 1000, 10))
    assert list(table.scan("x")) == []


def test_scan_of_a_table_that_changes(table: Table[str | int]) -> None:
    """While a scan goes on the table may be changed: what stays is yielded once."""
    for number in range(1000):
        table.put(f"{number:04}", number)
    seen = []
    for key, value in table.scan():
        seen.append(value)
        table.delete(key)
        table.put(f"{key}-new", "new")
        if value == 100:
            table.delete("0900")
    numbers = [value for value in seen if value != "new"]
    assert numbers == [number for number in range(1000) if number != 900]


def test_increment(table: Table[str | int]) -> None:
    """Adding begins at 0 and gives the sum; what was put just before counts."""
    assert table.increment("n") == 1
    assert table.increment("n", 5) == 6
    assert table.increment("n", -7) == -1
    table.put("n", 40)
    assert table.increment("n", 2) == 42
    assert table.get("n") == 42
    table.delete("n")
    assert table.increment("n") == 1


def test_increment_of_what_is_no_number(table: Table[str | int]) -> None:
    """Text is not added to, and stays."""
    table.put("n", "text")
    assert table.increment("n") is None
    assert table.get("n") == "text"


def test_increment_beyond_64_bits(table: Table[str | int]) -> None:
    """A sum that has more than 64 bits is refused, and the number stays."""
    table.put("n", 2**63 - 1)
    assert table.increment("n") is None
    assert table.get("n") == 2**63 - 1
    assert table.increment("n", -1) == 2**63 - 2


def test_update(world: World, table: Table[str | int]) -> None:
    """A value is replaced by what is made of it, made where there is none, and removed; its expiry stays."""
    assert table.update("a", lambda value: 1 if value is None else 0)
    table.put("b", 5, expires=world.clock.time() + 10)
    assert table.update("b", lambda value: f"{value} more")
    assert (table.get("a"), table.get("b")) == (1, "5 more")
    assert table.update("a", lambda value: None)
    assert table.update("none", lambda value: value)
    world.tables.commit()
    assert dict(table.scan()) == {"b": "5 more"}
    world.clock.advance(10)
    assert table.update("b", lambda value: "new" if value is None else "old")
    assert table.get("b") == "new"


def test_update_that_fails(table: Table[str | int]) -> None:
    """What the change raises reaches the caller, and the value is as it was."""

    def refuse(value: str | int | None) -> str | int | None:
        raise ValueError(f"not {value}")

    table.put("a", 1)
    with pytest.raises(ValueError, match="not 1"):
        table.update("a", refuse)
    assert table.get("a") == 1


def test_expiry(world: World, table: Table[str | int]) -> None:
    """A value is gone from the second of its expiry on, in every way of looking."""
    now = world.clock.time()
    table.put("a", 1, expires=now + 10)
    table.put("b", 2)
    world.clock.advance(9.9)
    assert table.get("a") == 1
    world.clock.advance(0.1)
    assert table.get("a") is None
    assert list(table.scan()) == [("b", 2)]
    assert not table.delete("a")
    assert not table.expire("a", None)
    assert table.increment("a") == 1
    world.clock.advance(1000)
    assert table.get("a") == 1


def test_expire(world: World, table: Table[str | int]) -> None:
    """The expiry can be set, moved and taken away without touching the value."""
    now = world.clock.time()
    table.put("a", 7)
    assert table.expire("a", now + 10)
    assert table.expire("a", now + 20)
    assert table.increment("a") == 8
    world.clock.advance(15)
    assert table.get("a") == 8
    assert table.expire("a", None)
    world.clock.advance(1000)
    assert table.get("a") == 8
    assert not table.expire("none", now)


def test_sweep(world: World) -> None:
    """What has expired is removed for good, a part at a time; nothing else is."""
    table = world.tables.table("test.values", int)
    world.start()
    now = world.clock.time()
    for number in range(300):
        table.put(f"{number:03}", number, expires=now + (10 if number % 2 else 20))
    table.put("for ever", 1)
    table.put("long" * 200, 2, expires=now + 10)
    world.tables.commit()
    [store] = world.tables.stores
    before = store.count()
    world.clock.advance(10)
    sweeper = Sweeper(store, world.clock)
    removed = [sweeper.step(100) for _ in range(4)]
    assert sum(removed) == 151
    assert max(removed) <= 100
    assert store.count() == before - 151
    assert sum(1 for _ in table.scan()) == 151


def test_what_was_put_before_the_start(world: World) -> None:
    """What a module puts in mod_init is there when the workers run."""
    table = world.tables.table("test.values", int)
    table.put("a", 1)
    table.increment("a")
    assert table.get("a") == 2
    world.start()
    assert table.get("a") == 2


def test_versions(world: World) -> None:
    """Each bump changes the version of its table, and of no other."""
    one, two = world.tables.table("test.one", int), world.tables.table("test.two", int)
    one.bump()
    world.start()
    seen = {one.version}
    for _ in range(5):
        one.bump()
        seen.add(one.version)
    assert len(seen) == 6
    assert two.version == 0


def test_declarations(world: World) -> None:
    """The same declaration gives the same table; another one, a bad name or one after the start is refused."""
    table = world.tables.table("test.values", int)
    assert world.tables.table("test.values", int) is table
    with pytest.raises(ValueError, match="two ways"):
        world.tables.table("test.values", str)
    with pytest.raises(ValueError, match="two ways"):
        world.tables.table("test.values", int, persistent=True)
    for name in ("", "a b", "a\0b", "x" * 65):
        with pytest.raises(ValueError, match="no name of a table"):
            world.tables.table(name, int)
    world.start()
    assert world.tables.table("test.values", int) is table
    with pytest.raises(RuntimeError, match="too late"):
        world.tables.table("test.other", int)


def test_what_another_version_wrote(world: World) -> None:
    """A value that does not fit the type is as if it were not there, and logged."""
    world.tables.table("test.contacts", str).put("a", "text")
    other = World(None)
    other.tables._volatile.records.update(world.tables._volatile.records)
    contacts = other.tables.table("test.contacts", Contact)
    assert contacts.get("a") is None
    assert "test.contacts" in other.sink.lines[0]
