# ruff: noqa: E501
"""CANCEL: taken by the transaction, sent on when it may be."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_RELAY = """
route[CASE] {
    SAY("$rm");
    if (is_method("ACK")) { exit; }
    if (is_method("CANCEL")) {
        if (t_check_trans()) { SAY("known"); SHOW(t_relay()); }
        exit;
    }
    t_on_failure("CASE");
    $du = "sip:UAS1";
    t_relay();
}
failure_route[CASE] {
    SAY("failure $T_reply_code");
    if (t_is_canceled()) { SAY("canceled"); exit; }
    SAY("not canceled");
}
"""

_RINGING = """
uac > INVITE
uas1 < INVITE
uas1 > 180
uac < 180
"""

CASES: dict[str, Case] = {
    "cancel_while_ringing": Case(
        _RELAY,
        _RINGING
        + """
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        uas1 < ACK
        """,
    ),
    "cancel_with_a_reason": Case(
        _RELAY,
        _RINGING
        + """
        uac > CANCEL | Reason: SIP;cause=200;text="elsewhere" | User-Agent: ua | X-Other: 1
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_with_two_reasons": Case(
        _RELAY,
        _RINGING
        + """
        uac > CANCEL | Reason: SIP;cause=200 | Reason: Q.850;cause=16, X;cause=1
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_before_any_provisional": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uac > CANCEL
        uac < 200 to CANCEL
        wait 0.2
        uas1 > 180
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_and_the_callee_never_answers": Case(
        _RELAY.replace("t_relay();\n}", 't_set_fr("1500", "1000");\n t_relay();\n}', 1),
        """
        uac > INVITE
        uas1 < INVITE
        uac > CANCEL
        uac < 200 to CANCEL
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_and_the_callee_answers_only_the_cancel": Case(
        _RELAY.replace("    t_relay();\n}", '    t_set_fr("3000", "1000");\n t_relay();\n}', 1),
        _RINGING
        + """
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_crosses_a_success": Case(
        _RELAY,
        _RINGING
        + """
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to INVITE
        uac < 200 to INVITE
        uas1 > 481 to CANCEL
        """,
    ),
    "cancel_after_the_final_reply": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uac > CANCEL
        uac < 200 to CANCEL
        uac > ACK
        """,
    ),
    "cancel_after_success": Case(
        _RELAY,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 200
        uac < 200
        uac > CANCEL
        """,
    ),
    "cancel_without_a_transaction": Case(
        """
        route[CASE] {
            SHOW(t_lookup_cancel());
            SHOW(t_check_trans());
            SHOW(t_relay_cancel());
            SAY("after");
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > CANCEL | branch=z9hG4bK-uac-none | ruri=sip:bob@SERVER | cseq=1
        wait 0.2
        """,
    ),
    "cancel_without_a_transaction_relayed": Case(
        """
        route[CASE] { $du = "sip:UAS1"; SHOW(t_relay()); }
        """,
        """
        uac > CANCEL | branch=z9hG4bK-uac-none | ruri=sip:bob@SERVER | cseq=1
        uas1 < CANCEL
        uas1 > 481 to CANCEL
        wait 0.2
        """,
    ),
    "relay_cancel": Case(
        """
        route[CASE] {
            if (is_method("CANCEL")) {
                SHOW(t_lookup_cancel());
                if (!t_relay_cancel()) { SAY("failed"); }
                SAY("after");
                exit;
            }
            if (is_method("ACK")) exit;
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        _RINGING
        + """
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "lookup_cancel_copies_flags": Case(
        """
        route[CASE] {
            if (is_method("CANCEL")) {
                setflag(4);
                SHOW(t_lookup_cancel("1"));
                if (isflagset(3)) { SAY("flag 3"); }
                if (isflagset(4)) { SAY("flag 4"); }
                t_relay();
                exit;
            }
            if (is_method("ACK")) exit;
            setflag(3);
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        _RINGING
        + """
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_of_a_fork": Case(
        """
        route[CASE] {
            if (is_method("CANCEL")) { t_relay(); exit; }
            if (is_method("ACK")) exit;
            t_on_failure("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            t_relay();
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); SHOW(t_is_canceled()); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 180
        uas2 > 180
        uac < 180
        uac < 180
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas2 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uas2 > 200 to CANCEL
        uas2 > 487 to INVITE
        uas2 < ACK
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_of_a_fork_with_one_silent_branch": Case(
        """
        route[CASE] {
            if (is_method("CANCEL")) { t_relay(); exit; }
            if (is_method("ACK")) exit;
            t_set_fr("3000", "1200");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 180
        uac < 180
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_repeated": Case(
        _RELAY,
        _RINGING
        + """
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uac > again CANCEL
        uac < 200 to CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_of_options": Case(
        """
        route[CASE] {
            SAY("$rm");
            if (is_method("CANCEL")) { SHOW(t_check_trans()); exit; }
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        """
        uac > OPTIONS | branch=z9hG4bK-uac-same
        uas1 < OPTIONS
        uac > CANCEL | branch=z9hG4bK-uac-same | ruri=sip:bob@SERVER | cseq=1
        wait 0.2
        uas1 > 200 to OPTIONS
        uac < 200 to OPTIONS
        """,
    ),
    "canceled_call_does_not_fork_serially": Case(
        """
        route[CASE] {
            if (is_method("CANCEL")) { t_relay(); exit; }
            if (is_method("ACK")) exit;
            t_on_failure("CASE");
            $du = "sip:UAS1";
            t_relay();
        }
        failure_route[CASE] {
            SAY("failure $T_reply_code");
            $ru = "sip:two@UAS2";
            $du = $null;
            SHOW(t_relay());
        }
        """,
        _RINGING
        + """
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "canceled_but_the_branch_says_busy": Case(
        _RELAY,
        _RINGING
        + """
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 486 to INVITE
        uac < 486
        uac > ACK
        """,
    ),
    "no_e2e_cancel_reason": Case(
        _RELAY.replace("    t_relay();\n}", "    SHOW(t_set_no_e2e_cancel_reason(1));\n t_relay();\n}", 1),
        _RINGING
        + """
        uac > CANCEL | Reason: SIP;cause=200
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "late_success_after_cancel": Case(
        _RELAY.replace("    t_relay();\n}", '    t_set_fr("3000", "800");\n t_relay();\n}', 1),
        _RINGING
        + """
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uac < 487
        uac > ACK
        uas1 > 200 to INVITE
        uac < 200 to INVITE
        """,
    ),
    "cancel_of_a_reply_of_our_own": Case(
        """
        route[CASE] {
            SAY("$rm");
            if (is_method("ACK")) exit;
            if (is_method("CANCEL")) { SHOW(t_lookup_cancel()); SHOW(t_relay_cancel()); SAY("after"); exit; }
            t_newtran();
            t_reply("180", "Ringing");
        }
        """,
        """
        uac > INVITE
        uac < 180
        uac > CANCEL
        uac < 200 to CANCEL
        wait 0.3
        """,
    ),
    "cancel_branches_on_a_reply": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            t_on_reply("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            t_relay();
        }
        onreply_route[CASE] { SAY("$rs"); if ($rs == 183) { SHOW(t_cancel_branches("others")); } }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 183
        uac < 183
        uas2 < CANCEL
        uas2 > 200 to CANCEL
        uas2 > 487 to INVITE
        uas2 < ACK
        uas1 > 200 to INVITE
        uac < 200 to INVITE
        """,
    ),
    "cancel_branches_this": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            t_on_reply("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            t_relay();
        }
        onreply_route[CASE] { SAY("$rs"); if ($rs == 183) { SHOW(t_cancel_branches("this")); } }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 183
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        wait 0.3
        uas2 > 200 to INVITE
        uac < 200 to INVITE
        """,
        differs='`t_cancel_branches("this")`',
    ),
    "cancel_branches_all": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            t_on_reply("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            t_relay();
        }
        onreply_route[CASE] { SAY("$rs"); if ($rs == 183) { SHOW(t_cancel_branches("all")); } }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 183
        uas1 < CANCEL
        uas2 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uas2 > 200 to CANCEL
        uas2 > 487 to INVITE
        uas2 < ACK
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_callid": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            if (is_method("MESSAGE")) {
                SHOW(t_cancel_callid("CASE", "1", "22"));
                if (isflagset(22)) { SAY("flag"); }
                SHOW(t_cancel_callid("CASE.none", "1", "22"));
                sl_send_reply("200", "OK");
                exit;
            }
            t_on_failure("CASE");
            $du = "sip:UAS1";
            t_relay();
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); SHOW(t_is_canceled()); if (isflagset(22)) { SAY("flag 22"); } }
        """,
        _RINGING
        + """
        uac > MESSAGE | call=other
        uac < 200 to MESSAGE
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "cancel_callid_with_a_reason": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            if (is_method("MESSAGE")) {
                SHOW(t_cancel_callid("CASE", "1", "22", "200"));
                sl_send_reply("200", "OK");
                exit;
            }
            $du = "sip:UAS1";
            t_relay();
        }
        """,
        _RINGING
        + """
        uac > MESSAGE | call=other
        uac < 200 to MESSAGE
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "reply_callid": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            if (is_method("MESSAGE")) {
                SHOW(t_reply_callid("CASE", "1", "404", "Taken away"));
                SHOW(t_reply_callid("CASE.none", "1", "404", "Taken away"));
                sl_send_reply("200", "OK");
                exit;
            }
            t_on_failure("CASE");
            $du = "sip:UAS1";
            t_relay();
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        _RINGING
        + """
        uac > MESSAGE | call=other
        uac < 404 to INVITE
        uac > ACK
        """,
    ),
}
