"""Cases that last as long as the timers of the stock configuration: run where ``KAHEA_STOCK_SLOW`` is set."""

from __future__ import annotations

from tests.oracle.stock.script import TO_BOB, register, stock
from tests.oracle.tm.case import Case

CASES: dict[str, Case] = {
    "slow_call_without_any_reply": stock(
        register("uas1"), f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nwait 28\nuac < 408\nuac > ACK"
    ),
    "slow_message_without_any_reply": stock(
        register("uas1"), f"uac > MESSAGE | {TO_BOB}\nuas1 < MESSAGE\nwait 28\nuac < 408"
    ),
    "slow_call_of_a_silent_and_a_busy_phone": stock(
        register("uas1"),
        register("uas2"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas2 < INVITE\nuas2 > 486\nuas2 < ACK\nwait 28\nuac < 408\nuac > ACK",
    ),
    "slow_call_that_rings_on": stock(
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nuas1 > 180\nuac < 180\nwait 118\nuac < 408\nuas1 < CANCEL",
        "uas1 > 200 to CANCEL\nuas1 > 487 to INVITE\nuas1 < ACK\nuac > ACK",
    ),
    "slow_voicemail_after_no_answer": stock(
        "rpc cfg.set_now_string voicemail srv_ip s:127.0.0.1\nrpc cfg.set_now_string voicemail srv_port s:PORTOFUAS2",
        register("uas1"),
        f"uac > INVITE | {TO_BOB}\nuas1 < INVITE\nwait 28\nuas2 < INVITE\nuas2 > 200\nuac < 200\nuac > ACK\nuas2 < ACK",
        defines="WITH_VOICEMAIL WITH_SETTINGS3",
    ),
}
