# ruff: noqa: E501
"""Timers: what a transaction does when nobody answers."""

from __future__ import annotations

from tests.oracle.tm.case import Case
from tests.oracle.tm.cases.failure import failing

CASES: dict[str, Case] = {
    "timeout_of_invite": Case(
        failing('SAY("$T_reply_code");', 'SHOW(t_set_fr("0", "900"));'),
        """
        uac > INVITE
        uas1 < INVITE
        uac < 408
        uac > ACK
        """,
    ),
    "timeout_of_options": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("0", "900");'),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uac < 408
        """,
    ),
    "timeout_after_a_provisional": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("900", "3000");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uas1 < CANCEL
        uac < 408
        uac > ACK
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        """,
    ),
    "timeout_of_options_after_a_provisional": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("700", "1500");'),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 183
        uac < 408
        """,
    ),
    "timeout_is_for_each_branch": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("0", "800"); append_branch("sip:two@UAS2");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 180
        uac < 180
        wait 1.2
        uas1 > 486
        uac < 408
        uac > ACK
        """,
    ),
    "set_fr_with_one_argument": Case(
        failing('SAY("$T_reply_code");', 'SHOW(t_set_fr("700"));'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uas1 < CANCEL
        uac < 408
        uac > ACK
        """,
    ),
    "set_fr_in_branch_and_failure_routes": Case(
        failing(
            'SAY("$T_reply_code"); SHOW(t_set_fr("0", "600")); $ru = "sip:two@UAS2"; $du = $null; t_on_failure("CASE_2"); t_relay();',
            't_on_branch("CASE");',
            'branch_route[CASE] { if ($T_branch_idx == 0) { SHOW(t_set_fr("0", "600")); } }\nfailure_route[CASE_2] { SAY("second $T_reply_code"); }',
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uac < 408
        uac > ACK
        """,
    ),
    "set_fr_in_onreply_route": Case(
        failing(
            'SAY("$T_reply_code");',
            't_on_reply("CASE");',
            'onreply_route[CASE] { SAY("$rs"); if ($rs == 183) { SHOW(t_set_fr("800")); } }',
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 183
        uac < 183
        uas1 < CANCEL
        uac < 408
        uac > ACK
        """,
    ),
    "reset_fr": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("500", "500"); SHOW(t_reset_fr());'),
        """
        uac > INVITE
        uas1 < INVITE
        wait 1
        uas1 > 180
        uac < 180
        uas1 > 200
        uac < 200
        """,
    ),
    "retransmissions_of_invite": Case(
        failing('SAY("$T_reply_code");', 'SHOW(t_set_retr("400", "4000")); t_set_fr("0", "2000");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 < INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        wait 1
        uas1 > 200
        uac < 200
        """,
        repeats=True,
    ),
    "retransmissions_of_options_go_on_after_a_provisional": Case(
        failing('SAY("$T_reply_code");', 't_set_retr("300", "600"); t_set_fr("0", "3000");'),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 < OPTIONS
        uas1 > 183
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        """,
        repeats=True,
    ),
    "retransmission_intervals_of_zero": Case(
        failing('SAY("$T_reply_code");', 'SHOW(t_set_retr("0", "0")); t_set_fr("0", "1500");'),
        """
        uac > INVITE
        uas1 < INVITE
        uac < 408
        uac > ACK
        """,
        repeats=True,
    ),
    "reset_retr": Case(
        failing('SAY("$T_reply_code");', 't_set_retr("0", "0"); SHOW(t_reset_retr());'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 < INVITE
        uas1 > 200
        uac < 200
        """,
        repeats=True,
    ),
    "max_lifetime_of_invite": Case(
        failing('SAY("$T_reply_code"); SHOW(t_is_expired());', 'SHOW(t_set_max_lifetime("900", "900"));'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uac < 408
        uac > ACK
        """,
    ),
    "max_lifetime_is_over_when_the_failure_route_relays": Case(
        failing(
            'SAY("$T_reply_code"); SHOW(t_is_expired()); $ru = "sip:two@UAS2"; $du = $null; t_relay();',
            't_set_max_lifetime("700", "700");',
        ),
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uac < 408
        """,
    ),
    "fr_timers_from_avps": Case(
        """
        route[CASE] {
            if (is_method("ACK")) { t_check_trans(); exit; }
            if (is_method("OPTIONS")) { SAY("later"); sl_send_reply("200", "OK"); exit; }
            $avp(fr_inv) = "1"; $avp(fr) = 1;
            $du = "sip:UAS1";
            t_on_failure("CASE");
            t_relay();
        }
        failure_route[CASE] { SAY("failed"); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        wait 2
        uac > OPTIONS | call=two
        uac < 200 to OPTIONS
        """,
        profile="parameters",
        settle=0.1,
    ),
    "answer_after_the_timeout": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("0", "700");'),
        """
        uac > INVITE
        uas1 < INVITE
        uac < 408
        uac > ACK
        uas1 > 180
        uas1 < CANCEL
        uas1 > 200 to INVITE
        uac < 200
        """,
    ),
    "failure_reply_after_the_timeout": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("0", "700");'),
        """
        uac > INVITE
        uas1 < INVITE
        uac < 408
        uac > ACK
        uas1 > 486
        wait 0.3
        """,
    ),
    "same_request_again_after_the_transaction_is_gone": Case(
        """
        route[CASE] {
            SAY("$rm");
            $du = "sip:UAS1";
            if ($shv(CASE_first) == 1) { $du = "sip:UAS2"; }
            SHOW(t_relay());
            $shv(CASE_first) = 1;
        }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 > 200
        uac < 200
        wait 1
        uac > again OPTIONS
        uac < 200
        wait 2
        uac > again OPTIONS
        uas2 < OPTIONS
        uas2 > 200
        uac < 200
        """,
        repeats=True,
    ),
}
