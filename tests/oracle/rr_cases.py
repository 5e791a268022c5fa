# ruff: noqa: E501
"""Record-Route and Route beside the real server."""

from __future__ import annotations

from tests.oracle.scenarios import Group, Headers, Scenario

SEND = " forward();"
TO_TCP = "sip:bob@127.0.0.1:@SINK@;transport=tcp"
LEAVES_A_PIECE = "`remove_record_route()`"
TO_IPV6 = "sip:bob@[::1]:@SINK@"

STATE = (
    'xlog("L_NOTICE", "$rc [$ru] [$du] [$fti] [$tti] [$rdir(id)] [$rdir(name)]\\n");'
    ' if ($route_uri =~ ".") xlog("L_NOTICE", "$route_uri\\n"); if (rr_next_hop_route()) xlog("L_NOTICE", "next hop\\n");'
    ' if (is_direction("upstream")) xlog("L_NOTICE", "up\\n"); if (is_direction("downstream")) xlog("L_NOTICE", "down\\n");'
)


def show(*calls: str) -> str:
    """Return a script that logs the result code of each call."""
    return " ".join(f'{call}; xlog("L_NOTICE", "$rc\\n");' for call in calls)


def dialog(*routes: str, to_tag: str = ";tag=callee", from_tag: str = "caller") -> Headers:
    """Return the headers of a request in a dialog."""
    return (
        ("From", f"<sip:caller@127.0.0.1>;tag={from_tag}"),
        ("To", f"<sip:callee@127.0.0.1>{to_tag}"),
        *(("Route", route) for route in routes),
    )


def loose(
    *routes: str, call: str = "loose_route()", uri: str = "sip:bob@127.0.0.1:@SINK@", to_tag: str = ";tag=callee", from_tag: str = "caller",
    arrives: str = "udp", sends: int = 1, differs: str = "",
) -> Scenario:  # fmt: skip
    """Return a scenario that follows Route and, if it is told to, sends the request on."""
    return Scenario(
        f"{call}; {STATE}{SEND if sends else ''}",
        uri,
        "BYE",
        dialog(*routes, to_tag=to_tag, from_tag=from_tag),
        arrives,
        sends,
        differs,
    )


OWN = "<sip:127.0.0.1:@PORT@;lr;ftag=caller>"
OTHER = "<sip:127.0.0.1:@OTHER@;r2=on;lr;ftag=caller>"
OWN_DOUBLE = "<sip:127.0.0.1:@PORT@;r2=on;lr;ftag=caller>"
TCP_DOUBLE = "<sip:127.0.0.1:@PORT@;transport=tcp;r2=on;lr;ftag=caller>"
NEXT = "<sip:127.0.0.1:@SINK@;lr>"
STRICT = "<sip:strict@127.0.0.1:@SINK@>"

RECORDING: dict[str, Scenario] = {
    "plain": Scenario(show("record_route()") + SEND),
    "with_params": Scenario(show('record_route(";a=$rm;b")') + SEND),
    "twice": Scenario(show("record_route()", "record_route()") + SEND),
    "udp_to_tcp": Scenario(show("record_route()") + SEND, TO_TCP),
    "tcp_to_udp": Scenario(show("record_route()") + SEND, arrives="tcp"),
    "tcp_to_tcp": Scenario(show("record_route()") + SEND, TO_TCP, arrives="tcp"),
    "udp_to_ipv6": Scenario(show("record_route()") + SEND, TO_IPV6),
    "ipv6_to_udp": Scenario(show("record_route()") + SEND, arrives="udp6"),
    "ipv6_to_ipv6": Scenario(show("record_route()") + SEND, TO_IPV6, arrives="udp6"),
    "other_socket": Scenario(show("record_route()") + SEND, arrives="other"),
    "forced_socket": Scenario("force_send_socket(udp:127.0.0.1:@OTHER@); " + show("record_route()") + SEND),
    "no_tag": Scenario(show("record_route()") + SEND, headers=(("From", "<sip:caller@127.0.0.1>"),)),
    "behind_others": Scenario(show("record_route()") + SEND, headers=(("Record-Route", "<sip:10.0.0.1;lr>, <sip:10.0.0.2;lr>"),)),
    "advertised": Scenario('set_advertised_address("sip.example.com"); set_advertised_port(5070); ' + show("record_route()") + SEND, TO_TCP),
    "advertised_later": Scenario(show("record_route()") + 'set_advertised_address("sip.example.com");' + SEND, TO_TCP),
    "sips": Scenario('$ru = "sips:bob@127.0.0.1"; ' + show("record_route()") + ' $ru = "sip:bob@127.0.0.1:@SINK@";' + SEND),
    "params_before": Scenario(show('add_rr_param(";x=1")', 'add_rr_param(";y=$rm")', 'record_route(";z")') + SEND, TO_TCP),
    "params_after": Scenario(show("record_route()", 'add_rr_param(";x=1")', 'add_rr_param(";y")') + SEND, TO_TCP),
    "params_around": Scenario(show('add_rr_param(";x=1")', "record_route()", 'add_rr_param(";y")') + SEND),
    "params_alone": Scenario(show('add_rr_param(";x=1")') + SEND),
    "params_too_long": Scenario("".join(show(f'add_rr_param(";{letter}={letter * 200}")') for letter in "abc") + show("record_route()") + SEND),
    "removed": Scenario(show("record_route()", "remove_record_route()") + SEND, differs=LEAVES_A_PIECE),
    "removed_and_again": Scenario(show("record_route()", "remove_record_route()", "record_route()") + SEND, differs=LEAVES_A_PIECE),
    "nothing_to_remove": Scenario(show("remove_record_route()") + SEND),
    "removed_with_params": Scenario(show("record_route()", "remove_record_route()", 'add_rr_param(";x")') + SEND, differs=LEAVES_A_PIECE),
    "applied": Scenario(show("record_route()", "msg_apply_changes()") + SEND, TO_TCP),
    "applied_and_again": Scenario(show("record_route()", "msg_apply_changes()", 'add_rr_param(";x")', "record_route()") + SEND),
    "preset": Scenario(show('record_route_preset("10.0.0.1:5070;transport=$rP")') + SEND),
    "preset_two": Scenario(show('record_route_preset("10.0.0.1", "10.0.0.2:5070")') + SEND),
    "preset_params": Scenario(show('add_rr_param(";x=1")', 'record_route_preset("10.0.0.1", "10.0.0.2")', 'add_rr_param(";y")') + SEND),
    "preset_one_params": Scenario(show('record_route_preset("10.0.0.1")', 'add_rr_param(";y")') + SEND),
    "preset_twice": Scenario(show('record_route_preset("10.0.0.1")', 'record_route_preset("10.0.0.2")') + SEND),
    "advertised_address": Scenario(show('record_route_advertised_address("10.0.0.1:5070")') + SEND),
    "advertised_address_to_tcp": Scenario(show('record_route_advertised_address("10.0.0.1:5070")') + SEND, TO_TCP),
    "advertised_address_from_tcp": Scenario(show('add_rr_param(";x")', 'record_route_advertised_address("$Ri")', 'add_rr_param(";y")') + SEND, arrives="tcp"),
    "advertised_address_tcp": Scenario(show('record_route_advertised_address("10.0.0.1:5070")') + SEND, TO_TCP, arrives="tcp"),
    "with_other_edits": Scenario('insert_hf("X-First: 1\\r\\n"); record_route(); append_hf("X-Last: 1\\r\\n"); remove_hf("Max-Forwards");' + SEND),
    "sent_twice": Scenario("record_route(); forward(); " + f'$ru = "{TO_TCP}"; forward();', sends=2, differs="calling `forward()` twice"),
}  # fmt: skip

FOLLOWING: dict[str, Scenario] = {
    "no_route": loose(),
    "no_route_no_tag": loose(to_tag=""),
    "own_only": loose(OWN),
    "own_only_preloaded": loose(OWN, to_tag=""),
    "own_then_loose": loose(f"{OWN}, {NEXT}"),
    "own_then_loose_fields": loose(OWN, NEXT, uri="sip:bob@10.0.0.1"),
    "preloaded_next": loose(f"{OWN}, {NEXT}", to_tag="", uri="sip:bob@10.0.0.1"),
    "from_callee": loose(OWN, from_tag="callee", to_tag=";tag=caller"),
    "not_own": loose(NEXT, uri="sip:bob@10.0.0.1"),
    "not_own_two": loose(f"{NEXT},<sip:10.0.0.9;lr>", uri="sip:bob@10.0.0.1"),
    "own_with_user": loose("<sip:user@127.0.0.1:@PORT@;lr;ftag=caller;x=1>"),
    "own_without_lr": loose("<sip:127.0.0.1:@PORT@>"),
    "double": loose(f"{OTHER},{OWN_DOUBLE}"),
    "double_reversed": loose(f"{OWN_DOUBLE},{OTHER}"),
    "double_fields": loose(OTHER, OWN_DOUBLE, f"{NEXT}, <sip:10.0.0.9;lr>", uri="sip:bob@10.0.0.1"),
    "double_then_loose": loose(f"{OTHER}, {OWN_DOUBLE} , {NEXT}", uri="sip:bob@10.0.0.1"),
    "double_tcp": loose(f"{OWN_DOUBLE},{TCP_DOUBLE}", uri=TO_TCP),
    "double_from_tcp": loose(f"{TCP_DOUBLE},{OWN_DOUBLE}", arrives="tcp"),
    "double_ipv6": loose(f"{OWN_DOUBLE},<sip:[::1]:@PORT@;r2=on;lr>", uri=TO_IPV6),
    "double_unknown": loose(f"{OWN_DOUBLE},<sip:10.9.9.9;r2=on;lr>"),
    "double_alone": loose(OWN_DOUBLE),
    "double_preloaded": loose(f"{OTHER},{OWN_DOUBLE}", to_tag=""),
    "spiral": loose(f"{OWN},{OWN},{NEXT}", uri="sip:bob@10.0.0.1"),
    "to_strict": loose(f"{OWN},{STRICT},<sip:10.0.0.9;lr>"),
    "to_strict_last": loose(OWN, STRICT),
    "to_strict_changed": loose(OWN, STRICT, call='$rU = "changed"; loose_route()'),
    "strict_not_own": loose(STRICT, "<sip:10.0.0.9;lr>", uri="sip:bob@10.0.0.1"),
    "from_strict": loose(NEXT, "<sip:target@10.0.0.1>", uri="sip:127.0.0.1:@PORT@;lr;ftag=caller;x"),
    "from_strict_to_strict": loose(f"{STRICT}, <sip:target@10.0.0.1>", uri="sip:127.0.0.1:@PORT@;lr;ftag=callee"),
    "from_strict_target": loose("<sip:target@127.0.0.1:@SINK@>", uri="sip:127.0.0.1:@PORT@;lr"),
    "from_strict_double": loose(f"{OTHER},{NEXT}, <sip:target@10.0.0.1>", uri="sip:127.0.0.1:@PORT@;r2=on;lr"),
    "from_strict_mode": loose(NEXT, "<sip:target@10.0.0.1>", uri="sip:127.0.0.1:@PORT@;lr", call='loose_route_mode("1")'),
    "mode_two": loose(OWN, call='loose_route_mode("2")'),
    "preloaded_function": loose(OWN, call="loose_route_preloaded()", to_tag=""),
    "preloaded_function_next": loose(OWN, NEXT, call="loose_route_preloaded()", to_tag=""),
    "preloaded_function_dialog": loose(OWN, call="loose_route_preloaded()"),
    "maddr": loose(f"{OWN},<sip:proxy.example.com:@SINK@;lr;maddr=127.0.0.1>", uri="sip:bob@10.0.0.1"),
    "maddr_strict": loose(f"{OWN},<sip:proxy.example.com:@SINK@;maddr=127.0.0.1>", uri="sip:bob@10.0.0.1"),
    "gruu": loose("<sip:127.0.0.1:@PORT@;lr;gr>", sends=0),
    "display_names": loose(f'"a, <b>" {OWN};p=1 , Next {NEXT};q', uri="sip:bob@10.0.0.1"),
    "no_brackets": loose("sip:127.0.0.1:@PORT@;lr"),
    "malformed": loose("<sip:127.0.0.1:@PORT@;lr"),
    "malformed_second": loose(f"{OWN}, x"),
    "malformed_field": loose(OWN, "x"),
    "bad_uri": loose("<x>"),
    "empty": loose(" "),
    "folded": loose(f"{OWN},\r\n  {NEXT}", uri="sip:bob@10.0.0.1"),
    "compact_case": loose("<SIP:127.0.0.1:@PORT@;LR;ftag=caller>"),
    "lr_on": loose(f"<sip:127.0.0.1:@PORT@;lr=on;ftag=caller>, {NEXT}"),
    "direction_without_loose_route": Scenario("is_method(\"INVITE\"); " + STATE, headers=dialog(OWN, from_tag="callee", to_tag=";tag=caller"), sends=0),
    "params": Scenario(
        "loose_route(); " + show('check_route_param("x=1")', 'check_route_param(";ftag=caller")', 'check_route_param("^;lr")', 'check_route_param("X=1$")', 'check_route_param("y")'),
        headers=dialog("<sip:127.0.0.1:@PORT@;lr;ftag=caller;x=1>"), sends=0,
    ),
    "params_of_none": Scenario("loose_route(); " + show('check_route_param("lr")'), headers=dialog(NEXT), sends=0),
    "params_of_bare": Scenario("loose_route(); " + show('check_route_param(".")'), headers=dialog("<sip:127.0.0.1:@PORT@>"), sends=0),
    "quoted_tag": loose('<sip:127.0.0.1:@PORT@;lr;ftag="callee">', from_tag="caller"),
    "longer_name": loose("<sip:127.0.0.1:@PORT@;lr;xftag=callee;ftagx=callee>"),
    "record_in_dialog": Scenario("loose_route(); record_route(); forward();", headers=dialog(OWN), method="INVITE"),
    "record_in_dialog_upstream": Scenario(
        "loose_route(); record_route(); forward();", headers=dialog(OWN, from_tag="callee", to_tag=";tag=caller"), method="INVITE"
    ),
    "loose_twice": loose(f"{OWN},{NEXT}", call="loose_route(); loose_route()", uri="sip:bob@10.0.0.1"),
    "loose_applied": loose(f"{OWN},{NEXT}", call="loose_route(); msg_apply_changes(); loose_route()", uri="sip:bob@10.0.0.1"),
}  # fmt: skip

FULL_PARAMETERS = """
modparam("rr", "enable_full_lr", 1)
modparam("rr", "append_fromtag", 0)
modparam("rr", "add_username", 1)
modparam("rr", "custom_user_avp", "$avp(user)")
modparam("rr", "force_send_socket", 1)
modparam("rr", "ignore_sips", 1)
modparam("rr", "enable_double_rr", 2)
"""
FULL: dict[str, Scenario] = {
    "plain": Scenario(show("record_route()") + SEND),
    "custom_user": Scenario('$avp(user) = "me"; ' + show('record_route(";x")') + SEND),
    "number_as_user": Scenario("$avp(user) = 5; " + show("record_route()") + SEND),
    "user_of_new_uri": Scenario('$ru = "sip:new@127.0.0.1:@SINK@"; ' + show("record_route()") + SEND, "sip:127.0.0.1"),
    "no_user": Scenario(show("record_route()") + SEND, "sip:127.0.0.1:@SINK@"),
    "sips": Scenario('$ru = "sips:bob@127.0.0.1"; ' + show("record_route()") + ' $ru = "sip:bob@127.0.0.1:@SINK@";' + SEND),
    "preset": Scenario(show('record_route_preset("10.0.0.1", "10.0.0.2")') + SEND),
    "advertised": Scenario(show('record_route_advertised_address("10.0.0.1")') + SEND),
    "forced": Scenario("loose_route(); forward();", headers=dialog("<sip:127.0.0.1:@OTHER@;lr>")),
    "forced_tcp": Scenario("loose_route(); forward();", headers=dialog("<sip:127.0.0.1:@PORT@;transport=tcp;lr>")),
    "forced_ipv6": Scenario("loose_route(); forward();", TO_IPV6, headers=dialog("<sip:[::1]:@PORT@;lr>")),
}  # fmt: skip

SINGLE: dict[str, Scenario] = {
    "udp_to_tcp": Scenario(show("record_route()", 'add_rr_param(";x")') + SEND, TO_TCP),
    "preset": Scenario(show('record_route_preset("10.0.0.1")', 'add_rr_param(";x")') + SEND),
    "preset_two": Scenario(show('record_route_preset("10.0.0.1", "10.0.0.2")') + SEND),
    "advertised": Scenario(show('record_route_advertised_address("10.0.0.1")') + SEND, TO_TCP),
    "double_route": loose(f"{OWN_DOUBLE},{OTHER}", sends=0),
}  # fmt: skip

RR: dict[str, Group] = {
    "recording": Group(("rr",), "", RECORDING),
    "following": Group(("rr",), "", FOLLOWING),
    "full": Group(("rr",), FULL_PARAMETERS, FULL),
    "single": Group(("rr",), 'modparam("rr", "enable_double_rr", 0)', SINGLE),
}
