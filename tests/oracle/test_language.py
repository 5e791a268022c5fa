"""The language beside the real Kamailio: the same script, the same log lines."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.sip.endpoints import LocalSocket
from kahea.testing import ServerUnderTest, request

from tests.oracle.language_cases import CASES, configuration

pytestmark = pytest.mark.oracle

_SCRIPT_LINE = re.compile(r"^ *\d+\(\d+\) NOTICE: <script>: (.*)$")


class Kamailio:
    """The real server on one configuration, and a client."""

    def __init__(self, folder: Path) -> None:
        config = folder / "language.cfg"
        config.write_text(configuration())
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.log_path = folder / "log"
        self.log = self.log_path.open("wb")
        command = ["kamailio", "-x", "fm", "-X", "fm", "-DD", "-E", "-f", str(config), "-w", str(folder)]
        command += ["-l", f"udp:127.0.0.1:{self.port}", "-P", str(folder / "pid"), "-Y", str(folder)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.settimeout(0.3)

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                self.run("none")
            except TimeoutError:
                continue
            return
        raise AssertionError(f"Kamailio did not start:\n{self.log_path.read_text()[-2000:]}")

    def run(self, case: str) -> None:
        """Run one case and wait for the reply."""
        self.client.sendto(request("OPTIONS", f"sip:{case}@127.0.0.1"), ("127.0.0.1", self.port))
        self.client.recv(65535)

    def stop(self) -> str:
        """Stop it and return its log."""
        self.process.terminate()
        self.process.wait(10)
        self.client.close()
        self.log.close()
        return self.log_path.read_text()


@pytest.fixture(scope="module")
def kamailio_lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the real server logs for each case."""
    if shutil.which("kamailio") is None:
        pytest.skip("the real Kamailio is not installed")
    server = Kamailio(tmp_path_factory.mktemp("kamailio"))
    try:
        server.wait()
        for case in CASES:
            server.run(f"marker-{case}")
            server.run(case)
        server.run("marker-end")
    finally:
        log = server.stop()
    return _by_case(log)


def _by_case(log: str) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    current: list[str] = []
    for line in log.splitlines():
        found = _SCRIPT_LINE.match(line)
        if found is None:
            continue
        if found[1].startswith("marker-"):
            current = lines.setdefault(found[1].removeprefix("marker-"), [])
        else:
            current.append(found[1])
    return lines


@pytest.fixture(scope="module")
def kahea() -> Iterator[ServerUnderTest]:
    """Kahea on the same configuration."""
    # not on the default port, as the real server: a URI without a port is another server's
    server = ServerUnderTest(configuration(), sockets=[LocalSocket("udp", "127.0.0.1", 15060)])
    yield server
    server.stop()


@pytest.mark.parametrize("case", CASES)
def test_the_same_lines(case: str, kamailio_lines: dict[str, list[str]], kahea: ServerUnderTest) -> None:
    """A script logs what it logs on the real server."""
    expected = kamailio_lines[case]
    before = len(kahea.log)

    kahea.receive(request("OPTIONS", f"sip:{case}@127.0.0.1"))

    logged = [line.split(": ", 2)[2] for line in kahea.log[before:] if line.startswith("NOTICE: <script>")]
    assert logged == expected
