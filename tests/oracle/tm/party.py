"""A party of a scripted call: a socket that speaks SIP by order, and keeps what it received."""

from __future__ import annotations

import re
import selectors
import socket
import time
from dataclasses import dataclass, field
from http import HTTPStatus

_REASONS = {180: "Ringing", 183: "Session Progress", 481: "Call/Transaction Does Not Exist", 486: "Busy Here"}
_REASONS |= {480: "Temporarily Unavailable", 487: "Request Terminated", 600: "Busy Everywhere", 603: "Decline"}
_REASONS |= {100: "Trying", 199: "Early Dialog Terminated"}

_COMPACT = {"Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m"}

#: Requests that belong to the dialog of the INVITE before them.
_IN_DIALOG = frozenset({"ACK", "BYE", "INFO", "PRACK", "UPDATE"})


_Data = bytes
"""Bytes, for a class with a method of that name."""


@dataclass(frozen=True)
class Received:
    """A message as it came, and where an answer goes."""

    text: str
    answer: tuple[socket.socket, tuple[str, int] | None]

    @property
    def first(self) -> str:
        """The first line."""
        return self.text.partition("\r\n")[0]

    @property
    def status(self) -> int:
        """The status code; 0 for a request."""
        return int(self.text[8:11]) if self.text.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The method, of a reply the one of its CSeq."""
        return self.header("CSeq").partition(" ")[2].strip() if self.status else self.first.partition(" ")[0]

    def headers(self, name: str) -> list[str]:
        """Return the values of all header fields of that name."""
        names = f"(?:{name}|{_COMPACT[name]})" if name in _COMPACT else name
        head = self.text.partition("\r\n\r\n")[0]
        return re.findall(rf"(?im)^{names}[ \t]*:[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)", head)

    def header(self, name: str) -> str:
        """Return the value of the first header field of that name, or nothing."""
        return next(iter(self.headers(name)), "")


@dataclass
class Order:
    """What to send: its settings and further header lines."""

    settings: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)


class Party:
    """One end of a call, or one of several.

    Args:
        name: ``uac``, ``uas1``, …; its To-tag too.
        tcp: whether it speaks TCP; it can be called over UDP all the same.
        host: its address, as it stands in URIs.
    """

    def __init__(self, name: str, tcp: bool = False, host: str = "127.0.0.1") -> None:
        self.name, self.tcp, self.host = name, tcp, host
        self.udp, listener = _bind(tcp, host.strip("[]"))
        self.port: int = self.udp.getsockname()[1]
        self.own_ports = {self.port}
        self.received: list[Received] = []
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.udp, selectors.EVENT_READ)
        self._listener = listener
        if listener is not None:
            self._selector.register(listener, selectors.EVENT_READ)
        self._buffers: dict[socket.socket, bytes] = {}
        self._waiting: list[Received] = []
        self._connection: socket.socket | None = None
        self._sent: dict[str, tuple[bytes, socket.socket, tuple[str, int] | None]] = {}
        self._requests: dict[str, Received] = {}
        self._invite = {"branch": "", "ruri": "", "cseq": "1"}
        self._cseq = self._branch = 0
        self._calls: dict[str, str] = {}

    def close(self) -> None:
        """Close all sockets."""
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    # Receiving

    def receive(self, timeout: float) -> Received | None:
        """Return the next message, or None when *timeout* seconds have passed without one."""
        deadline = time.monotonic() + timeout
        while not self._waiting:
            left = deadline - time.monotonic()
            if left < 0:
                return None
            for key, _ in self._selector.select(left):
                self._read(key.fileobj)  # type: ignore[arg-type]
        message = self._waiting.pop(0)
        self.received.append(message)
        if not message.status:
            self._requests[message.method] = message
            if message.method not in ("ACK", "CANCEL"):
                self._requests[""] = message
        return message

    def _read(self, source: socket.socket) -> None:
        """Take what a socket has."""
        if source is self.udp:
            data, address = source.recvfrom(65535)
            # another test's start may still ask the server that had this port before
            if data.strip(b"\0\r\n ") and b"\r\nUser-Agent: kahea-bench\r\n" not in data:
                self._waiting.append(Received(data.decode("utf-8", "surrogateescape"), (source, address)))
            return
        if source is self._listener:
            connection, _ = source.accept()
            self._watch(connection)
            return
        try:
            data = source.recv(65535)
        except ConnectionError:
            data = b""
        if not data:
            self._selector.unregister(source)
            source.close()
            if source is self._connection:
                self._connection = None
            return
        text = (self._buffers[source] + data).lstrip(b"\r\n")
        while (end := text.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"(?im)^(?:content-length|l)[ \t]*:[ \t]*(\d+)", text[:end])
            whole = end + 4 + int(length[1] if length else 0)
            if len(text) < whole:
                break
            self._waiting.append(Received(text[:whole].decode("utf-8", "surrogateescape"), (source, None)))
            text = text[whole:].lstrip(b"\r\n")
        self._buffers[source] = text

    def _watch(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(connection, selectors.EVENT_READ)
        self._buffers[connection] = b""

    # Sending

    def hang_up(self) -> None:
        """Close the connections, and what listens for more."""
        for source in [self._listener, *self._buffers]:
            if source is not None and source.fileno() >= 0:
                self._selector.unregister(source)
                source.close()
        self._listener = self._connection = None

    def again(self, what: str) -> None:
        """Send a message once more: the last request of that method or reply of that status."""
        data, sender, address = self._sent[what]
        _send(data, sender, address)

    def request(self, method: str, call_id: str, order: Order, server: tuple[str, int]) -> None:
        """Send a request to the server.

        Settings: ``ruri``, ``from``, ``to``, ``contact`` (``none`` for no such header), ``branch``, ``cseq``,
        ``from-tag``, ``to-tag``, ``max-forwards`` and ``body``; ``drop`` leaves out a header, ``edit=OLD=>NEW`` changes
        the text. ``inside`` sends it in the dialog that there is, as an ACK or BYE is anyway, unless ``new`` is set.
        """
        settings = order.settings
        last = self._last_reply(call_id)
        inside = (method in _IN_DIALOG or "inside" in settings) and "new" not in settings
        host = f"[{server[0]}]" if ":" in server[0] else server[0]
        ruri, to, routes = f"sip:bob@{host}:{server[1]}", f"<sip:bob@{host}>", list[str]()
        sender = f"{settings.get('from', f'<sip:alice@{host}>')};tag={settings.get('from-tag', 'caller')}"
        invited = self._invitation(call_id) if inside and last is None else None
        if inside and last is not None:
            to = last.header("To")
            sender = last.header("From")
            contact = re.search("<([^>]*)>", last.header("Contact"))
            ruri = contact[1] if contact else ruri
            routes = self._route_set(call_id)
        elif invited is not None:
            sender = f"{invited.header('To')};tag={self.name}"
            to = invited.header("From")
            contact = re.search("<([^>]*)>", invited.header("Contact"))
            ruri = contact[1] if contact else ruri
            routes = self._route_set(call_id)
        self._branch += 1
        branch = f"z9hG4bK-{self.name}-{self._branch}"
        if method == "CANCEL" or (method == "ACK" and last is not None and last.status >= 300):
            branch, ruri, routes = self._invite["branch"], self._invite["ruri"], []
        if method in ("ACK", "CANCEL"):
            cseq = self._invite["cseq"]
        else:
            self._cseq += 1
            cseq = str(self._cseq)
        branch, ruri = settings.get("branch", branch), settings.get("ruri", ruri)
        cseq, to = settings.get("cseq", cseq), settings.get("to", to)
        if "to-tag" in settings:
            to = f"{to.partition(';')[0]};tag={settings['to-tag']}"
        if method == "INVITE":
            self._invite = {"branch": branch, "ruri": ruri, "cseq": cseq}
        transport = "TCP" if self.tcp else "UDP"
        contact_parameters = ";transport=tcp" if self.tcp else ""
        body = settings.get("body", "")
        lines = [
            f"{method} {ruri} SIP/2.0",
            f"Via: SIP/2.0/{transport} {self.host}:{self.port};branch={branch};rport",
            *(f"Route: {route}" for route in routes),
            f"Max-Forwards: {settings.get('max-forwards', '70')}",
            f"From: {sender}",
            f"To: {to}",
            f"Call-ID: {call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: {settings.get('contact', f'<sip:alice@{self.host}:{self.port}{contact_parameters}>')}",
            *order.headers,
            f"Content-Length: {len(body)}",
        ]
        unwanted = ("contact: none", f"{settings.get('drop', 'contact: none')}:".lower())
        lines = [line for line in lines if not line.lower().startswith(unwanted)]
        text = "\r\n".join(lines) + "\r\n\r\n" + body
        old, _, new = settings.get("edit", "").partition("=>")
        if old:
            text = text.replace(old, new, 1)
        self.bytes(method, text, server)

    def bytes(self, what: str, text: str, server: tuple[str, int]) -> None:
        """Send a text to the server as it is; *what* is its name for `again`."""
        data = text.encode("utf-8", "surrogateescape")
        if self.tcp:
            self._deliver(what, data, self._connect(server), None)
        else:
            self._deliver(what, data, self.udp, server)

    def _route_set(self, call_id: str) -> list[str]:
        """Return the routes of the dialog: of the last answer that tells them, or of the INVITE that came."""
        for message in reversed(self.received):
            if message.method == "INVITE" and message.status != 100 and message.header("Call-ID") == call_id:
                routes = message.headers("Record-Route")
                if routes:
                    return routes[::-1] if message.status else routes
        return []

    def _invitation(self, call_id: str) -> Received | None:
        """Return the first INVITE of this call that came here."""
        for message in self.received:
            if message.method == "INVITE" and not message.status and message.header("Call-ID") == call_id:
                return message
        return None

    def _last_reply(self, call_id: str) -> Received | None:
        """Return the last reply to an INVITE of this call that has a To-tag."""
        for message in reversed(self.received):
            if message.status > 100 and message.method == "INVITE" and message.header("Call-ID") == call_id:
                return message
        return None

    def _connect(self, server: tuple[str, int]) -> socket.socket:
        if self._connection is None:
            self._connection = socket.create_connection(server, 5)
            self.own_ports.add(self._connection.getsockname()[1])
            self._watch(self._connection)
        return self._connection

    def reply(self, status: int, reason: str, method: str, order: Order) -> None:
        """Answer the last request of that method, by default the last one that wants an answer.

        Settings: ``tag``, ``body`` and ``contact``.
        """
        request = self._requests[method]
        tag = order.settings.get("tag", "" if status == 100 else self.name)
        to = request.header("To")
        if tag and ";tag=" not in to:
            to += f";tag={tag}"
        body = order.settings.get("body", "")
        transport = ";transport=tcp" if self.tcp else ""
        contact = order.settings.get("contact", f"<sip:{self.name}@{self.host}:{self.port}{transport}>")
        if not reason:
            reason = _REASONS.get(status) or _phrase(status)
        lines = [
            f"SIP/2.0 {status} {reason}",
            *(f"Via: {via}" for via in request.headers("Via")),
            *(f"Record-Route: {route}" for route in request.headers("Record-Route")),
            f"From: {request.header('From')}",
            f"To: {to}",
            f"Call-ID: {request.header('Call-ID')}",
            f"CSeq: {request.header('CSeq')}",
            f"Contact: {contact}",
            *order.headers,
            f"Content-Length: {len(body)}",
        ]
        data = ("\r\n".join(lines) + "\r\n\r\n" + body).encode("utf-8", "surrogateescape")
        self._deliver(str(status), data, *request.answer)

    def _deliver(self, what: str, data: _Data, sender: socket.socket, address: tuple[str, int] | None) -> None:
        self._sent[what] = self._sent[""] = (data, sender, address)
        _send(data, sender, address)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Reason"


def _send(data: bytes, sender: socket.socket, address: tuple[str, int] | None) -> None:
    if address is None:
        sender.sendall(data)
    else:
        sender.sendto(data, address)


def _bind(tcp: bool, host: str) -> tuple[socket.socket, socket.socket | None]:
    """Return a UDP socket, and one that listens for TCP on the same port if wanted."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        udp = socket.socket(family, socket.SOCK_DGRAM)
        udp.bind((host, 0))
        if udp.getsockname()[1] < 10000:  # as many digits as all others: lengths stay alike
            udp.close()
            continue
        if not tcp:
            return udp, None
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.bind(udp.getsockname())
        except OSError:
            udp.close()
            listener.close()
            continue
        listener.listen()
        return udp, listener
