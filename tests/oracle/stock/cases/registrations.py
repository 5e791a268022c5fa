"""Registrations on the stock configuration."""

from __future__ import annotations

from tests.oracle.stock.script import register, stock
from tests.oracle.tm.case import Case

CASES: dict[str, Case] = {
    "register_new": stock(register("uac"), "dump"),
    "register_again": stock(register("uac"), register("uac", "Expires: 900"), "dump"),
    "register_ends": stock(register("uac"), register("uac", "Expires: 0"), "dump"),
    "register_ends_unknown": stock(register("uac", "Expires: 0"), "dump"),
    "register_ends_by_contact": stock(register("uac"), register("uac", contact="<sip:bob.CASE@UAC>;expires=0"), "dump"),
    "register_star": stock(register("uac"), register("uac", "Expires: 0", contact="*"), "dump"),
    "register_star_without_records": stock(register("uac", "Expires: 0", contact="*"), "dump"),
    "register_star_with_expires": stock(
        register("uac"), register("uac", "Expires: 60", contact="*", reply=400), "dump"
    ),
    "register_star_without_expires": stock(
        register("uac"), register("uac", "no expires", contact="*", reply=400), "dump"
    ),
    "register_star_and_contact": stock(
        register("uac", "Expires: 0", "Contact: <sip:x@UAC>", contact="*", reply=400), "dump"
    ),
    "register_query": stock(register("uac"), register("uac", "no expires", contact="none"), "dump"),
    "register_query_of_nobody": stock(register("uac", "no expires", contact="none"), "dump"),
    "register_without_expires": stock(register("uac", "no expires"), "dump"),
    "register_several": stock(
        register(
            "uac",
            contact="<sip:one@UAC>;q=0.5, <sip:two@UAC;transport=tcp>;expires=300;q=1.0",
        ),
        register("uac", "no expires", contact="none"),
        "dump",
    ),
    "register_several_lines": stock(
        register("uac", "Contact: <sip:two@UAC>;expires=120", 'm: "Three" <sip:three@UAC>;q=0.3'), "dump"
    ),
    "register_two_phones": stock(register("uac"), register("uas1"), "dump", register("uas1", "Expires: 0"), "dump"),
    "register_twelve": stock(register("uac", contact=", ".join(f"<sip:c{i}@UAC>" for i in range(12))), "dump"),
    "register_expires_too_long": stock(register("uac", "Expires: 99999"), "dump"),
    "register_expires_brief": stock(register("uac", "Expires: 10"), "dump"),
    "register_expires_huge": stock(register("uac", "Expires: 99999999999", reply=400), "dump"),
    "register_expires_negative": stock(register("uac", "Expires: -5", reply=400), "dump"),
    "register_expires_no_number": stock(register("uac", "Expires: soon", reply=0), "wait 0.2", "dump"),
    "register_contact_expires_no_number": stock(
        register("uac", contact="<sip:bob.CASE@UAC>;expires=abc", reply=0), "wait 0.2", "dump"
    ),
    "register_bad_contact": stock(register("uac", contact="<sip:bob@", reply=0), "wait 0.2", "dump"),
    "register_contact_no_uri": stock(register("uac", contact="<nothing>", reply=0), "wait 0.2", "dump"),
    "register_contact_tel": stock(register("uac", contact="<tel:+123456>", reply=0), "wait 0.2", "dump"),
    "register_contact_sips": stock(register("uac", contact="<sips:bob@UAC>", reply=0), "wait 0.2", "dump"),
    "register_contact_named": stock(
        register("uac", contact='"Bob, the \\"builder\\"" <sip:bob.CASE@UAC;ob>;q=0.7;+sip.ice;methods="INVITE, BYE"'),
        "dump",
    ),
    "register_contact_bare": stock(register("uac", contact="sip:bob.CASE@UAC;expires=90"), "dump"),
    "register_bad_q": stock(register("uac", contact="<sip:bob@UAC>;q=7", reply=0), "wait 0.2", "dump"),
    "register_q_text": stock(register("uac", contact="<sip:bob@UAC>;q=x", reply=0), "wait 0.2", "dump"),
    "register_lower_cseq": stock(
        register("uac", "cseq=9"), register("uac", "cseq=5", reply=0), "uac < 400", "wait 0.2", "dump"
    ),
    "register_same_cseq": stock(register("uac", "cseq=9"), register("uac", "cseq=9", reply=0), "wait 0.2", "dump"),
    "register_ends_lower_cseq": stock(
        register("uac", "cseq=9"), register("uac", "cseq=5", "Expires: 0", reply=0), "uac < 400", "wait 0.2", "dump"
    ),
    "register_other_call_id": stock(
        register("uac", "cseq=9"), register("uac", "cseq=2").replace("call=registeruac", "call=other"), "dump"
    ),
    "register_retransmission": stock(register("uac"), "uac > again REGISTER\nuac < 200", "dump"),
    "register_methods": stock(register("uac", contact='<sip:bob.CASE@UAC>;methods="INVITE,ACK"'), "dump"),
    "register_allow": stock(register("uac", "Allow: INVITE, ACK, BYE", "User-Agent: phone/1.0"), "dump"),
    "register_instance": stock(
        register(
            "uac",
            "Supported: path, outbound, gruu",
            contact='<sip:bob.CASE@UAC;ob>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-0000-0000-000000000001>"',
        ),
        "dump",
    ),
    "register_gruu_not_enabled": stock(
        register(
            "uac",
            "Supported: gruu",
            contact='<sip:bob.CASE@UAC>;+sip.instance="<urn:uuid:00000000-0000-0000-0000-000000000001>"',
        ),
        "dump",
    ),
    "register_path": stock(register("uac", "Path: <sip:UAS1;lr>", "Supported: path"), "dump"),
    "register_path_not_supported": stock(register("uac", "Path: <sip:UAS1;lr>", reply=0), "wait 0.2", "dump"),
    "register_by_another": stock(
        register("uac").replace("from=<sip:bob.CASE@SERVER>", "from=<sip:carol.CASE@SERVER>"), "dump"
    ),
    "register_other_domain": stock(
        register("uac", reply=403).replace("ruri=sip:SERVER", "ruri=sip:other.example"), "dump"
    ),
    "register_to_other_domain": stock(
        register("uac").replace("to=<sip:bob.CASE@SERVER>", "to=<sip:bob.CASE@other.example>"), "dump"
    ),
    "register_user_in_uri": stock(register("uac").replace("ruri=sip:SERVER", "ruri=sip:bob.CASE@SERVER"), "dump"),
    "register_upper_case": stock(register("uac", user="BOB"), "dump"),
    "register_escaped": stock(register("uac", user="b%6Fb"), "dump"),
    "register_to_without_user": stock(
        register("uac", reply=0).replace("to=<sip:bob.CASE@SERVER>", "to=<sip:SERVER>"), "wait 0.2", "dump"
    ),
    "register_to_tag": stock(register("uac", "to-tag=uacx", reply=0), "wait 0.2", "dump"),
    "register_with_require": stock(register("uac", "Require: outbound", reply=0), "wait 0.2", "dump"),
    "register_proxy_require": stock(register("uac", "Proxy-Require: foo", reply=0), "wait 0.2", "dump"),
    "register_tcp": stock(register("uac", contact="<sip:bob.CASE@UAC;transport=tcp>"), "dump", tcp=("uac",)),
    "register_tcp_twice": stock(
        register("uac", contact="<sip:bob.CASE@UAC;transport=tcp>"),
        register("uac", "Expires: 0", contact="<sip:bob.CASE@UAC;transport=tcp>"),
        "dump",
        tcp=("uac",),
    ),
    "register_ipv6": stock(
        register("uac", contact="<sip:bob.CASE@UAC>").replace("SERVER", "SERVER6"), "dump", hosts={"uac": "[::1]"}
    ),
    "register_max_forwards_0": stock(register("uac", "max-forwards=0", reply=483), "dump"),
    "register_preloaded_route": stock(register("uac", "Route: <sip:SERVER;lr>"), "dump"),
    "register_route_elsewhere": stock(register("uac", "Route: <sip:UAS1;lr>"), "dump"),
    "register_uri_with_port_parameters": stock(
        register("uac").replace("ruri=sip:SERVER", "ruri=sip:SERVER;transport=udp"), "dump"
    ),
    "register_looked_up_by_command": stock(register("uac"), "rpc ul.lookup location bob.CASE", "dump"),
}
