# ruff: noqa: E501
"""Other requests on the stock configuration: to the server, to users, refused and malformed ones."""

from __future__ import annotations

from tests.oracle.stock.script import TO_BOB, register, stock
from tests.oracle.tm.case import Case

_TEXT = "Content-Type: text/plain | body=Hello"
_WAIT = "wait 0.2"


def _message(*more: str) -> Case:
    """Return a case of a MESSAGE for a registered user that nothing need come of."""
    return stock(register("uas1"), " | ".join([f"uac > MESSAGE | {TO_BOB}", *more]), _WAIT)


def _bad(old: str, new: str, method: str = "MESSAGE") -> Case:
    return stock(register("uas1"), f"uac > {method} | {TO_BOB} | edit={old}=>{new}", _WAIT)


def _agent(text: str) -> Case:
    return stock(f"uac > OPTIONS | ruri=sip:SERVER | User-Agent: {text}", _WAIT)


def _to(uri: str, method: str = "MESSAGE") -> Case:
    return stock(f"uac > {method} | ruri={uri}", _WAIT)


CASES: dict[str, Case] = {
    "message_delivered": stock(
        register("uas1"), f"uac > MESSAGE | {TO_BOB} | {_TEXT}\nuas1 < MESSAGE\nuas1 > 200\nuac < 200"
    ),
    "message_refused": stock(
        register("uas1"), f"uac > MESSAGE | {TO_BOB} | {_TEXT}\nuas1 < MESSAGE\nuas1 > 415\nuac < 415"
    ),
    "message_not_registered": stock(f"uac > MESSAGE | {TO_BOB} | {_TEXT}\nuac < 404"),
    "message_repeated": stock(
        register("uas1"),
        f"uac > MESSAGE | {TO_BOB} | {_TEXT}\nuas1 < MESSAGE\nuac > again MESSAGE\nwait 0.1\nuas1 > 200\nuac < 200",
        "uac > again MESSAGE\nuac < 200",
        repeats=True,
        settle=0.1,
    ),
    "message_forked": stock(
        register("uas1"),
        register("uas2"),
        f"uac > MESSAGE | {TO_BOB} | {_TEXT}\nuas1 < MESSAGE\nuas2 < MESSAGE",
        "uas1 > 486\nuas2 > 200\nuac < 200",
    ),
    "message_to_tcp_refused": stock(
        register("uas1", contact="<sip:bob.CASE@UAS2;transport=tcp>"), f"uac > MESSAGE | {TO_BOB}\nwait 0.5"
    ),
    "message_to_unknown_host": stock(
        register("uas1", contact="<sip:bob.CASE@nowhere.invalid>"), f"uac > MESSAGE | {TO_BOB}\nwait 0.5"
    ),
    "message_over_tcp": stock(
        register("uas1"),
        f"uac > MESSAGE | {TO_BOB} | {_TEXT}\nuas1 < MESSAGE\nuas1 > 200\nuac < 200",
        tcp=("uac",),
    ),
    "message_cancelled": stock(
        register("uas1"),
        f"uac > MESSAGE | {TO_BOB} | {_TEXT} | branch=z9hG4bK-uac-m\nuas1 < MESSAGE",
        f"uac > CANCEL | {TO_BOB} | branch=z9hG4bK-uac-m\nwait 0.2\nuas1 > 200 to MESSAGE\nuac < 200",
    ),
    "options_keepalive": stock("uac > OPTIONS | ruri=sip:SERVER\nuac < 200"),
    "options_keepalive_no_rport": stock("uac > OPTIONS | ruri=sip:SERVER | edit=;rport=>\nuac < 200"),
    "options_keepalive_accept": stock("uac > OPTIONS | ruri=sip:SERVER | Accept: */* | Supported: x\nuac < 200"),
    "options_tcp": stock("uac > OPTIONS | ruri=sip:SERVER\nuac < 200", tcp=("uac",)),
    "options_ipv6": stock("uac > OPTIONS | ruri=sip:SERVER6\nuac < 200", hosts={"uac": "[::1]"}),
    "options_user": stock(register("uas1"), f"uac > OPTIONS | {TO_BOB}\nuas1 < OPTIONS\nuas1 > 200\nuac < 200"),
    "options_user_unknown": stock(f"uac > OPTIONS | {TO_BOB}\nuac < 404"),
    "options_elsewhere": _to("sip:other.example", "OPTIONS"),
    "options_localhost": _to("sip:localhost:SERVERPORT", "OPTIONS"),
    "info_user": stock(register("uas1"), f"uac > INFO | {TO_BOB}\nuas1 < INFO\nuas1 > 200\nuac < 200"),
    "unknown_method": stock(register("uas1"), f"uac > FOO | {TO_BOB}\nuas1 < FOO\nuas1 > 200\nuac < 200"),
    "subscribe_user": stock(
        register("uas1"), f"uac > SUBSCRIBE | {TO_BOB} | Event: dialog\nuas1 < SUBSCRIBE\nuas1 > 202\nuac < 202"
    ),
    "subscribe_user_unknown": stock(f"uac > SUBSCRIBE | {TO_BOB} | Event: dialog\nuac < 404"),
    "subscribe_server": _to("sip:SERVER", "SUBSCRIBE"),
    "subscribe_voicemail": stock(f"uac > SUBSCRIBE | {TO_BOB} | Event: message-summary\nuac < 404"),
    "publish_user": stock(register("uas1"), f"uac > PUBLISH | {TO_BOB} | Event: presence\nuac < 404"),
    "publish_server": _to("sip:SERVER", "PUBLISH"),
    "notify_user": stock(register("uas1"), f"uac > NOTIFY | {TO_BOB} | Event: x\nuas1 < NOTIFY\nuas1 > 200\nuac < 200"),
    "bye_without_tag": stock(register("uas1"), f"uac > BYE | {TO_BOB}\nuas1 < BYE\nuas1 > 200\nuac < 200"),
    "prack_without_tag": stock(f"uac > PRACK | {TO_BOB}\nuac < 404"),
    "update_without_tag": stock(register("uas1"), f"uac > UPDATE | {TO_BOB}\nuas1 < UPDATE\nuas1 > 200\nuac < 200"),
    "refer_without_tag": stock(
        register("uas1"), f"uac > REFER | {TO_BOB} | Refer-To: <sip:x@y>\nuas1 < REFER\nuas1 > 202\nuac < 202"
    ),
    "no_user_invite": stock("uac > INVITE | ruri=sip:SERVER\nuac < 484\nuac > ACK"),
    "no_user_message": _to("sip:SERVER"),
    "empty_user": _to("sip:@SERVER"),
    "not_relaying_invite": stock("uac > INVITE | ruri=sip:bob@other.example\nuac < 403\nuac > ACK"),
    "not_relaying_message": _to("sip:bob@other.example"),
    "not_relaying_register": _to("sip:other.example", "REGISTER"),
    "not_relaying_ip_other_port": _to("sip:bob@UAS1"),
    "not_relaying_ip_no_port": _to("sip:bob@127.0.0.1"),
    "not_relaying_other_loopback": _to("sip:bob@127.0.0.2:5060"),
    "not_relaying_ipv6": _to("sip:bob@[::1]:5060"),
    "not_relaying_with_route": stock("uac > MESSAGE | ruri=sip:bob@other.example | Route: <sip:SERVER;lr>", _WAIT),
    "own_address_tcp": _to("sip:bob.CASE@SERVER;transport=tcp"),
    "own_address_tls": _to("sip:bob.CASE@SERVER;transport=tls"),
    "own_address_sctp": _to("sip:bob.CASE@SERVER;transport=sctp"),
    "own_address_maddr": _to("sip:bob.CASE@SERVER;maddr=192.0.2.1"),
    "own_address_ipv6": _to("sip:bob.CASE@SERVER6"),
    "own_address_password": _to("sip:bob.CASE:secret@SERVER"),
    "own_address_headers": _to("sip:bob.CASE@SERVER?Subject=x"),
    "sips_uri": _to("sips:bob.CASE@SERVER"),
    "tel_uri": _to("tel:+12345"),
    "tel_uri_invite": _to("tel:+12345;phone-context=example", "INVITE"),
    "user_with_parameters": stock(
        register("uas1"), "uac > MESSAGE | ruri=sip:bob.CASE;x=y@SERVER;user=phone\nwait 0.2"
    ),
    "http_uri": _to("http://SERVER/"),
    "no_scheme_uri": _to("bob"),
    "max_forwards_0": _message("max-forwards=0"),
    "max_forwards_0_options": stock("uac > OPTIONS | ruri=sip:SERVER | max-forwards=0", _WAIT),
    "max_forwards_0_invite": stock(f"uac > INVITE | {TO_BOB} | max-forwards=0\nuac < 483\nuac > ACK"),
    "max_forwards_text": _message("max-forwards=abc"),
    "max_forwards_negative": _message("max-forwards=-1"),
    "max_forwards_300": _message("max-forwards=300"),
    "max_forwards_missing": _message("drop=Max-Forwards"),
    "max_forwards_blanks": _message("edit=Max-Forwards: 70=>Max-Forwards:   7  "),
    "agent_friendly_scanner": _agent("friendly-scanner"),
    "agent_sipvicious": _agent("sipvicious"),
    "agent_sipcli": _agent("sipcli/v1.8"),
    "agent_vax": _agent("VaxSIPUserAgent/3.1"),
    "agent_pplsip": _agent("pplsip"),
    "agent_scanner_upper_case": _agent("SCANNER"),
    "agent_phone": _agent("phone"),
    "agent_scanner_register": stock(register("uac", "User-Agent: friendly-scanner", reply=0), _WAIT, "dump"),
    "sanity_version": _bad(" SIP/2.0", " SIP/3.0"),
    "sanity_lower_case_version": _bad(" SIP/2.0", " sip/2.0"),
    "sanity_uri_scheme": _bad("MESSAGE sip:", "MESSAGE foo:"),
    "sanity_no_from": _message("drop=From"),
    "sanity_no_to": _message("drop=To"),
    "sanity_no_call_id": _message("drop=Call-ID"),
    "sanity_no_cseq": _message("drop=CSeq"),
    "sanity_no_via": _message("drop=Via"),
    "sanity_no_contact": _message("contact=none"),
    "sanity_cseq_method": _bad("CSeq: 1 MESSAGE", "CSeq: 1 INVITE"),
    "sanity_cseq_text": _message("cseq=abc"),
    "sanity_cseq_huge": _message("cseq=4294967296"),
    "sanity_cseq_largest": _message("cseq=4294967295"),
    "sanity_cseq_negative": _message("cseq=-1"),
    "sanity_content_length_long": _bad("Content-Length: 0", "Content-Length: 10"),
    "sanity_content_length_short": _message("body=Hello", "edit=Content-Length: 5=>Content-Length: 2"),
    "sanity_content_length_text": _bad("Content-Length: 0", "Content-Length: abc"),
    "sanity_content_length_negative": _bad("Content-Length: 0", "Content-Length: -3"),
    "sanity_no_content_length": _message("drop=Content-Length"),
    "sanity_expires_text": _message("Expires: abc"),
    "sanity_expires_negative": _message("Expires: -1"),
    "sanity_expires_huge": _message("Expires: 99999999999"),
    "sanity_proxy_require": _message("Proxy-Require: foo, bar"),
    "sanity_require": _message("Require: foo"),
    "sanity_from_tag_missing": _bad(";tag=caller", ""),
    "sanity_from_uri": _message("from=<nothing>"),
    "sanity_to_uri": stock("uac > MESSAGE | ruri=sip:bob.CASE@SERVER | to=<nothing>", _WAIT),
    "sanity_from_not_closed": _message("from=<sip:alice@127.0.0.1"),
    "sanity_from_quote": _message('from="Alice <sip:alice@127.0.0.1>'),
    "sanity_contact_bad": _message("contact=<sip:alice@"),
    "sanity_digest_bad": _message("Proxy-Authorization: Digest foo"),
    "sanity_digest_basic": _message("Authorization: Basic abc"),
    "sanity_digest_empty": _message('Authorization: Digest username="", realm="", nonce="", uri="", response=""'),
    "sanity_double_from": _message("From: <sip:other@127.0.0.1>;tag=uacx"),
    "sanity_double_call_id": _message("Call-ID: other"),
    "sanity_double_cseq": _message("CSeq: 5 MESSAGE"),
    "sanity_via_transport": _bad("SIP/2.0/UDP", "SIP/2.0/TCP"),
    "sanity_via_port_missing": stock(
        "uac > raw | OPTIONS sip:SERVER SIP/2.0 | Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK-uac-r"
        " | From: <sip:a@127.0.0.1>;tag=caller | To: <sip:b@127.0.0.1> | Call-ID: CASE | CSeq: 1 OPTIONS | Content-Length: 0",
        _WAIT,
    ),
    "compact_headers": stock(
        register("uas1"),
        "uac > raw | MESSAGE sip:bob.CASE@SERVER SIP/2.0 | v:SIP/2.0/UDP UAC;branch=z9hG4bK-uac-r;rport | f:<sip:a@127.0.0.1>;tag=caller"
        " | t : <sip:bob.CASE@SERVER> | i:CASE | CSeq:7  MESSAGE | l: 0\nuas1 < MESSAGE\nuas1 > 200\nuac < 200",
    ),
    "folded_headers": stock(
        register("uas1"),
        "uac > raw | MESSAGE sip:bob.CASE@SERVER SIP/2.0 | Via: SIP/2.0/UDP UAC |  ;branch=z9hG4bK-uac-r;rport | From: A |  <sip:a@127.0.0.1>;tag=caller"
        " | To: <sip:bob.CASE@SERVER> | Call-ID: CASE | CSeq: 7 MESSAGE | Subject: one |  two | Content-Length: 0\nuas1 < MESSAGE\nuas1 > 200\nuac < 200",
    ),
    "two_vias_in_a_line": stock(
        register("uas1"),
        "uac > raw | MESSAGE sip:bob.CASE@SERVER SIP/2.0 | Via: SIP/2.0/UDP UAC;branch=z9hG4bK-uac-r;rport, SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK-uacs"
        " | From: <sip:a@127.0.0.1>;tag=caller | To: <sip:bob.CASE@SERVER> | Call-ID: CASE | CSeq: 7 MESSAGE | Content-Length: 0\nuas1 < MESSAGE\nuas1 > 200\nuac < 200",
    ),
    "no_branch": stock(
        register("uas1"),
        "uac > raw | MESSAGE sip:bob.CASE@SERVER SIP/2.0 | Via: SIP/2.0/UDP UAC | From: <sip:a@127.0.0.1>;tag=caller"
        " | To: <sip:bob.CASE@SERVER> | Call-ID: CASE | CSeq: 7 MESSAGE | Content-Length: 0\nuas1 < MESSAGE\nuas1 > 200\nuac < 200",
    ),
    "reply_stray": stock(
        "uas1 > raw | SIP/2.0 200 OK | Via: SIP/2.0/UDP SERVER;branch=z9hG4bK-uasx.0 | Via: SIP/2.0/UDP UAC;branch=z9hG4bK-uac-1;rport=UAC"
        " | From: <sip:a@127.0.0.1>;tag=caller | To: <sip:b@127.0.0.1>;tag=uas1 | Call-ID: CASE | CSeq: 7 INVITE | Content-Length: 0\nwait 0.3",
    ),
    "reply_malformed": stock(
        "uas1 > raw | SIP/2.0 200 OK | Via: SIP/2.0/UDP SERVER;branch=z9hG4bK-uasx.0 | Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-uac-1"
        " | From: <sip:a@127.0.0.1>;tag=caller | To: <sip:b@127.0.0.1>;tag=uas1 | Call-ID: CASE | CSeq: x INVITE | Content-Length: 0\nwait 0.3",
    ),
    "reply_one_via": stock(
        "uas1 > raw | SIP/2.0 200 OK | Via: SIP/2.0/UDP SERVER;branch=z9hG4bK-uasx.0"
        " | From: <sip:a@127.0.0.1>;tag=caller | To: <sip:b@127.0.0.1>;tag=uas1 | Call-ID: CASE | CSeq: 7 INVITE | Content-Length: 0\nwait 0.3",
    ),
    "preloaded_route_message": _message("Route: <sip:SERVER;lr>, <sip:UAS2;lr>"),
    "commands_of_ctl": stock("rpc core.echo one 2", "rpc cfg.get voicemail srv_ip", "rpc tm.nothing"),
}
