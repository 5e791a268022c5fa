"""The global parameter return_mode, which only Kamailio 5.7 and later have (its source: action.c, rvalue.c)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, request

CONDITIONS = {
    "-1": "no yes yes",
    "0": "no no no",
    "2": "yes yes yes",
    "$var(minus)": "no yes yes",
    "route(MINUS)": "no yes no",
    "route(PLUS)": "yes yes yes",
    "!route(MINUS)": "yes no yes",
    "route(MINUS) == -3": "no yes no",
    "route(PLUS) == 3": "no yes no",
    "route(PLUS) == 1": "yes no yes",
    'is_method("BYE")': "no yes no",
    'is_method("BYE") == -1': "no yes no",
    'is_method("OPTIONS") && route(PLUS) == 3': "no yes no",
}
"""Conditions, and whether they hold with return_mode 0, 1 and 2."""


@pytest.mark.parametrize("mode", [0, 1, 2])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_holds(condition: str, mode: int, kahea_server: Callable[..., ServerUnderTest]) -> None:
    """With 0 numbers above 0 hold and a call is true or false; with 1 and 2 all but 0 hold, and with 1 a call is its
    code."""
    server = kahea_server(
        f"""
        debug = 2
        return_mode = {mode}
        loadmodule "pv.so"
        loadmodule "xlog.so"
        loadmodule "textops.so"
        request_route {{
            $var(minus) = -1;
            if ({condition}) xlog("yes"); else xlog("no");
        }}
        route[MINUS] {{ return -3; }}
        route[PLUS] {{ return 3; }}
        """,
    )

    server.receive(request("OPTIONS"))

    assert server.log[-1].split()[-1] == CONDITIONS[condition].split()[mode]


@pytest.mark.parametrize(("mode", "codes"), [(0, "-3 1"), (1, "-3 3"), (2, "-3 1")])
def test_the_value_of_a_route(mode: int, codes: str, kahea_server: Callable[..., ServerUnderTest]) -> None:
    """$rc is the code of a route in every mode; in an expression it is so with 1."""
    server = kahea_server(
        f"""
        debug = 2
        return_mode = {mode}
        loadmodule "pv.so"
        loadmodule "xlog.so"
        request_route {{
            route(MINUS);
            $var(rc) = $rc;
            $var(x) = 0 + route(PLUS);
            xlog("$var(rc) $var(x)");
        }}
        route[MINUS] {{ return -3; }}
        route[PLUS] {{ return 3; }}
        """
    )

    server.receive(request("OPTIONS"))

    assert server.log[-1].endswith(f" {codes}")
