"""Runs the observations of ``observed.json`` on the real Kamailio; with KAHEA_RECORD=1, writes them anew."""

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

HERE = Path(__file__).parent
OBSERVED = HERE / "observed.json"
KAMAILIO = shutil.which("kamailio")
SHOWN = re.compile(r"@(\d+)\.(\d+)\[(.*?)\]@(int|str|null|none)@", re.DOTALL)
LOG_LINE = re.compile(r"^ *\d+\(\d+\) (ERROR|WARNING): (?!<script>).*\n", re.MULTILINE)

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(KAMAILIO is None, reason="kamailio is not installed"),
]


def modules_folder() -> Path:
    """Return where the modules of the real server are."""
    return next(Path("/usr/lib").glob("*/kamailio/modules"))


def free_port() -> int:
    """Return a UDP port with five digits that nobody uses."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            if port >= 10000:
                return port


def observe(script: str, message: str, folder: Path) -> str:
    """Run a configuration on the real server, send it a message, and return its log.

    Ports in the message and in the log are written ``{server}`` and ``{client}``.
    """
    server = free_port()
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind(("127.0.0.1", 0))
    client_port = client.getsockname()[1]
    if client_port < 10000:
        pytest.skip("no port with five digits is free")
    loaded = "".join(f'loadmodule "{name}.so"\n' for name in ("kex", "corex", "pv", "xlog"))
    config = folder / "kamailio.cfg"
    config.write_text(
        f'debug=-1\nlog_stderror=yes\nfork=no\nlisten=udp:127.0.0.1:{server}\nmpath="{modules_folder()}"\n'
        f"{loaded}{script}",
        encoding="utf-8",
        errors="surrogateescape",
    )
    log = folder / "log"
    options = ["-M", "64", "-x", "fm", "-X", "fm", "-DD", "-E", "-P", str(folder / "pid"), "-Y", str(folder)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(KAMAILIO), "-f", str(config), *options], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        text = message.format(server=server, client=client_port)
        for _ in range(100):
            time.sleep(0.1)
            if process.poll() is not None or b"Listening on" in log.read_bytes():
                break
        time.sleep(0.3)
        client.sendto(text.encode("utf-8", "surrogateescape"), ("127.0.0.1", server))
        size = -1
        while size != (size := log.stat().st_size):
            time.sleep(0.3)
    finally:
        process.terminate()
        process.wait(10)
        client.close()
    found = log.read_bytes().decode("utf-8", "surrogateescape")
    assert "error -1" not in found, found
    return found.replace(str(server), "{server}").replace(str(client_port), "{client}")


def script_of(group: dict[str, Any], printing: Callable[[str], str]) -> str:
    """Return a configuration that prints each expression of a group with its type."""
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
    body = "\n".join(lines)
    if group["message"].startswith("SIP/2.0"):
        return f"request_route {{ exit; }}\nreply_route {{\n{body}\ndrop;\n}}\n"
    return f"request_route {{\n{body}\nexit;\n}}\n"


@pytest.mark.parametrize("name", json.loads(OBSERVED.read_text(encoding="utf-8")))
def test_kamailio_does_as_observed(name: str, tmp_path: Path) -> None:
    """The record is what the real server prints."""
    groups = json.loads(OBSERVED.read_text(encoding="utf-8"))
    group = groups[name]
    log = observe(script_of(group, lambda text: f'xlog("L_ERR", "{text}\\n");'), group["message"], tmp_path)
    log = LOG_LINE.sub("", log)

    found: list[dict[str, list[str]]] = [{} for _ in group["steps"]]
    for number, index, text, kind in SHOWN.findall(log):
        found[int(number)][group["steps"][int(number)]["show"][int(index)]] = [text, kind]
    if os.environ.get("KAHEA_RECORD"):
        for step, saw in zip(group["steps"], found, strict=True):
            step["saw"] = saw
        OBSERVED.write_text(json.dumps(groups, indent=0) + "\n", encoding="utf-8")

    assert [step["saw"] for step in group["steps"]] == found
