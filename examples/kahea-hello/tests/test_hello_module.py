"""The module ``hello`` in a server: no sockets, no waiting, no other module."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_hello import Hello

KaheaServer = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Hello


def test_a_caller_is_greeted_in_the_log(kahea_server: KaheaServer) -> None:
    """`hello` writes one line, with the word of the parameter `greeting`."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        modparam("hello", "greeting", "aloha")
        request_route { hello("alice"); }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["aloha, alice"]


def test_a_greeting_can_be_repeated(kahea_server: KaheaServer) -> None:
    """The second argument is the number of lines."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        request_route { hello("$hello_peer", 2); }
    """)

    server.receive(request("OPTIONS"), source=("192.0.2.7", 5060))

    assert server.logged("INFO") == ["hello, 192.0.2.7"] * 2


def test_nobody_to_greet_is_a_mistake(kahea_server: KaheaServer) -> None:
    """A name that is written out and empty is reported when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server('loadmodule "hello.so"\nrequest_route { hello(""); }')

    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]


def test_the_result_is_false_for_an_empty_name(kahea_server: KaheaServer) -> None:
    """A name that turns out to be empty makes `hello` false."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        request_route {
            $hello_word = "";
            if (!hello("$hello_word")) {
                $hello_word = $null;
                hello("somebody");
            }
        }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["hello, somebody"]


def test_the_word_can_be_read_and_assigned(kahea_server: KaheaServer) -> None:
    """`$hello_word` is the word in use; assigning `$null` brings the parameter back."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        request_route {
            $hello_word = "bonjour";
            hello("$hello_word");
            $hello_word = $null;
            hello("$hello_word");
        }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["bonjour, bonjour", "hello, hello"]


def test_a_greeting_is_put_into_a_pseudo_variable(kahea_server: KaheaServer) -> None:
    """`hello_into` assigns the pseudo-variable that it is given."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        request_route {
            hello_into("$hello_word", "bob");
            hello("alice");
        }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["hello, bob, alice"]


def test_a_transformation_greets_a_value(kahea_server: KaheaServer) -> None:
    """`{hello.greet}` makes a greeting of what stands before it."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        request_route { hello("$(hello_peer{hello.greet,aloha})"); }
    """)

    server.receive(request("OPTIONS"), source=("192.0.2.7", 5060))

    assert server.logged("INFO") == ["hello, aloha, 192.0.2.7"]


def test_nicknames_add_up(kahea_server: KaheaServer) -> None:
    """Each `nickname` line adds one, and `$hello(name)` shows the greeting."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        modparam("hello", "nickname", "alice=Ally")
        modparam("hello", "nickname", "robert=Bob")
        request_route {
            hello("alice");
            $hello_word = $hello(robert);
            hello("x");
        }
    """)

    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["hello, Ally", "hello, Bob, x"]


def test_the_event_route_runs_after_a_greeting(kahea_server: KaheaServer) -> None:
    """`event_route[hello:greeted]` sees the message that was greeted."""
    server = kahea_server("""
        debug=2
        loadmodule "hello.so"
        request_route { hello("alice"); }
        event_route[hello:greeted] { $hello_word = $hello_peer; }
    """)

    server.receive(request("OPTIONS"), source=("192.0.2.7", 5060))
    server.receive(request("OPTIONS"))

    assert server.logged("INFO") == ["hello, alice", "192.0.2.7, alice"]


def test_the_count_is_told_over_rpc(kahea_server: KaheaServer) -> None:
    """`hello.greeted` counts the callers, not the lines."""
    server = kahea_server('loadmodule "hello.so"\nrequest_route { hello("alice", 3); }')

    server.receive(request("OPTIONS"))
    server.receive(request("INVITE"))

    assert server.rpc("hello.greeted") == 2


def test_the_summary_is_written_periodically(kahea_server: KaheaServer) -> None:
    """Every `summary_interval` seconds a line tells how many were greeted since the last."""
    server = kahea_server("""
        debug=1
        loadmodule "hello.so"
        modparam("hello", "summary_interval", 60)
        request_route { hello("alice"); }
    """)

    server.receive(request("OPTIONS"))
    server.advance(59)
    assert server.logged("NOTICE") == []
    server.advance(1)
    server.advance(60)

    assert server.logged("NOTICE") == ["1 callers greeted", "0 callers greeted"]
