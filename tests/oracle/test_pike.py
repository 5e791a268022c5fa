"""The module pike beside the real Kamailio: the same requests pass and the same are blocked."""

from __future__ import annotations

from pathlib import Path

import pytest
from kahea.testing import ServerUnderTest, request

from tests.oracle.pike_cases import CASES
from tests.oracle.real_server import SCRIPT_LINE, RealServer, free_ports

pytestmark = pytest.mark.oracle

CONFIGURATION = """
debug=2
log_stderror=yes
children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "pike.so"
modparam("pike", "sampling_time_unit", 1000)
modparam("pike", "reqs_density_per_unit", LIMIT)
request_route {
    if ($hdr(X-IP) != $null) {
        pike_check_ip("$hdr(X-IP)");
        xlog("L_NOTICE", "$hdr(X-IP) $rc\\n");
    }
    sl_send_reply("200", "OK");
}
"""


@pytest.mark.parametrize("limit", CASES)
def test_the_same_are_blocked(limit: int, tmp_path: Path) -> None:
    """Each request of each sequence gets the code that it gets on the real server."""
    configuration = CONFIGURATION.replace("LIMIT", str(limit))
    messages = [request(headers={"X-IP": one}) for sequence in CASES[limit].values() for one in sequence]
    server = RealServer(configuration, tmp_path, [f"udp:127.0.0.1:{free_ports(1)[0]}"])
    try:
        server.wait()
        for message in messages:
            server.exchange(message)
    finally:
        log = server.stop()
    expected = [found[1] for line in log.splitlines() if (found := SCRIPT_LINE.match(line)) is not None]
    kahea = ServerUnderTest(configuration)

    for message in messages:
        kahea.receive(message)

    assert len(expected) == len(messages)
    assert kahea.logged("NOTICE") == expected
    kahea.stop()
