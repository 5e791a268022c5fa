"""Where Kahea spends its time: one run under cProfile in a single process."""

import io
import pstats
import sys
from collections.abc import Callable
from pathlib import Path

from bench.configs import Listen, free_port
from bench.servers import Program, Server

HOST = "127.0.0.1"


def profile(
    program: Program,
    config: str | Path,
    load: Callable[[int, int], object],
    messages: int,
    folder: Path,
    lines: int = 30,
) -> str:
    """Run Kahea in one process (``-D``) under cProfile and return its table of functions.

    The profiler multiplies the cost of calls: read the order, not the times.

    Args:
        program: Kahea, whose command must be a Python script.
        config: the text of the configuration, or a file that is run as it is.
        load: called with the port and *messages* to load the server.
        messages: how many messages to send.
        folder: where to put the server's files.
        lines: how many functions to list.

    Raises:
        ServerError: the server does not start, or does not end when told to.
    """
    data = folder / "profile.data"
    profiled = Program(program.name, (sys.executable, "-m", "cProfile", "-o", str(data), *program.command))
    port = free_port()
    listens = [Listen("udp", HOST, port)]
    with Server(profiled, config, listens, folder / "profile", fork=False) as server:
        load(port, messages)
    if not data.exists():
        return f"no profile was written (exit code {server.process.returncode})\n{server.log()[-2000:]}"
    text = io.StringIO()
    pstats.Stats(str(data), stream=text).sort_stats("tottime").print_stats(lines)
    return text.getvalue()
