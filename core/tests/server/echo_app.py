"""A server for the tests: echoes what it receives. Run as a program with settings as JSON.

Special datagrams: ``die`` ends the worker with status 9, ``hang`` keeps it busy for ever, ``log N`` logs N lines,
``who`` is answered with the pid.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from kahea.logs import Logger
from kahea.modules.rpc import Rpc, RpcError, Scope
from kahea.modules.settings import Settings
from kahea.net.myself import Myself
from kahea.server.application import Facilities, StartError
from kahea.server.logsinks import make_sink
from kahea.server.supervisor import run_server
from kahea.sip.endpoints import Destination, LocalSocket, Source


class Echo:
    """An engine that sends back what it gets."""

    def __init__(self, app: App, index: int) -> None:
        self.app = app
        self.index = index
        self.facilities: Facilities

    def start(self, facilities: Facilities) -> None:
        """Keep the facilities; fail where the test wants it."""
        self.facilities = facilities
        wish = self.app.wishes.get("start", "")
        marker = str(self.app.wishes.get("marker", ""))
        if wish == "fail" and self.index == 1:
            raise StartError("the database is not there")
        if wish == "raise" and self.index == 1:
            raise RuntimeError("broken")
        if wish == "fail-later" and self.index == 1:
            if os.path.exists(marker):
                raise StartError("the database has gone")
            open(marker, "w").close()
        if wish == "background":
            facilities.timers.every(0.01, lambda: self.app.log.info(f"tick of {self.index}"))

    def stop(self) -> None:
        """Say so."""
        self.app.log.info(f"engine {self.index} stopped")
        if self.app.wishes.get("stop") == "hang":
            time.sleep(3600)

    def receive(self, data: bytes, source: Source) -> None:
        """Echo, or do what the datagram says."""
        word = data.split(b" ")[0]
        if word == b"die":
            os._exit(9)
        if word == b"hang":
            while True:
                time.sleep(1)
        if word == b"log":
            for number in range(int(data.split()[1])):
                self.app.log.info(f"{number} {'x' * (5000 if number % 10 == 0 else 200)} end")
        if word == b"who":
            data = b"%d" % os.getpid()
        destination = Destination(source.socket.protocol, source.ip, source.port, source.socket, source.connection)
        self.facilities.transport.send(data, destination)


class App:
    """The application around it."""

    def __init__(self, settings: Settings, sockets: Sequence[LocalSocket], wishes: Mapping[str, Any]) -> None:
        self.settings = settings
        self.sockets = sockets
        self.wishes = wishes
        self.myself = Myself()
        self.sink = make_sink(settings)
        self.log = Logger(self.sink, settings.debug)
        self.tables = None
        self.listeners = None
        self.index = -1
        commands = [
            Rpc("test.worker", lambda: self.index, Scope.EACH),
            Rpc("test.sum", lambda: self.index + 1, Scope.EACH, sum),
            Rpc("test.owner", lambda: self.index, Scope.OWNER),
            Rpc("test.big", lambda size: "x" * size, Scope.EACH),
            Rpc("test.refuse", self.refuse, Scope.EACH),
            Rpc("test.broken", lambda: 1 // 0),
            Rpc("test.bytes", lambda: b"caf\xe9".decode("utf-8", "surrogateescape")),
        ]
        self.rpc = {command.name: command for command in commands}

    def refuse(self) -> None:
        """Refuse in one worker."""
        if self.index == 1:
            raise RpcError(404, "not in this worker")

    def make_worker(self, index: int, is_housekeeper: bool) -> Echo:
        """Return the engine."""
        self.index = index
        assert is_housekeeper is (index == 0)
        return Echo(self, index)


def main() -> int:
    """Run with the settings, sockets and wishes of the command line."""
    settings, sockets, wishes = json.loads(sys.argv[1])
    locals_ = [LocalSocket(proto, ip, port, index=index) for index, (proto, ip, port) in enumerate(sockets)]
    return run_server(App(Settings(**settings), locals_, wishes))


if __name__ == "__main__":
    sys.exit(main())
