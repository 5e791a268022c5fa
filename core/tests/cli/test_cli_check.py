"""Checking and printing a configuration: ``-c``, ``--cfg-print`` and ``kahea check``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from kahea.cli import main

GOOD = """#!KAMAILIO
listen=udp:127.0.0.1:25999
alias=a.example
request_route {
#!ifdef WITH_DROP
    drop;
#!else
    exit;
#!endif
}
"""
BAD = """#!KAMAILIO
listen=udp:127.0.0.1:25999
request_route {
    no_such_function();
    exit;
}
"""


@pytest.fixture
def good(tmp_path: Path) -> str:
    """A configuration that can be run."""
    file = tmp_path / "good.cfg"
    file.write_text(GOOD)
    return str(file)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    """A configuration that calls a function that nobody offers."""
    file = tmp_path / "bad.cfg"
    file.write_text(BAD)
    return str(file)


def test_a_valid_file(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``-c`` of a valid file says so on standard error, as Kamailio, prints the addresses and exits with 0."""
    assert main(["-c", "-f", good]) == 0

    captured = capsys.readouterr()
    assert captured.err == "config file ok, exiting...\n"
    assert captured.out == (
        "Listening on \n             udp: 127.0.0.1:25999\nAliases: \n               *: a.example:*\n\n"
    )


def test_addresses_of_the_command_line(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``-l`` and ``--alias`` add to what the file says."""
    assert main(["-c", "-f", good, "-l", "tcp:127.0.0.1:25998/1.2.3.4:5060", "--alias=udp:b.example:5080"]) == 0

    out = capsys.readouterr().out
    assert "             udp: 127.0.0.1:25999\n             tcp: 127.0.0.1:25998 advertise 1.2.3.4:5060\n" in out
    assert "               *: a.example:*\n             udp: b.example:5080\n" in out


def test_an_invalid_file(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``-c`` of an invalid file shows each mistake in its line on standard error and exits with 255, as Kamailio."""
    assert main(["-c", "-f", bad]) == 255

    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"{bad}:4:5: error: unknown function `no_such_function` [unknown-function]\n" in captured.err
    assert "    ^^^^^^^^^^^^^^^^" in captured.err


def test_a_listen_address_that_does_not_exist(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``-c`` looks addresses up, and shows the place in the argument."""
    assert main(["-c", "-f", good, "-l", "udp:no.such.host.invalid"]) == 255

    assert "<-l>:1:5: error: cannot resolve `no.such.host.invalid`" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file is an error like another."""
    assert main(["-c", "-f", str(tmp_path / "none.cfg")]) == 255

    assert "none.cfg" in capsys.readouterr().err


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``-f -`` reads the configuration from standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))

    assert main(["-c", "-f", "-"]) == 255

    assert "<stdin>:4:5: error: unknown function `no_such_function`" in capsys.readouterr().err


def test_the_active_text(good: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """``--cfg-print`` prints what is left after the conditions, with the defines of the command line."""
    assert main(["--cfg-print", "-f", good, "-A", "WITH_DROP"]) == 0

    out = capsysbinary.readouterr().out
    assert b"drop;" in out
    assert b"exit;" not in out


def test_check_passes_a_valid_file(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`kahea check` of a file without mistakes prints nothing and exits with 0."""
    assert main(["check", good]) == 0

    assert capsys.readouterr().out == ""


def test_check_shows_the_line(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`kahea check` shows the line with a caret on standard output and exits with 1."""
    assert main(["check", bad]) == 1

    out = capsys.readouterr().out
    assert out.startswith(f"{bad}:4:5: error: unknown function `no_such_function` [unknown-function]\n")
    assert " 4 |     no_such_function();\n   |     ^^^^^^^^^^^^^^^^\n" in out
    assert out.endswith("1 error\n")


def test_check_in_one_line(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--format=concise`` is a line for each mistake."""
    assert main(["check", "--format=concise", bad]) == 1

    assert capsys.readouterr().out == (
        f"{bad}:4:5: error: unknown function `no_such_function` [unknown-function]\n1 error\n"
    )


def test_check_as_json(bad: str, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--format=json`` is an array with an object for each mistake, empty without one."""
    assert main(["check", "--format=json", bad]) == 1
    (mistake,) = json.loads(capsys.readouterr().out)
    assert (mistake["severity"], mistake["code"], mistake["place"]["line"]) == ("error", "unknown-function", 4)

    assert main(["check", "--format=json", good]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_check_as_sarif(bad: str, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--format=sarif`` is a SARIF log, with an empty list of results for a valid file."""
    assert main(["check", "--format=sarif", bad]) == 1
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]["startLine"]) == (
        "unknown-function",
        4,
    )

    assert main(["check", "--format=sarif", good]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"] == []


def test_check_for_github(bad: str, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--format=github`` is an annotation for each mistake and nothing for a valid file."""
    assert main(["check", "--format=github", bad]) == 1
    assert capsys.readouterr().out == (
        f"::error file={bad},line=4,col=5,title=unknown-function::unknown function `no_such_function`\n"
    )

    assert main(["check", "--format=github", good]) == 0
    assert capsys.readouterr().out == ""


def test_check_with_defines(tmp_path: Path) -> None:
    """``-A`` switches on the parts of the file that are checked."""
    file = tmp_path / "defines.cfg"
    file.write_text("request_route {\n#!ifdef BROKEN\n    no_such_function();\n#!endif\n    exit;\n}\n")

    assert main(["check", str(file)]) == 0
    assert main(["check", "-A", "BROKEN", str(file)]) == 1


def test_check_looks_no_address_up(tmp_path: Path) -> None:
    """`kahea check` is about the text: an interface of another machine is no mistake."""
    file = tmp_path / "elsewhere.cfg"
    file.write_text("listen=udp:eth77:5060\nrequest_route {\n    exit;\n}\n")

    assert main(["check", str(file)]) == 0
    assert main(["-c", "-f", str(file)]) == 255
