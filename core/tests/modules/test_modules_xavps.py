"""XAVP lists, and the runs that hold them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kahea.modules.xavps import Xavp, XavpList
from kahea.testing import ServerUnderTest, request


def filled(*values: tuple[str, str | int]) -> XavpList:
    """Return a list to which values were added one after the other."""
    made = XavpList()
    for name, value in values:
        made.push(name, value)
    return made


def test_the_newest_comes_first() -> None:
    """Values of a name are found from the newest to the oldest, and from the end by a negative index."""
    lists = filled(("a", 1), ("b", 2), ("a", 3))

    assert [one.value for one in lists.named("a")] == [3, 1]
    found = [lists.find("a", index) for index in (0, 1, -1, 2)]
    assert [one.value if one is not None else None for one in found] == [3, 1, 1, None]


def test_letter_case() -> None:
    """A list may take names for equal that differ in case."""
    lists = XavpList(str.lower)
    lists.push("Name", "x")

    assert isinstance(lists.find("nAME"), Xavp)
    assert XavpList().find("name") is None


def test_children() -> None:
    """A child is set in the newest list of a name, which is made if there is none."""
    lists = filled(("call", "text"))
    lists.set_child("call", "tries", 1)
    lists.set_child("call", "tries", 2)

    children = lists.child_list("call")
    assert children is not None
    assert [(one.name, one.value) for one in children.nodes] == [("tries", 2)]
    assert len(lists.named("call")) == 1


def test_a_list_is_per_message(kahea_server: Callable[..., ServerUnderTest], tmp_path: Path) -> None:
    """Run.xavps, xavis and xavus are empty again for the next message, and modules share them with `$xavp`."""
    (tmp_path / "keeper.py").write_text(
        "from kahea.api import Module, Run, function\n"
        "class Keeper(Module):\n"
        "    '''Keeps.'''\n"
        "    @function()\n"
        "    def keep(self, run: Run) -> bool:\n"
        "        '''Keep.'''\n"
        "        counts = [len(one.nodes) for one in (run.xavps, run.xavis, run.xavus)]\n"
        "        self.core.log.error(repr(counts), 'keeper')\n"
        "        for one in (run.xavps, run.xavis, run.xavus):\n"
        "            one.push('kept', 'x')\n"
        "        return True\n"
    )
    server = kahea_server(
        'loadmodule "pv.so"\nloadmodule "keeper.py"\n'
        'request_route { keep(); keep(); test_log("$xavp(kept) $xavi(KEPT) $xavu(kept)"); }',
        path=tmp_path / "kamailio.cfg",
    )
    server.receive(request())
    server.receive(request())

    assert server.logged("ERROR") == ["[0, 0, 0]", "[1, 1, 1]", "x x x"] * 2
