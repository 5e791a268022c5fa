"""What `kahea.testing.ModuleContract` finds wrong with a module, and what it lets pass."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from kahea.modules.module import Module
from kahea.testing import ModuleContract

IMPORTS = """
    from __future__ import annotations

    from collections.abc import Callable
    from typing import Annotated

    from kahea.api import *
    from msgspec import Meta

"""

GOOD = (
    IMPORTS
    + '''
    class ProbeParams(Params):
        level: Annotated[int, Meta(description="How high.", ge=0)] = 3
        name: Annotated[list[str], Meta(description="Who; may be repeated.")] = []

    class Probe(Module[ProbeParams]):
        """Probes."""

        @function(routes=Route.REQUEST, aliases=("probe_this",))
        def probe(self, msg: Request, text: Text, times: Int = 1) -> bool:
            """Look at a text.

            Args:
                text: what is looked at,
                    for long.
                times: how often.

            Example:
                if (probe("$rU", 2)) { exit; }
            """
            return True

        @probe.when_constant
        def _prepared(self, text: str, times: int = 1) -> Callable[[Request], bool]:
            return lambda msg: True

        @function(routes=Route.CORE_ONREPLY)
        def probe_reply(self, msg: Reply, status: StatusCode, pattern: Regex, into: Var, format: Format) -> Result:
            """Look at a reply.

            Args:
                status, pattern: what is looked for.
                into: where it goes.
                format: text.

            Example:
                probe_reply("200", "^a", "$probe_word", "x");
            """
            return 1

        @pvar("probe_ip", inline="msg.source.ip")
        def ip(self, msg: Message) -> str:
            """Address."""
            return msg.source.ip

        @pvar("probe_header")
        def header(self, msg: Message, name: str, index: int | None = None) -> str | None:
            """Header."""
            return msg.header(name, index or 0)

        @pvar("probe_word")
        def word(self, run: Run) -> str:
            """Word."""
            return "word"

        @word.setter
        def set_word(self, run: Run, value: Value) -> None:
            """Forget it."""

        @transformation("probe.twice")
        def twice(self, value: Value, between: Text = "") -> str:
            """Write a value twice.

            Args:
                between: what stands between.

            Example:
                loadmodule "probe.so"
                modparam("probe", "name", "x")
                request_route { $probe_word = $(probe_ip{probe.twice,-}); }
            """
            return f"{value}{between}{value}"

        @rpc("probe.level")
        def level(self) -> int:
            """Tell the level."""
            return self.params.level
'''
)

Contract = type[ModuleContract]


def contract_of(module_class: type[Module[Any]]) -> Contract:
    """Return the contract tests of a module."""
    return type("TestProbe", (ModuleContract,), {"module": module_class, "__module__": __name__})


def names_of_tests(contract: Contract) -> list[str]:
    """Return the names of the tests."""
    return [name for name in dir(contract) if name.startswith("test_")]


def run_test(contract: Contract, name: str, kahea_server: Callable[..., Any]) -> None:
    """Run one test as pytest would."""
    method = getattr(contract(), name)
    method(*([kahea_server] if "kahea_server" in inspect.signature(method).parameters else []))


@pytest.mark.parametrize("name", names_of_tests(ModuleContract))
def test_a_good_module_passes(name: str, install: Callable[..., Any], kahea_server: Callable[..., Any]) -> None:
    """A module that uses every kind of declaration as documented passes each test."""
    run_test(contract_of(install(GOOD)), name, kahea_server)


def test_every_test_says_what_it_means() -> None:
    """The tests have names and docstrings that a module's author reads in a failure."""
    assert [name for name in names_of_tests(ModuleContract) if not getattr(ModuleContract, name).__doc__] == []


def bad(body: str, params: str = "pass", before: str = "") -> str:
    """Return the source of a module with a mistake in it."""
    lines = [
        *(line.strip() for line in IMPORTS.splitlines()),
        inspect.cleandoc(before),
        "class ProbeParams(Params):",
        f"    {params}",
        "class Probe(Module[ProbeParams]):",
        "    '''Probes.'''",
        textwrap.indent(inspect.cleandoc(body), "    "),
    ]
    return "\n".join(lines)


MISTAKES = {
    "an undocumented pseudo-variable": (
        bad("""
            @pvar("x")
            def x(self, msg: Message) -> int:
                return 1
        """),
        "test_everything_has_a_summary_line",
        "$x: it has no docstring",
    ),
    "an undescribed parameter": (
        bad("", "level: int = 1"),
        "test_everything_has_a_summary_line",
        "parameter level: it has no docstring",
    ),
    "a summary of two lines": (
        bad("""
            @rpc("probe.x")
            def x(self) -> int:
                \'\'\'Tell
                it.\'\'\'
                return 1
        """),
        "test_everything_has_a_summary_line",
        "RPC command probe.x: the line after the summary 'Tell' is not empty",
    ),
    "an unexplained argument": (
        bad("""
            @function()
            def probe(self, msg: Message, text: Text) -> bool:
                \'\'\'Look.\'\'\'
                return True
        """),
        "test_every_argument_is_explained",
        "probe(): `text` is not explained",
    ),
    "an argument that is named nowhere in a text that names another": (
        bad("""
            @transformation("t.cut")
            def cut(self, value: Value, start: Int, length: Int) -> str:
                '''Cut *length* characters.'''
                return ""
        """),
        "test_every_argument_is_explained",
        "{t.cut}: `start` is not explained",
    ),
    "an explained argument that does not exist": (
        bad("""
            @function()
            def probe(self, msg: Message) -> bool:
                \'\'\'Look.

                Args:
                    text: gone.
                \'\'\'
                return True
        """),
        "test_every_argument_is_explained",
        "probe(): it has no argument `text`",
    ),
    "a kind that raises what it may not": (
        bad(
            """
            @function()
            def probe(self, msg: Message, text: Annotated[str, Word()]) -> bool:
                return True
            """,
            before="""
            class Word(Kind):
                def dynamic(self, value: Value) -> str:
                    return value.strip()
            """,
        ),
        "test_arguments_convert",
        "dynamic(None) raises AttributeError",
    ),
    "a kind that gives another type than annotated": (
        bad("""
            @function()
            def probe(self, msg: Message, number: Annotated[int, Text.__metadata__[0]]) -> bool:
                return True
        """),
        "test_arguments_convert",
        "gives '200', the annotation is",
    ),
    "a prepared variant without the optional argument": (
        bad("""
            @function()
            def probe(self, msg: Message, text: Text = "") -> bool:
                return True

            @probe.when_constant
            def _prepared(self, text: str) -> Callable[[Message], bool]:
                return lambda msg: True
        """),
        "test_prepared_variants_take_the_same_arguments",
        "probe: its when_constant variant with 0 arguments: missing a required argument",
    ),
    "a default out of its own limits": (
        bad("", "level: Annotated[int, Meta(ge=5)] = 1"),
        "test_parameters_have_fitting_defaults",
        "the default of the parameter level: Expected `int` >= 5",
    ),
    "a value of another type than declared": (
        bad("""
            @pvar("x")
            def x(self, msg: Message) -> int:
                return msg.header("User-Agent")
        """),
        "test_pseudo_variables_can_always_be_read",
        "$x: None is not int",
    ),
    "a pseudo-variable that fails for some message": (
        bad("""
            @pvar("x")
            def x(self, msg: Message) -> str:
                return msg.uri
        """),
        "test_pseudo_variables_can_always_be_read",
        "$x: AttributeError",
    ),
    "an inline expression with another value": (
        bad("""
            @pvar("x", inline="msg.source.port")
            def x(self, msg: Message) -> int:
                return msg.source.socket.port
        """),
        "test_inline_expressions_equal_the_getters",
        "$x: inline 5062, getter 5060",
    ),
    "an inline expression that looks elsewhere": (
        bad("""
            @pvar("x", inline="self.name")
            def x(self, msg: Message) -> str:
                return self.name
        """),
        "test_inline_expressions_equal_the_getters",
        "$x: `inline` uses self",
    ),
    "an example with too many arguments": (
        bad("""
            @function()
            def probe(self, msg: Message) -> bool:
                \'\'\'Look.

                Example:
                    probe("x");
                \'\'\'
                return True
        """),
        "test_examples_can_be_used",
        "probe(): `probe` takes 0 arguments, not 1 [wrong-arity], in the example",
    ),
    "an example of something else": (
        bad("""
            @function()
            def probe(self, msg: Message) -> bool:
                \'\'\'Look.

                Example:
                    exit;
                \'\'\'
                return True
        """),
        "test_examples_of_functions_call_them",
        "probe: its example does not call it",
    ),
}


@pytest.mark.parametrize(("source", "name", "text"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_found(
    source: str, name: str, text: str, install: Callable[..., Any], kahea_server: Callable[..., Any]
) -> None:
    """Each mistake fails the test that is about it, with a message that tells what and where."""
    contract = contract_of(install(source))

    with pytest.raises(AssertionError) as failure:
        run_test(contract, name, kahea_server)

    assert text in str(failure.value)


def test_the_package_is_named_after_the_module(install: Callable[..., Any]) -> None:
    """The diagnostic of a missing module names the package kahea-NAME, so the package is called so."""
    contract = contract_of(install(GOOD, distribution="sip-probe"))

    with pytest.raises(AssertionError, match="sip-probe is not found by its module: call it kahea-probe"):
        contract().test_the_entry_point_names_the_module()


def test_a_module_without_entry_point_is_told_so(install: Callable[..., Any]) -> None:
    """A class that no entry point leads to cannot be loaded."""
    probe = install(GOOD)
    contract = contract_of(type("Other", (probe,), {"__module__": probe.__module__}))

    with pytest.raises(AssertionError, match="0 entry points"):
        contract().test_the_entry_point_names_the_module()
