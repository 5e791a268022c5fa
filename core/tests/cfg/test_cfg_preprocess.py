"""Defines, conditions, substitutions and includes."""

from __future__ import annotations

from pathlib import Path

import pytest
from kahea.cfg import ast
from kahea.cfg.load import parse_file, parse_text, preprocessed_text
from kahea.diagnostics import Diagnostics


def load(text: str, **defines: str | None) -> ast.ConfigFile:
    """Return the configuration that a text without mistakes is."""
    diagnostics = Diagnostics()
    config = parse_text(text, "main.cfg", defines=defines, diagnostics=diagnostics)

    assert [f"{each.span}: {each.message}" for each in diagnostics.errors] == []
    assert config is not None
    return config


def parameters(text: str, **defines: str | None) -> dict[str, object]:
    """Return the global parameters of a text with their values."""
    found: dict[str, object] = {}
    for item in load(text, **defines).items:
        if isinstance(item, ast.GlobalParam):
            value = item.values[0]
            found[item.name.text] = (
                value.value if isinstance(value, ast.Int | ast.Str) else getattr(value, "text", None)
            )
    return found


@pytest.mark.parametrize("mark", ["#!", "!!"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("define A 3\ndebug = A", 3),
        ("def A 3\ndebug = A", 3),
        ("trydef A 3\n@@trydefine A 4\ndebug = A", 3),
        ("define A 3\n@@redef A 4\ndebug = A", 4),
        ("define A 3\n@@redefine A 4\ndebug = A", 4),
        ("define A 3\n@@undef A\n@@define A 5\ndebug = A", 5),
        ("tryundef A\n@@define A 6\ndebug = A", 6),
        ("define A\n@@ifdef A\ndebug = 1\n@@else\ndebug = 2\n@@endif\n", 1),
        ("ifdef A\ndebug = 1\n@@else\ndebug = 2\n@@endif\n", 2),
        ("ifndef A\ndebug = 1\n@@else\ndebug = 2\n@@endif\n", 1),
        ("ifexp 1 + 1 == 2\ndebug = 1\n@@endif\n", 1),
        ("defexp A 2 * 3\ndebug = A", 6),
        ('defexps A "a" + "b"\ndebug = A', "ab"),
        ("define A 3 \\\n\ndebug = A", 3),
        ("define A B\n@@define B 7\ndebug = A", 7),
    ],
)
def test_directives(mark: str, text: str, expected: object) -> None:
    """Directives do the same behind ``#!`` and ``!!``."""
    assert parameters(mark + text.replace("@@", mark)) == {"debug": expected}


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A define may take its value from the environment, as it is or in quotes, under its own name or another."""
    monkeypatch.setenv("KAHEA_A", "3")
    monkeypatch.delenv("KAHEA_B", raising=False)

    found = parameters(
        "#!defenv KAHEA_A\n#!defenv B=KAHEA_A\n#!defenvs C=KAHEA_A\n#!trydefenv KAHEA_B\n#!trydefenvs D=KAHEA_B\n"
        "debug = KAHEA_A\nfork = B\nlog_name = C\n#!ifdef D\nx = 1\n#!endif\n"
    )

    assert found == {"debug": 3, "fork": 3, "log_name": "3"}


def test_conditions_nest() -> None:
    """A condition inside text that is off is off with both its parts."""
    text = "#!ifdef A\n#!ifdef B\na=1\n#!else\nb=1\n#!endif\n#!else\n#!ifndef B\nc=1\n#!endif\n#!endif\n"

    assert parameters(text) == {"c": 1}
    assert parameters(text, A=None) == {"b": 1}
    assert parameters(text, A=None, B=None) == {"a": 1}


def test_text_that_is_off_may_hold_anything() -> None:
    """Text behind a condition that does not hold is only searched for directives."""
    text = "#!ifdef OFF\nALTER TABLE it's \" /* ( { \n#!define A 1\n\x00\xff\n#!endif\n#!ifndef A\ndebug=3\n#!endif\n"

    assert parameters(text) == {"debug": 3}


def test_conditions_inside_a_statement() -> None:
    """Conditions may stand inside a statement or between a condition and its block."""
    config = load('request_route {\n if (a("x")\n#!ifdef A\n && b()\n#!endif\n ) {\n exit;\n }\n}\n')

    assert len(config.items) == 1


def test_defines_are_code() -> None:
    """A define may stand for statements, half an expression, a route's name or an address."""
    config = load(
        '#!define LEAVE xlog("x"); exit\n#!define BOTH && $rU ==\n#!define MAIN main\n#!define ADDR udp:10.0.0.1:5060\n'
        'listen=ADDR\nrequest_route { if ($rd == "a" BOTH "b") { LEAVE; } route(MAIN); }\nroute[MAIN] { LEAVE; }\n'
    )

    listen, _, main = config.items
    assert isinstance(listen, ast.GlobalParam)
    assert isinstance(main, ast.Route)
    assert listen.sockets[0].port == 5060
    assert main.name is not None
    assert main.name.text == "main"
    assert len(main.body.statements) == 2


def test_defines_are_not_applied_in_strings_and_pseudo_variables() -> None:
    """A define replaces whole words of the text only."""
    config = load('#!define rU x\n#!define abc y\nrequest_route { if ($rU == "abc") exit; }')

    (item,) = config.items
    assert isinstance(item, ast.Route)
    statement = item.body.statements[0]
    assert isinstance(statement, ast.If)
    test = statement.branches[0][0]
    assert isinstance(test, ast.Binary)
    assert isinstance(test.left, ast.Pv)
    assert isinstance(test.right, ast.Str)
    assert (test.left.text, test.right.value) == ("$rU", "abc")


def test_an_undefined_name_is_a_name() -> None:
    """A word that no define knows stays a name."""
    assert parameters("debug = DBGLEVEL") == {"debug": "DBGLEVEL"}


def test_strings_of_a_define_join_with_those_behind_it() -> None:
    """A define's text stands in the text, so its last string joins with the next one."""
    assert parameters('#!define A "a" "b"\nlog_name = A "c"\n') == {"log_name": "abc"}


def test_spans_of_a_define() -> None:
    """What a define brought is placed where it is used, and knows where it comes from."""
    config = load("#!define LEVEL 3\n#!define DBG LEVEL\ndebug = DBG\n")

    (item,) = config.items
    assert isinstance(item, ast.GlobalParam)
    span = item.values[0].span
    assert (span.line, span.text) == (3, "DBG")
    assert span.expanded_from is not None
    assert (span.expanded_from.line, span.expanded_from.text) == (2, "LEVEL")
    assert span.expanded_from.expanded_from is not None
    assert (span.expanded_from.expanded_from.line, span.expanded_from.expanded_from.text) == (1, "3")


def test_predefined_names() -> None:
    """The version of Kamailio and the system are defined."""
    text = (
        "#!ifdef KAMAILIO_6\na=1\n#!endif\n#!ifdef KAMAILIO_6_1\nb=1\n#!endif\n#!ifdef KAMAILIO_6_1_0\nc=1\n#!endif\n"
        "version = KAMAILIO_VERSION\n#!ifexp KAMAILIO_VERSION >= 6001000\nd=1\n#!endif\nos = OS_NAME\n"
    )

    found = parameters(text)
    assert isinstance(found.pop("os"), str)
    assert found == {"a": 1, "b": 1, "c": 1, "d": 1, "version": 6001000}


def test_modules_are_defined() -> None:
    """Loading a module defines ``MOD_`` and its name for the text behind it."""
    text = (
        '#!ifdef MOD_tm\na=1\n#!endif\nloadmodule "modules/tm.so"\n#!ifdef MOD_tm\nb=1\n#!endif\n'
        'loadmodule("tls.so", "g")\n#!ifdef MOD_tls\nc=1\n#!endif\n'
    )

    assert parameters(text) == {"b": 1, "c": 1}


def test_defines_of_the_command_line() -> None:
    """A define of the command line works as one in the file."""
    assert parameters("#!ifdef A\ndebug = B\n#!endif\n", A=None, B="3") == {"debug": 3}


def test_a_define_of_the_command_line_cannot_be_defined_again() -> None:
    """A name from the command line and the same in the file is a mistake; the note says where it came from."""
    diagnostics = Diagnostics()
    parse_text("#!define A 1\n", defines={"A": "2"}, diagnostics=diagnostics)

    (found,) = diagnostics
    assert found.code == "already-defined"
    assert found.notes[0].span is not None
    assert found.notes[0].span.file.name == "<-A>"


def test_defines_are_part_of_the_tree() -> None:
    """The tree keeps the values for ``$def(...)``."""
    config = load('#!define A 3\n#!define B\n#!define C "x"\n')

    assert {name: config.defines[name] for name in "ABC"} == {"A": "3", "B": None, "C": '"x"'}


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ('#!subst "/ADDR/10.0.0.1/"', "x ADDR ADDR", "x 10.0.0.1 ADDR"),
        ('#!subst "/ADDR/10.0.0.1/g"', "ADDR ADDR", "10.0.0.1 10.0.0.1"),
        ('#!subst "!a(b+)c!<\\\\1>!"', "xabbc", "x<bb>"),
        ('#!subst "/abc/x/i"', "ABC", "x"),
        ('#!subst "/[[:digit:]]+/n/g"', "a1b22", "anbn"),
        ('#!subst "/\\\\./-/g"', "a.b", "a-b"),
        ('#!subst "/^b/x/"', "a\\nb", "a\nx"),
        ('#!subst "/a.b/x/"', "a\\nb", "a\nb"),
        ('#!subst "/a.b/x/s"', "a\\nb", "x"),
    ],
)
def test_substitutions(rule: str, text: str, expected: str) -> None:
    """A substitution rewrites later strings with POSIX regular expressions."""
    assert parameters(f'{rule}\nlog_name = "{text}"\n') == {"log_name": expected}


def test_substitutions_reach_all_strings() -> None:
    """Strings in single quotes, pseudo-variables and the strings of later substitutions are rewritten too."""
    config = load(
        '#!subst "/ONE/1/g"\n#!subst "/TWO/ONE-2/g"\nlog_name=\'ONE\'\nname="TWO"\nrequest_route { $var(ONE) = 1; }\n'
    )

    first, second, block = config.items
    assert isinstance(first, ast.GlobalParam)
    assert isinstance(second, ast.GlobalParam)
    assert isinstance(block, ast.Route)
    assert [getattr(item.values[0], "value", None) for item in (first, second)] == ["1", "1-2"]
    assignment = block.body.statements[0]
    assert isinstance(assignment, ast.Assign)
    assert isinstance(assignment.target, ast.Pv)
    assert assignment.target.text == "$var(1)"


def test_substdef(monkeypatch: pytest.MonkeyPatch) -> None:
    """A substdef is a substitution and a define at once; its text may use the environment and defines."""
    monkeypatch.setenv("KAHEA_A", "eth0")

    found = parameters(
        '#!define PORT 5060\n#!substdef "!LEVEL!3!g"\n#!substdefs "!NAME_X!$env(KAHEA_A)!g"\n'
        '#!substdef "!P!$def(PORT)!"\n'
        'debug = LEVEL\nlog_name = NAME_X\nname = "LEVEL on NAME_X"\nport = P\n'
    )

    assert found == {"debug": 3, "log_name": "eth0", "name": "3 on eth0", "port": 5060}


def test_substitutions_of_the_command_line() -> None:
    """``--subst``, ``--substdef`` and ``--substdefs`` come before the file."""
    diagnostics = Diagnostics()
    config = parse_text(
        'log_name = "AA"\ndebug = B\nname = C\n',
        substitutions=[("subst", "/A/x/g"), ("substdef", "/B/3/"), ("substdefs", "/C/c/")],
        diagnostics=diagnostics,
    )

    assert list(diagnostics) == []
    assert config is not None
    values = [getattr(item.values[0], "value", None) for item in config.items if isinstance(item, ast.GlobalParam)]
    assert values == ["xx", 3, "c"]


def test_includes(tmp_path: Path) -> None:
    """Files are found beside the including file, in all four spellings, and know who included them."""
    (tmp_path / "inner.cfg").write_text("b = 2\n")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "outer.cfg").write_text('a = 1\n#!include_file "../inner.cfg"\nc = 3')
    main = tmp_path / "main.cfg"
    main.write_text('include_file "sub/outer.cfg"\n#!import_file "missing.cfg"\nimport_file "missing.cfg"\nd = 4\n')
    diagnostics = Diagnostics()

    config = parse_file(str(main), {}, [], diagnostics)

    assert list(diagnostics) == []
    assert config is not None
    assert [item.name.text for item in config.items if isinstance(item, ast.GlobalParam)] == ["a", "b", "c", "d"]
    inner = config.items[1].span.file
    assert inner.included_from is not None
    assert inner.included_from.file.included_from is not None
    assert inner.included_from.file.included_from.file.name == str(main)
    assert inner.included_from.line == 2


def test_include_inside_a_block(tmp_path: Path) -> None:
    """An included file may hold the inside of a route."""
    (tmp_path / "body.cfg").write_text('xlog("a");\n')
    main = tmp_path / "main.cfg"
    main.write_text('request_route {\n  include_file "body.cfg"\n  exit;\n}\n')
    diagnostics = Diagnostics()

    config = parse_file(str(main), {}, [], diagnostics)

    assert list(diagnostics) == []
    assert config is not None
    (item,) = config.items
    assert isinstance(item, ast.Route)
    assert len(item.body.statements) == 2


def test_a_condition_may_end_in_another_file(tmp_path: Path) -> None:
    """A condition that is opened in an included file goes on behind the include."""
    (tmp_path / "open.cfg").write_text("#!ifdef OFF\nfoo(\n")
    main = tmp_path / "main.cfg"
    main.write_text('include_file "open.cfg"\nbar(\n#!endif\ndebug = 3\n')
    diagnostics = Diagnostics()

    config = parse_file(str(main), {}, [], diagnostics)

    assert list(diagnostics) == []
    assert config is not None
    assert len(config.items) == 1


def test_includes_are_bounded(tmp_path: Path) -> None:
    """A file that includes itself is a mistake, reported a bounded number of times."""
    main = tmp_path / "main.cfg"
    main.write_text('include_file "main.cfg"\ninclude_file "main.cfg"\ndebug = 3\n')
    diagnostics = Diagnostics()

    parse_file(str(main), {}, [], diagnostics)

    assert {each.code for each in diagnostics} == {"include-limit"}


def test_defines_are_bounded() -> None:
    """Defines that grow without end are a mistake and not a hang."""
    lines = [f"#!define A{n} {' '.join([f'A{n + 1}'] * 10)}" for n in range(12)]
    diagnostics = Diagnostics()

    parse_text("\n".join([*lines, "#!define A12 1", "alias = A0", ""]), diagnostics=diagnostics)

    assert "define-recursion" in {each.code for each in diagnostics}


def test_a_missing_main_file(tmp_path: Path) -> None:
    """A file that does not exist is a diagnostic without a place."""
    diagnostics = Diagnostics()

    assert parse_file(str(tmp_path / "none.cfg"), {}, [], diagnostics) is None
    (found,) = diagnostics
    assert (found.code, found.span) == ("file-not-found", None)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """A folder cannot be read; the diagnostic says why."""
    diagnostics = Diagnostics()

    assert parse_file(str(tmp_path), {}, [], diagnostics) is None
    assert [each.code for each in diagnostics] == ["file-not-found"]


def test_bytes_survive(tmp_path: Path) -> None:
    """A byte order mark is left out, and bytes that are no UTF-8 are kept."""
    path = tmp_path / "main.cfg"
    path.write_bytes(b'\xef\xbb\xbflog_name = "caf\xc3\xa9 \xe9"\r\n')
    diagnostics = Diagnostics()

    config = parse_file(str(path), {}, [], diagnostics)

    assert config is not None
    (item,) = config.items
    assert isinstance(item, ast.GlobalParam)
    value = item.values[0]
    assert isinstance(value, ast.Str)
    assert value.value.encode("utf-8", "surrogateescape") == b"caf\xc3\xa9 \xe9"
    assert item.span.column == 1


def test_endif_without_a_line_end() -> None:
    """An ``#!endif`` at the very end closes its condition, with a warning."""
    diagnostics = Diagnostics()
    config = parse_text("#!ifdef A\nfoo(\n#!endif", diagnostics=diagnostics)

    assert config is not None
    assert [(each.severity.value, each.code) for each in diagnostics] == [("warning", "endif-without-newline")]


def test_commented_directives_are_comments() -> None:
    """A second ``#`` before a directive switches it off."""
    assert parameters("##!define A 3\n# #!define A 3\n//#!define A 3\n#!ifndef A\ndebug = 1\n#!endif\n") == {"debug": 1}


def test_printing(tmp_path: Path) -> None:
    """The printed form has includes in place and no inactive text; defines stay as written."""
    (tmp_path / "inner.cfg").write_text("b = A\n")
    main = tmp_path / "main.cfg"
    main.write_text(
        '#!define A 1 \\\n  + 2\n/* c */\n#!ifdef A\ninclude_file "inner.cfg"\n#!else\nc = 3\n#!endif\nd = 4 # e\n'
    )

    assert preprocessed_text(str(main), {}, [], Diagnostics()) == (
        "#!define A 1 \\\n  + 2\n/* c */\nb = A\n\nd = 4 # e\n"
    )
