"""Functions of modules beside the real Kamailio: the same message, the same log lines and the same messages sent."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.api import LocalSocket
from kahea.testing import ServerUnderTest
from kahea.testing import request as sip_request

from tests.oracle.module_cases import CASES, configuration

pytestmark = pytest.mark.oracle

_SCRIPT_LINE = re.compile(r"^ *\d+\(\d+\) NOTICE: <script>: (.*)$")
_LOCAL_TAG = re.compile(r";tag=[0-9a-f]{32}\.[0-9a-f]{8}")
_LOCAL_BRANCH = re.compile(r"(SIP/2\.0/UDP 127\.0\.0\.1:SERVER;branch=)[^;\r\n]+")


class Kamailio:
    """The real server with all cases, and a client."""

    def __init__(self, folder: Path) -> None:
        config = folder / "modules.cfg"
        config.write_text(configuration())
        self.port = _free_port()
        self.log_path = folder / "log"
        self.log = self.log_path.open("wb")
        command = ["kamailio", "-x", "fm", "-X", "fm", "-DD", "-E", "-f", str(config), "-w", str(folder)]
        command += ["-l", f"udp:127.0.0.1:{self.port}", "-P", str(folder / "pid"), "-Y", str(folder)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.bind(("127.0.0.1", _free_port()))
        self.client_port: int = self.client.getsockname()[1]
        self.client.settimeout(0.3)

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                self.marker("start")
            except TimeoutError:
                continue
            self.client.settimeout(5)
            return
        raise AssertionError(f"Kamailio did not start:\n{self.log_path.read_text()[-2000:]}")

    def marker(self, name: str) -> list[bytes]:
        """Let it log a mark, and return what it sent before it answers that."""
        via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.client_port};branch=z9hG4bKmarker;rport")
        mark = sip_request("OPTIONS", f"sip:marker-{name}@127.0.0.1", [via])
        self.client.sendto(mark, ("127.0.0.1", self.port))
        received: list[bytes] = []
        while not (data := self.client.recv(65535)).startswith(b"SIP/2.0 200 Marker"):
            received.append(data)
        return received

    def run(self, name: str) -> list[bytes]:
        """Run one case and return what it sent."""
        self.marker(name)
        self.client.sendto(CASES[name].message(name, self.port, self.client_port), ("127.0.0.1", self.port))
        return self.marker("end")

    def stop(self) -> str:
        """Stop it and return its log."""
        self.process.terminate()
        self.process.wait(10)
        self.client.close()
        self.log.close()
        return self.log_path.read_text(errors="surrogateescape")


def _free_port() -> int:
    """Return a UDP port with five digits that nobody uses: lengths do not change from run to run."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            if port >= 10000:
                return port


class Observed:
    """What the real server logged and sent for each case, and the ports that it was seen with."""

    def __init__(self, server: Kamailio) -> None:
        self.port, self.client_port = server.port, server.client_port
        self.sent: dict[str, list[bytes]] = {}
        self.lines: dict[str, list[str]] = {}

    def read(self, log: str) -> None:
        """Take the lines of the log apart."""
        current: list[str] = []
        for line in log.splitlines():
            found = _SCRIPT_LINE.match(line)
            if found is None:
                continue
            if found[1].startswith("marker-"):
                current = self.lines.setdefault(found[1].removeprefix("marker-"), [])
            else:
                current.append(found[1])

    def comparable(self, data: bytes) -> str:
        """Return a message without what differs from server to server."""
        text = data.decode("utf-8", "surrogateescape")
        text = text.replace(f":{self.port}", ":SERVER").replace(f":{self.client_port}", ":CLIENT")
        text = text.replace(f"rport={self.client_port}", "rport=CLIENT")
        return _LOCAL_BRANCH.sub(r"\1LOCAL", _LOCAL_TAG.sub(";tag=LOCAL", text))


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Observed:
    """What the real server does."""
    if shutil.which("kamailio") is None:
        pytest.skip("the real Kamailio is not installed")
    server = Kamailio(tmp_path_factory.mktemp("kamailio"))
    observed = Observed(server)
    try:
        server.wait()
        for name in CASES:
            observed.sent[name] = server.run(name)
    finally:
        log = server.stop()
    observed.read(log)
    return observed


@pytest.fixture(scope="module")
def kahea(observed: Observed) -> Iterator[ServerUnderTest]:
    """Kahea on the same configuration."""
    server = ServerUnderTest(configuration(), sockets=[LocalSocket("udp", "127.0.0.1", observed.port)])
    yield server
    server.stop()


@pytest.mark.parametrize("name", CASES)
def test_the_same_effects(
    name: str, observed: Observed, kahea: ServerUnderTest, request: pytest.FixtureRequest
) -> None:
    """A call logs and sends what it logs and sends on the real server."""
    if CASES[name].differs:
        request.applymarker(pytest.mark.xfail(reason=CASES[name].differs, strict=True))
    before = len(kahea.log)
    data = CASES[name].message(name, observed.port, observed.client_port)

    sent = kahea.receive(data, source=("127.0.0.1", observed.client_port))
    sent += kahea.advance(0.1)
    sent += kahea.settle()

    logged = [line.split(": ", 2)[2] for line in kahea.log[before:] if line.startswith("NOTICE: <script>")]
    assert [_readable(line) for line in logged] == [_readable(line) for line in observed.lines[name]]
    assert [observed.comparable(one.data) for one in sent] == [observed.comparable(one) for one in observed.sent[name]]


def _readable(line: str) -> str:
    """Return a line, decoded where it is a message in hexadecimal digits."""
    try:
        return bytes.fromhex(line).decode("utf-8", "surrogateescape") if len(line) > 100 else line
    except ValueError:
        return line
