"""Calls of the functions of sanity."""

from __future__ import annotations

from typing import Any

from tests.oracle.module_case import Case, show


def _malformed(*headers: tuple[str, str], call: str = 'sanity_check("8167", "15")', **options: Any) -> Case:
    return Case(show(call), headers=headers, **options)


_CREDENTIALS = 'username="u", realm="r", nonce="n", uri="sip:h", response="x"'
SANITY: dict[str, Case] = {
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
