# ruff: noqa: E501
"""Calls of the functions of cfgutils."""

from __future__ import annotations

from tests.oracle.module_case import Case, show

CFGUTILS: dict[str, Case] = {
    "core_hash": Case(
        show(
            *(
                f'core_hash("{a}", "{b}", "{size}")'
                for a, b in (
                    ("", ""),
                    ("a", ""),
                    ("abc", ""),
                    ("abcd", ""),
                    ("abcdefghi", ""),
                    ("abc", "def"),
                    ("0123456789abcdef@host.example.com", "x"),
                )
                for size in (0, 1, 4, 16, 30)
            )
        )
    ),
    "gflags": Case(show('set_gflag("4")', 'is_gflag("4")', 'is_gflag("5")', 'reset_gflag("4")', 'is_gflag("4")')),
    "probabilities": Case(
        show(
            'rand_set_prob("100")',
            "rand_event()",
            "rand_get_prob()",
            'rand_set_prob("0")',
            "rand_event()",
            "rand_reset_prob()",
            "rand_get_prob()",
        )
    ),
    "probability_of_zero": Case('rand_set_prob("0"); rand_get_prob(); xlog("L_NOTICE", "after\\n");'),
    "sleeping": Case(show('sleep("0")', 'usleep("10")', '$var(n) = 10; usleep("$var(n)")')),
    "locks": Case(show('lock("a")', 'trylock("a")', 'unlock("a")', 'trylock("A")', 'unlock("a")', 'unlock("a")')),
    "routes_that_may_exist": Case(
        show(
            'check_route_exists("NAMED")',
            'check_route_exists("NOWHERE")',
            '$var(n) = "NAMED"; check_route_exists("$var(n)")',
            'route_if_exists("NAMED")',
            'route_if_exists("NOWHERE")',
            '$var(n) = "NAMED"; route_if_exists("$var(n)")',
            'route_if_exists("$var(n)x")',
        )
        + 'if (!route_if_exists("NEGATIVE")) { xlog("L_NOTICE", "negative\\n"); } route_if_exists("ENDS"); xlog("L_NOTICE", "not reached\\n");'
    ),
}
