"""What a network analyser thinks of the bytes on the wire."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.clients import Client
from bench.servers import Server


@contextmanager
def capture(port: int, file: Path) -> Iterator[None]:
    """Record the loopback traffic of *port* into *file*; skip the test where that is impossible."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    with subprocess.Popen(
        ["tshark", "-i", "lo", "-f", f"port {port}", "-w", str(file), "-q"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as recorder:
        # The file's header is written when the capture has begun.
        deadline = time.monotonic() + 10
        while not (file.exists() and file.stat().st_size):
            if recorder.poll() is not None or time.monotonic() > deadline:
                recorder.kill()
                _, said = recorder.communicate()
                pytest.skip(f"cannot capture on the loopback interface: {said.strip().splitlines()[-1:]}")
            time.sleep(0.05)
        try:
            yield
            time.sleep(0.5)  # packets reach the file through a buffer
        finally:
            recorder.send_signal(signal.SIGINT)
            recorder.communicate(timeout=10)


def decode(file: Path, port: int, display_filter: str) -> list[list[str]]:
    """Return protocol stack, SIP method and SIP status of each captured packet that passes *display_filter*."""
    decoded = subprocess.run(
        [
            *("tshark", "-r", str(file), "-d", f"udp.port=={port},sip", "-d", f"tcp.port=={port},sip"),
            *("-Y", display_filter, "-T", "fields", "-E", "separator=|"),
            *("-e", "frame.protocols", "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "_ws.expert.message"),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [line.split("|") for line in decoded.stdout.splitlines()]


def test_the_analyser_finds_nothing_malformed(server: Server, host: str, port: int, tmp_path: Path) -> None:
    """Every reply, over UDP and TCP, decodes as SIP without a malformed part or an expert error."""
    file = tmp_path / "calls.pcapng"
    with capture(port, file):
        for transport in ("udp", "tcp"):
            with Client(transport, host, port) as client:
                assert [client.ask(method).status for method in ("OPTIONS", "INVITE", "MESSAGE")] == [200, 501, 501]

    statuses = [status for _, _, status, _ in decode(file, port, "sip.Status-Code")]
    wrong = decode(file, port, '_ws.malformed || _ws.expert.severity == "Error"')

    assert sorted(statuses) == ["200", "200", "501", "501", "501", "501"]
    assert wrong == []
