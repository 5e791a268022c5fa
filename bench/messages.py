"""SIP text for load and probes: requests built from a template, replies read without a SIP library.

Nothing here uses Kahea's own parser: a client that shared it would not notice its mistakes.
"""

import itertools
import os
from dataclasses import dataclass

CRLF = "\r\n"

_numbers = itertools.count(1)
_run = os.urandom(4).hex()


class BadReplyError(ValueError):
    """Bytes that should be a SIP reply and are not."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it came from the wire: nothing unfolded, nothing normalised."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the value of the first header *name* (letter case does not matter), or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def __getitem__(self, name: str) -> str:
        """Return the value of the first header *name*.

        Raises:
            KeyError: there is none.
        """
        value = self.header(name)
        if value is None:
            raise KeyError(name)
        return value


def host_port(host: str, port: int) -> str:
    """Return ``host:port`` with the brackets that an IPv6 address needs."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def unique_id() -> str:
    """Return a token that no other call in this process, nor a recent other process, has returned."""
    return f"{_run}{next(_numbers):08x}"


def request(
    method: str,
    target: tuple[str, int],
    local: tuple[str, int],
    *,
    transport: str = "udp",
    token: str | None = None,
    extra: str = "",
    body: bytes = b"",
) -> bytes:
    """Build a request outside any dialog (RFC 3261 section 8.1.1).

    Args:
        method: the method, also used in CSeq.
        target: address and port of the server; becomes the Request-URI.
        local: address and port of the client; becomes Via and Contact.
        transport: ``udp`` or ``tcp``, for Via.
        token: identifies the request: the branch is ``z9hG4bK`` and this token, the Call-ID the token
            and the local address; a fresh one by default.
        extra: complete header lines to add before Content-Length, each ended by CRLF.
        body: the body, whose length is given in Content-Length.
    """
    token = token or unique_id()
    server, client = host_port(*target), host_port(*local)
    head = (
        f"{method} sip:{server} SIP/2.0{CRLF}"
        f"Via: SIP/2.0/{transport.upper()} {client};branch=z9hG4bK{token};rport{CRLF}"
        f"Max-Forwards: 70{CRLF}"
        f"From: <sip:client@{client}>;tag={token}{CRLF}"
        f"To: <sip:{server}>{CRLF}"
        f"Call-ID: {token}@{local[0]}{CRLF}"
        f"CSeq: 1 {method}{CRLF}"
        f"Contact: <sip:client@{client}>{CRLF}"
        f"User-Agent: kahea-bench{CRLF}"
        f"{extra}"
        f"Content-Length: {len(body)}{CRLF}{CRLF}"
    )
    return head.encode("utf-8", "surrogateescape") + body


def parse_reply(data: bytes) -> Reply:
    """Read one whole reply.

    Raises:
        BadReplyError: *data* is not a reply, lacks its blank line, or its Content-Length does not match the body.
    """
    head, blank, body = data.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "surrogateescape").split(CRLF)
    version, _, rest = lines[0].partition(" ")
    code, _, reason = rest.partition(" ")
    if not blank or version != "SIP/2.0" or len(code) != 3 or not code.isdigit():
        raise BadReplyError(f"not a SIP reply: {data[:200]!r}")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadReplyError(f"header without a colon: {line!r}")
        headers.append((name.strip(), value.strip()))
    reply = Reply(int(code), reason, tuple(headers), body)
    length = reply.header("Content-Length")
    if length is None or int(length) != len(body):
        raise BadReplyError(f"Content-Length {length} for a body of {len(body)} bytes: {data[:200]!r}")
    return reply


def split_stream(buffer: bytearray) -> bytes | None:
    """Take one whole message off the front of *buffer*, which a TCP connection fills; None if there is none yet.

    Raises:
        BadReplyError: the header part has no Content-Length, so that its end cannot be known (RFC 3261 section 18.3).
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    for line in bytes(buffer[:end]).split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() in (b"content-length", b"l"):
            total = end + 4 + int(value)
            break
    else:
        raise BadReplyError(f"no Content-Length on a stream: {bytes(buffer[:200])!r}")
    if len(buffer) < total:
        return None
    message = bytes(buffer[:total])
    del buffer[:total]
    return message
