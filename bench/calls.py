"""Compare the CPU time per proxied call of Kamailio and Kahea on the same configuration and the same load.

Run it as ``python -m bench.calls``; bench/README.md says how to read what it prints. sipp plays caller and callee:
INVITE, 100, 180, 200, ACK, BYE, 200, each through the proxy.
"""

import argparse
import importlib.util
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.compare import installed
from bench.configs import Listen, free_port
from bench.messages import request
from bench.processes import ProcessChangedError, cpu_between, memory
from bench.profiling import profile
from bench.servers import STOCK, Program, Server, ServerError
from bench.sipp import SCENARIOS, Sipp, SippError, register, running

HOST = "127.0.0.1"
PROXY = SCENARIOS.parent / "proxied.cfg"
#: Seconds after which no transaction of an ended call is left: ``wt_timer``, and some time for what is late.
EXPIRED = 9.0
_COLUMNS = "{:<20} {:>12} {:>15} {:>9} {:>7} {:>9} {:>9} {:>9}"


@dataclass(frozen=True, slots=True)
class Load:
    """Calls through a proxy.

    Args:
        calls: how many.
        rate: new ones a second.
        limit: calls at the same time.
        sources: ``u1`` for one source port, ``un`` for many.
        registered: whether callees register, and callers call the user, instead of naming the callee in a header.
    """

    calls: int
    rate: int
    limit: int
    sources: str
    registered: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What sipp counted, and how long it took."""

    seconds: float
    retransmissions: int
    lost: int


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement of one server.

    Args:
        cpu: seconds of CPU time of all its processes.
        calls: made in that time.
        result: of these calls.
        stall: longest time in seconds that a probe waited for its answer, in a second run under the same load.
    """

    cpu: float
    calls: int
    result: Result
    stall: float

    @property
    def cost(self) -> float:
        """CPU microseconds a call."""
        return self.cpu / self.calls * 1e6


class Probe:
    """Asks the server for an answer every few milliseconds, and keeps the longest time that one took.

    A worker that is busy with one thing too long shows here: the answer waits behind it. Several sockets, so that
    several workers are asked.
    """

    def __init__(self, port: int, sockets: int = 8, interval: float = 0.004) -> None:
        self.longest, self.lost = 0.0, 0
        self._port, self._count, self._interval = port, sockets, interval
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Probe":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(self._count)]
        for one in probes:
            one.connect((HOST, self._port))
            one.settimeout(2.0)
        try:
            while not self._stop.is_set():
                for one in probes:
                    address = one.getsockname()
                    start = time.perf_counter()
                    one.send(request("OPTIONS", (HOST, self._port), (address[0], address[1])))
                    try:
                        one.recv(65535)
                    except TimeoutError:
                        self.lost += 1
                    self.longest = max(self.longest, time.perf_counter() - start)
                    time.sleep(self._interval)
        finally:
            for one in probes:
                one.close()


def run_load(port: int, load: Load, folder: Path, *, strict: bool = True) -> Result:
    """Make calls through the proxy on *port*; unless *strict*, some of them may fail.

    Raises:
        SippError: a call failed, or they did not end.
    """
    folder = Path(tempfile.mkdtemp(dir=folder))
    with running(Sipp("callee_answers", free_port(), folder, load.calls, "-t", "u1")) as (callee,):
        callee.listening()
        uri = f"sip:callee@{HOST}:{callee.port}"
        user = f"callee{callee.port}" if load.registered else "answered"
        if load.registered:
            register(f"{HOST}:{port}", user, uri, folder)
        arguments = ["-t", load.sources, "-s", user, "-key", "first", uri, "-key", "second", uri]
        arguments += ["-r", str(load.rate), "-l", str(load.limit), f"{HOST}:{port}"]
        if load.sources == "un":
            arguments += ["-max_socket", str(min(load.limit, 500))]
        start = time.monotonic()
        with running(Sipp("caller_answered", free_port(), folder, load.calls, *arguments)) as (caller,):
            caller.wait(60 + 5 * load.calls / load.rate, strict=strict)
            seconds = time.monotonic() - start
            figures = caller.figures()
        if strict:
            callee.wait(30)
    return Result(seconds, figures.get("Retransmissions(C)", 0), figures.get("FailedCall(C)", 0))


def started(program: Program, config: str | Path, children: int, folder: Path) -> Server:
    """Return a server on a copy of the configuration, not started yet."""
    listens = [Listen("udp", HOST, free_port())]
    return Server(program, config, listens, folder, parameters={"children": str(children)})


def measure(program: Program, config: str | Path, children: int, load: Load, folder: Path) -> Round:
    """Start *program*, warm it up, and count its CPU time over the load; then probe it under the same load.

    Raises:
        ServerError: it does not start, or does not end when told to.
        ProcessChangedError: one of its processes ended under load.
        SippError: a call failed.
    """
    with started(program, config, children, folder) as server:
        port = server.listens[0].port
        run_load(port, replace(load, calls=max(load.calls // 10, 50)), folder)
        before = server.cpu()
        result = run_load(port, load, folder)
        cpu = cpu_between(before, server.cpu())
        with Probe(port) as probe:
            run_load(port, replace(load, calls=max(load.calls // 2, 50)), folder)
        return Round(cpu, load.calls, result, probe.longest)


def soak(program: Program, config: str, children: int, load: Load, seconds: int, folder: Path) -> bool:
    """Let calls run for a time, and print what memory and transactions were before and after.

    Returns:
        Whether no transaction was left.

    Raises:
        ServerError, ProcessChangedError, SippError: as `measure`.
    """
    control = folder / "control"
    if shutil.which("kamcmd") and (program.name == "kamailio" or importlib.util.find_spec("kahea_ctl")):
        config = config.replace("#!KAMAILIO\n", "#!KAMAILIO\n#!define WITH_CTL\n", 1).replace("CONTROL", str(control))
    with started(program, config, children, folder) as server:
        port = server.listens[0].port
        fast = run_load(port, Load(load.calls, 100_000, 200, load.sources), folder, strict=False)
        rate = max(1, round(load.calls / fast.seconds / 2))
        time.sleep(EXPIRED)
        before = resident(server)
        print(f"{program.name}: {rate} calls a second for {seconds} s, half of what it can do")
        with Probe(port) as probe:
            result = run_load(port, Load(rate * seconds, rate, 20 * rate, load.sources), folder)
        busy = resident(server)
        time.sleep(EXPIRED)
        after = resident(server)
        print(
            f"{program.name}: resident {before / 1e6:.1f} MB before, {busy / 1e6:.1f} MB at the end of the calls, "
            f"{after / 1e6:.1f} MB when all transactions were over; {result.retransmissions} retransmissions; "
            f"longest wait of a probe {probe.longest * 1e3:.1f} ms"
        )
        left = transactions(control)
        print(f"{program.name}: tm.stats {left}")
        if left is None:
            return True
        return left.get("current") == left.get("waiting") == 0 and left["created"] == left["freed"]


def resident(server: Server) -> int:
    """Return the private memory of all processes of a server, in bytes."""
    return sum(memory(pid).anonymous for pid in server.pids())


def transactions(control: Path) -> dict[str, int] | None:
    """Return the counters of tm.stats by the control socket, or None where there is no such socket."""
    if not control.exists():
        return None
    done = subprocess.run(
        ["kamcmd", "-s", f"unix:{control}", "tm.stats"], capture_output=True, text=True, timeout=10, check=False
    )
    return {name: int(value) for name, value in re.findall(r"(\w+): (\d+)", done.stdout)}


def row(name: str, rounds: Sequence[Round]) -> str:
    """Return the line of the table for one server: medians over its rounds, sums of what went wrong."""
    costs = [one.cost for one in rounds]
    return _COLUMNS.format(
        name,
        f"{statistics.median(costs):.0f}",
        f"{min(costs):.0f}–{max(costs):.0f}",
        f"{statistics.median(one.calls / one.result.seconds for one in rounds):.0f}",
        sum(one.result.lost for one in rounds),
        sum(one.result.retransmissions for one in rounds),
        f"{statistics.median(one.stall for one in rounds) * 1e3:.1f}",
        f"{max(one.stall for one in rounds) * 1e3:.1f}",
    )


def compare(
    programs: Sequence[Program], config: str | Path, children: int, load: Load, rounds: int, folder: Path
) -> dict[str, list[Round]]:
    """Measure the programs in turn; one that fails is reported and left out."""
    done: dict[str, list[Round]] = {program.name: [] for program in programs}
    for number in range(rounds):
        for program in programs if number % 2 == 0 else programs[::-1]:
            if program.name not in done:
                continue
            try:
                place = folder / f"{program.name}-{children}-{number}"
                done[program.name].append(measure(program, config, children, load, place))
            except (ServerError, ProcessChangedError, SippError) as error:
                del done[program.name]
                print(f"{program.name}: {error}", file=sys.stderr)
    return done


def profiled(program: Program, config: str | Path, load: Load, folder: Path) -> str:
    """Return the profile of one run in one process."""
    folder.mkdir()

    def calls(port: int, number: int) -> None:
        run_load(port, replace(load, calls=number), folder)

    return profile(program, config, calls, load.calls, folder)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.calls", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--config", type=Path, default=PROXY, metavar="FILE", help="default: tests/calls/proxied.cfg")
    parser.add_argument(
        "--stock", action="store_true", help="the file of the package kamailio, as it is; callees register"
    )
    parser.add_argument("--calls", type=int, default=1000, metavar="N", help="a round; default %(default)s")
    parser.add_argument("--rate", type=int, default=200, metavar="R", help="calls a second; default %(default)s")
    parser.add_argument(
        "--limit", type=int, default=500, metavar="N", help="calls at the same time; default %(default)s"
    )
    parser.add_argument("--children", type=int, nargs="+", default=[1, 4], metavar="N", help="default: 1 and 4")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of each server; default %(default)s")
    parser.add_argument("--one-source", action="store_true", help="all calls from one source port")
    parser.add_argument("--only", choices=("kamailio", "kahea"), help="measure one server")
    parser.add_argument("--profile", action="store_true", help="show where Kahea spends its time (one more run)")
    parser.add_argument("--soak", type=int, metavar="SECONDS", help="half of the maximum rate for a time, and memory")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 if every server was measured and no call failed, else 1."""
    options = arguments(argv)
    if shutil.which("sipp") is None:
        print("sipp is not installed", file=sys.stderr)
        return 1
    programs = installed(options.only)
    text = options.config.read_text(encoding="utf-8", errors="surrogateescape")
    config = STOCK if options.stock else text
    load = Load(options.calls, options.rate, options.limit, "u1" if options.one_source else "un", options.stock)
    clean = bool(programs)
    with tempfile.TemporaryDirectory(prefix="kahea-bench-") as name:
        for children in options.children:
            if options.soak:
                for program in programs:
                    clean &= soak(
                        program, text, children, load, options.soak, Path(name, f"soak-{program.name}-{children}")
                    )
                continue
            file = STOCK if options.stock else options.config
            print(f"{file}, children={children}, {load.calls} calls a round, {load.rate} a second")
            measured = compare(programs, config, children, load, options.rounds, Path(name))
            print(
                _COLUMNS.format(
                    "server", "CPU µs/call", "min–max", "calls/s", "failed", "retrans", "stall ms", "longest"
                )
            )
            for program in programs:
                if rounds := measured.get(program.name):
                    print(row(f"{program.name} {program.version()}", rounds))
            if len(measured) == 2:
                first, second = measured.values()
                ratio = statistics.median(b.cost / a.cost for a, b in zip(first, second, strict=True))
                print(f"CPU per call, {' : '.join(reversed(measured))} = {ratio:.2f} (median over the rounds)")
            clean &= len(measured) == len(programs)
        for program in programs:
            if options.profile and program.name == "kahea":
                print(profiled(program, config, load, Path(name, "profiled")))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
