"""The real Kamailio as a process: started on a configuration, spoken to over UDP, read by its log."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from kahea.testing import request

SCRIPT_LINE = re.compile(r"^ *\d+\(\d+\) NOTICE: (?:\{[^}]*\} )?<script>: (.*)$")


def free_ports(count: int, kind: socket.SocketKind = socket.SOCK_DGRAM) -> list[int]:
    """Return ports of 127.0.0.1 that nothing uses at this moment."""
    probes = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class RealServer:
    """The real server on one configuration, and a client of it.

    Args:
        configuration: its text.
        folder: for its files.
        listen: addresses such as ``udp:127.0.0.1:5060``; the client speaks to the first.
        resolv_conf: a file that it sees as ``/etc/resolv.conf``; only root can do that.
    """

    def __init__(
        self, configuration: str, folder: Path, listen: Sequence[str], *, resolv_conf: Path | None = None
    ) -> None:
        if shutil.which("kamailio") is None:
            pytest.skip("the real Kamailio is not installed")
        file = folder / "kamailio.cfg"
        file.write_bytes(configuration.encode("utf-8", "surrogateescape"))
        self.port = int(listen[0].rpartition(":")[2])
        self.log_path = folder / "log"
        self._log = self.log_path.open("wb")
        command = ["kamailio", "-x", "fm", "-X", "fm", "-DD", "-E", "-f", str(file), "-w", str(folder)]
        command += ["-P", str(folder / "pid"), "-Y", str(folder)]
        for address in listen:
            command += ["-l", address]
        if resolv_conf is not None:
            mount = f"mount --bind {shlex.quote(str(resolv_conf))} /etc/resolv.conf"
            command = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh", *command]
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.bind(("127.0.0.1", 0))
        self.client.settimeout(0.3)

    def wait(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.exchange(request("OPTIONS"))
            except TimeoutError:
                continue
            return
        log = self.log_path.read_text(errors="replace").splitlines()
        told = [line for line in log if "ERROR" in line or "CRITICAL" in line]
        raise AssertionError("\n".join(["Kamailio did not start:", *told[:20]]))

    def send(self, message: bytes) -> None:
        """Send a message and wait for nothing."""
        self.client.sendto(message, ("127.0.0.1", self.port))

    def exchange(self, message: bytes) -> bytes:
        """Send a request and return its reply; replies to others are passed over."""
        self.send(message)
        call_id = next(line for line in message.split(b"\r\n") if line.startswith(b"Call-ID:"))
        while True:
            reply = self.client.recv(65535)
            if call_id in reply:
                return reply

    def stop(self) -> str:
        """Stop it and return its log."""
        self.process.terminate()
        self.process.wait(10)
        self.client.close()
        self._log.close()
        return self.log_path.read_text(errors="surrogateescape")
