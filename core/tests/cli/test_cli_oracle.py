"""Our command line beside that of the real Kamailio."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from kahea.cli.errors import UsageError
from kahea.cli.option_table import OPTIONS
from kahea.cli.parse import parse_options

KAMAILIO = shutil.which("kamailio")

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(KAMAILIO is None, reason="kamailio is not installed: apt-get install kamailio"),
]


def kamailio(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real server to its end; only for arguments that keep it from starting."""
    assert KAMAILIO is not None
    return subprocess.run(
        [KAMAILIO, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False
    )


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Write a configuration that needs no module."""
    path = tmp_path / "oracle.cfg"
    path.write_text("#!KAMAILIO\nlisten=udp:127.0.0.1:25999\nauto_aliases=no\nrequest_route {\n    exit;\n}\n")
    return str(path)


def test_every_option_of_its_help_is_known() -> None:
    """No option of Kamailio's help is missing here, and each takes an argument if it does there."""
    letters = {option.letter: bool(option.argument) for option in OPTIONS if option.letter}
    names = {name: bool(option.argument) for option in OPTIONS for name in option.names}
    # The help leaves out that these two take a number.
    unsaid = {"N", "Q"}
    found = re.findall(r"^    (-(\w)|--([\w-]+))(=| \S+)?", kamailio("-h").stdout, re.MULTILINE)

    assert len(found) > 40
    for _, letter, name, argument in found:
        if letter and letter not in unsaid:
            assert letters[letter] == bool(argument), letter
        elif name:
            assert names[name] == (argument == "="), name


@pytest.mark.parametrize(
    "arguments",
    [
        ["-Z"],
        ["--frobnicate"],
        ["--sub=/a/b/"],
        ["--cfg-print=x"],
        ["-a", "maybe"],
        ["-A", "X", "-A", "X=2"],
        ["-b", "x"],
        ["-n", "x"],
        ["-N", "x"],
        ["-W", "fast"],
        ["-O", "x"],
        ["-M", "x"],
        ["-m", "x"],
        ["--debug=x"],
        ["--atexit=q"],
        ["--server-id=x"],
        ["--modparam=pv"],
        ["--modparam=pv:a:q:1"],
        ["-l"],
    ],
)
def test_what_it_refuses_is_refused(arguments: list[str], config: str) -> None:
    """Arguments that keep Kamailio from starting are a usage error here."""
    assert kamailio("-f", config, "-c", *arguments).returncode == 255
    with pytest.raises(UsageError):
        parse_options(["-f", config, "-c", *arguments])


@pytest.mark.parametrize(
    "arguments",
    [
        ["-DDEe"],
        ["-E", "-e", "-ddd"],
        ["-d", "3"],
        ["-n0"],
        ["-N", "3", "-T"],
        ["-rRK"],
        ["-m64", "-M", "8", "-x", "fm", "-X", "fm"],
        ["-l", "udp:127.0.0.1:25998", "-l", "127.0.0.1:25997/1.2.3.4:5060"],
        ["-A", "X", "-AY=1", "-A", "Z=", "-A", "W=a=b"],
        ["--alias=a.example:5060", "--subst=/a/b/", "--substdef=/C/d/", "--substdefs", "/E/f/"],
        ["--server-id", "7", "--log-engine=json:M", "--atexit=no", "--debug=-1"],
        ["-S", "-W", "poll", "-O", "0", "-L", "/tmp"],
        ["-w", "/tmp", "-P", "/tmp/unwritten.pid"],
        ["word", "-E", "--", "-Z"],
    ],
)
def test_what_it_accepts_is_accepted(arguments: list[str], config: str, tmp_path: Path) -> None:
    """Arguments that Kamailio checks a configuration with are no usage error here."""
    common = ["-f", config, "-c", "-Y", str(tmp_path)]

    assert kamailio(*common, *arguments).returncode == 0
    parse_options([*common, *arguments])


@pytest.mark.parametrize("arguments", [["-Z", "-h"], ["-f", "-h"], ["-v", "-Z"], ["--vers"], ["-I"]])
def test_what_only_informs_exits_with_0(arguments: list[str]) -> None:
    """Help and version are printed under the same circumstances."""
    assert kamailio(*arguments).returncode == 0
    parse_options(arguments)
