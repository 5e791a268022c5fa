"""What makes the servers of these tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kahea.testing import ServerUnderTest

from tests.transactions.choreography import HEAD, write_sleeper

Make = Callable[..., ServerUnderTest]


@pytest.fixture
def make(kahea_server: Callable[..., ServerUnderTest], tmp_path: Path) -> Make:
    """Return what makes a server of routes behind the common head; *settings* stand before it."""
    path = write_sleeper(tmp_path)

    def made(routes: str, settings: str = "", **options: Any) -> ServerUnderTest:
        return kahea_server(settings + HEAD + routes, path=path, **options)

    return made
