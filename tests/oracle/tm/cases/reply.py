# ruff: noqa: E501
"""Replies that the script makes inside a transaction."""

from __future__ import annotations

from tests.oracle.tm.case import Case

CASES: dict[str, Case] = {
    "reply_without_a_transaction_fails": Case(
        """
        route[CASE] { SHOW(t_reply("404", "Not here")); }
        """,
        """
        uac > INVITE
        wait 0.2
        """,
    ),
    "reply_after_newtran": Case(
        """
        route[CASE] {
            SAY("$rm");
            if (is_method("ACK")) { SHOW(t_check_trans()); exit; }
            SHOW(t_newtran());
            SHOW(t_newtran());
            SHOW(t_reply("180", "Wait"));
            SHOW(t_reply("480", "Gone"));
            SHOW(t_reply("404", "Late"));
        }
        """,
        """
        uac > INVITE
        uac < 180
        uac < 480
        uac > again INVITE
        uac < 480
        uac > ACK
        """,
    ),
    "reply_negative_is_repeated_until_the_ack": Case(
        """
        route[CASE] { if (is_method("ACK")) { SAY("ack"); exit; } t_newtran(); t_reply("486", "Busy"); }
        """,
        """
        uac > INVITE
        uac < 486
        uac < 486
        uac > ACK
        wait 0.2
        """,
    ),
    "reply_retransmission_of_options": Case(
        """
        route[CASE] { SAY("$rm"); SHOW(t_newtran()); SHOW(t_reply("200", "Fine")); }
        """,
        """
        uac > OPTIONS
        uac < 200
        uac > again OPTIONS
        uac < 200
        """,
        repeats=True,
    ),
    "reply_with_headers": Case(
        """
        route[CASE] {
            append_to_reply("X-One: 1\\r\\n");
            append_to_reply("X-Two: $rm\\r\\n");
            t_newtran();
            t_reply("200", "Fine");
        }
        """,
        """
        uac > OPTIONS | Record-Route: <sip:192.0.2.1;lr> | Timestamp: 54
        uac < 200
        """,
    ),
    "reply_codes_and_reasons_from_variables": Case(
        """
        route[CASE] { $var(code) = 433; $var(reason) = "Anonymity"; t_newtran(); SHOW(t_reply("$var(code)", "$var(reason)")); }
        """,
        """
        uac > OPTIONS
        uac < 433
        """,
    ),
    "reply_with_text_after_a_variable": Case(
        """
        route[CASE] { t_newtran(); t_reply("200", "$rm is fine"); }
        """,
        """
        uac > OPTIONS
        uac < 200
        """,
        differs="reply text that begins with a pseudo-variable",
    ),
    "reply_redirect_with_branches": Case(
        """
        route[CASE] {
            $ru = "sip:one@192.0.2.1";
            append_branch("sip:two@192.0.2.2", "0.5");
            t_newtran();
            SHOW(t_reply("302", "Moved"));
        }
        """,
        """
        uac > OPTIONS
        uac < 302
        """,
    ),
    "send_reply_with_and_without_a_transaction": Case(
        """
        route[CASE] {
            if (is_method("OPTIONS")) { SHOW(send_reply("200", "Stateless")); exit; }
            if (is_method("ACK")) { SAY("ack"); exit; }
            t_newtran();
            SHOW(send_reply("404", "Stateful"));
        }
        """,
        """
        uac > OPTIONS
        uac < 200
        uac > INVITE
        uac < 404
        uac > again INVITE
        uac < 404
        uac > ACK
        """,
    ),
    "t_send_reply": Case(
        """
        route[CASE] { SAY("$rm"); if (is_method("ACK")) exit; SHOW(t_send_reply("404", "Not here")); }
        """,
        """
        uac > INVITE
        uac < 404
        uac > ACK
        """,
    ),
    "sl_send_reply_keeps_no_transaction": Case(
        """
        route[CASE] { SAY("$rm"); if (is_method("ACK")) exit; SHOW(sl_send_reply("404", "Not here")); }
        """,
        """
        uac > INVITE
        uac < 404
        uac > again INVITE
        uac < 404
        uac > ACK
        """,
    ),
    "sl_send_reply_inside_a_transaction": Case(
        """
        route[CASE] {
            if (is_method("ACK")) { SAY("ack"); exit; }
            t_newtran();
            SHOW(sl_send_reply("404", "Stateless"));
            SHOW(t_reply("486", "Stateful"));
        }
        """,
        """
        uac > INVITE
        uac < 404
        uac < 486
        uac > ACK
        """,
    ),
    "newtran_and_no_reply": Case(
        """
        route[CASE] { SAY("$rm"); if (is_method("ACK")) exit; SHOW(t_newtran()); }
        """,
        """
        uac > INVITE
        wait 0.2
        uac > again INVITE
        wait 0.2
        """,
        repeats=True,
    ),
    "release_after_newtran": Case(
        """
        route[CASE] { SAY("$rm"); t_newtran(); SHOW(t_release()); }
        """,
        """
        uac > OPTIONS
        wait 0.2
        uac > again OPTIONS
        """,
    ),
    "newtran_then_relay": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            SHOW(t_newtran());
            append_hf("X-After-Newtran: 1\\r\\n");
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 486
        uac < 486
        uac > ACK
        """,
    ),
    "reply_provisional_then_relay": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            t_newtran();
            SHOW(t_reply("183", "Looking"));
            $du = "sip:UAS1";
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE
        uac < 183
        uas1 < INVITE
        uas1 > 180
        uac < 180
        uas1 > 486
        uac < 486
        uac > ACK
        """,
    ),
    "reply_while_a_branch_is_pending": Case(
        """
        route[CASE] {
            if (is_method("ACK")) exit;
            $du = "sip:UAS1";
            SHOW(t_relay());
            SHOW(t_reply("480", "Enough"));
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uac < 480
        uac > ACK
        uas1 > 180
        wait 0.2
        """,
        settle=0.6,
    ),
    "reply_200_to_invite": Case(
        """
        route[CASE] {
            SAY("$rm");
            if (is_method("ACK")) { SHOW(t_check_trans()); exit; }
            t_newtran();
            SHOW(t_reply("200", "Here"));
        }
        """,
        """
        uac > INVITE
        uac < 200
        uac > ACK | ruri=sip:bob@SERVER
        """,
    ),
    "is_set": Case(
        """
        route[CASE] {
            SHOW(t_is_set("branch_route"));
            SHOW(t_is_set("onreply_route"));
            t_on_branch("CASE");
            t_on_failure("CASE");
            SHOW(t_is_set("branch_route"));
            SHOW(t_is_set("failure_route"));
            SHOW(t_is_set("onreply_route"));
            t_on_failure("0");
            SHOW(t_is_set("failure_route"));
            t_newtran();
            SHOW(t_is_set("branch_route"));
            t_reply("200", "Fine");
        }
        branch_route[CASE] { SAY("branch"); }
        failure_route[CASE] { SAY("failure"); }
        """,
        """
        uac > OPTIONS
        uac < 200
        """,
    ),
    "variables_of_a_transaction_in_request_route": Case(
        """
        route[CASE] {
            SAY("$T_branch_idx $T_reply_code $T_reply_last $T(id_index) $T(reply_code)");
            $var(set) = 0;
            t_newtran();
            if ($T(id_index) != $null && $T(id_label) != $null) { SAY("has an id"); }
            SAY("$T_branch_idx $T_reply_code $T_reply_last $T(reply_code) $T(reply_reason)");
            t_reply("183", "Progress");
            SAY("$T_branch_idx $T_reply_code $T_reply_last $T(reply_code) $T(reply_type)");
            t_reply("480", "Over");
            SAY("$T_branch_idx $T_reply_code $T_reply_last $T(reply_code) $T(reply_type)");
        }
        """,
        """
        uac > OPTIONS
        uac < 480
        """,
    ),
    "reply_with_a_variable_as_reason": Case(
        """
        route[CASE] { t_newtran(); t_reply("200", "$sp"); }
        """,
        """
        uac > OPTIONS
        uac < 200
        """,
    ),
}
