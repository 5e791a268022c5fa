"""The module tcpops in a server. Real connections are in core/tests/net and tests/oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from kahea.api import (
    ClosedConnection,
    CloseReason,
    ConnectionState,
    KeepAliveTimes,
    LocalSocket,
    Source,
)
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_tcpops import Tcpops

KaheaServer = Callable[..., ServerUnderTest]

TCP = LocalSocket("tcp", "127.0.0.1", 5060)
OPEN = 9


class TestContract(ModuleContract):
    """What every module promises."""

    module = Tcpops


class OneConnection:
    """The connections of a worker that has the connection ``OPEN``, and notes what it is asked for."""

    def __init__(self, worker: int = 0) -> None:
        self.worker = worker
        self.asked: list[object] = []

    def worker_of(self, number: int) -> int:
        """Return the one worker."""
        return self.worker

    def find_peer(self, protocol: str, ip: str, port: int) -> int:
        """Know one peer."""
        return OPEN if (protocol, ip, port) == ("tcp", "127.0.0.1", 5999) else 0

    def state_of(self, number: int) -> ConnectionState:
        """Know one connection."""
        return ConnectionState.OPEN if number == OPEN else ConnectionState.NONE

    def set_lifetime(self, number: int, seconds: int) -> bool:
        """Note it."""
        return self._note(number, seconds)

    def set_keepalive(self, number: int, times: KeepAliveTimes | None) -> bool:
        """Note it."""
        return self._note(number, times)

    def mark(self, number: int) -> bool:
        """Note it."""
        return self._note(number, "mark")

    def close_connection(self, number: int) -> bool:
        """Note it."""
        return self._note(number, "close")

    def _note(self, number: int, what: object) -> bool:
        if number == OPEN:
            self.asked.append(what)
        return number == OPEN


def codes(server: ServerUnderTest, connection: int = OPEN) -> Sequence[str]:
    """Return what the script logs for a request over a connection."""
    before = len(server.log)
    server.receive(request("OPTIONS"), socket=TCP, connection=connection)
    return [line.rpartition(": ")[2] for line in server.log[before:] if line.startswith("ERROR: <script>")]


def started(kahea_server: KaheaServer, calls: Sequence[str], params: str = "") -> tuple[ServerUnderTest, OneConnection]:
    """Return a server whose script logs the code of each call, and its connections."""
    script = " ".join(f'{call}; test_log("$rc");' for call in calls)
    server = kahea_server(f'loadmodule "tcpops.so"\n{params}\nrequest_route {{ {script} }}', sockets=[TCP])
    connections = OneConnection()
    server.engine.connections = connections
    return server, connections


CHANGES = [
    ("tcp_keepalive_enable", '"60", "5", "2"', KeepAliveTimes(60, 5, 2)),
    ("tcp_keepalive_disable", "", None),
    ("tcp_set_connection_lifetime", '"0"', 0),
    ("tcp_enable_closed_event", "", "mark"),
    ("tcp_close_connection", "", "close"),
]


@pytest.mark.parametrize(("function", "arguments", "asked"), CHANGES, ids=[function for function, _, _ in CHANGES])
def test_a_connection_is_changed(kahea_server: KaheaServer, function: str, arguments: str, asked: object) -> None:
    """A function changes the message's connection, or the one with an id; without one it fails."""
    comma = ", " if arguments else ""
    calls = [
        f"{function}({arguments})",
        f'{function}("{OPEN}"{comma}{arguments})',
        f'{function}("7"{comma}{arguments})',
    ]
    server, connections = started(kahea_server, calls, 'modparam("tcpops", "closed_event", 2)')

    assert codes(server) == ["1", "1", "-1"]
    assert connections.asked == [asked, asked]
    assert codes(server, connection=0) == ["-1", "1", "-1"]


def test_a_change_goes_to_the_worker_that_has_the_connection(kahea_server: KaheaServer) -> None:
    """Of a connection of a worker that is gone, a function fails, and so does the question for its state."""
    server, connections = started(kahea_server, ["tcp_close_connection()", f'tcp_conid_state("{OPEN}")'])
    connections.worker = 5

    assert codes(server) == ["-1", "-1"]
    assert connections.asked == []


def test_refused_values(kahea_server: KaheaServer) -> None:
    """A negative lifetime fails; so does tcp_enable_closed_event() where no connection has to be chosen."""
    server, connections = started(kahea_server, ['tcp_set_connection_lifetime("-1")', "tcp_enable_closed_event()"])

    assert codes(server) == ["-1", "-1"]
    assert connections.asked == []


def test_the_state_of_a_connection(kahea_server: KaheaServer) -> None:
    """State and liveliness of a connection are told by its id, the id by the peer's address."""
    calls = [
        f'tcp_conid_state("{OPEN}")',
        f'tcp_conid_alive("{OPEN}")',
        'tcp_conid_state("7")',
        'tcp_conid_alive("7")',
        'tcp_con_alive("$tcp(c_si):$tcp(c_sp)")',
        'tcp_con_alive("sip:127.0.0.1:5999")',
        'tcp_con_alive("127.0.0.1")',
        'tcp_con_alive("[::1]:5999")',
        'tcp_con_alive("a:b:c")',
    ]
    server, _ = started(kahea_server, calls)

    assert codes(server) == ["1", "1", "-1", "-1", "1", "1", "-1", "-1", "-1"]


def test_the_id_of_a_connection(kahea_server: KaheaServer) -> None:
    """tcp_get_conid() gives the id of the connection to a host, which may be a name, and 0 where there is none."""
    pytest.importorskip("kahea_pv")
    server = kahea_server(
        'loadmodule "pv.so"\nloadmodule "tcpops.so"\nrequest_route {\n'
        'tcp_get_conid("host.example:5999", "$var(id)"); test_log("$rc $var(id)");\n'
        'tcp_get_conid("127.0.0.1", "$var(id)"); test_log("$rc $var(id)");\n}',
        sockets=[TCP],
        dns="host.example IN A 127.0.0.1",
    )
    server.engine.connections = OneConnection()

    assert codes(server) == ["1 9", "-1 0"]


def test_the_pseudo_variable(kahea_server: KaheaServer) -> None:
    """$tcp shows the message's connection; what begins with `a` only while it is open."""
    server = kahea_server(
        'loadmodule "tcpops.so"\nrequest_route {\ntest_log("$tcp(conid) $tcp(c_si) $tcp(c_sp)");\n'
        'test_log("$tcp(aconid) $tcp(ac_si) $tcp(ac_sp)");\n}',
        sockets=[TCP],
    )
    server.engine.connections = OneConnection()

    assert codes(server) == ["9 127.0.0.1 5999", "9 127.0.0.1 5999"]
    assert codes(server, connection=8) == ["8 127.0.0.1 5999", "<null> <null> <null>"]
    with pytest.raises(ConfigError, match="conid, c_si"):
        kahea_server('loadmodule "tcpops.so"\nrequest_route { test_log("$tcp(id)"); }')


def test_the_connection_to_send_over(kahea_server: KaheaServer) -> None:
    """A request is forwarded over the connection that was named, once the flag is set."""
    script = 'tcp_set_otcpid("77"); tcp_set_otcpid_flag("FLAG"); forward("127.0.0.9");'
    for flag, expected in (("0", 0), ("1", 77)):
        server = kahea_server(
            f'loadmodule "tcpops.so"\nrequest_route {{ {script.replace("FLAG", flag)} }}', sockets=[TCP]
        )
        sent = server.receive(request("OPTIONS"), socket=TCP)
        assert [one.destination.connection for one in sent] == [expected]


@pytest.mark.parametrize(("mode", "told"), [(0, []), (1, ["1", "2"]), (2, ["2"])])
def test_whose_end_is_told(kahea_server: KaheaServer, mode: int, told: list[str]) -> None:
    """closed_event chooses the connections whose end runs an event route: none, all, those that were chosen."""
    server = kahea_server(
        f'loadmodule "tcpops.so"\nmodparam("tcpops", "closed_event", {mode})\n'
        'event_route[tcp:reset] { test_log("$tcp(conid)"); }\nrequest_route { exit; }',
        sockets=[TCP],
    )

    for number, marked in ((1, False), (2, True)):
        server.end_connection(ClosedConnection(Source(TCP, "192.0.2.7", 7, number), CloseReason.RESET, marked))
    assert server.logged("ERROR") == told
