"""Each construct that public configurations use, beside the real Kamailio."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.cfg.load import parse_text
from kahea.diagnostics import Diagnostics
from kahea.diagnostics.render import render_all
from kahea.logs import Logger
from kahea.server.boot import load_configuration
from kahea.sip.endpoints import LocalSocket
from kahea.testing import FakeClock, ServerUnderTest, request

from tests.oracle.construct_cases import CONDITIONS, FILES, HEAD, HEADERS, NOT_THERE, ROUTES, SCRIPTS, WAITING
from tests.oracle.real_server import SCRIPT_LINE, RealServer, free_ports

pytestmark = pytest.mark.oracle

MODULES = '\nmpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"\n'
MISSING = {"module-not-installed"}


class _NoLog:
    def write(self, level: int, line: str, facility: str | None) -> None:
        """Drop the line."""

    def flush(self) -> None:
        """Have nothing to write."""


def configuration() -> str:
    """Return one configuration with all scripts: the header X-Case names the number of the one to run."""
    blocks = "".join(f"route[CASE_{number}] {{\n{body}\n}}\n" for number, body in enumerate(SCRIPTS.values()))
    dispatch = "\n".join(
        f'    if ($hdr(X-Case) == "{number}") {{ route(CASE_{number}); exit; }}' for number in range(len(SCRIPTS))
    )
    return f"""#!KAMAILIO
{HEAD}
debug=1
log_stderror=yes
children=1
{MODULES}
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
loadmodule "textopsx.so"
request_route {{
    sl_send_reply("200", "OK");
    if ($hdr(X-Mark) != $null) {{ xlog("L_NOTICE", "marker-$hdr(X-Mark)\\n"); exit; }}
{dispatch}
}}
{ROUTES}
{blocks}
"""


def message(number: int) -> bytes:
    """Return the request of a script."""
    headers = [("From", "<sip:caller@127.0.0.1>;tag=from-1"), *HEADERS, ("X-Case", str(number))]
    return request("OPTIONS", "sip:alice@127.0.0.1", headers, call_id=f"{number}@127.0.0.1")


@pytest.fixture(scope="module")
def port() -> int:
    """A port for both servers, one after the other."""
    return free_ports(1)[0]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, port: int) -> dict[int, list[str]]:
    """What the real server logs for each script."""
    server = RealServer(configuration(), tmp_path_factory.mktemp("kamailio"), [f"udp:127.0.0.1:{port}"])
    try:
        server.wait()
        for number in range(len(SCRIPTS)):
            server.exchange(request("OPTIONS", headers={"X-Mark": str(number)}))
            server.exchange(message(number))
        server.exchange(request("OPTIONS", headers={"X-Mark": "-1"}))
    finally:
        log = server.stop()
    observed: dict[int, list[str]] = {}
    current: list[str] = []
    for line in log.splitlines():
        found = SCRIPT_LINE.match(line)
        if found is not None and found[1].startswith("marker-"):
            current = observed.setdefault(int(found[1].removeprefix("marker-")), [])
        elif found is not None:
            current.append(found[1])
    return observed


@pytest.fixture(scope="module")
def kahea(port: int) -> Iterator[ServerUnderTest]:
    """Kahea on the same configuration."""
    server = ServerUnderTest(configuration(), sockets=[LocalSocket("udp", "127.0.0.1", port)])
    yield server
    server.stop()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_logs_the_same(name: str, real: dict[int, list[str]], kahea: ServerUnderTest) -> None:
    """A script with the construct logs what it does on the real server."""
    number = list(SCRIPTS).index(name)
    before = len(kahea.log)

    kahea.receive(message(number), source=("127.0.0.1", 5999))

    lines = [line.split(": ", 2)[2] for line in kahea.log[before:] if line.startswith("NOTICE: <script>")]
    assert real[number]
    assert lines == real[number]


def accepted(text: str, folder: Path) -> bool:
    """Tell whether the real server takes a file."""
    file = folder / "kamailio.cfg"
    file.write_bytes((text.replace("loadmodule", MODULES + "loadmodule", 1)).encode())
    return subprocess.run(["kamailio", "-c", "-f", str(file)], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(shutil.which("kamailio") is None, reason="the real Kamailio is not installed")
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_taken(name: str, tmp_path: Path) -> None:
    """A file with the construct is taken by the real server, and by Kahea without a complaint."""
    assert accepted(FILES[name], tmp_path)

    found = load_configuration("kamailio.cfg", Logger(_NoLog()), FakeClock(), text=FILES[name])
    assert not list(found.diagnostics), render_all(found.diagnostics)


@pytest.mark.skipif(shutil.which("kamailio") is None, reason="the real Kamailio is not installed")
@pytest.mark.parametrize("name", WAITING)
def test_a_file_for_modules_to_come_is_read(name: str, tmp_path: Path) -> None:
    """A file with the construct is taken by the real server and read by Kahea; only modules may be missing."""
    assert accepted(WAITING[name], tmp_path)

    diagnostics = Diagnostics()
    parse_text(WAITING[name], diagnostics=diagnostics)
    assert not list(diagnostics), render_all(diagnostics)
    found = load_configuration("kamailio.cfg", Logger(_NoLog()), FakeClock(), text=WAITING[name])
    told = [each for each in found.diagnostics if each.code not in MISSING]
    assert not told, render_all(told)


@pytest.mark.skipif(shutil.which("kamailio") is None, reason="the real Kamailio is not installed")
@pytest.mark.parametrize("condition", CONDITIONS)
def test_types_of_constants(condition: str, tmp_path: Path) -> None:
    """A condition whose constants do not fit together is refused where the real server refuses it, and only there."""
    text = (
        'loadmodule "pv.so"\nloadmodule "textops.so"\nroute[FIVE] { return 5; }\n'
        f"request_route {{ $var(x) = 1; route(FIVE); if ({condition}) exit; exit; }}\n"
    )
    found = load_configuration("kamailio.cfg", Logger(_NoLog()), FakeClock(), text=text)

    assert (not found.diagnostics.errors) == accepted(text, tmp_path), render_all(found.diagnostics)


@pytest.mark.parametrize("name", NOT_THERE)
def test_what_neither_has(name: str, tmp_path: Path) -> None:
    """What only old files have is refused by both servers."""
    text = 'loadmodule "sl.so"\nrequest_route { if (msg:len > max_len) exit; sl_send_reply("200", "OK"); }\n'
    if shutil.which("kamailio") is not None:
        assert not accepted(text, tmp_path)

    found = load_configuration("kamailio.cfg", Logger(_NoLog()), FakeClock(), text=text)
    assert [each.code for each in found.diagnostics] == ["undefined-name"]
