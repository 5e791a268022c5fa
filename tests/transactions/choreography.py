"""A caller and callees by hand: what the tests of the module send and look for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from kahea.api import Request
from kahea.testing import Replies, ServerUnderTest, request

CALLER: Final = ("127.0.0.1", 5999)
BOB: Final = "sip:bob@127.0.0.1:6000"

SLEEPER: Final = '''
import asyncio

from kahea.api import Int, Message, Module, NoParams, function


class Sleeper(Module[NoParams]):
    """Waits, and fails."""

    @function()
    async def nap(self, msg: Message, seconds: Int) -> bool:
        """Wait."""
        await asyncio.sleep(seconds)
        return True

    @function()
    def fail(self, msg: Message) -> bool:
        """Fail."""
        raise RuntimeError("no luck")
'''

HEAD: Final = """
debug=2
loadmodule "sleeper.py"
loadmodule "sl.so"
loadmodule "tm.so"
request_route {
    if (method == "CANCEL") {
        if (t_check_trans()) t_relay();
        exit;
    }
    if (method == "OPTIONS") {
        sl_send_reply("200", "Alive");
        exit;
    }
    t_check_trans();
    if (method == "ACK") exit;
    route(CALL);
}
"""


def write_sleeper(folder: Path) -> Path:
    """Write the module that waits; return the name that a configuration beside it has."""
    (folder / "sleeper.py").write_text(SLEEPER)
    return folder / "kamailio.cfg"


def invite(branch: str = "z9hG4bKcall", uri: str = BOB, method: str = "INVITE", **headers: str) -> bytes:
    """Return the request of a call; with the same branch it is the same call."""
    return request(
        method,
        uri,
        {"From": "<sip:alice@127.0.0.1>;tag=a", "To": "<sip:bob@127.0.0.1>", **headers},
        branch=branch,
        call_id=f"call-{branch}",
    )


def cancel(branch: str = "z9hG4bKcall", uri: str = BOB) -> bytes:
    """Return the CANCEL of `invite`."""
    return invite(branch, uri, "CANCEL")


def answer(to: Request, status: int, reason: str = "Whatever", tag: str = "b", headers: str = "") -> bytes:
    """Return a callee's reply to a request that the server sent."""
    vias = "".join(f"Via: {value.strip()}\r\n" for value in to.header_values("Via"))
    return (
        f"SIP/2.0 {status} {reason}\r\n{vias}"
        f"From: {(to.header('From') or '').strip()}\r\nTo: {(to.header('To') or '').strip()};tag={tag}\r\n"
        f"Call-ID: {to.call_id}\r\nCSeq: {(to.header('CSeq') or '').strip()}\r\n{headers}Content-Length: 0\r\n\r\n"
    ).encode()


def ack_of(reply: str, branch: str = "z9hG4bKcall", uri: str = BOB) -> bytes:
    """Return the caller's ACK to a negative reply."""
    to = next(line[4:] for line in reply.split("\r\n") if line.startswith("To: "))
    return invite(branch, uri, "ACK", To=to)


def methods(sent: Replies) -> list[str]:
    """Return what was sent: status codes and methods, in order."""
    return [
        message.method if isinstance(message, Request) else str(getattr(message, "status", ""))
        for message in sent.messages
    ]


def start(server: ServerUnderTest, branch: str = "z9hG4bKcall", uri: str = BOB) -> list[Request]:
    """Let a call begin; return the branches that the server sent."""
    return server.receive(invite(branch, uri)).requests


def store_of(server: ServerUnderTest) -> Any:
    """Return the table of the transactions of a server."""
    module: Any = server.loader.plugins.get_plugin("tm")
    return module.layer.store
