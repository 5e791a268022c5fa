"""Real phones without sound: the user agent baresip, driven over its control connection.

A phone registers when it starts. What happens to it comes as events with names such as ``CALL_INCOMING``; the commands
are those of baresip's menu.
"""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.configs import free_port

HOST = "127.0.0.1"
_MODULES = "/usr/lib/baresip/modules"
_CONFIG = """\
sip_listen {host}:{port}
ctrl_tcp_listen {host}:{control}
net_interface {host}
call_local_timeout {timeout}
audio_source aubridge,{name}
audio_player aubridge,{name}
audio_alert aubridge,alert
rtp_ports {rtp}-{last}
module_path {modules}
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
"""


class PhoneError(RuntimeError):
    """A phone did not do what was expected of it; the text ends with what it wrote."""


def why_not() -> str | None:
    """Return why there can be no phones here, or None."""
    return None if shutil.which("baresip") else "baresip is not installed"


class Phone:
    """A running phone; use it as a context manager.

    Args:
        user: user part of its address of record.
        server: address and port of the registrar, which is its domain.
        folder: a folder of its own.
        transport: ``udp`` or ``tcp``.
        timeout: seconds after which it refuses a call that nobody answered.
        expires: seconds for which it registers; 0 for not at all.
    """

    def __init__(
        self,
        user: str,
        server: str,
        folder: Path,
        *,
        transport: str = "udp",
        timeout: int = 120,
        expires: int = 600,
    ) -> None:
        self.user, self.uri = user, f"sip:{user}@{server}"
        self._server, self._folder, self._timeout = server, folder, timeout
        folder.mkdir(parents=True)
        account = f"<{self.uri};transport={transport}>;regint={expires};answermode=manual;auth_pass=none\n"
        (folder / "accounts").write_text(account, encoding="utf-8")
        (folder / "contacts").touch()
        self._output = folder / "output"
        self._buffer = b""
        self._events: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        for _ in range(5):
            if self._start():
                return self
            if "Address already in use" not in self.output():  # else another program was faster
                break
        raise self._error("does not start")

    def _start(self) -> bool:
        """Start it on free ports; whether it is there."""
        self.port = _two_free_ports()
        control, rtp = free_port(), _two_free_ports() & ~1
        config = _CONFIG.format(
            host=HOST,
            port=self.port,
            control=control,
            timeout=self._timeout,
            name=self.user,
            rtp=rtp,
            last=rtp + 20,
            modules=_MODULES,
        )
        (self._folder / "config").write_text(config, encoding="utf-8")
        with self._output.open("wb") as output:
            command = ["baresip", "-4", "-s", "-f", str(self._folder)]  # -s: with all messages in the output
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        deadline = time.monotonic() + 10
        while self._process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self._socket = socket.create_connection((HOST, control), 5)
                return True
            time.sleep(0.02)
        self.kill()
        return False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self.kill()

    def kill(self) -> None:
        """Let it vanish without a word, as a phone does whose battery is empty."""
        self._process.kill()
        self._process.wait()

    def quit(self) -> None:
        """Switch it off, if it is not: it unregisters."""
        if self._process.poll() is not None:
            return
        with contextlib.suppress(OSError, PhoneError):  # it may be gone before it answers
            self.command("quit")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            raise self._error("does not quit") from None

    def output(self) -> str:
        """Return what it wrote, with the messages that it sent and received."""
        text = self._output.read_text(encoding="utf-8", errors="replace")
        return re.sub(r"\x1b\[[0-9;]*m", "", text)

    def messages(self) -> Iterator[tuple[bool, str]]:
        """Yield the SIP messages so far: whether the phone has sent it, and its text."""
        shown = re.compile(r"#\n(?:UDP|TCP) (\S+) -> (\S+)\n((?:.+\n)+\n(?:[a-z]=.*\n)*)")
        for sender, receiver, text in shown.findall(self.output().replace("\r\n", "\n")):
            # Either side may have opened a connection, from a port of no meaning.
            yield receiver == self._server or sender == f"{HOST}:{self.port}", text

    def command(self, name: str, argument: str = "") -> str:
        """Carry out a command of the menu, and return what it says.

        Raises:
            PhoneError: the phone refuses it.
        """
        token = f"{name}-{time.monotonic_ns()}"
        data = json.dumps({"command": name, "params": argument, "token": token}).encode()
        self._socket.sendall(b"%d:%s," % (len(data), data))
        deadline = time.monotonic() + 10
        while (answer := self._next(deadline, f"no answer to {name}")).get("token") != token:
            self._events.append(answer)
        if not answer["ok"]:
            raise self._error(f"{name} {argument}: {answer['data']}")
        return str(answer["data"])

    def event(self, kind: str, timeout: float = 10.0) -> Mapping[str, Any]:
        """Wait for the next event of a kind, passing over others, and return it.

        Raises:
            PhoneError: there was none within *timeout* seconds.
        """
        deadline = time.monotonic() + timeout
        passed: list[object] = []
        while True:
            told = self._events.pop(0) if self._events else self._next(deadline, f"no {kind} but {passed}")
            if told.get("type") == kind:
                return told
            passed.append(told.get("type"))

    def until(self, condition: Callable[[], bool], what: str, timeout: float = 10.0) -> None:
        """Wait until something holds that no event tells of.

        Raises:
            PhoneError: it does not hold *timeout* seconds later.
        """
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise self._error(f"not {what}")
            time.sleep(0.02)

    def registered(self) -> None:
        """Return when its registration has been answered with 200.

        Raises:
            PhoneError: it is not.
        """
        self.until(lambda: self.answers("REGISTER") == [200], "registered")

    def answers(self, method: str) -> list[int]:
        """Return the final statuses that it was given for its requests of a method, each request once."""
        final: dict[str, int] = {}
        for sent, text in self.messages():
            if not sent and (found := re.match(r"SIP/2\.0 ([2-6]\d\d)", text)) and f" {method}\n" in text:
                final[_call_and_number(text)] = int(found[1])
        return list(final.values())

    def received(self, method: str) -> list[str]:
        """Return the requests of a method that it has received, each once."""
        got = {}
        for sent, text in self.messages():
            if not sent and text.startswith(f"{method} "):
                got[_call_and_number(text)] = text
        return list(got.values())

    def _next(self, deadline: float, missed: str) -> Mapping[str, Any]:
        """Return the next event or answer, which come as netstrings."""
        while True:
            length, colon, rest = self._buffer.partition(b":")
            if colon and len(rest) > int(length):
                self._buffer = rest[int(length) + 1 :]
                told: Mapping[str, Any] = json.loads(rest[: int(length)])
                return told
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                raise self._error(missed) from None
            if not data:
                raise self._error(f"{missed}: the phone is gone")
            self._buffer += data

    def _error(self, what: str) -> PhoneError:
        return PhoneError(f"{self.user}: {what}\n{self.output()[-6000:]}")


def _call_and_number(text: str) -> str:
    """Return Call-ID and CSeq of a message."""
    return " ".join(line for line in text.split("\n") if line.startswith(("Call-ID: ", "CSeq: ")))


def _two_free_ports() -> int:
    """Return a port that is free together with the next: baresip takes that one for TLS, or RTCP."""
    while True:
        port = free_port()
        with contextlib.suppress(OSError), socket.create_server((HOST, port + 1)):
            return port
