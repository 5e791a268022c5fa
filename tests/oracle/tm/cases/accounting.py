# ruff: noqa: E501
"""What acc writes about transactions."""

from __future__ import annotations

from tests.oracle.tm.case import Case

_ACK = 'if (is_method("ACK")) { SHOW(t_check_trans()); t_relay(); exit; }'

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

_BUSY = """
uac > INVITE
uas1 < INVITE
uas1 > 486
uac < 486
uas1 < ACK
uac > ACK
"""

_CANCELED = """
uac > INVITE
uas1 < INVITE
uas1 > 180
uac < 180
uac > CANCEL
uac < 200 to CANCEL
uas1 < CANCEL
uas1 > 200 to CANCEL
uas1 > 487 to INVITE
uac < 487
uas1 < ACK
uac > ACK
"""


def relaying(*flags: int, before: str = "", after: str = "", blocks: str = "") -> str:
    """Return a route that sets flags and sends on to UAS1."""
    sets = " ".join(f"setflag({flag});" for flag in flags)
    return f"""
    route[CASE] {{
        if (is_method("CANCEL")) {{ {sets} if (t_check_trans()) {{ t_relay(); }} exit; }}
        {_ACK}
        {sets} $du = "sip:UAS1"; {before} t_relay(); {after}
    }}
    {blocks}
    """


def answering(*flags: int, reply: str = 't_reply("404", "Not at home");') -> str:
    """Return a route that sets flags and answers."""
    sets = " ".join(f"setflag({flag});" for flag in flags)
    return f'route[CASE] {{ if (is_method("ACK")) {{ t_check_trans(); exit; }} {sets} t_newtran(); {reply} }}'


_REFUSED = "uac > INVITE\nuac < 404\nuac > ACK"


def everywhere(profile: str, prefix: str) -> dict[str, Case]:
    """Return the cases that depend on flags alone, with a profile."""
    cases = {
        "answered": Case(relaying(1, 2, 3), _ANSWERED),
        "answered_without_flags": Case(relaying(), _ANSWERED),
        "answered_missed_flag_alone": Case(relaying(2), _ANSWERED),
        "answered_and_bye": Case(relaying(1), _ANSWERED + "uac > BYE\nuas1 < BYE\nuas1 > 200 to BYE\nuac < 200 to BYE"),
        "busy": Case(relaying(1, 2, 3), _BUSY),
        "busy_not_missed": Case(relaying(1, 3), _BUSY),
        "busy_missed_alone": Case(relaying(2), _BUSY),
        "busy_failed_alone": Case(relaying(3), _BUSY),
        "busy_log_alone": Case(relaying(1), _BUSY),
        "canceled": Case(relaying(1, 2, 3), _CANCELED),
        "refused": Case(answering(1, 2, 3), _REFUSED),
        "refused_missed_alone": Case(answering(2), _REFUSED),
        "refused_otherwise": Case(answering(1, 2, 3, reply='t_reply("488", "Own words; and=more");'), "uac > INVITE\nuac < 488\nuac > ACK"),
        "refused_message": Case(answering(1, 2, 3, reply='t_reply("403", "No");'), "uac > MESSAGE\nuac < 403"),
        "accepted_message": Case(answering(1, reply='t_reply("202", "Taken");'), "uac > MESSAGE\nuac < 202"),
        "accepted_invite": Case(answering(1, reply='t_reply("183", "Wait"); t_reply("200", "Here");'), "uac > INVITE\nuac < 200\nuac > ACK\nwait 0.2"),
        "stateless": Case('route[CASE] { setflag(1); setflag(3); sl_send_reply("404", "No"); }', "uac > MESSAGE\nuac < 404"),
        "other_method": Case(relaying(1, 2, 3), "uac > OPTIONS\nuas1 < OPTIONS\nuas1 > 200\nuac < 200"),
        "other_method_failed": Case(relaying(1, 2, 3), "uac > OPTIONS\nuas1 < OPTIONS\nuas1 > 480 Gone\nuac < 480"),
        "redirected": Case(relaying(1, 2, 3), _BUSY.replace("486", "302")),
        "timed_out": Case(relaying(1, 2, 3, before='t_set_fr("0", "700"); t_on_failure("CASE");', blocks="failure_route[CASE] { SAY(\"failed\"); }"), "uac > INVITE\nuas1 < INVITE\nuac < 408\nuac > ACK"),
        "early_media": Case(relaying(1), "uac > INVITE\nuas1 < INVITE\nuas1 > 183 | body=v=0 | Content-Type: application/sdp\nuac < 183\nuas1 > 183\nuas1 > 200\nuac < 200\nuac > ACK\nuas1 < ACK"),
        "failure_route": Case(
            relaying(1, 2, 3, before='t_on_failure("CASE");', blocks='failure_route[CASE] { if (isflagset(2)) { SAY("missed"); } else { SAY("not missed"); } setflag(2); $du = "sip:UAS2"; t_relay(); }'),
            "uac > INVITE\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuas2 < INVITE\nuas2 > 404\nuac < 404\nuas2 < ACK\nuac > ACK",
        ),
        "failure_route_flag_kept": Case(
            relaying(1, 2, 3, before='t_on_failure("CASE");', blocks='failure_route[CASE] { if (isflagset(2)) { SAY("missed"); } else { SAY("not missed"); } $du = "sip:UAS2"; t_relay(); }'),
            "uac > INVITE\nuas1 < INVITE\nuas1 > 486\nuas1 < ACK\nuas2 < INVITE\nuas2 > 200\nuac < 200\nuac > ACK\nwait 0.2",
        ),
        "failure_route_replies": Case(
            relaying(1, 2, 3, before='t_on_failure("CASE");', blocks='failure_route[CASE] { t_reply("403", "Mine"); }'),
            _BUSY.replace("uac < 486", "uac < 403"),
        ),
        "flag_set_in_failure_route": Case(
            relaying(5, before='t_on_failure("CASE");', blocks="failure_route[CASE] { setflag(1); setflag(2); setflag(3); }"), _BUSY
        ),
        "flag_set_in_failure_route_unprepared": Case(
            relaying(before='t_on_failure("CASE");', blocks="failure_route[CASE] { setflag(1); setflag(2); setflag(3); }"), _BUSY
        ),
        "flag_set_in_branch_route": Case(relaying(5, before='t_on_branch("CASE");', blocks="branch_route[CASE] { setflag(1); }"), _ANSWERED),
        "flag_set_in_reply_route": Case(relaying(5, before='t_on_reply("CASE");', blocks="onreply_route[CASE] { setflag(1); }"), _ANSWERED),
        "flag_set_after_t_newtran": Case(relaying(5, before="t_newtran(); setflag(1);"), _ANSWERED),
        "flag_set_after_t_newtran_unprepared": Case(relaying(before="t_newtran(); setflag(1);"), _ANSWERED),
        "flag_set_before_t_reply": Case(answering(5, reply='setflag(1); setflag(3); t_reply("404", "No");'), _REFUSED),
        "flag_reset_before_t_reply": Case(answering(1, 3, reply='resetflag(1); resetflag(3); t_reply("404", "No");'), _REFUSED),
        "forked": Case(
            relaying(1, 2, 3, before='$du = $null; $ru = "sip:one@UAS1"; append_branch("sip:two@UAS2");'),
            "uac > INVITE\nuas1 < INVITE\nuas2 < INVITE\nuas1 > 486\nuas1 < ACK\nuas2 > 180\nuac < 180\nuas2 > 200\nuac < 200\nuac > ACK\nwait 0.2",
        ),
        "unresolvable": Case('route[CASE] { if (is_method("ACK")) { exit; } setflag(1); setflag(2); setflag(3); $du = "sip:nobody.invalid"; t_relay(); }', "uac > INVITE\nuac < 478\nuac > ACK"),
        "request": Case(
            'route[CASE] { if (is_method("ACK")) { exit; } $avp(one) = "1"; SHOW(acc_log_request("404 Gone away")); SHOW(acc_log_request("just text")); SHOW(acc_log_request("$rU is 5")); SHOW(acc_log_request("300")); SHOW(acc_log_request("99 x")); SHOW(acc_request("480 Both", "acc")); sl_send_reply("200", "OK"); }',
            "uac > OPTIONS\nuac < 200",
        ),
        "request_with_variables": Case(
            'route[CASE] { $var(code) = 404; SHOW(acc_log_request("$var(code) not $rm")); SHOW(acc_request("$var(code)  two spaces", "$rm")); SHOW(acc_db_request("404 x", "acc")); sl_send_reply("200", "OK"); }',
            "uac > OPTIONS\nuac < 200",
        ),
        "uri_changed": Case(relaying(1, 3, before='$ru = "sip:changed@127.0.0.1:5555";', after='$ru = "sip:later@here";'), _ANSWERED),
        "uri_changed_and_refused": Case(answering(1, 3, reply='$rU = "changed"; t_reply("404", "No");'), _REFUSED),
        "values": Case(
            relaying(1, 2, 3, before='$avp(one) = "first"; $avp(two) = 2; $avp(two) = 3; $avp(src) = "a"; $avp(src) = "b"; $avp(src) = "c"; $avp(dst) = 1; $avp(dst) = "x";', after='$avp(one) = "late";'),
            _ANSWERED,
        ),
        "reason_header": Case(relaying(1, 2, 3), _BUSY.replace("uas1 > 486", 'uas1 > 486 Busy | Reason: SIP;cause=200;text="elsewhere"')),
    }  # fmt: skip
    return {f"{prefix}_{name}": _with(case, profile) for name, case in cases.items()}


def _with(case: Case, profile: str) -> Case:
    return Case(case.routes, case.play, profile)


CASES: dict[str, Case] = {
    **everywhere("acc", "acc"),
    **everywhere("acc_all", "accall"),
    **{f"acc_time_{mode}": Case(relaying(1, 2, 3), _BUSY, f"acc_time_{mode}") for mode in (1, 2, 3, 4)},
    **{
        f"acc_direction_{name}": Case(
            relaying(1, 2, 3, before="if (has_totag()) { loose_route(); $du = $null; } else { record_route(); }"),
            _ANSWERED + bye,
            "acc_direction",
        )
        for name, bye in (
            ("downstream", "uac > BYE\nuas1 < BYE\nuas1 > 200 to BYE\nuac < 200 to BYE"),
            (
                "upstream",
                "uas1 > BYE | ruri=sip:alice@UAC | to=<sip:alice@127.0.0.1> | from-tag=uas1 | to-tag=caller | "
                "Route: <sip:SERVER;lr=on;ftag=caller>\nuac < BYE\nuac > 200 to BYE\nuas1 < 200 to BYE",
            ),
            (
                "upstream_failed",
                "uas1 > BYE | ruri=sip:alice@UAC | to=<sip:alice@127.0.0.1> | from-tag=uas1 | to-tag=caller | "
                "Route: <sip:SERVER;lr=on;ftag=caller>\nuac < BYE\nuac > 481 to BYE\nuas1 < 481 to BYE",
            ),
        )
    },
    "acc_prepared_always": Case(
        relaying(before='t_on_failure("CASE");', blocks="failure_route[CASE] { setflag(1); setflag(2); setflag(3); }"),
        _BUSY,
        "acc_time_4",
    ),
}
