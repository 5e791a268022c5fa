"""Running the server from the command line, in a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = "import sys; from kahea.cli import main; sys.exit(main())"


def kahea(*arguments: str) -> subprocess.Popen[str]:
    """Start the command; its standard error can be read."""
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(*arguments: str) -> tuple[int, str]:
    """Run the command to its end; return exit code and standard error."""
    with kahea(*arguments) as process:
        try:
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    return process.returncode, err


@pytest.fixture
def port() -> int:
    """A UDP port that is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
        return free


@pytest.fixture
def config(tmp_path: Path, port: int) -> str:
    """A configuration that needs no module."""
    file = tmp_path / "run.cfg"
    file.write_text(f"listen=udp:127.0.0.1:{port}\nrequest_route {{\n    exit;\n}}\n")
    return str(file)


@pytest.mark.parametrize("mode", ["-D", "-DD"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_it_is_told_to_stop(mode: str, number: signal.Signals, config: str, tmp_path: Path) -> None:
    """The server starts, writes its pid file, and ends with 0 and without the file after SIGTERM or SIGINT."""
    pid_file = tmp_path / "run.pid"
    arguments = ["-f", config, mode, "-E", "-dd", "-n", "1", "-Y", str(tmp_path / "run"), "-P", str(pid_file)]
    with kahea(*arguments) as process:
        try:
            assert process.stderr is not None
            while "ready" not in (line := process.stderr.readline()):
                assert line, "ended before it was ready"
            assert int(pid_file.read_text()) == process.pid
            process.send_signal(number)
            process.communicate(timeout=20)
        finally:
            process.kill()

    assert process.returncode == 0
    assert not pid_file.exists()


def test_a_daemon(config: str, tmp_path: Path) -> None:
    """Without ``-D`` the command returns 0 once the server is up, which goes on in the background."""
    pid_file = tmp_path / "run.pid"

    try:
        code, err = finished("-f", config, "-n", "1", "-Y", str(tmp_path / "run"), "-P", str(pid_file))
    finally:
        if pid_file.exists():
            os.kill(int(pid_file.read_text()), signal.SIGTERM)

    assert (code, err) == (0, "")
    deadline = time.monotonic() + 20
    while pid_file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_configuration_with_errors_does_not_start(tmp_path: Path) -> None:
    """Every mistake is shown and the exit code is 255."""
    file = tmp_path / "bad.cfg"
    file.write_text("request_route {\n    no_such();\n    no_other();\n}\n")

    code, err = finished("-f", str(file), "-DD")

    assert code == 255
    assert "`no_such`" in err
    assert "`no_other`" in err
    assert "Traceback" not in err


def test_a_port_in_use(config: str, port: int, tmp_path: Path) -> None:
    """A socket that cannot be bound is told, without a traceback, with the exit code 255."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))

        code, err = finished("-f", config, "-D", "-E", "-Y", str(tmp_path / "run"))

    assert code == 255
    assert f"127.0.0.1:{port}" in err
    assert "Traceback" not in err


def test_warnings_about_the_command_line(config: str, port: int, tmp_path: Path) -> None:
    """Stray words and options that are not obeyed yet are told; ignored options only at debug level."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))  # so that it ends by itself

        _, quiet = finished("-f", config, "-D", "-E", "-Y", str(tmp_path), "-m64", "-r", "-d", "3")
        _, loud = finished("-f", config, "-D", "-E", "-Y", str(tmp_path), "-m64", "-ddd")

    assert "kahea: warning: `3` belongs to no option\n" in quiet
    assert "kahea: warning: -r has no effect yet\n" in quiet
    assert "-m 64" not in quiet
    assert "DEBUG: <core>: option -m 64 has no effect: memory is allocated as it is needed\n" in loud
