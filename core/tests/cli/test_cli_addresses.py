"""Addresses of ``-l`` and ``--alias``; forms and refusals are those of Kamailio's own ``-l`` (5.6.3 and 6.1)."""

from __future__ import annotations

from typing import Any

import pytest
from kahea.cfg.ast import Listen
from kahea.cli.addresses import parse_alias, parse_listen
from kahea.cli.errors import UsageError


def facts(listen: Listen) -> dict[str, Any]:
    """Return what differs from an address without anything."""
    found = {
        "protocol": listen.protocol,
        "hosts": [host.text for host in listen.hosts],
        "port": listen.port,
        "advertise_host": listen.advertise_host,
        "advertise_port": listen.advertise_port,
        "name": listen.name,
    }
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1", {"hosts": ["127.0.0.1"]}),
        ("udp:127.0.0.1:5080", {"protocol": "udp", "hosts": ["127.0.0.1"], "port": 5080}),
        ("TCP:eth0", {"protocol": "tcp", "hosts": ["eth0"]}),
        ("eth0:5062", {"hosts": ["eth0"], "port": 5062}),
        ("udp:5060", {"hosts": ["udp"], "port": 5060}),
        ("127.0.0.1:0", {"hosts": ["127.0.0.1"]}),
        ("[::1]:5060", {"hosts": ["[::1]"], "port": 5060}),
        ("udp:[::1]", {"protocol": "udp", "hosts": ["[::1]"]}),
        ("(eth0, eth1, 127.0.0.1):5065", {"hosts": ["eth0", "eth1", "127.0.0.1"], "port": 5065}),
        ("sctp:(eth0)", {"protocol": "sctp", "hosts": ["eth0"]}),
        ("(127.0.0.1 127.0.0.2)", {"hosts": ["127.0.0.1", "127.0.0.2"]}),
        (
            "udp:127.0.0.1:5080/1.2.3.4:5060",
            {
                "protocol": "udp",
                "hosts": ["127.0.0.1"],
                "port": 5080,
                "advertise_host": "1.2.3.4",
                "advertise_port": 5060,
            },
        ),
        ("127.0.0.1/tcp:a.example", {"hosts": ["127.0.0.1"], "advertise_host": "a.example"}),
        (
            "127.0.0.1/[2001:db8::1]:5060",
            {"hosts": ["127.0.0.1"], "advertise_host": "2001:db8::1", "advertise_port": 5060},
        ),
        ("127.0.0.1:5080//local", {"hosts": ["127.0.0.1"], "port": 5080, "name": "local"}),
        (
            "127.0.0.1:5080/1.2.3.4:5060/local",
            {
                "hosts": ["127.0.0.1"],
                "port": 5080,
                "advertise_host": "1.2.3.4",
                "advertise_port": 5060,
                "name": "local",
            },
        ),
    ],
)
def test_forms_of_a_listen_address(text: str, expected: dict[str, Any]) -> None:
    """Every form that Kamailio documents for ``-l`` is read; port 0 is the default port."""
    assert facts(parse_listen(text)) == expected


def test_hosts_know_their_place() -> None:
    """A diagnostic about a host shows where it stands in the argument."""
    listen = parse_listen("udp:(eth0, nosuch):5065")

    assert [str(host.span) for host in listen.hosts] == ["<-l>:1:6", "<-l>:1:12"]
    assert [host.span.text for host in listen.hosts] == ["eth0", "nosuch"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "-l cannot read the address ``"),
        ("::1", "-l cannot read the address `::1`"),
        (":5060", "-l cannot read the address `:5060`"),
        ("127.0.0.1:", "-l cannot read the address `127.0.0.1:`"),
        ("a:b:c:d", "-l cannot read the address `a:b:c:d`"),
        ("()", "-l cannot read the address `()`"),
        ("foo:127.0.0.1:5060", "-l: `foo` in `foo:127.0.0.1:5060` is no protocol"),
        ("udp:127.0.0.1:sip", "-l: `sip` is no port"),
        ("127.0.0.1:99999", "-l: `99999` is no port"),
        ("127.0.0.1:5080/", "-l: nothing after the `/` in `127.0.0.1:5080/`"),
        ("127.0.0.1:5080/1.2.3.4/", "-l: nothing after the `/` in `127.0.0.1:5080/1.2.3.4/`"),
        ("127.0.0.1:5080/:1", "-l cannot read the address `:1`"),
    ],
)
def test_what_is_no_listen_address(text: str, message: str) -> None:
    """Another form is refused, with what is wrong in it; a port above 65535 too, which Kamailio truncates."""
    with pytest.raises(UsageError) as raised:
        parse_listen(text)

    assert raised.value.message == message


def test_aliases() -> None:
    """An alias has a host and, where given, protocol and port."""
    assert facts(parse_alias("a.example")) == {"hosts": ["a.example"]}
    assert facts(parse_alias("tcp:a.example:5061")) == {"protocol": "tcp", "hosts": ["a.example"], "port": 5061}
    with pytest.raises(UsageError, match="--alias cannot read the address `:`"):
        parse_alias(":")
