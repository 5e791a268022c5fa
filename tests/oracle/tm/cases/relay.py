# ruff: noqa: E501
"""One branch: what t_relay sends on and back, and what a transaction absorbs."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_RELAY = """
route[CASE] {
    if (is_method("ACK")) { SHOW(t_relay()); exit; }
    $du = "sip:UAS1";
    SHOW(t_relay());
}
"""

_ANSWERED = """
uac > INVITE
uas1 < INVITE
uas1 > 180
uac < 180
uas1 > 200
uac < 200
uac > ACK
uas1 < ACK
"""

CASES: dict[str, Case] = {
    "relay_answered": Case(_RELAY, _ANSWERED),
    "relay_whole_call": Case(_RELAY, _ANSWERED + "uac > BYE\nuas1 < BYE\nuas1 > 200 to BYE\nuac < 200 to BYE"),
    "relay_busy": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uas1 < ACK
        uac > ACK
        """,
    ),
    "relay_not_found_after_provisional": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 100
        uas1 > 183 | X-One: 1 | body=v=0 | Content-Type: application/sdp
        uac < 183
        uas1 > 404 Nobody here | X-Two: 2
        uac < 404
        uas1 < ACK
        uac > ACK
        """,
    ),
    "relay_all_classes_of_failures": Case(
        _RELAY,
        "\n".join(
            f"""
            uac > OPTIONS | call={status}
            uas1 < OPTIONS
            uas1 > {status} to OPTIONS
            uac < {"500" if status == 503 else status}
            """
            for status in (202, 301, 302, 380, 400, 401, 407, 408, 420, 480, 500, 501, 503, 504, 600, 603)
        ),
    ),
    "relay_redirect": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 302 | contact=<sip:other@192.0.2.1>
        uac < 302
        uas1 < ACK
        uac > ACK
        """,
    ),
    "relay_message_with_body": Case(
        _RELAY,
        """
        uac > MESSAGE | Content-Type: text/plain | body=hello world
        uas1 < MESSAGE
        uas1 > 200
        uac < 200
        """,
    ),
    "relay_many_headers": Case(
        _RELAY,
        """
        uac > INVITE | User-Agent: ua | Supported: 100rel,  timer | X-Long: a;b=c, "d" | Subject: | Allow: INVITE, ACK
        uas1 < INVITE
        uas1 > 200 | Server: uas | Supported: timer | Allow: INVITE
        uac < 200
        uac > ACK
        uas1 < ACK
        """,
    ),
    "relay_request_uri": Case(
        """
        route[CASE] { $ru = "sip:carol@UAS1;x=y"; SAY("to $ru $du"); SHOW(t_relay()); }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "relay_changed_headers": Case(
        """
        route[CASE] {
            append_hf("X-Appended: 1\\r\\n");
            remove_hf("X-Gone");
            insert_hf("X-First: 1\\r\\n");
            subst("/X-Old: a/X-New: b/");
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        """
        uac > OPTIONS | X-Gone: 1 | X-Old: a
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "relay_max_forwards": Case(
        """
        route[CASE] {
            if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        """
        uac > OPTIONS | max-forwards=70
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        uac > OPTIONS | max-forwards=1
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        uac > OPTIONS | max-forwards=0
        uac < 483
        """,
    ),
    "relay_loop_runs_out_of_hops": Case(
        """
        route[CASE] {
            if (!mf_process_maxfwd_header("10")) { SAY("end of the loop"); sl_send_reply("483", "Too Many Hops"); exit; }
            $ru = "sip:bob@SERVER";
            t_relay();
        }
        """,
        """
        uac > OPTIONS | max-forwards=3
        uac < 483
        """,
    ),
    "request_retransmission_is_absorbed": Case(
        """
        route[CASE] {
            SAY("request");
            if (is_method("ACK")) { exit; }
            t_set_retr("3000", "4000");
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uac < 100
        uac > again INVITE
        uac < 100
        uas1 > 180
        uac < 180
        uac > again INVITE
        uac < 180
        uas1 > 486
        uac < 486
        uac > again INVITE
        uac < 486
        uac > ACK
        wait 0.2
        uac > again INVITE
        """,
        repeats=True,
    ),
    "request_retransmission_is_seen_by_lookup": Case(
        """
        route[CASE] {
            SHOW(t_lookup_request());
            SHOW(t_check_trans());
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uac > again OPTIONS
        wait 0.1
        uas1 > 200
        uac < 200
        uac > again OPTIONS
        uac < 200
        """,
        repeats=True,
    ),
    "lookup_then_retransmit_reply": Case(
        """
        route[CASE] {
            if (t_lookup_request()) { SAY("known"); SHOW(t_retransmit_reply()); exit; }
            t_newtran();
            SAY("new");
            t_reply("480", "Not now");
        }
        """,
        """
        uac > OPTIONS
        uac < 480
        uac > again OPTIONS
        uac < 480
        """,
        repeats=True,
    ),
    "reply_retransmissions_are_absorbed": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > again 180
        uac < 180
        uas1 > 486
        uac < 486
        uas1 < ACK
        uas1 > again 486
        uas1 < ACK
        uac > ACK
        """,
        repeats=True,
    ),
    "final_reply_retransmissions_of_non_invite": Case(
        _RELAY,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        uas1 > again 200
        wait 0.1
        uas1 > again 200
        """,
        repeats=True,
    ),
    "success_retransmissions_are_relayed": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 200
        uac < 200
        uas1 > again 200
        uac < 200
        uac > ACK
        uas1 < ACK
        uas1 > again 200
        uac < 200
        uac > again ACK
        uas1 < ACK
        """,
        repeats=True,
    ),
    "second_success_after_the_first": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 200
        uac < 200
        uas1 > 200 | tag=uas1b
        uac < 200
        """,
    ),
    "replies_after_a_final_one": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uas1 < ACK
        uas1 > 180
        wait 0.1
        uas1 > 404
        wait 0.1
        uas1 > 200
        """,
    ),
    "ack_to_a_failure_reaches_the_script": Case(
        """
        route[CASE] {
            SAY("$rm");
            if (is_method("ACK")) { SHOW(t_check_trans()); SHOW(t_relay()); exit; }
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 404
        uac < 404
        uac > ACK
        wait 0.1
        uac > again ACK
        """,
        repeats=True,
    ),
    "ack_without_a_transaction": Case(
        """
        route[CASE] {
            $ru = "sip:bob@UAS1"; SHOW(t_relay());
        }
        """,
        """
        uac > ACK | to-tag=given
        uas1 < ACK
        """,
    ),
    "check_trans_of_a_stray_ack": Case(
        """
        route[CASE] { SAY("before"); SHOW(t_check_trans()); SAY("after"); }
        """,
        """
        uac > ACK | to-tag=given
        """,
    ),
    "lookup_request_of_a_stray_ack": Case(
        """
        route[CASE] { SAY("before"); SHOW(t_lookup_request()); SAY("after"); }
        """,
        """
        uac > ACK | to-tag=given
        """,
    ),
    "ack_of_success_with_t_check_trans": Case(
        """
        route[CASE] {
            if (is_method("ACK")) {
                SHOW(t_check_trans());
                SHOW(t_lookup_request());
                SHOW(t_relay());
                exit;
            }
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        _ANSWERED,
    ),
    "auto_100": Case(
        """
        route[CASE] { $du = "sip:UAS1"; t_relay(); }
        """,
        """
        uac > INVITE | call=invite
        uac < 100
        uas1 < INVITE
        uac > OPTIONS | call=options
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "auto_100_off": Case(
        """
        route[CASE] { SHOW(t_set_auto_inv_100("0")); $du = "sip:UAS1"; t_relay(); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        """,
    ),
    "trying_from_downstream_is_not_relayed": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 100 Wait a moment
        wait 0.1
        uas1 > 200
        uac < 200
        """,
    ),
    "provisional_of_non_invite": Case(
        _RELAY,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 183
        wait 0.1
        uas1 > 200
        uac < 200
        """,
    ),
    "prack_and_update": Case(
        _RELAY,
        """
        uac > INVITE | Supported: 100rel
        uas1 < INVITE
        uas1 > 183 | Require: 100rel | RSeq: 1
        uac < 183
        uac > PRACK | RAck: 1 1 INVITE
        uas1 < PRACK
        uas1 > 200 to PRACK
        uac < 200 to PRACK
        uac > UPDATE
        uas1 < UPDATE
        uas1 > 200 to UPDATE
        uac < 200 to UPDATE
        uas1 > 200 to INVITE
        uac < 200 to INVITE
        uac > ACK
        uas1 < ACK
        """,
    ),
    "two_transactions_of_one_call": Case(
        _RELAY,
        """
        uac > INFO | new
        uas1 < INFO
        uac > MESSAGE
        uas1 < MESSAGE
        uas1 > 200 to MESSAGE
        uac < 200 to MESSAGE
        uas1 > 202 to INFO
        uac < 202 to INFO
        """,
    ),
    "request_from_the_callee": Case(
        """
        route[CASE] {
            if (is_method("BYE")) { $du = "sip:UAC"; SHOW(t_relay()); exit; }
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 200
        uac < 200
        uas1 > BYE | to-tag=caller
        uac < BYE
        uac > 200 to BYE
        uas1 < 200
        """,
    ),
    "via_of_the_caller_without_rport": Case(
        """
        route[CASE] { $du = "sip:UAS1"; t_relay(); }
        """,
        """
        uac > OPTIONS | branch=z9hG4bK-uac-x;x=y
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "branch_without_the_magic_cookie": Case(
        """
        route[CASE] { SAY("$rm"); if (is_method("ACK")) { t_relay(); exit; } $du = "sip:UAS1"; t_relay(); }
        """,
        """
        uac > INVITE | branch=uac-1
        uas1 < INVITE
        uac > again INVITE
        uas1 > 486
        uac < 486
        uac > ACK
        """,
    ),
    "relay_twice": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            $du = "sip:UAS1";
            SHOW(t_relay());
            $ru = "sip:carol@UAS2";
            $du = $null;
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        wait 0.2
        """,
    ),
    "relay_after_reply": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            SHOW(t_newtran());
            SHOW(t_reply("486", "Busy"));
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE
        uac < 486
        uac > ACK
        """,
    ),
    "forward_stateless_beside_tm": Case(
        """
        route[CASE] { $du = "sip:UAS1"; SHOW(forward()); }
        onreply_route[CASE] { SAY("never"); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > 200
        uac < 200
        """,
        differs="the code of `forward()`",
    ),
    "reply_of_an_unknown_transaction": Case(
        """
        route[CASE] { $du = "sip:UAS1"; forward(); }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200 | X-Test: 1
        uac < 200
        uas1 > again 200
        """,
        repeats=True,
    ),
    "early_media_forked_downstream": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180 | tag=uas1a
        uac < 180
        uas1 > 183 | tag=uas1b
        uac < 183
        uas1 > 200 | tag=uas1b
        uac < 200
        uas1 > 200 | tag=uas1a
        uac < 200
        """,
    ),
    "register_relayed": Case(
        _RELAY,
        """
        uac > REGISTER | Expires: 60
        uas1 < REGISTER
        uas1 > 200 | Expires: 60
        uac < 200
        """,
    ),
}
