"""The RPC commands of the server itself, with the names and answers of Kamailio's ``core.*``."""

from __future__ import annotations

import asyncio
import os
import platform
import signal
import sys
import time
from typing import Any, Final

import kahea
from kahea.modules.rpc import Rpc, RpcError, Scope
from kahea.modules.settings import Settings
from kahea.net.tcp import Connections
from kahea.server.application import Application
from kahea.server.processes import ProcessTable

KILL_SIGNALS: Final = frozenset((signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2))
"""Signals that ``core.kill`` sends: those that the supervisor deals with."""

KILL_DELAY: Final = 0.1
"""Seconds between the answer of ``core.kill`` and the signal, so that the answer leaves."""


def core_commands(app: Application, table: ProcessTable) -> list[Rpc]:
    """Return the commands about processes and sockets."""

    def version() -> str:
        """Return name, version and platform of the server."""
        return f"kahea {kahea.__version__} ({platform.machine()}/{sys.platform})"

    def uptime() -> dict[str, str | int]:
        """Return how long the server runs."""
        now, since = int(time.time()), int(table.entries()[0].started)
        return {"now": time.ctime(now), "up_since": time.ctime(since), "uptime": now - since}

    def ps() -> list[int | str]:
        """Return pid and description of each process, one after the other."""
        return [value for entry in table.entries() for value in (entry.pid, entry.description)]

    def psx() -> list[dict[str, int | str]]:
        """Return number, pid and description of each process."""
        return [{"IDX": one.number, "PID": one.pid, "DSC": one.description} for one in table.entries()]

    def psa() -> list[dict[str, int | str]]:
        """Return all that is known of each process; status is 0 while it is dead."""
        return [
            {
                "index": one.number,
                "pid": one.pid,
                "status": int(one.pid != 0),
                "rank": one.number,
                "description": one.description,
                "started": int(one.started),
                "restarts": one.restarts,
                "connections": one.connections,
            }
            for one in table.entries()
        ]

    def info() -> dict[str, str]:
        """Return the version and what the server is built with; there is no compiler, so Python stands for it."""
        return {
            "version": f"kahea {kahea.__version__}",
            "id": "none",
            "compiler": f"{platform.python_implementation()} {platform.python_version()}",
            "compiled": "",
            "flags": flags(),
        }

    def runinfo() -> dict[str, str | int]:
        """Return version and running time."""
        now, since = int(time.time()), int(table.entries()[0].started)
        minutes, seconds = divmod(now - since, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        return {
            "name": "kahea",
            "version": kahea.__version__,
            "sourceid": "none",
            "compiler": f"{platform.python_implementation()} {platform.python_version()}",
            "compiled": "",
            "time_now": time.ctime(now),
            "time_started": time.ctime(since),
            "uptime_secs": now - since,
            "utime_days": f"{days}d {hours}h {minutes}m {seconds}s",
        }

    def flags() -> str:
        """Return what the server can do, in Kamailio's words."""
        return "USE_TCP" if not app.settings.disable_tcp else ""

    def prints(*params: str) -> list[str]:
        """Return the parameters as text."""
        return [str(one) for one in params]

    def printi(*params: int) -> list[int]:
        """Return the parameters, which are numbers."""
        try:
            return [int(one) for one in params]
        except ValueError:
            raise RpcError(400, "Invalid Parameters: numbers are expected") from None

    def shmmem(*_unit: str) -> None:
        """Say why there is nothing to tell: Kamailio shows how full its shared memory is."""
        raise RpcError(501, "Not Implemented: memory is managed by Python; see core.psa, or the process's RSS")

    def echo(*params: Any) -> list[Any]:
        """Return the parameters."""
        return list(params)

    def pwd() -> list[str]:
        """Return the working directory."""
        return [os.getcwd()]

    def arg() -> list[str]:
        """Return the command line."""
        return list(sys.argv)

    def kill(number: int = signal.SIGTERM) -> None:
        """Send a signal to the server, SIGTERM unless another one is named."""
        if number not in KILL_SIGNALS:
            names = ", ".join(f"{int(one)} ({signal.Signals(one).name})" for one in sorted(KILL_SIGNALS))
            raise RpcError(400, f"Invalid Parameters: use one of {names}")
        asyncio.get_running_loop().call_later(KILL_DELAY, os.kill, table.pid(0), number)

    def sockets_list() -> list[dict[str, dict[str, str]]]:
        """Return what the server listens on."""
        rows = []
        for one in app.sockets:
            row = {
                "af": "IPv6" if one.ipv6 else "IPv4",
                "proto": one.protocol,
                "address": one.ip,
                "port": str(one.port),
                "agname": "none",
                "mcast": "no",
                "mhomed": "no",
                "virtual": "no",
            }
            if one.advertised_host or one.advertised_port:
                row["advertise"] = one.sent_by
            if one.name:
                row["name"] = one.name
            rows.append({"socket": row})
        return rows

    def aliases_list() -> dict[str, Any]:
        """Return the hosts that are the server's own, listen addresses included."""
        return {
            "myself_callbacks": "no",
            "aliases": [
                {"alias": {"proto": one.protocol or "*", "address": one.host, "port": port}}
                for one in app.myself.own
                for port in (*sorted(one.ports), *(() if one.ports else ("*",)))
            ],
        }

    commands = (
        *(version, info, runinfo, flags, uptime, ps, psx, psa, echo, prints, printi, pwd, arg, kill, shmmem),
        *(sockets_list, aliases_list),
    )
    supervisor = {uptime, runinfo, ps, psx, psa}
    return [
        Rpc(
            f"core.{command.__name__}",
            command,
            Scope.SUPERVISOR if command in supervisor else Scope.ONE,
            doc=command.__doc__ or "",
        )
        for command in commands
    ]


def stream_commands(streams: Connections | None, settings: Settings) -> list[Rpc]:
    """Return the commands about a worker's connections.

    Args:
        streams: the worker's; ``None`` where the server listens on no stream.
        settings: the global parameters.
    """

    def tcp_list() -> list[dict[str, int | str]]:
        """Return the open connections."""
        if streams is None:
            return []
        return [
            {
                "id": one.number,
                "type": one.local.protocol.upper(),
                "state": "CONN_OK" if one.connected else "CONN_CONNECT",
                "timeout": one.seconds_left,
                "lifetime": one.lifetime,
                "ref_count": 1,
                "src_ip": one.peer[0],
                "src_port": one.peer[1],
                "dst_ip": one.local.ip,
                "dst_port": one.local.port,
            }
            for one in streams
        ]

    def merged(answers: list[list[Any]]) -> list[Any]:
        return [row for answer in answers for row in answer]

    def tcp_info() -> dict[str, int]:
        """Return how many connections there are, and how much waits to be written."""
        return {
            "readers": 1,
            "max_connections": settings.tcp_max_connections,
            "max_tls_connections": settings.tcp_max_connections,
            "opened_connections": 0 if streams is None else len(streams),
            "opened_tls_connections": 0 if streams is None else sum(one.local.protocol == "tls" for one in streams),
            "write_queued_bytes": 0 if streams is None else sum(one.unwritten for one in streams),
        }

    def summed(answers: list[dict[str, int]]) -> dict[str, int]:
        limits = ("max_connections", "max_tls_connections")
        return {key: answers[0][key] if key in limits else sum(answer[key] for answer in answers) for key in answers[0]}

    return [
        Rpc("core.tcp_list", tcp_list, Scope.EACH, merged, tcp_list.__doc__ or ""),
        Rpc("core.tcp_info", tcp_info, Scope.EACH, summed, tcp_info.__doc__ or ""),
    ]
