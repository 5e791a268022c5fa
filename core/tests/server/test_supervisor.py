"""Supervisor and workers, as real processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Make = Callable[..., Any]


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_sigterm_ends_with_zero_and_leaves_nothing(server: Make) -> None:
    """SIGTERM: the workers' engines are stopped, exit status 0, no pid file, no control socket, no process."""
    one = server(children=3).start()
    assert one.pid_path.read_text() == f"{one.process.pid}\n"
    assert one.ask(b"hello") == b"hello"
    workers = one.workers()
    assert len(workers) == 3

    assert one.stop() == 0
    assert not one.pid_path.exists()
    assert not list((one.folder / "run").iterdir())
    assert not any(map(is_alive, workers))
    assert len(one.lines("INFO: <core>: engine [012] stopped")) == 3
    assert one.lines("Traceback") == []


def test_sigint_of_a_terminal_is_told_once(server: Make) -> None:
    """SIGINT to the whole process group, as a terminal sends it: one line, status 0, no tracebacks."""
    one = server().start()
    os.killpg(one.process.pid, signal.SIGINT)

    assert one.process.wait(10) == 0
    assert len(one.lines("SIGINT")) == 1
    assert one.lines("Traceback|KeyboardInterrupt") == []


def test_killed_worker_is_replaced_and_finds_its_datagrams(server: Make) -> None:
    """kill -9 of a worker: a line says which, and what was sent meanwhile is answered by its replacement."""
    one = server(children=1).start()
    (worker,) = one.workers()
    with one.client() as client:
        os.kill(worker, signal.SIGSTOP)
        client.send(b"for the next one")
        os.kill(worker, signal.SIGKILL)
        assert client.recv(99) == b"for the next one"

    (replacement,) = one.workers()
    assert replacement != worker
    line = rf" 0\(\d+\) CRITICAL: <core>: worker 0 \(pid {worker}\) was killed by signal 9 \(SIGKILL\) after [\d.]+ s"
    assert len(one.lines(line)) == 1
    assert one.rpc("core.psa")["result"][1]["restarts"] == 1
    assert one.rpc("test.owner")["result"] == 0
    assert one.stop() == 0


def test_quick_deaths_are_slowed_down(server: Make) -> None:
    """A worker that dies again and again is replaced at once, then after a delay that grows."""
    one = server(children=1).start()
    with one.client() as client:
        for deaths in range(1, 4):
            client.send(b"die")
            one.wait_for("exited with status 9", count=deaths)

    delays = [re.search(r"another one( in [\d.]+ s)?$", line) for line in one.lines("exited with status 9")]
    assert [match[1] for match in delays if match] == [None, " in 0.5 s", " in 1 s"]
    assert one.stop() == 0


@pytest.mark.parametrize(
    ("wish", "text"),
    [("fail", "the database is not there"), ("raise", "a worker cannot start: RuntimeError: broken")],
)
def test_worker_that_cannot_start_stops_the_server(server: Make, wish: str, text: str) -> None:
    """A worker that cannot start: the server ends with a status that is not 0 and says why; nothing is left."""
    one = server({"start": wish})
    run = subprocess.run(one.command, capture_output=True, text=True, timeout=10, check=False)

    assert run.returncode == 255
    assert re.search(rf"CRITICAL: <core>: worker 1 \(pid \d+\) could not start: {text}\n", run.stderr)
    assert ("Traceback" in run.stderr) is (wish == "raise")
    assert not one.pid_path.exists()


def test_replacement_that_cannot_start_is_given_up(server: Make, tmp_path: Path) -> None:
    """A replacement that does not come up is tried again, more slowly each time, until the server gives up."""
    one = server({"start": "fail-later", "marker": str(tmp_path / "marker")}).start()
    one.kill_worker(1)

    assert one.process.wait(20) == 255
    assert "the database has gone; it did not come up 4 times, giving up" in one.log
    assert not one.pid_path.exists()


def test_sighup_and_sigusr_are_survived(server: Make) -> None:
    """SIGHUP, SIGUSR1 and SIGUSR2 are logged and end nothing, neither sent to the supervisor nor to the group."""
    one = server().start()
    workers = one.workers()
    for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        os.killpg(one.process.pid, number)
    one.wait_for("resident memory: process 0")
    one.wait_for("worker 1: CPU")

    assert one.lines(r"NOTICE: <core>: SIGHUP: nothing to do")
    assert one.lines(r"NOTICE: <core>: process 2: pid \d+, worker 1, up \d+ s, 0 restarts")
    assert one.workers() == workers
    assert one.stop() == 0


def test_fork_no_is_one_process(server: Make) -> None:
    """With fork=no one process serves UDP, TCP and RPC, and SIGINT ends it with 0."""
    one = server(fork=False).start()
    assert one.ask(b"who") == b"%d" % one.process.pid
    assert one.rpc("test.worker")["result"] == [0]
    rows = one.rpc("core.psx")["result"]
    assert [(row["IDX"], row["PID"]) for row in rows] == [(0, one.process.pid)]
    os.kill(one.process.pid, signal.SIGHUP)
    assert one.ask(b"still here") == b"still here"

    assert one.stop(signal.SIGINT) == 0
    assert not one.pid_path.exists()


def test_daemon_reports_after_the_workers_are_up(server: Make) -> None:
    """The starter exits with 0 when the server serves already; nothing holds its descriptors afterwards."""
    one = server(daemonize=True, log_stderror=False, pgid_file=None)
    started = time.monotonic()
    run = subprocess.run(one.command, capture_output=True, timeout=10, check=False)  # ends only when all have let go
    spent = time.monotonic() - started
    pid = int(one.pid_path.read_text())
    try:
        assert run.returncode == 0
        assert one.ask(b"hello") == b"hello"
        assert spent < 5
        assert os.getsid(pid) != os.getsid(0)
        assert os.readlink(f"/proc/{pid}/cwd") == "/"
    finally:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(pid)
    assert not one.pid_path.exists()


def test_daemon_reports_that_it_cannot_start(server: Make) -> None:
    """When a worker of a daemon cannot start, the starter prints why and exits with 255."""
    one = server({"start": "fail"}, daemonize=True, log_stderror=False)
    run = subprocess.run(one.command, capture_output=True, text=True, timeout=10, check=False)

    assert run.returncode == 255
    assert re.fullmatch(r"kahea: worker 1 \(pid \d+\) could not start: the database is not there\n", run.stderr)
    assert not one.pid_path.exists()


def test_address_in_use_is_told_on_standard_error(server: Make) -> None:
    """An address that another program has: its name and the reason on standard error, status 255."""
    one = server(log_stderror=False, daemonize=True)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", one.port))
        other.listen()
        run = subprocess.run(one.command, capture_output=True, text=True, timeout=10, check=False)

    assert run.returncode == 255
    assert run.stderr == f"kahea: cannot listen on tcp:127.0.0.1:{one.port}: Address already in use\n"


def test_second_server_is_refused(server: Make) -> None:
    """The same configuration twice: the second one does not start, and the first one keeps its pid file."""
    one = server().start()
    run = subprocess.run(one.command, capture_output=True, text=True, timeout=10, check=False)

    assert run.returncode == 255
    assert "Address already in use" in run.stderr
    assert one.pid_path.read_text() == f"{one.process.pid}\n"
    assert one.stop() == 0


@pytest.mark.parametrize(
    ("content", "text"),
    [(f"{os.getppid()}\n", f"names the running process {os.getppid()}"), ("junk", "does not hold a pid")],
)
def test_pid_file_of_another_process(server: Make, content: str, text: str) -> None:
    """A pid file that names a running process, or holds no pid, is not overwritten."""
    one = server()
    one.pid_path.write_text(content)
    run = subprocess.run(one.command, capture_output=True, text=True, timeout=10, check=False)

    assert run.returncode == 255
    assert text in run.stderr
    assert one.pid_path.read_text() == content


def test_stale_pid_file_is_replaced(server: Make) -> None:
    """A pid file of a process that is gone does not hinder the start."""
    one = server()
    one.pid_path.write_text("4194000\n")
    one.start()

    assert one.pid_path.read_text() == f"{one.process.pid}\n"
    assert one.stop() == 0


def test_stopped_worker_does_not_delay_the_end(server: Make) -> None:
    """A worker in SIGSTOP is continued so that it can end."""
    one = server().start()
    one.kill_worker(1, signal.SIGSTOP)
    started = time.monotonic()

    assert one.stop() == 0
    assert time.monotonic() - started < 3


def test_worker_that_does_not_stop_is_killed(server: Make) -> None:
    """What does not stop within exit_timeout is killed, and named; the exit status is still 0."""
    one = server({"stop": "hang"}, exit_timeout=1).start()

    assert one.stop() == 0
    assert one.lines(r"ERROR: <core>: killing what did not stop within 1 s: worker 0 \(pid \d+\), worker 1")


def test_workers_end_when_the_supervisor_is_killed(server: Make) -> None:
    """kill -9 of the supervisor: the workers stop by themselves."""
    one = server().start()
    workers = one.workers()
    one.process.kill()
    one.process.wait()
    one.until(lambda: not any(map(is_alive, workers)), what="end of the workers")

    assert one.lines("the supervisor is gone")
    # What is left behind does not hinder the next start.
    one.start()
    assert one.ask(b"again") == b"again"
    assert one.stop() == 0


def test_lines_of_workers_do_not_mix(server: Make) -> None:
    """Four workers that log long lines to one pipe: every line is whole."""
    one = server({"start": "background"}, children=4, protocols=("udp",))
    with subprocess.Popen(one.command, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        lines: list[str] = []
        for raw in process.stderr:
            lines.append(raw.decode())
            if "ready: 4 workers" in lines[-1]:
                break
        clients = [one.client() for _ in range(16)]
        for client in clients:
            client.send(b"log 40")
        text = ""
        while text.count(" end\n") < 16 * 40:
            text += os.read(process.stderr.fileno(), 65536).decode()
        process.send_signal(signal.SIGTERM)
        text += process.stderr.read().decode()
        for client in clients:
            client.close()

    pattern = re.compile(r" \d\(\d+\) [A-Z]+: <core>: (\d+ (x{5000}|x{200}) end|tick of \d|engine \d stopped|\w+.*)")
    assert [line for line in text.splitlines() if not pattern.fullmatch(line)] == []
    assert len({line.split("(")[0] for line in text.splitlines() if line.endswith(" end")}) > 1


def test_unusable_rundir_is_a_warning(server: Make, tmp_path: Path) -> None:
    """Without a runtime directory the server serves, without control socket, and says what to set."""
    (tmp_path / "file").write_text("")
    one = server(rundir=str(tmp_path / "file" / "run")).start()

    assert one.ask(b"hello") == b"hello"
    assert one.lines(r"WARNING: <core>: no control socket in .*; set another rundir \(option -Y\)")
    assert one.stop() == 0


@pytest.mark.skipif(os.getuid() != 0, reason="needs root")
def test_privileges_are_dropped(server: Make) -> None:
    """With user: pid file, runtime directory and socket belong to it, and so do the processes."""
    one = server(user="nobody")
    os.chmod(one.folder, 0o777)
    for folder in one.folder.parents[:3]:
        if folder != Path("/tmp"):
            os.chmod(folder, 0o755)
    one.start()
    nobody = os.stat(one.pid_path).st_uid
    assert nobody != 0
    assert os.stat(one.folder / "run").st_uid == nobody
    control = os.stat(one.folder / "run" / "kahea_rpc.sock")
    assert (control.st_uid, control.st_mode & 0o777) == (nobody, 0o660)
    for pid in (one.process.pid, *one.workers()):
        status = Path(f"/proc/{pid}/status").read_text()
        assert re.search(rf"^Uid:\t{nobody}\t{nobody}\t{nobody}\t{nobody}$", status, re.MULTILINE)
        assert not re.search(r"^Groups:.*\b0\b", status, re.MULTILINE)

    assert one.stop() == 0
    assert not one.pid_path.exists()


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"user": "nosuchuser"}, "no such user: nosuchuser"),
        ({"group": "nosuchgroup"}, "no such group: nosuchgroup"),
        ({"workdir": "/nosuch"}, "cannot change to the working directory /nosuch: No such file or directory"),
        ({"chroot": "/nosuch"}, "cannot chroot to /nosuch"),
        ({"pid_file": "/nosuch/pid"}, "cannot write the pid file /nosuch/pid: No such file or directory"),
    ],
)
def test_settings_that_cannot_be_followed(server: Make, settings: dict[str, str], text: str) -> None:
    """What cannot be done at start is told in one line, without a traceback, and nothing is left."""
    one = server(**settings)
    run = subprocess.run(one.command, capture_output=True, text=True, timeout=10, check=False)

    assert run.returncode == 255
    assert text in run.stderr
    assert "Traceback" not in run.stderr
    assert not one.pid_path.exists()


@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "nonsense"])
def test_loop_of_the_environment(server: Make, loop: str) -> None:
    """KAHEA_LOOP chooses the event loop; another word is refused before anything runs."""
    one = server()
    one.environment["KAHEA_LOOP"] = loop
    if loop == "nonsense":
        run = subprocess.run(one.command, capture_output=True, text=True, env=one.environment, check=False)
        assert run.returncode == 255
        assert "KAHEA_LOOP is 'nonsense'; use uvloop or asyncio" in run.stderr
        return
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    one.start()
    assert one.ask(b"hello") == b"hello"
    assert one.stop() == 0
