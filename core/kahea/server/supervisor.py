"""The supervisor: opens what needs privileges, forks the workers, keeps them alive, ends them.

It runs no event loop and no thread: it waits for signals. What a worker needs to be replaced (listening
sockets, inboxes, the control socket, the secrets in the application) stays open here, so that a
replacement finds what had arrived for its predecessor. A replacement takes its predecessor's slot, and
with slot 0 the housekeeper's role.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import time
import traceback
from typing import Final, NoReturn

from kahea.modules.settings import Settings
from kahea.net.binding import open_sockets
from kahea.net.options import BindError
from kahea.net.peerindex import PeerIndex
from kahea.server.application import Application, StartError
from kahea.server.bus import Inboxes
from kahea.server.daemon import Daemon, leave_standard_error
from kahea.server.files import ControlSocket, PidFile, make_runtime_directory
from kahea.server.privileges import (
    Identity,
    drop_privileges,
    enter_root,
    look_up_identity,
    raise_descriptor_limit,
)
from kahea.server.processes import ProcessTable
from kahea.server.reports import log_memory, log_processes
from kahea.server.slots import WORKER_CANNOT_START, Slot
from kahea.server.worker import Shared, Worker, new_event_loop

EXIT_CANNOT_START: Final = 255
"""Exit status of a server that could not start, as Kamailio's."""

START_POLL: Final = 0.005
"""Seconds between looks at workers that are starting."""

STOP_POLL: Final = 0.2
"""Seconds between looks at workers that are stopping."""

SIGNALS: Final = frozenset(
    (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGCHLD)
)


def run_server(app: Application) -> int:
    """Run a server until it is told to stop.

    As a daemon the process that the operator started exits here, with the outcome of the start, and this function
    returns in the daemon.

    Args:
        app: what to run.

    Returns:
        Exit status: 0 after SIGTERM or SIGINT, `EXIT_CANNOT_START` when it did not come up (the reason is logged,
        and on standard error).
    """
    return Supervisor(app).run()


class Supervisor:
    """Runs an application in one process or in several.

    Args:
        app: what to run.
    """

    def __init__(self, app: Application) -> None:
        self._app = app
        self._settings: Settings = app.settings
        self._log = app.log
        self._daemon = Daemon()
        self._slots: list[Slot] = []
        self._shared: Shared
        self._pid_files: list[PidFile] = []
        self._lifeline: tuple[int, int] = (-1, -1)
        self._stopping = False
        self._all_ended_well = False

    def run(self) -> int:
        """Run until told to stop; see `run_server`."""
        status = 0
        try:
            self._prepare()
            if self._settings.fork:
                self._supervise()
            else:
                self._run_alone()
        except StartError as error:
            status = EXIT_CANNOT_START
            self._say(str(error))
        finally:
            self._clean_up()
        self._daemon.report(status)
        self._app.sink.flush()
        return status

    def _say(self, text: str) -> None:
        """Tell the operator why the server does not start: in the log, and on the terminal if the log is not there."""
        self._log.critical(text)
        if not self._settings.log_stderror:
            with contextlib.suppress(OSError):
                os.write(2, f"kahea: {text}\n".encode("utf-8", "surrogateescape"))

    # --- start -----------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """All that is done once, in the order in which privileges and paths are lost."""
        settings = self._settings
        workers = settings.children if settings.fork else 1
        _absolute_paths(settings)
        identity = look_up_identity(settings)
        new_event_loop().close()  # says now what is wrong with KAHEA_LOOP, and imports uvloop once for all workers
        try:
            sockets = open_sockets(self._app.sockets, settings, workers)
        except BindError as error:
            raise StartError(str(error)) from None
        self._shared = Shared(sockets, ProcessTable(workers))
        if workers > 1:
            self._shared.inboxes = Inboxes(workers)
            if any(one.protocol != "udp" for one in self._app.sockets):
                self._shared.peers = PeerIndex(workers, settings.tcp_max_connections)
        raise_descriptor_limit(settings, len(self._app.sockets) * workers)
        if settings.pid_file is not None:
            self._pid_files.append(PidFile(settings.pid_file, identity.owner))
        if settings.fork and settings.daemonize:
            for file in self._pid_files:
                file.check()  # while the operator still reads what we say
            self._app.sink.flush()
            self._daemon.detach()
            self._app.sink.start_process(0)
        self._make_files(identity)
        if settings.fork:
            enter_root(settings)
        if self._app.tables is not None:
            self._app.tables.prepare(identity.owner)
        drop_privileges(identity)

    def _make_files(self, identity: Identity) -> None:
        settings = self._settings
        for file in self._pid_files:
            file.check()
            file.write(os.getpid())
        if settings.pgid_file is not None:
            if os.getpgid(0) == os.getpid() or os.getsid(0) == os.getpgid(0):
                group_file = PidFile(settings.pgid_file, identity.owner)
                self._pid_files.append(group_file)
                group_file.write(os.getpgid(0))
            else:
                self._log.warning("not writing the pgid file: this process has no process group of its own")
        # A server without its control socket still serves calls: that is worth more than refusing to start.
        try:
            make_runtime_directory(settings.rundir, identity.owner)
            self._shared.control = ControlSocket(settings.rundir, identity.owner)
        except OSError as error:
            reason = error.strerror or error
            self._log.warning(f"no control socket in {settings.rundir}: {reason}; set another rundir (option -Y)")

    def _run_alone(self) -> None:
        """Serve in this process."""
        self._shared.table.put(0, os.getpid(), 0, self._describe(None))
        self._log.warning("fork is off: one process does everything, and nothing replaces it")
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
        Worker(self._app, self._shared, 0, 0).run(lambda: self._log.info("ready"))
        self._all_ended_well = True
        self._log.notice("stopped")

    def _supervise(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        self._lifeline = os.pipe()
        self._shared.table.put(0, os.getpid(), 0, self._describe(None))
        self._slots = [Slot(index) for index in range(self._settings.children)]
        # What exists now is there until the end: the collector need not look at it, nor copy its pages in workers.
        gc.collect()
        gc.freeze()
        for slot in self._slots:
            self._start_worker(slot)
        self._wait_until_up()
        if not self._stopping:
            self._log.info(f"ready: {len(self._slots)} workers")
            if self._settings.daemonize:
                leave_standard_error(self._settings)
            self._daemon.report(0)
        while not self._stopping:
            self._wait_for_signal(self._until_next_restart())
            self._start_due()
        self._stop_workers()
        self._log.notice("stopped")

    def _wait_until_up(self) -> None:
        """Wait until every worker is up.

        Raises:
            StartError: one cannot start.
        """
        while not self._stopping and not all(slot.is_up for slot in self._slots):
            self._wait_for_signal(START_POLL)
            for slot in self._slots:
                slot.read_ready()
            self._start_due()

    def _start_worker(self, slot: Slot) -> None:
        reader, writer = os.pipe()
        self._app.sink.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            self._be_worker(slot.index, slot.restarts, writer)
        os.close(writer)
        slot.started_as(pid, reader)
        self._shared.table.put(slot.index + 1, pid, slot.restarts, self._describe(slot))

    def _describe(self, slot: Slot | None) -> str:
        if slot is None:
            return "supervisor" if self._settings.fork else "stand-alone worker, housekeeper"
        role = ", housekeeper" if slot.index == 0 else ""
        return f"worker {slot.index}{role}"

    def _be_worker(self, index: int, generation: int, ready: int) -> NoReturn:
        """Become a worker; never returns, and never runs what the supervisor would do at its end."""
        status = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
                signal.signal(number, signal.SIG_IGN)  # for the supervisor: a terminal sends SIGINT to all of us
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            self._app.sink.start_process(index + 1)
            os.close(self._lifeline[1])
            if self._daemon.report_fd >= 0:
                os.close(self._daemon.report_fd)
            for slot in self._slots:
                slot.forget_pipe()

            def report_ready() -> None:
                if self._settings.daemonize:
                    leave_standard_error(self._settings)
                os.write(ready, b"+")
                os.close(ready)

            Worker(self._app, self._shared, index, index + 1, generation).run(report_ready, self._lifeline[0])
            status = 0
        except StartError as error:
            status = WORKER_CANNOT_START
            os.write(ready, str(error).encode("utf-8", "surrogateescape")[:4000])
        except BaseException:
            self._log.critical(f"exception in the worker\n{traceback.format_exc().rstrip()}")
        finally:
            self._app.sink.close()
            os._exit(status)

    # --- running ---------------------------------------------------------------------------------

    def _wait_for_signal(self, seconds: float) -> None:
        received = signal.sigtimedwait(SIGNALS, seconds)
        if received is None:
            return
        match received.si_signo:
            case signal.SIGCHLD:
                self._bury()
            case signal.SIGTERM | signal.SIGINT:
                name = signal.Signals(received.si_signo).name
                self._log.notice(f"{name}: stopping")
                self._stopping = True
            case signal.SIGHUP:
                self._log.notice("SIGHUP: nothing to do; restart to read the configuration again")
            case signal.SIGUSR1:
                log_processes(self._log, self._shared.table)
                self._kill_all(signal.SIGUSR1)  # each worker logs its own state
            case signal.SIGUSR2:
                log_memory(self._log, self._shared.table)

    def _bury(self) -> None:
        """Collect dead workers and decide about their replacement."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            slot = next((slot for slot in self._slots if slot.pid == pid), None)
            if slot is None:
                continue
            self._shared.table.remove(slot.index + 1)
            if self._shared.peers is not None:
                self._shared.peers.clear(slot.index)
            exit_code = os.waitstatus_to_exitcode(status)
            if exit_code:
                self._all_ended_well = False
            report = slot.died(exit_code)
            if not self._stopping:
                if slot.is_given_up:
                    raise StartError(report)
                self._log.critical(report)

    def _until_next_restart(self) -> float:
        waiting = [slot.restart_at for slot in self._slots if slot.restart_at]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else 3600.0

    def _start_due(self) -> None:
        if self._stopping:
            return
        now = time.monotonic()
        for slot in self._slots:
            if slot.restart_at and slot.restart_at <= now:
                self._start_worker(slot)

    # --- end -------------------------------------------------------------------------------------

    def _stop_workers(self) -> None:
        """Let the workers finish for ``exit_timeout`` seconds, then kill those that are left."""
        self._stopping = True
        self._all_ended_well = True  # until one does not
        deadline = time.monotonic() + self._settings.exit_timeout
        self._kill_all(signal.SIGTERM)
        self._kill_all(signal.SIGCONT)  # one that was stopped could not end otherwise
        while True:
            self._bury()
            left = deadline - time.monotonic()
            if left <= 0 or not any(slot.pid for slot in self._slots):
                break
            # Signals of several deaths may have been merged into one that was taken already: look again soon.
            signal.sigtimedwait((signal.SIGCHLD,), min(left, STOP_POLL))
        late = [slot for slot in self._slots if slot.pid]
        if late:
            names = ", ".join(f"worker {slot.index} (pid {slot.pid})" for slot in late)
            self._log.error(f"killing what did not stop within {self._settings.exit_timeout} s: {names}")
            self._all_ended_well = False
            self._kill_all(signal.SIGKILL)
            for slot in late:
                os.waitpid(slot.pid, 0)
                slot.pid = 0

    def _kill_all(self, number: int) -> None:
        for slot in self._slots:
            if slot.pid:
                os.kill(slot.pid, number)

    def _clean_up(self) -> None:
        """Leave nothing behind: no worker, no file, no socket."""
        if any(slot.pid for slot in self._slots):
            self._stop_workers()
        for file in self._pid_files:
            file.remove()
        if self._app.tables is not None:
            self._app.tables.remove(self._all_ended_well)
        shared = getattr(self, "_shared", None)
        if shared is not None:
            if shared.control is not None:
                shared.control.remove()
            for one in (one for of_worker in shared.sockets for one in of_worker):
                one.sock.close()
            if shared.inboxes is not None:
                shared.inboxes.close()


def _absolute_paths(settings: Settings) -> None:
    """Make paths absolute before the working directory changes: the operator meant those that he sees."""
    settings.rundir = os.path.abspath(settings.rundir)
    if settings.table_dir is not None:
        settings.table_dir = os.path.abspath(settings.table_dir)
    if settings.pid_file is not None:
        settings.pid_file = os.path.abspath(settings.pid_file)
    if settings.pgid_file is not None:
        settings.pgid_file = os.path.abspath(settings.pgid_file)
