"""Requests whose script waits: their retransmissions are absorbed, their CANCEL is held until the script ended."""

from __future__ import annotations

from kahea.sip.message import Request

MessageKey = tuple[str, str, int, str]
"""What tells a request from others (RFC 3261 17.2.3): branch and sent-by of the top Via, CSeq number, method."""


def message_key(msg: Request) -> MessageKey | None:
    """Return what a retransmission shares with its request; ``None`` when the request lacks it."""
    via, cseq = msg.via, msg.cseq
    if via is None or cseq is None:
        return None
    return (via.branch or "", f"{via.host}:{via.port}", cseq.number, msg.method)


class WaitingRequests:
    """What a worker remembers of the requests whose scripts wait.

    The real server loses the CANCEL that arrives meanwhile; here it follows when the script has ended.

    Attributes:
        held: what follows each of them; empty while no script waits.
    """

    def __init__(self) -> None:
        self.held: dict[MessageKey, list[Request]] = {}

    def add(self, key: MessageKey) -> None:
        """Remember a request."""
        self.held[key] = []

    def release(self, key: MessageKey) -> list[Request]:
        """Forget a request; returns what was held for it."""
        return self.held.pop(key, [])

    def absorb(self, msg: Request) -> bool:
        """Whether a request is the retransmission of one that is remembered, or a CANCEL that is now held for it."""
        key = message_key(msg)
        if key in self.held:
            return True
        if msg.method != "CANCEL" or key is None:
            return False
        held = self.held.get((*key[:3], "INVITE"))
        if held is None:
            return False
        if not held:
            held.append(msg)
        return True
