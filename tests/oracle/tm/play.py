"""Carry out the choreography of a case against a server, and take down what its parties receive."""

from __future__ import annotations

import re
import time

from tests.oracle.tm.case import Case, Outcome
from tests.oracle.tm.party import Order, Party, Received

#: Seconds to wait for a message that should come; the longest timer of a case is shorter.
PATIENCE = 6.0

_BRANCH = re.compile(r"(?<=branch=)(?!z9hG4bK-ua)[^;,\s>]+")
_TAG = re.compile(r"(?<=tag=)[^;,\s>]+")
_OURS = re.compile(r"caller|uas\d.*|uac.*|given.*")


class Stage:
    """The parties of one case.

    Args:
        name: of the case; the Call-ID of its first call.
    """

    def __init__(self, name: str, case: Case) -> None:
        self.name, self.case = name, case
        self.parties = {
            party: Party(party, party in case.tcp, case.hosts.get(party, "127.0.0.1")) for party in case.parties()
        }

    @property
    def ports(self) -> dict[str, int]:
        """The port of each party."""
        return {name: party.port for name, party in self.parties.items()}

    def close(self) -> None:
        """Close the sockets."""
        for party in self.parties.values():
            party.close()

    def perform(self, server: int) -> Outcome:
        """Carry out the steps against the server on that port of 127.0.0.1."""
        outcome = Outcome()
        for step in self.case.steps():
            if not self.perform_step(step, server, outcome):
                outcome.stuck = step
                break
        deadline = time.monotonic() + self.case.settle
        while (left := deadline - time.monotonic()) > 0:
            for party in self.parties.values():
                party.receive(min(left, 0.05))
        outcome.messages |= {name: self._record(party, server) for name, party in self.parties.items()}
        return outcome

    def perform_step(self, step: str, server: int, outcome: Outcome) -> bool:
        """Carry out one step; False if a message does not come."""
        order, _, more = step.partition(" | ")
        words = order.split()
        if words[0] == "wait":
            time.sleep(float(words[1]))
            return True
        party = self.parties[words[0]]
        if words[1:] == ["hangs", "up"]:
            party.hang_up()
            return True
        what, rest = words[2], words[3:]
        if words[1] == "<":
            return self._expect(party, what, rest[1] if rest else "")
        self._collect(party)
        try:
            self._send(party, what, rest, more, server)
        except (KeyError, ConnectionError):  # nothing to answer or to repeat, nobody to send it to
            return False
        return True

    def _send(self, party: Party, what: str, rest: list[str], more: str, server: int) -> None:
        if what == "again":
            party.again(rest[0] if rest else "")
            return
        address = (server_host(party.host), server)
        if what == "raw":
            party.bytes("raw", self._filled(more, server).replace(" | ", "\r\n") + "\r\n\r\n", address)
            return
        order = _order(more)
        order.headers = [self._filled(line, server) for line in order.headers]
        order.settings = {key: self._filled(value, server) for key, value in order.settings.items()}
        if what.isdigit():
            reason, _, method = " ".join(["", *rest, ""]).partition(" to ")
            party.reply(int(what), reason.strip(), method.strip(), order)
        else:
            call = order.settings.get("call", "")
            party.request(what, f"{self.name}.{call}" if call else self.name, order, address)

    def _filled(self, text: str, server: int) -> str:
        """Return a text with addresses in the places of the parties' names, and the case's name."""
        text = re.sub(r"\bCASE\b", self.name, text)
        for name, party in self.parties.items():
            text = re.sub(rf"\b{name.upper()}\b", f"{party.host}:{party.port}", text)
            text = re.sub(rf"\bPORTOF{name.upper()}\b", str(party.port), text)
        text = re.sub(r"\bSERVER6\b", f"[::1]:{server}", text)
        text = re.sub(r"\bSERVERPORT\b", str(server), text)
        return re.sub(r"\bSERVER\b", f"127.0.0.1:{server}", text)

    @staticmethod
    def _collect(party: Party) -> None:
        """Take what is there already."""
        while party.receive(0) is not None:
            pass

    @staticmethod
    def _expect(party: Party, what: str, method: str) -> bool:
        deadline = time.monotonic() + PATIENCE
        while (left := deadline - time.monotonic()) > 0:
            message = party.receive(left)
            if message is None:
                return False
            kind = str(message.status) if message.status else message.method
            if kind == what and method in ("", message.method):
                return True
        return False

    def _record(self, party: Party, server: int) -> list[str]:
        """Return what a party received, in order, without what differs from run to run."""
        seen: set[str] = set()
        kept = []
        for message in party.received:
            if self.case.repeats or message.text not in seen:
                kept.append(message)
            seen.add(message.text)
        labels: dict[str, str] = {}
        return [self.comparable(message, server, labels) for message in kept]

    def comparable(self, message: Received, server: int, labels: dict[str, str]) -> str:
        """Return a message without what differs from run to run; *labels* names tags and branches in their order."""

        def label(kind: str, value: str) -> str:
            number = 1 + sum(known.startswith(kind) for known in labels.values())
            return labels.setdefault(value, f"{kind}{number}")

        text = message.text.replace("\r\n", "\n")
        text = _BRANCH.sub(lambda found: label("BRANCH", found[0]), text)
        text = _TAG.sub(lambda found: found[0] if _OURS.fullmatch(found[0]) else label("TAG", found[0]), text)
        text = re.sub(
            r"(?m)^(Call-ID: )(.*)$",
            lambda found: found[0] if found[2].startswith(self.name) else found[1] + label("CALL-ID", found[2]),
            text,
        )
        text = re.sub(r"(?m)^(Via: .*;i=)[0-9a-f]+", r"\1CONNECTION", text)
        return self.without_ports(text, server)

    def without_ports(self, text: str, server: int) -> str:
        """Return a text with names in the places of ports."""
        names = {str(server): "SERVER"}
        for name, party in self.parties.items():
            names |= {str(port): name.upper() for port in party.own_ports}
        return re.sub(r"\b\d{5}\b", lambda found: names.get(found[0], found[0]), text)


def server_host(host: str) -> str:
    """Return the server's address for a party with this one."""
    return "::1" if ":" in host else "127.0.0.1"


def _order(text: str) -> Order:
    """Read settings (``name=value``) and header lines."""
    order = Order()
    for part in filter(None, text.split(" | ")):
        key, equals, value = part.partition("=")
        if equals and re.fullmatch(r"[a-z-]+", key):
            order.settings[key] = value
        elif part == "new":
            order.settings["new"] = ""
        else:
            order.headers.append(part)
    return order
