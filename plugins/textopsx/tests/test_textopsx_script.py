"""textopsx in a configuration; values as observed on Kamailio 5.6.3."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, reply, request
from kahea_textopsx import Textopsx
from kahea_textopsx.headervalues import Target, parse_target
from kahea_textopsx.patterns import matches

Make = Callable[..., ServerUnderTest]


class TestContract(ModuleContract):
    """What every module promises."""

    module = Textopsx


def changed(server: ServerUnderTest, message: bytes) -> list[str]:
    """Return the header lines of a reply that is forwarded, without those that every message has."""
    [sent] = server.receive(message)
    usual = ("Via:", "From:", "To:", "Call-ID:", "CSeq:", "Content-Length:")
    return [line for line in sent.text.split("\r\n\r\n")[0].split("\r\n")[1:] if not line.startswith(usual)]


@pytest.mark.parametrize(
    ("call", "lines"),
    [
        ('append_hf_value("X-A", "new")', ["X-A: a, b", "X-A: c", "X-A: new"]),
        ('append_hf_value("X-A[1]", "new")', ["X-A: a,new, b", "X-A: c"]),
        ('append_hf_value("X-A[-1]", "new")', ["X-A: a, b", "X-A: c,new"]),
        ('insert_hf_value("X-A", "new")', ["X-A: new", "X-A: a, b", "X-A: c"]),
        ('insert_hf_value("X-A[2]", "new")', ["X-A: a,new, b", "X-A: c"]),
        ('remove_hf_value("X-A[2]")', ["X-A: a", "X-A: c"]),
        ('remove_hf_value("X-A[3]")', ["X-A: a, b"]),
        ('assign_hf_value("X-A[2]", "new")', ["X-A: a, new", "X-A: c"]),
        ('assign_hf_value("X-A[2].p", "1")', ["X-A: a, b;p=1", "X-A: c"]),
        ('include_hf_value("X-A", "B")', ["X-A: a, b", "X-A: c"]),
        ('include_hf_value("X-A", "new")', ["X-A: a, b,new", "X-A: c"]),
        ('exclude_hf_value("X-A", "A")', ["X-A:  b", "X-A: c"]),
        ("keep_hf()", []),
    ],
)
def test_values(kahea_server: Make, call: str, lines: list[str]) -> None:
    """Functions on values change what is forwarded, and only that."""
    server = kahea_server(f'loadmodule "textopsx.so"\nrequest_route {{ exit; }}\nreply_route {{ {call}; return 1; }}')
    assert changed(server, reply(headers=[("X-A", "a, b"), ("X-A", "c")])) == lines


def test_reply_status(kahea_server: Make) -> None:
    """The last code counts; the class of a positive reply stays."""
    body = """
        if (!change_reply_status("486", "Busy")) { drop; }
        if (!change_reply_status_code("487")) { drop; }
    """
    server = kahea_server(f'loadmodule "textopsx.so"\nrequest_route {{ exit; }}\nreply_route {{ {body} }}')
    [sent] = server.receive(reply(404))
    assert sent.text.startswith("SIP/2.0 487 Busy\r\n")
    assert server.receive(reply(200)) == []


def test_body_lines(kahea_server: Make) -> None:
    """Lines of the body are removed and added, and Content-Length follows."""
    body = """
        bl_iterator_start("w");
        while (bl_iterator_next("w")) {
            if ($blitval(w) =~ "^a=1") { bl_iterator_rm("w"); }
            if ($blitval(w) =~ "^m=") { bl_iterator_append("w", "b=AS:64\\r\\n"); }
        }
    """
    server = kahea_server(f'loadmodule "textopsx.so"\nrequest_route {{ exit; }}\nreply_route {{ {body} }}')
    [sent] = server.receive(reply(body=b"v=0\r\nm=audio\r\na=1\r\n"))
    assert sent.message.body == b"v=0\r\nm=audio\r\nb=AS:64\r\n"
    assert sent.message.content_length == len(sent.message.body)


def test_apply_changes_that_break_the_message(kahea_server: Make) -> None:
    """The script ends when the changed message cannot be used."""
    body = 'keep_hf(); msg_set_buffer("x"); log("after");'
    server = kahea_server(f'loadmodule "textopsx.so"\ndebug=3\nrequest_route {{ {body} }}')
    server.receive(request())
    assert len(server.logged("ERROR")) == 1
    assert not [line for line in server.log if line.endswith("after")]


@pytest.mark.parametrize(
    "call",
    [
        'append_hf_value("X[*]", "v")',
        'append_hf_value("X.p", "v")',
        'assign_hf_value("X[*]", "v")',
        'include_hf_value("X[1]", "v")',
        'remove_hf_value("X[-11]")',
        'remove_hf_value("X[a]")',
        'remove_hf_value("X.")',
        'remove_hf_value("")',
        'keep_hf("(")',
    ],
)
def test_mistakes(kahea_server: Make, call: str) -> None:
    """What a function cannot change is found when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "textopsx.so"\nrequest_route {{ {call}; }}')
    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]


def test_targets() -> None:
    """Blanks may stand between the parts of a target."""
    assert parse_target(" X-A [ -2 ] . p-1") == Target("X-A", True, False, -2, "p-1")


@pytest.mark.parametrize(
    ("value", "pattern", "expected"),
    [
        ("a*b", r"a\*b", True),
        ("axb", r"a\*b", False),
        ("a5c", "a[[:digit:]]c", True),
        ("a]c", "a[]]c", True),
        ("é", "??", True),
        ("abcabd", "*ab*d", True),
        ("a" * 5000, "*a*a*a*a*a*a*a*b", False),
    ],
)
def test_patterns(value: str, pattern: str, expected: bool) -> None:
    """Patterns are matched byte by byte, in a time that does not explode."""
    assert matches(value, pattern) is expected


def test_patterns_without_case() -> None:
    """The flag i lets the case of letters not count."""
    assert matches("ABC", "a*", ignore_case=True)


def test_a_route_sees_the_changes(kahea_server: Make) -> None:
    """msg_changed_route runs a block for a copy with the changes; what that changes in the copy is forgotten."""
    server = kahea_server(
        'loadmodule "textopsx.so"\n'
        "request_route {\n"
        '    remove_hf_value("Supported"); setflag(3);\n'
        '    if (msg_changed_route("LOOK")) test_log("$sel(msg.header.supported)");\n'
        '    if (isflagset(4)) test_log("changed");\n'
        "}\n"
        'route[LOOK] { test_log("$sel(msg.header.supported)"); if (isflagset(3)) setflag(4); return -1; }\n'
    )
    server.receive(request(headers={"Supported": "one, two"}))
    logged = [line.split(": ", 2)[2] for line in server.log if "<script>" in line]
    assert logged == ["two", "one, two"]


def test_an_unknown_route_is_found_out_when_the_file_is_read(kahea_server: Make) -> None:
    """A block that is written out and does not exist is a warning; the function is false."""
    server = kahea_server(
        'loadmodule "textopsx.so"\nrequest_route { if (!msg_changed_route("NONE")) test_log("false"); }'
    )
    server.receive(request())
    assert [found.code for found in server.warnings][:1] == ["unknown-route"]
    assert any(line.endswith("false") for line in server.log)
