"""corex in a configuration; values as observed on Kamailio 5.6.3."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.api import Access, LocalSocket, NoParams, Place, Request, Run, Source, Value, parse_message, parse_place
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_corex import Corex
from kahea_corex.branch_functions import QKind

Make = Callable[..., ServerUnderTest]

SOCKETS = [
    LocalSocket("udp", "127.0.0.1", 5060, index=0),
    LocalSocket("udp", "127.0.0.1", 5080, "edge.example.com", 5090, name="inside", index=1),
    LocalSocket("tcp", "127.0.0.1", 5060, index=2),
]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Corex


def script(body: str) -> str:
    """Return a configuration that runs statements for each request."""
    return f'loadmodule "corex.so"\nrequest_route {{\n{body}\n}}\n'


def said(server: ServerUnderTest) -> list[str]:
    """Return what scripts have logged so far."""
    return [line.split(": ", 2)[2] for line in server.log if "<script>" in line]


def run(make: Make, body: str) -> list[str]:
    """Return what statements log."""
    server = make(script(body), sockets=SOCKETS)
    server.receive(request())
    server.settle()
    return said(server)


def module(make: Make) -> tuple[Corex, Request]:
    """Return the module in a server with several sockets, and a request to it."""
    core = make(script("exit;"), sockets=SOCKETS).engine
    message = parse_message(request(), Source(SOCKETS[0], "127.0.0.1", 5999))
    assert isinstance(message, Request)
    return Corex("corex", NoParams(), core), message


def test_branches(kahea_server: Make) -> None:
    """A branch takes the destination; without a URI it takes it away from the Request-URI."""
    corex, message = module(kahea_server)
    message.dst_uri = "sip:127.0.0.9"
    message.bflags = 8
    assert corex.append_one_branch(message, "sip:a@h", 500)
    assert corex.append_one_branch(message)
    assert not message.dst_uri
    assert message.bflags == 0
    assert [(branch.uri, branch.q, branch.dst_uri, branch.flags) for branch in message.branches] == [
        ("sip:a@h", 500, "sip:127.0.0.9", 8),
        (message.uri, None, "sip:127.0.0.9", 8),
    ]


def test_too_many_branches(kahea_server: Make) -> None:
    """There are as many branches as max_branches says, that of the Request-URI included."""
    body = "max_branches=3\n" + script(
        'append_branch("sip:a@h"); append_branch("sip:b@h"); append_branch("sip:c@h"); test_log("$rc");'
    )
    server = kahea_server(body)
    server.receive(request())
    assert said(server) == ["-1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", None), ("0", 0), ("1", 1000), ("1.000", 1000), ("0.5", 500), (".25", 250), ("0.1239", 123), (" 0.7", 700)],
)
def test_preferences(text: str, expected: int | None) -> None:
    """A preference is read in thousandths (RFC 3261 25.1)."""
    assert QKind().dynamic(text) == expected


@pytest.mark.parametrize("text", ["2", "1.1", "0.", "1.", "x", "0,5", "-1"])
def test_no_preferences(text: str) -> None:
    """Other texts are refused."""
    with pytest.raises(ValueError, match="is no preference"):
        QKind().dynamic(text)


def test_extended_flags(kahea_server: Make) -> None:
    """There are 64 extended flags."""
    body = """
        setxflag("63");
        if (isxflagset("63") && !isxflagset("62")) { test_log("set"); }
        resetxflag("63");
        if (!isxflagset("63") && !setxflag("64") && !isxflagset("-1")) { test_log("reset"); }
    """
    assert run(kahea_server, body) == ["set", "reset"]


def test_internal_flags(kahea_server: Make) -> None:
    """Flags that modules look at have names, in any case."""
    body = """
        msg_iflag_set("USE_UAC_FROM");
        if (msg_iflag_is_set("use_uac_from")) { test_log("set"); }
        msg_iflag_reset("USE_UAC_FROM");
        msg_iflag_is_set("USE_UAC_FROM");
        test_log("$rc");
    """
    assert run(kahea_server, body) == ["set", "-2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", Place("", "127.0.0.1", "")),
        ("127.0.0.1:5060", Place("", "127.0.0.1", "5060")),
        ("udp:h", Place("udp", "h", "")),
        ("TCP:h:1", Place("TCP", "h", "1")),
        ("[::1]", Place("", "[::1]", "")),
        ("udp:[::1]:1", Place("udp", "[::1]", "1")),
        ("udp:5060", Place("", "udp", "5060")),
    ],
)
def test_places(text: str, expected: Place) -> None:
    """Protocol and port may be left out."""
    assert parse_place(text) == expected


@pytest.mark.parametrize("text", ["", ":", "h:", "h:x:1", "x:h:1", "udp:h:1:2", "h:65536", "::1", "[::1", "udp:[::1]x"])
def test_no_places(text: str) -> None:
    """Other texts are refused."""
    with pytest.raises(ValueError, match=r"is not written|is no"):
        parse_place(text)


def test_received_socket(kahea_server: Make) -> None:
    """The script says where the request arrived, where it came from, and from where it is sent."""
    corex, message = module(kahea_server)
    assert corex.set_recv_socket(message, "udp:127.0.0.1:5080")
    assert corex.set_source_address(message, "127.0.0.9:7000")
    assert (message.source.socket, message.source.ip, message.source.port) == (SOCKETS[1], "127.0.0.9", 7000)
    assert corex.set_send_socket_name(message, "inside")
    assert message.send_socket == SOCKETS[1]


@pytest.mark.parametrize(
    ("call", "result", "line"),
    [
        ('set_send_socket("127.0.0.1:5080")', 1, ""),
        ('set_send_socket("udp:10.0.0.1:1")', 1, "there is no socket udp:10.0.0.1:1"),
        ('set_send_socket("x:y:z")', -1, '"x:y:z" is not written as [protocol:]host[:port]'),
        ('set_send_socket_name("inside")', 1, ""),
        ('set_recv_socket_name("none")', 1, "there is no socket none"),
        ('is_socket_name("inside")', 1, ""),
        ('is_socket_name("none")', -1, ""),
        ('set_source_address("example.com")', -1, '"example.com" is no IP address, and names are not looked up'),
        ("is_faked_msg()", -1, ""),
    ],
)
def test_sockets(kahea_server: Make, call: str, result: int, line: str) -> None:
    """What cannot be done is logged; a socket that is not there is no failure."""
    server = kahea_server(script(f'{call}; test_log("$rc");'), sockets=SOCKETS)
    server.receive(request())
    assert said(server) == [str(result)]
    assert [text.split(": ", 2)[2] for text in server.log if "corex" in text] == ([line] if line else [])


def test_lsock(kahea_server: Make) -> None:
    """A socket is found by one thing and told by another."""
    body = """
        test_log("$lsock(n/inside/l) $lsock(l/udp:127.0.0.1:5080/a) $lsock(i/2/l) $lsock(n/none/l)");
        test_log("$lsock($rc)");
    """
    assert run(kahea_server, body) == [
        "udp:127.0.0.1:5080 udp:edge.example.com:5090 tcp:127.0.0.1:5060 <null>",
        "<null>",
    ]


def test_transformations(kahea_server: Make) -> None:
    """A place is taken apart; null and other texts become null."""
    corex, _ = module(kahea_server)
    parts = (corex.sock_host, corex.sock_port, corex.sock_proto, corex.sock_touri)
    whole = ["127.0.0.1", "5060", "udp", "sip:127.0.0.1:5060;transport=udp"]
    assert [part("udp:127.0.0.1:5060") for part in parts] == whole
    assert [part("h") for part in parts] == ["h", "", "", "sip:h"]
    assert [part("x:y:z") for part in parts] == [None] * 4
    assert [part(None) for part in parts] == [None] * 4


def test_sending(kahea_server: Make) -> None:
    """The request is sent as it was received, and data as it is."""
    body = """
        send_udp("127.0.0.1:7000");
        send_tcp("127.0.0.1");
        seturi("sip:127.0.0.1:7001");
        send_udp();
        send_data("sip:127.0.0.1:7002", "hello $$");
        sendx("sip:127.0.0.1:7003;transport=udp", "udp:127.0.0.1:5080", "x");
        if (!send_udp("example.com") && !send_data("x", "y")) { test_log("failed"); }
    """
    server = kahea_server(script(body), sockets=SOCKETS)
    message = request()
    sent = server.receive(message)
    assert [(one.destination.protocol, one.destination.port, one.data) for one in sent] == [
        ("udp", 7000, message),
        ("tcp", 5060, message),
        ("udp", 7001, message),
        ("udp", 7002, b"hello $"),
        ("udp", 7003, b"x"),
    ]
    assert sent[4].destination.socket == SOCKETS[1]
    assert said(server) == ["failed"]


def test_files(kahea_server: Make, tmp_path: Path) -> None:
    """What is written is read; neither an empty text nor a file that is not there."""
    corex, message = module(kahea_server)
    assigned: list[Value] = []
    variable = Access("$var(x)", lambda run: None, lambda run, value: assigned.append(value))
    context = Run(corex.core)
    assert asyncio.run(corex.file_write(message, str(tmp_path / "a"), "content"))
    assert asyncio.run(corex.file_read(context, str(tmp_path / "a"), variable))
    assert assigned == ["content"]
    assert not asyncio.run(corex.file_write(message, str(tmp_path / "a"), ""))
    assert not asyncio.run(corex.file_write(message, str(tmp_path / "none" / "b"), "x"))
    assert not asyncio.run(corex.file_read(context, str(tmp_path / "b"), variable))
    assert not asyncio.run(corex.file_read(context, "\0", variable))
    assert len(assigned) == 1


def test_files_in_a_script(kahea_server: Make, tmp_path: Path) -> None:
    """The script waits until the file is written."""
    assert run(kahea_server, f'if (file_write("{tmp_path}/a", "x")) {{ test_log("written"); }}') == ["written"]


def test_place_in_the_file(kahea_server: Make) -> None:
    """$cfg tells the line and the file."""
    assert run(kahea_server, 'test_log("$cfg(line) $cfg(file)");') == ["3 kamailio.cfg"]


def test_list_sockets(kahea_server: Make) -> None:
    """RPC lists the sockets."""
    listed = kahea_server(script("exit;"), sockets=SOCKETS).rpc("corex.list_sockets")
    assert [entry["sockstr"] for entry in listed] == ["udp:127.0.0.1:5060", "udp:127.0.0.1:5080", "tcp:127.0.0.1:5060"]
    assert (listed[1]["sockname"], listed[1]["advertise"]) == ("inside", "udp:edge.example.com:5090")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ('msg_iflag_set("NONE");', "bad-argument"),
        ('test_log("$lsock(x/y/z)");', "bad-pseudo-variable"),
        ('test_log("$lsock(n)");', "bad-pseudo-variable"),
        ('test_log("$cfg(x)");', "bad-pseudo-variable"),
    ],
)
def test_mistakes(kahea_server: Make, statement: str, code: str) -> None:
    """Mistakes are found when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(script(statement))
    assert [found.code for found in caught.value.diagnostics] == [code]
