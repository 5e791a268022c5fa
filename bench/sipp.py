"""Callers and callees played by sipp, and the figures that it writes at its end."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.configs import free_port

SCENARIOS = Path(__file__).resolve().parent.parent / "tests" / "calls" / "scenarios"


class SippError(RuntimeError):
    """A call failed, or a message came that nobody expected; the text ends with what sipp says."""


class Sipp:
    """A running sipp.

    Args:
        scenario: name of a file in tests/calls/scenarios, without its ending.
        port: its own, on 127.0.0.1.
        folder: for its files.
        calls: it ends after so many; 0 for a callee that goes on until it is stopped.
        arguments: more of the command line.
        linger: milliseconds for which it still knows a call that has ended, and answers what is repeated.
    """

    def __init__(self, scenario: str, port: int, folder: Path, calls: int, *arguments: str, linger: int = 200) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name, self.port, self.calls = f"{scenario} on {port}", port, calls
        self._statistics, self._errors = folder / f"{scenario}-{port}.csv", folder / f"{scenario}-{port}.errors"
        command = ["sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", "127.0.0.1", "-p", str(port)]
        command += [*(("-m", str(calls)) if calls else ()), "-nostdin", "-trace_stat", "-stf", str(self._statistics)]
        command += ["-fd", "1", "-d", str(linger), "-trace_err", "-error_file", str(self._errors), *arguments]
        # Its screen is of no use; with the default terminal it would wait for one.
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TERM": "dumb"},
        )

    def listening(self, timeout: float = 10.0) -> None:
        """Return when its port is open, for UDP or TCP.

        Raises:
            SippError: it is not, *timeout* seconds later.
        """
        deadline = time.monotonic() + timeout
        while not any(f":{self.port:04X} " in Path("/proc/net", kind).read_text() for kind in ("udp", "tcp")):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SippError(f"{self.name} does not start: {self.report()}")
            time.sleep(0.01)

    def wait(self, timeout: float, *, strict: bool = True) -> None:
        """Return when all calls have ended well.

        Args:
            timeout: in seconds.
            strict: whether calls may not fail, as they do under too much load.

        Raises:
            SippError: one failed, or *timeout* has passed, or a message came that the scenario does not know.
        """
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise SippError(f"{self.name} did not end within {timeout:g} s: {self.report()}") from None
        if not strict:
            return
        figures = self.figures()
        bad = {key: figures[key] for key in _BAD if figures.get(key)}
        if self.process.returncode or bad or figures.get("SuccessfulCall(C)", 0) != self.calls:
            raise SippError(f"{self.name} ended with code {self.process.returncode}: {self.report()}")

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def figures(self) -> dict[str, int]:
        """Return the counters of the last line of its statistics."""
        if not self._statistics.exists():
            return {}
        names, *rows = self._statistics.read_text(encoding="utf-8", errors="replace").splitlines()
        if not rows:
            return {}
        values = zip(names.split(";"), rows[-1].split(";"), strict=False)
        return {name: int(value) for name, value in values if value.isdigit()}

    def report(self) -> str:
        """Return what it counted that is not zero, and its first complaints."""
        counted = ", ".join(f"{name} {value}" for name, value in self.figures().items() if value and "(C)" in name)
        complaints = ""
        with contextlib.suppress(OSError):
            complaints = self._errors.read_text(encoding="utf-8", errors="replace")[:3000]
        return f"{counted}\n{complaints}"


def register(server: str, user: str, contact: str, folder: Path) -> None:
    """Register a contact of a user, over UDP.

    Args:
        server: address and port of the registrar.
        user: the user part.
        contact: the URI where he is.
        folder: for sipp's files.

    Raises:
        SippError: the registrar does not say 200.
    """
    with running(Sipp("register", free_port(), folder, 1, "-s", user, "-key", "contact", contact, server)) as (phone,):
        phone.wait(10)


#: Counters that stay zero in a clean run. Retransmissions do not count: a busy machine causes them.
_BAD = ("FailedCall(C)", "FailedUnexpectedMessage(C)", "OutOfCallMsgs(C)", "FatalErrors(C)")


@contextlib.contextmanager
def running(*programs: Sipp) -> Iterator[Sequence[Sipp]]:
    """Stop what still runs at the end."""
    try:
        yield programs
    finally:
        for program in programs:
            program.stop()
