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
            row = {"proto": one.protocol, "address": one.ip, "port": str(one.port)}
            if one.advertised_host or one.advertised_port:
                row["advertise"] = one.sent_by
            if one.name:
                row["name"] = one.name
            rows.append({"socket": row})
        return rows

    def aliases_list() -> dict[str, Any]:
        """Return the hosts that are the server's own, listen addresses included."""
        return {
            "aliases": [
                {"alias": {"proto": one.protocol or "*", "address": one.host, "port": port}}
                for one in app.myself.own
                for port in (*sorted(one.ports), *(() if one.ports else ("*",)))
            ]
        }

    commands = (version, uptime, ps, psx, psa, echo, pwd, arg, kill, sockets_list, aliases_list)
    supervisor = {uptime, ps, psx, psa}
    return [
        Rpc(
            f"core.{command.__name__}",
            command,
            Scope.SUPERVISOR if command in supervisor else Scope.ONE,
            doc=command.__doc__ or "",
        )
        for command in commands
    ]


def stream_commands(streams: Connections | None) -> list[Rpc]:
    """Return the commands about a worker's connections."""

    def tcp_list() -> list[dict[str, int | str]]:
        """Return the open connections."""
        if streams is None:
            return []
        return [
            {
                "id": one.number,
                "type": one.local.protocol,
                "src_ip": one.peer[0],
                "src_port": one.peer[1],
                "dst_ip": one.local.ip,
                "dst_port": one.local.port,
            }
            for one in streams
        ]

    def merged(answers: list[list[Any]]) -> list[Any]:
        return [row for answer in answers for row in answer]

    return [Rpc("core.tcp_list", tcp_list, Scope.EACH, merged, tcp_list.__doc__ or "")]
