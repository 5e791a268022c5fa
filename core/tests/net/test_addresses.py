"""From `listen` to sockets."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence

from kahea.cfg.ast import Listen, Name
from kahea.diagnostics import Diagnostics, SourceFile, Span
from kahea.modules.settings import Settings
from kahea.net.addresses import Addresses, OwnAddress, resolve_addresses
from kahea.net.interfaces import InterfaceAddress, interface_addresses
from kahea.net.lookup import look_up

SPAN = Span(SourceFile("k.cfg", "listen=x\n"), 7, 8)
MACHINE = [
    InterfaceAddress("lo", "127.0.0.1"),
    InterfaceAddress("eth0", "192.0.2.2"),
    InterfaceAddress("eth0", "192.0.2.3"),
    InterfaceAddress("lo", "::1"),
    InterfaceAddress("six", "2001:db8::2"),
]


def listen(protocol: str | None, *hosts: str, port: int | None = None, **more: object) -> Listen:
    """A `listen` of hosts."""
    return Listen(protocol, [Name(SPAN, host) for host in hosts], port, span=SPAN, **more)  # type: ignore[arg-type]


def resolve(settings: Settings, known: Mapping[str, str] | None = None) -> tuple[Addresses, Diagnostics]:
    """Resolve on `MACHINE` with a name service that knows *known*."""

    def names(wanted: Sequence[str]) -> Mapping[str, str]:
        return {name: ip for name, ip in (known or {}).items() if name in wanted}

    diagnostics = Diagnostics()
    return resolve_addresses(settings, diagnostics, interfaces=lambda: MACHINE, names=names), diagnostics


def texts(addresses: Addresses) -> list[str]:
    """The sockets as text."""
    return [str(one) for one in addresses.sockets]


def test_no_listen_means_all_ipv4_addresses() -> None:
    """Without listen: every IPv4 address, loopback included, UDP first, then TCP (seen with Kamailio 5.6.3)."""
    addresses, diagnostics = resolve(Settings(port=5070))

    assert texts(addresses) == [
        *("udp:127.0.0.1:5070", "udp:192.0.2.2:5070", "udp:192.0.2.3:5070"),
        *("tcp:127.0.0.1:5070", "tcp:192.0.2.2:5070", "tcp:192.0.2.3:5070"),
    ]
    assert [one.index for one in addresses.sockets] == [0, 1, 2, 3, 4, 5]
    assert not len(diagnostics)


def test_auto_bind_ipv6_and_disable_tcp() -> None:
    """auto_bind_ipv6 adds IPv6 addresses, disable_tcp leaves TCP out."""
    addresses, _ = resolve(Settings(auto_bind_ipv6=True, disable_tcp=True))

    assert texts(addresses)[-2:] == ["udp:[::1]:5060", "udp:[2001:db8::2]:5060"]
    assert all(one.protocol == "udp" for one in addresses.sockets)


def test_hosts_are_interfaces_addresses_and_names() -> None:
    """A host may be an interface, an address or a name; without a transport UDP and TCP are meant."""
    settings = Settings(
        listen=[
            listen("tcp", "eth0", port=5080),
            listen(None, "[2001:DB8:0::2]", port=5081),
            listen("udp", "sip.example", "127.0.0.1"),
        ]
    )
    addresses, diagnostics = resolve(settings, {"sip.example": "192.0.2.3"})

    assert texts(addresses) == [
        *("udp:[2001:db8::2]:5081", "udp:192.0.2.3:5060", "udp:127.0.0.1:5060"),
        *("tcp:192.0.2.2:5080", "tcp:192.0.2.3:5080", "tcp:[2001:db8::2]:5081"),
    ]
    assert OwnAddress("sip.example", frozenset((5060,)), "udp") in addresses.own
    assert not len(diagnostics)


def test_duplicates_are_one_socket() -> None:
    """The same address twice is one socket, and both names are ours."""
    settings = Settings(listen=[listen("udp", "127.0.0.1"), listen("udp", "a.example"), listen("udp", "lo")])
    addresses, _ = resolve(settings, {"a.example": "127.0.0.1"})

    assert texts(addresses) == ["udp:127.0.0.1:5060"]
    assert OwnAddress("a.example", frozenset((5060,)), "udp") in addresses.own


def test_advertise_is_carried_over() -> None:
    """A listen's own advertise comes before the global one; IPv6 gets its brackets."""
    settings = Settings(
        advertised_address="nat.example",
        advertised_port=5099,
        listen=[
            listen("udp", "127.0.0.1", name="inside"),
            listen("udp", "eth0", advertise_host="2001:db8::9", advertise_port=5098),
        ],
    )
    addresses, _ = resolve(settings)

    assert [one.sent_by for one in addresses.sockets] == ["nat.example:5099", *["[2001:db8::9]:5098"] * 2]
    assert addresses.sockets[0].name == "inside"


def test_every_unresolvable_host_is_reported() -> None:
    """Each name that cannot be resolved is an error at its place; an interface without IPv4 says what to set."""
    settings = Settings(listen=[listen("udp", "nosuch.invalid"), listen("tcp", "six"), listen("tcp", "bad.invalid")])
    _, diagnostics = resolve(settings)

    assert [(one.code, one.span) for one in diagnostics.errors] == [
        ("no-address", SPAN),
        ("unresolvable-host", SPAN),
        ("unresolvable-host", SPAN),
    ]
    assert "`nosuch.invalid`" in diagnostics.errors[1].message


def test_transports_that_cannot_listen_are_warned_about() -> None:
    """A listen on TLS is not silently forgotten, and alone it is an error."""
    addresses, diagnostics = resolve(Settings(listen=[listen("tls", "127.0.0.1"), listen("udp", "127.0.0.1")]))
    assert texts(addresses) == ["udp:127.0.0.1:5060"]
    assert [one.code for one in diagnostics.warnings] == ["unsupported-transport"]

    _, diagnostics = resolve(Settings(listen=[listen("tls", "127.0.0.1")]))
    assert [one.code for one in diagnostics.errors] == ["no-address"]

    _, diagnostics = resolve(Settings(disable_tcp=True, listen=[listen("tcp", "127.0.0.1"), listen("udp", "lo")]))
    assert [one.code for one in diagnostics.warnings] == ["unused-listen"]


def test_interfaces_are_those_of_ip_addr() -> None:
    """The kernel tables give the addresses that iproute2 shows."""
    found = interface_addresses()

    assert InterfaceAddress("lo", "127.0.0.1") in found
    try:
        shown = subprocess.run(["ip", "-o", "addr"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        return
    expected = {line.split()[3].split("/")[0] for line in shown.splitlines() if "scope link" not in line}
    assert {one.ip for one in found} == expected


def test_look_up_is_bounded_in_time() -> None:
    """localhost is found, an invalid name is not, and a name server that is silent costs no more than the limit."""
    started = time.monotonic()
    found = look_up(["localhost", "nosuch.invalid"], 2.0)

    assert found["localhost"] == "127.0.0.1"
    assert "nosuch.invalid" not in found
    assert time.monotonic() - started < 3
    assert look_up([]) == {}
    assert look_up(["localhost"], 0.0) in ({}, found)
