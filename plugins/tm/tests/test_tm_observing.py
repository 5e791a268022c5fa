"""Who is told what becomes of a transaction."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import BranchView, Reply, Request, TransactionObserver, TransactionService, TransactionView
from kahea.testing import ServerUnderTest

SCRIPT = """
loadmodule "sl"
loadmodule "tm"
request_route {
    if (method == "CANCEL") {
        t_relay();
        exit;
    }
    t_relay();
}
"""

INVITE = """INVITE sip:bob@127.0.0.1:6000 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5999;branch=z9hG4bKabc
From: <sip:alice@example.com>;tag=1
To: <sip:bob@example.com>
Call-ID: call-1
CSeq: 1 INVITE
Max-Forwards: 70
Content-Length: 0

"""


class Notes(TransactionObserver):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.sees_acks = True

    def failed(self, transaction: TransactionView, branch: BranchView, reply: Reply | None, code: int) -> int:
        """Note it."""
        self.told.append(("failed", branch.index, reply is not None, code))
        return 0

    def replied(self, transaction: TransactionView, reply: Reply | None, code: int, data: bytes) -> None:
        """Note it."""
        self.told.append(("replied", reply is not None, code, data[:11]))

    def acknowledged(self, transaction: TransactionView, ack: Request) -> None:
        """Note it."""
        self.told.append(("acknowledged", ack.method))

    def canceled(self, transaction: TransactionView, cancel: Request) -> None:
        """Note it."""
        self.told.append(("canceled", cancel.method))

    def ended(self, transaction: TransactionView) -> None:
        """Note it."""
        self.told.append(("ended",))


def observed(kahea_server: Callable[..., ServerUnderTest]) -> tuple[ServerUnderTest, Notes, Request]:
    """Return a server that was sent an INVITE, what is noted about that, and what was sent on."""
    server = kahea_server(SCRIPT)
    service = server.engine.services.get(TransactionService)
    assert service is not None
    notes = Notes()
    service.observe(lambda transaction, request: notes if request.method == "INVITE" else None)
    return server, notes, server.receive(INVITE).requests[0]


def reply(request: Request, code: int) -> str:
    """Return the bytes of a reply to what was sent on."""
    kept = [line for line in request.head.split("\r\n") if line.startswith(("Via", "From", "To", "Call-ID", "CSeq"))]
    return "\r\n".join([f"SIP/2.0 {code} Reason", *kept, "Content-Length: 0", "", ""])


def test_an_answered_call(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """Replies are told, the ACK once, and the end; a 100 of ours is not."""
    server, notes, sent = observed(kahea_server)
    for code in (180, 200):
        server.receive(reply(sent, code), source=("127.0.0.1", 6000))
    ack = INVITE.replace("INVITE", "ACK").replace("abc", "def")
    server.receive(ack)
    server.receive(ack)
    server.advance(60)

    assert notes.told == [
        ("replied", True, 180, b"SIP/2.0 180"),
        ("replied", True, 200, b"SIP/2.0 200"),
        ("acknowledged", "ACK"),
        ("ended",),
    ]


def test_a_cancelled_call(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """The CANCEL is told, and the failure before the reply that comes of it."""
    server, notes, sent = observed(kahea_server)
    server.receive(reply(sent, 180), source=("127.0.0.1", 6000))
    server.receive(INVITE.replace("INVITE", "CANCEL"))
    server.receive(reply(sent, 487), source=("127.0.0.1", 6000))

    assert notes.told == [
        ("replied", True, 180, b"SIP/2.0 180"),
        ("canceled", "CANCEL"),
        ("failed", 0, True, 487),
        ("replied", True, 487, b"SIP/2.0 487"),
    ]


def test_a_call_that_nobody_answers(kahea_server: Callable[..., ServerUnderTest]) -> None:
    """A reply that the server makes has no message of a branch."""
    server, notes, _ = observed(kahea_server)
    server.advance(31)

    assert notes.told == [("failed", 0, False, 408), ("replied", False, 408, b"SIP/2.0 408")]
