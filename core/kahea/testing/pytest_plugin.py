"""The pytest plugin: the fixtures ``kahea_server`` and ``dns_server``.

The server is imported only when a test asks for it: pytest loads this file in every run on the machine, and
an early import would hide the lines that it runs from coverage.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kahea.testing.names import DnsServer
    from kahea.testing.server import ServerUnderTest


@pytest.fixture
def kahea_server() -> Iterator[Callable[..., ServerUnderTest]]:
    """Return what makes a `kahea.testing.ServerUnderTest` of a configuration; it is stopped after the test.

    Where the environment variable ``KAHEA_TEST_ALONE`` is set, a module is tested with the core alone: a test whose
    configuration loads a module that is not installed is skipped. Everywhere else it fails.
    """
    from kahea.testing.server import ConfigError, ServerUnderTest

    servers: list[ServerUnderTest] = []

    def make(text: str, **options: Any) -> ServerUnderTest:
        try:
            server = ServerUnderTest(text, **options)
        except ConfigError as error:
            missing = [found.message for found in error.diagnostics if found.code == "module-not-installed"]
            if missing and os.environ.get("KAHEA_TEST_ALONE"):
                pytest.skip("; ".join(missing))
            raise
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def dns_server() -> Iterator[Callable[..., DnsServer]]:
    """Return what makes a `kahea.testing.DnsServer` of a zone's text, on a loopback port; it is stopped after the test.

    A server under test needs none: `kahea_server` has name servers in memory.
    """
    from kahea.testing.names import DnsServer

    servers: list[DnsServer] = []

    def make(zone: str = "", **options: Any) -> DnsServer:
        server = DnsServer(zone, **options)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()
