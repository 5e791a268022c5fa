"""From the options to what the server is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kahea.cfg.ast import Listen
from kahea.cli.addresses import parse_alias, parse_listen
from kahea.cli.errors import UsageError
from kahea.cli.options import ForkMode, Options
from kahea.modules.settings import Settings
from kahea.server.boot import CommandLine

DEFAULT_CHILDREN: Final = Settings().children
MAX_CHILDREN: Final = 1024
"""The bound of the parameter ``children``."""

_NOT_YET: Final = {
    "-r": "received_dns",
    "-R": "received_reverse_dns",
    "--log-engine": "log_engine",
    "--iuid": "instance_id",
}


def not_supported_yet(options: Options) -> list[str]:
    """Return the options that were given and that the server does not obey yet, for a warning."""
    return [label for label, field in _NOT_YET.items() if getattr(options, field)]


def command_line(options: Options) -> CommandLine:
    """Return what the options say about the configuration.

    Raises:
        UsageError: an address that cannot be read, or too many workers.
    """
    if options.children is not None and options.children > MAX_CHILDREN:
        raise UsageError(f"-n {options.children} is too much", f"use at most {MAX_CHILDREN} workers")
    return CommandLine(
        defines=dict(options.defines),
        substitutions=options.substitutions,
        load_modules=options.load_modules,
        modparams=options.modparams,
        override=_override(
            options, [parse_listen(text) for text in options.listen], [parse_alias(text) for text in options.aliases]
        ),
    )


def _override(options: Options, listen: list[Listen], aliases: list[Listen]) -> Callable[[Settings], None]:
    """Return what lets the options win over the file; addresses and aliases add to those of the file."""
    given = {
        "auto_aliases": options.auto_aliases,
        "chroot": options.chroot,
        "debug": options.debug,
        "group": options.group,
        "pgid_file": options.pgid_file,
        "pid_file": options.pid_file,
        "rundir": options.runtime_dir,
        "server_id": options.server_id,
        "udp_receive_buffer": options.max_receive_buffer,
        "udp_send_buffer": options.max_send_buffer,
        "user": options.user,
        "workdir": options.working_dir,
    }
    switched_on = {
        "check_via": options.check_via,
        "disable_tcp": options.disable_tcp,
        "log_color": options.log_colour,
        "log_stderror": options.log_to_stderr,
    }

    def override(settings: Settings) -> None:
        settings.listen = [*settings.listen, *listen]
        settings.alias = [*settings.alias, *aliases]
        for name, value in given.items():
            if value is not None:
                setattr(settings, name, value)
        for name, on in switched_on.items():
            if on:
                setattr(settings, name, True)
        if options.children is not None:
            settings.children = options.children if options.children > 0 else DEFAULT_CHILDREN
        if options.fork_mode is not None:
            settings.fork = options.fork_mode is not ForkMode.SINGLE_PROCESS
            settings.daemonize = options.fork_mode is ForkMode.DAEMON

    return override
