"""ipops in a configuration; values as observed on Kamailio 5.6.3."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import NoParams, Run
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_ipops import Ipops
from kahea_ipops.addresses import IpType, read, type_of, within
from kahea_ipops.ranges import is_rfc1918, kind

Make = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Ipops


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3.4", IpType.IPV4),
        ("01.2.3.4", None),
        ("1.2.3.4 ", None),
        ("::ffff:1.2.3.4", IpType.IPV6),
        ("[::1]", IpType.REFERENCE),
        ("[::1", None),
        ("[1.2.3.4]", None),
        ("::1%lo", None),
        ("::1:", None),
        ("", None),
        ("1\0", None),
        ("é", None),
    ],
)
def test_types(text: str, expected: IpType | None) -> None:
    """A text as a whole is an address or not."""
    assert type_of(text) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("10.0.0.1", "PRIVATE"), ("8.8.8.8", "PUBLIC"), ("fe80::1", "LINK-LOCAL-UNICAST"), ("2a00::1", "GLOBAL-UNICAST")],
)
def test_kinds(address: str, expected: str) -> None:
    """The registries say what an address is for."""
    found = read(address)
    assert found is not None
    assert kind(found) == expected


def test_rfc1918() -> None:
    """Private networks are those of RFC 1918, and nothing may follow the address."""
    assert is_rfc1918("172.31.255.255")
    assert not is_rfc1918("172.32.0.0")
    assert not is_rfc1918("10.1.2.3x")


def test_subnets() -> None:
    """An address is looked for in each network of its version."""
    assert within("10.1.2.3", "x, 2001:db8::/32 ,10.0.0.0/8")
    assert not within("10.1.2.3", "2001:db8::/0, 10.0.0.0/33")


class Result:
    """A pseudo-variable that functions write to."""

    text = "$var(r)"
    writable = True
    value: Any = "unset"

    def get(self, run: Run) -> Any:
        """Return the value."""
        return self.value

    def set(self, run: Run, value: Any) -> None:
        """Keep the value."""
        self.value = value


@pytest.mark.parametrize(
    ("text", "any_version", "ipv4", "ipv6"),
    [
        ("10.0.0.1", "PRIVATE", "PRIVATE", "unset"),
        (" 10.0.0.1 ", "unset", "PRIVATE", "unset"),
        ("[::1]", "LOOPBACK", "unset", "LOOPBACK"),
        ("x", "unset", "unset", "unset"),
    ],
)
def test_detailed_types(kahea_server: Make, text: str, any_version: str, ipv4: str, ipv6: str) -> None:
    """The word is assigned where the text is an address of the version."""
    server = kahea_server('loadmodule "ipops.so"\nrequest_route { exit; }')
    ipops, run = Ipops("ipops", NoParams(), server.engine), Run(server.engine)
    for function, expected in (
        (ipops.detailed_ip_type, any_version),
        (ipops.detailed_ipv4_type, ipv4),
        (ipops.detailed_ipv6_type, ipv6),
    ):
        result = Result()
        assert function(run, text, result) is (expected != "unset")
        assert result.value == expected


def test_in_a_script(kahea_server: Make) -> None:
    """Results and pseudo-variables reach the script."""
    body = 'ip_type("[::1]"); test_log("$rc $HN(f)");'
    server = kahea_server(f'loadmodule "ipops.so"\nrequest_route {{ {body} }}')
    server.receive(request())
    assert [line.split(": ", 2)[2] for line in server.log] == [f"3 {socket.gethostname()}"]


def test_resolver(kahea_server: Make) -> None:
    """The script waits for the system's resolver."""
    body = """
        if (dns_sys_match_ip("127.0.0.1", "127.0.0.1")) { test_log("yes"); }
        if (!dns_sys_match_ip("127.0.0.1", "127.0.0.2")) { test_log("no"); }
    """
    server = kahea_server(f'loadmodule "ipops.so"\nrequest_route {{ {body} }}')
    server.receive(request())
    server.settle()
    assert [line.rpartition(" ")[2] for line in server.log] == ["yes", "no"]


def test_unknown_name(kahea_server: Make) -> None:
    """$HN knows four names."""
    with pytest.raises(ConfigError) as caught:
        kahea_server('loadmodule "ipops.so"\nrequest_route { test_log("$HN(x)"); }')
    assert [found.code for found in caught.value.diagnostics] == ["bad-pseudo-variable"]
