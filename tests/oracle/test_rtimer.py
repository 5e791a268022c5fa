"""The module rtimer beside the real Kamailio: which blocks run, in which order, and what they see."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from kahea.testing import ServerUnderTest

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
loadmodule "corex.so"
loadmodule "rtimer.so"
modparam("rtimer", "timer", "name=ta;interval=1;mode=1;")
modparam("rtimer", "exec", "timer=ta;route=FIRST")
modparam("rtimer", "exec", "timer=TA;route=SECOND")
modparam("rtimer", "exec", "timer=ta;route=THIRD")
request_route { sl_send_reply("200", "OK"); }
route[FIRST] { xlog("L_NOTICE", "first $rtimer_worker $rm $avp(x) $var(x)\\n"); $avp(x) = 1; $var(x) = 1; }
route[SECOND] {
    xlog("L_NOTICE", "second $avp(x) $var(x)\\n");
    $avp(x) = 2;
    $var(x) = 2;
    if (is_faked_msg()) xlog("L_NOTICE", "faked\\n");
    exit;
}
route[THIRD] { xlog("L_NOTICE", "third $avp(x) $var(x)\\n"); return(0); }
"""


def test_the_same_blocks_in_the_same_order(tmp_path: Path) -> None:
    """All blocks of a timer run, whatever they return, each without the AVPs of the others."""
    server = RealServer(CONFIGURATION, tmp_path, [f"udp:127.0.0.1:{free_ports(1)[0]}"])
    try:
        server.wait()
        time.sleep(2.5)
    finally:
        log = server.stop()
    expected = [found[1] for line in log.splitlines() if (found := SCRIPT_LINE.match(line)) is not None]
    kahea = ServerUnderTest(CONFIGURATION)

    kahea.advance(2)

    assert len(expected) >= 8
    assert kahea.logged("NOTICE") == expected[: len(kahea.logged("NOTICE"))]
    assert len(kahea.logged("NOTICE")) == 8
    kahea.stop()
