"""Near names."""

from __future__ import annotations

import pytest
from kahea.diagnostics.suggest import best_matches, did_you_mean


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("exti", ["exit", "xlog"], ["exit"]),
        ("esle", ["else", "exit"], ["else"]),
        ("fi", ["if", "or"], ["if"]),
        ("loadmodul", ["loadmodule", "modparam"], ["loadmodule"]),
        ("sl_send_replay", ["sl_send_reply", "send_reply", "t_reply"], ["sl_send_reply"]),
        ("XLOG", ["xlog", "xlogl"], ["xlog"]),
        ("xyz", ["abc", "exit"], []),
        ("a", ["b", "c"], []),
        ("is", ["if"], ["if"]),
        ("route", ["route"], []),
        ("t_relai", ["t_relax", "t_relay", "t_relam", "t_relan"], ["t_relam", "t_relan", "t_relax"]),
    ],
)
def test_best_matches(word: str, candidates: list[str], expected: list[str]) -> None:
    """Up to three names that differ by few slips are near; a far one is none."""
    assert best_matches(word, candidates) == expected


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("exti", ["exit"], "did you mean `exit`?"),
        ("t_relai", ["t_relax", "t_relay"], "did you mean `t_relax` or `t_relay`?"),
        ("t_relai", ["t_relax", "t_relay", "t_relan"], "did you mean `t_relan`, `t_relax` or `t_relay`?"),
        ("xyz", ["exit"], None),
    ],
)
def test_did_you_mean(word: str, candidates: list[str], expected: str | None) -> None:
    """The help text names the near candidates."""
    assert did_you_mean(word, candidates) == expected
