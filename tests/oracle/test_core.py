"""The core of the language beside the real Kamailio: the same script, the same log lines, the same bytes sent."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from kahea.sip.endpoints import LocalSocket
from kahea.testing import ServerUnderTest, request

from tests.oracle.core_cases import CASES, EXTRA, GLOBALS, Case
from tests.oracle.real_server import SCRIPT_LINE, RealServer, free_ports

pytestmark = pytest.mark.oracle

_BRANCH = re.compile(r"(?<=branch=)z9hG4bK[0-9a-f]+(?:\.[0-9a-f]+)+")


@dataclass
class Observed:
    """What came of a case: log lines of the script, and messages sent on."""

    lines: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ports:
    """The ports that a run of the cases uses."""

    server: int
    other: int
    sink: int

    def fill(self, text: str) -> str:
        """Return a text with the ports in their places."""
        return (
            text.replace("@PORT@", str(self.server))
            .replace("@OTHER@", str(self.other))
            .replace("@SINK@", str(self.sink))
        )


@cache
def ports() -> Ports:
    """Return ports that are free."""
    return Ports(*free_ports(3))


def configuration() -> str:
    """Return one configuration with all cases: the header X-Case names the one to run."""
    blocks = "".join(f"route[CASE_{name}] {{\n{case.body}\n}}\n" for name, case in CASES.items())
    dispatch = "\n".join(f'    if ($hdr(X-Case) == "{name}") {{ route(CASE_{name}); exit; }}' for name in CASES)
    return ports().fill(f"""
debug=2
log_stderror=yes
children=1
{GLOBALS}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
request_route {{
    sl_send_reply("200", "OK");
    if ($hdr(X-Mark) != $null) {{ xlog("L_NOTICE", "marker-$hdr(X-Mark)\\n"); exit; }}
{dispatch}
}}
{EXTRA}
{blocks}
""")


def message(name: str, case: Case) -> bytes:
    """Return the request of a case; the same each time."""
    headers = [*case.headers, ("X-Case", name)]
    if not any(header == "From" for header, _ in headers):
        headers.insert(0, ("From", "<sip:caller@127.0.0.1>;tag=from-1"))
    uri = ports().fill(case.uri)
    return request(case.method, uri, headers, case.content, call_id=f"{name}@127.0.0.1", branch="z9hG4bK-case")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Observed]:
    """What the real server does in each case."""
    own = ports()
    addresses = [f"udp:127.0.0.1:{own.server}", f"udp:127.0.0.1:{own.other}", f"tcp:127.0.0.1:{own.server}"]
    observed: dict[str, Observed] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", own.sink))
        sink.setblocking(False)
        server = RealServer(configuration(), tmp_path_factory.mktemp("kamailio"), addresses)
        try:
            server.wait()
            for name, case in CASES.items():
                server.exchange(request("OPTIONS", headers={"X-Mark": name}))
                server.send(message(name, case))
                # one process answers after the other, so what the case sent is there
                server.exchange(request("OPTIONS", headers={"X-Mark": "end"}))
                observed[name] = Observed(sent=_received(sink, server.client.getsockname()[1]))
        finally:
            log = server.stop()
    current = Observed()
    for line in log.splitlines():
        found = SCRIPT_LINE.match(line)
        if found is not None and found[1].startswith("marker-"):
            current = observed.get(found[1].removeprefix("marker-"), Observed())
        elif found is not None:
            current.lines.append(found[1])
    return observed


def _received(sink: socket.socket, client: int) -> list[str]:
    messages = []
    while True:
        try:
            messages.append(_comparable(sink.recv(65535).decode("utf-8", "surrogateescape"), client))
        except BlockingIOError:
            return messages


def _comparable(text: str, client: int) -> str:
    """Return a message without what differs from run to run."""
    return _BRANCH.sub("BRANCH", text).replace(f"rport={client}", "rport=CLIENT")


@pytest.fixture(scope="module")
def kahea() -> Iterator[ServerUnderTest]:
    """Kahea on the same configuration."""
    own = ports()
    sockets = [
        LocalSocket("udp", "127.0.0.1", own.server, index=0),
        LocalSocket("udp", "127.0.0.1", own.other, index=1),
        LocalSocket("tcp", "127.0.0.1", own.server, index=2),
    ]
    server = ServerUnderTest(configuration(), sockets=sockets)
    yield server
    server.stop()


@pytest.mark.parametrize("name", CASES)
def test_the_same_as_kamailio(name: str, real: dict[str, Observed], kahea: ServerUnderTest) -> None:
    """A script logs and sends what it does on the real server."""
    before = len(kahea.log)

    sent = kahea.receive(message(name, CASES[name]), source=("127.0.0.1", 5999))
    kahea.settle()

    lines = [line.split(": ", 2)[2] for line in kahea.log[before:] if line.startswith("NOTICE: <script>")]
    forwarded = [
        _comparable(one.text, 5999)
        for one in sent
        if one.destination.port == ports().sink and one.destination.protocol == "udp"
    ]
    assert lines == real[name].lines
    assert forwarded == real[name].sent
