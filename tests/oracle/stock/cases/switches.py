# ruff: noqa: E501
"""Switches of the stock configuration (``-A WITH_...``)."""

from __future__ import annotations

from tests.oracle.stock.script import TO_BOB, answered, register, stock
from tests.oracle.tm.case import Case

_BLOCK = "WITH_BLOCK3XX WITH_BLOCK401407"
_VOICEMAIL = "WITH_VOICEMAIL"
_PSTN = "WITH_PSTN"
_FLOOD = "WITH_ANTIFLOOD"


def _refused(status: int, seen: int, defines: str) -> Case:
    return stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > {status}\nuas1 < ACK\nuac < {seen}\nuac > ACK",
        defines=defines,
    )


CASES: dict[str, Case] = {
    "block_302": _refused(302, 404, _BLOCK),
    "block_401": _refused(401, 404, _BLOCK),
    "block_407": _refused(407, 404, _BLOCK),
    "block_nothing": _refused(486, 486, _BLOCK),
    "flood_call": stock(
        register("uas1"), answered(), "uac > BYE\nuas1 < BYE\nuas1 > 200\nuac < 200 to BYE", defines=_FLOOD
    ),
    "flood_blocked": stock(
        "uac > OPTIONS | ruri=sip:SERVER\nuac < 200",
        *["uac > again OPTIONS"] * 60,
        "wait 0.3\nuac > OPTIONS | ruri=sip:SERVER\nwait 0.3",
        defines=_FLOOD,
        hosts={"uac": "127.0.0.2"},
    ),
    "voicemail_no_address": stock(f"uac > INVITE | {TO_BOB}\nuac < 404\nuac > ACK", defines=_VOICEMAIL),
    "voicemail_subscribe_no_address": stock(
        f"uac > SUBSCRIBE | {TO_BOB} | Event: message-summary\nuac < 404", defines=_VOICEMAIL
    ),
    "voicemail_other_method": stock(f"uac > MESSAGE | {TO_BOB}\nuac < 404", defines=_VOICEMAIL),
    "voicemail_busy_no_address": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
        defines=_VOICEMAIL,
    ),
    "pstn_no_address": stock("uac > INVITE | ruri=sip:+4912345@SERVER\nuac < 404\nuac > ACK", defines=_PSTN),
    "voicemail_not_registered": stock(
        "rpc cfg.set_now_string voicemail srv_ip s:127.0.0.1\nrpc cfg.set_now_string voicemail srv_port s:PORTOFUAS1",
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 200\nuac < 200\nuac > ACK\nuas1 < ACK",
        f"uac > SUBSCRIBE | {TO_BOB} | Event: message-summary | call=mwi\nuas1 < SUBSCRIBE\nuas1 > 200\nuac < 200 to SUBSCRIBE",
        "uac > MESSAGE | ruri=sip:x@SERVER | call=message\nuac < 404",
        defines=f"{_VOICEMAIL} WITH_SETTINGS1",
    ),
    "voicemail_busy": stock(
        "rpc cfg.set_now_string voicemail srv_ip s:127.0.0.1\nrpc cfg.set_now_string voicemail srv_port s:PORTOFUAS2",
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuas2 < INVITE\nuas2 > 180\nuac < 180",
        "uas2 > 200\nuac < 200\nuac > ACK\nuas2 < ACK",
        defines=f"{_VOICEMAIL} WITH_SETTINGS2",
    ),
    "pstn_call": stock(
        "rpc cfg.set_now_string pstn gw_ip s:127.0.0.1\nrpc cfg.set_now_string pstn gw_port s:PORTOFUAS1",
        "uac > INVITE | ruri=sip:0049123456@SERVER | from=<sip:alice@SERVER>\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuac < 486\nuac > ACK",
        "uac > INVITE | ruri=sip:+49123456@SERVER | from=<sip:alice@SERVER> | call=plus\nuas1 < INVITE\nuas1 > 200\nuac < 200",
        "uac > INVITE | ruri=sip:+49123456@SERVER | from=<sip:alice@other.example> | call=other\nuac < 403\nuac > ACK",
        "uac > INVITE | ruri=sip:123@SERVER | from=<sip:alice@SERVER> | call=short\nuac < 404\nuac > ACK",
        defines=f"{_PSTN} WITH_SETTINGS1",
    ),
}
