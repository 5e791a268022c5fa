"""Callers and callees, as RFC 3261 wants them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.simulation.plans import CalleePlan
from tests.simulation.wire import Packet, reply, request

if TYPE_CHECKING:
    from tests.simulation.world import Call

T1: Final = 0.5
T2: Final = 4.0
GIVE_UP: Final = 64 * T1
"""Timers B, F, H (RFC 3261 17.1.1.2)."""


class Repeater:
    """Sends something again at growing intervals, as the client and server transactions do.

    Args:
        call: whose clock and network are used.
        send: sends it.
        longest: longest interval in seconds.
        over: called when the time is up.
    """

    def __init__(self, call: Call, send: Callable[[], None], longest: float, over: Callable[[], None]) -> None:
        self._call = call
        self._send = send
        self._longest = longest
        self._interval = T1
        self._over = over
        self._active = True
        send()
        call.later(T1, self._again)
        call.later(GIVE_UP, self._end)

    def stop(self) -> None:
        """Send no more."""
        self._active = False

    def _again(self) -> None:
        if self._active:
            self._send()
            self._interval = min(self._interval * 2, self._longest)
            self._call.later(self._interval, self._again)

    def _end(self) -> None:
        if self._active:
            self._active = False
            self._over()


class Caller:
    """Sends one request, takes what comes back, and may give up.

    Args:
        call: its call.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        plan = call.plan
        self.branch = f"z9hG4bKcaller{plan.number}"
        self.uri = f"sip:{plan.route}@127.0.0.1:5060"
        self.vias = [f"SIP/2.0/UDP {call.host}:5070;branch={self.branch}"]
        self.vias += [f"SIP/2.0/UDP 10.9.0.{hop}:5060;branch=z9hG4bKhop{hop}" for hop in range(1, plan.hops + 1)]
        self._from = f"<sip:caller@10.0.0.1>;tag=c{plan.number}"
        self.final = 0
        self._proceeding = self._wants_cancel = self._cancelled = False
        self._request: Repeater | None = None
        self._cancel: Repeater | None = None

    def start(self) -> None:
        """Send the request."""
        plan = self._call.plan
        naps = [(f"X-Nap-{place}", str(time)) for place, time in plan.naps.items()]
        text = request(plan.method, self.uri, [*self._headers(plan.method, self.vias), *naps])
        longest = GIVE_UP if plan.method == "INVITE" else T2
        self._request = Repeater(self._call, lambda: self._call.to_server(text), longest, _nothing)
        if plan.cancel_after is not None:
            self._call.later(plan.cancel_after, self._give_up)

    def _headers(self, method: str, vias: list[str], to: str = "<sip:callee@example.com>") -> list[tuple[str, str]]:
        headers = [("Via", via) for via in vias]
        headers += [("From", self._from), ("To", to), ("Call-ID", self._call.call_id), ("CSeq", f"1 {method}")]
        return [*headers, ("Max-Forwards", "70")]

    def receive(self, packet: Packet) -> None:
        """Take a reply."""
        if packet.cseq == "CANCEL":
            if packet.status >= 200 and self._cancel is not None:
                self._cancel.stop()
            return
        assert self._request is not None
        if packet.status < 200:
            self._proceeding = True
            if self._call.plan.method == "INVITE":
                self._request.stop()
            if self._wants_cancel:
                self._send_cancel()
            return
        self._request.stop()
        self.final = self.final or packet.status
        if self._call.plan.method != "INVITE":
            return
        if packet.status < 300:
            contact = packet.get("Contact").strip("<>") or self.uri
            via = f"SIP/2.0/UDP {self._call.host}:5070;branch=z9hG4bKack{packet.to_tag}"
            self._call.to_server(request("ACK", contact, self._headers("ACK", [via], packet.get("To"))))
        else:
            self._call.to_server(request("ACK", self.uri, self._headers("ACK", self.vias[:1], packet.get("To"))))

    def _give_up(self) -> None:
        self._wants_cancel = True
        if self._proceeding or self._call.plan.impatient:
            self._send_cancel()

    def _send_cancel(self) -> None:
        if self._cancelled or self.final:
            return
        self._cancelled = True
        text = request("CANCEL", self.uri, self._headers("CANCEL", self.vias[:1]))
        self._cancel = Repeater(self._call, lambda: self._call.to_server(text), T2, _nothing)


class Callee:
    """Answers the branches that come to it.

    Args:
        call: the call.
        place: 1, 2, 3: which callee it is.
        plan: what it does with each branch.
    """

    def __init__(self, call: Call, place: int, plan: CalleePlan) -> None:
        self._call = call
        self.place = place
        self._plan = plan
        self._branches: dict[str, _Answering] = {}

    def receive(self, packet: Packet) -> None:
        """Take a request."""
        if self._plan.deaf:
            return
        if packet.method == "ACK":
            for answering in self._branches.values():
                answering.acknowledged(packet)
            return
        known = self._branches.get(packet.branch)
        if packet.method == "CANCEL":
            self._call.to_server(reply(packet, 481 if known is None else 200, f"k{self.place}"), self.place)
            if known is not None:
                known.cancelled()
        elif known is None:
            self._branches[packet.branch] = _Answering(self._call, self.place, self._plan, packet)
        else:
            known.again()


class _Answering:
    """A server transaction and what its user does.

    Args:
        call: the call.
        place: of the callee.
        plan: what it does.
        packet: the request.
    """

    def __init__(self, call: Call, place: int, plan: CalleePlan, packet: Packet) -> None:
        self._call = call
        self._place = place
        self._plan = plan
        self._packet = packet
        self._last = ""
        self._final = 0
        self._aborted = False
        self._repeaters: dict[str, Repeater] = {}
        time = 0.0
        for delay, status in plan.steps:
            time += delay
            call.later(time, partial(self._step, status))

    def _step(self, status: int) -> None:
        if not self._aborted and not self._final:
            self._send(status, f"t{self._place}{self._packet.branch[-6:]}")
            if self._plan.forks and status == 200 and self._packet.method == "INVITE":
                self._call.later(0.2, lambda: self._send(200, f"u{self._place}{self._packet.branch[-6:]}"))

    def _send(self, status: int, tag: str) -> None:
        text = reply(self._packet, status, "" if status == 100 else tag, f"sip:callee@10.1.0.{self._place}:5060")
        self._last = text
        if status < 200:
            self._call.to_server(text, self._place)
            return
        self._final = status
        if self._packet.method == "INVITE":
            kept = Repeater(self._call, lambda: self._call.to_server(text, self._place), T2, _nothing)
            self._repeaters[tag] = kept
        else:
            self._call.to_server(text, self._place)

    def again(self) -> None:
        """Take the request again."""
        if self._last:
            self._call.to_server(self._last, self._place)

    def cancelled(self) -> None:
        """Take the CANCEL."""
        if self._final or self._plan.ignores_cancel or self._aborted:
            return
        self._aborted = True
        self._send(487, f"t{self._place}{self._packet.branch[-6:]}")

    def acknowledged(self, packet: Packet) -> None:
        """Take an ACK: of a negative reply by its branch, of a 2xx by its To-tag."""
        if self._final >= 300 and packet.branch == self._packet.branch:
            for repeater in self._repeaters.values():
                repeater.stop()
        elif self._final < 300 and packet.to_tag in self._repeaters:
            self._repeaters[packet.to_tag].stop()


def _nothing() -> None:
    """Let a request without an answer be."""
