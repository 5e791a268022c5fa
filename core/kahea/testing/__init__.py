"""Tools for testing modules and configurations, without sockets and without waiting.

A test asks for the fixture ``kahea_server``, which the core brings as a pytest plugin::

    def test_options_are_answered(kahea_server):
        server = kahea_server('''
            loadmodule "sl.so"
            request_route { sl_send_reply("200", "OK"); }
        ''')

        replies = server.receive(request("OPTIONS", "sip:test@127.0.0.1"))

        assert replies.statuses == [200]

What every module promises is tested by a subclass of `ModuleContract`::

    class TestContract(ModuleContract):
        module = Hello
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kahea.diagnostics import ConfigError
    from kahea.testing.clock import FakeClock
    from kahea.testing.contract import ModuleContract
    from kahea.testing.messages import reply, request
    from kahea.testing.names import DnsServer, Names
    from kahea.testing.server import Replies, Sent, ServerUnderTest

__all__ = [
    "ConfigError",
    "DnsServer",
    "FakeClock",
    "ModuleContract",
    "Names",
    "Replies",
    "Sent",
    "ServerUnderTest",
    "reply",
    "request",
]

_PLACES = {
    "ConfigError": "kahea.diagnostics",
    "DnsServer": "kahea.testing.names",
    "FakeClock": "kahea.testing.clock",
    "ModuleContract": "kahea.testing.contract",
    "Names": "kahea.testing.names",
    "Replies": "kahea.testing.server",
    "Sent": "kahea.testing.server",
    "ServerUnderTest": "kahea.testing.server",
    "reply": "kahea.testing.messages",
    "request": "kahea.testing.messages",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for.

    pytest imports this package for its plugin in every run on the machine, and needs no server for that.
    """
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(place), name)
    return found
