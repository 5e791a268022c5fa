"""Whole dialogs through Record-Route."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_ROUTES = """
route[CASE] {
    SAY("$rm $ru $du");
    if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
    if (has_totag()) {
        if (loose_route()) { SAY("routed $ru $du"); SHOW(t_relay()); exit; }
        if (is_method("ACK")) { if (t_check_trans()) { SAY("ack of ours"); t_relay(); } exit; }
        sl_send_reply("404", "Not here");
        exit;
    }
    if (is_method("INVITE|SUBSCRIBE")) { record_route(); }
    t_on_branch("CASE");
    $du = "sip:UAS1";
    SHOW(t_relay());
}
branch_route[CASE] { SAY("branch $T_branch_idx"); }
"""
_DIALOG = """
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
    "dialog_over_udp": Case(
        _ROUTES,
        _DIALOG
        + """
        uac > BYE
        uas1 < BYE
        uas1 > 200 to BYE
        uac < 200 to BYE
        """,
        profile="rr",
    ),
    "dialog_from_tcp_to_udp": Case(
        _ROUTES,
        _DIALOG
        + """
        uac > BYE
        uas1 < BYE
        uas1 > 200 to BYE
        uac < 200 to BYE
        """,
        profile="rr",
        tcp=("uac",),
    ),
    "dialog_from_udp_to_tcp": Case(
        _ROUTES.replace('"sip:UAS1"', '"sip:UAS1;transport=tcp"'),
        _DIALOG
        + """
        uac > BYE
        uas1 < BYE
        uas1 > 200 to BYE
        uac < 200 to BYE
        """,
        profile="rr",
        tcp=("uas1",),
    ),
    "dialog_of_a_fork": Case(
        _ROUTES.replace('    $du = "sip:UAS1";', '    $ru = "sip:one@UAS1"; append_branch("sip:two@UAS2");'),
        """
        uac > INVITE
        uas1 < INVITE
        uas2 < INVITE
        uas2 > 180
        uac < 180
        uas2 > 200
        uac < 200
        uas1 > 404
        uac > ACK
        uas2 < ACK
        uac > BYE
        uas2 < BYE
        uas2 > 200 to BYE
        uac < 200 to BYE
        """,
        profile="rr",
    ),
    "dialog_canceled": Case(
        _ROUTES,
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
        profile="rr",
    ),
    "dialog_with_requests_inside": Case(
        _ROUTES,
        _DIALOG
        + """
        uac > INFO
        uas1 < INFO
        uas1 > 200 to INFO
        uac < 200 to INFO
        uac > UPDATE
        uas1 < UPDATE
        uas1 > 481 to UPDATE
        uac < 481 to UPDATE
        uac > BYE
        uas1 < BYE
        uas1 > 200 to BYE
        uac < 200 to BYE
        """,
        profile="rr",
    ),
    "dialog_in_which_nobody_answers_the_bye": Case(
        _ROUTES.replace("SHOW(t_relay()); exit;", 't_set_fr("0", "700"); SHOW(t_relay()); exit;', 1),
        _DIALOG
        + """
        uac > BYE
        uas1 < BYE
        uac < 408
        """,
        profile="rr",
    ),
}
