"""From the options to what the server is told."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("kahea.cfg.load")

from kahea.cli.errors import UsageError
from kahea.cli.options import ModParam
from kahea.cli.parse import parse_options
from kahea.cli.startup import DEFAULT_CHILDREN, command_line, not_supported_yet
from kahea.modules.settings import Settings


def settings_after(arguments: list[str], **from_file: Any) -> Settings:
    """Return the settings of a file after the command line was applied to them."""
    settings = Settings(**from_file)
    override = command_line(parse_options(arguments)).override
    assert override is not None
    override(settings)
    return settings


def test_without_options_the_file_decides() -> None:
    """An empty command line changes nothing."""
    from_file: dict[str, Any] = {"children": 3, "debug": 2, "fork": False, "rundir": "/tmp/x", "log_stderror": True}

    assert settings_after([], **from_file) == Settings(**from_file)


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["-a", "on"], "auto_aliases", True),
        (["-b", "1000"], "udp_receive_buffer", 1000),
        (["-B", "2000"], "udp_send_buffer", 2000),
        (["-c"], "log_stderror", True),
        (["-d"], "debug", 1),
        (["-e"], "log_color", True),
        (["-E"], "log_stderror", True),
        (["-g", "g"], "group", "g"),
        (["-G", "/g"], "pgid_file", "/g"),
        (["-K"], "check_via", True),
        (["-n", "3"], "children", 3),
        (["-n", "0"], "children", DEFAULT_CHILDREN),
        (["-P", "/p"], "pid_file", "/p"),
        (["-t", "/t"], "chroot", "/t"),
        (["-T"], "disable_tcp", True),
        (["-u", "u"], "user", "u"),
        (["-w", "/w"], "workdir", "/w"),
        (["-Y", "/y"], "rundir", "/y"),
        (["--server-id=7"], "server_id", 7),
    ],
)
def test_an_option_wins_over_the_file(arguments: list[str], name: str, value: object) -> None:
    """What is given on the command line replaces what the file says, and nothing else."""
    expected = Settings(children=2, debug=-1)
    setattr(expected, name, value)

    assert settings_after(arguments, children=2, debug=-1) == expected


@pytest.mark.parametrize(
    ("options", "fork", "daemonize"),
    [(["-D"], False, False), (["-DD"], True, False), (["-DDD"], True, True), (["-D", "-D"], True, False)],
)
@pytest.mark.parametrize("in_file", [True, False])
def test_process_model(options: list[str], fork: bool, daemonize: bool, in_file: bool) -> None:
    """``-D`` is one process, ``-DD`` workers in the foreground, ``-DDD`` a daemon, whatever ``fork`` says."""
    settings = settings_after(options, fork=in_file)

    assert (settings.fork, settings.daemonize) == (fork, daemonize)


def test_addresses_add_to_those_of_the_file() -> None:
    """``-l`` and ``--alias`` do not replace ``listen`` and ``alias``."""
    first = settings_after(["-l", "127.0.0.1:5060", "--alias=a.example"])
    second = settings_after(["-l", "127.0.0.2:5060"], listen=first.listen, alias=first.alias)

    assert [listen.hosts[0].text for listen in second.listen] == ["127.0.0.1", "127.0.0.2"]
    assert [alias.hosts[0].text for alias in second.alias] == ["a.example"]


def test_what_the_configuration_is_read_with() -> None:
    """Defines, substitutions, modules and module parameters reach the reader of the file."""
    found = command_line(
        parse_options(["-A", "X=1", "-A", "Y", "--subst=/a/b/", "--loadmodule=pv", "--modparam=pv:x:i:1"])
    )

    assert found.defines == {"X": "1", "Y": None}
    assert found.substitutions == (("subst", "/a/b/"),)
    assert found.load_modules == ("pv",)
    assert found.modparams == (ModParam("pv", "x", 1),)


def test_too_many_workers() -> None:
    """More workers than ``children`` may ask for are a usage error."""
    with pytest.raises(UsageError, match="-n 5000 is too much"):
        command_line(parse_options(["-n", "5000"]))


def test_what_is_not_obeyed_is_told() -> None:
    """Options that mean something and have no effect yet are named, so that nobody relies on them."""
    assert not_supported_yet(parse_options(["-rR", "--iuid=x", "--log-engine=json"])) == [
        "-r",
        "-R",
        "--log-engine",
        "--iuid",
    ]
    assert not_supported_yet(parse_options(["-E"])) == []
