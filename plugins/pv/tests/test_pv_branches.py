"""Branches, sending, receiving and the server in a configuration, where Kamailio 5.6.3 has nothing to compare with."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import LocalSocket
from kahea.testing import ServerUnderTest, request

Make = Callable[..., ServerUnderTest]

HEAD = 'debug=3\nloadmodule "pv.so"\n'


def logged(make: Make, body: str, blocks: str = "") -> list[str]:
    """Return what `test_log` wrote while a request ran *body*."""
    server = make(f"{HEAD}request_route {{ {body} }}\n{blocks}", sockets=[LocalSocket("udp", "127.0.0.1", 5060)])
    server.receive(request())
    return [line.removeprefix("ERROR: <script>: ") for line in server.log if line.startswith("ERROR: <script>: ")]


def test_destination_from_an_xavp(kahea_server: Make) -> None:
    """The fields of an XAVP become Request-URI, destination and socket; what is not there stays (Kamailio 6)."""
    body = """
        $xavp(d=>uri) = "sip:x@127.0.0.1:11"; $xavp(d[0]=>dsturi) = "sip:127.0.0.1:12";
        $xavp(d[0]=>socket) = "udp:127.0.0.1:5060";
        if (xavp_push_dst("d") && !xavp_push_dst("none")) test_log("$ru $du $fs");
    """
    assert logged(kahea_server, body) == ["sip:x@127.0.0.1:11 sip:127.0.0.1:12 udp:127.0.0.1:5060"]


def test_onsend_route_sees_addresses(kahea_server: Make) -> None:
    """``$sndto`` and ``$sndfrom`` tell where a message is about to go."""
    blocks = 'onsend_route { test_log("$sndto(ip):$snd(port) $sndfrom(ip):$sndfrom(port) $snd(sproto) $snd(af)"); }'
    lines = logged(kahea_server, 'forward_udp("127.0.0.1", 7777);', blocks)
    assert lines == ["127.0.0.1:7777 127.0.0.1:5060 udp 2"]


def test_what_has_arrived_is_seen_and_changed(kahea_server: Make) -> None:
    """``$rcv`` tells what has arrived, and what is assigned to its buffer is read instead."""
    server = kahea_server(
        "received_route_mode=1\n" + HEAD + 'request_route { test_log("$rm $rcv(srcip)"); }\n'
        'event_route[core:msg-received] { test_log("$rcv(srcip):$rcv(srcport) $rcv(rcvport) $recv(sproto) $rcv(safe)");'
        " $rcv(buf) = $(rcv(buf){s.replace,OPTIONS,INFO}); }"
    )
    server.receive(request("OPTIONS"), source=("127.0.0.1", 5999))
    assert [line.removeprefix("ERROR: <script>: ") for line in server.log if "<script>" in line] == [
        "127.0.0.1:5999 5060 udp 1",
        "INFO <null>",
    ]


def test_version(kahea_server: Make) -> None:
    """Scripts that ask for the version see that of the Kamailio whose language this is."""
    assert logged(kahea_server, 'test_log("$version(num) $ksr(ver) $ksr(verval)");') == ["6.1.0 6.1.0 6001000"]


def test_a_parameter_is_read_and_set(kahea_server: Make) -> None:
    """``$ccp`` reads parameters, custom ones too, and what it is assigned holds from then on."""
    server = kahea_server("limit.calls = 5\n" + HEAD + "request_route { $ccp(limit.calls) = $ccp(limit.calls) + 1; }")
    server.receive(request())
    server.receive(request())
    server.settle()
    assert server.engine.parameters.get("limit", "calls") == 7


def test_a_text_that_cannot_be_evaluated_is_false(kahea_server: Make) -> None:
    """A mistake in a text that is only known while the script runs is logged, and the function is false."""
    body = '$var(t) = "$nonsense(x)"; if (!pv_evalx("$var(r)", "$var(t)")) test_log("false");'
    assert logged(kahea_server, body) == ["false"]


def test_a_statistic_by_group(kahea_server: Make) -> None:
    """A statistic is found by its name or by group and name."""
    assert logged(kahea_server, 'test_log("$stat(core:fwd_replies) $stat(fwd_replies) $stat(none)");') == ["0 0 <null>"]
