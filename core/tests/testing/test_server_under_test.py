"""The server without sockets."""

from __future__ import annotations

import gc

from kahea.testing import ServerUnderTest


def test_a_server_that_is_not_stopped_is_closed_with_its_last_reference() -> None:
    """Nothing is left for the garbage collector to complain of, wherever it runs next."""
    server = ServerUnderTest("request_route { exit; }")
    loop = server._loop
    del server
    gc.collect()
    assert loop.is_closed()
