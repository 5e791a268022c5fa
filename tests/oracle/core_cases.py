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

_RICH: Headers = (
    ("Via", "SIP/2.0/UDP 10.1.1.1:5062;branch=z9hG4bKabc;rport;received=1.1.1.1;alias;i=3;foo=bar"),
    ("Via", "SIP/2.0/TCP second.example;branch=z9hG4bKdef"),
    ("From", '"Al Ice" <sip:alice:pw@a.example:5070;transport=tcp;lr>;tag=ft1;x=1'),
    ("To", "Bob <sips:bob@b.example>;q"),
    ("Contact", '"C" <sip:c@10.9.9.9:5066;transport=tcp>;q=0.5;expires=60;received="sip:1.2.3.4";methods="INVITE"'),
    ("Record-Route", "<sip:rr1.example;lr;x=1>, <sip:rr2.example;lr>"),
    ("Record-Route", "<sip:rr3.example;lr>"),
    ("Subject", "the subject"), ("X-Multi", "one"), ("X-Multi", "two"), ("Event", "presence;id=5"),
    ("Refer-To", "<sip:ref@r.example?Replaces=1>;z=1"), ("Remote-Party-ID", '"RP" <sip:rp@rp.example>;party=calling'),
    ("User-Agent", "UA 1.0"), ("Organization", "Org"), ("Priority", "high"), ("Expires", "77"),
    ("Session-Expires", "1800;refresher=uac"), ("Min-SE", "90"), ("Content-Type", "application/sdp"),
    ("SIP-If-Match", "etag1"), ("Date", "Sat, 13 Nov 2010 23:29:00 GMT"), ("Identity", "id"),
    ("Identity-Info", "<http://x>;alg=a"), ("X-Addr", '"N" <sip:n@n.example:99;a=b>;p=v, <sip:second@s>'),
    ("Authorization", 'Digest username="u@au.example", realm="re.alm", nonce="no", uri="sip:a", response="re", algorithm=MD5, cnonce="cn", opaque="op", qop=auth, nc=00000001'),
)  # fmt: skip
_SELECTS = {
    "uri": "ruri ruri.user ruri.pwd ruri.host ruri.port ruri.hostport ruri.params ruri.params.x ruri.params.transport ruri.params.none ruri.type ruri.transport ruri.rn_user request_uri request_uri.user",
    "next_hop": "dst_uri dst_uri.host next_hop next_hop.host next_hop.port",
    "from": "from f from.uri from.uri.user from.uri.host from.uri.port from.uri.pwd from.uri.params from.uri.params.lr from.uri.params.transport from.uri.type from.uri.hostport from.uri.transport from.tag from.name from.params.x from.params.none",
    "to": "to t.uri to.uri to.tag to.name to.uri.user to.uri.port to.uri.hostport to.uri.type to.uri.transport to.params.q",
    "other_parties": "refer_to refer_to.uri refer_to.name refer_to.uri.user refer_to.params.z remote_party_id rpid.uri rpid.name rpid.params.party rpid.uri.host",
    "contact": "contact m contact.uri contact.uri.user contact.uri.host contact.q contact.expires contact.params.q contact.params.expires contact.instance contact.uri.params.transport contact.uri.hostport",
    "via": "via v via[0] via[1] via[2] via[-1] via[3] via.name via.version via.transport via.host via.port via[2].host via[2].port via[2].transport via.branch via.received via.rport via.i via.alias via.params.foo via.params.branch via.comment via[1].params.foo",
    "record_route": "record_route rr rr.uri rr.params.x rr.uri.host rr.uri.params.lr rr.uri.params.x",
    "cseq": "cseq cseq.num cseq.method event",
    "msg": "msg.first_line msg.flags msg.len msg.type msg.request.method msg.req.uri msg.request.uri.user msg.request.version msg.response.status method version status code reason",
    "headers": "msg.header.subject msg.h.x_multi msg.header.x_multi[1] msg.header.x_multi[2] msg.header.x_multi[-1] msg.header.x_multi[3] msg.header.from msg.header.x_addr.nameaddr.uri msg.header.x_addr.nameaddr.name msg.header.x_addr.nameaddr.uri.user msg.header.x_addr.nameaddr.params.p msg.header.event.params.id msg.header.none msg.header.user_agent",
    "body": "msg.body.sdp.line.m msg.body.sdp.line.v msg.body.sdp.line.c msg.body.sdp.line.z",
    "addresses": "src.ip dst.ip dst.port dst.ip_port received.ip received.port received.proto received.ip_port received.proto_ip_port",
    "named_headers": "call_id expires max_forwards content_type content_length subject organization priority session_expires min_se user_agent sip_if_match date identity identity_info",
    "rest": "sys.server_id branch.count branch.uri cfg_get.voicemail.srv_ip cfg_get.voicemail.srv_port cfg_get.voicemail.active cfg_get.core.debug cfg_get.core.max_while_loops",
}
_SDP = b"v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\na=x\r\nm=video 2 RTP/AVP 0\r\n"
for _group, _texts in _SELECTS.items():
    for _mode, _script in {"shown": say, "read": show}.items():
        _written = [f"$sel({one})" if _mode == "shown" else f"@{one}" for one in _texts.split()]
        CASES[f"select_{_group}_{_mode}"] = Case(
            _script(*_written), "sip:+49;x=1:pw@r.example:5077;transport=tcp;x=y;lr?h=1", "INVITE", _RICH, _SDP
        )
_AUTH = (
    "",
    ".username",
    ".username.user",
    ".username.domain",
    ".realm",
    ".nonce",
    ".uri",
    ".response",
    ".nc",
    ".algorithm",
    ".qop",
)
CASES |= {
    "select_credentials": Case(show(*(f'@authorization["re.alm"]{one}' for one in _AUTH)), headers=_RICH),
    "select_credentials_of_another_realm": Case(show('@authorization["other"]', '@authorization["other"].username'), headers=_RICH),
    "select_in_conditions": Case(
        test('@from.uri.user == "alice"', "@cfg_get.voicemail.srv_port == 5090", '@cfg_get.voicemail.srv_port == "5090"', '@cfg_get.voicemail.srv_ip == "10.0.0.9"', "defined @from.tag", "defined @to.tag", "@to.tag == $null", '@msg.header.subject =~ "SUB"', "@cfg_get.voicemail.active", "@cfg_get.voicemail.active == 1")
        + show("@cfg_get.voicemail.srv_port + 1", '"sip:" + @cfg_get.voicemail.srv_ip + ":" + @cfg_get.voicemail.srv_port', "$sel(cfg_get.voicemail.srv_port) + 1"),
        headers=_RICH,
    ),
}  # fmt: skip

CASES |= {
    "test_src_ip": Case(
        '$var(a) = "127.0.0.1"; $var(n) = 5;'
        + test("src_ip == 127.0.0.1", "src_ip == 127.0.0.0/8", "src_ip == 127.0.0.0/255.0.0.0", "src_ip != 127.0.0.1", 'src_ip == "127.0.0.1"', "dst_ip == 127.0.0.1", "dst_ip == 10.0.0.0/8", 'src_ip =~ "^127"', 'src_ip =~ "^128"', "src_ip == $si", "dst_ip == $si", 'src_ip == "10.0.0.1"', "src_ip == [::1]", "src_ip == $var(z)", "src_ip == $null", "src_ip == $var(a)", 'src_ip == "127.0.0." + "1"', "src_ip != $var(a)", "src_ip == $var(n)", "src_ip =~ $var(a)", "!src_ip == 127.0.0.1", "src_ip == 127.0.0.1 && dst_ip == 127.0.0.1")
    ),
    "test_ip_and_myself": Case(test("dst_ip == myself", "src_ip == myself", "myself == src_ip", "myself == dst_ip", "dst_ip != myself")),
    "test_ports": Case(
        "$var(p) = $sp;"
        + test("src_port == $sp", "src_port == $var(p)", "dst_port == @PORT@", "dst_port != @PORT@", "src_port > 1023", "src_port < 1024", "dst_port >= @PORT@", "dst_port <= @PORT@", "dst_port < @PORT@", "dst_port == $Rp", "dst_port == @PORT@ + 0", "dst_port == @OTHER@")
    ),
    "test_families": Case(test("af == INET", "af == inet6", "af == INET6", "af != INET", "af == IPv4", "af == ipv6", "af == 2", "af == 10")),
    "test_length": Case(test("msg:len == $ml", "msg:len > 100", "msg:len < 5000", "msg:len >= 100000", "msg:len != $ml")),
    "test_protocols": Case(
        '$var(p) = "udp"; $var(n) = 1;'
        + test("proto == UDP", "proto == udp", "proto != UDP", "proto == TCP", "proto == tls", "proto == 1", "proto == 2", "proto == $var(p)", "proto == $var(n)", "proto == $pr", "proto == $proto", "proto == WS", "proto != $pr")
    ),
    "test_protocol_as_a_string": Case(test('proto == "udp"', 'proto == "UDP"')),
    "test_methods": Case(
        '$var(m) = "OPTIONS"; $var(l) = "options";'
        + test('method == "OPTIONS"', "method == OPTIONS", 'method == "options"', "method == options", 'method =~ "^OPT"', 'method =~ "opt"', "method == $var(m)", "method == $var(l)", "method == $rm", "method != INVITE", 'method == "OPT" + "IONS"', "method == $null", 'method == ""', "method =~ $var(m)", 'method != "options"')
    ),
    "test_uris": Case(
        "$var(u) = $ru;"
        + test("uri == $ru", "uri == $var(u)", 'uri =~ "sip:.*"', 'uri == "sip:ALICE@127.0.0.1:@PORT@"', "from_uri == $fu", "to_uri == $tu", 'from_uri =~ "^sip:caller@"', 'to_uri != "x"', "!uri == $ru"),
        "sip:alice@127.0.0.1:@PORT@",
    ),
    "test_own_uri": Case(test("uri == myself", "myself == uri", "uri != myself", "from_uri == myself", "to_uri == myself", "not uri == myself"), "sip:alice@127.0.0.1:@PORT@"),
    "test_own_uri_without_port": Case(test("uri == myself", "to_uri == myself"), "sip:alice@127.0.0.1"),
    "test_own_uri_of_the_second_socket": Case(test("uri == myself"), "sip:alice@127.0.0.1:@OTHER@"),
    "test_own_uri_with_tcp": Case(test("uri == myself"), "sip:alice@127.0.0.1:@PORT@;transport=tcp"),
    "test_own_uri_of_the_second_socket_with_tcp": Case(test("uri == myself"), "sip:alice@127.0.0.1:@OTHER@;transport=tcp"),
    "test_own_uri_with_tls": Case(test("uri == myself"), "sip:alice@127.0.0.1:@PORT@;transport=tls"),
    "test_own_sips_uri": Case(test("uri == myself"), "sips:alice@127.0.0.1:@PORT@"),
    "test_phone_uri": Case(test("uri == myself"), PHONE),
    "test_other_uri": Case(test("uri == myself"), "sip:alice@127.0.0.2:@PORT@"),
    "defines": Case(
        say("$def(NUM)", "$def(TXT)", "$def(WORD)", "$def(NONE)", "$defn(NUM)", "$defn(TXT)", "$defn(NONE)", "$defn(WORD)")
        + test("$def(NUM) == 12", "$defn(NUM) == 12", '$def(NUM) == "12"', '$defn(NUM) == "12"', "$def(NONE) == $null", "$defn(NONE) == $null", "$defn(NUM) > 5", "$def(NUM) > 5", "defined $def(NUM)", "defined $def(NONE)", "defined $defn(NONE)", "$defn(NUM) + 1 == 13", "$defn(NUM)", "$defn(NONE)")
        + show("$def(NUM) + 1", "$defn(NUM) + 1", "$defn(NONE) + 1", "$defn(TXT) + 1", "1 + $defn(NUM)")
    ),
    "environment": Case(say("$env(HOME)", "$env(NONESUCH)", "$envn(NONESUCH)", "$envn(HOME)") + show("$envn(HOME)", "$envn(HOME) + 1", '$env(HOME) + "x"')),
    "text_that_is_a_number_too": Case(
        test('$rm == "OPTIONS"', "$rm", "$rm > 0", "$rm == 8", "!$rm", "$rm && 1", '$proto == "udp"', "$pr", "$rP", "$cs", "$cs > 0", "$cs == 1", '$cs == "1"', "$rs", "$sp", "$rp", "$mt", "$si", "$ml", "$rU", "$rd", "$rm == 512", "512 == $rm")
        + show("$rm + 1", "1 + $rm", "$cs + 1", "1 + $cs", "$rm * 1", "$rp + 1", "(int)$rm", "(str)$rm", "$pr + 1", "1 + $pr", "$cl + 1", "(int)$cs", "-$rm", "$rm | 1")
        + say("$rm $pr $rP $cs")
    ),
    "defined": Case(
        test("defined $var(x)", "defined $avp(x)", "defined $hdr(X)", "defined $hdr(X-Case)", "defined $null", "defined $ru", "defined ($avp(x))", "defined @ruri", "defined @from.tag", "!defined $avp(x)", "defined $avp(x) && 1")
        + "$avp(x) = 0;" + test("defined $avp(x)", "defined $avp(x) && 1")
    ),
    "casts": Case(show("(str)5 + 1", '(str)(1 + 2) + "x"', "(int)$rU", "(str)$null", "(int)$null", "(int)$ru + 1", "(str)$var(u)", '(int)"5" + 1', '(int)"-5"', '(int)"+5"', "(str)-3")),
    "lengths": Case(show('strlen("abc")', "strlen($ru)", "strlen($null)", 'strlen("é")', "strlen($var(unset))", "strlen($avp(none))") + test("strempty($null)", 'strempty("")', "strempty($avp(none))", "strempty($var(unset))", 'strempty("x")')),
    "shifts_and_bits": Case(show("1 << 4", "-8 >> 1", "-1 >> 1", "~0", "~5", "6 ^ 5", "255 & 15", "1 | 6", "-7 mod 3", "7 mod -3", "-7 / 2", "0x10 + 1", "101b + 1")),
}  # fmt: skip

CASES |= {
    "pre_routing_drops": Case(say("not reached")),
    "pre_routing_exits": Case(test("isflagset(9)")),
    "pre_routing_returns": Case(say("reached")),
    "onsend_passes": _forwarded(_TO_SINK + test("forward()", "isflagset(8)")),
    "onsend_drops": _forwarded(_TO_SINK + "setflag(7);" + test("forward()", "isflagset(8)")),
    "onsend_exits": _forwarded(_TO_SINK + "setflag(6);" + test("forward()")),
    "onsend_from_another_socket": _forwarded(_TO_SINK + "force_send_socket(udp:127.0.0.1:@OTHER@);" + test("forward()")),
}  # fmt: skip

GLOBALS = """
#!define NUM 12
#!define TXT "abc"
#!define WORD abc
flags FLA:3, FLB, "FLC"
voicemail.srv_ip = "10.0.0.9" desc "the voicemail server"
voicemail.srv_port = 5090 desc "its port"
voicemail.active = yes
"""

EXTRA = """
event_route[core:pre-routing] {
    if ($hdr(X-Case) == "pre_routing_drops") { xlog("L_NOTICE", "dropped $rm $si\\n"); drop; }
    if ($hdr(X-Case) == "pre_routing_exits") { xlog("L_NOTICE", "exits\\n"); setflag(9); exit; }
    if ($hdr(X-Case) == "pre_routing_returns") { xlog("L_NOTICE", "returns\\n"); return -1; }
}
onsend_route {
    if ($hdr(X-Case) =~ "^onsend") {
        xlog("L_NOTICE", "onsend $rm $ru $si\\n");
        if (snd_port == @PORT@) xlog("L_NOTICE", "snd_port\\n");
        if (to_port == @SINK@) xlog("L_NOTICE", "to_port\\n");
        if (to_ip == 127.0.0.1) xlog("L_NOTICE", "to_ip\\n");
        if (to_ip == 10.0.0.0/8) xlog("L_NOTICE", "to_ip in 10\\n");
        if (snd_ip == 127.0.0.1) xlog("L_NOTICE", "snd_ip\\n");
        if (to_ip == myself) xlog("L_NOTICE", "to_ip is mine\\n");
        if (snd_proto == UDP) xlog("L_NOTICE", "snd_proto\\n");
        if (to_proto == TCP) xlog("L_NOTICE", "to_proto\\n");
        if (snd_af == INET) xlog("L_NOTICE", "snd_af\\n");
        if (to_af == INET6) xlog("L_NOTICE", "to_af\\n");
        if (src_ip == 127.0.0.1) xlog("L_NOTICE", "src_ip\\n");
        if (msg:len > $ml) xlog("L_NOTICE", "longer\\n");
        setflag(8);
        if (isflagset(7)) { drop; }
        if (isflagset(6)) { exit; }
        xlog("L_NOTICE", "passed\\n");
    }
}
"""
