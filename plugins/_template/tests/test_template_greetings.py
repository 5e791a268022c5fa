"""What the module does.

REPLACE ME: names of test files are unique in the repository, so start them with the module's name.
"""

from __future__ import annotations

from kahea_template.greetings import greeting_for


def test_a_caller_is_greeted_by_name() -> None:
    """The greeting stands before the name."""
    assert greeting_for("alice", "aloha") == "aloha, alice"


def test_nobody_is_not_greeted() -> None:
    """A caller without a name gets no greeting."""
    assert greeting_for("", "aloha") is None
