"""What is left of a transaction when it is over."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest
from kahea_tm.transaction import Transaction

SCRIPT = """
loadmodule "sl"
loadmodule "tm"
request_route { t_on_failure("F"); t_relay(); }
failure_route[F] { t_reply("480", "Later"); }
"""

REQUEST = """{method} sip:bob@127.0.0.1:6000 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKabc;rport
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 {method}
Content-Length: 0

"""


def _alive() -> int:
    return sum(isinstance(one, Transaction) for one in gc.get_objects())


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS"])
@pytest.mark.parametrize("status", [200, 486])
def test_nothing_waits_for_the_garbage_collector(
    kahea_server: Callable[..., ServerUnderTest], method: str, status: int
) -> None:
    """A transaction whose time is over is freed at once: none of its references goes in a circle."""
    server = kahea_server(SCRIPT)
    gc.collect()
    before = _alive()
    gc.disable()
    try:
        sent = server.receive(REQUEST.format(method=method))
        relayed = next(one.text for one in sent if one.text.startswith(method))
        reply = relayed.replace(f"{method} sip:bob@127.0.0.1:6000 SIP/2.0", f"SIP/2.0 {status} Reason")
        server.receive(reply.replace("bob@example.com>", "bob@example.com>;tag=2"))
        del sent, reply
        assert _alive() == before + 1
        server.advance(200)
        server.receive(REQUEST.format(method="OPTIONS").replace("call-1", "call-2"))  # lets go of what was in work
        assert _alive() == before + 1
    finally:
        gc.enable()
