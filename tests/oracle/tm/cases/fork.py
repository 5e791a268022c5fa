"""Several branches at once: which reply wins, and what the others are told."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_FORK = """
route[CASE] {
    if (is_method("ACK")) { t_relay(); exit; }
    if (is_method("CANCEL")) { t_relay(); exit; }
    t_on_failure("CASE");
    $ru = "sip:one@UAS1";
    append_branch("sip:two@UAS2");
    SHOW(t_relay());
}
failure_route[CASE] { SAY("failure $T_reply_code $rs $T(reply_code)"); }
"""


def _best(first: int, second: int, best: int, first_more: str = "", second_more: str = "") -> Case:
    """Return a case in which both branches fail."""
    return Case(
        _FORK,
        f"""
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > {first}{first_more}
        uas1 < ACK
        wait 0.05
        uas2 > {second}{second_more}
        uas2 < ACK
        uac < {best}
        uac > ACK
        """,
    )


CASES: dict[str, Case] = {
    "fork_first_answers": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 180
        uac < 180
        uas2 > 180
        uac < 180
        uas1 > 200
        uac < 200
        uas2 < CANCEL
        uas2 > 200 to CANCEL
        uas2 > 487 to INVITE
        uas2 < ACK
        uac > ACK
        uas1 < ACK
        """,
    ),
    "fork_silent_branch_is_canceled_after_its_provisional": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 200
        uac < 200
        wait 0.1
        uas2 > 180
        uas2 < CANCEL
        uas2 > 200 to CANCEL
        uas2 > 487 to INVITE
        uas2 < ACK
        """,
    ),
    "fork_both_answer": Case(
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
        uas2 > 200 to INVITE
        uac < 200
        uas2 > 481 to CANCEL
        """,
    ),
    "fork_one_busy_other_answers": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 486
        uas1 < ACK
        uas2 > 200
        uac < 200
        """,
    ),
    "fork_best_404_486": _best(404, 486, 404),
    "fork_best_486_404": _best(486, 404, 404),
    "fork_best_486_480": _best(486, 480, 480),
    "fork_best_408_480": _best(408, 480, 408),
    "fork_best_302_404": _best(302, 404, 302),
    "fork_best_404_500": _best(404, 500, 404),
    "fork_best_500_404": _best(500, 404, 404),
    "fork_best_503_503": _best(503, 503, 500),
    "fork_best_503_500": _best(503, 500, 500),
    "fork_best_488_415": _best(488, 415, 415),
    "fork_best_420_404": _best(420, 404, 420),
    "fork_best_484_404": _best(484, 404, 484),
    "fork_best_487_486": _best(487, 486, 486),
    "fork_best_401_404": _best(401, 404, 401, ' | WWW-Authenticate: Digest realm="one"'),
    "fork_best_404_407": _best(404, 407, 407, "", ' | Proxy-Authenticate: Digest realm="two"'),
    "fork_challenges_together": _best(
        401, 407, 401, ' | WWW-Authenticate: Digest realm="one"', ' | Proxy-Authenticate: Digest realm="two"'
    ),
    "fork_two_proxy_challenges": _best(
        407,
        407,
        407,
        ' | Proxy-Authenticate: Digest realm="one" | X-One: 1',
        ' | Proxy-Authenticate: Digest realm="two" | X-Two: 2',
    ),
    "fork_contacts_of_redirects": _best(
        302, 302, 302, " | contact=<sip:a@192.0.2.1>", " | contact=<sip:b@192.0.2.2>;q=0.1"
    ),
    "fork_6xx_cancels": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 603
        uas1 < ACK
        uas2 < CANCEL
        uas2 > 200 to CANCEL
        uas2 > 487 to INVITE
        uas2 < ACK
        uac < 603
        uac > ACK
        """,
    ),
    "fork_6xx_and_the_other_answers": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 603
        uas1 < ACK
        uas2 < CANCEL
        uas2 > 200 to INVITE
        uac < 200
        """,
    ),
    "fork_6xx_disabled": Case(
        _FORK.replace("    SHOW(t_relay());", "    SHOW(t_set_disable_6xx(1));\n    SHOW(t_relay());"),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas1 > 603
        uas1 < ACK
        wait 0.2
        uas2 > 404
        uas2 < ACK
        uac < 603
        uac > ACK
        """,
    ),
    "fork_of_options": Case(
        _FORK,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas2 < OPTIONS
        uas1 > 404
        uas2 > 200
        uac < 200
        """,
    ),
    "fork_three_ways": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2");
            append_branch("sip:three@UAS3", "0.1");
            SAY("$branch(count) $(branch(uri)[0]) $(branch(uri)[1]) $(branch(q)[1])");
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas3 < INVITE
        uas3 > 180
        uac < 180
        uas1 > 486
        uas2 > 480
        uas3 > 200
        uac < 200
        """,
    ),
    "fork_with_a_branch_that_cannot_be_sent": Case(
        """
        route[CASE] {
            if (is_method("ACK")) { t_relay(); exit; }
            t_on_failure("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:two@nowhere.invalid");
            SHOW(t_relay());
        }
        failure_route[CASE] { SAY("failure $T_reply_code"); }
        """,
        """
        uac > INVITE
        uas1 < INVITE
        uas1 > 404
        uac < 404
        uac > ACK
        """,
        settle=0.6,
    ),
    "fork_destination_per_branch": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            $ru = "sip:one@192.0.2.1";
            $du = "sip:UAS1";
            append_branch("sip:two@192.0.2.2");
            $(branch(dst_uri)[0]) = "sip:UAS2";
            t_relay();
        }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas2 < OPTIONS
        uas1 > 200
        uac < 200
        uas2 > 200
        """,
    ),
    "fork_same_destination_twice": Case(
        """
        route[CASE] {
            t_on_branch("CASE");
            $ru = "sip:one@UAS1";
            append_branch("sip:one@UAS1");
            t_relay();
        }
        branch_route[CASE] { SAY("branch $T_branch_idx $ru"); append_hf("X-Branch: $T_branch_idx\\r\\n"); }
        """,
        """
        uac > OPTIONS
        uas1 < OPTIONS
        uas1 < OPTIONS
        uas1 > 404
        wait 0.1
        """,
    ),
    "fork_provisionals_of_both": Case(
        _FORK,
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas1 > 183
        uac < 183
        uas2 > 180
        uac < 180
        uas1 > again 183
        uac < 183
        uas1 > 404
        uas2 > 486
        uac < 404
        uac > ACK
        """,
        repeats=True,
    ),
    "load_contacts_without_its_parameter": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            $ru = "sip:low@UAS1";
            append_branch("sip:high@UAS2", "0.9");
            append_branch("sip:middle@UAS3", "0.5");
            SHOW(t_load_contacts());
            SHOW(t_next_contacts());
            SAY("$ru $branch(count)");
            t_on_failure("CASE");
            t_relay();
        }
        failure_route[CASE] {
            SAY("failure $T_reply_code");
            SHOW(t_next_contacts());
            if ($rc < 0) { exit; }
            SAY("$ru");
            t_on_failure("CASE");
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas2 < INVITE
        uas2 > 486
        uas2 < ACK
        uas3 < INVITE
        uas3 > 404
        uas3 < ACK
        uas1 < INVITE
        uas1 > 480
        uas1 < ACK
        uac < 404
        uac > ACK
        """,
    ),
    "load_contacts_with_equal_q": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            $ru = "sip:one@UAS1";
            append_branch("sip:two@UAS2", "0.5");
            append_branch("sip:three@UAS3", "0.5");
            if (!t_load_contacts()) { SAY("not loaded"); }
            SHOW(t_next_contacts());
            t_on_failure("CASE");
            t_relay();
        }
        failure_route[CASE] {
            SAY("failure $T_reply_code");
            if (!t_next_contacts()) { SAY("no more"); exit; }
            t_relay();
        }
        """,
        """
        uac > INVITE
        uas2 < INVITE
        uas3 < INVITE
        uas2 > 486
        uas3 > 480
        uas1 < INVITE
        uas1 > 200
        uac < 200
        """,
        profile="contacts",
    ),
    "load_contacts_by_q": Case(
        """
        route[CASE] {
            if (is_method("ACK|CANCEL")) { t_relay(); exit; }
            $ru = "sip:low@UAS1";
            append_branch("sip:high@UAS2", "0.9");
            append_branch("sip:middle@UAS3", "0.5");
            SHOW(t_load_contacts());
            SHOW(t_next_contacts());
            SAY("$ru $branch(count)");
            t_on_failure("CASE");
            t_relay();
        }
        failure_route[CASE] {
            SAY("failure $T_reply_code");
            SHOW(t_next_contacts());
            SAY("$ru");
            t_on_failure("CASE");
            SHOW(t_relay());
        }
        """,
        """
        uac > INVITE
        uas2 < INVITE
        uas2 > 486
        uas2 < ACK
        uas3 < INVITE
        uas3 > 404
        uas3 < ACK
        uas1 < INVITE
        uas1 > 480
        uas1 < ACK
        uac < 480
        uac > ACK
        """,
        profile="contacts",
    ),
}
