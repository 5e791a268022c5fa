"""A second make of phone without sound: linphonec, driven by lines on its standard input."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.configs import free_port
from bench.phones import PhoneError

_CONFIG = """\
[sip]
sip_port={port}
sip_tcp_port={port}
use_ipv6=0
[rtp]
audio_rtp_port={rtp}
[sound]
ec=0
"""


def why_not() -> str | None:
    """Return why there can be no such phone here, or None."""
    return None if shutil.which("linphonec") else "linphonec is not installed"


class Linphone:
    """A running linphonec; use it as a context manager, which registers it.

    Args:
        user: user part of its address of record.
        server: address and port of the registrar.
        folder: a folder of its own.
    """

    def __init__(self, user: str, server: str, folder: Path) -> None:
        self.uri, self._proxy, self._home = f"sip:{user}@{server}", f"sip:{server}", folder
        (folder / ".local" / "share" / "linphone").mkdir(parents=True)
        config = _CONFIG.format(port=free_port(), rtp=free_port())
        (folder / "linphonerc").write_text(config, encoding="utf-8")
        self._output = folder / "output"
        self._read = 0

    def __enter__(self) -> Self:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                ["linphonec", "-c", str(self._home / "linphonerc")],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env={**os.environ, "HOME": str(self._home)},
            )
        try:
            self._register()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()

    def _register(self) -> None:
        """Choose files instead of sound cards, and register."""
        self.say("soundcard use files", "Using wav files")
        self.say("nat none", "Nat address")
        self.say(f"register {self.uri} {self._proxy} none")
        deadline = time.monotonic() + 10
        while "registered, identity" not in self.say("status register", r"registered=-?\d|registered, identity"):
            if time.monotonic() > deadline:
                raise self._error("does not register")
            time.sleep(0.1)

    def say(self, line: str, expected: str = "") -> str:
        """Give it a command, and return what it answers up to a text that matches *expected*.

        Raises:
            PhoneError: it does not answer so.
        """
        if self._process.stdin is None or self._process.poll() is not None:
            raise self._error("is gone")
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        return self.wait(expected) if expected else ""

    def wait(self, expected: str, timeout: float = 10.0) -> str:
        """Return its further output up to a text that matches.

        Raises:
            PhoneError: there was none within *timeout* seconds.
        """
        deadline = time.monotonic() + timeout
        while not (found := re.search(expected, self._text()[self._read :])):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise self._error(f"does not say {expected!r}")
            time.sleep(0.02)
        begin, self._read = self._read, self._read + found.end()
        return self._text()[begin : self._read]

    def _text(self) -> str:
        return self._output.read_text(encoding="utf-8", errors="replace")

    def _error(self, what: str) -> PhoneError:
        return PhoneError(f"{self.uri}: linphonec {what}\n{self._text()[-3000:]}")
