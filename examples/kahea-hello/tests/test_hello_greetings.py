"""The work of the module, without a server."""

from __future__ import annotations

from kahea_hello.greetings import Greeter


def test_a_greeting_is_word_and_name() -> None:
    """The word stands before the name."""
    assert Greeter("aloha").text("alice") == "aloha, alice"


def test_an_empty_name_has_no_greeting() -> None:
    """Nobody is not greeted."""
    assert Greeter("aloha").text("") is None


def test_a_nickname_replaces_the_name() -> None:
    """A name is greeted by its nickname, which may hold further equals signs."""
    assert Greeter("aloha", ["alice=Ally=A"]).text("alice") == "aloha, Ally=A"
