"""``kahea modules``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.cli import main
from kahea.modules.loader import available

SAMPLE = '''
from typing import Annotated

from msgspec import Meta

from kahea.modules.context import Run, Value
from kahea.modules.declare import EventRoute, Result, function, pvar, rpc, transformation
from kahea.modules.kinds import Int, Text
from kahea.modules.module import Module, Params
from kahea.modules.routes import Route
from kahea.modules.rpc import Scope


class SampleParams(Params):
    limit: Annotated[int, Meta(description="Most that is done.")] = 7
    enabled: bool = True
    label: str | None = None
    table: list[str] = []


class Sample(Module[SampleParams]):
    """Shows what a page looks like."""

    event_routes = (EventRoute("sample:done", "Runs when it is done."),)

    @function(routes=Route.REQUEST, aliases=("sample_alias",))
    def sample_do(self, run: Run, name: Text, times: Int = 1) -> Result:
        """Do it *times* times."""
        return 1

    @pvar("sample")
    def sample(self, run: Run, name: str = "", index: int | None = None) -> Value:
        """What was done."""
        return None

    @sample.setter
    def set_sample(self, run: Run, name: str, index: int | None, value: Value) -> None:
        pass

    @transformation("sample.twice")
    def twice(self, value: Value, by: Int) -> Value:
        """The value, twice."""
        return value

    @rpc("sample.stats", scope=Scope.EACH)
    def stats(self) -> int:
        """How much was done."""
        return 0
'''

PAGE = """\
sample (kahea-sample 1.2)
Shows what a page looks like.

Functions
  sample_do(name: string, [times: int])  [routes: request]
  sample_alias(name: string, [times: int])  [routes: request]
      Do it *times* times.

Parameters
  limit  [int, default 7]
      Most that is done.
  enabled  [int, default 1]
  label  [string]
  table  [string, may be repeated]

Pseudo-variables
  $sample[(name)]  [string or int or null, takes an index, writable]
      What was done.

Transformations
  {sample.twice,by}
      The value, twice.

Event routes
  event_route[sample:done]
      Runs when it is done.

RPC commands
  sample.stats
      How much was done.
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the module `sample`, and one that cannot be imported."""
    for name, text in (("sample", SAMPLE), ("broken", "import nothing_of_that_name\n")):
        (tmp_path / f"kahea_{name}.py").write_text(text)
        information = tmp_path / f"kahea_{name}-1.2.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Name: kahea-{name}\nVersion: 1.2\nSummary: The module {name}\n")
        (information / "entry_points.txt").write_text(f"[kahea.modules]\n{name} = kahea_{name}:{name.capitalize()}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    available.cache_clear()
    yield
    available.cache_clear()
    sys.modules.pop("kahea_sample", None)


def test_the_list_imports_no_module(capsys: pytest.CaptureFixture[str]) -> None:
    """The list has name, package, version and summary of each module, also of one that cannot be imported."""
    assert main(["modules"]) == 0

    lines = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()]
    assert ["sample", "kahea-sample", "1.2", "The module sample"] in lines
    assert ["broken", "kahea-broken", "1.2", "The module broken"] in lines


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` prints the same as objects."""
    assert main(["modules", "--json"]) == 0

    assert {
        "name": "sample",
        "package": "kahea-sample",
        "version": "1.2",
        "doc": "The module sample",
    } in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["sample", "sample.so", "/usr/lib/kamailio/modules/sample.so"])
def test_the_page_of_a_module(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A module's page shows what it declares; the name may be written as in any ``loadmodule`` line."""
    assert main(["modules", name]) == 0

    assert capsys.readouterr().out == PAGE


def test_the_page_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON of a module has lists of objects with names, types, routes and documentation."""
    assert main(["modules", "sample", "--json"]) == 0

    module = json.loads(capsys.readouterr().out)
    assert module["functions"][0] == {
        "name": "sample_do",
        "arity": [1, 2],
        "arguments": [
            {"name": "name", "type": "string", "required": True},
            {"name": "times", "type": "int", "required": False},
        ],
        "routes": "request",
        "returns": "int",
        "doc": "Do it *times* times.",
    }
    assert module["params"][0] == {
        "name": "limit",
        "type": "int",
        "default": 7,
        "repeatable": False,
        "doc": "Most that is done.",
    }
    assert [(param["name"], param["type"], param["repeatable"]) for param in module["params"][1:]] == [
        ("enabled", "int", False),
        ("label", "string", False),
        ("table", "string", True),
    ]
    assert module["pseudo_variables"] == [
        {
            "name": "sample",
            "types": ["string", "int", "null"],
            "writable": True,
            "inner": "optional",
            "indexed": True,
            "doc": "What was done.",
        }
    ]
    assert module["rpc"] == [{"name": "sample.stats", "scope": "each", "doc": "How much was done."}]
    assert [event["name"] for event in module["event_routes"]] == ["sample:done"]
    assert [entry["name"] for entry in module["transformations"]] == ["sample.twice"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("smaple", "did you mean `sample`?"),
        ("nothing_like_it", "python3 -m pip install kahea-nothing-like-it"),
    ],
)
def test_a_module_that_is_not_installed(name: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown name exits with 1 and tells the near name, or the package that would bring the module."""
    assert main(["modules", name]) == 1

    assert capsys.readouterr().err == f"kahea: module `{name}` is not installed\n  help: {hint}\n"


def test_a_module_that_cannot_be_imported(capsys: pytest.CaptureFixture[str]) -> None:
    """A broken module exits with 1 and the reason, without a traceback."""
    assert main(["modules", "broken"]) == 1

    assert capsys.readouterr().err == (
        "kahea: module `broken`: cannot import kahea_broken:Broken of kahea-broken 1.2: "
        "ModuleNotFoundError: No module named 'nothing_of_that_name'\n"
    )
