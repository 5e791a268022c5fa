"""The guide for authors of modules: each of its blocks is loaded and run, and no name of the API is left out.

What a block is stands behind its language: a file name (``python hello.py``, ``cfg kamailio.cfg``), ``from=PATH`` for a
quotation, ``module`` for the file of a module, ``declares`` for methods of a module, and for configurations of the
module before it ``uses`` (statements of a route), ``params``, ``refused=CODE`` and ``refused-params=CODE``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import kahea.api
import pytest
from kahea.testing import ConfigError, ServerUnderTest, request

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "writing-a-module.md"

HEAD = """
debug=2
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "example.py"
"""

DECLARES = '''
from __future__ import annotations

from collections.abc import Callable

from kahea.api import *


class Example(Module):
    """Example."""

'''


class Block(NamedTuple):
    """A fenced block: its section, line, language, what it is, and its text."""

    section: str
    line: int
    language: str
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.line}-{self.what or self.language}"


def blocks() -> Iterator[Block]:
    """Yield the blocks of the guide."""
    section, opened, text = "", None, [""]
    for number, line in enumerate(GUIDE.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```") and opened is None:
            language, _, what = line.removeprefix("```").partition(" ")
            opened, text = (number, language, what), []
        elif line.startswith("```") and opened is not None:
            yield Block(section, *opened, "\n".join(text) + "\n")
            opened = None
        elif opened is not None:
            text.append(line)
        elif line.startswith("#"):
            section = line.lstrip("# ")


BLOCKS = list(blocks())
FILES = [block for block in BLOCKS if re.fullmatch(r"[\w.]+\.(py|cfg)", block.what)]
CONFIGS = [block for block in FILES if block.what == "kamailio.cfg"]
TESTS = [block for block in FILES if block.what.startswith("test_")]
QUOTATIONS = [block for block in BLOCKS if block.what.startswith("from=")]
MODULES = [block for block in BLOCKS if block.what in ("module", "declares")]
USES = [block for block in BLOCKS if re.match(r"uses|params|refused", block.what)]

Server = Callable[..., ServerUnderTest]


def module_text(use: Block) -> str:
    """Return the file of the module that a configuration is about: the last one before it."""
    return file_of(max(block for block in MODULES if block.section == use.section and block.line < use.line))


def file_of(block: Block) -> str:
    """Return the text of a module's file."""
    return block.text if block.what == "module" else DECLARES + textwrap.indent(block.text, "    ")


def configuration(use: Block) -> str:
    """Return a whole configuration around a block."""
    if "params" in use.what:
        return f"{HEAD}{use.text.replace('MODULE', 'example')}\nrequest_route {{ exit; }}\n"
    return f"{HEAD}request_route {{\n{use.text}}}\n"


def failures(server: ServerUnderTest) -> list[str]:
    """Return what went wrong while a server ran."""
    return [line for line in server.log if line.startswith(("ERROR", "CRITICAL"))]


def test_every_block_is_of_a_known_kind() -> None:
    """No block escapes these tests."""
    known = {*FILES, *QUOTATIONS, *MODULES, *USES}
    unknown = [f"{block.line}" for block in BLOCKS if block not in known and block.language not in ("sh", "text")]

    assert not unknown


@pytest.mark.parametrize("block", CONFIGS, ids=str)
def test_whole_configurations_run(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kahea_server: Server
) -> None:
    """A configuration loads the files of its section and handles a request without an error."""
    for file in FILES:
        if file.section == block.section:
            (tmp_path / file.what).write_text(file.text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    server = kahea_server(block.text, path=tmp_path / "kamailio.cfg")
    server.receive(request("OPTIONS"))

    assert failures(server) == []
    assert server.warnings == []
    assert server.sent or server.logged("INFO") or "debug" not in block.text


@pytest.mark.parametrize("block", TESTS, ids=str)
def test_tests_pass(block: Block, tmp_path: Path, site_with: Callable[[str], Path]) -> None:
    """A test file passes where the example package is installed."""
    file = tmp_path / block.what
    file.write_text(block.text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(file)],
        env={**os.environ, "PYTHONPATH": str(site_with("examples/kahea-hello"))},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("block", QUOTATIONS, ids=str)
def test_quotations_are_exact(block: Block) -> None:
    """A block taken from a file stands in it as it is."""
    assert block.text in (ROOT / block.what.removeprefix("from=")).read_text(encoding="utf-8")


@pytest.mark.parametrize("block", MODULES, ids=str)
def test_modules_load(block: Block, tmp_path: Path, kahea_server: Server) -> None:
    """Each example of a declaration is a module that starts."""
    (tmp_path / "example.py").write_text(file_of(block), encoding="utf-8")

    server = kahea_server(HEAD + "request_route { exit; }", path=tmp_path / "kamailio.cfg")
    server.receive(request("OPTIONS"))

    assert failures(server) == []


@pytest.mark.parametrize("block", [use for use in USES if "refused" not in use.what], ids=str)
def test_uses_run(block: Block, tmp_path: Path, kahea_server: Server) -> None:
    """Each use of a declaration passes the checker and runs without an error."""
    (tmp_path / "example.py").write_text(module_text(block), encoding="utf-8")

    server = kahea_server(configuration(block), path=tmp_path / "kamailio.cfg")
    server.receive(request("INVITE", "sip:alice@127.0.0.1"))
    server.advance(5)
    server.settle()

    assert failures(server) == []


@pytest.mark.parametrize("block", [use for use in USES if "refused" in use.what], ids=str)
def test_refused_uses_are_refused(block: Block, tmp_path: Path, kahea_server: Server) -> None:
    """What the guide calls refused is a single error, of the code that it names."""
    (tmp_path / "example.py").write_text(module_text(block), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        kahea_server(configuration(block), path=tmp_path / "kamailio.cfg")

    assert [found.code for found in caught.value.diagnostics] == [block.what.partition("=")[2]]


def test_every_name_of_the_api_is_told() -> None:
    """The guide mentions all that `kahea.api` offers."""
    text = GUIDE.read_text(encoding="utf-8")

    assert [name for name in kahea.api.__all__ if not re.search(rf"\b{name}\b", text)] == []
