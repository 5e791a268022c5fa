# ruff: noqa: E501
"""Calls between registered users on the stock configuration."""

from __future__ import annotations

from tests.oracle.stock.script import TO_BOB, answered, register, stock
from tests.oracle.tm.case import Case

_HANGS_UP = "uac > BYE\nuas1 < BYE\nuas1 > 200\nuac < 200 to BYE"
_REFUSED = "uas1 < ACK\nuac > ACK"
_TWO_PHONES = register("uas1") + "\n" + register("uas2")
_SDP = "Content-Type: application/sdp | body=v=0 o=- 1 1 IN IP4 127.0.0.1"


def _refused(status: int, *more: str) -> Case:
    reply = " | ".join([f"uas1 > {status}", *more])
    return stock(
        register("uas1"), f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\n{reply}", f"uas1 < ACK\nuac < {status}\nuac > ACK"
    )


def _forked(*steps: str) -> Case:
    return stock(_TWO_PHONES, f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas2 < INVITE", *steps)


CASES: dict[str, Case] = {
    "call_answered": stock(register("uas1"), answered(), _HANGS_UP),
    "call_with_body": stock(register("uas1"), answered(invite=f"{TO_BOB} | {_SDP}"), _HANGS_UP),
    "call_both_registered": stock(
        register("uas1"),
        register("uac", user="alice"),
        answered(invite=f"{TO_BOB} | from=<sip:alice.CASE@SERVER> | contact=<sip:alice.CASE@UAC>"),
        _HANGS_UP,
    ),
    "call_ended_by_callee": stock(register("uas1"), answered(), "uas1 > BYE\nuac < BYE\nuac > 200\nuas1 < 200 to BYE"),
    "call_not_registered": stock(f"uac > INVITE | {TO_BOB}\nuac < 404\nuac > ACK"),
    "call_not_registered_again": stock(
        f"uac > INVITE | {TO_BOB}\nuac < 404\nuac > again INVITE\nwait 0.2\nuac > ACK", repeats=True, settle=0.1
    ),
    "call_to_one_who_left": stock(
        register("uas1"), register("uas1", "Expires: 0"), f"uac > INVITE | {TO_BOB}\nuac < 404\nuac > ACK"
    ),
    "call_upper_case_user": stock(register("uas1"), f"uac > INVITE | {TO_BOB.replace('bob', 'BOB')}\nwait 0.2"),
    "call_escaped_user": stock(register("uas1"), f"uac > INVITE | {TO_BOB.replace('bob', 'b%6fb')}\nwait 0.2"),
    "call_busy": _refused(486),
    "call_declined": _refused(603),
    "call_not_found": _refused(404),
    "call_unavailable_503": stock(
        register("uas1"), f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 503", "uas1 < ACK\nuac < 500\nuac > ACK"
    ),
    "call_server_error": _refused(500, "Retry-After: 5"),
    "call_redirected": _refused(302, "contact=<sip:carol@UAC>"),
    "call_challenged": _refused(407, 'Proxy-Authenticate: Digest realm="x", nonce="y"'),
    "call_not_acceptable": _refused(488, 'Warning: 399 host "text"'),
    "call_request_terminated_by_callee": _refused(487),
    "call_reason_text": stock(
        register("uas1"), f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 480 On holiday\nuac < 480\nuac > ACK"
    ),
    "call_early_media": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 100\nuas1 > 183 | {_SDP}\nuac < 183",
        "uas1 > 180\nuac < 180\nuas1 > 200\nuac < 200\nuac > ACK\nuas1 < ACK",
        _HANGS_UP,
    ),
    "call_answered_at_once": stock(
        register("uas1"), f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 200\nuac < 200\nuac > ACK\nuas1 < ACK"
    ),
    "call_repeated_invite": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuac > again INVITE\nwait 0.2\nuas1 > 180\nuac < 180",
        "uac > again INVITE\nwait 0.2\nuas1 > 200\nuac < 200\nuac > ACK\nuas1 < ACK",
        repeats=True,
    ),
    "call_repeated_answer": stock(
        register("uas1"), answered(), "uas1 > again 200\nuac < 200\nuac > again ACK\nuas1 < ACK", repeats=True
    ),
    "call_repeated_refusal": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
        "uas1 > again 486\nuas1 < ACK",
        repeats=True,
        settle=0.1,
    ),
    "call_cancelled_before_provisional": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuac > CANCEL\nuac < 200\nwait 0.2\nuas1 > 180",
        "uas1 < CANCEL\nuas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuac < 487\nuac > ACK",
    ),
    "call_cancelled_while_ringing": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 180\nuac < 180\nuac > CANCEL\nuac < 200",
        "uas1 < CANCEL\nuas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuac < 487\nuac > ACK",
    ),
    "call_cancelled_with_reason": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 180\nuac < 180",
        'uac > CANCEL | Reason: SIP ;cause=600 ;text="Busy Everywhere"\nuac < 200',
        "uas1 < CANCEL\nuas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuac < 487\nuac > ACK",
    ),
    "call_cancelled_and_answered": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 180\nuac < 180\nuac > CANCEL\nuac < 200",
        "uas1 < CANCEL\nuas1 > 200 to INVITE\nuac < 200 to INVITE\nuas1 > 481 to CANCEL\nuac > ACK\nuas1 < ACK",
    ),
    "call_cancelled_after_answer": stock(register("uas1"), answered(), "uac > CANCEL\nwait 0.2"),
    "call_cancelled_twice": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 180\nuac < 180\nuac > CANCEL\nuac < 200",
        "uac > again CANCEL\nuac < 200\nuas1 < CANCEL\nuas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK",
        "uac < 487\nuac > ACK",
    ),
    "cancel_without_call": stock(f"uac > CANCEL | {TO_BOB} | branch=z9hG4bK-uac-lost\nwait 0.2"),
    "call_forked_first_answers": _forked(
        "uas1 > 180\nuac < 180\nuas2 > 180\nuac < 180\nuas1 > 200 to INVITE\nuac < 200\nuas2 < CANCEL",
        "uas2 > 200 to CANCEL\nuas2 > 487 to INVITE\nuas2 < ACK\nuac > ACK\nuas1 < ACK",
    ),
    "call_forked_second_answers": _forked(
        "uas2 > 180\nuac < 180\nuas1 > 180\nuac < 180\nuas2 > 200 to INVITE\nuac < 200\nuas1 < CANCEL",
        "uas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuac > ACK\nuas2 < ACK",
        "uac > BYE\nuas2 < BYE\nuas2 > 200\nuac < 200 to BYE",
    ),
    "call_forked_busy_and_answer": _forked(
        "uas1 > 486\nuas1 < ACK\nuas2 > 180\nuac < 180\nuas2 > 200\nuac < 200\nuac > ACK\nuas2 < ACK"
    ),
    "call_forked_both_busy": _forked("uas1 > 486\nuas1 < ACK\nuas2 > 486\nuas2 < ACK\nuac < 486\nuac > ACK"),
    "call_forked_486_and_404": _forked("uas1 > 486\nuas1 < ACK\nuas2 > 404\nuas2 < ACK\nuac < 404\nuac > ACK"),
    "call_forked_401_and_407": _forked(
        'uas1 > 401 | WWW-Authenticate: Digest realm="a", nonce="1"\nuas1 < ACK',
        'uas2 > 407 | Proxy-Authenticate: Digest realm="b", nonce="2"\nuas2 < ACK\nwait 0.2\nuac > ACK',
    ),
    "call_forked_503_and_486": _forked("uas1 > 503\nuas1 < ACK\nuas2 > 486\nuas2 < ACK\nuac < 486\nuac > ACK"),
    "call_forked_600": _forked(
        "uas2 > 180\nuac < 180\nuas1 > 600\nuas1 < ACK\nuas2 < CANCEL\nuas2 > 200 to CANCEL\nuas2 > 487 to INVITE",
        "uas2 < ACK\nuac < 600\nuac > ACK",
    ),
    "call_forked_cancelled": _forked(
        "uas1 > 180\nuac < 180\nuas2 > 180\nuac < 180\nuac > CANCEL\nuac < 200\nuas1 < CANCEL\nuas2 < CANCEL",
        "uas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuas2 > 200 to CANCEL\nuas2 > 487 to INVITE",
        "uas2 < ACK\nuac < 487\nuac > ACK",
    ),
    "call_forked_two_answers": _forked(
        "uas1 > 200\nuac < 200\nuas2 > 200\nuac < 200\nuac > ACK\nuas2 < ACK",
    ),
    "call_forked_three": stock(
        register("uas1", contact="<sip:bob.CASE@UAS1>;q=1.0"),
        register("uas2", contact="<sip:bob.CASE@UAS2>;q=0.5"),
        register("uas3", contact="<sip:bob.CASE@UAS3>;q=0.1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas2 < INVITE\nuas3 < INVITE",
        "uas1 > 480\nuas1 < ACK\nuas3 > 180\nuac < 180\nuas3 > 200\nuac < 200\nuac > ACK\nuas3 < ACK",
        "uas2 > 180\nuas2 < CANCEL\nuas2 > 200 to CANCEL\nuas2 > 487 to INVITE\nuas2 < ACK",
    ),
    "call_from_tcp": stock(register("uas1"), answered(), _HANGS_UP, tcp=("uac",)),
    "call_to_tcp": stock(
        register("uas1", contact="<sip:bob.CASE@UAS1;transport=tcp>"), answered(), _HANGS_UP, tcp=("uas1",)
    ),
    "call_to_tcp_ended_by_callee": stock(
        register("uas1", contact="<sip:bob.CASE@UAS1;transport=tcp>"),
        answered(),
        "uas1 > BYE\nuac < BYE\nuac > 200\nuas1 < 200 to BYE",
        tcp=("uas1",),
    ),
    "call_tcp_to_tcp": stock(
        register("uas1", contact="<sip:bob.CASE@UAS1;transport=tcp>"), answered(), _HANGS_UP, tcp=("uac", "uas1")
    ),
    "call_to_tcp_refused": stock(
        register("uas1", contact="<sip:bob.CASE@UAS2;transport=tcp>"), f"uac > INVITE | {TO_BOB}\nwait 0.5\nuac > ACK"
    ),
    "call_to_unknown_host": stock(
        register("uas1", contact="<sip:bob.CASE@nowhere.invalid>"), f"uac > INVITE | {TO_BOB}\nuac < 478\nuac > ACK"
    ),
    "call_to_ipv6": stock(
        register("uas1").replace("SERVER", "SERVER6"), answered(), _HANGS_UP, hosts={"uas1": "[::1]"}
    ),
    "call_from_ipv6": stock(
        register("uas1"),
        answered(invite=TO_BOB.replace("SERVER", "SERVER6") + " | contact=<sip:alice@UAC>"),
        _HANGS_UP,
        hosts={"uac": "[::1]"},
    ),
    "call_to_path": stock(
        register("uas1", "Path: <sip:UAS2;lr>", "Supported: path"),
        f"uac > INVITE | {TO_BOB}\nuas2 < INVITE\nuas2 > 486",
        "uas2 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_methods_not_allowed": stock(
        register("uas1", contact='<sip:bob.CASE@UAS1>;methods="MESSAGE"'),
        f"uac > INVITE | {TO_BOB}\nuac < 405\nuac > ACK",
    ),
    "call_allow_filters": stock(
        register("uas1", "Allow: INVITE, ACK, BYE, CANCEL"),
        register("uas2", "Allow: MESSAGE, OPTIONS"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
        f"uac > MESSAGE | {TO_BOB} | call=message\nuas2 < MESSAGE\nuas2 > 200\nuac < 200",
    ),
    "call_with_route_to_server": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB} | Route: <sip:SERVER;lr>\nuas1 < INVITE\nuas1 > 486",
        "uas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_with_route_elsewhere": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB} | Route: <sip:UAS2;lr>\nuas1 < INVITE\nuas1 > 486",
        "uas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_with_many_headers": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB} | User-Agent: phone | Supported: timer,  100rel | X-Long: a b  c | P-Asserted-Identity: <sip:a@b>"
        " | Privacy: none | Record-Route: <sip:192.0.2.1;lr> | Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK-uacx"
        "\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_max_forwards_1": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB} | max-forwards=1\nuas1 < INVITE\nuas1 > 486",
        "uas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_max_forwards_200": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB} | max-forwards=200\nuas1 < INVITE\nuas1 > 486",
        "uas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_without_max_forwards": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB} | drop=Max-Forwards\nuas1 < INVITE\nuas1 > 486",
        "uas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_with_prack": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 183 | Require: 100rel | RSeq: 1\nuac < 183",
        "uac > PRACK | RAck: 1 1 INVITE\nuas1 < PRACK\nuas1 > 200 to PRACK\nuac < 200 to PRACK",
        "uas1 > 200 to INVITE\nuac < 200 to INVITE\nuac > ACK | cseq=1\nuas1 < ACK",
    ),
    "call_late_provisional": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK\nuas1 > 180 to INVITE\nwait 0.2",
    ),
    "call_to_oneself": stock(
        register("uac"), f"uac > INVITE | {TO_BOB}\nuac < INVITE\nuac > 486\nuac < ACK\nuac < 486\nuac > ACK"
    ),
    "call_of_contact_with_q0": stock(
        register("uas1", contact="<sip:bob.CASE@UAS1>;q=0"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
    ),
    "call_of_contact_with_parameters": stock(
        register("uas1", contact='"B" <sip:b%20ob;x=y@UAS1;ob;transport=udp;lr?X-H=1>;q=0.3;+sip.x="1"'),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
    ),
}
