"""Running the server."""

from __future__ import annotations

import sys

from kahea.cli.configuration import load, print_addresses, resolve_listen, show
from kahea.cli.errors import EXIT_REFUSED
from kahea.cli.options import Options
from kahea.cli.startup import not_supported_yet
from kahea.server.application import StartError
from kahea.server.boot import Configuration
from kahea.server.logsinks import make_sink
from kahea.server.service import Service
from kahea.server.supervisor import run_server


def run(options: Options) -> int:
    """Run the server that the options describe until it is told to stop.

    Returns:
        The exit code: 0 after a clean end, 255 when it did not start.

    Raises:
        UsageError: an option that cannot be obeyed.
    """
    for word in options.stray_words:
        _warn(f"`{word}` belongs to no option")
    for label in not_supported_yet(options):
        _warn(f"{label} has no effect yet")
    configuration = load(options)
    addresses = resolve_listen(configuration)
    show(configuration.diagnostics)
    if addresses is None:
        return EXIT_REFUSED
    print_addresses(configuration, addresses)
    try:
        sink = make_sink(configuration.settings)
        configuration.engine.log.sink = sink
        _note_ignored(options, configuration)
        service = Service(configuration, addresses, sink)
        service.start_modules()
    except (StartError, ValueError) as error:
        print(f"kahea: error: {error}", file=sys.stderr)
        return EXIT_REFUSED
    return run_server(service)


def _note_ignored(options: Options, configuration: Configuration) -> None:
    log = configuration.engine.log
    for ignored in options.ignored:
        log.debug(f"option {ignored.option} has no effect: {ignored.reason}")
    for parameter in configuration.without_effect:
        log.debug(f"parameter {parameter.name} has no effect: {parameter.reason}")


def _warn(text: str) -> None:
    print(f"kahea: warning: {text}", file=sys.stderr)
