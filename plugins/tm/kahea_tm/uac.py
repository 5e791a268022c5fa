"""Requests of the server's own (RFC 3261 8.1)."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from kahea.api import (
    Candidates,
    Destination,
    InternalError,
    Level,
    LocalRequest,
    LocalSocket,
    Message,
    Outcome,
    Reply,
    Request,
    Route,
    Source,
    UriError,
    apply_changes,
    build_via,
    next_hop,
    parse_message,
)

from kahea_tm.layer import attach
from kahea_tm.messages import to_of
from kahea_tm.transaction import STORED, Branch, Transaction

if TYPE_CHECKING:
    from kahea_tm.forwarding import Forwarder
    from kahea_tm.layer import Layer

OnReply = Callable[[Reply | None, int], None]

MAX_FORWARDS: Final = 70
_MAX_FORWARDS: Final = "\nmax-forwards:"


class LocalRequests:
    """Sends requests of the server's own; `kahea.api.LocalRequestService`.

    Args:
        layer: the transaction layer.
        forwarder: gives branches their timers.

    Attributes:
        error: why the last request that was not sent was not.
    """

    def __init__(self, layer: Layer, forwarder: Forwarder) -> None:
        self._layer = layer
        self._forwarder = forwarder
        self.error = InternalError.UNSPECIFIED
        self._on_ack_sent: Callable[[Message], int | None] | None = None

    def start_worker(self) -> None:
        """Take what only a worker has."""
        self._on_ack_sent = self._layer.core.event_route("tm:local-ack-sent")

    def new_call_id(self) -> str:
        """Return a Call-ID whose requests are handled in this worker."""
        workers = self._layer.core.workers
        while True:
            call_id = secrets.token_hex(16)
            if workers.owns_call(call_id):
                return call_id

    def send(self, request: LocalRequest, on_reply: OnReply | None = None) -> bool | Awaitable[bool]:
        """Send a request; see `kahea.api.LocalRequestService`."""
        target = request.next_hop or _first_route(request.routes) or request.uri
        try:
            host, port, protocol = next_hop(target)
        except UriError as error:
            self._layer.core.log.error(f"a request of our own: {target}: {error}", "tm")
            return self._failed(InternalError.BAD_ADDRESS)
        found = self._layer.core.resolver.locate(host, port, protocol)
        if isinstance(found, Candidates):
            return self._send_to(request, on_reply, found, target)
        return self._send_when_found(request, on_reply, found, target)

    async def _send_when_found(
        self, request: LocalRequest, on_reply: OnReply | None, found: Awaitable[Candidates], target: str
    ) -> bool:
        return self._send_to(request, on_reply, await found, target)

    def _send_to(self, request: LocalRequest, on_reply: OnReply | None, candidates: Candidates, target: str) -> bool:
        layer, core = self._layer, self._layer.core
        place = candidates.first()
        if place is None:
            core.log_bounded(f"no address for {target}: {candidates.error}", "tm", Level.ERR)
            # as Kamailio, for which a name without an address is one that no socket reaches
            return self._failed(InternalError.NO_SOCKET)
        socket = request.socket
        if socket is None or socket.protocol != place.protocol:
            socket = core.transport.choose(place.protocol, place.ip)
        if socket is None:
            core.log_bounded(f"there is no {place.protocol} socket to reach {place.ip} from", "tm", Level.ERR)
            return self._failed(InternalError.NO_SOCKET)
        transaction = layer.store.new(None, request.method)
        request = replace(request, call_id=request.call_id or self.new_call_id())
        transaction.local = request
        transaction.fr, transaction.fr_inv = request.fr / 1000 or None, request.fr_inv / 1000 or None
        transaction.no_auto_ack = not request.acknowledged
        layer.begin(transaction)
        branch = Branch(0, request.uri)
        branch.destination = Destination(place.protocol, place.ip, place.port, socket)
        branch.data = self._built(request, socket, layer.store.branch_value(transaction, 0))
        if not self._shown(transaction, branch, socket):
            layer.remove(transaction)
            return self._failed(InternalError.UNSPECIFIED)
        transaction.branches.append(branch)
        if on_reply is not None:
            transaction.on_complete = partial(_completed, on_reply)
        transaction.on_success = partial(self._acknowledge, request)
        self._forwarder.prepare(transaction, branch)
        if branch.destination.protocol != "udp":
            branch.destination.on_error = partial(self._forwarder.failed, transaction, branch)
        layer.counted.client_transactions()
        if not core.transport.send(branch.data, branch.destination):
            layer.remove(transaction)
            return self._failed(InternalError.SEND)
        layer.start_timers(transaction, branch)
        return True

    def _failed(self, error: InternalError) -> bool:
        """Note why a request was not sent; returns ``False``."""
        self.error = error
        return False

    def _built(self, request: LocalRequest, socket: LocalSocket, branch: str) -> bytes:
        """Build the request, with the headers in Kamailio's order."""
        settings = self._layer.core.settings
        agent = f"{settings.user_agent_header}\r\n" if settings.server_signature and settings.user_agent_header else ""
        routes = f"Route: {request.routes}\r\n" if request.routes else ""
        forwards = "" if _MAX_FORWARDS in f"\n{request.headers}".lower() else f"Max-Forwards: {MAX_FORWARDS}\r\n"
        head = (
            f"{request.method} {request.uri} SIP/2.0\r\n"
            f"{build_via(socket, branch)}"
            f"To: {request.to}\r\n"
            f"From: {request.from_}\r\n"
            f"CSeq: {request.cseq} {request.method}\r\n"
            f"Call-ID: {request.call_id}\r\n"
            f"{routes}"
            f"{forwards}"
            f"Content-Length: {len(request.body)}\r\n"
            f"{agent}{request.headers}\r\n"
        )
        return head.encode("utf-8", "surrogateescape") + request.body

    def _shown(self, transaction: Transaction, branch: Branch, socket: LocalSocket) -> bool:
        """Run ``event_route[tm:local-request]``, which may change the request; return whether it let it be."""
        routes = self._layer.core.routes
        function = routes.find(Route.EVENT, "tm:local-request")
        if function is None:
            return True
        msg = parse_message(branch.data, Source(socket, socket.ip, socket.port))
        if not isinstance(msg, Request):
            return True
        attach(msg, transaction, branch)
        outcome = routes.run(function, msg, Route.REQUEST, transaction.values)
        assert isinstance(outcome, Outcome)
        if outcome.dropped:
            return False
        if msg.edited or msg.uri != msg.original_uri:
            branch.data = _with_changes(msg, branch)
        transaction.on_reply, transaction.on_failure = branch.on_reply, branch.on_failure
        return True

    def acknowledge(self, call_id: str, cseq: int, headers: str, body: bytes) -> bool:
        """Send the ACK that a script has kept back; ``False`` where none is due."""
        for transaction in self._layer.store:
            reply, on_success = transaction.accepted, transaction.on_success
            if reply is None or on_success is None or reply.call_id != call_id:
                continue
            if reply.cseq is not None and reply.cseq.number == cseq:
                on_success(transaction.branches[0], reply, headers, body)
                return True
        return False

    def _acknowledge(
        self, request: LocalRequest, branch: Branch, reply: Reply, headers: str = "", body: bytes = b""
    ) -> None:
        """Send the ACK to a 2xx to an INVITE of our own (RFC 3261 13.2.2.4)."""
        layer = self._layer
        contacts = reply.contacts
        uri = contacts[0].uri if isinstance(contacts, list) and contacts else request.uri
        routes = ", ".join(value.strip() for value in reversed(reply.header_values("Record-Route")))
        cseq = reply.cseq
        ack = LocalRequest(
            "ACK", uri, request.from_, to_of(reply), headers, body, routes=routes, call_id=reply.call_id or "",
            cseq=cseq.number if cseq is not None else request.cseq, socket=branch.destination.socket,
        )  # fmt: skip
        destination, socket = branch.destination, branch.destination.socket
        if socket is None:
            return
        if layer.params.local_ack_mode == 2:
            source = reply.source
            destination = Destination(socket.protocol, source.ip, source.port, source.socket, source.connection)
        elif layer.params.local_ack_mode == 0:
            found = self._where(routes or uri)
            if found is not None:
                destination = Destination(found.protocol, found.ip, found.port, None)
        layer.core.transport.send(self._built(ack, socket, layer.store.loose_branch_value()), destination)
        if self._on_ack_sent is not None:
            self._on_ack_sent(reply)

    def _where(self, target: str) -> Any:
        try:
            host, port, protocol = next_hop(_first_route(target) or target)
        except UriError:
            return None
        found = self._layer.core.resolver.locate(host, port, protocol)
        return found.first() if isinstance(found, Candidates) else None


def _with_changes(msg: Request, branch: Branch) -> bytes:
    """Return the bytes of a request of our own with its edits."""
    apply_changes(msg)
    branch.uri = msg.uri
    return msg.buf


def _completed(on_reply: OnReply, _transaction: Transaction, reply: STORED, code: int) -> None:
    on_reply(reply if isinstance(reply, Reply) else None, code)


def _first_route(routes: str) -> str:
    """Return the URI of the first value of a Route header, "" if there is none."""
    start = routes.find("<")
    return routes[start + 1 : routes.find(">", start)] if start >= 0 else ""
