"""Hash tables in a server. What 5.6.3 has is compared with the real server in tests/oracle; 6.x's by its source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kahea.api import RpcError
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_htable import Htable
from kahea_htable.definition import Definition, read_definition
from kahea_htable.locks import Holder, Locks

KaheaServer = Callable[..., ServerUnderTest]

TABLES = """
modparam("htable", "htable", "a=>size=8")
modparam("htable", "htable", "i=>size=8;initval=10;")
modparam("htable", "htable", "e=>size=8;autoexpire=100")
modparam("htable", "htable", "k=>size=8;autoexpire=100;updateexpire=0;initval=0")
"""


class TestContract(ModuleContract):
    """What every module promises."""

    module = Htable
    configuration = TABLES


def server_with(kahea_server: KaheaServer, script: str, blocks: str = "", params: str = "") -> ServerUnderTest:
    """Return a server with tables and a script."""
    return kahea_server(f'debug=2\nloadmodule "htable.so"\n{TABLES}\n{params}\nrequest_route {{ {script} }}\n{blocks}')


def logged(kahea_server: KaheaServer, script: str) -> list[str]:
    """Return what a script logs."""
    server = server_with(kahea_server, script)
    server.receive(request())
    return server.logged("ERROR")


# --- definitions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "definition"),
    [
        ("a=>size=8;", Definition("a", slots=256)),
        (" a => size=1 ; autoexpire=7", Definition("a", slots=8, autoexpire=7)),
        ("a=>size=40", Definition("a", slots=16384)),
        ("a=>initval=-3;updateexpire=0", Definition("a", initval=-3, updateexpire=False)),
        ("a=>dbtable=t;cols='k,v';coldelim=';';colnull='';dbmode=1", Definition("a", dbtable="t", dbmode=1)),
        ("a=>dmqreplicate=1;reloadat=5", Definition("a", dmqreplicate=1)),
    ],
)
def test_a_definition_is_read(text: str, definition: Definition) -> None:
    """Attributes stand behind the name, quoted or not."""
    assert read_definition(text) == definition


@pytest.mark.parametrize(
    "text",
    ["a", "a=>", "=>size=8", "a=>size", "a=>size=x", "a=>colour=1", "a=>coldelim=ab", "a=>cols='k'", "a b=>size=8",
     "é=>size=8", "a=>initval=x"],
)  # fmt: skip
def test_a_broken_definition_is_found_when_the_file_is_read(kahea_server: KaheaServer, text: str) -> None:
    """The diagnostic is at the modparam."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "htable.so"\nmodparam("htable", "htable", "{text}")\nrequest_route {{ exit; }}')

    assert [(one.code, one.span.line if one.span else 0) for one in caught.value.diagnostics] == [("bad-param", 2)]


def test_a_name_counts_once(kahea_server: KaheaServer) -> None:
    """Two tables of one name are a mistake."""
    with pytest.raises(ConfigError):
        server_with(kahea_server, "exit;", params='modparam("htable", "htable", "a=>size=3")')


def test_a_table_of_a_database_stays_empty_and_says_so(kahea_server: KaheaServer) -> None:
    """There are no databases yet."""
    server = server_with(kahea_server, "exit;", params='modparam("htable", "htable", "d=>dbtable=t")')

    assert server.logged("WARNING") == ["d: there are no databases yet, the table is not filled"]


# --- items ---------------------------------------------------------------------------------------


def test_increments_in_one_step(kahea_server: KaheaServer) -> None:
    """sht_inc and sht_dec need a number or an initial value (6.x)."""
    script = """
        $sht(a=>x) = 1; $sht(a=>t) = "text";
        if (sht_inc("a", "x") && sht_inc("a", "x") && sht_dec("a", "x")) test_log("$sht(a=>x)");
        if (!sht_inc("a", "none")) test_log("null");
        if (!sht_inc("a", "t")) test_log("text");
        sht_dec("i", "new"); test_log("$sht(i=>new)");
    """

    assert logged(kahea_server, script) == ["2", "null", "text", "9"]


def test_numbers_have_64_bits(kahea_server: KaheaServer) -> None:
    """A sum beyond the largest number begins anew at the smallest."""
    script = '$sht(a=>x) = 9223372036854775807; test_log("$shtinc(a=>x)");'

    assert logged(kahea_server, script) == ["-9223372036854775808"]


def test_whether_an_item_is_null(kahea_server: KaheaServer) -> None:
    """sht_is_null tells apart what is there, what is not, initial values and unknown tables (6.x)."""
    calls = ('"a", "x"', '"a", "none"', '"i", "x"', '"z", "x"', '"", "x"')
    script = "$sht(a=>x) = 1;" + "".join(f'sht_is_null({call}); test_log("$rc");' for call in calls)

    assert logged(kahea_server, script) == ["-1", "1", "-2", "2", "3"]


def test_values_with_their_own_time(kahea_server: KaheaServer) -> None:
    """sht_setxs and sht_setxi set value and expiry, with 0 that of the table."""
    script = """
        sht_setxs("e", "x", "text", "30"); test_log("$sht(e=>x) $shtex(e=>x)");
        sht_setxi("k", "y", "7", "40"); test_log("$sht(k=>y) $shtex(k=>y)");
        sht_setxi("k", "y", "8", "0"); test_log("$sht(k=>y) $shtex(k=>y)");
        if (!sht_setxs("z", "x", "text", "1")) exit;
    """

    assert logged(kahea_server, script)[:3] == ["text 30", "7 40", "8 40"]


def test_items_expire(kahea_server: KaheaServer) -> None:
    """An item is there up to its last second, and an update prolongs its life."""
    script = (
        'if (sht_is_null("a", "begun")) { $sht(a=>begun) = 1; $sht(e=>x) = 1; } test_log("$sht(e=>x) $shtex(e=>x)");'
    )
    server = server_with(kahea_server, script)

    server.receive(request())
    server.advance(60)
    server.receive(request())
    server.advance(41)
    server.receive(request())

    assert server.logged("ERROR") == ["1 100", "1 40", "<null> 0"]


def test_many_items_are_removed_by_their_ends(kahea_server: KaheaServer) -> None:
    """The operators ew and in (6.x)."""
    script = """
        $sht(a=>one) = "alpha"; $sht(a=>two) = "beta"; $sht(a=>three) = "gamma";
        sht_rm_name("a", "ew", "e"); test_log("$shtcn(a=>**)");
        sht_rm_value("a", "in", "et"); test_log("$shtcn(a=>**)");
    """

    assert logged(kahea_server, script) == ["1", "0"]


def test_all_is_printed(kahea_server: KaheaServer) -> None:
    """sht_print writes each item to the log."""
    script = '$sht(a=>x) = 1; $sht(e=>y) = "text"; sht_print();'

    assert [line for line in logged(kahea_server, script) if line.startswith("    ")][-1:] == ["    x: number 1"]


# --- event routes --------------------------------------------------------------------------------


def test_the_event_route_of_the_start(kahea_server: KaheaServer) -> None:
    """Before the first message the tables hold what event_route[htable:mod-init] set."""
    server = server_with(
        kahea_server, 'test_log("$sht(a=>x)");', 'event_route[htable:mod-init] { $sht(a=>x) = "begun"; }'
    )

    server.receive(request())

    assert server.logged("ERROR") == ["begun"]


WAITING = """
import asyncio
from kahea.api import Message, Module, function


class Wait(Module):
    "Waits."

    @function()
    async def wait(self, msg: Message) -> bool:
        "Wait."
        await asyncio.sleep(1)
        return True
"""


def test_a_start_that_waits(kahea_server: KaheaServer, tmp_path: Path) -> None:
    """In the mode 1 the event route of the start may wait."""
    (tmp_path / "wait.py").write_text(WAITING)
    server = kahea_server(
        f'loadmodule "htable.so"\nloadmodule "wait.py"\n{TABLES}\nmodparam("htable", "event_callback_mode", 1)\n'
        'request_route { test_log("$sht(a=>x)"); }\n'
        'event_route[htable:mod-init] { wait(); $sht(a=>x) = "begun"; }',
        path=tmp_path / "kamailio.cfg",
    )

    server.advance(2)
    server.receive(request())

    assert server.logged("ERROR") == ["begun"]


def test_expired_items_are_told(kahea_server: KaheaServer) -> None:
    """The event route sees name and value, and can keep the item."""
    server = server_with(
        kahea_server,
        '$sht(e=>gone) = 7; $sht(e=>kept) = "text"; $sht(k=>silent) = 1;',
        """
        event_route[htable:expired:e] {
            test_log("$shtrecord(key) $shtrecord(value)");
            if ($shtrecord(key) == "kept") $sht(e=>kept) = "again";
        }
        """,
    )
    server.receive(request())

    server.advance(130)

    assert sorted(server.logged("ERROR")) == ["gone 7", "kept text"]
    assert server.rpc("htable.get", "e", "kept")["item"]["value"] == "again"
    assert server.rpc("htable.stats")[1] == {"name": "e", "slots": 256, "all": 1, "min": 0, "max": 1}
    assert server.rpc("htable.stats")[0]["all"] == 0


# --- iterators and locks -------------------------------------------------------------------------


def test_a_table_may_be_changed_while_a_script_goes_through_it(kahea_server: KaheaServer) -> None:
    """Each item that is there from begin to end comes once."""
    script = """
        $sht(a=>one) = 1; $sht(a=>two) = 2; $sht(a=>three) = 3;
        $sht(i=>sum) = 0;
        sht_iterator_start("x", "a");
        while (sht_iterator_next("x")) {
            $sht(i=>sum) = $sht(i=>sum) + $shtitval(x);
            $sht(a=>$shtitkey(x)) = 0;
        }
        sht_iterator_end("x");
        test_log("$sht(i=>sum) $sht(a=>one) $sht(a=>two)");
    """

    assert logged(kahea_server, script) == ["6 0 0"]


def test_a_lock_keeps_others_out(kahea_server: KaheaServer, tmp_path: Path) -> None:
    """While a script that holds a lock waits, another one waits for the lock, and both add."""
    (tmp_path / "wait.py").write_text(WAITING)
    server = kahea_server(
        f'loadmodule "htable.so"\nloadmodule "wait.py"\n{TABLES}\n'
        'request_route { sht_lock("k=>x"); $sht(k=>y) = $sht(k=>x); wait(); $sht(k=>x) = $sht(k=>y) + 1; '
        'sht_unlock("k=>x"); test_log("$sht(k=>x)"); }',
        path=tmp_path / "kamailio.cfg",
    )

    server.receive(request())
    server.receive(request())
    server.advance(1.5)
    assert server.logged("ERROR") == ["1"]
    server.advance(1)

    assert server.logged("ERROR") == ["1", "2"]


class SharedHolders:
    """The shared table of the locks, in memory."""

    def __init__(self) -> None:
        self.values: dict[str, Holder] = {}

    def update(self, key: str, change: Callable[[Holder | None], Holder | None]) -> bool:
        """Change a value in one step."""
        new = change(self.values.get(key))
        self.values.pop(key, None)
        if new is not None:
            self.values[key] = new
        return True


def test_a_lock_holds_in_all_workers() -> None:
    """A worker gets a lock only when the other one has released it, or held it for too long."""
    holders, clock = SharedHolders(), SimpleNamespace(now=1000.0)
    clock.time = lambda: clock.now
    locks = []
    for index in range(2):
        core: Any = SimpleNamespace(
            clock=clock,
            workers=SimpleNamespace(count=2, index=index),
            settings=SimpleNamespace(script_wait_limit=60),
            tables=SimpleNamespace(table=lambda name, kind: holders),
        )
        locks.append(Locks(core))
    first, second = locks

    assert first.acquire("k", 1) is True
    assert first.acquire("k", 1) is True
    assert second._try("k", 1) is False
    first.release("k", 1)
    assert second._try("k", 1) is False
    first.release("k", 1)
    assert second._try("k", 1) is True
    assert first._try("k", 1) is False
    clock.now += 61
    assert first._try("k", 1) is True


# --- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "parameters", "code"),
    [
        ("htable.get", ("a",), 500),
        ("htable.get", ("a", "none"), 500),
        ("htable.get", ("z", "none"), 500),
        ("htable.delete", ("a", "none"), 404),
        ("htable.seti", ("a", "x", "text"), 500),
        ("htable.setxs", ("a", "x", "text"), 500),
        ("htable.dump", (), 500),
        ("htable.reload", ("a",), 500),
        ("htable.store", ("a",), 500),
        ("htable.dmqsync", (), 500),
        ("htable.dmqresync", ("a",), 500),
    ],
)
def test_commands_that_are_refused(
    kahea_server: KaheaServer, command: str, parameters: tuple[object, ...], code: int
) -> None:
    """What is missing, unknown or not there yet is an error."""
    server = server_with(kahea_server, "exit;")

    with pytest.raises(RpcError) as caught:
        server.rpc(command, *parameters)

    assert caught.value.code == code


def test_commands_with_times(kahea_server: KaheaServer) -> None:
    """setxs, setxi and setex set when an item expires."""
    server = server_with(kahea_server, 'test_log("$sht(e=>x) $shtex(e=>x) $sht(e=>y) $shtex(e=>y)");')
    server.rpc("htable.setxs", "e", "x", "text", 30)
    server.rpc("htable.setxi", "e", "y", 5, 40)
    server.rpc("htable.setex", "e", "y", 50)

    server.receive(request())

    assert server.logged("ERROR") == ["text 30 5 50"]
