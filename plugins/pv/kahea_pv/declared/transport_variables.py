"""Pseudo-variables of what has just arrived and of what is about to be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kahea.api import Access, Binder, Module, PvSpec, Received, Run, Sending, Value, pvar_syntax

from kahea_pv import texts
from kahea_pv.binding import key_of
from kahea_pv.params import PvParams
from kahea_pv.uris import PROTOCOL_NUMBERS

_IPV4, _IPV6 = 2, 10

_SENT: Final[Mapping[str, Callable[[Sending], Value]]] = {
    "af": lambda sending: _IPV6 if sending.socket.ipv6 else _IPV4,
    "proto": lambda sending: PROTOCOL_NUMBERS.get(sending.socket.protocol, 0),
    "sproto": lambda sending: sending.socket.protocol,
    "buf": lambda sending: texts.decode(sending.data),
    "len": lambda sending: len(sending.data),
}

_TO: Final[Mapping[str, Callable[[Sending], Value]]] = {
    "ip": lambda sending: sending.destination.ip,
    "port": lambda sending: sending.destination.port,
    **_SENT,
}

_FROM: Final[Mapping[str, Callable[[Sending], Value]]] = {
    "ip": lambda sending: sending.socket.ip,
    "port": lambda sending: sending.socket.port,
    **_SENT,
}

_READABLE: Final = frozenset(b"\t\r\n" + bytes(range(32, 127)))

_RECEIVED: Final[Mapping[str, Callable[[Received], Value]]] = {
    "buf": lambda received: texts.decode(received.data),
    "len": lambda received: len(received.data),
    "proto": lambda received: PROTOCOL_NUMBERS.get(received.source.socket.protocol, 0),
    "sproto": lambda received: received.source.socket.protocol,
    "srcip": lambda received: received.source.ip,
    "srcport": lambda received: received.source.port,
    "rcvip": lambda received: received.source.socket.ip,
    "rcvport": lambda received: received.source.socket.port,
    "af": lambda received: _IPV6 if received.source.socket.ipv6 else _IPV4,
    "safe": lambda received: int(_READABLE.issuperset(received.data)),
    "evtype": lambda _received: 1,
}


class TransportVariables(Module[PvParams]):
    """What ``onsend_route`` and ``event_route[core:msg-received]`` see; null elsewhere."""

    @pvar_syntax("snd", "sndto")
    def snd(self, spec: PvSpec, binder: Binder) -> Access:
        """Where the message is about to be sent, in ``onsend_route``.

        Keys: ``ip``, ``port``, ``af`` (address family), ``proto`` (number), ``sproto`` (name), ``buf``, ``len``.
        """
        return _on_sending(spec, _TO)

    @pvar_syntax("sndfrom")
    def sndfrom(self, spec: PvSpec, binder: Binder) -> Access:
        """From where the message is about to be sent, in ``onsend_route``; keys as of ``$sndto``."""
        return _on_sending(spec, _FROM)

    @pvar_syntax("rcv", "recv")
    def rcv(self, spec: PvSpec, binder: Binder) -> Access:
        """What has arrived, in ``event_route[core:msg-received]``.

        Keys: ``buf``, ``len``, ``proto`` (number), ``sproto`` (name), ``srcip``, ``srcport``, ``rcvip``, ``rcvport``,
        ``af`` (address family), ``safe`` (1 when all bytes are readable), ``evtype``. What is assigned to ``buf`` is
        read in place of what arrived.
        """
        key = key_of(spec, _RECEIVED)
        read = _RECEIVED[key]

        def get(run: Run) -> Value:
            received = run.received
            return None if received is None else read(received)

        def assign(run: Run, value: Value) -> None:
            if run.received is None or isinstance(value, int):
                raise ValueError("what has arrived is changed by a text, in event_route[core:msg-received]")
            run.received.data = texts.encode(value or "")

        return Access(spec.text, get, assign if key == "buf" else None)


def _on_sending(spec: PvSpec, table: Mapping[str, Callable[[Sending], Value]]) -> Access:
    read = table[key_of(spec, table)]

    def get(run: Run) -> Value:
        sending = run.sending
        return None if sending is None else read(sending)

    return Access(spec.text, get)
