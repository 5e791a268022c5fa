# ruff: noqa: E501
"""Pieces of script about the core of the language, compared with the real server: what they log and what they send.

``@SINK@`` stands for the port of a client that keeps what it gets, ``@PORT@`` for the port that the server listens on
by UDP and TCP, ``@OTHER@`` for a second one by UDP.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PLAIN = "sip:alice@127.0.0.1"
FULL = "sip:alice:pw@10.0.0.1:5070;transport=udp;x=y?h=v"
BARE = "sip:10.0.0.1;transport=tcp;lr"
PHONE = "tel:+4912345;phone-context=x"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """What a case runs, and the request that it runs for.

    Args:
        body: of a route block.
        uri: Request-URI.
        method: of the request.
        headers: besides or instead of the usual ones.
        content: the request's body.
    """

    body: str
    uri: str = PLAIN
    method: str = "OPTIONS"
    headers: Headers = ()
    content: bytes = field(default=b"")


URI = 'xlog("L_NOTICE", "[$ru] [$rU] [$du]\\n");'


def say(*texts: str) -> str:
    """Return a script that logs each text as a format."""
    return "".join(f'xlog("L_NOTICE", "[{text}]\\n");' for text in texts)


def show(*expressions: str) -> str:
    """Return a script that logs the value of each expression."""
    return "".join(f'$var(r) = {one}; xlog("L_NOTICE", "[$var(r)]\\n");' for one in expressions)


def test(*conditions: str) -> str:
    """Return a script that logs whether each condition holds."""
    yes, no = 'xlog("L_NOTICE", "yes\\n");', 'xlog("L_NOTICE", "no\\n");'
    return "\n".join(f"if ({one}) {yes} else {no}" for one in conditions)


_CHANGES = (
    "strip(2)", "strip(5)", "strip(9)", "strip(0)", "strip_tail(2)", "strip_tail(7)", 'prefix("00")', 'prefix("$rU")',
    'rewritehost("h.example")', 'sethostport("h.example:99")', 'rewritehostport("h")', 'sethp("h")',
    'sethostporttrans("h:1;transport=tcp")', 'setport("99")', 'setport("")', 'rewriteport("1")', 'setuser("bob")',
    'setuser("")', 'rewriteuser("a b")', 'setuserpass("bob:x")', 'rewriteuserpass("q")', 'seturi("sip:z@zz")',
    'rewriteuri("sip:z@zz:1;a=b")', "userphone()", "revert_uri()", "remove_branch()",
    "remove_branch(3)", "remove_branch(-1)", "clear_branches()", "strip(2) && strip(1)",
)  # fmt: skip
_URIS = {"full": FULL, "bare": BARE, "phone": PHONE}
# setuserpass("bob:x") on a tel URI makes one that the real server's parser refuses afterwards; of one without a number
# it takes the parameters for the number
_LEFT_OUT = {("setuserpass_bob_x", "phone"), ("strip_9", "phone"), ("setuser", "phone")}

CASES: dict[str, Case] = {}


def _name(text: str) -> str:
    return "_".join("".join(char if char.isalnum() else " " for char in text).split())


for _change in _CHANGES:
    for _kind, _uri in _URIS.items():
        if (_name(_change), _kind) not in _LEFT_OUT:
            CASES[f"{_name(_change)}_of_{_kind}"] = Case(test(_change) + URI, _uri)

CASES |= {
    "rewriting_one_after_the_other": Case(
        'setuser("a"); sethost("b"); setport("3"); prefix("p"); strip_tail(1);' + URI, FULL
    ),
    "rewriting_what_is_no_uri": Case(
        'seturi("junk"); setuser("x"); strip(1);' + test('sethost("h")', 'seturi("more junk")') + "revert_uri();" + URI
    ),
    "revert_uri": Case('seturi("sip:x@y"); setuser("q"); revert_uri();' + URI),
    "short_names": Case(
        'setu("a"); seth("b"); setp("1");' + URI + 'sethpt("x:2;transport=tls"); setup("c:d");' + URI, FULL
    ),
    "core_functions_leave_rc": Case(
        'is_method("INVITE"); setuser("x"); $var(a) = $rc; is_method("OPTIONS"); strip(1); setflag(1); $var(b) = $rc;'
        + say("$var(a) $var(b)")
    ),
    "log_levels": Case('log("hidden"); log(4, "hidden"); log(1, "shown\\n");'),
    "error_and_exec": Case('error("a", "b"); exec("true"); exec("false");' + test("isflagset(1)")),
    "flags_by_name": Case(
        "setflag(FLA); setflag(FLB); setflag(FLC);"
        + say("$mf $mF")
        + test("isflagset(3)", "isflagset(FLA)", "isflagset(0)")
        + "resetflag(FLA);"
        + say("$mF")
    ),
    "core_functions_in_conditions": Case(
        test("setflag(5)", "isflagset(5)", "resetflag(5)", "isflagset(5)", "force_rport()", "!isflagset(5)")
    ),
}

_VIAS = (
    ("Via", "SIP/2.0/UDP 10.1.1.1:5062;branch=z9hG4bKabc"),
    ("Via", "SIP/2.0/UDP 10.1.1.2;branch=z9hG4bKdef"),
    ("Subject", "x"),
)
_TO_SINK = '$ru = "sip:bob@127.0.0.1:@SINK@";'


def _forwarded(body: str, *, uri: str = PLAIN, headers: Headers = _VIAS) -> Case:
    return Case(body, uri, "OPTIONS", headers)


CASES |= {
    "forward_to_a_string": _forwarded(test('forward("127.0.0.1", @SINK@)')),
    "forward_to_an_address": _forwarded(test("forward(127.0.0.1, @SINK@)")),
    "forward_udp": _forwarded(test("forward_udp(127.0.0.1, @SINK@)", 'forward_udp("127.0.0.1", 1)')),
    "forward_to_du": _forwarded('$du = "sip:127.0.0.1:@SINK@";' + test("forward()")),
    "forward_to_uri_host_and_port": _forwarded('$du = "sip:127.0.0.1:@SINK@";' + test("forward(uri:host, uri:port)")),
    "forward_to_uri_host": _forwarded('$du = "sip:127.0.0.1:1";' + test("forward(uri:host, @SINK@)")),
    "forward_to_the_uri": _forwarded(_TO_SINK + test("forward()")),
    "forward_as_a_statement": _forwarded(_TO_SINK + "forward();"),
    "forward_by_refused_tcp": _forwarded('$ru = "sip:bob@127.0.0.1:@SINK@;transport=tcp";' + 'forward();' + say("after")),
    "forward_to_junk": _forwarded('seturi("junk");' + test("forward()")),
    "forward_by_missing_transport": _forwarded('$ru = "sips:bob@127.0.0.1:@SINK@";' + test("forward()")),
    "forward_to_no_host": _forwarded('$ru = "tel:123";' + test("forward()")),
    "forward_with_maddr": _forwarded('$ru = "sip:bob@127.0.0.1:@SINK@;maddr=127.0.0.2";' + test("forward()")),
    "forward_advertised": _forwarded(_TO_SINK + 'set_advertised_address("a.example"); set_advertised_port(99);' + test("forward()")),
    "forward_advertised_address": _forwarded(_TO_SINK + "set_advertised_address(a.example);" + test("forward()")),
    "forward_advertised_port": _forwarded(_TO_SINK + "set_advertised_port(99);" + test("forward()")),
    "forward_with_rport": _forwarded(_TO_SINK + "add_local_rport(); force_rport();" + test("forward()")),
    "forward_from_another_socket": _forwarded(_TO_SINK + "force_send_socket(127.0.0.1:@OTHER@);" + test("forward()")),
    "forward_from_another_socket_by_protocol": _forwarded(_TO_SINK + "force_send_socket(udp:127.0.0.1:@OTHER@);" + test("forward()")),
    "forward_from_a_socket_of_another_protocol": _forwarded(_TO_SINK + "force_send_socket(tcp:127.0.0.1:@PORT@);" + test("forward()")),
    "forward_with_edits": _forwarded(_TO_SINK + 'append_hf("X-New: 1\\r\\n"); remove_hf("Subject");' + test("forward()")),
    "forward_with_everything_set": _forwarded(
        _TO_SINK + "set_forward_no_connect(); set_reply_close; set_forward_close; set_reply_no_connect(); add_rport; force_tcp_alias(); add_tcp_alias(5070); udp_mtu_try_proto(tcp);" + test("forward()")
    ),
    "forward_asks_for_rport_of_the_client": _forwarded(_TO_SINK + "forward();", headers=(("Via", "SIP/2.0/UDP 10.1.1.1;rport;branch=z9hG4bKabc"),)),
    "forward_with_rewritten_user": _forwarded(_TO_SINK + 'prefix("9"); setuserpass("a:b"); userphone(); forward();'),
}  # fmt: skip

GLOBALS = """
flags FLA:3, FLB, "FLC"
"""

EXTRA = ""
