"""Where requests to host names go, compared with the real server, which asks a name server of the test."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator

import pytest
from kahea.api import LocalSocket
from kahea.testing import DnsServer, ServerUnderTest
from kahea.testing import request as make_request

from tests.oracle.dns_cases import DIFFERS, QUERIES, SETTINGS, URIS, ZONE
from tests.oracle.real_server import SCRIPT_LINE, RealServer, free_ports

pytestmark = pytest.mark.oracle

NAME_SERVER = "127.22.0.1"
"""The real server asks port 53 only; an address that nobody else uses leaves those of others alone."""

CONFIGURATION = """
debug=2
children=1
auto_bind_ipv6=yes
dns_retr_time=1
dns_retr_no=1
dns_use_search_list=no
{settings}
loadmodule "pv.so"
loadmodule "sl.so"
loadmodule "xlog.so"
request_route {{
    if ($rU == "test") {{
        sl_send_reply("200", "OK");
        exit;
    }}
    xlog("L_NOTICE", "uri $ru\\n");
    forward();
}}
"""

OBSERVE = """
onsend_route {
    xlog("L_NOTICE", "to $sndto(proto) $sndto(ip) $sndto(port)\\n");
    drop;
}
"""
"""Every place fails, so that the next one is tried."""

PROTOCOLS = {"1": "udp", "2": "tcp", "3": "tls"}
"""Kamailio's numbers of transports."""

Make = Callable[..., ServerUnderTest]

Place = tuple[str, str, int]


@pytest.fixture(scope="module")
def name_server() -> Iterator[DnsServer]:
    """Return a name server with the cases' zone."""
    if shutil.which("kamailio") is None:
        pytest.skip("the real Kamailio is not installed")
    if shutil.which("unshare") is None or os.geteuid() != 0:
        pytest.skip("only root can give a process another /etc/resolv.conf")
    try:
        server = DnsServer(ZONE, ip=NAME_SERVER, port=53)
    except OSError as error:
        pytest.skip(f"port 53 of {NAME_SERVER} cannot be used: {error}")
    yield server
    server.stop()


class Observed:
    """Where the real server wanted to send to, for each URI, and the port that it listened on."""

    def __init__(self, name: str, port: int, log: str) -> None:
        self.name = name
        self.port = port
        self.places: dict[str, list[Place]] = {}
        for line in log.splitlines():
            found = SCRIPT_LINE.match(line)
            if found is None:
                continue
            word, *values = found[1].split()
            if word == "uri":
                places = self.places[values[0]] = []
            else:
                protocol, ip, number = values
                places.append((PROTOCOLS[protocol], ip.strip("[]"), int(number)))


@pytest.fixture(scope="module", params=SETTINGS)
def observed(
    request: pytest.FixtureRequest, name_server: DnsServer, tmp_path_factory: pytest.TempPathFactory
) -> Observed:
    """What the real server does with one of the settings."""
    folder = tmp_path_factory.mktemp("kamailio")
    conf = folder / "resolv.conf"
    conf.write_text(f"nameserver {name_server.ip}\n")
    port = _free_port()
    listen = [f"udp:127.0.0.1:{port}", f"tcp:127.0.0.1:{port}", f"udp:[::1]:{port}"]
    text = CONFIGURATION.format(settings=SETTINGS[request.param]) + OBSERVE
    server = RealServer(text, folder, listen, resolv_conf=conf)
    try:
        server.wait()
        for uri in URIS:
            server.send(sip_request(uri))
            server.client.settimeout(10)
            server.exchange(sip_request("sip:test@127.0.0.1"))
    finally:
        log = server.stop()
    return Observed(request.param, port, log)


@pytest.fixture(scope="module")
def kahea(observed: Observed) -> Iterator[ServerUnderTest]:
    """Kahea with the same settings, which cannot send anywhere."""
    hosts = (("udp", "127.0.0.1"), ("tcp", "127.0.0.1"), ("udp", "::1"))
    sockets = [LocalSocket(protocol, ip, observed.port, index=index) for index, (protocol, ip) in enumerate(hosts)]
    server = ServerUnderTest(CONFIGURATION.format(settings=SETTINGS[observed.name]), sockets=sockets, dns=ZONE)
    server.refuse_sends()
    yield server
    server.stop()


def queries_configuration() -> str:
    """Return a configuration that runs each query for the request whose user part is its name."""
    cases = "".join(f'if ($rU == "{name}") {{ {body} }}\n' for name, body in QUERIES.items())
    begin = CONFIGURATION.format(settings="").split("request_route", 1)[0]
    return f"""{begin}
loadmodule "ipops.so"
request_route {{
    if ($rU == "test") {{
        sl_send_reply("200", "OK");
        exit;
    }}
    xlog("L_NOTICE", "query $rU\\n");
    {cases}
}}
"""


@pytest.fixture(scope="module")
def observed_queries(name_server: DnsServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the real server's queries log."""
    folder = tmp_path_factory.mktemp("kamailio")
    conf = folder / "resolv.conf"
    conf.write_text(f"nameserver {name_server.ip}\n")
    port = _free_port()
    listen = [f"udp:127.0.0.1:{port}", f"udp:[::1]:{port}"]
    server = RealServer(queries_configuration(), folder, listen, resolv_conf=conf)
    try:
        server.wait()
        for name in QUERIES:
            server.send(sip_request(f"sip:{name}@127.0.0.1"))
            server.client.settimeout(10)
            server.exchange(sip_request("sip:test@127.0.0.1"))
    finally:
        log = server.stop()
    lines: dict[str, list[str]] = {}
    for line in log.splitlines():
        found = SCRIPT_LINE.match(line)
        if found is not None:
            word, _, rest = found[1].partition(" ")
            if word == "query":
                current = lines[rest] = []
            else:
                current.append(rest)
    return lines


@pytest.mark.parametrize("name", QUERIES)
def test_the_same_answers(name: str, observed_queries: dict[str, list[str]], kahea_server: Make) -> None:
    """The functions of ipops that ask name servers find and show the same."""
    sockets = [LocalSocket("udp", "127.0.0.1", 5060), LocalSocket("udp", "::1", 5060, index=1)]
    server = kahea_server(queries_configuration(), sockets=sockets, dns=ZONE)

    server.receive(sip_request(f"sip:{name}@127.0.0.1"))
    server.advance(60)

    said = [line.removeprefix("says ") for line in server.logged("NOTICE") if line.startswith("says ")]
    assert said == observed_queries[name]


def _free_port() -> int:
    """Return a port that is free for all sockets of the server."""
    while True:
        port = free_ports(1)[0]
        try:
            for family, kind, ip in (
                (socket.AF_INET, socket.SOCK_STREAM, "127.0.0.1"),
                (socket.AF_INET6, socket.SOCK_DGRAM, "::1"),
            ):
                with socket.socket(family, kind) as probe:
                    probe.bind((ip, port))
        except OSError:
            continue
        return port


def sip_request(uri: str) -> bytes:
    """Return a request to a URI."""
    return make_request("OPTIONS", uri)


@pytest.mark.parametrize("uri", URIS)
def test_the_same_places(uri: str, observed: Observed, kahea: ServerUnderTest, request: pytest.FixtureRequest) -> None:
    """A request to a name is sent to the same addresses, ports and transports, in the same order."""
    if reason := DIFFERS.get((observed.name, uri)):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    kahea.refused.clear()
    kahea.receive(sip_request(uri))
    kahea.advance(60)

    places = [(one.destination.protocol, one.destination.ip, one.destination.port) for one in kahea.refused]
    assert places == observed.places[uri]
