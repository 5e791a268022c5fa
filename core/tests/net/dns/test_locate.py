"""Finding destinations: RFC 3263 on a server under test, with name servers in memory."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from kahea.sip.endpoints import LocalSocket
from kahea.testing import ServerUnderTest

SOCKETS = (LocalSocket("udp", "127.0.0.1", 5060), LocalSocket("tcp", "127.0.0.1", 5060, index=1))

Make = Callable[..., ServerUnderTest]


def found(server: ServerUnderTest, *arguments: Any, seconds: float = 60.0) -> list[tuple[str, str, int]]:
    """Return all candidates that `locate` gives, waited for where they are not known."""
    places: list[tuple[str, str, int]] = []

    async def walk() -> None:
        candidates = server.engine.resolver.locate(*arguments)
        if inspect.isawaitable(candidates):
            candidates = await candidates
        while True:
            one = candidates.next()
            if inspect.isawaitable(one):
                one = await one
            if one is None:
                return
            places.append(one)

    server.wait_for(walk(), seconds)
    return places


def server_with(kahea_server: Make, zone: str, **settings: Any) -> ServerUnderTest:
    """Return a server whose name servers know *zone*."""
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    return kahea_server(f"{lines}request_route {{ exit; }}", dns=zone, sockets=SOCKETS)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("192.0.2.1",), ("udp", "192.0.2.1", 5060)),
        (("192.0.2.1", 5070, "tcp"), ("tcp", "192.0.2.1", 5070)),
        (("192.0.2.1", 0, "", "sips"), ("tls", "192.0.2.1", 5061)),
        (("[2001:DB8::1]", 0, "udp"), ("udp", "2001:db8::1", 5060)),
    ],
)
def test_an_address_is_found_at_once(kahea_server: Make, arguments: tuple[Any, ...], place: tuple[Any, ...]) -> None:
    """An address needs no look-up; port and transport are those given, else the defaults."""
    server = server_with(kahea_server, "")

    candidates = server.engine.resolver.locate(*arguments)

    assert not inspect.isawaitable(candidates)
    assert candidates.next() == place
    assert candidates.next() is None
    assert server.names.queries == []


def test_a_name_with_a_port_has_its_addresses_looked_up(kahea_server: Make) -> None:
    """With a port the host's address records count, and nothing else is asked for (RFC 3263 4.2)."""
    server = server_with(kahea_server, "host.example IN A 192.0.2.7")

    assert found(server, "host.example", 5080) == [("udp", "192.0.2.7", 5080)]
    assert server.names.queries == [("host.example", "A")]
