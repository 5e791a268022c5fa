"""The grammar beside the real Kamailio: the same text is accepted or refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from kahea.cfg.load import parse_file, parse_text, preprocessed_text
from kahea.diagnostics import Diagnostics

CONSTRUCTS = Path(__file__).parents[2] / "core" / "tests" / "cfg" / "constructs.cfg"

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(shutil.which("kamailio") is None, reason="the real Kamailio is not installed"),
]

ACCEPTED = {
    "assign to a define": "#!define A 5\n$var(x) = A;",
    "strings that join": 'xlog("a" "b");',
    "strings that join over lines": 'xlog("a"\n\n"b");',
    "no parentheses around a condition": 'if $ru == "x" exit;',
    "while without parentheses": "while $var(i) < 3 { $var(i) = $var(i) + 1; }",
    "dangling else": "if (1) if (2) exit; else drop;",
    "negated core test": "if (!uri==myself) exit;",
    "method as a word": "if (method == INVITE) exit;",
    "network": "if (src_ip == 10.0.0.0/8 || src_ip == ::1 || src_ip==[::1]) exit;",
    "network with a mask": "if (src_ip == 10.0.0.0/255.0.0.0) exit;",
    "host with a dash": "if (src_ip == a-b.c) exit;",
    "regex case": 'switch($rU) { case /"a": exit; case "b": break; default: exit; }',
    "empty case": "switch(1) { case 1: case 2: exit; }",
    "empty switch": "switch($rc) { } exit;",
    "socket as an argument": "force_send_socket(udp:127.0.0.1:5060);",
    "selval": '$var(x) = selval($ru == "a", "b", "c");',
    "cast": '$var(i) = (int) "3";',
    "exit with a value": "exit 1;",
    "exit with parentheses": "exit(); ",
    "negative return": "return -1;",
    "lone semicolons": ";;exit;;",
    "semicolon behind a block": "if (1) { exit; };",
    "nested comments": "/* a /* b */ c */ drop;",
    "return code": "if ($? == 1) exit;",
    "binary number": "setflag(101b);",
    "octal number": "setflag(010);",
    "hexadecimal number": "setflag(0xf);",
    "words as operators": "if (not $rc == 1 and 1 or 0) exit;",
    "string comparison words": 'if ($rU eq "a" or $rU ne "b" or 1 ieq 2 or 1 ine 2) exit;',
    "defined": "if (defined $rU) exit;",
    "strlen": "if (strlen($rU) > 3 && strempty($rU)) exit;",
    "select": 'if (@to.uri.user == "a") exit;',
    "text behind a condition's name": "#!ifdef A || B\nfoo(\n#!endif\nexit;",
    "else with text behind it": "#!ifdef A\nfoo(\n#!else # x\nbar(\n#!endif\nexit;",
    "else behind two marks in text that is off": '#!ifdef A\n##!else\nxlog("x");\n#!endif\nexit;',
    "else in the middle of a line in text that is off": '#!ifdef A\n foo #!else\nxlog("x");\n#!endif\nexit;',
    "anything in text that is off": "#!ifdef A\nit's \" /* (\n#!endif\nexit;",
    "bang directives": "!!define A 5\n!!ifdef A\nsetflag(A);\n!!endif\nexit;",
    "unknown directive": "#!foo bar(\nexit;",
    "define that holds statements": '#!define A xlog("x"); exit\nA;',
    "define over lines": "#!define A 5 \\\n + 6\n$var(x) = A;",
    "define in a define": "#!define A B\n#!define B 5\n$var(x) = A;",
    "unused define of half a string": "#!define A it's\nexit;",
    "joined define": '#!define A "a"\nxlog(A "b");',
    "expression of a condition": "#!ifdef A\n#!else\nexit;\n#!endif",
}
"""Bodies of a request_route that the real server takes."""

REFUSED = {
    "empty block": "if (1) { }",
    "bare block": "{ exit; }",
    "elseif": "if (1) exit; elseif (2) exit;",
    "block after a case": "switch(1) { case 1: { exit; } }",
    "regex case without quotes": "switch($rU) { case /a/: exit; }",
    "percent": "$var(a) = 5 % 3;",
    "compound assignment": "$var(x) += 1;",
    "negated match": 'if ($ru !~ "x") exit;',
    "strings of two kinds": "xlog(\"a\" 'b');",
    "bare word": "foo;",
    "bad octal": "setflag(08);",
    "binary with a prefix": "setflag(0b1);",
    "cast with blanks": '$var(i) = ( int )"3";',
    "unary plus": "$var(i) = +3;",
    "missing semicolon": "exit",
    "missing parenthesis": "if ($rc == 1 { exit; }",
    "continue": "while (1) { continue; }",
    "defined twice": "#!define A 1\n#!define A 2\nexit;",
    "endif with text behind it": "#!ifdef A\nfoo(\n#!endif # x\nexit;",
    "unclosed condition": "#!ifdef A\nexit;",
    "stray endif": "exit;\n#!endif",
    "pseudo-variable over lines": 'if ($(ru{uri.user}\n) == "x") exit;',
    "unterminated string": 'xlog("a);',
    "unterminated comment": "exit; /*",
    "two defaults": "switch(1) { default: exit; default: drop; }",
    "assignment to a word": 'uri = "sip:a@b";',
    "missing operand": "if ($rc == ) exit;",
}
"""Bodies that it refuses for their syntax."""

OUTSIDE_ACCEPTED = {
    "several on one line": "debug=2 fork=no",
    "listen with everything": 'listen=udp:127.0.0.1:25070 advertise 1.2.3.4:5060 name "x"',
    "list of aliases": 'alias="a.b" c.d:5060 udp:e.f g-h.i',
    "alias over lines": 'alias="a.b"\n  "c.d"',
    "custom parameter": 'pstn.gw = "x" desc "y"',
    "custom parameter number": "pstn.gw = 5",
    "flags": "flags A:1, B",
    "substdef": '#!substdef "!A!5!g"\nroute[X] { $var(x) = A; }',
    "substitution of pseudo-variables": '#!subst "/nope/x/"\nroute[X] { $var(nope) = 1; }',
    "modparam and semicolon": 'modparam("tm", "fr_timer", 3000);',
    "route by number": "route[1] { exit; }",
    "route by string": 'route["a"] { exit; }',
    "onreply_route": "onreply_route { exit; }",
    "event route": "event_route[tm:local-request] { exit; }",
}
"""Texts before the request_route that the real server takes."""

OUTSIDE_REFUSED = {
    "dash in a route's name": "route[a-b] { exit; }",
    "digit first in a route's name": "route[1a] { exit; }",
    "event without a module": "event_route[start] { exit; }",
    "statement": 'xlog("a");',
    "unquoted module": "loadmodule pv",
    "modparam with two arguments": 'modparam("tm", "fr_timer")',
    "brace too many": "}",
    "missing value": "debug=",
    "named request_route": "request_route[A] { exit; }",
}
"""Texts before the request_route that it refuses."""


def kamailio_accepts(text: str, folder: Path) -> bool:
    """Return whether the real server takes a configuration."""
    path = folder / "kamailio.cfg"
    path.write_text(text)
    command = ["kamailio", "-c", "-x", "fm", "-X", "fm", "-f", str(path)]
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


def kahea_accepts(text: str) -> bool:
    """Return whether we find no syntax error in a configuration."""
    diagnostics = Diagnostics()
    parse_text(text, diagnostics=diagnostics)
    return not diagnostics.errors


def configuration(outside: str = "", body: str = "exit;") -> str:
    """Return a configuration with a text before the route and this body."""
    modules = "".join(f'loadmodule "{name}.so"\n' for name in ("pv", "xlog", "tm", "sl"))
    return f"{modules}{outside}\nrequest_route {{\n{body}\n}}\n"


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(body: str, tmp_path: Path) -> None:
    """What the real server takes in a route, we take."""
    text = configuration(body=body)

    assert kamailio_accepts(text, tmp_path)
    assert kahea_accepts(text)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_refused(body: str, tmp_path: Path) -> None:
    """What the real server refuses in a route for its syntax, we refuse."""
    text = configuration(body=body)

    assert not kamailio_accepts(text, tmp_path)
    assert not kahea_accepts(text)


@pytest.mark.parametrize("outside", OUTSIDE_ACCEPTED.values(), ids=OUTSIDE_ACCEPTED)
def test_accepted_outside(outside: str, tmp_path: Path) -> None:
    """What the real server takes outside routes, we take."""
    text = configuration(outside)

    assert kamailio_accepts(text, tmp_path)
    assert kahea_accepts(text)


@pytest.mark.parametrize("outside", OUTSIDE_REFUSED.values(), ids=OUTSIDE_REFUSED)
def test_refused_outside(outside: str, tmp_path: Path) -> None:
    """What the real server refuses outside routes for its syntax, we refuse."""
    text = configuration(outside)

    assert not kamailio_accepts(text, tmp_path)
    assert not kahea_accepts(text)


def test_the_printed_form(tmp_path: Path) -> None:
    """``--cfg-print`` shows the same text."""
    (tmp_path / "inner.cfg").write_text("children = A\n")
    path = tmp_path / "kamailio.cfg"
    path.write_text(
        "".join(
            [
                "#!define A 1 \n#!define B foo \\\n bar\n/* c #!define C 2\n*/\n#!ifdef A\n",
                'loadmodule "pv.so"\n#!else\nzz\n#!endif\n#!ifdef MOD_pv\nhas\n#!endif\n##!define Z\n',
                '// x\ninclude_file "inner.cfg"\n#!trydef A 3\n#!ifndef A\n#!ifdef B\nq\n#!else\nr\n',
                '#!endif\n#!endif\nend "#!x"\n',
            ]
        )
    )
    command = ["kamailio", "--cfg-print", "-f", str(path)]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout

    assert preprocessed_text(str(path), {}, [], Diagnostics()) == printed


def test_the_file_of_constructs(tmp_path: Path) -> None:
    """The file with every construct is one that the real server takes."""
    diagnostics = Diagnostics()
    parse_file(str(CONSTRUCTS), {}, [], diagnostics)

    text = CONSTRUCTS.read_text().replace("mpath=", "# mpath=")

    assert kamailio_accepts(text, tmp_path)
    assert list(diagnostics) == []
