"""Record-Route and Route in a server. What is written on the wire is compared with the real server in tests/oracle."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.api import LocalSocket, Message, RecordRouteService, Request
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_rr import Rr

KaheaServer = Callable[..., ServerUnderTest]

UDP = LocalSocket("udp", "192.0.2.1", 5060, index=0)
TCP = LocalSocket("tcp", "192.0.2.1", 5060, index=1)
NAMED = LocalSocket("udp", "192.0.2.2", 5080, name="inner", index=2)
WSS = LocalSocket("wss", "192.0.2.1", 443, advertised_host="2001:db8::1", advertised_port=5060, index=3)
SOCKETS = [UDP, TCP, NAMED, WSS]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Rr


def server_with(kahea_server: KaheaServer, script: str, params: str = "") -> ServerUnderTest:
    """Return a server with the module and a script."""
    return kahea_server(f'debug=2\nloadmodule "rr.so"\n{params}\nrequest_route {{ {script} }}\n', sockets=SOCKETS)


def recorded(message: Message) -> list[str]:
    """Return the Record-Route headers of a message."""
    return message.header_values("Record-Route")


def test_the_next_requests_come_back(kahea_server: KaheaServer) -> None:
    """A request gets our address with the caller's tag, and is sent on (RFC 3261 16.6)."""
    server = server_with(kahea_server, "record_route(); forward(198.51.100.1);")

    sent = server.receive(request(headers={"From": "<sip:a@test>;tag=one"})).messages

    assert recorded(sent[0]) == ["<sip:192.0.2.1;lr;ftag=one>"]


def test_two_sockets_are_two_headers(kahea_server: KaheaServer) -> None:
    """A request that changes its transport gets both addresses, the outgoing one on top."""
    server = server_with(kahea_server, "record_route(); forward_tcp(198.51.100.1);")

    sent = server.receive(request(headers={"From": "<sip:a@test>;tag=one"})).messages

    assert recorded(sent[0]) == [
        "<sip:192.0.2.1;transport=tcp;r2=on;lr;ftag=one>",
        "<sip:192.0.2.1;r2=on;lr;ftag=one>",
    ]


def test_names_of_sockets(kahea_server: KaheaServer) -> None:
    """With sockname_mode a socket's name is written, and finds the socket in Route."""
    params = 'modparam("rr", "sockname_mode", 1)\nmodparam("rr", "force_send_socket", 1)'
    server = server_with(kahea_server, "loose_route(); record_route(); forward(198.51.100.1);", params)
    headers = [("From", "<sip:a@test>;tag=one"), ("Route", "<sip:192.0.2.1;lr;sn=inner>")]

    sent = server.receive(request(headers=headers)).messages

    assert recorded(sent[0])[0] == "<sip:192.0.2.2:5080;sn=inner;r2=on;lr;ftag=one>"


def test_an_advertised_websocket(kahea_server: KaheaServer) -> None:
    """What a socket advertises is written, and both WebSocket transports are `ws` (RFC 7118)."""
    server = server_with(kahea_server, "record_route(); forward_udp(198.51.100.1);")

    sent = server.receive(request(headers={"From": "<sip:a@test>;tag=one"}), socket=WSS, connection=3).messages

    assert recorded(sent[0])[1] == "<sip:[2001:db8::1];transport=ws;r2=on;lr;ftag=one>"


def test_only_one_record_route(kahea_server: KaheaServer) -> None:
    """A second call is refused and logged."""
    server = server_with(
        kahea_server, 'record_route(); if (!record_route()) test_log("refused"); forward(198.51.100.1);'
    )

    sent = server.receive(request()).messages

    assert len(recorded(sent[0])) == 1
    assert server.logged("ERROR") == ["Record-Route is there already", "refused"]


def test_a_removed_record_route_is_not_sent(kahea_server: KaheaServer) -> None:
    """remove_record_route takes the header back as a whole."""
    server = server_with(kahea_server, "record_route(); remove_record_route(); forward(198.51.100.1);")

    data = server.receive(request(call_id="1", headers={"From": "<sip:a@test>;tag=1"})).messages[0].buf

    assert b"Record-Route" not in data
    assert b"\r\n;" not in data


def test_a_hostile_route_is_refused(kahea_server: KaheaServer) -> None:
    """A Route header of many open quotes and brackets is refused at once."""
    server = server_with(kahea_server, 'if (!loose_route()) test_log("no route");')

    for text in ('"' * 9999, "<" * 9999, "<sip:a>;" * 3000 + "x", " " * 9999 + "x", "a" * 9999):
        server.receive(request(headers={"Route": text}))

    assert [line for line in server.logged("ERROR") if line == "no route"] == ["no route"] * 5


@pytest.mark.parametrize(
    ("script", "params"),
    [
        ('is_direction("sideways");', ""),
        ('is_direction("upstream");', 'modparam("rr", "append_fromtag", 0)'),
        ("test_log($rdir(x));", ""),
    ],
)
def test_what_cannot_be_meant_is_an_error(kahea_server: KaheaServer, script: str, params: str) -> None:
    """A wrong direction, and a direction that nothing could tell, are found when the file is read."""
    with pytest.raises(ConfigError):
        server_with(kahea_server, script, params)


def test_the_user_comes_from_an_avp(kahea_server: KaheaServer) -> None:
    """custom_user_avp must be an AVP."""
    with pytest.raises(ConfigError):
        server_with(kahea_server, "exit;", 'modparam("rr", "custom_user_avp", "$var(x)")')


def test_what_other_modules_are_offered(kahea_server: KaheaServer) -> None:
    """The service adds parameters, reads those of Route, tells the direction and reports requests that follow Route."""
    server = server_with(kahea_server, "loose_route(); record_route(); forward(198.51.100.1);")
    service = server.engine.services.get(RecordRouteService)
    assert service is not None
    seen: list[object] = []

    def look(msg: Request, params: str) -> None:
        seen.extend((params, service.get_route_param(msg, "a"), service.get_route_param(msg, "b")))
        seen.extend((service.get_route_param(msg, "none"), service.is_upstream(msg)))
        seen.append(service.add_rr_param(msg, ";mark=1"))

    service.on_loose_route(look)

    headers = [
        ("From", "<sip:b@test>;tag=b"),
        ("To", "<sip:a@test>;tag=a"),
        ("Route", "<sip:192.0.2.1;lr;ftag=a;a;b=2>"),
    ]
    sent = server.receive(request("BYE", "sip:a@198.51.100.1", headers)).messages

    assert service.append_fromtag
    assert seen == ["lr;ftag=a;a;b=2", "", "2", None, True, True]
    assert recorded(sent[0]) == ["<sip:192.0.2.1;lr;ftag=a;mark=1>"]
