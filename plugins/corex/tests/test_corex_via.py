"""What our Via says, as Kamailio 5.6.3 was seen to write it; `via_use_xavp_fields` as 6.x has it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, request

KaheaServer = Callable[..., ServerUnderTest]

HEAD = 'server_id=42\nxavp_via_params="p"\nxavp_via_fields="f"\nloadmodule "pv.so"\nloadmodule "corex.so"\n'


def via(kahea_server: KaheaServer, script: str) -> str:
    """Return our Via in what a script forwards, without its branch."""
    pytest.importorskip("kahea_pv")
    server = kahea_server(f'{HEAD}request_route {{ {script} forward("192.0.2.7"); }}')
    line = server.receive(request("OPTIONS")).messages[0].header_values("Via")[0]
    return re.sub(";branch=[^;]*", "", line)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('via_add_srvid("1");', ";srvid=42"),
        ('via_add_srvid("1"); via_add_srvid("0");', ""),
        (
            '$xavp(p=>a) = "1"; $xavp(p[0]=>b) = ""; via_add_xavp_params("1"); via_add_srvid("1"); add_local_rport();',
            ";rport;srvid=42;b;a=1",
        ),
        ('via_add_xavp_params("1"); $xavp(p=>late) = 7;', ";late=7"),
        ('via_add_xavp_params("1");', ""),
        ('$xavp(p=>a) = "1"; via_add_xavp_params("1"); via_add_xavp_params("0");', ""),
    ],
)
def test_parameters(kahea_server: KaheaServer, script: str, expected: str) -> None:
    """The server's number and values of the script become parameters, with what they are when the request is sent."""
    assert via(kahea_server, script) == f"SIP/2.0/UDP 127.0.0.1{expected}"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('$xavp(f=>address) = "192.0.2.9";', "UDP 192.0.2.9"),
        ('$xavp(f=>port) = "5090";', "UDP 127.0.0.1:5090"),
        (
            '$xavp(f=>address) = "h.example"; $xavp(f[0]=>port) = "5090"; $xavp(f[0]=>proto) = "tls";',
            "TLS h.example:5090",
        ),
        ('$xavp(f=>address) = 7; $xavp(f[0]=>port) = 5090; $xavp(f[0]=>proto) = "x";', "UDP 127.0.0.1"),
        ('$xavp(f=>address) = "h.example"; set_advertised_port(7000);', "UDP h.example:7000"),
    ],
)
def test_sent_by(kahea_server: KaheaServer, script: str, expected: str) -> None:
    """Address, port and protocol are those of the script, as far as they are texts of the right form."""
    assert via(kahea_server, f'{script} via_use_xavp_fields("1");') == f"SIP/2.0/{expected}"
    assert "h.example" not in via(kahea_server, '$xavp(f=>address) = "h.example"; via_use_xavp_fields("0");')
