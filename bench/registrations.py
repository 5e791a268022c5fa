"""Many registered users: memory of a contact, CPU time of REGISTER and of a lookup, restart and kill.

Run it as ``python -m bench.registrations``; bench/README.md says how to read what it prints. The configuration is run
as it is; it must save contacts of REGISTER and relay OPTIONS to a user, as the one of Kamailio's package does.
"""

import argparse
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.calls import EXPIRED
from bench.compare import installed
from bench.configs import Listen, free_port
from bench.load import USER, Generator, LoadResult
from bench.messages import CRLF
from bench.processes import cpu_between, memory
from bench.profiling import profile
from bench.servers import STOCK, Program, Server

HOST = "127.0.0.1"
FEW = 2_000
"""The number of users that the figures for many are held against."""


def request_of(method: str, server: str, contact: str) -> Callable[[tuple[str, int], str], bytes]:
    """Return what builds requests of a user to the registrar, or to a user.

    Args:
        method: ``REGISTER``; or ``OPTIONS``, which asks the user himself.
        server: address and port of the server, the domain of its users.
        contact: address and port where all users can be reached.
    """
    user = f"user{USER}"
    target = f"sip:{server}" if method == "REGISTER" else f"sip:{user}@{server}"
    own = f"Contact: <sip:{user}@{contact}>;expires=3600{CRLF}" if method == "REGISTER" else ""

    def build(local: tuple[str, int], token: str) -> bytes:
        return (
            f"{method} {target} SIP/2.0{CRLF}"
            f"Via: SIP/2.0/UDP {local[0]}:{local[1]};branch=z9hG4bK{token};rport{CRLF}"
            f"Max-Forwards: 70{CRLF}"
            f"From: <sip:{user}@{server}>;tag={token}{CRLF}"
            f"To: <sip:{user}@{server}>{CRLF}"
            f"Call-ID: {token}@{local[0]}{CRLF}"
            f"CSeq: 1 {method}{CRLF}"
            f"{own}"
            f"User-Agent: kahea-bench{CRLF}"
            f"Content-Length: 0{CRLF}{CRLF}"
        ).encode()

    return build


@contextmanager
def everybody() -> Iterator[str]:
    """Answer 200 to every request at one address, where all users are; its name and port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((HOST, 0))
        phone.settimeout(0.2)
        over = threading.Event()

        def answer() -> None:
            while not over.is_set():
                try:
                    data, sender = phone.recvfrom(65536)
                except TimeoutError:
                    continue
                _, _, rest = data.partition(b"\r\n")
                phone.sendto(b"SIP/2.0 200 OK\r\n" + rest, sender)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"{HOST}:{phone.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


@dataclass(frozen=True, slots=True)
class Bench:
    """A server and the users' address, while it runs."""

    server: Server
    contact: str

    def load(
        self, method: str, messages: int, user: Callable[[int], int], on_reply: Callable[[int, int], bool] | None = None
    ) -> LoadResult:
        """Send requests, 16 of them outstanding."""
        port = self.server.listens[0].port
        build = request_of(method, f"{HOST}:{port}", self.contact)
        with Generator(HOST, port, build=build, user=user, on_reply=on_reply) as generator:
            return generator.closed_loop(messages, 16)

    def cost(self, method: str, messages: int, user: Callable[[int], int]) -> float:
        """Return the CPU microseconds of the server per request, and complain of what was not answered with 200."""
        before = self.server.cpu()
        result = self.load(method, messages, user)
        cpu = cpu_between(before, self.server.cpu())
        if set(result.statuses) != {200} or result.lost:
            print(f"  {method}: {dict(result.statuses)}, {result.lost} lost", file=sys.stderr)
        return cpu / max(1, result.answered) * 1e6

    def resident(self) -> int:
        """Return the private memory of all processes in bytes."""
        return sum(memory(pid).anonymous for pid in self.server.pids())

    def stored(self) -> int:
        """Return the blocks on disk, in bytes, of the tables."""
        files = [file for file in self.server.runtime_folder.rglob("*") if file.is_file()]
        return sum(file.stat().st_blocks * 512 for file in files)


def among(users: int) -> Callable[[int], int]:
    """Return an order in which requests go to *users*, without a pattern."""
    return lambda number: (number * 2654435761 & 0xFFFFFFFF) % users


def costs(bench: Bench, users: int, messages: int) -> None:
    """Print what requests cost while so many users are registered."""
    refresh = bench.cost("REGISTER", messages, among(users))
    relayed = bench.cost("OPTIONS", messages, among(users))
    print(f"  {users} users: {refresh:.0f} µs a refreshing REGISTER, {relayed:.0f} µs an OPTIONS relayed to a user")


def measure(program: Program, config: Path, users: int, messages: int, children: int, folder: Path) -> bool:
    """Register users, print figures, restart the server; whether all users were there again.

    Raises:
        ServerError: it does not start, or does not end when told to.
        ProcessChangedError: one of its processes ended under load.
    """
    listens = [Listen("udp", HOST, free_port())]
    server = Server(program, config, listens, folder, parameters={"children": str(children)})
    if program.name == "kamailio":
        server.command += ("-m", "1024")
    server.start()
    print(f"{program.name} {program.version()}, {config}, children={children}")
    try:
        with everybody() as contact:
            bench = Bench(server, contact)
            bench.load("REGISTER", FEW, int)
            costs(bench, FEW, messages)
            time.sleep(EXPIRED)
            resident, stored = bench.resident(), bench.stored()
            new = bench.cost("REGISTER", users - FEW, lambda number: number + FEW)
            added = users - FEW
            print(
                f"  {added} new users: {new:.0f} µs a REGISTER, {(bench.stored() - stored) / added:.0f} bytes on disk "
                f"and {(bench.resident() - resident) / added:.0f} bytes of private memory a contact"
            )
            costs(bench, users, messages)
            if program.name == "kamailio":
                return True
            return restarted(bench, users)
    finally:
        server.stop()


def restarted(bench: Bench, users: int) -> bool:
    """Stop and start the server, and ask every user for an answer; whether all gave one."""
    bench.server.stop()
    begun = time.perf_counter()
    bench.server.start()
    first = time.perf_counter() - begun
    result = bench.load("OPTIONS", users, int)
    print(
        f"  restart: first answer after {first:.2f} s; of all users asked then: {dict(result.statuses)}, {result.lost} "
        f"without an answer within a second, the longest time {result.latency(100) * 1e3:.0f} ms"
    )
    return result.statuses[200] == users


def register_all(port: int, users: int) -> None:
    """Register users with the server on *port*, 16 REGISTER requests outstanding."""
    build = request_of("REGISTER", f"{HOST}:{port}", f"{HOST}:9")
    with Generator(HOST, port, build=build) as generator:
        generator.closed_loop(users, 16)


def killed(program: Program, config: Path, users: int, children: int, folder: Path) -> bool:
    """Kill the server in the middle of registrations; whether all whose REGISTER was answered are there afterwards.

    Raises:
        ServerError: it does not start, or does not end when told to.
    """
    listens = [Listen("udp", HOST, free_port())]
    with everybody() as contact, Server(program, config, listens, folder, parameters={"children": str(children)}) as it:
        bench = Bench(it, contact)
        answered: list[int] = []

        def note(number: int, status: int) -> bool:
            if status == 200:
                answered.append(number)
            if len(answered) == users // 2:
                for pid in it.pids():
                    os.kill(pid, signal.SIGKILL)
            return len(answered) < users // 2

        bench.load("REGISTER", users, int, note)
        it.process.wait(10)
        it.start()
        result = bench.load("OPTIONS", len(answered), answered.__getitem__)
        print(f"{program.name}: kill -9 after {users // 2} replies: {len(answered)} answered, then {result.statuses}")
        return result.statuses[200] == len(answered) > 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 if no user was lost, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.registrations", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--config", type=Path, default=STOCK, metavar="FILE", help="default: %(default)s")
    parser.add_argument("--users", type=int, default=100_000, metavar="N", help="default %(default)s")
    parser.add_argument("--messages", type=int, default=10_000, metavar="N", help="a measurement; default %(default)s")
    parser.add_argument("--children", type=int, default=1, metavar="N", help="worker processes; default %(default)s")
    parser.add_argument("--only", choices=("kamailio", "kahea"), help="measure one server")
    parser.add_argument("--profile", action="store_true", help="instead: where Kahea spends the time of a REGISTER")
    parser.add_argument("--kill", type=int, metavar="N", help="instead: kill Kahea in the middle of N registrations")
    options = parser.parse_args(argv)
    good = True
    with tempfile.TemporaryDirectory(prefix="kahea-bench-") as name:
        for program in installed(options.only):
            folder = Path(name, program.name)
            if options.profile:
                if program.name == "kahea":
                    print(profile(program, options.config, register_all, options.messages, folder))
            elif options.kill is None:
                good &= measure(program, options.config, options.users, options.messages, options.children, folder)
            elif program.name == "kahea":
                good &= killed(program, options.config, options.kill, options.children, folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
