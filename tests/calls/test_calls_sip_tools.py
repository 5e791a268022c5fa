"""Calls by sipsak and sipp, the tools that SIP people reach for first."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bench.configs import free_port
from bench.servers import Server

SCENARIO = Path(__file__).with_name("scenarios") / "options_and_invite.xml"


def run(tool: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end in *cwd*; skip the test where the tool is not installed."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    return subprocess.run(
        [tool, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )


def test_sipsak_gets_200_for_options(server: Server, port: int, tmp_path: Path) -> None:
    """A plain OPTIONS by sipsak is answered with 200 OK, which sipsak calls success."""
    done = run("sipsak", "-vv", "-s", f"sip:127.0.0.1:{port}", cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert "SIP/2.0 200 OK" in done.stdout


def test_sipp_built_in_caller_gets_501_for_invite(server: Server, port: int, tmp_path: Path) -> None:
    """The caller that is built into sipp is told 501 Not Implemented, and acknowledges it."""
    run(
        *("sipp", "-sn", "uac", f"127.0.0.1:{port}", "-i", "127.0.0.1", "-p", str(free_port())),
        *("-m", "1", "-nostdin", "-timeout", "10", "-trace_msg", "-message_file", "messages.log"),
        cwd=tmp_path,
    )

    messages = (tmp_path / "messages.log").read_text(encoding="utf-8", errors="replace")

    assert "SIP/2.0 501 Not Implemented" in messages
    assert messages.index("SIP/2.0 501") < messages.index("\nACK sip:")


@pytest.mark.parametrize("mode", ["u1", "un", "t1", "tn"])
def test_sipp_calls(server: Server, port: int, host: str, mode: str, tmp_path: Path) -> None:
    """Three hundred calls, over one socket and over a socket each, UDP and TCP, all get exactly 200 and then 501."""
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    done = run(
        *("sipp", "-sf", str(SCENARIO), target, "-i", host, "-p", str(free_port((host,))), "-t", mode),
        *("-m", "300", "-r", "300", "-l", "100", "-max_socket", "200", "-nostdin", "-timeout", "30", "-timeout_error"),
        *("-trace_err", "-error_file", "errors.log"),
        cwd=tmp_path,
    )

    errors = tmp_path / "errors.log"
    assert done.returncode == 0, errors.read_text(errors="replace") if errors.exists() else done.stdout
