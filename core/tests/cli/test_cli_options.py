"""The options of the command line, as getopt_long(3) and Kamailio read them."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.cli.errors import UsageError
from kahea.cli.options import Action, ForkMode, ModParam, Options
from kahea.cli.parse import parse_options


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {}),
        (["-f", "a.cfg"], {"config_file": "a.cfg"}),
        (["-fa.cfg"], {"config_file": "a.cfg"}),
        (["-f", "-"], {"config_file": "-"}),
        (["-f", "a.cfg", "-f", "b.cfg"], {"config_file": "b.cfg"}),
        (["-c"], {"action": Action.CHECK, "log_to_stderr": True}),
        (["--cfg-print"], {"action": Action.PRINT_CONFIG}),
        (["-v"], {"action": Action.VERSION}),
        (["-V"], {"action": Action.VERSION}),
        (["--version"], {"action": Action.VERSION}),
        (["-I"], {"action": Action.INTERNALS}),
        (["-h"], {"action": Action.HELP}),
        (["--help"], {"action": Action.HELP}),
        (["-D"], {"fork_mode": ForkMode.SINGLE_PROCESS}),
        (["-DD"], {"fork_mode": ForkMode.FOREGROUND}),
        (["-D", "-D"], {"fork_mode": ForkMode.FOREGROUND}),
        (["-DDD"], {"fork_mode": ForkMode.DAEMON}),
        (["-DDDD"], {"fork_mode": ForkMode.DAEMON}),
        (["-DDE"], {"fork_mode": ForkMode.FOREGROUND, "log_to_stderr": True}),
        (["-E", "-e"], {"log_to_stderr": True, "log_colour": True}),
        (["-d"], {"debug": 1}),
        (["-ddd"], {"debug": 3}),
        (["--debug=-1"], {"debug": -1}),
        (["--debug", "2", "-d"], {"debug": 3}),
        (["-d", "--debug=2"], {"debug": 2}),
        (["--log-engine=json:M"], {"log_engine": "json:M"}),
        (["-A", "WITH_AUTH"], {"defines": (("WITH_AUTH", None),)}),
        (["-A", "X=1", "-AY=a=b", "-A", "Z="], {"defines": (("X", "1"), ("Y", "a=b"), ("Z", ""))}),
        (
            ["--substdef=/A/b/", "--subst", "/c/d/", "--substdefs=/e/f/"],
            {"substitutions": (("substdef", "/A/b/"), ("subst", "/c/d/"), ("substdefs", "/e/f/"))},
        ),
        (["--loadmodule=pv.so", "--loadmodule=sl"], {"load_modules": ("pv.so", "sl")}),
        (["--modparam=a:b:s:c:d"], {"modparams": (ModParam("a", "b", "c:d"),)}),
        (["--modparam", "a|x:b:I:-5"], {"modparams": (ModParam("a|x", "b", -5),)}),
        (["--modparam=a:b:S:"], {"modparams": (ModParam("a", "b", ""),)}),
        (
            ["-l", "udp:127.0.0.1:5080", "-ltcp:eth0", "-l", "(eth0, eth1):5065/1.2.3.4:5060/name"],
            {"listen": ("udp:127.0.0.1:5080", "tcp:eth0", "(eth0, eth1):5065/1.2.3.4:5060/name")},
        ),
        (["--alias=a.example", "--domain", "udp:b.example:5060"], {"aliases": ("a.example", "udp:b.example:5060")}),
        (["-a", "on"], {"auto_aliases": True}),
        (["-a", "yes"], {"auto_aliases": True}),
        (["-ano"], {"auto_aliases": False}),
        (["-a", "off"], {"auto_aliases": False}),
        (["-T"], {"disable_tcp": True}),
        (["-n", "4"], {"children": 4}),
        (["-n0"], {"children": 0}),
        (["-b", "1048576", "-B", "65536"], {"max_receive_buffer": 1048576, "max_send_buffer": 65536}),
        (["-K"], {"check_via": True}),
        (["-r"], {"received_dns": True}),
        (["-rR"], {"received_dns": True, "received_reverse_dns": True}),
        (["-u", "kahea", "-g", "33"], {"user": "kahea", "group": "33"}),
        (
            ["-t", "/srv", "-w", "/tmp", "-Y", "/run/x"],
            {"chroot": "/srv", "working_dir": "/tmp", "runtime_dir": "/run/x"},
        ),
        (["-P", "/tmp/a.pid", "-G", "/tmp/b.pid"], {"pid_file": "/tmp/a.pid", "pgid_file": "/tmp/b.pid"}),
        (["--server-id=7", "--iuid", "node-1"], {"server_id": 7, "instance_id": "node-1"}),
    ],
)
def test_each_option_sets_its_field(arguments: list[str], expected: dict[str, Any]) -> None:
    """An option changes the fields that stand for it and no other."""
    assert parse_options(arguments) == Options(**expected)


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["-m64"], "-m 64"),
        (["-M", "8"], "-M 8"),
        (["-x", "fm"], "-x fm"),
        (["-X", "qm"], "-X qm"),
        (["-O", "0"], "-O 0"),
        (["-W", "epoll_lt"], "-W epoll_lt"),
        (["-Q", "2"], "-Q 2"),
        (["-N2"], "-N 2"),
        (["-S"], "-S"),
        (["-L", "/usr/lib/kamailio/modules"], "-L /usr/lib/kamailio/modules"),
        (["--atexit=no"], "--atexit=no"),
        (["--all-errors"], "--all-errors"),
    ],
)
def test_an_option_without_meaning_here_is_noted(arguments: list[str], given: str) -> None:
    """An option that can have no effect is accepted and listed with the reason."""
    options = parse_options(arguments)

    assert options == Options(ignored=options.ignored)
    assert [ignored.option for ignored in options.ignored] == [given]
    assert options.ignored[0].reason


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["-Z"], "unknown option `-Z`", None),
        (["-F"], "unknown option `-F`", "did you mean `-f`?"),
        (["-EZ"], "unknown option `-Z`", None),
        (["--modparm=a"], "unknown option `--modparm`", "did you mean `--modparam`?"),
        (["--frobnicate"], "unknown option `--frobnicate`", None),
        (["--sub=x"], "option `--sub` is ambiguous", "write `--subst` or `--substdef` or `--substdefs`"),
        (["--cfg-print=x"], "option `--cfg-print` takes no argument", None),
        (["-f"], "option `-f` needs an argument", "write -f FILE"),
        (["-Ef"], "option `-f` needs an argument", "write -f FILE"),
        (["--debug"], "option `--debug` needs an argument", "write --debug VAL"),
        (["--debug=x"], "--debug needs a number, not `x`", None),
        (["-debug=3"], "-b needs a number, not `ug=3`", "did you mean `--debug=3`?"),
        (["-n", "two"], "-n needs a number, not `two`", None),
        (["-n", "1_0"], "-n needs a number, not `1_0`", None),
        (["-n", ""], "-n needs a number, not ``", None),
        (["-m", "0"], "-m needs a size of at least 1 MB, not `0`", None),
        (["-M", "x"], "-M needs a number, not `x`", None),
        (["-a", "maybe"], "-a needs yes, on, no or off, not `maybe`", None),
        (["--atexit=q"], "--atexit needs yes or no, not `q`", None),
        (["-A", "=1"], "-A needs a name before the `=` in `=1`", None),
        (["-A", "X", "-A", "X=2"], "-A defines `X` twice", "remove one of them"),
        (["-N", "x"], "-N needs a number, not `x`", None),
        (
            ["-W", "fast"],
            "-W does not know `fast`",
            "use one of poll, epoll_lt, epoll_et, sigio_rt, select, kqueue, /dev/poll",
        ),
        (["--modparam=pv:a"], "--modparam cannot read `pv:a`", "write MODULE:PARAM:i:NUMBER or MODULE:PARAM:s:TEXT"),
        (
            ["--modparam=pv:a:q:1"],
            "--modparam cannot read `pv:a:q:1`",
            "write MODULE:PARAM:i:NUMBER or MODULE:PARAM:s:TEXT",
        ),
        (["--modparam=pv:a:i:x"], "--modparam needs a number, not `x`", None),
    ],
)
def test_a_mistake_names_the_option_and_the_fix(arguments: list[str], message: str, hint: str | None) -> None:
    """A command line that Kamailio refuses is refused, with the word at fault and a way out where there is one."""
    with pytest.raises(UsageError) as raised:
        parse_options(arguments)

    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_a_long_option_may_be_shortened_while_unique() -> None:
    """``--vers`` is ``--version``, and an exact name wins over longer ones that start with it."""
    assert parse_options(["--vers"]).action is Action.VERSION
    assert parse_options(["--subst=/a/b/"]).substitutions == (("subst", "/a/b/"),)


def test_help_wins_wherever_it_stands() -> None:
    """``-h`` prints the help even after a mistake and as the argument of another option, as in Kamailio."""
    assert parse_options(["-Z", "-h"]).action is Action.HELP
    assert parse_options(["-f", "-h"]).action is Action.HELP
    assert parse_options(["-Eh"]).action is Action.HELP


def test_version_wins_over_what_follows() -> None:
    """``-v`` is obeyed at once, so that a later mistake is not seen, but an earlier one is."""
    assert parse_options(["-v", "-Z"]).action is Action.VERSION
    with pytest.raises(UsageError):
        parse_options(["-Z", "-v"])


def test_other_words_are_kept_apart() -> None:
    """Words between the options and all that follows ``--`` belong to no option."""
    options = parse_options(["-E", "3", "-D", "--", "-Z"])

    assert options == Options(log_to_stderr=True, fork_mode=ForkMode.SINGLE_PROCESS, stray_words=("3", "-Z"))
