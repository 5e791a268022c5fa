"""Reason phrases."""

from __future__ import annotations

import pytest
from kahea.sip.reasons import reason_of


@pytest.mark.parametrize(
    ("code", "reason"),
    [(200, "OK"), (404, "Not Found"), (486, "Busy Here"), (202, "Successful"), (499, "Request Failure")],
)
def test_the_phrase_of_a_code(code: int, reason: str) -> None:
    """A code has the phrase of RFC 3261, or the name of its class there."""
    assert reason_of(code) == reason
