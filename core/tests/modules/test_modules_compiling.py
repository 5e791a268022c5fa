"""What a module's declarations ask of the compiler: kinds, places, numbers, transformations, parameters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.diagnostics import ConfigError
from kahea.testing import ServerUnderTest, request

MODULE = '''
from typing import Annotated

from kahea.api import (
    Access, CallSite, Int, Kind, Message, Mode, Module, NullableText, Params, RawText, Run, Text, Value, function,
    pvar, pvar_syntax, transformation,
)


class TaggedKind(Kind):
    """A word, an equals sign, and a format."""

    mode = Mode.RAW

    def bind(self, value, binder):
        word, found, text = str(value).partition("=")
        if not found:
            raise ValueError("write word=text")
        return word, binder.format(text)


class AtKind(Kind):
    """Text with a pseudo-variable behind an at sign."""

    mode = Mode.RAW

    def bind(self, value, binder):
        start = str(value).index("@") + 1
        read, end = binder.value_at(str(value), start)
        return read, str(value)[end:]


class ProbeParams(Params):
    pairs: list[str] = []


class Probe(Module[ProbeParams]):
    """Shows what reaches a module."""

    def bind_params(self, binder):
        self.pairs = []
        parameter = binder("pairs")
        for pair in self.params.pairs:
            name, found, text = pair.partition("=")
            if not found:
                raise ValueError("write name=$pv")
            self.pairs.append((name, parameter.value(text)))

    def show(self, value) -> bool:
        self.core.log.error(repr(value), "probe")
        return True

    @function()
    def tagged(self, run: Run, text: Annotated[tuple, TaggedKind()]) -> bool:
        """Show it."""
        return self.show((text[0], text[1](run)))

    @function()
    def at(self, run: Run, text: Annotated[tuple, AtKind()]) -> bool:
        """Show it."""
        return self.show((text[0](run), text[1]))

    @function()
    def nullable(self, msg: Message, text: NullableText) -> bool:
        """Show it."""
        return self.show(text)

    @function()
    def text(self, msg: Message, text: Text) -> bool:
        """Show it."""
        return self.show(text)

    @function()
    def number(self, msg: Message, number: Int) -> bool:
        """Show it."""
        return self.show(number)

    @function()
    def pairs(self, run: Run) -> bool:
        """Show it."""
        return self.show([(name, read(run)) for name, read in self.pairs])

    @function()
    def place(self, run: Run, site: CallSite, text: Text = "") -> bool:
        """Show it."""
        return self.show((site.name, site.file, site.line, site.route, text))

    @function()
    def prepared(self, msg: Message, site: CallSite, text: Text) -> bool:
        """Show it."""
        return self.show(("each time", site.line))

    @prepared.when_constant
    def _prepared(self, site, text):
        return lambda msg: self.show(("prepared", site.line))

    @pvar("both")
    def both(self, msg: Message) -> str:
        """Text and number."""
        return "text"

    @both.also
    def _both_number(self, msg: Message) -> int:
        return 7

    @pvar("nothing")
    def nothing(self, msg: Message) -> None:
        """Null."""
        return None

    @pvar_syntax("typed")
    def typed(self, spec, binder):
        """A number and text."""
        return Access("$typed", lambda run: "word", also=lambda run: 3, types=frozenset((str,)))

    @pvar_syntax("copy")
    def copy(self, spec, binder):
        """Another pseudo-variable."""
        return binder.variable(spec.inner, writable=spec.inner.startswith("$var"))

    @transformation("t.method")
    def method(self, run: Run, value: Value, suffix: Text = "") -> str:
        """Put the method behind the value."""
        return f"{value}{run.msg.method}{suffix}"

    @transformation("t.raw")
    def raw(self, value: Value, text: RawText) -> str:
        """Show the text."""
        return f"{value}<{text}>"

    @transformation("t.none")
    def none(self, value: Value) -> str | None:
        """Fail."""
        return None
'''

Show = Callable[[str], list[str]]


@pytest.fixture
def show(kahea_server: Callable[..., ServerUnderTest], tmp_path: Path) -> Show:
    """What runs a script of one line and returns what the module showed, or the codes of the mistakes."""
    (tmp_path / "probe.py").write_text(MODULE)

    def run(script: str) -> list[str]:
        params = "".join(f"{line}\n" for line in script.split("\n") if line.startswith("modparam"))
        body = "\n".join(line for line in script.split("\n") if not line.startswith("modparam"))
        text = f'loadmodule "pv.so"\nloadmodule "probe.py"\n{params}request_route {{\n{body}\n}}\n'
        try:
            server = kahea_server(text, path=tmp_path / "kamailio.cfg")
        except ConfigError as error:
            return [f"{found.code}: {found.message}" for found in error.diagnostics]
        server.receive(request("INFO", "sip:bob@127.0.0.1", {"X": "there"}))
        return server.logged("ERROR")

    return run


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ('tagged("who=$rU of $rd");', "('who', 'bob of 127.0.0.1')"),
        ('at("name @$(ru{uri.user}) rest");', "('bob', ' rest')"),
        ('at("@$hdr(None)!");', "(None, '!')"),
    ],
)
def test_a_kind_compiles_parts_of_its_text(show: Show, script: str, shown: str) -> None:
    """A kind of an argument that is partly a format gets a binder with the literal."""
    assert show(script) == [shown]


@pytest.mark.parametrize(
    ("script", "mistake"),
    [
        ('tagged("who");', "bad-argument: `tagged`, argument `text`: write word=text"),
        ('tagged("who=$nonsense");', "unknown-pseudo-variable: unknown pseudo-variable `$nonsense`"),
        ('at("name @x");', "bad-argument: `at`, argument `text`: expected `$`"),
        (
            'modparam("probe", "pairs", "a")\nexit;',
            "bad-param: `pairs` of probe: write name=$pv",
        ),
    ],
)
def test_mistakes_are_diagnostics(show: Show, script: str, mistake: str) -> None:
    """What a kind, a parameter or a format refuses is reported when the file is read."""
    [found] = show(script)

    assert found.startswith(mistake)


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ('nullable("$hdr(None)");', "None"),
        ("nullable($hdr(None));", "None"),
        ('nullable("$hdr(X)");', "'there'"),
        ('nullable("$rU$hdr(None)");', "'bob<null>'"),
        ('nullable("$cl");', "'0'"),
        ('nullable("$$");', "'$'"),
        ('nullable("plain");', "'plain'"),
        ('text("$hdr(None)");', "'<null>'"),
    ],
)
def test_null_arguments(show: Show, script: str, shown: str) -> None:
    """A pseudo-variable alone reaches a kind that accepts null as its value, and others as a format prints it."""
    assert show(script) == [shown]


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("number($both);", "7"),
        ('number("$both");', "7"),
        ('number("1$rp");', "15060"),
        ("$var(n) = 1 + $both; number($var(n));", "8"),
        ("$var(n) = $both + 1; text($var(n));", "'text1'"),
        ("$var(n) = 0; $var(n) = $var(n) + $both; number($var(n));", "7"),
        ("$var(n) = -$both; number($var(n));", "-7"),
        ('if ($both == "text" && $both > 6 && 7 == $both && $both) text("yes");', "'yes'"),
        ('$var(n) = 7; if ($var(n) == $both) text("yes");', "'yes'"),
        ('$var(n) = "text"; if ($var(n) == $both) text("yes");', "'yes'"),
        ('if ($both > text("first")) text("yes");', "'first'"),
        ("$var(n) = (int)$both; number($var(n));", "7"),
        ("$var(n) = $typed(x) | 4; number($var(n));", "7"),
        ('text("$both $typed(x) $(both{s.len})");', "'text word 4'"),
    ],
)
def test_numbers_beside_text(show: Show, script: str, shown: str) -> None:
    """A pseudo-variable that carries a number is the number where one is needed (as $rm on Kamailio 5.6.3)."""
    assert show(script)[0] == shown


def test_the_place_of_a_call(show: Show, tmp_path: Path) -> None:
    """A function that asks for it gets the place of its call, also when it is prepared."""
    shown = show('place();\nplace("$rU");\nprepared("x");\nprepared("$rU");')

    file = str(tmp_path / "kamailio.cfg")
    assert shown == [
        str(("place", file, 4, "request_route", "")),
        str(("place", file, 5, "request_route", "bob")),
        str(("prepared", 6)),
        str(("each time", 7)),
    ]


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ('text("$(rU{t.method})");', "'bobINFO'"),
        ('text("$(rU{t.method,$rd})");', "'bobINFO127.0.0.1'"),
        ('text("$(rU{t.raw,a,$b(c)})");', "'bob<a,$b(c)>'"),
        ('text("$(rU{t.method}{s.len})");', "'7'"),
        ('text("$(rU{t.none}{t.method})");', "''"),
    ],
)
def test_transformations(show: Show, script: str, shown: str) -> None:
    """A transformation may see the run, and take what stands behind its comma as it is; null ends a chain."""
    assert show(script) == [shown]


def test_parameters_with_pseudo_variables(show: Show) -> None:
    """A module compiles what its parameters hold, before any route."""
    params = 'modparam("probe", "pairs", "user=$rU")\nmodparam("probe", "pairs", "x=$hdr(None)")\n'

    assert show(params + "pairs();") == ["[('user', 'bob'), ('x', None)]"]


def test_a_variable_by_its_text(show: Show) -> None:
    """A binder finds a pseudo-variable to read and to assign."""
    assert show('$copy($var(a)) = "new"; text("$var(a) $copy($rU)");') == ["'new bob'"]
    assert show('$copy($rU) = "x";') == ["read-only: `$copy($rU)` cannot be assigned to"]
