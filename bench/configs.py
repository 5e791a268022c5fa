"""Copies of a configuration with its listen addresses and single global parameters replaced."""

import random
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.messages import host_port


@dataclass(frozen=True, slots=True)
class Listen:
    """A listen address: transport (``udp`` or ``tcp``), address without brackets, port."""

    transport: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.transport}:{host_port(self.host, self.port)}"


def free_port(hosts: Sequence[str] = ("127.0.0.1",)) -> int:
    """Return a port above 20000 that is free for UDP and TCP on each of *hosts*.

    Raises:
        OSError: none was found.
    """
    # Not a port that the system would give: it may give it to somebody else before the server has it.
    for port in random.sample(range(20001, max(_first_given(), 30001)), 100):
        if all(_is_free(host, port) for host in hosts):
            return port
    raise OSError("found no free port")


def _first_given() -> int:
    """Return the first of the ports that the system gives to who asks for any."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except OSError:
        return 32768


def _is_free(host: str, port: int) -> bool:
    """Whether nobody has bound *port* on *host*, for UDP or TCP."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True


def override(text: str, listens: Sequence[Listen], parameters: Mapping[str, str] | None = None) -> str:
    """Return a copy of a configuration that listens elsewhere.

    Each ``listen=`` line and each line that sets one of *parameters* at the start of a line is taken out; the new
    ones stand after the first line. Both servers are given the same copy.

    Args:
        text: the configuration.
        listens: the addresses to listen on.
        parameters: global parameters and their values as written in the file.
    """
    new = {"listen": [str(listen) for listen in listens]}
    new.update({name: [value] for name, value in (parameters or {}).items()})
    names = "|".join(re.escape(name) for name in new)
    kept = re.sub(rf"(?m)^[ \t]*(?:{names})[ \t]*=.*\n?", "\n", text)
    first, _, rest = kept.partition("\n")
    lines = [f"{name}={value}" for name, values in new.items() for value in values]
    return "\n".join([first, *lines, rest])
