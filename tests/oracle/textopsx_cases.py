# ruff: noqa: E501
"""Calls of the functions of textopsx."""

from __future__ import annotations

from typing import Any

from tests.oracle.module_case import SHOW_MESSAGE, Case, show

_LISTS = (
    ("Supported", "path, 100rel , timer"),
    ("Supported", "gruu"),
    ("X-One", "one"),
    ("X-Empty", ""),
    ("x-list", 'a,"b,c",,d'),
)
_CONTACTS = (("Contact", '"A;B" <sip:a@h;x=1>;expires=60;q=0.5 , <sip:b@h>;q=1;expires'), ("m", "sip:c@h;expires=5"))
_DIGEST = (
    ("Authorization", 'Digest username="u", realm="r, x", nonce = "n" , opaque=""'),
    ("Authorization", "Basic abc"),
    ("Proxy-Authorization", 'a=1,b="2"'),
)


def _edits(name: str, headers: tuple[tuple[str, str], ...], *calls: str, **options: Any) -> dict[str, Case]:
    """Return a case for each call, which logs the code and the changed message."""
    return {
        f"{name}_{number}": Case(show(call) + SHOW_MESSAGE, headers=headers, **options)
        for number, call in enumerate(calls)
    }


_BODY = b"v=0\r\no=- 1 1 IN IP4 h\r\ns=-\nm=audio 1 RTP/AVP 0\r\na=last\r\n"
_WALK = (
    'hf_iterator_start("w"); xlog("L_NOTICE", "[$hfitname(w)]\\n"); while (hf_iterator_next("w")) { xlog("L_NOTICE", "$hfitname(w)=[$hfitbody(w)]\\n"); } '
    'xlog("L_NOTICE", "[$hfitname(w)]\\n"); '
)

TEXTOPSX: dict[str, Case] = {
    **_edits(
        "append_hf_value",
        _LISTS,
        *(
            f'append_hf_value("{target}", "new$var(none)")'
            for target in (
                "Supported",
                "Supported[]",
                "Supported[1]",
                "Supported[2]",
                "Supported[3]",
                "Supported[4]",
                "Supported[9]",
                "Supported[-1]",
                "Supported[-2]",
                "Supported[-9]",
                "k[1]",
                "X-One[1]",
                "X-Empty[1]",
                "X-List[2]",
                "X-List[3]",
                "X-List[-1]",
                "X-None",
                "X-None[1]",
                " X-One [ 1 ] ",
            )
        ),
        'append_hf_value("X-One", "")',
        'append_hf_value("Via[1]", "x")',
    ),
    **_edits(
        "insert_hf_value",
        _LISTS,
        *(
            f'insert_hf_value("{target}", "new")'
            for target in (
                "Supported",
                "Supported[]",
                "Supported[1]",
                "Supported[2]",
                "Supported[4]",
                "Supported[9]",
                "Supported[-1]",
                "Supported[-4]",
                "Supported[-9]",
                "X-One[1]",
                "X-Empty[1]",
                "X-List[2]",
                "X-List[3]",
                "X-None",
                "X-None[1]",
                "X-None[2]",
                "X-None[-1]",
            )
        ),
    ),
    **_edits(
        "remove_hf_value",
        _LISTS + _CONTACTS,
        *(
            f'remove_hf_value("{target}")'
            for target in (
                "Supported",
                "Supported[1]",
                "Supported[2]",
                "Supported[3]",
                "Supported[4]",
                "Supported[*]",
                "Supported[-1]",
                "Supported[5]",
                "X-One",
                "X-Empty",
                "X-List[2]",
                "X-List[3]",
                "X-List[4]",
                "X-None",
                "X-None[*]",
                "Contact.expires",
                "Contact[1].q",
                "Contact[2].expires",
                "Contact[3].expires",
                "Contact[*].expires",
                "Contact[1].x",
                "Contact[*].none",
                "Contact[-1].expires",
                "m.EXPIRES",
            )
        ),
    ),
    **_edits(
        "assign_hf_value",
        _LISTS + _CONTACTS,
        *(
            f'assign_hf_value("{target}", "{value}")'
            for target in (
                "Supported",
                "Supported[2]",
                "Supported[-1]",
                "X-One[1]",
                "X-Empty",
                "X-List[3]",
                "X-None",
                "Contact.expires",
                "Contact[2].expires",
                "Contact[2].new",
                "Contact[3].new",
                "Contact[*].expires",
                "Contact[1].x",
            )
            for value in ("val", "")
        ),
    ),
    **_edits(
        "remove_hf_value2",
        _DIGEST,
        *(
            f'remove_hf_value2("{target}")'
            for target in (
                "Authorization",
                "Authorization[2]",
                "Authorization[*]",
                "Authorization.username",
                "Authorization.realm",
                "Authorization.nonce",
                "Authorization.opaque",
                "Authorization[2].abc",
                "Authorization[*].nonce",
                "Authorization[3]",
                "Authorization.none",
                "Proxy-Authorization.a",
                "Proxy-Authorization.b",
                "X-None",
            )
        ),
    ),
    **_edits(
        "assign_hf_value2",
        _DIGEST,
        *(
            f"assign_hf_value2(\"{target}\", '{value}')"
            for target in (
                "Authorization",
                "Authorization[2]",
                "Authorization.username",
                "Authorization.nonce",
                "Authorization.opaque",
                "Authorization.new",
                "Authorization[2].new",
                "Authorization[*].nonce",
                "Authorization[3]",
                "Proxy-Authorization.a",
                "Proxy-Authorization.c",
                "X-None",
            )
            for value in ('"v"', "")
        ),
    ),
    **_edits(
        "include_hf_value",
        _LISTS,
        *(
            f'include_hf_value("{header}", "{value}")'
            for header, value in (
                ("Supported", "path"),
                ("Supported", "GRUU"),
                ("Supported", "new"),
                ("k", "new"),
                ("X-None", "new"),
                ("X-Empty", "new"),
                ("X-One", ""),
                ("X-List", "b"),
                ("X-List", "new"),
            )
        ),
    ),
    **_edits(
        "exclude_hf_value",
        _LISTS,
        *(
            f'exclude_hf_value("{header}", "{value}")'
            for header, value in (
                ("Supported", "path"),
                ("Supported", "100REL"),
                ("Supported", "timer"),
                ("Supported", "gruu"),
                ("Supported", "none"),
                ("k", "gruu"),
                ("X-None", "x"),
                ("X-One", "one"),
                ("X-One", ""),
                ("X-List", "a"),
                ("X-List", "d"),
            )
        ),
    ),
    "exclude_hf_value_of_all": Case(
        'exclude_hf_value("X-L", "a"); ' + SHOW_MESSAGE, headers=(("X-L", "a,a"), ("X-L", "a, b, A"), ("X-L", "b,a"))
    ),
    "hf_value_exists": Case(
        show(
            *(
                f'hf_value_exists("{header}", "{value}")'
                for header, value in (
                    ("Supported", "path"),
                    ("Supported", "GRUU"),
                    ("Supported", "none"),
                    ("X-None", "a"),
                    ("X-List", "b"),
                    ("X-List", ""),
                    ("X-Empty", ""),
                )
            )
        ),
        headers=_LISTS,
    ),
    "two_changes_of_one_value": Case(
        'append_hf_value("X-One[1]", "two"); append_hf_value("X-One[1]", "three"); insert_hf_value("X-One[1]", "zero"); '
        + SHOW_MESSAGE,
        headers=_LISTS,
    ),
    **_edits("keep_hf", _LISTS, 'keep_hf("^X-(One|Case)$")', 'keep_hf("supp")'),
    "remove_body": Case(
        show("remove_body()") + SHOW_MESSAGE, body=_BODY, headers=(("Content-Type", "application/sdp"),)
    ),
    "remove_no_body": Case(show("remove_body()") + SHOW_MESSAGE),
    "apply_changes": Case(
        '$ru = "sip:new@h"; append_hf("X-A: 1\\r\\n"); '
        + show("msg_apply_changes()")
        + ' xlog("L_NOTICE", "$hdr(X-A) $ru $ou\\n"); append_hf("X-B: 2\\r\\n"); '
        + SHOW_MESSAGE
    ),
    "apply_no_changes": Case(show("msg_apply_changes()") + SHOW_MESSAGE, body=_BODY),
    "apply_changes_keeps": Case(
        'setflag(3); $du = "sip:h2"; $avp(a) = 1; '
        + show("msg_apply_changes()")
        + ' if (isflagset(3)) { xlog("L_NOTICE", "flag $du $avp(a)\\n"); }'
    ),
    "apply_changes_and_replies": Case(
        'append_to_reply("X-R: 1\\r\\n"); msg_apply_changes(); append_to_reply("X-S: 1\\r\\n"); sl_send_reply("404", "Not Found");'
    ),
    "apply_changes_of_the_body": Case(
        'set_body("hello", "text/plain"); msg_apply_changes(); xlog("L_NOTICE", "$rb $cl\\n"); ' + SHOW_MESSAGE,
        body=_BODY,
        headers=(("Content-Type", "application/sdp"),),
    ),
    "fnmatch": Case(
        show(
            *(
                f'fnmatch("{value}", "{pattern}"{flags})'
                for value, pattern, flags in (
                    ("123", "1*", ""),
                    ("123", "*3", ""),
                    ("123", "1?3", ""),
                    ("123", "1?", ""),
                    ("", "*", ""),
                    ("", "", ""),
                    ("abc", "ABC", ""),
                    ("abc", "a*", ', "i"'),
                    ("abc", "a[a-c]c", ""),
                    ("abc", "a[!a-c]c", ""),
                    ("abc", "a[^x]c", ""),
                    ("a]c", "a[]]c", ""),
                    ("a-c", "a[x-]c", ""),
                    ("a5c", "a[[:digit:]]c", ""),
                    ("a/b", "a*b", ""),
                    (".a", "*", ""),
                    ("abcabc", "*abc", ""),
                    ("aXbXc", "a*X*c", ""),
                    ("aXbXd", "a*X*c", ""),
                    ("a[c", "a[c", ""),
                    ("é", "?", ""),
                    ("é", "??", ""),
                    ("a b", "a b*", ""),
                    ("abc", "a[b", ""),
                )
            )
        )
        + '$var(p) = \'a\\*b\'; $var(v) = \'a*b\'; fnmatch("$var(v)", "$var(p)"); xlog("L_NOTICE", "$rc\\n"); $var(v) = \'axb\'; fnmatch("$var(v)", "$var(p)"); xlog("L_NOTICE", "$rc\\n");'
    ),
    "walk_over_headers": Case(
        _WALK
        + show('hf_iterator_next("w")', 'hf_iterator_end("w")', 'hf_iterator_next("w")')
        + 'xlog("L_NOTICE", "$hfitname(w)\\n");',
        headers=_LISTS,
    ),
    "walk_and_change_headers": Case(
        'hf_iterator_start("w"); while (hf_iterator_next("w")) { if ($hfitname(w) == "Supported") { hf_iterator_rm("w"); } if ($hfitname(w) == "X-One") { hf_iterator_append("w", "X-After: 1\\r\\n"); '
        'hf_iterator_insert("w", "X-Before: 1\\r\\n"); hf_iterator_append("w", "X-After: 2\\r\\n"); } } '
        + SHOW_MESSAGE,
        headers=_LISTS,
    ),
    "walk_back_over_headers": Case(
        'hf_iterator_start("w"); hf_iterator_next("w"); hf_iterator_next("w"); hf_iterator_next("w"); hf_iterator_next("w"); xlog("L_NOTICE", "$hfitname(w)\\n"); '
        'hf_iterator_prev("w"); xlog("L_NOTICE", "$rc $hfitname(w)\\n"); hf_iterator_next("w"); xlog("L_NOTICE", "$rc $hfitname(w)\\n");',
    ),
    "walks_side_by_side": Case(
        'hf_iterator_start("w"); hf_iterator_next("w"); hf_iterator_start("x"); hf_iterator_next("x"); hf_iterator_next("x"); xlog("L_NOTICE", "$hfitname(w) $hfitname(x)\\n");'
    ),
    "walk_that_was_not_begun": Case(
        show(
            'hf_iterator_next("unknown")',
            'hf_iterator_rm("unknown")',
            'hf_iterator_end("unknown")',
            'bl_iterator_next("unknown")',
            'bl_iterator_rm("unknown")',
            'bl_iterator_end("unknown")',
        )
    ),
    "walk_over_lines": Case(
        'bl_iterator_start("w"); xlog("L_NOTICE", "$rc [$blitval(w)]\\n"); while (bl_iterator_next("w")) { xlog("L_NOTICE", "[$(blitval(w){s.encode.hexa})]\\n"); } xlog("L_NOTICE", "[$blitval(w)]\\n"); '
        + show('bl_iterator_next("w")', 'bl_iterator_end("w")', 'bl_iterator_next("w")'),
        body=_BODY,
    ),
    "walk_over_no_lines": Case(show('bl_iterator_start("w")', 'bl_iterator_next("w")', 'bl_iterator_append("w", "x")')),
    "walk_and_change_lines": Case(
        'bl_iterator_start("w"); while (bl_iterator_next("w")) { if ($blitval(w) =~ "^s=") { bl_iterator_rm("w"); } if ($blitval(w) =~ "^m=") { bl_iterator_insert("w", "b=1\\r\\n"); '
        'bl_iterator_append("w", "a=1\\r\\n"); } } ' + SHOW_MESSAGE,
        body=_BODY,
    ),
    **{
        f"change_reply_status_{old}_{new}": Case(
            show(f'change_reply_status("{new}", "New Reason")') + 'xlog("L_NOTICE", "$rs $rr\\n");', status=old
        )
        for old, new in (
            (180, 183),
            (180, 200),
            (200, 202),
            (200, 404),
            (404, 200),
            (404, 486),
            (486, 603),
            (603, 300),
            (404, 99),
            (404, 700),
            (300, 199),
        )
    },
    "change_reply_status_twice": Case('change_reply_status("486", "A"); change_reply_status("487", "B");', status=404),
    "change_reply_status_code": Case(show('change_reply_status_code("486")'), status=404),
    "change_reply_status_applied": Case(
        'change_reply_status("486", "A"); msg_apply_changes(); xlog("L_NOTICE", "$rs $rr\\n"); change_reply_status("500", "C");',
        status=404,
    ),
    "remove_hf_value_in_a_reply": Case(
        'remove_hf_value("Supported[2]"); append_hf("X-A: 1\\r\\n");', status=404, headers=_LISTS
    ),
    "apply_changes_to_a_reply": Case(
        'append_hf("X-A: 1\\r\\n"); ' + show("msg_apply_changes()") + 'xlog("L_NOTICE", "$hdr(X-A)\\n");', status=404
    ),
    "body_edits_combine": Case(
        'bl_iterator_start("w"); bl_iterator_next("w"); bl_iterator_next("w"); bl_iterator_rm("w"); bl_iterator_append("w", "a=appended\\r\\n"); replace_body("one", "ONE"); bl_iterator_next("w"); bl_iterator_insert("w", "a=inserted\\r\\n"); subst_body("/three/3/"); search_append_body("ONE", "+"); '
        + SHOW_MESSAGE,
        headers=(("Content-Type", "application/sdp"),),
        body=b"line one\r\nline two\r\nline three\r\n",
    ),
}
