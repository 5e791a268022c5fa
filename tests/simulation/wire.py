"""As much of SIP as a caller and a callee need; on purpose not the server's own parser."""

from __future__ import annotations


class Packet:
    """A message.

    Args:
        text: as on the wire.
    """

    __slots__ = ("branch", "cseq", "headers", "method", "number", "raw", "start", "status")

    def __init__(self, text: str) -> None:
        self.raw = text
        lines = text.partition("\r\n\r\n")[0].split("\r\n")
        self.start = lines[0]
        self.headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        self.status = int(self.start[8:11]) if self.start.startswith("SIP/2.0 ") else 0
        number, self.cseq = self.get("CSeq").split()
        self.number = int(number)
        self.method = self.cseq if self.status else self.start.partition(" ")[0]
        self.branch = branch_of(self.get("Via"))

    def get(self, name: str) -> str:
        """Return the first value of a header, "" without it."""
        for header, value in self.headers:
            if header == name:
                return value
        return ""

    def all(self, name: str) -> list[str]:
        """Return the values of a header."""
        return [value for header, value in self.headers if header == name]

    @property
    def to_tag(self) -> str:
        """The tag of To, "" without one."""
        return self.get("To").partition(";tag=")[2]


def branch_of(via: str) -> str:
    """Return the branch of a Via's value."""
    return via.partition(";branch=")[2].partition(";")[0]


def request(method: str, uri: str, headers: list[tuple[str, str]]) -> str:
    """Return a request without a body."""
    return _message(f"{method} {uri} SIP/2.0", headers)


def reply(packet: Packet, status: int, tag: str, contact: str = "") -> str:
    """Return a reply to a request (RFC 3261 8.2.6.2).

    Args:
        packet: the request.
        status: status code.
        tag: for To; "" leaves To as it is.
        contact: URI for Contact, if any.
    """
    headers = [(name, value) for name, value in packet.headers if name in ("Via", "From", "Call-ID", "CSeq")]
    to = packet.get("To")
    headers.append(("To", f"{to};tag={tag}" if tag and ";tag=" not in to else to))
    if contact:
        headers.append(("Contact", f"<{contact}>"))
    return _message(f"SIP/2.0 {status} {_REASONS.get(status, 'Whatever')}", headers)


def _message(start: str, headers: list[tuple[str, str]]) -> str:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{start}\r\n{lines}Content-Length: 0\r\n\r\n"


_REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 486: "Busy Here"}
