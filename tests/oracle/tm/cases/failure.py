# ruff: noqa: E501
"""failure_route: what it sees, and what it may do."""

from __future__ import annotations

from tests.oracle.tm.case import Case


def failing(body: str, before: str = "", more: str = "") -> str:
    """Return routes of a call to the first callee whose failure runs *body*."""
    return f"""
    route[CASE] {{
        if (is_method("ACK|CANCEL")) {{ t_relay(); exit; }}
        t_on_failure("CASE");
        {before}
        $du = "sip:UAS1";
        t_relay();
    }}
    failure_route[CASE] {{
        {body}
    }}
    {more}
    """


def busy_then(more: str, status: int = 486) -> str:
    """Return a play in which the first callee fails."""
    return f"""
    uac > INVITE
    uas1 < INVITE
    uas1 > {status}
    uas1 < ACK
    {more}
    uac > ACK
    """


SECOND = """
uas2 < INVITE
uas2 > 180
uac < 180
uas2 > 200
uac < 200
"""

CASES: dict[str, Case] = {
    "failure_changed_ruri": Case(
        failing('SAY("$T_reply_code $ru $du"); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then(SECOND),
    ),
    "failure_append_branch": Case(
        failing('$du = $null; append_branch("sip:two@UAS2"); SHOW(t_relay());'),
        busy_then(SECOND),
    ),
    "failure_append_branch_keeps_the_destination": Case(
        failing('append_branch("sip:two@UAS2"); SAY("$du"); SHOW(t_relay());'),
        busy_then("uas1 < INVITE\nuas1 > 200\nuac < 200"),
    ),
    "failure_append_branch_without_arguments": Case(
        failing('$ru = "sip:two@UAS2"; $du = $null; append_branch(); SHOW(t_relay());'),
        busy_then(SECOND),
    ),
    "failure_relay_without_a_change": Case(
        failing("SHOW(t_relay());"),
        busy_then("uac < 486"),
    ),
    "failure_changed_du": Case(
        failing('$du = "sip:UAS2"; SHOW(t_relay());'),
        busy_then("uas2 < INVITE\nuas2 > 404\nuac < 404"),
    ),
    "failure_again_and_again": Case(
        failing(
            'SAY("first $T_reply_code"); t_on_failure("CASE_2"); $ru = "sip:two@UAS2"; $du = $null; t_relay();',
            more='failure_route[CASE_2] { SAY("second $T_reply_code"); t_on_failure("CASE_3"); $ru = "sip:three@UAS3"; $du = $null; t_relay(); }\n'
            'failure_route[CASE_3] { SAY("third $T_reply_code"); }',
        ),
        busy_then("uas2 < INVITE\nuas2 > 404\nuas2 < ACK\nuas3 < INVITE\nuas3 > 480\nuas3 < ACK\nuac < 480"),
    ),
    "failure_not_armed_again": Case(
        failing('SAY("first"); $ru = "sip:two@UAS2"; $du = $null; t_relay();'),
        busy_then("uas2 < INVITE\nuas2 > 404\nuac < 404"),
    ),
    "failure_serial_best_reply": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; t_relay();'),
        busy_then("uas2 < INVITE\nuas2 > 500\nuac < 500", 404),
    ),
    "failure_serial_best_reply_is_the_last": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; t_relay();'),
        busy_then("uas2 < INVITE\nuas2 > 486\nuac < 486", 401),
    ),
    "failure_replies_itself": Case(
        failing('SHOW(t_reply("480", "Try later"));'),
        busy_then("uac < 480"),
    ),
    "failure_send_reply": Case(
        failing('SHOW(send_reply("480", "Try later"));'),
        busy_then("uac < 480"),
    ),
    "failure_replies_with_headers": Case(
        failing('append_to_reply("X-Failed: $T_reply_code\\r\\n"); t_reply("480", "Try later");'),
        busy_then("uac < 480"),
    ),
    "failure_provisional_then_relay": Case(
        failing('SHOW(t_reply("181", "Call Is Being Forwarded")); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then("uac < 181" + SECOND),
    ),
    "failure_drop": Case(
        failing('SAY("dropped"); drop;'),
        busy_then("uac < 486"),
    ),
    "failure_t_drop": Case(
        failing('SHOW(t_drop("480")); SAY("after");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uas1 < ACK
        wait 0.3
        """,
    ),
    "failure_check_status": Case(
        failing(
            'if (t_check_status("486|408")) { SAY("busy"); } if (t_check_status("4[0-9]*")) { SAY("4xx"); }'
            ' if (!t_check_status("404")) { SAY("not 404"); } if (t_check_status("^48.")) { SAY("48x"); }'
            ' SHOW(t_check_status("5.."));',
        ),
        busy_then("uac < 486"),
    ),
    "failure_check_status_to_the_end_of_the_code": Case(
        failing('if (t_check_status("^486$")) { SAY("486"); } SHOW(t_check_status("^48$"));'),
        busy_then("uac < 486"),
    ),
    "failure_check_status_with_a_variable": Case(
        failing('$var(re) = "48[0-9]"; SHOW(t_check_status("$var(re)"));'),
        busy_then("uac < 486"),
    ),
    "failure_grep_status": Case(
        failing(
            'SHOW(t_grep_status("486")); SHOW(t_grep_status("404")); SHOW(t_any_replied()); SHOW(t_any_timeout());'
            " SHOW(t_branch_replied()); SHOW(t_branch_timeout()); SHOW(t_is_expired()); SHOW(t_is_canceled());"
        ),
        busy_then("uac < 486"),
    ),
    "failure_variables": Case(
        failing(
            'SAY("$rm $ru $rU $du $ci $cs $fU $tU $ft $tt $si $mt $rs $rr");'
            ' SAY("$T_reply_code $T_reply_reason $T_reply_last $T_branch_idx");'
            ' SAY("$T(reply_code) $T(branch_index) $T(reply_type)");'
            ' SAY("$T_rpl($rs) $T_rpl($rr) $T_rpl($hdr(X-Busy)) $T_rpl($tt) $T_req($rm) $T_inv($rU)");'
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486 Very busy | X-Busy: yes
        uas1 < ACK
        uac < 486
        uac > ACK
        """,
    ),
    "failure_after_timeout": Case(
        failing(
            'SAY("$T_reply_code $T_reply_last"); SHOW(t_branch_timeout()); SHOW(t_branch_replied()); SHOW(t_any_timeout());'
            ' SHOW(t_any_replied()); SHOW(t_is_expired()); SHOW(t_check_status("408")); SHOW(t_grep_status("408"));'
            ' SAY("$T_rpl($rs)"); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());',
            'SHOW(t_set_fr("0", "700"));',
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 200
        uac < 200
        """,
    ),
    "failure_after_timeout_while_ringing": Case(
        failing(
            'SAY("$T_reply_code"); SHOW(t_branch_timeout()); SHOW(t_branch_replied()); SHOW(t_any_timeout());'
            " SHOW(t_any_replied()); SHOW(t_is_expired());"
            ' $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());',
            't_set_fr("800", "3000");',
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uas2 < INVITE
        uas2 > 200
        uac < 200
        """,
    ),
    "failure_after_timeout_and_the_callee_never_ends": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; t_relay();', 't_set_fr("600", "3000");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas2 < INVITE
        uas2 > 200
        uac < 200
        wait 0.2
        """,
    ),
    "failure_late_success_of_the_first_branch": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; t_relay();', 't_set_fr("600", "3000");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 < CANCEL
        uas2 < INVITE
        uas1 > 200 to INVITE
        wait 0.3
        uas2 > 200
        uac < 200
        """,
    ),
    "failure_drop_replies": Case(
        failing('SHOW(t_drop_replies()); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then("uas2 < INVITE\nuas2 > 500\nuac < 500", 404),
    ),
    "failure_drop_replies_of_all": Case(
        failing('SHOW(t_drop_replies("a")); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then("uas2 < INVITE\nuas2 > 486\nuac < 486", 603),
    ),
    "failure_drop_replies_of_none": Case(
        failing('SHOW(t_drop_replies("n")); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then("uas2 < INVITE\nuas2 > 200\nuac < 200", 404),
    ),
    "failure_drop_replies_of_the_last": Case(
        failing('SHOW(t_drop_replies("l")); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then("uas2 < INVITE\nuas2 > 500\nuac < 500", 404),
    ),
    "failure_keeps_edits_of_the_request": Case(
        failing(
            'append_hf("X-Failure: 1\\r\\n"); $ru = "sip:two@UAS2"; $du = $null; t_relay();',
            'append_hf("X-Request: 1\\r\\n"); remove_hf("X-Gone"); t_on_branch("CASE");',
            'branch_route[CASE] { append_hf("X-Branch: $T_branch_idx\\r\\n"); }',
        ),
        """
        uac > INVITE | X-Gone: 1
        uas1 < INVITE
        uas1 > 486
        uas2 < INVITE
        uas2 > 200
        uac < 200
        """,
    ),
    "failure_edits_of_two_failures": Case(
        failing(
            'append_hf("X-First: 1\\r\\n"); t_on_failure("CASE_2"); $ru = "sip:two@UAS2"; $du = $null; t_relay();',
            more='failure_route[CASE_2] { append_hf("X-Second: 1\\r\\n"); $ru = "sip:three@UAS3"; $du = $null; t_relay(); }',
        ),
        busy_then("uas2 < INVITE\nuas2 > 404\nuas3 < INVITE\nuas3 > 200\nuac < 200"),
    ),
    "failure_flags_and_avps": Case(
        failing(
            'SAY("$avp(one) $(avp(many)[*]) $xavp(x=>y)"); if (isflagset(5)) { SAY("flag 5"); } if (isflagset(6)) { SAY("flag 6"); }'
            ' SAY("$mf"); setflag(6); $avp(one) = "changed"; $ru = "sip:two@UAS2"; $du = $null;'
            ' t_on_failure("CASE_2"); t_relay();',
            'setflag(5); $avp(one) = "first"; $avp(many) = 1; $avp(many) = 2; $xavp(x=>y) = "z";',
            'failure_route[CASE_2] { SAY("$avp(one) $mf"); if (isflagset(6)) { SAY("flag 6"); } }',
        ),
        busy_then("uas2 < INVITE\nuas2 > 404\nuac < 404"),
    ),
    "failure_flags_set_after_relay_are_lost": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            t_on_failure("CASE");
            $du = "sip:UAS1";
            t_relay();
            setflag(5);
            $avp(late) = "late";
            t_on_failure("CASE_2");
        }
        failure_route[CASE] { SAY("first $avp(late)"); if (isflagset(5)) { SAY("flag 5"); } }
        failure_route[CASE_2] { SAY("second $avp(late)"); }
        """,
        busy_then("uac < 486"),
    ),
    "failure_route_of_options": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; t_relay();'),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 404
        uas2 < OPTIONS
        uas2 > 200
        uac < 200
        """,
    ),
    "failure_not_run_for_success_or_provisional": Case(
        failing('SAY("never");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 183
        uac < 183
        uas1 > 200
        uac < 200
        """,
    ),
    "failure_of_6xx_relays_on": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'),
        busy_then("uas2 < INVITE\nuas2 > 404\nuac < 404", 603),
    ),
    "failure_of_503": Case(
        failing('SAY("$T_reply_code"); SHOW(t_check_status("503")); SHOW(t_check_status("500"));'),
        busy_then("uac < 500", 503),
    ),
    "failure_of_an_own_reply": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            t_on_failure("CASE");
            t_newtran();
            t_reply("486", "Busy");
        }
        failure_route[CASE] { SAY("never"); }
        """,
        """
        uac > INVITE
        uac < 486
        uac > ACK
        """,
    ),
    "failure_of_a_relay_that_fails": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            t_on_failure("CASE");
            $du = "sip:nowhere.invalid";
            if (!t_relay()) { SAY("$rc"); sl_reply_error(); }
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        """
        uac > INVITE
        uac < 478
        uac > ACK
        """,
        settle=0.5,
        differs="`sl_reply_error()` besides another final reply",
    ),
    "failure_relay_to_nowhere": Case(
        failing('SAY("$T_reply_code"); $ru = "sip:two@nowhere.invalid"; $du = $null; SHOW(t_relay());'),
        busy_then("uac < 486"),
        settle=0.5,
    ),
    "failure_forks": Case(
        failing('$ru = "sip:two@UAS2"; $du = $null; append_branch("sip:three@UAS3"); SHOW(t_relay());'),
        busy_then(
            "uas2 < INVITE\nuas3 < INVITE\nuas3 > 180\nuac < 180\nuas2 > 200\nuac < 200\nuas3 < CANCEL\nuas3 > 200 to CANCEL\nuas3 > 487 to INVITE\nuas3 < ACK"
        ),
    ),
    "failure_subroutes_and_return": Case(
        failing(
            'route(CASE_SUB); SAY("after $rc"); t_relay();',
            more='route[CASE_SUB] { SAY("sub $T_reply_code"); $ru = "sip:two@UAS2"; $du = $null; return 2; }',
        ),
        busy_then(SECOND),
    ),
    "failure_route_kinds": Case(
        failing(
            "SHOW(t_is_failure_route()); SHOW(t_is_request_route()); SHOW(t_is_branch_route()); SHOW(t_is_reply_route());",
            'SHOW(t_is_failure_route()); SHOW(t_is_request_route()); t_on_branch("CASE"); t_on_reply("CASE");',
            "branch_route[CASE] { SHOW(t_is_branch_route()); SHOW(t_is_request_route()); }\n"
            "onreply_route[CASE] { SHOW(t_is_reply_route()); SHOW(t_is_request_route()); }",
        ),
        busy_then("uac < 486"),
    ),
    "failure_of_a_fork_with_a_timeout": Case(
        failing(
            'SAY("$T_reply_code $T_branch_idx"); SHOW(t_any_timeout()); SHOW(t_any_replied()); SHOW(t_branch_timeout()); SHOW(t_branch_replied());',
            't_set_fr("0", "700"); append_branch("sip:two@UAS2");',
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 486
        uas2 < ACK
        uac < 408
        uac > ACK
        """,
    ),
    "branch_failure_event": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            t_on_branch_failure("CASE");
            t_on_failure("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            t_relay();
        }
        event_route[tm:branch-failure:CASE] {
            SAY("branch $T_branch_idx failed $T_reply_code");
            SHOW(t_check_status("404"));
            SHOW(t_branch_timeout());
            SHOW(t_branch_replied());
            if (t_check_status("404")) { $ru = "sip:three@UAS3"; SHOW(t_relay()); }
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 404
        uas1 < ACK
        uas3 < INVITE
        uas2 > 486
        uas2 < ACK
        uas3 > 480
        uas3 < ACK
        uac < 404
        uac > ACK
        """,
    ),
    "branch_failure_event_of_a_timeout": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            t_on_branch_failure("CASE");
            t_set_fr("0", "600");
            $ru = "sip:one@UAS1";
            t_relay();
        }
        event_route[tm:branch-failure:CASE] {
            SAY("branch $T_branch_idx failed $T_reply_code");
            SHOW(t_branch_timeout());
            SHOW(t_branch_replied());
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uac < 408
        uac > ACK
        """,
    ),
}
