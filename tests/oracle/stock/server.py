"""Run cases against a server on the stock configuration, which is not changed: addresses and defines are options."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.configs import Listen, free_port
from bench.servers import Program, Server, ServerError
from tests.oracle.stock.stage import StockStage
from tests.oracle.tm.case import Case, Outcome

#: Kamailio's source tree, as in tests/unit/test_stock_configurations.py.
SOURCE = os.environ.get("KAMAILIO_SOURCE", "")

#: Calls at the same time: most of a call's time is waiting.
CALLS = 60

_LINE = re.compile(r"\) ([A-Z]+): (\{\d (?:\d+ )?\S* ([a-z0-9_]+)(?:\.[a-z0-9]+)?\} )(?:(<script>: )|.*?(ACC: ))(.*)$")


#: Accounting without the prefix: nothing was in work, as when a timer ends a call.
_ACCOUNTED = re.compile(r"\) ([A-Z]+): acc\b.*?(ACC: .*;call_id=([a-z0-9_]+)(?:\.[a-z0-9]+)?;.*)$")


@dataclass(frozen=True)
class Stock:
    """A stock configuration and the real server that it belongs to."""

    file: Path
    real: Program | None


def installed() -> Stock:
    """Return Debian's file and the real server of the package."""
    path = shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin")
    return Stock(
        Path("/etc/kamailio/kamailio.cfg"), Program("kamailio", (path, "-x", "fm", "-X", "fm")) if path else None
    )


def upstream() -> Stock:
    """Return upstream's file, and the real server if it was built in its source tree."""
    program = Path(SOURCE, "src", "kamailio")
    command = (str(program), "-L", str(program.with_name("modules")), "-x", "fm", "-X", "fm")
    return Stock(Path(SOURCE, "etc", "kamailio.cfg"), Program("kamailio", command) if program.exists() else None)


class StockServer(Server):
    """A server on a file as it stands."""

    def __init__(
        self,
        program: Program,
        file: Path,
        listens: Sequence[Listen],
        folder: Path,
        defines: Sequence[str],
        workers: int,
    ) -> None:
        """Take the file; nothing runs yet.

        Args:
            program: which server.
            file: its configuration.
            listens: where to listen.
            folder: for pid file, log, control socket.
            defines: names for ``-A``.
            workers: how many processes serve each address, or all of them.
        """
        super().__init__(program, "", listens, folder)
        self.config_file = file
        self.control = folder / "run" / "kamailio_ctl"
        self.control.parent.mkdir()
        options = [f"-l{listen}" for listen in listens] + [f"-A{name}" for name in defines]
        self.command = (
            *program.command,
            *("-f", str(file), "-DD", "-E", "-n", str(workers), *options),
            *("-P", str(self.pid_file), "-Y", str(self.control.parent)),
        )


def run(program: Program, cases: Mapping[str, Case], file: Path, workers: int = 1) -> dict[str, Outcome]:
    """Run cases on a file with that many workers, and return what came of each.

    Raises:
        ServerError: a server did not start or did not end; the text ends with its log.
    """
    by_defines: dict[str, dict[str, Case]] = {}
    for name, case in cases.items():
        by_defines.setdefault(case.profile, {})[name] = case
    found: dict[str, Outcome] = {}
    with ThreadPoolExecutor(len(by_defines)) as servers:
        for one in servers.map(
            lambda defines: _run_together(program, file, defines, by_defines[defines], workers), by_defines
        ):
            found |= one
    return {name: found[name] for name in cases}


def _run_together(
    program: Program, file: Path, defines: str, cases: Mapping[str, Case], workers: int
) -> dict[str, Outcome]:
    for _ in range(3):
        try:
            return _run_once(program, file, defines.split(), cases, workers)
        except ServerError as error:
            if "Address already in use" not in str(error):  # another program was quicker
                raise
    raise ServerError("no free port")


def _run_once(
    program: Program, file: Path, defines: Sequence[str], cases: Mapping[str, Case], workers: int
) -> dict[str, Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port(("127.0.0.1", "::1"))
        listens = [Listen("udp", "127.0.0.1", port), Listen("tcp", "127.0.0.1", port), Listen("udp", "::1", port)]
        server = StockServer(program, file, listens, Path(folder), defines, workers)
        stages = {name: StockStage(name, case, server.control) for name, case in cases.items()}
        try:
            server.start()
            try:
                with ThreadPoolExecutor(CALLS) as pool:
                    runs = {name: pool.submit(stage.perform, port) for name, stage in stages.items()}
                    found = {name: one.result() for name, one in runs.items()}
            finally:
                server.stop()
            for line in server.log().splitlines():
                logged, bare = _LINE.search(line), _ACCOUNTED.search(line)
                if logged is not None and logged[3] in found:
                    level, prefix, name, script, accounting, text = logged.groups()
                    told = f"{level}: {prefix}{script or accounting}{text}"
                elif bare is not None and bare[3] in found:
                    level, text, name = bare.groups()
                    told = f"{level}: {text}"
                else:
                    continue
                found[name].log.append(stages[name].without_ports(_comparable(told), port))
        finally:
            for stage in stages.values():
                stage.close()
    return found


def _comparable(text: str) -> str:
    """Return a log line without times and tags of the server."""
    text = re.sub(r"timestamp=\d+", "timestamp=MOMENT", text)
    # of a call without any branch the real server tells sometimes the first, sometimes the last domain
    text = re.sub(r"(code=478;.*dst_domain=).*", r"\1DOMAIN", text)
    return re.sub(r"to_tag=(?!caller|uas)[^;]+", "to_tag=TAG", text)
