# ruff: noqa: E501
"""branch_route, onreply_route and reply_route: their order, their edits, their variables."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_CALL = """
uac > INVITE
uas1 < INVITE
uas1 > 180
uac < 180
uas1 > 200
uac < 200
"""


def call(before: str, more: str) -> str:
    """Return routes of a call to the first callee."""
    return f"""
    route[CASE] {{
        if (is_method("ACK|CANCEL")) {{ t_relay(); exit; }}
        {before}
        $du = "sip:UAS1";
        SHOW(t_relay());
    }}
    {more}
    """


CASES: dict[str, Case] = {
    "branch_route_edits_each_branch": Case(
        call(
            't_on_branch("CASE"); append_branch("sip:two@UAS2"); append_hf("X-All: 1\\r\\n");',
            """
            branch_route[CASE] {
                SAY("branch $T_branch_idx $ru $du");
                append_hf("X-Branch: $T_branch_idx\\r\\n");
                if ($T_branch_idx == 1) { $ru = "sip:changed@UAS2"; remove_hf("X-Gone"); }
            }
            """,
        ),
        """
        uac > OPTIONS | X-Gone: 1
        uas1 < OPTIONS
        uas2 < OPTIONS
        uas1 > 404
        uas2 > 200
        uac < 200
        """,
    ),
    "branch_route_changes_the_destination": Case(
        call('t_on_branch("CASE");', 'branch_route[CASE] { SAY("$ru $du"); $du = "sip:UAS2"; SAY("$ru $du"); }'),
        """
        uac > OPTIONS
        uas2 < OPTIONS
        uas2 > 200
        uac < 200
        """,
    ),
    "branch_route_changes_the_uri": Case(
        call('t_on_branch("CASE");', 'branch_route[CASE] { $rU = "carol"; $ru = $ru + ";x=y"; SAY("$ru"); }'),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "branch_route_drop_of_the_only_branch": Case(
        call('t_on_branch("CASE");', 'branch_route[CASE] { SAY("dropped"); drop; }'),
        """
        uac > INVITE
        wait 0.4
        """,
        settle=0.6,
    ),
    "branch_route_drop_of_one": Case(
        call(
            't_on_branch("CASE"); append_branch("sip:two@UAS2");',
            'branch_route[CASE] { SAY("$T_branch_idx $ru"); if ($rU == "bob") { drop; } }',
        ),
        """
        uac > INVITE
        uas2 < INVITE
        uas2 > 200
        uac < 200
        """,
    ),
    "branch_route_exit": Case(
        call('t_on_branch("CASE");', 'branch_route[CASE] { append_hf("X-Branch: 1\\r\\n"); exit; }'),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "branch_route_subroute": Case(
        call(
            't_on_branch("CASE"); $var(from_request) = "yes";',
            """
            branch_route[CASE] { route(CASE_SUB); SAY("$rc $var(from_request) $var(from_sub)"); }
            route[CASE_SUB] { append_hf("X-Sub: 1\\r\\n"); $var(from_sub) = "sub"; return 3; }
            """,
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "branch_route_variables_come_back": Case(
        """
        route[CASE] {
            t_on_branch("CASE");
            $var(x) = "request";
            $avp(x) = "request";
            $du = "sip:UAS1";
            t_relay();
            SAY("$var(x) $avp(x) $ru $du");
        }
        branch_route[CASE] { $var(x) = "branch"; $avp(x) = "branch"; $ru = "sip:changed@UAS1"; }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "branch_flags": Case(
        call(
            't_on_branch("CASE"); t_on_reply("CASE"); setbflag(3); append_branch("sip:two@UAS2"); setbflag(4, 1);',
            """
            branch_route[CASE] {
                SAY("$T_branch_idx $bf");
                if (isbflagset(3)) { SAY("flag 3"); }
                if (isbflagset(4)) { SAY("flag 4"); }
                setbflag(5);
            }
            onreply_route[CASE] {
                SAY("reply $rs $bf");
                if (isbflagset(3)) { SAY("flag 3"); }
                if (isbflagset(4)) { SAY("flag 4"); }
                if (isbflagset(5)) { SAY("flag 5"); }
            }
            """,
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas2 < OPTIONS
        uas1 > 404
        wait 0.1
        uas2 > 200
        uac < 200
        """,
    ),
    "branch_flags_in_failure_route": Case(
        call(
            't_on_failure("CASE"); setbflag(3);',
            """
            failure_route[CASE] {
                if (isbflagset(3)) { SAY("flag 3"); }
                $ru = "sip:two@UAS2"; $du = $null;
                setbflag(4);
                t_on_branch("CASE");
                t_relay();
            }
            branch_route[CASE] { SAY("$T_branch_idx $bf"); }
            """,
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 404
        uas2 < OPTIONS
        uas2 > 200
        uac < 200
        """,
    ),
    "message_flags_in_all_routes": Case(
        call(
            't_on_branch("CASE"); t_on_reply("CASE"); setflag(1);',
            """
            branch_route[CASE] { SAY("branch $mf"); setflag(2); }
            onreply_route[CASE] { SAY("reply $mf"); setflag(7); }
            """,
        ),
        _CALL,
    ),
    "avps_in_all_routes": Case(
        call(
            't_on_branch("CASE"); t_on_reply("CASE"); $avp(list) = "request";',
            """
            branch_route[CASE] { $avp(list) = "branch"; }
            onreply_route[CASE] { SAY("$rs $(avp(list)[*])"); $avp(list) = "reply $rs"; }
            """,
        ),
        _CALL,
    ),
    "xavps_in_all_routes": Case(
        call(
            't_on_branch("CASE"); t_on_reply("CASE"); $xavp(a=>b) = "request"; $vn(gone) = "x";',
            """
            branch_route[CASE] { $xavp(a[0]=>c) = "branch"; }
            onreply_route[CASE] { SAY("$rs $xavp(a=>b) $xavp(a=>c) $xavp(a=>d)"); $xavp(a[0]=>d) = $rs; }
            """,
        ),
        _CALL,
    ),
    "reply_route_comes_first": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("onreply $rs $rr $rm $si $ru $T_branch_idx"); }'),
        _CALL,
    ),
    "reply_route_drops_a_provisional": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("onreply $rs"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        wait 0.2
        uas1 > 200
        uac < 200
        """,
    ),
    "reply_route_drop_of_a_final_reply": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("onreply $rs"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uas1 > 200
        uac < 200
        """,
    ),
    "onreply_route_drops_a_provisional": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs"); if ($rs == 180) { drop; } }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uas1 > 183
        uac < 183
        uas1 > 200
        uac < 200
        """,
    ),
    "onreply_route_drops_a_final_reply": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs"); if ($rs == 486) { drop; } }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uas1 < ACK
        uac < 486
        uac > ACK
        """,
    ),
    "onreply_route_exit": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs"); exit; }'),
        _CALL,
    ),
    "onreply_route_edits_the_reply": Case(
        call(
            't_on_reply("CASE");',
            """
            onreply_route[CASE] {
                remove_hf("Server");
                append_hf("X-Reply: $rs\\r\\n");
                insert_hf("X-First: 1\\r\\n");
                subst("/X-Old: a/X-New: b/");
            }
            """,
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180 | Server: uas | X-Old: a
        uac < 180
        uas1 > 200 | Server: uas | Content-Type: text/plain | body=hello
        uac < 200
        """,
    ),
    "onreply_route_edits_a_failure": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { append_hf("X-Reply: $rs\\r\\n"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uac > ACK
        """,
    ),
    "onreply_route_changes_the_body": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { if ($rs == 200) { set_body("new body", "text/x"); } }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 200 | Content-Type: text/plain | body=hello
        uac < 200
        """,
    ),
    "onreply_route_armed_in_the_branch": Case(
        call(
            't_on_branch("CASE"); append_branch("sip:two@UAS2"); t_on_reply("CASE");',
            """
            branch_route[CASE] { if ($T_branch_idx == 1) { t_on_reply("CASE_1"); } }
            onreply_route[CASE] { SAY("request's $rs"); }
            onreply_route[CASE_1] { SAY("branch's $rs"); }
            """,
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas2 < OPTIONS
        uas1 > 404
        wait 0.1
        uas2 > 200
        uac < 200
        """,
    ),
    "failure_route_armed_in_the_branch": Case(
        call(
            't_on_branch("CASE"); t_on_failure("CASE");',
            """
            branch_route[CASE] { t_on_failure("CASE_1"); }
            failure_route[CASE] { SAY("request's"); }
            failure_route[CASE_1] { SAY("branch's"); }
            """,
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 404
        uac < 404
        """,
    ),
    "failure_route_armed_in_onreply": Case(
        call(
            't_on_reply("CASE");',
            'onreply_route[CASE] { t_on_failure("CASE"); }\nfailure_route[CASE] { SAY("armed late $T_reply_code"); }',
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 404
        uac < 404
        """,
    ),
    "disarmed_routes": Case(
        call(
            't_on_branch("CASE"); t_on_reply("CASE"); t_on_failure("CASE"); t_on_branch("0"); t_on_reply("0"); t_on_failure("0");',
            """
            branch_route[CASE] { SAY("branch"); }
            onreply_route[CASE] { SAY("reply"); }
            failure_route[CASE] { SAY("failure"); }
            """,
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 404
        uac < 404
        """,
    ),
    "onreply_route_status_functions": Case(
        call(
            't_on_reply("CASE");',
            """
            onreply_route[CASE] {
                SAY("$rs");
                if (t_check_status("18[0-9]")) { SAY("ringing"); }
                SHOW(t_check_status("200"));
                SHOW(t_check_trans());
                SAY("$T_branch_idx $T_reply_code $T_reply_last $T(reply_code) $T_req($rm) $T_req($ru) $T_inv($fU)");
            }
            """,
        ),
        _CALL,
    ),
    "onreply_route_sees_trying": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 100
        uas1 > 200
        uac < 200
        """,
    ),
    "onreply_route_sees_retransmitted_failures": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > again 180
        wait 0.1
        uas1 > 486
        uas1 < ACK
        uas1 > again 486
        wait 0.1
        uas1 > 404
        wait 0.1
        uac < 486
        uac > ACK
        """,
    ),
    "onreply_route_sees_retransmitted_success": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs"); append_hf("X-Reply: 1\\r\\n"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 200
        uac < 200
        uas1 > again 200
        wait 0.1
        """,
        repeats=True,
    ),
    "onreply_route_sees_the_reply_to_the_cancel": Case(
        call('t_on_reply("CASE");', 'onreply_route[CASE] { SAY("$rs $rm"); }'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
    ),
    "onsend_sees_what_is_sent": Case(
        call("", ""),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uac < 487
        uac > ACK
        """,
        profile="onsend",
    ),
    "onsend_drops": Case(
        call("", ""),
        """
        uac > OPTIONS
        wait 0.3
        """,
        profile="onsend",
        settle=0.5,
    ),
    "variables_of_replies": Case(
        call(
            't_on_reply("CASE");',
            'onreply_route[CASE] { SAY("$rs $rr $T_rpl($rs) $T_req($ci) $T(reply_type) $T(branch_index)"); }',
        ),
        _CALL,
    ),
    "on_reply_changed_between_replies": Case(
        call(
            't_on_reply("CASE");',
            'onreply_route[CASE] { SAY("first $rs"); t_on_reply("CASE_2"); }\nonreply_route[CASE_2] { SAY("second $rs"); }',
        ),
        _CALL,
    ),
    "msg_apply_changes_before_relay": Case(
        call(
            'append_hf("X-One: 1\\r\\n"); SHOW(msg_apply_changes()); remove_hf("X-One"); append_hf("X-Two: $hdr(X-One)\\r\\n");',
            "",
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
}
