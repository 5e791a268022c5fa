"""usrloc and registrar beside the real Kamailio: the same replies, log lines and location tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kahea.api import LocalSocket, RpcError
from kahea.testing import ServerUnderTest
from kahea.testing import request as sip_request

from tests.oracle.real_server import SCRIPT_LINE, RealServer, free_ports
from tests.oracle.registrar_cases import CASES, SETUPS, Scenario, Step, configuration

pytestmark = pytest.mark.oracle

_JSONRPC = 'pv_buffer_size=60000\npv_buffer_slots=40\nloadmodule "jsonrpcs.so"\nmodparam("jsonrpcs", "transport", 0)'
_CALL = """
    if ($rU == "rpc") {
        jsonrpc_exec("$hdr(X-Rpc)");
        set_reply_body("$jsonrpl(body)", "application/json");
        sl_send_reply("200", "OK");
        exit;
    }
"""
_TAG = re.compile(r"(To: [^\r]*;tag=)[0-9a-f]{32}\.[0-9a-f]{8}")
_EXPIRES = re.compile(r"\bexpires=(\d+)")
_RUID = re.compile(r"\bul(oc|cx)-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+")
_SECOND_REPLY = " 500 I'm terribly sorry, server error occurred (1/SL)"
_TIMES = ("Last-Keepalive", "Last-Modified", "Ruid")


@dataclass
class Seen:
    """What a server did in one step.

    Args:
        replies: as they were sent, comparable.
        lines: of the script in the log.
        table: ``ul.lookup`` of the scenario's user.
    """

    replies: list[str]
    lines: list[str] = field(default_factory=list)
    table: Any = None


def message(name: str, step: Step, number: int, server: int, client: int, last_reply: str) -> bytes:
    """Return the bytes of a step."""
    user = step.user.replace("NAME", name)
    if user == "TEMPGRUU":
        found = re.search(r'temp-gruu="sip:([^@"]+)@', last_reply)
        user = found[1] if found is not None else "no-gruu"
    is_register = step.method == "REGISTER"
    uri = f"sip:{user}@{step.host}"
    more = [(key, value) for key, value in step.headers if key != "Via2"]
    vias = [("Via", f"SIP/2.0/UDP 127.0.0.1:{client};branch=z9hG4bK{name}{number};rport")]
    if any(key == "Via2" for key, _ in step.headers):
        vias.append(("Via", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKsecond"))
    call_id = step.call_id if len(step.call_id) > 50 else f"{name}-{step.call_id}"
    data = sip_request(
        step.method,
        "sip:test.example" if is_register else uri,
        [
            *vias,
            ("X-Case", name),
            ("From", "<sip:caller@test.example>;tag=from"),
            *([("To", f"<{uri}>")] if not any(key == "To" for key, _ in more) else []),
            ("Call-ID", call_id),
            ("CSeq", f"{step.cseq} {step.method}"),
            *more,
            *(("Contact", value) for value in step.contacts),
        ],
    )
    for old, new in step.raw:
        data = data.replace(old.encode(), new.encode(), 1)
    return data.replace(b"SERVER", str(server).encode())


def round_seconds(seconds: int) -> int:
    """Return what was left a second ago where that is a round number: the real server's time goes on."""
    return seconds + 1 if (seconds + 1) % 10 == 0 else seconds


def comparable(text: str, server: int, client: int) -> str:
    """Return text without what differs from server to server."""
    text = text.replace(f":{server}", ":SERVER").replace(f":{client}", ":CLIENT").replace(f"rport={client}", "rport=C")
    text = text.replace("\r\0", "\r\n")  # up to 5.x Flow-Timer ends so
    text = _EXPIRES.sub(lambda match: f"expires={round_seconds(int(match[1]))}", text)
    return _RUID.sub("RUID", _TAG.sub(r"\1LOCAL", text))


def comparable_table(answer: Any, server: int) -> Any:
    """Return an answer of ``ul.lookup`` without times and identifiers."""
    if isinstance(answer, dict):
        shown = {key: "-" if key in _TIMES else comparable_table(value, server) for key, value in answer.items()}
        expires = shown.get("Expires")
        return {**shown, "Expires": round_seconds(expires)} if isinstance(expires, int) else shown
    if isinstance(answer, list):
        return [comparable_table(one, server) for one in answer]
    return answer.replace(f":{server}", ":SERVER") if isinstance(answer, str) else answer


class Real(RealServer):
    """The real server with the scenarios of one setup."""

    def __init__(self, setup: str, folder: Path) -> None:
        super().__init__(configuration(setup, _JSONRPC, _CALL), folder, [f"udp:127.0.0.1:{free_ports(1)[0]}"])
        self.client_port: int = self.client.getsockname()[1]
        self.seen: dict[str, list[Seen]] = {}

    def wait(self) -> None:
        """Return when it answers."""
        for _ in range(50):
            try:
                self.marker("start")
            except TimeoutError:
                if self.process.poll() is None:
                    continue
                break
            self.client.settimeout(5)
            return
        log = self.log_path.read_text(errors="replace").splitlines()
        raise AssertionError("\n".join(line for line in log if "ERROR" in line or "CRITICAL" in line))

    def marker(self, name: str) -> list[bytes]:
        """Let it log a mark, and return what it sent before it answers that."""
        via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.client_port};branch=z9hG4bKmarker;rport")
        self.send(sip_request("OPTIONS", f"sip:marker-{name}@127.0.0.1", [via]))
        received: list[bytes] = []
        while not (data := self.client.recv(65535)).startswith(b"SIP/2.0 200 Marker"):
            received.append(data)
        return received

    def run(self, name: str, scenario: Scenario) -> None:
        """Run a scenario."""
        seen = self.seen[name] = []
        last = ""
        for number, step in enumerate(scenario.steps):
            self.marker(f"{name}-{number}")
            self.send(message(name, step, number, self.port, self.client_port, last))
            replies = [data.decode("utf-8", "surrogateescape") for data in self.marker("end")]
            # up to 5.x a refused REGISTER gets a second reply where the script asks for one
            replies = [reply for index, reply in enumerate(replies) if not index or _SECOND_REPLY not in reply]
            last = replies[0] if replies else ""
            table = self.lookup(name) if scenario.dump else None
            seen.append(Seen([comparable(reply, self.port, self.client_port) for reply in replies], [], table))

    def lookup(self, name: str) -> Any:
        """Return its ``ul.lookup`` of a user."""
        call = {"jsonrpc": "2.0", "method": "ul.lookup", "params": ["location", f"{name}@test.example"], "id": 1}
        via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.client_port};branch=z9hG4bKrpc;rport")
        reply = self.exchange(sip_request("OPTIONS", "sip:rpc@127.0.0.1", [via, ("X-Rpc", json.dumps(call))]))
        answer = json.loads(reply.partition(b"\r\n\r\n")[2])
        return comparable_table(answer.get("result") or answer["error"]["message"], self.port)

    def read(self, log: str) -> None:
        """Take the lines of the log apart."""
        current: list[str] = []
        for line in log.splitlines():
            found = SCRIPT_LINE.match(line)
            if found is None:
                continue
            if not found[1].startswith("marker-"):
                current.append(comparable(found[1], self.port, self.client_port))
                continue
            name, _, number = found[1].removeprefix("marker-").rpartition("-")
            current = self.seen[name][int(number)].lines if name in self.seen else []


class Observed:
    """What the real server does, setup by setup."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[str, Real] = {}

    def of(self, setup: str) -> Real:
        """Return what was seen with a setup."""
        server = self._servers.get(setup)
        if server is None:
            folder = self._folder / setup
            folder.mkdir()
            server = self._servers[setup] = Real(setup, folder)
            try:
                server.wait()
                for name, scenario in CASES.items():
                    if scenario.setup == setup:
                        server.run(name, scenario)
            finally:
                log = server.stop()
            server.read(log)
        return server


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Observed:
    """What the real server does."""
    return Observed(tmp_path_factory.mktemp("registrar"))


@pytest.fixture(scope="module")
def ours(observed: Observed) -> Iterator[dict[str, ServerUnderTest]]:
    """Kahea on the same configurations, filled when needed."""
    servers: dict[str, ServerUnderTest] = {}
    yield servers
    for server in servers.values():
        server.stop()


def played(server: ServerUnderTest, real: Real, name: str, scenario: Scenario) -> list[Seen]:
    """Run a scenario on Kahea."""
    seen = []
    last = ""
    for number, step in enumerate(scenario.steps):
        before = len(server.log)
        data = message(name, step, number, real.port, real.client_port, last)
        sent = server.receive(data, source=("127.0.0.1", real.client_port))
        last = sent[0].text if sent else ""
        lines = [line.split(": ", 2)[2] for line in server.log[before:] if line.startswith("NOTICE: <script>")]
        try:
            answer = server.rpc("ul.lookup", "location", f"{name}@test.example") if scenario.dump else None
        except RpcError as error:
            answer = error.reason
        seen.append(
            Seen(
                [comparable(one.text, real.port, real.client_port) for one in sent],
                [comparable(line, real.port, real.client_port) for line in lines],
                comparable_table(answer, real.port),
            )
        )
    return seen


@pytest.mark.parametrize("name", CASES)
def test_the_same_as_the_real_server(
    name: str, observed: Observed, ours: dict[str, ServerUnderTest], request: pytest.FixtureRequest
) -> None:
    """Registrations and look-ups have the replies, log lines and tables that they have on the real server."""
    scenario = CASES[name]
    real = observed.of(scenario.setup)
    if scenario.setup not in ours:
        text = configuration(scenario.setup)
        ours[scenario.setup] = ServerUnderTest(text, sockets=[LocalSocket("udp", "127.0.0.1", real.port)])
    if scenario.differs:
        request.applymarker(pytest.mark.xfail(reason=scenario.differs, strict=True))
    assert set(SETUPS) >= {scenario.setup}

    found = played(ours[scenario.setup], real, name, scenario)

    expected = real.seen[name]
    for number, (theirs, our) in enumerate(zip(expected, found, strict=True)):
        assert our.replies == theirs.replies, f"step {number}"
        assert our.lines == theirs.lines, f"step {number}"
        assert our.table == theirs.table, f"step {number}"
