"""Every option of Kamailio 6.1: its letters, its argument, what it changes, what the help says.

The list of options is that of `kamailio -h`; https://www.kamailio.org/docs/ has the manual page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from kahea.cli.errors import UsageError
from kahea.cli.options import (
    DEFAULT_CONFIG_FILE,
    DEFAULT_RUNTIME_DIR,
    Action,
    ForkMode,
    Ignored,
    ModParam,
    Options,
)

Apply = Callable[[Options, str], Options]

_POLL_METHODS: Final = ("poll", "epoll_lt", "epoll_et", "sigio_rt", "select", "kqueue", "/dev/poll")


@dataclass(frozen=True, slots=True)
class Option:
    """One row of the table.

    Args:
        letter: the short option, or "".
        names: the long options without dashes.
        argument: what stands for the argument in the help; "" if the option takes none.
        summary: the help text; "" leaves the option out of the help.
        apply: makes the changed `Options` from the given ones and the argument ("" without one).
    """

    letter: str
    names: tuple[str, ...]
    argument: str
    summary: str
    apply: Apply

    @property
    def label(self) -> str:
        """The option as an operator writes it, such as ``-f`` or ``--alias``."""
        return f"-{self.letter}" if self.letter else f"--{self.names[0]}"


def _set(**changes: Any) -> Apply:
    return lambda options, _argument: replace(options, **changes)


def _text(field: str) -> Apply:
    def apply(options: Options, argument: str) -> Options:
        changes: dict[str, Any] = {field: argument}
        return replace(options, **changes)

    return apply


def _number(field: str, label: str) -> Apply:
    def apply(options: Options, argument: str) -> Options:
        changes: dict[str, Any] = {field: parse_number(label, argument)}
        return replace(options, **changes)

    return apply


def _append(field: str) -> Apply:
    def apply(options: Options, argument: str) -> Options:
        changes: dict[str, Any] = {field: (*getattr(options, field), argument)}
        return replace(options, **changes)

    return apply


def _substitution(directive: str) -> Apply:
    return lambda options, argument: replace(options, substitutions=(*options.substitutions, (directive, argument)))


def parse_number(label: str, argument: str) -> int:
    """Return the decimal number given to option *label*.

    Raises:
        UsageError: *argument* is not a whole number.
    """
    digits = argument[1:] if argument[:1] in ("+", "-") else argument
    if digits.isascii() and digits.isdigit():
        return int(argument)
    raise UsageError(f"{label} needs a number, not `{argument}`")


def _check_size(label: str, argument: str) -> None:
    if parse_number(label, argument) <= 0:
        raise UsageError(f"{label} needs a size of at least 1 MB, not `{argument}`")


def _one_of(values: tuple[str, ...]) -> Callable[[str, str], None]:
    def check(label: str, argument: str) -> None:
        if argument not in values:
            raise UsageError(f"{label} does not know `{argument}`", f"use one of {', '.join(values)}")

    return check


def _check_atexit(label: str, argument: str) -> None:
    if argument[:1] not in ("y", "1", "n", "0"):
        raise UsageError(f"{label} needs yes or no, not `{argument}`")


def _no_effect(
    letter: str,
    argument: str,
    reason: str,
    *,
    name: str = "",
    check: Callable[[str, str], object] | None = None,
) -> Option:
    """Make the row of an option that is accepted for compatibility: checked, noted and without effect."""
    label = f"-{letter}" if letter else f"--{name}"

    def apply(options: Options, value: str) -> Options:
        if check is not None:
            check(label, value)
        given = f"{label}{' ' if letter else '='}{value}" if argument else label
        return replace(options, ignored=(*options.ignored, Ignored(given, reason)))

    return Option(letter, (name,) if name else (), argument, f"Accepted without effect: {reason}", apply)


def _auto_aliases(options: Options, argument: str) -> Options:
    if argument not in ("yes", "on", "no", "off"):
        raise UsageError(f"-a needs yes, on, no or off, not `{argument}`")
    return replace(options, auto_aliases=argument in ("yes", "on"))


def _define(options: Options, argument: str) -> Options:
    name, equals, value = argument.partition("=")
    if not name:
        raise UsageError(f"-A needs a name before the `=` in `{argument}`")
    if any(name == known for known, _ in options.defines):
        raise UsageError(f"-A defines `{name}` twice", "remove one of them")
    return replace(options, defines=(*options.defines, (name, value if equals else None)))


def _debug_up(options: Options, _argument: str) -> Options:
    return replace(options, debug=(options.debug or 0) + 1)


def _fork_mode(options: Options, _argument: str) -> Options:
    times = 1 if options.fork_mode is None else options.fork_mode.value + 1
    return replace(options, fork_mode=ForkMode(min(times, ForkMode.DAEMON.value)))


def _modparam(options: Options, argument: str) -> Options:
    parts = argument.split(":", 3)
    if len(parts) < 4 or parts[2] not in ("i", "I", "s", "S"):
        raise UsageError(
            f"--modparam cannot read `{argument}`",
            "write MODULE:PARAM:i:NUMBER or MODULE:PARAM:s:TEXT",
        )
    module, name, kind, text = parts
    value = parse_number("--modparam", text) if kind in "iI" else text
    return replace(options, modparams=(*options.modparams, ModParam(module, name, value)))


_ALLOCATED = "memory is allocated as it is needed"

OPTIONS: Final = (
    Option("a", (), "mode", "Automatic aliases from reverse DNS: yes or on, no or off", _auto_aliases),
    Option(
        "",
        ("alias", "domain"),
        "val",
        "Add a domain alias, '[proto:]hostname[:port]' (as the parameter alias does)",
        _append("aliases"),
    ),
    _no_effect("", "val", "no exit handlers of libraries are run", name="atexit", check=_check_atexit),
    Option("A", (), "define", "Add a preprocessor define: -A WITH_AUTH, -A 'FLT_ACC=1', -A 'D=\"text\"'", _define),
    Option(
        "b", (), "nr", "Largest UDP receive buffer to ask of the system, in bytes", _number("max_receive_buffer", "-b")
    ),
    Option("B", (), "nr", "Largest UDP send buffer to ask of the system, in bytes", _number("max_send_buffer", "-B")),
    Option(
        "c",
        (),
        "",
        "Check the configuration file: report every error and warning, then exit",
        _set(action=Action.CHECK, log_to_stderr=True),
    ),
    Option(
        "",
        ("cfg-print",),
        "",
        "Print the active configuration, with includes and ifdefs evaluated",
        _set(action=Action.PRINT_CONFIG),
    ),
    Option("d", (), "", "Raise the log level by one, from 0 (-ddd is 3, debug)", _debug_up),
    Option("", ("debug",), "val", "Set the log level", _number("debug", "--debug")),
    Option(
        "D",
        (),
        "",
        "-D one process, no workers; -DD workers, but stay in the foreground; -DDD become a daemon (default)",
        _fork_mode,
    ),
    Option("e", (), "", "Log in terminal colours (with -E)", _set(log_colour=True)),
    Option("E", (), "", "Log to standard error", _set(log_to_stderr=True)),
    Option("f", (), "file", f"Configuration file (default: {DEFAULT_CONFIG_FILE})", _text("config_file")),
    Option("g", (), "gid", "Run as this group (name or number)", _text("group")),
    Option("G", (), "file", "Write the process group id to this file", _text("pgid_file")),
    Option("h", ("help",), "", "Print this help", _set(action=Action.HELP)),
    Option("", ("iuid",), "val", "Unique id of this instance", _text("instance_id")),
    Option("I", (), "", "Print versions, paths and limits in detail", _set(action=Action.INTERNALS)),
    Option("K", (), "", "Check the host of the first Via before a reply is forwarded", _set(check_via=True)),
    Option(
        "l",
        (),
        "address",
        "Listen here; may be repeated. [proto:]addr_lst[:port][/advaddr][/socket_name] with proto udp, tcp or tls,"
        " addr_lst one address or (addr, addr, ...), an address being a host, an IP address or an interface."
        " E.g. -l localhost, -l udp:127.0.0.1:5080, -l eth0:5062, -l udp:127.0.0.1:5080/1.2.3.4:5060,"
        " -l udp:127.0.0.1:5080//local. Default: all interfaces",
        _append("listen"),
    ),
    Option("", ("loadmodule",), "name", "Load a module before the configuration is read", _append("load_modules")),
    Option("", ("log-engine",), "log", "Log engine and its data, such as json:M", _text("log_engine")),
    _no_effect("L", "path", "modules are Python packages and are found by name"),
    _no_effect("m", "nr", _ALLOCATED, check=_check_size),
    Option(
        "",
        ("modparam",),
        "modname:paramname:type:value",
        "Set a module parameter; type is s for a string, i for a number",
        _modparam,
    ),
    _no_effect("", "", "all errors are always reported", name="all-errors"),
    _no_effect("M", "nr", _ALLOCATED, check=_check_size),
    Option("n", (), "processes", "Number of workers (default: 8)", _number("children", "-n")),
    _no_effect("N", "processes", "each worker serves UDP and TCP", check=parse_number),
    _no_effect("O", "nr", "the configuration is always compiled", check=parse_number),
    Option("P", (), "file", "Write the process id to this file", _text("pid_file")),
    _no_effect("Q", "nr", "SCTP is not supported", check=parse_number),
    Option("r", (), "", "Look up the Via host before 'received' is added", _set(received_dns=True)),
    Option("R", (), "", "The same by reverse DNS; -rR does both", _set(received_reverse_dns=True)),
    Option("", ("server-id",), "num", "Set server_id", _number("server_id", "--server-id")),
    Option("", ("subst",), "exp", "Add a subst directive", _substitution("subst")),
    Option("", ("substdef",), "exp", "Add a substdef directive", _substitution("substdef")),
    Option("", ("substdefs",), "exp", "Add a substdefs directive", _substitution("substdefs")),
    _no_effect("S", "", "SCTP is not supported"),
    Option("t", (), "dir", "Make this directory the root directory", _text("chroot")),
    Option("T", (), "", "Disable TCP", _set(disable_tcp=True)),
    Option("u", (), "uid", "Run as this user (name or number)", _text("user")),
    Option("v", ("version",), "", "Print the version; also -V", _set(action=Action.VERSION)),
    Option("V", (), "", "", _set(action=Action.VERSION)),
    Option("Y", (), "dir", f"Runtime directory (default: {DEFAULT_RUNTIME_DIR})", _text("runtime_dir")),
    Option("w", (), "dir", "Working directory of the daemon (default: /)", _text("working_dir")),
    _no_effect("x", "name", _ALLOCATED),
    _no_effect("X", "name", _ALLOCATED),
    _no_effect("W", "type", "the event loop chooses the poll method", check=_one_of(_POLL_METHODS)),
)
