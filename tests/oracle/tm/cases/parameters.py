"""Parameters of tm other than the defaults."""

from __future__ import annotations

from tests.oracle.tm.case import Case
from tests.oracle.tm.cases.failure import failing

_CALL = """
route[CASE] {
    if (is_method("ACK|CANCEL")) { t_relay(); exit; }
    $du = "sip:UAS1";
    SHOW(t_relay());
}
"""
_FORK = """
route[CASE] {
    if (is_method("ACK|CANCEL")) { t_relay(); exit; }
    $ru = "sip:one@UAS1";
    append_branch("sip:two@UAS2");
    t_relay();
}
"""

CASES: dict[str, Case] = {
    "parameter_auto_100_reason_and_relay_100": Case(
        _CALL,
        """
        uac > INVITE
        uac < 100
        uas1 < INVITE
        uas1 > 100 From downstream
        wait 0.1
        uas1 > 180
        uac < 180
        uas1 > 200
        uac < 200
        """,
        profile="parameters",
    ),
    "parameter_disable_6xx_block": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 603
        uas1 < ACK
        wait 0.1
        uas2 > 200
        uac < 200
        """,
        profile="parameters",
    ),
    "parameter_remap_503_off": Case(
        _CALL,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 503
        uac < 503
        uac > ACK
        """,
        profile="parameters",
    ),
    "parameter_challenges_not_aggregated": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 407 | Proxy-Authenticate: Digest realm="one"
        uas2 > 407 | Proxy-Authenticate: Digest realm="two"
        uac < 407
        uac > ACK
        """,
        profile="parameters",
    ),
    "parameter_no_cancel_reasons": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 180
        uas2 > 180
        uac < 180
        uac < 180
        uac > CANCEL | Reason: SIP;cause=200
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas2 < CANCEL
        uas1 > 487 to INVITE
        uas2 > 487 to INVITE
        uac < 487
        uac > ACK
        """,
        profile="parameters",
    ),
    "parameter_no_local_cancel_reason": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 200
        uac < 200
        uas2 < CANCEL
        uas2 > 487 to INVITE
        """,
        profile="parameters",
    ),
    "parameter_headers_of_ack_and_cancel": Case(
        _CALL,
        """
        uac > INVITE | X-Extra: 1
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uac > CANCEL
        uas1 < CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uac < 487
        uac > ACK
        """,
        profile="parameters",
    ),
    "parameter_pass_provisional_replies": Case(
        _CALL,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > again 180
        wait 0.1
        uas1 > 200
        uac < 200
        """,
        profile="parameters",
        repeats=True,
    ),
    "parameter_cancel_b_method_sends_at_once": Case(
        _CALL,
        """
        uac > INVITE
        uas1 < INVITE
        uac > CANCEL
        uac < 200 to CANCEL
        uas1 < CANCEL
        uas1 > 481 to CANCEL
        uas1 > 180 to INVITE
        uas1 < CANCEL
        uas1 > 200 to CANCEL
        uas1 > 487 to INVITE
        uas1 < ACK
        uac < 487
        uac > ACK
        """,
        profile="cancel_b_method_2",
    ),
    "parameter_cancel_b_method_waits_for_nothing": Case(
        _CALL,
        """
        uac > INVITE
        uas1 < INVITE
        uac > CANCEL
        uac < 200 to CANCEL
        uac < 487
        uac > ACK
        uas1 > 180
        wait 0.2
        uas1 > 200 to INVITE
        uac < 200 to INVITE
        """,
        profile="cancel_b_method_0",
    ),
    "parameter_unmatched_cancel_stateless": Case(
        """
        route[CASE] { $du = "sip:UAS1"; SHOW(t_relay()); }
        """,
        """
        uac > CANCEL | branch=z9hG4bK-uac-none | ruri=sip:bob@SERVER | cseq=1
        uas1 < CANCEL
        uas1 > 481 to CANCEL
        uac < 481
        """,
        profile="cancel_b_method_2",
    ),
    "parameter_unmatched_cancel_dropped": Case(
        """
        route[CASE] { $du = "sip:UAS1"; SHOW(t_relay()); }
        """,
        """
        uac > CANCEL | branch=z9hG4bK-uac-none | ruri=sip:bob@SERVER | cseq=1
        wait 0.3
        """,
        profile="cancel_b_method_0",
    ),
    "parameter_failure_reply_mode_0": Case(
        failing(
            'SAY("$T_reply_code"); if ($avp(tried) == 1) { exit; } $avp(tried) = 1;'
            ' $ru = "sip:two@UAS2"; $du = $null; SHOW(t_relay());'
        ),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 404
        uas1 < ACK
        uas2 < INVITE
        uas2 > 500
        uas2 < ACK
        uac < 404
        uac > ACK
        """,
        profile="cancel_b_method_0",
    ),
    "parameter_faked_reply_prio": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("0", "700"); append_branch("sip:two@UAS2");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 500
        uas2 < ACK
        uac < 408
        uac > ACK
        """,
        profile="cancel_b_method_0",
    ),
    "parameter_restart_fr_on_each_reply_off": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("900", "3000");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        wait 0.5
        uas1 > 183
        uac < 183
        wait 0.7
        uas1 > 486
        uac < 486
        uac > ACK
        """,
        profile="cancel_b_method_0",
    ),
    "restart_fr_on_each_reply": Case(
        failing('SAY("$T_reply_code");', 't_set_fr("900", "3000");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 180
        uac < 180
        wait 0.5
        uas1 > 183
        uac < 183
        wait 0.6
        uas1 > 486
        uac < 486
        uac > ACK
        """,
    ),
    "parameter_default_reply": Case(
        """
        route[CASE] { if (is_method("ACK")) exit; t_newtran(); t_release(); }
        """,
        """
        uac > INVITE
        wait 0.3
        """,
        profile="cancel_b_method_0",
    ),
}
