"""Which replies reply_route lets pass, beside the real Kamailio: its code decides, as `drop` does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import cache

import pytest
from kahea.sip.endpoints import LocalSocket
from kahea.testing import ServerUnderTest, reply

from tests.oracle.real_server import RealServer, free_ports

pytestmark = pytest.mark.oracle

CASES = {
    "nothing": "setflag(1);",
    "return_0": "return 0;",
    "return_minus_1": "return -1;",
    "return_1": "return 1;",
    "return": "return;",
    "return_of_a_variable": "$var(x) = 0; return $var(x);",
    "exit": "exit;",
    "exit_0": "exit(0);",
    "exit_minus_1": "exit(-1);",
    "drop": "drop;",
    "drop_0": "drop(0);",
    "drop_1": "drop(1);",
    "a_function_that_is_false_at_the_end": 'is_method("BYE");',
    "a_route_that_returns_0": "route(ZERO); setflag(1);",
    "a_route_that_is_false_at_the_end": "route(FALSE);",
    "a_route_that_is_false_before_the_end": "route(FALSE); setflag(1);",
    "a_route_that_exits": "route(EXIT);",
    "a_route_that_returns_0_in_a_condition": "if (route(ZERO)) { setflag(1); }",
}


@cache
def ports() -> list[int]:
    """Return the ports of the server and of the client that replies go to."""
    return free_ports(2)


def configuration() -> str:
    """Return one configuration with all cases."""
    chain = "\n else ".join(f'if ($hdr(X-Case) == "{name}") {{ {body} }}' for name, body in CASES.items())
    return f"""
debug=1
log_stderror=yes
children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
request_route {{ sl_send_reply("200", "OK"); }}
reply_route {{ {chain} }}
route[ZERO] {{ return 0; }}
route[FALSE] {{ return -1; }}
route[EXIT] {{ exit; }}
"""


def message(name: str) -> bytes:
    """Return the reply of a case."""
    server, client = ports()
    vias = [("Via", f"SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{port}") for port in (server, client)]
    return reply(headers=[*vias, ("X-Case", name)])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Which replies the real server forwards."""
    server_port, client_port = ports()
    forwarded = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("127.0.0.1", client_port))
        client.settimeout(0.3)
        server = RealServer(configuration(), tmp_path_factory.mktemp("kamailio"), [f"udp:127.0.0.1:{server_port}"])
        try:
            server.wait()
            for name in CASES:
                server.send(message(name))
                try:
                    forwarded[name] = bool(client.recv(65535))
                except TimeoutError:
                    forwarded[name] = False
        finally:
            server.stop()
    return forwarded


@pytest.fixture(scope="module")
def kahea() -> Iterator[ServerUnderTest]:
    """Kahea on the same configuration."""
    server = ServerUnderTest(configuration(), sockets=[LocalSocket("udp", "127.0.0.1", ports()[0])])
    yield server
    server.stop()


@pytest.mark.parametrize("name", CASES)
def test_the_same_replies_pass(name: str, real: dict[str, bool], kahea: ServerUnderTest) -> None:
    """A reply is forwarded where the real server forwards it."""
    assert bool(kahea.receive(message(name))) is real[name]
