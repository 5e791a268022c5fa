"""The module as a whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest

NEEDED = """
loadmodule "tmx"
request_route { t_is_request_route(); }
"""

SCRIPT = """
loadmodule "tm"
loadmodule "tmx"
request_route {
    t_newtran();
    test_log("$T(reply_code) $T_branch_idx");
    t_reply("404", "Not here");
    test_log("$T_reply_code");
}
"""

OPTIONS = """OPTIONS sip:bob@127.0.0.1:6000 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKabc;rport
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 OPTIONS
Content-Length: 0

"""


def test_it_needs_tm(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """Without the module tm the server does not start, and says what to load."""
    with pytest.raises(Exception, match="needs the module tm"):
        kahea_server(NEEDED)


def test_variables_of_a_transaction(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """The reply code is that of the last reply that was sent (observed on 5.6.3)."""
    pytest.importorskip("kahea_tm")
    server = kahea_server(SCRIPT)
    assert server.receive(OPTIONS).statuses == [404]
    assert server.logged("ERROR") == ["0 0", "404"]
