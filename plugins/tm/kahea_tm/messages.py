"""The requests that a transaction makes itself: CANCEL, and the ACK to a negative reply."""

from __future__ import annotations

from kahea.api import Reply, header_key

_KEPT = frozenset(("from", "to", "call-id", "max-forwards", "route"))


def build_from_sent(
    sent: bytes, method: str, to: str = "", reason: str = "", extra_headers: str = "", more: str = ""
) -> bytes:
    """Build a CANCEL or an ACK from the INVITE that was sent (RFC 3261 9.1, 17.1.1.3).

    As Kamailio: the INVITE's first Via, From, To, Call-ID, CSeq, Max-Forwards and Routes in their order and spelling.

    Args:
        sent: the INVITE.
        method: ``CANCEL`` or ``ACK``.
        to: value of To in place of the INVITE's, "" for that.
        reason: Reason header lines with their line ends.
        extra_headers: headers whose names begin so are copied too.
        more: further header lines with their line ends.
    """
    head = sent.partition(b"\r\n\r\n")[0].decode("utf-8", "surrogateescape")
    lines = _unfolded(head)
    first = lines[0].split(" ")
    parts = [f"{method} {first[1]} SIP/2.0"]
    seen_via = False
    for line in lines[1:]:
        name, _, value = line.partition(":")
        key = header_key(name.strip())
        if key == "via":
            if not seen_via:
                parts.append(line)
            seen_via = True
        elif key == "cseq":
            parts.append(f"{name}: {value.split()[0]} {method}")
        elif key == "to" and to:
            parts.append(f"{name}: {to}")
        elif key == "content-length":
            parts.append(f"{name}: 0")
        elif key in _KEPT or (extra_headers and line.lower().startswith(extra_headers.lower())):
            parts.append(line)
    if not any(header_key(line.partition(":")[0].strip()) == "content-length" for line in parts[1:]):
        parts.append("Content-Length: 0")
    return ("\r\n".join(parts) + f"\r\n{reason}{more}\r\n").encode("utf-8", "surrogateescape")


def _unfolded(head: str) -> list[str]:
    """Return the first line and the header lines, continuation lines with the one that they continue."""
    lines: list[str] = []
    for line in head.split("\r\n"):
        if line[:1] in (" ", "\t") and len(lines) > 1:
            lines[-1] += f"\r\n{line}"
        else:
            lines.append(line)
    return lines


def to_of(reply: Reply) -> str:
    """Return the value of a reply's To header."""
    return (reply.header("To") or "").rstrip("\r\n")


def reason_line(cause: int, text: str = "") -> str:
    """Return a Reason header line (RFC 3326)."""
    words = f';text="{text}"' if text else ""
    return f"Reason: SIP;cause={cause}{words}\r\n"
