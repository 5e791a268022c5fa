"""Addresses, as Kamailio's documentation of the parameters binrpc and fifo writes them."""

from __future__ import annotations

import pytest
from kahea.api import ListenKind
from kahea_ctl.addresses import Address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/run/kamailio/kamailio_ctl", Address(ListenKind.UNIX, "/run/kamailio/kamailio_ctl")),
        ("unixs:/tmp/stream", Address(ListenKind.UNIX, "/tmp/stream")),
        ("unixd:/tmp/dgram", Address(ListenKind.UNIX_DATAGRAM, "/tmp/dgram")),
        ("/tmp/unix_test", Address(ListenKind.UNIX, "/tmp/unix_test")),
        ("udp:localhost:2046", Address(ListenKind.UDP, "localhost", 2046)),
        ("localhost:3000", Address(ListenKind.UDP, "localhost", 3000)),
        ("localhost", Address(ListenKind.UDP, "localhost", 2049)),
        ("tcp:3012", Address(ListenKind.TCP, "*", 3012)),
        ("udp:*:3012", Address(ListenKind.UDP, "*", 3012)),
        ("TCP:[::1]:3012", Address(ListenKind.TCP, "[::1]", 3012)),
        ("tcp:[::1]", Address(ListenKind.TCP, "[::1]", 2049)),
        ("tcp:127.0.0.1:http", Address(ListenKind.TCP, "127.0.0.1", 80)),
    ],
)
def test_binrpc_addresses(text: str, address: Address) -> None:
    """A path without a protocol is a Unix stream socket, a host is UDP."""
    assert parse_address(text, ListenKind.UDP) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("fifo:/tmp/kamailio_fifo", Address(ListenKind.FIFO, "/tmp/kamailio_fifo")),
        ("/tmp/kamailio_fifo2", Address(ListenKind.FIFO, "/tmp/kamailio_fifo2")),
        ("kamailio_fifo", Address(ListenKind.FIFO, "kamailio_fifo")),
        ("udp:*:2050", Address(ListenKind.UDP, "*", 2050)),
        ("tcp:localhost:2050", Address(ListenKind.TCP, "localhost", 2050)),
        ("localhost:2050", Address(ListenKind.UDP, "localhost", 2050)),
    ],
)
def test_fifo_addresses(text: str, address: Address) -> None:
    """A path without a protocol is a FIFO."""
    assert parse_address(text, ListenKind.FIFO) == address


@pytest.mark.parametrize(
    "text", ["unix:", "tcp:host:0", "tcp:host:70000", "udp:host:no-such-service", "[::1", "[::1]x"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Paths and ports have to be there."""
    with pytest.raises(ValueError, match=r".+"):
        parse_address(text, ListenKind.UDP)
