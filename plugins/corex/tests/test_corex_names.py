"""Records that corex puts into the server's cache of names, written as Kamailio's documentation has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.api import LocalSocket, Srv
from kahea.testing import ConfigError, ServerUnderTest, request
from kahea_corex.dns_records import Record, parse_record

Make = Callable[..., ServerUnderTest]


def with_params(kahea_server: Make, *params: tuple[str, str | Path]) -> ServerUnderTest:
    """Return a server with parameters of corex."""
    lines = "".join(f'modparam("corex", "{name}", "{value}")\n' for name, value in params)
    return kahea_server(f'loadmodule "corex.so"\n{lines}request_route {{ exit; }}')


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("type=A;name=h.example;addr=192.0.2.1;ttl=60;flags=0", Record("h.example", "192.0.2.1", 60, 0)),
        ("TYPE=aaaa; name=h.example; addr=2001:db8::1; ttl=60; flags=2;", Record("h.example", "2001:db8::1", 60, 2)),
        (
            "type=SRV;name=_sip._udp.example;addr=h.example.;ttl=60;priority=1;weight=2;port=3",
            Record("_sip._udp.example", Srv(1, 2, 3, "h.example"), 60, 0),
        ),
        ("type=A;name=h.example;ttl=60;flags=1", Record("h.example", "0.0.0.0", 60, 1)),
    ],
)
def test_a_record_is_read(text: str, record: Record) -> None:
    """A record is a list of parameters, in any order and case."""
    assert parse_record(text) == record


@pytest.mark.parametrize(
    "text",
    [
        "",
        "type=MX;name=h.example;addr=192.0.2.1;ttl=60",
        "type=A;addr=192.0.2.1;ttl=60",
        "type=A;name=h.example;addr=2001:db8::1;ttl=60",
        "type=A;name=h.example;addr=192.0.2.1;ttl=long",
        "type=A;name=h.example;address=192.0.2.1;ttl=60",
    ],
)
def test_a_wrong_record_is_a_mistake_of_the_file(kahea_server: Make, text: str) -> None:
    """What is no record is found when the file is read."""
    with pytest.raises(ConfigError):
        with_params(kahea_server, ("dns_cache", text))


def test_records_are_known_without_name_servers(kahea_server: Make, tmp_path: Path) -> None:
    """Records of the parameter and of a file answer lookups."""
    file = tmp_path / "names"
    file.write_text("# one\n\n  type=A;name=h.example;addr=192.0.2.2;ttl=60;flags=0\n")
    server = with_params(
        kahea_server,
        ("dns_cache", "type=A;name=h.example;addr=192.0.2.1;ttl=60;flags=0"),
        ("dns_cache", "type=SRV;name=_sip._udp.x.example;addr=h.example;ttl=60;priority=1;weight=2;port=5070;flags=0"),
        ("dns_cache", "type=A;name=not.example;ttl=60;flags=1"),
        ("dns_file", file),
    )
    resolver = server.engine.resolver

    assert resolver.addresses("h.example") == ("192.0.2.1", "192.0.2.2")
    assert resolver.addresses("not.example") == ()
    assert resolver.locate("x.example", 0, "udp").next() == ("udp", "192.0.2.1", 5070)  # type: ignore[union-attr]
    assert server.names.queries == []


def test_a_wrong_file_stops_the_start(kahea_server: Make, tmp_path: Path) -> None:
    """A file that is not there, or has a wrong line, stops the start with its place."""
    file = tmp_path / "names"
    file.write_text("# one\ntype=A\n")

    with pytest.raises(Exception, match="names, line 2: it has no name"):
        with_params(kahea_server, ("dns_file", file))
    with pytest.raises(Exception, match="cannot be read"):
        with_params(kahea_server, ("dns_file", tmp_path / "none"))


@pytest.mark.parametrize(
    ("call", "protocol"),
    [
        ('send_udp("host.example:5080")', "udp"),
        ('send_tcp("host.example:5080")', "tcp"),
        ('send_data("sip:host.example:5080", "text")', "udp"),
        ('sendx("sip:host.example:5080;transport=tcp", "tcp:127.0.0.1:5060", "text")', "tcp"),
    ],
)
def test_data_is_sent_to_a_name(kahea_server: Make, call: str, protocol: str) -> None:
    """A host name is looked up; one that does not exist makes the function fail."""
    sockets = [LocalSocket("udp", "127.0.0.1", 5060, index=0), LocalSocket("tcp", "127.0.0.1", 5060, index=1)]
    script = f'if ({call}) test_log("sent"); else test_log("failed");'
    for dns, told, places in (
        ("host.example IN A 192.0.2.7", "sent", [(protocol, "192.0.2.7", 5080)]),
        ("other.example IN A 192.0.2.7", "failed", []),
    ):
        server = kahea_server(f'loadmodule "corex.so"\nrequest_route {{ {script} }}', sockets=sockets, dns=dns)
        sent = [*server.receive(request("OPTIONS")), *server.advance(30)]

        assert [(one.destination.protocol, one.destination.ip, one.destination.port) for one in sent] == places
        assert server.logged("ERROR")[-1] == told
