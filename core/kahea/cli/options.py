"""What the command line asks for, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

DEFAULT_CONFIG_FILE: Final = "/etc/kahea/kahea.cfg"
DEFAULT_RUNTIME_DIR: Final = "/run/kahea"


class Action(Enum):
    """What the process does with the configuration, or instead of reading one."""

    RUN = "run"
    CHECK = "check"
    PRINT_CONFIG = "cfg-print"
    HELP = "help"
    VERSION = "version"
    INTERNALS = "internals"


class ForkMode(Enum):
    """The process model chosen with ``-D``; the value is how often the letter was given."""

    SINGLE_PROCESS = 1
    """``-D``: no workers and no daemon, everything in the process that was started."""
    FOREGROUND = 2
    """``-DD``: workers, but the supervisor stays the process that was started."""
    DAEMON = 3
    """``-DDD``: workers, and the supervisor detaches from the terminal."""


class ModParam(NamedTuple):
    """A module parameter given as ``--modparam=module:name:type:value``."""

    module: str
    """Module name; ``a|b`` names several, as in the configuration."""
    name: str
    """Parameter name."""
    value: str | int
    """`int` for the type ``i``, `str` for ``s``."""


class Ignored(NamedTuple):
    """An option that was accepted and has no effect."""

    option: str
    """As given, with its argument: ``-m 64``."""
    reason: str
    """Why nothing here corresponds to it."""


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, taken apart.

    ``None`` always means "not given": the configuration file decides, then the server's default. What is
    given here wins over the file, as it does in Kamailio.
    """

    action: Action = Action.RUN
    """What to do: ``-c`` checks, ``--cfg-print`` prints, ``-h``, ``-v`` and ``-I`` inform."""
    config_file: str = DEFAULT_CONFIG_FILE
    """``-f``: path as written; ``-`` is standard input."""

    defines: tuple[tuple[str, str | None], ...] = ()
    """``-A``: (name, value) in the order given; the value is ``None`` for a bare name."""
    substitutions: tuple[tuple[str, str], ...] = ()
    """``--subst``, ``--substdef``, ``--substdefs``: (directive, expression) in the order given."""
    load_modules: tuple[str, ...] = ()
    """``--loadmodule``: modules to load before the configuration is read."""
    modparams: tuple[ModParam, ...] = ()
    """``--modparam``: parameters to set before the configuration is read."""

    listen: tuple[str, ...] = ()
    """``-l``: addresses as text, ``[proto:]addresses[:port][/advertised[:port]][/name]``."""
    aliases: tuple[str, ...] = ()
    """``--alias`` and ``--domain``: what counts as `myself`, ``[proto:]host[:port]``."""
    auto_aliases: bool | None = None
    """``-a``: whether reverse DNS names of the listen addresses become aliases."""
    disable_tcp: bool = False
    """``-T``: no TCP, and so no TLS."""
    children: int | None = None
    """``-n``: workers; 0 or less means Kamailio's default of 8."""
    max_receive_buffer: int | None = None
    """``-b``: largest UDP receive buffer to ask of the system, in bytes."""
    max_send_buffer: int | None = None
    """``-B``: largest UDP send buffer to ask of the system, in bytes."""
    check_via: bool = False
    """``-K``: forward a reply only if the first Via names this server."""
    received_dns: bool = False
    """``-r``: look up the Via host before ``received`` is added."""
    received_reverse_dns: bool = False
    """``-R``: look up the source address's name before ``received`` is added."""

    fork_mode: ForkMode | None = None
    """``-D``, ``-DD``, ``-DDD``; overrides the parameter ``fork``."""
    debug: int | None = None
    """``-d`` (one more each time, from 0) and ``--debug``: log level, 3 is DBG and -1 ERR."""
    log_to_stderr: bool = False
    """``-E``, and implied by ``-c``: log to standard error rather than syslog."""
    log_colour: bool = False
    """``-e``: log lines in colours on a terminal; only together with `log_to_stderr`."""
    log_engine: str | None = None
    """``--log-engine``: name and data of the log format, such as ``json:M``."""

    user: str | None = None
    """``-u``: name or number of the user to become."""
    group: str | None = None
    """``-g``: name or number of the group to become."""
    chroot: str | None = None
    """``-t``: directory that becomes the root directory."""
    working_dir: str | None = None
    """``-w``: directory in which a daemon runs."""
    runtime_dir: str | None = None
    """``-Y``: directory of control sockets and shared tables; made if it is missing."""
    pid_file: str | None = None
    """``-P``: file that receives the supervisor's process id."""
    pgid_file: str | None = None
    """``-G``: file that receives the process group id."""
    server_id: int | None = None
    """``--server-id``: number that tells this server from others."""
    instance_id: str | None = None
    """``--iuid``: unique text that tells this instance from others."""

    ignored: tuple[Ignored, ...] = ()
    """Options without effect here, for a line at debug level."""
    stray_words: tuple[str, ...] = ()
    """Arguments that belong to no option; Kamailio passes over them in silence, we warn."""
