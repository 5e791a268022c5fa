"""The stage of a case on the stock configuration: steps for commands, and what differs from run to run there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.oracle.tm.case import Case, Outcome
from tests.oracle.tm.party import Received
from tests.oracle.tm.play import Stage

_SOFTWARE = re.compile(r"(?m)^(Server|User-Agent): (?:kamailio|kahea) \(.*\)$")
_EXPIRES = re.compile(r"(;expires=|Expires: )(\d+)\b")
_RANDOM = re.compile(r"\bul(?:oc|cx)-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+")
_MOMENT = re.compile(r"(Last-Keepalive|Last-Modified|Tcpconn-Id): \d+")

#: Numbers that kamcmd prints with a sign: it knows none without.
_UNSIGNED = re.compile(r"(HashID|Methods): (-?\d+)")

#: Records of a location table as ``ul.dump`` prints them.
_RECORD = re.compile(r"(?ms)^(\t+)Info: \{\n\1\tAoR: (\S+)\n.*?^\1\}\n")


class StockStage(Stage):
    """The parties of a case, and the server's control socket.

    Args:
        name: of the case.
        control: the socket of the module ctl.
    """

    def __init__(self, name: str, case: Case, control: Path) -> None:
        super().__init__(name, case)
        self._control = control

    def perform_step(self, step: str, server: int, outcome: Outcome) -> bool:
        """Carry out one step: ``rpc COMMAND ...`` and ``dump``, the case's records in the location table, are more."""
        words = step.split()
        if words[0] not in ("rpc", "dump"):
            return super().perform_step(step, server, outcome)
        answer = self._command([self._filled(word, server) for word in words[1:]] if words[0] == "rpc" else ["ul.dump"])
        if words[0] == "dump":
            found = [record[0] for record in _RECORD.finditer(answer) if record[2].endswith(f".{self.name}")]
            answer = re.sub(r"(?m)^\t+", "", "".join(sorted(found))) or "nothing\n"
        outcome.messages.setdefault("command", []).append(self.without_moments(self.without_ports(answer, server)))
        return True

    def _command(self, words: list[str]) -> str:
        done = subprocess.run(
            ["kamcmd", "-s", f"unix:{self._control}", *words], capture_output=True, text=True, timeout=10, check=False
        )
        return done.stdout + done.stderr

    def comparable(self, message: Received, server: int, labels: dict[str, str]) -> str:
        """Return a message without what differs from run to run and from program to program."""
        return self.without_moments(super().comparable(message, server, labels))

    @staticmethod
    def without_moments(text: str) -> str:
        """Return a text without times and random identifiers, and without the program's name."""
        text = _SOFTWARE.sub(r"\1: SOFTWARE", text)
        text = _EXPIRES.sub(lambda found: found[1] + _whole(int(found[2])), text)
        text = _UNSIGNED.sub(lambda found: f"{found[1]}: {int(found[2]) % 2**32}", text)
        return _MOMENT.sub(r"\1: MOMENT", _RANDOM.sub("RANDOM", text))


def _whole(seconds: int) -> str:
    """Return what was left a moment ago, if that is a multiple of ten."""
    return str(-(-seconds // 10) * 10 if seconds % 10 >= 6 else seconds)
