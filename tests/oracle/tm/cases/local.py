# ruff: noqa: E501
"""Requests that the server makes, suspended ones, and what works from outside a transaction."""

from __future__ import annotations

from tests.oracle.tm.case import Case

CASES: dict[str, Case] = {
    "uac_send": Case(
        """
        route[CASE] {
            SHOW(t_uac_send("OPTIONS", "sip:CASE@UAS1", "", "", "X-Mine: 1\\r\\nFrom: <sip:a@b>;tag=given\\r\\nTo: <sip:CASE@d>\\r\\n", ""));
            sl_send_reply("200", "OK");
        }
        """,
        """
        uac > OPTIONS
        uac < 200
        uas1 < OPTIONS
        uas1 > 200
        wait 0.2
        """,
    ),
    "uac_send_with_a_body": Case(
        """
        route[CASE] {
            SHOW(t_uac_send("MESSAGE", "sip:CASE@192.0.2.1", "sip:UAS1", "", "From: <sip:a@b>;tag=given\\r\\nTo: <sip:CASE@d>\\r\\nContent-Type: text/plain\\r\\n", "hello"));
            sl_send_reply("200", "OK");
        }
        """,
        """
        uac > OPTIONS
        uac < 200
        uas1 < MESSAGE
        uas1 > 404
        wait 0.2
        """,
    ),
    "suspend_and_continue": Case(
        """
        route[CASE] {
            if (is_method("MESSAGE")) {
                SHOW(t_continue("$shv(CASE_index)", "$shv(CASE_label)", "CASE_GO_ON"));
                sl_send_reply("200", "OK");
                exit;
            }
            if (is_method("ACK|CANCEL")) { exit; }
            append_hf("X-Before: 1\\r\\n");
            setflag(4);
            $avp(kept) = "kept";
            $var(lost) = "x";
            t_newtran();
            $shv(CASE_index) = $T(id_index);
            $shv(CASE_label) = $T(id_label);
            SHOW(t_suspend());
        }
        route[CASE_GO_ON] {
            SAY("$rm $avp(kept) $hdr(X-Test)");
            if (isflagset(4)) { SAY("flag 4"); }
            SHOW(t_is_request_route());
            append_hf("X-After: 1\\r\\n");
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE | X-Test: yes
        wait 0.2
        uac > MESSAGE | call=other
        uac < 200 to MESSAGE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > 200 to INVITE
        uac < 200 to INVITE
        """,
        differs="a script that goes on after `t_suspend`",
    ),
    "suspend_and_continue_replies": Case(
        """
        route[CASE] {
            if (is_method("MESSAGE")) {
                SHOW(t_continue("$shv(CASE_index)", "$shv(CASE_label)", "CASE_GO_ON"));
                SHOW(t_continue("$shv(CASE_index)", "$shv(CASE_label)", "CASE_GO_ON"));
                sl_send_reply("200", "OK");
                exit;
            }
            if (is_method("ACK|CANCEL")) { exit; }
            SHOW(t_suspend());
            $shv(CASE_index) = $T(id_index);
            $shv(CASE_label) = $T(id_label);
        }
        route[CASE_GO_ON] { SHOW(t_reply("480", "Later")); }
        """,
        """
        uac > INVITE
        wait 0.2
        uac > again INVITE
        uac > MESSAGE | call=other
        uac < 480
        uac < 200 to MESSAGE
        uac > ACK
        """,
    ),
    "suspend_and_nobody_continues": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { exit; }
            t_on_failure("CASE");
            t_set_fr("0", "900");
            SHOW(t_suspend());
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        """
        uac > INVITE
        uac < 408
        uac > ACK
        """,
    ),
    "suspend_and_cancel": Case(
        """
        route[CASE] {
            SAY("$rm");
            if (is_method("ACK")) { exit; }
            if (is_method("CANCEL")) { SHOW(t_relay()); exit; }
            t_set_fr("0", "2000");
            t_suspend();
        }
        """,
        """
        uac > INVITE
        wait 0.1
        uac > CANCEL
        uac < 200 to CANCEL
        uac < 487
        uac > ACK
        """,
    ),
    "continue_an_unknown_transaction": Case(
        """
        route[CASE] {
            SHOW(t_continue("1", "2", "CASE_GO_ON"));
            sl_send_reply("200", "OK");
        }
        route[CASE_GO_ON] { SAY("never"); }
        """,
        """
        uac > OPTIONS
        uac < 200
        """,
    ),
    "precheck_trans": Case(
        """
        route[CASE] {
            SHOW(t_precheck_trans());
            SHOW(t_check_trans());
            t_newtran();
            SHOW(t_precheck_trans());
            t_reply("404", "Not here");
        }
        """,
        """
        uac > OPTIONS
        uac < 404
        uac > again OPTIONS
        uac < 404
        """,
        repeats=True,
    ),
    "replicate": Case(
        """
        route[CASE] {
            SHOW(t_replicate("sip:UAS1"));
            SAY("after");
            sl_send_reply("200", "OK");
        }
        """,
        """
        uac > REGISTER
        uas1 < REGISTER
        uac < 200
        uas1 > 202
        wait 0.3
        """,
    ),
    "replicate_a_script_without_a_reply": Case(
        """
        route[CASE] { $du = "sip:UAS2"; SHOW(t_replicate("sip:UAS1")); SHOW(t_relay()); }
        """,
        """
        uac > MESSAGE
        uas1 < MESSAGE
        uas1 > 404
        wait 0.3
        """,
    ),
    "relay_to_flags": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) exit;
            $du = "sip:UAS1";
            if ($cs == 1) { SHOW(t_relay_to("0x01")); }
            if ($cs == 2) { $du = "sip:nowhere.invalid"; SHOW(t_relay_to("0x02")); }
            if ($cs == 3) { SHOW(t_relay_to("0x04")); }
            if ($cs == 4) { SHOW(t_relay_to("7")); }
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uac > ACK
        uac > INVITE | call=two
        wait 0.3
        uac > INVITE | call=three
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uac > ACK
        uac > INVITE | call=four
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uac > ACK
        """,
        differs='`t_relay_to("...", flags)` before `t_newtran()`',
    ),
    "relay_to_proxy": Case(
        """
        route[CASE] { SHOW(t_relay_to("udp:UAS1")); }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "relay_to_proxy_with_flags": Case(
        """
        route[CASE] { SHOW(t_relay_to("udp:UAS1", "0x01")); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        """,
    ),
    "relay_to_an_unknown_host": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            $ru = "sip:bob@nowhere.invalid";
            SHOW(t_relay());
            SAY("end");
        }
        """,
        """
        uac > INVITE
        wait 0.3
        """,
        settle=0.5,
    ),
    "relay_to_an_unknown_host_and_reply": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            $ru = "sip:bob@nowhere.invalid";
            if (!t_relay()) { SAY("$rc"); sl_reply_error(); }
        }
        """,
        """
        uac > OPTIONS
        uac < 478
        """,
        settle=0.5,
        differs="`sl_reply_error()` besides another final reply",
    ),
    "relay_with_an_internal_reply_disabled": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            SHOW(t_set_disable_internal_reply(1));
            $ru = "sip:bob@nowhere.invalid";
            SHOW(t_relay());
            SHOW(t_reply("480", "Own reply"));
        }
        """,
        """
        uac > INVITE
        uac < 480
        uac > ACK
        """,
        settle=0.5,
    ),
    "relay_with_a_bad_uri": Case(
        """
        route[CASE] {
            $ru = "sip:bob@127.0.0.1:99999999";
            SHOW(t_relay());
            SAY("end");
        }
        """,
        """
        uac > OPTIONS
        wait 0.3
        """,
        settle=0.5,
    ),
    "relay_over_tcp_without_a_listener": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            t_on_failure("CASE");
            $ru = "sip:bob@DEAD;transport=tcp";
            if (!t_relay()) { SAY("$rc"); sl_reply_error(); }
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        """
        uac > INVITE
        uac < 477
        uac > ACK
        """,
        settle=0.5,
        differs="`sl_reply_error()` besides another final reply",
    ),
    "relay_message_over_tcp_without_a_listener": Case(
        """
        route[CASE] {
            $ru = "sip:bob@DEAD;transport=tcp";
            if (!t_relay()) { SAY("$rc"); sl_reply_error(); }
        }
        """,
        """
        uac > MESSAGE
        uac < 477
        """,
        settle=0.5,
        differs="`sl_reply_error()` besides another final reply",
    ),
    "relay_to_a_socket_that_does_not_exist": Case(
        """
        route[CASE] {
            $fs = "udp:127.0.0.1:1";
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
    ),
    "tcp_to_udp": Case(
        """
        route[CASE] { if (is_method("ACK")) { t_relay(); exit; } $du = "sip:UAS1"; SAY("$Rp $proto"); t_relay(); }
        """.replace("$Rp ", ""),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > 200
        uac < 200
        uac > ACK
        uas1 < ACK
        """,
        tcp=("uac",),
    ),
    "udp_to_tcp": Case(
        """
        route[CASE] { if (is_method("ACK")) { t_relay(); exit; } $du = "sip:UAS1;transport=tcp"; t_relay(); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > 486
        uas1 < ACK
        uac < 486
        uac > ACK
        """,
        tcp=("uas1",),
    ),
    "tcp_to_tcp": Case(
        """
        route[CASE] {
            if (is_method("ACK")) { t_relay(); exit; }
            if (is_method("CANCEL")) { t_relay(); exit; }
            $du = "sip:UAS1;transport=tcp";
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uac < 487
        uac > ACK
        """,
        tcp=("uac", "uas1"),
    ),
    "tcp_has_no_retransmissions_of_requests": Case(
        """
        route[CASE] { t_set_fr("0", "1500"); $du = "sip:UAS1;transport=tcp"; t_relay(); }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uac < 408
        """,
        tcp=("uas1",),
        repeats=True,
    ),
    "tcp_callee_hangs_up": Case(
        """
        route[CASE] { if (is_method("ACK")) exit; t_set_fr("0", "1000"); t_on_failure("CASE"); $du = "sip:UAS1;transport=tcp"; t_relay(); }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 hangs up
        uac < 408
        uac > ACK
        """,
        tcp=("uas1",),
    ),
    "tcp_fork_with_udp": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            $ru = "sip:one@UAS1;transport=tcp";
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
        uas2 > 200
        uac < 200
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        """,
        tcp=("uas1",),
    ),
    "reply_over_a_closed_tcp_connection": Case(
        """
        route[CASE] { $du = "sip:UAS1"; t_relay(); }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uac hangs up
        uas1 > 200
        wait 0.3
        """,
        tcp=("uac",),
    ),
}
