"""What is ours."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from kahea.cfg.ast import Listen, Name
from kahea.diagnostics import Diagnostics, SourceFile, Span
from kahea.modules.settings import Settings
from kahea.net.addresses import OwnAddress, alias_addresses, resolve_addresses
from kahea.net.myself import Myself, start_reverse_lookups
from kahea.sip.endpoints import LocalSocket

SPAN = Span(SourceFile("k.cfg", ""), 0, 0)


def listen(protocol: str | None, host: str, port: int | None = None, *advertise: object) -> Listen:
    """A `listen` or `alias`."""
    return Listen(protocol, [Name(SPAN, host)], port, *advertise)  # type: ignore[arg-type]


LISTEN = [
    listen("udp", "127.0.0.1", 21160, "192.0.2.77", 21199),
    listen("udp", "[::1]", 21161, "[2001:db8::1]", 21198),
    listen("udp", "localhost", 21162),
    listen("tcp", "127.0.0.1", 21163),
    listen("udp", "127.0.0.1", 21165, "192.0.2.78", None),
]
ALIASES = [
    listen(None, "foo.example"),
    listen("tcp", "bar.example", 21999),
    listen(None, "2001:db8:0::6"),
]
CONFIG = """#!KAMAILIO
children=1
auto_aliases=no
listen=udp:127.0.0.1:21160 advertise 192.0.2.77:21199
listen=udp:[::1]:21161 advertise [2001:db8::1]:21198
listen=udp:localhost:21162
listen=tcp:127.0.0.1:21163
listen=udp:127.0.0.1:21165 advertise 192.0.2.78
alias="foo.example"
alias=tcp:bar.example:21999
alias="2001:db8:0::6"
loadmodule "sl.so"
loadmodule "pv.so"
request_route {
  if (uri==myself) { sl_send_reply("200","ours"); } else { sl_send_reply("404", "not ours"); }
}
"""

CASES: list[tuple[str, int | None, bool]] = [
    ("127.0.0.1", 21160, True),
    ("127.0.0.1", None, False),
    ("127.0.0.1", 5060, False),
    ("127.0.0.1", 21199, True),
    ("127.0.0.1", 21163, True),
    ("[127.0.0.1]", 21160, True),
    ("127.0.0.3", 21160, False),
    ("127.000.000.001", 21160, False),
    ("192.0.2.77", 21199, True),
    ("192.0.2.77", 21160, True),
    ("192.0.2.77", 21161, False),
    ("192.0.2.77", None, False),
    ("192.0.2.78", 21165, True),
    ("192.0.2.78", None, False),
    ("[::1]", 21161, True),
    ("[0:0::1]", 21161, True),
    ("[2001:DB8:0:0::1]", 21198, True),
    ("[2001:db8:0:0::1]", 21161, True),
    ("[2001:db8::1]", None, False),
    ("localhost", 21162, True),
    ("LOCALHOST", 21162, True),
    ("localhost", 21160, False),
    ("foo.example", None, True),
    ("FOO.example", 1, True),
    ("bar.example", None, False),
    ("bar.example", 21999, True),
    ("[2001:db8:0::6]", 99, True),
    ("other.example", None, False),
]
"""Host and port of a request URI, and whether Kamailio 5.6.3 takes ``uri==myself`` for true."""


def ours() -> Myself:
    """What the configuration above makes ours."""
    settings = Settings(listen=LISTEN, alias=ALIASES)
    addresses = resolve_addresses(settings, Diagnostics(), names=lambda _: {"localhost": "127.0.0.1"})
    return Myself([*addresses.own, *alias_addresses(settings.alias)])


@pytest.mark.parametrize(("host", "port", "expected"), CASES)
def test_uri_is_myself(host: str, port: int | None, expected: bool) -> None:
    """A host and port is ours exactly where the real server says so; a URI without a port means 5060."""
    assert ours().is_myself(host, port or 5060) is expected


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("kamailio") is None, reason="kamailio is not installed")
def test_cases_are_the_real_servers(tmp_path: Path) -> None:
    """The expectations above are what the real server answers."""
    (tmp_path / "k.cfg").write_text(CONFIG)
    command = ["kamailio", "-f", str(tmp_path / "k.cfg"), "-x", "fm", "-X", "fm", "-DD", "-E"]
    command += ["-P", str(tmp_path / "pid"), "-Y", str(tmp_path / "run")]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
    ):
        try:
            client.bind(("127.0.0.1", 0))
            client.settimeout(0.2)
            answers = []
            for number, (host, port, _) in enumerate(CASES):
                uri = f"sip:{host}:{port}" if port else f"sip:{host}"
                request = (
                    f"OPTIONS {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{client.getsockname()[1]};"
                    f"branch=z9hG4bK{number}\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: {number}\r\n"
                    "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
                )
                for _ in range(50):
                    client.sendto(request.encode(), ("127.0.0.1", 21160))
                    try:
                        reply = client.recv(4096).decode()
                    except TimeoutError:
                        continue
                    if f"Call-ID: {number}\r\n" in reply:
                        answers.append((host, port, reply.startswith("SIP/2.0 200")))
                        break
        finally:
            process.send_signal(signal.SIGTERM)

    assert answers == CASES


def test_protocol_and_any_port() -> None:
    """A transport that is asked for must match; port 0 and None are any port."""
    myself = ours()
    assert myself.is_myself("127.0.0.1", None)
    assert myself.is_myself("127.0.0.1", 0)
    assert myself.is_myself("127.0.0.1", 21163, "tcp")
    assert not myself.is_myself("127.0.0.1", 21163, "udp")
    assert myself.is_myself("bar.example", None, "tcp")
    assert not myself.is_myself("bar.example", None, "udp")
    assert myself.is_myself("foo.example", 99, "tls")


def test_checks_of_modules_are_asked_last() -> None:
    """A module that knows more domains is asked when nothing else matches."""
    asked: list[str] = []

    def check(host: str, port: int | None, protocol: str | None) -> bool:
        asked.append(host)
        return host == "domain.example"

    myself = ours()
    myself.add_check(check)

    assert myself.is_myself("foo.example")
    assert myself.is_myself("domain.example", 5060)
    assert not myself.is_myself("other.example")
    assert asked == ["domain.example", "other.example"]


def test_reverse_lookups_add_names_with_port_and_transport() -> None:
    """auto_aliases: each name of a listen address counts with that socket's port and transport."""
    myself = Myself()
    thread = start_reverse_lookups(
        [LocalSocket("udp", "192.0.2.1", 5060), LocalSocket("tcp", "192.0.2.9", 5060)],
        myself.add,
        lambda ip: ("sip.example", ["alt.example"], [ip]) if ip == "192.0.2.1" else _unknown(),
    )
    thread.join(5)

    assert myself.own == [
        OwnAddress("sip.example", frozenset((5060,)), "udp"),
        OwnAddress("alt.example", frozenset((5060,)), "udp"),
    ]
    assert not myself.is_myself("sip.example", 5061)


def test_late_reverse_lookups_are_not_taken() -> None:
    """An answer after the time limit changes nothing, and the start does not wait for it."""
    release = threading.Event()

    def slow(ip: str) -> tuple[str, list[str], list[str]]:
        release.wait(5)
        return "late.example", [], [ip]

    myself = Myself()
    thread = start_reverse_lookups([LocalSocket("udp", "192.0.2.1", 5060)], myself.add, slow, seconds=0.0)
    assert thread.is_alive()
    release.set()
    thread.join(5)

    assert myself.own == []


def _unknown() -> tuple[str, list[str], list[str]]:
    raise OSError("no name")
