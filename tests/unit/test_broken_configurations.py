"""What is said about a broken configuration: the place, the code, the text and the fix, once for each mistake.

Each case changes the text of ``examples/minimal.cfg``; the marks « and » show where the diagnostic has to point.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from kahea.diagnostics import Diagnostic
from kahea.diagnostics.render import render_all, render_json
from kahea.logs import Logger
from kahea.server.boot import load_configuration
from kahea.testing import FakeClock

ROOT = Path(__file__).parents[2]
MINIMAL = (ROOT / "examples" / "minimal.cfg").read_text(encoding="utf-8")

LAST_LOADMODULE = 'loadmodule "siputils.so"'
ROUTE = "request_route {"
CONDITION = 'is_method("OPTIONS")'
OK = 'sl_send_reply("200", "OK");'
EXIT = "exit;"
LAST = 'sl_send_reply("501", "Not Implemented");'


class Case(NamedTuple):
    """A change of the text, and what is said about it."""

    old: str
    new: str
    code: str
    message: str
    help: str | None = None


class _NoLog:
    def write(self, level: int, line: str, facility: str | None) -> None:
        """Drop the line."""

    def flush(self) -> None:
        """Have nothing to write."""


def changed(*changes: tuple[str, str]) -> str:
    """Return the text of the minimal configuration with some pieces replaced; each stands in it once."""
    text = MINIMAL
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the configuration"
        text = text.replace(old, new)
    return text


def diagnosed(text: str) -> list[Diagnostic]:
    """Return what is wrong with a configuration."""
    found = load_configuration(
        "minimal.cfg", Logger(_NoLog()), FakeClock(), text=text.replace("«", "").replace("»", "")
    )
    return list(found.diagnostics)


def marked(text: str) -> tuple[int, int, str]:
    """Return line, column and text of the marked place."""
    before, _, rest = text.partition("«")
    return before.count("\n") + 1, len(before) - before.rfind("\n"), rest.partition("»")[0]


def place(found: Diagnostic) -> tuple[int, int, str]:
    """Return line, column and text of the place that a diagnostic names."""
    assert found.span is not None
    return found.span.line, found.span.column, found.span.text


ERRORS = {
    # modules
    "a misspelt module": Case(
        'loadmodule "sl.so"',
        'loadmodule «"sll.so"»',
        "module-not-installed",
        "the module sll is not installed",
        "did you mean `sl`? Otherwise install it with `pip install kahea-sll`",
    ),
    "a module whose package is missing": Case(
        LAST_LOADMODULE,
        'loadmodule «"/usr/lib/kamailio/modules/no_such.so"»',
        "module-not-installed",
        "the module no_such is not installed",
        "install it with `pip install kahea-no-such`",
    ),
    "a module that Kamailio removed": Case(
        LAST_LOADMODULE,
        f'loadmodule «"mi_fifo.so"»\n{LAST_LOADMODULE}',
        "module-removed",
        "Kamailio no longer has the module mi_fifo",
        "use the module jsonrpcs instead",
    ),
    "a file that is no module": Case(
        LAST_LOADMODULE,
        f'loadmodule «"nothing.py"»\n{LAST_LOADMODULE}',
        "module-broken",
        "the module nothing cannot be used: there is no file nothing.py",
    ),
    # parameters
    "a misspelt global parameter": Case(
        "children=2",
        "«childern»=2",
        "unknown-parameter",
        "unknown global parameter `childern`",
        "did you mean `children`?",
    ),
    "a string for a number": Case("children=2", 'children=«"two"»', "bad-value", "`children` takes a number"),
    "a number out of range": Case("children=2", "children=«0»", "bad-value", "`children`: expected `int` >= 1"),
    "a word for a number": Case(
        "children=2", "children=«TWO»", "undefined-name", "`TWO` is not defined", "`children` takes a number"
    ),
    "a global parameter without value": Case(
        "listen=udp:0.0.0.0:5060\n\n",
        "max_while_loops=«»\nlisten=udp:0.0.0.0:5060\n\n",
        "syntax-error",
        "`max_while_loops` has no value",
        "add one",
    ),
    "a global parameter without value before another": Case(
        "debug=2", "log_stderror=«»\ndebug=2", "syntax-error", "`log_stderror` has no value", "add one"
    ),
    "a global parameter without value before a loadmodule": Case(
        'loadmodule "sl.so"',
        'log_stderror=«»\nloadmodule "sl.so"',
        "syntax-error",
        "`log_stderror` has no value",
        "add one",
    ),
    "a global parameter without equals sign": Case(
        "debug=2", "debug«» 2", "syntax-error", "expected `=` after `debug`", "add `=`"
    ),
    "an unknown protocol": Case(
        "listen=udp:0.0.0.0:5060\n\n",
        "listen=«upd»:0.0.0.0:5060\n\n",
        "syntax-error",
        "unknown protocol `upd`",
        "there are udp, tcp, tls, sctp, ws and wss",
    ),
    "a port that is too large": Case(
        "listen=udp:0.0.0.0:5060\n\n",
        "listen=udp:0.0.0.0:«506000»\n\n",
        "bad-port",
        "`506000` is no port: the largest is 65535",
    ),
    "a misspelt modparam": Case(
        ROUTE,
        f'modparam("sl", «"default_cod"», 500)\n{ROUTE}',
        "unknown-param",
        "the module sl has no parameter `default_cod`",
        "did you mean `default_code`?",
    ),
    "a modparam before its loadmodule": Case(
        'loadmodule "sl.so"',
        'modparam(«"sl"», "default_code", 500)\nloadmodule "sl.so"',
        "module-not-loaded",
        "the module sl is not loaded before this modparam",
        'add `loadmodule "sl.so"` before it',
    ),
    "a modparam of the wrong type": Case(
        ROUTE,
        f'modparam("sl", "default_code", «"many"»)\n{ROUTE}',
        "bad-param",
        "`default_code` of sl: expected `int`, got `str`",
    ),
    "a modparam out of range": Case(
        ROUTE,
        f'modparam("sl", "default_code", «99»)\n{ROUTE}',
        "bad-param",
        "`default_code` of sl: expected `int` >= 100",
    ),
    "a module without quotes in a modparam": Case(
        ROUTE,
        f'modparam(«sl», "default_code", 500)\n{ROUTE}',
        "syntax-error",
        "expected a string, found `sl`",
        'put it in quotes: `"sl"`',
    ),
    "a file name without quotes": Case(
        LAST_LOADMODULE,
        "loadmodule «siputils.so»",
        "syntax-error",
        "expected a string, found `siputils.so`",
        'put it in quotes: `"siputils.so"`',
    ),
    # functions
    "a misspelt function": Case(
        OK,
        '«sl_send_replay»("200", "OK");',
        "unknown-function",
        "unknown function `sl_send_replay`",
        "did you mean `sl_send_reply` (module sl)?",
    ),
    "a function of a module that is not loaded": Case(
        EXIT,
        "«record_route»(); exit;",
        "unknown-function",
        "unknown function `record_route`",
        'it is a function of the module rr: add `loadmodule "rr.so"`',
    ),
    "a misspelt function of a module that is not loaded": Case(
        EXIT,
        "«recrd_route»(); exit;",
        "unknown-function",
        "unknown function `recrd_route`",
        "did you mean `record_route` (module rr)?",
    ),
    "a pseudo-variable of a module that is not loaded": Case(
        LAST,
        'sl_send_reply("501", "«$dlg_var(x)»");',
        "unknown-pseudo-variable",
        "unknown pseudo-variable `$dlg_var`",
        'it comes from the module dialog: add `loadmodule "dialog.so"`',
    ),
    "a route that is called as a function": Case(
        ROUTE,
        f"route[ANSWER] {{ exit; }}\n{ROUTE} «ANSWER»();",
        "unknown-function",
        "unknown function `ANSWER`",
        "`ANSWER` is a route: write `route(ANSWER);`",
    ),
    "too few arguments": Case(
        OK,
        '«sl_send_reply»("200");',
        "wrong-arity",
        "`sl_send_reply` takes 2 arguments, not 1",
        "write it as `sl_send_reply(code, reason)`",
    ),
    "too many arguments": Case(
        OK,
        '«sl_send_reply»("200", "OK", "really");',
        "wrong-arity",
        "`sl_send_reply` takes 2 arguments, not 3",
        "write it as `sl_send_reply(code, reason)`",
    ),
    "a status code of five digits": Case(
        OK,
        'sl_send_reply(«"99999"», "OK");',
        "bad-argument",
        '`sl_send_reply`, argument `code`: a status code is a number from 100 to 699, not "99999"',
    ),
    "a word for a status code": Case(
        OK,
        'sl_send_reply(«"fine"», "OK");',
        "bad-argument",
        '`sl_send_reply`, argument `code`: a status code is a number from 100 to 699, not "fine"',
    ),
    "an argument that is not constant": Case(
        OK,
        'sl_send_reply("200", «"OK" + $rU»);',
        "bad-argument",
        "`sl_send_reply`, argument `reason`: it must be a string, a number or a pseudo-variable",
    ),
    "a constant expression that is no status code": Case(
        OK,
        'sl_send_reply(«900 + 99», "OK");',
        "bad-argument",
        '`sl_send_reply`, argument `code`: a status code is a number from 100 to 699, not "999"',
    ),
    "a flag that does not exist": Case(
        EXIT, "setflag(«99»);", "bad-argument", "`setflag`, argument `flag`: 99 is not between 0 and 31"
    ),
    "a function in the wrong kind of route": Case(
        ROUTE,
        f'reply_route {{ «sl_send_reply»("200", "OK"); }}\n{ROUTE}',
        "wrong-route",
        "`sl_send_reply` cannot be called in reply_route",
        "it may be called in request_route",
    ),
    # pseudo-variables and transformations
    "a misspelt pseudo-variable": Case(
        LAST,
        'sl_send_reply("501", "No «$rmm»");',
        "unknown-pseudo-variable",
        "unknown pseudo-variable `$rmm`",
        "did you mean `$rm`?",
    ),
    "a full stop behind a pseudo-variable": Case(
        LAST,
        'sl_send_reply("501", "No «$rm.»");',
        "unknown-pseudo-variable",
        "unknown pseudo-variable `$rm.`",
        "`.` belongs to the name: write `$(rm)`",
    ),
    "a misspelt pseudo-variable behind escapes": Case(
        LAST,
        'xlog("\\tfrom \\"$si\\": «$rmm»\\n"); exit;',
        "unknown-pseudo-variable",
        "unknown pseudo-variable `$rmm`",
        "did you mean `$rm`?",
    ),
    "a misspelt pseudo-variable in strings that join": Case(
        LAST,
        'xlog("from $si\\n"\n        "and «$rmm»\\n"); exit;',
        "unknown-pseudo-variable",
        "unknown pseudo-variable `$rmm`",
        "did you mean `$rm`?",
    ),
    "a pseudo-variable that is never closed before a semicolon": Case(
        EXIT, "$var(x) = «$(rU{s.len}»; exit;", "unterminated-pv", "this pseudo-variable is never closed", "add `)`"
    ),
    "a pseudo-variable that is never closed in a condition": Case(
        CONDITION, '«$(ru» == "x"', "unterminated-pv", "this pseudo-variable is never closed", "add `)`"
    ),
    "a pseudo-variable that is never closed in a string": Case(
        LAST, 'sl_send_reply("501", "$(ru«»");', "bad-pseudo-variable", "expected `)`"
    ),
    "a lone dollar": Case(
        LAST,
        'sl_send_reply("501", "It costs «$ 5»");',
        "bad-pseudo-variable",
        "expected a name after `$`; a literal dollar is `$$`",
    ),
    "a misspelt transformation": Case(
        LAST,
        'sl_send_reply("501", "$(ru«{s.lenn}»)");',
        "unknown-transformation",
        "unknown transformation `{s.lenn}`",
        "did you mean `s.len`?",
    ),
    "a longer word for a transformation": Case(
        LAST,
        'sl_send_reply("501", "$(ru«{s.length}»)");',
        "unknown-transformation",
        "unknown transformation `{s.length}`",
        "did you mean `s.len`?",
    ),
    "an assignment to a pseudo-variable that shows something": Case(
        EXIT, '«$si» = "10.0.0.1"; exit;', "read-only", "`$si` cannot be assigned to"
    ),
    "an assignment to a word": Case(
        EXIT, '«uri» = "sip:a@example.com"; exit;', "bad-assignment", "cannot assign to `uri`", "assign to `$ru`"
    ),
    # punctuation
    "a missing semicolon": Case(OK, 'sl_send_reply("200", "OK")«»', "syntax-error", "expected `;`", "add `;`"),
    "a missing semicolon before a comment": Case(
        "exit;    #", "exit«»    #", "syntax-error", "expected `;`", "add `;`"
    ),
    "a missing closing brace": Case(
        f"({CONDITION}) {{\n        {OK}\n        {EXIT}    # done with this request\n    }}",
        f"({CONDITION}) «{{»\n        {OK}\n        {EXIT}",
        "unbalanced-brace",
        "this block is never closed",
        "add `}`",
    ),
    "a missing closing brace at the end": Case(
        f"{ROUTE}\n    xlog",
        "request_route {\n    if (1) «{»\n    xlog",
        "unbalanced-brace",
        "this block is never closed",
        "add `}`",
    ),
    "a brace too many": Case(
        f"{LAST}\n}}", f"{LAST}\n}}\n«}}»", "unbalanced-brace", "this `}` closes no block", "remove it"
    ),
    "a missing quote": Case(
        OK, 'sl_send_reply("200", «"OK»);', "unterminated-string", "this string is never closed", 'add `"`'
    ),
    "a missing quote before another string": Case(
        OK, 'sl_send_reply(«"200», "OK");', "unterminated-string", "this string is never closed", 'add `"`'
    ),
    "a missing single quote before another string": Case(
        OK, "sl_send_reply(«'200», 'OK');", "unterminated-string", "this string is never closed", "add `'`"
    ),
    "a missing quote in a modparam": Case(
        ROUTE,
        f'modparam("sl", «"default_reason», "x")\n{ROUTE}',
        "unterminated-string",
        "this string is never closed",
        'add `"`',
    ),
    "a missing quote in a condition": Case(
        f"({CONDITION})",
        '(is_method(«"OPTIONS») && $rU != "x")',
        "unterminated-string",
        "this string is never closed",
        'add `"`',
    ),
    "a missing opening quote": Case(
        OK, 'sl_send_reply(200«"», "OK");', "unterminated-string", "this quote closes no string", 'add `"` before `200`'
    ),
    "quotes inside a string": Case(
        LAST,
        'xlog("is it "«here»" or not\\n"); exit;',
        "syntax-error",
        "unexpected `here` after string",
        'write a quote inside a string as `\\"`',
    ),
    "a missing parenthesis in a condition": Case(
        f"if ({CONDITION}) {{", f"if ({CONDITION}«» {{", "syntax-error", "expected `)`, found `{`", "add `)`"
    ),
    "a missing parenthesis in a call": Case(
        OK, 'sl_send_reply("200", "OK"«»;', "syntax-error", "expected `)`, found `;`", "add `)`"
    ),
    "a parenthesis too many": Case(
        f"if ({CONDITION}) {{",
        f"if ({CONDITION})«)» {{",
        "syntax-error",
        f"unexpected `)` after `{CONDITION}`",
        "remove it",
    ),
    "one equals sign in a condition": Case(
        CONDITION, '$rm «=» "OPTIONS"', "assignment-in-condition", "`=` assigns; this compares", "write `==`"
    ),
    "two equals signs in an assignment": Case(
        EXIT, "$var(x) «==» 1; exit;", "syntax-error", "`==` compares; this assigns", "write `=`"
    ),
    "an exclamation mark behind the equals sign": Case(
        CONDITION, '$rm «=!» "OPTIONS"', "syntax-error", "there is no operator `=!`", "write `!=`"
    ),
    "three equals signs": Case(
        CONDITION, '$rm «===» "OPTIONS"', "syntax-error", "there is no operator `===`", "write `==`"
    ),
    "less than or greater than": Case(
        CONDITION, '$rm «<>» "OPTIONS"', "syntax-error", "there is no operator `<>`", "write `!=`"
    ),
    "curly quotes": Case(
        '"200", "OK"', '«“»200”, "OK"', "illegal-character", "unexpected character `“`", 'use the straight quote `"`'
    ),
    "an unclosed comment": Case(
        ROUTE, f"«/*» the route\n{ROUTE}", "unterminated-comment", "this comment is never closed", "add `*/`"
    ),
    # words
    "a misspelt statement": Case(
        EXIT, "«exti»;", "unknown-statement", "unknown statement `exti`", "did you mean `exit`?"
    ),
    "a misspelt else before a block": Case(
        f"{LAST}\n}}",
        f"if ($rU == $null) {{ exit; }} «esle» {{ {LAST} }}\n}}",
        "unknown-statement",
        "unknown statement `esle`",
        "did you mean `else`?",
    ),
    "a misspelt else before a statement": Case(
        LAST,
        f"if ($rU == $null)\n        exit;\n    «esle»\n        {LAST}",
        "unknown-statement",
        "unknown statement `esle`",
        "did you mean `else`?",
    ),
    "a misspelt while without parentheses": Case(
        LAST,
        f"«whlie» $var(i) < 3 {{ $var(i) = $var(i) + 1; }}\n    {LAST}",
        "unknown-statement",
        "unknown statement `whlie`",
        "did you mean `while`?",
    ),
    "then": Case(
        f"if ({CONDITION}) {{",
        f"if ({CONDITION}) «then» {{",
        "unknown-statement",
        "`then` is not a keyword",
        "remove it",
    ),
    "a misspelt if": Case(
        f"if ({CONDITION})", f"«fi» ({CONDITION})", "unknown-statement", "unknown statement `fi`", "did you mean `if`?"
    ),
    "a misspelt route block": Case(
        ROUTE,
        "«request_rout» {",
        "unknown-statement",
        "unknown statement `request_rout`",
        "did you mean `request_route`?",
    ),
    "a misspelt loadmodule": Case(
        LAST_LOADMODULE,
        '«loadmodul» "siputils.so"',
        "unknown-statement",
        "unknown statement `loadmodul`",
        "did you mean `loadmodule` or `loadmodulex`?",
    ),
    "elseif": Case(
        LAST,
        '«elseif» ($rm == "BYE") exit;',
        "unknown-statement",
        "`elseif` is not a keyword",
        "write `else if`",
    ),
    # routes
    "a route that does not exist": Case(EXIT, "route(«RELAY»);", "unknown-route", "there is no `route[RELAY]`"),
    "a misspelt route": Case(
        f"{ROUTE}\n",
        f"route[RELAY] {{ exit; }}\n{ROUTE}\n route(«RELY»);\n",
        "unknown-route",
        "there is no `route[RELY]`",
        "did you mean `RELAY`?",
    ),
    "a second request_route": Case(
        f"{LAST}\n}}",
        f"{LAST}\n}}\n«request_route» {{ exit; }}",
        "duplicate-route",
        "`request_route` is defined twice",
    ),
    "a custom parameter that is not set": Case(
        CONDITION,
        '«@cfg_get.group.name» == "x"',
        "unknown-select",
        "there is no group `group` of custom parameters",
        'set it in the file: `group.name = "..."`',
    ),
    "a misspelt select": Case(
        CONDITION,
        '«@from.uri.usr» == "x"',
        "unknown-select",
        "there is no select `@from.uri.usr`",
        "did you mean `@from.uri.user`?",
    ),
    "a flag that is not declared": Case(
        CONDITION,
        "isflagset(«FLT_NONE»)",
        "undefined-name",
        "`FLT_NONE` is not defined",
        "define it, as in `#!define FLT_NONE 1`, or declare it with `flags FLT_NONE`",
    ),
    "a call of a route written as its block": Case(
        ROUTE,
        f"route[RELAY] {{ exit; }}\n{ROUTE}\n    «route[RELAY]»;",
        "syntax-error",
        "`route[RELAY]` is how a route begins",
        "call it with `route(RELAY)`",
    ),
    "a call of a route written as its block, without semicolon": Case(
        ROUTE,
        f"route[RELAY] {{ exit; }}\n{ROUTE}\n    «route[RELAY]»\n",
        "syntax-error",
        "`route[RELAY]` is how a route begins",
        "call it with `route(RELAY);`",
    ),
    "a call of a route written as its block, in a condition": Case(
        ROUTE,
        f"route[RELAY] {{ exit; }}\n{ROUTE}\n    if («route[RELAY]» && 1) exit;\n",
        "syntax-error",
        "`route[RELAY]` is how a route begins",
        "call it with `route(RELAY)`",
    ),
    "a call of a route without parentheses": Case(
        ROUTE,
        f"route[RELAY] {{ exit; }}\n{ROUTE}\n    route«» RELAY;",
        "syntax-error",
        "expected `(` after `route`",
        "write `route(RELAY)`",
    ),
    "a test that belongs into onsend_route": Case(
        CONDITION,
        "«to_ip» == 127.0.0.1",
        "wrong-route",
        "`to_ip` can only be tested in onsend_route",
        "test `src_ip` or `dst_ip` here",
    ),
    "a value where only text may stand": Case(
        CONDITION,
        "strip(«$var(x)»)",
        "bad-argument",
        "`strip`, argument `count`: it must be a number, and is not evaluated",
    ),
    # defines, conditions and includes
    "a define that does not exist": Case(
        OK,
        'sl_send_reply(«CODE», "OK");',
        "undefined-name",
        "`CODE` is not defined",
        "define it, as in `#!define CODE 1`, or write it as a string",
    ),
    "a misspelt define": Case(
        f"{ROUTE}\n",
        f"#!define FLT_ACC 1\n{ROUTE}\n    setflag(«FLT_AC»);\n",
        "undefined-name",
        "`FLT_AC` is not defined",
        "did you mean `FLT_ACC`?",
    ),
    "an unclosed condition": Case(
        ROUTE,
        f"«#!ifdef WITH_ROUTE»\n{ROUTE}",
        "unclosed-ifdef",
        "this condition is never closed",
        "add `#!endif`",
    ),
    "an #!endif with text behind it": Case(
        ROUTE,
        f"#!define WITH_ROUTE\n#!ifdef WITH_ROUTE\n«#!endif WITH_ROUTE»\n{ROUTE}",
        "unclosed-ifdef",
        "this `#!endif` is a comment, because text follows it on the line",
        "move the text to a line of its own",
    ),
    "an #!endif with text behind it, after text that is off": Case(
        ROUTE,
        f"#!ifdef WITH_ROUTE\n«#!endif # WITH_ROUTE»\n#!ifndef WITH_ROUTE\n#!endif\n{ROUTE}",
        "unclosed-ifdef",
        "this `#!endif` is a comment, because text follows it on the line",
        "move the text to a line of its own",
    ),
    "a condition without a name": Case(
        ROUTE,
        f"«#!ifdef»\n#!endif\n{ROUTE}",
        "bad-directive",
        "expected a name after `#!ifdef`",
        "write `#!ifdef NAME`",
    ),
    "an #!endif too many": Case(
        ROUTE, f"«#!endif»\n{ROUTE}", "stray-endif", "`#!endif` without `#!ifdef`", "remove it"
    ),
    "a file to include that is missing": Case(
        ROUTE,
        f'«include_file "no-such.cfg"»\n{ROUTE}',
        "include-not-found",
        "cannot find `no-such.cfg`",
        "correct the name, or use `import_file` if the file may be missing",
    ),
    # expressions
    "a pattern that does not compile": Case(
        CONDITION,
        '$ru =~ «"^sip:[0-9"»',
        "bad-regex",
        'bad regular expression "^sip:[0-9": unterminated character set at position 5',
    ),
    "strings where numbers are compared": Case(
        CONDITION, '«"9"» < "10"', "type-mismatch", "`<` needs numbers, this is a string"
    ),
    "a negated value compared with a string": Case(
        CONDITION,
        '!$rU == «"alice"»',
        "type-mismatch",
        "a number is compared with a string",
        '`!` binds first: write `!($rU == "alice")`',
    ),
    "the result of a function compared with a string": Case(
        CONDITION,
        f'{CONDITION} == «"yes"»',
        "type-mismatch",
        "a number is compared with a string",
        "compare it with a number",
    ),
    "a string added to a number": Case(
        EXIT, '$var(x) = 1 + «"1"»; exit;', "type-mismatch", "a string cannot be added to a number"
    ),
    "a misspelt word in a test": Case(
        CONDITION,
        "proto == «UPD»",
        "bad-operand",
        "`UPD` is none of UDP, TCP, TLS, SCTP, WS, WSS",
        "did you mean `UDP`?",
    ),
    "a pseudo-variable as a case": Case(
        EXIT,
        "switch ($rm) { case «$ru»: exit; }",
        "bad-case",
        "a case is a number, a string or a pattern",
        'write a pattern as `case /"^2"/:`',
    ),
}

WARNINGS = {
    "a path on which a request is neither answered nor sent on": Case(
        ROUTE,
        "«request_route» { route(ANSWER); }\nroute[ANSWER] {\n    if ($rU == $null) return;",
        "silent-request",
        "a request can reach the end of request_route without having been answered or sent on",
        "end it with a reply, or with `exit` where silence is meant",
    ),
    "a variable that nothing sets": Case(
        EXIT,
        '$var(count) = 1; xlog("«$var(cuont)»"); exit;',
        "unset-variable",
        "`$var(cuont)` is never set: it is 0",
        "did you mean `count`?",
    ),
    "a custom parameter that nothing reads": Case(
        ROUTE,
        f'«pstn.gw = "10.0.0.1"»\n{ROUTE}',
        "unused-parameter",
        "nothing reads the custom parameter `pstn.gw`",
        "read it with `@cfg_get.pstn.gw`, or remove it",
    ),
    "an address that is none": Case(
        CONDITION,
        'src_ip == «"10.0.0.300"»',
        "never-equal",
        '"10.0.0.300" is no IP address, and names are not looked up',
        "write the address",
    ),
    "a protocol in quotes": Case(
        CONDITION,
        'proto == «"udp"»',
        "never-equal",
        "a number is compared with a string: this is never true",
        "write it without quotes",
    ),
    "a route that nothing calls": Case(
        ROUTE, f"«route[RELAY]» {{ exit; }}\n{ROUTE}", "unused-route", "`route[RELAY]` is never called"
    ),
    "a statement that is never reached": Case(EXIT, "exit; «exit»;", "unreachable-code", "this is never reached"),
    "a misspelt event route": Case(
        ROUTE,
        f"event_route[«sl:filtred-ack»] {{ exit; }}\n{ROUTE}",
        "unknown-event-route",
        "nothing triggers `event_route[sl:filtred-ack]`",
        "did you mean `sl:filtered-ack`?",
    ),
    "a module that is loaded twice": Case(
        LAST_LOADMODULE,
        f'loadmodule «"sl.so"»\n{LAST_LOADMODULE}',
        "loaded-twice",
        "the module sl is loaded twice",
    ),
    "an #!else too many": Case(ROUTE, f"«#!else»\n{ROUTE}", "stray-else", "`#!else` without `#!ifdef`", "remove it"),
    "a misspelt directive": Case(
        ROUTE,
        f"«#!ifdeff» WITH_ROUTE\n{ROUTE}",
        "unknown-directive",
        "`#!ifdeff` is no directive, so the line is a comment",
        "did you mean `#!ifdef`?",
    ),
}


def test_the_minimal_configuration_is_clean() -> None:
    """Nothing is said about the file that all cases start from."""
    assert diagnosed(MINIMAL) == []


def check(case: Case, severity: str) -> None:
    """Assert that a case has one diagnostic and that all its parts are as expected."""
    text = changed((case.old, case.new))

    found = diagnosed(text)

    assert [(each.severity.value, each.code, each.message) for each in found] == [
        (severity, case.code, case.message)
    ], render_all(found)
    assert place(found[0]) == marked(text)
    assert found[0].help == case.help


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS.keys())
def test_an_error_is_told_once_with_place_and_fix(case: Case) -> None:
    """A mistake is one error: with its line and column, a code, a text, and the fix where there is one."""
    check(case, "error")


@pytest.mark.parametrize("case", WARNINGS.values(), ids=WARNINGS.keys())
def test_a_warning_does_not_fail(case: Case) -> None:
    """What only may be a mistake is one warning, and the file can be run."""
    check(case, "warning")


def test_all_mistakes_of_a_file_are_told_together() -> None:
    """Mistakes of every kind, in syntax, parameters, modules and routes, are reported in one go, each once."""
    text = changed(
        ("children=2", "childern=2"),
        (ROUTE, f'modparam("sl", "default_cod", 500)\nroute[SPARE] {{ drop; }}\n{ROUTE}'),
        ('sl_send_reply("200", "OK");', 'sl_send_replay("200", "OK");'),
        (EXIT, 'sl_send_reply("99999", "$rmm"); exit; drop;'),
    )

    found = diagnosed(text)

    assert sorted((each.severity.value, each.code) for each in found) == [
        ("error", "bad-argument"),
        ("error", "unknown-function"),
        ("error", "unknown-param"),
        ("error", "unknown-parameter"),
        ("error", "unknown-pseudo-variable"),
        ("warning", "unreachable-code"),
        ("warning", "unused-route"),
    ]


def test_mistakes_in_syntax_are_told_together_with_others() -> None:
    """A syntax error hides no mistake elsewhere, and warnings that may follow from it are left out."""
    text = changed(
        ("debug=2", "debg=2"),
        (OK, 'sl_send_reply("200", "OK")'),
        (EXIT, "exti;"),
        (LAST, 'sl_send_reply("501");'),
    )

    assert [(each.code, place(each)[2]) for each in sorted(diagnosed(text), key=place)] == [
        ("unknown-parameter", "debg"),
        ("syntax-error", ""),
        ("unknown-statement", "exti"),
        ("wrong-arity", "sl_send_reply"),
    ]


def test_a_missing_module_hides_no_slip() -> None:
    """With a module missing, names that may be its are passed over, and slips of known names are still told."""
    text = changed(
        (LAST_LOADMODULE, f'loadmodule "tm.so"\nloadmodule "kahea_nonesuch.so"\n{LAST_LOADMODULE}'),
        (OK, 'sl_send_replay("200", "$T_reply_code");'),
        (EXIT, "t_relay(); t_realy(); something_else(); exit;"),
    )

    assert [(each.code, place(each)[2]) for each in diagnosed(text) if each.code != "module-not-installed"] == [
        ("unknown-function", "sl_send_replay"),
        ("unknown-function", "t_realy"),
    ]


def test_a_define_leads_to_the_mistake_in_it() -> None:
    """The place is that of the use; a note shows the define that the text comes from."""
    text = changed(("children=2", '#!define CODE "99999"\nchildren=2'), ('"200", "OK"', '«CODE», "OK"'))

    found = diagnosed(text)

    assert [each.code for each in found] == ["bad-argument"]
    assert place(found[0]) == marked(text)
    assert "comes from this define at minimal.cfg:17:15" in render_all(found)


def test_a_mistake_in_an_included_file_names_it(tmp_path: Path) -> None:
    """The place is in the included file."""
    (tmp_path / "routes.cfg").write_text("route[A] {\n    exti;\n}\n", encoding="utf-8")
    main = tmp_path / "main.cfg"
    main.write_text(changed((ROUTE, f'include_file "routes.cfg"\n{ROUTE} route(A);')), encoding="utf-8")

    found = list(load_configuration(main, Logger(_NoLog()), FakeClock()).diagnostics)

    assert [each.code for each in found] == ["unknown-statement"]
    assert found[0].span is not None
    assert found[0].span.file.name.endswith("routes.cfg")
    assert place(found[0]) == (2, 5, "exti")


def test_the_three_ways_to_show_a_diagnostic() -> None:
    """In full with the line and the fix under it, on one line, and as JSON."""
    found = diagnosed(changed(("children=2          # ... of which so many receive requests", "childern=2")))

    assert render_all(found) == (
        "minimal.cfg:17:1: error: unknown global parameter `childern` [unknown-parameter]\n"
        " 17 | childern=2\n"
        "    | ^^^^^^^^ did you mean `children`?\n"
        "\n"
        "1 error\n"
    )
    assert render_all(found, concise=True).splitlines()[0] == (
        "minimal.cfg:17:1: error: unknown global parameter `childern` [unknown-parameter]"
    )
    assert [
        (each["place"]["line"], each["place"]["column"], each["code"]) for each in json.loads(render_json(found))
    ] == [(17, 1, "unknown-parameter")]
