"""What pseudo-variables, transformations and functions give, compared with what Kamailio gives.

``observed.json`` holds messages, statements and expressions, and what Kamailio 5.6.3 printed for each expression and of
which type it was. One test runs them here, the other one on the real server, where it is installed; with
KAHEA_RECORD=1 in the environment, that one writes down anew what it sees.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kahea.api import LocalSocket

OBSERVED = Path(__file__).parent / "observed.json"
GROUPS: dict[str, Any] = json.loads(OBSERVED.read_text(encoding="utf-8"))
KAMAILIO = shutil.which("kamailio")
SERVER, CLIENT = 21640, 21641

SHOWN = re.compile(r"@(\d+)\.(\d+)\[(.*?)\]@(int|str|null|none)@", re.DOTALL)
OTHER_LOG_LINE = re.compile(r"^ *\d+\(\d+\) (ERROR|WARNING): (?!<script>).*\n", re.MULTILINE)

_AS_WRITTEN = "Kamailio prints the digits as written; here a number is a number"
_ABSENT = "a number that prints as nothing in Kamailio"
_NEWER = "newer versions count with 64 bits and unsigned bytes"
_QUOTE = "Kamailio ends the user name at an escaped quote"

DIFFERENCES: dict[tuple[str, str], tuple[str, str, str]] = {
    # (group, expression): printed here, its type here, why
    ("{s.int}", "$(var(e){s.int})"): ("0", "int", _ABSENT),
    ("{s.int}", "$(var(d){s.int})"): ("123456789", "int", _AS_WRITTEN),
    ("{s.int}", "$(var(plus){s.int})"): ("5", "int", _AS_WRITTEN),
    ("{s.int}", "$(var(big){s.int})"): ("99999999999", "int", _NEWER),
    ("transformations with parameters", "$(var(u2){uri.port})"): ("0", "int", _ABSENT),
    ("transformations with parameters", "$(var(u3){uri.port})"): ("0", "int", _ABSENT),
    ("transformations with parameters", "$(var(u8x){uri.port})"): ("0", "int", _ABSENT),
    ("{s.corehash}", "$(var(u8){s.corehash})"): ("3690984735", "str", _NEWER),
    ("headers: esc", "$au"): ('j\\"oe', "str", _QUOTE),
    ("headers: esc", "$aU"): ('j\\"oe', "str", _QUOTE),
}
"""Where the result here is another one on purpose."""


def statements(group: dict[str, Any], printing: Callable[[str], str]) -> str:
    """Return a group's statements, each expression printed with its type.

    Args:
        group: of ``observed.json``.
        printing: makes the statement that logs a format string.
    """
    lines = []
    for number, step in enumerate(group["steps"]):
        lines.append(step["do"])
        for index, expression in enumerate(step["show"]):
            lines.append(
                f'$vn(kind) = "none"; if (typeof("{expression}", "int")) $vn(kind) = "int"; '
                f'else if (typeof("{expression}", "str")) $vn(kind) = "str"; '
                f'else if (typeof("{expression}", "null")) $vn(kind) = "null";'
            )
            lines.append(printing(f"@{number}.{index}[{expression}]@$vn(kind)@"))
    return "\n".join(lines)


def shown(group: dict[str, Any], log: str) -> list[dict[str, list[str]]]:
    """Return, for each step, what was printed for each expression and its type."""
    found: list[dict[str, list[str]]] = [{} for _ in group["steps"]]
    for number, index, text, kind in SHOWN.findall(log):
        found[int(number)][group["steps"][int(number)]["show"][int(index)]] = [text, kind]
    return found


@pytest.mark.parametrize("name", GROUPS)
def test_as_observed(name: str, kahea_server: Any) -> None:
    """An expression has the value and the type that it has in Kamailio."""
    group = GROUPS[name]
    body = statements(group, lambda text: f'test_log("{text}");')
    server = kahea_server(
        f'loadmodule "pv.so"\nrequest_route {{\n{body}\nexit;\n}}\nreply_route {{\n{body}\ndrop;\n}}\n',
        sockets=[LocalSocket("udp", "127.0.0.1", SERVER)],
    )
    message = group["message"].format(server=SERVER, client=CLIENT)

    server.receive(message.encode("utf-8", "surrogateescape"), source=("127.0.0.1", CLIENT))

    wrong = []
    for number, (step, found) in enumerate(zip(group["steps"], shown(group, "\n".join(server.log)), strict=True)):
        for expression, (text, kind) in step["saw"].items():
            expected = [text.replace("{server}", str(SERVER)).replace("{client}", str(CLIENT)), kind]
            if (name, expression) in DIFFERENCES:
                expected = list(DIFFERENCES[name, expression][:2])
            seen = found.get(expression, ["nothing at all", ""])
            if expected == ["", "none"] and seen[1] == "null":
                continue  # what fails there is null here; comparisons and assignments treat both alike
            if seen != expected:
                wrong.append(f"{number} {expression}: {seen}, expected {expected}")
    assert wrong == []


# --- the real server -------------------------------------------------------------------------------


def _bound_socket() -> socket.socket:
    """Return a UDP socket at a free port with five digits, so that all messages have the same length."""
    while True:
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        found.bind(("127.0.0.1", 0))
        if found.getsockname()[1] >= 10000:
            return found
        found.close()


def _real_configuration(port: int) -> str:
    """Return a configuration for the real server in which the Call-ID, ``cid-NN@h``, chooses the group."""
    modules = next(Path("/usr/lib").glob("*/kamailio/modules"))
    lines = ["debug=-1", "log_stderror=yes", "fork=no", f"listen=udp:127.0.0.1:{port}", f'mpath="{modules}"']
    lines += [f'loadmodule "{name}.so"' for name in ("kex", "corex", "pv", "xlog")]
    choice = "\n".join(f'if ($ci =~ "^cid-{number:02}@") route(GROUP{number});' for number in range(len(GROUPS)))
    lines += [f"request_route {{\n{choice}\nexit;\n}}", f"reply_route {{\n{choice}\ndrop;\n}}"]
    for number, group in enumerate(GROUPS.values()):
        body = statements(group, lambda text: f'xlog("L_ERR", "{text}\\n");')
        lines.append(f'route[GROUP{number}] {{\n{body}\nxlog("L_ERR", "@end@\\n");\n}}')
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def observations(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return what the real server logs for each group, with ``{server}`` and ``{client}`` for the ports."""
    folder = tmp_path_factory.mktemp("kamailio")
    with _bound_socket() as reserved:
        server = reserved.getsockname()[1]
    (folder / "kamailio.cfg").write_text(_real_configuration(server), encoding="utf-8")
    log = folder / "log"
    options = ["-M", "512", "-x", "fm", "-X", "fm", "-DD", "-E", "-P", str(folder / "pid"), "-Y", str(folder)]
    with log.open("wb") as output, _bound_socket() as client:
        port = client.getsockname()[1]
        command = [str(KAMAILIO), "-f", str(folder / "kamailio.cfg"), *options]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        try:
            _wait_for(log, b"Listening on", 1)
            time.sleep(0.5)
            for sent, group in enumerate(GROUPS.values(), 1):
                message = group["message"].format(server=server, client=port)
                client.sendto(message.encode("utf-8", "surrogateescape"), ("127.0.0.1", server))
                _wait_for(log, b"@end@", sent)
        finally:
            process.terminate()
            process.wait(10)
    text = OTHER_LOG_LINE.sub("", log.read_bytes().decode("utf-8", "surrogateescape"))
    return text.replace(str(server), "{server}").replace(str(port), "{client}").split("@end@")


def _wait_for(log: Path, text: bytes, times: int) -> None:
    deadline = time.monotonic() + 10
    while log.read_bytes().count(text) < times:
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8", errors="replace")[-2000:]
        time.sleep(0.02)


@pytest.mark.oracle
@pytest.mark.skipif(KAMAILIO is None, reason="kamailio is not installed")
@pytest.mark.parametrize("name", GROUPS)
def test_kamailio_does_as_observed(name: str, observations: list[str]) -> None:
    """The record is what the real server prints."""
    group = GROUPS[name]

    found = shown(group, observations[list(GROUPS).index(name)])
    if os.environ.get("KAHEA_RECORD"):
        for step, saw in zip(group["steps"], found, strict=True):
            step["saw"] = saw
        OBSERVED.write_text(json.dumps(GROUPS, indent=0) + "\n", encoding="utf-8")

    assert [step["saw"] for step in group["steps"]] == found
