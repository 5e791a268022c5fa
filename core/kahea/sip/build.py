"""Building replies: the bytes that answer a request, and where they go."""

from __future__ import annotations

from typing import Final

from kahea.sip.endpoints import DEFAULT_PORTS, Destination, Source
from kahea.sip.headers import Via
from kahea.sip.message import Request, SipParseError

# Copied from the request in the order in which they stand there, with their spelling (RFC 3261 8.2.6.2).
_COPIED: Final = frozenset({"via", "from", "to", "call-id", "cseq"})
# Replies that may create a dialog carry the route set (RFC 3261 12.1.1); Kamailio copies it for 180 to 299.
_COPIED_WITH_ROUTES: Final = _COPIED | {"record-route"}


def status_line(code: int, reason: str) -> str:
    """The first line of a reply.

    Args:
        code: status code, 100 to 699.
        reason: reason phrase.

    Returns:
        The line with its line end, to be given to `build_reply`; worth keeping where code and reason are constant.
    """
    return f"SIP/2.0 {code:03d} {reason}\r\n"


def build_reply(request: Request, status: str, to_tag: str, server_line: str = "", extra_headers: str = "") -> bytes:
    """Build a reply (RFC 3261 8.2.6).

    As in Kamailio: all Vias, Record-Route (180 to 299 only), From, To, Call-ID and CSeq in the request's order and
    spelling; then the headers appended to replies, Server, Content-Length and the body. The top Via gets ``received``
    and ``rport`` (RFC 3581).

    Args:
        request: what is answered.
        status: from `status_line`.
        to_tag: added to To from 180 on unless To has a tag; "" for none.
        server_line: ``Server: ...`` with its line end, or "".
        extra_headers: header lines with their line ends, put behind those of ``request.reply_headers``.

    Returns:
        The reply.

    Raises:
        SipParseError: the request cannot be answered, since not all of its headers are readable.
    """
    index = request.index
    via = request.via
    first = index.first
    if via is None or "to" not in first or index.error:
        raise SipParseError(index.error or "no readable Via and To to answer")
    code = status[8:11]
    wanted = _COPIED_WITH_ROUTES if "180" <= code < "300" else _COPIED
    # One pass over the lines and one join: no object is made per header.
    lines = [line for key, line in zip(index.keys, index.lines) if key in wanted]  # noqa: B905
    top = first["via"]
    lines[lines.index(top)] = _reply_via(request.source, via, top, request.force_rport)
    if index.repeated is not None:
        _end_vias(index.repeated.get("via", ()), lines)
    if to_tag and code >= "180":
        line = first["to"]
        # Only what follows the address can hold a tag; without a semicolon there, it has none.
        if ";" not in line[line.rfind(">") + 1 :] or ((to := request.to) is not None and not to.tag):
            bare = line.rstrip("\r\n\0")
            lines[lines.index(line)] = f"{bare};tag={to_tag}{line[len(bare) :]}"
    version = request.version
    if version != "SIP/2.0":
        status = version + status[7:]
    body = request.reply_body
    length = "0" if body is None else len(body)
    copied = "\n".join(lines)
    text = (
        f"{status}{copied}\n{request.reply_headers}{extra_headers}{server_line}Content-Length: {length}\r\n\r\n"
    ).encode("utf-8", "surrogateescape")
    return text if body is None else text + body


def _reply_via(source: Source, via: Via, line: str, force_rport: bool) -> str:
    """The top Via's line for a reply: what the client asked for by rport, and where it really is."""
    line = line.rstrip("\r\n\0")
    end = via.end
    span = via.param_span("rport")
    if span is not None:
        return f"{line[: span[0]]};rport={source.port}{line[span[1] : end]};received={source.ip}{line[end:]}\r"
    received = f";received={source.ip}" if sent_by_differs(via, source) or via.param_span("received") else ""
    rport = f";rport={source.port}" if force_rport else ""
    return f"{line[:end]}{rport}{received}{line[end:]}\r" if received or rport else line + "\r"


def _end_vias(vias: tuple[()] | list[str], lines: list[str]) -> None:
    """Give each Via below the first a CRLF, whatever line end it had."""
    for via in vias[1:]:
        if via[-1:] != "\r":
            lines[lines.index(via)] = via.rstrip("\r\n\0") + "\r"


def sent_by_differs(via: Via, source: Source) -> bool:
    """Whether a Via names another host than the message's source address (RFC 3261 18.2.1).

    Args:
        via: the top Via.
        source: where the message came from.
    """
    host = via.host
    if host == source.ip:
        return False
    return host[0] != "[" or host[1:-1].lower() != source.ip.lower()


def reply_destination(request: Request) -> Destination:
    """Where a reply to a request goes (RFC 3261 18.2.2, RFC 3581 section 4): as in Kamailio, to the source address.

    Args:
        request: what is answered.

    Returns:
        The source's address; its port if the client or the script asked for rport, else the port of the top Via. The
        request's socket and connection are to be used.
    """
    source = request.source
    protocol = source.socket.protocol
    via = request.via
    if via is None or request.force_rport or source.connection or via.has_rport:
        port = source.port
    else:
        port = via.port or DEFAULT_PORTS["udp"]
    return Destination(protocol, source.ip, port, source.socket, source.connection)
