# ruff: noqa: E501
"""Registrations and look-ups: messages to both servers, whose replies, log lines and location tables are compared."""

from __future__ import annotations

from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Step:
    """One message.

    Args:
        method: ``REGISTER``, or that of a request to look up.
        contacts: values of its Contact headers.
        call_id, cseq: of the message.
        headers: more of them.
        user: of the Request-URI, or of To in a REGISTER; ``NAME`` is the scenario's name.
        host: of the same URI.
        raw: text to change in the message's bytes, and what stands there then.
    """

    method: str = "REGISTER"
    contacts: tuple[str, ...] = ()
    call_id: str = "one"
    cseq: str = "1"
    headers: Headers = ()
    user: str = "NAME"
    host: str = "test.example"
    raw: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Scenario:
    """What a client does.

    Args:
        steps: messages in order; a GRUU of the last reply is put in the place of ``PUBGRUU`` and ``TEMPGRUU``.
        setup: parameters of the modules, see `SETUPS`.
        script: of the route for its messages.
        dump: whether the location table is compared after each step.
        differs: why Kahea does not do the same.
    """

    steps: tuple[Step, ...]
    setup: str = "plain"
    script: str = ""
    dump: bool = True
    differs: str = ""


SETUPS: dict[str, str] = {
    "plain": "",
    "domain": """
modparam("usrloc", "use_domain", 1)
modparam("usrloc", "matching_mode", 1)
modparam("registrar", "realm_prefix", "sip.")
modparam("registrar", "case_sensitive", 1)
modparam("registrar", "method_filtering", 1)
modparam("registrar", "default_q", 400)
modparam("registrar", "max_contacts", 2)
modparam("registrar", "retry_after", 30)
modparam("registrar", "received_param", "")
modparam("registrar", "append_branches", 0)
""",
    "path": """
modparam("usrloc", "matching_mode", 2)
modparam("usrloc", "desc_time_order", 1)
modparam("usrloc", "nat_bflag", 3)
modparam("usrloc", "xavp_contact", "ulattrs")
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 2)
modparam("registrar", "path_use_received", 1)
modparam("registrar", "path_check_local", 1)
modparam("registrar", "received_avp", "$avp(rcv)")
modparam("registrar", "xavp_cfg", "reg")
modparam("registrar", "xavp_rcd", "rcd")
modparam("registrar", "sock_flag", 5)
modparam("registrar", "gruu_enabled", 0)
modparam("registrar", "max_expires", 1000)
modparam("registrar", "min_expires", 30)
modparam("registrar", "default_expires", 900)
""",
    "outbound": """
modparam("usrloc", "matching_mode", 3)
modparam("usrloc", "cseq_delay", 0)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 1)
modparam("registrar", "outbound_mode", 1)
modparam("registrar", "flow_timer", 120)
modparam("registrar", "contact_max_size", 40)
modparam("registrar", "sock_flag", 5)
modparam("registrar", "sock_hdr_name", "X-Socket")
""",
    "required": """
modparam("registrar", "outbound_mode", 2)
modparam("registrar", "use_path", 1)
modparam("registrar", "path_mode", 0)
modparam("registrar", "regid_mode", 1)
modparam("registrar", "min_expires", 0)
""",
}
"""The ``modparam`` lines of both servers, by name."""


SAVE = 'save("location"); xlog("L_NOTICE", "save $rc\\n");'
SHOW = (
    'xlog("L_NOTICE", "$rc $ru $du $bf $fs\\n"); $var(i) = 0; while ($var(i) < $branch(count)) { '
    'xlog("L_NOTICE", "$(branch(uri)[$var(i)]) $(branch(dst_uri)[$var(i)]) $(branch(q)[$var(i)]) $(branch(flags)[$var(i)]) $(branch(path)[$var(i)]) $(branch(send_socket)[$var(i)])\\n"); $var(i) = $var(i) + 1; }'
)
LOOK = f'lookup("location"); {SHOW}'


def register(
    *contacts: str,
    cseq: int | str = 1,
    call_id: str = "one",
    user: str = "NAME",
    host: str = "test.example",
    raw: tuple[tuple[str, str], ...] = (),
    **headers: str,
) -> Step:
    """Return a REGISTER; ``_`` in names of headers stands for ``-``."""
    more = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Step("REGISTER", contacts, call_id, str(cseq), more, user, host, raw)


def look(method: str = "MESSAGE", user: str = "NAME", host: str = "test.example", **headers: str) -> Step:
    """Return a request that is looked up."""
    more = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Step(method, headers=more, user=user, host=host)


def both(save: str = SAVE, other: str = LOOK) -> str:
    """Return a script with one part for REGISTER and one for other methods."""
    return f'if (is_method("REGISTER")) {{ {save} }} else {{ {other} sl_send_reply("404", "Seen"); }}'


A, B, C = "<sip:a@192.0.2.1:5070>", "<sip:b@192.0.2.2;transport=tcp>", '"Carol" <sip:c@192.0.2.3>'

CASES: dict[str, Scenario] = {
    # --- bindings
    "one_contact": Scenario((register(A), look(), look("INVITE"))),
    "no_contact": Scenario((register(), register(A), register(cseq=2))),
    "three_contacts": Scenario((register(A, B, C), look())),
    "three_contacts_in_a_header": Scenario(
        (register(f"{A}, {B}", C), look()),
        differs="contacts of one header",
    ),
    "same_contact_twice": Scenario((register(A, f"{A};q=0.3"), look())),
    "same_contact_twice_in_update": Scenario((register(B), register(A, f"{A};q=0.3", cseq=2))),
    "refresh": Scenario((register(f"{A};expires=600"), register(f"{A};expires=700", cseq=2), look())),
    "other_call": Scenario((register(A, cseq=9), register(A, cseq=1, call_id="two"))),
    "removed": Scenario(
        (register(A, B), register(f"{A};expires=0", cseq=2), look(), register(f"{B};expires=0", cseq=3), look())
    ),
    "removed_by_header": Scenario((register(A, B), register(A, cseq=2, Expires="0"), look())),
    "removed_unknown": Scenario((register(A), register(f"{B};expires=0", cseq=2))),
    "removed_before_it_was": Scenario((register(f"{A};expires=0"), look())),
    "one_removed_one_added": Scenario((register(A), register(f"{A};expires=0", B, cseq=2))),
    "star": Scenario((register(A, B), register("*", cseq=2, Expires="0"), look())),
    "star_of_nobody": Scenario((register("*", Expires="0"),)),
    "star_without_expires": Scenario((register(A), register("*", cseq=2))),
    "star_with_expires": Scenario((register(A), register("*", cseq=2, Expires="5"))),
    "star_and_contact": Scenario((register("*", A, Expires="0"),)),
    "contact_and_star": Scenario((register(A, "*", Expires="0"),)),
    "star_with_lower_cseq": Scenario((register(A, cseq=5), register("*", cseq=2, Expires="0"))),
    "empty_user": Scenario((register(A, raw=(("To: <sip:empty_user@", "To: <sip:"),)),), dump=False),
    # --- order of requests
    "lower_cseq": Scenario((register(A, cseq=5), register(A, cseq=4))),
    "same_cseq": Scenario((register(A, cseq=5), register(f"{A};expires=100", cseq=5))),
    "same_cseq_another_contact": Scenario((register(A, cseq=5), register(B, cseq=5))),
    "lower_cseq_another_contact": Scenario((register(A, cseq=5), register(B, cseq=4))),
    "lower_cseq_removes": Scenario((register(A, cseq=5), register(f"{A};expires=0", cseq=4))),
    "large_cseq": Scenario((register(A, cseq=4294967295),), dump=False),
    "bad_cseq": Scenario((register(A, cseq="12x"),)),
    # --- expires
    "expires_header": Scenario((register(A, B, Expires="120"),)),
    "expires_param_and_header": Scenario((register(f"{A};expires=200", B, Expires="120"),)),
    "expires_small": Scenario((register(f"{A};expires=1"),)),
    "expires_59_60_61": Scenario((register(f"{A};expires=59", f"{B};expires=60", f"{C};expires=61"),)),
    "expires_large": Scenario((register(f"{A};expires=2000000000", Expires="1"),), dump=False),
    "expires_no_number": Scenario((register(f"{A};expires=soon", Expires="100"),)),
    "expires_header_no_number": Scenario((register(A, Expires="Thu, 01 Dec 1994 16:00:00 GMT"),)),
    "expires_header_empty": Scenario((register(A, Expires=""),)),
    "expires_header_more": Scenario((register(A, Expires="100;x=y"),)),
    "expires_header_huge": Scenario((register(A, Expires="99999999999"),)),
    "expires_without_value": Scenario((register(f"{A};expires", Expires="100"),)),
    "expires_quoted": Scenario((register(f'{A};expires="300"'),)),
    "expires_capitals": Scenario((register(f"{A};Expires=300"),)),
    # --- q
    "q_order": Scenario((register(f"{A};q=0.1", f"{B};q=0.9", f"{C};q=0.5"), look())),
    "q_equal": Scenario((register(f"{A};q=0.5", f"{B};q=0.5", C), look())),
    "q_forms": Scenario(
        (
            register(
                f"{A};q=1",
                f"{B};q=0",
                f"{C};q=.25",
                "<sip:d@192.0.2.4>;q=0.123",
                "<sip:e@192.0.2.5>;q=1.000",
                "<sip:f@192.0.2.6>;q=0.05",
            ),
            look(),
        )
    ),
    "q_bad": Scenario((register(A), register(f"{B};q=2", cseq=2))),
    "q_bad_in_first": Scenario((register(f"{A};q=x"),)),
    "q_changes_within_order": Scenario((register(f"{A};q=0.9", f"{B};q=0.5"), register(f"{B};q=0.8", cseq=2), look())),
    "q_changes_the_order": Scenario(
        (register(f"{A};q=0.9", f"{B};q=0.5", f"{C};q=0.1"), register(f"{C};q=0.7", cseq=2), look()),
        differs="a contact whose q changes",
    ),
    # --- what contacts look like
    "contact_bare": Scenario((register("sip:a@192.0.2.1:5070;expires=100"), look())),
    "contact_names": Scenario(
        (register('"A, \\"B\\" <x>" <sip:a@192.0.2.1>;expires=100', "Bob <sip:b@192.0.2.2;a=b;c>;x=y"), look())
    ),
    "contact_compact": Scenario(
        (register(raw=(("Content-Length", "m: <sip:a@192.0.2.1>\r\nContent-Length"),)), look())
    ),
    "contact_received": Scenario(
        (register(f'{A};received="sip:198.51.100.7:1024;transport=tcp"', B), look()),
        differs="`received` of a contact",
    ),
    "contact_received_alone": Scenario((register(f'{A};received="sip:198.51.100.7:1024;transport=tcp"'), look())),
    "contact_empty": Scenario((register(""),)),
    "contact_malformed": Scenario((register("<sip:a@192.0.2.1"),)),
    "contact_malformed_second": Scenario((register(A, '"x <sip:a@192.0.2.1>'),)),
    "contact_no_uri": Scenario((register("<abc>"),)),
    "contact_short": Scenario((register("<x>"),), differs="a contact of one character"),
    "contact_tel": Scenario((register("<tel:+1234>"), look())),
    "contact_too_long": Scenario((register(f"<sip:{'a' * 520}@192.0.2.1>"),)),
    "contact_512": Scenario((register(f"<sip:{'a' * 498}@192.0.2.1>"),)),
    "contact_513": Scenario((register(f"<sip:{'a' * 499}@192.0.2.1>"),)),
    "contact_methods": Scenario((register(f'{A};methods="INVITE, ACK,BYE"', B), look())),
    "contact_methods_bad": Scenario((register(f'{A};methods="INVITE ,, ACK"'),)),
    "allow": Scenario((register(A, Allow="INVITE, ACK, FOO"), look())),
    "user_agent": Scenario((register(A, User_Agent="Phone/1.0 (x; y)"), register(A, cseq=2))),
    "user_agent_long": Scenario((register(A, User_Agent="x" * 255), register(B, cseq=2, User_Agent="x" * 254))),
    "call_id_long": Scenario((register(A, call_id="c" * 256), register(A, call_id="c" * 255))),
    # --- addresses of record
    "case_of_user": Scenario((register(A, user="Case_Of_User"), look(user="CASE_of_user"))),
    "host_is_ignored": Scenario((register(A, host="one.example"), look(host="two.example"))),
    "escapes": Scenario((register(A, user="esc%61pes"), look(user="escapes"))),
    "escape_bad": Scenario((register(A, user="x%zz"), look(user="x%zz"), register(A, user="x%00"), look(user="x%e9"))),
    "uri_params": Scenario(
        (register(A, raw=(("@test.example>", "@test.example;user=phone>"),)), look(host="test.example;x=y"))
    ),
    "to_is_tel": Scenario((register(A, raw=(("To: <sip:to_is_tel@test.example>", "To: <tel:+1234>"),)),), dump=False),
    "unknown_user": Scenario((look(), look("INVITE"))),
    "latin_user": Scenario((register(A, user="latin_us\u00c9r"),), dump=False),
    # --- instances and GRUU
    "instance": Scenario(
        (
            register(f'{A};+sip.instance="<urn:uuid:1>"', Supported="gruu, path"),
            look(),
            look(host="test.example;gr=urn:uuid:1"),
            look(host="test.example;gr=urn:uuid:2"),
        )
    ),
    "instance_without_support": Scenario((register(f'{A};+sip.instance="<urn:uuid:1>"'),)),
    "instance_moves": Scenario(
        (register(f'{A};+sip.instance="<urn:uuid:1>"'), register(f'{B};+sip.instance="<urn:uuid:1>"', cseq=1), look())
    ),
    "instance_reg_ids": Scenario(
        (
            register(f'{A};+sip.instance="<urn:uuid:1>";reg-id=1'),
            register(f'{B};+sip.instance="<urn:uuid:1>";reg-id=2', cseq=2),
            look(),
            register(f'{C};+sip.instance="<urn:uuid:1>";reg-id=2', cseq=3, call_id="two"),
            look(),
        )
    ),
    "instance_reg_id_bad": Scenario(
        (
            register(f'{A};+sip.instance="<urn:uuid:1>";reg-id=x'),
            register(f'{A};+sip.instance="<urn:uuid:1>";reg-id=0'),
        ),
        differs="a bad `reg-id`",
    ),
    "reg_id_without_instance": Scenario((register(f"{A};reg-id=1"),)),
    "temporary_gruu": Scenario(
        (
            register(f'{A};+sip.instance="<urn:uuid:1>"', f"{B};q=0.9", Supported="gruu"),
            look(user="TEMPGRUU", host="test.example;gr"),
            look(user="uloc-1-2-3-ff", host="test.example;gr"),
            look(user="nonsense", host="test.example;gr"),
            look(user="uloc-xyz", host="test.example;gr"),
        )
    ),
    "outbound_not_offered": Scenario((register(A, Require="outbound"), register(A, Supported="outbound"))),
    "path_is_ignored": Scenario((register(A, Path="<sip:192.0.2.9;lr>", Supported="path"), look())),
    # --- flags and further functions
    "flag_no_reply": Scenario(
        (register(A),),
        script=both('save("location", "0x02"); xlog("L_NOTICE", "$rc\\n"); sl_send_reply("202", "Later");'),
    ),
    "flag_replace": Scenario(
        (register(A, B), register(C, cseq=2), look(), register(C, A, cseq=3)),
        script=both('save("location", "4"); xlog("L_NOTICE", "$rc\\n");'),
    ),
    "flag_replace_repeated": Scenario(
        (register(A), register(B, cseq=2), register(B, A, cseq=2)),
        script=both('save("location", "4"); xlog("L_NOTICE", "$rc\\n");'),
    ),
    "other_uri": Scenario(
        (register(A), look()),
        script=both('save("location", "0x00", "sip:other_uri@elsewhere.example"); xlog("L_NOTICE", "$rc\\n");'),
    ),
    "bad_uri": Scenario(
        (register(A),),
        script=both('save("location", "0", "nonsense"); xlog("L_NOTICE", "$rc\\n"); sl_send_reply("500", "No");'),
    ),
    "registered": Scenario(
        (look(), register(A), look()),
        script=both(
            other='registered("location"); xlog("L_NOTICE", "$rc $ru\\n"); registered("location", "sip:registered@x"); xlog("L_NOTICE", "$rc\\n"); registered("location", "nonsense"); xlog("L_NOTICE", "$rc\\n");'
        ),
    ),
    "unregister": Scenario(
        (register(A, B), look(), look()),
        script=both(
            other='unregister("location", "$ru"); xlog("L_NOTICE", "$rc\\n"); unregister("location", "x"); xlog("L_NOTICE", "$rc\\n");'
        ),
    ),
    "unregister_ruid": Scenario(
        (register(A, B), look(), look()),
        script=both(
            other='if (reg_fetch_contacts("location", "$ru", "me")) { unregister("location", "$ru", "$ulc(me=>ruid)"); xlog("L_NOTICE", "$rc\\n"); unregister("location", "$ru", "none"); xlog("L_NOTICE", "$rc\\n"); }'
        ),
        dump=False,
    ),
    "to_branches": Scenario((register(A, B), look()), script=both(other=f'lookup_to_dset("location", "$ru"); {SHOW}')),
    "lookup_of_uri": Scenario(
        (register(A, B), look(user="somebody")), script=both(other=f'lookup("location", "sip:lookup_of_uri@x"); {SHOW}')
    ),
    "branches": Scenario(
        (register(A, B), register(C, user="branches2", call_id="two"), look()),
        script=both(
            other=f'append_branch("sip:branches2@x"); append_branch("sip:branches3@x"); lookup_branches("location"); {SHOW}'
        ),
        dump=False,
    ),
    "many_branches": Scenario((register(*(f"<sip:a{n}@192.0.2.{n}>" for n in range(1, 16))), look())),
    "fetched": Scenario(
        (register(f'{A};q=0.7;received="sip:198.51.100.1:99"', User_Agent="x"), look()),
        script=both(
            other='reg_fetch_contacts("location", "$ru", "me"); xlog("L_NOTICE", "$rc $ulc(me=>aor) $ulc(me=>domain) $ulc(me=>addr) $ulc(me=>path) $ulc(me=>received) $ulc(me=>callid) $ulc(me=>q) $ulc(me=>cseq) $ulc(me=>flags) $ulc(me=>cflags) $ulc(me=>user_agent) $ulc(me=>socket) $ulc(me=>methods) $ulc(me=>count) $ulc(me=>regid) $ulc(me=>instance) $ulc(me=>conid) $ulc(me=>server_id) $(ulc(me=>addr)[1])\\n"); reg_free_contacts("me"); xlog("L_NOTICE", "$rc $ulc(me=>addr)\\n"); reg_fetch_contacts("location", "sip:nobody@x", "me"); xlog("L_NOTICE", "$rc $ulc(me=>aor)\\n");'
        ),
    ),
    "branch_flags": Scenario((register(A, B), look()), script=both(f"setbflag(7); setbflag(2); {SAVE}")),
    "reply_later": Scenario(
        (register(A),),
        script=both(
            'save("location", "2"); append_to_reply("X-More: 1\\r\\n"); reg_send_reply(); xlog("L_NOTICE", "$rc\\n");'
        ),
    ),
    # --- the domain counts, matching_mode 1, max_contacts
    "domain_two": Scenario(
        (
            register(A, user="Domain_Two"),
            register(B, host="TEST.Example", cseq=2),
            look(),
            look(user="Domain_Two"),
            look(host="sip.test.example"),
            look(host="other.example"),
        ),
        "domain",
        dump=False,
    ),
    "domain_realm_prefix": Scenario(
        (register(A, host="sip.Test.example"), look(), look(host="sip.")), "domain", dump=False
    ),
    "domain_no_user": Scenario(
        (register(A, raw=(("To: <sip:domain_no_user@test", "To: <sip:test"),)),), "domain", dump=False
    ),
    "call_id_matching": Scenario(
        (register(A), register(A, call_id="two"), register(f"{A};expires=0", call_id="two", cseq=2), look()), "domain"
    ),
    "too_many": Scenario(
        (
            register(A, B),
            register(C, cseq=2),
            register(f"{A};expires=0", C, cseq=3),
            register(A, B, C, user="too_many2"),
            register(A, B, cseq=4),
        ),
        "domain",
    ),
    "method_filter": Scenario(
        (
            register(f'{A};methods="INVITE"', B, Allow="MESSAGE"),
            look("INVITE"),
            look("MESSAGE"),
            look("OPTIONS"),
            look("FOO"),
        ),
        "domain",
    ),
    "method_filter_in_dialog": Scenario(
        (register(A, Allow="INVITE"), look("BYE"), look("BYE", To="<sip:x@test.example>;tag=1")), "domain"
    ),
    "received_is_not_told": Scenario((register(f'{A};received="sip:198.51.100.1"'),), "domain"),
    # --- path, received address, XAVPs, matching_mode 2, newest first
    "path_strict": Scenario(
        (
            register(A, Path="<sip:192.0.2.9;lr>"),
            register(A, cseq=2, Path="<sip:192.0.2.9;lr>", Supported="path"),
            look(),
        ),
        "path",
    ),
    "path_of_two": Scenario(
        (
            register(A, Path="<sip:192.0.2.9;lr>,<sip:192.0.2.8:5080;lr>", Supported="path"),
            look(),
            register(B, cseq=2, Supported="path", Path="<sip:p@192.0.2.7;lr>"),
            look(),
        ),
        "path",
    ),
    "path_two_headers": Scenario(
        (
            register(
                A,
                Supported="path",
                Path="<sip:192.0.2.9;lr>",
                raw=(("Content-Length", "Path: <sip:192.0.2.8;lr>\r\nContent-Length"),),
            ),
            look(),
        ),
        "path",
    ),
    "path_local": Scenario(
        (
            register(A, Supported="path", Path="<sip:127.0.0.1;lr>,<sip:192.0.2.8;lr>"),
            look(),
            register(A, cseq=2, Supported="path", Path="<sip:127.0.0.1;lr>"),
            look(),
        ),
        "path",
    ),
    "path_received": Scenario(
        (
            register(A, Supported="path", Path="<sip:192.0.2.9;lr;received=sip:198.51.100.9%3A1024%3Btransport%3Dtcp>"),
            look(),
        ),
        "path",
    ),
    "path_strict_router": Scenario((register(A, Supported="path", Path="<sip:192.0.2.9>"),), "path"),
    "path_malformed": Scenario(
        (register(A, Supported="path", Path="nonsense"), register(A, Supported="path", Path="<sip:192.0.2.9;lr")),
        "path",
    ),
    "path_matching": Scenario(
        (
            register(A, Supported="path", Path="<sip:192.0.2.9;lr>"),
            register(A, Supported="path", cseq=2, Path="<sip:192.0.2.8;lr>"),
            register(A, cseq=3),
            look(),
        ),
        "path",
    ),
    "newest_first": Scenario((register(A, f"{B};q=1"), register(C, cseq=2), register(A, cseq=3), look()), "path"),
    "received_avp": Scenario(
        (register(A), register(f'{B};received="sip:203.0.113.1"', cseq=2), look()),
        "path",
        both(f'$avp(rcv) = "sip:198.51.100.3:3;transport=tcp"; {SAVE}'),
    ),
    "expires_bounds": Scenario((register(f"{A};expires=5000", f"{B};expires=10", C),), "path"),
    "xavp_settings": Scenario(
        (register(f"{A};q=0.1", B), register(C, cseq=2)),
        "path",
        both(f"$xavp(reg=>expires) = 80; $xavp(reg[0]=>q) = 300; $xavp(reg[0]=>max_contacts) = 2; {SAVE}"),
    ),
    "xavp_settings_bad": Scenario((register(A),), "path", both(f"$xavp(reg=>q) = 1300; {SAVE}")),
    "xavp_record": Scenario(
        (register(A, Supported="path", Path="<sip:192.0.2.9;lr>"), look(), register(B, cseq=2), look()),
        "path",
        both(
            SAVE + 'xlog("L_NOTICE", "$xavp(rcd=>contact) $xavp(rcd=>path) $xavp(rcd[0]=>contact[1])\\n");',
            'lookup("location"); xlog("L_NOTICE", "$rc $xavp(rcd=>contact) $xavp(rcd=>received) $xavp(rcd=>path)\\n");',
        ),
    ),
    "xavp_kept": Scenario(
        (register(A), register(B, cseq=2), look()),
        "path",
        both(
            f"$xavp(ulattrs=>word) = $ct; $xavp(ulattrs[0]=>number) = 5; {SAVE}",
            'lookup("location"); xlog("L_NOTICE", "$rc $xavp(ulattrs=>word) $xavp(ulattrs[0]=>number) $xavp(ulattrs[1]=>word)\\n");',
        ),
    ),
    "registered_matching": Scenario(
        (register(A, B), look(), look()),
        "path",
        both(
            other='$xavp(reg=>match_contact) = "sip:b@192.0.2.2;transport=tcp"; $xavp(reg[0]=>match_callid) = "no"; registered("location", "$ru", 4); xlog("L_NOTICE", "$rc $xavp(rcd=>contact)\\n"); registered("location", "$ru", 5); xlog("L_NOTICE", "$rc\\n"); registered("location", "$ru", 2, 2); xlog("L_NOTICE", "$rc\\n");'
        ),
    ),
    "socket_of_xavp": Scenario(
        (register(A), look(), register(A, cseq=2)),
        "path",
        both(
            f'setflag(5); if ($cs == 2) {{ $xavp(reg=>socket) = "udp:192.0.2.77:5060"; }} else {{ $xavp(reg=>socket) = "udp:127.0.0.1:" + $Rp; }} {SAVE}'
        ),
    ),
    # --- outbound, matching_mode 3
    "outbound_supported": Scenario(
        (
            register(A),
            register(f'{A};+sip.instance="<urn:uuid:1>";reg-id=1', cseq=2, call_id="two", Supported="outbound, path"),
            register(A, cseq=2, call_id="three", Require="outbound"),
        ),
        "outbound",
    ),
    "outbound_edge": Scenario(
        (
            register(f'{A};+sip.instance="<urn:uuid:1>";reg-id=1', Supported="outbound", Via2="x"),
            register(
                f'{A};+sip.instance="<urn:uuid:1>";reg-id=1',
                cseq=2,
                Supported="outbound",
                Via2="x",
                Path="<sip:192.0.2.9;lr;ob>",
            ),
            register(f'{A};+sip.instance="<urn:uuid:2>";reg-id=1', call_id="two", Via2="x"),
        ),
        "outbound",
    ),
    "call_id_only": Scenario(
        (register(A, cseq=1), register(f"{A};expires=200", cseq=2), register(B, cseq=1, call_id="two"), look()),
        "outbound",
    ),
    "call_id_only_moves": Scenario(
        (register(A, cseq=1), register(B, cseq=2), look()),
        "outbound",
        differs="`matching_mode` 3, another URI",
    ),
    "same_cseq_without_delay": Scenario((register(A, cseq=3), register(A, cseq=3)), "outbound"),
    "contact_size": Scenario((register("<sip:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@192.0.2.1>"),), "outbound"),
    "path_lazy": Scenario(
        (register(A, Path="<sip:192.0.2.9;lr>"), register(A, cseq=2, Path="<sip:192.0.2.9;lr>", Supported="path")),
        "outbound",
    ),
    "socket_header": Scenario(
        (
            register(A, X_Socket="udp:127.0.0.1:SERVER"),
            look(),
            register(A, cseq=2, X_Socket="udp:192.0.2.1:5060"),
            register(A, cseq=3, X_Socket="nonsense:::"),
        ),
        "outbound",
        both(f"setflag(5); {SAVE}"),
    ),
    "required_without_support": Scenario((register(A), register(A, cseq=2, Supported="outbound"), look()), "required"),
    "required_reg_id_always": Scenario(
        (register(f'{A};+sip.instance="<urn:uuid:1>";reg-id=7', Supported="outbound", Via2="x"), look()), "required"
    ),
    "no_minimum": Scenario(
        (
            register(f"{A};expires=1", Supported="outbound"),
            register(f"{A};expires=2", cseq=2, Supported="outbound", Path="<sip:192.0.2.9;lr>"),
        ),
        "required",
        dump=False,
    ),
}
"""What is compared, by name, which is also the user's."""


MODULES = ("sl", "pv", "xlog", "textops", "siputils", "corex", "kex", "usrloc", "registrar")


def configuration(setup: str, before: str = "", at_request: str = "") -> str:
    """Return the configuration of a setup with all its scenarios.

    Args:
        setup: name of the parameters.
        before: lines in front of the scenarios' modules.
        at_request: statements at the beginning of request_route.
    """
    scenarios = {name: one for name, one in CASES.items() if one.setup == setup}
    blocks = "\n".join(f"route[CASE_{name}] {{\n{one.script or both()}\n}}" for name, one in scenarios.items())
    dispatch = "\n".join(f'    case "{name}": route(CASE_{name}); break;' for name in scenarios)
    loaded = "\n".join(f'loadmodule "{name}.so"' for name in MODULES)
    return f"""
debug=1
log_stderror=yes
children=1
server_header="Server: test"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
{before}
{loaded}
{SETUPS[setup]}
request_route {{
    if ($rU =~ "^marker-") {{ xlog("L_NOTICE", "$rU\\n"); sl_send_reply("200", "Marker"); exit; }}
{at_request}
    switch ($hdr(X-Case)) {{
{dispatch}
    default: exit;
    }}
}}
{blocks}
"""
