"""Scripts that wait: other messages go on, retransmissions are absorbed, a CANCEL is held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.diagnostics import ConfigError
from kahea.testing import ServerUnderTest, request

SLEEPER = '''
import asyncio
import time
from collections.abc import Awaitable

from kahea.api import EventRoute, Int, Message, Module, Params, Result, Run, Waits, function


class SleeperParams(Params):
    """Parameters."""

    never: int = 0


class Sleeper(Module[SleeperParams]):
    """Waits in every way."""

    event_routes = (EventRoute("sleeper:quick", "Cannot wait.", may_wait=False),)

    @function()
    async def nap(self, msg: Message, seconds: Int) -> bool:
        """Wait."""
        await asyncio.sleep(seconds)
        return True

    @function(waits=Waits.MAY)
    def maybe(self, msg: Message, seconds: Int) -> Result | Awaitable[Result]:
        """Wait if there is something to wait for."""
        return self._nap(seconds) if seconds else 7

    async def _nap(self, seconds: int) -> int:
        await asyncio.sleep(seconds)
        return 8

    @function(waits=lambda module: Waits.NEVER if module.params.never else Waits.ALWAYS)
    def by_parameter(self, msg: Message) -> bool:
        """Wait only without the parameter."""
        return True

    @function(blocking=True)
    def block(self, msg: Message) -> bool:
        """Block in a library."""
        time.sleep(0.01)
        return True

    @function()
    async def fail(self, msg: Message) -> bool:
        """Fail after a wait."""
        await asyncio.sleep(1)
        raise RuntimeError("no luck")
'''

HEAD = """
debug=1
loadmodule "sleeper.py"
loadmodule "sl.so"
loadmodule "xlog.so"
loadmodule "pv.so"
"""

Make = Callable[[str], ServerUnderTest]


@pytest.fixture
def make(kahea_server: Callable[..., ServerUnderTest], tmp_path: Path) -> Make:
    """Return what makes a server with the sleeping module and the rest of a configuration."""
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    return lambda text: kahea_server(HEAD + text, path=tmp_path / "kamailio.cfg")


NAP = """
request_route {
    if (method == "INVITE") { $var(x) = $ci; nap(2); sl_send_reply("200", "$var(x)"); exit; }
    sl_send_reply("202", "Other");
}
"""


def test_the_script_goes_on_after_the_wait(make: Make) -> None:
    """Nothing is sent before the time is over, and everything after it."""
    server = make(NAP)

    assert server.receive(request("INVITE")) == []
    assert server.advance(1.9) == []
    assert server.advance(0.2).statuses == [200]


def test_other_messages_are_served_meanwhile(make: Make) -> None:
    """A waiting script stops no other, and two of them never see each other's variables."""
    server = make(NAP)

    server.receive(request("INVITE", call_id="first"))
    server.advance(1)
    server.receive(request("INVITE", call_id="second"))

    assert server.receive(request("OPTIONS")).statuses == [202]
    assert "200 first" in server.advance(1.5)[0].text
    assert "200 second" in server.advance(1)[0].text


def test_retransmissions_are_absorbed_while_the_script_waits(make: Make) -> None:
    """The same request again runs no second script; afterwards it is a new request."""
    server = make(NAP)
    invite = request("INVITE")

    server.receive(invite)
    assert server.receive(invite) == []
    assert server.advance(3).statuses == [200]
    assert server.receive(invite) == []
    assert server.advance(3).statuses == [200]


def test_a_cancel_is_held_until_the_script_ended(make: Make) -> None:
    """The CANCEL of a request whose script waits reaches the script after it, once."""
    server = make(NAP)
    server.receive(request("INVITE", branch="z9hG4bKone", call_id="one"))
    cancel = request("CANCEL", branch="z9hG4bKone", call_id="one")

    assert server.receive(cancel) == []
    assert server.receive(cancel) == []
    assert server.advance(3).statuses == [200, 202]


def test_a_route_that_waits_is_waited_for(make: Make) -> None:
    """Codes come back through routes that wait, in statements, conditions and assignments."""
    server = make("""
        route[DEEP] { nap(1); return 5; }
        route[MID] { route(DEEP); return $rc + 1; }
        request_route {
            route(MID);
            $var(a) = $rc;
            if (route(DEEP) && route(MID)) $var(b) = route(DEEP);
            $var(name) = "DEEP";
            route($var(name));
            sl_send_reply("200", "$var(a) $var(b) $rc");
        }
    """)

    server.receive(request())

    assert server.advance(3.5) == []
    assert "200 6 5 5" in server.advance(2)[0].text


def test_a_function_that_may_wait_waits_only_if_it_must(make: Make) -> None:
    """An immediate result suspends nothing."""
    server = make('request_route { maybe(0); sl_send_reply("200", "$rc"); maybe(1); sl_send_reply("201", "$rc"); }')

    assert "200 7" in server.receive(request())[0].text
    assert "201 8" in server.advance(1.5)[0].text


def test_a_blocking_function_runs_in_a_thread(make: Make) -> None:
    """The script waits, the worker does not."""
    server = make('request_route { if (method == "INVITE") { block(); } sl_send_reply("200", "OK"); }')

    assert server.receive(request("INVITE")) == []
    assert server.receive(request("OPTIONS")).statuses == [200]
    assert server.settle().statuses == [200]


def test_an_exception_after_a_wait_is_minus_one(make: Make) -> None:
    """As without a wait: logged with the place of the call, and the script goes on."""
    server = make('request_route { fail(); sl_send_reply("200", "$rc"); }')

    server.receive(request())

    assert "200 -1" in server.advance(2)[0].text
    assert any("`fail` failed: RuntimeError: no luck" in line for line in server.logged("ERROR"))


def test_a_wait_has_a_limit(make: Make) -> None:
    """A script that waits too long is ended, and its request answered 500."""
    server = make('script_wait_limit=5\nrequest_route { nap(60); sl_send_reply("200", "OK"); }')

    server.receive(request())

    assert server.advance(10).statuses == [500]
    assert any("waited for more than 5.0 seconds" in line for line in server.logged("ERROR"))


def test_the_colour_is_known_when_the_parameters_are(make: Make) -> None:
    """A function that decides by its parameters leaves its routes plain functions."""
    server = make('modparam("sleeper", "never", 1)\nrequest_route { by_parameter(); sl_send_reply("200", "OK"); }')

    assert server.receive(request()).statuses == [200]


def test_a_place_that_cannot_wait_is_checked(make: Make) -> None:
    """An event route that cannot wait may not reach a function that does."""
    with pytest.raises(ConfigError) as raised:
        make("route[A] { nap(1); }\nevent_route[sleeper:quick] { route(A); }\nrequest_route { exit; }")

    assert [one.code for one in raised.value.diagnostics] == ["cannot-wait"]
