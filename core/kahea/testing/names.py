"""Name servers for tests: in memory for a server under test, on a loopback port for a real one."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.zonefile

MAX_DATAGRAM = 512
"""Bytes of a UDP response to a query that does not allow more (RFC 1035 4.2.1)."""


class Names:
    """What a name server knows, and how it behaves.

    Args:
        zone: records as in a zone file (RFC 1035 section 5), names without a dot at the end too::

            example.com      IN NAPTR 10 10 "s" "SIP+D2U" "" _sip._udp.example.com
            _sip._udp.example.com  IN SRV 10 10 5070 a.example.com
            a.example.com  300 IN A 192.0.2.1

    Attributes:
        queries: what was asked: (name, type).
        silent: whether it gives no answer.
        code: what it answers to everything instead, such as ``SERVFAIL``.
        max_datagram: bytes of a UDP response, above which it is truncated; ``None`` for what the query allows.
        change: makes of a response's bytes what is sent instead: hostile answers.
    """

    def __init__(self, zone: str = "") -> None:
        self.queries: list[tuple[str, str]] = []
        self.silent = False
        self.code = ""
        self.max_datagram: int | None = None
        self.change: Callable[[bytes], bytes | None] = lambda data: data
        self._rrsets: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = {}
        self.add(zone)

    def add(self, zone: str) -> None:
        """Add records."""
        text = "\n".join(line.strip() for line in zone.splitlines())
        for rrset in dns.zonefile.read_rrsets(text, origin=".", relativize=False, default_ttl=300, rdclass=None):
            known = self._rrsets.setdefault((rrset.name, rrset.rdtype), rrset)
            if known is not rrset:
                for record in rrset:
                    known.add(record)

    def clear(self) -> None:
        """Forget all records."""
        self._rrsets.clear()

    def respond(self, query: bytes, *, stream: bool = False) -> bytes | None:
        """Return the response to a query, ``None`` when there is none.

        Args:
            query: as on the wire.
            stream: whether it came by TCP, where nothing is truncated.
        """
        asked = dns.message.from_wire(query)
        question = asked.question[0]
        self.queries.append((question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)))
        if self.silent:
            return None
        response = dns.message.make_response(asked, recursion_available=True)
        if self.code:
            response.set_rcode(dns.rcode.from_text(self.code))
        else:
            self._fill(response, question.name, question.rdtype)
        data = response.to_wire(max_size=65535, want_shuffle=False)
        limit = self.max_datagram or max(asked.payload, MAX_DATAGRAM)
        if not stream and len(data) > limit:
            short = dns.message.make_response(asked, recursion_available=True)
            short.flags |= dns.flags.TC
            data = short.to_wire()
        return self.change(data)

    def _fill(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        for _ in range(12):
            found = self._rrsets.get((name, kind))
            if found is not None:
                response.answer.append(found)
                return
            alias = self._rrsets.get((name, dns.rdatatype.CNAME))
            if alias is None or alias in response.answer:
                break
            response.answer.append(alias)
            name = alias[0].target
        if not response.answer and not any(owner == name for owner, _ in self._rrsets):
            response.set_rcode(dns.rcode.NXDOMAIN)


class MemoryExchange:
    """Carries queries to `Names` without a network; a `kahea.net.dns.exchange.Exchange`.

    Args:
        names: answers.
    """

    def __init__(self, names: Names) -> None:
        self.names = names

    async def datagram(
        self, server: object, query: bytes, wanted: Callable[[bytes], bool], seconds: float
    ) -> bytes | None:
        """Answer as a name server would by UDP: not before the loop goes on, or after the time is over."""
        data = self.names.respond(query)
        await asyncio.sleep(0)
        if data is not None and wanted(data):
            return data
        await asyncio.sleep(seconds)
        return None

    async def stream(self, server: object, query: bytes, seconds: float) -> bytes | None:
        """Answer as a name server would by TCP."""
        data = self.names.respond(query, stream=True)
        await asyncio.sleep(0 if data is not None else seconds)
        return data


class DnsServer:
    """A name server on a port of its own, in a thread.

    Args:
        zone: as for `Names`.
        port: 0 for a free one.
        ip: a loopback address.

    Attributes:
        ip, port: where it is.
        names: what it knows, and how it behaves.
    """

    def __init__(self, zone: str = "", port: int = 0, ip: str = "127.0.0.1") -> None:
        self.names = Names(zone)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._udp.bind((ip, port))
            self.ip, self.port = self._udp.getsockname()
            self._tcp.bind((self.ip, self.port))
            self._tcp.listen()
        except OSError:
            self._udp.close()
            self._tcp.close()
            raise
        self._threads = [
            threading.Thread(target=serve, daemon=True) for serve in (self._serve_datagrams, self._serve_streams)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Answer no more."""
        for sock in (self._udp, self._tcp):
            with contextlib.suppress(OSError):  # "not connected": what waits on the socket wakes up all the same
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._udp.close()
        self._tcp.close()

    def _serve_datagrams(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                query, peer = self._udp.recvfrom(65535)
                if not query:
                    return
                data = self.names.respond(query)
                if data is not None:
                    self._udp.sendto(data, peer)

    def _serve_streams(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._tcp.accept()
                with connection, contextlib.suppress(OSError, dns.exception.DNSException):
                    connection.settimeout(2)
                    size = int.from_bytes(connection.recv(2), "big")
                    data = self.names.respond(connection.recv(size), stream=True)
                    if data is not None:
                        connection.sendall(len(data).to_bytes(2, "big") + data)
