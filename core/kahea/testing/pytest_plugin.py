"""The pytest plugin: the fixture ``kahea_server``.

The server is imported only when a test asks for it: pytest loads this file in every run on the machine, and
an early import would hide the lines that it runs from coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kahea.testing.server import ServerUnderTest


@pytest.fixture
def kahea_server() -> Iterator[Callable[..., ServerUnderTest]]:
    """Return what makes a `kahea.testing.ServerUnderTest` of a configuration; it is stopped after the test."""
    from kahea.testing.server import ServerUnderTest

    servers: list[ServerUnderTest] = []

    def make(text: str, **options: Any) -> ServerUnderTest:
        server = ServerUnderTest(text, **options)
        servers.append(server)
        return server

    yield make
    for server in servers:
        server.stop()
