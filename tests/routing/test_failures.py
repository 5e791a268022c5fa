"""What a failing module or script costs: one message, never more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.testing import ServerUnderTest, request

FAULTY = '''
from kahea.api import Int, Message, Module, NoParams, Result, Run, function, pvar


class Faulty(Module[NoParams]):
    """Fails in every way."""

    @function()
    def crash(self, msg: Message) -> bool:
        """Raise."""
        raise RuntimeError("out of luck")

    @function()
    def crash_code(self, msg: Message, number: Int) -> Result:
        """Raise, where a code is expected."""
        raise RuntimeError("out of luck")

    @function()
    def code(self, msg: Message, number: Int) -> Result:
        """Return a code."""
        return number

    @pvar("crash")
    def crash_pv(self, run: Run) -> str:
        """Raise when read."""
        raise KeyError("nothing here")
'''


@pytest.fixture
def make(kahea_server: Callable[..., ServerUnderTest], tmp_path: Path) -> Callable[[str], ServerUnderTest]:
    """Return what makes a server with the faulty module and a request_route."""
    (tmp_path / "faulty.py").write_text(FAULTY)

    def made(body: str) -> ServerUnderTest:
        text = (
            f'debug=1\nloadmodule "faulty.py"\nloadmodule "sl.so"\nloadmodule "xlog.so"\nrequest_route {{\n{body}\n}}\n'
        )
        return kahea_server(text, path=tmp_path / "kamailio.cfg")

    return made


def test_a_function_that_raises_is_minus_one(make: Callable[[str], ServerUnderTest]) -> None:
    """The script goes on, and the log names the line that called and the line that raised."""
    server = make('if (crash()) sl_send_reply("200", "OK");\nelse sl_send_reply("480", "$rc");')

    replies = server.receive(request())

    assert replies.statuses == [480]
    assert "480 -1" in replies[0].text
    (line,) = server.logged("ERROR")
    assert "kamailio.cfg:6:5: `crash` failed: RuntimeError: out of luck (raised in " in line
    assert "faulty.py:11 crash" in line


def test_a_code_function_that_raises_does_not_end_the_script(make: Callable[[str], ServerUnderTest]) -> None:
    """An exception is -1, not 0."""
    assert make('crash_code(1); sl_send_reply("200", "OK");').receive(request()).statuses == [200]


def test_a_function_that_returns_zero_ends_the_script(make: Callable[[str], ServerUnderTest]) -> None:
    """As in Kamailio, 0 ends the script, also inside a condition."""
    assert make('code(0); sl_send_reply("200", "OK");').receive(request()) == []
    assert make('if (!code(0) || 1) sl_send_reply("200", "OK");').receive(request()) == []


def test_a_bad_argument_is_one_line(make: Callable[[str], ServerUnderTest]) -> None:
    """A value that does not fit is told without a traceback, and the script goes on."""
    server = make('code("$(null)x"); sl_send_reply("200", "OK");')

    assert server.receive(request()).statuses == [200]
    assert server.logged("ERROR")[0].endswith('`code` failed: ValueError: expected a number, got "<null>x"')


def test_an_exception_in_the_script_itself_is_answered_500(make: Callable[[str], ServerUnderTest]) -> None:
    """The run ends there; the next message is served."""
    server = make('if (method == "INVITE") { if ($crash == "x") exit; }\nsl_send_reply("200", "OK");')

    assert server.receive(request("INVITE")).statuses == [500]
    assert "kamailio.cfg:6" in server.logged("ERROR")[0]
    assert server.receive(request("OPTIONS")).statuses == [200]


def test_no_500_after_a_reply(make: Callable[[str], ServerUnderTest]) -> None:
    """A script that answered before it failed is not answered for."""
    server = make('sl_send_reply("200", "OK"); if ($crash == "x") exit;')

    assert server.receive(request()).statuses == [200]
    assert any("KeyError" in line for line in server.logged("ERROR"))
    assert server.receive(request("ACK")) == []
