"""Warnings about what a configuration probably does not mean, and silence where it may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest

MODULES = 'loadmodule "sl.so"\nloadmodule "pv.so"\nloadmodule "xlog.so"\nloadmodule "textops.so"\n'
REPLY = 'sl_send_reply("200", "OK");'


def codes(server: ServerUnderTest) -> list[str]:
    """Return the codes of the warnings about a configuration."""
    return [warning.code for warning in server.warnings]


@pytest.mark.parametrize(
    "body",
    [
        f'if (is_method("OPTIONS")) {{ {REPLY} exit; }} xlog("done");',
        f'if (is_method("OPTIONS")) {{ {REPLY} exit; }} else {{ xlog("other"); }}',
        f'switch ($rm) {{ case "OPTIONS": {REPLY} break; default: xlog("other"); }}',
        f"$var(i) = 0; while ($var(i) < 1) {{ {REPLY} $var(i) = 1; }}",
        f"route(LOG); if (isflagset(1)) {REPLY}",
    ],
)
def test_a_way_without_answer_is_told(body: str, kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A request that can reach the end of request_route in silence is a warning."""
    server = kahea_server(
        f'{MODULES}request_route {{ {body} }}\nroute[LOG] {{ xlog("x"); }}\nroute[USE] {{ route(LOG); }}'
    )

    assert "silent-request" in codes(server)


@pytest.mark.parametrize(
    "body",
    [
        REPLY,
        f'if (is_method("OPTIONS")) {{ {REPLY} exit; }} exit;',
        f'if (is_method("ACK")) exit; {REPLY}',
        f'if (is_method("OPTIONS")) {REPLY} else {REPLY}',
        "route(ANSWER);",
        f'if ({REPLY[:-1]}) xlog("sent");',
        f'switch ($rm) {{ case "OPTIONS": {REPLY} break; default: drop; }}',
        'xlog("a file that only looks on");',
        "route($rm); ",
    ],
)
def test_what_may_answer_is_trusted(body: str, kahea_server: Callable[..., ServerUnderTest]) -> None:
    """Where a call may answer, or silence is written down, or the whole file is silent, nothing is said."""
    answer = f"route[ANSWER] {{ {REPLY} }}\n" if "route(" in body else ""

    server = kahea_server(f"{MODULES}request_route {{ {body} }}\n{answer}")

    assert codes(server) == []


def test_a_variable_that_is_set_is_not_told(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A variable that anything sets may be read."""
    server = kahea_server(f'{MODULES}request_route {{ $var(a) = 1; xlog("$var(a)"); {REPLY} }}')

    assert codes(server) == []


def test_a_variable_of_varset_is_not_told(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A parameter of a module may set a variable."""
    server = kahea_server(f'{MODULES}modparam("pv", "varset", "n=i:3")\nrequest_route {{ xlog("$var(n)"); {REPLY} }}')

    assert codes(server) == []


def test_a_parameter_read_where_it_is_switched_off_is_not_told(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A custom parameter that only an inactive part of the file reads is no mistake."""
    inactive = '#!ifdef WITH_GW\nroute[GW] { $du = "sip:" + $sel(cfg_get.gw.ip); }\n#!endif\n'

    server = kahea_server(f'{MODULES}gw.ip = "10.0.0.1"\n{inactive}request_route {{ {REPLY} }}')

    assert codes(server) == []
