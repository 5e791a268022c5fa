# ruff: noqa: E501
"""Pseudo-variables and functions of pv."""

from __future__ import annotations

from tests.oracle.module_case import Case, show


def print_all(*texts: str) -> str:
    """Return a script that logs each text."""
    return " ".join(f'xlog("L_NOTICE", "[{text}]\\n");' for text in texts)


_BRANCH = ("uri", "dst_uri", "path", "q", "send_socket", "count", "flags", "ruid", "location_ua", "instance")
_TWO = 'append_branch("sip:b1@127.0.0.1:1111"); append_branch("sip:b2@127.0.0.1:2222", "0.5"); '

PV: dict[str, Case] = {
    "branch_none": Case(print_all("$branch(count)", "$branch(uri)", "$br", "$bR", "$ds")),
    "branch_parts": Case(
        "setbflag(3); "
        + _TWO
        + print_all(*(f"$(branch({key})[{index}])" for key in _BRANCH for index in (0, 1, -1, 2, -3)))
    ),
    "branch_without_an_index": Case(_TWO + print_all("$branch(uri)", "$br", "$bR", "$ds")),
    "branch_assigned": Case(
        _TWO
        + '$(branch(uri)[0]) = "sip:new@127.0.0.1"; $(branch(dst_uri)[1]) = "sip:127.0.0.1:9"; $(branch(path)[1]) = "<sip:p;lr>"; $(branch(q)[1]) = 250; $(branch(flags)[0]) = 6; $(branch(send_socket)[0]) = "udp:127.0.0.1:$Rp"; $(branch(send_socket)[1]) = "udp:127.0.0.1:1";'
        + print_all(
            "$bR",
            "$(branch(dst_uri)[1])",
            "$(branch(path)[1])",
            "$(branch(q)[1])",
            "$(branch(flags)[0])",
            "$(branch(send_socket)[0])",
            "$(branch(send_socket)[1])",
            "$ds",
        )
    ),
    "branch_removed": Case(
        _TWO
        + "$(branch(uri)[0]) = $null;"
        + print_all("$bR", "$branch(count)")
        + "$(branch(uri)[0]) = $null;"
        + print_all("$bR", "$branch(count)")
    ),
    "branch_by_assigning_br": Case(
        '$br = "sip:one@127.0.0.1"; $br = "sip:two@127.0.0.1";' + print_all("$bR", "$br", "$branch(count)")
    ),
    "branch_not_there_is_assigned": Case('$(branch(uri)[3]) = "sip:x@127.0.0.1"; xlog("L_NOTICE", "on [$bR]\\n");'),
    "destination_set_with_new_uri": Case('$ru = "sip:new@127.0.0.1:7"; ' + _TWO + print_all("$ds")),
    "static_branch": Case(
        show("sbranch_reset()", "sbranch_append()", "sbranch_set_ruri()")
        + '$sbranch(uri) = "sip:s@127.0.0.1:3"; $sbranch(dst_uri) = "sip:127.0.0.1:4"; $sbranch(q) = 700; $sbranch(flags) = 5; $sbranch(send_socket) = "udp:127.0.0.1:$Rp";'
        + print_all(*(f"$sbranch({key})" for key in ("uri", "dst_uri", "q", "flags", "send_socket", "ruid")))
        + show("sbranch_append()")
        + print_all("$bR", "$branch(dst_uri)", "$branch(flags)", "$branch(send_socket)")
        + show("sbranch_set_ruri()")
        + print_all("$ru", "$du", "$bf", "$fs")
        + show("sbranch_reset()")
        + print_all("$sbranch(uri)", "$sbranch(count)")
    ),
    "no_registered_contact": Case(print_all("$ruid", "$location_ua")),
    "forced_socket": Case(
        '$fs = "udp:127.0.0.1:$Rp";'
        + print_all("$fs", "$fsp", "$fsn")
        + '$fs = "udp:127.0.0.1:1";'
        + print_all("$fs")
        + "$fs = $null;"
        + print_all("$fs")
        + '$fsn = "nosuch";'
        + print_all("$fsn")
        + '$fs = "127.0.0.1";'
        + print_all("$fs")
    ),
    "message_with_changes": Case(
        'append_hf("X-New: 1\\r\\n"); $ru = "sip:changed@127.0.0.1"; $var(b) = $mbu; xlog("L_NOTICE", "$(var(b){s.encode.hexa})\\n"); xlog("L_NOTICE", "$(mb{s.encode.hexa})\\n");'
    ),
    "byte_of_the_message": Case(
        '$msgbuf(8) = "S"; $msgbuf(5000) = "x"; $msgbuf(9) = "IP"; xlog("L_NOTICE", "$(mb{s.substr,0,30})\\n");'
    ),
    "script_flags_as_numbers": Case(
        "setsflag(3); "
        + print_all("$sf", "$sF", "$Sf(3)", "$Sf(4)")
        + "$sf = 5; "
        + print_all("$sf", "$Sf(0)")
        + "$Sf(1) = 1; "
        + print_all("$sf")
        + "$sF = 255; "
        + print_all("$sF")
        + show("issflagset(7)")
    ),
    "nothing_is_sent_or_received_here": Case(
        print_all("$snd(ip)", "$sndto(port)", "$sndfrom(ip)", "$rcv(buf)", "$rcv(len)")
    ),
    "evaluated_twice": Case(
        '$var(n) = "rm"; $var(t) = "$$"; '
        + 'pv_evalx("$var(r)", "$$(var(n))"); xlog("L_NOTICE", "$rc $var(r)\\n"); pv_evalx("$var(r)", "$var(n) is $$$var(n)"); xlog("L_NOTICE", "$rc $var(r)\\n"); pv_evalx("$var(r)", "plain"); xlog("L_NOTICE", "$rc $var(r)\\n");'
    ),
    "avp_named_by_a_number": Case(
        '$avp(i:7) = "seven"; $avp(s:x) = "ex"; $var(i) = 7; $var(s) = "x";'
        + print_all("$avp($var(i))", "$avp($var(s))", "$avp(i:7)")
        + '$avp($var(i)) = "new";'
        + print_all("$avp(i:7)")
    ),
    "unknown_statistic": Case(print_all("$stat(nothing_of_that_name)")),
    "custom_parameters": Case(print_all("$ccp(core.children)", "$ccp(tcp.nothing)")),
}
