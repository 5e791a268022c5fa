"""Start, watch and stop a server process: the real Kamailio or Kahea, on a copy of one configuration."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from bench import processes
from bench.clients import Client
from bench.configs import Listen, override

MINIMAL = Path(__file__).resolve().parent.parent / "examples" / "minimal.cfg"

STOCK = Path("/etc/kamailio/kamailio.cfg")
"""The configuration that Debian's package kamailio installs."""


class ServerError(RuntimeError):
    """The server did not start, or did not do what its user needs; the text ends with its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """A server program: its name in tables, the command with options that it always gets."""

    name: str
    command: tuple[str, ...]

    def version(self) -> str:
        """Return the first version number that ``-v`` prints, or "?"."""
        done = subprocess.run([self.command[0], "-v"], capture_output=True, text=True, timeout=10, check=False)
        found = re.search(r"\d+(?:\.\d+)+\S*", done.stdout)
        return found.group() if found else "?"


def kamailio() -> Program | None:
    """Return the real Kamailio, or None where it is not installed."""
    path = shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin:/usr/local/sbin")
    # The f_malloc memory manager is the fast one; the default on Debian checks for overruns.
    return Program("kamailio", (path, "-x", "fm", "-X", "fm")) if path else None


def kahea() -> Program | None:
    """Return the Kahea of this Python environment, else the one on the PATH, or None."""
    beside = Path(sys.executable).with_name("kahea")
    path = str(beside) if beside.exists() else shutil.which("kahea")
    return Program("kahea", (path,)) if path else None


def program_under_test() -> Program:
    """Return the server that the tests run against: Kahea, or the one that ``KAHEA_TEST_SERVER`` names.

    Raises:
        ServerError: it is not installed.
    """
    wanted = os.environ.get("KAHEA_TEST_SERVER", "kahea")
    found = {"kahea": kahea, "kamailio": kamailio}[wanted]()
    if found is None:
        raise ServerError(f"{wanted} is not installed")
    return found


StartServer = Callable[[Sequence[Listen]], "Server"]
"""What the tests' fixture of that name is: start a server that listens on these addresses."""


class Server:
    """A running server with its own process session, files and log.

    Use it as a context manager, or call `start` and `stop`.
    """

    def __init__(
        self,
        program: Program,
        config: str | Path,
        listens: Sequence[Listen],
        folder: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        fork: bool = True,
    ) -> None:
        """Write the configuration; nothing runs yet.

        Args:
            program: which server.
            config: the text of the configuration, or a file that is run as it is: addresses and number of workers
                are given on the command line.
            listens: where to listen instead of where the file says.
            folder: a directory of this server's own; the copy of the file, log, pid file and runtime
                directory are put there.
            parameters: global parameters to replace, such as ``{"children": "4"}``; the only one for a file.
            fork: False for one process with everything inside (`-D`).
        """
        self.program = program
        self.listens = tuple(listens)
        folder.mkdir(parents=True, exist_ok=True)
        self.config_file = folder / "server.cfg"
        self.log_file = folder / "server.log"
        self.runtime_folder = folder / "run"
        self.pid_file = folder / "server.pid"
        options: list[str] = []
        if isinstance(config, Path):
            self.config_file = config
            options = [word for listen in listens for word in ("-l", str(listen))]
            options += ["-n", (parameters or {}).get("children", "2")]
        else:
            text = override(config, listens, parameters)
            self.config_file.write_text(text, encoding="utf-8", errors="surrogateescape")
        self.command = (
            *program.command,
            *("-f", str(self.config_file), "-DD" if fork else "-D", "-E"),
            *("-P", str(self.pid_file), "-Y", str(self.runtime_folder), *options),
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The first process of the server, which also leads its session."""
        if self._process is None:
            raise ServerError("the server has not been started")
        return self._process

    def log(self) -> str:
        """Return what the server has logged."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def start(self, timeout: float = 15.0) -> None:
        """Start the server and wait until it answers OPTIONS on every address.

        Raises:
            ServerError: it ended, or did not answer within *timeout* seconds.
        """
        deadline = time.monotonic() + timeout
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        try:
            for listen in self.listens:
                self._wait_until_answering(listen, deadline)
        except BaseException:
            self.stop()
            raise

    def _wait_until_answering(self, listen: Listen, deadline: float) -> None:
        """Return when an OPTIONS to *listen* has got any reply."""
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise self._error(f"ended with code {self.process.returncode} at start")
            try:
                with Client(listen.transport, listen.host, listen.port) as client:
                    client.ask("OPTIONS", timeout=0.5)
                    return
            except OSError:  # refused, or no answer yet
                time.sleep(0.02)
        raise self._error(f"does not answer OPTIONS on {listen}")

    def _error(self, what: str) -> ServerError:
        """Return an error that shows the end of the log."""
        return ServerError(f"{self.program.name} {what}\n{' '.join(self.command)}\n{self.log()[-3000:]}")

    def stop(self, timeout: float = 10.0) -> int:
        """End the server with SIGTERM and return its exit code; kill what is left of its session.

        Raises:
            ServerError: it was still running *timeout* seconds later.
        """
        process = self.process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise self._error(f"did not end within {timeout:g} s of SIGTERM") from None
        finally:
            for pid in self.pids():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()

    def pids(self) -> tuple[int, ...]:
        """Return the ids of all living processes of the server."""
        return processes.session_processes(self.process.pid)

    def child_pids(self) -> tuple[int, ...]:
        """Return the ids of all but the first process: the workers, and what else the server forked."""
        return tuple(pid for pid in self.pids() if pid != self.process.pid)

    def cpu(self) -> dict[int, float]:
        """Return the CPU seconds of each process so far; compare with `processes.cpu_between`."""
        return processes.cpu_of(self.pids())
