"""The documents keep their word: links lead somewhere, commands exist, configurations are valid."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from kahea.cli import main
from kahea.cli.parse import parse_options

ROOT = Path(__file__).parents[2]
SKIPPED = {".git", ".tox", ".venv", "node_modules"}


class Block(NamedTuple):
    """A fenced block: where it starts, the words after the fence, its text."""

    file: Path
    line: int
    info: list[str]
    text: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}"


def documents() -> list[Path]:
    """Return all Markdown files of the repository."""
    return sorted(file for file in ROOT.rglob("*.md") if not SKIPPED & set(file.relative_to(ROOT).parts))


def blocks(file: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a document."""
    opened: tuple[int, list[str]] | None = None
    text: list[str] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.lstrip().startswith("```"):
            if opened is None:
                opened, text = (number, line.strip().removeprefix("```").split()), []
            else:
                yield Block(file, opened[0], opened[1], "\n".join(text) + "\n")
                opened = None
        elif opened is not None:
            text.append(line)


def prose(file: Path) -> str:
    """Return a document without its fenced blocks and code spans."""
    text = re.sub(r"^\s*```.*?^\s*```", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(file: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+\s+(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def commands(block: Block) -> Iterator[list[str]]:
    """Yield the command lines of a shell block, each as words from ``kahea`` on."""
    joined = block.text.replace("\\\n", " ")
    for line in joined.splitlines():
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if "kahea" in words:
            yield words[words.index("kahea") :]


ALL_BLOCKS = [block for file in documents() for block in blocks(file)]
SHELL = [block for block in ALL_BLOCKS if block.info[:1] in (["sh"], ["console"])]
COMPLETE = [block for block in ALL_BLOCKS if block.info == ["cfg", "complete"]]


@pytest.mark.parametrize("file", documents(), ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(file: Path) -> None:
    """A link inside the repository names a file that is there, and a heading that is in it."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(file)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (file.parent / path).resolve() if path else file
        if not linked.exists() or (anchor and linked.suffix == ".md" and anchor not in anchors(linked)):
            broken.append(target)

    assert not broken


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_commands_exist(block: Block) -> None:
    """Each ``kahea`` command line in a document is one that the command accepts, and its files are there."""
    for words in commands(block):
        if words[1:2] and words[1] in ("modules", "check", "explain"):
            continue
        options = parse_options(words[1:])
        assert not options.stray_words, words
        if options.config_file.startswith("examples/"):
            assert (ROOT / options.config_file).is_file(), words


@pytest.mark.parametrize("block", COMPLETE, ids=str)
def test_complete_configurations_are_valid(block: Block, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A block marked ``cfg complete`` passes ``kahea check``."""
    config = tmp_path / "document.cfg"
    config.write_text(block.text, encoding="utf-8")

    code = main(["check", str(config)])

    assert code == 0, capsys.readouterr().out


def test_the_two_commands_of_the_readme() -> None:
    """The README's first two commands are those that set everything up: to run and to test."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert (
        "python3 -m pip install uv && python3 -m uv run --all-packages kahea -f examples/minimal.cfg -DD -E\n" in text
    )
    assert "python3 -m pip install tox tox-uv && python3 -m tox\n" in text
