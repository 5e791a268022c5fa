"""Sequences of requests for the module pike: who sends, in which order."""

from __future__ import annotations

CASES: dict[int, dict[str, list[str]]] = {
    30: {
        "one": ["192.0.2.1"] * 120,
        "neighbours": ["198.51.100.1"] * 100 + ["198.51.100.2"] * 60 + ["198.51.101.1"] * 60,
        "by_turns": ["203.0.113.1", "203.0.113.2"] * 60,
    },
    8: {
        "one": ["192.0.2.1"] * 40,
        "by_turns": ["203.0.113.1", "203.0.114.1", "203.1.1.1"] * 20,
    },
    2: {"one": ["192.0.2.1"] * 15},
    1: {"one": ["192.0.2.1"] * 8, "no_address": ["x", ""]},
}
"""By limit, then by name: the addresses in order. IPv6 is left out: there `pike_check_ip` refuses it."""
