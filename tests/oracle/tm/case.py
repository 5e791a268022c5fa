"""A case for the comparison of transactions with the real server's: routes, and what the parties do in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PARTIES = ("uac", "uas1", "uas2", "uas3")


@dataclass(frozen=True)
class Case:
    """Routes and a choreography.

    Args:
        routes: blocks of the configuration. In them ``CASE`` is the name of the case and the name of the route that
            gets its requests; ``UAC``, ``UAS1``, … are addresses with ports, ``SERVER`` is the server's and ``DEAD``
            one where nobody listens. ``SAY("text")`` logs a line that is compared, ``SHOW(f("x"))`` calls a function
            and logs its result.
        play: one step a line. ``uac > INVITE`` sends a request, ``uas1 > 180`` a reply to the last request
            (``uas1 > 487 to INVITE`` to the last of that method), ``uac > again INVITE`` the same bytes once more;
            settings and header lines follow after `` | ``. ``uac < 180`` and ``uac < 200 to BYE`` wait for such a
            message, and ``wait 0.5`` for half a second; ``uas1 hangs up`` closes its connections.
        profile: of the parameters; a server is started for each profile.
        settle: seconds to wait for more messages after the last step.
        repeats: whether messages that are the same byte by byte are recorded each time. The moments of
            retransmissions depend on how busy the machine is, so a case must leave them much room.
        tcp: parties that speak TCP.
        hosts: addresses of parties that are not 127.0.0.1, as in URIs.
        differs: why Kahea does something else.
    """

    routes: str
    play: str
    profile: str = "default"
    settle: float = 0.3
    repeats: bool = False
    tcp: tuple[str, ...] = ()
    hosts: Mapping[str, str] = field(default_factory=dict)
    differs: str = ""

    def steps(self) -> list[str]:
        """Return the steps."""
        return [line.strip() for line in self.play.strip().splitlines() if line.strip()]

    def parties(self) -> list[str]:
        """Return the names of those who take part, also if only a route sends them something."""
        text = f"{self.routes} {self.play}".lower()
        return [name for name in PARTIES if name == "uac" or re.search(rf"\b{name}\b", text)]

    def blocks(self, name: str, ports: dict[str, int], server: int, dead: int) -> str:
        """Return the blocks of the configuration for this case.

        Args:
            name: of the case.
            ports: of its parties.
            server, dead: the server's port, and one that nobody uses.
        """
        text = re.sub(r'SAY\("((?:[^"\\]|\\.)*)"\)', rf'xlog("L_NOTICE", "{name}| \1\\n")', self.routes)
        text = _shown(text, name)
        text = re.sub(r"\bCASE(?![A-Za-z0-9])", name, text)
        for party, port in {**ports, "server": server, "dead": dead}.items():
            text = re.sub(rf"\b{party.upper()}\b", f"127.0.0.1:{port}", text)
        return text


def _shown(text: str, name: str) -> str:
    """Replace each SHOW(call) by the call and a line that tells its result."""
    parts = text.split("SHOW(")
    for number, part in enumerate(parts[1:], 1):
        depth = 1
        for end, letter in enumerate(part):  # noqa: B007
            depth += (letter == "(") - (letter == ")")
            if not depth:
                break
        call, rest = part[:end], part[end + 1 :]
        label = call.partition("(")[0]
        parts[number] = f'{call}; xlog("L_NOTICE", "{name}| {label} returns $rc\\n"){rest}'
    return "".join(parts)


@dataclass
class Outcome:
    """What came of a case: the messages that each party received, the lines logged, the step that never ended."""

    messages: dict[str, list[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    stuck: str = ""

    def lines(self) -> list[str]:
        """Return all of it as lines, for a comparison that can be read."""
        found = [f"stuck: {self.stuck}"] if self.stuck else []
        for party, messages in self.messages.items():
            for message in messages:
                found.append(f"=== to {party}")
                found += message.splitlines()
        return [*found, "=== log", *self.log]
