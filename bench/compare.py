"""Compare the CPU time per message of Kamailio and Kahea on the same configuration and the same load.

Run it as ``python bench/compare.py``; bench/README.md says how to read what it prints.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # run as a script: make the package `bench` importable
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load
from bench.configs import Listen, free_port
from bench.load import LoadResult
from bench.processes import ProcessChangedError, cpu_between
from bench.profiling import profile
from bench.servers import MINIMAL, Program, Server, ServerError, kahea, kamailio

HOST = "127.0.0.1"
_COLUMNS = "{:<20} {:>12} {:>15} {:>11} {:>9} {:>9} {:>7} {:>9}"


@dataclass(frozen=True, slots=True)
class Workload:
    """What each server is given."""

    config: str
    messages: int
    warm_up: int
    window: int
    rate: float | None
    children: int

    def parameters(self) -> dict[str, str]:
        """The global parameters that replace those of the configuration."""
        return {"children": str(self.children)}

    def run(self, port: int, messages: int) -> LoadResult:
        """Send *messages* requests in the workload's manner."""
        if self.rate is None:
            return load.closed_loop(HOST, port, messages, self.window)
        return load.open_loop(HOST, port, messages, self.rate)


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement of one server."""

    result: LoadResult
    cpu: float  # seconds, all processes of the server

    @property
    def cost(self) -> float:
        """CPU microseconds of the server per answered message."""
        return self.cpu / self.result.answered * 1e6 if self.result.answered else float("inf")


def measure(program: Program, workload: Workload, folder: Path) -> Round:
    """Start *program*, warm it up, load it once and stop it.

    Raises:
        ServerError: it does not start, or does not end when told to.
        ProcessChangedError: one of its processes ended under load.
    """
    port = free_port()
    listen = Listen("udp", HOST, port)
    with Server(program, workload.config, [listen], folder, parameters=workload.parameters()) as server:
        workload.run(port, workload.warm_up)
        before = server.cpu()
        result = workload.run(port, workload.messages)
        return Round(result, cpu_between(before, server.cpu()))


def compare(programs: Sequence[Program], workload: Workload, rounds: int, folder: Path) -> dict[str, list[Round]]:
    """Measure the programs in turn, *rounds* times; a program whose start or run fails is reported and left out."""
    done: dict[str, list[Round]] = {program.name: [] for program in programs}
    failed: set[str] = set()
    for number in range(rounds):
        # The order alternates, so that a drift of the machine's speed does not favour one of them.
        for program in programs if number % 2 == 0 else programs[::-1]:
            if program.name in failed:
                continue
            try:
                done[program.name].append(measure(program, workload, folder / f"{program.name}-{number}"))
            except (ServerError, ProcessChangedError, subprocess.SubprocessError) as error:
                failed.add(program.name)
                del done[program.name]
                print(f"{program.name}: {error}", file=sys.stderr)
    return done


def row(name: str, rounds: Sequence[Round]) -> str:
    """Return the line of the table for one server: medians over its rounds, sums of what went wrong."""
    costs = [one.cost for one in rounds]
    results = [one.result for one in rounds]
    return _COLUMNS.format(
        name,
        f"{statistics.median(costs):.2f}",
        f"{min(costs):.2f}–{max(costs):.2f}",
        f"{statistics.median(r.throughput for r in results):.0f}",
        f"{statistics.median(r.latency(50) for r in results) * 1e3:.2f}",
        f"{statistics.median(r.latency(99) for r in results) * 1e3:.2f}",
        sum(r.lost for r in results),
        sum(r.unexpected for r in results),
    )


def report(measured: dict[str, list[Round]], versions: dict[str, str]) -> None:
    """Print the table, the statuses of the replies, and the ratio if both servers were measured."""
    print(_COLUMNS.format("server", "CPU µs/msg", "min–max", "replies/s", "p50 ms", "p99 ms", "lost", "unmatched"))
    for name, rounds in measured.items():
        print(row(f"{name} {versions[name]}", rounds))
    for name, rounds in measured.items():
        statuses = sorted({status for one in rounds for status in one.result.statuses})
        print(f"{name} answered with: {', '.join(map(str, statuses)) or 'nothing'}")
    every = [one.result for rounds in measured.values() for one in rounds]
    if every:
        generator = statistics.median(r.generator_cpu / r.seconds if r.seconds else 0.0 for r in every)
        print(f"load generator: {generator:.0%} of one CPU")
    if len(measured) == 2:
        first, second = measured
        ratio = statistics.median(
            b.cost / a.cost for a, b in zip(measured[first], measured[second], strict=True) if a.cost
        )
        print(f"CPU per message, {second} : {first} = {ratio:.2f} (median over the rounds)")


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench/compare.py", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--config", type=Path, default=MINIMAL, metavar="FILE", help="default: examples/minimal.cfg")
    parser.add_argument("--messages", type=int, default=20_000, metavar="N", help="a round; default %(default)s")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--window", type=int, default=16, metavar="W", help="outstanding requests; default %(default)s")
    how.add_argument("--rate", type=float, metavar="R", help="requests per second, sent whatever comes back")
    parser.add_argument("--children", type=int, default=2, metavar="N", help="worker processes; default %(default)s")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of each server; default %(default)s")
    parser.add_argument("--only", choices=("kamailio", "kahea"), help="measure one server")
    parser.add_argument("--profile", action="store_true", help="show where Kahea spends its time (one more run)")
    return parser.parse_args(argv)


def installed(only: str | None) -> list[Program]:
    """Return the servers to measure, and say which one is missing."""
    found = []
    for name, program in (("kamailio", kamailio()), ("kahea", kahea())):
        if only not in (None, name):
            continue
        if program is None:
            print(f"{name} is not installed: skipped", file=sys.stderr)
        else:
            found.append(program)
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 if every server was measured and answered every request, else 1."""
    options = arguments(argv)
    programs = installed(options.only)
    workload = Workload(
        config=options.config.read_text(encoding="utf-8", errors="surrogateescape"),
        messages=options.messages,
        warm_up=min(options.messages, 2_000),
        window=options.window,
        rate=options.rate,
        children=options.children,
    )
    manner = f"window {workload.window}" if workload.rate is None else f"{workload.rate:g} a second"
    print(
        f"{options.config}, children={workload.children}, {workload.messages} OPTIONS a round, {manner}, "
        f"{options.rounds} rounds"
    )
    with tempfile.TemporaryDirectory(prefix="kahea-bench-") as folder:
        measured = compare(programs, workload, options.rounds, Path(folder))
        report(measured, {program.name: program.version() for program in programs})
        for program in programs:
            if options.profile and program.name == "kahea":
                print(profile(program, workload.config, workload.run, workload.messages, Path(folder)))
    clean = all(not one.result.lost and not one.result.unexpected for rounds in measured.values() for one in rounds)
    return 0 if programs and clean and len(measured) == len(programs) else 1


if __name__ == "__main__":
    sys.exit(main())
