"""Log sinks: shape, wholeness, bounds."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kahea.logs import Level, Logger
from kahea.modules.settings import Settings
from kahea.server.logsinks import (
    PENDING_LIMIT,
    SYSLOG_QUEUE,
    StderrSink,
    SyslogSink,
    make_sink,
)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe's reading and writing end."""
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def drain(fd: int) -> str:
    """Read what is there now."""
    os.set_blocking(fd, False)
    parts = []
    try:
        while part := os.read(fd, 65536):
            parts.append(part)
    except BlockingIOError:
        pass
    return b"".join(parts).decode()


def test_stderr_line_has_kamailios_shape(pipe: tuple[int, int]) -> None:
    """A line is process number padded to two, pid in parentheses, level, text (seen with Kamailio 5.6.3)."""
    reader, writer = pipe
    sink = StderrSink(writer)
    log = Logger(sink, Level.INFO)
    log.info("hello OPTIONS", "<script>")
    sink.start_process(12)
    log.error("bad")

    pid = os.getpid()
    assert drain(reader) == f" 0({pid}) INFO: <script>: hello OPTIONS\n12({pid}) ERROR: <core>: bad\n"


def test_stderr_colours_are_kamailios(pipe: tuple[int, int]) -> None:
    """With colours a line is wrapped in the sequences that Kamailio 5.6.3 writes with -e."""
    reader, writer = pipe
    log = Logger(StderrSink(writer, colour=True), Level.DBG)
    log.info("a")
    log.write(Level.ALERT, "b")

    pid = os.getpid()
    assert drain(reader) == (
        f"\x1b[0;36;49m 0({pid}) INFO: <core>: a\n\x1b[0;39;49m\x1b[1;31;49m 0({pid}) ALERT: <core>: b\n\x1b[0;39;49m"
    )


def test_buffered_lines_wait_for_flush(pipe: tuple[int, int]) -> None:
    """A buffered sink writes at flush, and a child forgets what its parent had buffered."""
    reader, writer = pipe
    sink = StderrSink(writer)
    sink.buffered = True
    sink.write(0, "WARNING: one", None)
    assert drain(reader) == ""

    sink.start_process(1)
    sink.write(0, "WARNING: two", None)
    sink.flush()

    assert drain(reader) == f" 1({os.getpid()}) WARNING: two\n"


def test_blocked_reader_costs_neither_time_nor_memory(pipe: tuple[int, int]) -> None:
    """With a full pipe lines are dropped beyond a bound, quickly, and counted once the reader is back."""
    reader, writer = pipe
    sink = StderrSink(writer)
    sink.buffered = True
    started = time.monotonic()
    for number in range(20_000):
        sink.write(0, f"WARNING: {number} {'x' * 200}", None)
        if number % 32 == 0:
            sink.flush()
    spent = time.monotonic() - started
    kept = sink._size

    first = drain(reader)
    time.sleep(0.3)
    text = first
    for _ in range(40):
        sink.flush()
        text += drain(reader)
        sink._blocked_until = 0.0

    assert spent < 2
    assert kept < PENDING_LIMIT + 65536
    match = re.search(r"(\d+) log lines dropped", text)
    assert match
    whole = re.findall(r"^ 0\(\d+\) WARNING: \d+ x{200}$", text, re.MULTILINE)
    assert len(whole) + int(match[1]) == 20_000


def test_gone_reader_is_survived(pipe: tuple[int, int]) -> None:
    """A reader that closed its end does not raise and does not fill memory."""
    reader, writer = os.pipe()
    sink = StderrSink(writer)
    os.close(reader)
    for _ in range(100):
        sink.write(0, "WARNING: x" * 1000, None)
    sink.close()
    os.close(writer)

    assert sink._size == 0


WRITER = textwrap.dedent(
    """
    import os, sys
    from kahea.server.logsinks import StderrSink
    sink = StderrSink(2)
    children = []
    for number in range(1, 5):
        pid = os.fork()
        if pid == 0:
            sink.start_process(number)
            sink.buffered = True
            for line in range(200):
                length = 9000 if line % 7 == 0 else 300
                sink.write(0, f"WARNING: {line} " + str(number) * length + " end", None)
                if line % 5 == 0:
                    sink.flush()
                while sink._size > 100_000:
                    sink._blocked_until = 0.0
                    sink.flush()
            while sink._size:
                sink._blocked_until = 0.0
                sink.flush()
            sink.close()
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    """
)


@pytest.mark.parametrize("kind", ["pipe", "file", "socket"])
def test_lines_of_processes_never_mix(kind: str, tmp_path: Path) -> None:
    """Four processes that write short and very long lines to one descriptor keep every line whole and in order."""
    if kind == "file":
        with (tmp_path / "log").open("wb") as target:
            subprocess.run([sys.executable, "-c", WRITER], stderr=target, check=True, timeout=30)
        text = (tmp_path / "log").read_text()
    elif kind == "pipe":
        run = subprocess.run([sys.executable, "-c", WRITER], stderr=subprocess.PIPE, check=True, timeout=30)
        text = run.stderr.decode()
    else:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            process = subprocess.Popen([sys.executable, "-c", WRITER], stderr=theirs.fileno())
            theirs.close()
            text = b"".join(iter(lambda: ours.recv(65536), b"")).decode()
            assert process.wait(10) == 0

    seen: dict[int, list[int]] = {number: [] for number in range(1, 5)}
    for line in text.splitlines():
        match = re.fullmatch(r" (\d)\(\d+\) WARNING: (\d+) (1+|2+|3+|4+) end", line)
        assert match, line[:200]
        assert match[3][0] == match[1]
        seen[int(match[1])].append(int(match[2]))
    assert seen == {number: list(range(200)) for number in range(1, 5)}


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell")
def test_standard_error_stays_blocking_for_others(pipe: tuple[int, int]) -> None:
    """The sink does not change the mode of the descriptor that it shares with the shell."""
    _, writer = pipe
    StderrSink(writer).write(0, "WARNING: x", None)

    assert os.get_blocking(writer)


def test_what_others_write_into_the_same_file_keeps_the_lines(tmp_path: Path) -> None:
    """With ``> file 2>&1`` what is printed to standard output after a log line stands behind it, not upon it."""
    with (tmp_path / "log").open("wb") as file:
        printed = os.dup(file.fileno())
        sink = StderrSink(file.fileno())
        sink.write(Level.INFO, "INFO: logged", None)
        os.write(printed, b"printed\n")
        sink.write(Level.INFO, "INFO: logged again", None)
        sink.close()
        os.close(printed)
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.split(") ")[-1] for line in lines] == ["INFO: logged", "printed", "INFO: logged again"]


def syslog_server(path: Path) -> socket.socket:
    """A socket in the place of syslog's."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(str(path))
    server.settimeout(1)
    return server


def test_syslog_line(tmp_path: Path) -> None:
    """A datagram carries priority (facility | level), time, name[pid] and the line (RFC 3164, section 4)."""
    with syslog_server(tmp_path / "log") as server:
        sink = SyslogSink("kahea", "LOG_LOCAL0", str(tmp_path / "log"))
        sink.write(Level.ERR, "ERROR: <core>: bad", None)
        sink.write(Level.DBG, "DEBUG: <core>: x", "LOG_LOCAL1")
        first, second = server.recv(9999).decode(), server.recv(9999).decode()
        sink.close()

    assert re.fullmatch(
        rf"<131>[A-Z][a-z]{{2}} [ \d]\d \d\d:\d\d:\d\d kahea\[{os.getpid()}\]: ERROR: <core>: bad", first
    )
    assert second.startswith("<143>")


def test_syslog_restart_and_absence(tmp_path: Path) -> None:
    """Lines wait while syslog is away, within a bound, and are sent when it is back."""
    path = tmp_path / "log"
    with syslog_server(path) as server:
        sink = SyslogSink("kahea", path=str(path))
        sink.write(0, "WARNING: one", None)
        assert server.recv(999).endswith(b"one")
    path.unlink()
    for number in range(SYSLOG_QUEUE + 50):
        sink.write(0, f"WARNING: {number}", None)
    assert len(sink._lines) == SYSLOG_QUEUE

    with syslog_server(path) as server:
        server.setblocking(False)
        received: list[bytes] = []
        for _ in range(3000):
            sink._retry_at = 0.0
            sink.flush()
            try:
                while True:
                    received.append(server.recv(999))
            except BlockingIOError:
                pass
            if received and b"dropped" in received[-1]:
                break
        sink.close()

    assert len(received) == SYSLOG_QUEUE + 1
    assert received[-1].endswith(b"WARNING: <core>: 50 log lines dropped: syslog did not take them")


def test_make_sink_checks_the_facility() -> None:
    """The sink follows the settings, and a facility that does not exist is an error that lists the names."""
    assert isinstance(make_sink(Settings(log_stderror=True)), StderrSink)
    sink = make_sink(Settings(log_facility="log_local3"))
    sink.close()
    assert isinstance(sink, SyslogSink)
    with pytest.raises(ValueError, match="LOG_LOCAL7"):
        make_sink(Settings(log_facility="LOG_NONE"))
