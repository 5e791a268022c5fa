# ruff: noqa: E501
"""Calls of the functions of corex."""

from __future__ import annotations

from tests.oracle.module_case import Case, show

_PLACES = (
    "udp:127.0.0.1:5060",
    "127.0.0.1:5060",
    "127.0.0.1",
    "tcp:h",
    "h",
    "[::1]",
    "[::1]:5060",
    "udp:[::1]:5061",
    "tcp:[::1]",
    "x:h:1",
    "h:1:2:3",
    "UDP:h:1",
    "udp:5060",
)
COREX: dict[str, Case] = {
    "branches": Case(
        '$du = "sip:127.0.0.9"; setbflag("3"); '
        + show('append_branch("sip:a@h", "0.5")', 'isbflagset("3", "1")', 'isbflagset("3")')
        + 'xlog("L_NOTICE", "[$du]\\n"); '
        + show("append_branch()", 'isbflagset("3", "2")', 'isbflagset("3")')
        + 'xlog("L_NOTICE", "[$du]\\n"); '
        + show(
            'setbflag("4", "2")',
            'isbflagset("4", "2")',
            'isbflagset("4", "1")',
            'resetbflag("4", "2")',
            'isbflagset("4", "2")',
        )
    ),
    "too_many_branches": Case(show(*(f'append_branch("sip:{number}@h")' for number in range(13)))),
    "preferences": Case(
        " ".join(
            f'$var(q) = "{q}"; ' + show('append_branch("sip:a@h", "$var(q)")')
            for q in ("0", "1", "0.5", ".5", "1.0", "", "0.1234")
        )
        + " clear_branches(); "
        + " ".join(
            f'$var(q) = "{q}"; ' + show('append_branch("sip:a@h", "$var(q)")') for q in ("2", "1.1", "0.", "x", "0,5")
        )
    ),
    "extended_flags": Case(
        show(
            'setxflag("40")',
            'isxflagset("40")',
            'isxflagset("41")',
            'resetxflag("40")',
            'isxflagset("40")',
            '$var(n) = 63; setxflag("$var(n)")',
            'isxflagset("63")',
            '$var(n) = 64; setxflag("$var(n)")',
            '$var(n) = -1; isxflagset("$var(n)")',
        )
    ),
    "extended_flags_are_gone": Case(show('isxflagset("63")')),
    "internal_flags": Case(
        show(
            'msg_iflag_is_set("USE_UAC_FROM")',
            'msg_iflag_set("use_uac_from")',
            'msg_iflag_is_set("USE_UAC_FROM")',
            'msg_iflag_is_set("USE_UAC_TO")',
            'msg_iflag_reset("USE_UAC_FROM")',
            'msg_iflag_is_set("USE_UAC_FROM")',
        )
    ),
    "extended_flags_after_changes": Case(
        'setxflag("40"); msg_iflag_set("UAC_AUTH"); '
        + show("msg_apply_changes()", 'isxflagset("40")', 'msg_iflag_is_set("UAC_AUTH")')
    ),
    "parts_of_sockets": Case(
        " ".join(
            f'$var(p) = "{place}"; xlog("L_NOTICE", "[$(var(p){{sock.host}})] [$(var(p){{sock.port}})] [$(var(p){{sock.proto}})] [$(var(p){{sock.touri}})]\\n");'
            for place in _PLACES
        )
    ),
    "send_sockets": Case(
        show(
            'set_send_socket("127.0.0.1:$Rp")',
            'set_send_socket("udp:127.0.0.1:$Rp")',
            'set_send_socket("udp:10.0.0.1:1")',
            'set_send_socket("x:y:z")',
            'set_send_socket_name("none")',
            'set_recv_socket("udp:127.0.0.1:$Rp")',
            'is_socket_name("none")',
        )
    ),
    "source_address": Case(
        'set_source_address("127.0.0.9:7000"); xlog("L_NOTICE", "$rc $si $sp\\n"); set_source_address("udp:127.0.0.8:7001"); xlog("L_NOTICE", "$rc $si $sp\\n"); set_source_address("a:b:c"); xlog("L_NOTICE", "$rc $si $sp\\n");'
    ),
    "place_in_the_file": Case('xlog("L_NOTICE", "$cfg(line)\\n");\n\nxlog("L_NOTICE", "$cfg(line)\\n");'),
    "faked": Case(show("is_faked_msg()")),
    "sending_on": Case(
        show(
            'send_udp("127.0.0.1:$sp")',
            '$du = "sip:127.0.0.1:$sp"; send_udp()',
            'send_data("sip:127.0.0.1:$sp", "data $rm")',
            'send_data("sip:127.0.0.1:$sp;transport=udp", "more")',
            'sendx("sip:127.0.0.1:$sp", "udp:127.0.0.1:$Rp", "x")',
            'send_data("x", "y")',
        )
    ),
    "files": Case(
        show(
            'file_read("/none/none", "$var(f)")',
            'file_write("/none/none", "x")',
            'file_read("/etc/hostname", "$var(f)")',
        )
        + 'xlog("L_NOTICE", "$(var(f){s.encode.hexa})\\n");'
    ),
    "lsock": Case('xlog("L_NOTICE", "$lsock(l/udp:127.0.0.1:$Rp/listen) $lsock(n/none/listen)\\n");'),
}
