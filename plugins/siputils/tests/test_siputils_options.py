"""options_reply; replies observed on Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, request

Make = Callable[..., ServerUnderTest]

CONFIG = """
    loadmodule "sl.so"
    loadmodule "siputils.so"
    modparam("siputils", "options_support", "path, timer")
    request_route { if (!options_reply()) { sl_send_reply("404", "Refused"); } }
"""


def test_options_are_answered(kahea_server: Make) -> None:
    """The reply tells what the server accepts and supports, an empty value included."""
    pytest.importorskip("kahea_sl")
    replies = kahea_server(CONFIG).receive(request("OPTIONS", "sip:127.0.0.1"))

    lines = replies[0].text.split("\r\n")
    assert lines[0] == "SIP/2.0 200 OK"
    start = lines.index("Accept: */*")
    expected = ["Accept: */*", "Accept-Encoding: ", "Accept-Language: en", "Supported: path, timer"]
    assert lines[start : start + 4] == expected


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        ("INFO", "sip:127.0.0.1"),
        ("OPTIONS", "sip:user@127.0.0.1"),
        ("OPTIONS", "tel:+123"),
        ("OPTIONS", "sip::pw@host"),
    ],
)
def test_others_are_refused(kahea_server: Make, method: str, uri: str) -> None:
    """Another method and a Request-URI with a user or without a host fail, with an error in the log."""
    pytest.importorskip("kahea_sl")
    server = kahea_server(CONFIG)

    assert server.receive(request(method, uri)).statuses == [404]
    assert len(server.logged("ERROR")) == 1


def test_without_a_module_that_answers(kahea_server: Make) -> None:
    """Without sl the function fails, and the log tells what to load."""
    server = kahea_server('loadmodule "siputils.so"\nrequest_route { options_reply(); }')

    assert server.receive(request("OPTIONS", "sip:127.0.0.1")) == []
    assert server.logged("ERROR") == ['options_reply: no module answers requests: add `loadmodule "sl.so"`']
