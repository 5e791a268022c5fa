"""Reading the configuration as the options say, and showing what is wrong with it."""

from __future__ import annotations

import sys
import time

from kahea.cfg.load import preprocessed_text
from kahea.cli.errors import EXIT_REFUSED
from kahea.cli.options import Options
from kahea.cli.startup import command_line
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.render import render_all
from kahea.logs import Logger
from kahea.net.addresses import Addresses, alias_addresses, resolve_addresses
from kahea.server.boot import Configuration, load_configuration


class _EarlySink:
    """Where lines go until the file has said where: to whoever started us. It holds no descriptor of its own."""

    def write(self, level: int, line: str, facility: str | None) -> None:
        print(line, file=sys.stderr)

    def flush(self) -> None:
        sys.stderr.flush()


def load(options: Options) -> Configuration:
    """Read, check and compile the configuration; its diagnostics may hold errors.

    Raises:
        UsageError: an option that cannot be obeyed.
    """
    log = Logger(_EarlySink())
    from_options = command_line(options)
    if options.config_file != "-":
        return load_configuration(options.config_file, log, time, command_line=from_options)
    text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    return load_configuration("<stdin>", log, time, command_line=from_options, text=text)


def check(options: Options) -> int:
    """Check the configuration and where it listens; returns the exit code (``-c``)."""
    configuration = load(options)
    addresses = resolve_listen(configuration)
    show(configuration.diagnostics)
    if addresses is None:
        return EXIT_REFUSED
    print_addresses(configuration, addresses)
    print("config file ok, exiting...", file=sys.stderr)
    return 0


def resolve_listen(configuration: Configuration) -> Addresses | None:
    """Return where the server listens, ``None`` when the configuration, or this, has errors."""
    diagnostics = configuration.diagnostics
    if diagnostics.errors:
        return None
    addresses = resolve_addresses(configuration.settings, diagnostics)
    return None if diagnostics.errors else addresses


def print_active_text(options: Options) -> int:
    """Print the configuration with includes and ifdefs evaluated; returns the exit code (``--cfg-print``)."""
    diagnostics = Diagnostics()
    path = "/dev/stdin" if options.config_file == "-" else options.config_file
    text = preprocessed_text(path, dict(options.defines), options.substitutions, diagnostics)
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    show(diagnostics)
    return EXIT_REFUSED if diagnostics.errors else 0


def show(diagnostics: Diagnostics) -> None:
    """Print diagnostics on standard error, in colours on a terminal."""
    print(render_all(diagnostics, colour=sys.stderr.isatty()), end="", file=sys.stderr)


def print_addresses(configuration: Configuration, addresses: Addresses) -> None:
    """Print where the server listens and what else is `myself`, in the form of Kamailio's start."""
    print("Listening on ")
    for socket in addresses.sockets:
        advertised = f" advertise {socket.sent_by}" if socket.advertised_host else ""
        print(f"{socket.protocol:>16}: {socket.host_text}:{socket.port}{advertised}")
    print("Aliases: ")
    for alias in alias_addresses(configuration.settings.alias):
        ports = ", ".join(map(str, sorted(alias.ports))) or "*"
        print(f"{alias.protocol or '*':>16}: {alias.host}:{ports}")
    print()
