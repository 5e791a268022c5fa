"""Replies and refusals beside the real Kamailio's, byte by byte.

A Kamailio with one worker answers each request with the status code that the user part of its Request-URI names. Our
reply to the same bytes from the same source must be the same, the server's random To-tag apart.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kahea.sip.build import (
    build_forwarded_reply,
    build_forwarded_request,
    build_reply,
    forwarded_reply_destination,
    reply_destination,
    status_line,
)
from kahea.sip.endpoints import LocalSocket, Source
from kahea.sip.message import Reply, Request, SipParseError, parse_message

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(shutil.which("kamailio") is None, reason="the real Kamailio is not installed"),
]

CONFIGURATION = """
debug=-1
log_stderror=yes
children=1
server_header="Server: oracle"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
request_route {
    if (is_present_hf("X-Show-Uri")) {
        sl_send_reply("200", "|$rU|$rd|$rp|$(ru{uri.passwd})|$(ru{uri.params})|$(ru{uri.headers})|");
        exit;
    }
    if (is_present_hf("X-Forward")) {
        if (is_present_hf("X-Force-Rport")) force_rport();
        if (is_present_hf("X-Uri")) $ru = $hdr(X-Uri);
        if (is_present_hf("X-Remove")) remove_hf("X-Remove");
        if (is_present_hf("X-Append")) append_hf("X-Appended: 1\\r\\n");
        if (is_present_hf("X-Insert")) insert_hf("X-Inserted: 1\\r\\n", "To");
        if (is_present_hf("X-Body")) set_body("new body", "text/plain");
        $du = $hdr(X-Forward);
        forward();
        exit;
    }
    if (is_present_hf("X-Force-Rport")) force_rport();
    if (is_present_hf("X-Append")) append_to_reply("X-One: 1\\r\\nX-Two: $hdr(X-Append)\\r\\n");
    if (is_present_hf("X-Body")) set_reply_body("hello", "text/plain");
    sl_send_reply("$(rU{s.int})", "Reason for it");
}
"""

#: Long enough for a busy machine; reached only when a reply is missing that should be there.
TIMEOUT = 5.0


class Oracle:
    """A running Kamailio and one client socket."""

    def __init__(self, directory: Path) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        config = directory / "oracle.cfg"
        config.write_text(CONFIGURATION)
        self.log = (directory / "log").open("wb")
        command = ["kamailio", "-x", "fm", "-X", "fm", "-DD", "-E", "-f", str(config), "-w", str(directory)]
        command += ["-l", f"udp:127.0.0.1:{self.port}", "-P", str(directory / "pid"), "-Y", str(directory)]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.client.bind(("127.0.0.1", 0))
        self.source_port: int = self.client.getsockname()[1]
        self.socket = LocalSocket("udp", "127.0.0.1", self.port)
        self.source = Source(self.socket, "127.0.0.1", self.source_port)
        self._sentinels = 0

    def start(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if self._sentinel(0.2) == []:
                return
        raise AssertionError("Kamailio did not start")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.client.close()
        self.log.close()

    def ask(self, data: bytes) -> bytes | None:
        """Send a datagram; return the reply, None if the server is silent.

        The one worker handles datagrams in order, so that a second request's answer ends the wait for the first.
        """
        self.client.sendto(data, ("127.0.0.1", self.port))
        replies = self._sentinel(TIMEOUT)
        assert replies is not None
        return replies[0] if replies else None

    def _sentinel(self, timeout: float) -> list[bytes] | None:
        self._sentinels += 1
        call_id = f"sentinel-{self._sentinels}".encode()
        request = options(call_id=call_id.decode(), port=self.source_port)
        self.client.settimeout(timeout)
        self.client.sendto(request, ("127.0.0.1", self.port))
        replies: list[bytes] = []
        while True:
            try:
                data = self.client.recv(65535)
            except (TimeoutError, ConnectionRefusedError):
                return None
            if b"Call-ID: " + call_id + b"\r\n" in data:
                return replies
            if b"Call-ID: sentinel-" not in data:
                replies.append(data)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    """A running Kamailio."""
    server = Oracle(tmp_path_factory.mktemp("kamailio"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def options(call_id: str = "1@test", port: int = 5060, **changes: str) -> bytes:
    """A plain OPTIONS, with lines changed by keyword."""
    lines = {
        "line": "OPTIONS sip:200@127.0.0.1 SIP/2.0",
        "via": f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK1;rport",
        "from_": "From: <sip:a@test>;tag=1",
        "to": "To: <sip:b@test>",
        "call_id": call_id if ":" in call_id else f"Call-ID: {call_id}",
        "cseq": "CSeq: 1 OPTIONS",
        "more": "",
    }
    lines.update(changes)
    return "\r\n".join([line for line in lines.values() if line] + ["", ""]).encode("utf-8", "surrogateescape")


def answer(data: bytes, source: Source, tag: str) -> bytes | None:
    """What we answer to a datagram, as the oracle's configuration tells; None for silence."""
    try:
        request = parse_message(data, source)
        if not isinstance(request, Request) or request.missing_header():
            return None
        uri = request.parsed_uri
        code = int(uri.user) if uri is not None and uri.user.isdigit() else 500
        request.force_rport = request.has_header("X-Force-Rport")
        if request.has_header("X-Append"):
            request.reply_headers = f"X-One: 1\r\nX-Two: {request.header('X-Append')}\r\n"
        if request.has_header("X-Body"):
            request.reply_headers += "Content-Type: text/plain\r\n"
            request.reply_body = b"hello"
        return build_reply(request, status_line(code, "Reason for it"), tag, "Server: oracle\r\n")
    except SipParseError:
        return None


def normalised(reply: bytes | None) -> bytes | None:
    """A reply with the server's own To-tag replaced by TAG."""
    return None if reply is None else re.sub(rb";tag=[0-9a-f]{16,}\.[0-9a-f.]+(?=[\r\n])", b";tag=TAG", reply)


def case(name: str, data: bytes) -> object:
    """A named datagram."""
    return pytest.param(data, id=name)


V = "Via: SIP/2.0/UDP "
ANSWERED = [
    case("plain", options()),
    case("no-rport", options(via=V + "127.0.0.1:PORT;branch=z9hG4bK1")),
    case("other-host", options(via=V + "10.0.0.9:PORT;branch=z9hG4bK1")),
    case("other-host-without-branch", options(via=V + "10.0.0.9:PORT")),
    case("host-name", options(via=V + "client.example.com:PORT;branch=z9hG4bK1;alias")),
    case("rport-in-the-middle", options(via=V + "10.0.0.9:PORT;rport;branch=z9hG4bK1;alias")),
    case("rport-with-a-value", options(via=V + "10.0.0.9:PORT;branch=z9hG4bK1;rport=77;x=y")),
    case("rport-in-capitals", options(via=V + "10.0.0.9:PORT;branch=z9hG4bK1;RPORT;x=y")),
    case("received-from-the-client", options(via=V + "127.0.0.1:PORT;branch=z9hG4bK1;received=1.2.3.4")),
    case("received-and-rport", options(via=V + "127.0.0.1:PORT;received=1.2.3.4;rport;branch=z9hG4bK1")),
    case(
        "blanks-in-via", options(via='Via:  SIP / 2.0 / UDP   127.0.0.1:PORT ; branch = z9hG4bK1 ; rport; x="a;rport"')
    ),
    case("force-rport", options(via=V + "127.0.0.1:PORT;branch=z9hG4bK1;x", more="X-Force-Rport: 1")),
    case("force-rport-without-branch", options(via=V + "127.0.0.1:PORT;x", more="X-Force-Rport: 1")),
    case("force-rport-other-host", options(via=V + "10.0.0.9;branch=z9hG4bK1;x", more="X-Force-Rport: 1")),
    case("force-rport-and-rport", options(more="X-Force-Rport: 1")),
    case("two-vias", options(more=V + "10.0.0.1;branch=z9hG4bK2;received=1.1.1.1;rport=5")),
    case("vias-apart", options(cseq="CSeq: 1 OPTIONS\r\nv: SIP/2.0/TLS 10.0.0.1\r\nX: y\r\nVIA: SIP/2.0/UDP [::1]:6")),
    case("to-with-tag", options(to="To: <sip:b@test>;tag=abc")),
    case("to-with-tag-and-more", options(to='To: "B;tag=no" <sip:b@test;tag=no>;x=1;tag=abc;y')),
    case("to-with-params", options(to='To: "B;tag=no" <sip:b@test;tag=no>;x=1 ')),
    case("to-without-brackets", options(to="To: sip:b@test;x=1")),
    case("to-without-brackets-with-tag", options(to="To: sip:b@test;TAG=abc")),
    case("to-quoted-bracket", options(to='To: "a > \\" b" <sip:b@test>')),
    case("to-folded", options(to="To: B\r\n <sip:b@test>\r\n ;x=1")),
    case("code-100", options(line="OPTIONS sip:100@127.0.0.1 SIP/2.0")),
    case("code-180", options(line="INVITE sip:180@127.0.0.1 SIP/2.0", cseq="CSeq: 1 INVITE")),
    case(
        "code-183-record-route",
        options(
            line="OPTIONS sip:183@h SIP/2.0", more="Record-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>,<sip:p3;lr>"
        ),
    ),
    case(
        "code-200-record-route",
        options(more="Record-Route: <sip:p1;lr>\r\nRoute: <sip:p2;lr>\r\nrecord-route: <sip:p2;lr>,<sip:p3;lr>"),
    ),
    case("code-100-record-route", options(line="OPTIONS sip:100@h SIP/2.0", more="Record-Route: <sip:p1;lr>")),
    case("code-179-record-route", options(line="OPTIONS sip:179@h SIP/2.0", more="Record-Route: <sip:p1;lr>")),
    case("code-404-record-route", options(line="OPTIONS sip:404@h SIP/2.0", more="Record-Route: <sip:p1;lr>")),
    case("code-699", options(line="OPTIONS sip:699@h SIP/2.0")),
    case("append-to-reply", options(more="X-Append: value")),
    case("reply-body", options(more="X-Body: 1")),
    case("reply-body-and-header", options(more="X-Body: 1\r\nX-Append: z")),
    case(
        "compact-names",
        options(
            via="v: SIP/2.0/UDP 127.0.0.1:PORT;branch=1;rport",
            from_="f: <sip:a@b>;tag=1",
            to="t: <sip:b@b>",
            call_id="i: 1",
        ),
    ),
    case(
        "odd-case",
        options(
            via="VIA: SIP/2.0/UDP 127.0.0.1:PORT;branch=1;rport",
            from_="FROM: <sip:a@b>;tag=1",
            to="tO: <sip:b@b>",
            call_id="call-id: 1",
            cseq="cseq: 1 OPTIONS",
        ),
    ),
    case(
        "blank-before-colon",
        options(from_="From : <sip:a@b>;tag=1", to="To\t:<sip:b@b>", call_id="Call-ID:1", cseq="CSeq:  1   OPTIONS"),
    ),
    case(
        "other-order",
        options(
            via="CSeq: 1 OPTIONS\r\nCall-ID: 1",
            from_="Max-Forwards: 3",
            to="To: <sip:b@b>\r\nX: y",
            call_id="Via: SIP/2.0/UDP 127.0.0.1:PORT;rport;branch=1",
            cseq="From: <sip:a@b>;tag=1\r\nContent-Length: 0",
        ),
    ),
    case("line-feeds-only", options().replace(b"\r\n", b"\n")),
    case("line-feeds-some", options(to="To: <sip:b@test>\nX: y\n y\nSubject: z")),
    case("lower-case-version", options(line="OPTIONS sip:200@h sip/2.0")),
    case("leading-line-ends", b"\r\n\r\n" + options()),
    case("leading-blanks", b" \t\0\n" + options()),
    case("unknown-method", options(line="FOO-1 sip:200@h SIP/2.0", cseq="CSeq: 1 FOO-1")),
    case("blanks-after-uri", options(line="OPTIONS sip:200@h  \t SIP/2.0 ")),
    case("not-utf-8", options(from_='From: "\udcff\udcfe\u00e9" <sip:a@b>;tag=\udc80')),
    case("body", options(more="Content-Length: 4\r\nContent-Type: text/plain") + b"a\r\n\r\n"),
    case("no-blank-line", options()[:-2]),
    case("unknown-via-protocol", options(via="Via: SIP/2.0/FOO 127.0.0.1:PORT;branch=z9hG4bK1;rport")),
    case("via-hidden", options(via=V + "127.0.0.1:PORT;hidden;ttl=16;maddr=1.2.3.4;branch=z9hG4bK1")),
    case("via-folded", options(via="Via:\r\n SIP/2.0/UDP\r\n\t127.0.0.1:PORT\r\n ;branch=z9hG4bK1;rport")),
    case("from-without-tag", options(from_="From: sip:a@b")),
    case("from-unclosed", options(from_="From: <sip:a@b;tag=1")),
    case("from-unclosed-quote", options(from_='From: "A <sip:a@b>;tag=1')),
    case("from-empty", options(from_="From:")),
    case("from-word", options(from_="From: anonymous")),
    case("cseq-large", options(cseq="CSeq: 4294967296 OPTIONS")),
    case("cseq-not-a-number", options(cseq="CSeq: abc OPTIONS")),
    case("cseq-other-method", options(cseq="CSeq: 1 INVITE")),
    case("cseq-folded", options(cseq="CSeq:\r\n 1 OPTIONS\r\n ")),
    case("call-id-odd", options(call_id='Call-ID: "(<>)" {x} @ y  ')),
    case("empty-header", options(more="Subject:\r\nX:")),
    case("token-header-name", options(more="X-.+_~Y: 1")),
    case("uri-with-tel", options(line="OPTIONS tel:200 SIP/2.0")),
    case("ipv6-uri", options(line="OPTIONS sip:200@[::1]:5060;transport=udp SIP/2.0")),
]

SILENT = [
    case("no-via", options(via="")),
    case("no-from", options(from_="")),
    case("no-to", options(to="")),
    case("no-call-id", options(call_id="").replace(b"Call-ID: \r\n", b"")),
    case("no-cseq", options(cseq="")),
    case("sip-3", options(line="OPTIONS sip:200@h SIP/3.0")),
    case("no-version", options(line="OPTIONS sip:200@h")),
    case("two-blanks-before-uri", options(line="OPTIONS  sip:200@h SIP/2.0")),
    case("blank-in-uri", options(line="OPTIONS sip:200@h ;x SIP/2.0")),
    case("tab-after-method", options(line="OPTIONS\tsip:200@h SIP/2.0")),
    case("ack", options(line="ACK sip:200@h SIP/2.0", cseq="CSeq: 1 ACK")),
    case("via-sip-3", options(via="Via: SIP/3.0/UDP 127.0.0.1:PORT;branch=z9hG4bK1")),
    case("via-no-host", options(via="Via: SIP/2.0/UDP ;branch=z9hG4bK1")),
    case("via-bad-port", options(via=V + "127.0.0.1:port;branch=z9hG4bK1")),
    case("via-large-port", options(via=V + "127.0.0.1:65536;branch=z9hG4bK1")),
    case("via-empty-param", options(via=V + "127.0.0.1:PORT;;branch=z9hG4bK1")),
    case("second-via-bad", options(via=V + "127.0.0.1:PORT;branch=z9hG4bK1, nonsense")),
    case("to-empty-brackets", options(to="To: <>")),
    case("to-text-after", options(to="To: <sip:a@b> x")),
    case("cseq-no-method", options(cseq="CSeq: 1")),
    case("cseq-three-words", options(cseq="CSeq: 1 OPTIONS x")),
    case("header-without-colon", options(more="what is this")),
    case("header-without-colon-first", options(via="what is this\r\nVia: SIP/2.0/UDP 127.0.0.1:PORT;branch=1")),
    case("header-name-with-blank", options(more="a b: c")),
    case("header-empty-name", options(more=": c")),
    case("no-line-end", options()[:-4]),
    case("only-first-line", b"OPTIONS sip:200@h SIP/2.0\r\n\r\n"),
    case("short", b"OPTIONS sip:a"),
    case("two-to", options(more="To: <sip:c@test>;tag=2")),
    case("two-call-ids", options(more="Call-ID: 2")),
    case("text", b"hello world, this is no SIP at all\r\n\r\n"),
]


@pytest.mark.parametrize("data", ANSWERED)
def test_same_bytes(oracle: Oracle, data: bytes) -> None:
    """Our reply is the real server's, byte by byte."""
    data = data.replace(b"PORT", str(oracle.source_port).encode())
    theirs = oracle.ask(data)
    assert theirs is not None
    assert answer(data, oracle.source, "TAG") == normalised(theirs)


@pytest.mark.parametrize("data", SILENT)
def test_same_silence(oracle: Oracle, data: bytes) -> None:
    """What the real server drops, we drop."""
    data = data.replace(b"PORT", str(oracle.source_port).encode())
    assert oracle.ask(data) is None
    request_line = data.split(b" ")[0]
    if request_line != b"ACK":  # sl's own rule
        assert answer(data, oracle.source, "TAG") is None


def forward(from_: str = "From: <sip:a@test>;tag=1", **changes: Any) -> bytes:
    """An OPTIONS that the oracle forwards to port TARGET."""
    return options(from_=f"{from_}\r\nX-Forward: sip:127.0.0.1:TARGET", **changes)


FORWARDED = [
    case("plain", forward()),
    case("no-rport", forward(via=V + "127.0.0.1:PORT;branch=z9hG4bK1")),
    case("other-host", forward(via=V + "10.0.0.9:PORT;branch=z9hG4bK1")),
    case("other-host-without-params", forward(via=V + "10.0.0.9")),
    case("rport-first", forward(via=V + "10.0.0.9:PORT;rport;branch=z9hG4bK1;alias")),
    case("rport-with-a-value", forward(via=V + "10.0.0.9:PORT;x=y;branch=z9hG4bK1;rport=77")),
    case("received-from-the-client", forward(via=V + "127.0.0.1:PORT;branch=z9hG4bK1;received=1.2.3.4;x")),
    case("received-and-rport", forward(via=V + "127.0.0.1:PORT;received=1.2.3.4;branch=z9hG4bK1;rport;x")),
    case("force-rport", forward(via=V + "127.0.0.1:PORT;branch=z9hG4bK1", more="X-Force-Rport: 1")),
    case("force-rport-other-host", forward(via=V + "10.0.0.9:PORT;branch=z9hG4bK1", more="X-Force-Rport: 1")),
    case("two-vias-in-one", forward(via=V + "127.0.0.1:PORT;branch=z9hG4bK1;rport, SIP/2.0/TCP b.example;branch=2")),
    case("via-is-not-first", forward(line="OPTIONS sip:a@b SIP/2.0\r\nMax-Forwards: 70\r\nRecord-Route: <sip:x;lr>")),
    case("other-uri", forward(more="X-Uri: sip:other@192.0.2.1:5070;transport=udp")),
    case("other-uri-odd-line", forward(line="OPTIONS sip:a@b  SIP/2.0 ", more="X-Uri: sip:o@192.0.2.1")),
    case("not-utf-8", forward(from_='From: "\udcff\u00e9" <sip:a@b>;tag=1', more="X-Uri: sip:o@192.0.2.1")),
    case("body", forward(more="Content-Length: 4\r\nContent-Type: text/plain") + b"a\r\n\r"),
    case("wrong-length", forward(more="Content-Length: 99\r\nContent-Type: text/plain") + b"abc"),
    case("line-feeds-only", forward().replace(b"\r\n", b"\n") + b"body\n\n"),
    case("no-blank-line", forward()[:-2]),
    case("append-header", forward(more="X-Append: 1\r\nX: y")),
    case("insert-header", forward(more="X-Insert: 1\r\nX: y")),
    case("remove-header", forward(cseq="X-Remove: 1\r\n 2\r\nCSeq: 1 OPTIONS\r\nX: y\r\nx-remove: 2")),
    case("new-body", forward(more="X-Body: 1\r\nContent-Length: 3\r\nContent-Type: text/plain") + b"abc"),
]


def edit(request: Request) -> None:
    """What the oracle's configuration does before it forwards."""
    request.force_rport = request.has_header("X-Force-Rport")
    request.uri = request.header("X-Uri") or request.uri
    for field in request.header_fields:
        if field.name.lower() == "x-remove":
            request.edits.delete(field.start, field.end - field.start)
        if field.name == "To" and request.has_header("X-Insert"):
            request.edits.insert_after(field.start, "X-Inserted: 1\r\n")
    if request.has_header("X-Append"):
        request.edits.insert_after(len(request.head), "X-Appended: 1\r\n")
    if request.has_header("X-Body"):
        request.edits.body = b"new body"


@pytest.mark.parametrize("data", FORWARDED)
def test_forwarded_request(oracle: Oracle, data: bytes) -> None:
    """The request that we forward is the one that the real server forwards, its own Via given."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as callee:
        callee.bind(("127.0.0.1", 0))
        callee.settimeout(TIMEOUT)
        data = data.replace(b"PORT", str(oracle.source_port).encode())
        data = data.replace(b"TARGET", str(callee.getsockname()[1]).encode())
        oracle.client.sendto(data, ("127.0.0.1", oracle.port))
        theirs = callee.recv(65535)
    via = re.search(rb"^Via: SIP/2.0/UDP 127.0.0.1:[0-9]+;branch=z9hG4bK[^\r]*\r\n", theirs, re.MULTILINE)
    assert via is not None
    request = parse_message(data, oracle.source)
    assert isinstance(request, Request)
    edit(request)
    assert build_forwarded_request(request, via[0].decode()) == theirs


REPLIES = [
    case("plain", b"OWN\r\nSENDER\r\nREST\r\n\r\n"),
    case("one-header", b"OWN , SENDER\r\nREST\r\n\r\n"),
    case("one-header-folded", b"OWN\r\n , SENDER\r\nREST\r\n\r\n"),
    case("three", b"OWN\r\nSENDER, SIP/2.0/TCP 10.0.0.1:7;branch=9\r\nREST\r\n\r\n"),
    case("apart", b"Server: x\r\nOWN\r\nX: y\r\nREST\r\nSENDER\r\n\r\n"),
    case("body", b"OWN\r\nSENDER\r\nREST\r\nContent-Length: 4\r\n\r\nbody"),
    case("line-feeds-only", b"OWN\nSENDER\nREST\n\nbody"),
    case("not-utf-8", b"OWN\r\nSENDER\r\nREST\r\nX: \xff\xe9\r\n\r\n\xff"),
    case("received", b"OWN\r\nv: SIP/2.0/UDP nowhere.invalid;branch=1;received=127.0.0.1;rport=PORT\r\nREST\r\n\r\n"),
]


@pytest.mark.parametrize("data", REPLIES)
def test_forwarded_reply(oracle: Oracle, data: bytes) -> None:
    """The reply that we forward, and where to, are the real server's."""
    own = f"Via: SIP/2.0/UDP 127.0.0.1:{oracle.port};branch=z9hG4bKown".encode()
    sender = f"SIP/2.0/UDP 127.0.0.1:{oracle.source_port};branch=1".encode()
    rest = b"From: <sip:a@test>;tag=1\r\nTo: <sip:b@test>;tag=2\r\nCall-ID: 1@test\r\nCSeq: 1 OPTIONS"
    data = data.replace(b"PORT", str(oracle.source_port).encode())
    data = data.replace(b", SENDER", b", " + sender).replace(b"SENDER", b"Via: " + sender)
    data = b"SIP/2.0 202 Good  enough\r\n" + data.replace(b"OWN", own).replace(b"REST", rest)
    theirs = oracle.ask(data)
    reply = parse_message(data, oracle.source)
    assert isinstance(reply, Reply)
    assert build_forwarded_reply(reply) == theirs
    destination = forwarded_reply_destination(reply)
    assert (destination.protocol, destination.ip, destination.port) == ("udp", "127.0.0.1", oracle.source_port)


URIS = [
    "sip:host",
    "sip:host:5070",
    "sip:alice@host",
    "sip:alice@host:5070",
    "sip:alice:secret@host:5070;transport=tcp;lr?a=b&c=d",
    "sip:alice:12@host",
    "sips:alice@host;x",
    "SIP:alice@host",
    "sip:1.2.3.4",
    "sip:[2001:db8::1]:5070;a=[",
    "sip:a@[::1]",
    "sip:a;b=c@host;d=e",
    "sip:a?b@host?c=d",
    "sip:a;b:c@host",
    "sip:a/b,c&d=e+f$g@host",
    "sip:%61lice@host",
    "sip:a@host;transport=TCP",
    "sip:a@host;",
    "sip:a@host?",
    "sip:host;lr",
    "sip:host:5070;lr",
    "sip:host?x=y",
    "sip:a@host-name.example.com.",
    "sip:a@host:65535",
    "sip:a@host:65536",
    "sip:a@host:050",
    "sip:a@host:005060",
    "sip:a@host:5060x",
    "sip:@host",
    "sip::x@host",
    "sip:a:b:c@host",
    "sip:a@b@host",
    "sip:a@",
    "sip:a@;x",
    "sip:a@-host",
    "sip:a@ho!st",
    "sip:a@[::1",
    "sip:a@[::1]x",
    "sip:a]@host",
    "sip:a@host;x=y@z",
    "sip:a@host?x=y;z",
    "sip:host?x;y",
    "sip:",
    "sip:a",
    "tel:+1-201-555-0123",
    "tel:",
    "http://host/",
    "mailto:a@host",
    "alice",
    "sipx:a@host",
]


@pytest.mark.parametrize("uri", URIS)
def test_uri(oracle: Oracle, uri: str) -> None:
    """A Request-URI has the parts that the real server finds, or is malformed for both."""
    theirs = oracle.ask(options(line=f"OPTIONS {uri} SIP/2.0", more="X-Show-Uri: 1"))
    assert theirs is not None
    shown = theirs.split(b"\r\n", 1)[0].decode().removeprefix("SIP/2.0 200 ")
    request = parse_message(options(line=f"OPTIONS {uri} SIP/2.0"), oracle.source)
    assert isinstance(request, Request)
    parts = request.parsed_uri
    if parts is None:
        ours = "|<null>|<null>|<null>||||"
    else:
        # $rp is the port as written, or 5060 for every scheme.
        shown = re.sub(r"^((?:\|[^|]*){2}\|)0+", r"\1", shown)
        fields = (parts.user or "<null>", parts.host or "<null>", parts.port or 5060, parts.password or "")
        ours = "|".join(map(str, ("", *fields, parts.params_text[1:], parts.headers, "")))
    assert ours == shown


def test_destination(oracle: Oracle) -> None:
    """A reply goes to the source address, to Via's port without rport: both receive it where we say."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        other.settimeout(TIMEOUT)
        port: int = other.getsockname()[1]
        data = options(via=f"{V}10.255.255.1:{port};branch=z9hG4bK1")
        oracle.client.sendto(data, ("127.0.0.1", oracle.port))
        assert other.recv(65535).startswith(b"SIP/2.0 200 ")
    request = parse_message(data, oracle.source)
    assert isinstance(request, Request)
    destination = reply_destination(request)
    assert (destination.protocol, destination.ip, destination.port) == ("udp", "127.0.0.1", port)
    assert destination.socket is oracle.socket
