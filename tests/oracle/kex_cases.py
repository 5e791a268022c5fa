# ruff: noqa: E501
"""Calls of the functions of kex."""

from __future__ import annotations

from tests.oracle.module_case import Case, show

KEX: dict[str, Case] = {
    "script_flags": Case(
        show(
            'setsflag("3")',
            'issflagset("3")',
            'issflagset("4")',
            'resetsflag("3")',
            'issflagset("3")',
            '$var(n) = 32; setsflag("$var(n)")',
            'issflagset("$var(n)")',
            '$var(n) = -1; setsflag("$var(n)")',
        )
    ),
    "script_flags_are_gone": Case(show('issflagset("31")', 'setsflag("31")')),
    "script_flags_are_gone_again": Case(show('issflagset("31")')),
    "branch_flags": Case(
        show(
            'setbflag("3")',
            'isbflagset("3")',
            'isbflagset("4")',
            'isbflagset("3", "0")',
            'isbflagset("3", "1")',
            'setbflag("3", "1")',
            'resetbflag("3")',
            'isbflagset("3")',
            '$var(n) = 32; setbflag("$var(n)")',
            'isbflagset("$var(n)")',
        )
        + 'setbflag("5"); xlog("L_NOTICE", "$bF\\n");'
    ),
    "destination_uri": Case(
        show("isdsturiset()", 'setdsturi("sip:h:$var(n)")', "isdsturiset()")
        + 'xlog("L_NOTICE", "$du\\n");'
        + show("resetdsturi()", "isdsturiset()", "resetdsturi()")
    ),
    "myself": Case(
        show(
            *(
                f'is_myself("{uri}")'
                for uri in (
                    "sip:127.0.0.1",
                    "sip:127.0.0.1:$Rp",
                    "sip:127.0.0.1:1",
                    "sip:127.0.0.1;transport=tcp",
                    "sip:127.0.0.1;transport=udp",
                    "sips:127.0.0.1",
                    "127.0.0.1",
                    "example.com",
                    "sip:",
                    "sip:x@127.0.0.1:$Rp;transport=UDP",
                    "SIP:127.0.0.1",
                )
            )
        )
    ),
    "pv_printf": Case(
        'pv_printf("$var(x)", "$rm-$var(unset_here)"); xlog("L_NOTICE", "$rc $var(x)\\n"); avp_printf("$avp(z)", "[$var(x)]"); xlog("L_NOTICE", "$rc $avp(z)\\n");'
    ),
    "log_level": Case(
        'setdebug("-1"); xlog("L_NOTICE", "hidden\\n"); setdebug("1"); xlog("L_NOTICE", "$rc shown\\n"); resetdebug(); xlog("L_NOTICE", "$rc shown\\n");'
    ),
    "apply_changes_keeps_branch_flags": Case(
        "setbflag(2); setsflag(4); " + show("msg_apply_changes()", "isbflagset(2)", "issflagset(4)")
    ),
}
