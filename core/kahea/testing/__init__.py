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

from kahea.diagnostics import ConfigError
from kahea.testing.clock import FakeClock
from kahea.testing.contract import ModuleContract
from kahea.testing.messages import reply, request
from kahea.testing.server import Replies, Sent, ServerUnderTest

__all__ = ["ConfigError", "FakeClock", "ModuleContract", "Replies", "Sent", "ServerUnderTest", "reply", "request"]
