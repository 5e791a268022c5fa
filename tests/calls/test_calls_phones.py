"""Calls between real phones, with the configuration that Kamailio's package installs and with the one of its source.

The files are run as they are; KAMAILIO_SOURCE names the source tree of a newer Kamailio.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import linphone
from bench.configs import Listen, free_port
from bench.phones import HOST, Phone, why_not
from bench.servers import STOCK, Program, Server

UPSTREAM = Path(os.environ.get("KAMAILIO_SOURCE", "/nonexistent")) / "etc" / "kamailio.cfg"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=str(why_not()))


@pytest.fixture(scope="module", params=[STOCK, UPSTREAM], ids=["installed", "upstream"])
def server(
    program: Program, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server with a stock file."""
    config: Path = request.param
    if not config.is_file():
        pytest.skip("the package kamailio is not installed" if config == STOCK else "KAMAILIO_SOURCE names no source")
    if program.name == "kahea":
        pytest.importorskip("kahea_acc")
    elif config == UPSTREAM:
        pytest.skip("the installed Kamailio is older than this file")
    port = free_port()
    listens = [Listen("udp", HOST, port), Listen("tcp", HOST, port)]
    with Server(program, config, listens, tmp_path_factory.mktemp("stock")) as made:
        yield made
        assert "CRITICAL" not in made.log()


Switch = Callable[..., Phone]


@pytest.fixture
def phone(server: Server, tmp_path: Path) -> Iterator[Switch]:
    """A function that switches a phone on, which registers."""
    with ExitStack() as stack:
        number = iter(range(100))

        def switch_on(user: str, transport: str = "udp", *, timeout: int = 120) -> Phone:
            address = f"{HOST}:{server.listens[0].port}"
            made = Phone(user, address, tmp_path / f"phone{next(number)}", transport=transport, timeout=timeout)
            stack.enter_context(made)
            made.registered()
            stack.callback(made.quit)
            return made

        yield switch_on


def talking(caller: Phone, callee: Phone) -> None:
    """Let one phone call another, which answers."""
    caller.command("dial", callee.uri)
    callee.event("CALL_INCOMING")
    caller.event("CALL_RINGING")
    callee.command("accept")
    callee.event("CALL_ESTABLISHED")
    caller.event("CALL_ESTABLISHED")


def change(holder: Phone, other: Phone, command: str, direction: str) -> None:
    """Let one phone change the direction of the sound by a second INVITE, which the other gets and answers."""
    received, answers = len(other.received("INVITE")), len(holder.answers("INVITE"))
    acknowledged = len(other.received("ACK"))
    holder.command(command)
    holder.until(lambda: holder.answers("INVITE")[answers:] == [200], command)
    assert [f"a={direction}" in body for body in other.received("INVITE")[received:]] == [True]
    other.until(lambda: len(other.received("ACK")) == acknowledged + 1, "acknowledged")


def kamcmd(server: Server, *words: str) -> str:
    """Return what kamcmd says."""
    command = ["kamcmd", "-s", f"unix:{server.runtime_folder}/kamailio_ctl", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout


TRANSPORTS = [("udp", "udp"), ("tcp", "tcp"), ("udp", "tcp"), ("tcp", "udp")]


@pytest.mark.parametrize(("callers", "callees"), TRANSPORTS, ids=["udp", "tcp", "udp-to-tcp", "tcp-to-udp"])
def test_a_call_with_hold(phone: Switch, callers: str, callees: str) -> None:
    """A call is answered, held and resumed by the caller, held by the callee, and hung up by the callee."""
    alice, bob = phone("alice", callers), phone("bob", callees)

    talking(alice, bob)
    for holder, other in ((alice, bob), (bob, alice)):
        change(holder, other, "hold", "sendonly")
        change(holder, other, "resume", "sendrecv")
    bob.command("hangup")
    alice.event("CALL_CLOSED")
    bob.until(lambda: bob.answers("BYE") == [200], "answered")


def test_the_caller_hangs_up(phone: Switch) -> None:
    """A BYE of the caller ends the call of the callee."""
    alice, bob = phone("alice"), phone("bob")

    talking(alice, bob)
    alice.command("hangup")
    bob.event("CALL_CLOSED")
    alice.until(lambda: alice.answers("BYE") == [200], "answered")


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_the_caller_gives_up(phone: Switch, transport: str) -> None:
    """A call that is canceled while it rings ends for both; the INVITE is answered with 487."""
    alice, bob = phone("alice", transport), phone("bob", transport)

    alice.command("dial", bob.uri)
    alice.event("CALL_RINGING")
    bob.event("CALL_INCOMING")
    alice.command("hangup")
    bob.event("CALL_CLOSED")
    alice.until(lambda: alice.answers("INVITE") == [487], "canceled")
    assert alice.answers("CANCEL") == [200]


def test_busy(phone: Switch) -> None:
    """A callee who refuses is busy to the caller."""
    alice, bob = phone("alice"), phone("bob")

    alice.command("dial", bob.uri)
    bob.event("CALL_INCOMING")
    bob.command("hangup")
    assert alice.event("CALL_CLOSED")["param"].startswith("486 ")


def test_nobody_answers(phone: Switch) -> None:
    """What the callee's phone says when nobody takes the call reaches the caller."""
    alice, bob = phone("alice"), phone("bob", timeout=1)

    alice.command("dial", bob.uri)
    bob.event("CALL_INCOMING")
    closed = alice.event("CALL_CLOSED")["param"]
    assert re.match(r"4\d\d ", closed), closed
    assert alice.answers("INVITE") == [int(closed[:3])]


def test_not_registered(phone: Switch, server: Server) -> None:
    """Nobody can be called before he registers, nor after he has switched his phone off."""
    alice = phone("alice")
    alice.command("dial", f"sip:bob@{HOST}:{server.listens[0].port}")
    assert alice.event("CALL_CLOSED")["param"] == "404 Not Found"
    bob = phone("bob")
    alice.command("dial", bob.uri)
    bob.event("CALL_INCOMING")
    bob.command("hangup")
    alice.event("CALL_CLOSED")
    bob.quit()

    alice.command("dial", bob.uri)
    assert alice.event("CALL_CLOSED")["param"] == "404 Not Found"


def test_two_phones_of_one_user(phone: Switch) -> None:
    """Both ring, over different transports; when one is answered, the other stops ringing."""
    alice, desk, mobile = phone("alice"), phone("bob"), phone("bob", "tcp")

    alice.command("dial", desk.uri)
    desk.event("CALL_INCOMING")
    mobile.event("CALL_INCOMING")
    mobile.command("accept")
    alice.event("CALL_ESTABLISHED")
    assert "answered elsewhere" in desk.event("CALL_CLOSED")["param"].lower() or desk.received("CANCEL")
    alice.command("hangup")
    mobile.event("CALL_CLOSED")


def test_transfer(phone: Switch) -> None:
    """A REFER within the call makes the caller call a third phone, and NOTIFY tells the callee so."""
    alice, bob, carol = phone("alice"), phone("bob"), phone("carol")

    talking(alice, bob)
    bob.command("transfer", carol.uri)
    carol.event("CALL_INCOMING")
    carol.command("accept")
    carol.event("CALL_ESTABLISHED")
    bob.until(lambda: any("NOTIFY" in text for text in bob.received("NOTIFY")), "notified")
    assert bob.answers("REFER") == [202]


def test_kamcmd_shows_where_phones_are(phone: Switch, server: Server) -> None:
    """`kamcmd ul.dump` and `ul.lookup` tell address of record, contact and user agent of a registered phone."""
    bob = phone("bob", "tcp")

    told = kamcmd(server, "ul.lookup", "location", "bob")
    assert "AoR: bob" in told
    assert re.search(rf"Address: sip:bob-\w+@{HOST}:{bob.port};transport=tcp", told)
    assert "User-Agent: baresip v" in told
    assert "AoR: bob" in kamcmd(server, "ul.dump")
    bob.quit()
    assert "AoR: bob" not in kamcmd(server, "ul.dump")


@pytest.mark.skipif(bool(linphone.why_not()), reason=str(linphone.why_not()))
def test_phones_of_two_makers(phone: Switch, server: Server, tmp_path: Path) -> None:
    """Calls in both directions between baresip and linphone, with a pause, each ended by the one who was called."""
    bob = phone("bob")
    with linphone.Linphone("alice", f"{HOST}:{server.listens[0].port}", tmp_path / "linphone") as alice:
        alice.say(f"call {bob.uri}", "ringing")
        bob.event("CALL_INCOMING")
        bob.command("accept")
        alice.wait("Media streams established")
        alice.say("pause", "is now paused")
        alice.say("resume", "Media streams established")
        bob.command("hangup")
        alice.wait("ended")

        bob.command("dial", alice.uri)
        alice.wait("Receiving new incoming call|is contacting you")
        alice.say("answer", "Media streams established")
        bob.event("CALL_ESTABLISHED")
        alice.say("terminate", "ended")
        bob.event("CALL_CLOSED")
