"""What the functions of textops return, and how a forwarded reply differs then; all observed on Kamailio 5.6.3.

Each case is a list of calls, made one after the other in reply_route; T or F for each; and the lines of the forwarded
reply that are gone or new, in order. A line of another message ends in a carriage return alone, so a bare newline
inside a value shows.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable

import pytest
from kahea.testing import ServerUnderTest, reply

Make = Callable[..., ServerUnderTest]
Case = tuple[list[str], str, list[str]]

HEAD = """\
SIP/2.0 200 OK
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bKk
Via: SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bK1
From: "Al" <sip:alice@example.com>;tag=f1
To: <sip:bob@example.com>;tag=t1
Call-ID: c1@x
CSeq: 1 INVITE
Contact: <sip:bob@10.0.0.1:5070;transport=udp>
User-Agent: UA 1
P-One: one
P-Two: two
p-one: uno
Supported: path, 100rel
"""

SDP = "v=0\no=alice 1 1 IN IP4 10.0.0.1\ns=-\nc=IN IP4 10.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\na=sendrecv\n"

WITHOUT_BODY = f"{HEAD}Content-Length: 0\n\n"
WITH_BODY = f"{HEAD}Content-Type: application/sdp\nContent-Length: 101\n\n{SDP}"

HEADERS: list[Case] = [
    (
        ['remove_hf("User-Agent")'],
        "T",
        ["-User-Agent: UA 1"],
    ),
    (
        ['remove_hf("P-One")', 'remove_hf("P-one")', 'remove_hf("None")'],
        "TTF",
        ["-P-One: one", "-p-one: uno"],
    ),
    (
        ['remove_hf("k")', 'remove_hf("Via")'],
        "TT",
        ["-Via: SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bK1", "-Supported: path, 100rel"],
    ),
    (
        [r'append_hf("X-A: 1\r\n")', r'append_hf("X-B: 2\r\n")'],
        "TT",
        ["+X-A: 1", "+X-B: 2"],
    ),
    (
        [
            r'append_hf("X-A: 1\r\n", "Call-ID")',
            r'append_hf("X-B: 2\r\n", "P-One")',
            r'append_hf("X-C: 3\r\n", "P-None")',
            r'append_hf("X-D: 4\r\n", "i")',
        ],
        "TTTT",
        ["+X-A: 1", "+X-D: 4", "+X-B: 2", "+X-C: 3"],
    ),
    (
        [
            r'insert_hf("X-A: 1\r\n")',
            r'insert_hf("X-B: 2\r\n")',
            r'insert_hf("X-C: 3\r\n", "P-One")',
            r'insert_hf("X-D: 4\r\n", "P-None")',
            r'insert_hf("X-E: 5\r\n", "P-One")',
        ],
        "TTTTT",
        ["+X-A: 1", "+X-B: 2", "+X-D: 4", "+X-C: 3", "+X-E: 5"],
    ),
    (
        ['append_hf("")', 'insert_hf("")'],
        "FF",
        [],
    ),
    (
        ['remove_hf("P-Two")', r'append_hf("P-Two: new\r\n", "P-Two")', r'insert_hf("P-Two: ins\r\n", "P-Two")'],
        "TTT",
        ["-P-Two: two", "+P-Two: ins", "+P-Two: new"],
    ),
    (
        [r'append_hf("P-Two: new\r\n", "P-Two")', r'insert_hf("P-Two: ins\r\n", "P-Two")', 'remove_hf("P-Two")'],
        "TTT",
        ["-P-Two: two", "+P-Two: ins", "+P-Two: new"],
    ),
    (
        [
            r'insert_hf("A: 1\r\n", "P-Two")',
            r'append_hf("B: 1\r\n", "P-One")',
            r'append_hf("C: 1\r\n", "P-Two")',
            r'insert_hf("D: 1\r\n", "p-one")',
            r'insert_hf("E: 1\r\n", "Supported")',
        ],
        "TTTTT",
        ["+D: 1", "+A: 1", "+C: 1", "+B: 1", "+E: 1"],
    ),
    (
        ['remove_hf_re("^P-")'],
        "T",
        ["-P-One: one", "-P-Two: two", "-p-one: uno"],
    ),
    (
        ['remove_hf_re("^p-ONE$")', 'remove_hf_re("zzz")'],
        "TF",
        ["-P-One: one", "-p-one: uno"],
    ),
    (
        ['remove_hf_re("one|two")'],
        "T",
        ["-P-One: one", "-P-Two: two", "-p-one: uno"],
    ),
    (
        ['remove_hf_exp("^P-", "^P-T")', 'remove_hf_exp("^P-", "^P-")'],
        "TF",
        ["-P-One: one", "-p-one: uno"],
    ),
    (
        ['remove_hf_re("Via")'],
        "T",
        ["-Via: SIP/2.0/UDP 127.0.0.1:25064;branch=z9hG4bK1"],
    ),
    (
        ['remove_hf_idx("P-One", "-1")'],
        "T",
        ["-p-one: uno"],
    ),
    (
        ['remove_hf_idx("P-One", "1")', 'remove_hf_idx("P-One", "5")', 'remove_hf_idx("P-One", "-5")'],
        "TTT",
        ["-p-one: uno"],
    ),
    (
        ['remove_hf_pv("P-One")', 'remove_hf_pv("None")'],
        "TT",
        ["-P-One: one", "-p-one: uno"],
    ),
    (
        ['remove_hf_re_pv("^P-T")', 'remove_hf_exp_pv("^P", "^P-T")'],
        "TT",
        ["-P-One: one", "-P-Two: two", "-p-one: uno"],
    ),
    (
        [
            'remove_hf_match("P-One", "eq", "uno")',
            'remove_hf_match("P-One", "in", "zz")',
            'remove_hf_match("P-One", "xx", "zz")',
        ],
        "TFF",
        ["-p-one: uno"],
    ),
    (
        ['remove_hf_match("P-One", "ne", "uno")'],
        "T",
        ["-P-One: one"],
    ),
    (
        ['remove_hf_match("P-One", "in", "n")'],
        "T",
        ["-P-One: one", "-p-one: uno"],
    ),
    (
        [
            'is_present_hf("From")',
            'is_present_hf("f")',
            'is_present_hf("FROM")',
            'is_present_hf("X-None")',
            'is_present_hf_re("^fro")',
            'is_present_hf_re("zz")',
            'is_present_hf_pv("From")',
            'is_present_hf_re_pv("^p-")',
        ],
        "TTTFTFTT",
        [],
    ),
    (
        [
            'search_hf("From", "alice", "a")',
            'search_hf("P-One", "uno", "a")',
            'search_hf("P-One", "uno", "f")',
            'search_hf("P-One", "one", "l")',
            'search_hf("P-One", "uno", "l")',
            'search_hf("None", "uno", "a")',
            'search_hf("P-One", "uno", "x")',
            'search_hf("P-One", "^ONE$", "a")',
        ],
        "TTFFTFTT",
        [],
    ),
    (
        ["subst_hf('From', '/alice/carol/', 'a')"],
        "T",
        ['-From: "Al" <sip:alice@example.com>;tag=f1', '+From: "Al" <sip:carol@example.com>;tag=f1'],
    ),
    (
        ["subst_hf('P-One', '/o/0/g', 'a')"],
        "T",
        ["-P-One: one", "+P-One: 0ne", "-p-one: uno", "+p-one: un0"],
    ),
    (
        ["subst_hf('P-One', '/uno/x/', 'f')"],
        "F",
        [],
    ),
    (
        ["subst_hf('P-One', '/uno/x/', 'l')"],
        "T",
        ["-p-one: uno", "+p-one: x"],
    ),
    (
        ["subst_hf('P-One', '/one/x/', 'l')"],
        "F",
        [],
    ),
    (
        ["subst_hf('P-One', '/uno/x/', 'a')"],
        "T",
        ["-p-one: uno", "+p-one: x"],
    ),
    (
        [r"subst_hf('P-One', '/^one$/<\0>/', 'a')"],
        "T",
        ["-P-One: one", "+P-One: <one>"],
    ),
]
TEXTS: list[Case] = [
    (
        [
            'search("^User-Agent: UA")',
            'search("user-agent")',
            'search("^SIP/2.0 200")',
            'search("alice@.*bob")',
            'search("uno.$")',
            r'search("^p-one: uno\r$")',
            'search("Supported:[^x]*Content")',
            'search("^c=IN")',
            'search("zzz")',
        ],
        "TTTFTTFTF",
        [],
    ),
    (
        [
            'search_body("^v=0")',
            'search_body("IP4")',
            'search_body("From")',
            'search_body("^s=-.$")',
            'search_body("^s=-$")',
        ],
        "TTFTF",
        [],
    ),
    (
        ['search_append("UA", "XX")', 'search_append("^To:", "YY")', 'search_append("zzz", "x")'],
        "TTF",
        [
            "-To: <sip:bob@example.com>;tag=t1",
            "+To:YY <sip:bob@example.com>;tag=t1",
            "-User-Agent: UA 1",
            "+User-Agent: UAXX 1",
        ],
    ),
    (
        ['search_append_body("alice", "XX")', 'search_append_body("From", "XX")'],
        "TF",
        [
            "-Content-Length: 101",
            "+Content-Length: 103",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=aliceXX 1 1 IN IP4 10.0.0.1",
        ],
    ),
    (
        ['replace("UA 1", "Kea 2")', 'replace("zzzz", "y")'],
        "TF",
        ["-User-Agent: UA 1", "+User-Agent: Kea 2"],
    ),
    (
        ['replace("alice", "carol")', 'replace("alice", "dave")'],
        "TT",
        ['-From: "Al" <sip:alice@example.com>;tag=f1', '+From: "Al" <sip:caroldave@example.com>;tag=f1'],
    ),
    (
        ['replace_all("alice", "carol")', 'replace_all("zzz", "carol")'],
        "TF",
        [
            '-From: "Al" <sip:alice@example.com>;tag=f1',
            '+From: "Al" <sip:carol@example.com>;tag=f1',
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=carol 1 1 IN IP4 10.0.0.1",
        ],
    ),
    (
        ['replace_all("^P-", "Q-")'],
        "T",
        ["-P-One: one", "-P-Two: two", "-p-one: uno", "+Q-One: one", "+Q-Two: two", "+Q-one: uno"],
    ),
    (
        [
            'replace_body("alice", "carol")',
            'replace_body("10.0.0.1", "1.1.1.1")',
            'replace_body("10.0.0.1", "2.2.2.2")',
            'replace_body("From", "x")',
        ],
        "TTTF",
        [
            "-Content-Length: 101",
            "+Content-Length: 107",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=carol 1 1 IN IP4 1.1.1.12.2.2.2",
        ],
    ),
    (
        ['replace_body_all("10.0.0.1", "1.1.1.1")', 'replace_body_all("^a=.*$", "a=x")'],
        "TT",
        [
            "-Content-Length: 101",
            "+Content-Length: 91",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=alice 1 1 IN IP4 1.1.1.1",
            "-c=IN IP4 10.0.0.1",
            "+c=IN IP4 1.1.1.1",
            "-a=sendrecv",
            "-",
            "+a=x\n",
        ],
    ),
    (
        ['replace_body_atonce("^v.*$", "")', 'replace_body_atonce("zzz", "")'],
        "TF",
        [
            "-Content-Length: 101",
            "+Content-Length: 0",
            "-v=0",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "-s=-",
            "-c=IN IP4 10.0.0.1",
            "-t=0 0",
            "-m=audio 4000 RTP/AVP 0",
            "-a=sendrecv",
        ],
    ),
    (
        [r'replace_body_atonce("\r\n", "|")'],
        "T",
        [
            "-Content-Length: 101",
            "+Content-Length: 94",
            "-v=0",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "-s=-",
            "-c=IN IP4 10.0.0.1",
            "-t=0 0",
            "-m=audio 4000 RTP/AVP 0",
            "-a=sendrecv",
            "-",
            "+v=0|o=alice 1 1 IN IP4 10.0.0.1|s=-|c=IN IP4 10.0.0.1|t=0 0|m=audio 4000 RTP/AVP 0|a=sendrecv|",
        ],
    ),
    (
        ['replace_hdrs("alice", "carol")', 'replace_hdrs("IN IP4", "x")'],
        "TF",
        ['-From: "Al" <sip:alice@example.com>;tag=f1', '+From: "Al" <sip:carol@example.com>;tag=f1'],
    ),
    (
        ['replace_str("alice", "carol", "a")', 'replace_str("P-", "Q-", "f")', 'replace_str("zzz", "x", "a")'],
        "TTT",
        [
            '-From: "Al" <sip:alice@example.com>;tag=f1',
            '+From: "Al" <sip:carol@example.com>;tag=f1',
            "-P-One: one",
            "+Q-One: one",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=carol 1 1 IN IP4 10.0.0.1",
        ],
    ),
    (
        ['replace_body_str("10.0.0.1", "1.1.1.1", "a")'],
        "T",
        [
            "-Content-Length: 101",
            "+Content-Length: 99",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=alice 1 1 IN IP4 1.1.1.1",
            "-c=IN IP4 10.0.0.1",
            "+c=IN IP4 1.1.1.1",
        ],
    ),
    (
        ['replace_body_str("10.0.0.1", "1.1.1.1", "f")'],
        "T",
        ["-Content-Length: 101", "+Content-Length: 100", "-o=alice 1 1 IN IP4 10.0.0.1", "+o=alice 1 1 IN IP4 1.1.1.1"],
    ),
    (
        ['replace_hdrs_str("P-", "Q-", "a")'],
        "T",
        ["-P-One: one", "-P-Two: two", "+Q-One: one", "+Q-Two: two"],
    ),
    (
        ['replace("one", "$ru")'],
        "T",
        ["-P-One: one", "+P-$ru: one"],
    ),
    (
        [r"subst('/^To:(.*)sip:[^@]*@[a-zA-Z0-9.]+(.*)$/t:\1sip:x\2/ig')"],
        "T",
        ["-To: <sip:bob@example.com>;tag=t1", "+t: <sip:x>;tag=t1"],
    ),
    (
        ["subst('/alice/carol/')"],
        "T",
        ['-From: "Al" <sip:alice@example.com>;tag=f1', '+From: "Al" <sip:carol@example.com>;tag=f1'],
    ),
    (
        ["subst('/ALICE/carol/')"],
        "F",
        [],
    ),
    (
        ["subst('/ALICE/carol/ig')"],
        "T",
        [
            '-From: "Al" <sip:alice@example.com>;tag=f1',
            '+From: "Al" <sip:carol@example.com>;tag=f1',
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=carol 1 1 IN IP4 10.0.0.1",
        ],
    ),
    (
        [r"subst('#^P-(.*)$#X-\0|\1|\2#g')"],
        "T",
        [
            "-P-One: one",
            "-P-Two: two",
            "-p-one: uno",
            "+X-P-One: one\r|One: one\r|\nX-P-Two: two\r|Two: two\r|\np-one: uno",
        ],
    ),
    (
        [r"subst('/^User-Agent: (.*)$/User-Agent: \$rs \u \n\t\\ \q|/')"],
        "T",
        ["-User-Agent: UA 1", "-P-One: one", "+User-Agent: $rs  \n\t\\ q|\nP-One: one"],
    ),
    (
        ["subst('/zzz/x/')"],
        "F",
        [],
    ),
    (
        ["subst('/a*/x/g')"],
        "F",
        [],
    ),
    (
        ["subst('/Supported.*Content/x/')"],
        "F",
        [],
    ),
    (
        ["subst('/alice.*bob/x/s')"],
        "T",
        [
            '-From: "Al" <sip:alice@example.com>;tag=f1',
            "-To: <sip:bob@example.com>;tag=t1",
            "-Call-ID: c1@x",
            "-CSeq: 1 INVITE",
            "-Contact: <sip:bob@10.0.0.1:5070;transport=udp>",
            '+From: "Al" <sip:x@10.0.0.1:5070;transport=udp>',
        ],
    ),
    (
        ["subst('/a//')"],
        "T",
        [],
    ),
    (
        ["subst_body('/10.0.0.1/1.1.1.1/g')"],
        "T",
        [
            "-Content-Length: 101",
            "+Content-Length: 99",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "+o=alice 1 1 IN IP4 1.1.1.1",
            "-c=IN IP4 10.0.0.1",
            "+c=IN IP4 1.1.1.1",
        ],
    ),
    (
        ["subst_body('/^o=(.*) 1 /o=bob /')"],
        "T",
        ["-Content-Length: 101", "+Content-Length: 95", "-o=alice 1 1 IN IP4 10.0.0.1", "+o=bob IN IP4 10.0.0.1"],
    ),
    (
        ["subst_body('/^a=.*$/x/')"],
        "T",
        ["-Content-Length: 101", "+Content-Length: 91", "-a=sendrecv", "-", "+x\n"],
    ),
    (
        ['set_body("hello", "text/plain")'],
        "T",
        [
            "-Content-Type: application/sdp",
            "-Content-Length: 101",
            "+Content-Length: 5",
            "+Content-Type: text/plain",
            "-v=0",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "-s=-",
            "-c=IN IP4 10.0.0.1",
            "-t=0 0",
            "-m=audio 4000 RTP/AVP 0",
            "-a=sendrecv",
            "-",
            "+hello",
        ],
    ),
    (
        ['set_body("hello", "application/sdp")'],
        "T",
        [
            "-Content-Length: 101",
            "+Content-Length: 5",
            "-v=0",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "-s=-",
            "-c=IN IP4 10.0.0.1",
            "-t=0 0",
            "-m=audio 4000 RTP/AVP 0",
            "-a=sendrecv",
            "-",
            "+hello",
        ],
    ),
    (
        ['set_body("", "text/plain")', 'set_body("x", "")'],
        "FF",
        [],
    ),
    (
        ['replace_body("alice", "bob")', 'set_body("two", "text/x")'],
        "TT",
        [
            "-Content-Type: application/sdp",
            "-Content-Length: 101",
            "+Content-Length: 3",
            "+Content-Type: text/x",
            "-v=0",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "-s=-",
            "-c=IN IP4 10.0.0.1",
            "-t=0 0",
            "-m=audio 4000 RTP/AVP 0",
            "-a=sendrecv",
            "-",
            "+two",
        ],
    ),
    (
        ['remove_hf("Content-Type")', 'set_body("two", "text/x")', r'append_hf("A: 1\r\n")'],
        "TTT",
        [
            "-Content-Type: application/sdp",
            "-Content-Length: 101",
            "+Content-Length: 3",
            "+Content-Type: text/x",
            "+A: 1",
            "-v=0",
            "-o=alice 1 1 IN IP4 10.0.0.1",
            "-s=-",
            "-c=IN IP4 10.0.0.1",
            "-t=0 0",
            "-m=audio 4000 RTP/AVP 0",
            "-a=sendrecv",
            "-",
            "+two",
        ],
    ),
    (
        [
            "has_body()",
            'has_body("application/sdp")',
            'has_body("text/plain")',
            'has_body("APPLICATION/SDP")',
            'has_body("")',
        ],
        "TTFTT",
        [],
    ),
    (
        [
            'is_method("INVITE")',
            'is_method("INVITE|ACK")',
            'is_method("BYE")',
            'is_method("invite")',
            'is_method("FOO")',
        ],
        "TTFTF",
        [],
    ),
]
EMPTY: list[Case] = [
    (
        [
            'search_body("x")',
            'search_append_body("x", "y")',
            'replace_body("x", "y")',
            'replace_body_all("x", "y")',
            'replace_body_str("x", "y", "a")',
            "subst_body('/x/y/')",
            "has_body()",
            'has_body("application/sdp")',
            "is_audio_on_hold()",
        ],
        "FFFFFFFFF",
        [],
    ),
    (
        ['set_body("hello", "text/plain")'],
        "T",
        ["-Content-Length: 0", "+Content-Length: 5", "+Content-Type: text/plain", "-", "+hello"],
    ),
]


def forwarded(make: Make, calls: list[str], message: str) -> tuple[str, list[str]]:
    """Make calls for a reply; return T or F for each, and the lines that are forwarded."""
    body = "\n".join(f'if ({call}) {{ test_log("T"); }} else {{ test_log("F"); }}' for call in calls)
    server = make(f'debug=4\nloadmodule "textops.so"\nrequest_route {{ exit; }}\nreply_route {{\n{body};\n}}\n')
    [sent] = server.receive(message)
    results = "".join(line[-1] for line in server.log if line.endswith((" T", " F")))
    return results, sent.text.split("\r\n")


@pytest.mark.parametrize(
    ("message", "calls", "results", "changes"),
    [
        pytest.param(message, *case, id=case[0][0])
        for message, cases in [(WITHOUT_BODY, HEADERS + EMPTY), (WITH_BODY, TEXTS)]
        for case in cases
    ],
)
def test_as_observed(kahea_server: Make, message: str, calls: list[str], results: str, changes: list[str]) -> None:
    """Calls return, and change what is forwarded, as on the real server."""
    _, before = forwarded(kahea_server, [], message)
    found, after = forwarded(kahea_server, calls, message)
    assert found == results
    lines = difflib.unified_diff(before, after, n=0, lineterm="")
    assert [line for line in lines if not line.startswith(("---", "+++", "@@ "))] == changes


def test_only_headers(kahea_server: Make) -> None:
    """replace_hdrs_str leaves the body alone (on 5.6.3 all matches but the first are looked for in the body too)."""
    _, lines = forwarded(kahea_server, ['replace_hdrs_str("alice", "carol", "a")'], WITH_BODY)
    assert 'From: "Al" <sip:carol@example.com>;tag=f1' in lines
    assert "o=alice 1 1 IN IP4 10.0.0.1" in lines


def test_parameters_of_vias_are_removed(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """via_param_rm removes a parameter of a Via, wherever it stands; the result tells how often it was there."""
    server = kahea_server(
        'loadmodule "textops.so"\nreply_route {\n'
        '    via_param_rm("X", "1"); if ($rc == 2) test_log("two");\n'
        '    via_param_rm("y", "-1");\n'
        '    if (!via_param_rm("none", "1") && !via_param_rm("x", "7")) test_log("none");\n'
        "}\nrequest_route { exit; }"
    )
    vias = [
        ("Via", "SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKa;x=0"),
        ("Via", 'SIP/2.0/UDP 192.0.2.1;x=1;branch=z9hG4bKb;x , SIP/2.0/UDP 192.0.2.2;y="a;b";branch=z9hG4bKc'),
    ]
    [sent] = server.receive(reply(200, "OK", vias))
    assert sent.message.header("Via") == (
        "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb , SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKc"
    )
    assert [line.split(": ", 2)[2] for line in server.log if "<script>" in line] == ["two", "none"]
