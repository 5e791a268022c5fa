# ruff: noqa: E501
"""Pieces of script whose log lines are compared with the real server's.

Each case is the body of a route; what it logs with ``xlog`` is compared, line by line.
"""

from __future__ import annotations


def _show(*expressions: str) -> str:
    """Return a script that logs the value of each expression."""
    lines = []
    for expression in expressions:
        lines.append(f'$var(r) = {expression}; xlog("L_NOTICE", "[$var(r)]\\n");')
    return "\n".join(lines)


def _test(*conditions: str) -> str:
    """Return a script that logs whether each condition holds."""
    lines = []
    for condition in conditions:
        lines.append(f'if ({condition}) {{ xlog("L_NOTICE", "yes\\n"); }} else {{ xlog("L_NOTICE", "no\\n"); }}')
    return "\n".join(lines)


_OPERANDS = ("$var(z)", "$var(w)", "$var(e)", "$var(n)", "$hdr(X-None)", "$null", "$avp(none)", "$avp(z)", "$avp(s)")
_CONSTANTS = ('""', '"abc"', '"0"', '"00"', "0", "7")
_SET_OPERANDS = '$var(z) = 0; $var(w) = "abc"; $var(e) = ""; $var(n) = "007"; $avp(s) = "x"; $avp(z) = 0;\n'

CASES: dict[str, str] = {
    "equality_of_everything_with_everything": _SET_OPERANDS
    + _test(*(f"{left} == {right}" for left in _OPERANDS for right in (*_OPERANDS, *_CONSTANTS))),
    "plus_adds_to_a_number": _show("1 + 2", '"1" + 2', '"a" + "b"', "$var(unset) + 5"),
    "plus_with_text_on_the_right": '$var(x) = "abc"; $var(n) = 5; '
    + _show("$var(n) + $var(x)", "$var(x) + $var(n)", "$var(x) + 1 + 2", "1 + 2 + $var(x)"),
    "precedence": _show("1 + 2 * 3", "10 - 2 - 3", "7 / 2", "-7 / 2", "7 mod 3", "-7 mod 3", "2 * 3 mod 4"),
    "bits": _show("6 & 3", "6 | 1", "6 ^ 3", "1 << 4", "256 >> 2", "~0"),
    "bits_bind_looser_than_comparison": _test("1 & 3 == 3", "2 | 0 == 1", "(2 & 3) == 2"),
    "parentheses": _show("(1 + 2) * 3", "-(3)", "- 3 + 5", "2 - -3"),
    "casts": _show('(int)"12"', '(int)"12abc"', '(int)"0x10"', "(str)12 + 3", '(int)""'),
    "unset_variable_is_zero": _test(
        "$var(never1) == 0", '$var(never2) == ""', "$var(never3) == $null", "defined $var(never4)"
    ),
    "null_assigned_to_a_variable": "$var(z) = 5; $var(z) = $null;" + _test("$var(z) == 0", "$var(z) == $null"),
    "equality_takes_the_left_type": '$var(n) = 5; $var(s) = "05"; $var(w) = "abc"; $var(zero) = 0;'
    + _test("$var(n) == $var(s)", "$var(s) == $var(n)", "$var(zero) == $var(w)", "$var(w) == $var(zero)"),
    "equality_with_a_constant": '$var(w) = "abc"; $var(e) = ""; $var(z) = 0; $var(n) = "007";'
    + _test(
        "$var(w) == 0",
        "$var(e) == 0",
        '$var(z) == "0"',
        '$var(z) == "00"',
        "$var(n) == 7",
        '$var(n) == "7"',
        "$hdr(X-None) == 0",
        '$hdr(X-None) == "x"',
        "$hdr(X-None) == 1",
        "$var(z) != $null",
        "$null == $null",
        "$var(z) == $hdr(X-None)",
        "$var(e) == $null",
        "$var(w) != $null",
        "5 == $var(n)",
    ),
    "equality_of_text": '$var(s) = "abc";' + _test('$var(s) == "abc"', '$var(s) == "ABC"', '$var(s) != "x"'),
    "numeric_strings": _test('"1" == 1', '"10" == 10'),
    "truth": '$var(neg) = -1; $var(word) = "abc"; $var(one) = "1"; $var(zero) = 0;'
    + _test("$var(neg)", "$var(word)", "$var(one)", "$var(zero)", "1", "0", "-1"),
    "not": "$var(neg) = -1; $var(zero) = 0;" + _test("!$var(neg)", "!$var(zero)", "!($var(zero) == 0)", "not 0"),
    "and_or_of_numbers": "$var(neg) = -1; $var(two) = 2; $var(zero) = 0;"
    + _test("$var(neg) && $var(two)", "$var(zero) || $var(neg)", "$var(two) and $var(zero)", "$var(zero) or $var(two)"),
    "order": "$var(n) = 10;" + _test("$var(n) > 9", "$var(n) < 9", "$var(n) >= 10", "$var(n) <= 9", "9 < $var(n)"),
    "order_of_text_that_is_a_number": '$var(a) = "10"; $var(b) = "9";'
    + _test("$var(a) > $var(b)", "$var(b) > $var(a)"),
    "match": '$var(s) = "Hello World";'
    + _test(
        '$var(s) =~ "world"',
        '$var(s) =~ "^hello"',
        '$var(s) =~ "^world"',
        '$var(s) =~ "o$"',
        '$var(s) =~ "[[:digit:]]"',
    ),
    "match_with_newline": '$var(s) = "a\nb";' + _test('$var(s) =~ "^b"', '$var(s) =~ "a.b"', '$var(s) =~ "b$"'),
    "match_of_a_number": "$var(n) = 404;" + _test('$var(n) =~ "^4[0-9][0-9]$"'),
    "not_match": '$var(s) = "abc";' + _test('!($var(s) =~ "b")', 'not ($var(s) =~ "z")'),
    "string_functions": '$var(s) = "abc"; $var(e) = "";'
    + _test("strempty($var(s))", "strempty($var(e))", "strempty($hdr(X-None))")
    + _show("strlen($var(s))", "strlen($var(e))"),
    "division_by_zero_keeps_the_old_value": "$var(d) = 0; $var(r) = 7; $var(r) = 5 / $var(d); "
    'xlog("L_NOTICE", "[$var(r)]\\n"); $var(r) = 5 mod $var(d); xlog("L_NOTICE", "[$var(r)]\\n");',
    "assignment_is_not_a_format": '$var(x) = "$rm"; xlog("L_NOTICE", "[$var(x)]\\n");',
    "escapes": r'$var(x) = "a\tb\"c\\d\1\."; xlog("L_NOTICE", "[$var(x)]\n");',
    "single_quotes_are_raw": r"""$var(x) = 'a\tb"c'; xlog("L_NOTICE", "[$var(x)]\n");""",
    "adjacent_strings": '$var(x) = "ab" "cd"\n"ef"; xlog("L_NOTICE", "[$var(x)]\\n");',
    "if_else_chain": '$var(n) = 2; if ($var(n) == 1) xlog("L_NOTICE", "one\\n"); '
    'else if ($var(n) == 2) xlog("L_NOTICE", "two\\n"); else xlog("L_NOTICE", "more\\n");',
    "short_circuit": 'if (0 && route(SAY)) xlog("L_NOTICE", "no\\n"); '
    'if (1 || route(SAY)) xlog("L_NOTICE", "or\\n"); if (1 && route(SAY)) xlog("L_NOTICE", "and\\n");',
    "short_circuit_in_the_middle": 'if (route(SAY) && route(FAIL) && route(SAY)) xlog("L_NOTICE", "all\\n"); '
    'if (route(FAIL) || route(SAY) || route(SAY)) xlog("L_NOTICE", "any\\n");',
    "while": '$var(i) = 0; while ($var(i) < 3) { xlog("L_NOTICE", "$var(i)\\n"); $var(i) = $var(i) + 1; }',
    "while_break": "$var(i) = 0; while (1) { $var(i) = $var(i) + 1; if ($var(i) > 4) break; } "
    'xlog("L_NOTICE", "$var(i)\\n");',
    "switch_numbers": '$var(n) = 2; switch ($var(n)) { case 1: xlog("L_NOTICE", "1\\n"); break; '
    'case 2: xlog("L_NOTICE", "2\\n"); case 3: xlog("L_NOTICE", "3\\n"); break; default: xlog("L_NOTICE", "d\\n"); }',
    "switch_default": '$var(n) = 9; switch ($var(n)) { case 1: xlog("L_NOTICE", "1\\n"); break; '
    'default: xlog("L_NOTICE", "d\\n"); }',
    "switch_strings": '$var(s) = "b"; switch ($var(s)) { case "a": xlog("L_NOTICE", "a\\n"); break; '
    'case "b": xlog("L_NOTICE", "b\\n"); break; }',
    "switch_pattern": '$var(s) = "2xy"; switch ($var(s)) { case /"^1": xlog("L_NOTICE", "1\\n"); break; '
    'case /"^2": xlog("L_NOTICE", "2\\n"); break; }',
    "switch_pattern_is_case_sensitive": '$var(s) = "Abc"; switch ($var(s)) { case /"^a": xlog("L_NOTICE", "a\\n"); break; '
    'default: xlog("L_NOTICE", "d\\n"); }',
    "break_in_a_switch_in_a_loop": "$var(i) = 0; while ($var(i) < 2) { switch ($var(i)) { case 0: break; "
    'default: xlog("L_NOTICE", "d\\n"); } xlog("L_NOTICE", "after $var(i)\\n"); $var(i) = $var(i) + 1; }',
    "return_codes": 'route(FIVE); xlog("L_NOTICE", "$rc\\n"); route(FAIL); xlog("L_NOTICE", "$rc\\n"); '
    'route(BARE); xlog("L_NOTICE", "$rc\\n");',
    "route_in_a_condition": _test("route(FIVE)", "route(FAIL)", "route(BARE)", "!route(FAIL)"),
    "route_assigned": '$var(c) = route(FIVE); xlog("L_NOTICE", "$var(c)\\n"); '
    '$var(c) = route(FIVE) + 1; xlog("L_NOTICE", "$var(c)\\n"); $var(c) = route(FAIL); xlog("L_NOTICE", "$var(c)\\n");',
    "route_without_return": 'route(LASTFALSE); xlog("L_NOTICE", "$rc\\n"); route(LASTTRUE); xlog("L_NOTICE", "$rc\\n"); '
    'route(LASTASSIGN); xlog("L_NOTICE", "$rc\\n"); route(LASTIF); xlog("L_NOTICE", "$rc\\n");',
    "return_of_an_expression": '$var(v) = 3; route(VALUE); xlog("L_NOTICE", "$rc\\n");',
    "return_zero_ends_the_script": 'xlog("L_NOTICE", "before\\n"); route(ZERO); xlog("L_NOTICE", "after\\n");',
    "exit_in_a_route_ends_the_script": 'xlog("L_NOTICE", "before\\n"); route(EXIT); xlog("L_NOTICE", "after\\n");',
    "exit_in_a_condition": 'if (route(EXIT)) { xlog("L_NOTICE", "yes\\n"); } xlog("L_NOTICE", "after\\n");',
    "dynamic_route": '$var(name) = "FIVE"; route($var(name)); xlog("L_NOTICE", "$rc\\n"); '
    'route("FI" + "VE"); xlog("L_NOTICE", "$rc\\n");',
    "rc_of_a_function": 'is_method("INVITE"); xlog("L_NOTICE", "$rc\\n"); is_method("OPTIONS"); '
    'xlog("L_NOTICE", "$rc $retcode $?\\n"); xlog("L_NOTICE", "$rc\\n");',
    "core_tests": _test(
        'method == "OPTIONS"',
        "method == OPTIONS",
        'method != "INVITE"',
        'method =~ "^OPT"',
        "proto == UDP",
        "proto == TCP",
        "af == INET",
        "af == INET6",
        "src_ip == 127.0.0.1",
        "src_ip == 127.0.0.0/8",
        "src_ip == 10.0.0.0/8",
        'src_ip == "127.0.0.1"',
        "src_ip != 127.0.0.1",
        "msg:len > 100",
        "msg:len < 100",
    ),
    "uri_tests": _test(
        'uri =~ "^sip:"',
        'from_uri =~ "caller"',
        'to_uri =~ "nobody"',
        "uri == myself",
        "from_uri == myself",
    ),
    "flags": "setflag(3); " + _test("isflagset(3)", "isflagset(4)") + " resetflag(3); " + _test("isflagset(3)"),
    "format_of_null": 'xlog("L_NOTICE", "[$hdr(X-None)] [$var(f)] [$$]\\n");',
    "variables_in_formats": '$var(a) = "x"; xlog("L_NOTICE", "$var(a)$var(a) $(var(a)) [$rm]\\n");',
    "nested_null_comparison": _test(
        "$hdr(X-None) == $null", "$hdr(X-None) != $null", '$hdr(X-None) == ""', "$hdr(Call-ID) == $null"
    ),
    "empty_statements": 'if (1) ; ; ; xlog("L_NOTICE", "done\\n");',
}

ROUTES = """
route[SAY] { xlog("L_NOTICE", "said\\n"); return 1; }
route[FAIL] { xlog("L_NOTICE", "failed\\n"); return -1; }
route[FIVE] { return 5; }
route[BARE] { return; }
route[ZERO] { return 0; }
route[EXIT] { exit; }
route[VALUE] { return $var(v); }
route[LASTFALSE] { is_method("INVITE"); }
route[LASTTRUE] { is_method("OPTIONS"); }
route[LASTASSIGN] { is_method("INVITE"); $var(x) = 1; }
route[LASTIF] { if (is_method("OPTIONS")) { is_method("INVITE"); } }
"""


def configuration() -> str:
    """Return one configuration with all cases: the user part of the R-URI names the case."""
    blocks = [f"route[CASE_{name}] {{\n{body}\n}}\n" for name, body in CASES.items()]
    dispatch = "\n".join(f'    if ($rU == "{name}") {{ route(CASE_{name}); }}' for name in CASES)
    return f"""
debug=1
log_stderror=yes
children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "textops.so"
request_route {{
    sl_send_reply("200", "OK");
    if ($rU =~ "^marker-") {{ xlog("L_NOTICE", "$rU\\n"); }}
{dispatch}
}}
{ROUTES}
{"".join(blocks)}
"""
