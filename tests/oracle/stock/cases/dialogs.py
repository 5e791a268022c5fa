# ruff: noqa: E501
"""Requests inside of dialogs on the stock configuration."""

from __future__ import annotations

from tests.oracle.stock.script import TO_BOB, answered, register, stock
from tests.oracle.tm.case import Case

_CALL = register("uas1") + "\n" + answered()
_HOLD = "Content-Type: application/sdp | body=v=0 a=sendonly"


def _inside(method: str, *more: str, status: int = 200) -> str:
    request = " | ".join([f"uac > {method} | inside=", *more])
    return f"{request}\nuas1 < {method}\nuas1 > {status} to {method}\nuac < {status} to {method}"


CASES: dict[str, Case] = {
    "dialog_hold": stock(_CALL, _inside("INVITE", _HOLD), "uac > ACK\nuas1 < ACK"),
    "dialog_hold_refused": stock(_CALL, _inside("INVITE", _HOLD, status=488), "uac > ACK"),
    "dialog_hold_by_callee": stock(
        _CALL,
        f"uas1 > INVITE | inside= | {_HOLD}\nuac < INVITE\nuac > 200 to INVITE\nuas1 < 200\nuas1 > ACK\nuac < ACK",
    ),
    "dialog_bye_refused": stock(_CALL, _inside("BYE", status=481)),
    "dialog_bye_challenged": stock(_CALL, _inside("BYE", status=401)),
    "dialog_bye_repeated": stock(
        _CALL,
        "uac > BYE\nuas1 < BYE\nuas1 > 200\nuac < 200 to BYE\nuac > again BYE\nuac < 200",
        repeats=True,
        settle=0.1,
    ),
    "dialog_bye_both": stock(
        _CALL,
        "uac > BYE\nuas1 < BYE\nuas1 > BYE\nuac < BYE\nuas1 > 200 to BYE\nuac < 200 to BYE\nuac > 200 to BYE\nuas1 < 200 to BYE",
    ),
    "dialog_info": stock(_CALL, _inside("INFO", "Content-Type: application/dtmf-relay", "body=Signal=1")),
    "dialog_update": stock(_CALL, _inside("UPDATE")),
    "dialog_refer": stock(_CALL, _inside("REFER", "Refer-To: <sip:carol@SERVER>", status=202)),
    "dialog_notify": stock(_CALL, _inside("NOTIFY", "Event: refer", "Subscription-State: active")),
    "dialog_notify_by_callee": stock(
        _CALL,
        "uas1 > NOTIFY | inside= | Event: refer | Subscription-State: active\nuac < NOTIFY\nuac > 200 to NOTIFY\nuas1 < 200",
    ),
    "dialog_message": stock(_CALL, _inside("MESSAGE", "Content-Type: text/plain", "body=Hi")),
    "dialog_options": stock(_CALL, _inside("OPTIONS")),
    "dialog_subscribe": stock(_CALL, _inside("SUBSCRIBE", "Event: presence")),
    "dialog_publish": stock(_CALL, _inside("PUBLISH", "Event: presence")),
    "dialog_register": stock(_CALL, _inside("REGISTER")),
    "dialog_unknown_method": stock(_CALL, _inside("FOO")),
    "dialog_bye_without_route": stock(_CALL, f"uac > BYE | new= | {TO_BOB} | to-tag=uas1\nuac < 404 to BYE"),
    "dialog_bye_to_contact_without_route": stock(
        _CALL, "uac > BYE | new= | ruri=sip:bob.CASE@UAS1 | to=<sip:bob.CASE@SERVER> | to-tag=uas1\nwait 0.2"
    ),
    "dialog_ack_without_route": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 200\nuac < 200\nuac > ACK | new= | {TO_BOB} | to-tag=uas1\nwait 0.2",
    ),
    "dialog_message_without_route": stock(f"uac > MESSAGE | {TO_BOB} | to-tag=uas1\nuac < 404"),
    "dialog_subscribe_to_server": stock("uac > SUBSCRIBE | ruri=sip:SERVER | to-tag=x | Event: presence\nwait 0.2"),
    "dialog_subscribe_to_user": stock(f"uac > SUBSCRIBE | {TO_BOB} | to-tag=x | Event: presence\nwait 0.2"),
    "dialog_subscribe_voicemail": stock(f"uac > SUBSCRIBE | {TO_BOB} | to-tag=x | Event: message-summary\nwait 0.2"),
    "dialog_route_of_server_only": stock(f"uac > BYE | {TO_BOB} | to-tag=x | Route: <sip:SERVER;lr>\nwait 0.2"),
    "dialog_route_to_server_then_phone": stock(
        "uac > BYE | ruri=sip:bob@192.0.2.1 | to-tag=x | Route: <sip:SERVER;lr>, <sip:UAS1;lr>\nuas1 < BYE\nuas1 > 200",
        "uac < 200",
    ),
    "dialog_route_double": stock(
        "uac > BYE | ruri=sip:bob@UAS1 | to-tag=x"
        " | Route: <sip:SERVER;transport=tcp;r2=on;lr>, <sip:SERVER;r2=on;lr>\nuas1 < BYE\nuas1 > 200\nuac < 200"
    ),
    "dialog_route_double_to_tcp": stock(
        "uac > BYE | ruri=sip:bob@UAS1;transport=tcp | to-tag=x"
        " | Route: <sip:SERVER;r2=on;lr> | Route: <sip:SERVER;transport=tcp;r2=on;lr>\nuas1 < BYE\nuas1 > 200\nuac < 200",
        tcp=("uas1",),
    ),
    "dialog_route_elsewhere": stock(
        "uac > BYE | ruri=sip:bob@UAS1 | to-tag=x | Route: <sip:UAS2;lr>\nuas2 < BYE\nuas2 > 200\nuac < 200"
    ),
    "dialog_route_strict": stock("uac > BYE | ruri=sip:SERVER | to-tag=x | Route: <sip:UAS1>\nwait 0.3"),
    "dialog_route_strict_in_uri": stock("uac > BYE | ruri=sip:SERVER;lr | to-tag=x | Route: <sip:bob@UAS1>\nwait 0.3"),
    "dialog_route_next_strict": stock(
        "uac > BYE | ruri=sip:bob@UAS2 | to-tag=x | Route: <sip:SERVER;lr>, <sip:UAS1>\nwait 0.3"
    ),
    "dialog_route_other_port": stock(
        "uac > BYE | ruri=sip:bob@UAS1 | to-tag=x | Route: <sip:127.0.0.1:1;lr>\nwait 0.2"
    ),
    "dialog_route_bad": stock("uac > BYE | ruri=sip:bob@UAS1 | to-tag=x | Route: <foo\nwait 0.2"),
    "dialog_route_empty": stock("uac > BYE | ruri=sip:bob@UAS1 | to-tag=x | Route:\nwait 0.2"),
    "dialog_route_to_itself": stock(
        "uac > BYE | ruri=sip:bob.CASE@SERVER | to-tag=x | Route: <sip:SERVER;lr>\nwait 0.3"
    ),
    "dialog_ack_with_route": stock(
        "uac > ACK | new= | ruri=sip:bob@UAS1 | to-tag=x | Route: <sip:SERVER;lr>\nuas1 < ACK"
    ),
    "dialog_ack_stray": stock(f"uac > ACK | {TO_BOB} | to-tag=x\nwait 0.2"),
    "dialog_ack_stray_without_tag": stock(f"uac > ACK | {TO_BOB}\nwait 0.2"),
    "dialog_cancel_of_hold": stock(
        _CALL,
        f"uac > INVITE | inside= | {_HOLD}\nuas1 < INVITE\nuas1 > 100\nwait 0.2\nuac > CANCEL\nuac < 200 to CANCEL",
        "uas1 < CANCEL\nuas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuac < 487\nuac > ACK",
    ),
    "dialog_bye_max_forwards_0": stock(_CALL, "uac > BYE | max-forwards=0\nuac < 483"),
    "dialog_bye_to_tcp_refused": stock(
        "uac > BYE | ruri=sip:bob@UAS2;transport=tcp | to-tag=x | Route: <sip:SERVER;lr>\nuac < 477\nwait 0.2"
    ),
    "dialog_bye_to_unknown_host": stock(
        "uac > BYE | ruri=sip:bob@nowhere.invalid | to-tag=x | Route: <sip:SERVER;lr>\nuac < 478\nwait 0.2"
    ),
    "dialog_tcp_to_udp": stock(
        register("uas1"), answered(), _inside("INVITE", _HOLD), "uac > ACK\nuas1 < ACK", _inside("BYE"), tcp=("uac",)
    ),
    "dialog_ipv6_to_ipv4": stock(
        register("uas1"),
        answered(invite=TO_BOB.replace("SERVER", "SERVER6") + " | contact=<sip:alice@UAC>"),
        "uas1 > INFO\nuac < INFO\nuac > 200 to INFO\nuas1 < 200 to INFO",
        hosts={"uac": "[::1]"},
    ),
}
