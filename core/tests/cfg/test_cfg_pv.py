"""Pseudo-variables and format strings."""

from __future__ import annotations

import pytest
from kahea.cfg.pv import PvSpec, PvSyntaxError, parse_format, parse_pv
from kahea.diagnostics import SourceFile, Span


@pytest.mark.parametrize(
    ("text", "name", "inner", "index"),
    [
        ("$ru", "ru", None, None),
        ("$?", "?", None, None),
        ("$hdr(X)", "hdr", "X", None),
        ("$(ru)", "ru", None, None),
        ("$(hdr(X))", "hdr", "X", None),
        ("$(hdr(X)[-1])", "hdr", "X", -1),
        ("$(avp(x)[*])", "avp", "x", "*"),
        ("$(branch(uri)[ 1 ])", "branch", "uri", 1),
        ("$avp(s:x)", "avp", "s:x", None),
        ("$xavp(a[0]=>b[1])", "xavp", "a[0]=>b[1]", None),
        ("$x_hdr(a(b)c)", "x_hdr", "a(b)c", None),
        ("$sel(cfg_get.x.y)", "sel", "cfg_get.x.y", None),
        ("$$", "$", None, None),
        ("$($)", "$", None, None),
    ],
)
def test_parts(text: str, name: str, inner: str | None, index: int | str | None) -> None:
    """A pseudo-variable has a name, and may have an inner name and an index."""
    spec = parse_pv(text)

    assert (spec.name, spec.inner, spec.index, spec.text) == (name, inner, index, text)


def test_index_by_pseudo_variable() -> None:
    """An index may be a pseudo-variable."""
    spec = parse_pv("$(avp(x)[$var(i)])")

    assert isinstance(spec.index, PvSpec)
    assert spec.index.text == "$var(i)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$sht(a=>$var(b)::c)", ["a=>", "$var(b)", "::c"]),
        ("$T_rpl($hdr(x))", ["$hdr(x)"]),
        ("$_s(text $ru)", ["text ", "$ru"]),
        ("$sht(a=>$(ru{uri.user}))", ["a=>", "$(ru{uri.user})"]),
        ("$hdr(X)", []),
        ("$var(a$)", []),
    ],
)
def test_inner_parts(text: str, expected: list[str]) -> None:
    """Pseudo-variables in the inner name are found, and a lone dollar there is no mistake."""
    parts = parse_pv(text).inner_parts

    assert [part if isinstance(part, str) else part.text for part in parts] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(ru{uri.user})", [("uri", "user", [])]),
        ("$(ru{uri.user}{s.len})", [("uri", "user", []), ("s", "len", [])]),
        ("$(ru{uri.user} {s.len})", [("uri", "user", []), ("s", "len", [])]),
        ("$(ru{s.substr,1, 2})", [("s", "substr", ["1", "2"])]),
        ("$(ru{s.select,1,$var(sep)})", [("s", "select", ["1", "$var(sep)"])]),
        ("$(ru{s.select,1,,})", [("s", "select", ["1", ","])]),
        ("$(ru{s.select,1, })", [("s", "select", ["1", " "])]),
        ("$(ru{s.escape.common})", [("s", "escape.common", [])]),
        ("$(ru{param.value,a b})", [("param", "value", ["a b"])]),
        ("$(ru{re.subst,/^(.{2}),$/\\1/g})", [("re", "subst", ["/^(.{2}),$/\\1/g"])]),
        ("$(ru{re.subst,$var(r)})", [("re", "subst", ["$var(r)"])]),
        ("$(var(x){s.replace,$(var(y){s.len}),b})", [("s", "replace", ["$(var(y){s.len})", "b"])]),
    ],
)
def test_transformations(text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    """Transformations come in order, with texts and pseudo-variables as parameters."""
    found = [
        (each.cls, each.name, [param if isinstance(param, str) else param.text for param in each.params])
        for each in parse_pv(text).transformations
    ]

    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("plain", ["plain"]),
        ("a $ru b", ["a ", ("$ru",), " b"]),
        ("$fU@$fd", [("$fU",), "@", ("$fd",)]),
        ("$$5 and $ru$$", ["$5 and ", ("$ru",), "$"]),
        ("'$fu'", ["'", ("$fu",), "'"]),
        ("$var(x).y $var(x)[0]", [("$var(x)",), ".y ", ("$var(x)",), "[0]"]),
        ("x $(hdr(A)[0]) y", ["x ", ("$(hdr(A)[0])",), " y"]),
    ],
)
def test_formats(text: str, expected: list[object]) -> None:
    """A format is literal text and pseudo-variables; two dollars are one."""
    assert [part if isinstance(part, str) else (part.text,) for part in parse_format(text)] == expected


def test_a_dot_belongs_to_the_name() -> None:
    """A dot behind a name is part of it, as in Kamailio."""
    (_, spec) = parse_format("from $fu.")

    assert isinstance(spec, PvSpec)
    assert spec.name == "fu."


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("costs 5$", 7),
        ("a $ b", 2),
        ("$()", 0),
        ("$(fu", 4),
        ("$var(", 5),
        ("$var()", 5),
        ("$(ru{s.len)", 11),
        ("$(ru{len})", 5),
        ("$(ru{s.substr,1", 15),
        ("$(ru[x])", 5),
        ("$(ru]", 4),
        ("$(ru{s.select,1,$nope(})", 24),
    ],
)
def test_mistakes_in_formats(text: str, offset: int) -> None:
    """A dollar that begins no pseudo-variable is a mistake with its place."""
    with pytest.raises(PvSyntaxError) as caught:
        parse_format(text)

    assert caught.value.offset == offset


def test_text_behind_a_pseudo_variable() -> None:
    """A pseudo-variable is the whole text."""
    with pytest.raises(PvSyntaxError):
        parse_pv("$ru x")


def test_nesting_is_bounded() -> None:
    """Deep nesting is a mistake and not a crash."""
    for text in ("$var(" * 5000 + "x" + ")" * 5000, "$(a[" * 5000 + "1" + "])" * 5000, "$(a{s.x," * 5000 + "})" * 5000):
        with pytest.raises(PvSyntaxError):
            parse_pv(text)


def test_places() -> None:
    """The parts of a string know their places in the source."""
    file = SourceFile("a.cfg", 'xlog("a $(ru{s.len})")')
    (_, spec) = parse_format("a $(ru{s.len})", Span(file, 5, 21))

    assert isinstance(spec, PvSpec)
    assert spec.span is not None
    assert spec.span.text == "$(ru{s.len})"
    place = spec.transformations[0].span
    assert place is not None
    assert place.text == "{s.len}"


@pytest.mark.parametrize(
    ("literal", "text", "shown"),
    [
        ('"\\t$ru"', "\t$ru", "$ru"),
        ('"\\x41\\101\\q\\"$ru\\n"', 'AA\\q"$ru\n', "$ru"),
        ('"a\\n" \n "b $ru"', "a\nb $ru", "$ru"),
        ('"a\\\n$(ru{s.len})"', "a$(ru{s.len})", "$(ru{s.len})"),
        ('"\\xc3\\xa9 $ru"', "é $ru", '"\\xc3\\xa9 $ru"'),
        ('"!X! $ru"', "long $ru", '"!X! $ru"'),
    ],
)
def test_places_behind_escapes(literal: str, text: str, shown: str) -> None:
    """A part behind escapes, and in a string that joins others, knows its place; where a substitution or single bytes
    of a character stand, the place is the whole string."""
    file = SourceFile("a.cfg", f"xlog({literal})")
    spec = parse_format(text, Span(file, 5, 5 + len(literal)))[1]

    assert isinstance(spec, PvSpec)
    assert spec.span is not None
    assert spec.span.text == shown
