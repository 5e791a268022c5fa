"""The entry point: which command runs, what goes to which stream, which code it exits with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kahea.cli import main
from kahea.cli.option_table import OPTIONS
from kahea.cli.options import DEFAULT_RUNTIME_DIR
from kahea.modules.settings import Settings


def test_help_lists_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    """``-h`` names each option, the commands and the default configuration file, within 80 columns."""
    assert main(["-h"]) == 0

    out = capsys.readouterr().out
    assert "Configuration file (default: /etc/kahea/kahea.cfg)" in out
    assert all(f"    {option.label}" in out for option in OPTIONS if option.summary)
    assert all(f"    {command}" in out for command in ("modules", "check", "explain"))
    assert max(map(len, out.splitlines())) <= 80


def test_help_starts_as_kamailios(capsys: pytest.CaptureFixture[str]) -> None:
    """A program that reads Kamailio's help for an option finds it at the same place in the line."""
    main(["-h"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Usage: kahea [options]"
    assert "    -E           Log to standard error" in lines


@pytest.mark.parametrize("option", ["-v", "-V", "--version"])
def test_version(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The first line has Kamailio's form, the second the version of Kamailio that is presented."""
    assert main([option]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("version: kahea ")
    assert f"python {sys.version_info.major}.{sys.version_info.minor}" in first
    assert second == "language: Kamailio 6.1"


def test_internals_show_paths_and_modules(capsys: pytest.CaptureFixture[str]) -> None:
    """``-I`` adds default paths, libraries and the installed modules to the version."""
    assert main(["-I"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("version: kahea ")
    assert "  Default config: /etc/kahea/kahea.cfg\n" in out
    assert "  Default path to runtime dir: /run/kahea\n" in out


def test_the_default_runtime_directory_is_the_servers() -> None:
    """What the help says is what the server does."""
    assert Settings().rundir == DEFAULT_RUNTIME_DIR


def test_a_mistake_exits_as_kamailio_does(capsys: pytest.CaptureFixture[str]) -> None:
    """A refused command line exits with 255, says why on standard error and prints nothing else."""
    assert main(["-Z"]) == 255

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "kahea: unknown option `-Z`\n  help: kahea -h lists the options\n"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("start", "start without it; a signal stops the server: kill -TERM PID"),
        ("STOP", "start without it; a signal stops the server: kill -TERM PID"),
        ("restart", "start without it; a signal stops the server: kill -TERM PID"),
        ("chekc", "did you mean `check`?"),
        ("frobnicate", "the commands are modules, check, explain; options start with `-`"),
    ],
)
def test_a_first_word_that_is_no_command(word: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A first word must be an option or a command; Kamailio refuses start, stop and restart in the same way."""
    assert main([word, "-E"]) == 255

    assert capsys.readouterr().err == f"kahea: `{word}` is not a command\n  help: {hint}\n"


def test_a_file_without_its_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A configuration file as the first word is answered with the way to run it."""
    config = tmp_path / "some.cfg"
    config.touch()

    assert main([str(config)]) == 255

    assert capsys.readouterr().err.endswith(f"  help: to run that configuration write -f {config}\n")


def test_a_reader_that_has_seen_enough() -> None:
    """A closed pipe behind the help is no error and leaves no traceback."""
    script = "import sys; from kahea.cli import main; sys.exit(main(['-h']))"
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-c", script], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)

    assert (process.returncode, process.stderr) == (0, "")
