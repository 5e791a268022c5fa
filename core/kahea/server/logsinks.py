"""Where log lines go: standard error, or syslog.

Both sinks buffer, so that a line costs less than a microsecond, and write whole lines only, so that the
lines of several processes never mix. Neither ever waits for a reader that does not read: what does not
fit into the bound is dropped, counted, and the count is logged when the reader comes back.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import socket
import stat
import syslog
import time
from typing import Final, Protocol

from kahea.logs import Level
from kahea.modules.settings import Settings

PIPE_BUF: Final = select.PIPE_BUF
"""Bytes that one write to a pipe keeps together (POSIX)."""

FLUSH_AT: Final = 32 * 1024
"""Characters buffered before a line is written without waiting for the end of the batch."""

PENDING_LIMIT: Final = 512 * 1024
"""Characters kept for a reader that does not read; lines beyond are dropped and counted."""

LONG_LINE_WAIT: Final = 0.1
"""Seconds a process waits for its turn, and for the reader, to write a line longer than ``PIPE_BUF``."""

RETRY_AFTER: Final = 0.25
"""Seconds without an attempt after the reader was found not reading."""

CLOSE_WAIT: Final = 1.0
"""Seconds that a process which ends grants the reader to take the last lines."""

SYSLOG_SOCKET: Final = "/dev/log"
SYSLOG_QUEUE: Final = 2000
"""Lines kept while syslog does not take them."""
SYSLOG_LINE: Final = 8192
"""Bytes of a line that syslog is known to take (RFC 5424, section 6.1 asks for 2048 only)."""

COLOURS: Final[dict[int, str]] = {
    Level.ALERT: "\x1b[1;31;49m",
    Level.BUG: "\x1b[1;35;49m",
    Level.CRIT2: "\x1b[0;33;49m",
    Level.CRIT: "\x1b[0;34;49m",
    Level.ERR: "\x1b[0;31;49m",
    Level.WARN: "\x1b[0;35;49m",
    Level.NOTICE: "\x1b[0;32;49m",
    Level.INFO: "\x1b[0;36;49m",
    Level.DBG: "\x1b[0;39;49m",
}
"""Terminal colours by level, Kamailio's defaults (option ``-e``)."""
COLOUR_RESET: Final = "\x1b[0;39;49m"

PRIORITIES: Final[dict[int, int]] = {
    Level.ALERT: syslog.LOG_ALERT,
    Level.BUG: syslog.LOG_CRIT,
    Level.CRIT2: syslog.LOG_CRIT,
    Level.CRIT: syslog.LOG_CRIT,
    Level.ERR: syslog.LOG_ERR,
    Level.WARN: syslog.LOG_WARNING,
    Level.NOTICE: syslog.LOG_NOTICE,
    Level.INFO: syslog.LOG_INFO,
    Level.DBG: syslog.LOG_DEBUG,
}

FACILITIES: Final[dict[str, int]] = {
    name: getattr(syslog, name)
    for name in (
        *("LOG_AUTH", "LOG_AUTHPRIV", "LOG_CRON", "LOG_DAEMON", "LOG_KERN", "LOG_LPR", "LOG_MAIL", "LOG_NEWS"),
        *("LOG_SYSLOG", "LOG_USER", "LOG_UUCP", *(f"LOG_LOCAL{number}" for number in range(8))),
    )
}
"""The names that ``log_facility`` takes."""

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ProcessSink(Protocol):
    """A sink that knows which process writes; a `kahea.logs.Sink`."""

    buffered: bool
    """Whether lines wait for `flush`. Off until a worker's loop runs, so that nothing is lost at start."""

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Take a line."""

    def flush(self) -> None:
        """Write out what can be written without waiting."""

    def start_process(self, number: int) -> None:
        """Begin as process *number* (0: supervisor, 1 up: workers): call it first after a fork.

        What the parent had buffered is forgotten: the parent writes it.
        """

    def close(self) -> None:
        """Write out what is buffered, waiting at most ``CLOSE_WAIT`` seconds: the process ends."""


class StderrSink:
    """Lines in Kamailio's shape, `` 0(1234) INFO: text``, on a descriptor that all processes share.

    One write never holds a part of a line: to a pipe or a socket at most ``PIPE_BUF`` bytes are written at
    once, which the kernel keeps together; a longer line is written under a lock that the writers of short
    lines respect; a file is opened for appending.

    Args:
        fd: the descriptor, standard error.
        colour: colour each line by its level.

    Attributes:
        colours: escape sequences by level.
    """

    def __init__(self, fd: int = 2, *, colour: bool = False) -> None:
        self.buffered = False
        self._colour = colour
        self.colours: dict[int, str] = COLOURS
        self._lines: list[str] = []
        self._size = 0
        self._unsent = b""
        self._dropped = 0
        self._blocked_until = 0.0
        self._gone = False
        try:
            mode = os.fstat(fd).st_mode
        except OSError:  # started with standard error closed
            fd = os.open(os.devnull, os.O_WRONLY)
            mode = os.fstat(fd).st_mode
        # Non-blocking is a property of the open file, which belongs to the shell as well as to us: open our own.
        if stat.S_ISREG(mode):
            # What else is written through this open file (`> file 2>&1`) must not land upon lines that we appended.
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_APPEND)
        self._socket: socket.socket | None = None
        self._atomic = stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
        if stat.S_ISSOCK(mode):
            self._socket = socket.socket(fileno=os.dup(fd))
            self._fd = self._socket.fileno()
        else:
            try:
                self._fd = os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY)
            except OSError:
                self._fd = os.dup(fd)
        self._lock = os.memfd_create("kahea-log-lock") if self._atomic else -1
        self._head = ""
        self.start_process(0)

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Take a line; standard error knows no facility."""
        if self._size > FLUSH_AT:
            self.flush()
            if self._size > PENDING_LIMIT:
                self._dropped += 1
                return
        if self._colour:
            colour = self.colours[min(max(level, -5), 3)]
            text = f"{colour}{self._head}{line}\n{COLOUR_RESET}"
        else:
            text = f"{self._head}{line}\n"
        self._lines.append(text)
        self._size += len(text)
        if not self.buffered:
            self.flush()

    def flush(self) -> None:
        """Write out what can be written without waiting for the reader."""
        if self._lines or self._unsent:
            self._flush(LONG_LINE_WAIT, final=False)

    def start_process(self, number: int) -> None:
        """Begin as process *number*."""
        self._lines.clear()
        self._unsent = b""
        self._size = 0
        self._dropped = 0
        self._head = f"{number:2d}({os.getpid()}) "

    def close(self) -> None:
        """Write out what is buffered, waiting at most ``CLOSE_WAIT`` seconds for the reader; later lines are lost."""
        deadline = time.monotonic() + CLOSE_WAIT
        while self._lines or self._unsent:
            self._blocked_until = 0.0
            self._flush(CLOSE_WAIT, final=True)
            left = deadline - time.monotonic()
            if self._gone or left <= 0:
                break
            if self._unsent:
                select.select([], [self._fd], [], min(left, 0.02))
        if self._fd >= 0:
            self._gone = True
            if self._socket is not None:
                self._socket.close()
            else:
                os.close(self._fd)
            if self._lock >= 0:
                os.close(self._lock)
            self._fd = self._lock = -1
            self._atomic = False

    def _flush(self, wait: float, *, final: bool) -> None:
        now = time.monotonic()
        if now < self._blocked_until and not final:
            return
        if self._lines:
            data = self._unsent + "".join(self._lines).encode("utf-8", "surrogateescape")
            self._lines.clear()
        else:
            data = self._unsent
        rest = self._put(data, now + wait) if self._atomic else self._put_plain(data)
        self._unsent = rest
        self._size = len(rest)
        if rest:
            self._blocked_until = now + RETRY_AFTER
        elif self._dropped and not self._gone:
            count, self._dropped = self._dropped, 0
            self.write(Level.WARN, f"WARNING: <core>: {count} log lines dropped: nobody read them in time", None)

    def _put_plain(self, data: bytes) -> bytes:
        """Write to a file or a terminal; returns what was not taken."""
        while data:
            written = self._write(data)
            if written < 0:
                return data
            data = data[written:]
        return b""

    def _put(self, data: bytes, deadline: float) -> bytes:
        """Write to a pipe or a socket in pieces that stay whole; returns what was not taken."""
        position, end = 0, len(data)
        while position < end:
            cut = end if end - position <= PIPE_BUF else data.rfind(b"\n", position, position + PIPE_BUF) + 1
            if cut > position:
                if not self._take_lock(fcntl.LOCK_SH, deadline):
                    break
                try:
                    written = self._write(data[position:cut])
                finally:
                    fcntl.lockf(self._lock, fcntl.LOCK_UN)
                if written < 0:
                    break
                position += written
                continue
            cut = data.find(b"\n", position) + 1 or end
            if not self._take_lock(fcntl.LOCK_EX, deadline):
                break
            try:
                while position < cut:
                    written = self._write(data[position:cut])
                    if written > 0:
                        position += written
                    elif not select.select([], [self._fd], [], max(0.0, deadline - time.monotonic()))[1]:
                        return data[position:]
            finally:
                fcntl.lockf(self._lock, fcntl.LOCK_UN)
        return data[position:]

    def _take_lock(self, kind: int, deadline: float) -> bool:
        while True:
            try:
                fcntl.lockf(self._lock, kind | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() >= deadline:
                    return False
                select.select([], [], [], 0.0005)
            else:
                return True

    def _write(self, data: bytes) -> int:
        """One system call; -1 when nothing can be taken now, all of *data* counts as taken when nobody listens."""
        if self._gone:
            return len(data)
        try:
            if self._socket is not None:
                return self._socket.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
            return os.write(self._fd, data)
        except BlockingIOError:
            return -1
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                return -1
            self._gone = True
            return len(data)


class SyslogSink:
    """Lines to the local syslog socket, one datagram each, as glibc's ``syslog`` shapes them.

    The socket is opened at start, so that it works from inside a chroot; when syslog restarts it is opened
    again. While syslog does not take lines, ``SYSLOG_QUEUE`` of them wait, further ones are dropped and counted.

    Args:
        name: ``log_name``, before ``[pid]``.
        facility: default facility, one of `FACILITIES`.
        path: the socket.
    """

    def __init__(self, name: str, facility: str = "LOG_DAEMON", path: str = SYSLOG_SOCKET) -> None:
        self.buffered = False
        self._name = name
        self._facility = FACILITIES[facility]
        self._path = path
        self._lines: list[bytes] = []
        self._dropped = 0
        self._retry_at = 0.0
        self._second = -1
        self._stamp = ""
        self._tag = ""
        self._socket: socket.socket | None = None
        self.start_process(0)
        self._connect()

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Take a line; *facility* (one of `FACILITIES`) instead of the configured one."""
        if len(self._lines) >= SYSLOG_QUEUE:
            self.flush()
            if len(self._lines) >= SYSLOG_QUEUE:
                self._dropped += 1
                return
        code = self._facility if facility is None else FACILITIES.get(facility, self._facility)
        priority = code | PRIORITIES[min(max(level, -5), 3)]
        second = int(time.time())
        if second != self._second:
            now = time.localtime(second)
            self._second = second
            # Not strftime: the month's name must not follow the locale (RFC 3164, section 4.1.2).
            self._stamp = (
                f"{_MONTHS[now.tm_mon - 1]} {now.tm_mday:2d} {now.tm_hour:02d}:{now.tm_min:02d}:{now.tm_sec:02d}"
            )
        self._lines.append(f"<{priority}>{self._stamp} {self._tag}{line}".encode("utf-8", "surrogateescape"))
        if not self.buffered:
            self.flush()

    def flush(self) -> None:
        """Send what syslog takes without waiting."""
        if not self._lines or time.monotonic() < self._retry_at:
            return
        sent = 0
        for line in self._lines:
            if not self._send(line):
                break
            sent += 1
        del self._lines[:sent]
        if self._lines:
            self._retry_at = time.monotonic() + RETRY_AFTER
        elif self._dropped:
            count, self._dropped = self._dropped, 0
            self.write(Level.WARN, f"WARNING: <core>: {count} log lines dropped: syslog did not take them", None)

    def start_process(self, number: int) -> None:
        """Begin as another process."""
        self._lines.clear()
        self._dropped = 0
        self._tag = f"{self._name}[{os.getpid()}]: "

    def close(self) -> None:
        """Send what is queued, waiting at most ``CLOSE_WAIT`` seconds."""
        deadline = time.monotonic() + CLOSE_WAIT
        while self._lines and time.monotonic() < deadline:
            self._retry_at = 0.0
            self.flush()
            if self._socket is None:
                break  # there is no syslog to wait for
            if self._lines:
                select.select([], [], [], 0.02)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self) -> bool:
        if self._socket is not None:
            self._socket.close()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.connect(self._path)
        except OSError:
            self._socket.close()
            self._socket = None
            return False
        return True

    def _send(self, line: bytes) -> bool:
        for _ in range(2):
            if self._socket is None and not self._connect():
                return False
            assert self._socket is not None
            try:
                self._socket.send(line)
            except BlockingIOError:
                return False
            except OSError as error:
                if error.errno == errno.EMSGSIZE and len(line) > SYSLOG_LINE:
                    line = line[:SYSLOG_LINE]
                    continue
                with contextlib.suppress(OSError):
                    self._socket.close()
                self._socket = None
            else:
                return True
        return False


def make_sink(settings: Settings) -> ProcessSink:
    """Return the sink that ``log_stderror``, ``log_facility``, ``log_name`` and ``log_color`` ask for.

    Raises:
        ValueError: ``log_facility`` is not one of `FACILITIES`.
    """
    if settings.log_stderror:
        return StderrSink(colour=settings.log_color)
    facility = settings.log_facility.upper()
    if facility not in FACILITIES:
        raise ValueError(f"unknown log_facility {settings.log_facility!r}; use one of {', '.join(FACILITIES)}")
    return SyslogSink(settings.log_name, facility)
