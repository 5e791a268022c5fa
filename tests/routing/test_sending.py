"""How requests are forwarded without a transaction, and the event routes around that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.sip.endpoints import LocalSocket
from kahea.testing import ServerUnderTest, reply, request

UDP = LocalSocket("udp", "127.0.0.1", 5060, index=0)
TCP = LocalSocket("tcp", "127.0.0.1", 5060, index=1)
UDP6 = LocalSocket("udp", "::1", 5060, index=2)
Make = Callable[..., ServerUnderTest]


def forwarding(kahea_server: Make, body: str, head: str = "", **options: object) -> ServerUnderTest:
    """Return a server whose request_route is *body*."""
    modules = 'debug = 2\nloadmodule "pv.so"\nloadmodule "xlog.so"\n'
    return kahea_server(f"{modules}{head}\nrequest_route {{ {body} }}\n", sockets=[UDP, TCP, UDP6], **options)


def test_a_large_request_goes_by_another_transport(kahea_server: Make) -> None:
    """Over udp_mtu bytes udp_mtu_try_proto names the transport, and our Via says so."""
    head = "udp_mtu = 900\nudp_mtu_try_proto = TCP"
    server = forwarding(kahea_server, 'forward("192.0.2.1", 5060);', head)

    small = server.receive(request("MESSAGE", body=b"x" * 100))
    large = server.receive(request("MESSAGE", body=b"x" * 1000))

    assert [sent.destination.protocol for sent in (*small, *large)] == ["udp", "tcp"]
    assert "Via: SIP/2.0/TCP 127.0.0.1" in large[0].text


def test_a_script_chooses_the_transport_of_a_large_request(kahea_server: Make) -> None:
    """udp_mtu_try_proto() is for the request at hand."""
    server = forwarding(kahea_server, 'udp_mtu_try_proto(TCP); forward("192.0.2.1");', "udp_mtu = 200")

    assert server.receive(request("MESSAGE"))[0].destination.protocol == "tcp"


def test_an_ipv6_destination_is_reached_from_an_ipv6_socket(kahea_server: Make) -> None:
    """The address family chooses the socket, and our Via has brackets."""
    sent = forwarding(kahea_server, "forward([2001:db8::1], 5070);").receive(request())[0]

    assert (sent.destination.ip, sent.destination.port, sent.destination.socket) == ("2001:db8::1", 5070, UDP6)
    assert "Via: SIP/2.0/UDP [::1]" in sent.text


def test_a_name_that_is_not_found_is_a_failure(kahea_server: Make) -> None:
    """A host that name servers do not know makes forward() fail, and is logged."""
    server = forwarding(kahea_server, 'if (!forward("sip.example.com", 5060)) xlog("L_NOTICE", "no");')

    assert server.receive(request()) == []
    assert server.logged("NOTICE") == ["no"]
    assert server.logged("ERROR") == ["forward: sip.example.com is not found: no such name"]


def test_a_refused_send_is_false(kahea_server: Make) -> None:
    """A destination that is known to be unreachable makes forward() fail."""
    server = forwarding(kahea_server, 'if (forward("192.0.2.1")) xlog("L_NOTICE", "yes"); else xlog("L_NOTICE", "no");')
    server.refuse_sends()

    server.receive(request())

    assert server.logged("NOTICE") == ["no"]


def test_retransmissions_and_the_cancel_have_the_branch_of_the_request(kahea_server: Make) -> None:
    """A stateless proxy makes the same branch again (RFC 3261 16.11), and another for another request."""
    server = forwarding(kahea_server, 'forward("192.0.2.1");')

    invite, again, cancel, other = (
        server.receive(request(method, call_id="c", branch=branch))[0].message
        for method, branch in (
            ("INVITE", "z9hG4bK1"),
            ("INVITE", "z9hG4bK1"),
            ("CANCEL", "z9hG4bK1"),
            ("INVITE", "z9hG4bK2"),
        )
    )

    branches = [one.via.branch for one in (invite, again, cancel, other) if one.via is not None]
    assert branches[0] == branches[1] == branches[2] != branches[3]


def test_connections_may_be_required_and_closed(kahea_server: Make) -> None:
    """set_forward_no_connect() and set_forward_close() travel with the destination."""
    server = forwarding(kahea_server, 'set_forward_no_connect(); set_forward_close(); forward_tcp("192.0.2.1");')

    destination = server.receive(request())[0].destination

    assert (destination.no_connect, destination.close) == (True, True)


def test_onsend_route_may_ask_for_no_connection(kahea_server: Make) -> None:
    """What onsend_route asks for holds for the message that is about to be sent."""
    server = kahea_server(
        'request_route { forward_tcp("192.0.2.1"); forward_udp("192.0.2.1"); }\n'
        "onsend_route { if (snd_proto == TCP) set_forward_no_connect(); setflag(1); }",
        sockets=[UDP, TCP],
    )

    assert [sent.destination.no_connect for sent in server.receive(request())] == [True, False]


@pytest.mark.parametrize(("setting", "lines"), [("no", []), ("yes", ["reply to 192.0.2.7"])])
def test_onsend_route_runs_for_replies_when_asked(setting: str, lines: list[str], kahea_server: Make) -> None:
    """onsend_route_reply adds the replies that are forwarded."""
    server = kahea_server(
        f'debug = 2\nloadmodule "xlog.so"\nonsend_route_reply = {setting}\nrequest_route {{ exit; }}\n'
        'onsend_route { if (to_ip == 192.0.2.7) xlog("L_NOTICE", "reply to 192.0.2.7"); }'
    )
    vias = [("Via", "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKa"), ("Via", "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKb")]

    server.receive(reply(headers=vias))

    assert server.logged("NOTICE") == lines


def test_check_via_drops_replies_to_others(kahea_server: Make) -> None:
    """With check_via a reply whose top Via is not ours is not forwarded."""
    server = kahea_server("check_via = yes\nrequest_route { exit; }")
    stranger = [("Via", "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKa"), ("Via", "SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKb")]

    assert len(server.receive(reply())) == 1
    assert server.receive(reply(headers=stranger)) == []


def test_force_rport_as_a_parameter(kahea_server: Make) -> None:
    """force_rport = yes sends every reply to the source port."""
    server = kahea_server('force_rport = yes\nloadmodule "sl.so"\nrequest_route { sl_send_reply("200", "OK"); }')

    sent = server.receive(
        request(headers={"Via": "SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKa"}), source=("127.0.0.1", 4444)
    )

    assert sent[0].destination.port == 4444


def test_what_cannot_be_read_has_an_event_route(kahea_server: Make) -> None:
    """core:receive-parse-error sees where it came from, and its bytes."""
    server = kahea_server(
        'debug = 2\nloadmodule "pv.so"\nloadmodule "xlog.so"\nrequest_route { exit; }\n'
        'event_route[core:receive-parse-error] { xlog("L_NOTICE", "$si:$sp $mb"); }'
    )

    server.receive(b"this is no SIP message at all", source=("192.0.2.5", 77))
    server.receive(b"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n", source=("192.0.2.6", 78))

    assert [line.split(" ")[0] for line in server.logged("NOTICE")] == ["192.0.2.5:77", "192.0.2.6:78"]
    assert server.logged("NOTICE")[0].endswith("this is no SIP message at all")


@pytest.mark.parametrize(("mode", "statuses"), [(0, [200, 200]), (1, [200])])
def test_what_arrives_may_be_dropped_unread(mode: int, statuses: list[int], kahea_server: Make) -> None:
    """core:msg-received runs with received_route_mode=1 and decides by address."""
    server = kahea_server(
        f'received_route_mode = {mode}\nloadmodule "sl.so"\nloadmodule "pv.so"\n'
        'request_route { sl_send_reply("200", "OK"); }\n'
        'event_route[core:msg-received] { if ($si == "192.0.2.66") drop; }'
    )

    answered = [
        status for ip in ("192.0.2.1", "192.0.2.66") for status in server.receive(request(), source=(ip, 5060)).statuses
    ]

    assert answered == statuses


def test_the_start_has_event_routes(kahea_server: Make) -> None:
    """core:modinit-before runs once before the modules, core:worker-one-init once in the first worker."""
    server = kahea_server(
        'debug = 2\nloadmodule "xlog.so"\nrequest_route { exit; }\n'
        'event_route[core:worker-one-init] { xlog("L_NOTICE", "worker"); }\n'
        'event_route[core:modinit-before] { log(1, "modules"); }'
    )

    assert server.logged("NOTICE") == ["modules", "worker"]


def test_numbers_have_64_bits(kahea_server: Make) -> None:
    """Arithmetic overflows as a C long does, also step by step over many messages."""
    server = forwarding(
        kahea_server,
        "$var(a) = 9223372036854775807; $var(a) = $var(a) + 1; $var(b) = 4294967296 * 4294967296;"
        "$var(c) = 0 - 9223372036854775807 - 2; $var(d) = 1 << 63; $var(e) = 3000000000 + 1;"
        'xlog("L_NOTICE", "$var(a) $var(b) $var(c) $var(d) $var(e)"); exit;',
    )

    server.receive(request())

    assert server.logged("NOTICE") == ["-9223372036854775808 0 9223372036854775807 -9223372036854775808 3000000001"]
