"""Scripts that send messages on, run by both servers with several sockets: what they log and what they send."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kahea.api import LocalSocket
from kahea.testing import ServerUnderTest, request

from tests.oracle.real_server import SCRIPT_LINE, RealServer, free_ports

BRANCH: Final = re.compile(r"(?<=branch=)z9hG4bK[0-9a-f]+(?:\.[0-9a-f]+)+")
CONNECTION: Final = re.compile(r"(?<=;i=)[0-9a-f]+")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Scenario:
    """A script and the request that it runs for.

    In all texts ``@PORT@`` stands for the port of the server's first UDP, its TCP and its IPv6 socket, ``@OTHER@`` for
    that of a second UDP socket, ``@SINK@`` for the port of a client that keeps what it gets by UDP, TCP and IPv6.

    Args:
        script: body of a route block, without ``exit``.
        uri, method, headers: of the request.
        arrives: at which socket: ``udp``, ``other``, ``tcp`` or ``udp6``.
        sends: messages that reach the sink.
        differs: why Kahea does something else.
    """

    script: str
    uri: str = "sip:bob@127.0.0.1:@SINK@"
    method: str = "INVITE"
    headers: Headers = ()
    arrives: str = "udp"
    sends: int = 1
    differs: str = ""


@dataclass(frozen=True)
class Group:
    """Scenarios that share a configuration.

    Args:
        modules: loaded besides sl, pv, xlog, textops and textopsx.
        parameters: ``modparam`` lines and globals.
        scenarios: by name.
        extra: further blocks.
    """

    modules: Sequence[str]
    parameters: str
    scenarios: dict[str, Scenario]
    extra: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario: log lines, and messages by transport."""

    lines: list[str]
    sent: list[tuple[str, str]]


@dataclass(frozen=True)
class Ports:
    """The ports of a run."""

    server: int
    other: int
    sink: int

    def fill(self, text: str) -> str:
        """Return a text with the ports in their places."""
        for name, port in (("@PORT@", self.server), ("@OTHER@", self.other), ("@SINK@", self.sink)):
            text = text.replace(name, str(port))
        return text

    def message(self, name: str, scenario: Scenario) -> bytes:
        """Return the request of a scenario; the same each time."""
        protocol = "TCP" if scenario.arrives == "tcp" else "UDP"
        host = "[::1]" if scenario.arrives == "udp6" else "127.0.0.1"
        headers = [("Via", f"SIP/2.0/{protocol} {host}:5999;branch=z9hG4bK-case;rport"), *scenario.headers]
        if not any(header == "From" for header, _ in headers):
            headers.append(("From", "<sip:caller@127.0.0.1>;tag=caller"))
        headers.append(("X-Case", name))
        filled = [(header, self.fill(value)) for header, value in headers]
        return request(scenario.method, self.fill(scenario.uri), filled, call_id=f"{name}@127.0.0.1")


def new_ports() -> Ports:
    """Return ports that are free, with five digits, so that lengths are the same in each run."""
    while True:
        found = free_ports(3)
        if min(found) >= 10000:
            return Ports(*found)


def configuration(group: Group, ports: Ports) -> str:
    """Return one configuration with all scenarios of a group: the header X-Case names the one to run."""
    blocks = "".join(f"route[CASE_{name}] {{\n{one.script}\n}}\n" for name, one in group.scenarios.items())
    dispatch = "\n".join(f'    if ($hdr(X-Case) == "{name}") route(CASE_{name});' for name in group.scenarios)
    modules = "".join(
        f'loadmodule "{name}.so"\n' for name in ("sl", "pv", "xlog", "textops", "textopsx", *group.modules)
    )
    return ports.fill(f"""
debug=2
log_stderror=yes
children=1
tcp_children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
{modules}
{group.parameters}
request_route {{
    if ($hdr(X-Mark) != $null) xlog("L_NOTICE", "marker-$hdr(X-Mark)\\n");
{dispatch}
    sl_send_reply("200", "OK");
}}
{group.extra}
{blocks}
""")


class Sink:
    """Keeps what it gets by UDP, IPv6 and TCP."""

    def __init__(self, port: int) -> None:
        self._sockets = ExitStack()
        self._udp = [self._bound(socket.AF_INET, "127.0.0.1", port), self._bound(socket.AF_INET6, "::1", port)]
        self._listener = self._sockets.enter_context(socket.create_server(("127.0.0.1", port)))
        self._listener.settimeout(0.05)
        self._connections: list[socket.socket] = []

    def _bound(self, family: socket.AddressFamily, host: str, port: int) -> socket.socket:
        one = self._sockets.enter_context(socket.socket(family, socket.SOCK_DGRAM))
        one.bind((host, port))
        one.settimeout(0.05)
        return one

    def take(self, count: int) -> list[tuple[str, str]]:
        """Wait for messages and return them with their transports; no longer than two seconds."""
        found: list[tuple[str, str]] = []
        deadline = time.monotonic() + 2
        while len(found) < count and time.monotonic() < deadline:
            for one in (*self._udp, *self._connections):
                try:
                    data = one.recv(65535)
                except TimeoutError:
                    continue
                if data:
                    protocol = "udp" if one.type == socket.SOCK_DGRAM else "tcp"
                    found.append((protocol, data.decode("utf-8", "surrogateescape")))
            try:
                connection, _ = self._listener.accept()
                connection.settimeout(0.05)
                self._connections.append(self._sockets.enter_context(connection))
            except TimeoutError:
                pass
        return found

    def close(self) -> None:
        """Close all sockets."""
        self._sockets.close()


def _ask(ports: Ports, message: bytes, arrives: str) -> int:
    """Send a request to the real server and wait for its reply; return the client's port."""
    family = socket.AF_INET6 if arrives == "udp6" else socket.AF_INET
    kind = socket.SOCK_STREAM if arrives == "tcp" else socket.SOCK_DGRAM
    host = "::1" if arrives == "udp6" else "127.0.0.1"
    with socket.socket(family, kind) as client:
        client.bind((host, 0))
        client.settimeout(5)
        client.connect((host, ports.other if arrives == "other" else ports.server))
        client.send(message)
        while b" 200 OK" not in client.recv(65535):
            pass
        port: int = client.getsockname()[1]
        return port


def comparable(text: str, client: int) -> str:
    """Return a message without what differs from run to run."""
    text = BRANCH.sub("BRANCH", CONNECTION.sub("CONNECTION", text))
    return (
        text.replace(f"rport={client}", "rport=CLIENT")
        .replace(f":{client}", ":CLIENT")
        .replace(f"~{client}", "~CLIENT")
    )


def observe(group: Group, ports: Ports, folder: Path) -> dict[str, Outcome]:
    """Return what the real server does in each scenario."""
    # of several loopback addresses the real server sends from the last one where nothing else tells
    addresses = [f"udp:127.0.0.1:{ports.other}", f"udp:127.0.0.1:{ports.server}"]
    addresses += [f"tcp:127.0.0.1:{ports.server}", f"udp:[::1]:{ports.server}"]
    sent: dict[str, list[tuple[str, str]]] = {}
    sink = Sink(ports.sink)
    server = RealServer(configuration(group, ports), folder, addresses)
    server.port = ports.server
    try:
        server.wait()
        for name, scenario in group.scenarios.items():
            server.exchange(request("OPTIONS", headers={"X-Mark": name}))
            client = _ask(ports, ports.message(name, scenario), scenario.arrives)
            taken = sink.take(scenario.sends)
            sent[name] = [(protocol, comparable(text, client)) for protocol, text in taken]
    finally:
        log = server.stop()
        sink.close()
    lines: dict[str, list[str]] = {name: [] for name in group.scenarios}
    current: list[str] = []
    for line in log.splitlines():
        found = SCRIPT_LINE.match(line)
        if found is not None and found[1].startswith("marker-"):
            current = lines.get(found[1].removeprefix("marker-"), [])
        elif found is not None:
            current.append(found[1])
    return {name: Outcome(lines[name], sent[name]) for name in group.scenarios}


class Kahea:
    """Kahea on the configuration of a group."""

    def __init__(self, group: Group, ports: Ports) -> None:
        self._sockets = {
            "udp": LocalSocket("udp", "127.0.0.1", ports.server, index=0),
            "other": LocalSocket("udp", "127.0.0.1", ports.other, index=1),
            "udp6": LocalSocket("udp", "::1", ports.server, index=2),
            "tcp": LocalSocket("tcp", "127.0.0.1", ports.server, index=3),
        }
        self._ports = ports
        self.server = ServerUnderTest(configuration(group, ports), sockets=list(self._sockets.values()))

    def run(self, name: str, scenario: Scenario) -> Outcome:
        """Run one scenario."""
        before = len(self.server.log)
        arrives = scenario.arrives
        sent = self.server.receive(
            self._ports.message(name, scenario),
            source=("::1" if arrives == "udp6" else "127.0.0.1", 5998),
            socket=self._sockets[arrives],
            connection=7 if arrives == "tcp" else 0,
        )
        self.server.settle()
        own = self._ports.server
        for one in sent:
            if one.destination.port == own and not one.data.startswith(b"SIP/2.0 "):
                sent += self.server.receive(one.data, source=("127.0.0.1", own))
        lines = [line.split(": ", 2)[2] for line in self.server.log[before:] if line.startswith("NOTICE: <script>")]
        forwarded = [
            (one.destination.protocol, comparable(one.text, 5998))
            for one in sent
            if one.destination.port == self._ports.sink
        ]
        return Outcome(lines, forwarded)
