"""Functions of textops on requests and texts, called as plain methods; values as observed on Kamailio 5.6.3."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from kahea.api import Destination, Logger, NoParams, Reply, Request, Run
from kahea.testing import FakeClock, Sent, ServerUnderTest, reply, request
from kahea.testing.server import ConfigError
from kahea_textops import Textops, checks, values
from kahea_textops.hold import audio_hold
from kahea_textops.patterns import line_regex
from kahea_textops.substitution import EmptyMatchError, parse_substitution

Make = Callable[..., ServerUnderTest]

PARTS = (
    "preamble\r\n--b1\r\nContent-Type: application/sdp\r\nContent-Disposition: session\r\n\r\nv=0\r\n\r\n"
    "--b1\r\nX-H: 1\r\nContent-Type: text/plain;charset=x\r\n\r\nhello\r\n\r\n"
    "--b1\r\ncontent-type: text/html\r\n\r\nhi\r\n--b1--\r\nepilogue\r\n"
)
TWO_PARTS = (
    "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n"
    "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n\r\n--b1--\r\n"
)
MIXED = "multipart/mixed;boundary=b1"


class Result:
    """A pseudo-variable that functions write to."""

    text = "$var(r)"
    writable = True
    value: Any = "unset"

    def get(self, run: Run) -> Any:
        """Return the value."""
        return self.value

    def set(self, run: Run, value: Any) -> None:
        """Keep the value."""
        self.value = value


class Lines:
    """A log sink that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, level: int, line: str, facility: str | None) -> None:
        """Keep a line."""
        self.lines.append(line)

    def flush(self) -> None:
        """Do nothing."""


class Module:
    """The module, with a log and a clock."""

    def __init__(self) -> None:
        self.sink = Lines()
        core: Any = type("Core", (), {})()
        core.log = Logger(self.sink)
        core.clock = FakeClock(1_700_000_000.0)
        self.core = core
        self.textops = Textops("textops", NoParams(), core)

    def run(self, msg: Request | Reply) -> Run:
        """Return a run for a message."""
        run = Run(self.core)
        run.msg = msg
        return run


@pytest.fixture
def module() -> Module:
    """The module."""
    return Module()


def parsed(data: bytes) -> Any:
    """Return bytes as a message."""
    return Sent(data, Destination("udp", "127.0.0.1", 5060)).message


def invite(body: str = "", content_type: str = "application/sdp", headers: dict[str, str] | None = None) -> Request:
    """Return an INVITE."""
    given = dict(headers or {})
    if body:
        given["Content-Type"] = content_type
    msg = parsed(request("INVITE", "sip:bob@127.0.0.1", given, body.encode()))
    assert isinstance(msg, Request)
    return msg


def body_of(msg: Request | Reply) -> str:
    """Return the body that would be sent."""
    body = msg.edits.body
    return (msg.body if body is None else body).decode()


def head_of(msg: Request | Reply) -> list[str]:
    """Return the lines of the head that would be sent."""
    return msg.edits.apply(msg.head).split("\r\n")


class TestMethods:
    """is_method."""

    @pytest.mark.parametrize(
        ("methods", "yes", "no"),
        [
            ("INVITE", ["INVITE", "invite", "Invite"], ["ACK", "INVITED"]),
            ("INVITE|OPTIONS", ["INVITE", "OPTIONS", "options"], ["ACK"]),
            ("INVITE,ACK", ["ACK"], ["BYE"]),
            (" INVITE | ACK ", ["INVITE", "ACK"], ["BYE"]),
            ("INVITE|", ["INVITE"], ["BYE"]),
            ("invite", ["INVITE"], ["ACK"]),
            ("FOO", ["FOO", "foo"], ["INVITE"]),
        ],
    )
    def test_matches(self, module: Module, methods: str, yes: list[str], no: list[str]) -> None:
        """A method matches without regard to case, evaluated and prepared."""
        function = next(one for one in module.textops.declarations.functions if one.name == "is_method")
        argument = function.arguments[0].kind.literal(methods)
        assert function.prepare is not None
        for call in (function.prepare(argument), lambda msg: module.textops.is_method(msg, argument)):
            assert [method for method in [*yes, *no] if call(parsed(request(method)))] == yes
            assert call(parsed(reply(method=yes[0])))

    @pytest.mark.parametrize("methods", ["", "INVITE|FOO", "INVITE ACK", "FOO|BAR", "foo bar", "|INVITE", "$rm"])
    def test_refused(self, methods: str) -> None:
        """Texts that are no methods are refused, and lists with a method that is not known."""
        with pytest.raises(ValueError, match="method"):
            checks.MethodsKind().literal(methods)


class TestValues:
    """Comparisons of texts and their return codes."""

    @pytest.mark.parametrize(
        ("a", "b", "result"),
        [
            *(("abc", "abc", 1), ("abc", "abd", -2), ("abd", "abc", -1), ("ab", "abc", -2), ("abc", "ab", -1)),
            *(("", "a", -2), ("B", "a", -2)),
        ],
    )
    def test_compare(self, module: Module, a: str, b: str, result: int) -> None:
        """cmp_str tells the order of unequal texts."""
        assert module.textops.cmp_str(invite(), a, b) == result

    @pytest.mark.parametrize(
        ("a", "b", "result"),
        [("ABC", "abc", 1), ("abC", "abd", -2), ("abd", "ABC", -1), ("ab", "ABC", -2), ("abc", "AB", -1)],
    )
    def test_compare_ignoring_case(self, module: Module, a: str, b: str, result: int) -> None:
        """cmp_istr folds the letters of ASCII."""
        assert module.textops.cmp_istr(invite(), a, b) == result
        assert values.compare_ignoring_case("É", "é") != 1

    @pytest.mark.parametrize(
        ("text", "start", "result"),
        [("abc", "ab", 1), ("ab", "abc", -1), ("abc", "aa", -1), ("abc", "ac", -2), ("abc", "", 1)],
    )
    def test_starts_with(self, module: Module, text: str, start: str, result: int) -> None:
        """starts_with tells the order when it is false."""
        assert module.textops.starts_with(invite(), text, start) == result

    @pytest.mark.parametrize(
        ("text", "end", "result"),
        [("abc", "bc", 1), ("bc", "abc", -1), ("abc", "bd", -2), ("abc", "ba", -1), ("abc", "", 1)],
    )
    def test_ends_with(self, module: Module, text: str, end: str, result: int) -> None:
        """ends_with tells the order when it is false."""
        assert module.textops.ends_with(invite(), text, end) == result

    @pytest.mark.parametrize(
        ("subject", "items", "separator", "result"),
        [
            *(("a", "a,b", ",", True), ("b", "a , b ", ",", True), ("c", "a,b", ",", False), ("a", "", ",", False)),
            *(("", "a,,b", ",", False), ("a b", "a b,c", ",", True), ("b", "a;b;", ";", True)),
        ],
    )
    def test_in_list(self, module: Module, subject: str, items: str, separator: str, result: bool) -> None:
        """in_list strips blanks around items; the empty text is in no list."""
        assert module.textops.in_list(invite(), subject, items, separator) is result

    @pytest.mark.parametrize(
        ("subject", "items", "result"),
        [
            *(("final", "dk,fi,no", True), ("f", "fi", False), ("fi", ",", False), ("fi", "x, fi ,", True)),
            ("fi", "x,  ", False),
        ],
    )
    def test_in_list_prefix(self, module: Module, subject: str, items: str, result: bool) -> None:
        """in_list_prefix looks for an item that the text starts with."""
        assert module.textops.in_list_prefix(invite(), subject, items, ",") is result

    def test_separator(self) -> None:
        """A separator is one character."""
        for text in ("", ",,"):
            with pytest.raises(ValueError, match="one character"):
                checks.SeparatorKind().literal(text)

    def test_find(self, module: Module) -> None:
        """str_find counts bytes from 1, as in the source of Kamailio 6."""
        textops, msg = module.textops, invite()
        assert textops.str_find(msg, "abcabc", "c") == 3
        assert textops.str_find(msg, "éc", "c") == 3
        assert textops.str_find(msg, "abc", "B") == -1
        assert textops.str_ifind(msg, "abc", "B") == 2
        assert textops.str_find(msg, "abc", "abcd") == -1

    def test_characters(self, module: Module) -> None:
        """str_any_in needs one of the characters, str_all_in each, as in the source of Kamailio 6."""
        textops, msg = module.textops, invite()
        assert textops.str_any_in(msg, "a-b", ".-")
        assert not textops.str_any_in(msg, "ab", ".-")
        assert not textops.str_any_in(msg, "ab", "")
        assert textops.str_all_in(msg, "a-b.", ".-")
        assert not textops.str_all_in(msg, "a-b", ".-")
        assert not textops.str_all_in(msg, "ab", "")

    @pytest.mark.parametrize(
        ("text", "pattern", "number", "limit", "result", "value"),
        [
            ("___ abc123def ___", "([a-z]*)([0-9]+)([a-z]*)", 1, 3, 1, "abc"),
            ("abc", "([0-9]+)", 1, 3, -2, "unset"),
            ("abc123", "([a-z]*)([0-9]+)", 2, 3, 1, "123"),
            ("abc123", "([a-z]*)([0-9]+)", 3, 3, -1, "unset"),
            ("abc123", "(x)?([0-9]+)", 1, 3, -1, "unset"),
            ("ABC", "abc", 0, 1, -2, "unset"),
            ("abc123", "[0-9]+", 0, 1, 1, "123"),
            ("abc123", "[0-9]+", 2, 5, -1, "unset"),
        ],
    )
    def test_regex_substring(
        self, module: Module, text: str, pattern: str, number: int, limit: int, result: int, value: str
    ) -> None:
        """regex_substring gets what a group matches."""
        got: Any = Result()
        run = module.run(invite())
        assert module.textops.regex_substring(run, text, pattern, number, limit, got) == result
        assert got.value == value


class TestPatterns:
    """Regular expressions over lines."""

    @pytest.mark.parametrize(
        ("pattern", "text", "matches"),
        [
            *(("^b", "a\nb", True), ("a$", "a\nb", True), ("a.b", "a\nb", False), ("a[^x]b", "a\nb", False)),
            *(("a[^]x]b", "a]b", False), ("a[^]x]b", "ayb", True), ("a\\.b", "axb", False), ("A", "a", True)),
            *(("a\\$", "a$", True), ("a[$]", "a$", True), ("a[\\^]b", "a\\b", True), ("\\[^x]", "[x]", False)),
        ],
    )
    def test_lines(self, pattern: str, text: str, matches: bool) -> None:
        """Anchors match at lines; dots and negated brackets match no newline (regcomp(3), REG_NEWLINE)."""
        assert bool(line_regex(pattern).search(text)) is matches

    def test_malformed(self) -> None:
        """A broken pattern is refused."""
        with pytest.raises(ValueError, match="regular expression"):
            line_regex("(")


class TestSubstitutions:
    """The notation of substitutions."""

    @pytest.mark.parametrize(
        "text",
        ["/a/b", "a", "/a/b/x", "/(/b/", "\\a\\b\\", "aabac", "/a/$rU/", "/a"],
    )
    def test_refused(self, text: str) -> None:
        """Other texts are refused when the file is read."""
        with pytest.raises(ValueError, match=r"."):
            parse_substitution(text)

    @pytest.mark.parametrize(
        ("expression", "text", "result"),
        [
            ("/o/0/g", "hello world", "hell0 w0rld"),
            ("/o/0/", "hello world", "hell0 world"),
            ("/z/0/", "hello world", None),
            ("|/a/|/b/|", "x/a/y", "x/b/y"),
            (r"/a\/b/c\/d/", "a/b", "c/d"),
            (r"/(a)(x)?/<\1\2\9>/", "ba", "b<a>"),
            (r"/a/\$\n\q\\/", "a", "$\nq\\"),
            ("/a//", "banana", "bnana"),
        ],
    )
    def test_apply(self, module: Module, expression: str, text: str, result: str | None) -> None:
        """The replacement may hold groups and escapes; the separator is escaped by a backslash."""
        assert parse_substitution(expression).apply(module.run(invite()), text) == result

    def test_request_uri(self, module: Module) -> None:
        r"""\u stands for the current Request-URI."""
        msg = invite()
        msg.uri = "sip:new@host"
        assert parse_substitution(r"/b/<\u>/").apply(module.run(msg), "abc") == "a<sip:new@host>c"

    def test_empty_match(self, module: Module) -> None:
        """A match of nothing is an error, not a substitution everywhere."""
        for expression in ("//x/", "///", "/a*/x/g"):
            with pytest.raises(EmptyMatchError):
                parse_substitution(expression).apply(module.run(invite()), "bab")

    def test_uri(self, module: Module) -> None:
        """subst_uri and subst_user change the Request-URI at once."""
        msg = invite()
        assert module.textops.subst_uri(module.run(msg), parse_substitution("/^sip:(.*)@/sip:00\\1@/"))
        assert msg.uri == "sip:00bob@127.0.0.1"
        assert module.textops.subst_user(module.run(msg), parse_substitution("/^00//"))
        assert msg.uri == "sip:bob@127.0.0.1"
        assert not module.textops.subst_user(module.run(msg), parse_substitution("/zzz/x/"))
        assert module.textops.subst_user(module.run(msg), parse_substitution("/.*//"))
        assert msg.uri == "sip:127.0.0.1"
        msg.uri = "nonsense"
        assert not module.textops.subst_user(module.run(msg), parse_substitution("/a/x/"))

    def test_variable(self, module: Module) -> None:
        """subst_v writes the changed text, and nothing when nothing matches."""
        run, result = module.run(invite()), Result()
        assert module.textops.subst_v(run, "hello", parse_substitution("/l/L/g"), result)
        assert result.value == "heLLo"
        assert not module.textops.subst_v(run, "hello", parse_substitution("/z/L/g"), result)
        assert not module.textops.subst_v(run, "hello", parse_substitution("/z*/L/g"), result)
        assert result.value == "heLLo"
        assert "empty" in module.sink.lines[-1]

    def test_transformation(self, module: Module) -> None:
        """{re.subst} changes a value, or leaves it; an empty one and null become null."""
        run = module.run(invite())
        assert module.textops.re_subst(run, "sip:bob@host", parse_substitution("/^sip:(.*)@.*/\\1/")) == "bob"
        assert module.textops.re_subst(run, "tel:1", parse_substitution("/^sip:(.*)@.*/\\1/")) == "tel:1"
        assert module.textops.re_subst(run, "", parse_substitution("/x/y/")) is None
        assert module.textops.re_subst(run, None, parse_substitution("/^$/y/")) is None

    @pytest.mark.parametrize(
        ("expression", "uri"),
        [
            (r"/^(.*)$/$hdr(Word)-\1/", "sip:hello-aba@127.0.0.1"),
            ("/a/$hdr(None)/g", "sip:b@127.0.0.1"),
            (r"/a/\$x/", "sip:$xba@127.0.0.1"),
            ("/a/$$x/", "sip:$xba@127.0.0.1"),
            (r"/a/$rm\1/", "sip:OPTIONSba@127.0.0.1"),
            ("/a/$cl/", "sip:0ba@127.0.0.1"),
            ("#a#$var(y)#", "sip:YYba@127.0.0.1"),
            (r"/(a)/$(hdr(Word){s.toupper})\1/", "sip:HELLOaba@127.0.0.1"),
            ("/a/x$(rU{s.select,0,/})x/", "sip:xabaxba@127.0.0.1"),
        ],
    )
    def test_pseudo_variables(self, kahea_server: Make, expression: str, uri: str) -> None:
        """Pseudo-variables in a replacement are evaluated, null as nothing; they may hold the separator."""
        pytest.importorskip("kahea_pv")
        server = kahea_server(
            f"""
            loadmodule "pv.so"
            loadmodule "textops.so"
            request_route {{ $var(y) = "YY"; subst_user('{expression}'); test_log("$ru"); }}
            """
        )
        server.receive(request("OPTIONS", "sip:aba@127.0.0.1", {"Word": "hello"}))
        assert server.logged("ERROR") == [uri]

    @pytest.mark.parametrize(
        ("expression", "result"),
        [
            ("/b/$var(y)/", "aYYcb"),
            (r"/b/\u/", "asip:aba@127.0.0.1cb"),
            ("/b/x,y/", "ax,ycb"),
            ("/b{1,2}/q/g", "aqcq"),
            ("/b/$hdr(Word)/}{s.toupper", "AHELLOCB"),
            ("/nomatch/x/", "abcb"),
        ],
    )
    def test_transformation_in_a_file(self, kahea_server: Make, expression: str, result: str) -> None:
        """{re.subst} takes commas, pairs of braces and pseudo-variables, and sees the message."""
        pytest.importorskip("kahea_pv")
        server = kahea_server(
            f"""
            loadmodule "pv.so"
            loadmodule "textops.so"
            request_route {{
                $var(y) = "YY"; $var(t) = "abcb";
                test_log("$(var(t){{re.subst,{expression}}})");
            }}
            """
        )
        server.receive(request("OPTIONS", "sip:aba@127.0.0.1", {"Word": "hello"}))
        assert server.logged("ERROR") == [result]

    def test_substitution_of_a_text(self, kahea_server: Make) -> None:
        """In subst_v pseudo-variables stand anywhere, a doubled dollar in front of those of the replacement."""
        pytest.importorskip("kahea_pv")
        server = kahea_server(
            """
            loadmodule "pv.so"
            loadmodule "textops.so"
            request_route {
                $var(p) = "b"; $var(y) = "YY";
                subst_v("abc", "/$var(p)/$var(y)/", "$var(o)");
                subst_v("$var(o)", "/c/<$$var(p)>/", "$var(q)");
                test_log("$var(o) $var(q)");
            }
            """
        )
        server.receive(request())
        assert server.logged("ERROR") == ["aYYc aYY<b>"]


class TestParts:
    """Bodies of several parts."""

    def test_filter(self, module: Module) -> None:
        """filter_body leaves the content of a part, without its headers and the line end before the boundary."""
        for wanted, content in [("application/sdp", "v=0\r\n"), ("text/plain", "hello\r\n")]:
            msg = invite(TWO_PARTS, MIXED)
            assert module.textops.filter_body(msg, wanted)
            assert body_of(msg) == content
        msg = invite(PARTS, MIXED)
        assert module.textops.filter_body(msg, "text/html")
        assert body_of(msg) == "hi"

    def test_filter_fails(self, module: Module) -> None:
        """It is false without such a part, or when the body does not consist of parts."""
        for msg in (invite(TWO_PARTS, MIXED), invite("v=0\r\n"), invite()):
            assert not module.textops.filter_body(msg, "a/b")
            assert not msg.edited

    def test_remove(self, module: Module) -> None:
        """remove_body_part leaves the other parts, the last delimiter closing the body."""
        msg = invite(TWO_PARTS, MIXED)
        assert module.textops.remove_body_part(msg, "text/plain")
        assert body_of(msg) == "--b1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b1--\r\n"
        msg = invite(TWO_PARTS, MIXED)
        assert module.textops.remove_body_part(msg, "application/sdp")
        assert body_of(msg) == "--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n\r\n--b1--\r\n"
        for other in (invite(TWO_PARTS, MIXED), invite("v=0\r\n")):
            assert not module.textops.remove_body_part(other, "a/b")

    def test_append(self, module: Module) -> None:
        """append_body_part adds in front of the last delimiter."""
        msg = invite(TWO_PARTS, 'multipart/mixed; boundary="b1"')
        assert module.textops.append_body_part(msg, "more", "text/x", "signal;handling=required")
        added = "Content-Type: text/x\r\nContent-Disposition: signal;handling=required\r\n\r\nmore\r\n--b1--\r\n"
        assert body_of(msg) == TWO_PARTS.replace("--b1--\r\n", f"--b1\r\n{added}")

    def test_append_twice(self, module: Module) -> None:
        """Parts are added one behind the other; content that ends in an empty line gets no further line end."""
        msg = invite(TWO_PARTS, MIXED)
        assert module.textops.append_body_part(msg, "a\r\n\r\n", "t/x")
        assert module.textops.append_body_part_hex(msg, "62 0a", "t/y")
        added = "Content-Type: t/x\r\n\r\na\r\n\r\n--b1\r\nContent-Type: t/y\r\n\r\nb\n\r\n--b1--\r\n"
        assert body_of(msg) == TWO_PARTS.replace("--b1--\r\n", f"--b1\r\n{added}")
        assert not module.textops.append_body_part(invite("v=0\r\n"), "more", "text/x")
        assert not module.textops.append_body_part_hex(msg, "6", "t/y")

    def test_make(self, module: Module) -> None:
        """set_body_multipart takes the received body as first part, or a new one, and closes the body."""
        sdp = "v=0\r\no=alice 1 1 IN IP4 10.0.0.1\r\ns=-\r\n"
        msg = invite(sdp)
        assert module.textops.set_body_multipart(msg)
        delimiter = "--unique-boundary-1"
        assert body_of(msg) == f"{delimiter}\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n{delimiter}--\r\n"
        header = 'Content-Type: multipart/mixed;boundary="unique-boundary-1"'
        assert head_of(msg)[-3:] == [header, "Mime-Version: 1.0", ""]
        msg = invite(sdp)
        assert module.textops.set_body_multipart_content(msg, "txt", "text/plain", "delim")
        assert body_of(msg) == "--delim\r\nContent-Type: text/plain\r\n\r\ntxt\r\n--delim--\r\n"
        msg = invite(sdp)
        assert module.textops.set_body_multipart_boundary(msg, "delim")
        assert body_of(msg).startswith("--delim\r\nContent-Type: application/sdp\r\n")

    def test_make_of_nothing(self, module: Module) -> None:
        """Without a body there is nothing to make parts of; a body of parts stays as it is."""
        assert not module.textops.set_body_multipart(invite())
        msg = invite(TWO_PARTS, MIXED)
        assert module.textops.set_body_multipart(msg)
        assert not msg.edited

    @pytest.mark.parametrize(
        ("wanted", "content", "raw"),
        [
            (
                "text/html",
                "\r\nhi\r\n",
                "content-type: text/html\r\n\r\nhi\r\n--b1--\r\n",
            ),
            (
                "application/sdp",
                "Content-Disposition: session\r\n\r\nv=0\r\n\r\n",
                "Content-Type: application/sdp\r\nContent-Disposition: session\r\n\r\nv=0\r\n\r\n--b1\r\n",
            ),
        ],
    )
    def test_get(self, module: Module, wanted: str, content: str, raw: str) -> None:
        """get_body_part gets all behind the Content-Type line, get_body_part_raw the line and the boundary too."""
        run, result = module.run(invite(PARTS, MIXED)), Result()
        assert module.textops.get_body_part(run, wanted, result)
        assert result.value == content
        assert module.textops.get_body_part_raw(run, wanted, result)
        assert result.value == raw

    def test_get_whole(self, module: Module) -> None:
        """A body that does not consist of parts is got as a whole; no body and no such part are false."""
        result = Result()
        assert module.textops.get_body_part(module.run(invite("v=0\r\n")), "a/b", result)
        assert result.value == "v=0\r\n"
        assert not module.textops.get_body_part(module.run(invite(PARTS, MIXED)), "a/b", result)
        assert not module.textops.get_body_part(module.run(invite()), "a/b", result)


class TestHold:
    """is_audio_on_hold."""

    @pytest.mark.parametrize(
        ("address", "session", "stream", "result"),
        [
            ("1.2.3.4", "", "m=audio 4000 RTP/AVP 0|a=sendrecv", -1),
            ("0.0.0.0", "", "m=audio 4000 RTP/AVP 0", 1),
            ("1.2.3.4", "", "m=audio 4000 RTP/AVP 0|a=sendonly", 2),
            ("1.2.3.4", "", "m=audio 4000 RTP/AVP 0|a=inactive", 2),
            ("1.2.3.4", "", "m=audio 4000 RTP/AVP 0|a=recvonly", -1),
            ("1.2.3.4", "a=sendonly|", "m=audio 4000 RTP/AVP 0", 2),
            ("1.2.3.4", "a=inactive|", "m=audio 4000 RTP/AVP 0|a=sendrecv", 2),
            ("0.0.0.0", "", "m=audio 4000 RTP/AVP 0|a=sendonly", 2),
            ("1.2.3.4", "", "m=video 5000 RTP/AVP 0|a=sendonly", -1),
            ("1.2.3.4", "", "m=audio 4000 RTP/AVP 0|c=IN IP4 0.0.0.0", 1),
            ("0.0.0.0", "", "m=audio 4000 RTP/AVP 0|c=IN IP4 1.2.3.4", -1),
        ],
    )
    def test_hold(self, module: Module, address: str, session: str, stream: str, result: int) -> None:
        """Audio is on hold by its address, its direction or the session's."""
        sdp = f"v=0|o=- 1 1 IN IP4 1.1.1.1|s=-|c=IN IP4 {address}|t=0 0|{session}{stream}|".replace("|", "\r\n")
        assert module.textops.is_audio_on_hold(invite(sdp)) == result
        part = f"--b1\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--b1--\r\n"
        assert module.textops.is_audio_on_hold(invite(part, MIXED)) == result

    def test_trickle(self) -> None:
        """Port 9 and the null address are no hold when candidates trickle (RFC 8840), as in Kamailio 6."""
        sdp = "v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 9 RTP/AVP 0\r\n"
        assert audio_hold(sdp) == 1
        assert audio_hold(f"{sdp}a=ice-options:trickle\r\n") == -1


class TestPrivacy:
    """is_privacy."""

    @pytest.mark.parametrize(
        ("header", "found"),
        [
            *(("id", ["id"]), ("user;id", ["id"]), ("none", []), ("none;id", []), ("foo", []), ("id;", [])),
            *((" ID ; header", ["id", "header"]), ("history", [])),
        ],
    )
    def test_values(self, module: Module, header: str, found: list[str]) -> None:
        """A value is found in any case; a header with anything malformed has no values."""
        msg = invite(headers={"Privacy": header})
        assert [value for value in ("id", "header") if module.textops.is_privacy(msg, value)] == found
        assert not module.textops.is_privacy(invite(), "id")

    def test_unknown(self) -> None:
        """An unknown value is refused when the file is read."""
        with pytest.raises(ValueError, match="privacy type"):
            checks.PrivacyKind().literal("secret")


class TestReplies:
    """What is added to the replies of this server."""

    def test_headers(self, module: Module) -> None:
        """Header fields add up; nothing to add is false."""
        msg = invite()
        assert module.textops.append_to_reply(msg, "X: 1\r\n")
        assert not module.textops.append_to_reply(msg, "")
        assert module.textops.append_time(msg)
        assert msg.reply_headers == "X: 1\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\n"

    def test_body(self, module: Module) -> None:
        """A reply gets a body and its type."""
        msg = invite()
        assert not module.textops.set_reply_body(msg, "", "text/plain")
        assert not module.textops.set_reply_body_hex(msg, "zz", "text/plain")
        assert module.textops.set_reply_body(msg, "test", "text/plain")
        assert (msg.reply_body, msg.reply_headers) == (b"test", "Content-Type: text/plain\r\n")
        msg = invite()
        assert module.textops.set_reply_body_hex(msg, "4b 82", "a/b")
        assert msg.reply_body == b"\x4b\x82"


class TestRequests:
    """Edits of requests."""

    def test_uri_header(self, module: Module) -> None:
        """append_urihf takes the Request-URI as received."""
        msg = invite()
        msg.uri = "sip:changed@host"
        assert module.textops.append_urihf(msg, "CC-Diversion: ", "\r\n")
        assert head_of(msg)[-2] == "CC-Diversion: sip:bob@127.0.0.1"

    def test_time(self, module: Module) -> None:
        """append_time_to_request puts a Date behind the first header field."""
        msg = invite()
        assert module.textops.append_time_to_request(msg)
        assert head_of(msg)[1].startswith("Via: ")
        assert head_of(msg)[2] == "Date: Tue, 14 Nov 2023 22:13:20 GMT"

    def test_hex_body(self, module: Module) -> None:
        """set_body_hex takes bytes."""
        msg = invite("v=0\r\n")
        assert module.textops.set_body_hex(msg, "68 65 6c 6C 6f ff", "a/b")
        assert msg.edits.body == b"hello\xff"
        for digits in ("68 6", "zz", ""):
            assert not module.textops.set_body_hex(msg, digits, "a/b")

    def test_not_text(self, module: Module) -> None:
        """Bytes that are no UTF-8 stay as they are around a change."""
        data = request("INVITE", "sip:bob@host", {"Content-Type": "a/b"}, b"\xff\xfeone\x00\xff")
        msg = parsed(data)
        assert module.textops.replace_body(msg, re.compile("one"), "two")
        assert msg.edits.body == b"\xff\xfetwo\x00\xff"

    def test_many_matches(self, module: Module) -> None:
        """A body full of matches takes linear time."""
        msg = invite("ab" * 30_000)
        assert module.textops.replace_body_all(msg, line_regex("a"), "c")
        assert body_of(msg) == "cb" * 30_000


def test_mistakes(kahea_server: Make) -> None:
    """Wrong arguments are found when the file is read, all at once."""
    text = r"""
loadmodule "textops.so"
request_route {
    is_method("INVITE|FOO");
    search("(");
    subst('/a/b');
    subst('/a/$rU/');
    has_body("sdp");
    is_privacy("secret");
    in_list("a", "b", "::");
    remove_hf("");
}
"""
    with pytest.raises(ConfigError) as caught:
        kahea_server(text)
    lines = [found.span.line for found in caught.value.diagnostics if found.span is not None]
    assert lines == [4, 5, 6, 7, 8, 9, 10, 11]


def test_dollars(kahea_server: Make) -> None:
    """A dollar in a regular expression is its own, not the start of a pseudo-variable."""
    text = """
loadmodule "textops.so"
debug=4
request_route {
    if (search("^Max-Forwards: 70.$")) { test_log("found"); }
}
"""
    server = kahea_server(text)
    server.receive(request())
    assert any(line.endswith("found") for line in server.log)


def test_documented(module: Module) -> None:
    """Every function has a reference entry with an example of its call."""
    for function in module.textops.declarations.functions:
        assert f"{function.name}(" in function.doc or function.name.endswith("_pv"), function.name
        assert "Returns:" in function.doc
