"""Messages to host names: looked up while the script, or the reply, waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from kahea.sip.endpoints import LocalSocket
from kahea.testing import Sent, ServerUnderTest, reply, request

UDP = LocalSocket("udp", "127.0.0.1", 5060, index=0)
TCP = LocalSocket("tcp", "127.0.0.1", 5060, index=1)
Make = Callable[..., ServerUnderTest]

ZONE = """
    _sip._udp.example.com IN SRV 10 0 5071 a.example.com
    _sip._udp.example.com IN SRV 20 0 5072 b.example.com
    _sip._tcp.example.com IN SRV 10 0 5073 a.example.com
    a.example.com IN A 192.0.2.1
    b.example.com IN A 192.0.2.2
"""


def serving(kahea_server: Make, body: str, head: str = "", zone: str = ZONE) -> ServerUnderTest:
    """Return a server whose request_route is *body* and whose name servers know *zone*."""
    text = f'debug=2\nloadmodule "pv.so"\nloadmodule "xlog.so"\n{head}\nrequest_route {{ {body} }}\n'
    return kahea_server(text, sockets=[UDP, TCP], dns=zone)


def places(sent: Sequence[Sent]) -> list[tuple[str, str, int]]:
    """Return transport, address and port of what was sent."""
    return [(one.destination.protocol, one.destination.ip, one.destination.port) for one in sent]


@pytest.mark.parametrize(
    ("call", "place"),
    [
        ('forward("a.example.com", 5080)', ("udp", "192.0.2.1", 5080)),
        ('forward("a.example.com")', ("udp", "192.0.2.1", 5060)),
        ('forward("example.com")', ("udp", "192.0.2.1", 5071)),
        ('forward_tcp("example.com")', ("tcp", "192.0.2.1", 5073)),
        ("forward()", ("udp", "192.0.2.1", 5071)),
        ('$du = "sip:b.example.com:5090"; forward()', ("udp", "192.0.2.2", 5090)),
        ('$du = "sip:example.com;transport=tcp"; forward()', ("tcp", "192.0.2.1", 5073)),
    ],
)
def test_forward_finds_a_name(kahea_server: Make, call: str, place: tuple[str, str, int]) -> None:
    """forward() and its relatives look up SRV records of a host without a port, and addresses of one with a port."""
    server = serving(kahea_server, f"{call};")

    assert places(server.receive(request("OPTIONS", "sip:alice@example.com"))) == [place]


def test_the_next_request_need_not_wait(kahea_server: Make) -> None:
    """What was found is kept: the name servers are asked once."""
    server = serving(kahea_server, 'forward("a.example.com");')

    server.receive(request())
    asked = len(server.names.queries)
    sent = server.receive(request())

    assert places(sent) == [("udp", "192.0.2.1", 5060)]
    assert len(server.names.queries) == asked


def test_other_requests_go_on_meanwhile(kahea_server: Make) -> None:
    """A script that waits for a name server holds up nothing else."""
    server = serving(kahea_server, 'if ($rU == "quick") forward("192.0.2.9"); else forward("a.example.com");')
    server.names.silent = True

    slow = server.receive(request("OPTIONS", "sip:slow@example.com"))
    quick = server.receive(request("OPTIONS", "sip:quick@example.com"))
    server.names.silent = False
    later = server.advance(30)

    assert (places(slow), places(quick)) == ([], [("udp", "192.0.2.9", 5060)])
    assert places(later) == [("udp", "192.0.2.1", 5060)]


def test_requests_that_wait_for_one_name_ask_once(kahea_server: Make) -> None:
    """Equal questions are under way once, and all who asked go on with the answer."""
    server = serving(kahea_server, 'forward("a.example.com", 5060);')
    server.names.silent = True
    for _ in range(5):
        server.receive(request())
    server.names.silent = False

    sent = server.advance(6)

    assert places(sent) == [("udp", "192.0.2.1", 5060)] * 5
    assert server.names.queries == [("a.example.com", "A")] * 2, "one that got no answer, and its repetition"


def test_silent_name_servers_are_a_failure(kahea_server: Make) -> None:
    """Without any answer the lookup ends after the time that resolv.conf gives, and forward() is false."""
    server = serving(kahea_server, 'if (!forward("a.example.com", 5060)) xlog("L_NOTICE", "no");')
    server.names.silent = True

    server.receive(request())
    server.advance(16)

    assert server.logged("NOTICE") == ["no"]
    assert "no answer in time" in server.logged("ERROR")[0]


def test_retransmissions_are_absorbed_while_a_name_is_looked_up(kahea_server: Make) -> None:
    """A request that arrives again while its script waits is not handled twice."""
    server = serving(kahea_server, 'forward("a.example.com", 5060);')
    server.names.silent = True
    invite = request("INVITE", branch="z9hG4bK1")
    server.receive(invite)
    server.receive(invite)
    server.names.silent = False

    assert len(server.advance(6)) == 1


def test_a_reply_to_a_name_is_sent_when_it_is_found(kahea_server: Make) -> None:
    """The host of the second Via is looked up: SRV records without a port (RFC 3263 section 5), addresses with one."""
    server = serving(kahea_server, "exit;")
    vias = "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1, SIP/2.0/UDP {};branch=z9hG4bK2"

    without = server.receive(reply(200, headers=[("Via", vias.format("example.com"))]))
    with_port = server.receive(reply(200, headers=[("Via", vias.format("b.example.com:5081"))]))
    received = server.receive(reply(200, headers=[("Via", vias.format("nowhere.example;received=192.0.2.5"))]))

    assert places(without) == [("udp", "192.0.2.1", 5071)]
    assert places(with_port) == [("udp", "192.0.2.2", 5081)]
    assert places(received) == [("udp", "192.0.2.5", 5060)]


def test_a_reply_to_an_unknown_name_is_dropped(kahea_server: Make) -> None:
    """A reply whose second Via names no host that is found goes nowhere, and the log says so."""
    server = serving(kahea_server, "exit;")
    via = "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1, SIP/2.0/UDP nowhere.example;branch=z9hG4bK2"

    assert server.receive(reply(200, headers=[("Via", via)])) == []
    assert "a reply is dropped, since nowhere.example is not found: no such name" in server.logged("INFO")


FAILOVER = "use_dns_failover=yes\n"


@pytest.mark.parametrize(
    ("head", "tried"),
    [
        ("", [("udp", "192.0.2.1", 5071)]),
        (FAILOVER, [("udp", "192.0.2.1", 5071), ("udp", "192.0.2.2", 5072)]),
    ],
)
def test_further_places_are_tried(kahea_server: Make, head: str, tried: list[tuple[str, str, int]]) -> None:
    """With use_dns_failover a destination that cannot be sent to is followed by the next one of the records."""
    server = serving(kahea_server, 'if (!forward("example.com")) xlog("L_NOTICE", "no");', head)
    server.refuse_sends()

    server.receive(request())

    assert places(server.refused) == tried
    assert server.logged("NOTICE") == ["no"]
