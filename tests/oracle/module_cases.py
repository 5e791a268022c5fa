# ruff: noqa: E501
"""Calls of module functions whose effects are compared with the real server's: log lines and messages sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kahea.testing import reply, request

MODULES = ("sl", "pv", "xlog", "textops", "textopsx", "maxfwd", "sanity", "ipops", "cfgutils", "kex", "corex")
"""Loaded on both servers."""

PARAMETERS = """
modparam("sanity", "proxy_require", "path, timer")
modparam("cfgutils", "lock_set_size", 4)
"""
"""The ``modparam`` lines of both."""


@dataclass(frozen=True)
class Case:
    """A script for one message.

    Args:
        script: the body of a route; for a reply, of ``reply_route``.
        method, uri, headers, body: of the request.
        status: of the message, which is a reply then.
        raw: text to change in the message's bytes, and what stands there then.
        differs: why Kahea does not do the same yet.
    """

    script: str
    method: str = "OPTIONS"
    uri: str = "sip:test@127.0.0.1"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    status: int = 0
    raw: tuple[tuple[str, str], ...] = field(default=())
    differs: str = ""

    def message(self, name: str, server: int, client: int) -> bytes:
        """Return the bytes to send to both servers.

        Args:
            name: of the case; the header X-Case carries it to the script.
            server, client: ports.
        """
        headers = [("X-Case", name), ("From", "<sip:caller@127.0.0.1>;tag=from"), ("Call-ID", name), *self.headers]
        if self.status:
            vias = [
                ("Via", f"SIP/2.0/UDP 127.0.0.1:{server};branch=z9hG4bKours"),
                ("Via", f"SIP/2.0/UDP 127.0.0.1:{client};branch=z9hG4bKtheirs"),
            ]
            data = reply(
                self.status,
                "Reason",
                [*vias, ("To", "<sip:test@127.0.0.1>;tag=to"), *headers],
                self.body,
                method=self.method,
            )
        else:
            via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{client};branch=z9hG4bK{name};rport")
            data = request(self.method, self.uri, [via, *headers], self.body)
        for old, new in self.raw:
            data = data.replace(old.encode(), new.encode(), 1)
        return data


def show(*calls: str) -> str:
    """Return a script that logs the result code of each call."""
    return " ".join(f'{call}; xlog("L_NOTICE", "$rc\\n");' for call in calls)


SHOW_MESSAGE = 'msg_apply_changes(); xlog("L_NOTICE", "$(mb{s.encode.hexa})\\n");'
"""Logs the message as changed so far."""


def _max_forwards(value: str) -> tuple[tuple[str, str], ...]:
    return (("Max-Forwards", value),)


_NO_MAX_FORWARDS = (("Max-Forwards: 70\r\n", ""),)
_PROCESS = 'mf_process_maxfwd_header("10")'
_LESS = ('is_maxfwd_lt("16")', 'mf_lowlimit("69")', 'maxfwd_at_least("70")')

MAXFWD = {
    "maxfwd_decremented": Case(show(_PROCESS, *_LESS) + SHOW_MESSAGE),
    "maxfwd_twice": Case(show(_PROCESS, _PROCESS, *_LESS) + SHOW_MESSAGE + show(_PROCESS) + SHOW_MESSAGE),
    "maxfwd_after_changes": Case(show(_PROCESS) + SHOW_MESSAGE + show(_PROCESS, *_LESS) + SHOW_MESSAGE),
    "maxfwd_absent": Case(show(_PROCESS, *_LESS) + SHOW_MESSAGE + show(_PROCESS), raw=_NO_MAX_FORWARDS),
    "maxfwd_absent_twice": Case(show(_PROCESS, 'process_maxfwd("70")') + SHOW_MESSAGE, raw=_NO_MAX_FORWARDS),
    **{
        f"maxfwd_of_{number}": Case(show(_PROCESS, *_LESS) + SHOW_MESSAGE, headers=_max_forwards(value))
        for number, value in enumerate(
            (
                "0",
                "1",
                "10",
                "100",
                "71",
                "255",
                "256",
                "99999",
                "65535",
                "65536",
                "70000",
                "100000",
                "007",
                "0070",
                "x",
                "7x",
                "-1",
                "",
                " 10 ",
                "1 0",
                "00000",
            )
        )
    },
    "maxfwd_zero_twice": Case(show(_PROCESS, _PROCESS, _PROCESS), headers=_max_forwards("2")),
    "maxfwd_dynamic": Case(
        '$var(n) = 10; mf_process_maxfwd_header("$var(n)"); xlog("L_NOTICE", "$rc\\n"); $var(n) = 300; maxfwd_process("$var(n)"); xlog("L_NOTICE", "$rc\\n"); '
        'is_maxfwd_lt("$var(n)"); xlog("L_NOTICE", "$rc\\n"); $var(n) = "abc"; is_maxfwd_lt("$var(n)"); xlog("L_NOTICE", "$rc\\n");'
    ),
    "maxfwd_with_other_edits": Case(
        'remove_hf("X-Case"); append_hf("X-A: 1\\r\\n"); '
        + show(_PROCESS)
        + 'insert_hf("X-B: 1\\r\\n"); '
        + SHOW_MESSAGE,
    ),
    "maxfwd_added_with_other_edits": Case(
        'insert_hf("X-A: 1\\r\\n"); ' + show(_PROCESS) + 'insert_hf("X-B: 1\\r\\n"); ' + SHOW_MESSAGE,
        raw=_NO_MAX_FORWARDS,
    ),
}

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

TEXTOPSX = {
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
}


def _malformed(*headers: tuple[str, str], call: str = 'sanity_check("8167", "15")', **options: Any) -> Case:
    return Case(show(call), headers=headers, **options)


_CREDENTIALS = 'username="u", realm="r", nonce="n", uri="sip:h", response="x"'
SANITY = {
    "sanity_good": _malformed(("Contact", "<sip:a@h>"), ("Expires", "60"), ("Authorization", f"Digest {_CREDENTIALS}")),
    "sanity_defaults": Case(show("sanity_check()")),
    "sanity_out_of_bounds": Case(
        show('$var(n) = 0; sanity_check("$var(n)", "7")', '$var(n) = 99; sanity_check("511", "$var(n)")')
    ),
    "sanity_cseq_method": _malformed(("CSeq", "1 INVITE")),
    "sanity_cseq_method_of_an_invite": _malformed(("CSeq", "1 OPTIONS"), method="INVITE"),
    "sanity_cseq_method_of_an_ack": _malformed(("CSeq", "1 OPTIONS"), method="ACK"),
    **{
        f"sanity_cseq_{number}": _malformed(("CSeq", f"{value} OPTIONS"))
        for number, value in enumerate(("0", "2147483647", "99999999999", "1a", "-1"))
    },
    **{
        f"sanity_length_{number}": _malformed(raw=(("Content-Length: 2", f"Content-Length: {value}"),), body=b"ab")
        for number, value in enumerate(("0", "1", "2", "3", "x", "2x", "-2"))
    },
    "sanity_length_empty": _malformed(raw=(("Content-Length: 2", "Content-Length:"),), body=b"ab"),
    "sanity_length_absent": _malformed(raw=(("Content-Length: 2\r\n", ""),), body=b"ab"),
    **{
        f"sanity_expires_{number}": _malformed(("Expires", value))
        for number, value in enumerate(
            (
                "0",
                "60",
                " 60 ",
                "4294967295",
                "4294967296",
                "99999999999",
                "abc",
                "",
                "60x",
                "60 x",
                "-1",
                "Thu, 01 Dec 1994 16:00:00 GMT",
            )
        )
    },
    **{
        f"sanity_proxy_require_{number}": _malformed(("Proxy-Require", value))
        for number, value in enumerate(
            ("foo", "", "foo, bar", "path", "path, timer", "path,foo", "PATH", "timer ,path", "path,")
        )
    },
    **{
        f"sanity_uri_{number}": _malformed(uri=uri, raw=((f"To: <{uri}>", "To: <sip:t@h>"),))
        for number, uri in enumerate(
            (
                "http://x",
                "sip:",
                "sip:a@b@c",
                "sip:h:99999",
                "x",
                "tel:+49",
                "urn:service:sos",
                "sips:a@h",
                "sip:[::1]",
                "sip:%41@h",
            )
        )
    },
    **{
        f"sanity_from_{number}": _malformed(("From", value))
        for number, value in enumerate(
            (
                "<http://x>;tag=a",
                "sip:;tag=a",
                "x;tag=1",
                "<sip:a@h>",
                '"A" <sip:a@h>;tag=1;tag=2',
                "<sip:a@h>;tag=1;x=2;TAG=3",
                '<sip:a@h>;x=";tag=1";tag=2',
                "<sip:a@h",
            )
        )
    },
    **{
        f"sanity_to_{number}": _malformed(("To", value))
        for number, value in enumerate(("<sip:a@h>;tag=1;tag=2", "<tel:1>"))
    },
    **{
        f"sanity_contact_{number}": _malformed(("Contact", value))
        for number, value in enumerate(
            (
                "*",
                "<sip:a@h>, <http://x>",
                "<http://x>",
                "<sip:a@h",
                "",
                "sip:a@h;expires=x",
                "a b c",
                "<http://x>, <sip:a@h>",
                "<sip:a@h>, <http://x>, <sip:a@h>",
            )
        )
    },
    **{
        f"sanity_digest_{number}": _malformed(("Authorization", value))
        for number, value in enumerate(
            (
                "Basic abc",
                "Digest",
                "Digest ",
                "Digest username=x",
                f"DIGEST {_CREDENTIALS}",
                f"Digest {_CREDENTIALS}, qop=auth",
                f'Digest {_CREDENTIALS}, qop=auth, nc=1, cnonce="c"',
                f"Digest {_CREDENTIALS}".replace('"u"', '""'),
                f"Digest {_CREDENTIALS}".replace('"n"', '""'),
                f"Digest {_CREDENTIALS}".replace('"x"', '""'),
                f"Digest {_CREDENTIALS}".replace('realm="r", ', ""),
                f"Digest {_CREDENTIALS}, opaque=",
                f"Digest {_CREDENTIALS},",
                f'Digest {_CREDENTIALS}, opaque="a',
            )
        )
    },
    "sanity_proxy_digest": _malformed(
        ("Authorization", f"Digest {_CREDENTIALS}"), ("Proxy-Authorization", "Digest username=x")
    ),
    "sanity_bad_header": _malformed(raw=(("Max-Forwards: 70", "Max Forwards"),)),
    "sanity_bad_second_via": _malformed(("Via", "SIP/2.0/UDP")),
    "sanity_second_from": _malformed(("From", "<sip:b@h>;tag=x")),
    "sanity_bad_header_without_that_check": _malformed(
        call='sanity_check("32")', raw=(("Max-Forwards: 70", "Max Forwards"),)
    ),
    "sanity_reply_to_an_ack": _malformed(("Expires", "x"), method="ACK"),
    "sanity_after_append_to_reply": Case(
        'append_to_reply("X-A: 1\\r\\n"); sanity_check();', headers=(("Expires", "x"),)
    ),
    "sanity_reply_without_failure": Case(show("sanity_reply()")),
    "zero_in_a_reply": Case("route(ZERO);", status=200),
    "exit_in_a_reply": Case("exit;", status=200),
    "sanity_in_a_reply": Case(show('sanity_check("1472", "6")'), status=200),
    "sanity_expires_in_a_reply": Case(show('sanity_check("256", "6")'), status=200, headers=(("Expires", "x"),)),
}

_ADDRESSES = (
    "1.2.3.4",
    "255.255.255.255",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3",
    "1.2.3.4.5",
    " 1.2.3.4",
    "1.2.3.4 ",
    "",
    "::",
    "::1",
    "[::1]",
    "[::1",
    "::1]",
    "[1.2.3.4]",
    "1::2::3",
    "::ffff:1.2.3.4",
    "2001:DB8::1",
    "2001:db8:0:0:0:0:0:1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
    "::1%lo",
    "g::",
    "example.com",
    "1.2.3.4:5060",
)
_RANGES = (
    "255.255.255.255",
    "203.0.113.1",
    "198.51.100.1",
    "192.0.2.1",
    "192.168.1.1",
    "169.254.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "172.16.0.1",
    "172.32.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "10.1.1.1",
    "240.0.0.1",
    "224.0.0.1",
    "8.8.8.8",
    "192.88.99.1",
    "::",
    "::1",
    "::ffff:1.2.3.4",
    "100::1",
    "2001:2::1",
    "2001::1",
    "2001:db8::1",
    "2001:10::1",
    "2002::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "fc00::1",
    "fd00::1",
    "2a00::1",
    "4000::",
    "e000::",
    "[2001:db8::1]",
    "x",
    "",
    "1.2.3.400",
)
_IPS = " ".join(
    f'$var(a) = "{address}"; '
    + show(
        *(
            f'{name}("$var(a)")'
            for name in ("is_ip", "is_pure_ip", "is_ipv4", "is_ipv6", "is_ipv6_reference", "ip_type", "is_ip_rfc1918")
        )
    )
    for address in _ADDRESSES
)
IPOPS = {
    "kinds_of_addresses": Case(_IPS),
    "rfc1918": Case(
        show(
            *(
                f'is_ip_rfc1918("{address}")'
                for address in (
                    "10.0.0.0",
                    "10.255.255.255",
                    "11.0.0.0",
                    "172.15.1.1",
                    "172.16.1.1",
                    "172.31.255.255",
                    "172.32.1.1",
                    "192.168.0.1",
                    "192.169.0.1",
                    "::ffff:10.0.0.1",
                    "10.1.1",
                    "x",
                )
            )
        )
    ),
    "detailed_types": Case(
        " ".join(
            f'$var(t) = "-"; {name}("{address}", "$var(t)"); xlog("L_NOTICE", "{address} $rc $var(t)\\n");'
            for address in _RANGES
            for name in ("detailed_ip_type", "detailed_ipv4_type", "detailed_ipv6_type")
        )
    ),
    "compare_ips": Case(
        show(
            *(
                f'{name}("{a}", "{b}")'
                for name in ("compare_ips", "compare_pure_ips")
                for a, b in (
                    ("1.2.3.4", "1.2.3.4"),
                    ("1.2.3.4", "1.2.3.5"),
                    ("::1", "[::1]"),
                    ("[::1]", "[0:0::1]"),
                    ("2001:DB8::1", "2001:db8:0::1"),
                    ("::ffff:1.2.3.4", "1.2.3.4"),
                    ("x", "x"),
                    ("", ""),
                    ("1.2.3.4", "::1"),
                )
            )
        )
    ),
    "subnets": Case(
        show(
            *(
                f'is_in_subnet("{address}", "{subnets}")'
                for address, subnets in (
                    ("10.1.2.3", "10.0.0.0/8"),
                    ("10.1.2.3", "10.1.2.3"),
                    ("10.1.2.3", "10.1.2.4"),
                    ("10.1.2.3", "10.1.2.3/32"),
                    ("10.1.2.3", "10.1.2.4/31"),
                    ("10.1.2.3", "10.1.2.99/24"),
                    ("10.1.2.3", "0.0.0.0/0"),
                    ("10.1.2.3", "1.1.1.1, 10.0.0.0/8"),
                    ("10.1.2.3", "10.0.0.0/8,1.1.1.1"),
                    ("10.1.2.3", "x,10.0.0.0/8"),
                    ("10.1.2.3", "10.0.0.0/33"),
                    ("10.1.2.3", "11.0.0.0/x"),
                    ("10.1.2.3", "10.0.0.0/8x"),
                    ("10.1.2.3", ""),
                    ("10.1.2.3", ",,10.0.0.0/8,"),
                    ("10.1.2.3", " 10.0.0.0/8 "),
                    ("10.1.2.3", "2001:db8::/32"),
                    ("2001:db8::1", "2001:db8::/32"),
                    ("2001:db8::1", "10.0.0.0/8, 2001:db8::/32"),
                    ("2001:db8::1", "2001:db8::1"),
                    ("2001:db8::1", "2001:db9::/31"),
                    ("2001:db8::1", "2001:db8::/129"),
                    ("2001:db8::1", "::/0"),
                    ("[2001:db8::1]", "2001:db8::/32"),
                    ("2001:db8::1", "[2001:db8::]/32"),
                    ("x", "10.0.0.0/8"),
                    ("", "10.0.0.0/8"),
                    ("10.1.2.3", "10.0.0.0/-1"),
                    ("10.1.2.3", "10.0.0.0/"),
                    ("10.1.2.3", "/8"),
                    ("2001:db8:8000::1", "2001:db8:8001::/33"),
                    ("2001:db8:4000::1", "2001:db8:8001::/33"),
                )
            )
        )
    ),
    "dns_sys_match_ip": Case(
        show(
            'dns_sys_match_ip("localhost", "127.0.0.1")',
            'dns_sys_match_ip("127.0.0.1", "127.0.0.1")',
            'dns_sys_match_ip("localhost", "10.0.0.1")',
            'dns_sys_match_ip("localhost", "x")',
        )
    ),
    "names_of_the_host": Case('xlog("L_NOTICE", "$HN(n) $HN(f) $HN(d)\\n");'),
}

CFGUTILS = {
    "core_hash": Case(
        show(
            *(
                f'core_hash("{a}", "{b}", "{size}")'
                for a, b in (
                    ("", ""),
                    ("a", ""),
                    ("abc", ""),
                    ("abcd", ""),
                    ("abcdefghi", ""),
                    ("abc", "def"),
                    ("0123456789abcdef@host.example.com", "x"),
                )
                for size in (0, 1, 4, 16, 30)
            )
        )
    ),
    "gflags": Case(show('set_gflag("4")', 'is_gflag("4")', 'is_gflag("5")', 'reset_gflag("4")', 'is_gflag("4")')),
    "probabilities": Case(
        show(
            'rand_set_prob("100")',
            "rand_event()",
            "rand_get_prob()",
            'rand_set_prob("0")',
            "rand_event()",
            "rand_reset_prob()",
            "rand_get_prob()",
        )
    ),
    "probability_of_zero": Case('rand_set_prob("0"); rand_get_prob(); xlog("L_NOTICE", "after\\n");'),
    "sleeping": Case(show('sleep("0")', 'usleep("10")', '$var(n) = 10; usleep("$var(n)")')),
    "locks": Case(show('lock("a")', 'trylock("a")', 'unlock("a")', 'trylock("A")', 'unlock("a")', 'unlock("a")')),
}

KEX = {
    "script_flags": Case(show('setsflag("3")', 'issflagset("3")', 'issflagset("4")', 'resetsflag("3")', 'issflagset("3")', '$var(n) = 32; setsflag("$var(n)")', 'issflagset("$var(n)")', '$var(n) = -1; setsflag("$var(n)")')),
    "script_flags_are_gone": Case(show('issflagset("31")', 'setsflag("31")')),
    "script_flags_are_gone_again": Case(show('issflagset("31")')),
    "branch_flags": Case(show('setbflag("3")', 'isbflagset("3")', 'isbflagset("4")', 'isbflagset("3", "0")', 'isbflagset("3", "1")', 'setbflag("3", "1")', 'resetbflag("3")', 'isbflagset("3")', '$var(n) = 32; setbflag("$var(n)")', 'isbflagset("$var(n)")') + 'setbflag("5"); xlog("L_NOTICE", "$bF\\n");'),
    "destination_uri": Case(show("isdsturiset()", 'setdsturi("sip:h:$var(n)")', "isdsturiset()") + 'xlog("L_NOTICE", "$du\\n");' + show("resetdsturi()", "isdsturiset()", "resetdsturi()")),
    "myself": Case(show(*(f'is_myself("{uri}")' for uri in (
        "sip:127.0.0.1", "sip:127.0.0.1:$Rp", "sip:127.0.0.1:1", "sip:127.0.0.1;transport=tcp", "sip:127.0.0.1;transport=udp", "sips:127.0.0.1", "127.0.0.1", "example.com", "sip:", "sip:x@127.0.0.1:$Rp;transport=UDP", "SIP:127.0.0.1")))),
    "pv_printf": Case('pv_printf("$var(x)", "$rm-$var(unset_here)"); xlog("L_NOTICE", "$rc $var(x)\\n"); avp_printf("$avp(z)", "[$var(x)]"); xlog("L_NOTICE", "$rc $avp(z)\\n");'),
    "log_level": Case('setdebug("-1"); xlog("L_NOTICE", "hidden\\n"); setdebug("1"); xlog("L_NOTICE", "$rc shown\\n"); resetdebug(); xlog("L_NOTICE", "$rc shown\\n");'),
    "apply_changes_keeps_branch_flags": Case("setbflag(2); setsflag(4); " + show("msg_apply_changes()", "isbflagset(2)", "issflagset(4)")),
}

_PLACES = ("udp:127.0.0.1:5060", "127.0.0.1:5060", "127.0.0.1", "tcp:h", "h", "[::1]", "[::1]:5060", "udp:[::1]:5061", "tcp:[::1]", "x:h:1", "h:1:2:3", "UDP:h:1", "udp:5060")
COREX = {
    "branches": Case('$du = "sip:127.0.0.9"; setbflag("3"); ' + show('append_branch("sip:a@h", "0.5")', 'isbflagset("3", "1")', 'isbflagset("3")') + 'xlog("L_NOTICE", "[$du]\\n"); ' + show("append_branch()", 'isbflagset("3", "2")', 'isbflagset("3")')
        + 'xlog("L_NOTICE", "[$du]\\n"); ' + show('setbflag("4", "2")', 'isbflagset("4", "2")', 'isbflagset("4", "1")', 'resetbflag("4", "2")', 'isbflagset("4", "2")')),
    "too_many_branches": Case(show(*(f'append_branch("sip:{number}@h")' for number in range(13)))),
    "preferences": Case(" ".join(f'$var(q) = "{q}"; ' + show('append_branch("sip:a@h", "$var(q)")') for q in ("0", "1", "0.5", ".5", "1.0", "", "0.1234")) + " clear_branches(); "
        + " ".join(f'$var(q) = "{q}"; ' + show('append_branch("sip:a@h", "$var(q)")') for q in ("2", "1.1", "0.", "x", "0,5"))),
    "extended_flags": Case(show('setxflag("40")', 'isxflagset("40")', 'isxflagset("41")', 'resetxflag("40")', 'isxflagset("40")', '$var(n) = 63; setxflag("$var(n)")', 'isxflagset("63")', '$var(n) = 64; setxflag("$var(n)")', '$var(n) = -1; isxflagset("$var(n)")')),
    "extended_flags_are_gone": Case(show('isxflagset("63")')),
    "internal_flags": Case(show('msg_iflag_is_set("USE_UAC_FROM")', 'msg_iflag_set("use_uac_from")', 'msg_iflag_is_set("USE_UAC_FROM")', 'msg_iflag_is_set("USE_UAC_TO")', 'msg_iflag_reset("USE_UAC_FROM")', 'msg_iflag_is_set("USE_UAC_FROM")')),
    "extended_flags_after_changes": Case('setxflag("40"); msg_iflag_set("UAC_AUTH"); ' + show("msg_apply_changes()", 'isxflagset("40")', 'msg_iflag_is_set("UAC_AUTH")')),
    "parts_of_sockets": Case(" ".join(
        f'$var(p) = "{place}"; xlog("L_NOTICE", "[$(var(p){{sock.host}})] [$(var(p){{sock.port}})] [$(var(p){{sock.proto}})] [$(var(p){{sock.touri}})]\\n");' for place in _PLACES
    )),
    "send_sockets": Case(show('set_send_socket("127.0.0.1:$Rp")', 'set_send_socket("udp:127.0.0.1:$Rp")', 'set_send_socket("udp:10.0.0.1:1")', 'set_send_socket("x:y:z")', 'set_send_socket_name("none")', 'set_recv_socket("udp:127.0.0.1:$Rp")', 'is_socket_name("none")')),
    "source_address": Case('set_source_address("127.0.0.9:7000"); xlog("L_NOTICE", "$rc $si $sp\\n"); set_source_address("udp:127.0.0.8:7001"); xlog("L_NOTICE", "$rc $si $sp\\n"); set_source_address("a:b:c"); xlog("L_NOTICE", "$rc $si $sp\\n");'),
    "place_in_the_file": Case("xlog(\"L_NOTICE\", \"$cfg(line)\\n\");\n\nxlog(\"L_NOTICE\", \"$cfg(line)\\n\");"),
    "faked": Case(show("is_faked_msg()")),
    "sending_on": Case(show('send_udp("127.0.0.1:$sp")', '$du = "sip:127.0.0.1:$sp"; send_udp()', 'send_data("sip:127.0.0.1:$sp", "data $rm")', 'send_data("sip:127.0.0.1:$sp;transport=udp", "more")', 'sendx("sip:127.0.0.1:$sp", "udp:127.0.0.1:$Rp", "x")', 'send_data("x", "y")')),
    "files": Case(show('file_read("/none/none", "$var(f)")', 'file_write("/none/none", "x")', 'file_read("/etc/hostname", "$var(f)")') + 'xlog("L_NOTICE", "$(var(f){s.encode.hexa})\\n");'),
    "lsock": Case('xlog("L_NOTICE", "$lsock(l/udp:127.0.0.1:$Rp/listen) $lsock(n/none/listen)\\n");'),
}

CASES: dict[str, Case] = {**MAXFWD, **TEXTOPSX, **SANITY, **IPOPS, **CFGUTILS, **KEX, **COREX}

ROUTES = """
route[ZERO] { return 0; }
"""
"""Routes that the cases use."""


def configuration() -> str:
    """Return one configuration with all cases."""
    blocks = [f"route[CASE_{name}] {{\n{case.script}\n}}\n" for name, case in CASES.items() if not case.status]
    dispatch = "\n".join(
        f'    case "{name}": route(CASE_{name}); break;' for name, case in CASES.items() if not case.status
    )
    replies = "\n".join(
        f'    if ($hdr(X-Case) == "{name}") {{\n{case.script}\n}}' for name, case in CASES.items() if case.status
    )
    loaded = "\n".join(f'loadmodule "{name}.so"' for name in MODULES)
    return f"""
debug=1
log_stderror=yes
children=1
server_header="Server: test"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
{loaded}
{PARAMETERS}
request_route {{
    if ($rU =~ "^marker-") {{ xlog("L_NOTICE", "$rU\\n"); sl_send_reply("200", "Marker"); exit; }}
    switch ($hdr(X-Case)) {{
{dispatch}
    default: exit;
    }}
}}
reply_route {{
    ;
{replies}
}}
{ROUTES}
{"".join(blocks)}
"""
