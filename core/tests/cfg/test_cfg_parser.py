"""The tree that each construct of the language becomes."""

from __future__ import annotations

import pytest
from kahea.cfg import ast
from kahea.cfg.load import parse_text
from kahea.diagnostics import Diagnostics


def parse(text: str) -> list[ast.Item]:
    """Return the items of a text without mistakes."""
    diagnostics = Diagnostics()
    config = parse_text(text, "test.cfg", diagnostics=diagnostics)

    assert [f"{each.span}: {each.message}" for each in diagnostics] == []
    assert config is not None
    return config.items


def route(text: str) -> ast.Route:
    """Return the only item of a text, a route."""
    (item,) = parse(text)
    assert isinstance(item, ast.Route)
    return item


def statements(text: str) -> list[ast.Statement]:
    """Return the statements of a request_route with this body."""
    return route(f"request_route {{ {text} }}").body.statements


def expression(text: str) -> str:
    """Return an expression with all its parentheses."""
    (statement,) = statements(f"$var(x) = {text};")
    assert isinstance(statement, ast.Assign)
    return shown(statement.value)


def condition(text: str) -> str:
    """Return the condition of an ``if`` with all its parentheses."""
    (statement,) = statements(f"if ({text}) exit;")
    assert isinstance(statement, ast.If)
    return shown(statement.branches[0][0])


def shown(node: ast.Expr) -> str:
    """Return an expression as text with all its parentheses."""
    if isinstance(node, ast.Binary):
        return f"({shown(node.left)} {node.operator} {shown(node.right)})"
    if isinstance(node, ast.Unary):
        return f"{node.operator}({shown(node.operand)})"
    if isinstance(node, ast.Cast):
        return f"{node.type}<{shown(node.operand)}>"
    if isinstance(node, ast.Call):
        return f"{node.name.text}({', '.join(map(shown, node.arguments))})"
    if isinstance(node, ast.Str):
        return repr(node.value)
    if isinstance(node, ast.Int):
        return node.word or str(node.value)
    if isinstance(node, ast.Address):
        return f"<{node.address}{'/' + node.mask if node.mask else ''}>"
    if isinstance(node, ast.Regex):
        return f"/{node.pattern}/"
    return node.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("(1 - 2) * 3", "((1 - 2) * 3)"),
        ("$var(a) mod 2 / 3", "(($var(a) mod 2) / 3)"),
        ("1 == 2 & 3", "((1 == 2) & 3)"),
        ("1 | 2 & 3 ^ 4 << 5", "(1 | (2 & (3 ^ (4 << 5))))"),
        ("1 << 2 >> 3", "(1 << (2 >> 3))"),
        ("1 << 2 == 3", "(1 << (2 == 3))"),
        ("$rU == 'a' && $rd == 'b' || $si == 'c'", "((($rU == 'a') && ($rd == 'b')) || ($si == 'c'))"),
        ("$rU eq 'a' and not $rd ne 'b'", "(($rU eq 'a') && (!($rd) ne 'b'))"),
        ("$a ieq 1 or $b ine 2", "(($a ieq 1) || ($b ine 2))"),
        ("!$rU =~ 'a'", "(!($rU) =~ 'a')"),
        ("not $rU == 'a'", "(!($rU) == 'a')"),
        ("$a < 1 == $b >= 2", "(($a < 1) == ($b >= 2))"),
        ("-$var(a) * ~2", "(-($var(a)) * ~(2))"),
        ("-5", "-5"),
        ("- 5", "-5"),
        ("0x1F + 101b + 010", "((31 + 5) + 8)"),
        ("defined $rU && $x", "(defined($rU) && $x)"),
        ("!defined $rU", "!(defined($rU))"),
        ("defined $rU == 1", "(defined($rU) == 1)"),
        ("strlen($rU) + 1", "(strlen($rU) + 1)"),
        ("strempty($rU)", "strempty($rU)"),
        ("selval($rU == 'a', 1, 2)", "selval(($rU == 'a'), 1, 2)"),
        ('(int)"5" + 1', "(int<'5'> + 1)"),
        ('(str)$x + "a"', "(str<$x> + 'a')"),
        ("$hdr(X) + $(ru{uri.user}{s.len})", "($hdr(X) + $(ru{uri.user}{s.len}))"),
        ("$sht(a=>$var(b)::c)", "$sht(a=>$var(b)::c)"),
        ("@cfg_get.pstn.gw_ip", "@cfg_get.pstn.gw_ip"),
        ("@to.uri.user", "@to.uri.user"),
        ('@msg.header["X"]', '@msg.header["X"]'),
        ("$?", "$?"),
        ("yes", "yes"),
        ("route(A)", "route(A)"),
        ("FLT_ACC", "FLT_ACC"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    """Operators bind as in Kamailio's grammar."""
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("uri == myself", "(uri == myself)"),
        ("!uri == myself", "!((uri == myself))"),
        ("not uri == myself and $rc > 0", "(!((uri == myself)) && ($rc > 0))"),
        ("myself == uri", "(myself == uri)"),
        ("from_uri != myself || to_uri == myself", "((from_uri != myself) || (to_uri == myself))"),
        ('method == "INVITE"', "(method == 'INVITE')"),
        ("method == INVITE", "(method == INVITE)"),
        ('status =~ "[12][0-9][0-9]"', "(status =~ '[12][0-9][0-9]')"),
        ('uri =~ "sip:" + "a"', "(uri =~ ('sip:' + 'a'))"),
        ("src_ip == 10.0.0.1", "(src_ip == <10.0.0.1>)"),
        ("src_ip == 10.0.0.0/8", "(src_ip == <10.0.0.0/8>)"),
        ("src_ip == 10.0.0.0/255.0.0.0", "(src_ip == <10.0.0.0/255.0.0.0>)"),
        ("src_ip == ::1", "(src_ip == <::1>)"),
        ("src_ip == [fe80::1]", "(src_ip == <fe80::1>)"),
        ("src_ip == 2001:db8::/32", "(src_ip == <2001:db8::/32>)"),
        ("src_ip == gw.example.org", "(src_ip == gw.example.org)"),
        ("src_ip == a-b.c", "(src_ip == a-b.c)"),
        ("dst_port == 5060 && af == INET6", "((dst_port == 5060) && (af == INET6))"),
        ("proto == UDP", "(proto == UDP)"),
        ("msg:len >= 2048", "(msg:len >= 2048)"),
        ('is_method("INVITE|ACK")', "is_method('INVITE|ACK')"),
    ],
)
def test_core_tests(text: str, expected: str) -> None:
    """The old tests bind like one operand, so that ``!`` negates the whole of them."""
    assert condition(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo()", "foo()"),
        ('xlog("L_INFO", "a" "b\\n")', "xlog('L_INFO', 'ab\\n')"),
        ("f($ru, 1, X, -2)", "f($ru, 1, X, -2)"),
        ('f("a" + $ru)', "f(('a' + $ru))"),
        ("force_send_socket(udp:127.0.0.1:5060)", "force_send_socket(udp:127.0.0.1:5060)"),
        ("force_send_socket(127.0.0.1:5060)", "force_send_socket(127.0.0.1:5060)"),
        ("force_send_socket([::1]:5060)", "force_send_socket([::1]:5060)"),
        ("set_advertised_address(1.2.3.4)", "set_advertised_address(<1.2.3.4>)"),
        ("forward(uri:host, uri:port)", "forward(uri:host, uri:port)"),
        ("forward(gw.example.org, 5060)", "forward(gw.example.org, 5060)"),
        ("udp_mtu_try_proto(TCP)", "udp_mtu_try_proto(TCP)"),
        ('route("a" + $x)', "route(('a' + $x))"),
    ],
)
def test_calls(text: str, expected: str) -> None:
    """Calls take expressions, and addresses as names."""
    (statement,) = statements(f"{text};")

    assert isinstance(statement, ast.ExprStatement)
    assert shown(statement.expression) == expected


def test_bare_core_words_are_names() -> None:
    """A core action without parentheses is a name as a statement."""
    (statement,) = statements("force_rport;")

    assert isinstance(statement, ast.ExprStatement)
    assert isinstance(statement.expression, ast.Name)


def test_else_if_chains_are_flat() -> None:
    """An ``else if`` chain is one node with a branch for each condition."""
    (node,) = statements("if (1) a(); else if (2) { b(); } else if (3) c(); else { d(); }")

    assert isinstance(node, ast.If)
    assert [shown(test) for test, _ in node.branches] == ["1", "2", "3"]
    assert node.otherwise is not None
    assert len(node.otherwise.statements) == 1


def test_else_belongs_to_the_nearest_if() -> None:
    """Without braces an ``else`` belongs to the nearest ``if``."""
    (node,) = statements("if (1) if (2) exit; else drop;")

    assert isinstance(node, ast.If)
    assert node.otherwise is None
    (inner,) = node.branches[0][1].statements
    assert isinstance(inner, ast.If)
    assert inner.otherwise is not None


def test_conditions_need_no_parentheses() -> None:
    """Parentheses around a condition may be left out."""
    first, second, third = statements('if $rU == "a" exit; while $var(i) < 3 $var(i) = 4; switch $rc { case 1: exit; }')

    assert isinstance(first, ast.If)
    assert isinstance(second, ast.While)
    assert isinstance(third, ast.Switch)


def test_switch() -> None:
    """A switch has its labels in order, each with the statements up to the next."""
    (node,) = statements('switch ($rU) { case "a": case /"^b": f(); break; case -1: ; default: exit; }')

    assert isinstance(node, ast.Switch)
    assert [shown(case.match) if case.match else None for case in node.cases] == ["'a'", "/^b/", "-1", None]
    assert [len(case.body.statements) for case in node.cases] == [0, 2, 1, 1]


def test_empty_switch() -> None:
    """A switch without labels is allowed."""
    (node,) = statements("switch ($rc) { }")

    assert isinstance(node, ast.Switch)
    assert node.cases == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("return;", ast.Return, None),
        ("return();", ast.Return, None),
        ("return -1;", ast.Return, "-1"),
        ("return(1);", ast.Return, "1"),
        ("return $var(x) + 1;", ast.Return, "($var(x) + 1)"),
        ("exit;", ast.Exit, None),
        ("exit();", ast.Exit, None),
        ("exit 1;", ast.Exit, "1"),
        ("drop;", ast.Drop, None),
        ("drop(1);", ast.Drop, "1"),
    ],
)
def test_leaving(text: str, kind: type, value: str | None) -> None:
    """``return``, ``exit`` and ``drop`` take a value or none."""
    (node,) = statements(text)

    assert isinstance(node, ast.Return | ast.Exit | ast.Drop)
    assert type(node) is kind
    assert (shown(node.value) if node.value else None) == value


def test_empty_statements() -> None:
    """A lone ``;`` is a statement, also behind a block."""
    nodes = statements("; if (1) { ; }; break;")

    assert [type(node) for node in nodes] == [ast.Empty, ast.If, ast.Empty, ast.Break]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("route { exit; }", ast.RouteKind.REQUEST, None),
        ("request_route { exit; }", ast.RouteKind.REQUEST, None),
        ("route[A_1] { exit; }", ast.RouteKind.NAMED, "A_1"),
        ("route[1] { exit; }", ast.RouteKind.NAMED, "1"),
        ('route["a b"] { exit; }', ast.RouteKind.NAMED, "a b"),
        ("failure_route[F] { exit; }", ast.RouteKind.FAILURE, "F"),
        ("branch_route[B] { exit; }", ast.RouteKind.BRANCH, "B"),
        ("onreply_route[R] { exit; }", ast.RouteKind.ONREPLY, "R"),
        ("onreply_route { exit; }", ast.RouteKind.REPLY, None),
        ("onreply_route[0] { exit; }", ast.RouteKind.REPLY, None),
        ("reply_route { exit; }", ast.RouteKind.REPLY, None),
        ("onsend_route { exit; }", ast.RouteKind.ONSEND, None),
        ("event_route[tm:local-request] { exit; }", ast.RouteKind.EVENT, "tm:local-request"),
        ("event_route[htable:expired:ipban] { exit; }", ast.RouteKind.EVENT, "htable:expired:ipban"),
        ("event_route [ xhttp:request ] { exit; }", ast.RouteKind.EVENT, "xhttp:request"),
    ],
)
def test_routes(text: str, kind: ast.RouteKind, name: str | None) -> None:
    """Every kind of route block is told from its keyword, with its name."""
    node = route(text)

    assert node.kind is kind
    assert (node.name.text if node.name else None) == name


def test_spans_of_a_route() -> None:
    """A route's span is its header, and the body's span its braces."""
    node = route("route[A] {\n  exit;\n}\n")

    assert node.span.text == "route[A]"
    assert node.body.span.text == "{\n  exit;\n}"
    assert (node.body.statements[0].span.line, node.body.statements[0].span.column) == (2, 3)


def test_spans_of_an_expression() -> None:
    """A node's span covers what was written."""
    (node,) = statements('if (is_method("A") && $rU == "b") exit;')

    assert isinstance(node, ast.If)
    test = node.branches[0][0]
    assert isinstance(test, ast.Binary)
    assert test.span.text == 'is_method("A") && $rU == "b"'
    assert test.operator_span.text == "&&"
    assert test.right.span.text == '$rU == "b"'


@pytest.mark.parametrize(
    ("text", "path", "name"),
    [
        ('loadmodule "tm.so"', "tm.so", "tm"),
        ('loadmodule "tm"', "tm", "tm"),
        ("loadmodule '/usr/lib/kamailio/modules/tm.so'", "/usr/lib/kamailio/modules/tm.so", "tm"),
        ('loadmodule "modules/tm/tm.so"', "modules/tm/tm.so", "tm"),
        ('loadmodule("tm.so")', "tm.so", "tm"),
        ('loadmodulex "tm.so"', "tm.so", "tm"),
    ],
)
def test_loadmodule(text: str, path: str, name: str) -> None:
    """A module is named by its file, with or without path and ending."""
    (item,) = parse(text)

    assert isinstance(item, ast.LoadModule)
    assert (item.path.value, item.name, item.options) == (path, name, None)


def test_loadmodule_with_options() -> None:
    """The options of loadmodule are kept."""
    (item,) = parse('loadmodule("tls.so", "g")')

    assert isinstance(item, ast.LoadModule)
    assert item.options is not None
    assert item.options.value == "g"


@pytest.mark.parametrize("text", ['mpath "/lib/"', 'mpath="/lib/"', 'loadpath = "/lib/"'])
def test_module_path(text: str) -> None:
    """A module path is accepted in all its forms."""
    (item,) = parse(text)

    assert isinstance(item, ast.LoadPath)
    assert item.path.value == "/lib/"


def test_modparam() -> None:
    """A modparam may address several modules, with any kind of value, and a ``;`` may follow it."""
    items = parse(
        """
        modparam("auth_db|usrloc", "db_url", "mysql://a")
        modparam("tm", "fr_timer", 3000);
        modparam("tm", "x", -1)
        modparam("acc", "flag", FLT_ACC)
        modparam("nathelper", "received_avp", "$avp(RECEIVED)")
        modparamx("htable", "x", $def(Y))
        modparam("tm", "y", yes)
        """
    )

    values = []
    for item in items:
        assert isinstance(item, ast.ModParam)
        values.append((item.modules, item.parameter.value, shown(item.value), item.expanded))
    assert values == [
        (["auth_db", "usrloc"], "db_url", "'mysql://a'", False),
        (["tm"], "fr_timer", "3000", False),
        (["tm"], "x", "-1", False),
        (["acc"], "flag", "FLT_ACC", False),
        (["nathelper"], "received_avp", "'$avp(RECEIVED)'", False),
        (["htable"], "x", "$def(Y)", True),
        (["tm"], "y", "yes", False),
    ]


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("debug=3", "debug", "3"),
        ("debug = -1", "debug", "-1"),
        ("fork=no", "fork", "no"),
        ("log_facility=LOG_LOCAL0", "log_facility", "LOG_LOCAL0"),
        ('log_prefix="{$mt $ci} "', "log_prefix", "'{$mt $ci} '"),
        ("advertised_address=1.2.3.4", "advertised_address", "<1.2.3.4>"),
        ("advertised_address = sip.example.org", "advertised_address", "sip.example.org"),
        ("tcp_source_ipv6 = [::1]", "tcp_source_ipv6", "<::1>"),
        ("udp_mtu_try_proto = TCP", "udp_mtu_try_proto", "TCP"),
        ("user = kamailio", "user", "kamailio"),
        ("force_rport = yes", "force_rport", "yes"),
        ('cfgengine "python"', "cfgengine", "'python'"),
        ('cfgengine = "python"', "cfgengine", "'python'"),
    ],
)
def test_global_parameters(text: str, name: str, value: str) -> None:
    """One rule reads all parameters: a name and a value."""
    (item,) = parse(text)

    assert isinstance(item, ast.GlobalParam)
    assert item.name.text == name
    assert [shown(each) for each in item.values] == [value]


def test_parameters_need_no_lines() -> None:
    """Several parameters may stand on one line."""
    items = parse('debug=3 fork=no alias=a "b" port=5060')

    assert [item.name.text for item in items if isinstance(item, ast.GlobalParam)] == ["debug", "fork", "alias", "port"]


def test_coreparam() -> None:
    """A core parameter in brackets keeps its key."""
    (item,) = parse("coreparam[tcp_x] = 3")

    assert isinstance(item, ast.GlobalParam)
    assert (item.name.text, item.key) == ("coreparam", "tcp_x")


def sockets(text: str) -> list[tuple[str | None, list[str], int | None]]:
    """Return protocol, hosts and port of every address of the only item."""
    (item,) = parse(text)
    assert isinstance(item, ast.GlobalParam)
    return [(each.protocol, [host.text for host in each.hosts], each.port) for each in item.sockets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("listen=10.0.0.1", [(None, ["10.0.0.1"], None)]),
        ("listen=udp:10.0.0.1:5060", [("udp", ["10.0.0.1"], 5060)]),
        ("listen=TLS:eth0:5061", [("tls", ["eth0"], 5061)]),
        ("listen=eth0", [(None, ["eth0"], None)]),
        ("listen=tcp:sip.my-host.org:5060", [("tcp", ["sip.my-host.org"], 5060)]),
        ('listen="10.0.0.1"', [(None, ["10.0.0.1"], None)]),
        ("listen=[::1]:5060", [(None, ["::1"], 5060)]),
        ("listen=udp:[2001:db8::1]:5060", [("udp", ["2001:db8::1"], 5060)]),
        ("listen=sctp:(10.0.0.1, 10.0.0.2):5060", [("sctp", ["10.0.0.1", "10.0.0.2"], 5060)]),
        ("listen=10.0.0.1:*", [(None, ["10.0.0.1"], None)]),
        ("listen=*:10.0.0.1:5060", [(None, ["10.0.0.1"], 5060)]),
        ('alias=a "b.org":5060 udp:c', [(None, ["a"], None), (None, ["b.org"], 5060), ("udp", ["c"], None)]),
        ("domain=3com.com", [(None, ["3com.com"], None)]),
        ("listen=LOCAL_IP:LOCAL_PORT\nalias=x", None),
    ],
)
def test_addresses(text: str, expected: list[tuple[str | None, list[str], int | None]] | None) -> None:
    """An address has a protocol, hosts and a port; what is no port is a mistake."""
    if expected is None:
        diagnostics = Diagnostics()
        parse_text(text, diagnostics=diagnostics)
        assert [each.message for each in diagnostics] == ["expected a port number"]
    else:
        assert sockets(text) == expected


def test_listen_options() -> None:
    """What follows the address of ``listen`` belongs to it."""
    (item,) = parse('listen=udp:10.0.0.1:5060 advertise sip.example.org:5070 name "public" virtual')

    assert isinstance(item, ast.GlobalParam)
    (entry,) = item.sockets
    assert (entry.advertise_host, entry.advertise_port, entry.name) == ("sip.example.org", 5070, "public")
    assert "virtual" in entry.options


def test_socket_block() -> None:
    """A socket block has the same parts as ``listen``."""
    (item,) = parse(
        'socket = { bind = udp:10.0.0.1:5060-5062; advertise = tcp:a.b:5070; name = "x"; workers = 4; agname = "g"; }'
    )

    assert isinstance(item, ast.GlobalParam)
    (entry,) = item.sockets
    assert (entry.protocol, [host.text for host in entry.hosts], entry.port) == ("udp", ["10.0.0.1"], 5060)
    assert (entry.advertise_host, entry.advertise_port, entry.name) == ("a.b", 5070, "x")
    assert {key: shown(value) for key, value in entry.options.items()} == {
        "last_port": "5062",
        "advertise_protocol": "tcp",
        "workers": "4",
        "agname": "'g'",
    }


def test_custom_parameters() -> None:
    """Custom parameters have a group, any name, and may have a description; they may follow an address list."""
    items = parse(
        """
        listen=udp:10.0.0.1:5060
        pstn.gw_ip = "10.0.0.2" desc "gateway"
        alias=a.b
        system.group = 5 description 'x'
        default.name = "y"
        pstn[1].gw_ip = "10.0.0.3"
        kemi.request_route_callback = "none"
        """
    )

    found = [item for item in items if isinstance(item, ast.CustomParam)]
    assert [(each.group, each.name, shown(each.value), each.description, each.instance) for each in found] == [
        ("pstn", "gw_ip", "'10.0.0.2'", "gateway", None),
        ("system", "group", "5", "x", None),
        ("default", "name", "'y'", None, None),
        ("pstn", "gw_ip", "'10.0.0.3'", None, 1),
        ("kemi", "request_route_callback", "'none'", None, None),
    ]


def test_flags_declaration() -> None:
    """Flags may be declared with their numbers."""
    items = parse('flags FLAG_A:1, FLAG_B, "c":3\navpflags x, y;')

    first, second = items
    assert isinstance(first, ast.FlagsDecl)
    assert isinstance(second, ast.FlagsDecl)
    assert [(flag.text, number) for flag, number in first.flags] == [("FLAG_A", 1), ("FLAG_B", None), ("c", 3)]
    assert (first.avp, second.avp) == (False, True)


def test_words_of_the_language_are_names_elsewhere() -> None:
    """A word has its meaning only in its place, so modules may use it for functions and parameters."""
    items = parse('route[listen] { alias("x"); modparam_get(); }\nname = "x"\nstatus.uri = 5')

    assert len(items) == 3


def test_first_lines() -> None:
    """The customary first lines are comments."""
    for mark in ("KAMAILIO", "OPENSER", "SER", "MAXCOMPAT", "ALL"):
        assert len(parse(f"#!{mark}\ndebug = 3\n")) == 1


def test_line_ends_and_byte_order_marks() -> None:
    """Carriage returns are white space."""
    items = parse('debug=3\r\nrequest_route {\r\n\texit;\r\n}\r\n#!ifdef A\r\nfoo(\r\n#!endif\r\nlog_name="a"\r\n')

    assert len(items) == 3
