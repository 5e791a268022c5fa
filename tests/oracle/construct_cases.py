# ruff: noqa: E501
"""What public configurations use of the language, construct by construct, most used first."""

from __future__ import annotations


def say(*texts: str) -> str:
    """Return a script that logs each text as a format."""
    return "".join(f'xlog("L_NOTICE", "[{text}]\\n");' for text in texts)


def test(*conditions: str) -> str:
    """Return a script that logs whether each condition holds."""
    yes, no = 'xlog("L_NOTICE", "yes\\n");', 'xlog("L_NOTICE", "no\\n");'
    return "\n".join(f"if ({one}) {yes} else {no}" for one in conditions)


SCRIPTS: dict[str, str] = {
    "&& / ||": test('$rm == "OPTIONS" && $rU != $null', '$rm == "X" || $rU == "alice"', "0 || 0", "1 && 0 || 1"),
    'xlog("L_X", ...)': 'xlog("L_NOTICE", "$rm from $fu\\n");',
    'is_method("A|B")': test('is_method("INVITE|OPTIONS")', 'is_method("INVITE|BYE")'),
    "=~": test('$ru =~ "^sip:al"', '$rU =~ "^[0-9]+$"', '$ua =~ "friendly|Agent"'),
    "$var()": '$var(x) = "a"; $var(n) = 3;' + say("$var(x) $var(n) $var(unset)"),
    "!= $null / == $null": test("$hdr(X-None) == $null", "$rU != $null", "$avp(none) == $null", "$var(unset) == $null"),
    "#!define with a value used as code": "setflag(FLT_ONE); $var(x) = FLT_ONE; $var(y) = TEXT;"
    + test("isflagset(FLT_ONE)")
    + say("$var(x) $var(y)"),
    "$hdr(X)": say("$hdr(X-Test)", "$hdr(CSeq)", "$(hdr(X-Multi)[-1])"),
    "bare myself": test("uri == myself", "myself == uri", "src_ip == myself"),
    "core tests: uri==myself etc": test(
        "uri == myself", "from_uri == myself", "to_uri == myself", "from_uri != myself"
    ),
    "if (...) without braces": 'if ($rU == "alice") xlog("L_NOTICE", "one\\n"); if ($rU == "bob") xlog("L_NOTICE", "two\\n"); else xlog("L_NOTICE", "three\\n");',
    "else if chain": 'if ($rU == "a") { xlog("L_NOTICE", "a\\n"); } else if ($rU == "alice") { xlog("L_NOTICE", "alice\\n"); } else if (1) { xlog("L_NOTICE", "b\\n"); } else { xlog("L_NOTICE", "c\\n"); }',
    "function call with bare define/number argument": "setflag(FLT_ONE); setflag(7); strip(2);"
    + test("isflagset(1)", "isflagset(7)")
    + say("$ru"),
    "string + concat": '$var(x) = "a" + $rU + 5 + "b"; $var(y) = "sip:" + $rU + "@" + $rd;' + say("$var(x) $var(y)"),
    'xlog("...") one arg': 'xlog("at the level of errors\\n"); xlog("L_NOTICE", "after\\n");',
    "function call with unquoted PV argument": '$var(m) = "OPTIONS";' + test("is_present_hf($var(h))") + say("$var(m)"),
    'append_hf("...\\r\\n")': 'append_hf("X-New: $rU\\r\\n"); msg_apply_changes();' + say("$hdr(X-New)"),
    "core tests: status=~ / status==": test('status == "200"', 'status =~ "^[12][0-9][0-9]$"'),
    "setflag(DEFINE)": "setflag(FLT_ONE);" + test("isflagset(FLT_ONE)", "isflagset(2)"),
    "xinfo/xdbg/xnotice/xwarn/xerr": 'xinfo("$rm\\n"); xdbg("$rm\\n"); xnotice("$rm\\n"); xwarn("$rm\\n"); xerr("$rm\\n");',
    "switch": 'switch ($rU) { case "bob": xlog("L_NOTICE", "bob\\n"); break; case "alice": xlog("L_NOTICE", "alice\\n"); break; default: xlog("L_NOTICE", "none\\n"); }',
    "case N:": '$var(n) = 2; switch ($var(n)) { case 1: xlog("L_NOTICE", "1\\n"); break; case 2: case 3: xlog("L_NOTICE", "2 or 3\\n"); break; }',
    "$rc / $retcode / $?": 'route(FIVE); xlog("L_NOTICE", "$rc $retcode $?\\n"); is_method("INVITE"); xlog("L_NOTICE", "$rc\\n");',
    "$sel()": say("$sel(cfg_get.pstn.gw_ip)", "$sel(cfg_get.pstn.gw_port)", "$sel(from.uri.user)"),
    "= $null assignment": "$avp(a) = 5; $avp(a) = $null; $var(v) = 5; $var(v) = $null; $vn(n) = 1; $vn(n) = $null;"
    + test("$avp(a) == $null", "$var(v) == 0", "$vn(n) == $null"),
    "core tests: from_uri/to_uri": test('from_uri =~ "caller"', 'to_uri =~ "nobody"', "to_uri == myself"),
    "strempty()": test("strempty($hdr(X-None))", "strempty($rU)", 'strempty("")'),
    'adjacent strings "a" "b" (implicit concat)': '$var(x) = "a" "b"\n  "c";' + say("$var(x)"),
    "core tests: src_ip==IP": test("src_ip == 127.0.0.1", "src_ip == 10.0.0.0/8", "src_ip == 127.0.0.0/255.0.0.0"),
    "core tests: method==": test("method == OPTIONS", 'method == "INVITE"', "method != OPTIONS"),
    "core tests: proto/af/dst_port": test("proto == UDP", "proto == TCP", "af == INET", "af == INET6", "dst_port == 1"),
    "'single quoted' string": '$var(x) = \'{"a": "b\\n"}\';' + say("$var(x)"),
    "preproc inside a route block or a statement": 'if ($rU == "alice"\n#!ifdef FLT_ONE\n  && 1\n#!else\n  && 0\n#!endif\n) {\n#!ifndef FLT_ONE\n xlog("L_NOTICE", "no\\n");\n#!endif\n xlog("L_NOTICE", "yes\\n"); }',
    "and / or words": test("1 and 1", "1 and 0 or 1", "0 or 0"),
    "while loop": '$var(i) = 0; while ($var(i) < 3) { xlog("L_NOTICE", "$var(i)\\n"); $var(i) = $var(i) + 1; }',
    "setflag(number)": "setflag(5);" + test("isflagset(5)", "isflagset(6)"),
    "$xavp(a=>b)": '$xavp(a=>b) = 1; $xavp(a[0]=>c) = "x";' + say("$xavp(a=>b) $xavp(a=>c) $xavp(a=>d)"),
    "return with value": 'route(FIVE); xlog("L_NOTICE", "$rc\\n"); route(MINUS); xlog("L_NOTICE", "$rc\\n");',
    "$avp(s:..)/$avp(i:..) legacy": '$avp(s:x) = "a"; $avp(i:5) = 7; $avp(x) = "b";'
    + say("$avp(s:x) $avp(i:5) $avp(x)"),
    "PV inside a transformation param": "$var(n) = 2;" + say("$(rU{s.substr,0,$var(n)})", "$(ru{s.select,$var(n),:})"),
    "chain of 2+ transformations": say("$(ru{uri.user}{s.len})", "$(fu{uri.host}{s.toupper}{s.substr,0,3})"),
    "@select in code": '$var(x) = @from.uri.user; if (@cseq.method == "OPTIONS") xlog("L_NOTICE", "yes\\n");'
    + say("$var(x)"),
    "exit/drop with ()": 'route(LEAVES); xlog("L_NOTICE", "not reached\\n"); drop();',
    "if (route(X))": 'if (route(FIVE)) xlog("L_NOTICE", "yes\\n"); if (route(MINUS)) xlog("L_NOTICE", "no\\n"); if (!route(MINUS)) xlog("L_NOTICE", "not\\n");',
    "}; after block": 'if (1 == $var(one)) { xlog("L_NOTICE", "a\\n"); }; if ($rU != $null) { xlog("L_NOTICE", "b\\n"); };',
    "multi-line string literal": '$var(x) = "one\ntwo\n  three";' + say("$(var(x){s.len})"),
    "$_s()": "$var(n) = 3;" + say("$_s(a$rU-$var(n))"),
    "core tests: uri=~": test('uri =~ "^sip:alice"', 'uri =~ "sips:"'),
    "$(pv[index])": '$avp(a) = "1"; $avp(a) = "2";'
    + say("$(hdr(X-Multi)[0]) $(hdr(X-Multi)[1]) $(avp(a)[1]) $(avp(a)[0])"),
    "(int)/(str) cast": '$var(x) = (int)"12" + 1; $var(y) = (str)12 + 1;' + say("$var(x) $var(y)"),
    "bit/mod operators (& | mod % << >>)": "$var(a) = 6 & 3; $var(b) = 6 | 1; $var(c) = 7 mod 4; $var(d) = 1 << 4; $var(e) = 256 >> 2;"
    + say("$var(a) $var(b) $var(c) $var(d) $var(e)"),
    'case "string"': 'switch ($rm) { case "OPTIONS": xlog("L_NOTICE", "o\\n"); break; default: xlog("L_NOTICE", "d\\n"); }',
    "$shv()": "$shv(x) = 4; $shv(x) = $shv(x) + 1;" + say("$shv(x) $shv(unset)"),
    "=~ with bare (unquoted) token": test("method =~ OPT", "method =~ INV"),
    "empty block / ; ;": ';; if ($rU == "alice") { ; } xlog("L_NOTICE", "done\\n"); ;',
    "$xavp indexes [n]/[*]": "$xavp(q=>v) = 1; $xavp(q=>v) = 2;"
    + say("$xavp(q[0]=>v) $xavp(q[1]=>v)")
    + "$xavp(q[*]) = $null;"
    + test("$xavp(q=>v) == $null"),
    "defined $pv": test("defined $rU", "defined $hdr(X-None)", "!defined $avp(none)"),
    "return(-1) paren form": 'route(PAREN); xlog("L_NOTICE", "$rc\\n");',
    "core tests: msg:len": test("msg:len > 100", "msg:len >= 100000"),
    "$env()": test("$env(HOME) != $null", "$env(NO_SUCH_VARIABLE) == $null"),
    "#!define multi-line (\\)": "$var(x) = LONG;" + say("$var(x)"),
    "$def()/$defn()/$defs()": say("$def(FLT_ONE) $defn(FLT_ONE)", "$def(NONE)"),
    "eq/ne/ieq/ine operators": test('$rU eq "alice"', '$rU ne "bob"', "5 ieq 5", "5 ine 5"),
    "not word": test("not 0", 'not is_method("OPTIONS")', "not $rU == $fU"),
    'route("quoted")': 'route("FIVE"); xlog("L_NOTICE", "$rc\\n");',
    "route(number)": 'route(7); xlog("L_NOTICE", "$rc\\n");',
    "case /regex/": 'switch ($rU) { case /"^al": xlog("L_NOTICE", "al\\n"); break; default: xlog("L_NOTICE", "d\\n"); }',
    "constant expressions as arguments": 'xlog("L_" + "NOTICE", "a" + "b" + 3 + (1 + 2 * 4) + "\\n"); xlog("L_NOTICE", (str)(7 mod 4) + strlen("abc") + "$" + "rU\\n"); route("FI" + "VE"); xlog("L_NOTICE", "$rc\\n");'
    + test('is_method("OPT" + "IONS")', 'is_method("INV" + "ITE")'),
    "selval()": '$var(i) = 5; $var(x) = selval($var(i) > 3, "big", "small"); $avp(a) = selval(-1, 1, 7); $avp(b) = selval(1, $avp(none), 7); $var(y) = selval(is_method("OPTIONS"), $rm, "x") + "y"; $var(z) = selval($var(i), 3, 2) + 1;'
    + say("$var(x) $avp(a) [$avp(b)] $var(y) $var(z)"),
}
"""Bodies of a route: what they log is compared with the real server."""

HEAD = """
#!define FLT_ONE 1
#!define TEXT "some text"
#!define LONG 1 + \\
  2
pstn.gw_ip = "10.0.0.9" desc "the gateway"
pstn.gw_port = 5090 desc "its port"
"""

ROUTES = """
route[FIVE] { return 5; }
route[MINUS] { return -2; }
route[PAREN] { return(-1); }
route[LEAVES] { xlog("L_NOTICE", "leaves\\n"); exit(); }
route[7] { return 7; }
"""

HEADERS = (
    ("X-Test", "value"),
    ("X-Multi", "first"),
    ("X-Multi", "last"),
    ("User-Agent", "Some Agent/1.0"),
)

_ROUTE = 'request_route { sl_send_reply("200", "OK"); exit; }\n'
_MODULES = 'loadmodule "sl.so"\nloadmodule "pv.so"\nloadmodule "xlog.so"\nloadmodule "textops.so"\n'

FILES: dict[str, str] = {
    "first line #!KAMAILIO/#!SER": "#!KAMAILIO\n" + _MODULES + _ROUTE,
    "mode SER": "#!SER\n" + _MODULES + _ROUTE,
    "mode KAMAILIO": "#!KAMAILIO\n" + _MODULES + _ROUTE,
    "modparam value with $pv": _MODULES + 'modparam("xlog", "prefix", "[$ci] ")\n' + _ROUTE,
    "modparam with bare define token": "#!define CODE 503\n"
    + _MODULES
    + 'modparam("sl", "default_code", CODE)\n'
    + _ROUTE,
    'modparam("a|b", ...) (several modules at once)': _MODULES
    + 'loadmodule "siputils.so"\nmodparam("sl|sl", "default_code", 503);\n'
    + _ROUTE,
    "alias=": 'alias="a.example"\nalias=b.example:5070\n' + _MODULES + _ROUTE,
    "listen= with advertise": "listen=udp:127.0.0.1:25099 advertise 192.0.2.1:5060\n" + _MODULES + _ROUTE,
    "listen= with name": 'listen=udp:127.0.0.1:25099 name "inside"\n' + _MODULES + _ROUTE,
    "listen=proto:IFACE (eth0)": "listen=udp:lo:25099\n" + _MODULES + _ROUTE,
    "non-ASCII bytes in the file": "# café ünïcode\n"
    + _MODULES
    + 'request_route { xlog("L_NOTICE", "grüße\\n"); sl_send_reply("200", "Schön"); exit; }\n',
    "tabs + CRLF file": (
        _MODULES + 'request_route {\n\tif ($rm == "OPTIONS") {\n\t\tsl_send_reply("200", "OK");\n\t}\n\texit;\n}\n'
    ).replace("\n", "\r\n"),
}
"""Whole files, which both servers have to take."""

_TM = _MODULES + 'loadmodule "tm.so"\nloadmodule "rr.so"\n'

WAITING: dict[str, str] = {
    't_on_failure("x") etc': _TM
    + 'request_route { t_on_failure("F"); t_on_reply("R"); t_on_branch("B"); t_relay(); }\nfailure_route[F] { if (t_is_canceled()) exit; }\nonreply_route[R] { exit; }\nbranch_route[B] { exit; }\n',
    't_on_*("number")': _TM + 'request_route { t_on_failure("1"); t_relay(); }\nfailure_route[1] { exit; }\n',
    "nested PV in PV: $sht(a=>$pv)": _TM
    + 'loadmodule "htable.so"\nmodparam("htable", "htable", "a=>size=4;")\nrequest_route { $sht(a=>$si) = 1; $sht(a=>$ci::x) = $sht(a=>$si); exit; }\n',
    "$sht(...)": _TM
    + 'loadmodule "htable.so"\nmodparam("htable", "htable", "a=>size=4;autoexpire=60;")\nrequest_route { if ($sht(a=>b) == $null) exit; }\n',
    "$dlg_var": _TM + 'loadmodule "dialog.so"\nrequest_route { dlg_manage(); $dlg_var(a) = "b"; exit; }\n',
}
"""Files that need modules which come later: for now they have to be read, with no mistake but what is missing."""

CONDITIONS = (
    *('!$rU == "bob"', '$rU + 1 == "x"', '1 + $rU == "x"', '(int)$rU == "x"', 'is_method("A") == "x"', '-$rU == "5"'),
    *('~$var(x) == "5"', 'strlen($rU) == "5"', '$rU - 1 == "5"', 'route(FIVE) == "5"', '(uri == myself) == "x"'),
    *('$rm == "A" == "x"', '!$rU =~ "bob"', '(1 && $rU) == "x"', '$var(x) | 1 != "x"', '!$rU eq "bob"', '!$rU == $fU'),
    *('"x" == !$rU', 'defined $rU == "x"', '5 == "5"', '$null == "a"', 'uri == "x" && method =~ "x"', '"5" < 6', '$rU < "6"'),
    *('$rU && "x"', '"x" || 1', '-"5" == 5', '!"x"', 'strempty(5)', 'strlen(5)', 'strlen($cl) > 0', 'strempty($rU + 1)', 'strlen("x") == 1', '"a" + 1 == "a1"', '1 + "a" == 1'),
)  # fmt: skip
"""Conditions in which constants have types: the real server takes or refuses them when it reads the file."""

NOT_THERE = {
    "core tests: max_len": "Kamailio's scanner knows the word, its grammar does not take it any more",
}
