"""The module tcpops beside the real Kamailio: the same clients over TCP, the same log lines."""

from __future__ import annotations

import re
import socket
import struct
import time
from pathlib import Path

import pytest
from kahea.testing import request

from bench.configs import Listen, free_port
from bench.servers import Program, Server, kahea, kamailio

pytestmark = pytest.mark.oracle

SCRIPT_LINE = re.compile(r"NOTICE: (?:\{[^}]*\} )?<script>: (.*)$", re.MULTILINE)

CONFIGURATION = """
debug=2
log_stderror=yes
children=1
tcp_children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "tcpops.so"
modparam("tcpops", "closed_event", MODE)
route[SHOW] { xlog("L_NOTICE", "$rU $rc\\n"); }
request_route {
    if ($rU == "mark") { tcp_enable_closed_event(); route(SHOW); }
    if ($rU == "mark_id") { $var(id) = $conid; tcp_enable_closed_event("$var(id)"); route(SHOW); }
    if ($rU == "lifetime") { tcp_set_connection_lifetime("60"); route(SHOW); }
    if ($rU == "negative") { tcp_set_connection_lifetime("-1"); route(SHOW); }
    if ($rU == "keepalive") {
        tcp_keepalive_enable("60", "5", "5"); route(SHOW);
        tcp_keepalive_disable(); route(SHOW);
        $var(id) = $conid;
        tcp_keepalive_enable("$var(id)", "60", "5", "5"); route(SHOW);
        tcp_keepalive_disable("$var(id)"); route(SHOW);
        tcp_keepalive_disable("99999999"); route(SHOW);
    }
    if ($rU == "state") {
        $var(id) = $conid;
        tcp_conid_state("$var(id)"); route(SHOW);
        tcp_conid_alive("$var(id)"); route(SHOW);
        tcp_conid_state("99999999"); route(SHOW);
        tcp_conid_alive("99999999"); route(SHOW);
        $var(address) = $si + ":" + $sp;
        tcp_get_conid("$var(address)", "$var(found)"); route(SHOW);
        if ($var(found) == $conid) xlog("L_NOTICE", "the same\\n");
        tcp_get_conid("127.0.0.1:9", "$var(found)"); route(SHOW);
        xlog("L_NOTICE", "$var(found)\\n");
    }
    if ($rU == "no_connection") {
        tcp_keepalive_enable("60", "5", "5"); route(SHOW);
        tcp_keepalive_disable(); route(SHOW);
        tcp_set_connection_lifetime("5"); route(SHOW);
        tcp_enable_closed_event(); route(SHOW);
    }
    sl_send_reply("200", "OK");
    if ($rU == "close") { tcp_close_connection(); route(SHOW); }
}
event_route[tcp:closed] { xlog("L_NOTICE", "closed $proto $si $sp $Ri $Rp\\n"); }
event_route[tcp:timeout] { xlog("L_NOTICE", "timeout $proto $si $sp $Ri $Rp\\n"); }
event_route[tcp:reset] { xlog("L_NOTICE", "reset $proto $si $sp $Ri $Rp\\n"); }
"""

OVER_TCP = ("plain", "mark", "mark_id", "lifetime", "negative", "keepalive", "state", "close")


def test_the_same_lines(tmp_path: Path) -> None:
    """What the functions return, and which event route runs for the end of a connection, is the same."""
    real, ours = kamailio(), kahea()
    if real is None:
        pytest.skip("the real Kamailio is not installed")
    assert ours is not None
    for mode in ("0", "1", "2"):
        expected = _lines(real, mode, tmp_path / f"kamailio{mode}")

        assert _lines(ours, mode, tmp_path / f"kahea{mode}") == expected
        assert len(expected) > 20


def _lines(program: Program, mode: str, folder: Path) -> list[str]:
    """Let clients come and go, and return what the server's script logged, without ports."""
    port = free_port(["127.0.0.1"])
    listens = [Listen("udp", "127.0.0.1", port), Listen("tcp", "127.0.0.1", port)]
    with Server(program, CONFIGURATION.replace("MODE", mode), listens, folder) as server:
        time.sleep(0.2)  # the end of the connection that asked whether it is up
        before = len(server.log())
        for user in OVER_TCP:
            with _call(port, user) as client:
                if user == "close":
                    assert client.recv(1) == b""
            time.sleep(0.2)
        with _call(port, "mark") as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.2)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.sendto(request("OPTIONS", "sip:no_connection@127.0.0.1"), ("127.0.0.1", port))
            time.sleep(0.3)
        log = server.log()[before:]
    return [re.sub(r"127\.0\.0\.1 \d+", "127.0.0.1 PORT", line) for line in SCRIPT_LINE.findall(log)]


def _call(port: int, user: str) -> socket.socket:
    """Send a request over a connection of its own, and wait for its answer."""
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    via = ("Via", "SIP/2.0/TCP 127.0.0.1:9;branch=z9hG4bKone;rport")
    client.sendall(request("OPTIONS", f"sip:{user}@127.0.0.1", [via, ("Call-ID", user)]))
    assert client.recv(4096).startswith(b"SIP/2.0 200")
    return client
