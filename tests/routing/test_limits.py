"""Limits of a script, and the prefix of its log lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, request

Make = Callable[..., ServerUnderTest]
HEAD = 'debug = 2\nloadmodule "pv.so"\nloadmodule "xlog.so"\nmax_recursive_level = 20\n'


def script_lines(server: ServerUnderTest) -> list[str]:
    """Return what the script wrote."""
    return [line.split("<script>: ", 1)[1] for line in server.log if "<script>: " in line]


@pytest.mark.parametrize(
    ("routes", "runs"),
    [
        ("route[A] { $var(i) = $var(i) + 1; route(A); }", 19),
        ("route[A] { $var(i) = $var(i) + 1; if ($var(i) < 1000) { route(A); } return 5; }", 10),
        ("route[A] { $var(i) = $var(i) + 1; route(B); }\nroute[B] { route(A); }", 10),
    ],
    ids=["itself", "in a block", "through another"],
)
def test_routes_that_call_themselves_come_to_an_end(routes: str, runs: int, kahea_server: Make) -> None:
    """Routes may be nested max_recursive_level deep, blocks within them counted; a further call is -1 and the script
    goes on, for the next message too (runs as observed on Kamailio 5.6.3)."""
    server = kahea_server(f'{HEAD}{routes}\nrequest_route {{ $var(i) = 0; route(A); xlog("$var(i)"); }}')

    for _ in range(2):
        server.receive(request("OPTIONS"))

    assert script_lines(server) == [str(runs)] * 2
    assert len([line for line in server.log if "nested more than 20 deep (max_recursive_level)" in line]) == 2


def test_a_route_that_calls_itself_by_a_computed_name(kahea_server: Make) -> None:
    """A call whose route is only known at run time is counted too."""
    server = kahea_server(
        f'{HEAD}route[A] {{ $var(n) = "A"; $var(i) = $var(i) + 1; route($var(n)); }}\n'
        'request_route { $var(i) = 0; route(A); xlog("$var(i)"); }'
    )

    server.receive(request("OPTIONS"))

    assert script_lines(server) == ["19"]


@pytest.mark.parametrize(("mode", "prefixes"), [(0, ["OPTIONS 0", "OPTIONS 0"]), (1, ["OPTIONS 0", "OPTIONS 7"])])
def test_the_log_prefix(mode: int, prefixes: list[str], kahea_server: Make) -> None:
    """log_prefix is evaluated when a message arrives, with log_prefix_mode=1 for each line."""
    server = kahea_server(
        f'{HEAD}log_prefix_mode = {mode}\nlog_prefix = "{{$rm $var(x)}} "\n'
        'request_route { xlog("one"); $var(x) = 7; xlog("two"); }'
    )

    server.receive(request("OPTIONS"))

    lines = [line for line in server.log if "<script>" in line]
    assert [line[line.index("{") + 1 : line.index("}")] for line in lines] == prefixes
