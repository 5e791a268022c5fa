"""Declarations of the module, and variables whose values an observation cannot fix."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import LocalSocket, Message, PvSpec, Run, Source, parse_message
from kahea.testing.messages import reply, request
from kahea.testing.server import ConfigError
from kahea_pv import Pv

UDP = LocalSocket("udp", "127.0.0.1", 5060)
RICH = {
    "Contact": "<sip:c@h>;expires=5",
    "User-Agent": "UA 1",
    "Content-Type": "text/plain",
}


def messages() -> list[Message]:
    """Return messages of all kinds."""
    tcp = LocalSocket("tcp", "::1", 5070, "pub.example.com", 5099, "name")
    received = [
        (request(), Source(UDP, "10.0.0.1", 5999)),
        (request("INVITE", "sips:u@h:1;x", RICH, b"body"), Source(tcp, "2001:db8::2", 1234, 7)),
        (reply(486, "Busy", RICH), Source(UDP, "10.0.0.1", 5999)),
    ]
    return [parse_message(data, source) for data, source in received]


def pv_module(kahea_server: Any) -> Pv:
    """Return the module as a server has it."""
    server = kahea_server('loadmodule "pv.so"\nrequest_route { exit; }')
    module: Pv = server.loader.plugins.get_plugin("pv")
    return module


def test_inline_expressions_equal_their_getters(kahea_server: Any) -> None:
    """The expression that is compiled into a route has the value of the declared method."""
    compared = 0
    for declared in pv_module(kahea_server).declarations.pseudo_variables:
        if declared.inline is None or declared.get is None:
            continue
        for msg in messages():
            compared += 1
            assert eval(declared.inline, {"msg": msg}) == declared.get(msg), f"${declared.name} of {msg!r}"

    assert compared > 100


class PlainBinder:
    """Binds what holds no pseudo-variable."""

    def format(self, text: str) -> Callable[[Run], str]:
        """Return what gives the text."""
        return lambda run: text

    def is_constant(self, text: str) -> bool:
        """Nothing else is bound."""
        return True

    def index(self, spec: PvSpec) -> Callable[[Run], int | str | None]:
        """Return what gives the index."""
        index = spec.index
        assert not isinstance(index, PvSpec)
        return lambda run: index


@pytest.mark.parametrize(
    "spec",
    [
        *(PvSpec("hdr", name, index=index) for name in ("v", "X-None") for index in (None, 0, 1, -1, "*")),
        *(PvSpec("var", name) for name in ("set", "unset", "it's")),
        *(PvSpec("vn", name) for name in ("set", "unset")),
        *(PvSpec("avp", name, index=index) for name in ("set", "unset") for index in (None, 0, 1, "*")),
        *(PvSpec(name, "3") for name in ("Mf", "Bf")),
        PvSpec("K", "TCP"),
    ],
    ids=repr,
)
def test_bound_inline_expressions_equal_their_getters(kahea_server: Any, spec: PvSpec) -> None:
    """The same for pseudo-variables that are bound to their place in the file."""
    module = pv_module(kahea_server)
    declared = next(each for each in module.declarations.pseudo_variables if each.name == spec.name)
    assert declared.bind is not None
    handle = declared.bind(spec, PlainBinder())
    run = Run(module.core)
    run.variables.update({"set": "x", "it's": 5, "$vn(set)": 1})
    run.avps["set"] = ["newest", 7]

    for msg in messages():
        run.msg = msg
        msg.flags = msg.bflags = 8
        value = handle.get(run)
        if handle.inline is not None:
            assert eval(handle.inline, {"msg": msg, "run": run}) == value


def test_values_have_the_declared_types(kahea_server: Any) -> None:
    """The compiler trusts the annotations of the getters."""
    for declared in pv_module(kahea_server).declarations.pseudo_variables:
        if declared.get is None:
            continue
        for msg in messages():
            arguments = [None] if declared.indexed else []
            assert type(declared.get(msg, *arguments)) in declared.types, f"${declared.name} of {msg!r}"


def test_everything_is_documented(kahea_server: Any) -> None:
    """Each declaration has its reference entry."""
    declarations = pv_module(kahea_server).declarations
    everything: list[Any] = [*declarations.pseudo_variables, *declarations.functions, *declarations.transformations]

    assert [declared.name for declared in everything if not declared.doc] == []


def shown(kahea_server: Any, text: str, **received: Any) -> str:
    """Return what a format string prints for a request."""
    server = kahea_server(f'loadmodule "pv.so"\nrequest_route {{ test_log("{text}"); }}')
    server.receive(request(), **received)
    found: str = server.logged("ERROR")[0]
    return found


def test_an_ipv6_socket(kahea_server: Any) -> None:
    """Addresses stand in brackets inside URIs and sockets only (seen on Kamailio 5.6.3)."""
    text = "$si $siz $su $sut $sas|$Ri $Rp $Ru $Rut $Ras $Rn|$RAi $RAp $RAu $RAut|$af(id) $af(name) $conid"
    socket = LocalSocket("udp", "::1", 21640, name="v6")

    assert shown(kahea_server, text, source=("::1", 51507), socket=socket).split("|") == [
        "::1 [::1] sip:[::1]:51507 sip:[::1]:51507;transport=udp udp:[::1]:51507",
        "::1 21640 sip:[::1]:21640 sip:[::1]:21640;transport=udp udp:[::1]:21640 v6",
        "::1 21640 sip:[::1]:21640 sip:[::1]:21640;transport=udp",
        "10 IPv6 <null>",
    ]


def test_a_connection_to_an_advertised_socket(kahea_server: Any) -> None:
    """The transport is shown unless it is UDP, and the advertised address where asked for (seen on 5.6.3)."""
    text = "$su $sut $sas $pr $prid $proto $conid|$Ru $Ras|$RAi $RAp $RAu $RAut"
    socket = LocalSocket("tcp", "127.0.0.1", 21640, "1.2.3.4", 5099)

    assert shown(kahea_server, text, source=("127.0.0.1", 33954), socket=socket, connection=1).split("|") == [
        "sip:127.0.0.1:33954;transport=tcp sip:127.0.0.1:33954;transport=tcp tcp:127.0.0.1:33954 tcp 2 tcp 1",
        "sip:127.0.0.1:21640;transport=tcp tcp:127.0.0.1:21640",
        "1.2.3.4 5099 sip:1.2.3.4:5099;transport=tcp sip:1.2.3.4:5099;transport=tcp",
    ]


def test_times(kahea_server: Any) -> None:
    """The time of a message stays the same while it is in work; now is the server's clock."""
    server = kahea_server(
        'loadmodule "pv.so"\nrequest_route { test_log("$Ts $TS $Tb $TV(s) $TV(u) $TV(sn) $TV(un) $TV(Sn) $TV(Sm)");'
        'test_log("$time(year)-$time(mon)-$time(mday) $time(hour):$time(min):$time(sec)");'
        'test_log("$time(wday) $time(yday) $time(isdst)");'
        'test_log("$utime(year)-$utimef(%m-%dT%H:%M) $timef(%F) $Tf|$TF|$TV(Fn)"); }'
    )
    start = server.clock.time()
    server.advance(3661.25)
    server.receive(request())

    now = start + 3661.25
    local, utc = time.localtime(now), time.gmtime(now)
    seconds, micro = int(now), 250000
    monotonic = int(server.clock.monotonic() * 1e9)
    assert server.logged("ERROR") == [
        f"{seconds} {seconds} {int(start)} {seconds} {micro} {seconds} {micro} {seconds}.{micro} {monotonic}",
        f"{local.tm_year}-{local.tm_mon}-{local.tm_mday} {local.tm_hour}:{local.tm_min}:{local.tm_sec}",
        f"{(local.tm_wday + 1) % 7 + 1} {local.tm_yday} {local.tm_isdst}",
        f"{time.strftime('%Y-%m-%dT%H:%M', utc)} {time.strftime('%F', local)} {time.ctime(now)}|{time.ctime(now)}"
        f"|{time.strftime('%F %T', local)}.{micro}",
    ]


def test_identifiers(kahea_server: Any) -> None:
    """Process, server and messages have numbers."""
    server = kahea_server('server_id = 7\nloadmodule "pv.so"\nrequest_route { test_log("$pp $sid $mi"); }')
    server.receive(request())
    server.receive(request())

    first, second = (line.split() for line in server.logged("ERROR"))
    assert first[:2] == [str(os.getpid()), "7"]
    assert int(second[2]) > int(first[2])


def test_characters_that_are_hard_to_write(kahea_server: Any) -> None:
    """Each stands for one character."""
    text = shown(kahea_server, "[$En$Er$Et$Es$Ec$Eq$Ek$Ei$Ej$Eb$Ev]")

    assert text == "[\n\r\t ,\"':;\\`]"


def test_elements_of_lists(kahea_server: Any) -> None:
    """Elements are counted over all headers of the name, from either end."""
    server = kahea_server(
        'loadmodule "pv.so"\nrequest_route {'
        'test_log("$hfl(Contact) $(hfl(m)[1]) $(hfl(Contact)[2]) $(hfl(Contact)[-1]) '
        '$(hfl(Contact)[3]) $hflc(Contact)");'
        'test_log("$ctu $cts"); }'
    )
    server.receive(request(headers=[("Contact", '"A, B" <sip:a@h>, <sip:b@h>'), ("Contact", "<sip:c@h>")]))
    server.receive(request(headers={"Contact": "*"}))

    assert server.logged("ERROR") == [
        '"A, B" <sip:a@h> <sip:b@h> <sip:c@h> <sip:c@h> <null> 3',
        "sip:a@h 0",
        "* <null> <null> * <null> 1",
        "<null> 1",
    ]


def test_bytes_of_the_message(kahea_server: Any) -> None:
    """A byte by its offset, which may be a pseudo-variable."""
    server = kahea_server(
        'loadmodule "pv.so"\nrequest_route { $var(i) = 1; test_log("$msgbuf(0)$msgbuf($var(i)) $msgbuf(99999)"); }'
    )
    server.receive(request("OPTIONS"))

    assert server.logged("ERROR") == ["OP <null>"]


# --- parameters ------------------------------------------------------------------------------------


def test_initial_values(kahea_server: Any) -> None:
    """varset gives a $var its first value; assigning null makes it 0 nonetheless."""
    server = kahea_server(
        'loadmodule "pv.so"\nmodparam("pv", "varset", "a=s:text")\nmodparam("pv", "varset", "n=i:7")\n'
        'request_route { $var(m) = $var(n) + 1; test_log("$var(a) $var(m)"); $var(a) = $null; }'
    )
    server.receive(request())
    server.receive(request())

    assert server.logged("ERROR") == ["text 8", "0 8"]


def test_aliases_of_avps(kahea_server: Any) -> None:
    """avp_aliases gives an AVP further names."""
    server = kahea_server(
        'loadmodule "pv.so"\nmodparam("pv", "avp_aliases", "uuid=i:660;email=mail")\n'
        'request_route { $avp(uuid) = 1; $avp(mail) = "m"; test_log("$avp(i:660) $avp(email)"); }'
    )
    server.receive(request())

    assert server.logged("ERROR") == ["1 m"]


@pytest.mark.parametrize(
    ("parameter", "value"), [("varset", "a"), ("varset", "a=x:1"), ("varset", "a=i:x"), ("avp_aliases", "a")]
)
def test_bad_parameters(kahea_server: Any, parameter: str, value: str) -> None:
    """A parameter that cannot be read is an error of the configuration."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "pv.so"\nmodparam("pv", "{parameter}", "{value}")\nrequest_route {{ exit; }}')

    assert parameter in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("$hdr", "needs a name"),
        ("$var", "needs a name"),
        ("$(var(x)[1])", "no index"),
        ("$avp(i:x)", "a number"),
        ("$avp(q:x)", "s:name"),
        ("$xavp(a[x]=>b)", "number or *"),
        ("$xavp(a[)", "]"),
        ("$xavu(a[0]=>b)", "no index"),
        ("$cnt($var(x))", "counts"),
        ("$via0(nothing)", "host, port"),
        ("$time(century)", "sec, min"),
        ("$Mf(32)", "0 to 31"),
        ("$Mf(x)", "0 to 31"),
        ("$K(XYZ)", "UDP"),
        ("$(ru{s.substr,x,1})", "expected a number"),
        ("$(ru{s.substr,1})", "takes 2"),
        ("$(ru{s.select,0,ab})", "one character"),
        ("$(ru{s.nothing})", "unknown transformation"),
    ],
)
def test_what_the_checker_tells(kahea_server: Any, text: str, told: str) -> None:
    """A pseudo-variable or transformation that is written wrong is an error when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "pv.so"\nrequest_route {{ test_log("{text}"); }}')

    assert told in str(caught.value)


@pytest.mark.parametrize("statement", ["$si = 1;", "$hdr(X) = 1;", "$rm = 1;", "$(ru{s.len}) = 1;", "$ou = 1;"])
def test_what_is_read_only(kahea_server: Any, statement: str) -> None:
    """Assigning to what cannot be assigned is an error when the file is read."""
    with pytest.raises(ConfigError):
        kahea_server(f'loadmodule "pv.so"\nrequest_route {{ {statement} }}')


# --- lists -----------------------------------------------------------------------------------------


def run(kahea_server: Any, statements: str) -> list[str]:
    """Return what a script logs."""
    server = kahea_server(f'loadmodule "pv.so"\nrequest_route {{ {statements} }}')
    server.receive(request())
    found: list[str] = server.logged("ERROR")
    return found


def test_negative_indexes_count_from_the_oldest(kahea_server: Any) -> None:
    """Kamailio documents them and gets them wrong for AVPs and for assignments."""
    assert run(
        kahea_server,
        '$avp(a)=1; $avp(a)=2; $avp(a)=3; test_log("$(avp(a)[-1])$(avp(a)[-2])$(avp(a)[-3]) $(avp(a)[-4])");'
        '$xavp(p)="o"; $xavp(p)="n"; $xavp(p[-1])="x"; test_log("$xavp(p) $xavp(p[1])");',
    ) == ["123 <null>", "n x"]


def test_lists_belong_to_the_message(kahea_server: Any) -> None:
    """Another message has none of them."""
    server = kahea_server(
        'loadmodule "pv.so"\nrequest_route { test_log("$avp(a) $xavp(x=>f) $xavi(i) $xavu(u)");'
        "$avp(a)=1; $xavp(x=>f)=2; $xavi(i)=3; $xavu(u)=4; }"
    )
    server.receive(request())
    server.receive(request())

    assert server.logged("ERROR") == ["<null> <null> <null> <null>"] * 2


def test_moving_copying_and_printing(kahea_server: Any) -> None:
    """XAVPs can be rotated, copied over another and written to the log."""
    assert run(
        kahea_server,
        '$xavp(l)="1"; $xavp(l)="2"; $xavp(l)="3"; xavp_lshift("l", "1"); '
        'test_log("$xavp(l[0])$xavp(l[1])$xavp(l[2])");'
        'xavp_lshift("l", "-1"); test_log("$xavp(l[0])$xavp(l[1])$xavp(l[2])");'
        'if (!xavp_lshift("none", "1")) test_log("none");'
        '$xavp(s=>f)="new"; $xavp(t=>f)="old"; $xavp(t=>f)="older"; xavp_copy("s", "0", "t", "1"); '
        'test_log("$xavp(t[0]=>f) $xavp(t[1]=>f)"); if (!xavp_copy("s", "9", "t")) test_log("no source");'
        'xavp_copy("s", "0", "t"); test_log("$xavp(t[2]=>f)"); pv_xavp_print(); pv_xavi_print(); pv_xavu_print();',
    ) == ["213", "321", "none", "older new", "no source", "new"]


def test_fields_in_quotes(kahea_server: Any) -> None:
    """Texts can be quoted when fields become parameters; numbers are not."""
    assert run(
        kahea_server,
        '$xavp(x=>a)="t"; $xavp(x[0]=>n)=5; xavp_params_implode_qval("x", "$var(o)"); test_log("$var(o)");'
        'xavp_xparams_explode("a=1,b=2", ",", "y"); test_log("$xavp(y=>a)$xavp(y=>b)");'
        '$xavu(u=>a)="1"; xavu_params_implode("u", "$var(o)"); test_log("$var(o)"); '
        'pv_xavp_to_var("y"); test_log("$var(b)");'
        'if (!xavp_params_implode("none", "$var(o)")) test_log("nothing");',
    ) == ['n=5;a="t";', "12", "a=1;", "2", "nothing"]


def test_xavi_functions_ignore_case(kahea_server: Any) -> None:
    """Names of $xavi are equal in any case."""
    assert run(
        kahea_server,
        'xavi_child_sets("Root", "Key", "v"); xavi_child_seti("ROOT", "N", "5");'
        'test_log("$xavi(root=>KEY) $xavi(root=>n)");'
        'xavi_child_rm("root", "key"); test_log("$xavi(root=>key)"); xavi_rm("rOOt"); test_log("$xavi(root=>n)");'
        '$xavi(a)=1; $xavi(A)=2; xavi_rm_all("a"); test_log("$xavi(a)");',
    ) == ["v 5", "<null>", "<null>", "<null>"]


# --- transformations that Kamailio 5.6.3 lacks ---------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("$(vn(x){val.n0})", "0"),
        ("$(vn(x){val.ne})", ""),
        ("$(vn(x){val.json})", ""),
        ("$(vn(x){val.jsonqe})", '""'),
        ("$(_s(a$(Eq)b){val.json})", 'a\\"b'),
        ("$(_s(a$(Eq)b){val.jsonqe})", '"a\\"b"'),
        ("$(sp{val.jsonqe})", "5999"),
        ("$(sp{num.fdigit})", "5"),
        ("$(sp{num.ldigit})", "9"),
        ("$(rU{num.ldigit})", "0"),
        ("$(_s(123456789){s.crc32})", "3421780262"),
        ("$(_s(abc){s.charat,1})", "b"),
        ("$(_s(abc){s.byteat,1})", "98"),
        ("$(_s(abc){s.byteat,9})", "-1"),
        ("$(_s(abc){s.sha1})", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("$(_s(abc){s.sha3,256})", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        ("$(_s(a=1,b=2){param.value,b,,})", "2"),
        ("$(_s(a=1,b=2,c){param.count,,})", "3"),
        ("$(_s(a=1&b=2){param.name,-1,&})", "b"),
        ("$(_s(a b){s.selectsw,1})", "b"),
        ("$(_s(sip:a@h:5;transport=tcp){urialias.encode})", "h~5~2"),
        ("$(_s(h~5~2){urialias.decode})", "sip:h:5;transport=tcp"),
        ("$(_s(x~y~z){urialias.decode})", ""),
        ("$(_s(sip:a@h;x=1;y=2){uri.rmparam,x})", "sip:a@h;y=2"),
        ("$(_s(abcdef){s.fmtlines,4,2})", "abcd\r\n  ef"),
        ("$(_s(abcdef){s.fmtlinet,4,1})", "abcd\r\n\tef"),
        ("$(sp{s.intv})", "5999"),
    ],
)
def test_newer_transformations(kahea_server: Any, expression: str, printed: str) -> None:
    """As Kamailio's documentation describes them; CRC-32 and hashes by their standards' test vectors."""
    assert shown(kahea_server, expression) == printed
